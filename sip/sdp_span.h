/* A piece of a description as it came: not copied, not terminated. The take functions cut words off its front. Pure. */
#ifndef SCCPGW_SIP_SDP_SPAN_H
#define SCCPGW_SIP_SDP_SPAN_H

#include <stdbool.h>
#include <stddef.h>

struct span {
        const char *at;
        size_t len;
};

struct span span_take_until(struct span *from, const char *ends);      /* any character of `ends`, which stays */
struct span span_take_word(struct span *from);                         /* between blanks */
bool span_take_line(struct span *from, struct span *line);             /* lines end in CR LF, or in less with some */
bool span_take_number(struct span *from, unsigned max, unsigned *out); /* digits at the front; what follows stays */
void span_skip(struct span *from, const char *what);                   /* any characters of `what` */
bool span_is(struct span span, const char *text);                      /* case does not matter */

#endif
