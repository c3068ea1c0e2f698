/* A phone with calls for tests: keys against the calls it has, and the phone as a whole.
 * Calls are written "line:state", oldest first, with references 101, 102 ... in that order. */
#ifndef SCCPGW_TESTS_CORE_PHONE_H
#define SCCPGW_TESTS_CORE_PHONE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "gateway/core/forward.h"
#include "gateway/core/phone.h"
#include "tests/unit/core_story.h"

#define ROWS(table) (sizeof(table) / sizeof *(table))
#define CALLS_MAX   8

struct phone {
        struct call calls[CALLS_MAX];
        const struct call *pointers[CALLS_MAX];
        struct phone_view view;
};

/* A call behind '+' was begun to transfer the one before it. */
static inline void phone_make(struct phone *phone, const char *calls)
{
        char copy[160], *rest = NULL;
        *phone = (struct phone){
                .view = {.n_lines = 2,
                         .max_per_line = 3,
                         .busy_trigger = 2,
                         .codes = {.pickup = "*8", .other_pickup = "*7", .directed_pickup = "**", .park = "700"}}};
        phone->view.calls = phone->pointers;
        text_copy(copy, sizeof copy, calls);
        for (char *word = strtok_r(copy, " ", &rest); word; word = strtok_r(NULL, " ", &rest)) {
                size_t i = phone->view.n_calls++;
                bool consult = *word == '+';
                word += consult;
                phone->calls[i] = (struct call){
                        .purpose = consult ? CALL_CONSULT : CALL_PLAIN,
                        .partner = consult ? (uint32_t)(100 + i) : 0,
                        .number = "1003",
                        .line = (unsigned)(word[0] - '0'),
                        .reference = (uint32_t)(101 + i),
                        .age = i + 1,
                        .state = story_state(word + 2),
                        .incoming = strcmp(word + 2, "offered") == 0,
                };
                phone->pointers[i] = &phone->calls[i];
        }
}

/* "101:hold new1:off-hook", "refused", "silence", "" */
static inline void steps_print(const struct phone *phone, const struct phone_steps *steps, char *out, size_t size)
{
        *out = '\0';
        for (unsigned i = 0; i < steps->count; i++) {
                const struct phone_step *step = &steps->at[i];
                bool is_new = step->call == PHONE_NEW_CALL_SLOT;
                text_append(out, size, "%s%s%u:%s", i ? " " : "", is_new ? "new" : "",
                            is_new ? step->line : phone->view.calls[step->call]->reference, event_name(step->event));
                if (step->purpose == CALL_CONSULT)
                        text_append(out, size, "/consult");
                if (step->purpose == CALL_PICKUP)
                        text_append(out, size, "/pickup%s%s", step->number ? step->number : "",
                                    step->prefix ? step->prefix : "");
                if (step->purpose == CALL_PRIVATE)
                        text_append(out, size, "/private");
                if (call_is_setting(step->purpose))
                        text_append(out, size, "/%d", (int)forward_of_purpose(step->purpose));
                if (step->event == EV_SET)
                        text_append(out, size, "=%s", step->number);
                if (step->event == EV_TRANSFER && !step->partner && !step->number)
                        text_append(out, size, "/pressed");
                else if (step->event == EV_TRANSFER)
                        text_append(out, size, "/%s", step->partner ? "to-call" : step->number);
        }
        text_append(out, size, "%s%s%s", steps->refused ? "refused" : "", steps->silence ? "silence" : "",
                    steps->dnd ? "dnd" : "");
}

struct row {
        const char *calls;
        enum phone_key key;
        unsigned line;
        uint32_t reference;
        const char *steps;
};

static inline void check_rows(const struct row *rows, size_t n)
{
        for (size_t i = 0; i < n; i++) {
                struct phone phone;
                struct phone_press press = {.key = rows[i].key, .line = rows[i].line, .reference = rows[i].reference};
                struct phone_steps steps;
                char got[120];
                phone_make(&phone, rows[i].calls);
                phone_press(&phone.view, &press, &steps);
                steps_print(&phone, &steps, got, sizeof got);
                if (strcmp(got, rows[i].steps) != 0)
                        fail_msg("[%s] %s line %u call %u: '%s', expected '%s'", rows[i].calls,
                                 phone_key_name(rows[i].key), rows[i].line, rows[i].reference, got, rows[i].steps);
        }
}

#endif
