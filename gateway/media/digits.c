/* Doors and keys of one stream; nothing here knows sockets or clocks. The few instructions most packets cost are: two
 * comparisons of the payload type, and the numbers of the header noted. */
#include "gateway/media/digits.h"

#include <string.h>

enum { MARKER = 0x80, QUIET_TICKS = 5, PROMISE_MS = 300, PACKET_MS = 20, TYPE_AT = 1, SEQUENCE_AT = 2 };

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

struct types_set digits_may_send(const struct digits_terms *terms, enum relay_side side)
{
        const struct digits_types *types = &terms->of[side];
        struct types_set set = types->others_in;
        types_add(&set, types->voice_in);
        if (types->event_in)
                types_add(&set, types->event_in);
        if (types->event_out)
                types_add(&set, types->event_out); /* as is_event() */
        return set;
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
                type_set(packet, digits->terms.voice[side]);
        else if (is_event(types, type))
                type_set(packet, DIGITS_TYPE);
}

bool digits_out(const struct digits *digits, enum relay_side side, uint8_t *packet)
{
        const struct digits_types *types = &digits->terms.of[side];
        uint8_t type = type_of(packet);
        if (!is_set(digits))
                return true;
        if (type == digits->terms.voice[side])
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

/* The first of `count` packets; the others are asked for by digits_again. */
static size_t event_write(struct digits_way *way, struct rtp *rtp, const uint8_t event[DTMF_EVENT_LEN], unsigned count,
                          uint8_t *packet)
{
        rtp->payload_type = DIGITS_TYPE;
        rtp_write(rtp, packet);
        memcpy(packet + RTP_HEADER_LEN, event, DTMF_EVENT_LEN);
        way->again = (uint8_t)(count - 1);
        way->end = *rtp;
        memcpy(way->end_event, event, DTMF_EVENT_LEN);
        return RTP_HEADER_LEN + DTMF_EVENT_LEN;
}

size_t digits_again(struct digits *digits, enum relay_side side, uint8_t packet[RTP_PACKET_MAX])
{
        struct digits_way *way = &digits->from[side];
        if (!way->again)
                return 0;
        way->end.sequence++;
        way->end.marker = false;
        return event_write(way, &way->end, way->end_event, way->again, packet);
}

static void sequence_set(uint8_t *packet, uint16_t sequence)
{
        packet[SEQUENCE_AT] = (uint8_t)(sequence >> 8);
        packet[SEQUENCE_AT + 1] = (uint8_t)sequence;
}

/* An event came, which keeps a promise or is ahead of it. */
static void promise_kept(struct digits_way *way, uint8_t code)
{
        char digit = dtmf_digit(code);
        char *at = digit ? strchr(way->promised, digit) : NULL;
        if (at)
                memmove(at, at + 1, strlen(at));
        else if (digit && way->ahead[code] < UINT8_MAX)
                way->ahead[code]++;
}

void digits_promise(struct digits *digits, enum relay_side side, char digit)
{
        struct digits_way *way = &digits->from[side];
        size_t count = strlen(way->promised);
        uint8_t code;
        if (!dtmf_code(digit, &code))
                return;
        way->waited = 0;
        if (way->ahead[code]) {
                way->ahead[code]--;
        } else if (count + 1 < sizeof way->promised) {
                way->promised[count] = digit;
                way->promised[count + 1] = '\0';
        }
}

static void promises_given_up(struct digits_way *way)
{
        for (const char *digit = way->promised; *digit; digit++)
                dtmf_press(&way->sender, *digit, 0);
        *way->promised = '\0';
}

/* True: the first packet of an event, which is `digit`. */
static bool hear_event(struct digits_way *way, const struct rtp *rtp, const uint8_t *payload, size_t len, char *digit)
{
        struct dtmf_event event;
        way->waited = 0;
        if (!dtmf_read(payload, len, &event) || !is_new_event(way, rtp))
                return false;
        promise_kept(way, event.code);
        *digit = dtmf_digit(event.code);
        return *digit;
}

enum digits_answer digits_in(struct digits *digits, enum relay_side side, uint8_t *packet, size_t *len, char *digit)
{
        struct digits_way *way = &digits->from[side];
        const uint8_t *payload;
        size_t payload_len;
        struct rtp in, out;
        uint8_t event[DTMF_EVENT_LEN];
        if (!is_set(digits))
                return DIGITS_PASS;
        translate_in(digits, side, packet);
        if (!rtp_read(packet, *len, &in, &payload, &payload_len))
                return DIGITS_PASS;
        way->packets++;
        bool is_event = in.payload_type == DIGITS_TYPE && hear_event(way, &in, payload, payload_len, digit);
        unsigned told = dtmf_take(&way->sender, &in, in.payload_type == digits->terms.voice[side], packet_units(digits),
                                  &out, event);
        if (told)
                *len = event_write(way, &out, event, told, packet);
        else if (out.sequence != in.sequence)
                sequence_set(packet, out.sequence);
        return is_event ? DIGITS_NEW_EVENT : DIGITS_PASS;
}

bool digits_press(struct digits *digits, enum relay_side side, char digit, unsigned ms)
{
        bool doubled = side == RELAY_SIP && digits->from[side].heard;
        return is_set(digits) && !doubled && dtmf_press(&digits->from[side].sender, digit, ms);
}

static bool way_waits(const struct digits_way *way)
{
        return *way->promised || dtmf_is_busy(&way->sender);
}

bool digits_wait(const struct digits *digits)
{
        return way_waits(&digits->from[RELAY_PHONE]) || way_waits(&digits->from[RELAY_SIP]);
}

size_t digits_tick(struct digits *digits, enum relay_side side, const struct rtp *fresh, uint8_t packet[RTP_PACKET_MAX])
{
        struct digits_way *way = &digits->from[side];
        uint32_t units = packet_units(digits);
        struct rtp out;
        uint8_t event[DTMF_EVENT_LEN];
        bool quiet = way->packets == way->packets_seen;
        way->packets_seen = way->packets;
        if (*way->promised && ++way->waited * digits_packet_ms(digits) >= PROMISE_MS)
                promises_given_up(way);
        if (!quiet || !dtmf_is_busy(&way->sender)) {
                way->quiet = 0;
                return 0;
        }
        if (way->quiet < QUIET_TICKS && ++way->quiet < QUIET_TICKS)
                return 0;
        uint32_t passed = way->quiet == QUIET_TICKS ? QUIET_TICKS * units : units;
        way->quiet = QUIET_TICKS + 1;
        unsigned told = dtmf_tick(&way->sender, fresh, passed, units, &out, event);
        return told ? event_write(way, &out, event, told, packet) : 0;
}
