/* Codecs, rates, mixing: by values. */
#include <stdlib.h>

#include "gateway/media/voice.h" /* spandsp needs it first */

#include <spandsp/bit_operations.h>
#include <spandsp/g711.h>

#include "gateway/media/g711.h"
#include "gateway/media/mix.h"
#include "gateway/media/resample.h"
#include "media_tones.h"

/* ITU-T G.711 tables 1a to 2b: the value of the highest and the lowest codes, in 16 bits. */
static void g711_has_the_values_of_the_standard(void **state)
{
        (void)state;
        static const struct {
                uint8_t code;
                int16_t ulaw, alaw;
        } rows[] = {
                {0x00, -32124, -5504}, {0x80, 32124, 5504}, {0xff, 0, 848},        {0x7f, 0, -848},
                {0xd5, 716, 8},        {0x55, -716, -8},    {0x2a, -5372, -32256}, {0xaa, 5372, 32256},
        };
        for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
                assert_int_equal(ulaw_decode(rows[i].code), rows[i].ulaw);
                assert_int_equal(alaw_decode(rows[i].code), rows[i].alaw);
        }
}

static void every_code_comes_back(void **state)
{
        (void)state;
        for (unsigned code = 0; code < 256; code++) {
                if (code != 0x7f) /* -0 becomes 0 */
                        assert_int_equal(ulaw_encode(ulaw_decode((uint8_t)code)), code);
                assert_int_equal(alaw_encode(alaw_decode((uint8_t)code)), code);
        }
}

/* spandsp's G.711, written by somebody else, is the second opinion. */
static void every_sample_and_code_are_what_spandsp_makes_of_them(void **state)
{
        (void)state;
        for (int sample = INT16_MIN; sample <= INT16_MAX; sample++) {
                assert_int_equal(ulaw_encode((int16_t)sample), linear_to_ulaw(sample));
                assert_int_equal(alaw_encode((int16_t)sample), linear_to_alaw(sample));
        }
        for (unsigned code = 0; code < 256; code++) {
                assert_int_equal(ulaw_decode((uint8_t)code), ulaw_to_linear((uint8_t)code));
                assert_int_equal(alaw_decode((uint8_t)code), alaw_to_linear((uint8_t)code));
        }
}

static void a_tone_survives_each_codec(void **state)
{
        (void)state;
        static const enum codec codecs[] = {CODEC_PCMU, CODEC_PCMA, CODEC_G722};
        for (size_t c = 0; c < 3; c++) {
                for (double hz = 300; hz <= (voice_is_wide(codecs[c]) ? 6500 : 3400); hz += 310) {
                        unsigned rate = rate_heard(codecs[c]);
                        struct talker talker = talker_new(codecs[c], hz, 8000, 20);
                        struct voice_decoder decoder;
                        uint8_t payload[RTP_VOICE_MAX];
                        int16_t heard[320 * 20];
                        voice_decoder_start(&decoder, codecs[c]);
                        for (size_t at = 0; at < 20; at++) {
                                size_t len = talker_next(&talker, payload);
                                voice_decode(&decoder, payload, len, heard + at * 20 * rate);
                        }
                        double loud = tone_loud(heard + 40 * rate, 300 * rate, hz, rate);
                        double all = root_mean_square(heard + 40 * rate, 300 * rate) * sqrt(2);
                        assert_true(loud > 7800 && loud < 8200);
                        assert_true(all < loud * 1.02);
                }
        }
}

static void only_static_numbers_of_ours_are_codecs(void **state)
{
        (void)state;
        for (unsigned type = 0; type < 128; type++) {
                enum codec codec = voice_codec_of((uint8_t)type);
                assert_int_equal(codec, type == 0   ? CODEC_PCMU
                                        : type == 8 ? CODEC_PCMA
                                        : type == 9 ? CODEC_G722
                                                    : CODEC_NONE);
        }
}

/* --- rates --- */

#define LONG 3200

static void tone_at(int16_t *in, double hz, unsigned rate)
{
        tone_fill(in, LONG, 0, hz, 10000, rate);
}

static void twice_the_rate_keeps_the_tone_and_adds_none(void **state)
{
        (void)state;
        int16_t in[LONG], out[2 * LONG];
        for (double hz = 100; hz <= 3400; hz += 150) {
                struct resample resample = {0};
                tone_at(in, hz, 8);
                for (size_t at = 0; at < LONG; at += 160)
                        resample_up(&resample, in + at, 160, out + 2 * at);
                double loud = tone_loud(out + 320, 4800, hz, 16), image = tone_loud(out + 320, 4800, 8000 - hz, 16);
                assert_true(loud > 9900 && loud < 10100);
                assert_true(image < 50);
        }
}

static void half_the_rate_keeps_the_tone_and_folds_none(void **state)
{
        (void)state;
        int16_t in[LONG], out[LONG / 2];
        for (double hz = 100; hz <= 7900; hz += 150) {
                if (hz > 3400 && hz < 4600)
                        continue;
                struct resample resample = {0};
                tone_at(in, hz, 16);
                for (size_t at = 0; at < LONG; at += 320)
                        resample_down(&resample, in + at, 320, out + at / 2);
                if (hz <= 3400) {
                        double loud = tone_loud(out + 160, 800, hz, 8);
                        assert_true(loud > 9900 && loud < 10100);
                } else {
                        assert_true(root_mean_square(out + 160, 800) < 40);
                }
        }
}

static void the_loudest_samples_do_not_wrap(void **state)
{
        (void)state;
        int16_t in[320], out[320], up[640];
        struct resample down_state = {0}, up_state = {0};
        for (size_t i = 0; i < 320; i++)
                in[i] = i / 8 % 2 ? INT16_MAX : INT16_MIN;
        resample_down(&down_state, in, 320, out);
        resample_up(&up_state, out, 160, up);
        for (size_t i = 40; i < 160; i++) /* slow changes: no two neighbours are far apart unless the sign changes */
                assert_true(abs(out[i] - out[i - 1]) < 60000);
        for (size_t i = 80; i < 320; i++)
                assert_true(abs(up[i] - up[i - 1]) < 60000);
}

/* --- mixing --- */

#define FRAMES 100

/* Talkers of `loud` each, 200 Hz apart; what one hears who is number 0. */
static void mix_of(unsigned talkers, double loud, int16_t heard[FRAMES * 160])
{
        struct mix_volume volume = {0};
        for (size_t frame = 0; frame < FRAMES; frame++) {
                int16_t voices[8][160];
                int32_t sum[160] = {0};
                for (unsigned i = 0; i < talkers; i++) {
                        tone_fill(voices[i], 160, frame * 160, 400 + 200 * i, loud, 8);
                        mix_add(sum, voices[i], 160);
                }
                mix_listen(sum, voices[0], 160, &volume, heard + frame * 160);
        }
}

static void a_listener_hears_all_but_himself(void **state)
{
        (void)state;
        int16_t heard[FRAMES * 160];
        mix_of(8, 3000, heard);
        assert_true(tone_loud(heard, FRAMES * 160, 400, 8) < 3);
        for (unsigned i = 1; i < 8; i++) {
                double loud = tone_loud(heard, FRAMES * 160, 400 + 200 * i, 8);
                assert_true(loud > 2950 && loud < 3050);
        }
}

/* Seven at nearly full volume are turned down to what fits: each is there, nothing else is (cut tops would be). */
static void eight_loud_talkers_are_turned_down_not_cut(void **state)
{
        (void)state;
        int16_t heard[FRAMES * 160];
        mix_of(8, 16000, heard);
        double tones = 0;
        const int16_t *later = heard + 20 * 160;
        size_t count = 80 * 160;
        for (unsigned i = 1; i < 8; i++) {
                double loud = tone_loud(later, count, 400 + 200 * i, 8);
                assert_true(loud > 3000 && loud < 16000);
                tones += loud * loud / 2;
        }
        double all = root_mean_square(later, count);
        assert_true(tones > 0.98 * all * all);
        for (size_t i = 0; i < count; i++)
                assert_in_range(abs(later[i]), 0, 30001);
}

static void the_volume_comes_back(void **state)
{
        (void)state;
        struct mix_volume volume = {0};
        int32_t sum[160];
        int16_t heard[160];
        for (size_t i = 0; i < 160; i++)
                sum[i] = i % 2 ? 120000 : -120000;
        mix_listen(sum, NULL, 160, &volume, heard);
        assert_in_range(abs(heard[159]), 29000, 30000);
        for (size_t i = 0; i < 160; i++)
                sum[i] = i % 2 ? 1000 : -1000;
        mix_listen(sum, NULL, 160, &volume, heard);
        assert_in_range(abs(heard[159]), 200, 400);
        for (unsigned ms = 0; ms < 4000; ms += 20)
                mix_listen(sum, NULL, 160, &volume, heard);
        assert_int_equal(heard[159], 1000);
        assert_int_equal(heard[0], -1000);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(g711_has_the_values_of_the_standard),
                cmocka_unit_test(every_code_comes_back),
                cmocka_unit_test(every_sample_and_code_are_what_spandsp_makes_of_them),
                cmocka_unit_test(a_tone_survives_each_codec),
                cmocka_unit_test(only_static_numbers_of_ours_are_codecs),
                cmocka_unit_test(twice_the_rate_keeps_the_tone_and_adds_none),
                cmocka_unit_test(half_the_rate_keeps_the_tone_and_folds_none),
                cmocka_unit_test(the_loudest_samples_do_not_wrap),
                cmocka_unit_test(a_listener_hears_all_but_himself),
                cmocka_unit_test(eight_loud_talkers_are_turned_down_not_cut),
                cmocka_unit_test(the_volume_comes_back),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
