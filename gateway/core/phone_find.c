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

int phone_find_pair(const struct phone_view *view, int i)
{
        const struct call *call = view->calls[i];
        int begun_for = phone_find_reference(view, call->partner);
        if (call->purpose == CALL_CONSULT && begun_for != NO_CALL)
                return begun_for;
        for (size_t j = 0; j < view->n_calls; j++)
                if (view->calls[j]->purpose == CALL_CONSULT && view->calls[j]->partner == call->reference)
                        return (int)j;
        return NO_CALL;
}

unsigned phone_count(const struct phone_view *view, enum call_state state)
{
        unsigned count = 0;
        for (size_t i = 0; i < view->n_calls; i++)
                count += view->calls[i]->state == state;
        return count;
}

unsigned phone_count_on(const struct phone_view *view, unsigned line)
{
        unsigned count = 0;
        for (size_t i = 0; i < view->n_calls; i++)
                count += view->calls[i]->line == line && view->calls[i]->state != CALL_IDLE &&
                         view->calls[i]->state != CALL_LEAVING && view->calls[i]->state != CALL_TELLING;
        return count;
}
