/* Calls that come in: those that need no call are answered before one exists. */
#include <stdlib.h>
#include <string.h>

#include "gateway/base/text.h"
#include "gateway/bridge.h"
#include "gateway/features.h"
#include "gateway/fork.h"
#include "gateway/nudge.h"
#include "gateway/roster.h"
#include "gateway/sip_side.h"

#define OUTSIDE_DIGITS 7 /* longer numbers are not extensions: they ring as calls from outside */

static bool from_outside(const struct sip_party *caller)
{
        return !*caller->number || *caller->number == '+' || strlen(caller->number) >= OUTSIDE_DIGITS;
}

static void refuse_incoming(struct gateway *gateway, const struct sip_event *event, int status)
{
        struct sip_command command = {
                .kind = SIP_CMD_REJECT, .line = event->line, .dialog = event->dialog, .status = status};
        sip_side_command(gateway, &command);
}

/* What the call is to one phone of the line. */
static struct forward_verdict decide_on(const struct phone_line *line, const struct sip_event *event)
{
        const struct config *config = line->phone->gateway->config;
        const struct call *calls[CALLS_PER_PHONE_MAX];
        struct phone_view view = bridge_view(line->phone, calls);
        struct forward_verdict verdict = features_decide(line, event, phone_refuses(&view, line->instance));
        if (!verdict.to && !verdict.status)
                verdict.status = phone_refuses_alone(&view, &event->alerting,
                                                     phone_may_answer_alone(line->phone, &event->alerting),
                                                     config->calls.auto_answer_busy == ANSWER_BUSY_REJECT);
        return verdict;
}

static bool rings(const struct phone_line *line, const struct sip_event *event)
{
        struct forward_verdict verdict = decide_on(line, event);
        return line->there && !verdict.to && !verdict.status;
}

/* One phone that rings is enough; who is there counts more than who is away. */
static struct forward_verdict decide(const struct account *account, const struct sip_event *event)
{
        struct forward_verdict verdict = decide_on(account->lines, event);
        bool there = account->lines->there;
        for (const struct phone_line *line = account->lines->next; line; line = line->next) {
                struct forward_verdict other = decide_on(line, event);
                bool open = line->there && !other.to && !other.status;
                if (open || (line->there && !there))
                        verdict = other;
                there |= line->there;
                if (open)
                        break;
        }
        return verdict;
}

static struct event offer_of(const struct call_slot *slot, const struct sip_event *event, bool stays)
{
        struct event offer = {.kind = EV_OFFER,
                              .audio = event->audio,
                              .audio_bad = event->audio_bad,
                              .outside = from_outside(&event->party),
                              .alerting = event->alerting,
                              .unheard = slot->line->unheard,
                              .stays = stays};
        if (!phone_may_answer_alone(slot->phone, &event->alerting))
                offer.alerting.answer = false;
        offer.parties.calling = sip_side_party(&event->party);
        offer.parties.called = slot->call.self;
        offer.parties.original_called = slot->call.self;
        if (*event->called && !text_equal(event->called, slot->line->config->number)) {
                offer.parties.original_called = (struct party){0};
                TEXT_SET(offer.parties.original_called.number, event->called);
        }
        offer.parties.last_redirecting = offer.parties.original_called;
        if (*event->diverted_by) {
                offer.parties.last_redirecting = (struct party){0};
                TEXT_SET(offer.parties.last_redirecting.number, event->diverted_by);
        }
        return offer;
}

static bool ring_one(struct phone_line *line, const struct sip_event *event, bool stays)
{
        struct call_slot *slot = bridge_call_new(line);
        if (!slot)
                return false;
        slot->dialog = event->dialog;
        id_map_set(&line->phone->gateway->dialogs, event->dialog, slot->id);
        struct event offer = offer_of(slot, event, stays);
        bridge_event(slot, &offer);
        nudge_offered(slot);
        bridge_settle(line->phone);
        return true;
}

static struct call_slot *leg_on(const struct phone_line *line, uint32_t dialog)
{
        for (struct call_slot *slot = line->phone->calls; slot; slot = slot->next)
                if (slot->fork && slot->line == line && slot->dialog == dialog)
                        return slot;
        return NULL;
}

/* All of them know of it before any may answer by itself. */
static bool ring_all(struct account *account, const struct sip_event *event, bool stays)
{
        struct fork *fork = fork_new(account->gateway, event, stays);
        struct call_slot *slot;
        for (struct phone_line *line = account->lines; fork && line; line = line->next)
                if (rings(line, event) && (slot = bridge_call_new(line)) != NULL)
                        fork_add(fork, slot);
        if (!fork || !fork->legs) {
                fork_free(fork);
                return false;
        }
        for (struct phone_line *line = account->lines; line; line = line->next)
                if ((slot = leg_on(line, event->dialog)) != NULL) {
                        struct event offer = offer_of(slot, event, stays);
                        bridge_event(slot, &offer);
                }
        for (struct phone_line *line = account->lines; line; line = line->next)
                if ((slot = leg_on(line, event->dialog)) != NULL)
                        nudge_offered(slot);
        for (struct phone_line *line = account->lines; line; line = line->next)
                bridge_settle(line->phone);
        return true;
}

/* False: it does not ring there. */
static bool join(struct phone_line *line, struct fork *fork)
{
        const struct sip_event *event = &fork->event;
        struct call_slot *slot = rings(line, event) ? bridge_call_new(line) : NULL;
        if (!slot)
                return false;
        struct event offer = offer_of(slot, event, fork->stays);
        offer.rang_ms = (unsigned)(loop_now_ms(line->phone->gateway->loop) - fork->began_ms);
        fork_add(fork, slot);
        bridge_event(slot, &offer);
        nudge_offered(slot);
        return slot->fork != NULL;
}

void sip_incoming_join(struct phone *phone)
{
        struct fork *fork;
        for (unsigned i = 0; i < phone->n_lines; i++)
                for (unsigned refused = 0; (fork = fork_without(&phone->lines[i], refused)) != NULL;)
                        refused += !join(&phone->lines[i], fork);
        if (phone->calls)
                bridge_settle(phone);
}

void sip_incoming(struct gateway *gateway, const struct sip_event *event)
{
        struct account *account = roster_account(gateway, event->line);
        struct forward_verdict verdict = {.status = 480};
        if (account)
                verdict = decide(account, event);
        if (account && (gateway->stopping || sip_queue_waits(gateway)))
                verdict = (struct forward_verdict){.status = 503};
        if (verdict.to) {
                log_info(account->config->number, "call from %s is sent to %s", event->party.number, verdict.to);
                sip_side_send_away(gateway, event->dialog, verdict.to, verdict.reason);
                return;
        }
        int status = verdict.status;
        if (!status && (account->n_lines > 1 ? ring_all(account, event, verdict.stays)
                                             : ring_one(account->lines, event, verdict.stays)))
                return;
        if (log_allowed(&gateway->turned_away, NEWS_LINES, NEWS_S))
                log_info(account ? account->config->number : "sip", "call from %s refused with %d", event->party.number,
                         status ? status : 503);
        refuse_incoming(gateway, event, status ? status : 503);
}
