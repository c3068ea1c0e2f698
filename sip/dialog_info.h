/* application/dialog-info+xml (RFC 4235): which calls a watched party is in. */
#ifndef SCCPGW_SIP_DIALOG_INFO_H
#define SCCPGW_SIP_DIALOG_INFO_H

#include "sip/sip.h"

#define DIALOG_INFO_MAX 16 /* dialogs of one document; more are passed over */

struct dialog_info {
        uint32_t version;
        bool full; /* all dialogs there are, not only those that changed */
        size_t n_dialogs;
        struct sip_far_dialog dialogs[DIALOG_INFO_MAX];
};

/* NULL, or a sentence why it cannot be read; there are no dialogs in `out` then. Texts are clean for a display. */
const char *dialog_info_read(const char *text, size_t len, struct dialog_info *out);

/* Which of the documents of one subscription have been taken. Zero: none. */
struct dialog_info_order {
        bool begun;
        uint32_t version;
};
enum dialog_info_place {
        DIALOG_INFO_NEXT,
        DIALOG_INFO_OLD, /* known already: to be ignored */
        DIALOG_INFO_GAP, /* one was lost: the whole state has to be asked for (RFC 4235 section 4.3) */
};
/* A whole document is always taken: notifications come in their order, and a PBX that restarts counts from zero. */
enum dialog_info_place dialog_info_place(struct dialog_info_order *order, const struct dialog_info *info);

#endif
