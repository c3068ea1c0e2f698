/* Forms of a message that are not the usual one, told apart by their length; and fields that depend on another. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sccp/codec.h"

static struct sccp_message m;
static uint8_t frame[SCCP_FRAME_MAX];
static uint8_t *const payload = frame + SCCP_HEADER_SIZE;

static void word_put(size_t at, uint32_t word)
{
        for (size_t i = 0; i < 4; i++)
                payload[at + i] = (uint8_t)(word >> 8 * i);
}

static void clear(void)
{
        memset(frame, 0, sizeof(frame));
}

static const char *decoded(unsigned version, enum sccp_id id, size_t len)
{
        struct sccp_context ctx = {.version = (uint8_t)version, .lines = 6};
        return sccp_decode(&ctx, id, payload, len, &m);
}

/* Decoding to the last byte and encoding to the same ones, in the form `form`. */
static void kept(unsigned version, enum sccp_id id, size_t len, unsigned form)
{
        struct sccp_context ctx = {.version = (uint8_t)version, .lines = 6};
        uint8_t again[SCCP_FRAME_MAX];
        assert_null(decoded(version, id, len));
        assert_int_equal(m.surplus, 0);
        assert_int_equal(m.form, form);
        assert_int_equal(sccp_encode(&ctx, &m, again, sizeof(again)), SCCP_HEADER_SIZE + (len + 3) / 4 * 4);
        assert_memory_equal(payload, again + SCCP_HEADER_SIZE, len);
}

static const char *printed(void)
{
        static char text[8 * SCCP_PRINT_SIZE];
        return sccp_print(&m, text, sizeof(text));
}

static void capability_lists_come_with_or_without_their_slots(void **state)
{
        (void)state;
        clear();
        word_put(0, 2);
        word_put(4, SCCP_CODEC_G722);
        word_put(20, SCCP_CODEC_G729);
        kept(11, SCCP_CAPABILITIES_RES, 292, 0);
        kept(11, SCCP_CAPABILITIES_RES, 36, SCCP_FORM_SHORT);
        assert_int_equal(m.capabilities_res.caps[1].codec, SCCP_CODEC_G729);
        kept(11, SCCP_CAPABILITIES_RES, 4 + 24 * 16, SCCP_FORM_OTHER);
        assert_null(decoded(11, SCCP_CAPABILITIES_RES, 4 + 10 * 16)); /* a reservoir that is cut */
        assert_int_equal(m.capabilities_res.n_caps, 2);
        assert_int_equal(m.surplus, 8 * 16);
        assert_string_equal(decoded(11, SCCP_CAPABILITIES_RES, 35), "too short");
}

static void button_templates_have_42_buttons_or_56_or_as_many_as_there_are(void **state)
{
        (void)state;
        clear();
        word_put(4, 3);
        word_put(8, 3);
        memcpy(payload + 12, "\1\11\2\11\1\2", 6);
        kept(3, SCCP_BUTTON_TEMPLATE, 96, 0);
        kept(3, SCCP_BUTTON_TEMPLATE, 20, SCCP_FORM_SHORT);
        kept(3, SCCP_BUTTON_TEMPLATE, 124, SCCP_FORM_OTHER);
        assert_int_equal(m.button_template.buttons[1].instance, 2);
        word_put(4, 56);
        payload[12 + 2 * 55] = 7;
        kept(3, SCCP_BUTTON_TEMPLATE, 124, 0);
        assert_int_equal(m.button_template.buttons[55].instance, 7);
        word_put(4, 57);
        assert_string_equal(decoded(3, SCCP_BUTTON_TEMPLATE, 126), "a list longer than its limit");
}

static void messages_with_two_layouts_are_told_apart_by_length(void **state)
{
        (void)state;
        clear();
        memcpy(payload + 4, "12\0Bob", 7);
        kept(17, SCCP_SPEED_DIAL_STAT_DYNAMIC, 12, 0);
        assert_string_equal(m.speed_dial_stat_dynamic.label, "Bob");
        clear();
        memcpy(payload + 4, "1002", 4);
        memcpy(payload + 28, "Bob", 3);
        kept(17, SCCP_SPEED_DIAL_STAT_DYNAMIC, 68, SCCP_FORM_OTHER);
        assert_string_equal(m.speed_dial_stat_dynamic.number, "1002");
        assert_string_equal(m.speed_dial_stat_dynamic.label, "Bob");
        clear();
        word_put(4, 1);
        memset(payload + 12, '7', 63);
        kept(11, SCCP_SUBSCRIPTION_STAT_REQ, 268, 0);
        kept(11, SCCP_SUBSCRIPTION_STAT_REQ, 76, SCCP_FORM_OTHER);
        assert_int_equal(strlen(m.subscription_stat_req.subscription_id), 63);
        clear();
        word_put(4, 11);
        word_put(780, 5);
        kept(6, SCCP_SOFT_KEY_SET_RES, 784, SCCP_FORM_OTHER);
        word_put(780, 0);
        kept(6, SCCP_SOFT_KEY_SET_RES, 780, 0);
}

/* Old phones send the whole room of the text whatever its length. */
static void statistics_come_with_the_rest_of_their_text(void **state)
{
        (void)state;
        clear();
        word_put(60, 7);
        memcpy(payload + 64, "MLQK=4;", 7);
        kept(11, SCCP_CONNECTION_STATISTICS_RES, 71, 0);
        kept(11, SCCP_CONNECTION_STATISTICS_RES, 664, SCCP_FORM_OTHER);
        assert_int_equal(m.connection_statistics_res.n_quality, 7);
}

/* Which version brought 20 bytes of address is not the same for every firmware (catalogue notes). */
static void addresses_have_the_size_that_fits(void **state)
{
        (void)state;
        static const struct {
                uint8_t version;
                enum sccp_id id;
                uint16_t len;
                uint8_t form, at;
        } rows[] = {{16, SCCP_MEDIA_TRANSMISSION_FAILURE, 20, 0, 8},
                    {16, SCCP_MEDIA_TRANSMISSION_FAILURE, 36, SCCP_FORM_ADDRESS, 8},
                    {17, SCCP_MEDIA_TRANSMISSION_FAILURE, 20, SCCP_FORM_ADDRESS, 8},
                    {17, SCCP_MEDIA_TRANSMISSION_FAILURE, 36, 0, 8},
                    {17, SCCP_OPEN_RECEIVE_CHANNEL_ACK, 20, SCCP_FORM_ADDRESS, 4},
                    {15, SCCP_START_MULTICAST_MEDIA_RECEPTION, 36, 0, 8},
                    {16, SCCP_START_MULTICAST_MEDIA_RECEPTION, 52, 0, 8},
                    {16, SCCP_START_MULTICAST_MEDIA_RECEPTION, 36, SCCP_FORM_ADDRESS, 8},
                    {18, SCCP_PORT_RES, 24, SCCP_FORM_ADDRESS, 12},
                    {15, SCCP_START_MULTIMEDIA_TRANSMISSION, 184, SCCP_FORM_ADDRESS, 12}};
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
                bool wide = rows[i].len == 52 || rows[i].len == 36 || rows[i].len == 184;
                if (rows[i].id == SCCP_START_MULTICAST_MEDIA_RECEPTION)
                        wide = rows[i].len == 52;
                clear();
                word_put(rows[i].at + (wide ? 4u : 0u), 0x010200c0);
                word_put(rows[i].at + (wide ? 20u : 4u), 16384);
                kept(rows[i].version, rows[i].id, rows[i].len, rows[i].form);
                assert_non_null(strstr(printed(), "192.0.2.1"));
                assert_non_null(strstr(printed(), "port=16384"));
        }
}

static void video_capabilities_are_read_in_both_widths(void **state)
{
        (void)state;
        static const struct {
                enum sccp_id id;
                uint16_t len, video, form;
        } forms[] = {{SCCP_UPDATE_CAPABILITIES, 1840, 116, 0},
                     {SCCP_UPDATE_CAPABILITIES, 2000, 132, SCCP_FORM_OTHER},
                     {SCCP_UPDATE_CAPABILITIES_V2, 2000, 132, 0},
                     {SCCP_UPDATE_CAPABILITIES_V3, 2380, 140, 0}};
        for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
                clear();
                word_put(4, 2);
                word_put(8, 1);
                word_put(600 + forms[i].video, SCCP_CODEC_H263);
                word_put(604 + forms[i].video, 3);
                word_put(608 + forms[i].video, 1);
                word_put(616 + forms[i].video, 3);
                word_put(600 + 10u * forms[i].video, SCCP_CODEC_T120);
                kept(22, forms[i].id, forms[i].len, forms[i].form);
                assert_non_null(
                        strstr(printed(), "codec=h263 direction=both levels={preference=0 format=cif_352x288 "));
                assert_non_null(strstr(printed(), " data={codec=t120 "));
        }
}

/* Conference bridges have sent garbage where nobody looks: audio must not be lost with it. */
static void counts_beyond_their_slots_cost_nothing(void **state)
{
        (void)state;
        clear();
        for (size_t i = 0; i < 5; i++)
                word_put(4 * i, 0xdeadbeef);
        word_put(148, 0xdeadbeef); /* services */
        word_put(312, SCCP_CODEC_G722);
        assert_null(decoded(17, SCCP_UPDATE_CAPABILITIES_V2, 2000));
        assert_int_equal(m.update_capabilities_v2.n_audio, 18);
        assert_int_equal(m.update_capabilities_v2.audio[0].codec, SCCP_CODEC_G722);
        assert_int_equal(m.update_capabilities_v2.n_video, 10);
        assert_int_equal(m.update_capabilities_v2.conference.n_services, 4);
}

static void the_codec_decides_what_a_capability_says(void **state)
{
        (void)state;
        clear();
        word_put(0, 4);
        word_put(4, SCCP_CODEC_G723_1);
        word_put(12, 2);
        word_put(20, SCCP_CODEC_V150_SPRT);
        word_put(28, 0x00020001);
        word_put(36, SCCP_CODEC_V150_SSE);
        word_put(48, 7);
        word_put(52, SCCP_CODEC_ILBC);
        word_put(60, 0x00006114);
        kept(17, SCCP_CAPABILITIES_RES, 292, 0);
        assert_string_equal(printed(), "CapabilitiesRes caps={codec=g723_1 packet_ms=0 g723_rate=6_3_kbps}"
                                       "{codec=v150_sprt packet_ms=0 channel0_payload=1 channel2_payload=2}"
                                       "{codec=v150_sse packet_ms=0 vendor_support=7}"
                                       "{codec=ilbc packet_ms=0 codec_mode=20 payload_type=97}");
}

static void the_codec_decides_what_a_multimedia_channel_carries(void **state)
{
        (void)state;
        clear();
        word_put(8, SCCP_CODEC_H264);
        word_put(32, 3840);
        word_put(36, 1);
        word_put(40, 3);
        word_put(84, 64);
        word_put(88, 43);
        kept(11, SCCP_OPEN_MULTIMEDIA_RECEIVE_CHANNEL, 164, 0);
        assert_non_null(strstr(printed(), "bit_rate=3840 formats={format=cif_352x288 mpi=0} profile=64 level=43"));
        word_put(8, SCCP_CODEC_G711_ULAW);
        word_put(32, 20);
        word_put(36, 1);
        assert_null(decoded(11, SCCP_OPEN_MULTIMEDIA_RECEIVE_CHANNEL, 164));
        assert_non_null(strstr(printed(), "packet_ms=20 echo_cancellation=on"));
        assert_null(strstr(printed(), "bit_rate"));
}

static void the_command_decides_what_a_video_command_says(void **state)
{
        (void)state;
        static const char *const says[] = {"raw=01",
                                           "first_gob=1 gobs=2",
                                           "first_gob=1 gobs=2",
                                           "first_gob=1 first_mb=2 mbs=3",
                                           "picture_number=1 long_term_index=2",
                                           "picture_number=1 long_term_index=2 first_mb=3",
                                           "pictures={picture_number=2 long_term_index=3}",
                                           "tradeoff=1"};
        for (uint32_t command = 0; command < sizeof(says) / sizeof(says[0]); command++) {
                clear();
                word_put(12, command);
                for (uint32_t i = 0; i < 3; i++)
                        word_put(16 + 4 * i, i + 1);
                assert_null(decoded(17, SCCP_MISCELLANEOUS_COMMAND, 52));
                assert_int_equal(m.surplus, 0);
                assert_non_null(strstr(printed(), says[command]));
        }
}

static void documents_have_up_to_2000_bytes(void **state)
{
        (void)state;
        clear();
        memset(payload + 40, 'x', 2000);
        word_put(16, 2000);
        word_put(20, SCCP_SEQUENCE_LAST);
        kept(17, SCCP_USER_TO_DEVICE_DATA_V1, 2040, 0);
        assert_int_equal(m.user_to_device_data_v1.n_data, 2000);
        assert_string_equal(decoded(17, SCCP_USER_TO_DEVICE_DATA_V1, 2039), "too short");
        word_put(16, 2001);
        assert_string_equal(decoded(17, SCCP_USER_TO_DEVICE_DATA_V1, 2043), "a list longer than its limit");
        word_put(16, 3);
        kept(17, SCCP_DEVICE_TO_USER_DATA, 23, 0);
        assert_int_equal(m.device_to_user_data.n_data, 3);
}

static void messages_fit_on_a_stack(void **state)
{
        (void)state;
        assert_true(sizeof(struct sccp_message) <= 5000);
        print_message("struct sccp_message has %zu bytes\n", sizeof(struct sccp_message));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(capability_lists_come_with_or_without_their_slots),
                cmocka_unit_test(button_templates_have_42_buttons_or_56_or_as_many_as_there_are),
                cmocka_unit_test(messages_with_two_layouts_are_told_apart_by_length),
                cmocka_unit_test(statistics_come_with_the_rest_of_their_text),
                cmocka_unit_test(addresses_have_the_size_that_fits),
                cmocka_unit_test(video_capabilities_are_read_in_both_widths),
                cmocka_unit_test(counts_beyond_their_slots_cost_nothing),
                cmocka_unit_test(the_codec_decides_what_a_capability_says),
                cmocka_unit_test(the_codec_decides_what_a_multimedia_channel_carries),
                cmocka_unit_test(the_command_decides_what_a_video_command_says),
                cmocka_unit_test(documents_have_up_to_2000_bytes),
                cmocka_unit_test(messages_fit_on_a_stack),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
