/* What the files of this folder share: one SIP side and everything it owns. After the start only its own thread
 * touches any of it, except what is marked. Sofia's objects appear by their struct names, because each file tells
 * sofia's headers what its own callbacks are given. */
#ifndef SCCPGW_SIP_ROOM_H
#define SCCPGW_SIP_ROOM_H

#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>

#include "gateway/base/log.h"
#include "gateway/base/timer.h"
#include "sip/sdp.h"
#include "sip/sip.h"

#define SIP_EVENT_SLOTS    2048
#define SIP_LISTENERS_MAX  8
#define SIP_DIALOG_BUCKETS 1024 /* a power of two */
#define SIP_URI_SIZE       256

struct account;
struct dialog;
struct location;
struct pbx;
struct queue;
struct watch;

/* A socket pair (UDP and TCP) we listen on; sofia calls it by its ident. */
struct listener {
        struct endpoint at;
        char ident[8];
};

struct sip {
        /* any thread */
        struct queue *commands, *events;
        atomic_bool stopping;
        atomic_uint stop_deadline_ms;
        int stop_fd; /* eventfd: wakes the thread to see `stopping` */
        _Atomic uint64_t lines_registered, dialogs_open, requests_in, responses_in;

        /* the starter, then nobody */
        pthread_t thread;
        sem_t started;
        char why[128]; /* empty: the start went well */

        /* the SIP thread */
        struct su_root_s *root;
        struct su_timer_s *alarm; /* fires when the first of `timers` is due */
        int64_t alarm_ms;         /* when it will, INT64_MAX: not set */
        struct timer_heap timers;
        struct nta_agent_s *agent;
        struct nta_leg_s *outside; /* requests outside dialogs, both ways */

        struct listener listeners[SIP_LISTENERS_MAX];
        size_t n_listeners;
        struct address_rule addresses[SIP_ADDRESSES_MAX];
        size_t n_addresses;
        unsigned keepalive_s;
        char *user_agent;
        char *resolv_conf; /* NULL: the system's */
        uint8_t dscp;
        struct sdp_security security;
        bool told_of_readers; /* of its keys */
        unsigned ring_timeout_s;
        struct pbx *pbxs[SIP_PBXS_MAX]; /* by number, NULL: none */
        struct pbx *pbxs_leaving;       /* lines of these are not gone yet */

        struct account **lines;   /* by line, NULL: not known */
        struct account **numbers; /* buckets of accounts by number */
        size_t max_lines, number_buckets;
        struct account *leaving; /* removed lines whose binding is not taken away yet */

        struct watch **watches; /* by number, NULL: none */
        size_t n_watches;
        struct watch *watches_leaving; /* given back, not ended yet */
        struct log_limit notify_limit;

        struct dialog *dialogs[SIP_DIALOG_BUCKETS]; /* those that have a name */
        struct dialog *first_dialog;                /* all of them */
        uint32_t next_dialog;

        struct location *location; /* NULL: no open registrar */

        struct late_event *late, **late_end; /* events the full queue did not take, in order */
        size_t n_late;
        struct timer late_timer, stop_timer, trim_timer;
        struct log_limit garbage_limit;
};

/* room.c */
void room_init(struct sip *sip); /* the parts below; zero is not enough for them */
void room_late_free(struct sip *sip);
void room_timer_set(struct sip *sip, struct timer *timer, int64_t wait_ms); /* moves a set one */
void room_timer_clear(struct sip *sip, struct timer *timer);
/* Nothing is lost: what the queue does not take waits here. */
void room_post(struct sip *sip, const struct sip_event *event);
/* False: the other side does not keep up with its events; new calls are to be turned away. */
bool room_keeps_up(const struct sip *sip);
/* Many transactions have just come and gone: their memory goes back to the system when they are quite over. */
void room_tidy_later(struct sip *sip);
uint32_t room_random(void);
/* `digits` random hexadecimal digits and a NUL: names and nonces nobody guesses. */
void room_token(char *out, size_t digits);

/* command.c */
void command_perform(struct sip *sip, const struct sip_command *command);

#endif
