/* The lines and their registrations: performs what registration.h decides, and finds the line a request is for. */
#ifndef SCCPGW_SIP_ACCOUNT_H
#define SCCPGW_SIP_ACCOUNT_H

#include "sip/auth.h"
#include "sip/pbx.h"
#include "sip/registration.h"

#define ACCOUNT_USER_SIZE 32

struct nta_outgoing_s;

struct account {
        struct sip *sip;
        struct pbx *pbx;
        uint32_t line;
        bool up;      /* its phone is there: calls are let through */
        bool removed; /* nothing is reported of it */
        int texts;    /* status for MESSAGEs, 200: they are taken; 0: as 480 */
        struct sip_account who;
        char contact_user[ACCOUNT_USER_SIZE]; /* line and a random part: what the PBX calls us by */
        char call_id[ACCOUNT_USER_SIZE];      /* of its registrations */
        char tag[ACCOUNT_USER_SIZE];
        uint32_t cseq;
        struct registration registration;
        struct auth auth;
        struct auth_attempt attempt;
        struct nta_outgoing_s *request; /* the REGISTER under way */
        int64_t sent_ms;                /* when that was */
        unsigned asked_s;               /* Expires of the REGISTER under way or in the queue */
        struct endpoint told;           /* address in the newest Contact */
        bool corrected;                 /* ... which was said because the one before was wrong */
        bool queued, asking;            /* waits for its turn; has its turn */
        struct timer timer;
        struct watch *watches; /* that use this account, named or not */
        struct account *next_waiting, *next_number, *next_leaving;
};

/* Commands. Each reports what they change by SIP_LINE_STATE events. */
void account_add(struct sip *sip, uint32_t line, const struct sip_account *who);
void account_remove(struct sip *sip, uint32_t line);
void account_up(struct sip *sip, uint32_t line);
void account_down(struct sip *sip, uint32_t line);

struct account *account_by_line(const struct sip *sip, uint32_t line);        /* NULL: not known */
struct account *account_by_contact(const struct sip *sip, const char *user);  /* of a request URI; NULL: nobody's */
struct account *account_by_number(const struct sip *sip, const char *number); /* among lines without a PBX address */

/* "Name" <sip:user@host>, for From; without a tag. Lines without a PBX are at our end of `path`. */
void account_address(const struct account *account, const struct path *path, char *out, size_t size);
struct digest_user account_digest_user(const struct account *account);

bool accounts_idle(const struct sip *sip); /* nothing left to de-register */
void accounts_free(struct sip *sip);       /* at the end, whatever is left */

#endif
