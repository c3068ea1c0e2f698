/* What a message does: decoded, taken by the station, its answers sent, and what happened told to the owner. */
#include <inttypes.h>

#include "gateway/base/text.h"
#include "sccp/session.h"

#define REJECTED_MS 500 /* for a refusal to arrive before the connection closes */
#define WARNINGS    5   /* about one phone, per WARNINGS_S seconds */
#define WARNINGS_S  60

static void put_replies(struct sccp_session *session, const struct sccp_replies *replies)
{
        for (size_t i = 0; i < replies->count; i++)
                session_put(session, &replies->at[i]);
}

static void warn(struct sccp_session *session, const char *name, const char *why)
{
        char buffer[ENDPOINT_TEXT_SIZE];
        if (log_allowed(&session->warnings, WARNINGS, WARNINGS_S))
                log_warning(session_subject(session, buffer), "%s dropped: %s", name, why);
}

/* 75 to 100 % of the setting, so that phones that came together do not stay together (field guide R9). xorshift64. */
static unsigned draw_keepalive_s(struct session_house *house)
{
        house->dice ^= house->dice << 13;
        house->dice ^= house->dice >> 7;
        house->dice ^= house->dice << 17;
        unsigned drawn = house->keepalive_s * (75 + (unsigned)(house->dice % 26)) / 100;
        return drawn ? drawn : 1;
}

static struct sccp_facts facts_of(const struct sccp_session *session)
{
        const struct session_house *house = session->house;
        return (struct sccp_facts){.node_name = house->node_name,
                                   .servers = house->servers,
                                   .n_servers = house->n_servers,
                                   .local = session->local};
}

static void say_admitted(struct sccp_session *session)
{
        const struct sccp_station *station = &session->station;
        unsigned dropped = sccp_setup_dropped(station->setup);
        bool new_type = sccp_model_by_type(station->device_type)->type != station->device_type;
        if ((!new_type && !dropped) || !log_allowed(&session->warnings, WARNINGS, WARNINGS_S))
                return;
        if (new_type)
                log_warning(station->name, "device type %" PRIu32 " is unknown: taken for a phone %s",
                            station->device_type, station->model->type ? "as configured" : "with one line");
        if (dropped)
                log_warning(station->name, "%u of its buttons are left out: no keys for them on model %s", dropped,
                            station->model->name);
}

/* Whoever set the phone up reads this: it says what to write where. */
static void say_rejected(struct sccp_session *session, const struct sccp_happened *asked, const char *text)
{
        char buffer[ENDPOINT_TEXT_SIZE], hint[128] = "";
        session->house->totals.rejections++;
        if (asked->what == SCCP_HAPPENED_REGISTER)
                text_printf(hint, sizeof hint,
                            "; to admit it, put under phones: %s: {lines: [{number: \"...\", password: ...}]}",
                            asked->name);
        if (log_allowed(&session->house->strangers, STRANGERS, STRANGERS_S))
                log_warning(asked->name, "rejected: %s (%s at %s)%s", text,
                            sccp_model_by_type(asked->device_type)->name, endpoint_print(&session->peer, buffer), hint);
}

/* `profile` NULL: for a token only. */
static const char *ask_admission(struct sccp_session *session, const struct sccp_happened *asked,
                                 struct sccp_profile *profile)
{
        if (asked->what == SCCP_HAPPENED_MISNAMED)
                return "Invalid device name";
        return session->house->handlers.admit(session->house->owner, asked->name, asked->device_type, &session->peer,
                                              profile);
}

static void close_soon(struct sccp_session *session)
{
        session->rejected = true;
        session_watch(session, REJECTED_MS);
}

/* A phone that registers on a connection where it is registered already has forgotten all it was told. */
static void do_register(struct sccp_session *session, const struct sccp_message *message,
                        const struct sccp_happened *asked, struct sccp_replies *replies)
{
        struct sccp_profile profile = {0};
        struct sccp_facts facts = facts_of(session);
        facts.keepalive_s = draw_keepalive_s(session->house);
        session_report_down(session, SCCP_DOWN_REPLACED, "it registers anew");
        const char *refusal = ask_admission(session, asked, &profile);
        if (session->closed)
                return;
        if (!refusal && !sccp_station_admit(&session->station, &message->register_req, &profile, &facts, replies))
                refusal = "Out of memory";
        if (refusal) {
                say_rejected(session, asked, refusal);
                sccp_station_reject(&session->station, &message->register_req, refusal, replies);
                close_soon(session);
        } else {
                session->zone = zones_find(&session->house->zones, sccp_setup_timezone(session->station.setup));
                say_admitted(session);
                session_watch_phase(session);
        }
        put_replies(session, replies);
}

static void do_token(struct sccp_session *session, const struct sccp_message *message,
                     const struct sccp_happened *asked, struct sccp_replies *replies)
{
        bool granted = !ask_admission(session, asked, NULL);
        if (log_allowed(&session->house->strangers, STRANGERS, STRANGERS_S))
                log_info(asked->name, "asks to come home: %s", granted ? "granted" : "refused");
        sccp_station_token(message, granted, SCCP_TOKEN_WAIT_S, replies);
        put_replies(session, replies);
}

static void do_unregister(struct sccp_session *session, struct sccp_replies *replies)
{
        bool refused = session_in_call(session);
        if (!refused)
                session_report_down(session, SCCP_DOWN_UNREGISTERED, NULL);
        if (session->closed)
                return;
        sccp_station_leave(&session->station, refused, replies);
        put_replies(session, replies);
        session->standby = false;
        session->since_ms = loop_now_ms(session->house->loop);
        session_watch_phase(session);
}

void session_ready(struct sccp_session *session)
{
        struct session_house *house = session->house;
        const struct sccp_station *station = &session->station;
        char buffer[ENDPOINT_TEXT_SIZE];
        struct sccp_session *older = registry_find(&house->registry, station->name);
        if (older)
                session_close(older, SCCP_DOWN_REPLACED, "by a newer connection");
        if (session->closed)
                return;
        if (!registry_add(&house->registry, session, station->name)) {
                log_error(station->name, "cannot be registered: out of memory");
                session_drop(session);
                return;
        }
        session->up = true;
        house->totals.registrations++;
        unsigned lines = sccp_setup_lines(station->setup);
        if (session_news(session))
                log_info(station->name, "registered, protocol %u, %u line%s, %s at %s", station->version, lines,
                         lines == 1 ? "" : "s", station->model->name, endpoint_print(&session->peer, buffer));
        session_watch_phase(session);
        session_put_time(session);
        house->handlers.up(house->owner, session);
}

static void do_happened(struct sccp_session *session, const struct sccp_message *message,
                        const struct sccp_happened *happened, struct sccp_replies *replies)
{
        char buffer[ENDPOINT_TEXT_SIZE];
        switch (happened->what) {
        case SCCP_HAPPENED_NOTHING:
                break;
        case SCCP_HAPPENED_KEEPALIVE:
                session->standby |= session->station.phase == SCCP_PHASE_ANY;
                break;
        case SCCP_HAPPENED_REFUSED:
                session->house->totals.out_of_phase++;
                warn(session, sccp_message_info(message->id)->name, "not permitted now");
                break;
        case SCCP_HAPPENED_ALARM:
                if (log_allowed(&session->warnings, WARNINGS, WARNINGS_S))
                        log_info(session_subject(session, buffer), "alarm: %s", message->alarm.text);
                break;
        case SCCP_HAPPENED_REGISTER:
        case SCCP_HAPPENED_MISNAMED:
                do_register(session, message, happened, replies);
                break;
        case SCCP_HAPPENED_TOKEN:
                do_token(session, message, happened, replies);
                break;
        case SCCP_HAPPENED_UNREGISTER:
                do_unregister(session, replies);
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

static void take_message(struct sccp_session *session, const struct sccp_message *message)
{
        struct sccp_facts facts = facts_of(session);
        struct sccp_replies replies;
        struct sccp_happened happened;
        sccp_station_step(&session->station, &facts, message, &replies, &happened);
        if (happened.name[0])
                TEXT_SET(session->asked, happened.name);
        session_trace(session, false, message, message->id, NULL);
        put_replies(session, &replies);
        do_happened(session, message, &happened, &replies);
}

/* An id without a row is skipped by its length; newer loads send some we need not know. */
static void skip_unknown(struct sccp_session *session, uint32_t id)
{
        char name[16];
        session->house->totals.unknown++;
        text_printf(name, sizeof name, "message 0x%04" PRIX32, id);
        warn(session, name, "unknown");
}

void session_frame(struct link *link, const struct frame *frame)
{
        struct sccp_session *session = (struct sccp_session *)link;
        struct sccp_context ctx = session_context(session);
        struct sccp_message message;
        if (session->rejected)
                return;
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
        take_message(session, &message);
}
