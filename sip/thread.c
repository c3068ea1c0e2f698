/* The thread of the SIP side: its start, its loop, its end, and what the other threads see of it. */
#include <assert.h>
#include <errno.h>
#include <signal.h>
#include <sofia-sip/su_alloc.h>
#include <sofia-sip/su_wait.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "gateway/base/queue.h"
#include "gateway/base/text.h"
#include "sip/agent.h"
#include "sip/clock.h"
#include "sip/dialog.h"
#include "sip/location.h"
#include "sip/probe.h"
#include "sip/watch.h"

#define COMMAND_SLOTS  2048
#define COMMANDS_TURN  64                 /* at most so many before the sockets have their turn */
#define STACK_SIZE     (8u * 1024 * 1024) /* sofia parses header lists by recursion */
#define STOP_LOOK_MS   50
#define NUMBER_BUCKETS 4096 /* a power of two */

static int commands_waiting(su_root_magic_t *magic, su_wait_t *wait, su_wakeup_arg_t *arg)
{
        struct sip *sip = (struct sip *)arg;
        struct sip_command command;
        (void)magic, (void)wait;
        for (unsigned i = 0; i < COMMANDS_TURN && queue_pop(sip->commands, &command); i++)
                command_perform(sip, &command);
        return 0;
}

static void stop_look(struct timer *timer)
{
        struct sip *sip = (struct sip *)((char *)timer - offsetof(struct sip, stop_timer));
        unsigned left_ms = atomic_load(&sip->stop_deadline_ms);
        if (left_ms <= STOP_LOOK_MS || (!sip->first_dialog && watches_idle(sip) && accounts_idle(sip))) {
                su_root_break(sip->root);
                return;
        }
        atomic_store(&sip->stop_deadline_ms, left_ms - STOP_LOOK_MS);
        room_timer_set(sip, &sip->stop_timer, STOP_LOOK_MS);
}

static int stop_asked(su_root_magic_t *magic, su_wait_t *wait, su_wakeup_arg_t *arg)
{
        struct sip *sip = (struct sip *)arg;
        uint64_t count;
        (void)magic, (void)wait;
        if (read(sip->stop_fd, &count, sizeof count) != sizeof count)
                return 0;
        dialogs_end(sip);
        probes_stop(sip);
        for (size_t line = 0; line < sip->max_lines; line++)
                account_down(sip, (uint32_t)line);
        sip->stop_timer.expired = stop_look;
        room_timer_set(sip, &sip->stop_timer, 0);
        return 0;
}

static bool fd_watch(struct sip *sip, int fd, su_wakeup_f ready)
{
        su_wait_t wait[1];
        return su_wait_create(wait, fd, SU_WAIT_IN) == 0 &&
               su_root_register(sip->root, wait, ready, (su_wakeup_arg_t *)sip, 0) > 0;
}

static bool room_open(struct sip *sip)
{
        sip->root = su_root_create(NULL);
        if (!sip->root)
                return false;
        su_root_threading(sip->root, 0);
        sip->alarm = su_timer_create(su_root_task(sip->root), 1);
        return sip->alarm && fd_watch(sip, queue_fd(sip->commands), commands_waiting) &&
               fd_watch(sip, sip->stop_fd, stop_asked) && agent_open(sip);
}

static void room_close(struct sip *sip)
{
        while (sip->first_dialog) {
                dialog_gone(sip->first_dialog);
                dialog_free(sip->first_dialog);
        }
        watches_free(sip);
        accounts_free(sip);
        probes_stop(sip);
        agent_close(sip);
        if (sip->alarm)
                su_timer_destroy(sip->alarm);
        if (sip->root)
                su_root_destroy(sip->root);
        timer_heap_free(&sip->timers);
}

static void *room_run(void *arg)
{
        struct sip *sip = arg;
        clock_install();
        su_init();
        bool opened = room_open(sip);
        if (!opened && !sip->why[0])
                TEXT_SET(sip->why, "sip: no memory or descriptors to start with");
        sem_post(&sip->started);
        if (opened) {
                probes_start(sip);
                su_root_run(sip->root);
        }
        room_close(sip);
        su_deinit();
        return NULL;
}

/* ---- the caller's side ---- */

static bool tables_make(struct sip *sip, const struct sip_settings *settings, char *why, size_t why_size)
{
        sip->number_buckets = NUMBER_BUCKETS;
        sip->numbers = calloc(sip->number_buckets, sizeof *sip->numbers);
        sip->user_agent = strdup(settings->user_agent);
        sip->resolv_conf = settings->resolv_conf ? strdup(settings->resolv_conf) : NULL;
        sip->location = settings->open_registrar ? location_new() : NULL;
        if (!sip->numbers || !sip->user_agent || (settings->open_registrar && !sip->location)) {
                text_printf(why, why_size, "sip: no memory");
                return false;
        }
        for (uint32_t i = 0; i < settings->n_pbxs; i++) {
                if (!pbx_set(sip, i, 0, &settings->pbxs[i], why, why_size))
                        return false;
        }
        return true;
}

static bool listeners_copy(struct sip *sip, const struct sip_settings *settings, char *why, size_t why_size)
{
        if (settings->n_listen == 0 || settings->n_listen > SIP_LISTENERS_MAX) {
                text_printf(why, why_size, "sip: 1 to %d addresses to listen on are needed", SIP_LISTENERS_MAX);
                return false;
        }
        for (; sip->n_listeners < settings->n_listen; sip->n_listeners++) {
                struct listener *listener = &sip->listeners[sip->n_listeners];
                listener->at = settings->listen[sip->n_listeners];
                text_printf(listener->ident, sizeof listener->ident, "l%zu", sip->n_listeners);
        }
        return true;
}

static void sip_free(struct sip *sip)
{
        queue_free(sip->commands);
        queue_free(sip->events);
        if (sip->stop_fd >= 0)
                close(sip->stop_fd);
        sem_destroy(&sip->started);
        room_late_free(sip);
        if (sip->location)
                location_free(sip->location);
        free(sip->lines);
        free(sip->numbers);
        pbxs_free(sip);
        free(sip->user_agent);
        free(sip->resolv_conf);
        free(sip);
}

static bool thread_start(struct sip *sip)
{
        pthread_attr_t attr;
        sigset_t all, before;
        pthread_attr_init(&attr);
        pthread_attr_setstacksize(&attr, STACK_SIZE);
        sigfillset(&all);
        pthread_sigmask(SIG_SETMASK, &all, &before); /* signals are the main thread's */
        bool started = pthread_create(&sip->thread, &attr, room_run, sip) == 0;
        pthread_sigmask(SIG_SETMASK, &before, NULL);
        pthread_attr_destroy(&attr);
        if (!started)
                return false;
        pthread_setname_np(sip->thread, "sip");
        while (sem_wait(&sip->started) != 0 && errno == EINTR)
                ;
        if (!sip->why[0])
                return true;
        pthread_join(sip->thread, NULL);
        return false;
}

struct sip *sip_start(const struct sip_settings *settings, char *why, size_t why_size)
{
        struct sip *sip = calloc(1, sizeof *sip);
        if (!sip)
                return NULL;
        sip->commands = queue_new(sizeof(struct sip_command), COMMAND_SLOTS);
        sip->events = queue_new(sizeof(struct sip_event), SIP_EVENT_SLOTS);
        if (sip->events)
                queue_forgets(sip->events); /* keys of SRTP */
        sip->stop_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
        room_init(sip);
        for (size_t i = 0; i < settings->n_addresses && i < SIP_ADDRESSES_MAX; i++)
                sip->addresses[sip->n_addresses++] = settings->addresses[i];
        sip->keepalive_s = settings->keepalive_s;
        sip->dscp = settings->dscp;
        sip->ring_timeout_s = settings->ring_timeout_s;
        sip->security = (struct sdp_security){.policy = settings->srtp, .suites = settings->srtp_suites};
        sem_init(&sip->started, 0, 0);
        bool good = sip->commands && sip->events && sip->stop_fd >= 0;
        if (!good)
                text_printf(why, why_size, "sip: no memory or descriptors to start with");
        good = good && listeners_copy(sip, settings, why, why_size) && tables_make(sip, settings, why, why_size);
        if (good && thread_start(sip))
                return sip;
        if (good)
                text_printf(why, why_size, "%s", sip->why[0] ? sip->why : "sip: no thread");
        sip_free(sip);
        return NULL;
}

bool sip_send(struct sip *sip, const struct sip_command *command)
{
        return queue_push(sip->commands, command);
}

bool sip_next(struct sip *sip, struct sip_event *event)
{
        return queue_pop(sip->events, event);
}

int sip_fd(const struct sip *sip)
{
        return queue_fd(sip->events);
}

void sip_stop(struct sip *sip, unsigned deadline_ms)
{
        const uint64_t one = 1;
        if (!sip)
                return;
        atomic_store(&sip->stop_deadline_ms, deadline_ms);
        atomic_store(&sip->stopping, true);
        ssize_t written = write(sip->stop_fd, &one, sizeof one);
        assert(written == sizeof one);
        pthread_join(sip->thread, NULL);
        sip_free(sip);
}

void sip_counters(const struct sip *sip, struct sip_counters *out)
{
        *out = (struct sip_counters){
                .lines_registered = atomic_load_explicit(&sip->lines_registered, memory_order_relaxed),
                .dialogs = atomic_load_explicit(&sip->dialogs_open, memory_order_relaxed),
                .requests_in = atomic_load_explicit(&sip->requests_in, memory_order_relaxed),
                .responses_in = atomic_load_explicit(&sip->responses_in, memory_order_relaxed),
        };
}
