#include "gateway/soft_keys.h"

#include <stdlib.h>

#include "config/nearest.h"
#include "gateway/base/text.h"

_Static_assert(CONFIG_SOFTKEY_STATES == SCCP_SOFT_KEY_SETS, "every set has an option");

static const char no_key[] = "empty";

/* What is unknown leaves its place free: the check has told. */
static void fill(struct sccp_soft_keys *keys, uint32_t set, const struct config_texts *names)
{
        uint32_t events[SCCP_SOFT_KEY_PLACES];
        size_t count = 0;
        for (size_t i = 0; i < names->count && count < SCCP_SOFT_KEY_PLACES; i++)
                events[count++] = sccp_soft_key_by_name(names->at[i]);
        sccp_soft_keys_fill(keys, set, events, count);
}

static void make(const struct config *config, const struct config_softkeys *from, struct sccp_soft_keys *to)
{
        const struct config_softkeys *standard = &config->softkeys[0];
        sccp_soft_keys_standard(to);
        for (uint32_t set = 0; set < SCCP_SOFT_KEY_SETS; set++) {
                const struct config_texts *own = &from->states[set].keys, *usual = &standard->states[set].keys;
                if (own->at || usual->at)
                        fill(to, set, own->at ? own : usual);
        }
}

struct sccp_soft_keys *soft_keys_new(const struct config *config)
{
        struct sccp_soft_keys *all = calloc(config->n_softkeys, sizeof *all);
        for (size_t i = 0; all && i < config->n_softkeys; i++)
                make(config, &config->softkeys[i], &all[i]);
        return all;
}

static void check_name(const struct config_softkeys *softkeys, uint32_t set, const char *name,
                       struct config_report *report)
{
        struct nearest nearest = {.word = name};
        if (text_equal(name, no_key) || sccp_soft_key_by_name(name) != SCCP_SOFTKEY_NONE)
                return;
        const char *known;
        for (size_t i = 0; (known = sccp_soft_key_name_at(i)) != NULL; i++)
                nearest_offer(&nearest, known);
        nearest_offer(&nearest, no_key);
        config_report_add(report, CONFIG_ERROR, &softkeys->states[set].place,
                          "%s is no soft key this gateway has%s%s%s", name, nearest.best ? "; did you mean '" : "",
                          nearest.best ? nearest.best : "", nearest.best ? "'?" : "");
}

static bool has_twice(const struct config_texts *names, size_t i)
{
        for (size_t before = 0; before < i; before++)
                if (text_equal(names->at[before], names->at[i]) && !text_equal(names->at[i], no_key))
                        return true;
        return false;
}

static void check_one(const struct config_softkeys *softkeys, struct config_report *report)
{
        for (uint32_t set = 0; set < SCCP_SOFT_KEY_SETS; set++) {
                const struct config_texts *names = &softkeys->states[set].keys;
                for (size_t i = 0; i < names->count; i++) {
                        check_name(softkeys, set, names->at[i], report);
                        if (has_twice(names, i))
                                config_report_add(report, CONFIG_ERROR, &softkeys->states[set].place,
                                                  "%s is twice in one state of soft keys '%s'", names->at[i],
                                                  softkeys->name);
                }
        }
}

void soft_keys_check(const struct config *config, struct config_report *report)
{
        for (size_t i = 0; i < config->n_softkeys; i++) {
                struct sccp_soft_keys keys;
                const struct config_softkeys *softkeys = &config->softkeys[i];
                check_one(softkeys, report);
                make(config, softkeys, &keys);
                if (sccp_soft_keys_count(&keys) > SCCP_SOFT_KEYS_MAX)
                        config_report_add(report, CONFIG_ERROR, &softkeys->place,
                                          "soft keys '%s' are %zu different ones, and phones are told of %d at most",
                                          softkeys->name, sccp_soft_keys_count(&keys), SCCP_SOFT_KEYS_MAX);
        }
}
