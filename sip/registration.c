#include "sip/registration.h"

#include <assert.h>
#include <limits.h>

#define EXPIRES_MAX_S     86400
#define RETRY_AFTER_MAX_S 3600
#define CHALLENGES_MAX    4 /* a proxy's and the registrar's, each once stale */

/* RFC 5626 section 4.5: the wait is at most base * 2^failures, and at most the cap; drawn from its upper half. An
 * unreachable registrar is tried sooner at first, because it may only be restarting; a refusal needs a human. */
#define WAIT_CAP_S 1800
static const struct failure {
        int first, last; /* status */
        enum sip_line_state state;
        unsigned base_s;
} failures[] = {
        {408, 408, SIP_LINE_UNREACHABLE, 4},
        {480, 480, SIP_LINE_UNREACHABLE, 30},
        {500, 501, SIP_LINE_UNREACHABLE, 30},
        {502, 504, SIP_LINE_UNREACHABLE, 4},
        {505, 599, SIP_LINE_UNREACHABLE, 30},
        {300, INT_MAX, SIP_LINE_REFUSED, 300}, /* what is no SIP status at all is no binding either */
};

static const struct failure *failure_of(int status)
{
        const struct failure *failure = failures;
        while (status < failure->first || status > failure->last)
                failure++;
        return failure;
}

/* The upper half of a span. */
static int64_t jitter_ms(unsigned span_s, uint32_t random)
{
        return (int64_t)span_s * 500 + random % (span_s * 500 + 1);
}

static int64_t failure_wait_ms(unsigned base_s, unsigned count, uint32_t random)
{
        unsigned span_s = base_s;
        for (unsigned i = 0; i < count && span_s < WAIT_CAP_S; i++)
                span_s *= 2;
        return jitter_ms(span_s < WAIT_CAP_S ? span_s : WAIT_CAP_S, random);
}

/* Between 85 and 90 % of what was granted, so that lines that registered together drift apart. A registrar that
 * grants next to nothing is not asked without a pause for it. */
static int64_t refresh_wait_ms(unsigned granted_s, uint32_t random)
{
        if (granted_s < REGISTRATION_GRANT_MIN_S)
                granted_s = REGISTRATION_GRANT_MIN_S;
        return (int64_t)granted_s * 850 + random % (granted_s * 50 + 1);
}

static void state_set(struct registration *r, enum sip_line_state state, struct registration_order *order)
{
        order->report |= r->state != state;
        r->state = state;
}

static enum registration_phase ask(struct registration *r, struct registration_order *order)
{
        *order = (struct registration_order){.send = true, .expires_s = r->expires_s, .report = order->report};
        r->challenges = 0;
        if (r->state == SIP_LINE_DOWN)
                state_set(r, SIP_LINE_TRYING, order);
        return REGISTRATION_ASKING;
}

static enum registration_phase remove_binding(struct registration *r, struct registration_order *order)
{
        state_set(r, SIP_LINE_DOWN, order);
        r->failures = 0;
        if (!r->bound)
                return REGISTRATION_IDLE;
        order->send = true;
        order->expires_s = 0;
        r->challenges = 0;
        r->bound = false;
        return REGISTRATION_REMOVING;
}

static enum registration_phase start(struct registration *r, const struct registration_event *event,
                                     struct registration_order *order)
{
        (void)event;
        r->wanted = true;
        return ask(r, order);
}

static enum registration_phase stop(struct registration *r, const struct registration_event *event,
                                    struct registration_order *order)
{
        (void)event;
        r->wanted = false;
        return remove_binding(r, order);
}

static enum registration_phase ask_again(struct registration *r, const struct registration_event *event,
                                         struct registration_order *order)
{
        (void)event;
        return ask(r, order);
}

/* The answer to the request under way is needed first: requests of one registration do not overlap. */
static enum registration_phase stop_later(struct registration *r, const struct registration_event *event,
                                          struct registration_order *order)
{
        (void)event;
        r->wanted = false;
        state_set(r, SIP_LINE_DOWN, order);
        return r->phase;
}

static enum registration_phase start_later(struct registration *r, const struct registration_event *event,
                                           struct registration_order *order)
{
        (void)event;
        r->wanted = true;
        if (r->state == SIP_LINE_DOWN)
                state_set(r, SIP_LINE_TRYING, order);
        return r->phase;
}

/* The same request once more, as the registrar wants it: with credentials, or for longer. */
static bool repair(struct registration *r, const struct registration_event *event)
{
        switch (event->status) {
        case 401:
        case 407:
                return event->answerable && r->challenges++ < CHALLENGES_MAX;
        case 423:
                if (event->min_expires_s <= r->expires_s || event->min_expires_s > EXPIRES_MAX_S)
                        return false;
                r->expires_s = event->min_expires_s;
                return true;
        default:
                return false;
        }
}

static enum registration_phase hold(struct registration *r, const struct registration_event *event,
                                    struct registration_order *order)
{
        r->bound = true;
        r->failures = 0;
        r->status = 0;
        if (!r->wanted)
                return remove_binding(r, order);
        state_set(r, SIP_LINE_REGISTERED, order);
        order->wait_ms = refresh_wait_ms(event->expires_s, event->random);
        return REGISTRATION_HELD;
}

static enum registration_phase fail(struct registration *r, const struct registration_event *event,
                                    struct registration_order *order)
{
        const struct failure *failure = failure_of(event->status);
        /* after a timeout the registrar may have taken the binding all the same */
        r->bound |= failure->state == SIP_LINE_UNREACHABLE;
        if (!r->wanted)
                return remove_binding(r, order);
        state_set(r, failure->state, order);
        order->report |= r->status != event->status;
        r->status = event->status;
        order->wait_ms = failure_wait_ms(failure->base_s, r->failures++, event->random);
        if (event->retry_after_s > 0 && event->retry_after_s <= RETRY_AFTER_MAX_S)
                order->wait_ms = event->retry_after_s * INT64_C(1000) + event->random % 1000;
        return REGISTRATION_WAITING;
}

static enum registration_phase asked(struct registration *r, const struct registration_event *event,
                                     struct registration_order *order)
{
        if (event->status < 300)
                return hold(r, event, order);
        if (!repair(r, event))
                return fail(r, event, order);
        *order = (struct registration_order){.send = true, .again = true, .expires_s = r->expires_s};
        return REGISTRATION_ASKING;
}

static enum registration_phase removed(struct registration *r, const struct registration_event *event,
                                       struct registration_order *order)
{
        if ((event->status == 401 || event->status == 407) && repair(r, event)) {
                *order = (struct registration_order){.send = true, .again = true};
                return REGISTRATION_REMOVING;
        }
        return r->wanted ? ask(r, order) : REGISTRATION_IDLE;
}

typedef enum registration_phase rule(struct registration *, const struct registration_event *,
                                     struct registration_order *);

static rule *const rules[REGISTRATION_PHASES][REGISTRATION_EVENTS] = {
        [REGISTRATION_IDLE] = {[REGISTRATION_WANTED] = start},
        [REGISTRATION_ASKING] = {[REGISTRATION_WANTED] = start_later,
                                 [REGISTRATION_UNWANTED] = stop_later,
                                 [REGISTRATION_ANSWER] = asked},
        [REGISTRATION_HELD] = {[REGISTRATION_UNWANTED] = stop, [REGISTRATION_DUE] = ask_again},
        [REGISTRATION_WAITING] = {[REGISTRATION_UNWANTED] = stop, [REGISTRATION_DUE] = ask_again},
        [REGISTRATION_REMOVING] = {[REGISTRATION_WANTED] = start_later,
                                   [REGISTRATION_UNWANTED] = stop_later,
                                   [REGISTRATION_ANSWER] = removed},
};

bool registration_step(struct registration *registration, const struct registration_event *event,
                       struct registration_order *order)
{
        *order = (struct registration_order){0};
        assert(registration->phase < REGISTRATION_PHASES && event->kind < REGISTRATION_EVENTS);
        rule *run = rules[registration->phase][event->kind];
        if (!run)
                return false;
        registration->phase = run(registration, event, order);
        return true;
}
