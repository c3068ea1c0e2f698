#include "gateway/roster.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/text.h"
#include "gateway/bridge.h"
#include "gateway/features.h"
#include "gateway/text_side.h"
#include "sip/sip.h"

#define NUMBER_SIZE  12
#define BUCKETS      4096 /* a power of two */
#define ACCOUNTS_MAX (SIP_WATCHES_MAX / 2)
#define ROOM_MIN     16

/* The configuration of a phone that has none. */
struct handed_out {
        struct config_phone phone;
        struct config_button button;
        struct config_line line;
        char name[CONFIG_DEVICE_NAME_MAX + 1];
        char number[NUMBER_SIZE];
        char id[CONFIG_DEVICE_NAME_MAX + 3];
};

struct roster {
        struct phone *phones[BUCKETS];
        struct account *accounts[BUCKETS];
        size_t next_account; /* indices are given out upwards, so that late news meet nobody */
        unsigned next_number;
};

static unsigned bucket_of(const char *name)
{
        uint32_t hash = 2166136261u; /* FNV-1a */
        for (; *name; name++)
                hash = (hash ^ (unsigned char)toupper((unsigned char)*name)) * 16777619u;
        return hash & (BUCKETS - 1);
}

/* ---- accounts ---- */

struct account *roster_account(const struct gateway *gateway, uint32_t index)
{
        return index < gateway->n_accounts ? gateway->accounts[index] : NULL;
}

struct account *roster_line(const struct gateway *gateway, const char *id)
{
        struct account *account = gateway->roster->accounts[bucket_of(id)];
        while (account && !text_equal(account->config->id, id))
                account = account->next_named;
        return account;
}

static bool account_room(struct gateway *gateway, size_t index)
{
        size_t room = gateway->room_accounts ? gateway->room_accounts : ROOM_MIN;
        if (index < gateway->room_accounts)
                return true;
        while (room <= index)
                room *= 2;
        struct account **accounts = realloc(gateway->accounts, room * sizeof(struct account *));
        if (!accounts)
                return false;
        memset(accounts + gateway->room_accounts, 0, (room - gateway->room_accounts) * sizeof(struct account *));
        gateway->accounts = accounts;
        gateway->room_accounts = room;
        return true;
}

/* Behind the newest; the places of lines that are gone are taken when there are no others. ACCOUNTS_MAX: none. */
static size_t account_place(struct gateway *gateway)
{
        size_t place = gateway->roster->next_account;
        if (place < ACCOUNTS_MAX)
                return gateway->roster->next_account++;
        for (place = 0; place < ACCOUNTS_MAX && gateway->accounts[place]; place++)
                ;
        return place;
}

uint32_t roster_pbx(const struct gateway *gateway, const struct settings *settings, const struct config_line *config)
{
        const char *name = settings->config->pbxs[config->pbx].name;
        for (uint32_t i = 0; i < SIP_PBXS_MAX; i++)
                if (gateway->pbxs[i].config && text_equal(gateway->pbxs[i].config->name, name))
                        return i;
        return 0; /* not for a configuration whose PBXs are in their places */
}

static struct account *account_add(struct gateway *gateway, struct settings *settings, const struct config_line *config)
{
        struct account *account = calloc(1, sizeof *account);
        size_t place = account ? account_place(gateway) : ACCOUNTS_MAX;
        if (place == ACCOUNTS_MAX || !account_room(gateway, place)) {
                free(account);
                return NULL;
        }
        struct account **bucket = &gateway->roster->accounts[bucket_of(config->id)];
        *account = (struct account){.gateway = gateway,
                                    .settings = settings_hold(settings),
                                    .config = config,
                                    .index = (uint32_t)place,
                                    .pbx = roster_pbx(gateway, settings, config),
                                    .next_named = *bucket};
        account->state.has_pbx = gateway->pbxs[account->pbx].config->address != NULL;
        *bucket = account;
        gateway->accounts[place] = account;
        if (place >= gateway->n_accounts)
                gateway->n_accounts = place + 1;
        return account;
}

void roster_account_free(struct account *account)
{
        struct gateway *gateway = account->gateway;
        struct account **at = &gateway->roster->accounts[bucket_of(account->config->id)];
        while (*at != account)
                at = &(*at)->next_named;
        *at = account->next_named;
        gateway->accounts[account->index] = NULL;
        settings_let_go(account->settings);
        free(account);
}

void roster_account_rebind(struct account *account, struct settings *settings, const struct config_line *config)
{
        struct settings *before = account->settings;
        account->settings = settings_hold(settings);
        account->config = config; /* of the same id: it stays in its bucket */
        account->pbx = roster_pbx(account->gateway, settings, config);
        account->state.has_pbx = account->gateway->pbxs[account->pbx].config->address != NULL;
        for (struct phone_line *line = account->lines; line; line = line->next)
                line->config = config;
        settings_let_go(before);
}

/* ---- the lines of a phone ---- */

static size_t line_buttons(const struct config_phone *config)
{
        size_t lines = 0;
        for (size_t i = 0; i < config->n_buttons; i++)
                lines += config->buttons[i].kind == BUTTON_LINE;
        return lines < SCCP_LINES_MAX ? lines : SCCP_LINES_MAX;
}

static struct phone_line *add_line(struct phone *phone, struct account *account)
{
        struct phone_line *line = &phone->lines[phone->n_lines++], **last = &account->lines;
        *line = (struct phone_line){
                .account = account, .config = account->config, .phone = phone, .instance = phone->n_lines};
        while (*last)
                last = &(*last)->next;
        *last = line;
        account->n_lines++;
        return line;
}

/* False: no memory; what there is stays. */
static bool add_lines(struct phone *phone, const struct config_line *lines)
{
        struct gateway *gateway = phone->gateway;
        const struct config_phone *config = phone->config;
        phone->n_lines = 0;
        phone->lines = calloc(line_buttons(config) + 1, sizeof *phone->lines);
        for (size_t i = 0; phone->lines && i < config->n_buttons && phone->n_lines < SCCP_LINES_MAX; i++) {
                const struct config_button *button = &config->buttons[i];
                if (button->kind != BUTTON_LINE)
                        continue;
                const struct config_line *line = &lines[button->line];
                struct account *account = roster_line(gateway, line->id);
                if (!account)
                        account = account_add(gateway, phone->settings, line);
                if (!account)
                        return false;
                add_line(phone, account)->unheard = button->ring == RING_OFF;
        }
        return phone->lines;
}

static void leave_account(struct phone_line *line)
{
        struct phone_line **at = &line->account->lines;
        while (*at != line)
                at = &(*at)->next;
        *at = line->next;
        line->account->n_lines--;
}

static void forget_lines(struct phone *phone)
{
        bridge_forget(phone);
        for (unsigned i = 0; i < phone->n_lines; i++)
                leave_account(&phone->lines[i]);
        free(phone->lines);
        phone->lines = NULL;
        phone->dialled = NULL;
        phone->n_lines = 0;
}

/* ---- phones ---- */

static bool phone_room(struct gateway *gateway)
{
        size_t room = gateway->room_phones ? 2 * gateway->room_phones : ROOM_MIN;
        if (gateway->n_phones < gateway->room_phones)
                return true;
        struct phone **phones = realloc(gateway->phones, room * sizeof(struct phone *));
        if (!phones)
                return false;
        gateway->phones = phones;
        gateway->room_phones = room;
        return true;
}

/* With its line's account: that is named there. */
static void handed_out_free(struct gateway *gateway, struct handed_out *out)
{
        for (size_t i = 0; out && i < gateway->n_accounts; i++)
                if (gateway->accounts[i] && gateway->accounts[i]->config == &out->line)
                        roster_account_free(gateway->accounts[i]);
        free(out);
}

static void phone_free(struct phone *phone)
{
        if (phone->lines)
                forget_lines(phone);
        text_forget(phone);
        settings_let_go(phone->settings);
        handed_out_free(phone->gateway, phone->handed_out);
        free(phone);
}

static struct phone *phone_add(struct gateway *gateway, struct settings *settings, const struct config_phone *config,
                               const struct config_line *lines)
{
        struct phone *phone = phone_room(gateway) ? calloc(1, sizeof *phone) : NULL;
        if (!phone)
                return NULL;
        *phone = (struct phone){.gateway = gateway, .settings = settings_hold(settings), .config = config};
        if (!add_lines(phone, lines)) {
                phone_free(phone);
                return NULL;
        }
        struct phone **bucket = &gateway->roster->phones[bucket_of(config->name)];
        phone->next_named = *bucket;
        *bucket = phone;
        gateway->phones[gateway->n_phones++] = phone;
        return phone;
}

struct phone *roster_phone_add(struct gateway *gateway, struct settings *settings, const struct config_phone *config)
{
        return phone_add(gateway, settings, config, settings->config->lines);
}

void roster_phone_remove(struct phone *phone)
{
        struct gateway *gateway = phone->gateway;
        struct phone **at = &gateway->roster->phones[bucket_of(phone->config->name)];
        size_t place = 0;
        while (*at != phone)
                at = &(*at)->next_named;
        *at = phone->next_named;
        while (gateway->phones[place] != phone)
                place++;
        gateway->n_phones--;
        memmove(gateway->phones + place, gateway->phones + place + 1,
                (gateway->n_phones - place) * sizeof(struct phone *));
        phone_free(phone);
}

static void rebind(struct phone *phone, struct settings *settings, const struct config_phone *config)
{
        struct settings *before = phone->settings;
        phone->settings = settings_hold(settings);
        phone->config = config; /* of the same name */
        settings_let_go(before);
}

void roster_phone_rebind(struct phone *phone, struct settings *settings, const struct config_phone *config)
{
        rebind(phone, settings, config);
        if (phone->handed_out && config != &phone->handed_out->phone) {
                free(phone->handed_out);
                phone->handed_out = NULL;
        }
}

bool roster_phone_renew(struct phone *phone, struct settings *settings, const struct config_phone *config)
{
        struct handed_out *before = phone->handed_out; /* its line is named until its account is gone */
        forget_lines(phone);
        rebind(phone, settings, config);
        bool good = add_lines(phone, settings->config->lines);
        phone->handed_out = NULL;
        handed_out_free(phone->gateway, before);
        return good;
}

struct phone *roster_phone(const struct gateway *gateway, const char *name)
{
        struct phone *phone = gateway->roster->phones[bucket_of(name)];
        while (phone && !text_equal_nocase(phone->config->name, name))
                phone = phone->next_named;
        return phone;
}

bool roster_init(struct gateway *gateway)
{
        const struct config *config = gateway->config;
        gateway->roster = calloc(1, sizeof *gateway->roster);
        for (size_t i = 0; i < config->n_pbxs; i++) {
                gateway->pbxs[i] = (struct pbx_state){.settings = settings_hold(gateway->settings),
                                                      .config = &config->pbxs[i]};
                features_codes(gateway->pbxs[i].config, &gateway->pbxs[i].codes);
        }
        for (size_t i = 0; gateway->roster && i < config->n_phones; i++)
                if (!roster_phone_add(gateway, gateway->settings, &config->phones[i]))
                        return false;
        return gateway->roster;
}

void roster_free(struct gateway *gateway)
{
        if (!gateway->roster)
                return;
        while (gateway->n_phones)
                roster_phone_remove(gateway->phones[gateway->n_phones - 1]);
        for (size_t i = 0; i < gateway->n_accounts; i++)
                if (gateway->accounts[i])
                        roster_account_free(gateway->accounts[i]);
        for (size_t i = 0; i < SIP_PBXS_MAX; i++)
                settings_let_go(gateway->pbxs[i].settings);
        free(gateway->phones);
        free(gateway->accounts);
        free(gateway->roster);
}

/* As many as there may be: what is sized once is sized by it. */
static size_t spare_numbers(const struct config *config)
{
        return config->sccp.unknown_phones == UNKNOWN_AUTO ? config->sccp.auto_last - config->sccp.auto_first + 1 : 0;
}

size_t roster_phones_max(const struct gateway *gateway)
{
        return gateway->config->n_phones + spare_numbers(gateway->config);
}

size_t roster_lines_max(const struct gateway *gateway)
{
        size_t lines = spare_numbers(gateway->config);
        for (size_t i = 0; i < gateway->config->n_phones; i++)
                lines += line_buttons(&gateway->config->phones[i]);
        return lines;
}

/* ---- handed out ---- */

static bool number_taken(const struct gateway *gateway, const char *number)
{
        for (size_t i = 0; i < gateway->n_accounts; i++)
                if (gateway->accounts[i] && text_equal(gateway->accounts[i]->config->number, number))
                        return true;
        return false;
}

/* Numbers are handed out upwards and never given back: what is free lies behind the newest. 0: none. */
static unsigned free_number(const struct gateway *gateway, char *number, size_t size)
{
        unsigned next = gateway->roster->next_number, first = gateway->config->sccp.auto_first;
        if (gateway->config->sccp.unknown_phones != UNKNOWN_AUTO)
                return 0;
        for (unsigned n = next > first ? next : first; n <= gateway->config->sccp.auto_last; n++) {
                text_printf(number, size, "%u", n);
                if (!number_taken(gateway, number))
                        return n;
        }
        return 0;
}

bool roster_can_hand_out(const struct gateway *gateway)
{
        char number[NUMBER_SIZE];
        return free_number(gateway, number, sizeof number);
}

static void fill_out(struct handed_out *out, const struct config *config)
{
        out->button = (struct config_button){.kind = BUTTON_LINE};
        out->line = (struct config_line){.id = out->id,
                                         .number = out->number,
                                         .name = "",
                                         .label = out->number,
                                         .user = out->number,
                                         .auth_user = out->number,
                                         .password = "",
                                         .pbx = config->defaults.pbx};
        out->phone = (struct config_phone){.name = out->name,
                                           .description = "",
                                           .timezone = config->defaults.timezone,
                                           .date_format = config->defaults.date_format,
                                           .charset = config->defaults.charset,
                                           .softkeys = config->defaults.softkeys,
                                           .buttons = &out->button,
                                           .n_buttons = 1};
}

const struct config_phone *roster_refill(struct phone *phone, const struct config *config)
{
        fill_out(phone->handed_out, config);
        return &phone->handed_out->phone;
}

struct phone *roster_hand_out(struct gateway *gateway, const char *name)
{
        char number[NUMBER_SIZE];
        unsigned n = free_number(gateway, number, sizeof number);
        struct handed_out *out = n ? calloc(1, sizeof *out) : NULL;
        if (!out)
                return NULL;
        TEXT_SET(out->number, number);
        TEXT_SET(out->name, name);
        for (char *c = out->name; *c; c++)
                *c = (char)toupper((unsigned char)*c);
        text_printf(out->id, sizeof out->id, "%s/1", out->name);
        fill_out(out, gateway->config);
        struct phone *phone = phone_add(gateway, gateway->settings, &out->phone, &out->line);
        if (!phone) {
                free(out);
                return NULL;
        }
        phone->handed_out = out;
        gateway->roster->next_number = n + 1;
        return phone;
}
