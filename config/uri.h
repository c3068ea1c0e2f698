/* As much of SIP URIs and hosts (RFC 3261 section 25.1) as an address in the configuration needs: checked, never
 * followed. */
#ifndef SCCPGW_CONFIG_URI_H
#define SCCPGW_CONFIG_URI_H

#include <stdbool.h>
#include <stddef.h>

bool uri_is_host(const char *text, size_t len);      /* a name, an IPv4 address, an IPv6 address with or without [] */
bool uri_is_host_port(const char *text, size_t len); /* the same (IPv6 then in []), with :1 to :65535 or without */
bool uri_has_scheme(const char *text);               /* begins with sip: or sips: */
const char *uri_check(const char *text);             /* NULL: a sip: URI of a server; else "must ..." */

/* The host inside a checked host, host:port or sip: URI, without its brackets: where it begins and its length. */
const char *uri_host(const char *text, size_t *len);

#endif
