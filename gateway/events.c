#include "gateway/events.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "gateway/base/text.h"

#define FOLLOWERS_MAX 16
#define COMPLAINTS    1
#define COMPLAINTS_S  60

struct follower {
        struct events *events;
        struct stream *stream;
        bool sse;
        struct follower *next, **link;
};

struct events {
        char *kept[EVENTS_KEPT]; /* owned; a ring */
        size_t next;
        struct follower *followers;
        size_t n_followers;
        int file; /* -1: none */
        struct log_limit complaints;
};

static int64_t now_ms(void)
{
        struct timespec now;
        clock_gettime(CLOCK_REALTIME, &now);
        return now.tv_sec * INT64_C(1000) + now.tv_nsec / 1000000;
}

/* ---- the file ---- */

static void file_close(struct events *events)
{
        if (events->file >= 0)
                close(events->file);
        events->file = -1;
}

void events_reopen(struct gateway *gateway)
{
        struct events *events = gateway->events;
        const char *path = gateway->config->events.cdr;
        file_close(events);
        if (!path)
                return;
        events->file = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, 0640);
        if (events->file < 0)
                log_warning("events", "cannot open %s: %s; calls are not recorded (events.cdr)", path, strerror(errno));
}

/* A line that is not written whole is taken back, so that the next one begins a line. */
static void file_write(struct gateway *gateway, const struct jsonl *line)
{
        struct events *events = gateway->events;
        if (events->file < 0)
                return;
        off_t before = lseek(events->file, 0, SEEK_END);
        ssize_t written = write(events->file, line->text, line->len);
        if (written == (ssize_t)line->len)
                return;
        int why = written < 0 ? errno : ENOSPC;
        if (written > 0 && before >= 0 && ftruncate(events->file, before) != 0)
                why = errno;
        if (log_allowed(&events->complaints, COMPLAINTS, COMPLAINTS_S))
                log_error("events", "a call is not recorded in %s: %s", gateway->config->events.cdr, strerror(why));
}

/* ---- who follows ---- */

static void follower_ended(struct stream *stream, enum stream_end end)
{
        struct follower *follower = stream->owner;
        *follower->link = follower->next;
        if (follower->next)
                follower->next->link = follower->link;
        follower->events->n_followers--;
        if (end == STREAM_CUT_OFF)
                log_warning("events", "cut off: whoever asked for them does not read them");
        free(follower);
}

struct stream *events_follow(struct gateway *gateway, bool sse)
{
        struct events *events = gateway->events;
        struct follower *follower = events->n_followers < FOLLOWERS_MAX ? calloc(1, sizeof *follower) : NULL;
        struct stream *stream = follower ? stream_new(follower, follower_ended) : NULL;
        if (!stream) {
                free(follower);
                return NULL;
        }
        *follower = (struct follower){.events = events, .stream = stream, .sse = sse, .next = events->followers};
        follower->link = &events->followers;
        if (follower->next)
                follower->next->link = &follower->next;
        events->followers = follower;
        events->n_followers++;
        if (sse)
                stream_write(stream, ": events follow\n\n", 17);
        return stream;
}

static void follower_tell(struct follower *follower, const struct jsonl *line)
{
        if (follower->sse)
                stream_write(follower->stream, "data: ", 6);
        stream_write(follower->stream, line->text, line->len);
        if (follower->sse)
                stream_write(follower->stream, "\n", 1);
}

/* ---- all of them ---- */

bool events_start(struct gateway *gateway)
{
        gateway->events = calloc(1, sizeof *gateway->events);
        if (!gateway->events)
                return false;
        gateway->events->file = -1;
        events_reopen(gateway);
        return true;
}

void events_stop(struct gateway *gateway)
{
        struct events *events = gateway->events;
        if (!events)
                return;
        for (size_t i = 0; i < EVENTS_KEPT; i++)
                free(events->kept[i]);
        file_close(events);
        free(events);
        gateway->events = NULL;
}

void events_begin(struct jsonl *line, const char *name)
{
        jsonl_begin(line);
        jsonl_time(line, "ts", now_ms());
        jsonl_text(line, "event", name);
}

static void keep(struct events *events, const struct jsonl *line)
{
        char *kept = strdup(line->text);
        if (!kept)
                return;
        free(events->kept[events->next]);
        events->kept[events->next] = kept;
        events->next = (events->next + 1) % EVENTS_KEPT;
}

/* Everything is taken before anybody is told: a stream that is cut off ends its follower later. */
void events_send(struct gateway *gateway, struct jsonl *line)
{
        struct events *events = gateway->events;
        jsonl_end(line);
        if (!events)
                return;
        keep(events, line);
        for (struct follower *follower = events->followers, *next; follower; follower = next) {
                next = follower->next;
                follower_tell(follower, line);
        }
}

void events_record(struct gateway *gateway, struct jsonl *line)
{
        events_send(gateway, line);
        if (gateway->events)
                file_write(gateway, line);
}

const char *events_kept(const struct gateway *gateway, size_t n)
{
        const struct events *events = gateway->events;
        return n < EVENTS_KEPT ? events->kept[(events->next + 2 * EVENTS_KEPT - 1 - n) % EVENTS_KEPT] : NULL;
}
