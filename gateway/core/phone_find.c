/* Searches over a phone's few calls. */
#include "gateway/core/phone_find.h"

int phone_find_active(const struct phone_view *view)
{
        for (size_t i = 0; i < view->n_calls; i++)
                if (call_is_active(view->calls[i]))
                        return (int)i;
        return NO_CALL;
}

int phone_find_reference(const struct phone_view *view, uint32_t reference)
{
        for (size_t i = 0; i < view->n_calls; i++)
                if (reference && view->calls[i]->reference == reference)
                        return (int)i;
        return NO_CALL;
}

int phone_find_oldest(const struct phone_view *view, enum call_state state, unsigned line)
{
        int found = NO_CALL;
        for (size_t i = 0; i < view->n_calls; i++) {
                const struct call *call = view->calls[i];
                if (call->state != state || (line && call->line != line))
                        continue;
                if (found == NO_CALL || call->age < view->calls[found]->age)
                        found = (int)i;
        }
        return found;
}

int phone_find_newest(const struct phone_view *view, enum call_state state)
{
        int found = NO_CALL;
        for (size_t i = 0; i < view->n_calls; i++) {
                const struct call *call = view->calls[i];
                if (call->state == state && (found == NO_CALL || call->age > view->calls[found]->age))
                        found = (int)i;
        }
        return found;
}

static bool is_begun_for_another(const struct call *call)
{
        return call->purpose == CALL_CONSULT || call->purpose == CALL_CONFER;
}

static int find_held_host(const struct phone_view *view)
{
        for (size_t i = 0; i < view->n_calls; i++)
                if (view->calls[i]->host && view->calls[i]->state == CALL_HELD)
                        return (int)i;
        return NO_CALL;
}

int phone_find_pair(const struct phone_view *view, int i)
{
        const struct call *call = view->calls[i];
        int begun_for = phone_find_reference(view, call->partner);
        if (is_begun_for_another(call) && begun_for != NO_CALL)
                return begun_for;
        for (size_t j = 0; j < view->n_calls; j++)
                if (is_begun_for_another(view->calls[j]) && view->calls[j]->partner == call->reference)
                        return (int)j;
        if (call->purpose == CALL_CONFER) /* who hosted the conference has left it meanwhile */
                return find_held_host(view);
        return NO_CALL;
}

enum call_state phone_soon(enum call_state state)
{
        bool opens = state == CALL_ANSWERING || state == CALL_AGREEING || state == CALL_RESUMING;
        return opens ? CALL_TALKING : state;
}

unsigned phone_count(const struct phone_view *view, enum call_state state)
{
        unsigned count = 0;
        for (size_t i = 0; i < view->n_calls; i++)
                count += view->calls[i]->state == state;
        return count;
}

unsigned phone_count_own(const struct phone_view *view)
{
        unsigned count = 0;
        for (size_t i = 0; i < view->n_calls; i++)
                count += !call_is_remote(view->calls[i]);
        return count;
}

unsigned phone_count_on(const struct phone_view *view, unsigned line)
{
        unsigned count = 0;
        for (size_t i = 0; i < view->n_calls; i++)
                count += view->calls[i]->line == line && view->calls[i]->state != CALL_IDLE &&
                         !call_is_hidden(view->calls[i]) && !call_is_remote(view->calls[i]);
        return count;
}
