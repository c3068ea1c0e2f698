/* The owner's half of the relay: ports, names and the choice of a worker. It belongs to the thread that opens streams;
 * the packets are the workers'. A slot holds a stream from its open until its RELAY_CLOSED was taken: only then its
 * sockets are closed for certain, and its ports may go back.
 *
 * A stream goes to the worker that has the fewest. So when less than max_streams are open, one of n workers has not
 * more than (max_streams - 1) / n of them: with one slot more than that each, the chosen one always has a free slot. */
#include "gateway/media/relay.h"

#include <assert.h>
#include <errno.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "gateway/base/loop.h"
#include "gateway/base/text.h"
#include "gateway/media/ports.h"
#include "gateway/media/relay_own.h"

static void relay_free(struct relay *relay)
{
        conferences_leave_all(relay);
        for (size_t i = 0; relay->hands && i < relay->n_hands; i++) {
                if (relay->hands[i].worker)
                        worker_stop(relay->hands[i].worker);
                free(relay->hands[i].free_slots);
        }
        conferences_stop(&relay->conferences);
        if (relay->events >= 0)
                close(relay->events);
        ports_free(relay->ports);
        id_map_free(&relay->open);
        free(relay->in);
        free(relay->hands);
        free(relay);
}

static bool hands_allocate(struct relay *relay)
{
        relay->hands = calloc(relay->n_hands, sizeof *relay->hands);
        for (size_t i = 0; relay->hands && i < relay->n_hands; i++) {
                struct relay_hand *hand = &relay->hands[i];
                hand->free_slots = calloc(relay->slots_each, sizeof *hand->free_slots);
                if (!hand->free_slots)
                        return false;
                for (size_t slot = relay->slots_each; slot > 0; slot--)
                        hand->free_slots[hand->n_free++] = (uint32_t)(slot - 1);
        }
        return relay->hands;
}

static bool relay_allocate(struct relay *relay, const struct relay_settings *settings)
{
        relay->max_streams = settings->max_streams;
        relay->rule = (struct latch_rule){settings->latch_strict, settings->latch_networks, settings->n_latch_networks};
        relay->slots_each = (settings->max_streams - 1) / relay->n_hands + 1;
        relay->events = epoll_create1(EPOLL_CLOEXEC);
        relay->ports = ports_new(settings->port_first, settings->port_last, &settings->bind, settings->dscp);
        relay->in = calloc(relay->n_hands * relay->slots_each, sizeof *relay->in);
        return hands_allocate(relay) && relay->events >= 0 && relay->ports && relay->in &&
               id_map_init(&relay->open, (uint32_t)settings->max_streams);
}

static bool hand_start(struct relay *relay, size_t number, const struct relay_settings *settings, char *why,
                       size_t why_size)
{
        struct relay_hand *hand = &relay->hands[number];
        struct worker_settings worker = {
                .number = (unsigned)number,
                .slots = relay->slots_each,
                .members = settings->max_members,
                .rtp_timeout_s = settings->rtp_timeout_s,
                .keepalive_s = settings->keepalive_s,
                .rule = &relay->rule,
        };
        if (relay->conferences.mixer)
                worker.lane = mixer_lane(relay->conferences.mixer, number);
        hand->worker = worker_start(&worker, why, why_size);
        if (!hand->worker)
                return false;
        struct epoll_event readable = {.events = EPOLLIN};
        if (epoll_ctl(relay->events, EPOLL_CTL_ADD, worker_fd(hand->worker), &readable) == 0)
                return true;
        text_printf(why, why_size, "cannot watch the media thread: %s", strerror(errno));
        return false;
}

static bool hands_start(struct relay *relay, const struct relay_settings *settings, char *why, size_t why_size)
{
        for (size_t i = 0; i < relay->n_hands; i++)
                if (!hand_start(relay, i, settings, why, why_size))
                        return false;
        return true;
}

/* Those the process may run on: a container has often fewer than the machine. */
static size_t cores(void)
{
        cpu_set_t ours;
        return sched_getaffinity(0, sizeof ours, &ours) == 0 ? (size_t)CPU_COUNT(&ours) : 1;
}

struct relay *relay_start(const struct relay_settings *settings, char *why, size_t why_size)
{
        assert(settings->max_streams > 0 && settings->max_streams <= UINT32_MAX / 8);
        struct relay *relay = calloc(1, sizeof *relay);
        if (relay)
                *relay = (struct relay){.events = -1, .n_hands = settings->threads ? settings->threads : cores()};
        if (!relay || !relay_allocate(relay, settings)) {
                text_copy(why, why_size, "no memory or descriptors for the relay");
                if (relay)
                        relay_free(relay);
                return NULL;
        }
        if (!conferences_start(&relay->conferences, settings->max_members, relay->n_hands, why, why_size) ||
            !hands_start(relay, settings, why, why_size)) {
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

/* The first of those with the fewest streams. */
static size_t hand_choose(const struct relay *relay)
{
        size_t best = 0;
        for (size_t i = 1; i < relay->n_hands; i++)
                if (relay->hands[i].n_free > relay->hands[best].n_free)
                        best = i;
        return best;
}

static bool slot_open(struct relay *relay, uint32_t slot, uint32_t stream, const struct port_pair pairs[STREAM_SIDES])
{
        struct worker_command command = {.verb = WORKER_OPEN, .slot = slot, .stream = stream};
        for (unsigned side = 0; side < STREAM_SIDES; side++) {
                command.sockets.fd[side][STREAM_RTP] = pairs[side].rtp;
                command.sockets.fd[side][STREAM_RTCP] = pairs[side].rtcp;
        }
        return relay_tell(relay, command);
}

bool relay_open(struct relay *relay, uint32_t stream, struct relay_ports *ports)
{
        assert(stream && !id_map_get(&relay->open, stream));
        struct port_pair pairs[STREAM_SIDES];
        if (relay->streams == relay->max_streams)
                return refuse(relay, "as many streams as allowed are open");
        if (!pairs_take(relay, pairs))
                return false;
        size_t number = hand_choose(relay);
        struct relay_hand *hand = &relay->hands[number];
        assert(hand->n_free > 0);
        uint32_t slot = (uint32_t)(number * relay->slots_each) + hand->free_slots[hand->n_free - 1];
        if (!slot_open(relay, slot, stream, pairs)) {
                pair_drop(relay, &pairs[RELAY_SIP]);
                pair_drop(relay, &pairs[RELAY_PHONE]);
                return refuse(relay, "the media thread is far behind");
        }
        hand->n_free--;
        relay->streams++;
        *ports = (struct relay_ports){.phone = pairs[RELAY_PHONE].port, .sip = pairs[RELAY_SIP].port};
        relay->in[slot] = (struct relay_slot){.ports = *ports};
        id_map_set(&relay->open, stream, slot + 1);
        return true;
}

size_t relay_hand_of(const struct relay *relay, uint32_t slot)
{
        return slot / relay->slots_each;
}

bool relay_tell(struct relay *relay, struct worker_command command)
{
        struct worker *worker = relay->hands[relay_hand_of(relay, command.slot)].worker;
        command.slot %= (uint32_t)relay->slots_each;
        return worker_tell(worker, &command);
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
        return relay_slot_of(relay, stream, &command.slot) && relay_tell(relay, command);
}

bool relay_rtcp(struct relay *relay, uint32_t stream, enum relay_side side, bool mux, const struct endpoint *rtcp)
{
        struct worker_command command = {.verb = WORKER_RTCP, .side = side, .on = mux, .endpoint = *rtcp};
        return relay_slot_of(relay, stream, &command.slot) && relay_tell(relay, command);
}

bool relay_look(struct relay *relay, uint32_t stream, struct relay_counters *counters)
{
        uint32_t slot;
        if (!relay_slot_of(relay, stream, &slot))
                return false;
        if (!worker_look(relay->hands[relay_hand_of(relay, slot)].worker, slot % (uint32_t)relay->slots_each, stream,
                         counters))
                *counters = (struct relay_counters){0};
        return true;
}

bool relay_secure(struct relay *relay, uint32_t stream, enum relay_side side, const struct crypto_keys *keys)
{
        struct worker_command command = {.verb = WORKER_SECURE, .side = side, .keys = *keys};
        bool told = relay_slot_of(relay, stream, &command.slot) && relay_tell(relay, command);
        crypto_wipe(&command, sizeof command);
        return told;
}

bool relay_hold(struct relay *relay, uint32_t stream, bool held)
{
        struct worker_command command = {.verb = WORKER_HOLD, .on = held};
        return relay_slot_of(relay, stream, &command.slot) && relay_tell(relay, command);
}

uint64_t relay_heard(const struct relay *relay, uint32_t stream, enum relay_side side)
{
        uint32_t slot;
        if (!relay_slot_of(relay, stream, &slot))
                return 0;
        const struct worker *worker = relay->hands[relay_hand_of(relay, slot)].worker;
        return worker_heard(worker, slot % (uint32_t)relay->slots_each, side);
}

bool relay_close(struct relay *relay, uint32_t stream)
{
        struct worker_command command = {.verb = WORKER_CLOSE};
        if (!relay_slot_of(relay, stream, &command.slot))
                return false;
        id_map_remove(&relay->open, stream);
        conferences_forget(relay, command.slot);
        return relay_tell(relay, command);
}

static void slot_give(struct relay *relay, size_t number, uint32_t own_slot)
{
        const struct relay_slot *slot = &relay->in[number * relay->slots_each + own_slot];
        int64_t now_ms = clock_ms();
        ports_give(relay->ports, now_ms, slot->ports.phone);
        ports_give(relay->ports, now_ms, slot->ports.sip);
        relay->hands[number].free_slots[relay->hands[number].n_free++] = own_slot;
        relay->streams--;
}

/* Of all workers in turn; false when none has anything, and all their descriptors are quiet. */
static bool any_next(struct relay *relay, size_t *number, struct worker_event *taken)
{
        for (size_t i = 0; i < relay->n_hands; i++) {
                *number = relay->next_hand;
                relay->next_hand = (relay->next_hand + 1) % relay->n_hands;
                if (worker_next(relay->hands[*number].worker, taken))
                        return true;
        }
        return false;
}

bool relay_next(struct relay *relay, struct relay_event *event)
{
        struct worker_event taken;
        size_t number;
        do {
                if (!any_next(relay, &number, &taken))
                        return false;
                if (taken.has_left)
                        conferences_has_left(&relay->conferences, taken.member);
        } while (taken.has_left);
        if (taken.event.kind == RELAY_CLOSED)
                slot_give(relay, number, taken.slot);
        *event = taken.event;
        return true;
}

int relay_fd(const struct relay *relay)
{
        return relay->events;
}

size_t relay_threads(const struct relay *relay)
{
        return relay->n_hands;
}

size_t relay_ports_used(const struct relay *relay)
{
        return ports_used(relay->ports);
}

size_t relay_ports_total(const struct relay *relay)
{
        return ports_total(relay->ports);
}

void relay_timeout_set(struct relay *relay, unsigned rtp_timeout_s)
{
        for (size_t i = 0; i < relay->n_hands; i++)
                worker_timeout_set(relay->hands[i].worker, rtp_timeout_s);
}
