/* Packets of both sides, keys and ticks of the clock in any order, by bytes: what comes out is RTP no longer than what
 * came in or an event, and keys do not wait for ever.
 *
 * An order is a byte: the lowest bit is the side, the next two what happens: a packet (a length and its bytes follow),
 * a key (its place in the alphabet), a promise, the clock. */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "gateway/media/digits.h"

enum { PACKET, KEY, PROMISE, CLOCK, PACKET_MOST = 255, TICKS_MOST = 200000 };

struct input {
        const uint8_t *at;
        size_t len;
};

static uint8_t next(struct input *input)
{
        if (!input->len)
                return 0;
        input->len--;
        return *input->at++;
}

static void take_again(struct digits *digits, enum relay_side side)
{
        uint8_t packet[RTP_PACKET_MAX];
        unsigned copies = 0;
        for (size_t len; (len = digits_again(digits, side, packet)); copies++)
                assert(len == RTP_HEADER_LEN + DTMF_EVENT_LEN && copies < 2);
}

static void take_packet(struct digits *digits, enum relay_side side, struct input *input)
{
        uint8_t packet[PACKET_MOST + RTP_PACKET_MAX];
        char digit = 0;
        size_t len = next(input);
        if (len > input->len)
                len = input->len;
        memcpy(packet, input->at, len);
        input->at += len;
        input->len -= len;
        if (len < RTP_HEADER_LEN) /* stream.c knows what is RTP */
                return;
        size_t before = len;
        if (digits_in(digits, side, packet, &len, &digit) == DIGITS_NEW_EVENT)
                assert(digit && strchr("0123456789*#ABCD", digit));
        assert(len == before || len == RTP_HEADER_LEN + DTMF_EVENT_LEN);
        digits_out(digits, side == RELAY_PHONE ? RELAY_SIP : RELAY_PHONE, packet);
        take_again(digits, side);
}

static void tick(struct digits *digits, enum relay_side side)
{
        static const struct rtp fresh = {.sequence = 65535, .timestamp = 0xffffffff, .ssrc = 7};
        uint8_t packet[RTP_PACKET_MAX];
        size_t len = digits_tick(digits, side, &fresh, packet);
        assert(len == 0 || len == RTP_HEADER_LEN + DTMF_EVENT_LEN);
        take_again(digits, side);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        struct input input = {data, size};
        struct digits digits = {0};
        uint8_t voice = next(&input) & 127;
        struct digits_terms terms = {.voice = {voice, voice}, .packet_ms = (uint8_t)(next(&input) % 7 * 10)};
        for (unsigned side = 0; side < 2; side++)
                terms.of[side] = (struct digits_types){
                        next(&input) & 127, next(&input) & 127, next(&input) & 127, next(&input) & 127, {{0}}};
        digits_agree(&digits, &terms);
        while (input.len) {
                uint8_t order = next(&input);
                enum relay_side side = order & 1 ? RELAY_SIP : RELAY_PHONE;
                char key = "0123456789*#ABCD+x"[next(&input) % 18];
                switch (order >> 1 & 3) {
                case PACKET:
                        take_packet(&digits, side, &input);
                        break;
                case KEY:
                        digits_press(&digits, side, key, next(&input) * 4u);
                        break;
                case PROMISE:
                        digits_promise(&digits, side, key);
                        break;
                case CLOCK:
                        tick(&digits, side);
                        break;
                }
        }
        for (unsigned i = 0; digits_wait(&digits); i++) {
                assert(i < TICKS_MOST);
                tick(&digits, RELAY_PHONE);
                tick(&digits, RELAY_SIP);
        }
        return 0;
}
