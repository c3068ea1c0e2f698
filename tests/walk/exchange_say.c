/* What the other side says: legal, and otherwise as unhelpful as it may be. */
#include <string.h>

#include "gateway/base/text.h"
#include "tests/walk/exchange.h"
#include "tests/walk/walk.h"

static const char *any_number(void)
{
        static const char *const numbers[] = {"2001", "2002", "+4930123456", "1001", "1002", "1003", "", "700"};
        return numbers[walk_random(sizeof numbers / sizeof numbers[0])];
}

static struct sip_party any_party(void)
{
        struct sip_party party = {.name = ""};
        TEXT_SET(party.number, any_number());
        if (walk_chance(50))
                TEXT_SET(party.name, walk_chance(80) ? "Alice" : "Zo\xc3\xab");
        return party;
}

static struct endpoint any_place(void)
{
        struct endpoint place;
        endpoint_parse(walk_chance(50) ? "192.0.2.7" : "192.0.2.8", 0, &place);
        place.port = (uint16_t)(30000 + 2 * walk_random(100));
        return place;
}

static void add_codec(struct audio *audio, enum codec codec)
{
        audio->codecs[audio->n_codecs++] = (struct audio_codec){codec, codec_info(codec)->payload_type, 0, CODEC_NONE};
}

/* `one`: an answer */
static struct audio any_audio(bool one)
{
        struct audio audio = {.rtp = any_place(), .dtmf_payload_type = walk_chance(70) ? 101 : 0};
        unsigned what = walk_random(20);
        if (what == 0)
                add_codec(&audio, CODEC_G729);
        else if (what == 1)
                add_codec(&audio, CODEC_G722);
        else if (what < 6)
                add_codec(&audio, CODEC_PCMA);
        else
                add_codec(&audio, CODEC_PCMU);
        if (!one && walk_chance(40))
                add_codec(&audio, CODEC_G722);
        if (walk_chance(15))
                audio.direction = (enum audio_direction)walk_random(4);
        if (walk_chance(2))
                audio.rtp.port = 0;
        if (walk_chance(3))
                audio.rtp.ip = (struct ip){.family = 4};
        return audio;
}

/* None, bad, or any. */
static void put_audio(struct sip_event *event, bool one, unsigned none_percent)
{
        if (walk_chance(none_percent))
                return;
        event->audio_bad = walk_chance(3);
        if (!event->audio_bad)
                event->audio = any_audio(one);
}

static struct sip_event event_of(const struct exchange_dialog *dialog, enum sip_event_kind kind)
{
        return (struct sip_event){.kind = kind, .dialog = dialog->id, .line = dialog->line};
}

static int any_failure(void)
{
        static const int failures[] = {404, 403, 408, 480, 486, 487, 488, 500, 503, 600, 603, 405, 501};
        return failures[walk_random(sizeof failures / sizeof failures[0])];
}

static struct exchange_dialog *dialog_new(struct sip *sip, uint32_t line)
{
        for (unsigned i = 0; i < EXCHANGE_DIALOGS; i++)
                if (!sip->dialogs[i].id) {
                        uint32_t id = SIP_DIALOG_INCOMING | ++sip->incoming;
                        sip->dialogs[i] = (struct exchange_dialog){.id = id, .line = line, .phase = PHASE_OFFERED};
                        return &sip->dialogs[i];
                }
        return NULL;
}

static void incoming(struct sip *sip, uint32_t line, uint32_t replaces)
{
        struct exchange_dialog *dialog = dialog_new(sip, line);
        if (!dialog)
                return;
        struct sip_event event = event_of(dialog, SIP_INCOMING);
        event.replaces = replaces;
        event.party = any_party();
        put_audio(&event, false, 12);
        dialog->offerless = !event.audio.n_codecs && !event.audio_bad;
        dialog->replaces = replaces != 0;
        if (walk_chance(15)) {
                TEXT_SET(event.called, any_number());
                TEXT_SET(event.diverted_by, any_number());
                event.diversions = walk_random(12);
                event.came_by = walk_chance(10);
        }
        if (walk_chance(20))
                event.alerting = (struct alerting){.ring = (enum ring)walk_random(RING_BELLCORE_5 + 1),
                                                   .answer = walk_chance(60),
                                                   .required = walk_chance(20),
                                                   .one_way = walk_chance(40),
                                                   .answer_after_s = walk_random(3) * 2};
        exchange_post(sip, &event);
}

bool exchange_invite(struct sip *sip)
{
        uint32_t lines[EXCHANGE_LINES];
        unsigned n = 0;
        for (uint32_t i = 0; i < EXCHANGE_LINES; i++)
                if (sip->lines[i].known && sip->lines[i].up && sip->lines[i].state == SIP_LINE_REGISTERED)
                        lines[n++] = i;
        if (n)
                incoming(sip, lines[walk_random(n)], 0);
        return n;
}

/* Somebody takes the place of this dialog's far end. */
static bool replace(struct sip *sip, const struct exchange_dialog *dialog)
{
        incoming(sip, dialog->line, dialog->id);
        return true;
}

/* ---- the end ---- */

void exchange_end(struct sip *sip, struct exchange_dialog *dialog)
{
        bool calling = dialog->phase == PHASE_CALLING;
        struct sip_event event = event_of(dialog, calling ? SIP_FAILED : SIP_ENDED);
        if (calling)
                event.status = any_failure();
        if (walk_chance(30))
                event.cause = walk_chance(50) ? 16 : 17;
        event.elsewhere = dialog->phase == PHASE_OFFERED && walk_chance(30);
        TEXT_SET(event.reason, walk_chance(30) ? "so it is" : "");
        *dialog = (struct exchange_dialog){0};
        exchange_post(sip, &event);
}

/* ---- before the answer ---- */

static bool progress(struct sip *sip, struct exchange_dialog *dialog)
{
        struct sip_event event = event_of(dialog, SIP_PROGRESS);
        event.status = walk_chance(70) ? 180 : 183;
        put_audio(&event, true, 60);
        dialog->early |= event.audio.n_codecs > 0;
        if (walk_chance(30))
                event.party = any_party();
        exchange_post(sip, &event);
        return true;
}

static bool answered(struct sip *sip, struct exchange_dialog *dialog)
{
        struct sip_event event = event_of(dialog, SIP_ANSWERED);
        put_audio(&event, !walk_chance(10), dialog->early ? 30 : 2);
        if (walk_chance(30))
                event.party = any_party();
        dialog->phase = PHASE_UP;
        exchange_post(sip, &event);
        return true;
}

static bool identity(struct sip *sip, struct exchange_dialog *dialog)
{
        struct sip_event event = event_of(dialog, SIP_IDENTITY);
        event.party = any_party();
        exchange_post(sip, &event);
        return true;
}

static bool say_calling(struct sip *sip, struct exchange_dialog *dialog)
{
        unsigned what = walk_random(100);
        if (what < 45)
                return progress(sip, dialog);
        if (what < 85)
                return answered(sip, dialog);
        if (what < 88)
                return replace(sip, dialog);
        if (what < 90)
                return identity(sip, dialog);
        exchange_end(sip, dialog);
        return true;
}

void exchange_confirm(struct sip *sip, struct exchange_dialog *dialog)
{
        struct sip_event event = event_of(dialog, SIP_ACKED);
        dialog->phase = PHASE_UP;
        dialog->exchange = dialog->waiting ? EXCHANGE_OFFERING : EXCHANGE_QUIET;
        dialog->waiting = false;
        if (!dialog->offerless)
                return;
        dialog->offerless = false;
        put_audio(&event, true, walk_now->calm ? 0 : 5);
        exchange_post(sip, &event);
}

static bool say_accepted(struct sip *sip, struct exchange_dialog *dialog)
{
        if (walk_chance(5))
                return identity(sip, dialog);
        if (walk_chance(90))
                exchange_confirm(sip, dialog);
        else
                exchange_end(sip, dialog);
        return true;
}

/* ---- a dialog that is up ---- */

void exchange_answer_offer(struct sip *sip, struct exchange_dialog *dialog)
{
        bool fails = walk_chance(12);
        struct sip_event event = event_of(dialog, fails ? SIP_OFFER_FAILED : SIP_OFFER_ANSWERED);
        if (fails)
                event.status = any_failure();
        else
                event.audio = any_audio(!walk_chance(10));
        if (dialog->exchange == EXCHANGE_OFFERING)
                dialog->exchange = EXCHANGE_QUIET;
        exchange_post(sip, &event);
}

static bool offer(struct sip *sip, struct exchange_dialog *dialog)
{
        struct sip_event event = event_of(dialog, SIP_OFFERED);
        if (dialog->exchange != EXCHANGE_QUIET)
                return false; /* 491 or 500, of which nobody here hears */
        if (walk_chance(80))
                event.audio = any_audio(false);
        dialog->offerless = !event.audio.n_codecs;
        dialog->exchange = EXCHANGE_ASKED;
        if (walk_chance(20))
                event.party = any_party();
        exchange_post(sip, &event);
        return true;
}

static bool refer(struct sip *sip, struct exchange_dialog *dialog)
{
        struct sip_event event = event_of(dialog, SIP_REFERRED);
        if (dialog->referred)
                return false;
        dialog->referred = true;
        TEXT_SET(event.party.number, walk_chance(90) ? "2005" : "77");
        TEXT_SET(event.uri, "sip:2005@192.0.2.7");
        if (walk_chance(50))
                TEXT_SET(event.replaces_header, "a;from-tag=b;to-tag=c");
        exchange_post(sip, &event);
        return true;
}

static void transfer_news(struct sip *sip, struct exchange_dialog *dialog, int status)
{
        struct sip_event event = event_of(dialog, SIP_TRANSFER_NEWS);
        event.status = status;
        if (walk_chance(30))
                TEXT_SET(event.called, "701");
        dialog->referring = status < 200;
        exchange_post(sip, &event);
}

void exchange_final_news(struct sip *sip, struct exchange_dialog *dialog)
{
        /* often it knows of no transfers: then the gateway connects the two */
        transfer_news(sip, dialog, walk_chance(40) ? 200 : walk_chance(40) ? 405 : any_failure());
}

void exchange_nobody_there(struct sip *sip, struct exchange_dialog *dialog)
{
        transfer_news(sip, dialog, 481);
}

static bool press(struct sip *sip, const struct exchange_dialog *dialog)
{
        struct sip_event event = event_of(dialog, SIP_DIGIT);
        event.digit = "0123456789*#"[walk_random(12)];
        event.digit_ms = walk_random(2) * 160;
        exchange_post(sip, &event);
        return true;
}

static bool say_up(struct sip *sip, struct exchange_dialog *dialog)
{
        unsigned what = walk_random(100);
        if (dialog->exchange == EXCHANGE_OFFERING && what < 60) {
                exchange_answer_offer(sip, dialog);
                return true;
        }
        if (dialog->referring && what < 60) {
                if (walk_chance(40))
                        transfer_news(sip, dialog, walk_chance(60) ? 100 : 180);
                else
                        exchange_final_news(sip, dialog);
                return true;
        }
        if (what < 55)
                return offer(sip, dialog);
        if (what < 65)
                return identity(sip, dialog);
        if (what < 72)
                return refer(sip, dialog);
        if (what < 80)
                return replace(sip, dialog);
        if (what < 85) {
                exchange_end(sip, dialog);
                return true;
        }
        if (what < 88)
                return press(sip, dialog);
        return false;
}

bool exchange_say(struct sip *sip, struct exchange_dialog *dialog)
{
        switch (dialog->phase) {
        case PHASE_CALLING:
                return say_calling(sip, dialog);
        case PHASE_OFFERED:
                if (walk_chance(5))
                        return identity(sip, dialog);
                if (walk_chance(80))
                        return false;
                exchange_end(sip, dialog);
                return true;
        case PHASE_ACCEPTED:
                return say_accepted(sip, dialog);
        case PHASE_UP:
                return say_up(sip, dialog);
        case PHASE_NONE:
                break;
        }
        return false;
}

/* ---- lines, watches, texts ---- */

static void line_state(struct sip *sip, uint32_t line, enum sip_line_state state, int status)
{
        struct sip_event event = {
                .kind = SIP_LINE_STATE, .line = line, .line_state = state, .status = status, .retry_s = 30};
        TEXT_SET(event.reason, status ? "no" : "");
        sip->lines[line].state = state;
        exchange_post(sip, &event);
}

static bool line_news(struct sip *sip, uint32_t line)
{
        if (!sip->lines[line].known || !sip->lines[line].up)
                return false;
        if (walk_chance(sip->lines[line].state == SIP_LINE_REGISTERED ? 10 : 80) || walk_now->calm)
                line_state(sip, line, SIP_LINE_REGISTERED, 0);
        else if (walk_chance(50))
                line_state(sip, line, SIP_LINE_REFUSED, walk_chance(50) ? 403 : 404);
        else
                line_state(sip, line, SIP_LINE_UNREACHABLE, walk_chance(50) ? 408 : 503);
        return true;
}

bool exchange_line_news(struct sip *sip)
{
        for (uint32_t i = 0; i < EXCHANGE_LINES; i++) /* who waits first */
                if (sip->lines[i].up && sip->lines[i].state != SIP_LINE_REGISTERED && walk_chance(60))
                        return line_news(sip, i);
        return walk_chance(10) && line_news(sip, walk_random(EXCHANGE_LINES));
}

static void learn_mail(struct sip_event *event)
{
        event->watched.learnt = SIP_LEARNT_MAIL;
        event->watched.mail = (struct sip_mail){.waiting = walk_chance(50), .counted = walk_chance(70)};
        event->watched.mail.fresh = event->watched.mail.waiting ? 1 + walk_random(3) : 0;
        TEXT_SET(event->watched.mail.account, walk_chance(50) ? "*97" : "mail");
}

static void learn_presence(struct sip_event *event)
{
        event->watched.learnt = SIP_LEARNT_PRESENCE;
        event->watched.presence = (enum sip_presence)walk_random(SIP_PRESENCE_DND + 1);
}

static void learn_dialog(struct sip_event *event)
{
        struct sip_watched *watched = &event->watched;
        watched->learnt = SIP_LEARNT_DIALOGS;
        watched->whole = walk_chance(50);
        watched->last = true;
        watched->empty = watched->whole && walk_chance(30);
        watched->dialog.key = 1 + walk_random(3);
        watched->dialog.state = (enum sip_far_state)walk_random(SIP_FAR_TERMINATED + 1);
        watched->dialog.outgoing = walk_chance(50);
        watched->dialog.remote = any_party();
        if (walk_chance(50)) {
                TEXT_SET(watched->dialog.call_id, "call");
                TEXT_SET(watched->dialog.local_tag, "here");
                TEXT_SET(watched->dialog.remote_tag, "there");
        }
}

static bool watch_news(struct sip *sip, uint32_t i)
{
        static void (*const learn[])(struct sip_event *) = {
                [SIP_MESSAGE_SUMMARY] = learn_mail, [SIP_DIALOG_INFO] = learn_dialog, [SIP_PRESENCE] = learn_presence};
        struct exchange_watch *watch = &sip->watches[i];
        const struct exchange_line *line = &sip->lines[watch->line];
        struct sip_event event = {.kind = SIP_WATCHED, .line = watch->line, .watched = {.watch = i}};
        if (!watch->on)
                return false;
        bool up = line->up && line->state == SIP_LINE_REGISTERED;
        if (!up && watch->state == SIP_WATCH_OFF)
                return false;
        if (!up)
                watch->state = SIP_WATCH_OFF;
        else if (watch->state != SIP_WATCH_ACTIVE || walk_chance(15))
                watch->state = walk_chance(60) ? SIP_WATCH_ACTIVE : (enum sip_watch_state)(1 + walk_random(5));
        event.watched.state = watch->state;
        if (watch->state == SIP_WATCH_ACTIVE && walk_chance(80))
                learn[watch->wish.package](&event);
        exchange_post(sip, &event);
        return true;
}

bool exchange_watch_news(struct sip *sip)
{
        uint32_t on[EXCHANGE_WATCHES];
        unsigned n = 0;
        for (uint32_t i = 0; i < EXCHANGE_WATCHES; i++)
                if (sip->watches[i].on)
                        on[n++] = i;
        return n && watch_news(sip, on[walk_random(n)]);
}

static bool text(struct sip *sip)
{
        uint32_t line = walk_random(EXCHANGE_LINES);
        struct sip_event event = {.kind = SIP_TEXT, .line = line};
        if (!sip->lines[line].known || sip->lines[line].texts != 200)
                return false;
        event.text_from = any_party();
        TEXT_SET(event.text, "Hello");
        exchange_post(sip, &event);
        return true;
}

static bool mail(struct sip *sip)
{
        uint32_t line = walk_random(EXCHANGE_LINES);
        struct sip_event event = {.kind = SIP_MAIL, .line = line};
        if (!sip->lines[line].known || !sip->lines[line].up)
                return false;
        event.mail.waiting = walk_chance(50);
        exchange_post(sip, &event);
        return true;
}

static bool pbx_news(struct sip *sip)
{
        struct sip_event event = {.kind = SIP_PBX_STATE,
                                  .pbx = walk_random((unsigned)sip->n_pbxs),
                                  .pbx_state = walk_chance(70) ? SIP_PBX_UP : SIP_PBX_DOWN};
        exchange_post(sip, &event);
        return true;
}

bool exchange_other_news(struct sip *sip)
{
        switch (walk_random(4)) {
        case 0:
                return pbx_news(sip);
        case 1:
                return mail(sip);
        default:
                return text(sip);
        }
}
