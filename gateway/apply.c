/* What a new configuration means for what runs: PBXs first, then lines, then phones, then the rest. */
#include <stdlib.h>
#include <string.h>

#include "gateway/base/text.h"
#include "gateway/bridge.h"
#include "gateway/busy_lamp.h"
#include "gateway/dial_plan.h"
#include "gateway/events.h"
#include "gateway/features.h"
#include "gateway/phone_reset.h"
#include "gateway/phone_side.h"
#include "gateway/reload.h"
#include "gateway/roster.h"
#include "gateway/settings.h"
#include "gateway/sip_side.h"
#include "gateway/status.h"
#include "gateway/watch.h"

/* ---- PBXs ---- */

static const struct config_pbx *pbx_named(const struct config *config, const char *name)
{
        for (size_t i = 0; i < config->n_pbxs; i++)
                if (text_equal(config->pbxs[i].name, name))
                        return &config->pbxs[i];
        return NULL;
}

static struct pbx_state *place_of(struct gateway *gateway, const char *name)
{
        for (size_t i = 0; i < SIP_PBXS_MAX; i++)
                if (gateway->pbxs[i].config && text_equal(gateway->pbxs[i].config->name, name))
                        return &gateway->pbxs[i];
        return NULL;
}

const char *apply_refusal(const struct gateway *gateway, const struct config *to)
{
        size_t wanted = to->n_pbxs;
        for (size_t i = 0; i < SIP_PBXS_MAX; i++)
                wanted += gateway->pbxs[i].config && !pbx_named(to, gateway->pbxs[i].config->name);
        return wanted <= SIP_PBXS_MAX ? NULL : "PBXs of configurations before it are still in use: try again later";
}

/* It is another one for the SIP side, or new there: `anew` says so to its lines. */
static void pbx_tell(struct gateway *gateway, struct pbx_state *pbx)
{
        struct pbx_state fresh = {.settings = pbx->settings, .config = pbx->config, .codes = pbx->codes, .anew = true};
        fresh.serial = ++gateway->pbx_serials;
        *pbx = fresh;
        sip_side_pbx(gateway, (uint32_t)(pbx - gateway->pbxs));
}

static void pbx_bind(struct gateway *gateway, struct pbx_state *pbx, const struct config_pbx *config)
{
        struct settings *before = pbx->settings;
        bool other = !before ||
                     config_pbx_cost(before->config, pbx->config, gateway->config, config) >= CONFIG_REREGISTER;
        pbx->settings = settings_hold(gateway->settings);
        pbx->config = config;
        features_codes(config, &pbx->codes);
        if (other)
                pbx_tell(gateway, pbx);
        settings_let_go(before);
}

static void pbxs_apply(struct gateway *gateway)
{
        const struct config *config = gateway->config;
        for (size_t i = 0; i < SIP_PBXS_MAX; i++)
                gateway->pbxs[i].anew = false;
        for (size_t i = 0; i < config->n_pbxs; i++) {
                struct pbx_state *pbx = place_of(gateway, config->pbxs[i].name), *free_one = gateway->pbxs;
                while (!pbx && free_one->config)
                        free_one++;
                pbx_bind(gateway, pbx ? pbx : free_one, &config->pbxs[i]);
        }
}

/* ---- lines ---- */

static int compare_ids(const void *a, const void *b)
{
        return strcmp((*(const struct config_line *const *)a)->id, (*(const struct config_line *const *)b)->id);
}

static int compare_id(const void *id, const void *line)
{
        return strcmp(id, (*(const struct config_line *const *)line)->id);
}

/* By id; NULL: no memory. */
static const struct config_line **lines_sorted(const struct config *config)
{
        const struct config_line **lines = calloc(config->n_lines + 1, sizeof(struct config_line *));
        for (size_t i = 0; lines && i < config->n_lines; i++)
                lines[i] = &config->lines[i];
        if (lines)
                qsort(lines, config->n_lines, sizeof(struct config_line *), compare_ids);
        return lines;
}

static bool text_same(const char *one, const char *other)
{
        return one && other ? text_equal(one, other) : one == other;
}

/* What the SIP side knows of it. */
static bool is_told_otherwise(const struct config_line *one, const struct config_line *other)
{
        return !text_same(one->number, other->number) || !text_same(one->name, other->name) ||
               !text_same(one->user, other->user) || !text_same(one->auth_user, other->auth_user) ||
               !text_same(one->password, other->password) || !text_same(one->mailbox, other->mailbox);
}

static void line_apply(struct account *account, const struct config_line *line)
{
        struct gateway *gateway = account->gateway;
        const struct config *from = account->settings->config;
        enum config_cost cost = config_line_cost(from, account->config, gateway->config, line);
        bool anew = is_told_otherwise(account->config, line);
        uint32_t pbx = account->pbx;
        roster_account_rebind(account, gateway->settings, line);
        if (anew || account->pbx != pbx || gateway->pbxs[account->pbx].anew)
                sip_side_line_anew(account);
        for (struct phone_line *on = account->lines; on && cost >= CONFIG_RESET_PHONE; on = on->next)
                on->phone->reset_due = true;
        features_keep(account);
}

static void lines_apply(struct gateway *gateway)
{
        const struct config_line **lines = lines_sorted(gateway->config);
        for (size_t i = 0; lines && i < gateway->n_accounts; i++) {
                struct account *account = gateway->accounts[i];
                const struct config_line **line = account ? bsearch(account->config->id, lines,
                                                                    gateway->config->n_lines,
                                                                    sizeof(struct config_line *), compare_id)
                                                          : NULL;
                if (line)
                        line_apply(account, *line);
        }
        free(lines);
}

/* ---- phones ---- */

/* One with a number of its own, which nobody configures: it follows the defaults. */
static void handed_out_apply(struct phone *phone)
{
        struct gateway *gateway = phone->gateway;
        struct config_phone before = *phone->config;
        struct account *account = phone->lines[0].account;
        const struct config_phone *now = roster_refill(phone, gateway->config);
        struct config_phone after = *now;
        uint32_t pbx = account->pbx;
        before.n_buttons = after.n_buttons = 0; /* its one line is not in the configuration */
        if (config_phone_cost(phone->settings->config, &before, gateway->config, &after) >= CONFIG_RESET_PHONE)
                phone->reset_due = true;
        roster_phone_rebind(phone, gateway->settings, now);
        roster_account_rebind(account, gateway->settings, account->config);
        if (account->pbx != pbx || gateway->pbxs[account->pbx].anew)
                sip_side_line_anew(account);
}

static void phone_apply(struct phone *phone, const struct config_phone *config)
{
        struct gateway *gateway = phone->gateway;
        const struct config_phone *before = phone->config;
        if (phone->handed_out ||
            config_phone_cost(phone->settings->config, before, gateway->config, config) >= CONFIG_RESET_PHONE) {
                phone->reset_due = true; /* it gets its own when nothing hangs on the old one */
                return;
        }
        busy_lamps_move(phone, config);
        roster_phone_rebind(phone, gateway->settings, config);
}

static void phones_apply(struct gateway *gateway, bool all_reset)
{
        for (size_t i = 0; i < gateway->n_phones; i++) {
                struct phone *phone = gateway->phones[i];
                const struct config_phone *config = config_phone(gateway->config, phone->config->name);
                if (config)
                        phone_apply(phone, config);
                else if (phone->handed_out)
                        handed_out_apply(phone);
                else
                        phone->reset_due = true; /* it is to go */
                phone->reset_due |= all_reset && phone->session;
        }
        for (size_t i = 0; i < gateway->config->n_phones; i++)
                if (!roster_phone(gateway, gateway->config->phones[i].name))
                        phone_reset_add(gateway, &gateway->config->phones[i]);
}

/* ---- the rest ---- */

static void note_reset(void *owner, const struct config_change *change)
{
        if (change->cost == CONFIG_RESET_PHONE && strncmp(change->name, "sccp.", 5) == 0)
                *(bool *)owner = true;
}

static void others_apply(struct gateway *gateway)
{
        const struct config *config = gateway->config;
        struct sip_command ring = {.kind = SIP_CMD_RING_TIMEOUT, .seconds = config->calls.ring_timeout_s};
        log_start(config->log.level, config->log.format);
        dial_plan_make(gateway);
        phone_side_update(gateway);
        sip_side_command(gateway, &ring);
        if (gateway->relay)
                relay_timeout_set(gateway->relay, config->media.rtp_timeout_s);
        status_token_set(gateway);
        events_reopen(gateway);
}

void apply_settings(struct gateway *gateway, const struct settings *from)
{
        bool all_reset = false;
        config_diff(from->config, gateway->config, note_reset, &all_reset);
        pbxs_apply(gateway);
        lines_apply(gateway);
        phones_apply(gateway, all_reset);
        others_apply(gateway);
        phone_reset_due(gateway);
        watch_lines_settle(gateway);
        for (size_t i = 0; i < gateway->n_phones; i++)
                if (gateway->phones[i]->session)
                        bridge_settle(gateway->phones[i]);
}
