/* The rules of RFC 3264 that concern one audio stream, as functions of two descriptions. */
#include "gateway/core/media.h"

#include <string.h>

#define PACKET_MS_MIN 10

bool media_reachable(const struct endpoint *rtp)
{
        return rtp->port != 0 && !ip_is_any(&rtp->ip);
}

static bool codec_in(enum codec codec, const enum codec *list, size_t n)
{
        for (size_t i = 0; i < n; i++)
                if (list[i] == codec)
                        return true;
        return false;
}

struct audio media_ours(const enum codec *phone, size_t n_phone, const enum codec *order, size_t n_order,
                        uint8_t dtmf_payload_type)
{
        struct audio ours = {.packet_ms = MEDIA_PACKET_MS, .dtmf_payload_type = dtmf_payload_type};
        for (size_t i = 0; i < n_order && ours.n_codecs < AUDIO_CODECS_MAX; i++) {
                const struct codec_info *info = codec_info(order[i]);
                if (info && codec_in(order[i], phone, n_phone))
                        ours.codecs[ours.n_codecs++] = (struct audio_codec){order[i], info->payload_type};
        }
        return ours;
}

static const struct audio_codec *audio_find(const struct audio *audio, enum codec codec)
{
        for (size_t i = 0; i < audio->n_codecs; i++)
                if (audio->codecs[i].codec == codec)
                        return &audio->codecs[i];
        return NULL;
}

/* The first of ours that they have too, as they describe it; NULL: nothing in common. */
static const struct audio_codec *audio_best(const struct audio *ours, const struct audio *theirs)
{
        const struct audio_codec *best = NULL;
        for (size_t i = 0; i < ours->n_codecs && !best; i++)
                best = audio_find(theirs, ours->codecs[i].codec);
        return best;
}

/* RFC 3264 section 6.1: what may be said to each direction offered, when we talk and when we hold. */
static const enum audio_direction mirror[][2] = {
        [AUDIO_SENDRECV] = {AUDIO_SENDRECV, AUDIO_SENDONLY},
        [AUDIO_SENDONLY] = {AUDIO_RECVONLY, AUDIO_INACTIVE},
        [AUDIO_RECVONLY] = {AUDIO_SENDONLY, AUDIO_SENDONLY},
        [AUDIO_INACTIVE] = {AUDIO_INACTIVE, AUDIO_INACTIVE},
};

/* The packet time to use when they ask for `asked` and we can do `most`: a phone knows whole tens only. */
static uint8_t packet_time(uint8_t asked, uint8_t most)
{
        if (most == 0)
                most = MEDIA_PACKET_MS;
        if (asked < PACKET_MS_MIN || asked > most || asked % PACKET_MS_MIN != 0)
                return most;
        return asked;
}

bool media_answer(const struct audio *ours, const struct audio *offer, bool held, struct audio *answer)
{
        const struct audio_codec *best = audio_best(ours, offer);
        if (offer->rtp.port == 0 || !best)
                return false;
        *answer = (struct audio){
                .n_codecs = 1,
                .codecs = {*best},
                .packet_ms = packet_time(offer->packet_ms, ours->packet_ms),
                .dtmf_payload_type = ours->dtmf_payload_type ? offer->dtmf_payload_type : 0,
                .rtcp_mux = ours->rtcp_mux && offer->rtcp_mux,
                .direction = mirror[offer->direction][held],
        };
        return true;
}

struct audio media_offer(const struct audio *ours, enum codec agreed, bool held)
{
        struct audio offer = *ours;
        for (size_t i = 1; i < offer.n_codecs; i++) {
                struct audio_codec first = offer.codecs[i];
                if (first.codec != agreed)
                        continue;
                memmove(&offer.codecs[1], &offer.codecs[0], i * sizeof first);
                offer.codecs[0] = first;
        }
        offer.direction = held ? AUDIO_SENDONLY : AUDIO_SENDRECV;
        return offer;
}

bool media_agree(const struct audio *ours, const struct audio *theirs, struct media_stream *stream)
{
        struct audio common = audio_common(theirs, ours);
        if (theirs->rtp.port == 0 || common.n_codecs == 0)
                return false;
        bool listens = theirs->direction == AUDIO_SENDRECV || theirs->direction == AUDIO_RECVONLY;
        *stream = (struct media_stream){
                .codec = common.codecs[0].codec,
                .packet_ms = packet_time(theirs->packet_ms, ours->packet_ms),
                .payload_type = common.codecs[0].payload_type,
                .dtmf_payload_type = ours->dtmf_payload_type ? theirs->dtmf_payload_type : 0,
                .far = theirs->rtp,
                .far_rtcp = theirs->rtcp,
                .rtcp_mux = ours->rtcp_mux && theirs->rtcp_mux,
                .keys = theirs->keys,
                .send = listens && media_reachable(&theirs->rtp),
        };
        return true;
}

enum media_change media_compare(const struct media_stream *from, const struct media_stream *to)
{
        if (from->codec != to->codec || from->packet_ms != to->packet_ms)
                return MEDIA_CODEC;
        bool same = from->payload_type == to->payload_type && from->dtmf_payload_type == to->dtmf_payload_type &&
                    from->send == to->send && endpoint_equal(&from->far, &to->far) &&
                    from->rtcp_mux == to->rtcp_mux && endpoint_equal(&from->far_rtcp, &to->far_rtcp);
        return same ? MEDIA_SAME : MEDIA_SEND;
}
