#include "gateway/phone_secret.h"

#include <assert.h>
#include <string.h>
#include <sys/random.h>

/* What phones know since they know SRTP at all. */
#define SUITE       CRYPTO_AES_CM_128_HMAC_SHA1_32
#define KEY_VERSION 5 /* messages of older phones have no room for a key */
#define SALT_LEN    14

static const char *why_clear(const struct phone *phone)
{
        char how[TLS_TEXT_SIZE];
        if (!phone->session) /* lost, and its calls go on */
                return "the phone is away";
        if (!sccp_session_tls(phone->session, how))
                return "the phone came without TLS";
        if (sccp_session_version(phone->session) < KEY_VERSION)
                return "the phone is too old for it";
        if (phone->clear_only)
                return "the phone refuses it";
        return phone->gateway->srtp_suites & 1u << SUITE ? NULL : "this machine cannot do it";
}

bool phone_secret_due(const struct phone *phone)
{
        return phone->gateway->config->media.phone_srtp != CRYPTO_POLICY_OFF && !why_clear(phone);
}

static void make(struct crypto_key *key)
{
        size_t len = crypto_suite_info(SUITE)->key_len;
        *key = (struct crypto_key){{0}};
        ssize_t made = getrandom(key->bytes, len, 0);
        assert(made == (ssize_t)len);
}

bool phone_secret_open(struct call_slot *slot)
{
        enum crypto_policy policy = slot->phone->gateway->config->media.phone_srtp;
        const char *why = slot->call.direct ? "its audio does not pass this gateway" : why_clear(slot->phone);
        crypto_wipe(&slot->phone_keys, sizeof slot->phone_keys);
        slot->phone_key_used = false;
        if (policy == CRYPTO_POLICY_OFF || !slot->phone->session)
                return true;
        if (why && policy == CRYPTO_POLICY_REQUIRED)
                log_warning(slot->phone->config->name, "call %u: no audio without SRTP (media.phone_srtp), and %s",
                            slot->id, why);
        if (why)
                return policy != CRYPTO_POLICY_REQUIRED;
        slot->phone_keys.suite = SUITE;
        make(&slot->phone_keys.send);
        make(&slot->phone_keys.receive);
        return true;
}

bool phone_secret_send(struct call_slot *slot)
{
        bool used = slot->phone_key_used;
        slot->phone_key_used = true;
        if (slot->phone_keys.suite == CRYPTO_NONE || !used)
                return true;
        make(&slot->phone_keys.receive);
        return relay_secure(slot->phone->gateway->relay, slot->id, RELAY_PHONE, &slot->phone_keys);
}

struct sccp_media_key phone_secret_key(const struct call_slot *slot, const struct crypto_key *key)
{
        struct sccp_media_key out = {.algorithm = SCCP_CIPHER_NONE};
        if (slot->phone_keys.suite == CRYPTO_NONE)
                return out;
        out.algorithm = SCCP_CIPHER_AES_CM_128_HMAC_SHA1_32;
        out.key_len = CRYPTO_MASTER_LEN;
        out.salt_len = SALT_LEN;
        memcpy(out.key, key->bytes, CRYPTO_MASTER_LEN);
        memcpy(out.salt, key->bytes + CRYPTO_MASTER_LEN, SALT_LEN);
        return out;
}

bool phone_secret_refused(struct call_slot *slot)
{
        struct phone *phone = slot->phone;
        if (slot->phone_keys.suite == CRYPTO_NONE || phone->gateway->config->media.phone_srtp != CRYPTO_POLICY_OPTIONAL)
                return false;
        phone->clear_only = true;
        log_warning(phone->config->name,
                    "call %u: the phone refuses encrypted audio, and has it in the clear until it registers again",
                    slot->id);
        return true;
}

static bool is_secret_in(const struct call_slot *slot, uint32_t room)
{
        const struct call *call = &slot->call;
        if (slot->done || call_room(call) != room)
                return true;
        return (!call->seated[SIDE_PHONE] || slot->phone_keys.suite != CRYPTO_NONE) &&
               (!call->seated[SIDE_FAR] || call->stream.keys.suite != CRYPTO_NONE);
}

static bool are_secret_in(const struct phone *phone, uint32_t room)
{
        for (const struct call_slot *slot = phone->calls; slot; slot = slot->next)
                if (!is_secret_in(slot, room))
                        return false;
        return true;
}

/* Members of a conference are calls of its phone; those who joined a call of a shared line are on its other phones. */
bool phone_secret_all(const struct call_slot *slot)
{
        uint32_t room = call_room(&slot->call);
        if (slot->phone_keys.suite == CRYPTO_NONE)
                return false;
        if (!room)
                return slot->call.stream.keys.suite != CRYPTO_NONE;
        for (const struct phone_line *line = slot->line->account->lines; line; line = line->next)
                if (!are_secret_in(line->phone, room))
                        return false;
        return true;
}
