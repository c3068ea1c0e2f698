/* A ring of pairs, the longest unused first. As all rest equally long, the first of the ring is the first that may be
 * used again: a look at it answers for all. */
#include "gateway/media/ports.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "gateway/media/udp.h"

struct ports {
        struct ip bind;
        uint16_t first; /* even */
        uint8_t dscp;
        size_t pairs, head, waiting; /* the ring: [head, head + waiting) modulo pairs */
        uint16_t *ring;              /* numbers of pairs */
        int64_t *rested_ms;          /* by number of pair: when it may be used again */
        bool *taken;                 /* likewise */
};

static void shuffle(uint16_t *numbers, size_t count)
{
        for (size_t left = count; left > 1; left--) {
                size_t other = arc4random_uniform((uint32_t)left);
                uint16_t kept = numbers[left - 1];
                numbers[left - 1] = numbers[other];
                numbers[other] = kept;
        }
}

struct ports *ports_new(uint16_t first, uint16_t last, const struct ip *bind, uint8_t dscp)
{
        unsigned even = first + first % 2u;
        size_t pairs = last > even ? (last - even + 1) / 2 : 0;
        struct ports *ports = calloc(1, sizeof *ports);
        if (!ports)
                return NULL;
        *ports = (struct ports){.bind = *bind, .first = (uint16_t)even, .dscp = dscp, .pairs = pairs, .waiting = pairs};
        ports->ring = calloc(pairs + 1, sizeof *ports->ring);
        ports->rested_ms = calloc(pairs + 1, sizeof *ports->rested_ms);
        ports->taken = calloc(pairs + 1, sizeof *ports->taken);
        if (!ports->ring || !ports->rested_ms || !ports->taken) {
                ports_free(ports);
                return NULL;
        }
        for (size_t i = 0; i < pairs; i++)
                ports->ring[i] = (uint16_t)i;
        shuffle(ports->ring, pairs);
        return ports;
}

void ports_free(struct ports *ports)
{
        if (!ports)
                return;
        free(ports->ring);
        free(ports->rested_ms);
        free(ports->taken);
        free(ports);
}

static uint16_t port_of(const struct ports *ports, uint16_t number)
{
        return (uint16_t)(ports->first + 2 * number);
}

static uint16_t number_of(const struct ports *ports, uint16_t port)
{
        assert(port >= ports->first && port % 2 == 0 && (port - ports->first) / 2u < ports->pairs);
        return (uint16_t)((port - ports->first) / 2);
}

static uint16_t ring_pop(struct ports *ports)
{
        uint16_t number = ports->ring[ports->head];
        ports->head = (ports->head + 1) % ports->pairs;
        ports->waiting--;
        return number;
}

static void ring_push_last(struct ports *ports, uint16_t number)
{
        ports->ring[(ports->head + ports->waiting++) % ports->pairs] = number;
}

static void ring_push_first(struct ports *ports, uint16_t number)
{
        ports->head = (ports->head + ports->pairs - 1) % ports->pairs;
        ports->ring[ports->head] = number;
        ports->waiting++;
}

static bool pair_open(const struct ports *ports, uint16_t port, struct port_pair *pair)
{
        struct port_pair opened = {.port = port};
        opened.rtp = udp_open(&ports->bind, port, ports->dscp);
        if (opened.rtp < 0)
                return false;
        opened.rtcp = udp_open(&ports->bind, (uint16_t)(port + 1), ports->dscp);
        if (opened.rtcp < 0) {
                int error = errno;
                close(opened.rtp);
                errno = error;
                return false;
        }
        *pair = opened;
        return true;
}

/* One held by somebody else is looked at again after a rest like any other: finding it costs little, and seldom. */
enum ports_answer ports_take(struct ports *ports, int64_t now_ms, struct port_pair *pair)
{
        while (ports->waiting && ports->rested_ms[ports->ring[ports->head]] <= now_ms) {
                uint16_t number = ring_pop(ports);
                if (pair_open(ports, port_of(ports, number), pair)) {
                        ports->taken[number] = true;
                        return PORTS_TAKEN;
                }
                if (errno != EADDRINUSE) {
                        ring_push_first(ports, number);
                        return PORTS_REFUSED;
                }
                ports->rested_ms[number] = now_ms + PORTS_REST_MS;
                ring_push_last(ports, number);
        }
        return PORTS_NONE_LEFT;
}

static uint16_t pair_untake(struct ports *ports, uint16_t port)
{
        uint16_t number = number_of(ports, port);
        assert(ports->taken[number]);
        ports->taken[number] = false;
        return number;
}

void ports_give(struct ports *ports, int64_t now_ms, uint16_t port)
{
        uint16_t number = pair_untake(ports, port);
        ports->rested_ms[number] = now_ms + PORTS_REST_MS;
        ring_push_last(ports, number);
}

void ports_give_unused(struct ports *ports, uint16_t port)
{
        ring_push_first(ports, pair_untake(ports, port));
}

size_t ports_used(const struct ports *ports)
{
        return ports->pairs - ports->waiting;
}

size_t ports_total(const struct ports *ports)
{
        return ports->pairs;
}
