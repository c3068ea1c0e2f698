/* What a message does: decoded, taken by the station, its answers sent, and what happened told to the owner. */
#include <inttypes.h>

#include "gateway/base/text.h"
#include "sccp/session.h"

#define STRANGER_SHARE 10 /* who has not registered may send a tenth */

static void warn(struct sccp_session *session, const char *name, const char *why)
{
        char buffer[ENDPOINT_TEXT_SIZE];
        if (session_warns(session))
                log_warning(session_subject(session, buffer), "%s dropped: %s", name, why);
}

static void do_token(struct sccp_session *session, const struct sccp_message *message,
                     const struct sccp_happened *asked, struct sccp_replies *replies)
{
        struct session_house *house = session->house;
        struct sccp_session *other = registry_find(&house->registry, asked->name);
        bool silent = other && session_overdue(other);
        struct sccp_token_ask ask = {.name = asked->name,
                                     .device_type = asked->device_type,
                                     .from = &session->peer,
                                     .live = (other && !silent) || text_equal(session->station.name, asked->name),
                                     .cleaning = silent};
        const char *why = "";
        unsigned wait_s = house->handlers.token(house->owner, &ask, &why);
        if (wait_s && log_allowed(&house->strangers, STRANGERS, STRANGERS_S))
                log_info(asked->name, "asks to come home: not yet, again in %u s: %s", wait_s, why);
        else if (!wait_s && log_allowed(&house->strangers, STRANGERS, STRANGERS_S))
                log_info(asked->name, "asks to come home: granted, %s", why);
        sccp_station_token(message, wait_s == 0, wait_s, replies);
        session_put_replies(session, replies);
}

/* A phone that is registered elsewhere: it may stay, and others make room before it does. */
static void note_keepalive(struct sccp_session *session)
{
        if (session->station.phase != SCCP_PHASE_ANY || session->standby || session->held)
                return;
        session->standby = true;
        hosts_estrange(&session->house->hosts, &session->guest, STRANGER_STANDBY);
}

/* The newest reason is remembered, also when it comes late. */
static void take_alarm(struct sccp_session *session, const struct sccp_alarm_news *news)
{
        char buffer[ENDPOINT_TEXT_SIZE];
        static const struct sccp_input told = {.kind = SCCP_INPUT_REASON};
        if (session_warns(session))
                log_info(session_subject(session, buffer), "alarm: %s", news->line);
        if (news->reason[0])
                TEXT_SET(session->last_reason, news->reason);
        if (news->load[0])
                TEXT_SET(session->firmware, news->load);
        session->fresh |= news->fresh;
        if (news->reason[0] && session->up)
                session->house->handlers.input(session->house->owner, session, &told);
}

static void do_happened(struct sccp_session *session, const struct sccp_message *message, size_t len,
                        const struct sccp_happened *happened, struct sccp_replies *replies)
{
        char buffer[ENDPOINT_TEXT_SIZE];
        switch (happened->what) {
        case SCCP_HAPPENED_NOTHING:
                break;
        case SCCP_HAPPENED_KEEPALIVE:
                note_keepalive(session);
                break;
        case SCCP_HAPPENED_REFUSED:
                session->house->totals.out_of_phase++;
                warn(session, sccp_message_info(message->id)->name, "not permitted now");
                break;
        case SCCP_HAPPENED_ALARM:
                take_alarm(session, &happened->news);
                break;
        case SCCP_HAPPENED_NOTED:
                if (session_warns(session))
                        log_warning(session_subject(session, buffer), "%s", happened->news.line);
                break;
        case SCCP_HAPPENED_REGISTER:
        case SCCP_HAPPENED_MISNAMED:
                session_register(session, &message->register_req, happened);
                break;
        case SCCP_HAPPENED_TOKEN:
                do_token(session, message, happened, replies);
                break;
        case SCCP_HAPPENED_UNREGISTER:
                session_unregister(session, &message->unregister_req, len);
                break;
        case SCCP_HAPPENED_TIME:
                session_put_time(session);
                break;
        case SCCP_HAPPENED_READY:
                session_ready(session);
                break;
        case SCCP_HAPPENED_INPUT:
                if (session->up)
                        session->house->handlers.input(session->house->owner, session, &happened->input);
                break;
        }
}

static void take_message(struct sccp_session *session, const struct sccp_message *message, size_t len)
{
        struct sccp_facts facts = session_facts(session);
        struct sccp_replies replies;
        struct sccp_happened happened;
        sccp_station_step(&session->station, &facts, message, &replies, &happened);
        if (happened.name[0])
                TEXT_SET(session->asked, happened.name);
        session_trace(session, false, message, message->id, NULL);
        session_put_replies(session, &replies);
        do_happened(session, message, len, &happened, &replies);
}

/* An id without a row is skipped by its length; newer loads send some we need not know. */
static void skip_unknown(struct sccp_session *session, uint32_t id)
{
        char name[16];
        const char *known = sccp_message_name(id);
        session->house->totals.unknown++;
        text_printf(name, sizeof name, "message 0x%04" PRIX32, id);
        warn(session, known ? known : name, known ? "nothing here needs it" : "unknown");
}

static unsigned share_of(const struct sccp_session *session, unsigned limit)
{
        return session->guest.stranger && limit ? (limit + STRANGER_SHARE - 1) / STRANGER_SHARE : limit;
}

/* Bytes of a frame that is not complete are not counted yet: there are never more than one frame of them. */
static bool is_within_rate(struct sccp_session *session, const struct frame *frame)
{
        const struct sccp_limits *limits = &session->house->limits;
        int64_t now = loop_now_ms(session->house->loop);
        unsigned bytes = (unsigned)frame->len + FRAME_HEADER_SIZE;
        return rate_take(&session->messages, now, 1, share_of(session, limits->messages)) &&
               rate_take(&session->bytes, now, bytes, share_of(session, limits->bytes));
}

static void close_hasty(struct sccp_session *session)
{
        static const char why[] = "it sends too much (sccp.limits.messages, sccp.limits.bytes)";
        char buffer[ENDPOINT_TEXT_SIZE];
        session->house->totals.rate_exceeded++;
        if (!session->up && log_allowed(&session->house->strangers, STRANGERS, STRANGERS_S))
                log_warning(session_subject(session, buffer), "closed: %s", why);
        session_close(session, SCCP_DOWN_CLOSED, why);
}

void session_frame(struct link *link, const struct frame *frame)
{
        struct sccp_session *session = (struct sccp_session *)link;
        struct sccp_context ctx = session_context(session);
        struct sccp_message message;
        if (session->rejected)
                return;
        if (!is_within_rate(session, frame)) {
                close_hasty(session);
                return;
        }
        session->heard_ms = loop_now_ms(session->house->loop);
        session->house->totals.messages_in++;
        const struct sccp_message_info *info = sccp_message_info(frame->id);
        if (!info) {
                session_trace(session, false, NULL, frame->id, "unknown");
                skip_unknown(session, frame->id);
                return;
        }
        const char *why = sccp_decode(&ctx, frame->id, frame->payload, frame->len, &message);
        if (why) {
                session->house->totals.undecodable++;
                session_trace(session, false, NULL, frame->id, why);
                warn(session, info->name, why);
                return;
        }
        take_message(session, &message, frame->len);
}
