/* Who gets a name: admission, refusals that wait, and races for a name between connections.
 *
 * The newest connection wins, at once: a phone that comes again knows better than we whether its old connection lives
 * (field guide R6, flows 4.4). But a Register from another address may be a second phone of that name, or worse. It is
 * turned away while the phone that has the name is in a call, or when two have thrown each other out too often; and
 * that only after the old connection was found alive, so it is held for a moment. */
#include <inttypes.h>
#include <stdlib.h>

#include "gateway/base/text.h"
#include "sccp/others.h"
#include "sccp/session.h"

#define REJECTED_MS   500   /* for a refusal to arrive before the connection closes */
#define REFUSAL_SIZE  34    /* the text of a RegisterReject and its NUL */
#define PROBE_MS      2000  /* without an answer to a probe a connection is dead */
#define PROBE_STEP_MS 100   /* most answers are there by then */
#define DUEL_MS       60000 /* of quiet end it */
#define DUEL_MAX      3     /* replacements that are no duel yet: a phone that roams changes its address */

struct held {
        struct sccp_register_req request;
        struct sccp_happened asked;
        char refusal[REFUSAL_SIZE]; /* what it will be told; "": asked again then */
        int64_t since_ms;
};

/* 75 to 100 % of the setting, so that phones that came together do not stay together (field guide R9). xorshift64. */
static unsigned draw_keepalive_s(struct session_house *house)
{
        house->dice ^= house->dice << 13;
        house->dice ^= house->dice >> 7;
        house->dice ^= house->dice << 17;
        unsigned drawn = house->keepalive_s * (75 + (unsigned)(house->dice % 26)) / 100;
        return drawn ? drawn : 1;
}

void session_forget_name(struct sccp_session *session)
{
        registry_remove(&session->house->arriving, session);
        registry_remove(&session->house->registry, session);
}

/* --- held --- */

void session_held_drop(struct sccp_session *session)
{
        free(session->held);
        session->held = NULL;
}

/* False: out of memory. Meanwhile it is a stranger; one that waits for a name of ours goes as late as those that stand
 * by. */
static bool hold(struct sccp_session *session, const struct sccp_register_req *request,
                 const struct sccp_happened *asked, const char *refusal, int64_t ms)
{
        struct held *held = malloc(sizeof *held);
        if (!held)
                return false;
        *held = (struct held){.request = *request, .asked = *asked, .since_ms = loop_now_ms(session->house->loop)};
        text_copy(held->refusal, sizeof held->refusal, refusal);
        sccp_station_clear(&session->station);
        hosts_estrange(&session->house->hosts, &session->guest, *refusal ? STRANGER_SILENT : STRANGER_STANDBY);
        session->held = held;
        session_watch(session, ms);
        return true;
}

/* --- refusals --- */

/* Whoever set the phone up reads this: it says what to write where. */
static void say_rejected(struct sccp_session *session, const struct sccp_happened *asked, const char *text, bool known)
{
        char buffer[ENDPOINT_TEXT_SIZE], hint[128] = "";
        const struct sccp_other *other = sccp_other_by_type(asked->device_type);
        if (other)
                text_printf(hint, sizeof hint, "; %s", other->why);
        else if (asked->what == SCCP_HAPPENED_REGISTER && !known)
                text_printf(hint, sizeof hint,
                            "; to admit it, put under phones: %s: {lines: [{number: \"...\", password: ...}]}",
                            asked->name);
        if (log_allowed(&session->house->names, STRANGERS, STRANGERS_S))
                log_warning(asked->name, "rejected: %s (%s at %s)%s", text,
                            other ? other->what : sccp_model_by_type(asked->device_type)->name,
                            endpoint_print(&session->peer, buffer), hint);
}

static void answer_refusal(struct sccp_session *session, const struct sccp_register_req *request, const char *text)
{
        struct sccp_replies replies;
        hosts_estrange(&session->house->hosts, &session->guest, STRANGER_SILENT);
        sccp_station_reject(&session->station, request, text, &replies);
        session_put_replies(session, &replies);
        session->rejected = true;
        session_watch(session, REJECTED_MS);
}

static const char misnamed[] = "Certificate of another device";
static const char too_old[] = "No IPv6 on this phone";

/* A name that is none of ours. One address that tries many waits for its answers; its other phones do not notice. */
static void refuse(struct sccp_session *session, const struct sccp_register_req *request,
                   const struct sccp_happened *asked, const char *text)
{
        struct session_house *house = session->house;
        unsigned wait_s = hosts_reject(session->guest.host, loop_now_ms(house->loop), house->limits.reject_delay_s);
        house->totals.rejections++;
        say_rejected(session, asked, text, text == misnamed || text == too_old);
        if (wait_s && hold(session, request, asked, text, wait_s * INT64_C(1000)))
                house->totals.rejections_delayed++;
        else
                answer_refusal(session, request, text);
}

/* --- races for a name --- */

static bool is_elsewhere(const struct sccp_session *one, const struct sccp_session *other)
{
        return !ip_equal(&one->peer.ip, &other->peer.ip);
}

static bool is_duel(struct sccp_session *session)
{
        if (loop_now_ms(session->house->loop) - session->duel.last_ms >= DUEL_MS)
                session->duel = (struct duel){0};
        return session->duel.replacements > DUEL_MAX;
}

static bool is_contested(struct sccp_session *older, const struct sccp_session *newcomer)
{
        return is_elsewhere(older, newcomer) && (session_in_call(older) || is_duel(older));
}

/* Who does not give the name up if it lives, of those that are registered and on their way; NULL: nobody. */
static struct sccp_session *rival_of(const struct sccp_session *newcomer, const char *name)
{
        struct sccp_session *older = registry_find(&newcomer->house->registry, name);
        if (!older || !is_contested(older, newcomer))
                older = registry_find(&newcomer->house->arriving, name);
        return older && is_contested(older, newcomer) ? older : NULL;
}

/* Something that every phone takes without a word; only that its TCP confirms it matters. */
static void probe(struct sccp_session *session)
{
        session_put(session, &(struct sccp_message){.id = SCCP_KEEP_ALIVE_ACK});
        link_write(&session->link);
}

static void say_duel(struct sccp_session *older, const struct sccp_session *newcomer)
{
        char here[ENDPOINT_TEXT_SIZE], there[ENDPOINT_TEXT_SIZE];
        if (!older->duel.said)
                log_warning(older->station.name,
                            "two phones have this name: the one at %s stays, the one at %s is turned away",
                            endpoint_print(&older->peer, here), endpoint_print(&newcomer->peer, there));
        older->duel.said = true;
}

/* The phone that has the name lives. */
static void turn_away(struct sccp_session *older, struct sccp_session *newcomer, const struct held *held)
{
        const char *text = "In a call elsewhere";
        newcomer->house->totals.rejections++;
        newcomer->house->totals.turned_away++;
        if (is_duel(older)) {
                text = "Name in use elsewhere";
                older->duel.last_ms = loop_now_ms(older->house->loop);
                say_duel(older, newcomer);
        } else {
                say_rejected(newcomer, &held->asked, text, true);
        }
        answer_refusal(newcomer, &held->request, text);
}

static void note_replacement(const struct sccp_session *older, struct sccp_session *newcomer)
{
        int64_t now = loop_now_ms(newcomer->house->loop);
        newcomer->house->totals.replaced++;
        if (older->duel.replacements >= newcomer->duel.replacements)
                newcomer->duel = older->duel;
        if (!is_elsewhere(older, newcomer))
                return;
        if (now - newcomer->duel.last_ms >= DUEL_MS)
                newcomer->duel = (struct duel){0};
        newcomer->duel.replacements++;
        newcomer->duel.last_ms = now;
}

static void bury(struct sccp_session *older, const struct sccp_session *newcomer)
{
        char why[128], there[ENDPOINT_TEXT_SIZE];
        older->house->totals.half_open++;
        text_printf(why, sizeof why, "its connection is dead, and it comes from %s",
                    endpoint_print(&newcomer->peer, there));
        session_close(older, SCCP_DOWN_LOST, why);
}

/* --- admission --- */

const char *session_ask_admission(struct sccp_session *session, const struct sccp_happened *asked,
                                  struct sccp_profile *profile)
{
        if (asked->what == SCCP_HAPPENED_MISNAMED)
                return "Invalid device name";
        if (session->link.tls && tls_room_asks(session->house->tls_room) &&
            !tls_is_of(session->link.tls, asked->name)) {
                session->house->totals.tls_misnamed++;
                return misnamed;
        }
        return session->house->handlers.admit(session->house->owner, asked->name, asked->device_type, &session->peer,
                                              profile);
}

static void say_admitted(struct sccp_session *session)
{
        const struct sccp_station *station = &session->station;
        unsigned dropped = sccp_setup_dropped(station->setup);
        bool new_type = sccp_model_by_type(station->device_type)->type != station->device_type;
        if ((!new_type && !dropped) || !session_warns(session))
                return;
        if (new_type)
                log_warning(station->name, "device type %" PRIu32 " is unknown: taken for a phone %s",
                            station->device_type, station->model->type ? "as configured" : "with one line");
        if (dropped)
                log_warning(station->name, "%u of its buttons are left out: no keys for them on model %s", dropped,
                            station->model->name);
}

/* It has a name now, and is the only one on its way to it. False: out of memory. */
static bool welcome(struct sccp_session *session)
{
        struct session_house *house = session->house;
        struct sccp_session *other = registry_find(&house->arriving, session->station.name);
        if (other) {
                note_replacement(other, session);
                session_drop(other);
        }
        if (!registry_add(&house->arriving, session, session->station.name))
                return false;
        hosts_welcome(&house->hosts, &session->guest);
        session->since_ms = loop_now_ms(house->loop);
        session->keepalive_s = house->keepalive_s;
        session->zone = zones_find(&house->zones, sccp_setup_timezone(session->station.setup));
        say_admitted(session);
        session_watch_phase(session);
        return true;
}

/* Its messages have no room for an address of IPv6: it could be told neither where to send nor where to go. */
static bool is_too_old(const struct sccp_session *session, const struct sccp_register_req *request,
                       const struct sccp_profile *profile)
{
        const struct sccp_model *model = profile->model ? profile->model : sccp_model_by_type(request->device_type);
        return session->peer.ip.family == 6 &&
               sccp_version_negotiate(request->protocol_version, model) < SCCP_IPV6_VERSION;
}

static void decide(struct sccp_session *session, const struct sccp_register_req *request,
                   const struct sccp_happened *asked)
{
        struct sccp_profile profile = {0};
        struct sccp_facts facts = session_facts(session);
        struct sccp_replies replies;
        const char *refusal = session_ask_admission(session, asked, &profile);
        if (session->closed)
                return;
        if (!refusal && is_too_old(session, request, &profile))
                refusal = too_old;
        if (refusal) {
                refuse(session, request, asked, refusal);
                return;
        }
        facts.keepalive_s = draw_keepalive_s(session->house);
        facts.charset = charsets_find(&session->house->charsets, profile.charset);
        if (sccp_station_admit(&session->station, request, &profile, &facts, &replies) && welcome(session)) {
                session_put_replies(session, &replies);
                return;
        }
        session->house->totals.rejections++;
        say_rejected(session, asked, "Out of memory", true);
        answer_refusal(session, request, "Out of memory");
}

/* A phone that registers on a connection where it is registered already has forgotten all it was told. */
void session_register(struct sccp_session *session, const struct sccp_register_req *request,
                      const struct sccp_happened *asked)
{
        session_held_drop(session);
        session_report_down(session, SCCP_DOWN_REPLACED, "it registers anew");
        if (session->closed)
                return;
        session_forget_name(session);
        struct sccp_session *rival = rival_of(session, asked->name);
        if (rival && hold(session, request, asked, "", PROBE_STEP_MS))
                probe(rival);
        else
                decide(session, request, asked);
}

void session_held_due(struct sccp_session *session)
{
        struct held held = *session->held;
        int64_t now = loop_now_ms(session->house->loop);
        struct sccp_session *rival = *held.refusal ? NULL : rival_of(session, held.asked.name);
        bool alive = rival && (rival->heard_ms > held.since_ms || link_confirmed(&rival->link));
        if (rival && !alive && now - held.since_ms < PROBE_MS) {
                session_watch(session, PROBE_STEP_MS);
                return;
        }
        session_held_drop(session);
        if (*held.refusal) {
                answer_refusal(session, &held.request, held.refusal);
        } else if (alive) {
                turn_away(rival, session, &held);
        } else {
                if (rival)
                        bury(rival, session);
                if (!session->closed)
                        decide(session, &held.request, &held.asked);
        }
}

/* --- registered, and no more --- */

void session_ready(struct sccp_session *session)
{
        struct session_house *house = session->house;
        const struct sccp_station *station = &session->station;
        char buffer[ENDPOINT_TEXT_SIZE];
        struct sccp_session *older = registry_find(&house->registry, station->name);
        if (older && is_contested(older, session)) { /* a call has begun meanwhile: it may ask again */
                house->totals.turned_away++;
                session_drop(session);
                return;
        }
        if (older) {
                note_replacement(older, session);
                session_close(older, SCCP_DOWN_REPLACED, "by a newer connection");
        }
        if (session->closed)
                return;
        session_forget_name(session);
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

/* Field guide R13: phones with a schedule for their display go to sleep and come back. One source calls 0 power save,
 * the other 1; old phones give no reason. */
static const char *reason_text(const struct sccp_unregister_req *request, size_t len)
{
        if (len < sizeof(uint32_t))
                return NULL;
        return request->reason <= SCCP_UNREGISTER_REASON_POWER_SAVE_MODE ? "power save or restart" : "unknown reason";
}

void session_unregister(struct sccp_session *session, const struct sccp_unregister_req *request, size_t len)
{
        struct sccp_replies replies;
        bool refused = session_in_call(session);
        if (!refused)
                session_report_down(session, SCCP_DOWN_UNREGISTERED, reason_text(request, len));
        if (session->closed)
                return;
        if (!refused) {
                session_held_drop(session);
                session_forget_name(session);
                hosts_estrange(&session->house->hosts, &session->guest, STRANGER_SILENT);
                session->standby = false;
                session->since_ms = loop_now_ms(session->house->loop);
        }
        sccp_station_leave(&session->station, refused, &replies);
        session_put_replies(session, &replies);
        session_watch_phase(session);
}

/* As if it had said so itself: the connection stays for it to close, or to register on. */
void sccp_session_end(struct sccp_session *session, const char *why)
{
        struct sccp_replies replies;
        sccp_session_reset(session, true);
        session_report_down(session, SCCP_DOWN_RESET, why);
        if (session->closed)
                return;
        session_held_drop(session);
        session_forget_name(session);
        hosts_estrange(&session->house->hosts, &session->guest, STRANGER_SILENT);
        session->standby = false;
        session->since_ms = loop_now_ms(session->house->loop);
        sccp_station_leave(&session->station, false, &replies); /* and no answer: it has not asked */
        session_watch_phase(session);
}
