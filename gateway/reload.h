/* Another configuration for a running gateway: read and checked whole, compared with the one that runs, and only what
 * differs is touched. A bad file changes nothing. How it is done is told in docs/architecture.md. */
#ifndef SCCPGW_GATEWAY_RELOAD_H
#define SCCPGW_GATEWAY_RELOAD_H

#include "config/diff.h"
#include "gateway/gateway.h"

#define RELOAD_NOTES_MAX 200 /* changes that are told one by one */

/* What the last one came to. */
struct reload {
        char *path;                    /* owned; the file */
        bool rejected;                 /* it changed nothing */
        int64_t at, good_at;           /* seconds since 1970; the last one at all, the last good one */
        uint64_t good, bad;            /* how many, the start included */
        struct config_report report;   /* its problems */
        char *notes[RELOAD_NOTES_MAX]; /* owned, n_notes: what it changed, and from n_done on what it may not change */
        size_t n_notes, n_done;
        size_t changes, refused; /* as many as there were */
};

bool reload_init(struct gateway *gateway, const char *path); /* the configuration that runs came from there */
void reload_free(struct gateway *gateway);

/* Now. False: rejected; gateway->reload says why. Not from inside a phone's or a call's own callback. */
bool reload(struct gateway *gateway);

/* apply.c: the gateway has the configuration `from` no more and `gateway->settings` instead. Whoever looks for the rest
 * of a change finds it there: phones that are in a call follow when that is over. */
void apply_settings(struct gateway *gateway, const struct settings *from);
const char *apply_refusal(const struct gateway *gateway, const struct config *to); /* NULL: it can be done */

#endif
