/* How a call is announced: by which ring, and whether the phone answers it by itself (RFC 5373, flows.md 19). */
#include "gateway/core/phone_find.h"

#define STATUS_FORBIDDEN 403 /* RFC 5373 section 4.3.1 */
#define STATUS_BUSY      486

enum phone_ring phone_ring_of(const struct call *call)
{
        static const enum phone_ring rings[] = {
                [RING_INSIDE] = PHONE_RING_INSIDE,         [RING_OUTSIDE] = PHONE_RING_OUTSIDE,
                [RING_FEATURE] = PHONE_RING_FEATURE,       [RING_URGENT] = PHONE_RING_URGENT,
                [RING_BELLCORE_1] = PHONE_RING_BELLCORE_1, [RING_BELLCORE_2] = PHONE_RING_BELLCORE_2,
                [RING_BELLCORE_3] = PHONE_RING_BELLCORE_3, [RING_BELLCORE_4] = PHONE_RING_BELLCORE_4,
                [RING_BELLCORE_5] = PHONE_RING_BELLCORE_5,
        };
        if (call->alerting.ring == RING_DEFAULT)
                return call->outside ? PHONE_RING_OUTSIDE : PHONE_RING_INSIDE;
        return rings[call->alerting.ring];
}

bool phone_answers_alone(const struct phone_view *view, const struct call *call)
{
        return call->state == CALL_OFFERED && call->alerting.answer && phone_find_active(view) == NO_CALL;
}

int phone_refuses_alone(const struct phone_view *view, const struct alerting *alerting, bool allowed, bool busy_refuses)
{
        if (!alerting->answer)
                return 0;
        if (!allowed)
                return alerting->required ? STATUS_FORBIDDEN : 0;
        bool busy = phone_find_active(view) != NO_CALL;
        return busy && (busy_refuses || alerting->required) ? STATUS_BUSY : 0;
}

enum phone_nudge phone_nudge(const struct phone_view *view, const struct call *call, bool tried)
{
        if (call->state == CALL_OFFERED && call->alerting.answer && !tried)
                return NUDGE_ANSWER;
        if (call->state == CALL_OFFERED)
                return phone_find_active(view) == NO_CALL ? NUDGE_NONE : NUDGE_WAITING;
        bool left = call->state == CALL_HELD && !call->consulting && call->transfer != TRANSFER_SENT;
        return left ? NUDGE_HELD : NUDGE_NONE;
}
