/* Reads a peer's offer or answer, line by line, without allocating. Not with sofia's parser: Debian's version never
 * returns from `m=audio 4000 RT@/AVP 0` and takes all memory on its way. Lines we do not need are not looked at. */
#include <ctype.h>
#include <string.h>

#include "gateway/base/text.h"
#include "sip/sdp.h"

#define RTP_CLOCK_HZ 8000 /* of every codec here, so of telephone-event too (RFC 4733 section 2.1) */
#define FORMATS_MAX  64   /* payload types of one stream; further ones are not looked at */

struct span {
        const char *at;
        size_t len;
};

/* One payload type of an m= line and what is spoken under it. */
struct format {
        uint8_t payload_type;
        enum codec codec;
        bool is_event;
};

/* What a stream has said so far; it starts with what the session said for all of them. */
struct stream {
        bool is_audio, is_plain_rtp; /* RTP/AVP or RTP/AVPF */
        unsigned port;
        struct endpoint rtcp;
        bool rtcp_mux;
        bool has_address;
        struct span address;
        enum audio_direction direction;
        uint8_t packet_ms;
        unsigned n_formats;
        struct format formats[FORMATS_MAX];
};

struct reader {
        struct stream session; /* its address and direction only */
        struct stream stream;  /* the one being read, once the shape has one */
        struct sdp_shape shape;
        struct audio audio;
        bool found;          /* audio is what the shape's audio stream says */
        const char *problem; /* why the first audio stream was not taken */
};

/* --- words --- */

static bool is_one_of(char c, const char *set)
{
        return c != '\0' && strchr(set, c);
}

static struct span take_until(struct span *from, const char *ends)
{
        struct span word = {from->at, 0};
        while (word.len < from->len && !is_one_of(word.at[word.len], ends))
                word.len++;
        from->at += word.len;
        from->len -= word.len;
        return word;
}

static void skip(struct span *from, const char *what)
{
        while (from->len && is_one_of(*from->at, what)) {
                from->at++;
                from->len--;
        }
}

static struct span take_word(struct span *from)
{
        skip(from, " \t");
        return take_until(from, " \t");
}

/* Lines end in CR LF, or in less with some. */
static bool take_line(struct span *from, struct span *line)
{
        skip(from, "\r\n");
        *line = take_until(from, "\r\n");
        return line->len > 0;
}

/* Digits at the front, at most `max`; what follows them stays. */
static bool take_number(struct span *from, unsigned max, unsigned *out)
{
        size_t digits = 0;
        unsigned long value = 0;
        for (; digits < from->len && isdigit((unsigned char)from->at[digits]) && value <= max; digits++)
                value = value * 10 + (unsigned long)(from->at[digits] - '0');
        if (digits == 0 || value > max)
                return false;
        from->at += digits;
        from->len -= digits;
        *out = (unsigned)value;
        return true;
}

static bool span_is(struct span span, const char *text)
{
        size_t len = strlen(text);
        return span.len == len && strncasecmp(span.at, text, len) == 0;
}

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
        for (struct span word; (word = take_word(&formats)).len > 0 && stream->n_formats < FORMATS_MAX;) {
                unsigned type;
                if (take_number(&word, 127, &type) && word.len == 0)
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
        struct span type = take_word(&value), port = take_word(&value), protocol = take_word(&value), formats = value;
        if (!copy_token(line->type, type) || !copy_token(line->protocol, protocol) ||
            !copy_token(line->format, take_word(&value)))
                return "an m= line is incomplete or has a word that is too long";
        reader->stream = reader->session;
        if (!take_number(&port, UINT16_MAX, &reader->stream.port))
                return "an m= line has no port from 0 to 65535";
        reader->stream.is_audio = span_is(type, "audio");
        reader->stream.is_plain_rtp = span_is(protocol, "RTP/AVP") || span_is(protocol, "RTP/AVPF");
        read_formats(&reader->stream, formats);
        return NULL;
}

/* c=IN IP4 192.0.2.1[/ttl] */
static void read_connection(struct stream *stream, struct span value)
{
        take_word(&value);
        take_word(&value);
        struct span address = take_word(&value);
        stream->address = take_until(&address, "/");
        stream->has_address = true;
}

/* rtpmap:101 telephone-event/8000[/channels] */
static void read_rtpmap(struct stream *stream, struct span value)
{
        unsigned type, clock_hz, channels = 1;
        if (!take_number(&value, 127, &type))
                return;
        skip(&value, " \t");
        struct span encoding = take_until(&value, "/");
        skip(&value, "/");
        if (!take_number(&value, UINT32_MAX - 1, &clock_hz))
                clock_hz = 0;
        skip(&value, "/");
        if (value.len && !take_number(&value, 8, &channels))
                channels = 1;
        for (unsigned i = 0; i < stream->n_formats; i++) {
                struct format *format = &stream->formats[i];
                if (format->payload_type != type)
                        continue;
                format->codec = channels == 1 ? encoding_codec(encoding, clock_hz) : CODEC_NONE;
                format->is_event = clock_hz == RTP_CLOCK_HZ && span_is(encoding, "telephone-event");
        }
}

static void read_ptime(struct stream *stream, struct span value)
{
        unsigned ms;
        if (take_number(&value, UINT8_MAX, &ms))
                stream->packet_ms = (uint8_t)ms;
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
        if (!take_number(&value, UINT16_MAX, &port) || port == 0)
                return;
        rtcp.port = (uint16_t)port;
        take_word(&value);
        take_word(&value);
        struct span address = take_word(&value);
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

static void read_attribute(struct stream *stream, struct span value)
{
        struct span name = take_until(&value, ": \t");
        skip(&value, ": \t");
        if (span_is(name, "rtpmap"))
                read_rtpmap(stream, value);
        else if (span_is(name, "ptime"))
                read_ptime(stream, value);
        else if (span_is(name, "rtcp"))
                read_rtcp(stream, value);
        else if (span_is(name, "rtcp-mux"))
                stream->rtcp_mux = true;
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

static bool audio_has(const struct audio *audio, enum codec codec)
{
        for (unsigned i = 0; i < audio->n_codecs; i++)
                if (audio->codecs[i].codec == codec)
                        return true;
        return false;
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
                audio->codecs[audio->n_codecs++] = (struct audio_codec){format->codec, format->payload_type};
        }
}

static const char *take_stream(const struct stream *stream, struct audio *audio)
{
        *audio = (struct audio){
                .rtp.port = (uint16_t)stream->port,
                .rtcp = stream->rtcp,
                .rtcp_mux = stream->rtcp_mux,
                .direction = stream->direction,
                .packet_ms = stream->packet_ms,
        };
        if (!stream->is_plain_rtp)
                return "audio is offered over another profile than RTP/AVP or RTP/AVPF";
        if (stream->port == 0)
                return "audio is refused (port 0)";
        const char *problem = take_address(stream, &audio->rtp.ip);
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
        const char *problem = take_stream(&reader->stream, &reader->audio);
        if (problem && !reader->problem)
                reader->problem = problem;
        if (!problem)
                reader->shape.audio = (uint8_t)(reader->shape.n_media - 1);
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
                read_attribute(stream, value);
                return NULL;
        }
        return NULL;
}

static const char *read_text(struct reader *reader, struct span text)
{
        struct span line;
        if (!take_line(&text, &line) || !span_is(line, "v=0"))
                return "the text is not SDP";
        while (take_line(&text, &line)) {
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

const char *sdp_read(const char *text, size_t len, struct audio *audio, struct sdp_shape *shape)
{
        struct reader reader = {0};
        *audio = (struct audio){0};
        if (len > SDP_READ_MAX)
                return "the SDP is too long";
        if (len > 0 && memchr(text, '\0', len))
                return "the SDP contains a NUL";
        const char *problem = read_text(&reader, (struct span){text, len});
        if (problem)
                return problem;
        *audio = reader.audio;
        if (shape)
                *shape = reader.shape;
        return NULL;
}
