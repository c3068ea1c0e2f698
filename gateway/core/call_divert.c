/* A caller nobody has answered yet is sent elsewhere: by the user, or because it rang for too long. Whether a call
 * rings at all is decided before there is one, in forward.c. */
#include "gateway/core/call_rules.h"

static bool can_forward(const struct step *step)
{
        return step->rules->no_answer_to && !step->call->stays;
}

/* A phone that comes later rings no longer than the others. */
static unsigned rest_of(unsigned ms, unsigned gone_ms)
{
        return ms > gone_ms ? ms - gone_ms : 1;
}

void divert_ring(struct step *step)
{
        const struct call_rules *rules = step->rules;
        bool early = can_forward(step) && rules->no_answer_ms < rules->ring_timeout_ms;
        step->call->rings_on_ms = early ? rules->ring_timeout_ms - rules->no_answer_ms : 0;
        call_timer(step, rest_of(early ? rules->no_answer_ms : rules->ring_timeout_ms, step->event->rang_ms));
}

/* The forward may have been taken back while it rang. */
enum call_state divert_unanswered(struct step *step)
{
        struct call *call = step->call;
        unsigned left_ms = call->rings_on_ms;
        if (call->purpose == CALL_BACK)
                return recall_unanswered(step);
        if (can_forward(step))
                return call_redirect(step, step->rules->no_answer_to, REDIRECT_NO_ANSWER);
        if (!left_ms)
                return end_unanswered(step);
        call->rings_on_ms = 0;
        call_timer(step, left_ms);
        return CALL_OFFERED;
}

enum call_state divert_by_user(struct step *step)
{
        if (step->call->purpose == CALL_BACK)
                return step->call->state;
        return call_redirect(step, step->event->number, REDIRECT_BY_USER);
}
