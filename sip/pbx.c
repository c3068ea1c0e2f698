#include "sip/pbx.h"

#include <sofia-sip/msg_addr.h>
#include <sofia-sip/nta.h>
#include <sofia-sip/su_alloc.h>
#include <sofia-sip/url.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/text.h"
#include "sip/hosts.h"
#include "sip/probe.h"

/* Some address far away (RFC 5737): the way there is the best guess for a name that is not resolved yet. */
#define FAR_IP4 "192.0.2.1"
#define FAR_IP6 "2001:db8::1"

#define SIP_PORT 5060

/* "host", "host:port", an IPv6 address or a sip: URI, as a URI. */
static void address_uri(const char *address, char out[SIP_URI_SIZE])
{
        struct ip ip;
        if (strncmp(address, "sip:", 4) == 0)
                text_copy(out, SIP_URI_SIZE, address);
        else if (ip_parse(address, &ip) && ip.family == 6)
                text_printf(out, SIP_URI_SIZE, "sip:[%s]", address);
        else
                text_printf(out, SIP_URI_SIZE, "sip:%s", address);
}

/* The host of a URI when it is an address; IPv6 has brackets there. */
static bool ip_of_host(const char *host, struct ip *out)
{
        char bare[IP_TEXT_SIZE];
        host += *host == '[';
        return text_copy_n(bare, sizeof bare, host, strcspn(host, "]")) && ip_parse(bare, out);
}

/* Where requests go: the host as an address where it is one or the hosts file knows it, else for the resolver. */
static void next_hop_make(struct pbx *pbx, const url_t *url, const struct ip *peer)
{
        struct endpoint end = {.ip = *peer};
        char text[ENDPOINT_TEXT_SIZE];
        bool known = ip_of_host(url->url_host, &end.ip) || hosts_find(HOSTS_FILE, url->url_host, peer->family, &end.ip);
        const char *port = url->url_port ? url->url_port : "";
        if (known) {
                end.port = *port ? (uint16_t)strtoul(port, NULL, 10) : SIP_PORT;
                endpoint_print(&end, text);
        }
        text_printf(pbx->next_hop, sizeof pbx->next_hop, "sip:%s%s%s%s", known ? text : url->url_host,
                    !known && *port ? ":" : "", known ? "" : port, pbx->tcp ? ";transport=tcp" : "");
        if (known)
                pbx->path.peer = end.ip;
}

/* As it stands in a URI: an address of IPv6 has brackets there. */
static void host_write(const char *host, char *out, size_t size)
{
        struct ip ip;
        bool bare = ip_parse(host, &ip) && ip.family == 6;
        text_printf(out, size, bare ? "[%s]" : "%s", host);
}

/* What requests are addressed to, and whom they are about. */
static void names_make(struct pbx *pbx, const url_t *url, const char *domain)
{
        const char *port = url->url_port ? url->url_port : "";
        host_write(domain ? domain : url->url_host, pbx->host, sizeof pbx->host);
        if (domain)
                TEXT_SET(pbx->domain, pbx->host);
        else
                text_printf(pbx->domain, sizeof pbx->domain, "%s%s%s", url->url_host, *port ? ":" : "", port);
        text_printf(pbx->registrar, sizeof pbx->registrar, "sip:%s", pbx->domain);
}

/* The URI of an address of the configuration; NULL when it is none. */
static const url_t *url_read(su_home_t *home, const char *address)
{
        char uri[SIP_URI_SIZE];
        address_uri(address, uri);
        const url_t *url = url_make(home, uri);
        return url && url->url_type == url_sip && url->url_host && *url->url_host ? url : NULL;
}

/* The proxy is a Route, and the next hop in place of the PBX. */
static bool route_make(struct pbx *pbx, su_home_t *home, const char *proxy)
{
        const url_t *url = url_read(home, proxy);
        char uri[SIP_URI_SIZE];
        if (!url)
                return false;
        address_uri(proxy, uri);
        pbx->tcp |= url_has_param(url, "transport=tcp") != 0;
        next_hop_make(pbx, url, &pbx->path.peer);
        return text_printf(pbx->route, sizeof pbx->route, "<%s%s>", uri, url_has_param(url, "lr") ? "" : ";lr");
}

static bool address_take(struct pbx *pbx, su_home_t *home, const struct sip *sip,
                         const struct sip_pbx_settings *settings)
{
        const url_t *url = url_read(home, settings->address);
        if (!url)
                return false;
        ip_parse(sip->listeners[0].at.ip.family == 6 ? FAR_IP6 : FAR_IP4, &pbx->path.peer);
        pbx->tcp |= url_has_param(url, "transport=tcp") != 0;
        names_make(pbx, url, settings->domain);
        next_hop_make(pbx, url, &pbx->path.peer);
        if (settings->outbound_proxy && !route_make(pbx, home, settings->outbound_proxy))
                return false;
        struct ip peer = pbx->path.peer;
        path_find(sip, &peer, pbx->tcp, &pbx->path);
        return true;
}

static bool pbx_init(struct pbx *pbx, struct sip *sip, const struct sip_pbx_settings *settings, char *why, size_t size)
{
        *pbx = (struct pbx){.sip = sip,
                            .question_timer.expired = probe_due,
                            .expires_s = settings->expires_s,
                            .tcp = settings->transport == SIP_TCP,
                            .health.qualify_s = settings->qualify_s};
        pbx->none = !settings->address;
        if (pbx->none)
                return true;
        su_home_t home[1] = {SU_HOME_INIT(home)};
        su_home_init(home);
        bool good = address_take(pbx, home, sip, settings);
        su_home_deinit(home);
        if (!good)
                text_printf(why, size, "sip: pbx %s: cannot use the address %s%s%s", settings->name, settings->address,
                            settings->outbound_proxy ? " with the proxy " : "",
                            settings->outbound_proxy ? settings->outbound_proxy : "");
        return good;
}

bool pbx_set(struct sip *sip, uint32_t number, uint32_t serial, const struct sip_pbx_settings *settings, char *why,
             size_t size)
{
        struct pbx *pbx = number < SIP_PBXS_MAX ? malloc(sizeof *pbx) : NULL;
        text_copy(why, size, "sip: no memory for a PBX");
        if (!pbx || !pbx_init(pbx, sip, settings, why, size)) {
                free(pbx);
                return false;
        }
        pbx_remove(sip, number);
        pbx->number = number;
        pbx->serial = serial;
        sip->pbxs[number] = pbx;
        return true;
}

void pbx_remove(struct sip *sip, uint32_t number)
{
        struct pbx *pbx = number < SIP_PBXS_MAX ? sip->pbxs[number] : NULL;
        if (!pbx)
                return;
        probe_stop(pbx);
        sip->pbxs[number] = NULL;
        pbx->next_leaving = sip->pbxs_leaving;
        sip->pbxs_leaving = pbx;
        pbxs_sweep(sip);
}

void pbxs_sweep(struct sip *sip)
{
        for (struct pbx **at = &sip->pbxs_leaving; *at;) {
                struct pbx *pbx = *at;
                if (pbx->lines > 0) {
                        at = &pbx->next_leaving;
                        continue;
                }
                *at = pbx->next_leaving;
                probe_stop(pbx);
                free(pbx);
        }
}

void pbxs_free(struct sip *sip)
{
        for (uint32_t number = 0; number < SIP_PBXS_MAX; number++)
                free(sip->pbxs[number]);
        while (sip->pbxs_leaving) {
                struct pbx *pbx = sip->pbxs_leaving;
                sip->pbxs_leaving = pbx->next_leaving;
                free(pbx);
        }
}

void pbx_source_learn(struct pbx *pbx, nta_outgoing_t *request)
{
        msg_t *response = nta_outgoing_getresponse(request);
        if (!response)
                return;
        struct ip from = endpoint_from_sockaddr(&msg_addr(response)->su_sa).ip;
        msg_destroy(response);
        if (from.family != 0 && !ip_equal(&pbx->path.peer, &from))
                path_find(pbx->sip, &from, pbx->tcp, &pbx->path);
}

/* A port alone says nothing: over TCP it is that of the connection. */
void pbx_seen_learn(struct pbx *pbx, const sip_t *answer)
{
        const sip_via_t *via = answer->sip_via;
        struct endpoint seen = {.port = pbx->path.local.port};
        if (!via || via->v_next || pbx->path.named)
                return;
        if (!via->v_received || !ip_of_host(via->v_received, &seen.ip) || ip_equal(&seen.ip, &pbx->path.local.ip))
                seen.ip = (struct ip){0};
        if (via->v_rport && *via->v_rport)
                seen.port = (uint16_t)strtoul(via->v_rport, NULL, 10);
        pbx->path.seen = seen.ip.family && seen.port ? seen : (struct endpoint){0};
}
