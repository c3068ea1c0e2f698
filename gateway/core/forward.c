#include "gateway/core/forward.h"

#include <stddef.h>

#include "gateway/base/text.h"

#define STATUS_NOT_HERE 480
#define STATUS_LOOP     482

/* Nobody is sent to himself: whom calls go to may call here all the same, and is heard. */
static const char *target(const struct forward_facts *facts, enum forward_kind kind)
{
        const char *to = facts->forwards->to[kind];
        return *to && !text_equal(to, facts->caller) ? to : NULL;
}

static struct forward_verdict send_to(const struct forward_facts *facts, const char *to, enum redirect_reason reason)
{
        bool circles = facts->came_by || facts->hops >= FORWARD_HOPS_MAX;
        return circles ? (struct forward_verdict){.status = STATUS_LOOP}
                       : (struct forward_verdict){.to = to, .reason = reason};
}

/* What is refused as busy may go to whoever takes calls then. */
static struct forward_verdict refuse_busy(const struct forward_facts *facts, int status)
{
        const char *to = target(facts, FORWARD_BUSY);
        return to ? send_to(facts, to, REDIRECT_BUSY) : (struct forward_verdict){.status = status};
}

static struct forward_verdict nobody_there(const struct forward_facts *facts)
{
        const char *to = target(facts, FORWARD_NO_ANSWER);
        return to ? send_to(facts, to, REDIRECT_NO_ANSWER) : (struct forward_verdict){.status = STATUS_NOT_HERE};
}

struct forward_verdict forward_decide(const struct forward_facts *facts)
{
        const char *always = target(facts, FORWARD_ALL);
        if (always)
                return send_to(facts, always, REDIRECT_ALWAYS);
        if (facts->away)
                return nobody_there(facts);
        if (facts->dnd == DND_REJECT)
                return refuse_busy(facts, facts->dnd_status);
        if (facts->busy)
                return refuse_busy(facts, facts->busy);
        bool stays = facts->came_by || facts->hops >= FORWARD_HOPS_MAX || !target(facts, FORWARD_NO_ANSWER);
        return (struct forward_verdict){.stays = stays};
}

bool forward_keeps(const struct forwards *forwards)
{
        return *forwards->to[FORWARD_ALL] || *forwards->to[FORWARD_NO_ANSWER];
}

/* A circle that `from` is not part of is somebody else's; the steps are counted all the same. */
bool forward_loops(const char *from, const char *to, forward_next *next, const void *owner)
{
        for (unsigned steps = 0; to && steps <= FORWARD_HOPS_MAX; steps++, to = next(owner, to))
                if (text_equal(from, to))
                        return true;
        return to != NULL;
}

enum forward_kind forward_of_purpose(enum call_purpose purpose)
{
        if (purpose >= CALL_FORWARD_ALL && purpose <= CALL_FORWARD_NO_ANSWER)
                return FORWARD_ALL + (purpose - CALL_FORWARD_ALL);
        return FORWARD_KINDS;
}

const char *forward_name(enum forward_kind kind)
{
        static const char *const names[FORWARD_KINDS] = {
                [FORWARD_ALL] = "all", [FORWARD_BUSY] = "busy", [FORWARD_NO_ANSWER] = "no_answer"};
        return kind < FORWARD_KINDS ? names[kind] : "unknown";
}

const char *dnd_name(enum dnd_mode mode)
{
        static const char *const names[DND_MODES] = {
                [DND_OFF] = "off", [DND_REJECT] = "reject", [DND_SILENT] = "silent"};
        return mode < DND_MODES ? names[mode] : "unknown";
}
