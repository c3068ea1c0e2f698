/* Offers, answers and what they change. Audio is written as in core_story.h. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "gateway/core/media.h"
#include "tests/unit/core_story.h"

#define ROWS(table) (sizeof(table) / sizeof *(table))

static struct audio ours(const char *codecs)
{
        struct audio audio = story_audio(codecs);
        audio.rtp = (struct endpoint){0};
        return audio;
}

static void our_codecs_are_the_phones_in_the_configured_order(void **state)
{
        (void)state;
        static const struct media_ability phone[] = {
                {CODEC_G729, 60}, {CODEC_PCMA, 40}, {CODEC_NONE, 0}, {CODEC_PCMU, 30}, {CODEC_PCMA, 60}};
        static const enum codec order[] = {CODEC_G722, CODEC_PCMU, CODEC_PCMA};
        struct audio all = media_ours(phone, ROWS(phone), order, ROWS(order), 101, false);
        assert_int_equal(all.n_codecs, 2);
        assert_int_equal(all.codecs[0].codec, CODEC_PCMU);
        assert_int_equal(all.codecs[0].payload_type, 0);
        assert_int_equal(all.codecs[1].codec, CODEC_PCMA);
        assert_int_equal(all.codecs[1].payload_type, 8);
        assert_int_equal(all.dtmf_payload_type, 101);
        assert_int_equal(media_ours(phone, 0, order, ROWS(order), 0, false).n_codecs, 0);
        assert_int_equal(media_ours(phone, ROWS(phone), order, 0, 0, false).n_codecs, 0);
}

static void answer_is_our_best_of_what_they_offer(void **state)
{
        (void)state;
        static const struct {
                const char *ours, *offer;
                enum codec codec; /* CODEC_NONE: refused */
        } rows[] = {
                {"g722,pcmu,pcma", "pcma,pcmu", CODEC_PCMU},
                {"pcma,pcmu", "pcmu,pcma,g722", CODEC_PCMA},
                {"pcmu", "g722,pcmu", CODEC_PCMU},
                {"pcmu", "g729", CODEC_NONE},
                {"pcmu", "-", CODEC_NONE},
                {"pcmu", "refused", CODEC_NONE},
                {"-", "pcmu", CODEC_NONE},
        };
        for (size_t i = 0; i < ROWS(rows); i++) {
                struct audio mine = ours(rows[i].ours), theirs = story_audio(rows[i].offer), answer = {0};
                assert_int_equal(media_answer(&mine, &theirs, false, &answer), rows[i].codec != CODEC_NONE);
                assert_int_equal(answer.n_codecs, rows[i].codec != CODEC_NONE);
                assert_int_equal(answer.codecs[0].codec, rows[i].codec);
        }
}

static void answer_uses_the_offerers_payload_types(void **state)
{
        (void)state;
        struct audio mine = ours("pcmu,g729"), theirs = story_audio("g729,pcmu"), answer;
        theirs.codecs[1].payload_type = 96;
        theirs.dtmf_payload_type = 110;
        assert_true(media_answer(&mine, &theirs, false, &answer));
        assert_int_equal(answer.codecs[0].payload_type, 96);
        assert_int_equal(answer.dtmf_payload_type, 110);
        struct media_stream stream;
        assert_true(media_agree(&answer, &theirs, &stream));
        assert_int_equal(stream.payload_type, 96);
        assert_int_equal(stream.dtmf_payload_type, 110);
        mine.dtmf_payload_type = 0;
        assert_true(media_answer(&mine, &theirs, false, &answer));
        assert_int_equal(answer.dtmf_payload_type, 0);
}

static void direction_is_mirrored(void **state)
{
        (void)state;
        static const struct {
                const char *offer;
                bool held;
                enum audio_direction answer;
        } rows[] = {
                {"pcmu/sendrecv", false, AUDIO_SENDRECV}, {"pcmu/sendonly", false, AUDIO_RECVONLY},
                {"pcmu/recvonly", false, AUDIO_SENDONLY}, {"pcmu/inactive", false, AUDIO_INACTIVE},
                {"pcmu/sendrecv", true, AUDIO_SENDONLY},  {"pcmu/sendonly", true, AUDIO_INACTIVE},
                {"pcmu/recvonly", true, AUDIO_SENDONLY},  {"pcmu/inactive", true, AUDIO_INACTIVE},
        };
        for (size_t i = 0; i < ROWS(rows); i++) {
                struct audio mine = ours("pcmu"), theirs = story_audio(rows[i].offer), answer;
                assert_true(media_answer(&mine, &theirs, rows[i].held, &answer));
                assert_int_equal(answer.direction, rows[i].answer);
        }
}

static void we_send_when_they_listen(void **state)
{
        (void)state;
        static const struct {
                const char *theirs;
                bool send;
        } rows[] = {{"pcmu", true}, {"pcmu/sendonly", false}, {"pcmu/recvonly", true}, {"pcmu/inactive", false}};
        for (size_t i = 0; i < ROWS(rows); i++) {
                struct audio mine = ours("pcmu"), theirs = story_audio(rows[i].theirs);
                struct media_stream stream;
                assert_true(media_agree(&mine, &theirs, &stream));
                assert_int_equal(stream.send, rows[i].send);
        }
        struct audio mine = ours("pcmu"), held = story_audio("pcmu");
        held.rtp.ip = (struct ip){.family = 4}; /* c=IN IP4 0.0.0.0 */
        struct media_stream stream;
        assert_true(media_agree(&mine, &held, &stream));
        assert_false(stream.send);
}

static void answer_with_several_codecs_means_its_first(void **state)
{
        (void)state;
        struct audio mine = ours("g722,pcmu,pcma"), theirs = story_audio("pcma,g722");
        struct media_stream stream;
        assert_true(media_agree(&mine, &theirs, &stream));
        assert_int_equal(stream.codec, CODEC_PCMA);
        theirs = story_audio("g729,pcmu");
        assert_true(media_agree(&mine, &theirs, &stream));
        assert_int_equal(stream.codec, CODEC_PCMU);
        theirs = story_audio("refused");
        assert_false(media_agree(&mine, &theirs, &stream));
        theirs = story_audio("g729");
        assert_false(media_agree(&mine, &theirs, &stream));
}

/* What a phone says of itself is milliseconds; 0, or a few frames, is not believed, and everybody can do 20. */
static void longest_packet_is_that_of_every_codec(void **state)
{
        (void)state;
        static const unsigned rows[][3] = {{40, 60, 40}, {60, 40, 40}, {0, 60, 20}, {1, 2, 20}, {120, 4000, 60}};
        static const enum codec order[] = {CODEC_PCMU, CODEC_G729};
        for (size_t i = 0; i < ROWS(rows); i++) {
                struct media_ability phone[] = {{CODEC_G729, rows[i][0]}, {CODEC_PCMU, rows[i][1]}};
                struct audio all = media_ours(phone, 2, order, 2, 101, false);
                assert_int_equal(all.packet_ms, 20);
                assert_int_equal(all.packet_max_ms, rows[i][2]);
        }
}

static void packet_time_is_theirs_as_far_as_both_can_do_it(void **state)
{
        (void)state;
        static const struct {
                uint8_t asked, their_most, our_most, agreed;
        } rows[] = {
                {0, 0, 40, 20},    {10, 0, 40, 10}, {20, 0, 40, 20},  {30, 0, 40, 30}, {40, 0, 40, 40},
                {60, 0, 40, 40},   {60, 0, 60, 60}, {15, 0, 40, 10},  {25, 0, 40, 20}, {5, 0, 40, 10},
                {255, 0, 60, 60},  {30, 0, 0, 20},  {30, 20, 40, 20}, {0, 10, 40, 10}, {40, 35, 40, 30},
                {20, 140, 60, 20}, {20, 3, 40, 10},
        };
        for (size_t i = 0; i < ROWS(rows); i++) {
                struct audio mine = ours("g729,pcmu"), theirs = story_audio("pcmu"), answer;
                struct media_stream stream, offered;
                theirs.packet_ms = rows[i].asked;
                theirs.packet_max_ms = rows[i].their_most;
                mine.codecs[1].packet_max_ms = rows[i].our_most;
                assert_true(media_answer(&mine, &theirs, false, &answer));
                assert_int_equal(answer.packet_ms, rows[i].agreed);
                assert_int_equal(answer.packet_max_ms, rows[i].our_most);
                assert_true(media_agree(&answer, &theirs, &stream) && media_agree(&mine, &theirs, &offered));
                assert_int_equal(stream.packet_ms, rows[i].agreed);
                assert_int_equal(offered.packet_ms, rows[i].agreed); /* they answered our offer with this */
        }
}

static void offer_again_asks_for_the_packet_time_that_was_agreed(void **state)
{
        (void)state;
        struct audio mine = ours("g722,pcmu");
        struct media_stream none = {0}, agreed = {.codec = CODEC_PCMU, .far_codec = CODEC_PCMU, .packet_ms = 30};
        assert_int_equal(media_offer(&mine, &none, false).packet_ms, 20);
        assert_int_equal(media_offer(&mine, &agreed, false).packet_ms, 30);
        agreed.codec = agreed.far_codec = CODEC_G729; /* no longer ours */
        assert_int_equal(media_offer(&mine, &agreed, false).packet_ms, 20);
}

static void offer_puts_the_agreed_codec_first_and_loses_none(void **state)
{
        (void)state;
        struct audio mine = ours("g722,pcmu,pcma");
        static const enum codec expected[][3] = {
                [CODEC_NONE] = {CODEC_G722, CODEC_PCMU, CODEC_PCMA},
                [CODEC_PCMU] = {CODEC_PCMU, CODEC_G722, CODEC_PCMA},
                [CODEC_PCMA] = {CODEC_PCMA, CODEC_G722, CODEC_PCMU},
                [CODEC_G722] = {CODEC_G722, CODEC_PCMU, CODEC_PCMA},
                [CODEC_G729] = {CODEC_G722, CODEC_PCMU, CODEC_PCMA},
        };
        for (enum codec agreed = CODEC_NONE; agreed < CODECS; agreed++) {
                struct media_stream stream = {.codec = agreed, .far_codec = agreed, .packet_ms = 20};
                struct audio offer = media_offer(&mine, &stream, false);
                assert_int_equal(offer.n_codecs, 3);
                for (unsigned i = 0; i < 3; i++)
                        assert_int_equal(offer.codecs[i].codec, expected[agreed][i]);
        }
        struct media_stream none = {0};
        assert_int_equal(media_offer(&mine, &none, false).direction, AUDIO_SENDRECV);
        assert_int_equal(media_offer(&mine, &none, true).direction, AUDIO_SENDONLY);
}

static void change_says_how_much_has_to_be_done_again(void **state)
{
        (void)state;
        static const struct {
                const char *before, *after;
                enum media_change change;
        } rows[] = {
                {"pcmu@1", "pcmu@1", MEDIA_SAME},           {"pcmu@1", "pcmu@2", MEDIA_SEND},
                {"pcmu", "pcmu/sendonly", MEDIA_SEND},      {"pcmu/inactive", "pcmu/sendonly", MEDIA_SAME},
                {"pcmu", "pcmu/recvonly", MEDIA_SAME},      {"pcmu@1", "pcma@1", MEDIA_CODEC},
                {"pcmu@1", "pcma/inactive@2", MEDIA_CODEC},
        };
        for (size_t i = 0; i < ROWS(rows); i++) {
                struct audio mine = ours("pcmu,pcma"), a = story_audio(rows[i].before), b = story_audio(rows[i].after);
                struct media_stream before, after;
                assert_true(media_agree(&mine, &a, &before) && media_agree(&mine, &b, &after));
                assert_int_equal(media_compare(&before, &after), rows[i].change);
        }
        struct media_stream none = {0}, some = {.codec = CODEC_PCMU, .packet_ms = 20}, slow = some, event = some;
        slow.packet_ms = 10;
        event.dtmf_payload_type = 101;
        assert_int_equal(media_compare(&none, &some), MEDIA_CODEC);
        assert_int_equal(media_compare(&some, &slow), MEDIA_CODEC);
        assert_int_equal(media_compare(&some, &event), MEDIA_SEND);
}

/* RFC 5761 section 5.1.1: an answer may have it only when the offer had, and both must. */
static void rtcp_shares_the_port_when_both_say_so(void **state)
{
        (void)state;
        for (unsigned i = 0; i < 4; i++) {
                struct audio mine = ours("pcmu"), theirs = story_audio("pcmu@1"), answer;
                struct media_stream stream, before;
                mine.rtcp_mux = i & 1;
                theirs.rtcp_mux = i & 2;
                assert_true(media_answer(&mine, &theirs, false, &answer) && media_agree(&mine, &theirs, &stream));
                assert_int_equal(answer.rtcp_mux, i == 3);
                assert_int_equal(stream.rtcp_mux, i == 3);
                assert_int_equal(media_offer(&mine, &stream, false).rtcp_mux, i & 1);
                before = stream;
                before.rtcp_mux = !before.rtcp_mux;
                assert_int_equal(media_compare(&before, &stream), MEDIA_SEND);
                theirs.rtcp.port = 5001;
                assert_true(media_agree(&mine, &theirs, &before));
                assert_int_equal(before.far_rtcp.port, 5001);
                assert_int_equal(media_compare(&before, &stream), MEDIA_SEND);
        }
}

static void keys_are_agreed_and_are_no_change_for_the_phone(void **state)
{
        (void)state;
        struct audio mine = ours("pcmu"), theirs = story_audio("pcmu%1"), others = story_audio("pcmu%2"), answer;
        struct media_stream stream, other;
        assert_true(media_answer(&mine, &theirs, false, &answer));
        assert_int_equal(answer.keys.suite, CRYPTO_NONE); /* whose they are to say is the SIP side */
        assert_int_equal(media_offer(&mine, &(struct media_stream){.codec = CODEC_PCMU}, true).keys.suite, CRYPTO_NONE);
        assert_true(media_agree(&answer, &theirs, &stream) && media_agree(&answer, &others, &other));
        assert_true(crypto_keys_equal(&stream.keys, &theirs.keys));
        assert_false(crypto_keys_equal(&stream.keys, &other.keys));
        assert_int_equal(media_compare(&stream, &other), MEDIA_SAME);
}

static struct audio converting(const char *phone, const char *order)
{
        struct audio has = ours(phone), wants = ours(order);
        struct media_ability abilities[AUDIO_CODECS_MAX];
        enum codec codecs[AUDIO_CODECS_MAX];
        for (unsigned i = 0; i < has.n_codecs; i++)
                abilities[i] = (struct media_ability){has.codecs[i].codec, 40};
        for (unsigned i = 0; i < wants.n_codecs; i++)
                codecs[i] = wants.codecs[i].codec;
        return media_ours(abilities, has.n_codecs, codecs, wants.n_codecs, 101, true);
}

/* "pcmu,g722<pcmu": what is offered, and of what it is made. */
static const char *spelled(const struct audio *audio)
{
        static char text[128];
        text[0] = '\0';
        for (unsigned i = 0; i < audio->n_codecs; i++) {
                const struct codec_info *instead = codec_info(audio->codecs[i].instead);
                text_append(text, sizeof text, "%s%s%s%s", i ? "," : "", codec_info(audio->codecs[i].codec)->name,
                            instead ? "<" : "", instead ? instead->name : "");
        }
        return text;
}

static void what_can_be_made_of_the_phones_codecs_is_offered_behind_them(void **state)
{
        (void)state;
        static const struct {
                const char *phone, *order, *ours;
        } rows[] = {
                {"g722,pcmu,pcma", "g722,pcmu,pcma,g729", "g722,pcmu,pcma"},
                {"pcmu", "g722,pcma,pcmu", "pcmu,g722<pcmu,pcma<pcmu"},
                {"g722", "pcma,g722,pcmu", "g722,pcma<g722,pcmu<g722"},
                {"pcma,g722", "g722,pcmu,pcma", "g722,pcma,pcmu<pcma"}, /* the cheaper one */
                {"g722,g729", "g729,g722,pcmu", "g729,g722,pcmu<g722"},
                {"g729", "g729,pcmu,g722", "g729"}, /* nothing is made of it */
                {"pcmu", "pcmu,g729", "pcmu"},      /* and it of nothing */
                {"g729", "pcmu", ""},
        };
        for (size_t i = 0; i < ROWS(rows); i++) {
                struct audio mine = converting(rows[i].phone, rows[i].order), plain = media_unconverted(&mine);
                assert_string_equal(spelled(&mine), rows[i].ours);
                assert_null(strchr(spelled(&plain), '<'));
                assert_true(plain.n_codecs <= mine.n_codecs);
        }
}

static void nothing_is_converted_where_there_is_a_common_codec(void **state)
{
        (void)state;
        static const struct {
                const char *phone, *theirs;
                enum codec phones, far; /* by answer and by offer */
        } rows[] = {
                {"pcmu", "pcma,pcmu", CODEC_PCMU, CODEC_PCMU}, {"pcmu", "g722,pcma", CODEC_PCMU, CODEC_G722},
                {"g722", "pcma", CODEC_G722, CODEC_PCMA},      {"g722", "pcmu,g722", CODEC_G722, CODEC_G722},
                {"g722,pcma", "pcmu", CODEC_PCMA, CODEC_PCMU}, {"g729,pcmu", "g722,g729", CODEC_G729, CODEC_G729},
        };
        for (size_t i = 0; i < ROWS(rows); i++) {
                struct audio mine = converting(rows[i].phone, "g722,pcma,pcmu,g729"),
                             theirs = story_audio(rows[i].theirs), answer;
                struct media_stream offered, answered;
                assert_true(media_agree(&mine, &theirs, &answered)); /* they answered so */
                assert_int_equal(answered.codec, rows[i].phones);
                if (i != 1) { /* an answer of two: the first is as good as the second */
                        assert_int_equal(answered.far_codec, rows[i].far);
                }
                assert_true(media_answer(&mine, &theirs, false, &answer)); /* they offered so */
                assert_int_equal(answer.n_codecs, 1);
                assert_true(media_agree(&answer, &theirs, &offered));
                assert_int_equal(offered.codec, rows[i].phones);
                assert_int_equal(offered.far_codec, answer.codecs[0].codec);
                assert_int_equal(media_is_converted(&offered), rows[i].phones != rows[i].far);
                struct audio plain = media_unconverted(&mine);
                assert_int_equal(media_agree(&plain, &theirs, &offered), rows[i].phones == rows[i].far);
        }
}

/* What the relay makes of it is no matter of the phone's. */
static void another_codec_of_the_far_end_alone_is_no_change_for_the_phones_channel(void **state)
{
        (void)state;
        struct audio mine = converting("g722", "g722,pcmu,pcma"), a = story_audio("pcmu"), b = story_audio("pcma");
        struct media_stream before, after;
        assert_true(media_agree(&mine, &a, &before) && media_agree(&mine, &b, &after));
        assert_int_equal(media_compare(&before, &after), MEDIA_SEND);
        struct audio offer = media_offer(&mine, &after, false);
        assert_string_equal(spelled(&offer), "pcma<g722,g722,pcmu<g722");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(our_codecs_are_the_phones_in_the_configured_order),
                cmocka_unit_test(answer_is_our_best_of_what_they_offer),
                cmocka_unit_test(answer_uses_the_offerers_payload_types),
                cmocka_unit_test(direction_is_mirrored),
                cmocka_unit_test(we_send_when_they_listen),
                cmocka_unit_test(answer_with_several_codecs_means_its_first),
                cmocka_unit_test(longest_packet_is_that_of_every_codec),
                cmocka_unit_test(packet_time_is_theirs_as_far_as_both_can_do_it),
                cmocka_unit_test(what_can_be_made_of_the_phones_codecs_is_offered_behind_them),
                cmocka_unit_test(nothing_is_converted_where_there_is_a_common_codec),
                cmocka_unit_test(another_codec_of_the_far_end_alone_is_no_change_for_the_phones_channel),
                cmocka_unit_test(offer_again_asks_for_the_packet_time_that_was_agreed),
                cmocka_unit_test(offer_puts_the_agreed_codec_first_and_loses_none),
                cmocka_unit_test(change_says_how_much_has_to_be_done_again),
                cmocka_unit_test(rtcp_shares_the_port_when_both_say_so),
                cmocka_unit_test(keys_are_agreed_and_are_no_change_for_the_phone),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
