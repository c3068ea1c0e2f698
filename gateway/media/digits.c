/* Doors and keys of one stream; nothing here knows sockets or clocks. The few instructions most packets cost are: two
 * comparisons of the payload type, and the numbers of the header noted. */
#include "gateway/media/digits.h"

#include <string.h>

enum { MARKER = 0x80, QUIET_TICKS = 5, PACKET_MS = 20, TYPE_AT = 1, SEQUENCE_AT = 2 };

static bool is_set(const struct digits *digits)
{
        return digits->terms.packet_ms != 0;
}

unsigned digits_packet_ms(const struct digits *digits)
{
        return is_set(digits) ? digits->terms.packet_ms : PACKET_MS;
}

static uint32_t packet_units(const struct digits *digits)
{
        return digits_packet_ms(digits) * RTP_UNITS_MS;
}

/* Whoever has not agreed to events may be somebody else than who sent some. */
void digits_agree(struct digits *digits, const struct digits_terms *terms)
{
        digits->terms = *terms;
        for (unsigned side = 0; side < 2; side++)
                if (!terms->of[side].event_in)
                        digits->from[side].heard = false;
}

static uint8_t type_of(const uint8_t *packet)
{
        return packet[TYPE_AT] & (uint8_t)~MARKER;
}

static void type_set(uint8_t *packet, uint8_t type)
{
        packet[TYPE_AT] = (uint8_t)((packet[TYPE_AT] & MARKER) | type);
}

/* Many send events as what they want them to be, whatever they were told (RFC 3264 section 5.1). */
static bool is_event(const struct digits_types *types, uint8_t type)
{
        return (types->event_in && type == types->event_in) || (types->event_out && type == types->event_out);
}

static void translate_in(const struct digits *digits, enum relay_side side, uint8_t *packet)
{
        const struct digits_types *types = &digits->terms.of[side];
        uint8_t type = type_of(packet);
        if (type == types->voice_in)
                type_set(packet, digits->terms.voice);
        else if (is_event(types, type))
                type_set(packet, DIGITS_TYPE);
}

bool digits_out(const struct digits *digits, enum relay_side side, uint8_t *packet)
{
        const struct digits_types *types = &digits->terms.of[side];
        uint8_t type = type_of(packet);
        if (!is_set(digits))
                return true;
        if (type == digits->terms.voice)
                type_set(packet, types->voice_out);
        else if (type == DIGITS_TYPE && types->event_out)
                type_set(packet, types->event_out);
        else if (type == DIGITS_TYPE)
                return false;
        return true;
}

/* All packets of one event have the time of its beginning (RFC 4733 section 2.2); one older is late. Long ones come in
 * several (section 2.5.1.3), which are told as several. */
static bool is_new_event(struct digits_way *way, const struct rtp *rtp)
{
        bool known = way->heard && way->event_ssrc == rtp->ssrc;
        if (known && (int32_t)(rtp->timestamp - way->event_timestamp) <= 0)
                return false;
        way->heard = true;
        way->event_ssrc = rtp->ssrc;
        way->event_timestamp = rtp->timestamp;
        return true;
}

static size_t event_write(struct rtp *rtp, const uint8_t event[DTMF_EVENT_LEN], uint8_t *packet)
{
        rtp->payload_type = DIGITS_TYPE;
        rtp_write(rtp, packet);
        memcpy(packet + RTP_HEADER_LEN, event, DTMF_EVENT_LEN);
        return RTP_HEADER_LEN + DTMF_EVENT_LEN;
}

static void sequence_set(uint8_t *packet, uint16_t sequence)
{
        packet[SEQUENCE_AT] = (uint8_t)(sequence >> 8);
        packet[SEQUENCE_AT + 1] = (uint8_t)sequence;
}

enum digits_answer digits_in(struct digits *digits, enum relay_side side, uint8_t *packet, size_t *len, char *digit)
{
        struct digits_way *way = &digits->from[side];
        const uint8_t *payload;
        size_t payload_len;
        struct rtp in, out;
        uint8_t event[DTMF_EVENT_LEN];
        struct dtmf_event heard;
        if (!is_set(digits))
                return DIGITS_PASS;
        translate_in(digits, side, packet);
        if (!rtp_read(packet, *len, &in, &payload, &payload_len))
                return DIGITS_PASS;
        way->packets++;
        if (dtmf_take(&way->sender, &in, in.payload_type == digits->terms.voice, packet_units(digits), &out, event))
                *len = event_write(&out, event, packet);
        else if (out.sequence != in.sequence)
                sequence_set(packet, out.sequence);
        if (in.payload_type != DIGITS_TYPE || !dtmf_read(payload, payload_len, &heard) || !is_new_event(way, &in))
                return DIGITS_PASS;
        *digit = dtmf_digit(heard.code);
        return *digit ? DIGITS_NEW_EVENT : DIGITS_PASS;
}

bool digits_press(struct digits *digits, enum relay_side side, char digit, unsigned ms)
{
        return is_set(digits) && !digits->from[side].heard && dtmf_press(&digits->from[side].sender, digit, ms);
}

bool digits_wait(const struct digits *digits)
{
        return dtmf_is_busy(&digits->from[RELAY_PHONE].sender) || dtmf_is_busy(&digits->from[RELAY_SIP].sender);
}

size_t digits_tick(struct digits *digits, enum relay_side side, const struct rtp *fresh, uint8_t packet[RTP_PACKET_MAX])
{
        struct digits_way *way = &digits->from[side];
        uint32_t units = packet_units(digits);
        struct rtp out;
        uint8_t event[DTMF_EVENT_LEN];
        bool quiet = way->packets == way->packets_seen;
        way->packets_seen = way->packets;
        if (!quiet || !dtmf_is_busy(&way->sender)) {
                way->quiet = 0;
                return 0;
        }
        if (way->quiet < QUIET_TICKS && ++way->quiet < QUIET_TICKS)
                return 0;
        uint32_t passed = way->quiet == QUIET_TICKS ? QUIET_TICKS * units : units;
        way->quiet = QUIET_TICKS + 1;
        if (!dtmf_tick(&way->sender, fresh, passed, units, &out, event))
                return 0;
        return event_write(&out, event, packet);
}
