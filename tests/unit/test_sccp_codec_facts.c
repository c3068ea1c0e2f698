/* What the protocol reference says about single messages: lengths by version, the header, old phones that end early,
 * packed and aligned numbers, limits, and traces. */
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

static size_t encoded(unsigned version, enum sccp_id id)
{
        struct sccp_context ctx = {.version = (uint8_t)version};
        memset(&m, 0, sizeof(m));
        m.id = id;
        size_t len = sccp_encode(&ctx, &m, frame, sizeof(frame));
        assert_true(len >= SCCP_HEADER_SIZE);
        return len - SCCP_HEADER_SIZE;
}

static const char *decoded(unsigned version, enum sccp_id id, size_t len)
{
        struct sccp_context ctx = {.version = (uint8_t)version, .lines = 6};
        return sccp_decode(&ctx, id, payload, len, &m);
}

static const char *printed(void)
{
        static char text[SCCP_PRINT_SIZE];
        return sccp_print(&m, text, sizeof(text));
}

static void word_put(size_t at, uint32_t word)
{
        for (size_t i = 0; i < 4; i++)
                payload[at + i] = (uint8_t)(word >> 8 * i);
}

/* catalogue, media_key: 40 bytes behind the call reference; the address before them grew with version 17. */
static void keys_of_audio_have_their_place_in_each_version(void **state)
{
        (void)state;
        static const struct {
                enum sccp_id id;
                unsigned version;
                size_t at;
        } rows[] = {{SCCP_OPEN_RECEIVE_CHANNEL, 5, 28},      {SCCP_OPEN_RECEIVE_CHANNEL, 11, 28},
                    {SCCP_OPEN_RECEIVE_CHANNEL, 15, 28},     {SCCP_OPEN_RECEIVE_CHANNEL, 17, 28},
                    {SCCP_OPEN_RECEIVE_CHANNEL, 22, 28},     {SCCP_START_MEDIA_TRANSMISSION, 5, 44},
                    {SCCP_START_MEDIA_TRANSMISSION, 11, 44}, {SCCP_START_MEDIA_TRANSMISSION, 16, 44},
                    {SCCP_START_MEDIA_TRANSMISSION, 17, 60}, {SCCP_START_MEDIA_TRANSMISSION, 22, 60}};
        static const uint8_t algorithm[] = {1, 0, 0, 0, 16, 0, 14, 0};
        struct sccp_media_key key = {.algorithm = SCCP_CIPHER_AES_CM_128_HMAC_SHA1_32, .key_len = 16, .salt_len = 14};
        for (uint8_t i = 0; i < 16; i++) {
                key.key[i] = (uint8_t)(0xA0 + i);
                key.salt[i] = i < 14 ? (uint8_t)(0xC0 + i) : 0;
        }
        for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
                struct sccp_context ctx = {.version = (uint8_t)rows[i].version};
                bool open = rows[i].id == SCCP_OPEN_RECEIVE_CHANNEL;
                m = (struct sccp_message){.id = rows[i].id};
                *(open ? &m.open_receive_channel.key : &m.start_media_transmission.key) = key;
                size_t len = sccp_encode(&ctx, &m, frame, sizeof frame);
                assert_memory_equal(payload + rows[i].at, algorithm, sizeof algorithm);
                assert_memory_equal(payload + rows[i].at + 8, key.key, 16);
                assert_memory_equal(payload + rows[i].at + 24, key.salt, 16);
                assert_null(decoded(rows[i].version, rows[i].id, len - SCCP_HEADER_SIZE));
                const struct sccp_media_key *read = open ? &m.open_receive_channel.key
                                                         : &m.start_media_transmission.key;
                assert_memory_equal(read, &key, sizeof key);
                assert_non_null(strstr(printed(), "algorithm=aes_cm_128_hmac_sha1_32"));
                assert_null(strstr(printed(), "a0")); /* nor is it in traces */
                assert_null(strstr(printed(), "salt="));
        }
}

/* flows.md 1.1 */
static void payloads_have_the_length_each_version_expects(void **state)
{
        (void)state;
        static const uint8_t versions[] = {3, 5, 8, 11, 15, 16, 17, 18, 21, 22};
        static const struct {
                enum sccp_id id;
                uint16_t lens[sizeof(versions)];
        } rows[] = {
                {SCCP_OPEN_RECEIVE_CHANNEL, {24, 68, 92, 92, 108, 112, 128, 128, 168, 168}},
                {SCCP_START_MEDIA_TRANSMISSION, {40, 84, 108, 108, 116, 116, 132, 132, 168, 168}},
                {SCCP_STOP_TONE, {8, 8, 8, 12, 12, 12, 12, 12, 12, 12}},
                {SCCP_STOP_MEDIA_TRANSMISSION, {12, 12, 12, 12, 16, 16, 16, 16, 16, 16}},
                {SCCP_CLOSE_RECEIVE_CHANNEL, {12, 12, 12, 12, 16, 16, 16, 16, 16, 16}},
                {SCCP_OPEN_RECEIVE_CHANNEL_ACK, {20, 20, 20, 20, 20, 20, 36, 36, 36, 36}},
                {SCCP_START_MEDIA_TRANSMISSION_ACK, {24, 24, 24, 24, 24, 24, 40, 40, 40, 40}},
                {SCCP_DIALED_NUMBER, {32, 32, 32, 32, 32, 32, 32, 36, 36, 36}},
                {SCCP_CONNECTION_STATISTICS_REQ, {32, 32, 32, 32, 32, 32, 32, 36, 36, 36}},
                {SCCP_FORWARD_STAT, {92, 92, 92, 92, 92, 92, 92, 96, 96, 96}},
                {SCCP_SERVER_RES, {280, 280, 280, 280, 280, 280, 360, 360, 360, 360}},
                {SCCP_CALL_INFO, {384, 384, 384, 384, 384, 384, 384, 384, 384, 384}},
                {SCCP_CALL_INFO_DYNAMIC, {44, 44, 44, 44, 44, 48, 48, 48, 48, 48}},
                {SCCP_CALL_STATE, {24, 24, 24, 24, 24, 24, 24, 24, 24, 24}},
                {SCCP_LINE_STAT, {112, 112, 112, 112, 112, 112, 112, 112, 112, 112}},
                {SCCP_BUTTON_TEMPLATE, {96, 96, 96, 96, 96, 96, 96, 96, 96, 96}},
                {SCCP_SOFT_KEY_TEMPLATE_RES, {652, 652, 652, 652, 652, 652, 652, 652, 652, 652}},
                {SCCP_SOFT_KEY_SET_RES, {780, 780, 780, 780, 780, 780, 780, 780, 780, 780}},
                {SCCP_START_MULTIMEDIA_TRANSMISSION, {168, 168, 168, 168, 168, 168, 184, 184, 184, 184}},
                {SCCP_OPEN_MULTIMEDIA_RECEIVE_CHANNEL, {164, 164, 164, 164, 172, 176, 192, 192, 192, 192}},
                {SCCP_OPEN_MULTIMEDIA_RECEIVE_CHANNEL_ACK, {20, 20, 20, 20, 20, 20, 36, 36, 36, 36}},
                {SCCP_START_MULTICAST_MEDIA_RECEPTION, {36, 36, 36, 36, 36, 52, 52, 52, 52, 52}},
                {SCCP_START_MULTICAST_MEDIA_TRANSMISSION, {44, 44, 44, 44, 44, 60, 60, 60, 60, 60}},
                {SCCP_PORT_RES, {24, 24, 24, 24, 24, 24, 40, 40, 44, 44}},
                {SCCP_UPDATE_CAPABILITIES, {1840, 1840, 1840, 1840, 1840, 1840, 1840, 1840, 1840, 1840}},
                {SCCP_NOTIFICATION, {112, 112, 112, 112, 112, 112, 112, 112, 112, 112}},
                {SCCP_CALL_COUNT_RES, {180, 180, 180, 180, 180, 180, 180, 180, 180, 180}},
                {SCCP_CAPABILITIES_RES, {292, 292, 292, 292, 292, 292, 292, 292, 292, 292}},
        };
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
                for (size_t v = 0; v < sizeof(versions); v++)
                        if (encoded(versions[v], rows[i].id) != rows[i].lens[v])
                                fail_msg("%s in version %u has %zu bytes, not %u", sccp_message_info(rows[i].id)->name,
                                         versions[v], encoded(versions[v], rows[i].id), rows[i].lens[v]);
}

static void header_carries_the_version_from_10_on_except_around_registration(void **state)
{
        (void)state;
        static const struct {
                enum sccp_id id;
                uint8_t negotiated, header;
        } rows[] = {{SCCP_START_TONE, 3, 0},      {SCCP_START_TONE, 9, 0},     {SCCP_START_TONE, 10, 10},
                    {SCCP_START_TONE, 22, 22},    {SCCP_REGISTER, 17, 0},      {SCCP_REGISTER_ACK, 17, 0},
                    {SCCP_KEEP_ALIVE_ACK, 20, 0}, {SCCP_UNREGISTER_ACK, 22, 0}};
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
                size_t len = encoded(rows[i].negotiated, rows[i].id);
                const uint8_t header[] = {
                        (uint8_t)((len + 4) & 0xff),  (uint8_t)((len + 4) >> 8),  0, 0, rows[i].header, 0, 0, 0,
                        (uint8_t)(rows[i].id & 0xff), (uint8_t)(rows[i].id >> 8), 0, 0};
                assert_memory_equal(frame, header, sizeof(header));
        }
}

static void a_bare_off_hook_is_a_whole_message(void **state)
{
        (void)state;
        struct sccp_context ctx = {.version = 6};
        assert_null(decoded(6, SCCP_OFF_HOOK, 0));
        assert_int_equal(m.omitted, 2);
        assert_int_equal(m.off_hook.line, 0);
        assert_int_equal(sccp_encode(&ctx, &m, frame, sizeof(frame)), SCCP_HEADER_SIZE);
}

static void a_payload_that_ends_inside_an_optional_field_keeps_the_fields_before(void **state)
{
        (void)state;
        memset(frame, 0, sizeof(frame));
        word_put(0, SCCP_KEY_FIVE);
        word_put(4, 2);
        word_put(8, 0x01000001);
        assert_null(decoded(11, SCCP_KEYPAD_BUTTON, 10));
        assert_int_equal(m.keypad_button.button, SCCP_KEY_FIVE);
        assert_int_equal(m.keypad_button.line, 2);
        assert_int_equal(m.keypad_button.call_ref, 0);
        assert_string_equal(decoded(11, SCCP_KEYPAD_BUTTON, 3), "too short");
}

static void a_statistics_answer_without_its_text_has_none(void **state)
{
        (void)state;
        memset(frame, 0, sizeof(frame));
        word_put(24 + 8 + 28, 600);
        assert_null(decoded(17, SCCP_CONNECTION_STATISTICS_RES, 64 + 100)); /* 600 promised, 100 there */
        assert_int_equal(m.connection_statistics_res.n_quality, 0);
        word_put(24 + 8 + 28, 601);
        assert_string_equal(decoded(17, SCCP_CONNECTION_STATISTICS_RES, 800), "a list longer than its limit");
}

static void lists_hold_what_phones_send_and_no_more(void **state)
{
        (void)state;
        memset(frame, 0, sizeof(frame));
        word_put(0, 18);
        word_put(4 + 17 * 16, SCCP_CODEC_G722);
        assert_null(decoded(3, SCCP_CAPABILITIES_RES, 292));
        assert_int_equal(m.capabilities_res.caps[17].codec, SCCP_CODEC_G722);
        word_put(0, 24); /* without the fixed slots */
        assert_null(decoded(3, SCCP_CAPABILITIES_RES, 4 + 24 * 16));
        assert_string_equal(decoded(3, SCCP_CAPABILITIES_RES, 4 + 23 * 16), "too short");
        word_put(0, 25);
        assert_string_equal(decoded(3, SCCP_CAPABILITIES_RES, 4 + 25 * 16), "a list longer than its limit");
        word_put(0, UINT32_MAX);
        assert_string_equal(decoded(3, SCCP_CAPABILITIES_RES, 292), "a list longer than its limit");
        assert_int_equal(m.capabilities_res.n_caps, 0);
}

/* A 7961 of version 22 sends the first form (README section 1). */
static void audio_capabilities_are_found_in_every_video_form(void **state)
{
        (void)state;
        static const struct {
                enum sccp_id id;
                size_t len;
        } forms[] = {{SCCP_UPDATE_CAPABILITIES, 1840},
                     {SCCP_UPDATE_CAPABILITIES, 2000},
                     {SCCP_UPDATE_CAPABILITIES_V2, 2000},
                     {SCCP_UPDATE_CAPABILITIES_V3, 2380}};
        for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
                memset(frame, 0, sizeof(frame));
                word_put(0, 2);
                word_put(312, SCCP_CODEC_G722);
                word_put(328, SCCP_CODEC_G711_ULAW);
                assert_null(decoded(22, forms[i].id, forms[i].len));
                assert_int_equal(m.surplus, 0);
                assert_int_equal(m.update_capabilities.n_audio, 2);
                assert_int_equal(m.update_capabilities.audio[0].codec, SCCP_CODEC_G722);
                assert_int_equal(m.update_capabilities.audio[1].codec, SCCP_CODEC_G711_ULAW);
        }
}

/* README 2.5: 79xx pack, 69xx and 89xx align the word behind a 25-byte number. */
static void a_line_that_exists_tells_packed_from_aligned(void **state)
{
        (void)state;
        for (int aligned = 0; aligned < 2; aligned++) {
                memset(frame, 0, sizeof(frame));
                memcpy(payload, "5551234", 7);
                word_put(aligned ? 28 : 25, 2);
                assert_null(decoded(22, SCCP_ENBLOC_CALL, 32));
                assert_string_equal(m.enbloc_call.called_number, "5551234");
                assert_int_equal(m.enbloc_call.line, 2);
                assert_int_equal(m.form, aligned ? SCCP_FORM_ALIGNED : 0);
        }
}

static void a_known_call_tells_packed_from_aligned(void **state)
{
        (void)state;
        const uint32_t call = 0x12345600; /* nothing but being known speaks for it */
        struct sccp_context ctx = {.version = 20, .calls = &call, .n_calls = 1};
        for (int aligned = 0; aligned < 2; aligned++) {
                memset(frame, 0, sizeof(frame));
                memcpy(payload, "1001", 4);
                word_put(aligned ? 28 : 25, call);
                assert_null(sccp_decode(&ctx, SCCP_CONNECTION_STATISTICS_RES, payload, 68, &m));
                assert_int_equal(m.connection_statistics_res.call_ref, call);
                assert_int_equal(m.form, aligned ? SCCP_FORM_ALIGNED : 0);
        }
}

static void in_doubt_numbers_are_packed(void **state)
{
        (void)state;
        memset(frame, 0, sizeof(frame));
        assert_null(decoded(20, SCCP_DIALED_NUMBER, 36));
        assert_int_equal(m.form, 0);
}

static void a_message_encodes_the_way_it_was_decoded(void **state)
{
        (void)state;
        struct sccp_context ctx = {.version = 22};
        m = (struct sccp_message){.id = SCCP_ENBLOC_CALL, .form = SCCP_FORM_ALIGNED, .enbloc_call = {"1002", 3}};
        assert_int_equal(sccp_encode(&ctx, &m, frame, sizeof(frame)), SCCP_HEADER_SIZE + 32);
        assert_int_equal(payload[28], 3);
        m.form = 0;
        assert_int_equal(sccp_encode(&ctx, &m, frame, sizeof(frame)), SCCP_HEADER_SIZE + 32);
        assert_int_equal(payload[25], 3);
}

static void a_number_may_fill_its_24_bytes_but_not_25(void **state)
{
        (void)state;
        memset(frame, '7', sizeof(frame));
        assert_null(decoded(11, SCCP_ENBLOC_CALL, 24));
        assert_string_equal(m.enbloc_call.called_number, "777777777777777777777777");
        assert_null(decoded(18, SCCP_ENBLOC_CALL, 25));
        assert_int_equal(strlen(m.enbloc_call.called_number), 24);
}

static void texts_end_within_their_array_whatever_came(void **state)
{
        (void)state;
        memset(frame, 'A', sizeof(frame));
        assert_null(decoded(17, SCCP_ALARM, 92));
        assert_int_equal(strlen(m.alarm.text), sizeof(m.alarm.text) - 1);
        assert_string_equal(decoded(17, SCCP_DISPLAY_NOTIFY_DYNAMIC, 200), "a text without an end");
        assert_string_equal(decoded(17, SCCP_DISPLAY_NOTIFY_DYNAMIC, 50), "too short");
}

static void addresses_of_unknown_families_are_refused(void **state)
{
        (void)state;
        memset(frame, 0, sizeof(frame));
        word_put(4, 4);
        assert_string_equal(decoded(17, SCCP_OPEN_RECEIVE_CHANNEL_ACK, 36), "unknown address family");
        word_put(4, 3); /* "invalid" */
        word_put(8, 0x010200c0);
        assert_null(decoded(17, SCCP_OPEN_RECEIVE_CHANNEL_ACK, 36));
        assert_int_equal(m.open_receive_channel_ack.addr.family, 0);
        word_put(4, 1);
        assert_null(decoded(17, SCCP_OPEN_RECEIVE_CHANNEL_ACK, 36));
        assert_int_equal(m.open_receive_channel_ack.addr.family, 6);
}

static void unknown_messages_are_refused(void **state)
{
        (void)state;
        struct sccp_context ctx = {.version = 17};
        assert_string_equal(sccp_decode(&ctx, 0x7fff, payload, 0, &m), "unknown message id");
        assert_false(sccp_sample(&ctx, 0x7fff, 0, &m));
}

/* The log names what is skipped. */
static void messages_without_a_layout_have_a_name(void **state)
{
        (void)state;
        struct sccp_context ctx = {.version = 17};
        assert_string_equal(sccp_message_name(0x0137), "CreateConferenceReq");
        assert_string_equal(sccp_message_name(0x0151), "QoSModify");
        assert_null(sccp_message_info(0x0137));
        assert_string_equal(sccp_decode(&ctx, 0x0137, payload, 76, &m), "unknown message id");
        assert_string_equal(sccp_message_name(SCCP_START_TONE), "StartTone");
        assert_null(sccp_message_name(0x7fff));
}

static void what_nobody_defined_is_ignored(void **state)
{
        (void)state;
        memset(frame, 0, sizeof(frame));
        word_put(8, 17);
        word_put(44, 0xdeadbeef);
        assert_null(decoded(20, SCCP_START_MEDIA_TRANSMISSION_ACK, 52));
        assert_int_equal(m.start_media_transmission_ack.call_ref, 17);
        assert_int_equal(m.surplus, 12);
}

static void media_keys_are_never_printed(void **state)
{
        (void)state;
        m = (struct sccp_message){.id = SCCP_START_MEDIA_TRANSMISSION};
        struct sccp_media_key *key = &m.start_media_transmission.key;
        key->algorithm = SCCP_CIPHER_AES_CM_128_HMAC_SHA1_80;
        memset(key->key, 0xab, sizeof(key->key));
        memset(key->salt, 0xcd, sizeof(key->salt));
        assert_non_null(strstr(printed(), "key={algorithm=aes_cm_128_hmac_sha1_80 key_len=0 salt_len=0}"));
        assert_null(strstr(printed(), "abab"));
        assert_null(strstr(printed(), "cdcd"));
}

static void traces_name_labels_and_escape_the_rest(void **state)
{
        (void)state;
        m = (struct sccp_message){.id = SCCP_DISPLAY_NOTIFY};
        strcpy(m.display_notify.text, "\200\027 \"x\\\n");
        assert_string_equal(printed(), "DisplayNotify timeout_s=0 text=\"{from} \\\"x\\\\\\x0a\"");
        strcpy(m.display_notify.text, "\036\003 J\303\266rg");
        assert_string_equal(printed(), "DisplayNotify timeout_s=0 text=\"{flash} J\303\266rg\"");
        strcpy(m.display_notify.text, "J\366rg \200"); /* ISO-8859-1, and half a label */
        assert_string_equal(printed(), "DisplayNotify timeout_s=0 text=\"J\\xf6rg \\x80\"");
}

static void traces_show_numbers_without_a_name(void **state)
{
        (void)state;
        m = (struct sccp_message){.id = SCCP_START_TONE, .start_tone = {.tone = 9999}};
        assert_string_equal(printed(), "StartTone tone=9999");
        m = (struct sccp_message){.id = SCCP_REGISTER_ACK, .register_ack = {.features = 0x8110}};
        assert_non_null(strstr(printed(), "features=utf8|dynamic_messages|abbreviated_dial"));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(keys_of_audio_have_their_place_in_each_version),
                cmocka_unit_test(payloads_have_the_length_each_version_expects),
                cmocka_unit_test(header_carries_the_version_from_10_on_except_around_registration),
                cmocka_unit_test(a_bare_off_hook_is_a_whole_message),
                cmocka_unit_test(a_payload_that_ends_inside_an_optional_field_keeps_the_fields_before),
                cmocka_unit_test(a_statistics_answer_without_its_text_has_none),
                cmocka_unit_test(lists_hold_what_phones_send_and_no_more),
                cmocka_unit_test(audio_capabilities_are_found_in_every_video_form),
                cmocka_unit_test(a_line_that_exists_tells_packed_from_aligned),
                cmocka_unit_test(a_known_call_tells_packed_from_aligned),
                cmocka_unit_test(in_doubt_numbers_are_packed),
                cmocka_unit_test(a_message_encodes_the_way_it_was_decoded),
                cmocka_unit_test(a_number_may_fill_its_24_bytes_but_not_25),
                cmocka_unit_test(texts_end_within_their_array_whatever_came),
                cmocka_unit_test(addresses_of_unknown_families_are_refused),
                cmocka_unit_test(unknown_messages_are_refused),
                cmocka_unit_test(messages_without_a_layout_have_a_name),
                cmocka_unit_test(what_nobody_defined_is_ignored),
                cmocka_unit_test(media_keys_are_never_printed),
                cmocka_unit_test(traces_name_labels_and_escape_the_rest),
                cmocka_unit_test(traces_show_numbers_without_a_name),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
