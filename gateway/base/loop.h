/* The event loop of a thread: file descriptors, timers, signals, and frees put off to the end of a turn.
 * libev is known here only. Watchers are embedded in their owners and zero before their first start; their owner sets
 * the callback. A stopped watcher holds nothing, and stopping one twice or before its first start is no mistake.
 * All calls on the loop's own thread, except loop_wake. */
#ifndef SCCPGW_BASE_LOOP_H
#define SCCPGW_BASE_LOOP_H

/* libev 3 had names like EV_TIMEOUT that the core uses for its own. */
#define EV_COMPAT3 0
#include <ev.h>
#include <stdbool.h>
#include <stdint.h>

struct loop;

enum { LOOP_READ = EV_READ, LOOP_WRITE = EV_WRITE };

struct loop_fd {
        struct ev_io io; /* first: libev's callback casts back */
        void (*ready)(struct loop_fd *fd, unsigned events);
        struct loop *loop;
};

struct loop_timer {
        struct ev_timer timer;
        void (*expired)(struct loop_timer *timer);
        struct loop *loop;
};

struct loop_signal {
        struct ev_signal signal;
        void (*raised)(struct loop_signal *signal);
        struct loop *loop;
};

struct loop *loop_new(void); /* NULL when the machine refuses */
void loop_free(struct loop *loop);
void loop_run(struct loop *loop);  /* until loop_stop */
void loop_stop(struct loop *loop); /* from inside a callback */
void loop_wake(struct loop *loop); /* from any thread: the loop makes a turn */

int64_t loop_now_ms(const struct loop *loop); /* monotonic, as of this turn */
int64_t loop_now_us(const struct loop *loop); /* likewise */
int64_t clock_ms(void);                       /* monotonic, now */

void loop_fd_start(struct loop *loop, struct loop_fd *fd, int descriptor, unsigned events);
void loop_fd_change(struct loop_fd *fd, unsigned events); /* no effect when unchanged or stopped; 0 pauses */
void loop_fd_stop(struct loop_fd *fd);

/* Once after `ms` from now; starting a running timer moves it. A change of the wall clock does not touch it. */
void loop_timer_start(struct loop *loop, struct loop_timer *timer, int64_t ms);
void loop_timer_stop(struct loop_timer *timer);
bool loop_timer_running(const struct loop_timer *timer);

/* A signal belongs to one loop of the process. Other threads block it or not as they like. */
void loop_signal_start(struct loop *loop, struct loop_signal *watch, int signal_number);
void loop_signal_stop(struct loop_signal *watch);

/* Calls `run(object)` after all callbacks of this turn: nothing is freed inside its own callback. What is still
 * waiting when loop_run returns, or when the loop is freed, is run then. */
void loop_defer(struct loop *loop, void (*run)(void *object), void *object);

#endif
