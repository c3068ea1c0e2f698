/* Events written as words, for tests of the core: "digit:1", "offer:pcmu,pcma@2", "failed:486". One call and the
 * rules it lives under; what a step did is printed the same way, so that a story is data. */
#ifndef SCCPGW_TESTS_CORE_STORY_H
#define SCCPGW_TESTS_CORE_STORY_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/text.h"
#include "gateway/core/call.h"

#define STORY_PARTNER    7 /* the reference of the other call */
#define STORY_CONFERENCE 9

static const struct dial_rule story_dial_rules[] = {
        {.match = "112!"},
        {.match = "10xx!"},
        {.match = "9.", .strip = 1, .prepend = "00", .outside_tone = true},
        {.match = "*x"},
};

static const struct dial_plan story_plan = {story_dial_rules, 4, '#', 16000, 5000};

/* Of the forwards only that of busy is the PBX's to do. */
static const struct feature_codes story_codes = {
        .on = {[CALL_FORWARD_BUSY] = "*90", [CALL_DND] = "*78"},
        .off = {[CALL_FORWARD_BUSY] = "*91"},
};

/* A name no state has ends the test. */
static inline enum call_state story_state(const char *name)
{
        enum call_state state = 0;
        while (state < CALL_STATE_COUNT && strcmp(call_state_name(state), name) != 0)
                state++;
        if (state == CALL_STATE_COUNT) {
                fprintf(stderr, "no state is called %s\n", name);
                abort();
        }
        return state;
}

static inline struct call_rules story_rules(bool direct)
{
        static const enum codec both[] = {CODEC_G722, CODEC_PCMU, CODEC_PCMA};
        static const struct media_ability abilities[] = {{CODEC_G722, 40}, {CODEC_PCMU, 40}, {CODEC_PCMA, 40}};
        return (struct call_rules){
                .plan = &story_plan,
                .audio = media_ours(abilities, 3, both, 3, 101, false),
                .direct = direct,
                .in_service = true,
                .ring_timeout_ms = 60000,
                .survive_ms = 60000,
                .no_answer_to = "1009",
                .no_answer_ms = 20000,
                .codes = &story_codes,
                .transfer_bridge = direct, /* no story is both */
        };
}

/* Hosts 1 to 63 reach each other, and a phone at 50 or 51 says so of itself; it has one address. */
static const struct network_group story_group = {1, {{{4, {192, 0, 2, 0}}, 26}}};

static inline void story_rules_choose(struct call_rules *rules, unsigned phone)
{
        rules->chooses = true;
        rules->way = (struct way_rules){
                .groups = &story_group, .n_groups = 1, .phone = {4, {192, 0, 2, (uint8_t)phone}}, .keys = true};
}

static inline struct endpoint story_endpoint(unsigned host)
{
        return (struct endpoint){{4, {192, 0, 2, (uint8_t)host}}, (uint16_t)(16000 + 2 * host)};
}

/* "pcmu,pcma/sendonly@7%2": codecs, direction, host, number of SRTP keys; ! behind an offer: it may be forwarded, ^19:
 * it rings for 19 s elsewhere; ~: without telephone events. "refused" has port 0, "-" is no description. */
static inline struct audio story_audio(const char *text)
{
        static const char *const directions[] = {"/sendrecv", "/sendonly", "/recvonly", "/inactive"};
        struct audio audio = {.rtp = story_endpoint(1), .packet_ms = 20, .dtmf_payload_type = 101};
        const char *host = strchr(text, '@');
        if (strchr(text, '~'))
                audio.dtmf_payload_type = 0;
        if (host)
                audio.rtp = story_endpoint((unsigned)atoi(host + 1));
        const char *keys = strchr(text, '%');
        if (keys) {
                audio.keys = (struct crypto_keys){.suite = CRYPTO_AES_CM_128_HMAC_SHA1_80};
                audio.keys.receive.bytes[0] = (uint8_t)atoi(keys + 1);
        }
        for (unsigned i = 0; i < 4; i++)
                if (strstr(text, directions[i]))
                        audio.direction = (enum audio_direction)i;
        if (strcmp(text, "refused") == 0) {
                audio.rtp.port = 0;
                text = "pcmu";
        }
        char copy[64], *rest = NULL;
        text_copy_n(copy, sizeof copy, text, strcspn(text, "/@%!~^"));
        for (char *name = strtok_r(copy, ",", &rest); name; name = strtok_r(NULL, ",", &rest)) {
                const struct codec_info *info = codec_info(codec_by_name(name));
                if (info)
                        audio.codecs[audio.n_codecs++] = (struct audio_codec){codec_by_name(name), info->payload_type,
                                                                              0, CODEC_NONE};
        }
        if (audio.n_codecs == 0)
                audio = (struct audio){0};
        return audio;
}

static inline enum event_kind story_kind(const char *word, size_t len)
{
        enum event_kind kind = 0;
        while (kind < EVENT_KINDS && (strlen(event_name(kind)) != len || strncmp(event_name(kind), word, len) != 0))
                kind++;
        if (kind == EVENT_KINDS) {
                fprintf(stderr, "no such event: %s\n", word);
                abort();
        }
        return kind;
}

/* "forward", "forward-busy", "dnd", "consult" in front of a colon or the end */
static inline enum call_purpose story_purpose(const char *word)
{
        static const char *const words[CALL_PURPOSES] = {[CALL_PLAIN] = "plain",
                                                         [CALL_CONSULT] = "consult",
                                                         [CALL_REFERRED] = "referred",
                                                         [CALL_FOCUS] = "focus",
                                                         [CALL_CONFER] = "confer",
                                                         [CALL_PICKUP] = "pickup",
                                                         [CALL_PARK] = "park",
                                                         [CALL_BACK] = "back",
                                                         [CALL_PRIVATE] = "private",
                                                         [CALL_FORWARD_ALL] = "forward",
                                                         [CALL_FORWARD_BUSY] = "forward-busy",
                                                         [CALL_FORWARD_NO_ANSWER] = "forward-no-answer",
                                                         [CALL_DND] = "dnd"};
        enum call_purpose purpose = CALL_PLAIN;
        for (enum call_purpose i = CALL_PLAIN; i < CALL_PURPOSES; i++)
                if (strlen(words[i]) == strcspn(word, ":") && strncmp(word, words[i], strlen(words[i])) == 0)
                        purpose = i;
        return purpose;
}

/* Of another phone of the line: "held", "secret"; anything may be done with it otherwise. */
static inline struct remote_view story_seen(const char *value)
{
        bool secret = strcmp(value, "secret") == 0, held = strcmp(value, "held") == 0;
        return (struct remote_view){.up = true,
                                    .held = held,
                                    .incoming = true,
                                    .secret = secret,
                                    .may_take = !secret,
                                    .may_join = !secret && !held};
}

static inline struct event story_event(const char *text)
{
        const char *colon = strchr(text, ':'), *value = colon ? colon + 1 : "";
        struct event event = {.kind = story_kind(text, colon ? (size_t)(colon - text) : strlen(text))};
        switch (event.kind) {
        case EV_DIGIT:
                event.digit = *value;
                break;
        case EV_NUMBER:
                /* "p*8"; "t2001": takes the place of that caller's call, or dials **2001; "sip:": a focus */
                event.purpose = *value == 'p' || *value == 't' ? CALL_PICKUP : *value == 's' ? CALL_FOCUS : CALL_PLAIN;
                event.partner = event.purpose == CALL_FOCUS ? STORY_PARTNER : 0;
                TEXT_SET(event.number, value + (*value == 'p' || *value == 't'));
                TEXT_SET(event.pickup.call_id, *value == 't' ? "call" : "");
                if (*value == 't')
                        text_printf(event.instead, sizeof event.instead, "**%s", event.number);
                break;
        case EV_RX_OPEN:
                event.rtp = story_endpoint(*value ? (unsigned)atoi(value) : 50);
                if (strcmp(value, "port-0") == 0)
                        event.rtp.port = 0;
                break;
        case EV_TRANSFER:
                if (strcmp(value, "partner") == 0)
                        event.partner = STORY_PARTNER;
                else if (strcmp(value, "focus") == 0)
                        event.purpose = CALL_CONFER, event.partner = STORY_PARTNER;
                else if (strcmp(value, "park") == 0)
                        event.purpose = CALL_PARK, TEXT_SET(event.number, "700");
                else
                        TEXT_SET(event.number, value);
                break;
        case EV_PROGRESS:
        case EV_REOFFER_FAILED:
        case EV_FAILED:
        case EV_TRANSFER_NEWS:
        case EV_PARTNER:
        case EV_HEIR:
        case EV_PHONE_BACK:
        case EV_JOIN_FAILED:
                event.status = atoi(value);
                break;
        case EV_REMOTE:
                event.partner = STORY_PARTNER;
                event.seen = story_seen(value);
                TEXT_SET(event.parties.calling.number, "2001");
                break;
        case EV_BARGED:
                event.partner = strcmp(value, "none") == 0 ? 0 : STORY_CONFERENCE;
                break;
        case EV_GATHER:
                event.partner = strcmp(value, "0") == 0 ? 0 : STORY_CONFERENCE;
                break;
        case EV_CONFER:
        case EV_JOIN:
                event.partner = STORY_CONFERENCE;
                event.status = strcmp(value, "parted") == 0;
                break;
        case EV_OFF_HOOK:
        case EV_HOLD:
                event.purpose = story_purpose(value);
                if (event.purpose == CALL_PICKUP)
                        TEXT_SET(event.prefix, "**");
                event.partner = (event.purpose == CALL_CONSULT || event.purpose == CALL_CONFER ||
                                 event.purpose == CALL_REFERRED) &&
                                                event.kind == EV_OFF_HOOK
                                        ? STORY_PARTNER
                                        : 0;
                break;
        case EV_SET:
                event.purpose = story_purpose(value);
                TEXT_SET(event.number, strchr(value, ':') ? strchr(value, ':') + 1 : "");
                break;
        case EV_DIVERT:
                TEXT_SET(event.number, value);
                break;
        case EV_RECALL:
                TEXT_SET(event.number, value);
                TEXT_SET(event.party.number, value);
                break;
        case EV_IDENTITY:
                TEXT_SET(event.party.number, value);
                break;
        case EV_ENDED:
                event.elsewhere = strcmp(value, "elsewhere") == 0;
                break;
        case EV_OFFER:
        case EV_EARLY:
        case EV_ANSWERED:
        case EV_ACK_AUDIO:
        case EV_REOFFER:
        case EV_REPLACED:
        case EV_REOFFER_ANSWERED:
                event.status = event.kind == EV_EARLY ? 183 : 0;
                event.audio_bad = strcmp(value, "bad") == 0;
                event.audio = story_audio(*value ? value : "pcmu");
                break;
        case EV_BACKSPACE:
        case EV_DIAL:
        case EV_ANSWER:
        case EV_ANSWER_ALONE:
        case EV_REMIND:
        case EV_PRIVATE:
        case EV_MALICIOUS:
        case EV_QUALITY:
        case EV_HAND_OVER:
        case EV_REFERRED:
        case EV_RESUME:
        case EV_HANG_UP:
        case EV_RX_FAILED:
        case EV_TX_FAILED:
        case EV_PHONE_LOST:
        case EV_PHONE_AWAY:
        case EV_MEDIA_FAILED:
        case EV_MEDIA_DEAD:
        case EV_TIMEOUT:
        case EV_PART:
        case EV_SELECT:
        case EV_ALONE:
        case EV_STEAL:
        case EV_BARGE:
        case EV_REMOTE_OVER:
        case EV_MOVED:
        case EVENT_KINDS:
                break;
        }
        if (event.kind == EV_OFFER) {
                event.stays = strchr(value, '!') == NULL;
                event.rang_ms = strchr(value, '^') ? (unsigned)atoi(strchr(value, '^') + 1) * 1000 : 0;
                TEXT_SET(event.parties.calling.number, "2001");
                TEXT_SET(event.parties.called.number, "1001");
        }
        return event;
}

/* "timer:5000 open-rx": the argument is printed where it says something. */
static inline const char *story_print(const struct actions *actions, char *out, size_t size)
{
        *out = '\0';
        for (unsigned i = 0; i < actions->count; i++) {
                const struct action *action = &actions->at[i];
                text_append(out, size, "%s%s", i ? " " : "", action_name(action->kind));
                if (action->kind == DO_DIGIT || action->kind == DO_DIGIT_INFO)
                        text_append(out, size, ":%c", action->arg);
                else if (action->arg || action->kind == DO_TIMER)
                        text_append(out, size, ":%d", action->arg);
        }
        return out;
}

#endif
