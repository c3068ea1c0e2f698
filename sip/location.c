/* The bindings are one small array, searched from end to end: a house without a PBX has a handful of softphones. An
 * expired binding is a free place, so nothing has to happen when its time comes. */
#include "sip/location.h"

#include <stdlib.h>
#include <string.h>

#include "gateway/base/text.h"

struct location {
        struct location_binding bindings[LOCATION_MAX];
};

struct location *location_new(void)
{
        return calloc(1, sizeof(struct location));
}

void location_free(struct location *location)
{
        free(location);
}

static bool is_live(const struct location_binding *binding, uint64_t now_ms)
{
        return binding->expires_ms > now_ms;
}

static bool is_of_user(const struct location_binding *binding, const char *user, uint64_t now_ms)
{
        return is_live(binding, now_ms) && text_equal(binding->user, user);
}

size_t location_count(const struct location *location, uint64_t now_ms)
{
        size_t count = 0;
        for (size_t i = 0; i < LOCATION_MAX; i++)
                count += is_live(&location->bindings[i], now_ms);
        return count;
}

size_t location_find(const struct location *location, const char *user, uint64_t now_ms,
                     struct location_binding out[LOCATION_PER_USER])
{
        size_t found = 0;
        for (size_t i = 0; i < LOCATION_MAX && found < LOCATION_PER_USER; i++) {
                if (!is_of_user(&location->bindings[i], user, now_ms))
                        continue;
                size_t at = found++;
                for (; at > 0 && out[at - 1].updated_ms < location->bindings[i].updated_ms; at--)
                        out[at] = out[at - 1];
                out[at] = location->bindings[i];
        }
        return found;
}

/* --- checking --- */

static bool fits(const char *text, size_t size)
{
        return text && *text && strlen(text) < size;
}

/* A contact's own parameter before the header, the default without either (RFC 3261 section 10.3 step 6). */
static int64_t contact_expires(const struct location_request *request, const struct location_contact *contact)
{
        if (contact->expires_s != LOCATION_NOT_SAID)
                return contact->expires_s;
        return request->expires_s != LOCATION_NOT_SAID ? request->expires_s : LOCATION_DEFAULT_S;
}

static bool is_well_formed(const struct location_request *request)
{
        if (!fits(request->user, SIP_NUMBER_MAX) || !fits(request->call_id, LOCATION_CALL_MAX))
                return false;
        if (request->all)
                return request->n_contacts == 0 && request->expires_s == 0;
        for (size_t i = 0; i < request->n_contacts; i++)
                if (!fits(request->contacts[i].uri, LOCATION_URI_MAX))
                        return false;
        return request->n_contacts <= LOCATION_PER_USER;
}

static bool is_too_brief(const struct location_request *request)
{
        for (size_t i = 0; i < request->n_contacts; i++) {
                int64_t expires_s = contact_expires(request, &request->contacts[i]);
                if (expires_s != 0 && expires_s < LOCATION_MIN_S)
                        return true;
        }
        return false;
}

static bool is_named(const struct location_request *request, const char *uri)
{
        bool named = request->all;
        for (size_t i = 0; i < request->n_contacts; i++)
                named = named || text_equal(request->contacts[i].uri, uri);
        return named;
}

/* Would it change a binding that a later request of the same Call-ID has set? */
static bool is_outdated(const struct location *location, const struct location_request *request, uint64_t now_ms)
{
        for (size_t i = 0; i < LOCATION_MAX; i++) {
                const struct location_binding *binding = &location->bindings[i];
                if (is_of_user(binding, request->user, now_ms) && is_named(request, binding->uri) &&
                    text_equal(binding->call_id, request->call_id) && request->cseq <= binding->cseq)
                        return true;
        }
        return false;
}

static bool is_bound(const struct location_binding *bindings, size_t n, const char *uri)
{
        for (size_t i = 0; i < n; i++)
                if (text_equal(bindings[i].uri, uri))
                        return true;
        return false;
}

/* Only contacts that are new, and more than the user's own oldest ones would make room for, need a free place. */
static bool has_room(const struct location *location, const struct location_request *request, uint64_t now_ms)
{
        struct location_binding held[LOCATION_PER_USER];
        size_t n_held = location_find(location, request->user, now_ms, held), n_after = n_held;
        for (size_t i = 0; i < request->n_contacts; i++)
                if (contact_expires(request, &request->contacts[i]) != 0 &&
                    !is_bound(held, n_held, request->contacts[i].uri))
                        n_after++;
        if (n_after > LOCATION_PER_USER)
                n_after = LOCATION_PER_USER;
        return location_count(location, now_ms) - n_held + n_after <= LOCATION_MAX;
}

/* --- changing --- */

static struct location_binding *find_binding(struct location *location, const char *user, const char *uri,
                                             uint64_t now_ms)
{
        for (size_t i = 0; i < LOCATION_MAX; i++)
                if (is_of_user(&location->bindings[i], user, now_ms) && text_equal(location->bindings[i].uri, uri))
                        return &location->bindings[i];
        return NULL;
}

/* A free place, or the user's oldest when all of his are taken. There is one: has_room was asked. */
static struct location_binding *find_place(struct location *location, const char *user, uint64_t now_ms)
{
        struct location_binding *empty = NULL, *oldest = NULL;
        size_t held = 0;
        for (size_t i = 0; i < LOCATION_MAX; i++) {
                struct location_binding *binding = &location->bindings[i];
                if (!is_live(binding, now_ms)) {
                        empty = empty ? empty : binding;
                } else if (text_equal(binding->user, user)) {
                        held++;
                        oldest = !oldest || binding->updated_ms < oldest->updated_ms ? binding : oldest;
                }
        }
        return held >= LOCATION_PER_USER ? oldest : empty;
}

static void set_binding(struct location *location, const struct location_request *request,
                        const struct location_contact *contact, uint64_t now_ms)
{
        int64_t expires_s = contact_expires(request, contact);
        struct location_binding *binding = find_binding(location, request->user, contact->uri, now_ms);
        if (expires_s == 0) {
                if (binding)
                        *binding = (struct location_binding){0};
                return;
        }
        if (expires_s > LOCATION_MAX_S)
                expires_s = LOCATION_MAX_S;
        if (!binding)
                binding = find_place(location, request->user, now_ms);
        *binding = (struct location_binding){
                .cseq = request->cseq,
                .source = request->source,
                .tcp = request->tcp,
                .updated_ms = now_ms,
                .expires_ms = now_ms + (uint64_t)expires_s * 1000,
        };
        TEXT_SET(binding->user, request->user);
        TEXT_SET(binding->uri, contact->uri);
        TEXT_SET(binding->call_id, request->call_id);
}

static void remove_user(struct location *location, const char *user, uint64_t now_ms)
{
        for (size_t i = 0; i < LOCATION_MAX; i++)
                if (is_of_user(&location->bindings[i], user, now_ms))
                        location->bindings[i] = (struct location_binding){0};
}

int location_register(struct location *location, const struct location_request *request, uint64_t now_ms)
{
        if (!is_well_formed(request))
                return 400;
        if (is_too_brief(request))
                return 423;
        if (is_outdated(location, request, now_ms))
                return 500;
        if (!has_room(location, request, now_ms))
                return 503;
        if (request->all)
                remove_user(location, request->user, now_ms);
        for (size_t i = 0; i < request->n_contacts; i++)
                set_binding(location, request, &request->contacts[i], now_ms);
        return 200;
}
