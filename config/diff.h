/* What differs between two configurations, and what a running gateway has to do about it: the option table says so
 * (`.cost`). Pure: nothing is changed, except by config_keep. */
#ifndef SCCPGW_CONFIG_DIFF_H
#define SCCPGW_CONFIG_DIFF_H

#include "config/config.h"

/* In this order, each includes those before it. */
enum config_cost {
        CONFIG_SAME,
        CONFIG_LIVE,        /* holds at once */
        CONFIG_REREGISTER,  /* lines register anew */
        CONFIG_RESET_PHONE, /* phones are reset when they are idle */
        CONFIG_RESTART      /* only the next start can do it */
};

enum config_change_kind { CONFIG_CHANGED, CONFIG_ADDED, CONFIG_REMOVED };

struct config_change {
        enum config_change_kind kind;
        enum config_cost cost;
        const char *name;          /* "sccp.keepalive", "pbx.main", "lines.reception", "phones.SEP001122334455" */
        struct config_place place; /* CONFIG_RESTART: where the new file says it; file NULL: it does not any more */
};

/* Calls `visit` for every option of the top that differs, in the order of the table, then for PBXs, lines and phones.
 * What phones and lines take over from elsewhere (defaults, soft keys) is told of each of them. */
void config_diff(const struct config *from, const struct config *to,
                 void (*visit)(void *owner, const struct config_change *change), void *owner);

/* One against another of the same name, of `from` and `to`. */
enum config_cost config_pbx_cost(const struct config *from, const struct config_pbx *a, const struct config *to,
                                 const struct config_pbx *b);
enum config_cost config_line_cost(const struct config *from, const struct config_line *a, const struct config *to,
                                  const struct config_line *b);
enum config_cost config_phone_cost(const struct config *from, const struct config_phone *a, const struct config *to,
                                   const struct config_phone *b);

/* Options that only the next start can change stay as they are: `to`, of config_load, gets copies of the values of
 * `from`. */
void config_keep(struct config *to, const struct config *from);

#endif
