#include "tests/walk/studio.h"

#include <stdlib.h>
#include <string.h>

#include "gateway/base/text.h"
#include "gateway/media/conference.h"
#include "gateway/media/digits.h"
#include "gateway/media/secure.h"
#include "tests/walk/walk.h"

#define STREAMS        256
#define CONFERENCES    64
#define NEWS           1024
#define FAILS_PERMILLE 10

struct stream {
        uint32_t name;
        uint32_t seats[2];   /* the conference each side is in */
        bool set[2], missed; /* which ends it knows; it could not be told the last time */
        struct crypto_keys keys[2];
        bool held, reports; /* silence is expected; keys from the SIP side are wanted as events */
};

struct relay {
        struct relay_settings settings;
        struct stream streams[STREAMS];
        uint32_t conferences[CONFERENCES];
        unsigned n_members;
        struct relay_event events[NEWS];
        unsigned first, count;
        bool stopped;
};

static struct stream *find(struct relay *relay, uint32_t name)
{
        for (unsigned i = 0; i < STREAMS; i++)
                if (relay->streams[i].name == name)
                        return &relay->streams[i];
        return NULL;
}

static void post(struct relay *relay, const struct relay_event *event)
{
        LAW(relay->count < NEWS, "events of the relay are taken");
        relay->events[(relay->first + relay->count++) % NEWS] = *event;
}

/* Failures that the real one has when it is pressed hard. */
static bool fails(void)
{
        return !walk_now->calm && walk_random(1000) < FAILS_PERMILLE;
}

struct relay *relay_start(const struct relay_settings *settings, char *why, size_t why_size)
{
        struct relay *relay = calloc(1, sizeof *relay);
        (void)why, (void)why_size;
        LAW(relay, "memory");
        relay->settings = *settings;
        walk_now->studio = relay;
        return relay;
}

void relay_stop(struct relay *relay)
{
        relay->stopped = true;
}

void studio_free(struct relay *relay)
{
        LAW(!relay || relay->stopped, "the relay was stopped");
        free(relay);
}

bool relay_open(struct relay *relay, uint32_t stream, struct relay_ports *ports)
{
        LAW(relay && stream && !find(relay, stream), "a stream of a new name is opened: %u", stream);
        struct stream *at = find(relay, 0);
        LAW(at, "streams are closed");
        walk_note("  relay: open %u", stream);
        if (fails())
                return false;
        *at = (struct stream){.name = stream};
        unsigned place = (unsigned)(at - relay->streams);
        *ports = (struct relay_ports){.phone = (uint16_t)(20000 + 4 * place), .sip = (uint16_t)(20002 + 4 * place)};
        return true;
}

bool relay_set(struct relay *relay, uint32_t stream, enum relay_side side, const struct endpoint *endpoint)
{
        struct stream *at = find(relay, stream);
        LAW(at, "only an open stream is connected: %u", stream);
        at->set[side] = endpoint->port != 0;
        at->missed = fails() && walk_random(4) == 0;
        return !at->missed;
}

bool relay_rtcp(struct relay *relay, uint32_t stream, enum relay_side side, bool mux, const struct endpoint *rtcp)
{
        (void)side, (void)mux, (void)rtcp;
        LAW(find(relay, stream), "only an open stream has RTCP: %u", stream);
        return true;
}

bool relay_secure(struct relay *relay, uint32_t stream, enum relay_side side, const struct crypto_keys *keys)
{
        struct stream *at = find(relay, stream);
        LAW(at, "only an open stream has keys: %u", stream);
        at->keys[side] = *keys;
        return true;
}

const struct crypto_keys *studio_keys(struct relay *relay, uint32_t stream, enum relay_side side)
{
        const struct stream *at = find(relay, stream);
        return at ? &at->keys[side] : NULL;
}

bool relay_terms(struct relay *relay, uint32_t stream, const struct digits_terms *terms)
{
        struct stream *at = find(relay, stream);
        LAW(at, "only an open stream has terms: %u", stream);
        at->reports = terms->report;
        return true;
}

bool relay_digit(struct relay *relay, uint32_t stream, enum relay_side side, char digit, unsigned ms)
{
        (void)side, (void)ms;
        LAW(find(relay, stream) && digit, "a key is told in an open stream: %u", stream);
        return true;
}

bool relay_digit_promised(struct relay *relay, uint32_t stream, char digit)
{
        LAW(find(relay, stream) && digit, "a key is promised in an open stream: %u", stream);
        return true;
}

/* Two questions are answered alike or not: nothing came in between, or something. */
uint64_t relay_heard(const struct relay *relay, uint32_t stream, enum relay_side side)
{
        (void)side;
        LAW(find((struct relay *)relay, stream), "only an open stream is heard: %u", stream);
        return walk_random(2);
}

/* Nothing is encrypted here: whoever asks is told that all could be. */
bool secure_init(void)
{
        return true;
}

bool secure_has(enum crypto_suite suite)
{
        (void)suite;
        return true;
}

void secure_library(char out[SECURE_LIBRARY_SIZE])
{
        text_copy(out, SECURE_LIBRARY_SIZE, "none");
}

bool relay_hold(struct relay *relay, uint32_t stream, bool held)
{
        struct stream *at = find(relay, stream);
        LAW(at, "only an open stream is held: %u", stream);
        at->held = held;
        return true;
}

bool relay_close(struct relay *relay, uint32_t stream)
{
        struct stream *at = find(relay, stream);
        LAW(at, "only an open stream is closed: %u", stream);
        walk_note("  relay: close %u", stream);
        relay->n_members -= at->seats[0] != 0;
        relay->n_members -= at->seats[1] != 0;
        *at = (struct stream){0};
        post(relay, &(struct relay_event){.kind = RELAY_CLOSED, .stream = stream, .counters = {.packets = {1, 1}}});
        return true;
}

bool relay_next(struct relay *relay, struct relay_event *event)
{
        if (!relay->count)
                return false;
        *event = relay->events[relay->first];
        relay->first = (relay->first + 1) % NEWS;
        relay->count--;
        return true;
}

int relay_fd(const struct relay *relay)
{
        (void)relay;
        return STUDIO_DESCRIPTOR;
}

static uint32_t *conference_find(struct relay *relay, uint32_t name)
{
        for (unsigned i = 0; i < CONFERENCES; i++)
                if (relay->conferences[i] == name)
                        return &relay->conferences[i];
        return NULL;
}

bool conference_open(struct relay *relay, uint32_t conference)
{
        LAW(conference && !conference_find(relay, conference), "a conference of a new name is opened: %u", conference);
        uint32_t *at = conference_find(relay, 0);
        LAW(at, "conferences are closed");
        walk_note("  relay: conference %u", conference);
        if (fails())
                return false;
        *at = conference;
        return true;
}

size_t conference_members(const struct relay *relay, uint32_t conference)
{
        size_t n = 0;
        for (unsigned i = 0; i < STREAMS; i++)
                for (int side = 0; side < 2; side++)
                        n += conference && relay->streams[i].name && relay->streams[i].seats[side] == conference;
        return n;
}

enum conference_answer conference_join(struct relay *relay, uint32_t conference, uint32_t stream, enum relay_side side,
                                       const struct conference_terms *terms)
{
        struct stream *at = find(relay, stream);
        LAW(at, "only an open stream joins: %u", stream);
        LAW(terms->codec == CODEC_PCMU || terms->codec == CODEC_PCMA || terms->codec == CODEC_G722,
            "what is mixed can be mixed: call %u", stream);
        if (!conference_find(relay, conference))
                return CONFERENCE_NONE;
        LAW(!at->seats[side], "a side has one seat: call %u", stream);
        LAW(conference_members(relay, conference) < CONFERENCE_MEMBERS_MAX, "no more than fit into conference %u",
            conference);
        if (fails())
                return CONFERENCE_BUSY;
        walk_note("  relay: %u side %d joins %u", stream, (int)side, conference);
        at->seats[side] = conference;
        relay->n_members++;
        return CONFERENCE_JOINED;
}

bool conference_leave(struct relay *relay, uint32_t stream, enum relay_side side)
{
        struct stream *at = find(relay, stream);
        LAW(at, "only an open stream leaves: %u", stream);
        if (!at->seats[side]) /* when both sides found no seat, one is told of */
                return false;
        walk_note("  relay: %u side %d leaves %u", stream, (int)side, at->seats[side]);
        at->seats[side] = 0;
        relay->n_members--;
        return true;
}

bool conference_close(struct relay *relay, uint32_t conference)
{
        uint32_t *at = conference_find(relay, conference);
        if (!conference || !at)
                return false;
        LAW(conference_members(relay, conference) == 0, "nobody is in conference %u when it is closed", conference);
        *at = 0;
        return true;
}

struct studio_counts studio_count(const struct relay *relay)
{
        struct studio_counts counts = {.seats = relay->n_members};
        for (unsigned i = 0; i < STREAMS; i++)
                counts.streams += relay->streams[i].name != 0;
        for (unsigned i = 0; i < CONFERENCES; i++)
                counts.conferences += relay->conferences[i] != 0;
        return counts;
}

bool studio_waits(const struct relay *relay)
{
        return relay && relay->count;
}

bool studio_open(const struct relay *relay, uint32_t stream)
{
        return find((struct relay *)relay, stream) != NULL;
}

bool studio_rests(const struct relay *relay, uint32_t stream)
{
        const struct stream *at = find((struct relay *)relay, stream);
        return at && (at->missed || (!at->set[RELAY_PHONE] && !at->set[RELAY_SIP]));
}

/* A stream falls silent, wholly or on one side; or its source changes. */
bool studio_act(struct relay *relay)
{
        static const enum relay_event_kind kinds[] = {RELAY_DEAD, RELAY_SILENT, RELAY_LATCHED, RELAY_UNSAFE,
                                                      RELAY_DIGIT};
        unsigned open[STREAMS], n = 0;
        for (unsigned i = 0; i < STREAMS; i++)
                if (relay->streams[i].name)
                        open[n++] = i;
        if (!n)
                return false;
        const struct stream *stream = &relay->streams[open[walk_random(n)]];
        struct relay_event event = {
                .kind = kinds[walk_random(5)], .stream = stream->name, .side = (enum relay_side)walk_random(2)};
        if ((event.kind == RELAY_DEAD && stream->held) || (event.kind == RELAY_DIGIT && !stream->reports))
                return false;
        if (event.kind == RELAY_DIGIT)
                event.digit = '5';
        walk_note("  relay: event %d of %u", (int)event.kind, event.stream);
        post(relay, &event);
        return true;
}

void relay_timeout_set(struct relay *relay, unsigned rtp_timeout_s)
{
        (void)relay, (void)rtp_timeout_s;
}
