/* The owner's half of the relay: ports, names and the choice of a worker. It belongs to the thread that opens streams;
 * the packets are the workers'. A slot holds a stream from its open until its RELAY_CLOSED was taken: only then its
 * sockets are closed for certain, and its ports may go back. */
#include "gateway/media/relay.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gateway/base/loop.h"
#include "gateway/base/text.h"
#include "gateway/media/ports.h"
#include "gateway/media/relay_own.h"

static void relay_free(struct relay *relay)
{
        if (relay->worker)
                worker_stop(relay->worker);
        conferences_stop(&relay->conferences);
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

static bool relay_start_worker(struct relay *relay, const struct relay_settings *settings, char *why, size_t why_size)
{
        struct worker_settings worker = {
                .slots = settings->max_streams,
                .members = settings->max_members,
                .rtp_timeout_s = settings->rtp_timeout_s,
                .mixer = relay->conferences.mixer,
        };
        relay->worker = worker_start(&worker, why, why_size);
        return relay->worker;
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
        if (!conferences_start(&relay->conferences, settings->max_members, why, why_size) ||
            !relay_start_worker(relay, settings, why, why_size)) {
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
        *ports = (struct relay_ports){.phone = pairs[RELAY_PHONE].port, .sip = pairs[RELAY_SIP].port};
        relay->in[slot] = (struct relay_slot){.ports = *ports};
        id_map_set(&relay->open, stream, slot + 1);
        return true;
}

bool relay_slot_of(const struct relay *relay, uint32_t stream, uint32_t *slot)
{
        uint32_t found = id_map_get(&relay->open, stream);
        *slot = found - 1;
        return found != 0;
}

bool relay_set(struct relay *relay, uint32_t stream, enum relay_side side, const struct endpoint *endpoint)
{
        struct worker_command command = {.verb = WORKER_SET, .side = side, .endpoint = *endpoint};
        return relay_slot_of(relay, stream, &command.slot) && worker_tell(relay->worker, &command);
}

bool relay_secure(struct relay *relay, uint32_t stream, enum relay_side side, const struct crypto_keys *keys)
{
        struct worker_command command = {.verb = WORKER_SECURE, .side = side, .keys = *keys};
        bool told = relay_slot_of(relay, stream, &command.slot) && worker_tell(relay->worker, &command);
        crypto_wipe(&command, sizeof command);
        return told;
}

bool relay_hold(struct relay *relay, uint32_t stream, bool held)
{
        struct worker_command command = {.verb = WORKER_HOLD, .on = held};
        return relay_slot_of(relay, stream, &command.slot) && worker_tell(relay->worker, &command);
}

bool relay_close(struct relay *relay, uint32_t stream)
{
        struct worker_command command = {.verb = WORKER_CLOSE};
        if (!relay_slot_of(relay, stream, &command.slot))
                return false;
        id_map_remove(&relay->open, stream);
        conferences_forget(relay, command.slot);
        return worker_tell(relay->worker, &command);
}

static void slot_give(struct relay *relay, uint32_t slot)
{
        int64_t now_ms = clock_ms();
        ports_give(relay->ports, now_ms, relay->in[slot].ports.phone);
        ports_give(relay->ports, now_ms, relay->in[slot].ports.sip);
        relay->free_slots[relay->n_free++] = slot;
}

bool relay_next(struct relay *relay, struct relay_event *event)
{
        struct worker_event taken;
        do {
                if (!worker_next(relay->worker, &taken))
                        return false;
                if (taken.has_left)
                        conferences_has_left(&relay->conferences, taken.member);
        } while (taken.has_left);
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
