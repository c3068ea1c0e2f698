/* The phone as a whole: what rings, waits, and lights up. */
#include "tests/unit/core_phone.h"

static void who_is_not_to_be_disturbed_sees_calls_and_hears_none(void **state)
{
        (void)state;
        struct phone phone;
        struct phone_look look;
        struct phone_press press = {.key = PHONE_DND};
        struct phone_steps steps;
        phone_make(&phone, "1:offered");
        phone.view.silent = true;
        phone_look(&phone.view, &look);
        assert_int_equal(look.ring, PHONE_RING_FLASH);
        phone_make(&phone, "1:talking 1:offered");
        phone.view.silent = true;
        phone_look(&phone.view, &look);
        assert_int_equal(look.ring, PHONE_RING_SILENT);
        assert_int_equal(look.waiting_for, 0);
        phone_press(&phone.view, &press, &steps);
        assert_true(steps.dnd && steps.count == 0 && phone_key_works(&phone.view, &press));
}

static void line_is_busy_with_held_and_ringing_calls_too(void **state)
{
        (void)state;
        struct phone phone;
        phone_make(&phone, "1:held");
        assert_int_equal(phone_refuses(&phone.view, 1), 0);
        phone_make(&phone, "1:held 1:offered");
        assert_int_equal(phone_refuses(&phone.view, 1), 486);
        assert_int_equal(phone_refuses(&phone.view, 2), 0);
        phone_make(&phone, "1:idle 1:held");
        assert_int_equal(phone_refuses(&phone.view, 1), 0);
        phone.view.max_per_line = 1;
        assert_int_equal(phone_refuses(&phone.view, 1), 486);
}

static void second_call_waits_silently_and_rings_when_the_first_ends(void **state)
{
        (void)state;
        struct phone phone;
        struct phone_look look;
        phone_make(&phone, "1:talking 2:offered");
        phone_look(&phone.view, &look);
        assert_int_equal(look.ring, PHONE_RING_SILENT);
        assert_int_equal(look.ring_reference, 102);
        assert_int_equal(look.waiting_reference, 101);
        assert_int_equal(look.waiting_line, 1);
        assert_int_equal(look.waiting_for, 102);
        assert_true(look.speaker);
        assert_int_equal(look.plane_line, 1);
        phone.calls[0].state = CALL_IDLE;
        phone_look(&phone.view, &look);
        assert_int_equal(look.ring, PHONE_RING_INSIDE);
        assert_int_equal(look.ring_reference, 102);
        assert_int_equal(look.waiting_for, 0);
        assert_false(look.speaker);
        assert_int_equal(look.plane_line, 0);
}

static void each_call_that_waits_is_heard_once(void **state)
{
        (void)state;
        struct phone phone;
        struct phone_look look;
        phone_make(&phone, "1:talking 2:offered 1:offered");
        phone_look(&phone.view, &look);
        assert_int_equal(look.waiting_for, 103);
        assert_int_equal(look.ring_reference, 102);
        phone_make(&phone, "1:offered 2:talking");
        phone_look(&phone.view, &look);
        assert_int_equal(look.waiting_for, 101);
        assert_int_equal(look.waiting_reference, 102);
}

static void a_call_that_is_only_seen_does_not_ring(void **state)
{
        (void)state;
        struct phone phone;
        struct phone_look look;
        phone_make(&phone, "1:offered");
        phone.calls[0].unheard = true;
        phone_look(&phone.view, &look);
        assert_int_equal(look.ring, PHONE_RING_FLASH);
        assert_int_equal(look.ring_reference, 101);
        assert_int_equal(phone_lamp(&phone.view, 1), LOOK_LAMP_BLINK);
        phone_make(&phone, "1:offered 2:offered"); /* another one is heard, although it came later */
        phone.calls[0].unheard = true;
        phone_look(&phone.view, &look);
        assert_int_equal(look.ring, PHONE_RING_INSIDE);
        assert_int_equal(look.ring_reference, 102);
        phone_make(&phone, "2:talking 1:offered");
        phone.calls[1].unheard = true;
        phone_look(&phone.view, &look);
        assert_int_equal(look.ring, PHONE_RING_SILENT);
        assert_int_equal(look.waiting_for, 0);
}

static void call_waiting_does_not_interrupt_another_tone(void **state)
{
        (void)state;
        struct phone phone;
        struct phone_look look;
        phone_make(&phone, "1:ringback 2:offered");
        phone_look(&phone.view, &look);
        assert_int_equal(look.ring, PHONE_RING_SILENT);
        assert_int_equal(look.waiting_for, 0);
}

static void oldest_call_decides_the_ring(void **state)
{
        (void)state;
        struct phone phone;
        struct phone_look look;
        phone_make(&phone, "2:offered 1:offered");
        phone.calls[0].outside = true;
        phone_look(&phone.view, &look);
        assert_int_equal(look.ring, PHONE_RING_OUTSIDE);
        assert_int_equal(look.ring_line, 2);
        phone.calls[0].state = CALL_IDLE;
        phone_look(&phone.view, &look);
        assert_int_equal(look.ring, PHONE_RING_INSIDE);
        assert_int_equal(look.ring_line, 1);
}

static void lamp_shows_the_most_urgent_call_of_its_line(void **state)
{
        (void)state;
        static const struct {
                const char *calls;
                enum look_lamp lamp;
        } rows[] = {
                {"", LOOK_LAMP_OFF},
                {"2:talking", LOOK_LAMP_OFF},
                {"1:held", LOOK_LAMP_WINK},
                {"1:held 1:talking", LOOK_LAMP_ON},
                {"1:offered 1:talking 1:held", LOOK_LAMP_BLINK},
                {"1:dialing", LOOK_LAMP_ON},
        };
        for (size_t i = 0; i < ROWS(rows); i++) {
                struct phone phone;
                phone_make(&phone, rows[i].calls);
                assert_int_equal(phone_lamp(&phone.view, 1), rows[i].lamp);
        }
}

static void calls_of_a_line_are_numbered_by_age(void **state)
{
        (void)state;
        struct phone phone;
        phone_make(&phone, "1:held 2:held 1:talking");
        assert_int_equal(phone_call_instance(&phone.view, &phone.calls[0]), 1);
        assert_int_equal(phone_call_instance(&phone.view, &phone.calls[1]), 1);
        assert_int_equal(phone_call_instance(&phone.view, &phone.calls[2]), 2);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(who_is_not_to_be_disturbed_sees_calls_and_hears_none),
                cmocka_unit_test(line_is_busy_with_held_and_ringing_calls_too),
                cmocka_unit_test(second_call_waits_silently_and_rings_when_the_first_ends),
                cmocka_unit_test(each_call_that_waits_is_heard_once),
                cmocka_unit_test(a_call_that_is_only_seen_does_not_ring),
                cmocka_unit_test(call_waiting_does_not_interrupt_another_tone),
                cmocka_unit_test(oldest_call_decides_the_ring),
                cmocka_unit_test(lamp_shows_the_most_urgent_call_of_its_line),
                cmocka_unit_test(calls_of_a_line_are_numbered_by_age),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
