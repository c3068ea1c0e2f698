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

bool media_is_mixed(enum codec codec)
{
        return codec_info(codec) && codec_info(codec)->samples_ms > 0;
}

/* Of the phone's codecs the one that costs least: with as many samples, else the first. NULL: nothing becomes it. */
static const struct audio_codec *source_of(const struct audio *ours, enum codec codec)
{
        const struct audio_codec *first = NULL;
        for (size_t i = 0; media_is_mixed(codec) && i < ours->n_codecs; i++) {
                const struct audio_codec *mine = &ours->codecs[i];
                if (mine->instead || !media_is_mixed(mine->codec))
                        continue;
                if (codec_info(mine->codec)->samples_ms == codec_info(codec)->samples_ms)
                        return mine;
                first = first ? first : mine;
        }
        return first;
}

static void add_converted(struct audio *ours, const enum codec *order, size_t n_order)
{
        for (size_t i = 0; i < n_order && ours->n_codecs < AUDIO_CODECS_MAX; i++) {
                const struct audio_codec *source = audio_has(ours, order[i]) ? NULL : source_of(ours, order[i]);
                if (source)
                        ours->codecs[ours->n_codecs++] = (struct audio_codec){
                                order[i], codec_info(order[i])->payload_type, source->packet_max_ms, source->codec};
        }
}

struct audio media_unconverted(const struct audio *ours)
{
        struct audio plain = *ours;
        plain.n_codecs = 0;
        for (size_t i = 0; i < ours->n_codecs; i++)
                if (!ours->codecs[i].instead)
                        plain.codecs[plain.n_codecs++] = ours->codecs[i];
        return plain;
}

bool media_is_converted(const struct media_stream *stream)
{
        return stream->codec != stream->far_codec;
}

/* One number holds for all codecs of a description. */
struct audio media_ours(const struct media_ability *phone, size_t n_phone, const enum codec *order, size_t n_order,
                        uint8_t dtmf_payload_type, bool convert)
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
                ours.codecs[ours.n_codecs++] = (struct audio_codec){order[i], info->payload_type, most, CODEC_NONE};
                ours.packet_max_ms = (uint8_t)least(ours.packet_max_ms, most);
        }
        if (convert)
                add_converted(&ours, order, n_order);
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
                .codecs = {{best->codec, best->payload_type, our_best->packet_max_ms, our_best->instead}},
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
                if (first.codec != agreed->far_codec)
                        continue;
                offer.packet_ms = agreed->packet_ms;
                memmove(&offer.codecs[1], &offer.codecs[0], i * sizeof first);
                offer.codecs[0] = first;
        }
        offer.direction = held ? AUDIO_SENDONLY : AUDIO_SENDRECV;
        return offer;
}

/* Of several in an answer. */
static const struct audio_codec *common_best(const struct audio *common, const struct audio *ours)
{
        for (size_t i = 0; i < common->n_codecs; i++)
                if (!audio_find(ours, common->codecs[i].codec)->instead)
                        return &common->codecs[i];
        return &common->codecs[0];
}

bool media_agree(const struct audio *ours, const struct audio *theirs, struct media_stream *stream)
{
        struct audio common = audio_common(theirs, ours);
        if (theirs->rtp.port == 0 || common.n_codecs == 0)
                return false;
        const struct audio_codec *chosen = common_best(&common, ours), *mine = audio_find(ours, chosen->codec);
        bool listens = theirs->direction == AUDIO_SENDRECV || theirs->direction == AUDIO_RECVONLY;
        *stream = (struct media_stream){
                .codec = mine->instead ? mine->instead : mine->codec,
                .far_codec = mine->codec,
                .packet_ms = packet_time(mine, theirs),
                .payload_type = chosen->payload_type,
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
        bool same = from->far_codec == to->far_codec && from->payload_type == to->payload_type &&
                    from->dtmf_payload_type == to->dtmf_payload_type && from->send == to->send &&
                    endpoint_equal(&from->far, &to->far) && from->rtcp_mux == to->rtcp_mux &&
                    endpoint_equal(&from->far_rtcp, &to->far_rtcp);
        return same ? MEDIA_SAME : MEDIA_SEND;
}
