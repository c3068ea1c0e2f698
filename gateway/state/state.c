#include "gateway/state/state.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "gateway/base/log.h"
#include "gateway/base/text.h"

#define VERSION      1
#define PATH_SIZE    256
#define PAUSE_MS     200 /* between two writings: where many dial, the file is not written for each */
#define SUBJECT      "state"
#define COMPLAINTS   1 /* log lines about a file that cannot be written, */
#define COMPLAINTS_S 300

struct change {
        struct change *next;
        const char *section, *name, *key, *value; /* behind the struct */
};

struct state {
        json_t *loaded; /* the caller's: never changed */
        bool kept;      /* there is a file, and a thread that writes it */
        char path[PATH_SIZE], fresh[PATH_SIZE], folder[PATH_SIZE];

        pthread_t thread;
        pthread_mutex_t lock;
        pthread_cond_t wake;
        struct change *first, **last; /* under the lock */
        bool closing;                 /* under the lock */

        json_t *now; /* the thread's */
        struct log_limit complaints;
};

static json_t *empty(void)
{
        return json_pack("{s:i, s:{}, s:{}}", "version", VERSION, "lines", "phones");
}

static bool is_ours(const json_t *root)
{
        return json_is_object(root) && json_integer_value(json_object_get(root, "version")) == VERSION;
}

/* NULL: it is not there, or was put aside. */
static json_t *read_file(const struct state *state)
{
        json_error_t error;
        char aside[PATH_SIZE + 4];
        if (access(state->path, F_OK) != 0)
                return NULL;
        json_t *root = json_load_file(state->path, 0, &error);
        if (is_ours(root))
                return root;
        text_printf(aside, sizeof aside, "%s.bad", state->path);
        if (root)
                text_printf(error.text, sizeof error.text, "it is not of version %d", VERSION);
        bool moved = rename(state->path, aside) == 0;
        log_error(SUBJECT, "%s is not understood (%s): forwards, do not disturb and last numbers start empty; %s %s",
                  state->path, error.text, moved ? "it is kept as" : "it cannot be moved to", aside);
        json_decref(root);
        return NULL;
}

static json_t *object_at(json_t *parent, const char *name)
{
        json_t *child = json_object_get(parent, name);
        if (json_is_object(child))
                return child;
        child = json_object();
        return json_object_set_new(parent, name, child) == 0 ? child : NULL;
}

static void apply(json_t *root, const struct change *change)
{
        json_t *section = object_at(root, change->section), *entry = object_at(section, change->name);
        if (*change->value)
                json_object_set_new(entry, change->key, json_string(change->value));
        else
                json_object_del(entry, change->key);
        if (json_object_size(entry) == 0)
                json_object_del(section, change->name);
}

static bool write_all(int fd, const char *text, size_t len)
{
        while (len > 0) {
                ssize_t wrote = write(fd, text, len);
                if (wrote < 0 && errno != EINTR)
                        return false;
                if (wrote > 0) {
                        text += wrote;
                        len -= (size_t)wrote;
                }
        }
        return true;
}

/* The name in the folder lasts only when the folder is synced too. */
static void sync_folder(const char *folder)
{
        int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (fd < 0)
                return;
        fsync(fd);
        close(fd);
}

static bool replace_file(const struct state *state, const char *text)
{
        int fd = open(state->fresh, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0640);
        if (fd < 0)
                return false;
        bool whole = write_all(fd, text, strlen(text)) && fsync(fd) == 0;
        whole = close(fd) == 0 && whole;
        if (!whole || rename(state->fresh, state->path) != 0)
                return false;
        sync_folder(state->folder);
        return true;
}

static void save(struct state *state)
{
        char *text = json_dumps(state->now, JSON_INDENT(1) | JSON_SORT_KEYS);
        if ((!text || !replace_file(state, text)) && log_allowed(&state->complaints, COMPLAINTS, COMPLAINTS_S))
                log_error(SUBJECT, "%s cannot be written (%s): a restart would bring the older one back", state->path,
                          text ? strerror(errno) : "out of memory");
        free(text);
}

/* Changes that come meanwhile are written together; the end does not wait. */
static void pause_between(struct state *state)
{
        struct timespec until;
        clock_gettime(CLOCK_MONOTONIC, &until);
        until.tv_nsec += PAUSE_MS * 1000000L;
        until.tv_sec += until.tv_nsec / 1000000000L;
        until.tv_nsec %= 1000000000L;
        pthread_mutex_lock(&state->lock);
        while (!state->closing && pthread_cond_timedwait(&state->wake, &state->lock, &until) == 0)
                continue;
        pthread_mutex_unlock(&state->lock);
}

/* NULL: nothing more will come. */
static struct change *wait_for_changes(struct state *state)
{
        pthread_mutex_lock(&state->lock);
        while (!state->first && !state->closing)
                pthread_cond_wait(&state->wake, &state->lock);
        struct change *first = state->first;
        state->first = NULL;
        state->last = &state->first;
        pthread_mutex_unlock(&state->lock);
        return first;
}

static void *run(void *argument)
{
        struct state *state = argument;
        for (struct change *change; (change = wait_for_changes(state));) {
                for (struct change *next; change; change = next) {
                        next = change->next;
                        apply(state->now, change);
                        free(change);
                }
                save(state);
                pause_between(state);
        }
        return NULL;
}

static bool start_thread(struct state *state)
{
        json_t *root = read_file(state);
        state->loaded = root ? root : empty();
        state->now = json_deep_copy(state->loaded);
        return state->now && pthread_create(&state->thread, NULL, run, state) == 0;
}

static void wake_init(struct state *state)
{
        pthread_condattr_t attributes;
        pthread_condattr_init(&attributes);
        pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
        pthread_cond_init(&state->wake, &attributes);
        pthread_condattr_destroy(&attributes);
}

struct state *state_open(const char *folder)
{
        struct state *state = calloc(1, sizeof *state);
        if (!state)
                return NULL;
        pthread_mutex_init(&state->lock, NULL);
        wake_init(state);
        state->last = &state->first;
        TEXT_SET(state->folder, folder);
        text_printf(state->path, sizeof state->path, "%s/state.json", folder);
        text_printf(state->fresh, sizeof state->fresh, "%s/state.json.new", folder);
        if (access(folder, R_OK | W_OK | X_OK) != 0)
                log_warning(SUBJECT,
                            "%s (node.state): %s; forwards, do not disturb and last numbers are forgotten at a restart",
                            folder, strerror(errno));
        else
                state->kept = start_thread(state);
        if (!state->loaded)
                state->loaded = empty();
        return state;
}

const char *state_get(const struct state *state, const char *section, const char *name, const char *key)
{
        const json_t *entry = json_object_get(json_object_get(state->loaded, section), name);
        const char *value = json_string_value(json_object_get(entry, key));
        return value ? value : "";
}

static const char *pack(char **at, const char *text)
{
        size_t size = strlen(text) + 1;
        char *copy = memcpy(*at, text, size);
        *at += size;
        return copy;
}

void state_set(struct state *state, const char *section, const char *name, const char *key, const char *value)
{
        size_t size = strlen(section) + strlen(name) + strlen(key) + strlen(value) + 4;
        struct change *change = state->kept ? malloc(sizeof *change + size) : NULL;
        if (!change)
                return;
        char *at = (char *)(change + 1);
        *change = (struct change){.section = pack(&at, section)};
        change->name = pack(&at, name);
        change->key = pack(&at, key);
        change->value = pack(&at, value);
        pthread_mutex_lock(&state->lock);
        *state->last = change;
        state->last = &change->next;
        pthread_cond_signal(&state->wake);
        pthread_mutex_unlock(&state->lock);
}

void state_close(struct state *state)
{
        if (!state)
                return;
        if (state->kept) {
                pthread_mutex_lock(&state->lock);
                state->closing = true;
                pthread_cond_signal(&state->wake);
                pthread_mutex_unlock(&state->lock);
                pthread_join(state->thread, NULL);
        }
        json_decref(state->loaded);
        json_decref(state->now);
        pthread_mutex_destroy(&state->lock);
        pthread_cond_destroy(&state->wake);
        free(state);
}
