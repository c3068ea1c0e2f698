/* When audio may leave the relay. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "gateway/core/way.h"
#include "tests/unit/core_story.h"

#define ROWS(table) (sizeof(table) / sizeof *(table))

static struct endpoint at(const char *text)
{
        struct endpoint endpoint;
        assert_true(endpoint_parse(text, 0, &endpoint));
        return endpoint;
}

static struct network net(const char *text)
{
        struct network network;
        assert_true(network_parse(text, &network));
        return network;
}

/* A call that may be direct; each test takes one thing away. */
struct world {
        struct network_group groups[2];
        struct way_rules rules;
        struct media_stream stream;
        struct audio local;
        struct way_ends ends;
};

static void world_set(struct world *w, const char *phone, const char *far)
{
        struct audio ours = story_audio("pcmu"), theirs = story_audio("pcmu");
        *w = (struct world){.groups = {{3, {net("10.0.0.0/8"), net("192.168.1.0/24"), net("fd00::/8")}},
                                       {1, {net("172.16.0.0/12")}}},
                            .local = ours};
        theirs.rtp = at(far);
        assert_true(media_agree(&ours, &theirs, &w->stream));
        w->rules = (struct way_rules){.groups = w->groups, .n_groups = 2, .phone = at(phone).ip, .keys = true};
        w->ends = (struct way_ends){
                .phone = at(phone), .stream = &w->stream, .local = &w->local, .keys_type = ours.dtmf_payload_type};
}

static enum way way_now(const struct world *w)
{
        return way_of(&w->rules, &w->ends);
}

static void both_ends_have_to_be_in_one_group(void **state)
{
        (void)state;
        static const struct {
                const char *phone, *far;
                enum way way;
        } rows[] = {
                {"10.1.1.1:4000", "10.2.2.2:5000", WAY_DIRECT},
                {"10.1.1.1:4000", "192.168.1.2:5000", WAY_DIRECT},
                {"192.168.1.2:4000", "10.1.1.1:5000", WAY_DIRECT},
                {"172.16.0.1:4000", "172.31.0.1:5000", WAY_DIRECT},
                {"[fd00::1]:4000", "[fd12::1]:5000", WAY_DIRECT},
                {"10.1.1.1:4000", "172.16.0.1:5000", WAY_NETWORKS}, /* each in one, but not in the same */
                {"10.1.1.1:4000", "192.168.2.1:5000", WAY_NETWORKS},
                {"192.168.2.1:4000", "10.1.1.1:5000", WAY_NETWORKS},
                {"203.0.113.1:4000", "203.0.113.2:5000", WAY_NETWORKS},
                {"10.1.1.1:4000", "[fd00::1]:5000", WAY_FAMILY},
                {"[fd00::1]:4000", "10.1.1.1:5000", WAY_FAMILY},
        };
        for (size_t i = 0; i < ROWS(rows); i++) {
                struct world w;
                world_set(&w, rows[i].phone, rows[i].far);
                assert_string_equal(way_word(way_now(&w)), way_word(rows[i].way));
        }
}

static void whoever_has_no_address_stays_at_the_relay(void **state)
{
        (void)state;
        static const char *const nowhere[] = {"0.0.0.0:5000", "10.0.0.1", "[::]:5000"};
        for (size_t i = 0; i < ROWS(nowhere); i++) {
                struct world w;
                world_set(&w, "10.1.1.1:4000", "10.2.2.2:5000");
                w.stream.far = at(nowhere[i]);
                assert_int_equal(way_now(&w), WAY_UNKNOWN);
                world_set(&w, "10.1.1.1:4000", "10.2.2.2:5000");
                w.ends.phone = at(nowhere[i]);
                assert_int_equal(way_now(&w), WAY_UNKNOWN);
        }
}

static void one_thing_that_needs_the_relay_is_enough(void **state)
{
        (void)state;
        struct world w;
#define TRY(change, answer)                                                                                            \
        do {                                                                                                           \
                world_set(&w, "10.1.1.1:4000", "10.2.2.2:5000");                                                       \
                assert_int_equal(way_now(&w), WAY_DIRECT);                                                             \
                change;                                                                                                \
                assert_int_equal(way_now(&w), answer);                                                                 \
        } while (0)
        TRY(w.rules.n_groups = 0, WAY_SETTLED);
        TRY(w.ends.mixed = true, WAY_CONFERENCE);
        TRY(w.rules.phone = at("10.9.9.9").ip, WAY_NAT);
        TRY(w.rules.phone = (struct ip){0}, WAY_NAT);
        TRY(w.stream.keys.suite = CRYPTO_AES_CM_128_HMAC_SHA1_80, WAY_SECURITY);
        TRY(w.rules.secured = true, WAY_SECURITY);
        TRY(w.stream.payload_type = 96, WAY_PAYLOAD);
        TRY(w.local.codecs[0].payload_type = 96, WAY_PAYLOAD);
        TRY(w.local.n_codecs = 0, WAY_PAYLOAD);
        TRY(w.stream.codec = CODEC_NONE, WAY_PAYLOAD);
        TRY(w.rules.keys = false, WAY_KEYS);                                       /* the relay says them */
        TRY(w.stream.dtmf_payload_type = 96, WAY_KEYS);                            /* ... or renames them */
        TRY(w.local.dtmf_payload_type = 96, WAY_KEYS);                             /* ... */
        TRY(w.stream.dtmf_payload_type = w.local.dtmf_payload_type = 0, WAY_KEYS); /* ... or hears them by INFO */
        TRY(w.ends.keys_type = w.local.dtmf_payload_type = w.stream.dtmf_payload_type = 0, WAY_KEYS);
#undef TRY
}

static void every_reason_has_its_words(void **state)
{
        (void)state;
        assert_string_equal(way_word(WAY_DIRECT), "");
        for (enum way way = WAY_SETTLED; way < WAY_COUNT; way++) {
                assert_true(*way_word(way) != '\0');
                for (enum way other = WAY_DIRECT; other < way; other++)
                        assert_string_not_equal(way_word(way), way_word(other));
        }
        assert_string_equal(way_word(WAY_COUNT), "unknown");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(both_ends_have_to_be_in_one_group),
                cmocka_unit_test(whoever_has_no_address_stays_at_the_relay),
                cmocka_unit_test(one_thing_that_needs_the_relay_is_enough),
                cmocka_unit_test(every_reason_has_its_words),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
