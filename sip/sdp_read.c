/* Reads a peer's offer or answer, line by line, without allocating. Not with sofia's parser: Debian's version never
 * returns from `m=audio 4000 RT@/AVP 0` and takes all memory on its way. Lines we do not need are not looked at. */
#include <ctype.h>
#include <string.h>

#include "gateway/base/text.h"
#include "sip/sdp.h"
#include "sip/sdp_crypto.h"
#include "sip/sdp_span.h"

#define RTP_CLOCK_HZ 8000 /* of every codec here, so of telephone-event too (RFC 4733 section 2.1) */
#define FORMATS_MAX  64   /* payload types of one stream; further ones are not looked at */

/* One payload type of an m= line and what is spoken under it. */
struct format {
        uint8_t payload_type;
        enum codec codec;
        bool is_event;
};

/* What a stream has said so far; it starts with what the session said for all of them. */
struct stream {
        bool is_audio;
        bool is_plain_rtp, is_secure_rtp; /* RTP/AVP or RTP/AVPF, RTP/SAVP or RTP/SAVPF */
        unsigned port;
        struct endpoint rtcp;
        bool rtcp_mux;
        bool has_address;
        struct span address;
        enum audio_direction direction;
        uint8_t packet_ms, packet_max_ms;
        unsigned n_formats;
        struct format formats[FORMATS_MAX];
        struct sdp_cryptos cryptos;
};

struct reader {
        struct sdp_security security;
        struct stream session; /* its address and direction only */
        struct stream stream;  /* the one being read, once the shape has one */
        struct sdp_shape shape;
        struct audio audio;
        struct sdp_cryptos cryptos;
        bool found;          /* audio is what the shape's audio stream says */
        const char *problem; /* why the first audio stream was not taken */
};

/* Visible ASCII that fits: safe to say again in an answer. */
static bool copy_token(char out[SDP_TOKEN_SIZE], struct span word)
{
        for (size_t i = 0; i < word.len; i++)
                if (!isgraph((unsigned char)word.at[i]))
                        return false;
        return word.len > 0 && text_copy_n(out, SDP_TOKEN_SIZE, word.at, word.len);
}

/* --- lines --- */

static enum codec static_codec(unsigned payload_type)
{
        for (enum codec codec = CODEC_NONE + 1; codec < CODECS; codec++)
                if (codec_info(codec)->payload_type == payload_type)
                        return codec;
        return CODEC_NONE;
}

static enum codec encoding_codec(struct span encoding, unsigned clock_hz)
{
        for (enum codec codec = CODEC_NONE + 1; codec < CODECS; codec++)
                if (codec_info(codec)->clock_hz == clock_hz && span_is(encoding, codec_info(codec)->encoding))
                        return codec;
        return CODEC_NONE;
}

static void read_formats(struct stream *stream, struct span formats)
{
        for (struct span word; (word = span_take_word(&formats)).len > 0 && stream->n_formats < FORMATS_MAX;) {
                unsigned type;
                if (span_take_number(&word, 127, &type) && word.len == 0)
                        stream->formats[stream->n_formats++] = (struct format){.payload_type = (uint8_t)type,
                                                                               .codec = static_codec(type)};
        }
}

/* m=audio 4000[/1] RTP/AVP 0 8 101 */
static const char *read_media(struct reader *reader, struct span value)
{
        if (reader->shape.n_media == SDP_MEDIA_MAX)
                return "too many streams";
        struct sdp_media_line *line = &reader->shape.media[reader->shape.n_media++];
        struct span type = span_take_word(&value), port = span_take_word(&value), protocol = span_take_word(&value),
                    formats = value;
        if (!copy_token(line->type, type) || !copy_token(line->protocol, protocol) ||
            !copy_token(line->format, span_take_word(&value)))
                return "an m= line is incomplete or has a word that is too long";
        reader->stream = reader->session;
        if (!span_take_number(&port, UINT16_MAX, &reader->stream.port))
                return "an m= line has no port from 0 to 65535";
        reader->stream.is_audio = span_is(type, "audio");
        reader->stream.is_plain_rtp = span_is(protocol, "RTP/AVP") || span_is(protocol, "RTP/AVPF");
        reader->stream.is_secure_rtp = span_is(protocol, "RTP/SAVP") || span_is(protocol, "RTP/SAVPF");
        read_formats(&reader->stream, formats);
        return NULL;
}

/* c=IN IP4 192.0.2.1[/ttl] */
static void read_connection(struct stream *stream, struct span value)
{
        span_take_word(&value);
        span_take_word(&value);
        struct span address = span_take_word(&value);
        stream->address = span_take_until(&address, "/");
        stream->has_address = true;
}

/* rtpmap:101 telephone-event/8000[/channels] */
static void read_rtpmap(struct stream *stream, struct span value)
{
        unsigned type, clock_hz, channels = 1;
        if (!span_take_number(&value, 127, &type))
                return;
        span_skip(&value, " \t");
        struct span encoding = span_take_until(&value, "/");
        span_skip(&value, "/");
        if (!span_take_number(&value, UINT32_MAX - 1, &clock_hz))
                clock_hz = 0;
        span_skip(&value, "/");
        if (value.len && !span_take_number(&value, 8, &channels))
                channels = 1;
        for (unsigned i = 0; i < stream->n_formats; i++) {
                struct format *format = &stream->formats[i];
                if (format->payload_type != type)
                        continue;
                format->codec = channels == 1 ? encoding_codec(encoding, clock_hz) : CODEC_NONE;
                format->is_event = clock_hz == RTP_CLOCK_HZ && span_is(encoding, "telephone-event");
        }
}

static void read_ms(struct span value, uint8_t *out)
{
        unsigned ms;
        if (span_take_number(&value, UINT8_MAX, &ms))
                *out = (uint8_t)ms;
}

static bool is_multicast(const struct ip *ip)
{
        return ip->family == 4 ? ip->bytes[0] >> 4 == 0xe : ip->bytes[0] == 0xff;
}

/* rtcp:53020 [IN IP4 192.0.2.1]; with an address that is none it is not believed. */
static void read_rtcp(struct stream *stream, struct span value)
{
        struct endpoint rtcp = {0};
        char text[IP_TEXT_SIZE];
        unsigned port;
        if (!span_take_number(&value, UINT16_MAX, &port) || port == 0)
                return;
        rtcp.port = (uint16_t)port;
        span_take_word(&value);
        span_take_word(&value);
        struct span address = span_take_word(&value);
        if (address.len && (!text_copy_n(text, sizeof(text), address.at, address.len) || !ip_parse(text, &rtcp.ip) ||
                            ip_is_any(&rtcp.ip) || is_multicast(&rtcp.ip)))
                return;
        stream->rtcp = rtcp;
}

static void read_direction(struct stream *stream, struct span name)
{
        for (enum audio_direction direction = AUDIO_SENDRECV; direction <= AUDIO_INACTIVE; direction++)
                if (span_is(name, sdp_direction_name(direction)))
                        stream->direction = direction;
}

/* Of streams only, never of the session (RFC 4568 section 5). */
static void read_crypto(struct reader *reader, struct span value)
{
        struct sdp_cryptos *cryptos = &reader->stream.cryptos;
        struct sdp_crypto crypto;
        if (reader->shape.n_media == 0 || reader->security.policy == CRYPTO_POLICY_OFF || cryptos->n == SDP_CRYPTOS_MAX)
                return;
        if (sdp_crypto_read(value, &crypto) && reader->security.suites & 1u << crypto.suite)
                cryptos->at[cryptos->n++] = crypto;
        else
                cryptos->others = true;
        crypto_wipe(&crypto, sizeof crypto);
}

static void read_attribute(struct reader *reader, struct stream *stream, struct span value)
{
        struct span name = span_take_until(&value, ": \t");
        span_skip(&value, ": \t");
        if (span_is(name, "rtpmap"))
                read_rtpmap(stream, value);
        else if (span_is(name, "ptime"))
                read_ms(value, &stream->packet_ms);
        else if (span_is(name, "maxptime"))
                read_ms(value, &stream->packet_max_ms);
        else if (span_is(name, "rtcp"))
                read_rtcp(stream, value);
        else if (span_is(name, "rtcp-mux"))
                stream->rtcp_mux = true;
        else if (span_is(name, "crypto"))
                read_crypto(reader, value);
        else
                read_direction(stream, name);
}

/* --- the stream that is taken --- */

static const char *take_address(const struct stream *stream, struct ip *ip)
{
        char text[IP_TEXT_SIZE];
        if (!stream->has_address)
                return "no c= line for the audio stream";
        if (!text_copy_n(text, sizeof(text), stream->address.at, stream->address.len) || !ip_parse(text, ip))
                return "the address of the audio stream is not an IP address";
        return is_multicast(ip) ? "the address of the audio stream is multicast" : NULL;
}

/* Without its receiving half: what a null address means (RFC 3264 section 8.4). */
static enum audio_direction direction_deaf(enum audio_direction direction)
{
        return direction == AUDIO_SENDRECV || direction == AUDIO_SENDONLY ? AUDIO_SENDONLY : AUDIO_INACTIVE;
}

static void take_formats(const struct stream *stream, struct audio *audio)
{
        for (unsigned i = 0; i < stream->n_formats; i++) {
                const struct format *format = &stream->formats[i];
                if (format->is_event && audio->dtmf_payload_type == 0)
                        audio->dtmf_payload_type = format->payload_type;
                if (format->codec == CODEC_NONE || audio_has(audio, format->codec) ||
                    audio->n_codecs == AUDIO_CODECS_MAX)
                        continue;
                audio->codecs[audio->n_codecs++] = (struct audio_codec){.codec = format->codec,
                                                                        .payload_type = format->payload_type};
        }
}

/* NULL: it may be spoken, in the clear where it has no key. */
static const char *judge_security(const struct stream *stream, enum crypto_policy policy)
{
        if (!stream->is_plain_rtp && !stream->is_secure_rtp)
                return "audio is offered over another profile than RTP/AVP or RTP/SAVP";
        if (stream->is_secure_rtp && policy == CRYPTO_POLICY_OFF)
                return "audio is offered over RTP/SAVP, and SRTP is off (media.srtp)";
        if (stream->is_secure_rtp && stream->cryptos.n == 0)
                return "audio is offered over RTP/SAVP without a key that we can use";
        if (policy == CRYPTO_POLICY_REQUIRED && stream->cryptos.n == 0)
                return "audio is offered without SRTP, which is required (media.srtp)";
        return NULL;
}

static const char *take_stream(const struct stream *stream, enum crypto_policy policy, struct audio *audio)
{
        *audio = (struct audio){
                .rtp.port = (uint16_t)stream->port,
                .rtcp = stream->rtcp,
                .rtcp_mux = stream->rtcp_mux,
                .direction = stream->direction,
                .packet_ms = stream->packet_ms,
                .packet_max_ms = stream->packet_max_ms,
        };
        if (stream->port == 0 && (stream->is_plain_rtp || stream->is_secure_rtp))
                return "audio is refused (port 0)";
        const char *problem = judge_security(stream, policy);
        if (!problem)
                problem = take_address(stream, &audio->rtp.ip);
        if (problem)
                return problem;
        if (ip_is_any(&audio->rtp.ip))
                audio->direction = direction_deaf(audio->direction);
        take_formats(stream, audio);
        return audio->n_codecs ? NULL : "no known codec in the audio stream";
}

/* The stream has said everything: it is ours if none before it was. */
static void end_stream(struct reader *reader)
{
        if (reader->shape.n_media == 0 || reader->found || !reader->stream.is_audio)
                return;
        const char *problem = take_stream(&reader->stream, reader->security.policy, &reader->audio);
        if (problem && !reader->problem)
                reader->problem = problem;
        if (!problem) {
                reader->shape.audio = (uint8_t)(reader->shape.n_media - 1);
                reader->cryptos = reader->stream.cryptos;
        }
        reader->found = !problem;
}

static const char *read_line(struct reader *reader, struct span line)
{
        struct stream *stream = reader->shape.n_media ? &reader->stream : &reader->session;
        struct span value = {line.at + 2, line.len - 2};
        switch (*line.at) {
        case 'm':
                end_stream(reader);
                return read_media(reader, value);
        case 'c':
                read_connection(stream, value);
                return NULL;
        case 'a':
                read_attribute(reader, stream, value);
                return NULL;
        }
        return NULL;
}

static const char *read_text(struct reader *reader, struct span text)
{
        struct span line;
        if (!span_take_line(&text, &line) || !span_is(line, "v=0"))
                return "the text is not SDP";
        while (span_take_line(&text, &line)) {
                if (line.len < 2 || line.at[1] != '=')
                        return "a line is not SDP";
                const char *problem = read_line(reader, line);
                if (problem)
                        return problem;
        }
        end_stream(reader);
        if (reader->found)
                return NULL;
        return reader->problem ? reader->problem : "no audio stream";
}

const char *sdp_read(const char *text, size_t len, const struct sdp_security *security, struct audio *audio,
                     struct sdp_shape *shape, struct sdp_cryptos *cryptos)
{
        struct reader reader = {0};
        *audio = (struct audio){0};
        if (len > SDP_READ_MAX)
                return "the SDP is too long";
        if (len > 0 && memchr(text, '\0', len))
                return "the SDP contains a NUL";
        if (security)
                reader.security = *security;
        const char *problem = read_text(&reader, (struct span){text, len});
        if (!problem) {
                *audio = reader.audio;
                if (shape)
                        *shape = reader.shape;
                if (cryptos)
                        *cryptos = reader.cryptos;
        }
        crypto_wipe(&reader, sizeof reader);
        return problem;
}
