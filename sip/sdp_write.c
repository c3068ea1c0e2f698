/* Writes offers and answers; in an answer (or a later offer) every stream of the session so far has its line. */
#include "sip/sdp.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include "gateway/base/text.h"

#define RTP_CLOCK_HZ        8000 /* of every codec here, so of telephone-event too (RFC 4733 section 2.1) */
#define OUR_PROTOCOL        "RTP/AVP"
#define OUR_SECURE_PROTOCOL "RTP/SAVP"

const char *sdp_direction_name(enum audio_direction direction)
{
        static const char *const names[] = {
                [AUDIO_SENDRECV] = "sendrecv",
                [AUDIO_SENDONLY] = "sendonly",
                [AUDIO_RECVONLY] = "recvonly",
                [AUDIO_INACTIVE] = "inactive",
        };
        return names[direction];
}

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
        if (audio->packet_max_ms)
                WRITE(out, "a=maxptime:%u\r\n", audio->packet_max_ms);
        if (audio->rtcp_mux)
                WRITE(out, "a=rtcp-mux\r\n");
        WRITE(out, "a=%s\r\n", sdp_direction_name(audio->direction));
}

static void write_cryptos(const struct sdp_cryptos *cryptos, char *out)
{
        char text[SDP_CRYPTO_TEXT_SIZE];
        for (unsigned i = 0; cryptos && i < cryptos->n; i++) {
                sdp_crypto_write(&cryptos->at[i], text);
                WRITE(out, "a=crypto:%s\r\n", text);
                crypto_wipe(text, sizeof text);
        }
}

static void write_refused(const struct sdp_media_line *line, char *out)
{
        WRITE(out, "m=%s 0 %s %s\r\n", line->type, line->protocol, line->format);
}

static void write_media(const struct audio *audio, const struct sdp_media_line *line, bool ours,
                        const struct sdp_cryptos *cryptos, char *out)
{
        if (!ours || audio->rtp.port == 0 || audio->n_codecs == 0) {
                write_refused(line, out);
                return;
        }
        WRITE(out, "m=audio %u %s", audio->rtp.port, line->protocol);
        write_formats(audio, out);
        write_cryptos(cryptos, out);
        write_attributes(audio, out);
}

static void write_body(const struct audio *audio, const struct sdp_shape *shape, const struct sdp_cryptos *cryptos,
                       const char *address, char *out)
{
        static const struct sdp_shape audio_only = {.n_media = 1, .media = {{"audio", OUR_PROTOCOL, "0"}}};
        if (!shape || shape->n_media == 0)
                shape = &audio_only;
        WRITE(out, "s=-\r\nc=%s\r\nt=0 0\r\n", address);
        for (uint8_t i = 0; i < shape->n_media; i++)
                write_media(audio, &shape->media[i], i == shape->audio, cryptos, out);
}

/* FNV-1a, only to see a change. */
static uint64_t text_digest(const char *text)
{
        uint64_t digest = 0xcbf29ce484222325u;
        for (; *text; text++)
                digest = (digest ^ (uint8_t)*text) * 0x100000001b3u;
        return digest;
}

void sdp_shape_secure(struct sdp_shape *shape)
{
        *shape = (struct sdp_shape){.n_media = 1, .media = {{"audio", OUR_SECURE_PROTOCOL, "0"}}};
}

size_t sdp_write(const struct audio *audio, const struct sdp_shape *shape, const struct sdp_cryptos *cryptos,
                 struct sdp_session *session, char out[SDP_TEXT_SIZE])
{
        char body[SDP_TEXT_SIZE] = "", address[8 + IP_TEXT_SIZE], ip[IP_TEXT_SIZE];
        assert(audio->rtp.ip.family);
        text_printf(address, sizeof(address), "IN IP%u %s", audio->rtp.ip.family, ip_print(&audio->rtp.ip, ip));
        write_body(audio, shape, cryptos, address, body);
        uint64_t digest = text_digest(body);
        if (session->version == 0 || session->digest != digest)
                session->version++;
        session->digest = digest;
        out[0] = '\0';
        WRITE(out, "v=0\r\no=- %" PRIu64 " %" PRIu64 " %s\r\n%s", session->id, session->version, address, body);
        crypto_wipe(body, sizeof body);
        return strlen(out);
}
