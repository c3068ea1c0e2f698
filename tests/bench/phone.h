/* One phone of the load generator: a 7970 of protocol 17 that registers, keeps itself alive and can make or take one
 * call at a time. It has no audio: it acknowledges channels and times what its display is told. */
#ifndef SCCPGW_BENCH_PHONE_H
#define SCCPGW_BENCH_PHONE_H

#include "gateway/base/addr.h"
#include "gateway/base/loop.h"
#include "gateway/base/timer.h"
#include "sccp/codec.h"
#include "sccp/frame.h"

#define PHONE_NAME_SIZE   16
#define PHONE_NUMBER_SIZE 24

struct phone;

enum phone_state { PHONE_OFF, PHONE_CONNECTING, PHONE_REGISTERING, PHONE_READY, PHONE_FAILED };

/* Microseconds of the wall clock, so that they compare with what SIPp writes; 0: it did not happen. */
struct phone_call {
        char number[PHONE_NUMBER_SIZE]; /* "": no call */
        uint32_t ref;
        int64_t dialled_us, ringing_us, connected_us, ended_us;
        struct phone *called; /* of the same crowd, or NULL */
};

/* What phones share, and whom they tell. */
struct phone_host {
        struct loop *loop;
        struct timer_heap timers; /* run by whoever owns this */
        struct endpoint server;
        unsigned hold_ms;  /* between connected and on hook */
        unsigned limit_ms; /* a call that has not ended by then has failed */
        void *owner;
        void (*ready)(struct phone_host *host);
        void (*failed)(struct phone_host *host, const struct phone *phone, const char *why);
        void (*call_ended)(struct phone_host *host, const struct phone_call *call);
        void (*call_taken)(struct phone_host *host); /* a phone that was called is connected */
};

struct phone {
        struct loop_fd fd; /* first: its callback casts back */
        struct phone_host *host;
        struct timer keepalive, call_timer;
        struct frame_stream stream;
        enum phone_state state;
        int descriptor;
        char name[PHONE_NAME_SIZE];
        struct ip local;
        bool was_ready;
        uint8_t version;      /* negotiated, 0 before */
        uint8_t next_request; /* of the registration */
        unsigned keepalive_ms;
        struct phone_call call;
        bool expected;         /* somebody is about to call it */
        uint32_t incoming;     /* the call it takes, 0: none */
        bool talking, leaving; /* in that one; after it, until the gateway has seen that it is on hook */
};

/* Connects from `local` and registers as `name`; host->ready or host->failed follows. */
void phone_start(struct phone *phone, struct phone_host *host, const char *name, const struct ip *local);
/* Neither in a call nor about to be. */
bool phone_is_free(const struct phone *phone);
/* Dials from on hook (EnblocCall). The phone is free; host->call_ended follows. `called`, which may be NULL, is the
 * free phone with that number: it answers. */
void phone_dial(struct phone *phone, const char *number, struct phone *called);
void phone_stop(struct phone *phone); /* drops the connection without a word */

int64_t wall_clock_us(void);

#endif
