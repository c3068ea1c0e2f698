/* Few timers run at once, so a list is searched. Where a timer stands in it is kept in the watcher, as libev would. */
#include "tests/walk/clock.h"

#include <stdlib.h>

#include "tests/walk/walk.h"

#define TIMERS 4096
#define FDS    8

struct deferred {
        void (*run)(void *object);
        void *object;
};

struct loop {
        int64_t now_ms;
        uint64_t starts;
        struct loop_timer *timers[TIMERS];
        unsigned n_timers;
        struct loop_fd *fds[FDS];
        struct deferred deferred[TIMERS];
        unsigned n_deferred;
};

int64_t clock_ms(void)
{
        return walk_now && walk_now->loop ? walk_now->loop->now_ms : 1000000;
}

struct loop *loop_new(void)
{
        struct loop *loop = calloc(1, sizeof *loop);
        LAW(loop && !walk_now->loop, "one loop");
        loop->now_ms = 1000000;
        walk_now->loop = loop;
        return loop;
}

void clock_turn(struct loop *loop)
{
        for (unsigned i = 0; i < loop->n_deferred; i++) {
                struct deferred deferred = loop->deferred[i];
                deferred.run(deferred.object);
        }
        loop->n_deferred = 0;
}

void loop_free(struct loop *loop)
{
        clock_turn(loop);
        LAW(loop->n_timers == 0, "%u timers outlive the gateway", loop->n_timers);
        walk_now->loop = NULL;
        free(loop);
}

void loop_stop(struct loop *loop)
{
        (void)loop;
        walk_broken("the gateway stops by itself");
}

void loop_wake(struct loop *loop)
{
        (void)loop;
}

int64_t loop_now_ms(const struct loop *loop)
{
        return loop->now_ms;
}

void loop_fd_start(struct loop *loop, struct loop_fd *fd, int descriptor, unsigned events)
{
        (void)events;
        unsigned i = 0;
        while (i < FDS && loop->fds[i])
                i++;
        LAW(i < FDS, "too many descriptors");
        loop->fds[i] = fd;
        fd->loop = loop;
        fd->io.fd = descriptor;
}

void loop_fd_change(struct loop_fd *fd, unsigned events)
{
        (void)fd, (void)events;
}

void loop_fd_stop(struct loop_fd *fd)
{
        for (unsigned i = 0; fd->loop && i < FDS; i++)
                if (fd->loop->fds[i] == fd)
                        fd->loop->fds[i] = NULL;
}

struct loop_fd *clock_fd(const struct loop *loop, int descriptor)
{
        for (unsigned i = 0; i < FDS; i++)
                if (loop->fds[i] && loop->fds[i]->io.fd == descriptor)
                        return loop->fds[i];
        return NULL;
}

void clock_poke(struct loop *loop, int descriptor)
{
        struct loop_fd *fd = clock_fd(loop, descriptor);
        if (fd)
                fd->ready(fd, LOOP_READ);
}

void loop_timer_start(struct loop *loop, struct loop_timer *timer, int64_t ms)
{
        LAW(ms >= 0, "a timer in the past");
        loop_timer_stop(timer);
        LAW(loop->n_timers < TIMERS && timer->expired, "a timer that does something, and not too many");
        timer->loop = loop;
        timer->timer.at = (double)(loop->now_ms + ms);
        timer->timer.repeat = (double)++loop->starts;
        loop->timers[loop->n_timers++] = timer;
        timer->timer.active = (int)loop->n_timers;
}

void loop_timer_stop(struct loop_timer *timer)
{
        if (!timer->loop || !timer->timer.active)
                return;
        struct loop *loop = timer->loop;
        unsigned at = (unsigned)timer->timer.active - 1;
        LAW(at < loop->n_timers && loop->timers[at] == timer, "a timer was overwritten while it ran");
        loop->timers[at] = loop->timers[--loop->n_timers];
        loop->timers[at]->timer.active = (int)at + 1;
        timer->timer.active = 0;
}

bool loop_timer_running(const struct loop_timer *timer)
{
        return timer->timer.active;
}

void clock_check(const struct loop *loop)
{
        for (unsigned i = 0; i < loop->n_timers; i++)
                LAW(loop->timers[i]->timer.active == (int)i + 1, "a timer was overwritten while it ran");
}

unsigned clock_timers(const struct loop *loop)
{
        return loop->n_timers;
}

struct loop_timer *clock_timer(const struct loop *loop, unsigned i)
{
        return loop->timers[i];
}

static struct loop_timer *first_timer(const struct loop *loop)
{
        struct loop_timer *first = NULL;
        for (unsigned i = 0; i < loop->n_timers; i++) {
                struct loop_timer *timer = loop->timers[i];
                if (!first || timer->timer.at < first->timer.at ||
                    (timer->timer.at == first->timer.at && timer->timer.repeat < first->timer.repeat))
                        first = timer;
        }
        return first;
}

int64_t clock_next(const struct loop *loop)
{
        const struct loop_timer *timer = first_timer(loop);
        return timer ? (int64_t)timer->timer.at - loop->now_ms : -1;
}

void clock_pass(struct loop *loop, int64_t ms)
{
        int64_t until = loop->now_ms + ms;
        for (;;) {
                struct loop_timer *timer = first_timer(loop);
                if (!timer || (int64_t)timer->timer.at > until)
                        break;
                loop->now_ms = (int64_t)timer->timer.at;
                loop_timer_stop(timer);
                timer->expired(timer);
                clock_turn(loop);
                step_settle();
        }
        loop->now_ms = until;
}

void loop_signal_start(struct loop *loop, struct loop_signal *watch, int signal_number)
{
        (void)signal_number;
        watch->loop = loop;
}

void loop_signal_stop(struct loop_signal *watch)
{
        (void)watch;
}

void loop_defer(struct loop *loop, void (*run)(void *object), void *object)
{
        LAW(loop->n_deferred < TIMERS, "too much is put off");
        loop->deferred[loop->n_deferred++] = (struct deferred){run, object};
}
