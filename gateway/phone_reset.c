#include "gateway/phone_reset.h"

#include "gateway/base/text.h"
#include "gateway/bridge.h"
#include "gateway/features.h"
#include "gateway/phone_side.h"
#include "gateway/roster.h"
#include "gateway/settings.h"
#include "gateway/sip_side.h"

struct redial {
        char line[64], number[DIAL_DIGITS_MAX + 1];
};

/* ---- what nobody has any more ---- */

static bool has_lines(const struct gateway *gateway, uint32_t pbx)
{
        for (size_t i = 0; i < gateway->n_accounts; i++)
                if (gateway->accounts[i] && gateway->accounts[i]->pbx == pbx)
                        return true;
        return false;
}

static bool is_configured(const struct gateway *gateway, const struct config_pbx *pbx)
{
        return pbx >= gateway->config->pbxs && pbx < gateway->config->pbxs + gateway->config->n_pbxs;
}

static void sweep(struct gateway *gateway)
{
        for (size_t i = 0; i < gateway->n_accounts; i++) {
                struct account *account = gateway->accounts[i];
                if (!account || account->lines)
                        continue;
                log_info(account->config->number, "removed");
                sip_side_line_remove(account);
                roster_account_free(account);
        }
        for (uint32_t i = 0; i < SIP_PBXS_MAX; i++) {
                struct pbx_state *pbx = &gateway->pbxs[i];
                if (!pbx->config || is_configured(gateway, pbx->config) || has_lines(gateway, i))
                        continue;
                sip_side_command(gateway, &(struct sip_command){.kind = SIP_CMD_PBX_REMOVE, .pbx = i});
                settings_let_go(pbx->settings);
                *pbx = (struct pbx_state){.settings = NULL};
        }
}

/* ---- one phone ---- */

static void tell_new_lines(struct phone *phone)
{
        for (unsigned i = 0; i < phone->n_lines; i++) {
                struct account *account = phone->lines[i].account;
                if (!account->told) {
                        features_load_account(account);
                        sip_side_line_add(account);
                        features_keep(account);
                }
                features_load_line(&phone->lines[i]);
        }
}

void phone_reset_add(struct gateway *gateway, const struct config_phone *config)
{
        struct phone *phone = roster_phone_add(gateway, gateway->settings, config);
        if (!phone) {
                log_error(config->name, "out of memory: it is not admitted");
                return;
        }
        features_load_dnd(phone);
        tell_new_lines(phone);
        knocks_remove(&gateway->knocks, config->name);
        log_info(config->name, "added");
}

/* Numbers dialled last are remembered with the line, whose place may be another now. */
static void renew(struct phone *phone, const struct config_phone *config)
{
        struct redial redials[SCCP_LINES_MAX];
        char dialled[64] = "";
        unsigned n = phone->n_lines;
        if (phone->dialled)
                TEXT_SET(dialled, phone->dialled->config->id);
        for (unsigned i = 0; i < n; i++) {
                TEXT_SET(redials[i].line, phone->lines[i].config->id);
                TEXT_SET(redials[i].number, phone->lines[i].redial);
        }
        if (!roster_phone_renew(phone, phone->gateway->settings, config))
                log_error(config->name, "out of memory: some of its lines are missing");
        tell_new_lines(phone);
        for (unsigned i = 0; i < phone->n_lines; i++)
                for (unsigned old = 0; old < n; old++) {
                        struct phone_line *line = &phone->lines[i];
                        if (!text_equal(redials[old].line, line->config->id))
                                continue;
                        TEXT_SET(line->redial, redials[old].number);
                        if (text_equal(dialled, line->config->id))
                                phone->dialled = line;
                }
        log_info(config->name, "has its new configuration");
}

static void hang_up(struct phone *phone)
{
        for (struct call_slot *slot = phone->calls, *next; slot; slot = next) {
                next = slot->next;
                if (!slot->done)
                        bridge_event(slot, &(struct event){.kind = EV_HANG_UP});
        }
        bridge_settle(phone);
}

static void send_away(struct phone *phone, const char *why)
{
        if (phone->session)
                sccp_session_end(phone->session, why); /* down() comes from there */
}

/* False: something still hangs on it, and it is tried again when that has ended. */
static bool settle_one(struct phone *phone)
{
        struct gateway *gateway = phone->gateway;
        const struct config_phone *config = config_phone(gateway->config, phone->config->name);
        bool stays = config || phone->handed_out;
        if (!stays)
                hang_up(phone);
        if (bridge_calls(phone))
                return false;
        send_away(phone, stays ? "it gets a new configuration" : "it is not in the configuration any more");
        if (phone->calls)
                return false;
        phone->reset_due = false;
        if (!stays) {
                log_info(phone->config->name, "removed");
                roster_phone_remove(phone);
        } else if (config && phone->config != config) {
                renew(phone, config);
        }
        return true;
}

void phone_reset_due(struct gateway *gateway)
{
        loop_timer_stop(&gateway->reset_timer);
        for (size_t i = gateway->n_phones; i-- > 0;)
                if (i < gateway->n_phones && gateway->phones[i]->reset_due)
                        settle_one(gateway->phones[i]);
        sweep(gateway);
}

static void on_reset_timer(struct loop_timer *timer)
{
        phone_reset_due((struct gateway *)((char *)timer - offsetof(struct gateway, reset_timer)));
}

void phone_reset_soon(struct gateway *gateway)
{
        gateway->reset_timer.expired = on_reset_timer;
        if (!loop_timer_running(&gateway->reset_timer))
                loop_timer_start(gateway->loop, &gateway->reset_timer, 0);
}

bool phone_reset_admit(struct phone *phone)
{
        struct gateway *gateway = phone->gateway;
        char name[CONFIG_DEVICE_NAME_MAX + 1];
        if (!phone->reset_due)
                return true;
        TEXT_SET(name, phone->config->name);
        settle_one(phone);
        sweep(gateway);
        return roster_phone(gateway, name);
}
