#include "sip/media.h"

#include <sofia-sip/sip.h>
#include <strings.h>

#define MEDIA_TYPE "application/sdp"

static bool has_body(const sip_t *message)
{
        return message->sip_payload && message->sip_payload->pl_len > 0;
}

bool media_is_foreign(const sip_t *message)
{
        return has_body(message) && message->sip_content_type && message->sip_content_type->c_type &&
               strcasecmp(message->sip_content_type->c_type, MEDIA_TYPE) != 0;
}

static uint64_t body_hash(const sip_t *message)
{
        const char *body = message->sip_payload->pl_data;
        uint64_t hash = 0xcbf29ce484222325u; /* FNV-1a */
        for (size_t i = 0; i < message->sip_payload->pl_len; i++)
                hash = (hash ^ (unsigned char)body[i]) * 0x100000001b3u;
        return hash;
}

bool media_is_known(const struct dialog *dialog, const sip_t *message)
{
        return has_body(message) && body_hash(message) == dialog->heard;
}

static enum media_found unusable(const struct dialog *dialog, const char *why)
{
        if (log_allowed(&dialog->sip->garbage_limit, 10, 60))
                log_warning(dialog->subject, "cannot use the session description: %s", why);
        return MEDIA_BAD;
}

enum media_found media_read(struct dialog *dialog, const sip_t *message, bool offer, struct audio *out)
{
        struct sdp_cryptos cryptos = {0};
        *out = (struct audio){0};
        if (!has_body(message) || media_is_foreign(message))
                return MEDIA_NONE;
        const char *why = sdp_read(message->sip_payload->pl_data, message->sip_payload->pl_len, &dialog->sip->security,
                                   out, offer ? &dialog->shape : NULL, &cryptos);
        if (!why && offer)
                sdes_take_offer(&dialog->sdes, &cryptos, &out->keys);
        else if (!why && !sdes_take_answer(&dialog->sdes, &cryptos, &out->keys))
                why = "the key of their answer is for none of ours";
        crypto_wipe(&cryptos, sizeof cryptos);
        if (why) {
                *out = (struct audio){0};
                return unusable(dialog, why);
        }
        dialog->heard = body_hash(message);
        return MEDIA_GOOD;
}

/* SIP is not encrypted here, so whoever reads it has the keys. Once is enough. */
static void warn_of_readers(struct sip *sip)
{
        if (!sip->told_of_readers)
                log_warning("sip", "SRTP keys go over SIP that is not encrypted: who can read it can listen");
        sip->told_of_readers = true;
}

void media_write(struct dialog *dialog, const struct audio *audio, bool offer, char out[SDP_TEXT_SIZE])
{
        struct sip *sip = dialog->sip;
        struct sdp_cryptos cryptos;
        dialog->ours = *audio;
        if (dialog->ours.rtp.ip.family == 0)
                dialog->ours.rtp.ip = dialog->path.local.ip;
        if (offer && audio->plain)
                cryptos = (struct sdp_cryptos){0};
        else if (offer)
                sdes_offer(&dialog->sdes, &sip->security, &cryptos);
        else
                sdes_answer(&dialog->sdes, &cryptos);
        if (offer && dialog->shape.n_media == 0 && sip->security.policy == CRYPTO_POLICY_REQUIRED)
                sdp_shape_secure(&dialog->shape);
        if (cryptos.n > 0)
                warn_of_readers(sip);
        sdp_write(&dialog->ours, &dialog->shape, &cryptos, &dialog->sdp, out);
        crypto_wipe(&cryptos, sizeof cryptos);
}
