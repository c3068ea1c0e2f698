/* The clock of keys that wait: it runs while there are any, and makes packets where none come. */
#include <stddef.h>
#include <stdlib.h>

#include "gateway/media/stream.h"

static void tick(struct stream *stream, enum relay_side side)
{
        uint8_t packet[RTP_PACKET_MAX];
        struct rtp fresh = {.sequence = (uint16_t)arc4random(), .timestamp = arc4random(), .ssrc = arc4random()};
        bool heard = stream_is_member(stream, side) || stream_reaches(stream, !side);
        for (size_t len = heard ? digits_tick(&stream->digits, side, &fresh, packet) : 0; len;
             len = digits_again(&stream->digits, side, packet))
                stream_pass(stream, side, packet, len);
}

static void clock_start(struct stream *stream)
{
        if (digits_wait(&stream->digits))
                loop_timer_start(stream->loop, &stream->digits_clock, digits_packet_ms(&stream->digits));
}

static void clock_expired(struct loop_timer *timer)
{
        struct stream *stream = (struct stream *)((char *)timer - offsetof(struct stream, digits_clock));
        tick(stream, RELAY_PHONE);
        tick(stream, RELAY_SIP);
        clock_start(stream);
}

void stream_agree(struct stream *stream, const struct digits_terms *terms)
{
        digits_agree(&stream->digits, terms);
        stream_convert_agree(stream, terms);
        for (enum relay_side side = RELAY_PHONE; side <= RELAY_SIP; side++) {
                struct types_set set = digits_may_send(terms, side);
                types_agree(&stream->may_send[side], &set);
        }
}

void stream_digit(struct stream *stream, enum relay_side side, char digit, unsigned ms, bool promised)
{
        stream->digits_clock.expired = clock_expired;
        if (promised)
                digits_promise(&stream->digits, side, digit);
        else
                digits_press(&stream->digits, side, digit, ms);
        if (!loop_timer_running(&stream->digits_clock))
                clock_start(stream);
}
