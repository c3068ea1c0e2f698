/* The other end of the control socket: asks a running gateway and waits for the answer. For the program's own
 * commands, which have nothing else to do meanwhile. */
#ifndef SCCPGW_STATUS_CLIENT_H
#define SCCPGW_STATUS_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#define CLIENT_PATIENCE_S 5 /* a gateway whose loop has not turned for so long is not well */
#define CLIENT_BODY_MAX   (64u * 1024 * 1024)

enum client_result {
        CLIENT_ANSWERED,
        CLIENT_NOT_RUNNING, /* nobody listens at that socket */
        CLIENT_FAILED,      /* not permitted, no answer in time, or no answer one can read */
};

struct client_answer {
        unsigned status;
        char *body; /* from malloc; ends in a NUL */
        size_t len;
        char why[256]; /* CLIENT_NOT_RUNNING, CLIENT_FAILED: one sentence */
};

/* `method` and `path` go out as they are; `body` NULL: none. */
enum client_result client_ask(const char *socket, const char *method, const char *path, const char *body,
                              struct client_answer *answer);

/* The same, but a good answer has no end: it is copied to `to`, flushed as it comes, until the gateway ends it or `to`
 * cannot be written, and answer->body stays NULL. */
enum client_result client_follow(const char *socket, const char *path, FILE *to, struct client_answer *answer);

/* Appends `part`, percent-encoded where a path wants it. */
void client_path(char *path, size_t size, const char *part);

#endif
