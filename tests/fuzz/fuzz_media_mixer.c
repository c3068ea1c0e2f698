/* Any packets from the parties of a conference, between any number of ticks: what is sent to each is whole RTP with
 * unbroken numbers, and no member's window holds more than it should.
 * Input, over and over: who sends (2 bits), ticks before that (3 bits); length, 2 bytes; a packet. */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/media/room.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { PARTIES = 4, LEN_MOST = 600, TICKS_MOST = 120 /* of one input: a window looks back over 100 */ };

struct hall {
        struct room room;
        struct party {
                struct member member; /* first: what is sent comes with the member */
                struct rtp last;
                size_t last_len;
                bool told;
        } parties[PARTIES];
};

static void packet_check(void *to, const struct member *member, const uint8_t *packet, size_t len)
{
        struct hall *hall = to;
        struct party *party = &hall->parties[(const struct party *)member - hall->parties];
        const uint8_t *payload;
        size_t payload_len;
        struct rtp rtp;
        assert(rtp_read(packet, len, &rtp, &payload, &payload_len));
        bool event = payload_len == MEMBER_EVENT_LEN;
        assert(rtp.payload_type == (event ? member->terms.dtmf_payload_type : member->terms.payload_type));
        if (event) {
                assert(rtp.ssrc == member->rtp.ssrc && rtp.sequence == (uint16_t)(member->rtp.sequence - 1));
                party->last.sequence = rtp.sequence;
                return;
        }
        assert(payload_len == member->terms.packet_ms * 8u && rtp.marker == !party->told);
        if (party->told) {
                assert(rtp.ssrc == party->last.ssrc && rtp.sequence == (uint16_t)(party->last.sequence + 1));
                assert(rtp.timestamp == (uint32_t)(party->last.timestamp + party->last_len));
        }
        party->told = true;
        party->last = rtp;
        party->last_len = payload_len;
}

static void window_check(const struct jitter *jitter)
{
        uint32_t present = 0;
        for (size_t i = 0; i < JITTER_ROOM; i++)
                present += jitter->present[i];
        assert(jitter_ahead(jitter) <= JITTER_ROOM && present <= jitter_ahead(jitter));
}

/* The packet lives in memory of exactly its size. */
static void packet_hear(struct hall *hall, struct member *member, const uint8_t *bytes, size_t len)
{
        uint8_t *packet = malloc(len ? len : 1);
        const uint8_t *payload;
        size_t payload_len;
        struct rtp rtp;
        assert(packet);
        if (len)
                memcpy(packet, bytes, len);
        if (rtp_read(packet, len, &rtp, &payload, &payload_len))
                room_hear(&hall->room, member, &rtp, payload, payload_len, packet_check, hall);
        window_check(&member->jitter);
        free(packet);
}

static void hall_start(struct hall *hall)
{
        static const struct member_terms terms[PARTIES] = {
                {CODEC_PCMU, 0, 20, 101}, {CODEC_PCMA, 8, 30, 101}, {CODEC_G722, 9, 10, 96}, {CODEC_PCMU, 97, 60, 0}};
        for (unsigned i = 0; i < PARTIES; i++) {
                struct rtp rtp = {.sequence = 65534, .timestamp = UINT32_MAX - 400, .ssrc = i};
                member_start(&hall->parties[i].member, &terms[i], &rtp);
                room_enter(&hall->room, &hall->parties[i].member);
        }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        struct hall *hall = calloc(1, sizeof *hall);
        assert(hall);
        hall_start(hall);
        unsigned left = TICKS_MOST;
        while (size >= 3) {
                unsigned who = data[0] % PARTIES, ticks = data[0] / PARTIES % 8;
                size_t len = ((size_t)data[1] << 8 | data[2]) % LEN_MOST;
                data += 3, size -= 3;
                len = len < size ? len : size;
                for (unsigned i = 0; i < ticks && left > 0; i++, left--)
                        room_tick(&hall->room, packet_check, hall);
                packet_hear(hall, &hall->parties[who].member, data, len);
                data += len, size -= len;
        }
        room_tick(&hall->room, packet_check, hall);
        for (unsigned i = 0; i < PARTIES; i++)
                window_check(&hall->parties[i].member.jitter);
        free(hall);
        return 0;
}
