/* Identity headers of a parsed message to clean text: which header counts, whose privacy, which of several. */
#include "sip/identity.h"

#include <sofia-sip/sip.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "gateway/base/text.h"

#define DIVERSIONS_MAX 100
#define ELSEWHERE_SIP  200 /* RFC 3326: the cause of a CANCEL after another branch was answered */
#define ELSEWHERE_Q850 26  /* non-selected user clearing: the same in ISDN words, as Asterisk says it */

/* The addresses of all headers of one name, in their order. */
struct addresses {
        const sip_unknown_t *next;
        const char *name;
        const char *value;
        size_t len;
};

static struct addresses addresses_of(const sip_t *sip, const char *name)
{
        return (struct addresses){.next = sip->sip_unknown, .name = name};
}

static bool next_address(struct addresses *list, struct identity_address *out)
{
        while (!identity_next(&list->value, &list->len, out)) {
                while (list->next && !text_equal_nocase(list->next->un_name, list->name))
                        list->next = list->next->un_next;
                if (!list->next)
                        return false;
                list->value = list->next->un_value ? list->next->un_value : "";
                list->len = strlen(list->value);
                list->next = list->next->un_next;
        }
        return true;
}

static bool param_is(const struct identity_address *address, const char *name, const char *expected)
{
        char value[16];
        return identity_param(address->params, address->params_len, name, value, sizeof(value)) &&
               text_equal_nocase(value, expected);
}

/* RFC 3323 and 3325; "full" is what older drafts said. The other values ask things of proxies. */
static bool wants_privacy(const sip_t *sip)
{
        static const char *const private[] = {"id", "user", "full"};
        const msg_param_t *values = sip->sip_privacy ? sip->sip_privacy->priv_values : NULL;
        for (; values && *values; values++)
                for (size_t i = 0; i < sizeof(private) / sizeof(*private); i++)
                        if (text_equal_nocase(*values, private[i]))
                                return true;
        return false;
}

static void party_of(const struct identity_address *address, struct sip_party *out)
{
        *out = (struct sip_party){0};
        if (identity_is_anonymous(address->uri, address->uri_len))
                return;
        identity_name(address->name, address->name_len, out->name, sizeof(out->name));
        identity_number(address->uri, address->uri_len, out->number, sizeof(out->number));
}

/* At most one sip: and one tel: identity are there (RFC 3325 section 9.1); with more, the first of each counts.
 * False when none of them says who it is, or that nobody shall know. */
static bool read_asserted(const sip_t *sip, struct sip_party *out)
{
        struct addresses list = addresses_of(sip, "P-Asserted-Identity");
        struct identity_address address;
        struct sip_party party, by_uri = {0}, by_number = {0};
        bool seen = false;
        while (next_address(&list, &address)) {
                party_of(&address, &party);
                struct sip_party *kind = identity_is_tel(address.uri, address.uri_len) ? &by_number : &by_uri;
                if (!*kind->number)
                        *kind = party;
                seen = seen || *party.number || identity_is_anonymous(address.uri, address.uri_len);
        }
        const struct sip_party *other = *by_uri.number ? &by_number : &by_uri;
        *out = *by_uri.number ? by_uri : by_number;
        if (*out->number && !*out->name)
                TEXT_SET(out->name, other->name);
        return seen;
}

/* draft-ietf-sip-privacy-01, as PBXs still send it. A request may carry one for each end: `skip_party` is not meant. */
static bool read_remote_party(const sip_t *sip, const char *skip_party, struct sip_party *out)
{
        struct addresses list = addresses_of(sip, "Remote-Party-ID");
        struct identity_address address;
        while (next_address(&list, &address)) {
                if (skip_party && param_is(&address, "party", skip_party))
                        continue;
                party_of(&address, out);
                bool hidden = param_is(&address, "privacy", "full") || param_is(&address, "privacy", "yes");
                if (hidden || param_is(&address, "privacy", "name"))
                        out->name[0] = '\0';
                if (hidden || param_is(&address, "privacy", "uri"))
                        out->number[0] = '\0';
                return true;
        }
        return false;
}

/* sofia has taken this one apart; put together it is read like the others. */
static void read_addr(const char *display, const url_t *url, struct sip_party *out)
{
        char uri[640]; /* a user of any length keeps its host */
        bool tel = url->url_type == url_tel;
        text_printf(uri, sizeof(uri), tel ? "tel:%.300s" : "sip:%.300s@%.300s", url->url_user ? url->url_user : "",
                    url->url_host ? url->url_host : "");
        struct identity_address address = {
                .name = display,
                .name_len = display ? strlen(display) : 0,
                .uri = uri,
                .uri_len = strlen(uri),
        };
        party_of(&address, out);
}

void identity_caller(const sip_t *request, struct sip_party *out)
{
        *out = (struct sip_party){0};
        if (wants_privacy(request) || read_asserted(request, out) || read_remote_party(request, "called", out))
                return;
        if (request->sip_from)
                read_addr(request->sip_from->a_display, request->sip_from->a_url, out);
}

bool identity_connected(const sip_t *message, struct sip_party *out)
{
        struct sip_party party;
        if (wants_privacy(message) || (!read_asserted(message, &party) && !read_remote_party(message, NULL, &party)) ||
            (!*party.number && !*party.name))
                return false;
        *out = party;
        return true;
}

static bool read_diversion(const sip_t *request, struct sip_party *out)
{
        struct addresses list = addresses_of(request, "Diversion");
        struct identity_address address, oldest = {0};
        while (next_address(&list, &address)) /* each diversion was put before the older ones */
                oldest = address;
        if (!oldest.uri || param_is(&oldest, "privacy", "full") || param_is(&oldest, "privacy", "uri"))
                return false;
        party_of(&oldest, out);
        return *out->number;
}

static bool read_history(const sip_t *request, struct sip_party *out)
{
        struct addresses list = addresses_of(request, "History-Info");
        struct identity_address first;
        if (!next_address(&list, &first))
                return false;
        party_of(&first, out);
        return *out->number;
}

void identity_called(const sip_t *request, char out[SIP_NUMBER_MAX])
{
        struct sip_party party = {0};
        if (!read_diversion(request, &party) && !read_history(request, &party) && request->sip_to)
                read_addr(NULL, request->sip_to->a_url, &party);
        text_copy(out, SIP_NUMBER_MAX, party.number);
}

static bool is_ours(const char *number, const char *const *ours, size_t n_ours)
{
        for (size_t i = 0; i < n_ours; i++)
                if (*number && text_equal(number, ours[i]))
                        return true;
        return false;
}

/* A header may stand for several diversions (RFC 5806 section 4.2.4). */
static unsigned counter_of(const struct identity_address *address)
{
        char value[8];
        bool told = identity_param(address->params, address->params_len, "counter", value, sizeof(value));
        long count = told ? strtol(value, NULL, 10) : 1;
        return count >= 1 && count <= DIVERSIONS_MAX ? (unsigned)count : 1;
}

static void diverted(struct identity_diversions *out, const char *by, unsigned times, const char *const *ours,
                     size_t n_ours)
{
        out->count = out->count + times < DIVERSIONS_MAX ? out->count + times : DIVERSIONS_MAX;
        out->ours = out->ours || is_ours(by, ours, n_ours);
}

/* Newest first. */
static bool count_diversions(const sip_t *request, const char *const *ours, size_t n_ours,
                             struct identity_diversions *out)
{
        struct addresses list = addresses_of(request, "Diversion");
        struct identity_address address;
        struct sip_party by;
        while (next_address(&list, &address)) {
                party_of(&address, &by);
                if (!out->count)
                        TEXT_SET(out->last, by.number);
                diverted(out, by.number, counter_of(&address), ours, n_ours);
        }
        return out->count;
}

/* A cause in the URI says that whoever stands before it sent the call there. */
static bool has_cause(const struct identity_address *address)
{
        static const char cause[] = ";cause=";
        for (size_t i = 0; i + sizeof(cause) - 1 <= address->uri_len; i++)
                if (strncasecmp(address->uri + i, cause, sizeof(cause) - 1) == 0)
                        return true;
        return false;
}

/* Oldest first. */
static void count_history(const sip_t *request, const char *const *ours, size_t n_ours, struct identity_diversions *out)
{
        struct addresses list = addresses_of(request, "History-Info");
        struct identity_address address;
        struct sip_party before = {0};
        while (next_address(&list, &address)) {
                if (has_cause(&address)) {
                        TEXT_SET(out->last, before.number);
                        diverted(out, before.number, 1, ours, n_ours);
                }
                party_of(&address, &before);
        }
}

void identity_diversions(const sip_t *request, const char *const *ours, size_t n_ours, struct identity_diversions *out)
{
        *out = (struct identity_diversions){0};
        if (!count_diversions(request, ours, n_ours, out))
                count_history(request, ours, n_ours, out);
}

bool identity_copy(const sip_t *message, const char *name, char *out, size_t size)
{
        bool any = false, fits = text_printf(out, size, "%s: ", name);
        for (const sip_unknown_t *header = message->sip_unknown; header; header = header->un_next) {
                if (!header->un_value || !text_equal_nocase(header->un_name, name))
                        continue;
                fits = fits && text_append(out, size, "%s%s", any ? ", " : "", header->un_value);
                any = true;
        }
        if (!any || !fits)
                *out = '\0';
        return any && fits;
}

static void read_reason(const sip_reason_t *reason, struct identity_reason *out)
{
        long cause = reason->re_cause ? strtol(reason->re_cause, NULL, 10) : 0;
        bool q850 = text_equal_nocase(reason->re_protocol, "Q.850");
        if (q850 && cause > 0 && cause < 128 && out->cause == 0)
                out->cause = (int)cause;
        if (cause == (q850 ? ELSEWHERE_Q850 : ELSEWHERE_SIP))
                out->elsewhere = true;
        if (reason->re_text && !*out->text)
                identity_name(reason->re_text, strlen(reason->re_text), out->text, sizeof(out->text));
}

void identity_reason(const sip_t *message, struct identity_reason *out)
{
        *out = (struct identity_reason){0};
        for (const sip_reason_t *reason = message->sip_reason; reason; reason = reason->re_next)
                read_reason(reason, out);
}
