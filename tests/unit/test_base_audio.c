/* Codec facts and what two sides have in common. */
#include "gateway/base/audio.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/base/text.h"

static void every_codec_has_its_facts(void **state)
{
        (void)state;
        static const struct {
                enum codec codec;
                const char *name;
                unsigned payload_type, bytes;
        } rows[] = {
                {CODEC_PCMU, "pcmu", 0, 160},
                {CODEC_PCMA, "pcma", 8, 160},
                {CODEC_G722, "g722", 9, 160},
                {CODEC_G729, "g729", 18, 20},
        };
        assert_int_equal(sizeof rows / sizeof *rows, CODECS - 1);
        for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
                const struct codec_info *info = codec_info(rows[i].codec);
                assert_string_equal(info->name, rows[i].name);
                assert_true(text_equal_nocase(info->encoding, rows[i].name));
                assert_int_equal(info->payload_type, rows[i].payload_type);
                assert_int_equal(info->clock_hz, 8000);
                assert_int_equal(info->bytes_per_20ms, rows[i].bytes);
                assert_int_equal(codec_by_name(info->name), rows[i].codec);
                assert_int_equal(codec_by_name(info->encoding), rows[i].codec);
        }
}

static void there_are_no_facts_about_no_codec(void **state)
{
        (void)state;
        assert_null(codec_info(CODEC_NONE));
        assert_null(codec_info(CODECS));
        assert_int_equal(codec_by_name("opus"), CODEC_NONE);
        assert_int_equal(codec_by_name(""), CODEC_NONE);
        assert_int_equal(codec_by_name(NULL), CODEC_NONE);
}

static const struct audio mine = {
        .rtp = {.ip = {4, {192, 0, 2, 1}}, .port = 4000},
        .n_codecs = 3,
        .codecs = {{.codec = CODEC_G722, .payload_type = 9},
                   {.codec = CODEC_PCMA, .payload_type = 108},
                   {.codec = CODEC_PCMU, .payload_type = 0}},
        .packet_ms = 30,
        .dtmf_payload_type = 101,
        .direction = AUDIO_SENDONLY,
};

static void common_codecs_keep_my_order_and_my_payload_types(void **state)
{
        (void)state;
        struct audio theirs = {.n_codecs = 3,
                               .codecs = {{.codec = CODEC_PCMU, .payload_type = 0},
                                          {.codec = CODEC_G729, .payload_type = 18},
                                          {.codec = CODEC_PCMA, .payload_type = 8}},
                               .packet_ms = 20};
        struct audio expected = mine, common = audio_common(&mine, &theirs);
        expected.n_codecs = 2;
        expected.codecs[0] = (struct audio_codec){CODEC_PCMA, 108, 0, CODEC_NONE};
        expected.codecs[1] = (struct audio_codec){CODEC_PCMU, 0, 0, CODEC_NONE};
        expected.codecs[2] = (struct audio_codec){0};
        assert_int_equal(common.n_codecs, 2);
        for (unsigned i = 0; i < AUDIO_CODECS_MAX; i++) {
                assert_int_equal(common.codecs[i].codec, expected.codecs[i].codec);
                assert_int_equal(common.codecs[i].payload_type, expected.codecs[i].payload_type);
        }
        assert_true(endpoint_equal(&common.rtp, &mine.rtp));
        assert_int_equal(common.packet_ms, 30);
        assert_int_equal(common.dtmf_payload_type, 101);
        assert_int_equal(common.direction, AUDIO_SENDONLY);
}

static void nothing_in_common_is_an_empty_list(void **state)
{
        (void)state;
        struct audio theirs = {.n_codecs = 1, .codecs = {{.codec = CODEC_G729, .payload_type = 18}}}, silent = {0};
        assert_int_equal(audio_common(&mine, &theirs).n_codecs, 0);
        assert_int_equal(audio_common(&mine, &silent).n_codecs, 0);
        assert_int_equal(audio_common(&silent, &mine).n_codecs, 0);
}

static void a_full_list_fits(void **state)
{
        (void)state;
        struct audio full = {.n_codecs = AUDIO_CODECS_MAX};
        for (unsigned i = 0; i < AUDIO_CODECS_MAX; i++)
                full.codecs[i] = (struct audio_codec){CODEC_PCMU, (uint8_t)(96 + i), 0, CODEC_NONE};
        struct audio common = audio_common(&full, &mine);
        assert_int_equal(common.n_codecs, AUDIO_CODECS_MAX);
        assert_int_equal(common.codecs[AUDIO_CODECS_MAX - 1].payload_type, 96 + AUDIO_CODECS_MAX - 1);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(every_codec_has_its_facts),
                cmocka_unit_test(there_are_no_facts_about_no_codec),
                cmocka_unit_test(common_codecs_keep_my_order_and_my_payload_types),
                cmocka_unit_test(nothing_in_common_is_an_empty_list),
                cmocka_unit_test(a_full_list_fits),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
