/* The PBX behind sip/sip.h: what the sip thread and the world behind it do with commands, and what they may say
 * unasked, by the rules of SIP (RFC 3261, 3264, 3515, 3891, 6665) and in any order these allow. */
#ifndef SCCPGW_TESTS_WALK_EXCHANGE_H
#define SCCPGW_TESTS_WALK_EXCHANGE_H

#include <stdbool.h>
#include <stdint.h>

#include "sip/sip.h"

#define EXCHANGE_DESCRIPTOR 1
#define EXCHANGE_LINES      64
#define EXCHANGE_DIALOGS    128
#define EXCHANGE_WATCHES    256
#define EXCHANGE_EVENTS     512
#define EXCHANGE_COMMANDS   (SIP_CMD_UNWATCH + 1)
#define EXCHANGE_KINDS      (SIP_TEXT + 1)

enum dialog_phase {
        PHASE_NONE,
        PHASE_CALLING,  /* our INVITE */
        PHASE_OFFERED,  /* theirs */
        PHASE_ACCEPTED, /* theirs, answered, and no ACK yet */
        PHASE_UP,
};

enum dialog_exchange { EXCHANGE_QUIET, EXCHANGE_OFFERING, EXCHANGE_ASKED }; /* our offer is out; theirs is here */

struct exchange_dialog {
        uint32_t id, line;
        enum dialog_phase phase;
        enum dialog_exchange exchange;
        bool offerless; /* the INVITE, or their last re-INVITE, had no offer */
        bool waiting;   /* an offer of ours has to wait */
        bool early;     /* audio came before the answer */
        bool referring, referred, rung;
        bool replaces; /* it came to take another one's place */
};

struct exchange_watch {
        bool on;
        uint32_t line;
        struct sip_wish wish;
        enum sip_watch_state state;
};

struct exchange_line {
        bool known, up;
        enum sip_line_state state;
        int texts;
};

struct sip {
        struct exchange_dialog dialogs[EXCHANGE_DIALOGS];
        struct exchange_line lines[EXCHANGE_LINES];
        struct exchange_watch watches[EXCHANGE_WATCHES];
        struct sip_event events[EXCHANGE_EVENTS]; /* posted, not taken yet */
        unsigned first, count;
        size_t n_pbxs;
        uint32_t incoming; /* dialogs so far */
        uint64_t keys;
        bool full; /* its queue of commands takes nothing for a while */
        bool late; /* ... and what waited for it was not all sent yet */
        bool stopped;
};

void exchange_free(struct sip *sip);
bool exchange_act(struct sip *sip);     /* it says something; false: there was nothing to say */
bool exchange_hang_up(struct sip *sip); /* the oldest dialog is ended by its other side; false: there is none */
bool exchange_help(struct sip *sip);    /* what somebody waits for comes; false: nobody waits */
bool exchange_underway(const struct sip *sip, uint32_t dialog);        /* an event of it was not taken yet */
struct exchange_dialog *exchange_dialog(struct sip *sip, uint32_t id); /* NULL: there is none */
void exchange_post(struct sip *sip, const struct sip_event *event);

/* exchange_say.c */
bool exchange_say(struct sip *sip, struct exchange_dialog *dialog); /* in that dialog */
bool exchange_invite(struct sip *sip);
bool exchange_line_news(struct sip *sip);
bool exchange_watch_news(struct sip *sip);
bool exchange_other_news(struct sip *sip);
void exchange_end(struct sip *sip, struct exchange_dialog *dialog);
void exchange_confirm(struct sip *sip, struct exchange_dialog *dialog); /* the ACK comes */
void exchange_answer_offer(struct sip *sip, struct exchange_dialog *dialog);
void exchange_final_news(struct sip *sip, struct exchange_dialog *dialog);
void exchange_nobody_there(struct sip *sip, struct exchange_dialog *dialog); /* to whom it could be sent */

#endif
