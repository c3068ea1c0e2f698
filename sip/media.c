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

enum media_found media_read(struct dialog *dialog, const sip_t *message, bool offer, struct audio *out)
{
        *out = (struct audio){0};
        if (!has_body(message) || media_is_foreign(message))
                return MEDIA_NONE;
        const char *why = sdp_read(message->sip_payload->pl_data, message->sip_payload->pl_len, out,
                                   offer ? &dialog->shape : NULL);
        if (why) {
                if (log_allowed(&dialog->sip->garbage_limit, 10, 60))
                        log_warning(dialog->subject, "cannot use the session description: %s", why);
                return MEDIA_BAD;
        }
        dialog->heard = body_hash(message);
        return MEDIA_GOOD;
}

void media_write(struct dialog *dialog, const struct audio *audio, char out[SDP_TEXT_SIZE])
{
        dialog->ours = *audio;
        if (dialog->ours.rtp.ip.family == 0)
                dialog->ours.rtp.ip = dialog->path.local.ip;
        sdp_write(&dialog->ours, &dialog->shape, &dialog->sdp, out);
}
