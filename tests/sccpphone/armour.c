#include "armour.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct armour {
        SSL_CTX *context;
        SSL *ssl;
        int socket;
};

static bool set_version(SSL_CTX *context, const char *version)
{
        static const struct {
                const char *name;
                int version;
        } known[] = {{"1.0", TLS1_VERSION}, {"1.1", TLS1_1_VERSION}, {"1.2", TLS1_2_VERSION}, {"1.3", TLS1_3_VERSION}};
        for (size_t i = 0; i < sizeof known / sizeof *known; i++)
                if (!version || strcmp(known[i].name, version) == 0)
                        return SSL_CTX_set_min_proto_version(context, known[i].version) == 1 &&
                               SSL_CTX_set_max_proto_version(context, version ? known[i].version : 0) == 1;
        return false;
}

/* Phones of before 2014 know nothing better than AES128-SHA. */
static bool prepare(SSL_CTX *context, const struct armour_options *options)
{
        bool old = options->version && strcmp(options->version, "1.2") < 0;
        SSL_CTX_set_security_level(context, 0);
        SSL_CTX_set_options(context, SSL_OP_IGNORE_UNEXPECTED_EOF);
        if (!set_version(context, options->version) || (old && SSL_CTX_set_cipher_list(context, "AES128-SHA") != 1))
                return false;
        if (options->ca) {
                SSL_CTX_set_verify(context, SSL_VERIFY_PEER, NULL);
                if (SSL_CTX_load_verify_locations(context, options->ca, NULL) != 1)
                        return false;
        }
        return !options->cert || (SSL_CTX_use_certificate_chain_file(context, options->cert) == 1 &&
                                  SSL_CTX_use_PrivateKey_file(context, options->key, SSL_FILETYPE_PEM) == 1);
}

struct armour *armour_open(const struct armour_options *options, int socket)
{
        struct armour *armour = calloc(1, sizeof *armour);
        if (!armour)
                return NULL;
        armour->socket = socket;
        armour->context = SSL_CTX_new(TLS_client_method());
        if (armour->context && prepare(armour->context, options) && (armour->ssl = SSL_new(armour->context)) &&
            SSL_set_fd(armour->ssl, socket) == 1 && SSL_connect(armour->ssl) == 1) {
                fcntl(socket, F_SETFL, O_NONBLOCK);
                printf("tls: %s, %s\n", SSL_get_version(armour->ssl), SSL_get_cipher_name(armour->ssl));
                return armour;
        }
        const char *why = ERR_reason_error_string(ERR_peek_error());
        printf("tls failed: %s\n", why ? why : "the connection ended");
        ERR_clear_error();
        armour_close(armour);
        return NULL;
}

void armour_close(struct armour *armour)
{
        if (!armour)
                return;
        SSL_free(armour->ssl);
        SSL_CTX_free(armour->context);
        free(armour);
}

ssize_t armour_read(struct armour *armour, void *to, size_t size)
{
        int len = SSL_read(armour->ssl, to, (int)size);
        int error = len > 0 ? SSL_ERROR_NONE : SSL_get_error(armour->ssl, len);
        ERR_clear_error();
        errno = error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE ? EAGAIN : EPROTO;
        return len > 0 ? len : error == SSL_ERROR_ZERO_RETURN ? 0 : -1;
}

bool armour_more(struct armour *armour)
{
        return SSL_pending(armour->ssl) > 0;
}

ssize_t armour_write(struct armour *armour, const void *from, size_t size)
{
        int len;
        while ((len = SSL_write(armour->ssl, from, (int)size)) <= 0) {
                struct pollfd room = {.fd = armour->socket, .events = POLLOUT};
                if (SSL_get_error(armour->ssl, len) != SSL_ERROR_WANT_WRITE || poll(&room, 1, 5000) != 1)
                        return -1;
        }
        return len;
}
