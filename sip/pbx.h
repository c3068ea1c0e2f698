/* Where the lines of one PBX register and send their calls: its URIs, the path to it, and whose turn it is to
 * register, so that thousands of lines coming up together do not drown it. */
#ifndef SCCPGW_SIP_PBX_H
#define SCCPGW_SIP_PBX_H

#include "sip/health.h"
#include "sip/path.h"

#define PBX_ASKING_MAX         128 /* REGISTERs under way at a time */
#define PBX_WATCHES_ASKING_MAX 32  /* SUBSCRIBEs under way at a time: each brings a NOTIFY too */
#define PBX_RUSH               16  /* so many at once leave memory behind that is worth giving back */

struct nta_outgoing_s;

struct pbx {
        struct sip *sip;
        uint32_t number, serial;
        unsigned lines; /* that are of it, those on their way out included */
        struct pbx *next_leaving;
        bool none; /* no address: lines are reached by number at this gateway */
        bool tcp;
        bool brief;                   /* what it grants is too short; that is said once */
        char domain[SIP_URI_SIZE];    /* host[:port] of request URIs */
        char host[SIP_URI_SIZE];      /* of addresses of record */
        char registrar[SIP_URI_SIZE]; /* "sip:domain" */
        char next_hop[SIP_URI_SIZE];  /* sip: URI requests go to */
        char route[SIP_URI_SIZE];     /* Route header of the outbound proxy, "" without one */
        unsigned expires_s;
        struct path path;
        struct health health;
        struct nta_outgoing_s *question; /* the OPTIONS under way */
        int64_t asked_ms;                /* when it was sent */
        struct timer question_timer;
        struct account *first, *last;           /* waiting for their turn to register */
        unsigned asking;                        /* REGISTERs under way */
        bool rush;                              /* many asked at once */
        bool giving;                            /* turns are being given: no nesting */
        struct watch *first_watch, *last_watch; /* waiting for their turn to subscribe */
        unsigned watches_asking;                /* SUBSCRIBEs under way */
        bool watches_giving;
        struct log_limit watch_limit;
};

/* The PBX of that number, instead of the one that was there. False with a sentence in `why` when an address cannot be
 * read: that one stays. */
bool pbx_set(struct sip *sip, uint32_t number, uint32_t serial, const struct sip_pbx_settings *settings, char *why,
             size_t size);
void pbx_remove(struct sip *sip, uint32_t number); /* it goes with its last line */
void pbxs_sweep(struct sip *sip);                  /* frees those that have lost it; not inside their callbacks */
void pbxs_free(struct sip *sip);

/* The request was answered: from where, and so at which address of ours the PBX is reached. */
/* Where it sees us, by what it wrote into the Via of its answer (RFC 3581): behind a NAT it reaches us only there. An
 * address that was configured stays. */
struct sip_s;
void pbx_seen_learn(struct pbx *pbx, const struct sip_s *answer);
void pbx_source_learn(struct pbx *pbx, struct nta_outgoing_s *request);

#endif
