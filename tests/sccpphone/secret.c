#include "secret.h"

#include <stdlib.h>
#include <string.h>

#include <srtp2/srtp.h>

struct secret_way {
        srtp_t session;
};

static void way_end(struct secret_way **way)
{
        if (*way)
                srtp_dealloc((*way)->session);
        free(*way);
        *way = NULL;
}

static bool policy_set(srtp_crypto_policy_t *policy, uint32_t algorithm)
{
        if (algorithm == SCCP_CIPHER_AES_CM_128_HMAC_SHA1_32)
                srtp_crypto_policy_set_aes_cm_128_hmac_sha1_32(policy);
        else if (algorithm == SCCP_CIPHER_AES_CM_128_HMAC_SHA1_80)
                srtp_crypto_policy_set_aes_cm_128_hmac_sha1_80(policy);
        return algorithm == SCCP_CIPHER_AES_CM_128_HMAC_SHA1_32 || algorithm == SCCP_CIPHER_AES_CM_128_HMAC_SHA1_80;
}

static bool way_begin(struct secret_way **way, const struct sccp_media_key *key, bool outwards, uint8_t twist)
{
        static bool ready;
        uint8_t bytes[30];
        srtp_policy_t policy = {
                .ssrc.type = outwards ? ssrc_any_outbound : ssrc_any_inbound, .window_size = 256, .key = bytes};
        way_end(way);
        if (key->algorithm == SCCP_CIPHER_NONE)
                return key->key_len == 0 && key->salt_len == 0;
        if (key->key_len != 16 || key->salt_len != 14 || !policy_set(&policy.rtp, key->algorithm))
                return false;
        srtp_crypto_policy_set_rtcp_default(&policy.rtcp);
        memcpy(bytes, key->key, 16);
        memcpy(bytes + 16, key->salt, 14);
        bytes[0] ^= twist;
        ready = ready || srtp_init() == srtp_err_status_ok;
        *way = calloc(1, sizeof **way);
        if (ready && *way && srtp_create(&(*way)->session, &policy) == srtp_err_status_ok)
                return true;
        free(*way);
        *way = NULL;
        return false;
}

bool secret_hear(struct secret *secret, const struct sccp_media_key *key)
{
        secret->refused = 0;
        return way_begin(&secret->in, key, false, 0);
}

bool secret_say(struct secret *secret, const struct sccp_media_key *key)
{
        return way_begin(&secret->out, key, true, secret->wrong ? 0x55 : 0);
}

void secret_end(struct secret *secret)
{
        way_end(&secret->in);
        way_end(&secret->out);
}

bool secret_unprotect(struct secret *secret, uint8_t *packet, size_t *len)
{
        int size = (int)*len;
        if (!secret->in)
                return true;
        bool genuine = srtp_unprotect(secret->in->session, packet, &size) == srtp_err_status_ok;
        secret->refused += !genuine;
        *len = (size_t)size;
        return genuine;
}

bool secret_protect(struct secret *secret, uint8_t *packet, size_t *len)
{
        int size = (int)*len;
        if (!secret->out || secret->plain)
                return true;
        bool done = srtp_protect(secret->out->session, packet, &size) == srtp_err_status_ok;
        *len = (size_t)size;
        return done;
}
