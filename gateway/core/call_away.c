/* A phone that loses its connection keeps its audio (flows.md 5), and so do we: the call waits for the phone, which has
 * forgotten it when it comes back. Offers of the far end are put off meanwhile: what they ask for could not be done. */
#include "gateway/core/call_rules.h"

/* An offer that is under way, a transfer that wants this call, or one we were asked for would need the phone. So would
 * a conference: the phone leaves it, as if it did not come back. */
enum call_state away_begin(struct step *step)
{
        const struct call *call = step->call;
        bool needs_phone = call->reoffer_out || call->reoffer_due || call->handed || call->referred;
        if (!step->rules->survive_ms || needs_phone || call->conference)
                return end_phone_lost(step);
        call_timer(step, step->rules->survive_ms);
        return CALL_AWAY;
}

/* Whoever was held still is. The channel of the one who talked is opened anew; what may be left of the old one on the
 * phone is closed first. */
enum call_state away_back(struct step *step)
{
        struct call *call = step->call;
        if (call->rx == RX_CLOSED) {
                call_timer(step, 0);
                return CALL_HELD;
        }
        call_media_off(step);
        call_rx_open(step);
        return CALL_OPENING;
}

/* Nothing is to be heard on a held one. */
enum call_state away_dead(struct step *step)
{
        return step->call->rx == RX_CLOSED ? CALL_AWAY : end_dead(step);
}
