/* What a script can expect of the phone: one row per word. A check answers whether it is so now, else why not. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/text.h"
#include "script.h"

#define PARTIES_MAX 8

static const struct face *face_of(const struct script *script)
{
        return &script->device->face;
}

/* The call meant: the active one, unless the words from `at` on say "line N" or "call N" (1: the oldest). */
static struct face_call *call_of(const struct script *script, int at)
{
        struct face *face = &script->device->face;
        unsigned number = script_number(script, at + 1);
        if (script_word_is(script, at, "line"))
                return face_call_on(face, number);
        if (script_word_is(script, at, "call"))
                return face_nth_call(face, number);
        return face_active_call(face);
}

static bool same_value(enum sccp_values set, uint32_t is, const char *wanted, char *why, size_t size)
{
        const char *name = sccp_value_name(set, is);
        if (text_equal(name, wanted))
                return true;
        text_printf(why, size, "it is %s", name ? name : "unknown");
        return false;
}

static bool registered(struct script *script, char *why, size_t size)
{
        text_printf(why, size, "not registered %s", face_of(script)->rejected);
        return face_of(script)->registered;
}

static bool unregistered(struct script *script, char *why, size_t size)
{
        text_printf(why, size, "still registered");
        return !face_of(script)->registered && script->device->link.fd < 0;
}

static bool rejected(struct script *script, char *why, size_t size)
{
        const char *text = face_of(script)->rejected;
        text_printf(why, size, "the text is \"%s\"", text);
        return *text && strstr(text, script_word(script, 2));
}

static bool stands_by(struct script *script, char *why, size_t size)
{
        text_printf(why, size, "no keepalive was answered");
        return script->device->failover.keepalives > 0;
}

/* `token granted`, `token refused SECONDS` */
static bool token(struct script *script, char *why, size_t size)
{
        static const char *const names[] = {"never asked for", "not answered", "granted", "refused"};
        const struct failover *failover = &script->device->failover;
        text_printf(why, size, "it is %s, wait %u s", names[failover->token], failover->token_wait_s);
        return script_word_is(script, 2, names[failover->token]) &&
               (failover->token != TOKEN_REFUSED || script_number(script, 3) == failover->token_wait_s);
}

/* `callstate on_hook` is also true when no call is left. */
static bool call_state(struct script *script, char *why, size_t size)
{
        const struct face_call *call = call_of(script, 3);
        if (call)
                return same_value(SCCP_VALUES_call_state, call->state, script_word(script, 2), why, size);
        text_printf(why, size, "there is no call");
        return script_word_is(script, 2, "on_hook");
}

static bool no_call(struct script *script, char *why, size_t size)
{
        text_printf(why, size, "%u calls", face_calls(face_of(script)));
        return face_calls(face_of(script)) == script_number(script, 2);
}

/* `forward LINE all|busy|no_answer NUMBER|off`: what the phone shows, and the lamp of the key */
static bool forward(struct script *script, char *why, size_t size)
{
        static const char *const kinds[] = {"all", "busy", "no_answer"};
        unsigned line = script_number(script, 2), kind = 0;
        while (kind < 3 && !script_word_is(script, 3, kinds[kind]))
                kind++;
        if (line >= FACE_LINES || kind == 3)
                return false;
        const struct sccp_forward_stat *stat = &face_of(script)->forwards[line];
        const char *const numbers[] = {stat->all_number, stat->busy_number, stat->no_answer_number};
        const uint32_t active[] = {stat->all_active, stat->busy_active, stat->no_answer_active};
        bool off = script_word_is(script, 4, "off"), lit = face_of(script)->forward_lamps[line][kind] == SCCP_LAMP_ON;
        text_printf(why, size, "it is %u, '%s', the lamp is %s", active[kind], numbers[kind], lit ? "on" : "off");
        return off ? !active[kind] && !lit : active[kind] && lit && script_word_is(script, 4, numbers[kind]);
}

static bool lamp(struct script *script, char *why, size_t size)
{
        unsigned line = script_number(script, 2);
        return line < FACE_LINES &&
               same_value(SCCP_VALUES_lamp, face_of(script)->lamps[line], script_word(script, 3), why, size);
}

/* mail on|off, mail LINE on|off */
static bool mail(struct script *script, char *why, size_t size)
{
        bool of_line = script_word_is(script, 3, "on") || script_word_is(script, 3, "off");
        unsigned line = of_line ? script_number(script, 2) : 0;
        text_printf(why, size, "it is %s", line < FACE_LINES && face_of(script)->mail[line] ? "on" : "off");
        return line < FACE_LINES && face_of(script)->mail[line] == script_word_is(script, of_line ? 3 : 2, "on");
}

/* busylamp N STATUS ["LABEL"]: of the n-th speed dial */
static bool busy_lamp(struct script *script, char *why, size_t size)
{
        const struct face *face = face_of(script);
        unsigned dial = script_number(script, 2);
        if (dial >= FACE_DIALS || !face->lamp_known[dial]) {
                text_printf(why, size, "nothing was told of it");
                return false;
        }
        if (!same_value(SCCP_VALUES_blf, face->lamp_status[dial], script_word(script, 3), why, size))
                return false;
        text_printf(why, size, "its label is \"%s\"", face->lamp_label[dial]);
        return script->n_words < 5 || script_word_is(script, 4, "within") ||
               script_word_is(script, 4, face->lamp_label[dial]);
}

/* listlamp TRANSACTION STATUS, or CAUSE of a refusal: of an entry of a call list */
static bool list_lamp(struct script *script, char *why, size_t size)
{
        const struct face_list_lamp *lamp = face_list_lamp(face_of(script), script_number(script, 2));
        text_printf(why, size, "it was never answered");
        if (lamp && lamp->cause != SCCP_SUBSCRIPTION_OK)
                return same_value(SCCP_VALUES_subscription_cause, lamp->cause, script_word(script, 3), why, size);
        return lamp && lamp->told && same_value(SCCP_VALUES_blf, lamp->status, script_word(script, 3), why, size);
}

/* icon LINE STATE: of a line key without a number */
static bool icon(struct script *script, char *why, size_t size)
{
        unsigned line = script_number(script, 2);
        return line < FACE_LINES &&
               same_value(SCCP_VALUES_call_state, face_of(script)->icons[line], script_word(script, 3), why, size);
}

/* feature NAME on|off ["LABEL"]: a key that is a soft key, by the name of its button */
static bool feature(struct script *script, char *why, size_t size)
{
        uint32_t type;
        const struct face_feature *feature = sccp_value_parse(SCCP_VALUES_button, script_word(script, 2), &type)
                                                     ? face_feature(face_of(script), type)
                                                     : NULL;
        text_printf(why, size, "there is no such key");
        if (!feature)
                return false;
        text_printf(why, size, "it is %s, its label is \"%s\"", feature->status ? "on" : "off", feature->label);
        return script_word_is(script, 3, feature->status ? "on" : "off") &&
               (script->n_words < 5 || script_word_is(script, 4, "within") ||
                script_word_is(script, 4, feature->label));
}

/* service N "URL" "LABEL" */
static bool service(struct script *script, char *why, size_t size)
{
        const struct face *face = face_of(script);
        unsigned instance = script_number(script, 2);
        if (instance < 1 || instance > face->services || instance >= FACE_SERVICES) {
                text_printf(why, size, "there is no such key");
                return false;
        }
        const struct face_service *it = &face->service[instance];
        text_printf(why, size, "it is \"%s\" \"%s\"", it->url, it->label);
        return script_word_is(script, 3, it->url) && script_word_is(script, 4, it->label);
}

static bool tone(struct script *script, char *why, size_t size)
{
        const struct face_call *call = call_of(script, 3);
        uint32_t now = call && call->tone ? call->tone : face_of(script)->idle_tone;
        if (script_word_is(script, 2, "none") && now == SCCP_TONE_SILENCE)
                return true;
        return same_value(SCCP_VALUES_tone, now, script_word(script, 2), why, size);
}

static bool ringer(struct script *script, char *why, size_t size)
{
        return same_value(SCCP_VALUES_ring, face_of(script)->ringer, script_word(script, 2), why, size);
}

static bool speaker(struct script *script, char *why, size_t size)
{
        text_printf(why, size, "it is %s", face_of(script)->speaker ? "on" : "off");
        return face_of(script)->speaker == script_word_is(script, 2, "on");
}

static bool soft_keys(struct script *script, char *why, size_t size)
{
        const struct face_call *call = call_of(script, 3);
        uint32_t set = call ? call->key_set : face_of(script)->idle_key_set;
        return same_value(SCCP_VALUES_softkey_set, set, script_word(script, 2), why, size);
}

/* key NAME shown|hidden */
static bool soft_key(struct script *script, char *why, size_t size)
{
        const struct face_call *call = call_of(script, 4);
        uint32_t event;
        if (!sccp_value_parse(SCCP_VALUES_softkey, script_word(script, 2), &event)) {
                text_printf(why, size, "there is no such key");
                return false;
        }
        bool shown = face_has_key(face_of(script), call ? call->ref : 0, event);
        text_printf(why, size, "it is %s", shown ? "shown" : "hidden");
        return shown == script_word_is(script, 3, "shown");
}

static bool contains(const char *text, const char *wanted, char *why, size_t size)
{
        text_printf(why, size, "it is \"%s\"", text);
        return *wanted ? strstr(text, wanted) != NULL : !*text;
}

static bool prompt(struct script *script, char *why, size_t size)
{
        const struct face_call *call = call_of(script, 3);
        return contains(call ? call->prompt : face_of(script)->idle_prompt, script_word(script, 2), why, size);
}

static bool notify(struct script *script, char *why, size_t size)
{
        const struct face *face = face_of(script);
        return contains(*face->pri_notify ? face->pri_notify : face->notify, script_word(script, 2), why, size);
}

/* info calling|called "name" number */
static bool info(struct script *script, char *why, size_t size)
{
        const struct face_call *call = call_of(script, 5);
        bool calling = script_word_is(script, 2, "calling");
        if (!call || !call->info) {
                text_printf(why, size, "no call information");
                return false;
        }
        const char *name = calling ? call->calling_name : call->called_name;
        const char *number = calling ? call->calling_number : call->called_number;
        text_printf(why, size, "it is \"%s\" %s", name, number);
        return (!*script_word(script, 3) || text_equal(name, script_word(script, 3))) &&
               text_equal(number, script_word(script, 4));
}

/* The lock beside the call. */
static bool security(struct script *script, char *why, size_t size)
{
        const struct face_call *call = call_of(script, 3);
        text_printf(why, size, "there is no call");
        return call && same_value(SCCP_VALUES_security, call->security, script_word(script, 2), why, size);
}

/* Does it speak and hear under keys? */
static bool srtp(struct script *script, char *why, size_t size)
{
        const struct secret *secret = &script->device->media.secret;
        bool on = secret->in && secret->out, off = !secret->in && !secret->out;
        text_printf(why, size, "it hears %s, speaks %s, %u packets were not genuine",
                    secret->in ? "under a key" : "in the clear", secret->out ? "under a key" : "in the clear",
                    secret->refused);
        return script_word_is(script, 2, "on") ? on : off;
}

static bool dialed(struct script *script, char *why, size_t size)
{
        const struct face_call *call = call_of(script, 3);
        return contains(call ? call->dialed : "", script_word(script, 2), why, size);
}

/* What the phone itself shows of the digits its user types. */
static bool typed(struct script *script, char *why, size_t size)
{
        const struct face_call *call = call_of(script, 3);
        text_printf(why, size, "it is \"%s\"", call ? call->typed : "");
        return call && text_equal(call->typed, script_word(script, 2));
}

/* menu TEXT: one of its items, or a key under it */
static bool menu(struct script *script, char *why, size_t size)
{
        char name[120];
        text_printf(name, sizeof name, "<Name>%s</Name>", script_word(script, 2));
        text_printf(why, size, "it is %.150s", face_of(script)->menu);
        return strstr(face_of(script)->menu, name) != NULL;
}

static bool waiting_tones(struct script *script, char *why, size_t size)
{
        unsigned heard = face_of(script)->heard[SCCP_TONE_CALL_WAITING];
        text_printf(why, size, "it was heard %u times", heard);
        return heard == script_number(script, 2);
}

/* heard TONE N */
static bool tones_heard(struct script *script, char *why, size_t size)
{
        for (unsigned tone = 0; tone < FACE_TONES; tone++) {
                const char *name = sccp_value_name(SCCP_VALUES_tone, tone);
                if (!name || !text_equal(name, script_word(script, 2)))
                        continue;
                text_printf(why, size, "it was heard %u times", face_of(script)->heard[tone]);
                return face_of(script)->heard[tone] == script_number(script, 3);
        }
        text_printf(why, size, "there is no such tone");
        return false;
}

static bool rings(struct script *script, char *why, size_t size)
{
        text_printf(why, size, "it rang %u times", face_of(script)->rings);
        return face_of(script)->rings == script_number(script, 2);
}

static bool micro(struct script *script, char *why, size_t size)
{
        text_printf(why, size, "it is %s", face_of(script)->mic_off ? "off" : "on");
        return face_of(script)->mic_off == script_word_is(script, 2, "off");
}

static bool beeps(struct script *script, char *why, size_t size)
{
        text_printf(why, size, "it beeped %u times", face_of(script)->beeps);
        return face_of(script)->beeps == script_number(script, 2);
}

static bool receive(struct script *script, char *why, size_t size)
{
        text_printf(why, size, "it is %s", face_of(script)->channel.open ? "open" : "closed");
        return face_of(script)->channel.open == script_word_is(script, 2, "open");
}

/* sends ADDRESS: where its audio goes, any port there */
static bool sends(struct script *script, char *why, size_t size)
{
        const struct face_channel *channel = &face_of(script)->channel;
        struct ip wanted;
        char text[ENDPOINT_TEXT_SIZE];
        text_printf(why, size, "it is %s", channel->sending ? endpoint_print(&channel->to, text) : "nowhere");
        return channel->sending && ip_parse(script_word(script, 2), &wanted) && ip_equal(&wanted, &channel->to.ip);
}

static bool transmit(struct script *script, char *why, size_t size)
{
        text_printf(why, size, "it is %s", face_of(script)->channel.sending ? "on" : "off");
        return face_of(script)->channel.sending == script_word_is(script, 2, "on");
}

/* "900,1300": all of them and nothing else. */
static bool hears_mix(const struct media *media, const char *text, unsigned ms)
{
        unsigned hz[PARTIES_MAX], n = 0;
        char copy[80], *rest = NULL;
        TEXT_SET(copy, text);
        for (char *word = strtok_r(copy, ",", &rest); word && n < PARTIES_MAX; word = strtok_r(NULL, ",", &rest))
                hz[n++] = (unsigned)atoi(word);
        return media_hears_mix(media, hz, n, ms);
}

/* audio tone HZ [for MS] | audio mix HZ,HZ... [for MS] | audio silent [for MS] | audio packets > N */
static bool audio(struct script *script, char *why, size_t size)
{
        const struct media *media = &script->device->media;
        const char *what = script_word(script, 2);
        unsigned ms = 300;
        for (int i = 3; i + 1 < script->n_words; i++)
                if (script_word_is(script, i, "for"))
                        ms = script_number(script, i + 1);
        text_printf(why, size, "%u packets came, %u lost, %u of another payload type, level %.0f", media->received,
                    media->lost, media->foreign, tone_level(media->heard, MEDIA_HEARD));
        if (text_equal(what, "tone"))
                return media_hears(media, script_number(script, 3), ms);
        if (text_equal(what, "mix"))
                return hears_mix(media, script_word(script, 3), ms);
        if (text_equal(what, "silent"))
                return media_silent(media, ms);
        return text_equal(what, "packets") && media->received > script_number(script, 4);
}

/* pressed KEYS: at the other end, as telephone events, since the last time it was asked */
static bool pressed(struct script *script, char *why, size_t size)
{
        struct keys *keys = &script->device->media.keys;
        text_printf(why, size, "it is \"%s\", %u mistakes", keys->heard, keys->mistakes);
        if (keys->mistakes || !text_equal(keys->heard, script_word(script, 2)))
                return false;
        *keys->heard = '\0';
        return true;
}

static bool codec(struct script *script, char *why, size_t size)
{
        const struct codec_info *is = codec_info(script->device->media.codec);
        text_printf(why, size, "it is %s", is ? is->name : "none");
        return is && text_equal(is->name, script_word(script, 2));
}

static bool time_set(struct script *script, char *why, size_t size)
{
        text_printf(why, size, "no time was set");
        return face_of(script)->time_set;
}

static bool template_keys(struct script *script, char *why, size_t size)
{
        const struct face *face = face_of(script);
        text_printf(why, size, "there are %u keys, %u lines and %u speed dials", face->keys, face->lines,
                    face->speed_dials);
        return face->keys == script_number(script, 2) && face->lines == script_number(script, 3) &&
               face->speed_dials == script_number(script, 4);
}

static bool idle(struct script *script, char *why, size_t size)
{
        return face_idle(face_of(script), why, size);
}

static bool no_violations(struct script *script, char *why, size_t size)
{
        text_printf(why, size, "%u violations, the last: %s", face_of(script)->violations, face_of(script)->violation);
        return !face_of(script)->violations;
}

static const struct {
        const char *word;
        int words; /* needed, "expect" included */
        bool (*check)(struct script *script, char *why, size_t size);
} expectations[] = {
        {"registered", 2, registered},
        {"unregistered", 2, unregistered},
        {"rejected", 3, rejected},
        {"standby", 2, stands_by},
        {"token", 3, token},
        {"callstate", 3, call_state},
        {"calls", 3, no_call},
        {"forward", 5, forward},
        {"lamp", 4, lamp},
        {"mail", 3, mail},
        {"busylamp", 4, busy_lamp},
        {"icon", 4, icon},
        {"listlamp", 4, list_lamp},
        {"feature", 4, feature},
        {"service", 5, service},
        {"tone", 3, tone},
        {"ringer", 3, ringer},
        {"speaker", 3, speaker},
        {"keys", 3, soft_keys},
        {"key", 4, soft_key},
        {"prompt", 3, prompt},
        {"notify", 3, notify},
        {"info", 5, info},
        {"security", 3, security},
        {"srtp", 3, srtp},
        {"dialed", 3, dialed},
        {"typed", 3, typed},
        {"waitingtones", 3, waiting_tones},
        {"heard", 4, tones_heard},
        {"rings", 3, rings},
        {"mic", 3, micro},
        {"beeps", 3, beeps},
        {"sends", 3, sends},
        {"menu", 3, menu},
        {"rx", 3, receive},
        {"tx", 3, transmit},
        {"audio", 3, audio},
        {"codec", 3, codec},
        {"pressed", 3, pressed},
        {"time", 3, time_set},
        {"idle", 2, idle},
        {"template", 5, template_keys},
        {"no", 3, no_violations},
};

bool expect_begin(struct script *script, char *why, size_t size)
{
        for (size_t i = 0; i < sizeof expectations / sizeof expectations[0]; i++) {
                if (!script_word_is(script, 1, expectations[i].word))
                        continue;
                if (script->n_words < expectations[i].words) {
                        text_printf(why, size, "words are missing");
                        return false;
                }
                script->check = expectations[i].check;
                return true;
        }
        text_printf(why, size, "nothing of that name can be expected");
        return false;
}
