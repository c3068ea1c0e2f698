/* Many phones: registered a few at a time, then calling at a given rate. Each job ends with one line of JSON. */
#ifndef SCCPGW_BENCH_CROWD_H
#define SCCPGW_BENCH_CROWD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "tests/bench/phone.h"

#define CROWD_MAX 20000

struct crowd_calls {
        unsigned rate;  /* per second */
        unsigned total; /* then the job ends */
        const char *prefix;
        unsigned first; /* not 0: phones call each other, the first has this number, the second the next */
        FILE *record;   /* a line per call: number and its four times; closed at the end of the job; or NULL */
};

struct crowd;

struct crowd *crowd_new(struct loop *loop, const struct endpoint *server, const struct ip *local);
void crowd_free(struct crowd *crowd);

/* `done` is called with the JSON line when the job is over. False: another is going on, or it makes no sense; then
 * the record is the caller's to close. */
bool crowd_register(struct crowd *crowd, size_t phones, void (*done)(const char *json));
bool crowd_call(struct crowd *crowd, const struct crowd_calls *calls, void (*done)(const char *json));

#endif
