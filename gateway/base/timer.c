/* The heap: entries[0] is due first, the children of place p are 2p and 2p + 1, and each entry knows its place. */
#include "gateway/base/timer.h"

#include <assert.h>
#include <stdlib.h>

#define FIRST_ROOM 64

static void put(struct timer_heap *heap, struct timer *timer, size_t place)
{
        heap->entries[place - 1] = timer;
        timer->place = place;
}

static struct timer *entry(const struct timer_heap *heap, size_t place)
{
        return heap->entries[place - 1];
}

/* Puts `timer` at `place` or above it, moving later ones down. */
static void sift_up(struct timer_heap *heap, struct timer *timer, size_t place)
{
        for (; place > 1 && timer->due_ms < entry(heap, place / 2)->due_ms; place /= 2)
                put(heap, entry(heap, place / 2), place);
        put(heap, timer, place);
}

/* Puts `timer` at `place` or below it, moving earlier ones up. */
static void sift_down(struct timer_heap *heap, struct timer *timer, size_t place)
{
        for (size_t child; (child = place * 2) <= heap->count; place = child) {
                if (child < heap->count && entry(heap, child + 1)->due_ms < entry(heap, child)->due_ms)
                        child++;
                if (timer->due_ms <= entry(heap, child)->due_ms)
                        break;
                put(heap, entry(heap, child), place);
        }
        put(heap, timer, place);
}

static void settle(struct timer_heap *heap, struct timer *timer, size_t place)
{
        sift_up(heap, timer, place);
        if (timer->place == place)
                sift_down(heap, timer, place);
}

static bool heap_grow(struct timer_heap *heap)
{
        size_t room = heap->room ? heap->room * 2 : FIRST_ROOM;
        struct timer **entries = reallocarray(heap->entries, room, sizeof(struct timer *));
        if (!entries)
                return false;
        heap->entries = entries;
        heap->room = room;
        return true;
}

bool timer_set(struct timer_heap *heap, struct timer *timer, int64_t due_ms)
{
        if (timer->place == 0) {
                if (heap->count == heap->room && !heap_grow(heap))
                        return false;
                put(heap, timer, ++heap->count);
        }
        assert(timer->place <= heap->count && entry(heap, timer->place) == timer);
        timer->due_ms = due_ms;
        settle(heap, timer, timer->place);
        return true;
}

void timer_clear(struct timer_heap *heap, struct timer *timer)
{
        size_t place = timer->place;
        if (place == 0)
                return;
        assert(place <= heap->count && entry(heap, place) == timer);
        struct timer *last = entry(heap, heap->count--);
        if (last != timer)
                settle(heap, last, place);
        timer->place = 0;
}

int64_t timer_next_ms(const struct timer_heap *heap)
{
        return heap->count ? heap->entries[0]->due_ms : INT64_MAX;
}

void timer_run(struct timer_heap *heap, int64_t now_ms)
{
        for (size_t left = heap->count; left > 0 && timer_next_ms(heap) <= now_ms; left--) {
                struct timer *timer = heap->entries[0];
                timer_clear(heap, timer);
                timer->expired(timer);
        }
}

void timer_heap_free(struct timer_heap *heap)
{
        for (size_t i = 0; i < heap->count; i++)
                heap->entries[i]->place = 0;
        free(heap->entries);
        *heap = (struct timer_heap){0};
}
