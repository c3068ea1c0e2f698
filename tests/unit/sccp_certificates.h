/* Certificates for the tests of TLS, made when they are wanted. */
#ifndef SCCPGW_TESTS_SCCP_CERTIFICATES_H
#define SCCPGW_TESTS_SCCP_CERTIFICATES_H

#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>

#include "sccp_world.h"

/* A certificate and its key; of an authority, or signed by one. */
struct identity {
        EVP_PKEY *key;
        X509 *cert;
        char cert_path[96], key_path[96];
};

static char folder[64];

static inline void name_set(X509_NAME *name, const char *cn)
{
        X509_NAME_add_entry_by_txt(name, "O", MBSTRING_UTF8, (const unsigned char *)"Cisco Systems Inc.", -1, -1, 0);
        X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, (const unsigned char *)cn, -1, -1, 0);
}

static inline void identity_write(struct identity *id, const char *file, const char *passphrase)
{
        text_printf(id->cert_path, sizeof id->cert_path, "%s/%s.crt", folder, file);
        text_printf(id->key_path, sizeof id->key_path, "%s/%s.key", folder, file);
        FILE *cert = fopen(id->cert_path, "w"), *key = fopen(id->key_path, "w");
        assert_true(cert && key);
        assert_int_equal(PEM_write_X509(cert, id->cert), 1);
        assert_int_equal(PEM_write_PrivateKey(key, id->key, passphrase ? EVP_aes_128_cbc() : NULL, NULL, 0, NULL,
                                              (void *)(uintptr_t)passphrase),
                         1);
        fclose(cert);
        fclose(key);
}

static inline struct identity identity_new(const char *file, const char *cn, unsigned bits, const EVP_MD *hash,
                                           const struct identity *issuer, bool authority)
{
        static long serial;
        struct identity id = {.key = EVP_RSA_gen(bits), .cert = X509_new()};
        assert_true(id.key && id.cert);
        X509_set_version(id.cert, 2);
        ASN1_INTEGER_set(X509_get_serialNumber(id.cert), ++serial);
        X509_gmtime_adj(X509_getm_notBefore(id.cert), -3600);
        X509_gmtime_adj(X509_getm_notAfter(id.cert), 86400);
        X509_set_pubkey(id.cert, id.key);
        name_set(X509_get_subject_name(id.cert), cn);
        X509_set_issuer_name(id.cert, X509_get_subject_name(issuer ? issuer->cert : id.cert));
        X509_EXTENSION *basic = X509V3_EXT_conf_nid(NULL, NULL, NID_basic_constraints,
                                                    authority ? "critical,CA:TRUE" : "CA:FALSE");
        X509_add_ext(id.cert, basic, -1);
        X509_EXTENSION_free(basic);
        assert_true(X509_sign(id.cert, issuer ? issuer->key : id.key, hash) > 0);
        identity_write(&id, file, NULL);
        return id;
}

static inline void identity_free(struct identity *id)
{
        EVP_PKEY_free(id->key);
        X509_free(id->cert);
}

#endif
