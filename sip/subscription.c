#include "sip/subscription.h"

#include <assert.h>
#include <limits.h>
#include <stddef.h>

#include "gateway/base/text.h"

#define EXPIRES_MAX_S     86400
#define RETRY_AFTER_MAX_S 3600
#define CHALLENGES_MAX    4    /* a proxy's and the notifier's, each once stale */
#define MISSED_WAIT_MS    5000 /* a notifier that never sends the whole state is not asked without a pause */

/* The wait is at most base * 2^failures, and at most the cap; drawn from its upper half. What a human has to mend is
 * asked for hours later; the rest waits for machines. */
struct outcome {
        enum sip_watch_state state;
        unsigned base_s, cap_s;
};

static const struct failure {
        int first, last; /* status */
        struct outcome outcome;
} failures[] = {
        {401, 402, {SIP_WATCH_REFUSED, 300, SUBSCRIPTION_WAIT_MAX_S}},
        {407, 407, {SIP_WATCH_REFUSED, 300, SUBSCRIPTION_WAIT_MAX_S}},
        {408, 408, {SIP_WATCH_UNREACHABLE, 15, 900}},
        {480, 482, {SIP_WATCH_UNREACHABLE, 60, 900}},
        {500, 500, {SIP_WATCH_UNREACHABLE, 60, 3600}}, /* Asterisk says it of a mailbox the line does not have */
        {502, 599, {SIP_WATCH_UNREACHABLE, 15, 900}},
        {300, INT_MAX, {SIP_WATCH_REFUSED, 1800, SUBSCRIPTION_WAIT_MAX_S}}, /* 403, 404, 405, 489, 501, 603 ... */
};

/* Section 4.1.3. What may be begun again at once waits a moment: a PBX that restarts ends thousands together. */
static const struct ending {
        const char *word;
        struct outcome outcome;
        bool may_say_when; /* retry-after counts */
} endings[SUBSCRIPTION_REASONS] = {
        [SUBSCRIPTION_NO_REASON] = {"", {SIP_WATCH_UNREACHABLE, 60, 900}, true},
        [SUBSCRIPTION_DEACTIVATED] = {"deactivated", {SIP_WATCH_TRYING, 2, 900}, false},
        [SUBSCRIPTION_PROBATION] = {"probation", {SIP_WATCH_UNREACHABLE, 60, 900}, true},
        [SUBSCRIPTION_REJECTED] = {"rejected", {SIP_WATCH_REFUSED, 1800, SUBSCRIPTION_WAIT_MAX_S}, false},
        [SUBSCRIPTION_TIMEOUT] = {"timeout", {SIP_WATCH_TRYING, 2, 900}, false},
        [SUBSCRIPTION_GIVEUP] = {"giveup", {SIP_WATCH_UNREACHABLE, 60, 900}, true},
        [SUBSCRIPTION_NORESOURCE] = {"noresource", {SIP_WATCH_REFUSED, 1800, SUBSCRIPTION_WAIT_MAX_S}, false},
        /* what it said last will not change while the resource lives */
        [SUBSCRIPTION_INVARIANT] = {"invariant", {SIP_WATCH_ACTIVE, 3600, SUBSCRIPTION_WAIT_MAX_S}, false},
};

enum subscription_said subscription_said(const char *word)
{
        if (text_equal_nocase(word, "terminated"))
                return SUBSCRIPTION_TERMINATED;
        return text_equal_nocase(word, "pending") ? SUBSCRIPTION_PENDING : SUBSCRIPTION_ACTIVE;
}

enum subscription_reason subscription_reason(const char *word)
{
        for (unsigned reason = SUBSCRIPTION_NO_REASON + 1; word && reason < SUBSCRIPTION_REASONS; reason++) {
                if (text_equal_nocase(word, endings[reason].word))
                        return (enum subscription_reason)reason;
        }
        return SUBSCRIPTION_NO_REASON;
}

bool subscription_listens(const struct subscription *s)
{
        return s->phase != SUBSCRIPTION_IDLE && s->phase != SUBSCRIPTION_WAITING;
}

static int64_t outcome_wait_ms(const struct outcome *outcome, unsigned count, uint32_t random)
{
        unsigned span_s = outcome->base_s;
        for (unsigned i = 0; i < count && span_s < outcome->cap_s; i++)
                span_s *= 2;
        if (span_s > outcome->cap_s)
                span_s = outcome->cap_s;
        return (int64_t)span_s * 500 + random % (span_s * 500 + 1);
}

static bool retry_after_taken(const struct subscription_event *event, int64_t *wait_ms)
{
        if (event->retry_after_s == 0 || event->retry_after_s > RETRY_AFTER_MAX_S)
                return false;
        *wait_ms = event->retry_after_s * INT64_C(1000) + event->random % 1000;
        return true;
}

/* Between 85 and 90 % of what was granted, so that what began together drifts apart. */
static int64_t refresh_wait_ms(unsigned granted_s, uint32_t random)
{
        if (granted_s < SUBSCRIPTION_GRANT_MIN_S)
                granted_s = SUBSCRIPTION_GRANT_MIN_S;
        if (granted_s > EXPIRES_MAX_S)
                granted_s = EXPIRES_MAX_S;
        return (int64_t)granted_s * 850 + random % (granted_s * 50 + 1);
}

static void state_set(struct subscription *s, enum sip_watch_state state, struct subscription_order *order)
{
        order->report |= s->state != state;
        s->state = state;
}

static void dialog_forget(struct subscription *s)
{
        s->dialog = s->notified = s->ended = false;
}

static enum subscription_phase ask(struct subscription *s, struct subscription_order *order)
{
        *order = (struct subscription_order){
                .send = true, .anew = !s->dialog, .expires_s = s->expires_s, .report = order->report};
        if (order->anew)
                dialog_forget(s);
        s->refreshing = s->dialog;
        s->challenges = 0;
        if (s->state == SIP_WATCH_OFF)
                state_set(s, SIP_WATCH_TRYING, order);
        return SUBSCRIPTION_ASKING;
}

static enum subscription_phase ask_anew(struct subscription *s, struct subscription_order *order)
{
        s->dialog = false;
        return ask(s, order);
}

static enum subscription_phase take_down(struct subscription *s, struct subscription_order *order)
{
        state_set(s, SIP_WATCH_OFF, order);
        s->failures = 0;
        s->status = 0;
        if (!s->dialog)
                return SUBSCRIPTION_IDLE;
        order->send = true;
        order->expires_s = 0;
        s->challenges = 0;
        return SUBSCRIPTION_REMOVING;
}

static enum subscription_phase start(struct subscription *s, const struct subscription_event *event,
                                     struct subscription_order *order)
{
        (void)event;
        s->wanted = true;
        return ask_anew(s, order);
}

static enum subscription_phase stop(struct subscription *s, const struct subscription_event *event,
                                    struct subscription_order *order)
{
        (void)event;
        s->wanted = false;
        return take_down(s, order);
}

/* The line's registration is gone and with it, perhaps, the PBX: nobody is asked to end anything. */
static enum subscription_phase lose(struct subscription *s, const struct subscription_event *event,
                                    struct subscription_order *order)
{
        dialog_forget(s);
        return stop(s, event, order);
}

/* The answer to the request under way is needed first: requests of one subscription do not overlap. */
static enum subscription_phase stop_later(struct subscription *s, const struct subscription_event *event,
                                          struct subscription_order *order)
{
        (void)event;
        s->wanted = false;
        state_set(s, SIP_WATCH_OFF, order);
        return s->phase;
}

static enum subscription_phase start_later(struct subscription *s, const struct subscription_event *event,
                                           struct subscription_order *order)
{
        (void)event;
        s->wanted = true;
        if (s->state == SIP_WATCH_OFF)
                state_set(s, SIP_WATCH_TRYING, order);
        return s->phase;
}

static enum subscription_phase refresh(struct subscription *s, const struct subscription_event *event,
                                       struct subscription_order *order)
{
        (void)event;
        return ask(s, order);
}

/* The same request once more, as the notifier wants it: with credentials, or for longer. */
static bool repair(struct subscription *s, const struct subscription_event *event)
{
        switch (event->status) {
        case 401:
        case 407:
                return event->answerable && s->challenges++ < CHALLENGES_MAX;
        case 423:
                if (event->min_expires_s <= s->expires_s || event->min_expires_s > EXPIRES_MAX_S)
                        return false;
                s->expires_s = event->min_expires_s;
                return true;
        default:
                return false;
        }
}

static enum subscription_phase wait_for_next(struct subscription *s, enum sip_watch_state state, int status,
                                             int64_t wait_ms, struct subscription_order *order)
{
        dialog_forget(s);
        if (!s->wanted)
                return take_down(s, order);
        state_set(s, state, order);
        order->report |= s->status != status;
        s->status = status;
        s->failures++;
        order->wait_ms = wait_ms;
        return SUBSCRIPTION_WAITING;
}

static enum subscription_phase fail(struct subscription *s, const struct subscription_event *event,
                                    struct subscription_order *order)
{
        const struct failure *failure = failures;
        while (event->status < failure->first || event->status > failure->last)
                failure++;
        int64_t wait_ms = outcome_wait_ms(&failure->outcome, s->failures, event->random);
        retry_after_taken(event, &wait_ms);
        return wait_for_next(s, failure->outcome.state, event->status, wait_ms, order);
}

static enum subscription_phase accepted(struct subscription *s, const struct subscription_event *event,
                                        struct subscription_order *order)
{
        s->granted_s = event->expires_s;
        s->dialog = true;
        if (!s->wanted)
                return take_down(s, order);
        if (s->refreshing) /* it has lived for a while */
                s->failures = 0;
        s->status = 0;
        order->wait_ms = refresh_wait_ms(s->granted_s, event->random);
        if (s->notified)
                return SUBSCRIPTION_HELD;
        if (order->wait_ms > SUBSCRIPTION_TIMER_N_MS)
                order->wait_ms = SUBSCRIPTION_TIMER_N_MS;
        return SUBSCRIPTION_AWAITING;
}

static enum subscription_phase asked(struct subscription *s, const struct subscription_event *event,
                                     struct subscription_order *order)
{
        if (s->ended)
                return wait_for_next(s, s->state, s->status, s->ended_ms, order);
        if (event->status < 300)
                return accepted(s, event, order);
        if (s->refreshing && event->status == 481 && s->wanted) { /* it forgot us: not a failure yet */
                ask_anew(s, order);
                order->again = true;
                return SUBSCRIPTION_ASKING;
        }
        if (!repair(s, event))
                return fail(s, event, order);
        *order = (struct subscription_order){.send = true, .again = true, .expires_s = s->expires_s};
        return SUBSCRIPTION_ASKING;
}

static enum subscription_phase removed(struct subscription *s, const struct subscription_event *event,
                                       struct subscription_order *order)
{
        if ((event->status == 401 || event->status == 407) && repair(s, event)) {
                *order = (struct subscription_order){.send = true, .again = true};
                return SUBSCRIPTION_REMOVING;
        }
        if (s->wanted)
                return ask_anew(s, order);
        bool done = event->status >= 300 || s->ended; /* no more NOTIFY will come */
        dialog_forget(s);
        order->wait_ms = done ? 0 : SUBSCRIPTION_PARTING_MS;
        return done ? SUBSCRIPTION_IDLE : SUBSCRIPTION_PARTING;
}

/* Timer N: accepted, and then nothing. */
static enum subscription_phase never_notified(struct subscription *s, const struct subscription_event *event,
                                              struct subscription_order *order)
{
        const struct subscription_event silence = {.status = 408, .random = event->random};
        return fail(s, &silence, order);
}

static enum subscription_phase end(struct subscription *s, const struct subscription_event *event,
                                   struct subscription_order *order)
{
        const struct ending *ending = &endings[event->reason];
        int64_t wait_ms = outcome_wait_ms(&ending->outcome, s->failures, event->random);
        if (ending->may_say_when)
                retry_after_taken(event, &wait_ms);
        return wait_for_next(s, ending->outcome.state, 0, wait_ms, order);
}

static void heard(struct subscription *s, const struct subscription_event *event, struct subscription_order *order)
{
        s->dialog = s->notified = true;
        if (s->wanted)
                state_set(s, event->said == SUBSCRIPTION_PENDING ? SIP_WATCH_PENDING : SIP_WATCH_ACTIVE, order);
}

/* A NOTIFY may overtake the answer to its SUBSCRIBE (section 4.1.2.4). */
static enum subscription_phase notified_while_asking(struct subscription *s, const struct subscription_event *event,
                                                     struct subscription_order *order)
{
        if (event->said != SUBSCRIPTION_TERMINATED) {
                heard(s, event, order);
                return s->phase;
        }
        const struct ending *ending = &endings[event->reason];
        s->ended_ms = outcome_wait_ms(&ending->outcome, s->failures, event->random);
        if (ending->may_say_when)
                retry_after_taken(event, &s->ended_ms);
        s->dialog = false;
        s->ended = true;
        if (s->wanted)
                state_set(s, ending->outcome.state, order);
        return s->phase;
}

/* The first NOTIFY, or one more: it may shorten what the 2xx granted. */
static enum subscription_phase notified(struct subscription *s, const struct subscription_event *event,
                                        struct subscription_order *order)
{
        if (event->said == SUBSCRIPTION_TERMINATED)
                return end(s, event, order);
        bool said = event->expires_s > 0, first = s->phase == SUBSCRIPTION_AWAITING;
        unsigned expires_s = said && event->expires_s < s->granted_s ? event->expires_s : s->granted_s;
        int64_t refresh_ms = refresh_wait_ms(expires_s, event->random);
        heard(s, event, order);
        order->wait_ms = first || (said && refresh_ms < event->left_ms) ? refresh_ms : event->left_ms;
        return SUBSCRIPTION_HELD;
}

static enum subscription_phase missed(struct subscription *s, const struct subscription_event *event,
                                      struct subscription_order *order)
{
        order->wait_ms = event->left_ms < MISSED_WAIT_MS ? event->left_ms : MISSED_WAIT_MS;
        return s->phase;
}

static enum subscription_phase notified_while_removing(struct subscription *s, const struct subscription_event *event,
                                                       struct subscription_order *order)
{
        (void)order;
        s->ended |= event->said == SUBSCRIPTION_TERMINATED;
        return s->phase;
}

static enum subscription_phase notified_at_last(struct subscription *s, const struct subscription_event *event,
                                                struct subscription_order *order)
{
        if (event->said == SUBSCRIPTION_TERMINATED)
                return SUBSCRIPTION_IDLE;
        order->wait_ms = event->left_ms;
        return s->phase;
}

static enum subscription_phase parted(struct subscription *s, const struct subscription_event *event,
                                      struct subscription_order *order)
{
        (void)s, (void)event, (void)order;
        return SUBSCRIPTION_IDLE;
}

typedef enum subscription_phase rule(struct subscription *, const struct subscription_event *,
                                     struct subscription_order *);

static rule *const rules[SUBSCRIPTION_PHASES][SUBSCRIPTION_EVENTS] = {
        [SUBSCRIPTION_IDLE] = {[SUBSCRIPTION_WANTED] = start},
        [SUBSCRIPTION_ASKING] = {[SUBSCRIPTION_WANTED] = start_later,
                                 [SUBSCRIPTION_UNWANTED] = stop_later,
                                 [SUBSCRIPTION_LOST] = stop_later,
                                 [SUBSCRIPTION_ANSWER] = asked,
                                 [SUBSCRIPTION_NOTIFIED] = notified_while_asking},
        [SUBSCRIPTION_AWAITING] = {[SUBSCRIPTION_UNWANTED] = stop,
                                   [SUBSCRIPTION_LOST] = lose,
                                   [SUBSCRIPTION_DUE] = never_notified,
                                   [SUBSCRIPTION_NOTIFIED] = notified},
        [SUBSCRIPTION_HELD] = {[SUBSCRIPTION_UNWANTED] = stop,
                               [SUBSCRIPTION_LOST] = lose,
                               [SUBSCRIPTION_DUE] = refresh,
                               [SUBSCRIPTION_NOTIFIED] = notified,
                               [SUBSCRIPTION_MISSED] = missed},
        [SUBSCRIPTION_WAITING] =
                {[SUBSCRIPTION_UNWANTED] = stop, [SUBSCRIPTION_LOST] = lose, [SUBSCRIPTION_DUE] = refresh},
        [SUBSCRIPTION_REMOVING] = {[SUBSCRIPTION_WANTED] = start_later,
                                   [SUBSCRIPTION_UNWANTED] = stop_later,
                                   [SUBSCRIPTION_LOST] = stop_later,
                                   [SUBSCRIPTION_ANSWER] = removed,
                                   [SUBSCRIPTION_NOTIFIED] = notified_while_removing},
        [SUBSCRIPTION_PARTING] = {[SUBSCRIPTION_WANTED] = start,
                                  [SUBSCRIPTION_DUE] = parted,
                                  [SUBSCRIPTION_NOTIFIED] = notified_at_last},
};

bool subscription_step(struct subscription *subscription, const struct subscription_event *event,
                       struct subscription_order *order)
{
        *order = (struct subscription_order){0};
        assert(subscription->phase < SUBSCRIPTION_PHASES && event->kind < SUBSCRIPTION_EVENTS);
        rule *run = rules[subscription->phase][event->kind];
        if (!run)
                return false;
        subscription->phase = run(subscription, event, order);
        return true;
}
