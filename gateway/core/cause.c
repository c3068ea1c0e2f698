/* The table of outcomes, and which status or cause leads to which. */
#include "gateway/core/cause.h"

#include <stddef.h>

#define RELEASE_MS 15000 /* protocol/README section 4 */

enum kind {
        TEMPORARY,
        BUSY,
        UNKNOWN_NUMBER,
        NO_ANSWER,
        DECLINED,
        NO_CODEC,
        CHANNEL,
        NO_PORTS,
        NOT_REGISTERED,
        LOOP,
};

static const struct outcome outcomes[] = {
        [TEMPORARY] = {"temporary-failure", LOOK_CONGESTION, LOOK_TONE_REORDER, PROMPT_TEMPORARY_FAILURE, RELEASE_MS},
        [BUSY] = {"busy", LOOK_BUSY, LOOK_TONE_BUSY, PROMPT_BUSY, RELEASE_MS},
        [UNKNOWN_NUMBER] = {"unknown-number", LOOK_INVALID_NUMBER, LOOK_TONE_REORDER, PROMPT_UNKNOWN_NUMBER,
                            RELEASE_MS},
        [NO_ANSWER] = {"no-answer", LOOK_CONGESTION, LOOK_TONE_REORDER, PROMPT_NO_ANSWER, RELEASE_MS},
        [DECLINED] = {"declined", LOOK_CONGESTION, LOOK_TONE_REORDER, PROMPT_DECLINED, RELEASE_MS},
        [NO_CODEC] = {"no-common-codec", LOOK_CONGESTION, LOOK_TONE_REORDER, PROMPT_NO_COMMON_CODEC, RELEASE_MS},
        [CHANNEL] = {"no-channel", LOOK_CONGESTION, LOOK_TONE_REORDER, PROMPT_NO_CHANNEL, RELEASE_MS},
        [NO_PORTS] = {"no-ports", LOOK_CONGESTION, LOOK_TONE_REORDER, PROMPT_NO_PORTS, RELEASE_MS},
        [NOT_REGISTERED] = {"not-registered", LOOK_CONGESTION, LOOK_TONE_REORDER, PROMPT_NOT_REGISTERED, RELEASE_MS},
        [LOOP] = {"loop", LOOK_CONGESTION, LOOK_TONE_REORDER, PROMPT_LOOP, RELEASE_MS},
};

/* RFC 3261 section 21 unless noted. What is not here is temporary. */
static const struct {
        int status;
        enum kind kind;
} by_status[] = {
        {401, DECLINED},  {403, DECLINED},       {404, UNKNOWN_NUMBER}, {407, DECLINED},       {410, UNKNOWN_NUMBER},
        {415, NO_CODEC},  {416, UNKNOWN_NUMBER}, {484, UNKNOWN_NUMBER}, {485, UNKNOWN_NUMBER}, {486, BUSY},
        {487, NO_ANSWER}, {488, NO_CODEC},       {600, BUSY},           {603, DECLINED},       {604, UNKNOWN_NUMBER},
        {606, NO_CODEC},  {607, DECLINED}, /* unwanted, RFC 8197 */
        {608, DECLINED},                   /* rejected, RFC 8688 */
};

/* ITU-T Q.850 table 1. Causes that say nothing (16, 31, 127) leave it to the status. */
static const struct {
        int q850;
        enum kind kind;
} by_q850[] = {
        {1, UNKNOWN_NUMBER},  /* unallocated */
        {3, UNKNOWN_NUMBER},  /* no route to destination */
        {17, BUSY},           /* user busy */
        {18, NO_ANSWER},      /* no user responding */
        {19, NO_ANSWER},      /* no answer from user */
        {21, DECLINED},       /* call rejected */
        {22, UNKNOWN_NUMBER}, /* number changed */
        {28, UNKNOWN_NUMBER}, /* invalid number format */
        {34, TEMPORARY},      /* no circuit */
        {38, TEMPORARY},      /* network out of order */
        {41, TEMPORARY},      /* temporary failure */
        {42, TEMPORARY},      /* switching equipment congestion */
        {65, NO_CODEC},       /* bearer capability not implemented */
        {88, NO_CODEC},       /* incompatible destination */
};

static const struct own {
        enum kind kind;
        int status, q850;
} by_own[CAUSES_OWN] = {
        [CAUSE_NONE] = {TEMPORARY, 500, 31},           [CAUSE_BAD_NUMBER] = {UNKNOWN_NUMBER, 404, 1},
        [CAUSE_NO_NUMBER] = {UNKNOWN_NUMBER, 484, 28}, [CAUSE_NO_ANSWER] = {NO_ANSWER, 480, 19},
        [CAUSE_NO_CODEC] = {NO_CODEC, 488, 88},        [CAUSE_CHANNEL] = {CHANNEL, 500, 41},
        [CAUSE_NO_PORTS] = {NO_PORTS, 503, 47},        [CAUSE_NOT_REGISTERED] = {NOT_REGISTERED, 480, 20},
        [CAUSE_OVERLOAD] = {TEMPORARY, 503, 42},       [CAUSE_LOOP] = {LOOP, 482, 25},
};

#define ROWS(table) (sizeof(table) / sizeof *(table))

static enum kind kind_of(int status, int q850)
{
        if (status > CAUSE_NONE && status < CAUSES_OWN)
                return by_own[status].kind;
        for (size_t i = 0; i < ROWS(by_q850); i++)
                if (by_q850[i].q850 == q850)
                        return by_q850[i].kind;
        for (size_t i = 0; i < ROWS(by_status); i++)
                if (by_status[i].status == status)
                        return by_status[i].kind;
        return TEMPORARY;
}

const struct outcome *cause_outcome(int status, int q850)
{
        return &outcomes[kind_of(status, q850)];
}

int cause_status(enum cause_own own)
{
        return by_own[own].status;
}

int cause_q850(enum cause_own own)
{
        return by_own[own].q850;
}
