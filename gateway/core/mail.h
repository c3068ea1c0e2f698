/* Voicemail of a phone's lines: what a PBX told because it was asked, or unasked, becomes one count and the lamps. Two
 * lines may share a mailbox. Facts: flows.md 16, field-guide 1.I, B11. */
#ifndef SCCPGW_CORE_MAIL_H
#define SCCPGW_CORE_MAIL_H

#include <stdbool.h>
#include <stddef.h>

#include "gateway/core/event.h"

struct mail_news {
        bool waiting;
        bool counted; /* the numbers were told */
        unsigned fresh, old, urgent_fresh, urgent_old;
        char account[PARTY_NUMBER_SIZE]; /* number to fetch them by, "" when not told */
};

/* Of one line; zero: nothing is known. */
struct mail_box {
        bool asked; /* a subscription holds: it alone is believed */
        bool known; /* something was told: before, a lamp is left as it is */
        struct mail_news news;
};

/* Each returns whether what is known has changed. */
bool mail_told(struct mail_box *box, const struct mail_news *news);    /* by our subscription */
bool mail_unasked(struct mail_box *box, const struct mail_news *news); /* by the PBX on its own */
/* The subscription is over. What it said last stays: a lamp that goes off while a PBX restarts is a wrong one. */
void mail_lost(struct mail_box *box);

bool mail_waiting(const struct mail_box *box);
unsigned mail_count(const struct mail_box *box); /* fresh messages, 1 when they were not counted */

struct mail_line {
        const struct mail_box *box;
        const char *mailbox; /* lines with the same text have one mailbox */
};

/* The phone as a whole; lines are 1, 2, ... */
struct mail_phone {
        bool waiting;
        unsigned fresh; /* of all mailboxes, each once */
        unsigned line;  /* the first that has mail, 0: none */
};

void mail_phone(const struct mail_line *lines, size_t n_lines, struct mail_phone *out);

/* The line whose mailbox the Messages key means: `line` when it has mail or nobody has, else the first that has. */
unsigned mail_line_to_fetch(const struct mail_line *lines, size_t n_lines, unsigned line);

#endif
