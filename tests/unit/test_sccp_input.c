/* Keys, hooks and acknowledgements of phones as inputs to calls. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "sccp/input.h"

/* A phone whose keys are: speed dial, line 1, line 2, hold. */
static struct sccp_setup *the_setup(void)
{
        static const struct sccp_model model = {.name = "test", .keys = "SLLh"};
        static const struct sccp_profile_button buttons[] = {{.kind = SCCP_SLOT_SPEED_DIAL, .number = "9"},
                                                             {.kind = SCCP_SLOT_LINE, .number = "1001"},
                                                             {.kind = SCCP_SLOT_LINE, .number = "1002"}};
        struct sccp_profile profile = {.buttons = buttons, .n_buttons = 3};
        return sccp_setup_new(&profile, &model);
}

static bool read_at(unsigned version, const struct sccp_message *message, struct sccp_input *out)
{
        struct sccp_setup *setup = the_setup();
        assert_non_null(setup);
        bool read = sccp_input_read(message, setup, version, out);
        sccp_setup_free(setup);
        return read;
}

static void hooks_say_line_and_call_if_the_phone_does(void **state)
{
        (void)state;
        struct sccp_input input;
        struct sccp_message off = {.id = SCCP_OFF_HOOK, .off_hook = {.line = 2, .call_ref = 17}};
        assert_true(read_at(20, &off, &input));
        assert_int_equal(input.kind, SCCP_INPUT_OFF_HOOK);
        assert_int_equal(input.line, 2);
        assert_int_equal(input.reference, 17);
        struct sccp_message bare = {.id = SCCP_ON_HOOK};
        assert_true(read_at(6, &bare, &input));
        assert_int_equal(input.kind, SCCP_INPUT_ON_HOOK);
        assert_int_equal(input.line, 0);
        assert_int_equal(input.reference, 0);
}

/* Field guide B1: loads below 15 say the key, later ones the line. */
static void old_loads_say_which_key_was_pressed(void **state)
{
        (void)state;
        static const struct {
                unsigned version;
                uint32_t said, line;
        } cases[] = {
                {11, 2, 1},   {11, 3, 2},          /* keys 2 and 3 are lines 1 and 2 */
                {11, 1, 1},   {11, 0, 0},          /* key 1 is no line: a line is meant */
                {11, 192, 0}, {11, UINT32_MAX, 0}, /* a 7920 said 192 */
                {15, 1, 1},   {15, 2, 2},          {15, 3, 0}, {22, 0, 0},
        };
        for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
                struct sccp_input input;
                struct sccp_message on = {.id = SCCP_ON_HOOK, .on_hook.line = cases[i].said};
                struct sccp_message key = {.id = SCCP_KEYPAD_BUTTON,
                                           .keypad_button = {.button = 5, .line = cases[i].said}};
                assert_true(read_at(cases[i].version, &on, &input));
                assert_int_equal(input.line, cases[i].line);
                assert_true(read_at(cases[i].version, &key, &input));
                assert_int_equal(input.line, cases[i].line);
        }
}

static void keypad_numbers_are_digits(void **state)
{
        (void)state;
        static const char digits[] = "0123456789____*#+_";
        for (uint32_t button = 0; button < 18; button++) {
                struct sccp_input input;
                struct sccp_message key = {.id = SCCP_KEYPAD_BUTTON, .keypad_button.button = button};
                bool read = read_at(17, &key, &input);
                assert_int_equal(read, digits[button] != '_');
                if (read) {
                        assert_int_equal(input.kind, SCCP_INPUT_DIGIT);
                        assert_int_equal(input.digit, digits[button]);
                }
        }
        struct sccp_input input;
        struct sccp_message odd = {.id = SCCP_KEYPAD_BUTTON, .keypad_button.button = UINT32_MAX};
        assert_false(read_at(17, &odd, &input));
}

static void numbers_en_bloc_lose_what_cannot_be_dialled(void **state)
{
        (void)state;
        struct sccp_input input;
        struct sccp_message call = {.id = SCCP_ENBLOC_CALL,
                                    .enbloc_call = {.called_number = "+31 (20) 123-45*#", .line = 2}};
        assert_true(read_at(17, &call, &input));
        assert_int_equal(input.kind, SCCP_INPUT_NUMBER);
        assert_string_equal(input.number, "+312012345*#");
        assert_int_equal(input.line, 2);
        struct sccp_message words = {.id = SCCP_ENBLOC_CALL, .enbloc_call.called_number = "Alice"};
        assert_false(read_at(17, &words, &input));
}

static void a_hard_key_is_the_soft_key_of_the_same_meaning(void **state)
{
        (void)state;
        static const uint32_t same[][2] = {
                {SCCP_BUTTON_LAST_NUMBER_REDIAL, SCCP_SOFTKEY_REDIAL},
                {SCCP_BUTTON_HOLD, SCCP_SOFTKEY_HOLD},
                {SCCP_BUTTON_TRANSFER, SCCP_SOFTKEY_TRANSFER},
                {SCCP_BUTTON_NEW_CALL, SCCP_SOFTKEY_NEW_CALL},
                {SCCP_BUTTON_END_CALL, SCCP_SOFTKEY_END_CALL},
                {SCCP_BUTTON_CONFERENCE, SCCP_SOFTKEY_CONFERENCE},
        };
        for (size_t i = 0; i < sizeof same / sizeof *same; i++) {
                struct sccp_input input;
                struct sccp_message hard = {.id = SCCP_STIMULUS,
                                            .stimulus = {.stimulus = same[i][0], .instance = 1, .call_ref = 5}};
                assert_true(read_at(17, &hard, &input));
                assert_int_equal(input.kind, SCCP_INPUT_SOFT_KEY);
                assert_int_equal(input.key, same[i][1]);
                assert_int_equal(input.reference, 5);
        }
}

/* Its number is that of a key, not of a line. */
static void a_feature_key_is_its_soft_key_and_names_no_line(void **state)
{
        (void)state;
        static const struct sccp_profile_button buttons[] = {
                {.kind = SCCP_SLOT_LINE, .number = "1"},
                {.kind = SCCP_SLOT_LINE, .number = "2"},
                {.kind = SCCP_SLOT_SPEED_DIAL, .number = "3"},
                {.kind = SCCP_SLOT_FEATURE, .type = SCCP_BUTTON_HOLD},
        };
        struct sccp_profile profile = {.buttons = buttons, .n_buttons = 4};
        struct sccp_setup *setup = sccp_setup_new(&profile, sccp_model_by_name("7960"));
        struct sccp_message press = {.id = SCCP_STIMULUS, .stimulus = {.stimulus = SCCP_BUTTON_HOLD, .instance = 2}};
        struct sccp_input input;
        assert_true(sccp_input_read(&press, setup, 17, &input));
        assert_int_equal(input.kind, SCCP_INPUT_SOFT_KEY);
        assert_int_equal(input.key, SCCP_SOFTKEY_HOLD);
        assert_int_equal(input.line, 0);
        press.stimulus.stimulus = SCCP_BUTTON_TRANSFER; /* one of the housing, for line 2 */
        assert_true(sccp_input_read(&press, setup, 17, &input));
        assert_int_equal(input.line, 2);
        assert_int_equal(sccp_button_of_key(SCCP_SOFTKEY_DND), SCCP_BUTTON_DO_NOT_DISTURB);
        assert_int_equal(sccp_button_of_key(SCCP_SOFTKEY_RESUME), SCCP_BUTTON_UNUSED);
        sccp_setup_free(setup);
}

/* Field guide B10: the first key of its kind says 1 whatever the line. */
static void a_hard_key_says_a_line_only_beyond_the_first(void **state)
{
        (void)state;
        struct sccp_input input;
        struct sccp_message hold = {.id = SCCP_STIMULUS, .stimulus = {.stimulus = SCCP_BUTTON_HOLD, .instance = 1}};
        assert_true(read_at(17, &hold, &input));
        assert_int_equal(input.line, 0);
        hold.stimulus.instance = 2;
        assert_true(read_at(17, &hold, &input));
        assert_int_equal(input.line, 2);
        hold.stimulus.instance = 4711;
        assert_true(read_at(17, &hold, &input));
        assert_int_equal(input.line, 0);
}

static void the_keys_for_voice_mail_are_one(void **state)
{
        (void)state;
        static const uint32_t keys[][2] = {{SCCP_BUTTON_VOICEMAIL, 1}, {SCCP_BUTTON_MESSAGES, 21}};
        for (size_t i = 0; i < 2; i++) {
                struct sccp_input input;
                struct sccp_message key = {.id = SCCP_STIMULUS,
                                           .stimulus = {.stimulus = keys[i][0], .instance = keys[i][1]}};
                assert_true(read_at(17, &key, &input));
                assert_int_equal(input.kind, SCCP_INPUT_MESSAGES);
        }
}

/* What the phone does by itself, and 7931 keys it numbers by their place. */
static void keys_the_phone_serves_itself_are_nothing(void **state)
{
        (void)state;
        static const uint32_t own[] = {SCCP_BUTTON_DIRECTORY,
                                       SCCP_BUTTON_HEADSET,
                                       SCCP_BUTTON_APPLICATION,
                                       SCCP_BUTTON_SERVICE_URL,
                                       SCCP_BUTTON_DISPLAY,
                                       SCCP_BUTTON_UNUSED,
                                       4711};
        for (size_t i = 0; i < sizeof own / sizeof *own; i++) {
                struct sccp_input input;
                struct sccp_message key = {.id = SCCP_STIMULUS, .stimulus = {.stimulus = own[i], .instance = 22}};
                assert_false(read_at(17, &key, &input));
        }
}

static void soft_keys_keep_their_number(void **state)
{
        (void)state;
        struct sccp_input input;
        struct sccp_message key = {.id = SCCP_SOFT_KEY_EVENT,
                                   .soft_key_event = {.event = SCCP_SOFTKEY_DIAL, .line = 1, .call_ref = 9}};
        assert_true(read_at(11, &key, &input));
        assert_int_equal(input.kind, SCCP_INPUT_SOFT_KEY);
        assert_int_equal(input.key, SCCP_SOFTKEY_DIAL);
        assert_int_equal(input.line, 1);
        assert_int_equal(input.reference, 9);
        key.soft_key_event.event = SCCP_SOFTKEY_NONE;
        assert_false(read_at(11, &key, &input));
}

static void line_keys_and_speed_dials_must_exist(void **state)
{
        (void)state;
        static const struct {
                uint32_t stimulus, instance;
                bool exists;
        } cases[] = {
                {SCCP_BUTTON_LINE, 0, false},       {SCCP_BUTTON_LINE, 1, true},
                {SCCP_BUTTON_LINE, 2, true},        {SCCP_BUTTON_LINE, 3, false},
                {SCCP_BUTTON_SPEED_DIAL, 0, false}, {SCCP_BUTTON_SPEED_DIAL, 1, true},
                {SCCP_BUTTON_SPEED_DIAL, 2, false}, {SCCP_BUTTON_LINE, UINT32_MAX, false},
        };
        for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
                struct sccp_input input;
                struct sccp_message key = {.id = SCCP_STIMULUS,
                                           .stimulus = {.stimulus = cases[i].stimulus, .instance = cases[i].instance}};
                assert_int_equal(read_at(17, &key, &input), cases[i].exists);
        }
}

static void the_key_that_asks_for_voicemail_is_one_whatever_its_name(void **state)
{
        static const uint32_t names[] = {SCCP_BUTTON_VOICEMAIL, SCCP_BUTTON_MESSAGES};
        (void)state;
        for (size_t i = 0; i < 2; i++) {
                struct sccp_message key = {.id = SCCP_STIMULUS, .stimulus = {.stimulus = names[i], .instance = 21}};
                struct sccp_input input;
                assert_true(read_at(17, &key, &input));
                assert_int_equal(input.kind, SCCP_INPUT_MESSAGES);
                assert_int_equal(input.line, 0);
        }
}

/* Pressed on a key of its own or on a line key, it is the speed dial of the profile. */
static void busy_lamp_keys_are_speed_dials(void **state)
{
        static const struct sccp_model model = {.name = "test", .keys = "MMM"};
        static const struct sccp_profile_button buttons[] = {{.kind = SCCP_SLOT_SPEED_DIAL, .number = "8"},
                                                             {.kind = SCCP_SLOT_LINE, .number = "1001"},
                                                             {.kind = SCCP_SLOT_BUSY_LAMP, .number = "9"}};
        static const struct {
                bool old;
                uint32_t stimulus, instance;
        } cases[] = {{false, SCCP_BUTTON_BLF_SPEED_DIAL, 2},
                     {false, SCCP_BUTTON_SPEED_DIAL, 2},
                     {true, SCCP_BUTTON_LINE, 2}};
        (void)state;
        for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
                struct sccp_profile profile = {.buttons = buttons, .n_buttons = 3, .old = cases[i].old};
                struct sccp_setup *setup = sccp_setup_new(&profile, &model);
                struct sccp_message key = {.id = SCCP_STIMULUS,
                                           .stimulus = {.stimulus = cases[i].stimulus, .instance = cases[i].instance}};
                struct sccp_input input;
                assert_true(sccp_input_read(&key, setup, cases[i].old ? 11 : 17, &input));
                assert_int_equal(input.kind, SCCP_INPUT_SPEED_DIAL);
                assert_int_equal(input.instance, 2);
                assert_int_equal(input.line, 0);
                sccp_setup_free(setup);
        }
}

static void keys_nobody_knows_mean_nothing(void **state)
{
        (void)state;
        struct sccp_input input;
        static const uint32_t odd[] = {SCCP_BUTTON_DISPLAY, SCCP_BUTTON_HEADSET, 0, 0xFF, UINT32_MAX};
        for (size_t i = 0; i < sizeof odd / sizeof *odd; i++) {
                struct sccp_message key = {.id = SCCP_STIMULUS, .stimulus.stimulus = odd[i]};
                assert_false(read_at(17, &key, &input));
        }
        struct sccp_message headset = {.id = SCCP_HEADSET_STATUS};
        assert_false(read_at(17, &headset, &input));
}

static void a_hook_flash_is_told(void **state)
{
        (void)state;
        struct sccp_input input;
        struct sccp_message flash = {.id = SCCP_HOOK_FLASH};
        assert_true(read_at(3, &flash, &input));
        assert_int_equal(input.kind, SCCP_INPUT_FLASH);
}

static struct sccp_message receive_ack(uint32_t status, const char *address, uint32_t port)
{
        struct sccp_message ack = {.id = SCCP_OPEN_RECEIVE_CHANNEL_ACK};
        ack.open_receive_channel_ack.status = status;
        ack.open_receive_channel_ack.port = port;
        ack.open_receive_channel_ack.party_id = 7;
        ack.open_receive_channel_ack.call_ref = 3;
        ip_parse(address, &ack.open_receive_channel_ack.addr);
        return ack;
}

static void an_open_channel_says_where_to_send(void **state)
{
        (void)state;
        struct sccp_input input;
        struct sccp_message ack = receive_ack(SCCP_MEDIA_OK, "192.0.2.7", 16390);
        assert_true(read_at(17, &ack, &input));
        assert_int_equal(input.kind, SCCP_INPUT_RX_OPENED);
        assert_int_equal(input.party, 7);
        assert_int_equal(input.reference, 3);
        assert_int_equal(input.endpoint.port, 16390);
        assert_int_equal(input.endpoint.ip.family, 4);
}

static void a_channel_nobody_can_send_to_has_failed(void **state)
{
        (void)state;
        static const struct {
                uint32_t status;
                const char *address;
                uint32_t port, shown;
        } cases[] = {
                {SCCP_MEDIA_OUT_OF_SOCKETS, "192.0.2.7", 16390, SCCP_MEDIA_OUT_OF_SOCKETS},
                {SCCP_MEDIA_OK, "192.0.2.7", 0, SCCP_MEDIA_UNKNOWN},
                {SCCP_MEDIA_OK, "192.0.2.7", 65536, SCCP_MEDIA_UNKNOWN},
                {SCCP_MEDIA_OK, "192.0.2.7", UINT32_MAX, SCCP_MEDIA_UNKNOWN},
                {SCCP_MEDIA_OK, "0.0.0.0", 16390, SCCP_MEDIA_UNKNOWN},
                {SCCP_MEDIA_OK, "::", 16390, SCCP_MEDIA_UNKNOWN},
        };
        for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
                struct sccp_input input;
                struct sccp_message ack = receive_ack(cases[i].status, cases[i].address, cases[i].port);
                assert_true(read_at(17, &ack, &input));
                assert_int_equal(input.kind, SCCP_INPUT_RX_FAILED);
                assert_int_equal(input.status, cases[i].shown);
                assert_int_equal(input.endpoint.port, 0);
        }
}

static void only_failed_transmissions_are_news(void **state)
{
        (void)state;
        struct sccp_input input;
        struct sccp_message ack = {.id = SCCP_START_MEDIA_TRANSMISSION_ACK,
                                   .start_media_transmission_ack = {.party_id = 7, .status = SCCP_MEDIA_OK}};
        assert_false(read_at(17, &ack, &input));
        ack.start_media_transmission_ack.status = SCCP_MEDIA_CODEC_TOO_COMPLEX;
        assert_true(read_at(17, &ack, &input));
        assert_int_equal(input.kind, SCCP_INPUT_TX_FAILED);
        assert_int_equal(input.party, 7);
        assert_int_equal(input.status, SCCP_MEDIA_CODEC_TOO_COMPLEX);
        struct sccp_message failure = {.id = SCCP_MEDIA_TRANSMISSION_FAILURE,
                                       .media_transmission_failure = {.party_id = 8, .call_ref = 2}};
        assert_true(read_at(17, &failure, &input));
        assert_int_equal(input.kind, SCCP_INPUT_TX_FAILED);
        assert_int_equal(input.party, 8);
}

static void statistics_are_copied(void **state)
{
        (void)state;
        struct sccp_input input;
        struct sccp_message stats = {.id = SCCP_CONNECTION_STATISTICS_RES,
                                     .connection_statistics_res = {.call_ref = 4,
                                                                   .counters = {.packets_sent = 1,
                                                                                .packets_received = 2,
                                                                                .packets_lost = 3,
                                                                                .jitter_ms = 4,
                                                                                .latency_ms = 5}}};
        assert_true(read_at(20, &stats, &input));
        assert_int_equal(input.kind, SCCP_INPUT_STATISTICS);
        assert_int_equal(input.reference, 4);
        assert_int_equal(input.statistics.packets_sent, 1);
        assert_int_equal(input.statistics.packets_received, 2);
        assert_int_equal(input.statistics.packets_lost, 3);
        assert_int_equal(input.statistics.jitter_ms, 4);
        assert_int_equal(input.statistics.latency_ms, 5);
}

static void a_choice_in_a_list_is_read_and_a_long_one_is_not_ours(void **state)
{
        (void)state;
        struct sccp_input input;
        struct sccp_message message = {.id = SCCP_DEVICE_TO_USER_DATA_V1};
        struct sccp_device_to_user_data_v1 *data = &message.device_to_user_data_v1;
        data->application = SCCP_APPLICATION_CONFERENCE;
        data->line = 2;
        data->call_ref = 300;
        data->n_data = 10;
        memcpy(data->data, "remove/301", 10);
        assert_true(read_at(22, &message, &input));
        assert_int_equal(input.kind, SCCP_INPUT_CHOICE);
        assert_int_equal(input.application, SCCP_APPLICATION_CONFERENCE);
        assert_int_equal(input.line, 2);
        assert_int_equal(input.reference, 300);
        assert_string_equal(input.number, "remove/301");
        data->n_data = sizeof input.number;
        assert_false(read_at(22, &message, &input));
        data->n_data = 0;
        assert_false(read_at(22, &message, &input));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(hooks_say_line_and_call_if_the_phone_does),
                cmocka_unit_test(old_loads_say_which_key_was_pressed),
                cmocka_unit_test(keypad_numbers_are_digits),
                cmocka_unit_test(numbers_en_bloc_lose_what_cannot_be_dialled),
                cmocka_unit_test(a_feature_key_is_its_soft_key_and_names_no_line),
                cmocka_unit_test(a_hard_key_is_the_soft_key_of_the_same_meaning),
                cmocka_unit_test(a_hard_key_says_a_line_only_beyond_the_first),
                cmocka_unit_test(the_keys_for_voice_mail_are_one),
                cmocka_unit_test(keys_the_phone_serves_itself_are_nothing),
                cmocka_unit_test(soft_keys_keep_their_number),
                cmocka_unit_test(line_keys_and_speed_dials_must_exist),
                cmocka_unit_test(the_key_that_asks_for_voicemail_is_one_whatever_its_name),
                cmocka_unit_test(busy_lamp_keys_are_speed_dials),
                cmocka_unit_test(keys_nobody_knows_mean_nothing),
                cmocka_unit_test(a_hook_flash_is_told),
                cmocka_unit_test(an_open_channel_says_where_to_send),
                cmocka_unit_test(a_channel_nobody_can_send_to_has_failed),
                cmocka_unit_test(only_failed_transmissions_are_news),
                cmocka_unit_test(statistics_are_copied),
                cmocka_unit_test(a_choice_in_a_list_is_read_and_a_long_one_is_not_ours),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
