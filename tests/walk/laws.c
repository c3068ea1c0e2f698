/* What has to be true between steps, of the gateway, of the PBX, the relay and the phones, and between them. */
#include <string.h>

#include "gateway/bridge.h"
#include "gateway/core/look.h"
#include "tests/walk/cover.h"
#include "tests/walk/walk.h"

static const uint32_t lamps[] = {[LOOK_LAMP_OFF] = SCCP_LAMP_OFF,
                                 [LOOK_LAMP_ON] = SCCP_LAMP_ON,
                                 [LOOK_LAMP_WINK] = SCCP_LAMP_WINK,
                                 [LOOK_LAMP_BLINK] = SCCP_LAMP_BLINK};

static void call_laws(const struct call_slot *slot)
{
        const struct call *call = &slot->call;
        struct walk *walk = walk_now;
        const char *state = call_state_name(call->state);
        LAW(!slot->done && call->state != CALL_IDLE, "call %u is over and still there", slot->id);
        LAW(loop_timer_running(&slot->timer) == call->timer, "call %u, %s: its timer runs when the core says so",
            slot->id, state);
        if (call_is_waiting(call->state))
                LAW(call->timer, "call %u, %s: does not wait for ever", slot->id, state);
        if (walk->studio)
                LAW(studio_open(walk->studio, slot->id) == call->relayed,
                    "call %u, %s: its ports are bound as it knows", slot->id, state);
        LAW(!call->direct || !call->relayed || studio_rests(walk->studio, slot->id),
            "call %u, %s: the relay has no part in it", slot->id, state);
        if (walk->exchange->late)
                return;
        LAW((slot->dialog != 0) == (call->dialog != DIALOG_NONE), "call %u, %s: has the dialog it knows of", slot->id,
            state);
        LAW(!slot->dialog || exchange_dialog(walk->exchange, slot->dialog) ||
                    exchange_underway(walk->exchange, slot->dialog),
            "call %u, %s: its dialog %x is there", slot->id, state, slot->dialog);
}

/* ---- what a phone shows is what there is ---- */

static void call_shown_law(const struct handset *handset, const struct call_slot *slot, unsigned *visible)
{
        struct look look;
        call_look(&slot->call, &look);
        const struct face_call *shown = face_call((struct face *)&handset->face, slot->id);
        bool seen = look.shown != LOOK_ON_HOOK;
        const char *state = call_state_name(slot->call.state);
        *visible += seen;
        LAW((shown != NULL) == seen, "%s: call %u, %s, is %s", handset->name, slot->id, state,
            seen ? "not shown" : "still shown");
        if (!seen)
                return;
        bool sounds = look.tone != LOOK_TONE_SILENT && look.tone != LOOK_TONE_ZIP;
        LAW(look.shown == slot->shown.look.shown && look.keys == slot->shown.look.keys,
            "%s: call %u, %s, is shown as it is", handset->name, slot->id, state);
        LAW((shown->tone != 0) == (sounds || (slot->tone_sounds && slot->call.state != CALL_AWAY)),
            "%s: call %u, %s: tone %u", handset->name, slot->id, state, shown->tone);
}

/* To the relay or to the far end, as the call has it. */
static void sends_law(const struct handset *handset, const struct call_slot *slot)
{
        const struct call *call = &slot->call;
        struct endpoint far = call->stream.far;
        if (!call->tx || call->state == CALL_AWAY)
                return;
        LAW(call->direct ? endpoint_equal(&handset->to, &far) : handset->to.port == slot->ports.phone,
            "%s: call %u, %s, %s: sends where it is heard", handset->name, slot->id, call_state_name(call->state),
            call->direct ? "direct" : "relayed");
}

static bool same_key(const struct sccp_media_key *told, const struct crypto_keys *keys, const struct crypto_key *key)
{
        if (told->algorithm == SCCP_CIPHER_NONE)
                return keys->suite == CRYPTO_NONE;
        return keys->suite == CRYPTO_AES_CM_128_HMAC_SHA1_32 && memcmp(told->key, key->bytes, 16) == 0 &&
               memcmp(told->salt, key->bytes + 16, 14) == 0;
}

/* Phone and relay have the same keys, and where it is required there are some. */
static void secret_law(const struct handset *handset, const struct call_slot *slot)
{
        const struct call *call = &slot->call;
        const struct crypto_keys *keys = walk_now->studio ? studio_keys(walk_now->studio, slot->id, RELAY_PHONE) : NULL;
        const char *state = call_state_name(call->state);
        if (!keys || call->direct || call->rx != RX_OPEN || call->state == CALL_AWAY)
                return;
        LAW(same_key(&handset->hears, keys, &keys->send), "%s: call %u, %s: hears under the relay's key", handset->name,
            slot->id, state);
        LAW(!call->tx || same_key(&handset->says, keys, &keys->receive),
            "%s: call %u, %s: speaks under the relay's key", handset->name, slot->id, state);
        LAW(keys->suite != CRYPTO_NONE || walk_now->gateway->config->media.phone_srtp != CRYPTO_POLICY_REQUIRED,
            "%s: call %u, %s: nobody speaks in the clear", handset->name, slot->id, state);
}

static void face_laws(const struct handset *handset, const struct phone *phone)
{
        const struct call *calls[CALLS_PER_PHONE_MAX];
        struct phone_view view = bridge_view(phone, calls);
        const struct face *face = &handset->face;
        unsigned visible = 0, rx = 0, tx = 0, rings = 0;
        bool active = false;
        for (const struct call_slot *slot = phone->calls; slot; slot = slot->next) {
                call_shown_law(handset, slot, &visible);
                sends_law(handset, slot);
                secret_law(handset, slot);
                bool away = slot->call.state == CALL_AWAY; /* it came back, and nobody knows yet what it remembers */
                rx += !away && slot->call.rx != RX_CLOSED;
                tx += !away && slot->call.tx;
                rings += slot->call.state == CALL_OFFERED;
                active |= call_is_active(&slot->call);
        }
        LAW(face_calls(face) == visible, "%s shows %u calls of %u", handset->name, face_calls(face), visible);
        LAW(rx == face->channel.open, "%s: channel %s, %u calls have one", handset->name,
            face->channel.open ? "open" : "closed", rx);
        LAW(tx == face->channel.sending, "%s: sends %d, %u calls do", handset->name, face->channel.sending, tx);
        LAW(rings || face->ringer == SCCP_RING_OFF, "%s rings, and nothing is offered", handset->name);
        LAW(!rings || active || face->ringer != SCCP_RING_OFF, "%s does not ring for what is offered", handset->name);
        LAW(face->speaker == active, "%s: its speaker is %s", handset->name, face->speaker ? "on" : "off");
        LAW(!face->mic_off || active, "%s: its microphone is off in no call", handset->name);
        for (unsigned line = 1; line <= phone->n_lines && line <= face->lines; line++)
                LAW(face->lamps[line] == lamps[phone_lamp(&view, line)], "%s: lamp %u is %u", handset->name, line,
                    face->lamps[line]);
}

static const struct handset *handset_of(const struct phone *phone)
{
        for (unsigned i = 0; i < HANDSETS; i++)
                if (strcmp(walk_now->handsets[i].name, phone->config->name) == 0)
                        return &walk_now->handsets[i];
        walk_broken("no handset is %s", phone->config->name);
}

static void phone_laws(const struct phone *phone, struct studio_counts *counts)
{
        unsigned active = 0, n = 0;
        for (const struct call_slot *slot = phone->calls; slot; slot = slot->next) {
                call_laws(slot);
                n++;
                active += call_is_active(&slot->call);
                walk_now->leaving |= slot->call.state == CALL_LEAVING;
                counts->streams += slot->call.relayed;
                counts->seats += slot->call.seated[0] + slot->call.seated[1];
        }
        const struct handset *handset = handset_of(phone);
        LAW(n == phone->n_calls, "%s counts its calls", phone->config->name);
        LAW(active <= 1, "%s has %u active calls", phone->config->name, active);
        if (phone->session && handset_here(handset))
                face_laws(handset, phone);
}

/* Nobody else remembers a dialog of the PBX. */
static void dialog_laws(struct sip *exchange)
{
        for (unsigned i = 0; i < EXCHANGE_DIALOGS; i++) {
                uint32_t id = exchange->dialogs[i].id;
                if (id && !exchange_underway(exchange, id))
                        LAW(bridge_call_by_dialog(walk_now->gateway, id), "dialog %x is nobody's", id);
        }
}

void laws_check(void)
{
        struct walk *walk = walk_now;
        struct studio_counts counts = {0};
        walk->leaving = false;
        clock_check(walk->loop);
        for (size_t i = 0; i < walk->gateway->n_phones; i++)
                phone_laws(walk->gateway->phones[i], &counts);
        if (!walk->exchange->late)
                dialog_laws(walk->exchange);
        if (!walk->studio)
                return;
        struct studio_counts there = studio_count(walk->studio);
        LAW(there.streams == counts.streams && there.seats == counts.seats,
            "%u streams and %u seats are taken, %u and %u needed", there.streams, there.seats, counts.streams,
            counts.seats);
}
