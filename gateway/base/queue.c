/* A ring with one writer per index, and an eventfd that is written only when its reader might be asleep.
 *
 * `raised` says that the descriptor is readable, or that the thread that set it is about to make it so. Whoever changes
 * it from false to true writes the eventfd, once; only the consumer changes it back, after it has read the eventfd.
 * Both changes are read-modify-writes of one atomic, so they have one order, and the later sees what the earlier did
 * before it:
 *   - the producer's comes later: it finds false and writes, the consumer will be woken;
 *   - the consumer's comes later: it sees the item when it looks again, and raises the descriptor itself.
 * An item may be taken in the short time between the producer's change and its write. `raised` then stays set, and the
 * consumer is woken once for nothing; the next pop quiets the descriptor. */
#include "gateway/base/queue.h"

#include <assert.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#define CACHE_LINE 64

/* Both counts go on for ever; their difference is the length. Each thread writes its own cache line; what never changes
 * lies beside `popped`, which the producer reads at every push anyway. */
struct queue {
        _Alignas(CACHE_LINE) atomic_size_t popped;
        size_t item_size;
        size_t slots;
        bool forgets;
        unsigned char *items;
        int fd;
        _Alignas(CACHE_LINE) atomic_size_t pushed;
        atomic_bool raised;
};

struct queue *queue_new(size_t item_size, size_t slots)
{
        assert(item_size > 0 && slots > 0 && (slots & (slots - 1)) == 0);
        struct queue *queue = aligned_alloc(CACHE_LINE, sizeof *queue);
        if (!queue)
                return NULL;
        *queue = (struct queue){.item_size = item_size, .slots = slots};
        queue->items = calloc(slots, item_size);
        queue->fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
        if (!queue->items || queue->fd < 0) {
                queue_free(queue);
                return NULL;
        }
        return queue;
}

void queue_free(struct queue *queue)
{
        if (!queue)
                return;
        if (queue->fd >= 0)
                close(queue->fd);
        free(queue->items);
        free(queue);
}

void queue_forgets(struct queue *queue)
{
        queue->forgets = true;
}

static void *slot(const struct queue *queue, size_t count)
{
        return queue->items + (count & (queue->slots - 1)) * queue->item_size;
}

static void descriptor_raise(struct queue *queue)
{
        const uint64_t one = 1;
        if (atomic_exchange(&queue->raised, true))
                return;
        ssize_t written = write(queue->fd, &one, sizeof one);
        assert(written == sizeof one);
}

static void descriptor_quiet(struct queue *queue)
{
        uint64_t count;
        if (!atomic_load(&queue->raised))
                return;
        if (read(queue->fd, &count, sizeof count) == sizeof count)
                atomic_exchange(&queue->raised, false);
        /* else the producer is about to write: its wake-up comes, and the next call ends it */
}

bool queue_push(struct queue *queue, const void *item)
{
        size_t pushed = atomic_load_explicit(&queue->pushed, memory_order_relaxed);
        if (pushed - atomic_load_explicit(&queue->popped, memory_order_acquire) == queue->slots)
                return false;
        memcpy(slot(queue, pushed), item, queue->item_size);
        atomic_store_explicit(&queue->pushed, pushed + 1, memory_order_release);
        descriptor_raise(queue);
        return true;
}

bool queue_pop(struct queue *queue, void *item)
{
        size_t popped = atomic_load_explicit(&queue->popped, memory_order_relaxed);
        if (popped == atomic_load_explicit(&queue->pushed, memory_order_acquire)) {
                descriptor_quiet(queue);
                if (popped == atomic_load_explicit(&queue->pushed, memory_order_acquire))
                        return false;
                descriptor_raise(queue); /* more may be there than the one taken now */
        }
        memcpy(item, slot(queue, popped), queue->item_size);
        if (queue->forgets)
                explicit_bzero(slot(queue, popped), queue->item_size);
        atomic_store_explicit(&queue->popped, popped + 1, memory_order_release);
        return true;
}

int queue_fd(const struct queue *queue)
{
        return queue->fd;
}

/* popped is read first: it can only be behind, so the difference is never negative, but may pass `slots`. */
size_t queue_length(const struct queue *queue)
{
        size_t popped = atomic_load_explicit(&queue->popped, memory_order_acquire);
        size_t length = atomic_load_explicit(&queue->pushed, memory_order_acquire) - popped;
        return length < queue->slots ? length : queue->slots;
}
