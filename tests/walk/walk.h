/* A random walk through a whole gateway: app.c and everything behind it is real, and so is sccp/ down to the bytes of
 * its frames. Doubles stand where the house ends: the loop (clock.c: time passes when the walk says so), sip/
 * (exchange.c: a PBX that keeps every dialog, registration and subscription), the relay (studio.c: ports, streams and
 * seats) and the sockets of phones (wire.c). Behind those stand model phones (handset.c) that show what a real one
 * would (tests/sccpphone/face.h).
 *
 * A run is named by its seed: it walks through `houses`, one after the other, each with a configuration of its own
 * (house.c). Every step is checked (laws.c), and every now and then all is hung up and nothing may be left. */
#ifndef SCCPGW_TESTS_WALK_H
#define SCCPGW_TESTS_WALK_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "gateway/gateway.h"
#include "tests/walk/clock.h"
#include "tests/walk/exchange.h"
#include "tests/walk/handset.h"
#include "tests/walk/studio.h"

struct walk {
        uint64_t seed, random;
        unsigned house;      /* counts the houses of a run */
        unsigned long step;  /* in this house */
        unsigned long steps; /* to take in this house */
        unsigned long total; /* of all houses */
        bool log;            /* every step, message, command and event is printed */
        bool calm;           /* the world is to come to rest: nothing new begins, nothing fails */
        bool slow;           /* the phones are, for some steps */
        bool leaving;        /* a call only waits for what becomes of a transfer */
        struct config *config;
        struct gateway *gateway; /* while it runs */
        struct loop *loop;
        struct sip *exchange;
        struct relay *studio; /* NULL: direct media */
        struct handset handsets[HANDSETS];
        unsigned favourite; /* whose turn it is mostly */
};

/* The doubles have the signatures of what they stand for, which name no walk. */
extern struct walk *walk_now;

unsigned walk_random(unsigned below);
bool walk_chance(unsigned percent);
void walk_note(const char *format, ...) __attribute__((format(printf, 1, 2)));
_Noreturn void walk_broken(const char *format, ...) __attribute__((format(printf, 1, 2)));
#define LAW(holds, ...)                                                                                                \
        do {                                                                                                           \
                if (!(holds))                                                                                          \
                        walk_broken(__VA_ARGS__);                                                                      \
        } while (0)

/* house.c: one gateway from its start to its end; the steps happen inside loop_run. */
void house_live(void);

/* step.c: one thing happens, and the world takes note of it. */
void step_take(void);
void step_settle(void); /* what is under way arrives: messages and events, until all is quiet */

/* rest.c: everything is hung up, and nothing is left. */
void rest_check(void);

/* laws.c: what has to be true between steps. */
void laws_check(void);

#endif
