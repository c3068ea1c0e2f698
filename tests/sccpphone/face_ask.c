/* What a face shows just now: questions that change nothing. */
#include <stdio.h>

#include "face.h"
#include "face_show.h"
#include "gateway/base/text.h"

struct face_call *face_call(struct face *face, uint32_t ref)
{
        for (int i = 0; ref && i < FACE_CALLS; i++)
                if (face->calls[i].ref == ref)
                        return &face->calls[i];
        return NULL;
}

/* The oldest one that `fits`. */
static struct face_call *oldest(struct face *face, bool (*fits)(const struct face_call *call, uint32_t argument),
                                uint32_t argument)
{
        struct face_call *found = NULL;
        for (int i = 0; i < FACE_CALLS; i++) {
                struct face_call *call = &face->calls[i];
                if (call->ref && fits(call, argument) && (!found || call->age < found->age))
                        found = call;
        }
        return found;
}

static bool is_younger(const struct face_call *call, uint32_t age)
{
        return call->age > age;
}

static bool is_on(const struct face_call *call, uint32_t line)
{
        return call->line == line;
}

static bool is_active(const struct face_call *call, uint32_t unused)
{
        (void)unused;
        return call->state != SCCP_CALL_STATE_HOLD && call->state != SCCP_CALL_STATE_CALL_TRANSFER &&
               call->state != SCCP_CALL_STATE_RING_IN && call->state != SCCP_CALL_STATE_CALL_REMOTE_MULTILINE &&
               call->state != SCCP_CALL_STATE_REMOTE_HOLD;
}

struct face_call *face_nth_call(struct face *face, unsigned nth)
{
        struct face_call *call = NULL;
        for (unsigned i = 0; i < nth && (i == 0 || call); i++)
                call = oldest(face, is_younger, call ? call->age : 0);
        return call;
}

struct face_call *face_call_on(struct face *face, uint32_t line)
{
        return oldest(face, is_on, line);
}

struct face_call *face_active_call(struct face *face)
{
        struct face_call *active = oldest(face, is_active, 0);
        return active ? active : face_nth_call(face, 1);
}

unsigned face_calls(const struct face *face)
{
        unsigned n = 0;
        for (int i = 0; i < FACE_CALLS; i++)
                n += face->calls[i].ref != 0;
        return n;
}

bool face_idle(const struct face *face, char *why, size_t size)
{
        why[0] = 0;
        for (int i = 1; i < FACE_LINES; i++)
                if (face->lamps[i] != SCCP_LAMP_OFF)
                        text_append(why, size, "lamp %d is %s; ", i, sccp_value_name(SCCP_VALUES_lamp, face->lamps[i]));
        if (face_calls(face))
                text_append(why, size, "%u calls; ", face_calls(face));
        if (face->ringer != SCCP_RING_OFF)
                text_append(why, size, "ringer is %s; ", sccp_value_name(SCCP_VALUES_ring, face->ringer));
        if (face->speaker)
                text_append(why, size, "speaker is on; ");
        if (face->mic_off)
                text_append(why, size, "microphone is off; ");
        if (face->idle_tone)
                text_append(why, size, "tone %s; ", sccp_value_name(SCCP_VALUES_tone, face->idle_tone));
        if (face->channel.open)
                text_append(why, size, "receive channel is open; ");
        if (face->channel.sending)
                text_append(why, size, "audio is being sent; ");
        if (face->kind->traits & KIND_SOFT_KEYS && face->idle_key_set != SCCP_SOFTKEYS_ON_HOOK)
                text_append(why, size, "soft key set %u; ", face->idle_key_set);
        return !why[0];
}

bool face_has_key(const struct face *face, uint32_t ref, uint32_t event)
{
        uint32_t set = face->idle_key_set, mask = face->idle_key_mask;
        for (int i = 0; ref && i < FACE_CALLS; i++)
                if (face->calls[i].ref == ref) {
                        set = face->calls[i].key_set;
                        mask = face->calls[i].key_mask;
                }
        for (int i = 0; set < 16 && i < 16; i++)
                if (face->sets[set][i] == event && mask >> i & 1)
                        return true;
        return false;
}

void face_print(const struct face *face)
{
        printf("face: %s, speaker %s, ringer %s, receive %s, send %s, prompt \"%s\"\n",
               face->registered ? "registered" : "not registered", face->speaker ? "on" : "off",
               sccp_value_name(SCCP_VALUES_ring, face->ringer), face->channel.open ? "open" : "closed",
               face->channel.sending ? "on" : "off", face->idle_prompt);
        for (int i = 1; i < FACE_LINES; i++)
                if (face->lamps[i] != SCCP_LAMP_OFF)
                        printf("face: lamp %d %s\n", i, sccp_value_name(SCCP_VALUES_lamp, face->lamps[i]));
        for (int i = 0; i < FACE_CALLS; i++)
                if (face->calls[i].ref)
                        printf("face: call %u line %u %s, tone %s, keys %u/%08x, \"%s\", %s \"%s\" -> %s \"%s\"\n",
                               face->calls[i].ref, face->calls[i].line,
                               sccp_value_name(SCCP_VALUES_call_state, face->calls[i].state),
                               sccp_value_name(SCCP_VALUES_tone, face->calls[i].tone), face->calls[i].key_set,
                               face->calls[i].key_mask, face->calls[i].prompt, face->calls[i].calling_number,
                               face->calls[i].calling_name, face->calls[i].called_number, face->calls[i].called_name);
}

/* ---- entries of call lists ---- */

const struct face_list_lamp *face_list_lamp(const struct face *face, uint32_t transaction)
{
        for (unsigned i = 0; i < face->n_list_lamps; i++)
                if (face->list_lamps[i].transaction == transaction)
                        return &face->list_lamps[i];
        return NULL;
}

void show_list_answer(struct face *face, const struct sccp_message *m)
{
        struct face_list_lamp *lamp = (struct face_list_lamp *)face_list_lamp(face,
                                                                              m->subscription_stat_res.transaction_id);
        if (!lamp && face->n_list_lamps < FACE_LIST_LAMPS)
                lamp = &face->list_lamps[face->n_list_lamps++];
        if (lamp)
                *lamp = (struct face_list_lamp){.transaction = m->subscription_stat_res.transaction_id,
                                                .cause = m->subscription_stat_res.cause};
}

void show_list_lamp(struct face *face, const struct sccp_message *m)
{
        struct face_list_lamp *lamp = (struct face_list_lamp *)face_list_lamp(face, m->notification.transaction_id);
        if (!lamp || lamp->cause != SCCP_SUBSCRIPTION_OK) {
                face_violation(face, "Notification for a transaction that is none");
                return;
        }
        lamp->status = m->notification.status;
        lamp->told++;
}
