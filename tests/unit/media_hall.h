/* What the tests of conferences share: parties that each send a tone of their own, and decode and look through what
 * they are sent. What a party should hear is waited for: a busy machine may take a while, and may spoil a moment, but
 * cannot make anybody hear what he should not. A test defines FIRST and MEMBERS, as media_world.h wants them. */
#ifndef SCCPGW_TESTS_MEDIA_HALL_H
#define SCCPGW_TESTS_MEDIA_HALL_H

#include <time.h>

#include "gateway/media/conference.h"
#include "gateway/media/secure.h"
#include "media_tones.h"
#include "media_world.h"

#define PARTIES    8
#define CONFERENCE 5
#define LOUD       3000.0
#define EVENT_TYPE 101
#define WINDOW_MS  400
#define PATIENT_MS 60000

/* Who is heard, a bit per party. */
typedef unsigned crowd;
#define EVERYBODY(n) ((1u << (n)) - 1)

struct party {
        struct peer peer;
        struct endpoint at;
        uint32_t stream;
        enum relay_side side;
        uint16_t port;         /* ours for it */
        struct secure *secure; /* NULL: it speaks plain RTP */
        enum codec codec;
        struct talker talker;
        bool silent;
        struct voice_decoder ear;
        int16_t heard[WINDOW_MS * MEMBER_WIDE]; /* the newest at the end */
        unsigned packets;
        struct rtp last;
        size_t last_len;
        unsigned events;  /* packets of them */
        struct rtp event; /* the newest */
        uint8_t event_key, event_end;
};

struct hall {
        struct relay *relay;
        struct party parties[PARTIES];
        unsigned count;
        struct timespec next;
        void (*send)(struct party *party, const uint8_t *packet, size_t len); /* how the network carries packets */
        unsigned sent;
};

static inline void carry(struct party *party, const uint8_t *packet, size_t len)
{
        _Alignas(4) uint8_t bytes[RTP_PACKET_MAX + SECURE_TRAILER_MAX];
        memcpy(bytes, packet, len);
        if (party->secure)
                assert_true(secure_protect(party->secure, false, bytes, &len));
        send_to(party->peer.fd[0], HOME, party->port, bytes, len);
}

static inline struct hall *hall_new(unsigned timeout_s)
{
        struct hall *hall = calloc(1, sizeof *hall);
        assert_non_null(hall);
        hall->relay = relay_start_range(FIRST, LAST, NULL, 64, timeout_s);
        hall->send = carry;
        clock_gettime(CLOCK_MONOTONIC, &hall->next);
        hall->next.tv_sec -= clock_ahead_s;
        assert_true(conference_open(hall->relay, CONFERENCE));
        return hall;
}

static inline void hall_end(struct hall *hall)
{
        relay_stop(hall->relay);
        for (unsigned i = 0; i < hall->count; i++) {
                peer_close(&hall->parties[i].peer);
                secure_free(hall->parties[i].secure);
        }
        free(hall);
}

/* A party that is known to the relay and no member yet. */
static inline struct party *party_add(struct hall *hall, uint32_t stream, enum relay_side side, uint16_t port,
                                      enum codec codec)
{
        unsigned number = hall->count++;
        struct party *party = &hall->parties[number];
        *party = (struct party){.stream = stream, .side = side, .port = port, .codec = codec};
        party->peer = peer_open_at(HOME, (uint16_t)(PHONE_PORT + 2 * number));
        party->talker = talker_new(codec, 400 + 250 * number, LOUD, 20);
        voice_decoder_start(&party->ear, codec);
        assert_true(relay_set(hall->relay, stream, side, &party->peer.at));
        return party;
}

static inline struct conference_terms terms_of(const struct party *party)
{
        return (struct conference_terms){.codec = party->codec, .payload_type = codec_info(party->codec)->payload_type};
}

static inline enum conference_answer party_join(struct hall *hall, const struct party *party)
{
        struct conference_terms terms = terms_of(party);
        return conference_join(hall->relay, CONFERENCE, party->stream, party->side, &terms);
}

/* The names of members who have left come back with events, at the mixer's next tick. */
static inline void join_when_free(struct hall *hall, uint32_t stream, enum relay_side side,
                                  const struct conference_terms *terms)
{
        enum conference_answer answer;
        struct relay_event event;
        int64_t until_ms = clock_ms() + PATIENCE_MS;
        while ((answer = conference_join(hall->relay, CONFERENCE, stream, side, terms)) == CONFERENCE_BUSY &&
               clock_ms() < until_ms)
                event_wait(hall->relay, &event, 5);
        assert_int_equal(answer, CONFERENCE_JOINED);
}

/* A phone in calls 1 and 2, and whom it speaks to: party 0 is the phone, 1 and 2 the others. Plainly relayed still. */
static inline struct hall *three_new(unsigned timeout_s)
{
        struct hall *hall = hall_new(timeout_s);
        struct relay_ports a, b;
        assert_true(relay_open(hall->relay, 1, &a) && relay_open(hall->relay, 2, &b));
        party_add(hall, 1, RELAY_PHONE, a.phone, CODEC_PCMU);
        party_add(hall, 1, RELAY_SIP, a.sip, CODEC_PCMA);
        party_add(hall, 2, RELAY_SIP, b.sip, CODEC_G722);
        return hall;
}

static inline void all_join(struct hall *hall)
{
        for (unsigned i = 0; i < hall->count; i++) {
                struct conference_terms terms = terms_of(&hall->parties[i]);
                join_when_free(hall, hall->parties[i].stream, hall->parties[i].side, &terms);
        }
}

static inline struct hall *hall_of(unsigned count)
{
        static const enum codec codecs[] = {CODEC_PCMU, CODEC_G722, CODEC_PCMA};
        struct hall *hall = hall_new(0);
        for (unsigned i = 0; i < count; i++) {
                struct relay_ports ports;
                assert_true(relay_open(hall->relay, 1 + i, &ports));
                party_add(hall, 1 + i, i % 2 ? RELAY_SIP : RELAY_PHONE, i % 2 ? ports.sip : ports.phone, codecs[i % 3]);
        }
        return hall;
}

/* --- time --- */

static inline void party_sends(struct hall *hall, struct party *party)
{
        uint8_t packet[RTP_PACKET_MAX];
        size_t len = talker_next(&party->talker, packet + RTP_HEADER_LEN);
        rtp_write(&party->talker.rtp, packet);
        if (!party->silent)
                hall->send(party, packet, RTP_HEADER_LEN + len);
}

static inline void party_remember(struct party *party, const int16_t *samples, size_t count)
{
        size_t room = WINDOW_MS * rate_heard(party->codec);
        memmove(party->heard, party->heard + count, (room - count) * sizeof *samples);
        memcpy(party->heard + room - count, samples, count * sizeof *samples);
}

/* Numbered like the voice it comes with; all packets of a key have one time. */
static inline void party_is_told(struct party *party, const struct rtp *rtp, const uint8_t *event, size_t len)
{
        assert_int_equal(len, 4);
        assert_int_equal(rtp->ssrc, party->last.ssrc);
        assert_int_equal(rtp->sequence, (uint16_t)(party->last.sequence + 1));
        if (party->events++ == 0 || event[0] != party->event_key)
                assert_true(rtp->marker);
        else
                assert_int_equal(rtp->timestamp, party->event.timestamp);
        party->last.sequence = rtp->sequence;
        party->event = *rtp;
        party->event_key = event[0];
        party->event_end = event[1];
}

/* Unbroken numbers and one source, always. */
static inline void party_receives(struct party *party)
{
        _Alignas(4) uint8_t packet[PACKET_MAX];
        int16_t samples[RTP_VOICE_MAX * 2];
        const uint8_t *payload;
        struct rtp rtp;
        size_t len;
        for (ssize_t got; (got = recv(party->peer.fd[0], packet, sizeof packet, MSG_DONTWAIT)) >= 0; party->packets++) {
                len = (size_t)got;
                if (party->secure)
                        assert_true(secure_unprotect(party->secure, false, packet, &len));
                assert_true(rtp_read(packet, len, &rtp, &payload, &len));
                if (rtp.payload_type == EVENT_TYPE) {
                        party_is_told(party, &rtp, payload, len);
                        continue;
                }
                assert_int_equal(rtp.payload_type, codec_info(party->codec)->payload_type);
                if (party->packets > 0) {
                        assert_int_equal(rtp.ssrc, party->last.ssrc);
                        assert_int_equal(rtp.sequence, (uint16_t)(party->last.sequence + 1));
                        assert_int_equal((rtp.timestamp - party->last.timestamp) % 80, 0);
                        if (!rtp.marker)
                                assert_int_equal(rtp.timestamp, (uint32_t)(party->last.timestamp + party->last_len));
                }
                party->last = rtp;
                party->last_len = len;
                voice_decode(&party->ear, payload, len, samples);
                party_remember(party, samples, len * rate_heard(party->codec) / RTP_UNITS_MS);
        }
}

/* Who is sent nothing any more would remember his last tones for ever. */
static inline void party_forgets(struct party *party)
{
        party_receives(party);
        memset(party->heard, 0, sizeof party->heard);
}

/* 20 ms of everybody's life. */
static inline void hall_tick(struct hall *hall)
{
        hall->next.tv_nsec += 20000000;
        if (hall->next.tv_nsec >= 1000000000) {
                hall->next.tv_nsec -= 1000000000;
                hall->next.tv_sec++;
        }
        clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &hall->next, NULL);
        for (unsigned i = 0; i < hall->count; i++) {
                party_sends(hall, &hall->parties[i]);
                party_receives(&hall->parties[i]);
        }
}

static inline void hall_run(struct hall *hall, unsigned ms)
{
        for (unsigned spent = 0; spent < ms; spent += 20)
                hall_tick(hall);
}

/* --- what is heard --- */

static inline double loud_at(const struct hall *hall, const struct party *party, unsigned other)
{
        unsigned rate = rate_heard(party->codec);
        return tone_loud(party->heard, WINDOW_MS * rate, hall->parties[other].talker.hz, rate);
}

/* `there`: how loud those who are heard must be, of 1; the others are `noise` at most. */
static inline bool hears(const struct hall *hall, unsigned listener, crowd who, double there, double noise)
{
        for (unsigned other = 0; other < hall->count; other++) {
                double loud = loud_at(hall, &hall->parties[listener], other) / LOUD;
                if (who & 1u << other ? loud < there || loud > 1.2 : loud > noise)
                        return false;
        }
        return true;
}

struct expected {
        crowd who[PARTIES];
};

static inline void hall_until_as_good(struct hall *hall, const struct expected *expected, double there, double noise)
{
        hall_run(hall, WINDOW_MS); /* what was heard before is forgotten */
        for (unsigned ms = 0; ms < PATIENT_MS; ms += 20) {
                unsigned content = 0;
                hall_tick(hall);
                for (unsigned i = 0; i < hall->count; i++)
                        content += hears(hall, i, expected->who[i], there, noise);
                if (content == hall->count)
                        return;
        }
        for (unsigned i = 0; i < hall->count; i++)
                for (unsigned other = 0; other < hall->count; other++)
                        print_error("%u hears %u at %.3f (%s)\n", i, other,
                                    loud_at(hall, &hall->parties[i], other) / LOUD,
                                    expected->who[i] & 1u << other ? "should" : "should not");
        fail();
}

static inline void hall_until(struct hall *hall, const struct expected *expected)
{
        hall_until_as_good(hall, expected, 0.9, 0.03);
}

static inline struct expected all_but_oneself(unsigned count)
{
        struct expected expected = {{0}};
        for (unsigned i = 0; i < count; i++)
                expected.who[i] = EVERYBODY(count) & ~(1u << i);
        return expected;
}

#endif
