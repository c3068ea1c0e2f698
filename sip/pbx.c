#include "sip/pbx.h"

#include <sofia-sip/url.h>
#include <string.h>

#include "gateway/base/text.h"

/* Some address far away (RFC 5737): the way there is the best guess for a name that is not resolved yet. */
#define FAR_IP4 "192.0.2.1"
#define FAR_IP6 "2001:db8::1"

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

static struct ip peer_guess(const struct sip *sip, const char *host)
{
        struct ip ip = {0};
        char bare[IP_TEXT_SIZE];
        text_copy_n(bare, sizeof bare, host + (host[0] == '['), strcspn(host + (host[0] == '['), "]"));
        if (!ip_parse(bare, &ip))
                ip_parse(sip->listeners[0].at.ip.family == 6 ? FAR_IP6 : FAR_IP4, &ip);
        return ip;
}

static bool route_make(struct pbx *pbx, const char *proxy)
{
        char uri[SIP_URI_SIZE];
        address_uri(proxy, uri);
        bool loose = strstr(uri, ";lr") != NULL;
        return text_printf(pbx->route, sizeof pbx->route, "<%s%s>", uri, loose ? "" : ";lr");
}

/* The parts of the address: where requests go, and what they are addressed to. */
static void uris_make(struct pbx *pbx, const url_t *url, const char *domain)
{
        const char *port = url->url_port ? url->url_port : "";
        pbx->tcp |= url_has_param(url, "transport=tcp") != 0;
        text_printf(pbx->next_hop, sizeof pbx->next_hop, "sip:%s%s%s%s", url->url_host, *port ? ":" : "", port,
                    pbx->tcp ? ";transport=tcp" : "");
        text_copy(pbx->host, sizeof pbx->host, domain ? domain : url->url_host);
        if (domain)
                text_copy(pbx->domain, sizeof pbx->domain, domain);
        else
                text_printf(pbx->domain, sizeof pbx->domain, "%s%s%s", url->url_host, *port ? ":" : "", port);
        text_printf(pbx->registrar, sizeof pbx->registrar, "sip:%s", pbx->domain);
}

bool pbx_init(struct pbx *pbx, const struct sip *sip, const struct sip_pbx_settings *settings, char *why, size_t size)
{
        char address[SIP_URI_SIZE];
        *pbx = (struct pbx){.expires_s = settings->expires_s, .tcp = settings->transport == SIP_TCP};
        if (!settings->address) {
                pbx->none = true;
                return true;
        }
        address_uri(settings->address, address);
        su_home_t home[1] = {SU_HOME_INIT(home)};
        su_home_init(home);
        const url_t *url = url_make(home, address);
        bool good = url && url->url_type == url_sip && url->url_host && *url->url_host;
        if (good) {
                uris_make(pbx, url, settings->domain);
                struct ip peer = peer_guess(sip, url->url_host);
                path_find(sip, &peer, pbx->tcp, &pbx->path);
        }
        su_home_deinit(home);
        if (!good)
                text_printf(why, size, "sip: pbx %s: cannot read the address %s", settings->name, settings->address);
        else if (settings->outbound_proxy) {
                pbx->next_hop[0] = '\0';
                good = route_make(pbx, settings->outbound_proxy);
                if (!good)
                        text_printf(why, size, "sip: pbx %s: the outbound proxy is too long", settings->name);
        }
        return good;
}

void pbx_heard_from(struct pbx *pbx, const struct sip *sip, const struct ip *peer)
{
        if (!ip_equal(&pbx->path.peer, peer))
                path_find(sip, peer, pbx->tcp, &pbx->path);
}
