/* What phones are told about their keys: profiles laid on models, and the soft keys. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/base/text.h"
#include "sccp/setup.h"
#include "sccp/softkeys.h"

#define LINE(number_, label_)                                                                                          \
        {                                                                                                              \
                .kind = SCCP_SLOT_LINE, .number = (number_), .label = (label_), .name = "Name of " number_             \
        }
#define DIAL(number_, label_)                                                                                          \
        {                                                                                                              \
                .kind = SCCP_SLOT_SPEED_DIAL, .number = (number_), .label = (label_)                                   \
        }
#define LAMP(number_, label_)                                                                                          \
        {                                                                                                              \
                .kind = SCCP_SLOT_BUSY_LAMP, .number = (number_), .label = (label_)                                    \
        }
#define EMPTY                                                                                                          \
        {                                                                                                              \
                .kind = SCCP_SLOT_EMPTY                                                                                \
        }

static struct sccp_setup *setup_of(const char *model, const struct sccp_profile_button *buttons, size_t count, bool old)
{
        struct sccp_profile profile = {.description = "Alice",
                                       .old = old,
                                       .date_template = "D.M.Y",
                                       .timezone = "Europe/Berlin",
                                       .buttons = buttons,
                                       .n_buttons = count};
        struct sccp_setup *setup = sccp_setup_new(&profile, sccp_model_by_name(model));
        assert_non_null(setup);
        return setup;
}

static struct sccp_setup *setup_for(const char *model, const struct sccp_profile_button *buttons, size_t count)
{
        return setup_of(model, buttons, count, false);
}

#define SETUP(model, ...)                                                                                              \
        setup_for((model), (struct sccp_profile_button[]){__VA_ARGS__},                                                \
                  sizeof((struct sccp_profile_button[]){__VA_ARGS__}) / sizeof(struct sccp_profile_button))

/* "L1 S1 -- H1": a letter and the instance of every key. */
static const char *keys_of(const struct sccp_setup *setup)
{
        static char text[512];
        static const struct {
                uint8_t type;
                char letter;
        } letters[] = {
                {SCCP_BUTTON_LINE, 'L'},        {SCCP_BUTTON_SPEED_DIAL, 'S'},  {SCCP_BUTTON_HOLD, 'H'},
                {SCCP_BUTTON_TRANSFER, 'T'},    {SCCP_BUTTON_DISPLAY, 'D'},     {SCCP_BUTTON_VOICEMAIL, 'V'},
                {SCCP_BUTTON_CONFERENCE, 'C'},  {SCCP_BUTTON_FORWARD_ALL, 'F'}, {SCCP_BUTTON_LAST_NUMBER_REDIAL, 'R'},
                {SCCP_BUTTON_MESSAGES, 'M'},    {SCCP_BUTTON_DIRECTORY, 'Y'},   {SCCP_BUTTON_HEADSET, 'E'},
                {SCCP_BUTTON_APPLICATION, 'A'}, {SCCP_BUTTON_CALL_PARK, 'P'},   {SCCP_BUTTON_BLF_SPEED_DIAL, 'B'}};
        struct sccp_button_template template;
        sccp_setup_button_template(setup, &template);
        text[0] = '\0';
        for (uint32_t i = 0; i < template.n_buttons; i++) {
                char letter = '?';
                for (size_t l = 0; l < sizeof letters / sizeof *letters; l++)
                        letter = letters[l].type == template.buttons[i].type ? letters[l].letter : letter;
                if (template.buttons[i].type == SCCP_BUTTON_UNDEFINED && template.buttons[i].instance == 0)
                        text_append(text, sizeof text, "%s--", i ? " " : "");
                else
                        text_append(text, sizeof text, "%s%c%u", i ? " " : "", letter, template.buttons[i].instance);
        }
        return text;
}

static void buttons_go_to_the_keys_in_their_order(void **state)
{
        (void)state;
        struct sccp_setup *setup = SETUP("7960", LINE("1001", "a"), DIAL("9", "x"), LINE("1002", "b"));
        assert_string_equal(keys_of(setup), "L1 S1 L2 -- -- --");
        assert_int_equal(sccp_setup_lines(setup), 2);
        assert_int_equal(sccp_setup_speed_dials(setup), 1);
        assert_int_equal(sccp_setup_dropped(setup), 0);
        sccp_setup_free(setup);
}

static void an_empty_button_keeps_its_key_free(void **state)
{
        (void)state;
        struct sccp_setup *setup = SETUP("7912", LINE("1001", "a"), EMPTY, DIAL("9", "x"), EMPTY, DIAL("8", "y"));
        assert_string_equal(keys_of(setup), "L1 H1 -- S1 -- S2 -- -- -- -- --");
        assert_int_equal(sccp_setup_dropped(setup), 0);
        sccp_setup_free(setup);
}

static void lines_and_speed_dials_find_keys_of_their_kind(void **state)
{
        (void)state;
        struct sccp_setup *setup = SETUP("12SP+", DIAL("9", "x"), LINE("1001", "a"), DIAL("8", "y"), LINE("1002", "b"),
                                         LINE("1003", "c"));
        assert_string_equal(keys_of(setup), "L1 L2 S1 S2 -- -- H1 R1 T1 F1 P1 V1");
        assert_int_equal(sccp_setup_dropped(setup), 1);
        sccp_setup_free(setup);
}

static void what_finds_no_key_is_dropped_and_counted(void **state)
{
        (void)state;
        struct sccp_setup *setup = SETUP("7940", LINE("1001", "a"), LINE("1002", "b"), EMPTY, LINE("1003", "c"),
                                         DIAL("9", "x"));
        assert_string_equal(keys_of(setup), "L1 L2");
        assert_int_equal(sccp_setup_lines(setup), 2);
        assert_int_equal(sccp_setup_dropped(setup), 2); /* an empty one is no loss */
        sccp_setup_free(setup);
}

static struct sccp_setup *setup_with_addons(const char *model, const char *first, const char *second, size_t lines,
                                            size_t dials)
{
        static struct sccp_profile_button buttons[200];
        for (size_t i = 0; i < lines + dials; i++)
                buttons[i] = (struct sccp_profile_button){.kind = i < lines ? SCCP_SLOT_LINE : SCCP_SLOT_SPEED_DIAL,
                                                          .number = "1"};
        struct sccp_profile profile = {.buttons = buttons, .n_buttons = lines + dials};
        profile.addons[0] = first ? sccp_addon_by_name(first) : NULL;
        profile.addons[1] = second ? sccp_addon_by_name(second) : NULL;
        struct sccp_setup *setup = sccp_setup_new(&profile, sccp_model_by_name(model));
        assert_non_null(setup);
        return setup;
}

static void keys_of_add_ons_follow_the_phones_own(void **state)
{
        (void)state;
        static const struct {
                const char *model, *first, *second;
                unsigned keys;
        } phones[] = {{"7960", "7914", NULL, 20},         {"7960", "7914", "7914", 34},
                      {"7975", "7916-24", "7916-24", 56}, {"7962", "7915-12", "7915-24", 42},
                      {"SPA504G", "SPA500S", NULL, 36},   {"SPA525G2", "SPA500S", "SPA500S", 56}};
        for (size_t i = 0; i < sizeof phones / sizeof *phones; i++) {
                struct sccp_setup *setup = setup_with_addons(phones[i].model, phones[i].first, phones[i].second, 1, 80);
                struct sccp_button_template template;
                sccp_setup_button_template(setup, &template);
                assert_int_equal(template.n_buttons, phones[i].keys);
                assert_int_equal(template.buttons[0].type, SCCP_BUTTON_LINE);
                for (unsigned key = 1; key < phones[i].keys; key++) {
                        assert_int_equal(template.buttons[key].type, SCCP_BUTTON_SPEED_DIAL);
                        assert_int_equal(template.buttons[key].instance, key);
                }
                assert_int_equal(sccp_setup_dropped(setup), 81 - phones[i].keys);
                sccp_setup_free(setup);
        }
}

static void fixed_keys_stay_between_the_phone_and_its_add_on(void **state)
{
        (void)state;
        struct sccp_setup *setup = setup_with_addons("SPA508G", "SPA500S", NULL, 1, 9);
        assert_non_null(strstr(keys_of(setup), "L1 S1 S2 S3 S4 S5 S6 S7 V1 H1 S8 S9 --"));
        sccp_setup_free(setup);
}

static void speed_dials_without_a_key_are_abbreviated_dials(void **state)
{
        (void)state;
        struct sccp_setup *setup = SETUP("7940", LINE("1001", "a"), DIAL("8", "x"), DIAL("9", "y"));
        struct sccp_speed_dial_stat dial;
        assert_string_equal(keys_of(setup), "L1 S1");
        assert_int_equal(sccp_setup_speed_dials(setup), 2);
        sccp_setup_speed_dial(setup, 2, &sccp_utf8, &dial);
        assert_string_equal(dial.number, "9");
        sccp_setup_free(setup);
        setup = setup_with_addons("7940", NULL, NULL, 1, 150);
        assert_int_equal(sccp_setup_speed_dials(setup), 99); /* no phone asks for more */
        sccp_setup_free(setup);
}

static void an_adapter_has_one_line(void **state)
{
        (void)state;
        struct sccp_setup *setup = SETUP("ATA186", LINE("1001", "a"), LINE("1002", "b"), DIAL("9", "x"));
        assert_string_equal(keys_of(setup), "L1 S1 -- -- --");
        assert_int_equal(sccp_setup_dropped(setup), 1);
        sccp_setup_free(setup);
}

static void fixed_keys_of_a_7931_are_numbered_by_their_place(void **state)
{
        (void)state;
        struct sccp_setup *setup = SETUP("7931", LINE("1001", "a"));
        assert_string_equal(keys_of(setup),
                            "L1 -- -- -- -- -- -- -- -- -- -- -- -- -- -- -- -- -- -- -- M21 Y22 E23 A24");
        sccp_setup_free(setup);
}

/* The k-th line of a profile is line k of the phone, whatever the model: other rooms rely on it. */
static void instances_follow_the_profile_on_every_model(void **state)
{
        (void)state;
        struct sccp_profile_button buttons[60];
        for (size_t i = 0; i < 60; i++)
                buttons[i] = (struct sccp_profile_button){
                        .kind = i % 3 == 1 ? SCCP_SLOT_SPEED_DIAL : SCCP_SLOT_LINE, .number = "1", .label = "x"};
        for (size_t m = 0; sccp_model_at(m); m++) {
                struct sccp_setup *setup = setup_for(sccp_model_at(m)->name, buttons, 60);
                struct sccp_button_template template;
                unsigned lines = 0, dials = 0;
                sccp_setup_button_template(setup, &template);
                assert_int_equal(template.n_buttons, strlen(sccp_model_at(m)->keys));
                for (uint32_t i = 0; i < template.n_buttons; i++) {
                        const struct sccp_button *button = &template.buttons[i];
                        if (button->type == SCCP_BUTTON_LINE)
                                assert_int_equal(button->instance, ++lines);
                        if (button->type == SCCP_BUTTON_SPEED_DIAL)
                                assert_int_equal(button->instance, ++dials);
                        assert_int_equal(sccp_setup_line_on_key(setup, i + 1),
                                         button->type == SCCP_BUTTON_LINE ? button->instance : 0);
                }
                assert_int_equal(sccp_setup_lines(setup), lines);
                assert_in_range(lines, 1, sccp_model_lines(sccp_model_at(m)));
                assert_int_equal(sccp_setup_dropped(setup) + lines + dials, 60);
                sccp_setup_free(setup);
        }
}

/* The second speed dial of the profile is dial 2, whatever a phone calls its key. */
static const struct sccp_profile_button with_lamps[] = {LAMP("2001", "Ann"), LINE("1001", "a"), DIAL("2002", "Bob"),
                                                        LAMP("2003", "Cid"), LINE("1002", "b")};

static void busy_lamps_are_speed_dials_that_can_show_something(void **state)
{
        struct sccp_setup *setup = setup_of("7970", with_lamps, 5, false);
        struct sccp_feature_stat_dynamic stat;
        struct sccp_speed_dial_stat dial;
        (void)state;
        assert_string_equal(keys_of(setup), "B1 L1 S2 B3 L2 -- -- --");
        assert_int_equal(sccp_setup_line_keys(setup), 2);
        assert_int_equal(sccp_setup_dial_of(setup, 3), 3);
        assert_int_equal(sccp_setup_dial_of(setup, 4), 0);
        assert_int_equal(sccp_setup_busy_lamp(setup, 3).instance, 3);
        assert_false(sccp_setup_busy_lamp(setup, 3).on_line_key);
        assert_int_equal(sccp_setup_busy_lamp(setup, 2).instance, 0);
        assert_false(sccp_setup_feature(setup, 2, &sccp_utf8, &stat));
        assert_true(sccp_setup_feature(setup, 3, &sccp_utf8, &stat));
        assert_int_equal(stat.status, SCCP_BLF_UNKNOWN);
        assert_string_equal(stat.label, "Cid");
        sccp_setup_busy_lamp_set(setup, 3, SCCP_BLF_IN_USE);
        assert_true(sccp_setup_feature(setup, 3, &sccp_utf8, &stat));
        assert_int_equal(stat.status, SCCP_BLF_IN_USE);
        sccp_setup_speed_dial(setup, 3, &sccp_utf8, &dial);
        assert_string_equal(dial.number, "2003");
        sccp_setup_free(setup);
}

static void busy_lamps_of_older_phones_are_lines_without_a_number(void **state)
{
        struct sccp_setup *setup = setup_of("7960", with_lamps, 5, true);
        struct sccp_feature_stat_dynamic stat;
        struct sccp_line_stat line;
        (void)state;
        assert_string_equal(keys_of(setup), "L3 L1 S1 L4 L2 --");
        assert_int_equal(sccp_setup_lines(setup), 2);
        assert_int_equal(sccp_setup_line_keys(setup), 4);
        assert_int_equal(sccp_setup_line_on_key(setup, 1), 0);
        assert_int_equal(sccp_setup_line_on_key(setup, 2), 1);
        assert_int_equal(sccp_setup_dial_of(setup, 1), 2);
        assert_int_equal(sccp_setup_dial_of_line(setup, 2), 0);
        assert_int_equal(sccp_setup_dial_of_line(setup, 3), 1);
        assert_int_equal(sccp_setup_dial_of_line(setup, 4), 3);
        assert_int_equal(sccp_setup_dial_of_line(setup, 5), 0);
        assert_int_equal(sccp_setup_busy_lamp(setup, 3).instance, 4);
        assert_true(sccp_setup_busy_lamp(setup, 3).on_line_key);
        assert_false(sccp_setup_feature(setup, 1, &sccp_utf8, &stat));
        sccp_setup_line(setup, 4, &sccp_utf8, &line);
        assert_string_equal(line.number, "");
        assert_string_equal(line.label, "Cid");
        sccp_setup_free(setup);
        /* keys that can be nothing but speed dials have no lamp */
        setup = setup_of("7911", with_lamps, 5, true);
        assert_string_equal(keys_of(setup), "L1 H1 S1 S2 S3 -- -- -- -- -- --");
        assert_int_equal(sccp_setup_busy_lamp(setup, 1).instance, 0);
        sccp_setup_free(setup);
}

static void busy_lamps_without_a_key_are_dropped(void **state)
{
        static const bool ages[] = {false, true};
        (void)state;
        for (size_t i = 0; i < 2; i++) {
                struct sccp_setup *setup = setup_of("7940", with_lamps, 5, ages[i]);
                assert_string_equal(keys_of(setup), ages[i] ? "L2 L1" : "B1 L1");
                assert_int_equal(sccp_setup_dropped(setup), 3);
                assert_int_equal(sccp_setup_busy_lamp(setup, 3).instance, 0);
                sccp_setup_free(setup);
        }
}

static void a_template_is_filled_with_undefined_keys(void **state)
{
        (void)state;
        struct sccp_setup *setup = SETUP("7940", LINE("1001", "a"));
        struct sccp_button_template template;
        sccp_setup_button_template(setup, &template);
        assert_int_equal(template.offset, 0);
        assert_int_equal(template.n_buttons, 2);
        assert_int_equal(template.total, 2);
        for (size_t i = 1; i < 42; i++) {
                assert_int_equal(template.buttons[i].type, SCCP_BUTTON_UNDEFINED);
                assert_int_equal(template.buttons[i].instance, 0);
        }
        sccp_setup_free(setup);
}

static void a_line_is_told_in_the_phones_own_characters(void **state)
{
        (void)state;
        struct sccp_setup *setup = SETUP("7960", LINE("1001", "Zoë"));
        struct sccp_line_stat line;
        struct sccp_line_stat_dynamic dynamic;
        sccp_setup_line(setup, 1, &sccp_latin1, &line);
        assert_string_equal(line.number, "1001");
        assert_string_equal(line.full_name, "Name of 1001");
        assert_string_equal(line.label, "Zo\xEB");
        assert_int_equal(line.options, 15);
        sccp_setup_line_dynamic(setup, 1, &sccp_utf8, &dynamic);
        assert_string_equal(dynamic.label, "Zoë");
        assert_int_equal(dynamic.options, 15);
        sccp_setup_free(setup);
}

static void instances_that_do_not_exist_get_the_empty_answer(void **state)
{
        (void)state;
        struct sccp_setup *setup = SETUP("7960", LINE("1001", "a"), DIAL("9", "x"));
        static const uint32_t none[] = {0, 2, 42, 0x80000000, UINT32_MAX};
        for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
                struct sccp_line_stat line;
                struct sccp_line_stat_dynamic dynamic;
                struct sccp_speed_dial_stat dial;
                sccp_setup_line(setup, none[i], &sccp_latin1, &line);
                assert_int_equal(line.line, none[i]);
                assert_string_equal(line.number, "");
                sccp_setup_line_dynamic(setup, none[i], &sccp_latin1, &dynamic);
                assert_int_equal(dynamic.line, none[i]);
                assert_string_equal(dynamic.number, "");
                sccp_setup_speed_dial(setup, none[i], &sccp_latin1, &dial);
                assert_int_equal(dial.index, none[i]);
                assert_string_equal(dial.number, "");
                assert_int_equal(sccp_setup_line_on_key(setup, none[i]), 0);
        }
        sccp_setup_free(setup);
}

static void long_texts_are_cut_to_the_field(void **state)
{
        (void)state;
        char words[301], number[61];
        memset(words, 'w', 300);
        memset(number, '7', 60);
        words[300] = number[60] = '\0';
        struct sccp_profile_button buttons[] = {
                {.kind = SCCP_SLOT_LINE, .number = number, .label = words, .name = words},
                {.kind = SCCP_SLOT_SPEED_DIAL, .number = number, .label = words}};
        struct sccp_setup *setup = setup_for("7960", buttons, 2);
        struct sccp_line_stat line;
        struct sccp_speed_dial_stat dial;
        sccp_setup_line(setup, 1, &sccp_utf8, &line);
        sccp_setup_speed_dial(setup, 1, &sccp_utf8, &dial);
        assert_int_equal(strlen(line.number), 23);
        assert_int_equal(strlen(line.label), 39);
        assert_int_equal(strlen(dial.number), 23);
        assert_int_equal(strlen(dial.label), 39);
        sccp_setup_free(setup);
}

static void a_setup_keeps_its_own_copies(void **state)
{
        (void)state;
        char number[] = "1001", zone[] = "Asia/Tokyo";
        struct sccp_profile_button buttons[] = {{.kind = SCCP_SLOT_LINE, .number = number}};
        struct sccp_profile profile = {.timezone = zone, .date_template = "M/D/YA", .buttons = buttons, .n_buttons = 1};
        struct sccp_setup *setup = sccp_setup_new(&profile, sccp_model_by_name("7960"));
        struct sccp_line_stat line;
        number[0] = zone[0] = 'x';
        sccp_setup_line(setup, 1, &sccp_latin1, &line);
        assert_string_equal(line.number, "1001");
        assert_string_equal(line.label, "");
        assert_string_equal(sccp_setup_timezone(setup), "Asia/Tokyo");
        assert_string_equal(sccp_setup_date_template(setup), "M/D/YA");
        assert_string_equal(sccp_setup_description(setup), "");
        sccp_setup_free(setup);
}

static void a_profile_without_buttons_is_fine(void **state)
{
        (void)state;
        struct sccp_profile profile = {0};
        struct sccp_setup *setup = sccp_setup_new(&profile, sccp_model_by_type(4711));
        assert_string_equal(keys_of(setup), "--");
        sccp_setup_free(setup);
}

static void every_soft_key_of_a_set_is_in_the_template(void **state)
{
        (void)state;
        struct sccp_soft_key_template_res template;
        struct sccp_soft_key_set_res sets;
        sccp_soft_key_template(&template);
        sccp_soft_key_sets(&sets);
        assert_int_equal(sets.n_sets, 12);
        for (uint32_t set = 0; set < sets.n_sets; set++)
                for (unsigned place = 0; place < 16; place++) {
                        uint8_t index = sets.sets[set].template_index[place];
                        assert_in_range(index, 0, template.n_keys);
                        uint32_t event = index ? template.keys[index - 1].event : 0;
                        assert_int_equal(sets.sets[set].info_index[place], event ? 300 + event : 0);
                        if (event)
                                assert_int_equal(sccp_soft_key_bit(set, event), 1u << place);
                }
}

static void soft_keys_are_shown_where_they_mean_something(void **state)
{
        (void)state;
        assert_int_equal(sccp_soft_key_bit(SCCP_SOFTKEYS_ON_HOOK, SCCP_SOFTKEY_REDIAL), 1);
        assert_int_equal(sccp_soft_key_bit(SCCP_SOFTKEYS_RING_IN, SCCP_SOFTKEY_ANSWER), 1);
        assert_int_equal(sccp_soft_key_bit(SCCP_SOFTKEYS_RING_OUT, SCCP_SOFTKEY_END_CALL), 2); /* behind a gap */
        assert_int_equal(sccp_soft_key_bit(SCCP_SOFTKEYS_CONNECTED, SCCP_SOFTKEY_HOLD), 1);
        assert_int_equal(sccp_soft_key_bit(SCCP_SOFTKEYS_ON_HOLD, SCCP_SOFTKEY_RESUME), 1);
        assert_int_equal(sccp_soft_key_bit(SCCP_SOFTKEYS_DIGITS_FOLLOWING, SCCP_SOFTKEY_DIAL), 4);
        assert_int_equal(sccp_soft_key_bit(SCCP_SOFTKEYS_ON_HOOK, SCCP_SOFTKEY_ANSWER), 0);
        assert_int_equal(sccp_soft_key_bit(99, SCCP_SOFTKEY_ANSWER), 0);
        assert_int_equal(sccp_soft_key_bit(SCCP_SOFTKEYS_RING_OUT, SCCP_SOFTKEY_NONE), 0);
}

static void labels_are_the_phones_own_words_but_for_dial(void **state)
{
        (void)state;
        struct sccp_soft_key_template_res template;
        sccp_soft_key_template(&template);
        for (uint32_t i = 0; i < template.n_keys; i++)
                if (template.keys[i].event == SCCP_SOFTKEY_DIAL) {
                        assert_string_equal(template.keys[i].label, "Dial");
                } else { /* label code and event have the same number up to 18 */
                        assert_int_equal((uint8_t) template.keys[i].label[0], 0x80);
                        assert_int_equal((uint8_t) template.keys[i].label[1], template.keys[i].event);
                }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(buttons_go_to_the_keys_in_their_order),
                cmocka_unit_test(an_empty_button_keeps_its_key_free),
                cmocka_unit_test(lines_and_speed_dials_find_keys_of_their_kind),
                cmocka_unit_test(what_finds_no_key_is_dropped_and_counted),
                cmocka_unit_test(keys_of_add_ons_follow_the_phones_own),
                cmocka_unit_test(fixed_keys_stay_between_the_phone_and_its_add_on),
                cmocka_unit_test(speed_dials_without_a_key_are_abbreviated_dials),
                cmocka_unit_test(an_adapter_has_one_line),
                cmocka_unit_test(fixed_keys_of_a_7931_are_numbered_by_their_place),
                cmocka_unit_test(instances_follow_the_profile_on_every_model),
                cmocka_unit_test(busy_lamps_are_speed_dials_that_can_show_something),
                cmocka_unit_test(busy_lamps_of_older_phones_are_lines_without_a_number),
                cmocka_unit_test(busy_lamps_without_a_key_are_dropped),
                cmocka_unit_test(a_template_is_filled_with_undefined_keys),
                cmocka_unit_test(a_line_is_told_in_the_phones_own_characters),
                cmocka_unit_test(instances_that_do_not_exist_get_the_empty_answer),
                cmocka_unit_test(long_texts_are_cut_to_the_field),
                cmocka_unit_test(a_setup_keeps_its_own_copies),
                cmocka_unit_test(a_profile_without_buttons_is_fine),
                cmocka_unit_test(every_soft_key_of_a_set_is_in_the_template),
                cmocka_unit_test(soft_keys_are_shown_where_they_mean_something),
                cmocka_unit_test(labels_are_the_phones_own_words_but_for_dial),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
