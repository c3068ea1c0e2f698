/* A bounded queue of fixed-size values from one thread to one other, with a descriptor that wakes the reader.
 * One producer thread, one consumer thread, no locks. The producer sees a full queue as an ordinary answer. */
#ifndef SCCPGW_BASE_QUEUE_H
#define SCCPGW_BASE_QUEUE_H

#include <stdbool.h>
#include <stddef.h>

struct queue;

struct queue *queue_new(size_t item_size, size_t slots); /* slots: a power of two; NULL when the machine refuses */
void queue_free(struct queue *queue);

void queue_forgets(struct queue *queue); /* what was taken leaves no copy here: for secrets; before the first push */

bool queue_push(struct queue *queue, const void *item); /* false: full, nothing changed */
bool queue_pop(struct queue *queue, void *item);        /* false: empty, and the descriptor is quiet again (queue.c) */
int queue_fd(const struct queue *queue);                /* readable while items may wait; owned by the queue */
size_t queue_length(const struct queue *queue);         /* a snapshot, for metrics */

#endif
