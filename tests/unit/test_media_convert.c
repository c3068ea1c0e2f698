/* One codec turned into another: the tone stays what it was, and so does everything of a packet but its payload. */
#define FIRST 6000
#include "gateway/media/convert.h"
#include "gateway/media/digits.h"
#include "media_tones.h"
#include "media_world.h"

enum { LOUD = 8000, SECONDS = 2, EVENT = 101, SETTLED_MS = 100 };

static const enum codec codecs[] = {CODEC_PCMU, CODEC_PCMA, CODEC_G722};

/* Bytes and samples of what a listener got. */
struct ear {
        struct voice_decoder decoder;
        int16_t samples[SECONDS * 1000 * MEMBER_WIDE];
        size_t count;
};

static struct ear ear_new(enum codec codec)
{
        struct ear ear = {.count = 0};
        voice_decoder_start(&ear.decoder, codec);
        return ear;
}

static void hear(struct ear *ear, const uint8_t *payload, size_t len)
{
        voice_decode(&ear->decoder, payload, len, ear->samples + ear->count);
        ear->count += len * (voice_is_wide(ear->decoder.codec) ? 2 : 1);
}

static size_t packet_next(struct talker *talker, uint8_t *packet)
{
        size_t len = talker_next(talker, packet + RTP_HEADER_LEN);
        rtp_write(&talker->rtp, packet);
        return RTP_HEADER_LEN + len;
}

/* Nothing but the tone, at the level it was spoken with: within 0.5 dB, and noise 20 dB below. */
static void assert_tone(const struct ear *ear, double hz)
{
        unsigned rate = rate_heard(ear->decoder.codec);
        size_t skip = SETTLED_MS * rate, count = ear->count - skip;
        const int16_t *from = ear->samples + skip;
        double loud = tone_loud(from, count, hz, rate), all = root_mean_square(from, count) * sqrt(2);
        assert_true(loud > LOUD * 0.94 && loud < LOUD * 1.06);
        assert_true(all < loud * 1.005);
        assert_true(quietest(from, count, rate) > LOUD * 0.6);
}

static void check_pair(enum codec from, enum codec to, double hz, unsigned packet_ms)
{
        struct talker talker = talker_new(from, hz, LOUD, packet_ms);
        static struct ear ear;
        struct convert convert = {0};
        ear = ear_new(to);
        convert_agree(&convert, from, to);
        for (unsigned ms = 0; ms + packet_ms <= SECONDS * 1000; ms += packet_ms) {
                uint8_t packet[RTP_PACKET_MAX], before[RTP_PACKET_MAX];
                size_t len = packet_next(&talker, packet);
                memcpy(before, packet, len);
                convert_packet(&convert, RELAY_PHONE, packet, len);
                before[1] = codec_info(to)->payload_type;
                assert_memory_equal(packet, before, RTP_HEADER_LEN);
                hear(&ear, packet + RTP_HEADER_LEN, len - RTP_HEADER_LEN);
        }
        assert_tone(&ear, hz);
}

static void a_tone_stays_what_it_was_in_every_pair(void **state)
{
        (void)state;
        static const double tones[] = {300, 1004, 2500};
        for (unsigned from = 0; from < 3; from++)
                for (unsigned to = 0; to < 3; to++)
                        for (unsigned i = 0; i < 3 && from != to; i++)
                                for (unsigned ms = 10; ms <= 60; ms += 25) {
                                        assert_true(convert_knows(codecs[from], codecs[to]));
                                        check_pair(codecs[from], codecs[to], tones[i], ms - ms % 10);
                                }
}

static void both_ways_are_converted_at_once(void **state)
{
        (void)state;
        static struct ear phone, far;
        struct talker at_phone = talker_new(CODEC_G722, 700, LOUD, 20), at_far = talker_new(CODEC_PCMA, 1100, LOUD, 20);
        struct convert convert = {0};
        uint8_t packet[RTP_PACKET_MAX];
        phone = ear_new(CODEC_G722);
        far = ear_new(CODEC_PCMA);
        for (unsigned ms = 0; ms < SECONDS * 1000; ms += 20) {
                convert_agree(&convert, CODEC_G722, CODEC_PCMA); /* again and again: nothing begins anew */
                size_t len = packet_next(&at_phone, packet);
                convert_packet(&convert, RELAY_PHONE, packet, len);
                hear(&far, packet + RTP_HEADER_LEN, len - RTP_HEADER_LEN);
                len = packet_next(&at_far, packet);
                convert_packet(&convert, RELAY_SIP, packet, len);
                hear(&phone, packet + RTP_HEADER_LEN, len - RTP_HEADER_LEN);
        }
        assert_tone(&far, 700);
        assert_tone(&phone, 1100);
}

/* Its G.711 of the other law is as good: what is in a packet says the packet. */
static void a_side_may_change_its_codec_and_its_source(void **state)
{
        (void)state;
        static struct ear ear;
        struct convert convert = {0};
        convert_agree(&convert, CODEC_PCMU, CODEC_G722);
        for (unsigned turn = 0; turn < 6; turn++) {
                struct talker talker = talker_new(codecs[turn % 3], 500, LOUD, 20);
                talker.rtp.ssrc = turn;
                ear = ear_new(CODEC_G722);
                for (unsigned ms = 0; ms < 1000; ms += 20) {
                        uint8_t packet[RTP_PACKET_MAX];
                        size_t len = packet_next(&talker, packet);
                        convert_packet(&convert, RELAY_PHONE, packet, len);
                        assert_int_equal(packet[1], codec_info(CODEC_G722)->payload_type);
                        hear(&ear, packet + RTP_HEADER_LEN, len - RTP_HEADER_LEN);
                }
                assert_tone(&ear, 500);
        }
}

static void whatever_is_no_voice_of_these_codecs_is_left_alone(void **state)
{
        (void)state;
        struct convert convert = {0};
        convert_agree(&convert, CODEC_PCMU, CODEC_G722);
        for (unsigned type = 0; type < 128; type++) {
                uint8_t packet[VOICE_LEN], before[VOICE_LEN];
                voice_fill(packet, type);
                packet[1] = (uint8_t)(0x80 | type);
                memcpy(before, packet, sizeof packet);
                convert_packet(&convert, RELAY_PHONE, packet, sizeof packet);
                bool changed = memcmp(packet, before, sizeof packet) != 0;
                assert_int_equal(changed, type == 0 || type == 8); /* G.722 is what the other side speaks */
                assert_int_equal(packet[1] & 0x80, 0x80);
        }
        uint8_t runt[RTP_HEADER_LEN] = {0x8f, 0}; /* 15 contributing sources, and none there */
        convert_packet(&convert, RELAY_PHONE, runt, sizeof runt);
        assert_int_equal(runt[1], 0);
}

/* What is in front of the payload and behind it is no voice. */
static void sources_extension_and_padding_stay_as_they_are(void **state)
{
        (void)state;
        struct convert convert = {0};
        uint8_t packet[12 + 4 + 8 + 160 + 4], before[sizeof packet];
        memset(packet, 0x11, sizeof packet);
        packet[0] = 0x80 | 0x20 | 0x10 | 1;
        packet[1] = 0;
        packet[18] = 0;
        packet[19] = 1; /* words of extension */
        packet[sizeof packet - 1] = 4;
        memcpy(before, packet, sizeof packet);
        convert_agree(&convert, CODEC_PCMU, CODEC_PCMA);
        convert_packet(&convert, RELAY_PHONE, packet, sizeof packet);
        assert_int_equal(packet[1], 8);
        packet[1] = 0;
        assert_memory_equal(packet, before, 24);
        assert_memory_equal(packet + sizeof packet - 4, before + sizeof packet - 4, 4);
        for (size_t i = 24; i < 184; i++)
                assert_int_not_equal(packet[i], before[i]);
}

/* --- through the relay --- */

static void agree(struct world *world, enum codec phone, enum codec far, uint8_t far_type)
{
        uint8_t in = codec_info(phone)->payload_type, out = codec_info(far)->payload_type;
        struct digits_terms terms = {.voice = {in, out},
                                     .packet_ms = 20,
                                     .of = {{in, in, 0, 0, {{0}}}, {out, far_type, EVENT, EVENT, {{0}}}}};
        assert_true(relay_terms(world->relay, STREAM, &terms));
        settle(world->relay);
}

static void say_tone(struct world *world, struct talker *talker, struct ear *ear, uint8_t type, unsigned packets)
{
        uint8_t packet[PACKET_MAX];
        for (unsigned i = 0; i < packets; i++) {
                size_t len = packet_next(talker, packet);
                send_to(world->phone.fd[0], HOME, world->ports.phone, packet, len);
                assert_int_equal(receive(world->sip.fd[0], packet, NULL, PATIENCE_MS), len);
                assert_int_equal(packet[1] & 0x7f, type);
                hear(ear, packet + RTP_HEADER_LEN, len - RTP_HEADER_LEN);
        }
}

static void the_relay_converts_what_its_sides_do_not_have_in_common(void **state)
{
        (void)state;
        struct world world;
        static struct ear ear;
        struct talker talker = talker_new(CODEC_G722, 800, LOUD, 20);
        world_start(&world, NULL, 0);
        world_connect(&world);
        agree(&world, CODEC_G722, CODEC_PCMA, 108);
        ear = ear_new(CODEC_PCMA);
        say_tone(&world, &talker, &ear, 108, 50);
        assert_tone(&ear, 800);
        agree(&world, CODEC_G722, CODEC_G722, 9); /* now they have */
        ear = ear_new(CODEC_G722);
        say_tone(&world, &talker, &ear, 9, 50);
        assert_tone(&ear, 800);
        agree(&world, CODEC_G722, CODEC_PCMU, 0);
        ear = ear_new(CODEC_PCMU);
        say_tone(&world, &talker, &ear, 0, 50);
        assert_tone(&ear, 800);
        world_stop(&world);
}

static void a_key_is_told_in_a_stream_that_is_converted(void **state)
{
        (void)state;
        struct world world;
        uint8_t packet[PACKET_MAX];
        struct talker talker = talker_new(CODEC_PCMU, 800, LOUD, 20);
        unsigned events = 0, voice = 0;
        world_start(&world, NULL, 0);
        world_connect(&world);
        agree(&world, CODEC_PCMU, CODEC_G722, 9);
        assert_true(relay_digit(world.relay, STREAM, RELAY_PHONE, '5', 100));
        settle(world.relay);
        uint16_t sequence = talker.rtp.sequence;
        for (unsigned i = 0; i < 20; i++) { /* at once: the relay's clock has nothing to do */
                size_t len = packet_next(&talker, packet);
                send_to(world.phone.fd[0], HOME, world.ports.phone, packet, len);
        }
        for (unsigned i = 0; i < 20 + 2; i++) {
                assert_true(receive(world.sip.fd[0], packet, NULL, PATIENCE_MS) > 0);
                assert_int_equal((uint16_t)(packet[2] << 8 | packet[3]), sequence++);
                events += (packet[1] & 0x7f) == EVENT;
                voice += (packet[1] & 0x7f) == 9;
        }
        assert_quiet(world.sip.fd[0]);
        assert_int_equal(events, 4 + 3); /* 100 ms, the end three times */
        assert_int_equal(voice, 20 - 5);
        world_stop(&world);
}

int main(void)
{
        if (guard_take(FIRST) < 0)
                return 1;
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_tone_stays_what_it_was_in_every_pair),
                cmocka_unit_test(both_ways_are_converted_at_once),
                cmocka_unit_test(a_side_may_change_its_codec_and_its_source),
                cmocka_unit_test(whatever_is_no_voice_of_these_codecs_is_left_alone),
                cmocka_unit_test(sources_extension_and_padding_stay_as_they_are),
                cmocka_unit_test(the_relay_converts_what_its_sides_do_not_have_in_common),
                cmocka_unit_test(a_key_is_told_in_a_stream_that_is_converted),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
