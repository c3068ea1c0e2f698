/* The rules of RFC 3264 that concern one audio stream, as functions of two descriptions. */
#include "gateway/core/media.h"

#include <string.h>

bool media_reachable(const struct endpoint *rtp)
{
        return rtp->port != 0 && !ip_is_any(&rtp->ip);
}

static unsigned least(unsigned a, unsigned b)
{
        return a < b ? a : b;
}

static const struct media_ability *ability_find(enum codec codec, const struct media_ability *list, size_t n)
{
        for (size_t i = 0; i < n; i++)
                if (list[i].codec == codec)
                        return &list[i];
        return NULL;
}

/* Some say nothing, or a number of frames. */
static uint8_t packet_max(const struct media_ability *ability)
{
        return (uint8_t)(ability->packet_max_ms < MEDIA_PACKET_MS ? MEDIA_PACKET_MS
                                                                  : least(ability->packet_max_ms, MEDIA_PACKET_MAX_MS));
}

/* One number holds for all codecs of a description. */
struct audio media_ours(const struct media_ability *phone, size_t n_phone, const enum codec *order, size_t n_order,
                        uint8_t dtmf_payload_type)
{
        struct audio ours = {.packet_ms = MEDIA_PACKET_MS,
                             .packet_max_ms = MEDIA_PACKET_MAX_MS,
                             .dtmf_payload_type = dtmf_payload_type};
        for (size_t i = 0; i < n_order && ours.n_codecs < AUDIO_CODECS_MAX; i++) {
                const struct codec_info *info = codec_info(order[i]);
                const struct media_ability *ability = ability_find(order[i], phone, n_phone);
                if (!info || !ability)
                        continue;
                uint8_t most = packet_max(ability);
                ours.codecs[ours.n_codecs++] = (struct audio_codec){order[i], info->payload_type, most};
                ours.packet_max_ms = (uint8_t)least(ours.packet_max_ms, most);
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

/* What they ask for, as far as both can do it; whole frames, and one at least. */
static uint8_t packet_time(const struct audio_codec *our_codec, const struct audio *theirs)
{
        const struct codec_info *info = codec_info(our_codec->codec);
        unsigned ms = theirs->packet_ms ? theirs->packet_ms : info->packet_ms;
        ms = least(ms, our_codec->packet_max_ms ? our_codec->packet_max_ms : MEDIA_PACKET_MS);
        if (theirs->packet_max_ms)
                ms = least(ms, theirs->packet_max_ms);
        ms -= ms % info->packet_step_ms;
        return (uint8_t)(ms ? ms : info->packet_step_ms);
}

bool media_answer(const struct audio *ours, const struct audio *offer, bool held, struct audio *answer)
{
        const struct audio_codec *best = audio_best(ours, offer);
        if (offer->rtp.port == 0 || !best)
                return false;
        const struct audio_codec *our_best = audio_find(ours, best->codec);
        *answer = (struct audio){
                .n_codecs = 1,
                .codecs = {{best->codec, best->payload_type, our_best->packet_max_ms}},
                .packet_ms = packet_time(our_best, offer),
                .packet_max_ms = our_best->packet_max_ms,
                .dtmf_payload_type = ours->dtmf_payload_type ? offer->dtmf_payload_type : 0,
                .rtcp_mux = ours->rtcp_mux && offer->rtcp_mux,
                .direction = mirror[offer->direction][held],
        };
        return true;
}

struct audio media_offer(const struct audio *ours, const struct media_stream *agreed, bool held)
{
        struct audio offer = *ours;
        for (size_t i = 0; i < offer.n_codecs; i++) {
                struct audio_codec first = offer.codecs[i];
                if (first.codec != agreed->codec)
                        continue;
                offer.packet_ms = agreed->packet_ms;
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
                .packet_ms = packet_time(audio_find(ours, common.codecs[0].codec), theirs),
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
                    from->send == to->send && endpoint_equal(&from->far, &to->far) && from->rtcp_mux == to->rtcp_mux &&
                    endpoint_equal(&from->far_rtcp, &to->far_rtcp);
        return same ? MEDIA_SAME : MEDIA_SEND;
}
