/* libev behind our own names. Two watchers of the loop's own make the turn: `turn_begins` runs first after the wait and
 * takes the time, `turn_ends` runs last before the next wait and does what was put off.
 * libev times its timers by CLOCK_MONOTONIC and corrects only its wall clock when that jumps, so ours never jump;
 * ev_now is the wall clock and not used. When memory runs out libev aborts, and so do we. */
#include "gateway/base/loop.h"

#include <assert.h>
#include <stdlib.h>
#include <time.h>

struct deferred {
        void (*run)(void *object);
        void *object;
};

struct loop {
        struct ev_loop *ev;
        struct ev_async wake;
        struct ev_check turn_begins;
        struct ev_prepare turn_ends;
        bool running;
        int64_t now_us;
        struct deferred *deferred; /* grows to the busiest turn and stays */
        size_t deferred_count, deferred_room;
};

static int64_t clock_us(void)
{
        struct timespec now;
        clock_gettime(CLOCK_MONOTONIC, &now);
        return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

int64_t clock_ms(void)
{
        return clock_us() / 1000;
}

int64_t loop_now_us(const struct loop *loop)
{
        return loop->running ? loop->now_us : clock_us();
}

int64_t loop_now_ms(const struct loop *loop)
{
        return loop_now_us(loop) / 1000;
}

/* What runs may put off more: it is done in the same pass. */
static void run_deferred(struct loop *loop)
{
        for (size_t i = 0; i < loop->deferred_count; i++) {
                struct deferred deferred = loop->deferred[i];
                deferred.run(deferred.object);
        }
        loop->deferred_count = 0;
}

static void on_turn_begins(struct ev_loop *ev, struct ev_check *check, int events)
{
        (void)check, (void)events;
        struct loop *loop = ev_userdata(ev);
        loop->now_us = clock_us();
}

static void on_turn_ends(struct ev_loop *ev, struct ev_prepare *prepare, int events)
{
        (void)prepare, (void)events;
        run_deferred(ev_userdata(ev));
}

static void on_wake(struct ev_loop *ev, struct ev_async *async, int events)
{
        (void)ev, (void)async, (void)events; /* the turn itself is what was asked for */
}

struct loop *loop_new(void)
{
        struct loop *loop = calloc(1, sizeof *loop);
        if (!loop)
                return NULL;
        loop->ev = ev_loop_new(EVFLAG_AUTO | EVFLAG_NOSIGMASK);
        if (!loop->ev) {
                free(loop);
                return NULL;
        }
        ev_set_userdata(loop->ev, loop);
        ev_async_init(&loop->wake, on_wake);
        ev_async_start(loop->ev, &loop->wake);
        ev_check_init(&loop->turn_begins, on_turn_begins);
        ev_set_priority(&loop->turn_begins, EV_MAXPRI);
        ev_check_start(loop->ev, &loop->turn_begins);
        ev_prepare_init(&loop->turn_ends, on_turn_ends);
        ev_set_priority(&loop->turn_ends, EV_MINPRI);
        ev_prepare_start(loop->ev, &loop->turn_ends);
        return loop;
}

void loop_free(struct loop *loop)
{
        if (!loop)
                return;
        run_deferred(loop);
        ev_prepare_stop(loop->ev, &loop->turn_ends);
        ev_check_stop(loop->ev, &loop->turn_begins);
        ev_async_stop(loop->ev, &loop->wake);
        ev_loop_destroy(loop->ev);
        free(loop->deferred);
        free(loop);
}

void loop_run(struct loop *loop)
{
        loop->now_us = clock_us();
        loop->running = true;
        ev_run(loop->ev, 0);
        loop->running = false;
        run_deferred(loop); /* libev leaves right after the turn's callbacks */
}

void loop_stop(struct loop *loop)
{
        ev_break(loop->ev, EVBREAK_ALL);
}

void loop_wake(struct loop *loop)
{
        ev_async_send(loop->ev, &loop->wake);
}

static void on_fd(struct ev_loop *ev, struct ev_io *io, int events)
{
        (void)ev;
        struct loop_fd *fd = (struct loop_fd *)io;
        fd->ready(fd, (unsigned)events & (LOOP_READ | LOOP_WRITE));
}

void loop_fd_start(struct loop *loop, struct loop_fd *fd, int descriptor, unsigned events)
{
        loop_fd_stop(fd);
        fd->loop = loop;
        ev_io_init(&fd->io, on_fd, descriptor, (int)events);
        ev_io_start(loop->ev, &fd->io);
}

void loop_fd_change(struct loop_fd *fd, unsigned events)
{
        if (!ev_is_active(&fd->io) || ((unsigned)fd->io.events & (LOOP_READ | LOOP_WRITE)) == events)
                return;
        ev_io_stop(fd->loop->ev, &fd->io);
        ev_io_modify(&fd->io, (int)events);
        ev_io_start(fd->loop->ev, &fd->io);
}

void loop_fd_stop(struct loop_fd *fd)
{
        if (fd->loop)
                ev_io_stop(fd->loop->ev, &fd->io);
}

static void on_timer(struct ev_loop *ev, struct ev_timer *ev_timer, int events)
{
        (void)ev, (void)events;
        struct loop_timer *timer = (struct loop_timer *)ev_timer;
        timer->expired(timer);
}

/* libev counts from the begin of the turn, or from the last turn before loop_run: the update makes it count from now.
 */
void loop_timer_start(struct loop *loop, struct loop_timer *timer, int64_t ms)
{
        assert(ms >= 0);
        loop_timer_stop(timer);
        timer->loop = loop;
        ev_now_update(loop->ev);
        ev_timer_init(&timer->timer, on_timer, (double)ms / 1000, 0);
        ev_timer_start(loop->ev, &timer->timer);
}

void loop_timer_stop(struct loop_timer *timer)
{
        if (timer->loop)
                ev_timer_stop(timer->loop->ev, &timer->timer);
}

bool loop_timer_running(const struct loop_timer *timer)
{
        return ev_is_active(&timer->timer) || ev_is_pending(&timer->timer);
}

static void on_signal(struct ev_loop *ev, struct ev_signal *ev_signal, int events)
{
        (void)ev, (void)events;
        struct loop_signal *signal = (struct loop_signal *)ev_signal;
        signal->raised(signal);
}

void loop_signal_start(struct loop *loop, struct loop_signal *watch, int signal_number)
{
        loop_signal_stop(watch);
        watch->loop = loop;
        ev_signal_init(&watch->signal, on_signal, signal_number);
        ev_signal_start(loop->ev, &watch->signal);
}

void loop_signal_stop(struct loop_signal *watch)
{
        if (watch->loop)
                ev_signal_stop(watch->loop->ev, &watch->signal);
}

static void grow_deferred(struct loop *loop)
{
        size_t room = loop->deferred_room ? loop->deferred_room * 2 : 32;
        struct deferred *deferred = reallocarray(loop->deferred, room, sizeof *deferred);
        if (!deferred)
                abort();
        loop->deferred = deferred;
        loop->deferred_room = room;
}

void loop_defer(struct loop *loop, void (*run)(void *object), void *object)
{
        if (loop->deferred_count == loop->deferred_room)
                grow_deferred(loop);
        loop->deferred[loop->deferred_count++] = (struct deferred){run, object};
}
