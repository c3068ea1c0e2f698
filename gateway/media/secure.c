#include "gateway/media/secure.h"

#include <arpa/inet.h>
#include <assert.h>
#include <link.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include <srtp2/srtp.h>

#include "gateway/base/text.h"

#define WINDOW        256  /* packets that may be late, and whose second coming is noticed: 5 s */
#define RESTART_AFTER 3    /* packets in a row that lie before what was sent: its numbers have begun anew */
#define COPY_MAX      2048 /* what is tried under two keys; longer packets are under the new one or lost */

_Static_assert((int)SECURE_TRAILER_MAX >= SRTP_MAX_TRAILER_LEN + 4, "room for what SRTCP adds");

struct source {
        uint32_t name;   /* as it comes here */
        uint32_t called; /* on its way: the same, as long as its numbers go up */
        uint8_t refused; /* in a row, for being sent before */
};

/* One direction under one key. */
struct way {
        srtp_t session; /* NULL: nothing passes */
        struct source sources[SECURE_SOURCES];
        uint32_t gone[SECURE_SOURCES_GONE];
        uint8_t n_sources, n_gone, next_gone;
        bool outwards;
};

struct secure {
        struct crypto_keys keys;
        struct way out, in;
        struct way before; /* in, under the key before */
};

typedef srtp_err_status_t transform(srtp_t session, void *packet, int *len);

static void policy_set(srtp_policy_t *policy, enum crypto_suite suite)
{
        switch (suite) {
        case CRYPTO_AEAD_AES_128_GCM:
                srtp_crypto_policy_set_aes_gcm_128_16_auth(&policy->rtp);
                srtp_crypto_policy_set_aes_gcm_128_16_auth(&policy->rtcp);
                return;
        case CRYPTO_AES_CM_128_HMAC_SHA1_32: /* RTCP keeps its 80 bits: RFC 4568 section 6.2.2 */
                srtp_crypto_policy_set_aes_cm_128_hmac_sha1_32(&policy->rtp);
                break;
        default:
                srtp_crypto_policy_set_rtp_default(&policy->rtp);
                break;
        }
        srtp_crypto_policy_set_rtcp_default(&policy->rtcp);
}

static bool way_open(struct way *way, enum crypto_suite suite, const struct crypto_key *key, bool outwards)
{
        struct crypto_key copy = *key; /* the library takes no const */
        srtp_policy_t policy = {
                .ssrc.type = outwards ? ssrc_any_outbound : ssrc_any_inbound, .key = copy.bytes, .window_size = WINDOW};
        policy_set(&policy, suite);
        *way = (struct way){.outwards = outwards};
        bool created = srtp_create(&way->session, &policy) == srtp_err_status_ok;
        if (!created)
                way->session = NULL;
        crypto_wipe(&copy, sizeof copy);
        return created;
}

static void way_close(struct way *way)
{
        if (way->session)
                srtp_dealloc(way->session);
        *way = (struct way){0};
}

static struct source *source_find(struct way *way, uint32_t name)
{
        for (size_t i = 0; i < way->n_sources; i++)
                if (way->sources[i].name == name)
                        return &way->sources[i];
        return NULL;
}

static bool is_gone(const struct way *way, uint32_t name)
{
        for (size_t i = 0; i < way->n_gone; i++)
                if (way->gone[i] == name)
                        return true;
        return false;
}

static void source_ends(struct way *way, uint32_t called)
{
        bool removed = srtp_remove_stream(way->session, htonl(called)) == srtp_err_status_ok;
        assert(removed);
        way->gone[way->next_gone] = called;
        way->next_gone = (uint8_t)((way->next_gone + 1) % SECURE_SOURCES_GONE);
        if (way->n_gone < SECURE_SOURCES_GONE)
                way->n_gone++;
}

/* The oldest leaves when there is no room. */
static void source_begins(struct way *way, uint32_t name)
{
        if (way->n_sources == SECURE_SOURCES) {
                source_ends(way, way->sources[0].called);
                way->n_sources--;
                memmove(&way->sources[0], &way->sources[1], way->n_sources * sizeof way->sources[0]);
        }
        way->sources[way->n_sources++] = (struct source){.name = name, .called = name};
}

/* Phones may number their packets from anywhere again when they are told to send again. To receivers that is a replay,
 * and the same keystream twice; as a new source it is neither. */
static void source_restarts(struct way *way, struct source *source)
{
        uint32_t called;
        if (getrandom(&called, sizeof called, GRND_NONBLOCK) != sizeof called)
                return;
        source_ends(way, source->called);
        source->called = called;
        source->refused = 0;
}

static uint8_t *source_in(bool rtcp, uint8_t *packet)
{
        return packet + (rtcp ? 4 : 8);
}

static uint32_t name_read(const uint8_t *at)
{
        return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

static void name_write(uint8_t *at, uint32_t name)
{
        for (unsigned i = 0; i < 4; i++)
                at[i] = (uint8_t)(name >> (24 - 8 * i));
}

static bool way_pass(struct way *way, transform *apply, uint8_t *name_at, uint8_t *packet, size_t *len)
{
        uint32_t name = name_read(name_at);
        struct source *source = source_find(way, name);
        int size = (int)*len;
        if (!way->session || (!source && is_gone(way, name)))
                return false;
        if (source)
                name_write(name_at, source->called);
        srtp_err_status_t status = apply(way->session, packet, &size);
        if (status == srtp_err_status_ok) {
                if (source)
                        source->refused = 0;
                else
                        source_begins(way, name);
                *len = (size_t)size;
                return true;
        }
        bool sent_before = status == srtp_err_status_replay_old || status == srtp_err_status_replay_fail;
        if (source && way->outwards && sent_before && ++source->refused == RESTART_AFTER)
                source_restarts(way, source);
        return false;
}

/* Debian's build (NSS) fails its own tests when it is begun a second time, and begins and ends the whole of NSS with
 * its first and last context, which takes 14 ms: one context stays for that. */
bool secure_init(void)
{
        static pthread_mutex_t one_at_a_time = PTHREAD_MUTEX_INITIALIZER;
        static struct way stays;
        static const struct crypto_key any = {{0}};
        pthread_mutex_lock(&one_at_a_time);
        bool works = stays.session || (srtp_init() == srtp_err_status_ok &&
                                       way_open(&stays, CRYPTO_AES_CM_128_HMAC_SHA1_80, &any, true));
        pthread_mutex_unlock(&one_at_a_time);
        return works;
}

bool secure_has(enum crypto_suite suite)
{
        static const struct crypto_key any = {{0}};
        struct way way;
        if (!crypto_suite_info(suite))
                return false;
        bool has = way_open(&way, suite, &any, true);
        way_close(&way);
        return has;
}

/* The library does not say what it was built with, but that has to be in memory. */
static int is_backend(struct dl_phdr_info *object, size_t size, void *found)
{
        static const struct {
                const char *file, *name;
        } backends[] = {{"libnss3.", "NSS"}, {"libmbedcrypto.", "mbed TLS"}, {"libcrypto.", "OpenSSL"}};
        (void)size;
        for (size_t i = 0; i < sizeof backends / sizeof *backends; i++)
                if (strstr(object->dlpi_name, backends[i].file))
                        *(const char **)found = backends[i].name;
        return *(const char **)found != NULL;
}

void secure_library(char out[SECURE_LIBRARY_SIZE])
{
        const char *backend = NULL;
        bool gcm = secure_init() && secure_has(CRYPTO_AEAD_AES_128_GCM);
        if (gcm)
                dl_iterate_phdr(is_backend, &backend);
        text_printf(out, SECURE_LIBRARY_SIZE, "%s (%s)", srtp_get_version_string(),
                    !gcm      ? "its own ciphers, without GCM"
                    : backend ? backend
                              : "unknown ciphers");
}

struct secure *secure_new(const struct crypto_keys *keys)
{
        struct secure *secure = calloc(1, sizeof *secure);
        if (secure && !secure_rekey(secure, keys)) {
                secure_free(secure);
                return NULL;
        }
        return secure;
}

void secure_free(struct secure *secure)
{
        if (!secure)
                return;
        way_close(&secure->in);
        way_close(&secure->out);
        way_close(&secure->before);
        crypto_wipe(secure, sizeof *secure);
        free(secure);
}

static bool rekey_out(struct secure *secure, const struct crypto_keys *keys, bool same_suite)
{
        if (same_suite && secure->out.session && crypto_key_equal(&secure->keys.send, &keys->send))
                return true;
        way_close(&secure->out);
        return way_open(&secure->out, keys->suite, &keys->send, true);
}

static bool rekey_in(struct secure *secure, const struct crypto_keys *keys, bool same_suite)
{
        if (same_suite && secure->in.session && crypto_key_equal(&secure->keys.receive, &keys->receive))
                return true;
        way_close(&secure->before);
        secure->before = secure->in;
        return way_open(&secure->in, keys->suite, &keys->receive, false);
}

bool secure_rekey(struct secure *secure, const struct crypto_keys *keys)
{
        bool same_suite = secure->keys.suite == keys->suite;
        bool out = rekey_out(secure, keys, same_suite), in = rekey_in(secure, keys, same_suite);
        secure->keys = *keys;
        return out && in;
}

bool secure_has_keys(const struct secure *secure, const struct crypto_keys *keys)
{
        return crypto_keys_equal(&secure->keys, keys);
}

bool secure_protect(struct secure *secure, bool rtcp, uint8_t *packet, size_t *len)
{
        transform *apply = rtcp ? srtp_protect_rtcp : srtp_protect;
        return way_pass(&secure->out, apply, source_in(rtcp, packet), packet, len);
}

/* A cipher that authenticates while it decrypts has spoilt what it did not accept. */
static bool unprotect_either(struct secure *secure, bool rtcp, uint8_t *packet, size_t *len)
{
        transform *apply = rtcp ? srtp_unprotect_rtcp : srtp_unprotect;
        _Alignas(4) uint8_t copy[COPY_MAX];
        size_t whole = *len < sizeof copy ? *len : sizeof copy;
        memcpy(copy, packet, whole);
        if (way_pass(&secure->in, apply, source_in(rtcp, packet), packet, len)) {
                if (!rtcp)
                        way_close(&secure->before);
                return true;
        }
        if (whole != *len)
                return false;
        memcpy(packet, copy, whole);
        return way_pass(&secure->before, apply, source_in(rtcp, packet), packet, len);
}

bool secure_unprotect(struct secure *secure, bool rtcp, uint8_t *packet, size_t *len)
{
        transform *apply = rtcp ? srtp_unprotect_rtcp : srtp_unprotect;
        if (secure->before.session)
                return unprotect_either(secure, rtcp, packet, len);
        return way_pass(&secure->in, apply, source_in(rtcp, packet), packet, len);
}
