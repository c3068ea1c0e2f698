/* TLS of the simulated phone: as old or new as it is told to be, with a certificate or without. Blocking. */
#ifndef SCCPPHONE_ARMOUR_H
#define SCCPPHONE_ARMOUR_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct armour; /* of one connection */

struct armour_options {
        bool on;
        const char *ca;         /* whom it believes; NULL: everybody */
        const char *cert, *key; /* its own; NULL: none */
        const char *version;    /* "1.0" ... "1.3": this one alone; NULL: any */
};

/* The handshake; NULL with a line on standard output. */
struct armour *armour_open(const struct armour_options *options, int socket);
void armour_close(struct armour *armour); /* NULL is none */
/* As recv(2) with MSG_DONTWAIT, and send(2). */
ssize_t armour_read(struct armour *armour, void *to, size_t size);
bool armour_more(struct armour *armour); /* something was read already: the socket will not tell */
ssize_t armour_write(struct armour *armour, const void *from, size_t size);

#endif
