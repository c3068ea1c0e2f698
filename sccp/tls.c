/* The socket is OpenSSL's only BIO: there is no second buffer. Sessions are not kept: a phone comes once in days, and
 * would have to be asked for its certificate again. */
#include "sccp/tls.h"

#include <errno.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "gateway/base/text.h"

#define WHY_SIZE 160

struct tls_room {
        SSL_CTX *context;
        int64_t turn;
        unsigned steps; /* taken in this turn */
        bool asks;
};

struct tls {
        SSL *ssl;
        struct tls_room *room;
        bool greeted, broken, wants_room;
        char why[WHY_SIZE];
};

/* ---- the room ---- */

/* By how old the oldest peers are. Neither list has what is not encrypted or has no certificate, and none has DHE,
 * which costs most. Key exchange by RSA is what phones of 2004 know. */
static const struct {
        int version, level;
        const char *ciphers;
} oldest[] = {
        [TLS_OLDEST_1_0] = {TLS1_VERSION, 0, "ECDHE+AESGCM:ECDHE+CHACHA20:ECDHE+AES:kRSA+AESGCM:kRSA+AES"},
        [TLS_OLDEST_1_1] = {TLS1_1_VERSION, 0, "ECDHE+AESGCM:ECDHE+CHACHA20:ECDHE+AES:kRSA+AESGCM:kRSA+AES"},
        [TLS_OLDEST_1_2] = {TLS1_2_VERSION, 2, "ECDHE+AESGCM:ECDHE+CHACHA20:ECDHE+AES:kRSA+AESGCM"},
        [TLS_OLDEST_1_3] = {TLS1_3_VERSION, 2, "ECDHE+AESGCM:ECDHE+CHACHA20"},
};

/* What OpenSSL says of the first of its problems, the one that led to the others. */
static const char *reason(void)
{
        unsigned long error = ERR_peek_error();
        const char *text = error && !ERR_SYSTEM_ERROR(error) ? ERR_reason_error_string(error) : NULL;
        return text ? text : error ? strerror(ERR_GET_REASON(error)) : "no reason is known";
}

/* Nobody is there to be asked. */
static int no_passphrase(char *out, int size, int writing, void *owner)
{
        (void)out, (void)size, (void)writing;
        *(bool *)owner = true;
        return -1;
}

static bool blame(enum tls_file file, const char *path, const char *text, enum tls_file *whose, char *why, size_t size)
{
        *whose = file;
        text_printf(why, size, "%s: %s", path, text);
        return false;
}

static bool load_cert(SSL_CTX *context, const char *path, enum tls_file *whose, char *why, size_t size)
{
        if (SSL_CTX_use_certificate_chain_file(context, path) == 1)
                return true;
        bool none = ERR_GET_REASON(ERR_peek_error()) == PEM_R_NO_START_LINE;
        return blame(TLS_CERT, path, none ? "there is no certificate in it (PEM)" : reason(), whose, why, size);
}

static bool load_key(SSL_CTX *context, const char *path, enum tls_file *whose, char *why, size_t size)
{
        bool asked = false;
        SSL_CTX_set_default_passwd_cb(context, no_passphrase);
        SSL_CTX_set_default_passwd_cb_userdata(context, &asked);
        bool loaded = SSL_CTX_use_PrivateKey_file(context, path, SSL_FILETYPE_PEM) == 1;
        int problem = ERR_GET_REASON(ERR_peek_last_error());
        SSL_CTX_set_default_passwd_cb_userdata(context, NULL);
        if (loaded && SSL_CTX_check_private_key(context) == 1)
                return true;
        const char *text = asked ? "the key is protected by a passphrase"
                           : problem == X509_R_KEY_VALUES_MISMATCH || problem == X509_R_KEY_TYPE_MISMATCH
                                   ? "the key does not belong to the certificate"
                           : ERR_SYSTEM_ERROR(ERR_peek_error()) ? reason()
                                                                : "there is no private key in it (PEM)";
        return blame(TLS_KEY, path, text, whose, why, size);
}

/* An authority in between is enough: makers of phones give out those, not their roots. */
static bool load_client_ca(SSL_CTX *context, const char *path, enum tls_file *whose, char *why, size_t size)
{
        STACK_OF(X509_NAME) *names = SSL_load_client_CA_file(path);
        if (!names || sk_X509_NAME_num(names) == 0 || SSL_CTX_load_verify_locations(context, path, NULL) != 1) {
                const char *text = ERR_SYSTEM_ERROR(ERR_peek_error()) ? reason()
                                                                      : "there is no certificate in it (PEM)";
                sk_X509_NAME_pop_free(names, X509_NAME_free);
                return blame(TLS_CLIENT_CA, path, text, whose, why, size);
        }
        SSL_CTX_set_client_CA_list(context, names);
        SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
        X509_VERIFY_PARAM_set_flags(SSL_CTX_get0_param(context), X509_V_FLAG_PARTIAL_CHAIN);
        return true;
}

static bool set_manners(SSL_CTX *context, enum tls_oldest age)
{
        SSL_CTX_set_security_level(context, oldest[age].level);
        SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
        SSL_CTX_set_num_tickets(context, 0);
        SSL_CTX_set_options(context, SSL_OP_NO_TICKET | SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION |
                                             SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_IGNORE_UNEXPECTED_EOF);
        SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                          SSL_MODE_RELEASE_BUFFERS);
        return SSL_CTX_set_min_proto_version(context, oldest[age].version) == 1 &&
               SSL_CTX_set_max_proto_version(context, 0) == 1 &&
               SSL_CTX_set_cipher_list(context, oldest[age].ciphers) == 1;
}

static bool room_fill(struct tls_room *room, const struct tls_settings *settings, enum tls_file *whose, char *why,
                      size_t size)
{
        const char *ca = settings->files[TLS_CLIENT_CA];
        room->asks = ca;
        return set_manners(room->context, settings->oldest) &&
               load_cert(room->context, settings->files[TLS_CERT], whose, why, size) &&
               load_key(room->context, settings->files[TLS_KEY], whose, why, size) &&
               (!ca || load_client_ca(room->context, ca, whose, why, size));
}

struct tls_room *tls_room_new(const struct tls_settings *settings, enum tls_file *whose, char *why, size_t why_size)
{
        struct tls_room *room = calloc(1, sizeof *room);
        *whose = TLS_CERT;
        text_copy(why, why_size, "OpenSSL cannot be used");
        ERR_clear_error();
        if (room)
                room->context = SSL_CTX_new(TLS_server_method());
        if (room && room->context && room_fill(room, settings, whose, why, why_size))
                return room;
        ERR_clear_error();
        tls_room_free(room);
        return NULL;
}

void tls_room_free(struct tls_room *room)
{
        if (room)
                SSL_CTX_free(room->context);
        free(room);
}

bool tls_room_asks(const struct tls_room *room)
{
        return room->asks;
}

/* ---- a connection ---- */

struct tls *tls_new(struct tls_room *room, int socket)
{
        struct tls *tls = calloc(1, sizeof *tls);
        if (!tls)
                return NULL;
        tls->room = room;
        tls->ssl = SSL_new(room->context);
        if (tls->ssl && SSL_set_fd(tls->ssl, socket) == 1) {
                SSL_set_accept_state(tls->ssl);
                return tls;
        }
        ERR_clear_error();
        tls_free(tls);
        return NULL;
}

void tls_free(struct tls *tls)
{
        if (!tls)
                return;
        if (tls->ssl && tls->greeted && !tls->broken)
                SSL_shutdown(tls->ssl);
        SSL_free(tls->ssl);
        ERR_clear_error();
        free(tls);
}

static void note_why(struct tls *tls)
{
        long verdict = SSL_get_verify_result(tls->ssl);
        const char *text = reason();
        if (verdict != X509_V_OK)
                text_printf(tls->why, sizeof tls->why, "%s: %s", text, X509_verify_cert_error_string(verdict));
        else
                text_copy(tls->why, sizeof tls->why, text);
}

/* What an operation that did not succeed means, as errno: EAGAIN, EPROTO, the socket's own, or 0 for an end. */
static int outcome(struct tls *tls, int result)
{
        int saved = errno;
        switch (SSL_get_error(tls->ssl, result)) {
        case SSL_ERROR_WANT_WRITE:
                tls->wants_room = true;
                return EAGAIN;
        case SSL_ERROR_WANT_READ:
                return EAGAIN;
        case SSL_ERROR_ZERO_RETURN:
                return 0;
        case SSL_ERROR_SYSCALL:
                tls->broken = true;
                return saved;
        default:
                tls->broken = true;
                note_why(tls);
                return EPROTO;
        }
}

static bool has_turn(struct tls_room *room, int64_t turn)
{
        if (room->turn != turn)
                room->steps = 0;
        room->turn = turn;
        return room->steps++ < TLS_STEPS_PER_TURN;
}

static bool said_something(const struct tls *tls)
{
        return BIO_number_read(SSL_get_rbio(tls->ssl)) > 0;
}

enum tls_answer tls_greet(struct tls *tls, int64_t turn)
{
        if (!has_turn(tls->room, turn))
                return TLS_WAITS;
        ERR_clear_error();
        errno = 0;
        tls->wants_room = false;
        int result = SSL_do_handshake(tls->ssl);
        if (result == 1) {
                tls->greeted = true;
                return TLS_DONE;
        }
        int error = outcome(tls, result);
        if (error == EAGAIN)
                return TLS_WAITS;
        tls->broken = true;
        if (error != EPROTO)
                text_copy(tls->why, sizeof tls->why, error ? strerror(error) : "the phone left in the middle of it");
        return error != EPROTO && !said_something(tls) ? TLS_LEFT : TLS_FAILED;
}

static ssize_t answer(struct tls *tls, int result, size_t done)
{
        if (result == 1)
                return (ssize_t)done;
        errno = outcome(tls, result);
        return errno ? -1 : 0;
}

ssize_t tls_recv(struct tls *tls, void *to, size_t size)
{
        size_t done = 0;
        ERR_clear_error();
        errno = 0;
        tls->wants_room = false;
        int result = SSL_read_ex(tls->ssl, to, size, &done);
        return answer(tls, result, done);
}

ssize_t tls_send(struct tls *tls, const void *from, size_t size)
{
        size_t done = 0;
        ERR_clear_error();
        errno = 0;
        tls->wants_room = false;
        int result = SSL_write_ex(tls->ssl, from, size, &done);
        return answer(tls, result, done);
}

bool tls_wants_room(const struct tls *tls)
{
        return tls->wants_room;
}

const char *tls_why(const struct tls *tls)
{
        return tls->why;
}

void tls_print(const struct tls *tls, char out[TLS_TEXT_SIZE])
{
        text_printf(out, TLS_TEXT_SIZE, "%s, %s", SSL_get_version(tls->ssl), SSL_get_cipher_name(tls->ssl));
}

/* ---- whose certificate ---- */

bool tls_name_is_of(const char *common_name, const char *device)
{
        size_t len = strlen(common_name), name = strlen(device);
        if (name == 0 || len < name || strcasecmp(common_name + len - name, device) != 0)
                return false;
        return len == name || common_name[len - name - 1] == '-';
}

static bool entry_is_of(const X509_NAME *subject, int at, const char *device)
{
        unsigned char *text = NULL;
        int len = ASN1_STRING_to_UTF8(&text, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, at)));
        bool is = len > 0 && strlen((const char *)text) == (size_t)len && tls_name_is_of((const char *)text, device);
        OPENSSL_free(text);
        return is;
}

/* The last one counts, the most particular. */
bool tls_is_of(const struct tls *tls, const char *device)
{
        X509 *certificate = SSL_get0_peer_certificate(tls->ssl);
        const X509_NAME *subject = certificate ? X509_get_subject_name(certificate) : NULL;
        int last = -1;
        for (int at = -1; subject && (at = X509_NAME_get_index_by_NID(subject, NID_commonName, at)) >= 0;)
                last = at;
        return last >= 0 && entry_is_of(subject, last, device);
}
