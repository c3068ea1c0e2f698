/* The thread behind a worker.
 *
 * Both queues keep a place per slot for what must not be lost. A slot has one close on its way at most, and one
 * RELAY_CLOSED, because it is used again only after that was taken; everything else is pushed only into the room beyond
 * those places. So closing never fails and never waits. Other events that found no room are told by the next sweep. */
#include "gateway/media/worker.h"

#include <assert.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/loop.h"
#include "gateway/base/queue.h"
#include "gateway/base/text.h"

#define SWEEP_MS          1000
#define SPARE_PLACES      1024 /* at least, beyond those kept: a burst of calls within one turn of the loop */
#define COMMANDS_PER_TURN 16   /* opening streams costs system calls; packets come in between */

struct seat {
        struct stream stream; /* first: its callback casts back */
        struct worker *worker;
        uint32_t name;
        bool open;
};

struct worker {
        struct loop *loop;
        struct queue *commands, *events;
        size_t slots, room; /* room: places of each queue */
        struct seat *seats; /* by slot */
        size_t seats_used;  /* slots from here on never held a stream */
        unsigned rtp_timeout_s;
        struct loop_fd commands_ready;
        struct loop_timer sweep;
        pthread_t thread;
};

static size_t queue_room(size_t slots)
{
        size_t room = 1;
        while (room < slots + SPARE_PLACES)
                room *= 2;
        return room;
}

/* The queue's length can only shrink under us: what fits now still fits when it is pushed. */
static bool has_spare_place(const struct worker *worker, const struct queue *queue)
{
        return queue_length(queue) + worker->slots + 1 < worker->room;
}

/* --- on the worker's thread --- */

static void event_push(const struct seat *seat, enum relay_event_kind kind, enum relay_side side)
{
        struct worker *worker = seat->worker;
        struct worker_event event = {
                .slot = (uint32_t)(seat - worker->seats),
                .event = {.kind = kind, .stream = seat->name, .side = side, .counters = seat->stream.counters},
        };
        bool pushed = queue_push(worker->events, &event);
        assert(pushed);
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

static void seat_open(struct worker *worker, struct seat *seat, const struct worker_command *command)
{
        assert(!seat->open);
        seat->open = true;
        seat->worker = worker;
        seat->name = command->stream;
        if (worker->seats_used <= command->slot)
                worker->seats_used = command->slot + 1;
        stream_start(&seat->stream, worker->loop, &command->sockets, stream_has_news);
}

static void seat_close(struct seat *seat)
{
        assert(seat->open);
        seat->open = false;
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
        case WORKER_HOLD:
                stream_hold(&seat->stream, command->held);
                break;
        case WORKER_CLOSE:
                seat_close(seat);
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
}

static void sweep_expired(struct loop_timer *timer)
{
        struct worker *worker = (struct worker *)((char *)timer - offsetof(struct worker, sweep));
        for (size_t i = 0; i < worker->seats_used; i++) {
                struct seat *seat = &worker->seats[i];
                if (!seat->open)
                        continue;
                stream_second(&seat->stream, worker->rtp_timeout_s);
                seat_tell(seat);
        }
        loop_timer_start(worker->loop, timer, SWEEP_MS);
}

static void *worker_run(void *argument)
{
        struct worker *worker = argument;
        worker->commands_ready.ready = commands_ready;
        worker->sweep.expired = sweep_expired;
        loop_fd_start(worker->loop, &worker->commands_ready, queue_fd(worker->commands), LOOP_READ);
        loop_timer_start(worker->loop, &worker->sweep, SWEEP_MS);
        loop_run(worker->loop);
        loop_fd_stop(&worker->commands_ready);
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
        free(worker->seats);
        free(worker);
}

/* Signals are for the thread that handles them. */
static int thread_start(struct worker *worker)
{
        sigset_t all, before;
        sigfillset(&all);
        pthread_sigmask(SIG_SETMASK, &all, &before);
        int error = pthread_create(&worker->thread, NULL, worker_run, worker);
        pthread_sigmask(SIG_SETMASK, &before, NULL);
        if (!error)
                (void)pthread_setname_np(worker->thread, "media");
        return error;
}

struct worker *worker_start(size_t slots, unsigned rtp_timeout_s, char *why, size_t why_size)
{
        struct worker *worker = calloc(1, sizeof *worker);
        if (!worker) {
                text_copy(why, why_size, "no memory for the media thread");
                return NULL;
        }
        *worker = (struct worker){.slots = slots, .room = queue_room(slots), .rtp_timeout_s = rtp_timeout_s};
        worker->loop = loop_new();
        worker->commands = queue_new(sizeof(struct worker_command), worker->room);
        worker->events = queue_new(sizeof(struct worker_event), worker->room);
        worker->seats = calloc(slots, sizeof *worker->seats);
        if (!worker->loop || !worker->commands || !worker->events || !worker->seats) {
                text_copy(why, why_size, "no memory or descriptors for the media thread");
                worker_free(worker);
                return NULL;
        }
        int error = thread_start(worker);
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
        bool pushed = queue_push(worker->commands, &stop); /* the place beyond the slots' closes */
        assert(pushed);
        pthread_join(worker->thread, NULL);
        worker_free(worker);
}

bool worker_tell(struct worker *worker, const struct worker_command *command)
{
        assert(command->slot < worker->slots);
        if (command->verb != WORKER_CLOSE && !has_spare_place(worker, worker->commands))
                return false;
        bool pushed = queue_push(worker->commands, command);
        assert(pushed);
        return true;
}

bool worker_next(struct worker *worker, struct worker_event *event)
{
        return queue_pop(worker->events, event);
}

int worker_fd(const struct worker *worker)
{
        return queue_fd(worker->events);
}
