/* IP addresses, endpoints and networks as plain values: parse, print, compare. No names are resolved.
 * Parsers take the whole text or nothing and write `out` only on success. IPv4-mapped IPv6 becomes IPv4 on the way in.
 */
#ifndef SCCPGW_BASE_ADDR_H
#define SCCPGW_BASE_ADDR_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#define IP_TEXT_SIZE       46 /* longest IPv6 text and its NUL */
#define ENDPOINT_TEXT_SIZE 56 /* "[IPv6]:65535" and its NUL */

/* family 0 is "no address", the zero value. Bytes in network order, IPv4 in the first four. */
struct ip {
        uint8_t family; /* 0, 4 or 6 */
        uint8_t bytes[16];
};

struct endpoint {
        struct ip ip;
        uint16_t port; /* host order */
};

struct network {
        struct ip ip;
        uint8_t prefix; /* bits */
};

/* What we are called by those in `to`. */
struct address_rule {
        struct ip ip;
        struct network to;
};

/* Networks whose members reach each other. */
#define NETWORKS_IN_GROUP 8
struct network_group {
        uint8_t count;
        struct network at[NETWORKS_IN_GROUP];
};

bool ip_parse(const char *text, struct ip *out);
const char *ip_print(const struct ip *ip, char out[IP_TEXT_SIZE]); /* "-" for none */
bool ip_equal(const struct ip *a, const struct ip *b);
bool ip_is_any(const struct ip *ip); /* none, 0.0.0.0 or :: */

/* "192.0.2.1:5060", "[2001:db8::1]:5060"; without a port ("192.0.2.1", "2001:db8::1", "[2001:db8::1]") `default_port`
 * is taken, 0 included. A written port is 1 to 65535. */
bool endpoint_parse(const char *text, uint16_t default_port, struct endpoint *out);
const char *endpoint_print(const struct endpoint *endpoint, char out[ENDPOINT_TEXT_SIZE]); /* port 0 is left out */
bool endpoint_equal(const struct endpoint *a, const struct endpoint *b);
struct endpoint endpoint_from_sockaddr(const struct sockaddr *from); /* no address for a family we do not know */
socklen_t endpoint_to_sockaddr(const struct endpoint *endpoint, struct sockaddr_storage *out); /* 0 for none */

/* "10.0.0.0/8", "fd00::/8", or one address. False also when host bits are set: that is a typing mistake. */
bool network_parse(const char *text, struct network *out);
bool network_contains(const struct network *network, const struct ip *ip);

/* Are both addresses in the networks of one of the groups? */
bool network_groups_join(const struct network_group *groups, size_t n, const struct ip *a, const struct ip *b);

/* Of the first rule that has `peer`, an address of its family; family 0: of none. */
struct ip address_towards(const struct address_rule *rules, size_t n, const struct ip *peer);

/* The address this machine would use towards `peer` (routing table, no packet sent); family 0 if there is none. */
struct ip ip_towards(const struct ip *peer);

#endif
