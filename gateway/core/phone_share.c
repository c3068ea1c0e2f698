/* Keys for calls of other phones of a line that several share. */
#include "gateway/core/phone_search.h"

/* The one that is named, else the oldest of the line. */
static int find_remote(const struct search *s)
{
        if (s->press->reference)
                return search_named(s);
        return phone_find_oldest(s->view, CALL_REMOTE, s->press->line);
}

void press_steal(struct search *s)
{
        int there = find_remote(s);
        if (search_is(s, there, CALL_REMOTE) && search_call(s, there)->seen.may_take)
                search_take_over(s, there, EV_STEAL);
}

void press_barge(struct search *s)
{
        int there = find_remote(s);
        if (search_is(s, there, CALL_REMOTE) && search_call(s, there)->seen.may_join)
                search_take_over(s, there, EV_BARGE);
}
