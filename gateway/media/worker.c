/* The thread behind a worker.
 *
 * Both queues keep a place per slot and member for what must not be lost. A slot has one close on its way at most, and
 * one RELAY_CLOSED, because it is used again only after that was taken; a member has one leave, and one event that it
 * has left; everything else is pushed only into the room beyond those places. So closing never fails and never waits.
 * Other events that found no room are told by the next sweep. */
#include "gateway/media/worker.h"

#include <assert.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/loop.h"
#include "gateway/base/queue.h"
#include "gateway/base/text.h"
#include "gateway/media/legs.h"
#include "gateway/media/mirror.h"

#define SWEEP_MS          1000
#define SPARE_PLACES      1024 /* at least, beyond those kept: a burst of calls within one turn of the loop */
#define COMMANDS_PER_TURN 16   /* opening streams costs system calls; packets come in between */
#define WORDS_PER_TURN    32   /* of the mixer, which says all at once what it says in 20 ms */

struct seat {
        struct stream stream; /* first: its callback casts back */
        struct worker *worker;
        uint32_t name;
        bool open;
        struct mirror mirror; /* what others may see of it */
        _Atomic uint64_t heard[STREAM_SIDES];
};

struct worker {
        struct loop *loop;
        struct queue *commands, *events;
        size_t slots, kept, room;  /* of each queue: places, and those of them for what must not be lost */
        struct seat *seats;        /* by slot */
        size_t seats_used;         /* slots from here on never held a stream */
        atomic_uint rtp_timeout_s; /* any thread */
        unsigned keepalive_s;
        const struct latch_rule *rule;
        struct legs legs;
        struct loop_fd commands_ready, words_ready;
        struct loop_timer sweep;
        pthread_t thread;
};

static size_t queue_room(size_t kept)
{
        size_t room = 1;
        while (room < kept + SPARE_PLACES)
                room *= 2;
        return room;
}

/* The queue's length can only shrink under us: what fits now still fits when it is pushed. */
static bool has_spare_place(const struct worker *worker, const struct queue *queue)
{
        return queue_length(queue) + worker->kept + 1 < worker->room;
}

/* --- on the worker's thread --- */

static void event_push_any(struct worker *worker, const struct worker_event *event)
{
        bool pushed = queue_push(worker->events, event);
        assert(pushed);
}

static void event_push(const struct seat *seat, enum relay_event_kind kind, enum relay_side side)
{
        struct worker_event event = {
                .slot = (uint32_t)(seat - seat->worker->seats),
                .event = {.kind = kind, .stream = seat->name, .side = side, .counters = stream_counters(&seat->stream)},
        };
        event_push_any(seat->worker, &event);
}

/* In the order of the kinds: a side latches before it is silent, and both are before the stream is dead. */
static void seat_tell(struct seat *seat)
{
        for (unsigned side = 0; side < STREAM_SIDES; side++) {
                uint8_t *news = &seat->stream.news[side];
                for (unsigned kind = RELAY_LATCHED; kind < RELAY_CLOSED; kind++) {
                        if (!(*news & 1U << kind) || !has_spare_place(seat->worker, seat->worker->events))
                                continue;
                        event_push(seat, (enum relay_event_kind)kind, (enum relay_side)side);
                        *news &= (uint8_t) ~(1U << kind);
                }
        }
}

static void stream_has_news(struct stream *stream)
{
        seat_tell((struct seat *)stream);
}

static void stream_has_voice(struct stream *stream, enum relay_side side, const uint8_t *packet, size_t len)
{
        legs_hear(&((struct seat *)stream)->worker->legs, stream, side, packet, len);
}

/* Told when there is room, else not: nobody wants to hear of a key later. */
static void stream_has_digit(struct stream *stream, enum relay_side side, char digit)
{
        struct seat *seat = (struct seat *)stream;
        struct worker_event event = {
                .slot = (uint32_t)(seat - seat->worker->seats),
                .event = {.kind = RELAY_DIGIT, .stream = seat->name, .side = side, .digit = digit},
        };
        if (side == RELAY_SIP && stream->digits.terms.report && has_spare_place(seat->worker, seat->worker->events))
                event_push_any(seat->worker, &event);
}

static void seat_open(struct worker *worker, struct seat *seat, const struct worker_command *command)
{
        assert(!seat->open);
        seat->open = true;
        seat->worker = worker;
        seat->name = command->stream;
        if (worker->seats_used <= command->slot)
                worker->seats_used = command->slot + 1;
        stream_start(&seat->stream, worker->loop, &command->sockets, worker->rule, stream_has_news);
        seat->stream.on_voice = stream_has_voice;
        seat->stream.heard = seat->heard;
        for (unsigned side = 0; side < STREAM_SIDES; side++)
                atomic_store_explicit(&seat->heard[side], 0, memory_order_relaxed);
        seat->stream.on_digit = stream_has_digit;
}

static void seat_close(struct seat *seat)
{
        assert(seat->open);
        seat->open = false;
        legs_leave(&seat->worker->legs, &seat->stream, RELAY_PHONE);
        legs_leave(&seat->worker->legs, &seat->stream, RELAY_SIP);
        stream_stop(&seat->stream);
        event_push(seat, RELAY_CLOSED, RELAY_PHONE);
}

static void worker_close_all(struct worker *worker)
{
        for (size_t i = 0; i < worker->seats_used; i++)
                if (worker->seats[i].open)
                        seat_close(&worker->seats[i]);
}

static void command_run(struct worker *worker, const struct worker_command *command)
{
        struct seat *seat = &worker->seats[command->slot];
        switch (command->verb) {
        case WORKER_OPEN:
                seat_open(worker, seat, command);
                break;
        case WORKER_SET:
                stream_set(&seat->stream, command->side, &command->endpoint);
                break;
        case WORKER_RTCP:
                stream_rtcp(&seat->stream, command->side, command->on, &command->endpoint);
                break;
        case WORKER_SECURE:
                stream_secure(&seat->stream, command->side, &command->keys);
                break;
        case WORKER_HOLD:
                stream_hold(&seat->stream, command->on);
                break;
        case WORKER_CLOSE:
                seat_close(seat);
                break;
        case WORKER_JOIN:
                legs_join(&worker->legs, command->member, command->room, &seat->stream, command->side);
                break;
        case WORKER_LEAVE:
                legs_leave(&worker->legs, &seat->stream, command->side);
                break;
        case WORKER_MUTE:
                seat->stream.member[command->side].muted = command->on;
                break;
        case WORKER_TERMS:
                stream_agree(&seat->stream, &command->types);
                break;
        case WORKER_DIGIT:
                stream_digit(&seat->stream, command->side, command->digit, command->ms, command->on);
                break;
        case WORKER_STOP:
                worker_close_all(worker);
                loop_stop(worker->loop);
                break;
        }
}

/* What is left over keeps the descriptor readable. */
static void commands_ready(struct loop_fd *fd, unsigned events)
{
        (void)events;
        struct worker *worker = (struct worker *)((char *)fd - offsetof(struct worker, commands_ready));
        struct worker_command command;
        for (unsigned i = 0; i < COMMANDS_PER_TURN && queue_pop(worker->commands, &command); i++)
                command_run(worker, &command);
        crypto_wipe(&command.keys, sizeof command.keys);
}

static void words_ready(struct loop_fd *fd, unsigned events)
{
        (void)events;
        struct worker *worker = (struct worker *)((char *)fd - offsetof(struct worker, words_ready));
        struct worker_event event = {0};
        for (unsigned i = 0; i < WORDS_PER_TURN && legs_next(&worker->legs, &event.has_left, &event.member); i++)
                if (event.has_left)
                        event_push_any(worker, &event);
}

static void for_open_seats(struct worker *worker, void (*visit)(struct worker *worker, struct seat *seat))
{
        for (size_t i = 0; i < worker->seats_used; i++)
                if (worker->seats[i].open)
                        visit(worker, &worker->seats[i]);
}

static void seat_second(struct worker *worker, struct seat *seat)
{
        stream_second(&seat->stream, worker->rtp_timeout_s);
        stream_keep_alive(&seat->stream, worker->keepalive_s);
}

static void seat_judge(struct worker *worker, struct seat *seat)
{
        stream_judge(&seat->stream, worker->rtp_timeout_s,
                     legs_keep_alive(&worker->legs, &seat->stream, loop_now_ms(worker->loop)));
        seat_tell(seat);
        struct relay_counters counters = stream_counters(&seat->stream);
        mirror_show(&seat->mirror, seat->name, &counters);
}

static void sweep_expired(struct loop_timer *timer)
{
        struct worker *worker = (struct worker *)((char *)timer - offsetof(struct worker, sweep));
        for_open_seats(worker, seat_second);
        legs_second(&worker->legs, worker->rtp_timeout_s, loop_now_ms(worker->loop));
        for_open_seats(worker, seat_judge);
        loop_timer_start(worker->loop, timer, SWEEP_MS);
}

static void *worker_run(void *argument)
{
        struct worker *worker = argument;
        worker->commands_ready.ready = commands_ready;
        worker->words_ready.ready = words_ready;
        worker->sweep.expired = sweep_expired;
        if (worker->legs.lane)
                loop_fd_start(worker->loop, &worker->words_ready, mixer_fd(worker->legs.lane), LOOP_READ);
        loop_fd_start(worker->loop, &worker->commands_ready, queue_fd(worker->commands), LOOP_READ);
        loop_timer_start(worker->loop, &worker->sweep, SWEEP_MS);
        loop_run(worker->loop);
        loop_fd_stop(&worker->commands_ready);
        loop_fd_stop(&worker->words_ready);
        loop_timer_stop(&worker->sweep);
        return NULL;
}

/* --- on the thread that owns the worker --- */

static void worker_free(struct worker *worker)
{
        if (worker->loop)
                loop_free(worker->loop);
        queue_free(worker->commands);
        queue_free(worker->events);
        legs_free(&worker->legs);
        free(worker->seats);
        free(worker);
}

/* Signals are for the thread that handles them. */
static int thread_start(struct worker *worker, unsigned number)
{
        sigset_t all, before;
        char name[16];
        sigfillset(&all);
        pthread_sigmask(SIG_SETMASK, &all, &before);
        int error = pthread_create(&worker->thread, NULL, worker_run, worker);
        pthread_sigmask(SIG_SETMASK, &before, NULL);
        if (!error) {
                text_printf(name, sizeof name, "media %u", number);
                (void)pthread_setname_np(worker->thread, name);
        }
        return error;
}

static bool worker_allocate(struct worker *worker, const struct worker_settings *settings)
{
        worker->loop = loop_new();
        worker->commands = queue_new(sizeof(struct worker_command), worker->room);
        if (worker->commands)
                queue_forgets(worker->commands); /* keys of SRTP */
        worker->events = queue_new(sizeof(struct worker_event), worker->room);
        worker->seats = calloc(settings->slots, sizeof *worker->seats);
        return legs_init(&worker->legs, settings->lane, settings->members) && worker->loop && worker->commands &&
               worker->events && worker->seats;
}

struct worker *worker_start(const struct worker_settings *settings, char *why, size_t why_size)
{
        struct worker *worker = calloc(1, sizeof *worker);
        if (!worker) {
                text_copy(why, why_size, "no memory for the media thread");
                return NULL;
        }
        size_t kept = settings->slots + settings->members;
        *worker = (struct worker){.slots = settings->slots,
                                  .kept = kept,
                                  .room = queue_room(kept),
                                  .rtp_timeout_s = settings->rtp_timeout_s,
                                  .keepalive_s = settings->keepalive_s,
                                  .rule = settings->rule};
        if (!worker_allocate(worker, settings)) {
                text_copy(why, why_size, "no memory or descriptors for the media thread");
                worker_free(worker);
                return NULL;
        }
        int error = thread_start(worker, settings->number);
        if (error) {
                text_printf(why, why_size, "cannot start the media thread: %s", strerror(error));
                worker_free(worker);
                return NULL;
        }
        return worker;
}

void worker_stop(struct worker *worker)
{
        struct worker_command stop = {.verb = WORKER_STOP};
        bool pushed = queue_push(worker->commands, &stop); /* the place beyond those kept */
        assert(pushed);
        pthread_join(worker->thread, NULL);
        worker_free(worker);
}

bool worker_tell(struct worker *worker, const struct worker_command *command)
{
        assert(command->slot < worker->slots);
        bool always = command->verb == WORKER_CLOSE || command->verb == WORKER_LEAVE;
        if (!always && !has_spare_place(worker, worker->commands))
                return false;
        bool pushed = queue_push(worker->commands, command);
        assert(pushed);
        return true;
}

bool worker_look(const struct worker *worker, uint32_t slot, uint32_t stream, struct relay_counters *counters)
{
        assert(slot < worker->slots);
        return mirror_look(&worker->seats[slot].mirror, stream, counters);
}

bool worker_next(struct worker *worker, struct worker_event *event)
{
        return queue_pop(worker->events, event);
}

uint64_t worker_heard(const struct worker *worker, uint32_t slot, enum relay_side side)
{
        return atomic_load_explicit(&worker->seats[slot].heard[side], memory_order_relaxed);
}

int worker_fd(const struct worker *worker)
{
        return queue_fd(worker->events);
}

void worker_timeout_set(struct worker *worker, unsigned rtp_timeout_s)
{
        atomic_store_explicit(&worker->rtp_timeout_s, rtp_timeout_s, memory_order_relaxed);
}
