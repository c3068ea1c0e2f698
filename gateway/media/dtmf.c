/* The payload of RFC 4733 section 2.3, and events by the time of the packets they replace. */
#include "gateway/media/dtmf.h"

#include <string.h>

enum { END = 0x80, VOLUME = 0x3f, VOLUME_SENT = 10, ENDS = 3, PAUSE_UNITS = DTMF_PAUSE_MS * RTP_UNITS_MS };

static const char digits[] = "0123456789*#ABCD";

bool dtmf_read(const uint8_t *payload, size_t len, struct dtmf_event *event)
{
        if (len < DTMF_EVENT_LEN)
                return false;
        *event = (struct dtmf_event){
                .code = payload[0],
                .end = payload[1] & END,
                .volume = payload[1] & VOLUME,
                .duration = (uint16_t)(payload[2] << 8 | payload[3]),
        };
        return true;
}

void dtmf_write(const struct dtmf_event *event, uint8_t payload[DTMF_EVENT_LEN])
{
        payload[0] = event->code;
        payload[1] = (uint8_t)((event->volume & VOLUME) | (event->end ? END : 0));
        payload[2] = (uint8_t)(event->duration >> 8);
        payload[3] = (uint8_t)event->duration;
}

bool dtmf_code(char digit, uint8_t *code)
{
        if (digit >= 'a' && digit <= 'd')
                digit = (char)(digit - 'a' + 'A');
        const char *at = digit ? strchr(digits, digit) : NULL;
        if (at)
                *code = (uint8_t)(at - digits);
        return at;
}

char dtmf_digit(uint8_t code)
{
        return code < sizeof digits - 1 ? digits[code] : '\0';
}

bool dtmf_press(struct dtmf_sender *sender, char digit, unsigned ms)
{
        uint8_t code;
        if (!dtmf_code(digit, &code) || sender->count == DTMF_QUEUE)
                return false;
        if (ms < DTMF_TONE_MIN_MS)
                ms = ms ? DTMF_TONE_MIN_MS : DTMF_TONE_MS;
        if (ms > DTMF_TONE_MAX_MS)
                ms = DTMF_TONE_MAX_MS;
        sender->waiting[(sender->first + sender->count++) % DTMF_QUEUE] = (struct dtmf_pressed){
                code, (uint16_t)(ms * RTP_UNITS_MS)};
        return true;
}

bool dtmf_is_busy(const struct dtmf_sender *sender)
{
        return sender->count || sender->now.units;
}

/* Its packets are not all sent: who speaks meanwhile under another name waits. */
static bool is_telling(const struct dtmf_sender *sender)
{
        return sender->now.units && !sender->ended;
}

static void begin_next(struct dtmf_sender *sender, uint32_t timestamp)
{
        sender->now = (struct dtmf_pressed){0};
        sender->ended = false;
        sender->elapsed = 0;
        sender->timestamp = timestamp;
        if (sender->count == 0)
                return;
        sender->now = sender->waiting[sender->first];
        sender->first = (uint8_t)((sender->first + 1) % DTMF_QUEUE);
        sender->count--;
}

/* The packets of the time from `timestamp` on, `passed` after the one before. 0: there is nothing to tell. */
static unsigned tell(struct dtmf_sender *sender, uint32_t timestamp, uint32_t passed, uint32_t units, struct rtp *out,
                     uint8_t payload[DTMF_EVENT_LEN])
{
        sender->elapsed += passed;
        if (!is_telling(sender)) {
                if (sender->now.units && sender->elapsed < (uint32_t)(sender->now.units + PAUSE_UNITS))
                        return 0;
                begin_next(sender, timestamp);
        }
        if (!sender->now.units)
                return 0;
        bool begins = sender->elapsed == 0;
        uint32_t until = sender->elapsed + units;
        struct dtmf_event event = {
                .code = sender->now.code,
                .end = until >= sender->now.units,
                .volume = VOLUME_SENT,
                .duration = (uint16_t)(until < sender->now.units ? until : sender->now.units),
        };
        sender->ended = event.end;
        out->marker = begins;
        out->timestamp = sender->timestamp;
        dtmf_write(&event, payload);
        return event.end ? ENDS : 1;
}

/* Whoever speaks from now on goes on with the numbers of the one before: a phone begins with any number after each
 * hold, and Asterisk's ConfBridge does not mix a stream that jumps, one time in two. */
static void follow(struct dtmf_sender *sender, const struct rtp *in)
{
        sender->sequence = sender->known ? (uint16_t)(sender->sequence + 1) : in->sequence;
        sender->shift = (uint16_t)(sender->sequence - in->sequence);
        sender->known = true;
        sender->guessed = false;
        sender->ssrc = in->ssrc;
        sender->newest = in->timestamp;
}

/* Packets may overtake each other. */
static void note_sequence(struct dtmf_sender *sender, uint16_t sequence)
{
        if ((int16_t)(sequence - sender->sequence) > 0)
                sender->sequence = sequence;
}

static void note_added(struct dtmf_sender *sender, unsigned packets)
{
        sender->sequence = (uint16_t)(sender->sequence + packets);
        sender->shift = (uint16_t)(sender->shift + packets);
}

/* Since the packet before, by the time the packets tell. Negative: it is late. */
static int32_t time_passed(const struct dtmf_sender *sender, const struct rtp *in)
{
        int32_t passed = (int32_t)(in->timestamp - sender->newest);
        return sender->guessed && passed < 0 ? 0 : passed;
}

unsigned dtmf_take(struct dtmf_sender *sender, const struct rtp *in, bool voice, uint32_t units, struct rtp *out,
                   uint8_t payload[DTMF_EVENT_LEN])
{
        bool same = sender->known && in->ssrc == sender->ssrc;
        int32_t passed = same ? time_passed(sender, in) : (int32_t)units;
        *out = *in;
        if (!same && !is_telling(sender)) {
                follow(sender, in);
                same = true;
        }
        if (!voice || passed < 0) {
                if (same)
                        out->sequence = (uint16_t)(in->sequence + sender->shift);
                return 0;
        }
        out->ssrc = sender->ssrc;
        out->sequence = same ? (uint16_t)(in->sequence + sender->shift) : (uint16_t)(sender->sequence + 1);
        note_sequence(sender, out->sequence);
        if (same) {
                sender->newest = in->timestamp;
                sender->guessed = false;
        }
        unsigned told = tell(sender, in->timestamp, (uint32_t)passed, units, out, payload);
        if (told > 1)
                note_added(sender, told - 1);
        return told;
}

unsigned dtmf_tick(struct dtmf_sender *sender, const struct rtp *fresh, uint32_t units, uint32_t packet_units,
                   struct rtp *out, uint8_t payload[DTMF_EVENT_LEN])
{
        if (!sender->known)
                follow(sender, fresh);
        sender->guessed = true;
        sender->newest += units;
        *out = (struct rtp){.sequence = (uint16_t)(sender->sequence + 1), .ssrc = sender->ssrc};
        unsigned told = tell(sender, sender->newest, units, packet_units, out, payload);
        note_added(sender, told);
        return told;
}
