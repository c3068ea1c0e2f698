/* Many deadlines behind one clock: a heap of intrusive entries. Pure: the owner says what time it is and asks when
 * to come back. Used where a loop of another library (sofia's) drives thousands of deadlines with one timer. */
#ifndef SCCPGW_BASE_TIMER_H
#define SCCPGW_BASE_TIMER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct timer {
        int64_t due_ms;
        size_t place; /* 1-based in the heap; 0: not set */
        void (*expired)(struct timer *timer);
};

struct timer_heap {
        struct timer **entries;
        size_t count, room;
};

bool timer_set(struct timer_heap *heap, struct timer *timer, int64_t due_ms); /* moves a set one; false: no memory */
void timer_clear(struct timer_heap *heap, struct timer *timer);
int64_t timer_next_ms(const struct timer_heap *heap); /* INT64_MAX when empty */
/* Calls every due entry, earliest first, each cleared before its call: it may set itself again, or be freed. A run
 * makes at most as many calls as there were entries: one that is always due again cannot hold the thread. */
void timer_run(struct timer_heap *heap, int64_t now_ms);
void timer_heap_free(struct timer_heap *heap); /* its entries are cleared, the heap is empty and usable */

#endif
