#define NTA_OUTGOING_MAGIC_T struct dialog
#define NTA_LEG_MAGIC_T      struct dialog

#include "sip/call_out.h"

#include <sofia-sip/nta.h>
#include <sofia-sip/nta_tag.h>
#include <sofia-sip/sip_header.h>
#include <sofia-sip/sip_status.h>
#include <sofia-sip/sip_tag.h>
#include <sofia-sip/tport_tag.h>
#include <string.h>
#include <strings.h>

#include "gateway/base/text.h"
#include "sip/agent.h"
#include "sip/fork.h"
#include "sip/hangup.h"
#include "sip/identity.h"
#include "sip/inside.h"
#include "sip/media.h"
#include "sip/redirect.h"
#include "sip/refer.h"
#include "sip/refresh.h"
#include "sip/session.h"
#include "sip/target.h"

#define ROOM_NUMBERS     10000000 /* of seven digits */
#define ROOM_NUMBER_SIZE 8
#define ASSERTED_SIZE    (SIP_URI_SIZE + SIP_NAME_MAX + 24) /* the header, name included */

static void invite_send(struct dialog *dialog);

/* Our INVITE comes to nothing, for a reason of our own. */
static void failed(struct dialog *dialog, int status, const char *reason)
{
        struct sip_event event = dialog_event(dialog, SIP_FAILED);
        event.status = status;
        TEXT_SET(event.reason, reason);
        dialog_post(dialog, &event);
        dialog_gone(dialog);
}

/* ... or for what the peer says, or for the peer saying nothing. */
static void refused_finally(struct dialog *dialog, const sip_t *sip)
{
        struct sip_event event = dialog_event(dialog, SIP_FAILED);
        struct identity_reason reason;
        const char *phrase = sip->sip_status->st_phrase;
        identity_reason(sip, &reason);
        event.status = sip->sip_status->st_status;
        event.cause = reason.cause;
        if (reason.text[0])
                TEXT_SET(event.reason, reason.text);
        else if (nta_sip_is_internal(sip))
                TEXT_SET(event.reason, event.status == 408 ? "no answer" : "cannot be reached");
        else
                identity_name(phrase, strlen(phrase), event.reason, sizeof event.reason);
        dialog_post(dialog, &event);
        dialog_gone(dialog);
}

static void progressed(struct dialog *dialog, const sip_t *sip)
{
        struct sip_event event = dialog_event(dialog, SIP_PROGRESS);
        if (sip->sip_status->st_status < 180)
                return;
        struct fork *fork = fork_of(dialog, sip);
        if (fork && !fork_acknowledge(dialog, fork, sip))
                return;
        event.status = sip->sip_status->st_status;
        event.audio_bad = media_read(dialog, sip, false, &event.audio) == MEDIA_BAD;
        if (fork && event.audio.n_codecs > 0) {
                fork->audio = event.audio;
                fork->agreed |= fork_is_reliable(sip);
        }
        if (identity_connected(sip, &event.party))
                dialog->party = event.party;
        dialog_post(dialog, &event);
}

static void accepted(struct dialog *dialog, const sip_t *sip)
{
        struct sip_event event = dialog_event(dialog, SIP_ANSWERED);
        struct fork early = fork_choose(dialog, sip);
        refresh_granted(dialog, sip);
        nta_outgoing_destroy(dialog->invite);
        dialog->invite = NULL;
        if (dialog->state == DIALOG_CANCELLED) {
                hangup_bye(dialog, 0, "");
                return;
        }
        dialog_enter(dialog, DIALOG_TALKING);
        dialog->peer_updates = sip_is_allowed(sip->sip_allow, SIP_METHOD_UPDATE) && sip->sip_allow;
        refer_learn(dialog, sip);
        enum media_found found = early.moved ? MEDIA_NONE : media_read(dialog, sip, false, &event.audio);
        if (found == MEDIA_NONE)
                event.audio = early.audio;
        event.audio_bad = found == MEDIA_BAD;
        if (identity_connected(sip, &event.party))
                dialog->party = event.party;
        dialog_post(dialog, &event);
        session_begin(dialog);
}

/* The request once more, as the answer wants it: with credentials, elsewhere, or for a longer session. */
static bool invite_repair(struct dialog *dialog, int status, const sip_t *sip)
{
        struct account *account = account_by_line(dialog->sip, dialog->line);
        switch (status / 100 == 3 ? 300 : status) {
        case 401:
        case 407:
                return account && auth_challenged(&account->auth, &dialog->attempt, sip);
        case 300:
                if (!account || !target_redirect(dialog, sip))
                        return false;
                path_contact(&dialog->path, account->contact_user, dialog->contact);
                redirect_followed(dialog, sip);
                sdes_forget(&dialog->sdes);
                return true;
        case 422:
                return refresh_longer(dialog, sip);
        default:
                return false;
        }
}

static void refused(struct dialog *dialog, const sip_t *sip)
{
        int status = sip->sip_status->st_status;
        if (dialog->state == DIALOG_CANCELLED) {
                dialog_gone(dialog);
        } else if (invite_repair(dialog, status, sip)) {
                nta_outgoing_destroy(dialog->invite);
                dialog->invite = NULL;
                forks_drop(dialog);
                invite_send(dialog);
        } else {
                refused_finally(dialog, sip);
        }
}

static int answered(struct dialog *dialog, nta_outgoing_t *request, const sip_t *sip)
{
        int status = sip->sip_status->st_status;
        (void)request;
        atomic_fetch_add_explicit(&dialog->sip->responses_in, 1, memory_order_relaxed);
        if (status < 200 && dialog->state == DIALOG_CALLING)
                progressed(dialog, sip);
        else if (status >= 200 && status < 300)
                accepted(dialog, sip);
        else if (status >= 300)
                refused(dialog, sip);
        return 0;
}

#define ANONYMOUS "\"Anonymous\" <sip:anonymous@anonymous.invalid>" /* RFC 3323 section 4.1.1.3 */

/* The PBX still has to know whose call it is, and to keep it to itself (RFC 3325 section 9.1). */
static const char *asserted(const struct dialog *dialog, const struct account *account, char *out, size_t size)
{
        char address[SIP_URI_SIZE + SIP_NAME_MAX];
        if (!dialog->anonymous || !account)
                return NULL;
        account_address(account, &dialog->path, address, sizeof address);
        text_printf(out, size, "P-Asserted-Identity: %s", address);
        return out;
}

static void invite_send(struct dialog *dialog)
{
        struct account *account = account_by_line(dialog->sip, dialog->line);
        struct auth_headers auth = {.www = ""};
        struct refresh_headers timer;
        char sdp[SDP_TEXT_SIZE], identity[ASSERTED_SIZE];
        if (account) {
                struct digest_user user = account_digest_user(account);
                auth_write(&account->auth, &user, "INVITE", dialog->target, &auth);
        }
        media_write(dialog, &dialog->wanted, true, sdp);
        refresh_ask(dialog, &timer);
        dialog->invite = nta_outgoing_tcreate(
                dialog->leg, answered, dialog, URI_OR_NULL(dialog->next_hop), SIP_METHOD_INVITE,
                URI_OR_NULL(dialog->target), PATH_TAGS(&dialog->path),
                TAG_IF(dialog->route[0], SIPTAG_ROUTE_STR(dialog->route)), SIPTAG_CONTACT_STR(dialog->contact),
                SIPTAG_REPLACES_STR(dialog->replaces), TAG_IF(dialog->must_replace, SIPTAG_REQUIRE_STR("replaces")),
                AUTH_TAGS(&auth), TAG_IF(dialog->anonymous, SIPTAG_PRIVACY_STR("id")),
                SIPTAG_HEADER_STR(asserted(dialog, account, identity, sizeof identity)), SIPTAG_ALLOW_STR(AGENT_ALLOW),
                SIPTAG_SUPPORTED_STR(AGENT_SUPPORTED), TAG_IF(dialog->diversion, SIPTAG_HEADER_STR(dialog->diversion)),
                SIPTAG_SESSION_EXPIRES_STR(timer.expires), SIPTAG_MIN_SE_STR(timer.min_se),
                SIPTAG_USER_AGENT_STR(dialog->sip->user_agent), SIPTAG_CONTENT_TYPE_STR("application/sdp"),
                SIPTAG_PAYLOAD_STR(sdp), TAG_END());
        if (!dialog->invite)
                failed(dialog, 500, "the request cannot be made");
}

/* From with our tag, To without one: the dialog has no other side yet. */
static nta_leg_t *leg_new(struct dialog *dialog, const struct account *account)
{
        char address[SIP_URI_SIZE + SIP_NAME_MAX], from[SIP_URI_SIZE + SIP_NAME_MAX + 40], to[SIP_URI_SIZE + 2];
        char tag[13];
        room_token(tag, sizeof tag - 1);
        if (dialog->anonymous)
                TEXT_SET(address, ANONYMOUS);
        else
                account_address(account, &dialog->path, address, sizeof address);
        text_printf(from, sizeof from, "%s;tag=%s", address, tag);
        text_printf(to, sizeof to, "<%s>", dialog->target);
        return nta_leg_tcreate(dialog->sip->agent, inside_received, dialog, SIPTAG_FROM_STR(from), SIPTAG_TO_STR(to),
                               TAG_END());
}

static void rang_too_long(struct timer *timer)
{
        struct dialog *dialog = dialog_of_alarm(timer);
        struct sip_event event = dialog_event(dialog, SIP_FAILED);
        event.status = 408;
        TEXT_SET(event.reason, "no answer");
        dialog_post(dialog, &event);
        hangup(dialog, 0, 0, "");
}

/* There is not even a dialog. */
static void call_refuse(struct sip *sip, const struct sip_command *command, int status, const char *reason)
{
        struct sip_event event = {
                .kind = SIP_FAILED, .dialog = command->dialog, .line = command->line, .status = status};
        TEXT_SET(event.reason, reason);
        room_post(sip, &event);
}

/* A room of its own for each conference at the PBX: nobody comes into one by chance, or guesses it. */
static void room_named(const char *uri, char *out, size_t size)
{
        const char *room = strstr(uri, "{room}");
        if (room)
                text_printf(out, size, "%.*s%07u%s", (int)(room - uri), uri, (unsigned)(room_random() % ROOM_NUMBERS),
                            room + strlen("{room}"));
        else
                text_copy(out, size, uri);
}

void call_out(struct sip *sip, const struct sip_command *command)
{
        struct account *account = account_by_line(sip, command->line);
        if (!account) {
                call_refuse(sip, command, 404, "no such line");
                return;
        }
        struct dialog *dialog = dialog_new(sip, command->dialog, command->line);
        if (!dialog) {
                log_error(account->who.number, "no dialog %x: no memory, or it is there already", command->dialog);
                call_refuse(sip, command, 503, "no memory");
                return;
        }
        dialog->wanted = command->audio;
        dialog->anonymous = command->anonymous;
        char uri[SIP_REFER_URI_MAX + ROOM_NUMBER_SIZE];
        room_named(command->uri, uri, sizeof uri);
        bool known = command->uri[0] ? target_take(dialog, uri) : target_find(dialog, account, command->party.number);
        if (!known) {
                failed(dialog, 404, "unknown number");
                return;
        }
        dialog->must_replace = command->must_replace;
        if (command->replaces[0])
                dialog->replaces = strdup(command->replaces);
        path_contact(&dialog->path, account->contact_user, dialog->contact);
        dialog->leg = leg_new(dialog, account);
        if (!dialog->leg) {
                failed(dialog, 500, "the request cannot be made");
                return;
        }
        dialog_alarm(dialog, sip->ring_timeout_s * INT64_C(1000), rang_too_long);
        invite_send(dialog);
}
