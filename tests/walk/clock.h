/* The loop of the gateway, with a clock of its own (gateway/base/loop.h is what it offers). */
#ifndef SCCPGW_TESTS_WALK_CLOCK_H
#define SCCPGW_TESTS_WALK_CLOCK_H

#include "gateway/base/loop.h"

void clock_pass(struct loop *loop, int64_t ms);                    /* timers that are due run at their time */
int64_t clock_next(const struct loop *loop);                       /* ms until the first timer is due; -1: none runs */
void clock_turn(struct loop *loop);                                /* what was put off is done */
void clock_poke(struct loop *loop, int descriptor);                /* it is readable */
struct loop_fd *clock_fd(const struct loop *loop, int descriptor); /* NULL: nobody watches it */
unsigned clock_timers(const struct loop *loop);
struct loop_timer *clock_timer(const struct loop *loop, unsigned i);
void clock_check(const struct loop *loop); /* no running timer was overwritten */

#endif
