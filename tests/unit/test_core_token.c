/* Who may come home: the whole decision as a table, and the PBX's part of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/core/token.h"

/* Facts by letter: l live, s stopping, r would be refused, c cleaning, d draining, u unserved. */
static struct token_facts facts_of(const char *letters)
{
        return (struct token_facts){.live = strchr(letters, 'l'),
                                    .stopping = strchr(letters, 's'),
                                    .refusal = strchr(letters, 'r') ? "unknown phone" : NULL,
                                    .cleaning = strchr(letters, 'c'),
                                    .draining = strchr(letters, 'd'),
                                    .unserved = strchr(letters, 'u'),
                                    .wait_s = 60};
}

static void each_reason_alone_and_the_stronger_of_two(void **state)
{
        static const struct {
                const char *facts;
                unsigned wait_s;
                const char *why; /* a part of it */
        } rows[] = {
                {"", 0, "well"},
                {"l", 0, "registered here"},
                {"s", 60, "stopping"},
                {"r", 60, "unknown phone"},
                {"c", 10, "old connection"},
                {"d", 60, "draining"},
                {"u", 60, "PBX"},
                {"ru", 60, "unknown phone"},
                {"rd", 60, "unknown phone"},
                {"rc", 60, "unknown phone"},
                {"cd", 10, "old connection"},
                {"cu", 10, "old connection"},
                {"du", 60, "draining"},
                {"scdu", 60, "stopping"},
        };
        (void)state;
        for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
                struct token_facts facts = facts_of(rows[i].facts);
                struct token_verdict verdict = token_decide(&facts);
                if (verdict.wait_s != rows[i].wait_s || !strstr(verdict.why, rows[i].why))
                        fail_msg("\"%s\": wait %u, %s", rows[i].facts, verdict.wait_s, verdict.why);
        }
}

/* Over every combination of facts: field guide R7, flows 3. */
static void a_live_session_is_never_refused_and_a_strange_name_never_granted(void **state)
{
        (void)state;
        for (unsigned bits = 0; bits < 64; bits++) {
                char letters[7] = "";
                for (unsigned i = 0; i < 6; i++)
                        strncat(letters, &"lsrcdu"[i], bits >> i & 1);
                struct token_facts facts = facts_of(letters);
                struct token_verdict verdict = token_decide(&facts);
                assert_int_equal(verdict.wait_s == 0, facts.live || bits == 0);
                assert_true(verdict.wait_s == 0 || verdict.wait_s >= TOKEN_CLEANING_WAIT_S);
                assert_non_null(verdict.why);
        }
}

static void waits_are_the_configured_ones(void **state)
{
        (void)state;
        struct token_facts facts = {.draining = true, .wait_s = 3600};
        assert_int_equal(token_decide(&facts).wait_s, 3600);
}

static void a_pbx_has_to_stay_before_phones_come_back_to_it(void **state)
{
        static const struct {
                struct token_pbx pbx; /* known, up, recovered, since, settle */
                int64_t now_ms;
                bool serves;
        } rows[] = {
                {{false, false, false, 0, 30}, 0, true},         /* nothing is known: the benefit of the doubt */
                {{true, true, false, 1000, 30}, 1000, true},     /* it was never seen down */
                {{true, false, false, 1000, 30}, 1000, false},   /* down */
                {{true, false, true, 1000, 30}, 9000000, false}, /* down for long */
                {{true, true, true, 1000, 30}, 1000, false},     /* just back */
                {{true, true, true, 1000, 30}, 30999, false},    /* not long enough */
                {{true, true, true, 1000, 30}, 31000, true},     /* long enough */
                {{true, true, true, 1000, 0}, 1000, true},       /* nobody asks it: REGISTERs only tell so much */
        };
        (void)state;
        for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
                assert_int_equal(token_pbx_serves(&rows[i].pbx, rows[i].now_ms), rows[i].serves);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(each_reason_alone_and_the_stronger_of_two),
                cmocka_unit_test(a_live_session_is_never_refused_and_a_strange_name_never_granted),
                cmocka_unit_test(waits_are_the_configured_ones),
                cmocka_unit_test(a_pbx_has_to_stay_before_phones_come_back_to_it),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
