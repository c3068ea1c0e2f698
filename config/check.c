/* One function per pair of values. */
#include "config/check.h"

#include "config/dialplan.h"
#include "gateway/base/text.h"

#define AUTO_NUMBERS_MAX 20000

/* A value that could not be read is 0 or NULL here and must not lead to a second complaint. */
struct check {
        const struct config *config;
        const struct node *root;
        struct config_report *report;
};

static bool has_pbx(const struct config *config)
{
        for (size_t i = 0; i < config->n_pbxs; i++)
                if (config->pbxs[i].address)
                        return true;
        return false;
}

/* A registrar without passwords must not become a way into somebody's PBX. */
static void check_registrar(const struct check *c)
{
        if (c->config->sip.registrar == REGISTRAR_OPEN && has_pbx(c->config))
                report_error(c->report, node_place(c->root, "sip", "registrar"),
                             "registrar can be open only without a PBX: anybody could call through it");
}

static bool overlap(const struct endpoint *a, const struct endpoint *b)
{
        if (a->port != b->port)
                return false;
        if (a->ip.family != b->ip.family)
                return false;
        return ip_is_any(&a->ip) || ip_is_any(&b->ip) || ip_equal(&a->ip, &b->ip);
}

static void check_list(const struct check *c, const char *section, const struct config_endpoints *listen)
{
        char text[ENDPOINT_TEXT_SIZE];
        for (size_t i = 1; i < listen->count; i++)
                for (size_t j = 0; j < i; j++)
                        if (overlap(&listen->at[i], &listen->at[j]))
                                report_error(c->report, node_place(c->root, section, "listen"), "listen takes %s twice",
                                             endpoint_print(&listen->at[i], text));
}

static void check_both(const struct check *c, struct place place, const struct config_endpoints *one,
                       const struct config_endpoints *other, const char *other_name)
{
        char text[ENDPOINT_TEXT_SIZE];
        for (size_t i = 0; i < one->count; i++)
                for (size_t j = 0; j < other->count; j++)
                        if (overlap(&one->at[i], &other->at[j]))
                                report_error(c->report, place, "listen takes %s, which is %s's already",
                                             endpoint_print(&one->at[i], text), other_name);
}

/* All listen with TCP. */
static void check_listen(const struct check *c)
{
        const struct config_endpoints *sip = &c->config->sip.listen, *sccp = &c->config->sccp.listen;
        check_list(c, "sccp", sccp);
        check_list(c, "sip", sip);
        check_both(c, node_place(c->root, "sip", "listen"), sip, sccp, "sccp.listen");
}

/* The rest of the section means nothing without a certificate, as in a file of all defaults. */
static void check_tls(const struct check *c)
{
        const struct config_tls *tls = &c->config->sccp.tls;
        const struct node *sccp = node_value(c->root, "sccp"), *node = node_value(sccp, "tls");
        if (!tls->cert) {
                const struct node *key = node_value(node, "key"), *ca = node_value(node, "client_ca");
                const struct node *given = key && !key->empty ? key : ca && !ca->empty ? ca : NULL;
                if (given && !node_value(node, "cert"))
                        report_error(c->report, given->place, "%s is nothing without cert, the file of a certificate",
                                     given == key ? "key" : "client_ca");
                return;
        }
        const struct place at = node_place(sccp, "tls", "listen");
        check_both(c, at, &tls->listen, &c->config->sccp.listen, "sccp.listen");
        check_both(c, at, &tls->listen, &c->config->sip.listen, "sip.listen");
}

static void check_sip_ports(const struct check *c)
{
        unsigned first = c->config->media.port_first, last = c->config->media.port_last;
        for (size_t i = 0; i < c->config->sip.listen.count; i++) {
                unsigned port = c->config->sip.listen.at[i].port;
                if (port >= first && port <= last)
                        report_error(c->report, node_place(c->root, "sip", "listen"),
                                     "port %u lies within media.ports (%u-%u)", port, first, last);
        }
}

/* The phones would have to speak it themselves. */
static void check_srtp(const struct check *c)
{
        if (c->config->media.mode == MEDIA_DIRECT && c->config->media.srtp != CRYPTO_POLICY_OFF)
                report_error(c->report, node_place(c->root, "media", "srtp"),
                             "srtp is spoken by the relay, and media.mode is direct: say srtp: off, or mode: relay");
        if (c->config->media.phone_srtp != CRYPTO_POLICY_REQUIRED)
                return;
        if (c->config->media.mode == MEDIA_DIRECT)
                report_error(c->report, node_place(c->root, "media", "phone_srtp"),
                             "phone_srtp is spoken by the relay, and media.mode is direct");
        else if (!c->config->sccp.tls.cert)
                report_error(c->report, node_place(c->root, "media", "phone_srtp"),
                             "phone_srtp is required, and no phone can come over TLS without sccp.tls.cert");
}

/* Without networks it would be a relay that nobody asked for. */
static void check_direct(const struct check *c)
{
        if (c->config->media.mode == MEDIA_AUTO && c->config->media.direct.count == 0)
                report_error(c->report, node_place(c->root, "media", "mode"),
                             "mode is auto, and media.direct names no networks that reach each other");
}

static void check_room(const struct check *c)
{
        unsigned calls = (c->config->media.port_last - c->config->media.port_first + 1u) / 4;
        if (c->config->media.port_last && c->config->media.mode != MEDIA_DIRECT && calls < c->config->n_lines)
                report_warning(c->report, node_place(c->root, "media", "ports"),
                               "ports have room for %u calls at a time, fewer than there are lines (%zu)", calls,
                               c->config->n_lines);
}

static void check_busy_trigger(const struct check *c)
{
        unsigned most = c->config->calls.max_per_line;
        if (most && c->config->calls.busy_trigger > most)
                report_error(c->report, node_place(c->root, "calls", "busy_trigger"),
                             "busy_trigger (%u) must not be above max_per_line (%u)", c->config->calls.busy_trigger,
                             most);
}

/* Whoever has gone to a focus is there without us. */
static void check_conference(const struct check *c)
{
        if (c->config->calls.conference && c->config->calls.conference_on_hangup == CONFERENCE_END)
                report_warning(c->report, node_place(c->root, "calls", "conference_on_hangup"),
                               "conferences are the PBX's (calls.conference), and go on there as it likes when a phone "
                               "hangs up: end is only for those who are still on their way");
}

/* Each has its place in memory from the start. */
static void check_auto_numbers(const struct check *c)
{
        unsigned count = c->config->sccp.auto_last - c->config->sccp.auto_first + 1;
        if (count > AUTO_NUMBERS_MAX)
                report_error(c->report, node_place(c->root, "sccp", "auto_numbers"),
                             "auto_numbers are %u numbers, more than %d", count, AUTO_NUMBERS_MAX);
}

/* More digits than the shortest number that matches has would leave nothing to dial. */
static void check_strip(const struct check *c)
{
        const struct node *rules = node_value(node_value(c->root, "calls"), "dialplan");
        const struct child *item = rules ? rules->first : NULL;
        for (size_t i = 0; item && i < c->config->calls.n_dialplan; i++, item = item->next) {
                const struct config_dial_rule *rule = &c->config->calls.dialplan[i];
                const struct node *strip = node_value(item->value, "strip");
                if (rule->match && rule->strip > dialplan_length(rule->match))
                        report_error(c->report, strip ? strip->place : item->value->place,
                                     "strip takes %u digits off numbers that may have only %zu", rule->strip,
                                     dialplan_length(rule->match));
        }
}

static void check_phones(const struct check *c)
{
        if (!c->config->n_phones && c->config->sccp.unknown_phones == UNKNOWN_REJECT)
                report_warning(c->report, node_place(c->root, "phones", NULL),
                               "no phones, and unknown ones are rejected: nothing can register");
}

void config_check(const struct config *config, const struct node *root, struct config_report *report)
{
        const struct check check = {.config = config, .root = root, .report = report};
        check_registrar(&check);
        check_listen(&check);
        check_tls(&check);
        check_sip_ports(&check);
        check_room(&check);
        check_srtp(&check);
        check_direct(&check);
        check_busy_trigger(&check);
        check_conference(&check);
        check_auto_numbers(&check);
        check_strip(&check);
        check_phones(&check);
}
