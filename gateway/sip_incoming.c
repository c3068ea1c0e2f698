/* Calls that come in: those that need no call are answered before one exists. */
#include <string.h>

#include "gateway/base/text.h"
#include "gateway/bridge.h"
#include "gateway/features.h"
#include "gateway/nudge.h"
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

/* Everything that needs no call is answered before one exists. */
static struct forward_verdict decide(struct gateway *gateway, const struct phone_line *line,
                                     const struct sip_event *event)
{
        if (!line)
                return (struct forward_verdict){.status = 480};
        if (gateway->stopping || sip_queue_waits(gateway))
                return (struct forward_verdict){.status = 503};
        const struct call *calls[CALLS_PER_PHONE_MAX];
        struct phone_view view = bridge_view(line->phone, calls);
        struct forward_verdict verdict = features_decide(line, event, phone_refuses(&view, line->instance));
        if (!verdict.to && !verdict.status)
                verdict.status = phone_refuses_alone(&view, &event->alerting,
                                                     phone_may_answer_alone(line->phone, &event->alerting),
                                                     gateway->config->calls.auto_answer_busy == ANSWER_BUSY_REJECT);
        return verdict;
}

void sip_incoming(struct gateway *gateway, const struct sip_event *event)
{
        struct phone_line *line = event->line < gateway->n_accounts ? gateway->accounts[event->line].lines : NULL;
        struct forward_verdict verdict = decide(gateway, line, event);
        if (verdict.to) {
                log_info(line->config->number, "call from %s is sent to %s", event->party.number, verdict.to);
                sip_side_send_away(gateway, event->dialog, verdict.to, verdict.reason);
                return;
        }
        int status = verdict.status;
        struct call_slot *slot = status ? NULL : bridge_call_new(line);
        if (!slot) {
                if (log_allowed(&gateway->turned_away, NEWS_LINES, NEWS_S))
                        log_info(line ? line->config->number : "sip", "call from %s refused with %d",
                                 event->party.number, status ? status : 503);
                refuse_incoming(gateway, event, status ? status : 503);
                return;
        }
        slot->dialog = event->dialog;
        id_map_set(&gateway->dialogs, event->dialog, slot->id);

        struct event offer = {.kind = EV_OFFER,
                              .audio = event->audio,
                              .audio_bad = event->audio_bad,
                              .outside = from_outside(&event->party),
                              .alerting = event->alerting,
                              .unheard = line->unheard,
                              .stays = verdict.stays};
        if (!phone_may_answer_alone(line->phone, &event->alerting))
                offer.alerting.answer = false;
        offer.parties.calling = sip_side_party(&event->party);
        offer.parties.called = slot->call.self;
        offer.parties.original_called = slot->call.self;
        if (*event->called && !text_equal(event->called, line->config->number)) {
                offer.parties.original_called = (struct party){0};
                TEXT_SET(offer.parties.original_called.number, event->called);
        }
        offer.parties.last_redirecting = offer.parties.original_called;
        if (*event->diverted_by) {
                offer.parties.last_redirecting = (struct party){0};
                TEXT_SET(offer.parties.last_redirecting.number, event->diverted_by);
        }
        bridge_event(slot, &offer);
        nudge_offered(slot);
        bridge_settle(line->phone);
}
