/* Who is speaking, as SIP headers tell it: names, numbers and reasons as clean text for a phone's display.
 * What comes out is valid UTF-8 without control characters, cut at whole characters. Everything in a message is taken
 * as hostile. The extension headers are read as raw text, so the agent keeps sofia's default message class. */
#ifndef SCCPGW_SIP_IDENTITY_H
#define SCCPGW_SIP_IDENTITY_H

#include <stdbool.h>
#include <stddef.h>

#include "sip/sip.h"

struct sip_s; /* sofia's sip_t */

/* The sender of a request: P-Asserted-Identity (RFC 3325; a sip: identity with a user before a tel: one, the name of
 * either), else Remote-Party-ID, else From. Empty when it wants privacy (RFC 3323, RPID privacy=, anonymous). */
void identity_caller(const struct sip_s *request, struct sip_party *out);

/* The sender of a response, UPDATE or re-INVITE where somebody vouches for it: P-Asserted-Identity or
 * Remote-Party-ID only. False, with `out` untouched, when neither is there or privacy is wanted. */
bool identity_connected(const struct sip_s *message, struct sip_party *out);

/* Who was called first: the oldest Diversion (RFC 5806), else the first History-Info (RFC 7044), else To. May be "". */
void identity_called(const struct sip_s *request, char out[SIP_NUMBER_MAX]);

/* How a request was sent on: Diversion (RFC 5806), else the entries of History-Info that say why (RFC 7044, RFC 4458).
 */
struct identity_diversions {
        unsigned count;
        char last[SIP_NUMBER_MAX]; /* who sent it here; "" not told */
        bool ours;                 /* one of `ours` did */
};

void identity_diversions(const struct sip_s *request, const char *const *ours, size_t n_ours,
                         struct identity_diversions *out);

/* The values of all headers of one name as one header: "Name: a, b". False, and "", without one or when they do not
 * fit. */
bool identity_copy(const struct sip_s *message, const char *name, char *out, size_t size);

/* What a Reason header says (RFC 3326); all zero without one. */
struct identity_reason {
        int cause;      /* Q.850, 1 to 127; 0: none */
        bool elsewhere; /* the call was answered by somebody else: SIP;cause=200 or Q.850;cause=26 */
        char text[SIP_REASON_MAX];
};

void identity_reason(const struct sip_s *message, struct identity_reason *out);

/* The pieces, on header values (pointer and length). */

/* A comma-separated list of name-addr or addr-spec with parameters, one at a time. Everything points into the value;
 * lengths 0: absent. */
struct identity_address {
        const char *name; /* as written, with its quotes */
        size_t name_len;
        const char *uri;
        size_t uri_len;
        const char *params; /* from the first ';' after the address on */
        size_t params_len;
};

/* Takes the next address off the front of `value`; false at its end. */
bool identity_next(const char **value, size_t *len, struct identity_address *out);

/* Unquoted, unescaped, cleaned. */
void identity_name(const char *name, size_t len, char *out, size_t size);
/* The user part of a sip: or sips: URI, the number of a tel: URI, without their parameters, %-escapes decoded;
 * "" for anything else. */
void identity_number(const char *uri, size_t len, char *out, size_t size);
bool identity_is_tel(const char *uri, size_t len);
/* User "anonymous" or a host in .invalid (RFC 3323 section 4.1.1.3). */
bool identity_is_anonymous(const char *uri, size_t len);
/* The value of a parameter, unquoted; false when it is not there. Names compare without regard to case. */
bool identity_param(const char *params, size_t len, const char *name, char *out, size_t size);
#endif
