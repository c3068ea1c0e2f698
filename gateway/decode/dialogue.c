/* The header's word counts where it says anything (README 1 of the protocol reference: 0 below version 10, around a
 * registration, and from some call managers always); otherwise the version that RegisterAck said. Without either it
 * is guessed: the present guess holds until a message fits another version and not this one. */
#include "gateway/decode/dialogue.h"

#include <ctype.h>
#include <string.h>

#include "sccp/codec_fields.h"

enum { GUESS_FIRST = 6, VERSION_OF_OLD_ACK = 3, HEADER_SAYS = 10 };

void dialogue_start(struct dialogue *dialogue, int version)
{
        *dialogue = (struct dialogue){.version = GUESS_FIRST};
        if (version >= 0) {
                dialogue->version = (uint8_t)version;
                dialogue->known = DIALOGUE_GIVEN;
        }
}

static const char *decode_as(const struct dialogue *dialogue, uint8_t version, const struct frame *frame,
                             struct sccp_message *out)
{
        struct sccp_context ctx = {
                .version = version, .lines = dialogue->lines, .calls = dialogue->calls, .n_calls = dialogue->n_calls};
        return sccp_decode(&ctx, frame->id, frame->payload, frame->len, out);
}

/* To the last byte, and not ended early: the versions of a message differ in what they append. */
static bool fits(const struct dialogue *dialogue, uint8_t version, const struct frame *frame, struct sccp_message *out)
{
        return !decode_as(dialogue, version, frame, out) && !out->surplus && !out->omitted;
}

static const char *decode_guessing(struct dialogue *dialogue, const struct frame *frame, struct sccp_message *out)
{
        static const uint8_t others[] = {6, 3, 0, 9, 11};
        const char *why = decode_as(dialogue, dialogue->version, frame, out);
        if (!why && !out->surplus)
                return NULL;
        for (size_t i = 0; i < sizeof others; i++)
                if (fits(dialogue, others[i], frame, out)) {
                        dialogue->version = others[i];
                        return NULL;
                }
        return decode_as(dialogue, dialogue->version, frame, out);
}

static void agree(struct dialogue *dialogue, uint8_t version, enum dialogue_version known)
{
        if (dialogue->known == DIALOGUE_GIVEN)
                return;
        dialogue->version = version > SCCP_VERSION_MAX ? SCCP_VERSION_MAX : version;
        dialogue->known = known;
}

/* A name is text from the network and goes to a terminal. */
static void learn_name(struct dialogue *dialogue, const char *name)
{
        size_t i = 0;
        for (; name[i] && i + 1 < sizeof dialogue->name; i++)
                dialogue->name[i] = isgraph((unsigned char)name[i]) ? name[i] : '?';
        dialogue->name[i] = '\0';
}

static void learn_ack(struct dialogue *dialogue, const struct sccp_register_ack *ack, const struct frame *frame)
{
        uint8_t version = ack->protocol_version ? ack->protocol_version : VERSION_OF_OLD_ACK;
        agree(dialogue, frame->len < 16 ? 0 : version, DIALOGUE_AGREED); /* 12 bytes: CallManager 2 */
}

static void learn_buttons(struct dialogue *dialogue, const struct sccp_button_template *template)
{
        for (uint32_t i = 0; i < template->n_buttons; i++)
                if (template->buttons[i].type != SCCP_BUTTON_UNDEFINED &&
                    template->buttons[i].instance > dialogue->lines)
                        dialogue->lines = (uint8_t) template->buttons[i].instance;
}

static bool call_is_known(const struct dialogue *dialogue, uint32_t call_ref)
{
        for (size_t i = 0; i < dialogue->n_calls; i++)
                if (dialogue->calls[i] == call_ref)
                        return true;
        return false;
}

static void learn_call(struct dialogue *dialogue, const struct sccp_message *m)
{
        uint32_t call_ref = sccp_call_ref(m);
        if (!call_ref || call_is_known(dialogue, call_ref))
                return;
        if (dialogue->n_calls < DIALOGUE_CALLS)
                dialogue->calls[dialogue->n_calls++] = call_ref;
        else
                dialogue->calls[dialogue->oldest++ % DIALOGUE_CALLS] = call_ref;
}

static void learn(struct dialogue *dialogue, const struct sccp_message *m, const struct frame *frame)
{
        switch ((unsigned)m->id) {
        case SCCP_REGISTER:
                learn_name(dialogue, m->register_req.device_name);
                agree(dialogue, m->register_req.protocol_version, DIALOGUE_OFFERED);
                dialogue->lines = 0;
                return;
        case SCCP_REGISTER_TOKEN_REQ:
                learn_name(dialogue, m->register_token_req.station.device_name);
                return;
        case SCCP_SPCP_REGISTER_TOKEN_REQ:
                learn_name(dialogue, m->spcp_register_token_req.station.device_name);
                return;
        case SCCP_REGISTER_ACK:
                learn_ack(dialogue, &m->register_ack, frame);
                return;
        case SCCP_BUTTON_TEMPLATE:
                learn_buttons(dialogue, &m->button_template);
                return;
        default:
                learn_call(dialogue, m);
        }
}

static bool header_says(const struct frame *frame)
{
        return frame->version >= HEADER_SAYS && frame->version <= SCCP_VERSION_MAX;
}

const char *dialogue_decode(struct dialogue *dialogue, const struct frame *frame, struct sccp_message *out,
                            uint8_t *version)
{
        const char *why;
        if (header_says(frame) && dialogue->known < DIALOGUE_AGREED)
                agree(dialogue, (uint8_t)frame->version, DIALOGUE_AGREED);
        *version = dialogue->version;
        if (header_says(frame) && dialogue->known != DIALOGUE_GIVEN)
                *version = (uint8_t)frame->version;
        if (dialogue->known == DIALOGUE_GUESSED && !header_says(frame)) {
                why = decode_guessing(dialogue, frame, out);
                *version = dialogue->version;
        } else
                why = decode_as(dialogue, *version, frame, out);
        if (!why)
                learn(dialogue, out, frame);
        return why;
}
