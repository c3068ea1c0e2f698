/* A party's packets through window, decoder and bridge, as a network may bring them: what is heard, by values. Time is
 * simulated: packets have an hour of arrival, and every 20 ms those that have come are given to the member. */
#include <stdlib.h>

#include "media_tones.h"

#define MOST_PACKETS 20000
#define MOST_MS      120000
#define LOUD         8000.0

struct arrival {
        double at_ms;
        struct rtp rtp;
        size_t len;
        uint8_t payload[RTP_VOICE_MAX];
};

struct journey {
        struct arrival *packets;
        size_t count;
        struct member *member;
        int16_t *heard; /* at the rate of the conference */
        size_t samples;
        unsigned rate;
        uint32_t most_ahead; /* units that waited at most, with those played at that look */
};

static struct journey journey_new(enum codec codec, unsigned rate)
{
        struct journey journey = {.rate = rate};
        struct member_terms terms = {codec, codec_info(codec)->payload_type, 20, 101};
        struct rtp rtp = {.sequence = 65535, .timestamp = 5, .ssrc = 77};
        journey.packets = calloc(MOST_PACKETS, sizeof *journey.packets);
        journey.member = calloc(1, sizeof *journey.member);
        journey.heard = calloc(MOST_MS * MEMBER_WIDE, sizeof *journey.heard);
        assert_true(journey.packets && journey.member && journey.heard);
        member_start(journey.member, &terms, &rtp);
        return journey;
}

static void journey_end(struct journey *journey)
{
        free(journey->packets);
        free(journey->member);
        free(journey->heard);
}

static struct arrival *journey_add(struct journey *journey, struct talker *talker, double at_ms)
{
        assert_true(journey->count < MOST_PACKETS);
        struct arrival *packet = &journey->packets[journey->count++];
        packet->at_ms = at_ms;
        packet->len = talker_next(talker, packet->payload);
        packet->rtp = talker->rtp;
        return packet;
}

static int by_arrival(const void *a, const void *b)
{
        double first = ((const struct arrival *)a)->at_ms, second = ((const struct arrival *)b)->at_ms;
        return (first > second) - (first < second);
}

/* Our clock ticks at 20, 40 ... ms. */
static void journey_run(struct journey *journey, unsigned ms)
{
        qsort(journey->packets, journey->count, sizeof *journey->packets, by_arrival);
        size_t next = 0;
        for (unsigned now = 20; now <= ms; now += 20) {
                for (; next < journey->count && journey->packets[next].at_ms <= now; next++) {
                        const struct arrival *packet = &journey->packets[next];
                        member_hear(journey->member, &packet->rtp, packet->payload, packet->len);
                }
                member_speak(journey->member, journey->rate, journey->heard + journey->samples);
                uint32_t ahead = jitter_ahead(&journey->member->jitter) + JITTER_FRAME;
                journey->most_ahead = ahead > journey->most_ahead ? ahead : journey->most_ahead;
                journey->samples += 20 * journey->rate;
        }
}

static const int16_t *heard_from(const struct journey *journey, unsigned ms)
{
        return journey->heard + ms * journey->rate;
}

static void assert_tone(const struct journey *journey, unsigned from_ms, unsigned to_ms, double hz)
{
        const int16_t *samples = heard_from(journey, from_ms);
        size_t count = (to_ms - from_ms) * journey->rate;
        double loud = tone_loud(samples, count, hz, journey->rate);
        assert_true(loud > LOUD * 0.97 && loud < LOUD * 1.03);
        assert_true(root_mean_square(samples, count) * sqrt(2) < loud * 1.03);
}

/* No 20 ms of it are much quieter than the tone. */
static void assert_no_drop_out(const struct journey *journey, unsigned from_ms, unsigned to_ms)
{
        double least = quietest(heard_from(journey, from_ms), (to_ms - from_ms) * journey->rate, journey->rate);
        assert_true(least * sqrt(2) > LOUD * 0.7);
}

static void assert_silence(const struct journey *journey, unsigned from_ms, unsigned to_ms)
{
        const int16_t *samples = heard_from(journey, from_ms);
        for (size_t i = 0; i < (to_ms - from_ms) * journey->rate; i++)
                assert_int_equal(samples[i], 0);
}

/* --- the network is kind --- */

static void every_codec_and_packet_time_is_heard_whole(void **state)
{
        (void)state;
        static const enum codec codecs[] = {CODEC_PCMU, CODEC_PCMA, CODEC_G722};
        for (size_t c = 0; c < 3; c++) {
                for (unsigned packet_ms = 10; packet_ms <= 60; packet_ms += 10) {
                        struct journey journey = journey_new(codecs[c], rate_heard(codecs[c]));
                        struct talker talker = talker_new(codecs[c], 700, LOUD, packet_ms);
                        for (unsigned ms = packet_ms; ms < 6000; ms += packet_ms)
                                journey_add(&journey, &talker, ms + 3.5);
                        journey_run(&journey, 5900);
                        assert_tone(&journey, 200, 1800, 700);
                        assert_no_drop_out(&journey, 200, 5900);
                        assert_int_equal(journey.member->jitter.bridged, 0);
                        journey_end(&journey);
                }
        }
}

static void a_narrow_voice_is_heard_in_a_wide_conference_and_the_other_way(void **state)
{
        (void)state;
        static const struct {
                enum codec codec;
                unsigned rate;
        } rows[] = {{CODEC_PCMU, MEMBER_WIDE}, {CODEC_G722, MEMBER_NARROW}};
        for (size_t i = 0; i < 2; i++) {
                struct journey journey = journey_new(rows[i].codec, rows[i].rate);
                struct talker talker = talker_new(rows[i].codec, 1300, LOUD, 20);
                for (unsigned ms = 20; ms < 2000; ms += 20)
                        journey_add(&journey, &talker, ms + 1);
                journey_run(&journey, 1900);
                assert_tone(&journey, 200, 1800, 1300);
                journey_end(&journey);
        }
}

/* --- the network is not --- */

static void what_is_lost_is_bridged_and_makes_nothing_late(void **state)
{
        (void)state;
        struct journey journey = journey_new(CODEC_PCMU, MEMBER_NARROW);
        struct talker talker = talker_new(CODEC_PCMU, 500, LOUD, 20);
        unsigned lost = 0;
        srand(5);
        for (unsigned ms = 20; ms < 30000; ms += 20) {
                journey_add(&journey, &talker, ms + 1);
                if (ms > 3000 && rand() % 20 == 0) {
                        journey.count--;
                        lost++;
                }
        }
        journey_run(&journey, 29900);
        assert_true(lost > 30);
        assert_true(journey.member->jitter.bridged >= (lost - 3) * 160 &&
                    journey.member->jitter.bridged <= (lost + 8) * 160);
        assert_no_drop_out(&journey, 200, 3000);
        double least = quietest(heard_from(&journey, 3000), 26000 * 8, 8);
        assert_true(least * sqrt(2) > LOUD * 0.3); /* two lost in a row are heard a little */
        assert_in_range(journey.most_ahead, 160, 480);
        journey_end(&journey);
}

static void reordered_packets_are_put_in_order(void **state)
{
        (void)state;
        struct journey journey = journey_new(CODEC_G722, MEMBER_WIDE);
        struct talker talker = talker_new(CODEC_G722, 900, LOUD, 20);
        for (unsigned ms = 20; ms < 20000; ms += 20)
                journey_add(&journey, &talker, ms + (ms % 60 == 0 ? 25 : 1)); /* every third behind its next */
        journey_run(&journey, 19900);
        assert_no_drop_out(&journey, 3000, 19900);
        assert_tone(&journey, 5000, 6800, 900);
        assert_in_range(journey.member->jitter.bridged, 0, 10 * 160);
        assert_in_range(journey.most_ahead, 160, 800);
        journey_end(&journey);
}

static void copies_change_nothing(void **state)
{
        (void)state;
        struct journey journey = journey_new(CODEC_PCMA, MEMBER_NARROW);
        struct talker talker = talker_new(CODEC_PCMA, 900, LOUD, 20);
        for (unsigned ms = 20; ms < 4000; ms += 20) {
                struct arrival copy = *journey_add(&journey, &talker, ms + 1);
                copy.at_ms += ms % 3 * 9;
                journey.packets[journey.count++] = copy;
        }
        journey_run(&journey, 3900);
        assert_no_drop_out(&journey, 1000, 3900);
        assert_tone(&journey, 1000, 1900, 900);
        journey_end(&journey);
}

/* 0 to 70 ms late at random. */
static void jitter_is_waited_for_after_a_while_and_not_for_ever(void **state)
{
        (void)state;
        struct journey journey = journey_new(CODEC_PCMU, MEMBER_NARROW);
        struct talker talker = talker_new(CODEC_PCMU, 600, LOUD, 20);
        srand(6);
        for (unsigned ms = 20; ms < 60000; ms += 20)
                journey_add(&journey, &talker, ms + (ms < 30000 ? (double)(rand() % 70) : 0));
        journey_run(&journey, 59900);
        uint64_t bridged = journey.member->jitter.bridged;
        assert_in_range(bridged, 160, 40 * 160); /* of 3000 packets */
        assert_no_drop_out(&journey, 5000, 29000);
        assert_in_range(journey.most_ahead, 480, 960);
        assert_in_range(jitter_ahead(&journey.member->jitter), 0, 320); /* quiet again for 30 s */
        journey_end(&journey);
}

static void drifting(double percent)
{
        struct journey journey = journey_new(CODEC_PCMU, MEMBER_NARROW);
        struct talker talker = talker_new(CODEC_PCMU, 600, LOUD, 20);
        double at_ms = 20;
        while (at_ms < 110000) {
                journey_add(&journey, &talker, at_ms);
                at_ms += 20 * (1 - percent / 100);
        }
        journey_run(&journey, 109000);
        assert_no_drop_out(&journey, 200, 109000);
        assert_in_range(journey.most_ahead, 160, 960);
        assert_in_range(journey.member->jitter.bridged / 8, 0, 109000 * 0.01); /* ms: no more than the drift */
        assert_int_equal(journey.member->jitter.dropped, 0);
        journey_end(&journey);
}

/* A thousand times what clocks do. */
static void a_talker_whose_clock_runs_fast_or_slow_is_heard_without_gaps(void **state)
{
        (void)state;
        drifting(0.5);
        drifting(-0.5);
        drifting(0.01);
        drifting(-0.01);
}

static void after_a_stall_at_most_six_packets_wait(void **state)
{
        (void)state;
        struct journey journey = journey_new(CODEC_PCMU, MEMBER_NARROW);
        struct talker talker = talker_new(CODEC_PCMU, 600, LOUD, 20);
        for (unsigned ms = 20; ms < 20000; ms += 20)
                journey_add(&journey, &talker, ms > 4000 && ms < 4500 ? 4500 : ms + 1);
        journey_run(&journey, 19900);
        assert_silence(&journey, 4100, 4480);
        assert_no_drop_out(&journey, 200, 4000);
        assert_no_drop_out(&journey, 4620, 19900);
        assert_in_range(jitter_ahead(&journey.member->jitter), 0, 480);
        journey_end(&journey);
}

/* --- talkers who pause, change, or send what is no voice --- */

static void a_pause_is_silence_and_its_end_is_not_late(void **state)
{
        (void)state;
        struct journey journey = journey_new(CODEC_PCMU, MEMBER_NARROW);
        struct talker talker = talker_new(CODEC_PCMU, 600, LOUD, 20);
        for (unsigned ms = 20; ms < 30000; ms += 20) {
                journey_add(&journey, &talker, ms + 1);
                if (ms / 1000 % 3 == 2) /* talks two seconds, is silent for one */
                        journey.count--;
        }
        journey_run(&journey, 29900);
        for (unsigned second = 0; second < 27; second += 3) {
                assert_no_drop_out(&journey, second * 1000 + 100, second * 1000 + 1980);
                assert_silence(&journey, second * 1000 + 2160, second * 1000 + 3000);
        }
        assert_in_range(journey.most_ahead, 160, 480);
        journey_end(&journey);
}

static void short_pauses_do_not_add_up(void **state)
{
        (void)state;
        struct journey journey = journey_new(CODEC_PCMU, MEMBER_NARROW);
        struct talker talker = talker_new(CODEC_PCMU, 600, LOUD, 20);
        for (unsigned ms = 20; ms < 60000; ms += 20) {
                journey_add(&journey, &talker, ms + 1);
                if (ms % 500 < 100)
                        journey.count--;
        }
        journey_run(&journey, 59900);
        assert_in_range(journey.most_ahead, 160, 480);
        journey_end(&journey);
}

static void another_source_or_time_line_begins_anew(void **state)
{
        (void)state;
        for (unsigned change = 0; change < 4; change++) {
                struct journey journey = journey_new(CODEC_PCMU, MEMBER_NARROW);
                struct talker talker = talker_new(CODEC_PCMU, 600, LOUD, 20);
                for (unsigned ms = 20; ms < 4000; ms += 20) {
                        journey_add(&journey, &talker, ms + 1);
                        if (ms != 2000)
                                continue;
                        talker.rtp.ssrc += change == 0;
                        talker.rtp.timestamp += change == 1 ? 1000000 : change == 2 ? (uint32_t)-90000 : 0;
                        talker.rtp.sequence = (uint16_t)(change == 3 ? 1 : talker.rtp.sequence);
                }
                journey_run(&journey, 3900);
                assert_no_drop_out(&journey, 200, 2000);
                assert_no_drop_out(&journey, 2140, 3900);
                assert_in_range(jitter_ahead(&journey.member->jitter), 0, 480);
                journey_end(&journey);
        }
}

static void one_packet_of_another_time_is_ignored(void **state)
{
        (void)state;
        struct journey journey = journey_new(CODEC_PCMU, MEMBER_NARROW);
        struct talker talker = talker_new(CODEC_PCMU, 600, LOUD, 20);
        for (unsigned ms = 20; ms < 8000; ms += 20) {
                struct arrival lost = *journey_add(&journey, &talker, ms + 1);
                lost.at_ms += 0.5;
                lost.rtp.timestamp += (uint32_t)rand() % 2 ? 500000 + ms * 100 : 0u - 9000 - ms * 100;
                if (ms % 700 == 0)
                        journey.packets[journey.count++] = lost;
        }
        journey_run(&journey, 7900);
        assert_no_drop_out(&journey, 200, 7900);
        assert_int_equal(journey.member->jitter.bridged, 0);
        journey_end(&journey);
}

static void events_comfort_noise_and_the_unknown_are_no_noise(void **state)
{
        (void)state;
        static const uint8_t types[] = {101, 13, 19, 18, 3, 96, 127};
        struct journey journey = journey_new(CODEC_PCMU, MEMBER_NARROW);
        struct talker talker = talker_new(CODEC_PCMU, 600, LOUD, 20);
        for (unsigned ms = 20; ms < 4000; ms += 20) {
                struct arrival *packet = journey_add(&journey, &talker, ms + 1);
                if (ms > 2000)
                        packet->rtp.payload_type = types[ms / 20 % sizeof types];
        }
        journey_run(&journey, 3900);
        assert_no_drop_out(&journey, 200, 2000);
        assert_silence(&journey, 2140, 3900);
        journey_end(&journey);
}

/* Allowed when both were offered, and done by phones that return to another codec without a word (RFC 3264, 6.1). */
static void a_party_may_change_its_codec(void **state)
{
        (void)state;
        struct journey journey = journey_new(CODEC_PCMU, MEMBER_WIDE);
        struct talker first = talker_new(CODEC_PCMU, 600, LOUD, 20), second = talker_new(CODEC_G722, 600, LOUD, 20);
        for (unsigned ms = 20; ms < 4000; ms += 20)
                journey_add(&journey, ms < 2000 ? &first : &second, ms + 1);
        journey_run(&journey, 3900);
        assert_no_drop_out(&journey, 200, 2000);
        assert_tone(&journey, 2200, 3800, 600);
        journey_end(&journey);
}

/* Packets of every kind in any order, times and lengths included: no sample from nowhere, nothing out of bounds. */
static void nonsense_breaks_nothing(void **state)
{
        (void)state;
        struct journey journey = journey_new(CODEC_G722, MEMBER_NARROW);
        int16_t heard[320];
        uint8_t payload[2000];
        static const uint8_t types[] = {0, 8, 9, 9, 9, 13, 101};
        srand(7);
        for (unsigned i = 0; i < 50000; i++) {
                uint32_t near = i * 160 + (uint32_t)rand() % 2000, any = (uint32_t)rand() * 3u;
                struct rtp rtp = {
                        .payload_type = types[rand() % 4000 ? 2 : rand() % 7],
                        .timestamp = rand() % 10 ? near : any,
                        .ssrc = (uint32_t)(rand() % 500 == 0),
                };
                for (size_t j = 0; j < 8; j++)
                        payload[(size_t)rand() % sizeof payload] = (uint8_t)rand();
                member_hear(journey.member, &rtp, payload, (size_t)rand() % (rand() % 100 ? 490 : sizeof payload));
                if (rand() % 3)
                        member_speak(journey.member, rand() % 1000 ? 8 : 16, heard);
                assert_true(jitter_ahead(&journey.member->jitter) <= JITTER_ROOM);
        }
        journey_end(&journey);
}

/* --- what a member is sent --- */

struct sent {
        unsigned packets;
        size_t len;
        struct rtp first, last;
        int16_t heard[16000];
        size_t samples;
        struct voice_decoder decoder;
};

static void catch (void *to, const struct member *member, const uint8_t *packet, size_t len)
{
        struct sent *sent = to;
        const uint8_t *payload;
        size_t payload_len;
        struct rtp rtp;
        (void)member;
        assert_true(rtp_read(packet, len, &rtp, &payload, &payload_len));
        if (sent->packets++ == 0) {
                sent->first = rtp;
                assert_true(rtp.marker);
        } else {
                assert_false(rtp.marker);
                assert_int_equal(rtp.ssrc, sent->first.ssrc);
                assert_int_equal(rtp.sequence, (uint16_t)(sent->last.sequence + 1));
                assert_int_equal(rtp.timestamp, (uint32_t)(sent->last.timestamp + sent->len));
        }
        sent->last = rtp;
        sent->len = payload_len;
        voice_decode(&sent->decoder, payload, payload_len, sent->heard + sent->samples);
        sent->samples += payload_len * (voice_is_wide(sent->decoder.codec) ? 2 : 1);
}

static void a_member_is_sent_unbroken_packets_of_the_length_it_asked_for(void **state)
{
        (void)state;
        static const enum codec codecs[] = {CODEC_PCMU, CODEC_PCMA, CODEC_G722};
        for (size_t c = 0; c < 3; c++) {
                for (uint8_t packet_ms = 10; packet_ms <= 60; packet_ms += 10) {
                        struct journey journey = journey_new(codecs[c], MEMBER_WIDE);
                        struct member_terms terms = {codecs[c], 97, packet_ms, 0};
                        struct rtp rtp = {.sequence = 65530, .timestamp = UINT32_MAX - 1000, .ssrc = 0xabcdef01};
                        struct sent sent = {0};
                        member_start(journey.member, &terms, &rtp);
                        voice_decoder_start(&sent.decoder, codecs[c]);
                        unsigned rate = rate_heard(codecs[c]);
                        for (unsigned ms = 0; ms < 960; ms += 20) {
                                int16_t samples[320];
                                tone_fill(samples, 320, ms * 16, 800, LOUD, 16);
                                member_listen(journey.member, 16, samples, catch, &sent);
                        }
                        assert_int_equal(sent.packets, 960 / packet_ms);
                        assert_int_equal(sent.len, packet_ms * 8);
                        assert_int_equal(sent.first.sequence, 65530);
                        assert_int_equal(sent.first.timestamp, UINT32_MAX - 1000);
                        assert_int_equal(sent.first.ssrc, 0xabcdef01);
                        assert_int_equal(sent.first.payload_type, 97);
                        double loud = tone_loud(sent.heard + 100 * rate, 800 * rate, 800, rate);
                        assert_true(loud > LOUD * 0.97 && loud < LOUD * 1.03);
                        journey_end(&journey);
                }
        }
}

static void keep(void *to, const struct member *member, const uint8_t *packet, size_t len)
{
        const uint8_t *payload;
        size_t payload_len;
        (void)member;
        assert_true(rtp_read(packet, len, to, &payload, &payload_len));
}

/* The machine stood still: the listener's clock did not. */
static void ticks_that_were_given_up_are_a_gap_in_time_and_not_in_numbers(void **state)
{
        (void)state;
        struct journey journey = journey_new(CODEC_PCMA, MEMBER_NARROW);
        struct rtp before, after;
        int16_t samples[160] = {0};
        member_listen(journey.member, 8, samples, keep, &before);
        member_listen(journey.member, 8, samples, keep, &before);
        assert_false(before.marker);
        member_skip(journey.member, 7);
        member_listen(journey.member, 8, samples, keep, &after);
        assert_true(after.marker);
        assert_int_equal(after.sequence, (uint16_t)(before.sequence + 1));
        assert_int_equal(after.timestamp, before.timestamp + 8 * 160);
        journey_end(&journey);
}

/* --- RTP --- */

static void a_packet_is_read_as_it_was_written(void **state)
{
        (void)state;
        struct rtp rtp = {
                .payload_type = 101, .marker = true, .sequence = 0xfedc, .timestamp = 0x89abcdef, .ssrc = 0x76543210};
        uint8_t packet[RTP_HEADER_LEN + 3] = {[12] = 1, 2, 3};
        const uint8_t *payload;
        size_t len;
        struct rtp read;
        rtp_write(&rtp, packet);
        assert_true(rtp_read(packet, sizeof packet, &read, &payload, &len));
        assert_int_equal(read.payload_type, 101);
        assert_true(read.marker);
        assert_int_equal(read.sequence, 0xfedc);
        assert_int_equal(read.timestamp, 0x89abcdef);
        assert_int_equal(read.ssrc, 0x76543210);
        assert_ptr_equal(payload, packet + 12);
        assert_int_equal(len, 3);
}

/* Two sources, an extension of one word, two bytes of voice and three of padding, in a heap block of exactly its
 * length. */
static void what_surrounds_the_payload_is_not_heard_and_a_cut_is_noticed(void **state)
{
        (void)state;
        static const uint8_t whole[] = {0xb2, 0, 0, 1,    0,    0, 0, 2, 0, 0, 0, 3,    1,    1, 1, 1, 2,
                                        2,    2, 2, 0xbe, 0xde, 0, 1, 9, 9, 9, 9, 0x55, 0x56, 0, 0, 3};
        for (size_t cut = 0; cut <= sizeof whole; cut++) {
                uint8_t *packet = malloc(cut + 1);
                const uint8_t *payload;
                struct rtp rtp;
                size_t len;
                assert_non_null(packet);
                memcpy(packet + 1, whole, cut);
                bool read = rtp_read(packet + 1, cut, &rtp, &payload, &len);
                if (cut == sizeof whole) {
                        assert_true(read);
                        assert_int_equal(len, 2);
                        assert_int_equal(payload[0], 0x55);
                }
                if (cut < 28)
                        assert_false(read);
                if (read)
                        assert_true(payload + len <= packet + 1 + cut);
                free(packet);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(every_codec_and_packet_time_is_heard_whole),
                cmocka_unit_test(a_narrow_voice_is_heard_in_a_wide_conference_and_the_other_way),
                cmocka_unit_test(what_is_lost_is_bridged_and_makes_nothing_late),
                cmocka_unit_test(reordered_packets_are_put_in_order),
                cmocka_unit_test(copies_change_nothing),
                cmocka_unit_test(jitter_is_waited_for_after_a_while_and_not_for_ever),
                cmocka_unit_test(a_talker_whose_clock_runs_fast_or_slow_is_heard_without_gaps),
                cmocka_unit_test(after_a_stall_at_most_six_packets_wait),
                cmocka_unit_test(a_pause_is_silence_and_its_end_is_not_late),
                cmocka_unit_test(short_pauses_do_not_add_up),
                cmocka_unit_test(another_source_or_time_line_begins_anew),
                cmocka_unit_test(one_packet_of_another_time_is_ignored),
                cmocka_unit_test(events_comfort_noise_and_the_unknown_are_no_noise),
                cmocka_unit_test(a_party_may_change_its_codec),
                cmocka_unit_test(nonsense_breaks_nothing),
                cmocka_unit_test(a_member_is_sent_unbroken_packets_of_the_length_it_asked_for),
                cmocka_unit_test(ticks_that_were_given_up_are_a_gap_in_time_and_not_in_numbers),
                cmocka_unit_test(a_packet_is_read_as_it_was_written),
                cmocka_unit_test(what_surrounds_the_payload_is_not_heard_and_a_cut_is_noticed),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
