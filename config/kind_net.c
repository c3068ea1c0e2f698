/* Addresses, networks, hosts and SIP URIs. */
#include <ctype.h>
#include <string.h>

#include "config/option.h"
#include "config/uri.h"
#include "gateway/base/addr.h"
#include "gateway/base/text.h"

#define SERVER_MAX 47 /* ServerRes has 48 bytes for a name */

static bool read_address(struct reading *r, const char *text)
{
        struct address_rule *rule = r->at;
        const char *to = strstr(text, " for ");
        char ip[IP_TEXT_SIZE];
        *rule = (struct address_rule){0};
        if (!text_copy_n(ip, sizeof ip, text, to ? (size_t)(to - text) : strlen(text)) || !ip_parse(ip, &rule->ip))
                return reading_refuse(r, "must be an IP address, such as 192.0.2.10 or 2001:db8::10");
        rule->to.ip.family = rule->ip.family;
        if (!to)
                return true;
        if (!network_parse(to + strlen(" for "), &rule->to))
                return reading_refuse(r, "must be for a network such as 10.0.0.0/8 (no bits behind the prefix)");
        return rule->to.ip.family == rule->ip.family ||
               reading_refuse(r, "must be for a network of the same kind: one is IPv4, the other IPv6");
}

static const char *print_address(struct printing *p)
{
        const struct address_rule *rule = p->at;
        char ip[IP_TEXT_SIZE], to[IP_TEXT_SIZE];
        text_copy(p->room, sizeof(p->room), ip_print(&rule->ip, ip));
        if (rule->to.prefix > 0)
                text_append(p->room, sizeof(p->room), " for %s/%u", ip_print(&rule->to.ip, to), rule->to.prefix);
        return p->room;
}

const struct kind kind_addresses = {
        .name = "IP address, or IP address for a network (CIDR)",
        .shape = SHAPE_LIST,
        .item = sizeof(struct address_rule),
        .read = read_address,
        .print = print_address,
};

static bool read_listen(struct reading *r, const char *text)
{
        if (endpoint_parse(text, (uint16_t)r->option->port, r->at))
                return true;
        return reading_refuse(r, "must be an IP address and port, such as 0.0.0.0:%u or [::]:%u", r->option->port,
                              r->option->port);
}

static const char *print_listen(struct printing *p)
{
        return endpoint_print(p->at, p->room);
}

const struct kind kind_listen = {
        .name = "IP address:port",
        .shape = SHAPE_LIST,
        .item = sizeof(struct endpoint),
        .read = read_listen,
        .print = print_listen,
};

static bool read_listen_or_off(struct reading *r, const char *text)
{
        if (text_equal(text, "off")) {
                *(struct endpoint *)r->at = (struct endpoint){.port = 0};
                return true;
        }
        if (endpoint_parse(text, (uint16_t)r->option->port, r->at))
                return true;
        return reading_refuse(r, "must be an IP address and port, such as 127.0.0.1:%u, or off", r->option->port);
}

static const char *print_listen_or_off(struct printing *p)
{
        const struct endpoint *endpoint = p->at;
        return endpoint->port ? endpoint_print(endpoint, p->room) : "off";
}

const struct kind kind_listen_or_off = {
        .name = "IP address:port, or off",
        .read = read_listen_or_off,
        .print = print_listen_or_off,
};

static bool read_network(struct reading *r, const char *text)
{
        return network_parse(text, r->at) ||
               reading_refuse(r, "must be a network such as 10.0.0.0/8 (no bits behind the prefix) or one address");
}

static const char *print_network(struct printing *p)
{
        const struct network *network = p->at;
        char ip[IP_TEXT_SIZE];
        text_printf(p->room, sizeof(p->room), "%s/%u", ip_print(&network->ip, ip), network->prefix);
        return p->room;
}

const struct kind kind_networks = {
        .name = "network (CIDR)",
        .shape = SHAPE_LIST,
        .item = sizeof(struct network),
        .read = read_network,
        .print = print_network,
};

static bool read_network_group(struct reading *r, const char *text)
{
        struct network_group *group = r->at;
        char copy[NETWORKS_IN_GROUP * (IP_TEXT_SIZE + 8)], *rest = NULL;
        *group = (struct network_group){0};
        if (!text_copy(copy, sizeof copy, text))
                return reading_refuse(r, "must be %d networks at most", NETWORKS_IN_GROUP);
        for (char *one = strtok_r(copy, " ", &rest); one; one = strtok_r(NULL, " ", &rest)) {
                if (group->count == NETWORKS_IN_GROUP)
                        return reading_refuse(r, "must be %d networks at most", NETWORKS_IN_GROUP);
                if (!network_parse(one, &group->at[group->count++]))
                        return reading_refuse(r, "must be networks such as 10.0.0.0/8 (no bits behind the prefix), "
                                                 "with spaces between them");
        }
        return group->count > 0 || reading_refuse(r, "must be a network such as 10.0.0.0/8, or several");
}

static const char *print_network_group(struct printing *p)
{
        const struct network_group *group = p->at;
        char ip[IP_TEXT_SIZE];
        *p->room = '\0';
        for (size_t i = 0; i < group->count; i++)
                text_append(p->room, sizeof(p->room), "%s%s/%u", i ? " " : "", ip_print(&group->at[i].ip, ip),
                            group->at[i].prefix);
        return p->room;
}

const struct kind kind_network_groups = {
        .name = "networks (CIDR)",
        .shape = SHAPE_LIST,
        .item = sizeof(struct network_group),
        .read = read_network_group,
        .print = print_network_group,
};

static bool read_host(struct reading *r, const char *text)
{
        if (!uri_is_host(text, strlen(text)))
                return reading_refuse(r, "must be a host name or an IP address");
        return kind_keep_text(r, text);
}

const struct kind kind_host = {.name = "host", .read = read_host, .print = kind_print_text};

static bool read_server(struct reading *r, const char *text)
{
        if (strlen(text) > SERVER_MAX)
                return reading_refuse(r, "must be shorter than %d characters: phones have no more room",
                                      SERVER_MAX + 1);
        return read_host(r, text);
}

const struct kind kind_servers = {
        .name = "host",
        .shape = SHAPE_LIST,
        .item = sizeof(const char *),
        .read = read_server,
        .print = kind_print_text,
};

static bool read_sip_uri(struct reading *r, const char *text)
{
        const char *reason = uri_check(text);
        if (reason)
                return reading_refuse(r, "%s", reason);
        return kind_keep_text(r, text);
}

const struct kind kind_sip_uri = {
        .name = "SIP URI",
        .pattern = "^[sS][iI][pP]:",
        .read = read_sip_uri,
        .print = kind_print_text,
};

/* The user is whom to call there; {room} in it becomes a number. */
static bool is_focus_user(const char *user, size_t len)
{
        static const char signs[] = "-_.!~*'()%&=+$,;?/";
        for (size_t i = 0; i < len; i++) {
                if (strncmp(user + i, "{room}", 6) == 0)
                        i += 5;
                else if (!isalnum((unsigned char)user[i]) && !strchr(signs, user[i]))
                        return false;
        }
        return len > 0;
}

static bool read_focus(struct reading *r, const char *text)
{
        const char *colon = strchr(text, ':'), *at = strchr(text, '@');
        char server[256];
        if (text_equal(text, "local"))
                return true;
        if (!colon || !at || at < colon)
                return reading_refuse(r, "must be local, or a URI such as sip:8{room}@pbx.lan");
        if (!is_focus_user(colon + 1, (size_t)(at - colon - 1)))
                return reading_refuse(r, "names nobody who could be called before the @");
        if (!text_printf(server, sizeof server, "%.*s%s", (int)(colon + 1 - text), text, at + 1))
                return reading_refuse(r, "is too long");
        const char *reason = uri_check(server);
        return reason ? reading_refuse(r, "%s", reason) : kind_keep_text(r, text);
}

const struct kind kind_focus = {
        .name = "local or SIP URI",
        .pattern = "^(local$|[sS][iI][pP]:)",
        .read = read_focus,
        .print = kind_print_text,
};

static bool read_peer(struct reading *r, const char *text)
{
        if (uri_has_scheme(text))
                return read_sip_uri(r, text);
        if (!uri_is_host_port(text, strlen(text)))
                return reading_refuse(r, "must be a host, host:port or sip: URI");
        return kind_keep_text(r, text);
}

const struct kind kind_peer = {
        .name = "host, host:port or SIP URI",
        .read = read_peer,
        .print = kind_print_text,
};
