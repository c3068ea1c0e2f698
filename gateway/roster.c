#include "gateway/roster.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/text.h"
#include "gateway/soft_keys.h"
#include "gateway/text_side.h"

#define NUMBER_SIZE 12

/* The configuration of a phone that has none. */
struct handed_out {
        struct config_phone phone;
        struct config_button button;
        struct config_line line;
        char name[CONFIG_DEVICE_NAME_MAX + 1];
        char number[NUMBER_SIZE];
        char id[CONFIG_DEVICE_NAME_MAX + 3];
};

static size_t line_buttons(const struct config_phone *config)
{
        size_t lines = 0;
        for (size_t i = 0; i < config->n_buttons; i++)
                lines += config->buttons[i].kind == BUTTON_LINE;
        return lines < SCCP_LINES_MAX ? lines : SCCP_LINES_MAX;
}

static struct account *add_account(struct gateway *gateway, const struct config_line *config)
{
        struct account *account = &gateway->accounts[gateway->n_accounts];
        *account = (struct account){.gateway = gateway,
                                    .config = config,
                                    .index = (uint32_t)gateway->n_accounts++,
                                    .state.has_pbx = gateway->config->pbxs[config->pbx].address != NULL};
        return account;
}

static struct phone_line *add_line(struct phone *phone, struct account *account)
{
        struct phone_line *line = &phone->gateway->lines[phone->gateway->n_lines++], **last = &account->lines;
        *line = (struct phone_line){
                .account = account, .config = account->config, .phone = phone, .instance = ++phone->n_lines};
        while (*last)
                last = &(*last)->next;
        *last = line;
        account->n_lines++;
        return line;
}

/* `known`: the accounts by lines of the configuration, NULL where no phone has named it yet. */
static void add_phone(struct gateway *gateway, const struct config_phone *config, struct account **known)
{
        struct phone *phone = &gateway->phones[gateway->n_phones++];
        *phone = (struct phone){.gateway = gateway, .config = config, .lines = &gateway->lines[gateway->n_lines]};
        for (size_t i = 0; i < config->n_buttons && phone->n_lines < SCCP_LINES_MAX; i++) {
                const struct config_button *button = &config->buttons[i];
                if (button->kind != BUTTON_LINE || !gateway->config->n_lines)
                        continue;
                if (!known[button->line])
                        known[button->line] = add_account(gateway, &gateway->config->lines[button->line]);
                add_line(phone, known[button->line])->unheard = button->ring == RING_OFF;
        }
}

static bool add_phones(struct gateway *gateway)
{
        struct account **known = calloc(gateway->config->n_lines + 1, sizeof(struct account *));
        for (size_t i = 0; known && i < gateway->config->n_phones; i++)
                add_phone(gateway, &gateway->config->phones[i], known);
        free(known);
        return known;
}

bool roster_init(struct gateway *gateway)
{
        const struct config *config = gateway->config;
        size_t spare = 0;
        if (config->sccp.unknown_phones == UNKNOWN_AUTO)
                spare = config->sccp.auto_last - config->sccp.auto_first + 1;
        gateway->room_phones = config->n_phones + spare;
        gateway->room_lines = spare;
        for (size_t i = 0; i < config->n_phones; i++)
                gateway->room_lines += line_buttons(&config->phones[i]);
        gateway->room_accounts = config->n_lines + spare;

        gateway->soft_keys = soft_keys_new(config);
        gateway->phones = calloc(gateway->room_phones + 1, sizeof *gateway->phones);
        gateway->lines = calloc(gateway->room_lines + 1, sizeof *gateway->lines);
        gateway->accounts = calloc(gateway->room_accounts + 1, sizeof *gateway->accounts);
        gateway->handed_out = calloc(spare + 1, sizeof *gateway->handed_out);
        return gateway->soft_keys && gateway->phones && gateway->lines && gateway->accounts && gateway->handed_out &&
               add_phones(gateway);
}

void roster_free(struct gateway *gateway)
{
        for (size_t i = 0; gateway->phones && i < gateway->n_phones; i++)
                text_forget(&gateway->phones[i]);
        free(gateway->soft_keys);
        free(gateway->phones);
        free(gateway->lines);
        free(gateway->accounts);
        free(gateway->handed_out);
}

struct phone *roster_phone(struct gateway *gateway, const char *name)
{
        const struct config_phone *config = config_phone(gateway->config, name);
        if (config)
                return &gateway->phones[config - gateway->config->phones];
        for (size_t i = gateway->config->n_phones; i < gateway->n_phones; i++)
                if (text_equal_nocase(gateway->phones[i].config->name, name))
                        return &gateway->phones[i];
        return NULL;
}

static bool number_taken(const struct gateway *gateway, const char *number)
{
        for (size_t i = 0; i < gateway->n_accounts; i++)
                if (text_equal(gateway->accounts[i].config->number, number))
                        return true;
        return false;
}

/* Numbers are handed out upwards and never given back: what is free lies behind the newest. */
static unsigned first_to_try(const struct gateway *gateway)
{
        size_t n = gateway->n_phones - gateway->config->n_phones;
        if (n == 0)
                return gateway->config->sccp.auto_first;
        return (unsigned)strtoul(gateway->handed_out[n - 1].number, NULL, 10) + 1;
}

static bool free_number(const struct gateway *gateway, char *number, size_t size)
{
        if (gateway->n_phones == gateway->room_phones)
                return false;
        for (unsigned n = first_to_try(gateway); n <= gateway->config->sccp.auto_last; n++) {
                text_printf(number, size, "%u", n);
                if (!number_taken(gateway, number))
                        return true;
        }
        return false;
}

bool roster_can_hand_out(const struct gateway *gateway)
{
        char number[NUMBER_SIZE];
        return free_number(gateway, number, sizeof number);
}

struct phone *roster_hand_out(struct gateway *gateway, const char *name)
{
        char number[NUMBER_SIZE];
        if (!free_number(gateway, number, sizeof number))
                return NULL;
        struct handed_out *out = &gateway->handed_out[gateway->n_phones - gateway->config->n_phones];
        TEXT_SET(out->number, number);
        TEXT_SET(out->name, name);
        for (char *c = out->name; *c; c++)
                *c = (char)toupper((unsigned char)*c);
        text_printf(out->id, sizeof out->id, "%s/1", out->name);
        out->button = (struct config_button){.kind = BUTTON_LINE};
        out->line = (struct config_line){.id = out->id,
                                         .number = out->number,
                                         .name = "",
                                         .label = out->number,
                                         .user = out->number,
                                         .auth_user = out->number,
                                         .password = "",
                                         .pbx = gateway->config->defaults.pbx};
        out->phone = (struct config_phone){.name = out->name,
                                           .description = "",
                                           .timezone = gateway->config->defaults.timezone,
                                           .date_format = gateway->config->defaults.date_format,
                                           .charset = gateway->config->defaults.charset,
                                           .softkeys = gateway->config->defaults.softkeys,
                                           .buttons = &out->button,
                                           .n_buttons = 1};
        struct phone *phone = &gateway->phones[gateway->n_phones++];
        *phone = (struct phone){.gateway = gateway, .config = &out->phone, .lines = &gateway->lines[gateway->n_lines]};
        add_line(phone, add_account(gateway, &out->line));
        return phone;
}
