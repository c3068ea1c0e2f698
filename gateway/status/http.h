/* HTTP on one listening socket, inside the caller's loop and without threads of its own. libmicrohttpd is known in this
 * file's .c only. Each connection is for one request; requests that are too big, too slow or too many are refused. */
#ifndef SCCPGW_STATUS_HTTP_H
#define SCCPGW_STATUS_HTTP_H

#include <stdbool.h>
#include <stddef.h>

#include "gateway/base/loop.h"
#include "gateway/status/route.h"
#include "gateway/status/stream.h"

#define HTTP_BODY_MAX    4096
#define HTTP_CONNECTIONS 64
#define HTTP_REQUEST_MS  20000

#define HTTP_JSON   "application/json"
#define HTTP_TEXT   "text/plain; charset=utf-8"
#define HTTP_EVENTS "text/event-stream"

struct http;

struct http_request {
        const char *name; /* what stands for NAME in the route's path */
        const char *body; /* ends in a NUL */
        size_t len;
};

/* Zero when a route's function gets it. Either a text or a stream. */
struct http_reply {
        unsigned status; /* 0: 200 */
        const char *type;
        char *text; /* from malloc; given away */
        size_t len;
        struct stream *stream;
        const char *policy; /* for a Content-Security-Policy header; NULL: nothing may be loaded */
};

struct http_settings {
        const struct route *routes;
        size_t n_routes;
        void *owner;         /* of the routes */
        bool local;          /* the control socket: whoever may open it may do everything */
        const char *token;   /* NULL: over TCP nothing but reading */
        unsigned request_ms; /* from the connection to the end of the answer, streams excepted; 0: HTTP_REQUEST_MS */
};

/* Takes over the listening socket. NULL with a sentence in `why`; settings, routes and token are borrowed. */
struct http *http_start(struct loop *loop, int socket, const struct http_settings *settings, char *why,
                        size_t why_size);
void http_token_set(struct http *http, const char *token); /* borrowed; NULL: none */
void http_stop(struct http *http);                         /* closes all; streams end. NULL is none */

/* {"error": "sentence"}, or a 500 without memory for it. The sentence has no quotes and no backslashes. */
void http_refuse(struct http_reply *reply, unsigned status, const char *sentence);

#endif
