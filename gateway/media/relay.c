/* The owner's half of the relay: ports, names and the choice of a worker. It belongs to the thread that opens streams;
 * the packets are the workers'. A slot holds a stream from its open until its RELAY_CLOSED was taken: only then its
 * sockets are closed for certain, and its ports may go back. */
#include "gateway/media/relay.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gateway/base/ids.h"
#include "gateway/base/log.h"
#include "gateway/base/loop.h"
#include "gateway/base/text.h"
#include "gateway/media/ports.h"
#include "gateway/media/worker.h"

struct relay {
        struct ports *ports;
        struct worker *worker;
        struct id_map open;     /* stream to slot + 1; a stream leaves when it is told to close */
        struct relay_ports *in; /* by slot: its ports */
        uint32_t *free_slots;   /* a stack, lowest on top: slots never used cost no memory */
        size_t n_free;
        struct log_limit refusals;
};

static void relay_free(struct relay *relay)
{
        if (relay->worker)
                worker_stop(relay->worker);
        ports_free(relay->ports);
        id_map_free(&relay->open);
        free(relay->in);
        free(relay->free_slots);
        free(relay);
}

static bool relay_allocate(struct relay *relay, const struct relay_settings *settings)
{
        relay->ports = ports_new(settings->port_first, settings->port_last, &settings->bind, settings->dscp);
        relay->in = calloc(settings->max_streams, sizeof *relay->in);
        relay->free_slots = calloc(settings->max_streams, sizeof *relay->free_slots);
        if (!relay->ports || !relay->in || !relay->free_slots ||
            !id_map_init(&relay->open, (uint32_t)settings->max_streams))
                return false;
        for (size_t i = settings->max_streams; i > 0; i--)
                relay->free_slots[relay->n_free++] = (uint32_t)(i - 1);
        return true;
}

struct relay *relay_start(const struct relay_settings *settings, char *why, size_t why_size)
{
        assert(settings->max_streams > 0 && settings->max_streams <= UINT32_MAX / 8);
        struct relay *relay = calloc(1, sizeof *relay);
        if (!relay || !relay_allocate(relay, settings)) {
                text_copy(why, why_size, "no memory for the relay");
                if (relay)
                        relay_free(relay);
                return NULL;
        }
        relay->worker = worker_start(settings->max_streams, settings->rtp_timeout_s, why, why_size);
        if (!relay->worker) {
                relay_free(relay);
                return NULL;
        }
        return relay;
}

void relay_stop(struct relay *relay)
{
        if (relay)
                relay_free(relay);
}

static bool refuse(struct relay *relay, const char *why)
{
        if (log_allowed(&relay->refusals, 1, 10))
                log_warning("relay", "no stream opened: %s", why);
        return false;
}

static void pair_drop(struct relay *relay, const struct port_pair *pair)
{
        close(pair->rtp);
        close(pair->rtcp);
        ports_give_unused(relay->ports, pair->port);
}

static bool pairs_take(struct relay *relay, struct port_pair pairs[STREAM_SIDES])
{
        static const char *const reasons[] = {
                [PORTS_NONE_LEFT] = "all ports of the range are in use", [PORTS_REFUSED] = NULL, /* errno says it better
                                                                                                  */
        };
        int64_t now_ms = clock_ms();
        for (unsigned side = 0; side < STREAM_SIDES; side++) {
                enum ports_answer answer = ports_take(relay->ports, now_ms, &pairs[side]);
                if (answer == PORTS_TAKEN)
                        continue;
                const char *why = reasons[answer] ? reasons[answer] : strerror(errno);
                if (side > 0)
                        pair_drop(relay, &pairs[0]);
                return refuse(relay, why);
        }
        return true;
}

bool relay_open(struct relay *relay, uint32_t stream, struct relay_ports *ports)
{
        assert(stream && !id_map_get(&relay->open, stream));
        struct port_pair pairs[STREAM_SIDES];
        if (relay->n_free == 0)
                return refuse(relay, "as many streams as allowed are open");
        if (!pairs_take(relay, pairs))
                return false;
        uint32_t slot = relay->free_slots[relay->n_free - 1];
        struct worker_command command = {.verb = WORKER_OPEN, .slot = slot, .stream = stream};
        for (unsigned side = 0; side < STREAM_SIDES; side++) {
                command.sockets.fd[side][STREAM_RTP] = pairs[side].rtp;
                command.sockets.fd[side][STREAM_RTCP] = pairs[side].rtcp;
        }
        if (!worker_tell(relay->worker, &command)) {
                pair_drop(relay, &pairs[RELAY_SIP]);
                pair_drop(relay, &pairs[RELAY_PHONE]);
                return refuse(relay, "the media thread is far behind");
        }
        relay->n_free--;
        relay->in[slot] = (struct relay_ports){.phone = pairs[RELAY_PHONE].port, .sip = pairs[RELAY_SIP].port};
        id_map_set(&relay->open, stream, slot + 1);
        *ports = relay->in[slot];
        return true;
}

/* False for a stream that is not open: closed meanwhile, or never opened. */
static bool slot_of(const struct relay *relay, uint32_t stream, uint32_t *slot)
{
        uint32_t found = id_map_get(&relay->open, stream);
        *slot = found - 1;
        return found != 0;
}

bool relay_set(struct relay *relay, uint32_t stream, enum relay_side side, const struct endpoint *endpoint)
{
        struct worker_command command = {.verb = WORKER_SET, .side = side, .endpoint = *endpoint};
        return slot_of(relay, stream, &command.slot) && worker_tell(relay->worker, &command);
}

bool relay_hold(struct relay *relay, uint32_t stream, bool held)
{
        struct worker_command command = {.verb = WORKER_HOLD, .held = held};
        return slot_of(relay, stream, &command.slot) && worker_tell(relay->worker, &command);
}

bool relay_close(struct relay *relay, uint32_t stream)
{
        struct worker_command command = {.verb = WORKER_CLOSE};
        if (!slot_of(relay, stream, &command.slot))
                return false;
        id_map_remove(&relay->open, stream);
        return worker_tell(relay->worker, &command);
}

static void slot_give(struct relay *relay, uint32_t slot)
{
        int64_t now_ms = clock_ms();
        ports_give(relay->ports, now_ms, relay->in[slot].phone);
        ports_give(relay->ports, now_ms, relay->in[slot].sip);
        relay->free_slots[relay->n_free++] = slot;
}

bool relay_next(struct relay *relay, struct relay_event *event)
{
        struct worker_event taken;
        if (!worker_next(relay->worker, &taken))
                return false;
        if (taken.event.kind == RELAY_CLOSED)
                slot_give(relay, taken.slot);
        *event = taken.event;
        return true;
}

int relay_fd(const struct relay *relay)
{
        return worker_fd(relay->worker);
}

size_t relay_ports_used(const struct relay *relay)
{
        return ports_used(relay->ports);
}

size_t relay_ports_total(const struct relay *relay)
{
        return ports_total(relay->ports);
}
