#include "sip/target.h"

#include <sofia-sip/sip.h>
#include <sofia-sip/su_alloc.h>
#include <sofia-sip/url.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/loop.h"
#include "gateway/base/text.h"
#include "sip/location.h"

/* Our own listener, as this machine reaches it. */
static struct endpoint own_end(const struct sip *sip)
{
        struct endpoint end = sip->listeners[0].at;
        if (ip_is_any(&end.ip))
                ip_parse(end.ip.family == 6 ? "::1" : "127.0.0.1", &end.ip);
        return end;
}

static bool number_uri(const char *number, const char *host, char out[SIP_URI_SIZE])
{
        char user[SIP_NUMBER_MAX * 3];
        uri_user_escape(number, user, sizeof user);
        return text_printf(out, SIP_URI_SIZE, "sip:%s@%s", user, host);
}

/* Without a PBX numbers are ours, at the end of ours the peer reaches. */
bool target_uri(const struct account *account, const struct path *path, const char *number, char out[SIP_URI_SIZE])
{
        char text[ENDPOINT_TEXT_SIZE];
        return number_uri(number, account->pbx->none ? endpoint_print(&path->local, text) : account->pbx->domain, out);
}

/* A neighbour on this gateway is called through our own socket, like anybody else. */
static void neighbour_target(struct dialog *dialog, const char *number)
{
        struct endpoint end = own_end(dialog->sip);
        char text[ENDPOINT_TEXT_SIZE];
        number_uri(number, endpoint_print(&end, text), dialog->target);
        path_find(dialog->sip, &end.ip, false, &dialog->path);
}

/* A softphone is called where its REGISTER came from, and the way it came: its contact may be behind a NAT. */
static void softphone_target(struct dialog *dialog, const struct location_binding *binding)
{
        char text[ENDPOINT_TEXT_SIZE];
        TEXT_SET(dialog->target, binding->uri);
        text_printf(dialog->next_hop, sizeof dialog->next_hop, "sip:%s%s", endpoint_print(&binding->source, text),
                    binding->tcp ? ";transport=tcp" : "");
        path_find(dialog->sip, &binding->source.ip, binding->tcp, &dialog->path);
}

static bool local_target(struct dialog *dialog, const char *number)
{
        struct location_binding bindings[LOCATION_PER_USER];
        if (account_by_number(dialog->sip, number)) {
                neighbour_target(dialog, number);
                return true;
        }
        if (!dialog->sip->location || location_find(dialog->sip->location, number, (uint64_t)clock_ms(), bindings) == 0)
                return false;
        softphone_target(dialog, &bindings[0]);
        return true;
}

static bool was_tried(const struct dialog *dialog, const char *uri)
{
        for (size_t i = 0; i < dialog->n_tried; i++) {
                if (strcmp(dialog->tried[i], uri) == 0)
                        return true;
        }
        return false;
}

/* Remembers that the target is called now; false when too many were. */
static bool target_try(struct dialog *dialog)
{
        if (dialog->n_tried == DIALOG_TARGETS_MAX || !(dialog->tried[dialog->n_tried] = strdup(dialog->target)))
                return false;
        dialog->n_tried++;
        return true;
}

bool target_find(struct dialog *dialog, const struct account *account, const char *number)
{
        const struct pbx *pbx = account->pbx;
        if (pbx->none)
                return local_target(dialog, number) && target_try(dialog);
        dialog->path = pbx->path;
        TEXT_SET(dialog->next_hop, pbx->next_hop);
        TEXT_SET(dialog->route, pbx->route);
        return number_uri(number, pbx->domain, dialog->target) && target_try(dialog);
}

static double preference(const sip_contact_t *contact)
{
        return contact->m_q ? strtod(contact->m_q, NULL) : 1.0;
}

enum transport_said { SAID_NOTHING, SAID_UDP, SAID_TCP, SAID_OTHER };

static enum transport_said transport_said(const url_t *url)
{
        char said[8] = "";
        if (!url_has_param(url, "transport"))
                return SAID_NOTHING;
        url_param(url->url_params, "transport", said, sizeof said);
        return text_equal_nocase(said, "udp") ? SAID_UDP : text_equal_nocase(said, "tcp") ? SAID_TCP : SAID_OTHER;
}

/* The request URI a contact stands for; false when it cannot be called. What a redirection would put into the headers
 * of our request is not taken over. */
static bool contact_uri(const sip_contact_t *contact, char out[SIP_URI_SIZE])
{
        url_t plain = *contact->m_url;
        plain.url_headers = NULL;
        return plain.url_type == url_sip && plain.url_host && transport_said(&plain) != SAID_OTHER &&
               url_e(out, SIP_URI_SIZE, &plain) < (issize_t)SIP_URI_SIZE;
}

/* The PBX the call goes to, when the URI is one of its places: its host, and the same port. */
static const struct pbx *pbx_at(const struct dialog *dialog, const url_t *url)
{
        const struct account *account = account_by_line(dialog->sip, dialog->line);
        const char *port = url->url_port ? url->url_port : "";
        char place[SIP_URI_SIZE];
        text_printf(place, sizeof place, "%s%s%s", url->url_host, *port ? ":" : "", port);
        bool there = account && !account->pbx->none && text_equal_nocase(place, account->pbx->domain);
        return there ? account->pbx : NULL;
}

/* A proxy's route stays. Without one, requests for another place than the PBX go there themselves: another host, or
 * another port of the same. They go by the transport the URI names (RFC 3263 section 4.1), else by that of the call. */
static void hop_choose(struct dialog *dialog, const url_t *url)
{
        enum transport_said said = transport_said(url);
        const struct pbx *pbx = pbx_at(dialog, url);
        const struct path *before = pbx ? &pbx->path : &dialog->path;
        bool tcp = said == SAID_NOTHING ? before->tcp : said == SAID_TCP;
        struct ip ip = before->peer;
        if (dialog->route[0])
                return;
        TEXT_SET(dialog->next_hop, pbx ? pbx->next_hop : "");
        if (pbx && tcp != pbx->tcp) {
                dialog->next_hop[strcspn(dialog->next_hop, ";")] = '\0';
                text_append(dialog->next_hop, sizeof dialog->next_hop, ";transport=%s", tcp ? "tcp" : "udp");
        }
        ip_parse(url->url_host, &ip);
        path_find(dialog->sip, &ip, tcp, &dialog->path);
}

bool target_redirect(struct dialog *dialog, const sip_t *response)
{
        const sip_contact_t *best = NULL;
        char uri[SIP_URI_SIZE];
        for (const sip_contact_t *at = response->sip_contact; at; at = at->m_next) {
                if (contact_uri(at, uri) && !was_tried(dialog, uri) && (!best || preference(at) > preference(best)))
                        best = at;
        }
        if (!best)
                return false;
        contact_uri(best, dialog->target);
        hop_choose(dialog, best->m_url);
        return target_try(dialog);
}

bool target_take(struct dialog *dialog, const char *uri)
{
        const struct account *account = account_by_line(dialog->sip, dialog->line);
        su_home_t home[1] = {SU_HOME_INIT(home)};
        su_home_init(home);
        const url_t *url = url_make(home, uri);
        bool good = account && url && url->url_type == url_sip && url->url_host &&
                    text_copy(dialog->target, sizeof dialog->target, uri);
        if (good) {
                dialog->path = account->pbx->path;
                TEXT_SET(dialog->route, account->pbx->route);
                hop_choose(dialog, url);
        }
        su_home_deinit(home);
        return good && target_try(dialog);
}
