/* May a phone that is registered elsewhere come home now? It asks with a token before it leaves the server it is at,
 * and asks again after the wait it is told. Facts: flows.md 3, field-guide 1.A, R7. */
#ifndef SCCPGW_CORE_TOKEN_H
#define SCCPGW_CORE_TOKEN_H

#include <stdbool.h>
#include <stdint.h>

#define TOKEN_CLEANING_WAIT_S 10 /* an old session is soon over, one way or the other */

/* What is known of a PBX; zero: nothing. */
struct token_pbx {
        bool known, up;
        bool recovered;    /* it has been down before */
        int64_t since_ms;  /* when it came up or went down */
        unsigned settle_s; /* so long it has to be up after it was down: one that flaps moves no phones to and fro */
};

/* Benefit of the doubt: a PBX nobody has heard of yet is there. */
bool token_pbx_serves(const struct token_pbx *pbx, int64_t now_ms);

struct token_facts {
        bool live;           /* it has a good session here: it refreshes its token, or changes its connection */
        bool stopping;       /* this gateway */
        const char *refusal; /* why a registration would be refused; NULL: it would not */
        bool cleaning;       /* an old session of it is here that it does not use any more */
        bool draining;       /* phones that are elsewhere are to stay there */
        bool unserved;       /* none of its lines has a PBX that serves */
        unsigned wait_s;     /* after which it asks again, ordinarily */
};

struct token_verdict {
        unsigned wait_s; /* 0: granted */
        const char *why;
};

struct token_verdict token_decide(const struct token_facts *facts);

#endif
