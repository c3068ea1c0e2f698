#include "gateway/conference_list.h"

#include <stdlib.h>
#include <string.h>

#include "gateway/base/text.h"
#include "gateway/core/conference.h"
#include "gateway/phone_side.h"
#include "gateway/refer_side.h"
#include "sccp/menu.h"

#define REMOVE     "remove"
#define NOTICE_MAX 100

static const struct party *far_party(const struct call *call)
{
        return call->incoming ? &call->parties.calling : &call->parties.called;
}

static void name_of(const struct call *call, char *out, size_t size)
{
        const struct party *party = far_party(call);
        const char *number = *party->number ? party->number : call->number;
        if (*party->name && *number)
                text_printf(out, size, "%s (%s)", party->name, number);
        else
                text_copy(out, size, *party->name ? party->name : *number ? number : "?");
}

static void show_menu(struct phone *phone, const struct call_slot *host)
{
        struct sccp_menu menu;
        char name[PARTY_NAME_SIZE + PARTY_NUMBER_SIZE + 4];
        sccp_menu_begin(&menu, SCCP_APPLICATION_CONFERENCE, host->line->instance, host->id, "Conference");
        for (const struct call_slot *slot = phone->calls; slot; slot = slot->next) {
                if (slot->done || !conference_has(&slot->call, host->call.conference))
                        continue;
                name_of(&slot->call, name, sizeof name);
                sccp_menu_item(&menu, name, slot->id);
        }
        sccp_menu_key(&menu, 1, "Remove", REMOVE);
        sccp_menu_end(&menu);
        sccp_session_send(phone->session, &menu.message);
}

static void show_text(struct phone *phone, uint32_t conference)
{
        char text[NOTICE_MAX] = "", name[PARTY_NAME_SIZE + PARTY_NUMBER_SIZE + 4];
        for (const struct call_slot *slot = phone->calls; slot; slot = slot->next) {
                if (slot->done || !conference_has(&slot->call, conference))
                        continue;
                name_of(&slot->call, name, sizeof name);
                text_append(text, sizeof text, "%s%s", *text ? ", " : "", name);
        }
        phone_side_notify(phone, 0, text);
}

void conference_list_arrived(struct call_slot *focus, const struct call *call)
{
        char name[PARTY_NAME_SIZE + PARTY_NUMBER_SIZE + 4];
        name_of(call, name, sizeof name);
        refer_side_arrived(focus, name);
}

/* A focus that does not tell who is there: whom we sent. */
static void show_guests(struct phone *phone, const char *guests)
{
        char text[NOTICE_MAX] = "";
        for (const char *name = guests ? guests : ""; *name;) {
                size_t len = strcspn(name, "\n");
                text_append(text, sizeof text, "%s%.*s", *text ? ", " : "", (int)len, name);
                name += len + (name[len] == '\n');
        }
        phone_side_notify(phone, 0, *text ? text : "?");
}

static const struct call_slot *find_focus(const struct phone *phone, uint32_t gathers)
{
        for (const struct call_slot *slot = phone->calls; slot; slot = slot->next)
                if (!slot->done && slot->call.at_focus && slot->call.gathers == gathers)
                        return slot;
        return NULL;
}

void conference_list_show(struct phone *phone, uint32_t conference)
{
        const struct call_slot *focus = find_focus(phone, conference);
        if (phone->session && focus) {
                show_guests(phone, focus->guests);
                return;
        }
        if (!phone->session)
                return;
        struct sccp_reader reader = sccp_session_reader(phone->session);
        const struct call_slot *host = phone->calls;
        while (host && (host->done || !host->call.host || host->call.conference != conference))
                host = host->next;
        if (host && sccp_menu_shown(&reader))
                show_menu(phone, host);
        else
                show_text(phone, conference);
}

bool conference_list_choice(const struct sccp_input *input, struct phone_press *press)
{
        const char *value = strchr(input->number, '/');
        char *end = NULL;
        *press = (struct phone_press){.key = PHONE_REMOVE};
        if (input->application != SCCP_APPLICATION_CONFERENCE || !value ||
            strncmp(input->number, REMOVE "/", sizeof REMOVE) != 0)
                return false;
        press->reference = (uint32_t)strtoul(value + 1, &end, 10);
        return press->reference && *end == '\0';
}
