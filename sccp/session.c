/* A session's life: opened, watched, reported, closed. Its one timer looks whether the phone is still there; being
 * heard only notes the time, so that a message costs no timer. What messages do is in session_step.c. */
#include "sccp/session.h"

#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>

#include "gateway/base/text.h"
#include "sccp/answers.h"
#include "sccp/takes.h"

#define STANDBY_MS 130000  /* two keepalives of a phone that is registered elsewhere, 60 s each (flows 5) */
#define QUIET_MS   15000   /* a registering phone that asks nothing for so long has asked all it wants */
#define TIME_MS    3600000 /* clocks of phones drift: they are told the time at least so often (flows 4.3) */

static const struct down {
        const char *text;
        enum log_level level;
} downs[] = {
        [SCCP_DOWN_UNREGISTERED] = {"unregistered", LOG_INFO},
        [SCCP_DOWN_LOST] = {"lost", LOG_INFO},
        [SCCP_DOWN_SILENT] = {"silent", LOG_WARNING},
        [SCCP_DOWN_REPLACED] = {"replaced", LOG_INFO},
        [SCCP_DOWN_PROTOCOL] = {"not SCCP", LOG_WARNING},
        [SCCP_DOWN_CLOSED] = {"closed", LOG_WARNING},
        [SCCP_DOWN_RESET] = {"reset", LOG_INFO},
};

const char *sccp_down_text(enum sccp_down_reason reason)
{
        return downs[reason].text;
}

const char *session_subject(const struct sccp_session *session, char buffer[ENDPOINT_TEXT_SIZE])
{
        return session->station.name[0] ? session->station.name : endpoint_print(&session->peer, buffer);
}

static void show_message(const struct sccp_session *session, bool to_phone, const struct sccp_message *message,
                         uint32_t id, const char *fault)
{
        const struct session_house *house = session->house;
        struct sccp_seen seen = {.name = session->station.name[0] ? session->station.name : session->asked,
                                 .to_phone = to_phone,
                                 .message = message,
                                 .id = id,
                                 .fault = fault};
        if (house->handlers.seen)
                house->handlers.seen(house->owner, &seen);
}

void session_trace(const struct sccp_session *session, bool to_phone, const struct sccp_message *message, uint32_t id,
                   const char *fault)
{
        if (session->house->watched)
                show_message(session, to_phone, message, id, fault);
        if (!message || !log_on(LOG_DEBUG))
                return;
        char buffer[ENDPOINT_TEXT_SIZE], text[SCCP_PRINT_SIZE];
        log_debug(session_subject(session, buffer), "%s %s", to_phone ? ">" : "<",
                  sccp_print(message, text, sizeof text));
}

struct sccp_session *session_of_guest(struct guest *guest)
{
        return (struct sccp_session *)((char *)guest - offsetof(struct sccp_session, guest));
}

struct sccp_context session_context(const struct sccp_session *session)
{
        const struct sccp_station *station = &session->station;
        return (struct sccp_context){.version = station->version,
                                     .lines = station->setup ? (uint8_t)sccp_setup_lines(station->setup) : 0,
                                     .calls = session->calls,
                                     .n_calls = SESSION_CALLS};
}

/* A phone's statistics come after its call has ended: references stay until others push them out. */
static void note_call(struct sccp_session *session, uint32_t reference)
{
        for (size_t i = 0; i < SESSION_CALLS; i++)
                if (session->calls[i] == reference)
                        return;
        session->calls[session->next_call] = reference;
        session->next_call = (uint8_t)((session->next_call + 1) % SESSION_CALLS);
}

void session_put(struct sccp_session *session, const struct sccp_message *message)
{
        struct sccp_context ctx = session_context(session);
        const struct sccp_station *station = &session->station;
        if (station->model && !sccp_takes(station->model, station->version, message))
                return;
        if (message->id == SCCP_CALL_STATE)
                note_call(session, message->call_state.call_ref);
        session_trace(session, true, message, message->id, NULL);
        session->house->totals.messages_out++;
        link_send(&session->link, &ctx, message);
}

void session_put_replies(struct sccp_session *session, const struct sccp_replies *replies)
{
        for (size_t i = 0; i < replies->count; i++)
                session_put(session, &replies->at[i]);
}

struct sccp_facts session_facts(const struct sccp_session *session)
{
        const struct session_house *house = session->house;
        return (struct sccp_facts){.node_name = house->node_name,
                                   .servers = house->servers,
                                   .n_servers = house->n_servers,
                                   .local = session->local};
}

bool session_in_call(struct sccp_session *session)
{
        return session->up && session->house->handlers.in_call(session->house->owner, session);
}

/* How long a phone that can be expected to speak may be silent. Field guide R9: 1.05 times the keepalive, more for
 * phones that sleep, twice that during a call. */
static int64_t patience_ms(struct sccp_session *session)
{
        if (session->station.phase == SCCP_PHASE_REGISTERING)
                return QUIET_MS;
        if (session->station.phase == SCCP_PHASE_ANY)
                return STANDBY_MS;
        int64_t percent = session->station.model->traits & SCCP_TRAIT_SLEEPS ? 120 : 105;
        return (int64_t)session->keepalive_s * 10 * percent * (session_in_call(session) ? 2 : 1);
}

bool session_overdue(const struct sccp_session *session)
{
        return loop_now_ms(session->house->loop) - session->heard_ms > (int64_t)session->keepalive_s * 1050;
}

/* 0 or less: patience is over. A registration that never ends is over too, however much is said in it. */
static int64_t time_left_ms(struct sccp_session *session)
{
        int64_t now = loop_now_ms(session->house->loop);
        int64_t deadline = session->since_ms + session->house->limits.register_s * INT64_C(1000);
        int64_t silent = session->heard_ms + patience_ms(session);
        switch (session->station.phase) {
        case SCCP_PHASE_ANY:
                if (session->link.greeting)
                        return session->since_ms + session->house->handshake_s * INT64_C(1000) - now;
                return (session->standby ? silent : deadline) - now;
        case SCCP_PHASE_REGISTERING:
                return (silent < deadline ? silent : deadline) - now;
        case SCCP_PHASE_READY:
                break;
        }
        return silent - now;
}

void session_watch(struct sccp_session *session, int64_t ms)
{
        loop_timer_start(session->house->loop, &session->deadline, ms);
}

void session_watch_phase(struct sccp_session *session)
{
        int64_t left = time_left_ms(session);
        session_watch(session, left > 0 ? left : 0);
}

bool session_news(struct sccp_session *session)
{
        return log_allowed(&session->news, NEWS_OF_ONE, NEWS_S) && log_allowed(&session->house->news, NEWS, NEWS_S);
}

bool session_warns(struct sccp_session *session)
{
        return log_allowed(&session->warnings, WARNINGS, WARNINGS_S) &&
               (!session->guest.stranger || log_allowed(&session->house->strangers, STRANGERS, STRANGERS_S));
}

void session_report_down(struct sccp_session *session, enum sccp_down_reason reason, const char *why)
{
        if (!session->up)
                return;
        session->up = false;
        registry_remove(&session->house->registry, session);
        if (session_news(session))
                log_write(downs[reason].level, session->station.name, "%s%s%s", downs[reason].text, why ? ": " : "",
                          why ? why : "");
        session->house->handlers.down(session->house->owner, session, reason);
}

void session_close(struct sccp_session *session, enum sccp_down_reason reason, const char *why)
{
        session_report_down(session, reason, why);
        session_drop(session);
}

void session_drop(struct sccp_session *session)
{
        if (session->closed)
                return;
        session->closed = true;
        session->up = false;
        loop_timer_stop(&session->deadline);
        session_held_drop(session);
        session_forget_name(session);
        hosts_leave(&session->house->hosts, &session->guest);
        registry_unlist(&session->house->registry, session);
        link_close(&session->link);
        sccp_station_clear(&session->station);
        loop_defer(session->house->loop, free, session);
}

/* Whoever looks for open ports does not fill the log with it. */
static void say_unsafe(struct sccp_session *session, const char *why)
{
        char buffer[ENDPOINT_TEXT_SIZE];
        session->house->totals.tls_failed++;
        if (log_allowed(&session->house->strangers, STRANGERS, STRANGERS_S))
                log_warning(session_subject(session, buffer), "TLS handshake failed: %s", why);
}

/* A connection that never registered is closed with a line only where somebody should look into it. */
static void on_ended(struct link *link, enum link_end end, const char *why)
{
        struct sccp_session *session = (struct sccp_session *)link;
        static const enum sccp_down_reason reasons[] = {[LINK_CLOSED] = SCCP_DOWN_LOST,
                                                        [LINK_FAILED] = SCCP_DOWN_LOST,
                                                        [LINK_STALLED] = SCCP_DOWN_CLOSED,
                                                        [LINK_GARBAGE] = SCCP_DOWN_PROTOCOL,
                                                        [LINK_UNSAFE] = SCCP_DOWN_PROTOCOL};
        char buffer[ENDPOINT_TEXT_SIZE];
        session->house->totals.frames_bad += end == LINK_GARBAGE;
        session->house->totals.stalled += end == LINK_STALLED;
        if (end == LINK_UNSAFE)
                say_unsafe(session, why);
        if (!session->up && end == LINK_GARBAGE && log_allowed(&session->house->strangers, STRANGERS, STRANGERS_S))
                log_warning(session_subject(session, buffer), "%s: %s", downs[reasons[end]].text, why);
        session_close(session, reasons[end], why);
}

static bool wants_time(const struct sccp_session *session)
{
        return session->up && loop_now_ms(session->house->loop) - session->time_sent_ms >= TIME_MS;
}

static void close_silent(struct sccp_session *session)
{
        char buffer[ENDPOINT_TEXT_SIZE];
        session->house->totals.register_timeouts += !session->up && !session->rejected && !session->link.greeting;
        if (session->link.greeting)
                say_unsafe(session, "it took too long (sccp.tls.handshake_within)");
        else if (!session->up)
                log_debug(session_subject(session, buffer), "closed: it does not register");
        session_close(session, SCCP_DOWN_SILENT, "no keepalive");
}

static void on_deadline(struct loop_timer *timer)
{
        struct sccp_session *session = (struct sccp_session *)((char *)timer - offsetof(struct sccp_session, deadline));
        int64_t left = session->rejected ? 0 : time_left_ms(session);
        if (session->held) {
                session_held_due(session);
        } else if (left > 0) {
                if (wants_time(session) && !session_in_call(session))
                        sccp_session_send_time(session);
                session_watch(session, left);
        } else if (!session->rejected && sccp_station_force(&session->station)) {
                session_ready(session);
        } else {
                close_silent(session);
        }
}

struct endpoint session_local(int socket)
{
        struct sockaddr_storage address = {0};
        socklen_t len = sizeof address;
        getsockname(socket, (struct sockaddr *)&address, &len);
        return endpoint_from_sockaddr((struct sockaddr *)&address);
}

bool session_new(struct session_house *house, int socket, const struct endpoint *peer, bool tls)
{
        struct sccp_session *session = calloc(1, sizeof *session);
        if (!session || !hosts_enter(&house->hosts, &session->guest, &peer->ip)) {
                free(session);
                return false;
        }
        session->house = house;
        session->peer = *peer;
        session->local = session_local(socket);
        session->since_ms = session->heard_ms = loop_now_ms(house->loop);
        session->link.frame = session_frame;
        session->link.ended = on_ended;
        session->link.queue_max = house->limits.queue;
        session->link.tls_room = tls ? house->tls_room : NULL;
        session->deadline.expired = on_deadline;
        registry_list(&house->registry, session);
        link_open(&session->link, house->loop, socket);
        session_watch_phase(session);
        return true;
}

const char *sccp_session_name(const struct sccp_session *session)
{
        return session->station.name;
}

bool sccp_session_tls(const struct sccp_session *session, char out[TLS_TEXT_SIZE])
{
        text_copy(out, TLS_TEXT_SIZE, "");
        if (session->link.tls)
                tls_print(session->link.tls, out);
        return session->link.tls != NULL;
}

const struct sccp_model *sccp_session_model(const struct sccp_session *session)
{
        return session->station.model;
}

unsigned sccp_session_version(const struct sccp_session *session)
{
        return session->station.version;
}

uint32_t sccp_session_device_type(const struct sccp_session *session)
{
        return session->station.device_type;
}

uint16_t sccp_session_features(const struct sccp_session *session)
{
        return session->station.features;
}

bool sccp_session_utf8(const struct sccp_session *session)
{
        return sccp_station_utf8(&session->station);
}

struct sccp_reader sccp_session_reader(const struct sccp_session *session)
{
        return (struct sccp_reader){.model = session->station.model,
                                    .version = session->station.version,
                                    .charset = session->station.charset};
}

bool sccp_session_dynamic(const struct sccp_session *session)
{
        return sccp_station_dynamic(&session->station);
}

bool sccp_session_rfc2833(const struct sccp_session *session)
{
        return sccp_station_rfc2833(&session->station);
}

struct endpoint sccp_session_peer(const struct sccp_session *session)
{
        return session->peer;
}

struct ip sccp_session_local(const struct sccp_session *session)
{
        return session->local.ip;
}

unsigned sccp_session_lines(const struct sccp_session *session)
{
        return sccp_setup_lines(session->station.setup);
}

struct sccp_busy_lamp sccp_session_busy_lamp(const struct sccp_session *session, unsigned dial)
{
        return sccp_setup_busy_lamp(session->station.setup, dial);
}

void sccp_session_busy_lamp_set(struct sccp_session *session, unsigned dial, uint32_t status)
{
        sccp_setup_busy_lamp_set(session->station.setup, dial, status);
}

void sccp_session_feature(struct sccp_session *session, uint32_t type, bool on)
{
        uint32_t instance = sccp_setup_feature_of(session->station.setup, type);
        struct sccp_message message;
        sccp_setup_feature_set(session->station.setup, instance, on);
        if (instance && sccp_feature_message(&session->station, instance, &message))
                sccp_session_send(session, &message);
}

const struct sccp_capability *sccp_session_capabilities(const struct sccp_session *session, size_t *count)
{
        *count = session->station.n_capabilities;
        return session->station.capabilities;
}

bool sccp_session_fresh(const struct sccp_session *session)
{
        return session->fresh;
}

const char *sccp_session_firmware(const struct sccp_session *session)
{
        return session->firmware[0] ? session->firmware : NULL;
}

const char *sccp_session_last_reason(const struct sccp_session *session)
{
        return session->last_reason;
}

void *sccp_session_user(const struct sccp_session *session)
{
        return session->user;
}

void sccp_session_user_set(struct sccp_session *session, void *user)
{
        session->user = user;
}

void sccp_session_send(struct sccp_session *session, const struct sccp_message *message)
{
        if (session->up)
                session_put(session, message);
}

void sccp_session_forwards(struct sccp_session *session, unsigned line, const struct sccp_forwards *forwards)
{
        struct sccp_message message = {.id = SCCP_FORWARD_STAT};
        if (!session->station.setup)
                return;
        sccp_setup_forwards_set(session->station.setup, line, forwards);
        sccp_setup_forwards(session->station.setup, line, session->station.version, &message.forward_stat);
        sccp_session_send(session, &message);
}

void session_put_time(struct sccp_session *session)
{
        struct sccp_message message = {.id = SCCP_DEFINE_TIME_DATE};
        struct timespec now;
        clock_gettime(CLOCK_REALTIME, &now);
        zones_show(session->zone, (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000, &message.define_time_date);
        session->time_sent_ms = loop_now_ms(session->house->loop);
        session_put(session, &message);
}

void sccp_session_send_time(struct sccp_session *session)
{
        if (session->up)
                session_put_time(session);
}

void sccp_session_reset(struct sccp_session *session, bool restart)
{
        struct sccp_message message = {.id = SCCP_RESET};
        message.reset.type = restart ? SCCP_RESET_RESTART : SCCP_RESET_RESET;
        sccp_session_send(session, &message);
}
