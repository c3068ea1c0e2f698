/* Session descriptions: sofia's parser does the syntax of what comes in, the rules of RFC 3264 are here. */
#include "sip/sdp.h"

#include <assert.h>
#include <inttypes.h>
#include <sofia-sip/sdp.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/text.h"

#define RTP_CLOCK_HZ 8000 /* of every codec here, so of telephone-event too (RFC 4733 section 2.1) */
#define OUR_PROTOCOL "RTP/AVP"

/* --- reading --- */

static enum audio_direction direction_of(const sdp_media_t *media)
{
        switch ((sdp_mode_t)media->m_mode) {
        case sdp_inactive:
                return AUDIO_INACTIVE;
        case sdp_sendonly:
                return AUDIO_SENDONLY;
        case sdp_recvonly:
                return AUDIO_RECVONLY;
        case sdp_sendrecv:
                break;
        }
        return AUDIO_SENDRECV;
}

/* The direction without its receiving half: what a null address means (RFC 3264 section 8.4). */
static enum audio_direction direction_deaf(enum audio_direction direction)
{
        return direction == AUDIO_SENDRECV || direction == AUDIO_SENDONLY ? AUDIO_SENDONLY : AUDIO_INACTIVE;
}

static enum codec codec_of(const sdp_rtpmap_t *map)
{
        bool mono = !map->rm_params || !*map->rm_params || atoi(map->rm_params) == 1;
        for (enum codec codec = CODEC_NONE + 1; codec < CODECS; codec++) {
                const struct codec_info *info = codec_info(codec);
                if (mono && map->rm_rate == info->clock_hz && text_equal_nocase(map->rm_encoding, info->encoding))
                        return codec;
        }
        return CODEC_NONE;
}

static bool has_codec(const struct audio *audio, enum codec codec)
{
        for (unsigned i = 0; i < audio->n_codecs; i++)
                if (audio->codecs[i].codec == codec)
                        return true;
        return false;
}

static void read_payload_types(const sdp_media_t *media, struct audio *audio)
{
        for (const sdp_rtpmap_t *map = media->m_rtpmaps; map; map = map->rm_next) {
                enum codec codec = codec_of(map);
                bool is_event = map->rm_rate == RTP_CLOCK_HZ && text_equal_nocase(map->rm_encoding, "telephone-event");
                if (is_event && audio->dtmf_payload_type == 0)
                        audio->dtmf_payload_type = (uint8_t)map->rm_pt;
                if (codec != CODEC_NONE && audio->n_codecs < AUDIO_CODECS_MAX && !has_codec(audio, codec))
                        audio->codecs[audio->n_codecs++] = (struct audio_codec){codec, (uint8_t)map->rm_pt};
        }
}

static uint8_t read_packet_ms(const sdp_media_t *media)
{
        const sdp_attribute_t *ptime = sdp_attribute_find(media->m_attributes, "ptime");
        long ms = ptime && ptime->a_value ? strtol(ptime->a_value, NULL, 10) : 0;
        return ms > 0 && ms <= UINT8_MAX ? (uint8_t)ms : 0;
}

static bool is_multicast(const struct ip *ip)
{
        return ip->family == 4 ? ip->bytes[0] >> 4 == 0xe : ip->bytes[0] == 0xff;
}

static const char *read_address(const sdp_session_t *session, const sdp_media_t *media, struct ip *ip)
{
        const sdp_connection_t *connection = media->m_connections ? media->m_connections : session->sdp_connection;
        if (!connection || !connection->c_address)
                return "no c= line for the audio stream";
        if (!ip_parse(connection->c_address, ip))
                return "the address of the audio stream is not an IP address";
        if (connection->c_mcast || is_multicast(ip))
                return "the address of the audio stream is multicast";
        return NULL;
}

static const char *read_stream(const sdp_session_t *session, const sdp_media_t *media, struct audio *audio)
{
        *audio = (struct audio){.direction = direction_of(media), .packet_ms = read_packet_ms(media)};
        if (media->m_proto != sdp_proto_rtp)
                return "audio is offered over another profile than RTP/AVP";
        if (media->m_port == 0)
                return "audio is refused (port 0)";
        if (media->m_port > UINT16_MAX)
                return "the port of the audio stream is above 65535";
        audio->rtp.port = (uint16_t)media->m_port;
        const char *problem = read_address(session, media, &audio->rtp.ip);
        if (problem)
                return problem;
        if (ip_is_any(&audio->rtp.ip))
                audio->direction = direction_deaf(audio->direction);
        read_payload_types(media, audio);
        return audio->n_codecs ? NULL : "no known codec in the audio stream";
}

static const char *read_first_audio(const sdp_session_t *session, struct audio *audio, uint8_t *index)
{
        const char *problem = NULL;
        *index = 0;
        for (const sdp_media_t *media = session->sdp_media; media; media = media->m_next, ++*index) {
                if (media->m_type != sdp_media_audio)
                        continue;
                const char *why = read_stream(session, media, audio);
                if (!why)
                        return NULL;
                if (!problem)
                        problem = why;
        }
        return problem ? problem : "no audio stream";
}

static bool read_line(const sdp_media_t *media, struct sdp_media_line *line)
{
        bool fits = TEXT_SET(line->type, media->m_type_name) && TEXT_SET(line->protocol, media->m_proto_name);
        if (media->m_rtpmaps)
                return fits && text_printf(line->format, sizeof(line->format), "%u", media->m_rtpmaps->rm_pt);
        return fits && TEXT_SET(line->format, media->m_format ? media->m_format->l_text : "0");
}

static const char *read_shape(const sdp_session_t *session, struct sdp_shape *shape)
{
        for (const sdp_media_t *media = session->sdp_media; media; media = media->m_next) {
                if (shape->n_media == SDP_MEDIA_MAX)
                        return "too many streams";
                if (!read_line(media, &shape->media[shape->n_media++]))
                        return "an m= line has a word that is too long";
        }
        return NULL;
}

static const char *read_session(const sdp_session_t *session, struct audio *audio, struct sdp_shape *shape)
{
        if (!session)
                return "bad SDP syntax";
        const char *problem = read_shape(session, shape);
        return problem ? problem : read_first_audio(session, audio, &shape->audio);
}

const char *sdp_read(const char *text, size_t len, struct audio *audio, struct sdp_shape *shape)
{
        struct sdp_shape seen = {0};
        *audio = (struct audio){0};
        if (len == 0)
                return "the SDP is empty";
        if (len > SDP_READ_MAX)
                return "the SDP is too long";
        if (memchr(text, '\0', len))
                return "the SDP contains a NUL";
        /* Missing o=, s=, t= lines and strange networks on streams we refuse anyway do not cost anybody a call. */
        sdp_parser_t *parser = sdp_parse(NULL, text, (issize_t)len, sdp_f_insane | sdp_f_anynet);
        const char *problem = read_session(sdp_session(parser), audio, &seen);
        sdp_parser_free(parser);
        if (problem)
                *audio = (struct audio){0};
        else if (shape)
                *shape = seen;
        return problem;
}

/* --- writing --- */

static const char *const direction_names[] = {
        [AUDIO_SENDRECV] = "sendrecv",
        [AUDIO_SENDONLY] = "sendonly",
        [AUDIO_RECVONLY] = "recvonly",
        [AUDIO_INACTIVE] = "inactive",
};

/* Text that grows; that SDP_TEXT_SIZE is enough is ours to know. */
#define WRITE(out, ...)                                                                                                \
        do {                                                                                                           \
                bool fits_ = text_append((out), SDP_TEXT_SIZE, __VA_ARGS__);                                           \
                assert(fits_);                                                                                         \
        } while (0)

static void write_formats(const struct audio *audio, char *out)
{
        for (unsigned i = 0; i < audio->n_codecs; i++)
                WRITE(out, " %u", audio->codecs[i].payload_type);
        if (audio->dtmf_payload_type)
                WRITE(out, " %u", audio->dtmf_payload_type);
        WRITE(out, "\r\n");
}

static void write_attributes(const struct audio *audio, char *out)
{
        for (unsigned i = 0; i < audio->n_codecs; i++) {
                const struct codec_info *info = codec_info(audio->codecs[i].codec);
                unsigned type = audio->codecs[i].payload_type;
                WRITE(out, "a=rtpmap:%u %s/%" PRIu32 "\r\n", type, info->encoding, info->clock_hz);
                if (audio->codecs[i].codec == CODEC_G729) /* without it annex B is understood (RFC 4856) */
                        WRITE(out, "a=fmtp:%u annexb=no\r\n", type);
        }
        if (audio->dtmf_payload_type) {
                WRITE(out, "a=rtpmap:%u telephone-event/%d\r\n", audio->dtmf_payload_type, RTP_CLOCK_HZ);
                WRITE(out, "a=fmtp:%u 0-16\r\n", audio->dtmf_payload_type);
        }
        if (audio->packet_ms)
                WRITE(out, "a=ptime:%u\r\n", audio->packet_ms);
        WRITE(out, "a=%s\r\n", direction_names[audio->direction]);
}

static void write_refused(const struct sdp_media_line *line, char *out)
{
        WRITE(out, "m=%s 0 %s %s\r\n", line->type, line->protocol, line->format);
}

static void write_media(const struct audio *audio, const struct sdp_media_line *line, bool ours, char *out)
{
        if (!ours || audio->rtp.port == 0 || audio->n_codecs == 0) {
                write_refused(line, out);
                return;
        }
        WRITE(out, "m=audio %u " OUR_PROTOCOL, audio->rtp.port);
        write_formats(audio, out);
        write_attributes(audio, out);
}

static void write_body(const struct audio *audio, const struct sdp_shape *shape, const char *address, char *out)
{
        static const struct sdp_shape audio_only = {.n_media = 1, .media = {{"audio", OUR_PROTOCOL, "0"}}};
        if (!shape || shape->n_media == 0)
                shape = &audio_only;
        WRITE(out, "s=-\r\nc=%s\r\nt=0 0\r\n", address);
        for (uint8_t i = 0; i < shape->n_media; i++)
                write_media(audio, &shape->media[i], i == shape->audio, out);
}

/* FNV-1a, only to see a change. */
static uint64_t text_digest(const char *text)
{
        uint64_t digest = 0xcbf29ce484222325u;
        for (; *text; text++)
                digest = (digest ^ (uint8_t)*text) * 0x100000001b3u;
        return digest;
}

size_t sdp_write(const struct audio *audio, const struct sdp_shape *shape, struct sdp_session *session,
                 char out[SDP_TEXT_SIZE])
{
        char body[SDP_TEXT_SIZE] = "", address[8 + IP_TEXT_SIZE], ip[IP_TEXT_SIZE];
        assert(audio->rtp.ip.family);
        text_printf(address, sizeof(address), "IN IP%u %s", audio->rtp.ip.family, ip_print(&audio->rtp.ip, ip));
        write_body(audio, shape, address, body);
        uint64_t digest = text_digest(body);
        if (session->version == 0 || session->digest != digest)
                session->version++;
        session->digest = digest;
        out[0] = '\0';
        WRITE(out, "v=0\r\no=- %" PRIu64 " %" PRIu64 " %s\r\n%s", session->id, session->version, address, body);
        return strlen(out);
}
