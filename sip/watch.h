/* The watches: who is watched for whom, and what is reported of it. Performs what subscription.h decides. A watch lives
 * while its line is registered; its requests are in subscribe.c, what comes back in notify.c. */
#ifndef SCCPGW_SIP_WATCH_H
#define SCCPGW_SIP_WATCH_H

#include "sip/account.h"
#include "sip/dialog_info.h"
#include "sip/subscription.h"

#define WATCH_TAG_SIZE 128

struct nta_outgoing_s;

/* Thousands of them: no leg, no home of sofia's. The dialog is what stands here. */
struct watch {
        struct sip *sip;
        struct account *account; /* does not go before its watches */
        uint32_t id;
        bool named; /* still the caller's: otherwise it only takes its leave */
        struct sip_wish wish;
        struct subscription subscription;
        struct auth_attempt attempt;
        struct dialog_info_order order;

        char contact_user[ACCOUNT_USER_SIZE]; /* "w", the id and a random part: where NOTIFYs come to */
        char call_id[ACCOUNT_USER_SIZE];
        char tag[ACCOUNT_USER_SIZE];
        /* Not in blocks of their own: such would lie among sofia's and keep the pages around them from going back. */
        char remote_tag[WATCH_TAG_SIZE]; /* "": not known */
        char target[SIP_URI_SIZE];       /* "": not known */
        char *route;                     /* owned; NULL: none */
        uint32_t cseq, remote_cseq;
        bool remote_cseq_known;

        struct nta_outgoing_s *request; /* the SUBSCRIBE under way */
        unsigned asked_s;               /* Expires of the SUBSCRIBE under way or in the queue */
        bool queued, asking;            /* waits for its turn; has its turn */
        struct timer timer;
        struct watch *next_waiting;
        struct watch *next_of_account, **account_link;
        struct watch *next_leaving, **leaving_link; /* when it has no name */
};

/* Commands. */
void watch_add(struct sip *sip, uint32_t id, uint32_t line, const struct sip_wish *wish);
void watch_remove(struct sip *sip, uint32_t id);

/* The line's registration has come or gone. */
void watches_follow(struct account *account);
/* The line is removed: its watches take their leave. */
void watches_leave(struct account *account);

struct watch *watch_by_contact(const struct sip *sip, const char *user); /* of a request URI; NULL: nobody's */

/* Gives an event to the watch's machine and does what it says; `reason` explains a changed state. The watch may have
 * become idle and nameless, but it is not freed before the next turn of the timers. */
void watch_step(struct watch *watch, struct subscription_event *event, const char *reason);

/* An event about the watch, to be filled in and posted; nothing is posted of what nobody wants to know. */
struct sip_event watch_event_of(const struct watch *watch);
void watch_post(const struct watch *watch, const struct sip_event *event);

bool watches_idle(const struct sip *sip); /* nothing left to un-SUBSCRIBE */
void watches_free(struct sip *sip);       /* at the end, before the accounts */

#endif
