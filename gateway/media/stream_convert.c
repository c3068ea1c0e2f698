/* A stream whose sides speak different codecs has a converter, from the moment it is agreed until it is not. */
#include <stdlib.h>

#include "gateway/media/stream.h"

static bool is_needed(const struct digits_terms *terms)
{
        return convert_knows(voice_codec_of(terms->voice[RELAY_PHONE]), voice_codec_of(terms->voice[RELAY_SIP]));
}

void stream_convert_agree(struct stream *stream, const struct digits_terms *terms)
{
        stream->converted = is_needed(terms);
        if (stream->converted && !stream->convert)
                stream->convert = calloc(1, sizeof *stream->convert);
        if (stream->converted && stream->convert)
                convert_agree(stream->convert, voice_codec_of(terms->voice[RELAY_PHONE]),
                              voice_codec_of(terms->voice[RELAY_SIP]));
        if (!stream->converted)
                stream_convert_end(stream);
}

void stream_convert_end(struct stream *stream)
{
        free(stream->convert);
        stream->convert = NULL;
}

/* Without memory for a converter silence is better than noise. */
bool stream_convert(struct stream *stream, enum relay_side from, uint8_t *packet, size_t len)
{
        if (stream->converted && stream->convert)
                convert_packet(stream->convert, from, packet, len);
        return !stream->converted || stream->convert;
}
