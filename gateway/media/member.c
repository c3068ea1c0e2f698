/* The chain of one party: packets, window, decoder, bridge, rate; and rate, encoder, packets. */
#include "gateway/media/member.h"

#include <assert.h>
#include <string.h>

enum { SHIFT_LEAST_MS = 3, SHIFT_MOST_MS = JITTER_SPARE / RTP_UNITS_MS, BLEND_MS = 8 };

void member_start(struct member *member, const struct member_terms *terms, const struct rtp *rtp)
{
        assert(terms->packet_ms >= 10 && terms->packet_ms <= RTP_VOICE_MAX / RTP_UNITS_MS);
        memset(member, 0, sizeof *member);
        member->terms = *terms;
        member->rtp = *rtp;
        member->rtp.payload_type = terms->payload_type;
        member->rtp.marker = true;
        voice_encoder_start(&member->encoder, terms->codec);
}

/* --- what it says --- */

static enum codec codec_of(const struct member *member, uint8_t payload_type)
{
        if (payload_type == member->terms.payload_type)
                return member->terms.codec;
        return voice_codec_of(payload_type);
}

static unsigned rate_of(enum codec codec)
{
        return voice_is_wide(codec) ? MEMBER_WIDE : MEMBER_NARROW;
}

static void change_codec(struct member *member, enum codec codec)
{
        member->heard = codec;
        jitter_reset(&member->jitter);
        voice_decoder_start(&member->decoder, codec);
        conceal_start(&member->conceal, rate_of(codec));
        member->in = (struct resample){0};
}

/* All packets of one event have the timestamp of its beginning (RFC 4733 section 2.2); one older is late. */
static bool hear_event(struct member_event *event, uint32_t timestamp, size_t len)
{
        if (len < MEMBER_EVENT_LEN || (event->known && (int32_t)(timestamp - event->timestamp) < 0))
                return false;
        event->begins = !event->known || timestamp != event->timestamp;
        if (event->begins)
                *event = (struct member_event){.timestamp = timestamp, .known = true, .begins = true};
        return true;
}

static bool is_event(const struct member_terms *terms, uint8_t payload_type)
{
        return terms->dtmf_payload_type && payload_type == terms->dtmf_payload_type &&
               payload_type != terms->payload_type;
}

bool member_hear(struct member *member, const struct rtp *rtp, const uint8_t *payload, size_t len)
{
        if (is_event(&member->terms, rtp->payload_type))
                return hear_event(&member->event, rtp->timestamp, len);
        enum codec codec = codec_of(member, rtp->payload_type);
        if (codec == CODEC_NONE)
                return false;
        if (codec != member->heard)
                change_codec(member, codec);
        jitter_put(&member->jitter, rtp->ssrc, rtp->timestamp, payload, len);
        return false;
}

/* Runs of what is there are decoded, runs of what is not are bridged. */
static void play(struct member *member, const struct jitter_frame *frame, size_t units, int16_t *samples)
{
        size_t per_unit = rate_of(member->heard) / RTP_UNITS_MS;
        for (size_t at = 0, len; at < units; at += len) {
                const bool *other = memchr(frame->present + at, !frame->present[at], units - at);
                len = other ? (size_t)(other - frame->present) - at : units - at;
                int16_t *run = samples + at * per_unit;
                if (frame->present[at]) {
                        voice_decode(&member->decoder, frame->bytes + at, len, run);
                        conceal_heard(&member->conceal, run, len * per_unit);
                } else {
                        conceal_lost(&member->conceal, run, len * per_unit);
                }
        }
}

/* How much of the frame can be taken out unheard is known when all of it was decoded; then decoder and ear go back and
 * use up no more than that. */
static size_t spare_of(const struct member *member, const struct jitter_frame *frame)
{
        unsigned rate = rate_of(member->heard);
        size_t per_unit = rate / RTP_UNITS_MS;
        int16_t ahead[JITTER_LOOK * MEMBER_WIDE / MEMBER_NARROW];
        struct voice_decoder decoder = member->decoder;
        voice_decode(&decoder, frame->bytes, JITTER_LOOK, ahead);
        size_t shift = conceal_likeness(ahead, BLEND_MS * rate, SHIFT_LEAST_MS * rate, SHIFT_MOST_MS * rate);
        return shift / per_unit; /* whole bytes: with two samples each, one sample of a good shift may be lost */
}

static void play_squeezed(struct member *member, const struct jitter_frame *frame, size_t spare, int16_t *samples)
{
        unsigned rate = rate_of(member->heard);
        int16_t longer[JITTER_LOOK * MEMBER_WIDE / MEMBER_NARROW];
        play(member, frame, JITTER_FRAME + spare, longer);
        conceal_squeeze(longer, spare * rate / RTP_UNITS_MS, BLEND_MS * rate, samples, MEMBER_FRAME_MS * rate);
}

/* 20 ms at the rate of what is heard. */
static void play_next(struct member *member, int16_t *samples)
{
        struct jitter_frame frame;
        jitter_look(&member->jitter, &frame);
        if (frame.waits) {
                conceal_lost(&member->conceal, samples, MEMBER_FRAME_MS * rate_of(member->heard));
                return;
        }
        if (frame.broken)
                conceal_broken(&member->conceal);
        size_t spare = frame.spare ? spare_of(member, &frame) : 0;
        if (spare)
                play_squeezed(member, &frame, spare, samples);
        else
                play(member, &frame, JITTER_FRAME, samples);
        jitter_take(&member->jitter, (uint32_t)(JITTER_FRAME + spare));
}

static void change_rate(struct member *member, unsigned rate)
{
        if (member->rate == rate)
                return;
        member->rate = rate;
        member->in = member->out = (struct resample){0};
}

void member_speak(struct member *member, unsigned rate, int16_t *samples)
{
        int16_t heard[MIX_MOST];
        change_rate(member, rate);
        member->event.units += JITTER_FRAME;
        if (member->heard == CODEC_NONE) {
                memset(samples, 0, MEMBER_FRAME_MS * rate * sizeof *samples);
                return;
        }
        unsigned own = rate_of(member->heard);
        play_next(member, own == rate ? samples : heard);
        if (own < rate)
                resample_up(&member->in, heard, MEMBER_FRAME_MS * own, samples);
        else if (own > rate)
                resample_down(&member->in, heard, MEMBER_FRAME_MS * own, samples);
}

/* --- what it hears --- */

static void send_packet(struct member *member, size_t len, member_send *send, void *to)
{
        uint8_t *payload = member->packet + RTP_HEADER_LEN;
        rtp_write(&member->rtp, member->packet);
        send(to, member, member->packet, RTP_HEADER_LEN + len);
        member->rtp.sequence++;
        member->rtp.timestamp += (uint32_t)len;
        member->rtp.marker = false;
        member->unsent -= len;
        memmove(payload, payload + len, member->unsent);
}

void member_listen(struct member *member, unsigned rate, const int16_t *samples, member_send *send, void *to)
{
        int16_t narrow[MEMBER_FRAME_MS * MEMBER_NARROW];
        size_t packet = (size_t)member->terms.packet_ms * RTP_UNITS_MS;
        change_rate(member, rate);
        if (rate_of(member->terms.codec) < rate) {
                resample_down(&member->out, samples, MEMBER_FRAME_MS * rate, narrow);
                samples = narrow;
        }
        assert(rate_of(member->terms.codec) <= rate);
        voice_encode(&member->encoder, samples, member->packet + RTP_HEADER_LEN + member->unsent, JITTER_FRAME);
        member->unsent += JITTER_FRAME;
        while (member->unsent >= packet)
                send_packet(member, packet, send, to);
}

/* Both clocks advance by a frame at every tick, so all packets of an event get the same timestamp. */
void member_tell_event(struct member *member, const struct member *from, const uint8_t event[MEMBER_EVENT_LEN],
                       member_send *send, void *to)
{
        uint8_t packet[RTP_HEADER_LEN + MEMBER_EVENT_LEN];
        struct rtp rtp = {
                .payload_type = member->terms.dtmf_payload_type,
                .marker = from->event.begins,
                .sequence = member->rtp.sequence++,
                .timestamp = member->rtp.timestamp + (uint32_t)member->unsent - from->event.units,
                .ssrc = member->rtp.ssrc,
        };
        rtp_write(&rtp, packet);
        memcpy(packet + RTP_HEADER_LEN, event, MEMBER_EVENT_LEN);
        send(to, member, packet, sizeof packet);
}

void member_skip(struct member *member, uint32_t ticks)
{
        member->rtp.timestamp += ticks * JITTER_FRAME;
        member->event.units += ticks * JITTER_FRAME;
        member->rtp.marker = true;
}
