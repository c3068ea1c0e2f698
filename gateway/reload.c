#include "gateway/reload.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "gateway/base/text.h"
#include "gateway/check_phones.h"
#include "gateway/events.h"
#include "gateway/problem.h"
#include "gateway/settings.h"

#define NOTE_SIZE 512

bool reload_init(struct gateway *gateway, const char *path)
{
        struct reload *last = calloc(1, sizeof *last);
        gateway->reload = last;
        if (!last)
                return false;
        last->path = strdup(path);
        last->at = last->good_at = time(NULL);
        last->good = 1;
        return last->path;
}

static void forget(struct reload *last)
{
        for (size_t i = 0; i < last->n_notes; i++)
                free(last->notes[i]);
        config_report_free(&last->report);
        last->n_notes = last->n_done = last->changes = last->refused = 0;
        last->report = (struct config_report){0};
        last->rejected = false;
}

void reload_free(struct gateway *gateway)
{
        if (!gateway->reload)
                return;
        forget(gateway->reload);
        free(gateway->reload->path);
        free(gateway->reload);
}

/* ---- notes ---- */

static void note(struct reload *last, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void note(struct reload *last, const char *format, ...)
{
        char text[NOTE_SIZE];
        va_list args;
        if (last->n_notes == RELOAD_NOTES_MAX)
                return;
        va_start(args, format);
        vsnprintf(text, sizeof text, format, args);
        va_end(args);
        char *kept = strdup(text);
        if (kept)
                last->notes[last->n_notes++] = kept;
}

static void note_change(void *owner, const struct config_change *change)
{
        static const char *const effects[] = {[CONFIG_LIVE] = "holds now",
                                              [CONFIG_REREGISTER] = "its lines register anew",
                                              [CONFIG_RESET_PHONE] = "phones are reset when they are idle"};
        static const char *const kinds[] = {[CONFIG_ADDED] = "added", [CONFIG_REMOVED] = "removed"};
        struct reload *last = owner;
        if (change->cost == CONFIG_RESTART)
                return;
        last->changes++;
        note(last, "%s: %s", change->name, change->kind ? kinds[change->kind] : effects[change->cost]);
}

static void note_refusal(void *owner, const struct config_change *change)
{
        struct reload *last = owner;
        char place[NOTE_SIZE / 2];
        if (change->cost != CONFIG_RESTART)
                return;
        if (change->place.file)
                text_printf(place, sizeof place, "%s:%u", change->place.file, change->place.line);
        else
                text_copy(place, sizeof place, last->path);
        last->refused++;
        note(last, "%s: %s takes effect at the next start", place, change->name);
}

/* What was done first, then what was not. */
static void note_all(struct reload *last, const struct config *from, const struct config *to)
{
        config_diff(from, to, note_change, last);
        last->n_done = last->n_notes;
        config_diff(from, to, note_refusal, last);
}

/* ---- telling ---- */

/* The first of its errors. */
static void tell_outcome(struct gateway *gateway)
{
        const struct reload *last = gateway->reload;
        struct jsonl line;
        events_begin(&line, last->rejected ? "config.rejected" : "config.reloaded");
        jsonl_text(&line, "file", last->path);
        if (!last->rejected) {
                jsonl_number(&line, "changes", (int64_t)last->changes);
                jsonl_number(&line, "refused", (int64_t)last->refused);
        }
        for (size_t i = 0; last->rejected && i < last->report.count; i++) {
                const struct config_problem *problem = &last->report.problems[i];
                char text[NOTE_SIZE];
                if (problem->severity != CONFIG_ERROR)
                        continue;
                text_printf(text, sizeof text, "%s:%u: %s", problem->file, problem->line, problem->sentence);
                jsonl_text(&line, "error", text);
                break;
        }
        events_send(gateway, &line);
}

static void log_outcome(struct gateway *gateway)
{
        const struct reload *last = gateway->reload;
        tell_outcome(gateway);
        for (size_t i = 0; i < last->report.count; i++)
                problem_log(&last->report.problems[i]);
        for (size_t i = 0; i < last->n_done; i++)
                log_debug("config", "%s", last->notes[i]);
        for (size_t i = last->n_done; i < last->n_notes; i++)
                log_warning("config", "%s", last->notes[i]);
        if (last->rejected)
                log_error("config", "%s is not taken: the configuration of before stays", last->path);
        else
                log_info("config", "%s reloaded, %zu change%s%s", last->path, last->changes,
                         last->changes == 1 ? "" : "s", last->refused ? ", others take effect at the next start" : "");
}

/* ---- doing ---- */

static bool reject(struct gateway *gateway)
{
        struct reload *last = gateway->reload;
        last->rejected = true;
        last->bad++;
        log_outcome(gateway);
        return false;
}

static bool reject_for(struct gateway *gateway, const char *why)
{
        struct config_place place = {.file = gateway->reload->path};
        config_report_add(&gateway->reload->report, CONFIG_ERROR, &place, "%s", why);
        return reject(gateway);
}

bool reload(struct gateway *gateway)
{
        struct reload *last = gateway->reload;
        forget(last);
        last->at = time(NULL);
        struct config *to = check_file(last->path, &last->report);
        if (!to)
                return reject(gateway);
        const char *why = apply_refusal(gateway, to);
        if (why) {
                config_free(to);
                return reject_for(gateway, why);
        }
        note_all(last, gateway->config, to);
        config_keep(to, gateway->config);
        struct settings *settings = settings_new(to), *from = gateway->settings;
        if (!settings)
                return reject_for(gateway, "there is no memory for it");
        gateway->settings = settings;
        gateway->config = settings->config;
        apply_settings(gateway, from);
        settings_let_go(from);
        last->good++;
        last->good_at = last->at;
        log_outcome(gateway);
        return true;
}
