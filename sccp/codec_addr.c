/* Kinds of fields that are addresses, in network order on the wire. Zeros mean no address, both ways; one that a
 * field cannot carry is sent as none. */
#include "sccp/codec_kind.h"

#include <string.h>

enum { WIRE_IPV4, WIRE_IPV6, WIRE_BOTH, WIRE_INVALID }; /* the family word of newer versions */

enum { IPV4_SIZE = 4, IPV6_SIZE = 16, FAMILY_SIZE = 4 };

static size_t ip_size(uint8_t family)
{
        return family == 6 ? IPV6_SIZE : IPV4_SIZE;
}

/* `bytes` may be NULL: the payload was too short. */
static void ip_set(struct ip *ip, uint8_t family, const uint8_t *bytes)
{
        *ip = (struct ip){.family = family};
        if (bytes)
                memcpy(ip->bytes, bytes, ip_size(family));
        if (ip_is_any(ip))
                ip->family = 0;
}

static void ip_write(struct sccp_writer *w, const struct ip *ip, uint8_t family, size_t size)
{
        uint8_t *at = sccp_write(w, size);
        if (at && ip->family == family)
                memcpy(at, ip->bytes, ip_size(family));
}

static void ip_sample(struct sccp_sampler *s, struct ip *ip, uint8_t family)
{
        if (s->n == 0)
                return;
        ip->family = family;
        for (size_t i = 0; i < ip_size(family); i++)
                ip->bytes[i] = (uint8_t)(1 + sccp_sample_random(s, 255));
}

static void ip_field_print(struct sccp_printer *p, const struct sccp_field *field, const void *self)
{
        char text[IP_TEXT_SIZE];
        sccp_print_add(p, "%s", ip_print(sccp_place_const(field, self), text));
}

static void ipv4_get(struct sccp_reader *r, const struct sccp_field *field, void *self)
{
        ip_set(sccp_place(field, self), 4, sccp_read(r, IPV4_SIZE));
}

static void ipv4_put(struct sccp_writer *w, const struct sccp_field *field, const void *self)
{
        ip_write(w, sccp_place_const(field, self), 4, IPV4_SIZE);
}

static void ipv4_sample(struct sccp_sampler *s, const struct sccp_field *field, void *self)
{
        ip_sample(s, sccp_place(field, self), 4);
}

const struct sccp_kind sccp_kind_ipv4 = {ipv4_get, ipv4_put, ip_field_print, ipv4_sample};

static void ipv6_get(struct sccp_reader *r, const struct sccp_field *field, void *self)
{
        ip_set(sccp_place(field, self), 6, sccp_read(r, IPV6_SIZE));
}

static void ipv6_put(struct sccp_writer *w, const struct sccp_field *field, const void *self)
{
        ip_write(w, sccp_place_const(field, self), 6, IPV6_SIZE);
}

static void ipv6_sample(struct sccp_sampler *s, const struct sccp_field *field, void *self)
{
        ip_sample(s, sccp_place(field, self), 6);
}

const struct sccp_kind sccp_kind_ipv6 = {ipv6_get, ipv6_put, ip_field_print, ipv6_sample};

/* Since a version the row says, the address has a family; in the form SCCP_FORM_ADDRESS it is the other way round. */
static bool addr_has_family(const struct sccp_field *field, const struct sccp_context *ctx, unsigned form)
{
        return (ctx->version >= field->limit) != !!(form & SCCP_FORM_ADDRESS);
}

/* IPv4 stands in the first four of the 16 bytes, also where the family says "both". */
static void addr_get(struct sccp_reader *r, const struct sccp_field *field, void *self)
{
        if (!addr_has_family(field, r->ctx, r->form)) {
                ipv4_get(r, field, self);
                return;
        }
        uint32_t family = sccp_read_number(r, FAMILY_SIZE);
        const uint8_t *bytes = sccp_read(r, IPV6_SIZE);
        if (family > WIRE_INVALID)
                sccp_fail(r, "unknown address family");
        else if (family != WIRE_INVALID)
                ip_set(sccp_place(field, self), family == WIRE_IPV6 ? 6 : 4, bytes);
}

static void addr_put(struct sccp_writer *w, const struct sccp_field *field, const void *self)
{
        const struct ip *ip = sccp_place_const(field, self);
        if (!addr_has_family(field, w->ctx, w->form)) {
                ipv4_put(w, field, self);
                return;
        }
        sccp_write_number(w, FAMILY_SIZE, ip->family == 6 ? WIRE_IPV6 : WIRE_IPV4);
        ip_write(w, ip, ip->family == 6 ? 6 : 4, IPV6_SIZE);
}

static void addr_sample(struct sccp_sampler *s, const struct sccp_field *field, void *self)
{
        bool wide = addr_has_family(field, s->ctx, 0) && s->n % 2;
        ip_sample(s, sccp_place(field, self), wide ? 6 : 4);
}

const struct sccp_kind sccp_kind_addr = {addr_get, addr_put, ip_field_print, addr_sample};
