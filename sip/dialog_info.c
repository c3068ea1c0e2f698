#include "sip/dialog_info.h"

#include <stdlib.h>
#include <string.h>

#include "gateway/base/text.h"
#include "sip/identity.h"
#include "sip/xml.h"

enum side { SIDE_NONE, SIDE_LOCAL, SIDE_REMOTE };

struct reading {
        struct dialog_info *out;
        struct sip_far_dialog *dialog; /* the one that is open, NULL: none, or one too many */
        enum side side;
        bool found; /* the root was right */
};

/* Names for a Replaces header: cut ones would be worse than none. */
static bool token_copy(char *to, size_t size, const char *from)
{
        bool good = from && *from && text_copy(to, size, from) && strpbrk(to, " \t\r\n;,\"<>") == NULL;
        if (!good)
                *to = '\0';
        return good;
}

static uint64_t key_of(const char *id)
{
        uint64_t hash = 14695981039346656037u; /* FNV-1a */
        for (; *id; id++)
                hash = (hash ^ (unsigned char)*id) * 1099511628211u;
        return hash;
}

static void root_opened(struct reading *reading, const struct xml_element *element)
{
        const char *version = xml_attribute(element, "version"), *state = xml_attribute(element, "state");
        reading->found = strcmp(element->name, "dialog-info") == 0;
        reading->out->version = version ? (uint32_t)strtoul(version, NULL, 10) : 0;
        reading->out->full = !state || !text_equal_nocase(state, "partial");
}

static void dialog_opened(struct reading *reading, const struct xml_element *element)
{
        const char *id = xml_attribute(element, "id"), *direction = xml_attribute(element, "direction");
        struct dialog_info *out = reading->out;
        reading->dialog = out->n_dialogs < DIALOG_INFO_MAX ? &out->dialogs[out->n_dialogs++] : NULL;
        if (!reading->dialog)
                return;
        *reading->dialog = (struct sip_far_dialog){
                .key = key_of(id ? id : ""),
                .state = SIP_FAR_TERMINATED, /* unless it says otherwise */
                .outgoing = direction && text_equal_nocase(direction, "initiator"),
        };
        struct sip_far_dialog *dialog = reading->dialog;
        if (!token_copy(dialog->call_id, sizeof dialog->call_id, xml_attribute(element, "call-id")) ||
            !token_copy(dialog->local_tag, sizeof dialog->local_tag, xml_attribute(element, "local-tag")) ||
            !token_copy(dialog->remote_tag, sizeof dialog->remote_tag, xml_attribute(element, "remote-tag")))
                dialog->call_id[0] = dialog->local_tag[0] = dialog->remote_tag[0] = '\0';
}

static void number_take(struct reading *reading, const char *uri)
{
        struct sip_party *remote = &reading->dialog->remote;
        struct identity_address address;
        size_t len = strlen(uri);
        if (!remote->number[0] && identity_next(&uri, &len, &address) &&
            !identity_is_anonymous(address.uri, address.uri_len))
                identity_number(address.uri, address.uri_len, remote->number, sizeof remote->number);
}

static void identity_opened(struct reading *reading, const struct xml_element *element)
{
        const char *display = xml_attribute(element, "display");
        struct sip_party *remote = &reading->dialog->remote;
        if (reading->side == SIDE_REMOTE && display)
                identity_name(display, strlen(display), remote->name, sizeof remote->name);
}

/* RFC 4235 section 4.1.6.2 and RFC 3840: a party on hold renders nothing. */
static void param_opened(struct reading *reading, const struct xml_element *element)
{
        const char *name = xml_attribute(element, "pname"), *value = xml_attribute(element, "pvalue");
        if (reading->side == SIDE_LOCAL && name && value && text_equal_nocase(name, "+sip.rendering"))
                reading->dialog->held = text_equal_nocase(value, "no");
}

static void side_opened(struct reading *reading, const struct xml_element *element)
{
        reading->side = strcmp(element->name, "local") == 0 ? SIDE_LOCAL : SIDE_REMOTE;
}

static void side_closed(struct reading *reading, const struct xml_element *element)
{
        (void)element;
        reading->side = SIDE_NONE;
}

/* Asterisk has the target and no identity for a call that has just begun. */
static void target_opened(struct reading *reading, const struct xml_element *element)
{
        const char *uri = xml_attribute(element, "uri");
        if (reading->side == SIDE_REMOTE && uri)
                number_take(reading, uri);
}

static void identity_closed(struct reading *reading, const struct xml_element *element)
{
        if (reading->side != SIDE_REMOTE)
                return;
        reading->dialog->remote.number[0] = '\0'; /* better than the target's */
        number_take(reading, element->text);
}

static void state_closed(struct reading *reading, const struct xml_element *element)
{
        static const char *const words[] = {
                [SIP_FAR_TRYING] = "trying",       [SIP_FAR_PROCEEDING] = "proceeding", [SIP_FAR_EARLY] = "early",
                [SIP_FAR_CONFIRMED] = "confirmed", [SIP_FAR_TERMINATED] = "terminated",
        };
        for (unsigned state = 0; state < sizeof words / sizeof words[0]; state++) {
                if (text_equal_nocase(element->text, words[state]))
                        reading->dialog->state = (enum sip_far_state)state;
        }
}

static void dialog_closed(struct reading *reading, const struct xml_element *element)
{
        (void)element;
        reading->dialog = NULL;
}

/* Elements inside a dialog, by their depth: the same names mean other things elsewhere. */
static const struct place {
        unsigned depth;
        const char *name;
        void (*open)(struct reading *, const struct xml_element *);
        void (*close)(struct reading *, const struct xml_element *);
} places[] = {
        {2, "dialog", NULL, dialog_closed},
        {3, "state", NULL, state_closed},
        {3, "local", side_opened, side_closed},
        {3, "remote", side_opened, side_closed},
        {4, "identity", identity_opened, identity_closed},
        {4, "target", target_opened, NULL},
        {5, "param", param_opened, NULL},
};

static const struct place *place_of(const struct xml_element *element)
{
        for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
                if (places[i].depth == element->depth && strcmp(places[i].name, element->name) == 0)
                        return &places[i];
        }
        return NULL;
}

static void opened(void *context, const struct xml_element *element)
{
        struct reading *reading = context;
        if (element->depth == 1)
                root_opened(reading, element);
        if (element->depth == 2 && strcmp(element->name, "dialog") == 0)
                dialog_opened(reading, element);
        const struct place *place = reading->dialog ? place_of(element) : NULL;
        if (place && place->open)
                place->open(reading, element);
}

static void closed(void *context, const struct xml_element *element)
{
        struct reading *reading = context;
        const struct place *place = reading->dialog ? place_of(element) : NULL;
        if (place && place->close)
                place->close(reading, element);
}

const char *dialog_info_read(const char *text, size_t len, struct dialog_info *out)
{
        static const struct xml_reader reader = {opened, closed};
        struct reading reading = {.out = out};
        out->n_dialogs = 0;
        const char *problem = xml_read(text, len, &reader, &reading);
        if (!problem && !reading.found)
                problem = "not a dialog-info document";
        if (problem)
                out->n_dialogs = 0;
        return problem;
}

enum dialog_info_place dialog_info_place(struct dialog_info_order *order, const struct dialog_info *info)
{
        if (!info->full && (!order->begun || info->version > order->version + 1))
                return DIALOG_INFO_GAP;
        if (!info->full && info->version <= order->version)
                return DIALOG_INFO_OLD;
        *order = (struct dialog_info_order){.begun = true, .version = info->version};
        return DIALOG_INFO_NEXT;
}
