/* Names of events and actions, and the list a step fills. */
#include "gateway/core/event.h"

#include <assert.h>

void actions_add(struct actions *actions, enum action_kind kind, int arg)
{
        assert(actions->count < ACTIONS_MAX);
        actions->at[actions->count++] = (struct action){kind, arg};
}

const char *event_name(enum event_kind kind)
{
        static const char *const names[EVENT_KINDS] = {
#define X(name, word) [name] = (word),
                EVENTS(X)
#undef X
        };
        return kind < EVENT_KINDS ? names[kind] : "unknown";
}

const char *action_name(enum action_kind kind)
{
        static const char *const names[ACTION_KINDS] = {
#define X(name, word) [name] = (word),
                ACTIONS(X)
#undef X
        };
        return kind < ACTION_KINDS ? names[kind] : "unknown";
}
