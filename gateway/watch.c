#include "gateway/watch.h"

#include <stdlib.h>
#include <string.h>

#include "gateway/base/text.h"
#include "gateway/busy_lamp.h"
#include "gateway/sip_side.h"

#define BUCKETS 1024 /* a power of two */

struct watch_target {
        uint32_t id; /* its name towards sip/ */
        size_t pbx;
        char number[PARTY_NUMBER_SIZE];
        struct phone_line *payer; /* NULL: no line that could pay is in service */
        struct presence presence;
        struct presence_look look;
        struct watch_key *keys;
        struct watch_target *next; /* of a bucket */
};

/* Names towards sip/ are those of the lines, for their mailboxes, and behind them those of the targets. */
struct watch_room {
        struct watch_target *buckets[BUCKETS];
        struct watch_target **targets; /* by id, without the lines; NULL: free */
        size_t n_targets, free_from;   /* none is free before that */
};

bool watch_start(struct gateway *gateway)
{
        gateway->watches = calloc(1, sizeof *gateway->watches);
        return gateway->watches != NULL;
}

/* ---- targets ---- */

static struct watch_target **bucket_of(struct watch_room *room, size_t pbx, const char *number)
{
        uint32_t hash = 2166136261u ^ (uint32_t)pbx; /* FNV-1a */
        for (; *number; number++)
                hash = (hash ^ (unsigned char)*number) * 16777619u;
        return &room->buckets[hash & (BUCKETS - 1)];
}

/* A free place in the table; false: no memory, or too many. */
static bool place_find(struct gateway *gateway, size_t *place)
{
        struct watch_room *room = gateway->watches;
        for (*place = room->free_from; *place < room->n_targets && room->targets[*place]; ++*place)
                ;
        if (*place + gateway->room_accounts >= SIP_WATCHES_MAX)
                return false;
        if (*place == room->n_targets) {
                size_t n = room->n_targets ? 2 * room->n_targets : 64;
                struct watch_target **targets = realloc(room->targets, n * sizeof *targets);
                if (!targets)
                        return false;
                memset(targets + room->n_targets, 0, (n - room->n_targets) * sizeof *targets);
                room->targets = targets;
                room->n_targets = n;
        }
        room->free_from = *place + 1;
        return true;
}

static struct watch_target *target_new(struct gateway *gateway, size_t pbx, const char *number)
{
        struct watch_target *target = calloc(1, sizeof *target), **bucket = bucket_of(gateway->watches, pbx, number);
        size_t place;
        if (!target || !place_find(gateway, &place)) {
                log_error(number, "no room to watch it");
                free(target);
                return NULL;
        }
        target->id = (uint32_t)(gateway->room_accounts + place);
        target->pbx = pbx;
        TEXT_SET(target->number, number);
        target->next = *bucket;
        *bucket = target;
        gateway->watches->targets[place] = target;
        return target;
}

static struct watch_target *target_of(struct gateway *gateway, size_t pbx, const char *number)
{
        struct watch_target *target = *bucket_of(gateway->watches, pbx, number);
        while (target && (target->pbx != pbx || !text_equal(target->number, number)))
                target = target->next;
        return target ? target : target_new(gateway, pbx, number);
}

static void target_free(struct gateway *gateway, struct watch_target *target)
{
        struct watch_room *room = gateway->watches;
        struct watch_target **at = bucket_of(room, target->pbx, target->number);
        size_t place = target->id - gateway->room_accounts;
        while (*at != target)
                at = &(*at)->next;
        *at = target->next;
        room->targets[place] = NULL;
        if (place < room->free_from)
                room->free_from = place;
        free(target);
}

/* ---- who pays ---- */

static bool can_pay(const struct watch_target *target, const struct phone_line *line)
{
        return line->config->pbx == target->pbx && line->account->state.state == LINE_IN_SERVICE;
}

static struct phone_line *payer_find(const struct watch_target *target)
{
        for (const struct watch_key *key = target->keys; key; key = key->next)
                for (unsigned i = 0; i < key->phone->n_lines; i++)
                        if (can_pay(target, &key->phone->lines[i]))
                                return &key->phone->lines[i];
        return NULL;
}

static void ask(struct gateway *gateway, struct watch_target *target)
{
        struct sip_command command = {
                .kind = SIP_CMD_WATCH, .watch = target->id, .line = target->payer->account->index};
        bool dialog = gateway->config->pbxs[target->pbx].blf == BLF_DIALOG;
        command.wish.package = dialog ? SIP_DIALOG_INFO : SIP_PRESENCE;
        TEXT_SET(command.wish.target, target->number);
        sip_side_command(gateway, &command);
}

static void look_again(struct watch_target *target)
{
        struct presence_look look;
        presence_look(&target->presence, &look);
        if (presence_look_equal(&look, &target->look))
                return;
        target->look = look;
        log_debug(target->number, "is %s", presence_state_name(look.state));
        for (struct watch_key *key = target->keys; key; key = key->next) {
                key->due = true;
                busy_lamps_show(key->phone);
        }
}

/* Somebody pays while somebody can, and the one who pays goes on as long as its line is good. */
static void payer_settle(struct gateway *gateway, struct watch_target *target)
{
        if (target->payer && target->payer->phone->session && can_pay(target, target->payer))
                return;
        struct phone_line *payer = payer_find(target), *before = target->payer;
        target->payer = payer;
        if (payer && payer != before)
                ask(gateway, target);
        if (payer || !before)
                return;
        sip_side_command(gateway, &(struct sip_command){.kind = SIP_CMD_UNWATCH, .watch = target->id});
        presence_holds(&target->presence, false);
        look_again(target);
}

/* ---- news ---- */

static const enum presence_step steps[] = {
        [SIP_FAR_TRYING] = PRESENCE_BEGUN,    [SIP_FAR_PROCEEDING] = PRESENCE_BEGUN,
        [SIP_FAR_EARLY] = PRESENCE_ALERTING,  [SIP_FAR_CONFIRMED] = PRESENCE_TALKING,
        [SIP_FAR_TERMINATED] = PRESENCE_OVER,
};

static const enum presence_state words[] = {
        [SIP_PRESENCE_UNKNOWN] = PRESENCE_UNKNOWN,   [SIP_PRESENCE_CLOSED] = PRESENCE_UNKNOWN,
        [SIP_PRESENCE_OPEN] = PRESENCE_IDLE,         [SIP_PRESENCE_RINGING] = PRESENCE_RINGING,
        [SIP_PRESENCE_ON_THE_PHONE] = PRESENCE_BUSY, [SIP_PRESENCE_AWAY] = PRESENCE_AWAY,
        [SIP_PRESENCE_DND] = PRESENCE_DND,
};

static void take_dialog(struct presence *presence, const struct sip_far_dialog *from)
{
        struct presence_dialog dialog = {
                .key = from->key, .step = steps[from->state], .outgoing = from->outgoing, .held = from->held};
        TEXT_SET(dialog.other.name, from->remote.name);
        TEXT_SET(dialog.other.number, from->remote.number);
        TEXT_SET(dialog.call.call_id, from->call_id);
        TEXT_SET(dialog.call.local_tag, from->local_tag);
        TEXT_SET(dialog.call.remote_tag, from->remote_tag);
        presence_dialog(presence, &dialog);
}

static bool is_good(enum sip_watch_state state)
{
        return state == SIP_WATCH_ACTIVE || state == SIP_WATCH_PENDING;
}

/* False: more of the same notification follows. */
static bool take(struct presence *presence, const struct sip_watched *watched)
{
        switch (watched->learnt) {
        case SIP_LEARNT_NOTHING: /* while it is asked anew, what was known stands: lamps do not flicker */
                if (watched->state != SIP_WATCH_TRYING)
                        presence_holds(presence, is_good(watched->state));
                return true;
        case SIP_LEARNT_DIALOGS:
                if (watched->whole)
                        presence_whole(presence);
                if (!watched->empty)
                        take_dialog(presence, &watched->dialog);
                return watched->last;
        case SIP_LEARNT_PRESENCE:
                presence_word(presence, words[watched->presence]);
                return true;
        case SIP_LEARNT_MAIL:
                break;
        }
        return false;
}

void watch_event(struct gateway *gateway, const struct sip_event *event)
{
        const struct watch_room *room = gateway->watches;
        size_t place = event->watched.watch - gateway->room_accounts;
        struct watch_target *target = place < room->n_targets ? room->targets[place] : NULL;
        if (!target || !target->payer || target->payer->account->index != event->line)
                return; /* from before another line paid */
        if (event->watched.state == SIP_WATCH_OFF)
                payer_settle(gateway, target);
        else if (take(&target->presence, &event->watched))
                look_again(target);
}

/* ---- keys ---- */

/* The PBX of a phone's busy lamps is that of its first line; false: it has none, or none that tells. */
static bool pbx_of(const struct phone *phone, size_t *pbx)
{
        const struct config *config = phone->gateway->config;
        if (phone->n_lines == 0)
                return false;
        *pbx = phone->lines[0].config->pbx;
        return config->pbxs[*pbx].address && config->pbxs[*pbx].blf != BLF_OFF;
}

static void key_add(struct phone *phone, size_t pbx, unsigned dial, const struct config_button *button)
{
        struct watch_target *target = target_of(phone->gateway, pbx, button->number);
        if (!target)
                return;
        struct watch_key *key = &phone->lamps[phone->n_lamps++];
        *key = (struct watch_key){.phone = phone, .target = target, .dial = dial, .button = button, .due = true};
        key->next = target->keys;
        target->keys = key;
        payer_settle(phone->gateway, target);
}

void watch_phone_up(struct phone *phone)
{
        const struct config_phone *config = phone->config;
        size_t pbx = 0, n = 0;
        unsigned dial = 0;
        for (size_t i = 0; i < config->n_buttons; i++)
                n += config->buttons[i].blf;
        if (!n || !pbx_of(phone, &pbx) || !(phone->lamps = calloc(n, sizeof *phone->lamps)))
                return;
        for (size_t i = 0; i < config->n_buttons; i++) {
                dial += config->buttons[i].kind == BUTTON_SPEED_DIAL;
                if (config->buttons[i].blf && sccp_session_busy_lamp(phone->session, dial).instance)
                        key_add(phone, pbx, dial, &config->buttons[i]);
        }
        busy_lamps_begin(phone);
}

static void key_remove(struct gateway *gateway, struct watch_key *key)
{
        struct watch_target *target = key->target;
        struct watch_key **at = &target->keys;
        while (*at != key)
                at = &(*at)->next;
        *at = key->next;
        payer_settle(gateway, target);
        if (!target->keys)
                target_free(gateway, target);
}

void watch_phone_down(struct phone *phone)
{
        busy_lamps_end(phone);
        for (size_t i = 0; i < phone->n_lamps; i++)
                key_remove(phone->gateway, &phone->lamps[i]);
        free(phone->lamps);
        phone->lamps = NULL;
        phone->n_lamps = 0;
}

void watch_line_up(struct account *account)
{
        for (const struct phone_line *line = account->lines; line; line = line->next)
                for (size_t i = 0; i < line->phone->n_lamps; i++)
                        payer_settle(account->gateway, line->phone->lamps[i].target);
}

void watch_stop(struct gateway *gateway)
{
        for (size_t i = 0; i < gateway->n_phones; i++) {
                busy_lamps_end(&gateway->phones[i]);
                free(gateway->phones[i].lamps);
        }
        for (size_t i = 0; gateway->watches && i < gateway->watches->n_targets; i++)
                free(gateway->watches->targets[i]);
        if (gateway->watches)
                free(gateway->watches->targets);
        free(gateway->watches);
}

const struct presence_look *watch_look(const struct watch_key *key)
{
        return &key->target->look;
}

struct watch_key *watch_key_of(const struct phone *phone, unsigned dial)
{
        for (size_t i = 0; i < phone->n_lamps; i++)
                if (phone->lamps[i].dial == dial)
                        return &phone->lamps[i];
        return NULL;
}
