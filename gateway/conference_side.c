#include "gateway/conference_side.h"

#include "gateway/bridge.h"
#include "gateway/core/conference.h"
#include "gateway/media/conference.h"
#include "gateway/media/digits.h"

#define SLACK 64  /* members that have left, until the mixer has said so */
#define MOST  512 /* 64 conferences of eight; each costs memory whether it is there or not */

_Static_assert((int)SIDE_PHONE == (int)RELAY_PHONE && (int)SIDE_FAR == (int)RELAY_SIP, "both call the sides alike");
_Static_assert((int)CONFERENCE_PARTIES_MAX == (int)CONFERENCE_MEMBERS_MAX, "the mixer has room for every party");

/* Every call may be in a conference, and for two of them there is a phone at least. */
size_t conference_side_members(uint32_t calls)
{
        size_t members = calls + calls / 2;
        return (members < MOST ? members : MOST) + SLACK;
}

/* In the relay's payload types; what a party wants instead is a matter of its stream (digits.h). */
static struct conference_terms terms_of(const struct call *call, enum call_side side)
{
        const struct media_stream *stream = &call->stream;
        enum codec spoken = side == SIDE_PHONE ? stream->codec : stream->far_codec;
        const struct codec_info *codec = codec_info(spoken);
        return (struct conference_terms){
                .codec = spoken,
                .payload_type = codec ? codec->payload_type : stream->payload_type,
                .packet_ms = stream->packet_ms,
                .dtmf_payload_type = DIGITS_TYPE,
        };
}

bool conference_side_seat(struct call_slot *slot, enum call_side side)
{
        struct relay *relay = slot->phone->gateway->relay;
        uint32_t name = call_room(&slot->call);
        struct conference_terms terms = terms_of(&slot->call, side);
        enum conference_answer answer = conference_join(relay, name, slot->id, (enum relay_side)side, &terms);
        if (answer == CONFERENCE_NONE && conference_open(relay, name)) {
                answer = conference_join(relay, name, slot->id, (enum relay_side)side, &terms);
                if (answer != CONFERENCE_JOINED)
                        conference_close(relay, name);
        }
        if (answer != CONFERENCE_JOINED)
                log_warning(slot->phone->config->name, "call %u: no place in conference %u (%d)", slot->id, name,
                            (int)answer);
        slot->room = name;
        return answer == CONFERENCE_JOINED;
}

/* Whoever leaves last closes the door: call.conference may be another one by now, or none. */
void conference_side_unseat(struct call_slot *slot, enum call_side side)
{
        struct relay *relay = slot->phone->gateway->relay;
        conference_leave(relay, slot->id, (enum relay_side)side);
        if (conference_members(relay, slot->room) == 0)
                conference_close(relay, slot->room);
}

static struct call_slot *slot_of(const struct call *call)
{
        return (struct call_slot *)((const char *)call - offsetof(struct call_slot, call));
}

void conference_side_heir(struct call_slot *slot)
{
        const struct call *calls[CALLS_PER_PHONE_MAX];
        struct phone_view view = bridge_view(slot->phone, calls);
        int heir = conference_heir(&view, slot->call.conference);
        if (heir >= 0)
                bridge_event(slot_of(calls[heir]), &(struct event){.kind = EV_HEIR, .status = 1});
}

bool conference_side_bring(struct call_slot *slot)
{
        struct call_slot *partner = bridge_call(slot->phone->gateway, slot->call.partner);
        if (!partner || partner->phone != slot->phone)
                return false;
        bridge_event(partner, &(struct event){.kind = EV_JOIN, .partner = slot->call.conference, .status = 1});
        return conference_has(&partner->call, slot->call.conference);
}

void conference_side_settle(struct phone *phone)
{
        const struct call *calls[CALLS_PER_PHONE_MAX];
        struct phone_step step;
        for (;;) {
                struct phone_view view = bridge_view(phone, calls);
                if (!conference_due(&view, &step))
                        return;
                bridge_event(slot_of(calls[step.call]), &(struct event){.kind = step.event,
                                                                        .status = step.status,
                                                                        .purpose = step.purpose,
                                                                        .partner = step.partner});
        }
}
