#include "sip/session_timer.h"

struct session_timer session_timer_answer(const struct session_terms *request)
{
        if (request->interval_s == 0)
                return (struct session_timer){0};
        /* a peer that does not know session timers got the header from a proxy: the refreshing is ours */
        bool theirs = request->supported && request->refresher != SESSION_REFRESHER_UAS;
        return (struct session_timer){.interval_s = request->interval_s, .ours = !theirs};
}

struct session_timer session_timer_granted(const struct session_terms *response)
{
        if (response->interval_s == 0)
                return (struct session_timer){0};
        return (struct session_timer){.interval_s = response->interval_s,
                                      .ours = response->refresher != SESSION_REFRESHER_UAS};
}

int64_t session_timer_wait_ms(const struct session_timer *timer)
{
        int64_t interval_ms = timer->interval_s * INT64_C(1000);
        int64_t margin_ms = interval_ms / 3 < 32000 ? interval_ms / 3 : 32000;
        return timer->ours ? interval_ms / 2 : interval_ms - margin_ms;
}
