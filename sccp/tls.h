/* TLS under SCCP: what phones with certificates connect to (protocol/README section 6). OpenSSL is known here only. A
 * room is what the gateway is towards all of them, a struct tls is one connection; both belong to the loop's thread. */
#ifndef SCCPGW_SCCP_TLS_H
#define SCCPGW_SCCP_TLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum tls_file { TLS_CERT, TLS_KEY, TLS_CLIENT_CA, TLS_FILES };

/* The oldest version that is spoken. Below 1.2 the keys, hashes and signatures of old phones are taken too: RSA of 1024
 * bits, SHA-1. */
enum tls_oldest { TLS_OLDEST_1_0, TLS_OLDEST_1_1, TLS_OLDEST_1_2, TLS_OLDEST_1_3 };

struct tls_settings {
        const char *files[TLS_FILES]; /* PEM; no client CA: phones are not asked for a certificate */
        enum tls_oldest oldest;
};

/* Steps of handshakes that one turn of the loop has time for, half a millisecond each: whoever floods us with them has
 * phones that are here wait a few milliseconds, not more. The rest come with the next turn. */
#define TLS_STEPS_PER_TURN 8

struct tls_room;
struct tls;

/* NULL with a sentence in `why`; *whose is the file to blame. */
struct tls_room *tls_room_new(const struct tls_settings *settings, enum tls_file *whose, char *why, size_t why_size);
void tls_room_free(struct tls_room *room);       /* after its connections; NULL is none */
bool tls_room_asks(const struct tls_room *room); /* every phone has shown its certificate */

/* One connection over a non-blocking socket, which stays the caller's. NULL: out of memory. */
struct tls *tls_new(struct tls_room *room, int socket);
void tls_free(struct tls *tls); /* says good-bye when that takes no waiting; NULL is none */

enum tls_answer {
        TLS_DONE,   /* the handshake is over, what follows is data */
        TLS_WAITS,  /* for the socket, or for the next turn */
        TLS_LEFT,   /* the peer went without a word: whoever looks for open ports */
        TLS_FAILED, /* tls_why */
};

/* A step of the handshake. `turn`: any number that is another one in every turn of the loop. */
enum tls_answer tls_greet(struct tls *tls, int64_t turn);

/* As recv(2) and send(2); EPROTO: tls_why. What was not sent is to be given again, and may have grown at its end. */
ssize_t tls_recv(struct tls *tls, void *to, size_t size);
ssize_t tls_send(struct tls *tls, const void *from, size_t size);
bool tls_wants_room(const struct tls *tls); /* it waits for the socket to take more */

const char *tls_why(const struct tls *tls); /* what was wrong, in OpenSSL's words */

/* "TLSv1.2, AES128-SHA"; after the handshake. */
#define TLS_TEXT_SIZE 64
void tls_print(const struct tls *tls, char out[TLS_TEXT_SIZE]);

/* Does the certificate the phone showed belong to the device of that name? */
bool tls_is_of(const struct tls *tls, const char *device);
/* A phone's common name is its device name (SEP001122334455), or that behind its model (CP-7962G-SEP001122334455). */
bool tls_name_is_of(const char *common_name, const char *device);

#endif
