/* One question after the other; the first that says no is the answer. */
#include "gateway/core/way.h"

/* Phones know a codec by its static payload type only, and only the relay converts. */
static bool same_payload(const struct way_ends *ends)
{
        const struct codec_info *codec = codec_info(ends->stream->codec);
        const struct audio *local = ends->local;
        if (!codec || media_is_converted(ends->stream) || ends->stream->payload_type != codec->payload_type)
                return false;
        for (size_t i = 0; i < local->n_codecs; i++)
                if (local->codecs[i].codec == ends->stream->codec)
                        return local->codecs[i].payload_type == codec->payload_type;
        return false;
}

/* Who has agreed to no events gets and sends keys by INFO, and of those the relay makes sounds. */
static bool same_keys(const struct way_rules *rules, const struct way_ends *ends)
{
        return rules->keys && ends->stream->dtmf_payload_type == ends->keys_type &&
               ends->local->dtmf_payload_type == ends->keys_type && ends->keys_type;
}

enum way way_of(const struct way_rules *rules, const struct way_ends *ends)
{
        const struct ip *phone = &ends->phone.ip, *far = &ends->stream->far.ip;
        if (rules->n_groups == 0)
                return WAY_SETTLED;
        if (ends->mixed)
                return WAY_CONFERENCE;
        if (!media_reachable(&ends->phone) || !media_reachable(&ends->stream->far))
                return WAY_UNKNOWN;
        if (phone->family != far->family)
                return WAY_FAMILY;
        if (!ip_equal(phone, &rules->phone))
                return WAY_NAT;
        if (!network_groups_join(rules->groups, rules->n_groups, phone, far))
                return WAY_NETWORKS;
        if (rules->secured || ends->stream->keys.suite != CRYPTO_NONE)
                return WAY_SECURITY;
        if (!same_payload(ends))
                return WAY_PAYLOAD;
        return same_keys(rules, ends) ? WAY_DIRECT : WAY_KEYS;
}

const char *way_word(enum way way)
{
        static const char *const words[WAY_COUNT] = {
#define X(name, word) [name] = word,
                MEDIA_WAYS(X)
#undef X
        };
        return way < WAY_COUNT ? words[way] : "unknown";
}
