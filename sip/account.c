#include "sip/account.h"

#include <sofia-sip/sip.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/text.h"
#include "sip/register.h"
#include "sip/watch.h"

static struct account **number_bucket(const struct sip *sip, const char *number)
{
        uint32_t hash = 2166136261u; /* FNV-1a */
        for (; *number; number++)
                hash = (hash ^ (unsigned char)*number) * 16777619u;
        return &sip->numbers[hash & (sip->number_buckets - 1)];
}

static void number_unlink(struct account *account)
{
        struct account **at = number_bucket(account->sip, account->who.number);
        while (*at != account)
                at = &(*at)->next_number;
        *at = account->next_number;
}

struct account *account_by_line(const struct sip *sip, uint32_t line)
{
        return line < sip->max_lines ? sip->lines[line] : NULL;
}

/* The line's number is written into the contact so that no search is needed; the random part has to be right too. */
struct account *account_by_contact(const struct sip *sip, const char *user)
{
        char *end;
        unsigned long line = strtoul(user, &end, 16);
        if (end == user || *end != '-' || line >= sip->max_lines)
                return NULL;
        struct account *account = sip->lines[line];
        return account && strcmp(account->contact_user, user) == 0 ? account : NULL;
}

struct account *account_by_number(const struct sip *sip, const char *number)
{
        struct account *account = *number_bucket(sip, number);
        while (account && !(account->pbx->none && strcmp(account->who.number, number) == 0))
                account = account->next_number;
        return account;
}

static void names_make(struct account *account)
{
        size_t at = (size_t)snprintf(account->contact_user, sizeof account->contact_user, "%x-", account->line);
        room_token(account->contact_user + at, 16);
        room_token(account->call_id, 24);
        room_token(account->tag, 12);
        account->cseq = room_random() & 0xffff;
}

/* The table of lines grows as they come. */
static bool table_reach(struct sip *sip, uint32_t line)
{
        size_t n = sip->max_lines ? sip->max_lines : 64;
        if (line < sip->max_lines)
                return true;
        while (n <= line)
                n *= 2;
        struct account **table = realloc(sip->lines, n * sizeof *table);
        if (!table)
                return false;
        memset(table + sip->max_lines, 0, (n - sip->max_lines) * sizeof *table);
        sip->lines = table;
        sip->max_lines = n;
        return true;
}

void account_add(struct sip *sip, uint32_t line, const struct sip_account *who)
{
        if (line >= SIP_LINES_MAX || who->pbx >= SIP_PBXS_MAX || !sip->pbxs[who->pbx]) {
                log_error(who->number, "line %u or pbx %u is out of range", line, who->pbx);
                return;
        }
        account_remove(sip, line);
        struct account *account = table_reach(sip, line) ? calloc(1, sizeof *account) : NULL;
        if (!account) {
                log_error(who->number, "no memory for the line");
                return;
        }
        account->sip = sip;
        account->pbx = sip->pbxs[who->pbx];
        account->pbx->lines++;
        account->line = line;
        account->who = *who;
        account->registration.expires_s = account->pbx->expires_s;
        account->timer.expired = register_due;
        names_make(account);
        sip->lines[line] = account;
        account->next_number = *number_bucket(sip, who->number);
        *number_bucket(sip, who->number) = account;
}

static void local_state(struct account *account, enum sip_line_state state)
{
        struct sip_event event = {.kind = SIP_LINE_STATE, .line = account->line, .line_state = state};
        if (account->registration.state == state)
                return;
        account->registration.state = state;
        room_post(account->sip, &event);
}

void account_up(struct sip *sip, uint32_t line)
{
        struct account *account = account_by_line(sip, line);
        if (!account || account->up)
                return;
        account->up = true;
        if (account->pbx->none)
                local_state(account, SIP_LINE_REGISTERED);
        else
                register_step(account, &(struct registration_event){.kind = REGISTRATION_WANTED}, "");
}

void account_down(struct sip *sip, uint32_t line)
{
        struct account *account = account_by_line(sip, line);
        if (!account || !account->up)
                return;
        account->up = false;
        if (account->pbx->none)
                local_state(account, SIP_LINE_DOWN);
        else
                register_step(account, &(struct registration_event){.kind = REGISTRATION_UNWANTED}, "");
}

static void account_free(struct account *account)
{
        register_abandon(account);
        auth_free(&account->auth);
        account->pbx->lines--;
        free(account);
}

/* Those whose binding is gone, and whose watches are, are freed here and not in the callback that says so. */
static void leaving_sweep(struct sip *sip)
{
        for (struct account **at = &sip->leaving; *at;) {
                struct account *account = *at;
                if (account->registration.phase != REGISTRATION_IDLE || account->watches) {
                        at = &account->next_leaving;
                        continue;
                }
                *at = account->next_leaving;
                account_free(account);
        }
        pbxs_sweep(sip);
}

void account_remove(struct sip *sip, uint32_t line)
{
        struct account *account = account_by_line(sip, line);
        leaving_sweep(sip);
        if (!account)
                return;
        watches_leave(account);
        account_down(sip, line);
        number_unlink(account);
        sip->lines[line] = NULL;
        account->next_leaving = sip->leaving;
        account->removed = true;
        sip->leaving = account;
        leaving_sweep(sip);
}

void account_address(const struct account *account, const struct path *path, char *out, size_t size)
{
        char user[SIP_NUMBER_MAX * 3], uri[SIP_URI_SIZE], name[SIP_NAME_MAX];
        uri_user_escape(account->who.user, user, sizeof user);
        if (account->pbx->none)
                path_uri(path, account->who.number, uri);
        else
                text_printf(uri, sizeof uri, "sip:%s@%s", user, account->pbx->host);
        TEXT_SET(name, account->who.name);
        for (char *c = name; *c; c++) {
                if (*c == '"' || *c == '\\' || (unsigned char)*c < ' ')
                        *c = ' ';
        }
        text_printf(out, size, name[0] ? "\"%s\" <%s>" : "%s<%s>", name, uri);
}

struct digest_user account_digest_user(const struct account *account)
{
        const struct sip_account *who = &account->who;
        return (struct digest_user){.name = who->auth_user[0] ? who->auth_user : who->user, .password = who->password};
}

bool accounts_idle(const struct sip *sip)
{
        for (size_t i = 0; i < sip->max_lines; i++) {
                if (sip->lines[i] && sip->lines[i]->registration.phase != REGISTRATION_IDLE)
                        return false;
        }
        for (const struct account *account = sip->leaving; account; account = account->next_leaving) {
                if (account->registration.phase != REGISTRATION_IDLE)
                        return false;
        }
        return true;
}

void accounts_free(struct sip *sip)
{
        for (size_t i = 0; i < sip->max_lines; i++) {
                if (sip->lines[i])
                        account_free(sip->lines[i]);
                sip->lines[i] = NULL;
        }
        while (sip->leaving) {
                struct account *account = sip->leaving;
                sip->leaving = account->next_leaving;
                account_free(account);
        }
}
