#include "sccp/menu.h"

#include <string.h>

#include "gateway/base/text.h"

#define VERSION_MIN 17 /* older loads have no application number in their objects: a list would come back for ever */
#define TRANSACTION 1  /* any number: one list at a time */
#define TAIL_ROOM   200
#define ESCAPED     700 /* any name of a party, were it all quotes */

static const char tail[] = "<SoftKeyItem><Name>Exit</Name><Position>4</Position><URL>SoftKey:Exit</URL></SoftKeyItem>"
                           "</CiscoIPPhoneMenu>";

_Static_assert(sizeof tail < TAIL_ROOM, "the end of a list always fits");

bool sccp_menu_shown(const struct sccp_reader *reader)
{
        const struct sccp_model *model = reader->model;
        return model->family == SCCP_FAMILY_NEWER && model->prompt == SCCP_PROMPT_NORMAL &&
               model->traits & SCCP_TRAIT_SOFT_KEYS && reader->version >= VERSION_MIN;
}

static void put(struct sccp_menu *menu, const char *text, size_t reserve)
{
        struct sccp_user_to_device_data_v1 *out = &menu->message.user_to_device_data_v1;
        size_t length = strlen(text);
        if (out->n_data + length + reserve > sizeof out->data) {
                menu->full = true;
                return;
        }
        memcpy(out->data + out->n_data, text, length);
        out->n_data += (uint32_t)length;
}

/* What has no room is left out, but never a part of an entity. */
static void escape(char to[ESCAPED], const char *from)
{
        size_t length = 0;
        to[0] = '\0';
        for (; *from; from++) {
                char plain[2] = {(unsigned char)*from < ' ' ? '\0' : *from, '\0'};
                const char *piece = *from == '<'   ? "&lt;"
                                    : *from == '>' ? "&gt;"
                                    : *from == '&' ? "&amp;"
                                    : *from == '"' ? "&quot;"
                                                   : plain;
                if (length + strlen(piece) >= ESCAPED)
                        return;
                length += strlen(piece);
                text_append(to, ESCAPED, "%s", piece);
        }
}

void sccp_menu_begin(struct sccp_menu *menu, uint32_t application, uint32_t line, uint32_t call_ref, const char *title)
{
        char text[ESCAPED + 200], safe[ESCAPED];
        *menu = (struct sccp_menu){.message = {.id = SCCP_USER_TO_DEVICE_DATA_V1}, .application = application};
        struct sccp_user_to_device_data_v1 *out = &menu->message.user_to_device_data_v1;
        out->application = application;
        out->line = line;
        out->call_ref = call_ref;
        out->transaction_id = TRANSACTION;
        out->sequence = SCCP_SEQUENCE_LAST;
        out->priority = SCCP_NOTICE_CALL_FORWARD;
        out->conference_id = call_ref;
        escape(safe, title);
        text_printf(text, sizeof text,
                    "<?xml version=\"1.0\" encoding=\"UTF-8\"?><CiscoIPPhoneMenu appId=\"%u\"><Title>%s</Title>",
                    application, safe);
        put(menu, text, TAIL_ROOM);
}

void sccp_menu_item(struct sccp_menu *menu, const char *name, uint32_t value)
{
        const struct sccp_user_to_device_data_v1 *out = &menu->message.user_to_device_data_v1;
        char text[ESCAPED + 200], safe[ESCAPED];
        escape(safe, name);
        text_printf(text, sizeof text, "<MenuItem><Name>%s</Name><URL>UserCallData:%u:%u:%u:%u:%u</URL></MenuItem>",
                    safe, menu->application, out->line, out->call_ref, TRANSACTION, value);
        put(menu, text, TAIL_ROOM);
}

void sccp_menu_key(struct sccp_menu *menu, unsigned place, const char *label, const char *word)
{
        const struct sccp_user_to_device_data_v1 *out = &menu->message.user_to_device_data_v1;
        char text[300];
        text_printf(text, sizeof text,
                    "<SoftKeyItem><Name>%s</Name><Position>%u</Position>"
                    "<URL>UserCallDataSoftKey:Select:%u:%u:%u:%u:%s</URL></SoftKeyItem>",
                    label, place, menu->application, out->line, out->call_ref, TRANSACTION, word);
        put(menu, text, TAIL_ROOM);
}

void sccp_menu_end(struct sccp_menu *menu)
{
        put(menu, tail, 0);
}
