/* Voicemail by tables: whom to believe, what a phone with several lines shows, which mailbox its key means. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/base/text.h"
#include "gateway/core/mail.h"

static struct mail_news news(unsigned fresh)
{
        return (struct mail_news){.waiting = fresh > 0, .counted = true, .fresh = fresh};
}

static void subscription_is_believed_while_it_holds(void **state)
{
        static const struct {
                const char *event; /* "told", "unasked", "lost" */
                unsigned fresh;
                bool changed;
                unsigned count; /* afterwards */
        } steps[] = {
                {"unasked", 2, true, 2},  {"unasked", 2, false, 2}, {"told", 3, true, 3},
                {"unasked", 0, false, 3}, {"told", 3, false, 3},    {"lost", 0, false, 3},
                {"unasked", 1, true, 1},  {"told", 0, true, 0},     {"told", 4, true, 4},
        };
        struct mail_box box = {.asked = false};
        (void)state;
        for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
                struct mail_news said = news(steps[i].fresh);
                bool changed = false;
                if (strcmp(steps[i].event, "told") == 0)
                        changed = mail_told(&box, &said);
                else if (strcmp(steps[i].event, "unasked") == 0)
                        changed = mail_unasked(&box, &said);
                else
                        mail_lost(&box);
                if (changed != steps[i].changed || mail_count(&box) != steps[i].count)
                        fail_msg("step %zu, %s: %d, count %u", i, steps[i].event, changed, mail_count(&box));
        }
}

static void mail_that_is_not_counted_is_one(void **state)
{
        struct mail_box box = {.asked = false};
        struct mail_news said = {.waiting = true};
        (void)state;
        assert_true(mail_told(&box, &said));
        assert_int_equal(mail_count(&box), 1);
        said = (struct mail_news){.waiting = true, .counted = true, .old = 3};
        assert_true(mail_told(&box, &said));
        assert_int_equal(mail_count(&box), 1);
        said = (struct mail_news){.counted = true, .fresh = 3}; /* contradicts itself: no lamp */
        assert_true(mail_told(&box, &said));
        assert_int_equal(mail_count(&box), 0);
        assert_false(mail_waiting(&box));
}

static void phone_sums_mailboxes_and_not_lines(void **state)
{
        static const struct {
                const char *mailboxes[3];
                unsigned counts[3];
                unsigned fresh, line;
                unsigned fetched[4]; /* by the key of line 0 (no line), 1, 2, 3 */
        } cases[] = {
                {{"1", "2", "3"}, {0, 0, 0}, 0, 0, {0, 1, 2, 3}},
                {{"1", "2", "3"}, {0, 2, 3}, 5, 2, {2, 2, 2, 3}},
                {{"1", "1", "3"}, {2, 2, 1}, 3, 1, {1, 1, 2, 3}},
                {{"1", "1", "1"}, {0, 4, 1}, 4, 2, {2, 2, 2, 3}}, /* one has not heard of it yet */
        };
        (void)state;
        for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
                struct mail_box boxes[3] = {{.asked = false}};
                struct mail_line lines[3];
                struct mail_phone phone;
                for (size_t line = 0; line < 3; line++) {
                        struct mail_news said = news(cases[i].counts[line]);
                        mail_told(&boxes[line], &said);
                        lines[line] = (struct mail_line){&boxes[line], cases[i].mailboxes[line]};
                }
                mail_phone(lines, 3, &phone);
                assert_int_equal(phone.fresh, cases[i].fresh);
                assert_int_equal(phone.line, cases[i].line);
                assert_int_equal(phone.waiting, cases[i].fresh > 0);
                for (unsigned line = 0; line < 4; line++)
                        assert_int_equal(mail_line_to_fetch(lines, 3, line), cases[i].fetched[line]);
        }
}

static void phone_without_lines_has_no_mail(void **state)
{
        struct mail_phone phone;
        (void)state;
        mail_phone(NULL, 0, &phone);
        assert_false(phone.waiting);
        assert_int_equal(mail_line_to_fetch(NULL, 0, 1), 1);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(subscription_is_believed_while_it_holds),
                cmocka_unit_test(mail_that_is_not_counted_is_one),
                cmocka_unit_test(phone_sums_mailboxes_and_not_lines),
                cmocka_unit_test(phone_without_lines_has_no_mail),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
