/* The head of an HTTP response. Pure. */
#ifndef SCCPGW_STATUS_RESPONSE_H
#define SCCPGW_STATUS_RESPONSE_H

#include <stdbool.h>
#include <stddef.h>

#define RESPONSE_HEAD_MAX 8192

enum response_read { RESPONSE_MORE, RESPONSE_READ, RESPONSE_BAD };

struct response_head {
        unsigned status; /* 100 to 599 */
        bool sized;
        size_t length; /* of the body, when it says so */
        size_t size;   /* of the head itself: the body begins there */
};

/* BAD: no HTTP/1 response, contradictory lengths, a transfer coding (we ask by HTTP/1.0), or a head without end. `out`
 * is written only when it was READ. */
enum response_read response_read(const char *bytes, size_t len, struct response_head *out);

#endif
