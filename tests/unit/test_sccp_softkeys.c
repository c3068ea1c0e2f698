/* Soft keys of one's own: which are in the template, where each is, and that names and events belong together. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "sccp/softkeys.h"

static void every_key_has_a_name_of_its_own(void **state)
{
        (void)state;
        const char *name, *other;
        for (size_t i = 0; (name = sccp_soft_key_name_at(i)) != NULL; i++) {
                assert_int_not_equal(sccp_soft_key_by_name(name), SCCP_SOFTKEY_NONE);
                for (size_t j = 0; j < i; j++) {
                        other = sccp_soft_key_name_at(j);
                        assert_string_not_equal(name, other);
                        assert_int_not_equal(sccp_soft_key_by_name(name), sccp_soft_key_by_name(other));
                }
        }
        assert_int_equal(sccp_soft_key_by_name("newcall"), SCCP_SOFTKEY_NEW_CALL);
        assert_int_equal(sccp_soft_key_by_name("empty"), SCCP_SOFTKEY_NONE);
        assert_int_equal(sccp_soft_key_by_name(""), SCCP_SOFTKEY_NONE);
}

static void the_standard_keys_fit_a_template_and_leave_none_out(void **state)
{
        (void)state;
        struct sccp_soft_keys keys;
        size_t known = 0;
        while (sccp_soft_key_name_at(known))
                known++;
        sccp_soft_keys_standard(&keys);
        assert_int_equal(sccp_soft_keys_count(&keys), known);
        assert_in_range(known, 1, SCCP_SOFT_KEYS_MAX);
}

static void a_template_has_what_its_sets_have(void **state)
{
        (void)state;
        static const uint32_t few[] = {SCCP_SOFTKEY_END_CALL, SCCP_SOFTKEY_NONE, SCCP_SOFTKEY_HOLD};
        struct sccp_soft_keys keys;
        struct sccp_soft_key_template_res template;
        struct sccp_soft_key_set_res sets;
        for (uint32_t set = 0; set < SCCP_SOFT_KEY_SETS; set++)
                sccp_soft_keys_fill(&keys, set, NULL, 0);
        sccp_soft_keys_fill(&keys, SCCP_SOFTKEYS_CONNECTED, few, 3);
        sccp_soft_key_template(&keys, &template);
        sccp_soft_key_sets(&keys, &sets);
        assert_int_equal(template.n_keys, 2);
        assert_int_equal(template.keys[0].event, SCCP_SOFTKEY_HOLD);
        assert_int_equal(template.keys[1].event, SCCP_SOFTKEY_END_CALL);
        static const uint8_t places[SCCP_SOFT_KEY_PLACES] = {2, 0, 1};
        assert_memory_equal(sets.sets[SCCP_SOFTKEYS_CONNECTED].template_index, places, sizeof places);
        assert_int_equal(sets.sets[SCCP_SOFTKEYS_CONNECTED].info_index[0], 309);
        assert_int_equal(sets.sets[SCCP_SOFTKEYS_CONNECTED].info_index[1], 0);
        assert_int_equal(sets.sets[SCCP_SOFTKEYS_ON_HOOK].template_index[0], 0);
}

static void bits_follow_the_places(void **state)
{
        (void)state;
        static const uint32_t few[] = {SCCP_SOFTKEY_END_CALL, SCCP_SOFTKEY_NONE, SCCP_SOFTKEY_HOLD};
        struct sccp_soft_keys keys;
        sccp_soft_keys_standard(&keys);
        sccp_soft_keys_fill(&keys, SCCP_SOFTKEYS_CONNECTED, few, 3);
        assert_int_equal(sccp_soft_key_bit(&keys, SCCP_SOFTKEYS_CONNECTED, SCCP_SOFTKEY_HOLD), 4);
        assert_int_equal(sccp_soft_key_bit(&keys, SCCP_SOFTKEYS_CONNECTED, SCCP_SOFTKEY_END_CALL), 1);
        assert_int_equal(sccp_soft_key_bit(&keys, SCCP_SOFTKEYS_CONNECTED, SCCP_SOFTKEY_TRANSFER), 0);
        assert_int_equal(sccp_soft_key_bit(&keys, SCCP_SOFTKEYS_RING_OUT, SCCP_SOFTKEY_TRANSFER), 4);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(every_key_has_a_name_of_its_own),
                cmocka_unit_test(the_standard_keys_fit_a_template_and_leave_none_out),
                cmocka_unit_test(a_template_has_what_its_sets_have),
                cmocka_unit_test(bits_follow_the_places),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
