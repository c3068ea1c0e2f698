#include "gateway/watch.h"

#include <stdlib.h>
#include <string.h>

#include "gateway/base/text.h"
#include "gateway/sip_side.h"

#define BUCKETS 1024 /* a power of two */

struct watch_target {
        uint32_t id; /* its name towards sip/ */
        size_t pbx;
        char number[PARTY_NUMBER_SIZE];
        struct phone_line *payer; /* NULL: no line that could pay is in service */
        struct presence presence;
        struct presence_look look;
        bool refused;
        struct watcher *watchers;
        struct watch_target *next; /* of a bucket */
};

/* Names towards sip/: even ones are those of lines, for their mailboxes, odd ones those of targets. */
struct watch_room {
        struct watch_target *buckets[BUCKETS];
        struct watch_target **targets; /* NULL: free */
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
        if (WATCH_OF_TARGET(*place) >= SIP_WATCHES_MAX)
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
        target->id = (uint32_t)WATCH_OF_TARGET(place);
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
        size_t place = target->id / 2;
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
        return line->account->pbx == target->pbx && line->account->state.state == LINE_IN_SERVICE &&
               watch_can(line->account->gateway, target->pbx);
}

static struct phone_line *payer_find(const struct watch_target *target)
{
        for (const struct watcher *watcher = target->watchers; watcher; watcher = watcher->next)
                for (unsigned i = 0; i < watcher->phone->n_lines; i++)
                        if (can_pay(target, &watcher->phone->lines[i]))
                                return &watcher->phone->lines[i];
        return NULL;
}

static void ask(struct gateway *gateway, struct watch_target *target)
{
        struct sip_command command = {
                .kind = SIP_CMD_WATCH, .watch = target->id, .line = target->payer->account->index};
        bool dialog = gateway->pbxs[target->pbx].config->blf == BLF_DIALOG;
        command.wish.package = dialog ? SIP_DIALOG_INFO : SIP_PRESENCE;
        TEXT_SET(command.wish.target, target->number);
        target->refused = false;
        sip_side_command(gateway, &command);
}

static void tell(const struct watch_target *target)
{
        for (struct watcher *watcher = target->watchers; watcher; watcher = watcher->next)
                watcher->news(watcher);
}

static void look_again(struct watch_target *target)
{
        struct presence_look look;
        presence_look(&target->presence, &look);
        if (presence_look_equal(&look, &target->look))
                return;
        target->look = look;
        log_debug(target->number, "is %s", presence_state_name(look.state));
        tell(target);
}

static bool still_pays(const struct watch_target *target)
{
        const struct watcher *watcher = target->watchers;
        while (watcher && target->payer && watcher->phone != target->payer->phone)
                watcher = watcher->next;
        return watcher && target->payer && target->payer->phone->session && can_pay(target, target->payer);
}

/* Somebody pays while somebody can, and the one who pays goes on as long as its line is good. */
static void payer_settle(struct gateway *gateway, struct watch_target *target)
{
        if (still_pays(target))
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

/* Nothing of what it paid for is there any more. Lamps do not flicker while it is asked anew. */
void watch_line_gone(const struct account *account)
{
        const struct watch_room *room = account->gateway->watches;
        for (size_t i = 0; i < room->n_targets; i++)
                if (room->targets[i] && room->targets[i]->payer && room->targets[i]->payer->account == account)
                        room->targets[i]->payer = NULL;
}

void watch_lines_settle(struct gateway *gateway)
{
        const struct watch_room *room = gateway->watches;
        for (size_t i = 0; i < room->n_targets; i++) {
                struct watch_target *target = room->targets[i];
                if (!target || target->payer)
                        continue;
                payer_settle(gateway, target);
                if (target->payer)
                        continue;
                presence_holds(&target->presence, false);
                look_again(target);
        }
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

/* It stands until something else is heard. */
static void note_refusal(struct watch_target *target, enum sip_watch_state state)
{
        bool before = target->refused;
        if (state != SIP_WATCH_TRYING)
                target->refused = state == SIP_WATCH_REFUSED;
        if (target->refused && !before)
                tell(target);
}

void watch_event(struct gateway *gateway, const struct sip_event *event)
{
        const struct watch_room *room = gateway->watches;
        size_t place = event->watched.watch / 2;
        struct watch_target *target = place < room->n_targets ? room->targets[place] : NULL;
        if (!target || !target->payer || target->payer->account->index != event->line)
                return; /* from before another line paid */
        note_refusal(target, event->watched.state);
        if (event->watched.state == SIP_WATCH_OFF)
                payer_settle(gateway, target);
        else if (take(&target->presence, &event->watched))
                look_again(target);
}

/* ---- watchers ---- */

bool watch_can(const struct gateway *gateway, size_t pbx)
{
        return gateway->pbxs[pbx].config->address && gateway->pbxs[pbx].config->blf != BLF_OFF;
}

bool watch_join(struct watcher *watcher, struct phone *phone, size_t pbx, const char *number,
                void (*news)(struct watcher *watcher))
{
        struct watch_target *target = target_of(phone->gateway, pbx, number);
        if (!target)
                return false;
        *watcher = (struct watcher){.phone = phone, .target = target, .news = news};
        watcher->next = target->watchers;
        target->watchers = watcher;
        watcher->next_of_phone = phone->watchers;
        phone->watchers = watcher;
        payer_settle(phone->gateway, target);
        return true;
}

static void phone_leave(struct watcher *watcher)
{
        struct watcher **at = &watcher->phone->watchers;
        while (*at != watcher)
                at = &(*at)->next_of_phone;
        *at = watcher->next_of_phone;
}

void watch_leave(struct watcher *watcher)
{
        struct watch_target *target = watcher->target;
        if (!target)
                return;
        struct watcher **at = &target->watchers;
        while (*at != watcher)
                at = &(*at)->next;
        *at = watcher->next;
        phone_leave(watcher);
        struct gateway *gateway = watcher->phone->gateway;
        *watcher = (struct watcher){.target = NULL};
        payer_settle(gateway, target);
        if (!target->watchers)
                target_free(gateway, target);
}

void watch_line_up(struct account *account)
{
        for (const struct phone_line *line = account->lines; line; line = line->next)
                for (struct watcher *watcher = line->phone->watchers; watcher; watcher = watcher->next_of_phone)
                        payer_settle(account->gateway, watcher->target);
}

void watch_stop(struct gateway *gateway)
{
        struct watch_room *room = gateway->watches;
        for (size_t i = 0; room && i < room->n_targets; i++)
                free(room->targets[i]);
        if (room)
                free(room->targets);
        free(room);
}

const struct presence_look *watch_look(const struct watcher *watcher)
{
        return &watcher->target->look;
}

bool watch_refused(const struct watcher *watcher)
{
        return watcher->target->refused;
}
