/* The table of phone models: its rows are consistent, and what the rest of the house relies on is in it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/base/text.h"
#include "sccp/models.h"
#include "sccp/others.h"
#include "sccp/station.h"
#include "sccp/values.h"

#define TEMPLATE_MAX 56 /* entries of a button template */

static const struct sccp_model *model(const char *name)
{
        const struct sccp_model *found = sccp_model_by_name(name);
        assert_non_null(found);
        return found;
}

static void every_row_is_found_by_its_type_and_its_name(void **state)
{
        (void)state;
        size_t rows = 0;
        for (const struct sccp_model *row; (row = sccp_model_at(rows)); rows++) {
                assert_ptr_equal(sccp_model_by_type(row->type), row);
                assert_ptr_equal(sccp_model_by_name(row->name), row);
        }
        assert_in_range(rows, 55, 100); /* all models of the field guide's table that register */
}

static void every_type_has_a_name_in_traces(void **state)
{
        (void)state;
        for (size_t i = 0; sccp_model_at(i); i++)
                assert_non_null(sccp_value_name(SCCP_VALUES_device, sccp_model_at(i)->type));
}

static void every_key_letter_has_a_meaning_and_fits_the_template(void **state)
{
        (void)state;
        for (size_t i = 0; sccp_model_at(i); i++) {
                const char *keys = sccp_model_at(i)->keys;
                assert_in_range(strlen(keys), 1, TEMPLATE_MAX);
                assert_int_equal(strspn(keys, "MLShtrvpfcdmyea"), strlen(keys));
                assert_in_range(sccp_model_lines(sccp_model_at(i)), 1, SCCP_LINES_MAX);
        }
}

static void names_are_found_in_any_case_and_whole(void **state)
{
        (void)state;
        assert_ptr_equal(sccp_model_by_name("ata186"), model("ATA186"));
        assert_null(sccp_model_by_name("796"));
        assert_null(sccp_model_by_name(""));
}

static void an_unknown_type_is_a_phone_with_one_line(void **state)
{
        (void)state;
        const struct sccp_model *unknown = sccp_model_by_type(4711);
        assert_string_equal(unknown->name, "unknown");
        assert_int_equal(sccp_model_lines(unknown), 1);
        assert_int_equal(unknown->traits, 0);
        assert_int_equal(unknown->family, SCCP_FAMILY_OLDER);
        assert_null(sccp_model_by_name("unknown"));
}

static void models_have_the_lines_people_know_them_by(void **state)
{
        (void)state;
        static const struct {
                const char *name;
                unsigned lines;
        } known[] = {{"7960", 6},  {"7940", 2},  {"7970", 8},  {"7965", 6},  {"7912", 1}, {"ATA186", 1}, {"7936", 2},
                     {"6961", 12}, {"8945", 10}, {"7931", 20}, {"12SP+", 2}, {"CIPC", 8}, {"VG224", 1}};
        for (size_t i = 0; i < sizeof known / sizeof *known; i++)
                assert_int_equal(sccp_model_lines(model(known[i].name)), known[i].lines);
}

/* Field guide 2.2 lists the newer family in full. */
static void the_newer_family_is_the_one_of_the_field_guide(void **state)
{
        (void)state;
        static const char *const newer[] = {"7906", "7911", "7921", "7925",   "7926", "7931", "7941", "7941GE", "7942",
                                            "7945", "7961", "7962", "7961GE", "7965", "7970", "7971", "7975",   "7985",
                                            "CIPC", "6901", "6911", "6921",   "6941", "6945", "6961", "8941",   "8945"};
        size_t count = 0;
        for (size_t i = 0; sccp_model_at(i); i++)
                count += sccp_model_at(i)->family == SCCP_FAMILY_NEWER;
        for (size_t i = 0; i < sizeof newer / sizeof *newer; i++)
                assert_int_equal(model(newer[i])->family, SCCP_FAMILY_NEWER);
        assert_int_equal(count, sizeof newer / sizeof *newer);
}

static void the_lowest_version_is_spoken_with_phones_that_say_none(void **state)
{
        (void)state;
        assert_int_equal(sccp_version_negotiate(0, model("7960")), 3);
        assert_int_equal(sccp_version_negotiate(0, model("VG248")), 3);
}

static void versions_are_granted_up_to_the_phones_own(void **state)
{
        (void)state;
        static const uint8_t granted[][2] = {{1, 3},   {3, 3},   {4, 3},   {5, 5},   {6, 6},   {7, 6},
                                             {8, 8},   {10, 10}, {11, 11}, {12, 11}, {14, 11}, {15, 15},
                                             {17, 17}, {20, 20}, {22, 22}, {23, 22}, {255, 22}};
        for (size_t i = 0; i < sizeof granted / sizeof *granted; i++)
                assert_int_equal(sccp_version_negotiate(granted[i][0], model("7965")), granted[i][1]);
}

static void analog_adapters_speak_3_whatever_they_claim(void **state)
{
        (void)state;
        assert_int_equal(sccp_version_negotiate(33, model("ATA186")), 3);
        assert_int_equal(sccp_version_negotiate(17, model("ATA188")), 3);
        assert_int_equal(sccp_version_negotiate(17, model("VG224")), 3);
}

static void every_other_device_is_known_by_name_and_is_no_model(void **state)
{
        (void)state;
        for (uint32_t i = 0; sccp_other_at(i); i++) {
                const struct sccp_other *other = sccp_other_at(i);
                assert_in_range(other->first, 1, other->last);
                assert_non_null(sccp_value_name(SCCP_VALUES_device, other->first));
                assert_non_null(sccp_value_name(SCCP_VALUES_device, other->last));
                assert_in_range(strlen("Not a phone: ") + strlen(other->what), 14, 31); /* RegisterReject has no more */
                for (uint32_t type = other->first; type <= other->last; type++) {
                        assert_string_equal(sccp_model_by_type(type)->name, "unknown");
                        assert_ptr_equal(sccp_other_by_type(type), other);
                }
        }
        for (size_t i = 0; sccp_model_at(i); i++)
                assert_null(sccp_other_by_type(sccp_model_at(i)->type));
        assert_null(sccp_other_by_type(4711)); /* a phone of the future */
}

static void bridges_gateways_and_ports_are_no_phones(void **state)
{
        (void)state;
        static const uint32_t types[] = {30, 40, 42, 47, 50, 51, 52, 53, 70, 72, 73, 80, 83, 84, 85, 88, 110, 111, 112};
        for (size_t i = 0; i < sizeof types / sizeof *types; i++)
                assert_non_null(sccp_other_by_type(types[i]));
        static const uint32_t phones[] = {10, 11, 12, 13, 20, 30027, 30028};
        for (size_t i = 0; i < sizeof phones / sizeof *phones; i++)
                assert_null(sccp_other_by_type(phones[i]));
}

static void add_ons_are_found_by_name(void **state)
{
        (void)state;
        for (size_t i = 0; sccp_addon_at(i); i++) {
                assert_ptr_equal(sccp_addon_by_name(sccp_addon_at(i)->name), sccp_addon_at(i));
                assert_in_range(sccp_addon_at(i)->keys, 12, 32);
        }
        assert_int_equal(sccp_addon_by_name("7914")->keys, 14);
        assert_ptr_equal(sccp_addon_by_name("spa500s"), sccp_addon_by_name("SPA500S"));
        assert_null(sccp_addon_by_name("7917"));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(every_other_device_is_known_by_name_and_is_no_model),
                cmocka_unit_test(bridges_gateways_and_ports_are_no_phones),
                cmocka_unit_test(add_ons_are_found_by_name),
                cmocka_unit_test(every_row_is_found_by_its_type_and_its_name),
                cmocka_unit_test(every_type_has_a_name_in_traces),
                cmocka_unit_test(every_key_letter_has_a_meaning_and_fits_the_template),
                cmocka_unit_test(names_are_found_in_any_case_and_whole),
                cmocka_unit_test(an_unknown_type_is_a_phone_with_one_line),
                cmocka_unit_test(models_have_the_lines_people_know_them_by),
                cmocka_unit_test(the_newer_family_is_the_one_of_the_field_guide),
                cmocka_unit_test(the_lowest_version_is_spoken_with_phones_that_say_none),
                cmocka_unit_test(versions_are_granted_up_to_the_phones_own),
                cmocka_unit_test(analog_adapters_speak_3_whatever_they_claim),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
