/* Which function a request is for: the one table of verbs behind the control socket and the HTTP port. Pure. */
#ifndef SCCPGW_STATUS_ROUTE_H
#define SCCPGW_STATUS_ROUTE_H

#include <stdbool.h>
#include <stddef.h>

#define ROUTE_NAME_SIZE 32 /* device names have up to 15 characters */

struct http_request;
struct http_reply;

enum {
        ROUTE_TOKEN = 1 << 0, /* over TCP only with the bearer token */
        ROUTE_LOCAL = 1 << 1, /* over the control socket only */
};

struct route {
        const char *method; /* GET stands for HEAD too */
        const char *path;   /* a part NAME stands for any one part */
        unsigned needs;
        void (*run)(void *owner, const struct http_request *request, struct http_reply *reply);
        const char *does; /* in the description of the API: "every phone, and the unknown ones that knocked" */
        const char *body; /* likewise: its JSON body, "" or NULL: none */
};

enum route_found { ROUTE_FOUND, ROUTE_NO_PATH, ROUTE_NO_METHOD };

struct route_match {
        const struct route *route;  /* ROUTE_FOUND */
        char name[ROUTE_NAME_SIZE]; /* what stands for NAME; "" when the path has none */
        char allow[32];             /* ROUTE_NO_METHOD: for an Allow header, "GET, HEAD" */
};

/* `path` is decoded. A name that is empty, or longer than any, is on no path. */
enum route_found route_find(const struct route *routes, size_t n, const char *method, const char *path,
                            struct route_match *out);

/* What an Authorization header must say: "Bearer " and the token; how long it takes tells nothing of the token. NULL
 * for either is false. */
bool route_token_is(const char *header, const char *token);

#endif
