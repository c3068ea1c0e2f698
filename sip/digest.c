#include "sip/digest.h"

#include <sofia-sip/su_md5.h>
#include <string.h>
#include <strings.h>

#include "gateway/base/text.h"
#include "sip/sha256.h"

#define HASH_TEXT_SIZE   (2 * SHA256_SIZE + 1)
#define DIGEST_NAME_SIZE 256

static const struct algorithm {
        const char *name;
        bool sha256;
        bool session; /* the first hash is mixed with both nonces (RFC 7616 section 3.4.2) */
} algorithms[] = {
        [DIGEST_MD5] = {"MD5", false, false},
        [DIGEST_MD5_SESS] = {"MD5-sess", false, true},
        [DIGEST_SHA256] = {"SHA-256", true, false},
        [DIGEST_SHA256_SESS] = {"SHA-256-sess", true, true},
};

#define ALGORITHMS (sizeof algorithms / sizeof algorithms[0])

static void hex_write(const uint8_t *bytes, size_t len, char *out)
{
        static const char digits[] = "0123456789abcdef";
        for (size_t i = 0; i < len; i++) {
                out[2 * i] = digits[bytes[i] >> 4];
                out[2 * i + 1] = digits[bytes[i] & 15];
        }
        out[2 * len] = '\0';
}

static void hash_md5(const char *const parts[], char out[HASH_TEXT_SIZE])
{
        uint8_t sum[SU_MD5_DIGEST_SIZE];
        su_md5_t md5;
        su_md5_init(&md5);
        for (size_t i = 0; parts[i]; i++) {
                if (i > 0)
                        su_md5_update(&md5, ":", 1);
                su_md5_update(&md5, parts[i], (usize_t)strlen(parts[i]));
        }
        su_md5_digest(&md5, sum);
        hex_write(sum, sizeof sum, out);
}

static void hash_sha256(const char *const parts[], char out[HASH_TEXT_SIZE])
{
        uint8_t sum[SHA256_SIZE];
        struct sha256 sha;
        sha256_start(&sha);
        for (size_t i = 0; parts[i]; i++) {
                if (i > 0)
                        sha256_add(&sha, ":", 1);
                sha256_add(&sha, parts[i], strlen(parts[i]));
        }
        sha256_end(&sha, sum);
        hex_write(sum, sizeof sum, out);
}

/* Hash of the parts, up to a NULL, with colons between them. */
static void hash(const struct algorithm *algorithm, const char *const parts[], char out[HASH_TEXT_SIZE])
{
        (algorithm->sha256 ? hash_sha256 : hash_md5)(parts, out);
}

/* The value of "name=value", without its quotes; NULL when this is another parameter. */
static const char *param_value(const char *param, const char *name, size_t *len)
{
        size_t name_len = strlen(name);
        if (strncasecmp(param, name, name_len) != 0 || param[name_len] != '=')
                return NULL;
        const char *value = param + name_len + 1;
        *len = strlen(value);
        if (*len >= 2 && value[0] == '"' && value[*len - 1] == '"') {
                value++;
                *len -= 2;
        }
        return value;
}

/* 1: copied, 0: another parameter, -1: does not fit. */
static int param_copy(const char *param, const char *name, char *to, size_t size)
{
        size_t len = 0;
        const char *value = param_value(param, name, &len);
        if (!value)
                return 0;
        return text_copy_n(to, size, value, len) ? 1 : -1;
}

static bool algorithm_read(const char *name, enum digest_algorithm *out)
{
        for (size_t i = 0; i < ALGORITHMS; i++) {
                if (text_equal_nocase(name, algorithms[i].name)) {
                        *out = (enum digest_algorithm)i;
                        return true;
                }
        }
        return false;
}

/* Is "auth" one of the words of a qop list such as "auth,auth-int"? */
static bool qop_has_auth(const char *list)
{
        for (const char *at = list; *at; at += strcspn(at, ", ")) {
                at += strspn(at, ", ");
                if (strcspn(at, ", ") == 4 && strncasecmp(at, "auth", 4) == 0)
                        return true;
        }
        return false;
}

struct challenge {
        struct digest digest;
        char algorithm[32], qop[64], stale[16];
        bool realm_told;
};

/* False: too long to be kept. Unknown parameters are passed over. */
static bool challenge_param(struct challenge *challenge, const char *param)
{
        struct digest *digest = &challenge->digest;
        int realm = param_copy(param, "realm", digest->realm, sizeof digest->realm);
        int opaque = param_copy(param, "opaque", digest->opaque, sizeof digest->opaque);
        int others[] = {
                param_copy(param, "nonce", digest->nonce, sizeof digest->nonce),
                param_copy(param, "algorithm", challenge->algorithm, sizeof challenge->algorithm),
                param_copy(param, "qop", challenge->qop, sizeof challenge->qop),
                param_copy(param, "stale", challenge->stale, sizeof challenge->stale),
        };
        challenge->realm_told |= realm > 0;
        digest->opaque_told |= opaque > 0;
        for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
                if (others[i] < 0)
                        return false;
        }
        return realm >= 0 && opaque >= 0;
}

bool digest_take(struct digest *digest, const char *const *params)
{
        struct challenge challenge = {.algorithm = "MD5"};
        struct digest *taken = &challenge.digest;
        for (; params && *params; params++) {
                if (!challenge_param(&challenge, *params))
                        return false;
        }
        if (!challenge.realm_told || !taken->nonce[0] || !algorithm_read(challenge.algorithm, &taken->algorithm))
                return false;
        taken->qop = challenge.qop[0] != '\0';
        if (taken->qop && !qop_has_auth(challenge.qop))
                return false;
        taken->stale = text_equal_nocase(challenge.stale, "true");
        taken->set = true;
        *digest = *taken;
        return true;
}

static void response_make(const struct digest *digest, const struct digest_user *user, const char *method,
                          const char *uri, const char *count, const char *cnonce, char out[HASH_TEXT_SIZE])
{
        const struct algorithm *algorithm = &algorithms[digest->algorithm];
        char secret[HASH_TEXT_SIZE], request[HASH_TEXT_SIZE];
        hash(algorithm, (const char *[]){user->name, digest->realm, user->password, NULL}, secret);
        if (algorithm->session)
                hash(algorithm, (const char *[]){secret, digest->nonce, cnonce, NULL}, secret);
        hash(algorithm, (const char *[]){method, uri, NULL}, request);
        if (digest->qop)
                hash(algorithm, (const char *[]){secret, digest->nonce, count, cnonce, "auth", request, NULL}, out);
        else
                hash(algorithm, (const char *[]){secret, digest->nonce, request, NULL}, out);
}

/* Quotes and backslashes of a user's name get a backslash in a quoted-string. False: too long. */
static bool name_quote(const char *name, char *out, size_t size)
{
        size_t at = 0;
        for (; *name && at + 3 < size; name++) {
                if (*name == '"' || *name == '\\')
                        out[at++] = '\\';
                out[at++] = *name;
        }
        out[at] = '\0';
        return *name == '\0';
}

bool digest_answer(struct digest *digest, const struct digest_user *user, const char *method, const char *uri,
                   const char *cnonce, char out[DIGEST_ANSWER_SIZE])
{
        char response[HASH_TEXT_SIZE], count[9], name[DIGEST_NAME_SIZE];
        out[0] = '\0';
        if (!digest->set || !name_quote(user->name, name, sizeof name))
                return false;
        text_printf(count, sizeof count, "%08x", ++digest->uses);
        response_make(digest, user, method, uri, count, cnonce, response);
        bool fits = text_printf(out, DIGEST_ANSWER_SIZE,
                                "Digest username=\"%s\", realm=\"%s\", nonce=\"%s\", uri=\"%s\", response=\"%s\", "
                                "algorithm=%s",
                                name, digest->realm, digest->nonce, uri, response, algorithms[digest->algorithm].name);
        if (digest->opaque_told)
                fits &= text_append(out, DIGEST_ANSWER_SIZE, ", opaque=\"%s\"", digest->opaque);
        if (digest->qop || algorithms[digest->algorithm].session)
                fits &= text_append(out, DIGEST_ANSWER_SIZE, ", cnonce=\"%s\"", cnonce);
        if (digest->qop)
                fits &= text_append(out, DIGEST_ANSWER_SIZE, ", qop=auth, nc=%s", count);
        return fits;
}
