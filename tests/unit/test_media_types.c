/* Payload types: what may come is what was agreed on, and for a while what was agreed on before; all else is counted.
 */
#define FIRST 7000
#include "gateway/media/digits.h"
#include "gateway/media/rtp.h"
#include "media_world.h"

enum { PCMU, GSM = 3, PCMA = 8, COMFORT = 13, EVENT = 101, THEIR_EVENT = 96 };

static struct types_set set_of(uint8_t one, uint8_t other)
{
        struct types_set set = {0};
        types_add(&set, one);
        types_add(&set, other);
        return set;
}

static void every_type_may_come_until_something_is_agreed(void **state)
{
        (void)state;
        struct types types = {0};
        for (unsigned type = 0; type < 128; type++)
                assert_true(types_allow(&types, (uint8_t)type));
}

static void only_what_was_agreed_may_come_and_comfort_noise(void **state)
{
        (void)state;
        for (unsigned one = 0; one < 128; one++) {
                struct types types = {0};
                struct types_set set = set_of((uint8_t)one, 127);
                types_agree(&types, &set);
                for (unsigned type = 0; type < 128; type++)
                        assert_int_equal(types_allow(&types, (uint8_t)type),
                                         type == one || type == 127 || type == COMFORT);
        }
}

static void what_was_agreed_before_may_come_for_a_while(void **state)
{
        (void)state;
        struct types types = {0};
        struct types_set first = set_of(PCMU, EVENT), second = set_of(PCMA, EVENT), third = set_of(GSM, EVENT);
        types_agree(&types, &first);
        types_agree(&types, &second);
        for (unsigned i = 1; i < TYPES_BEFORE_S; i++) {
                types_second(&types);
                assert_true(types_allow(&types, PCMU) && types_allow(&types, PCMA) && !types_allow(&types, GSM));
                types_agree(&types, &second); /* says nothing new */
        }
        types_agree(&types, &third); /* both of those before */
        assert_true(types_allow(&types, PCMU) && types_allow(&types, PCMA) && types_allow(&types, GSM));
        for (unsigned i = 0; i < TYPES_BEFORE_S; i++)
                types_second(&types);
        assert_true(!types_allow(&types, PCMU) && !types_allow(&types, PCMA) && types_allow(&types, GSM));
        assert_true(types_allow(&types, EVENT));
}

static void terms_say_what_each_side_may_send(void **state)
{
        (void)state;
        struct digits_terms terms = {.voice = {PCMU, PCMU},
                                     .packet_ms = 20,
                                     .of = {{PCMU, PCMU, 0, 0, {{0}}}, {110, PCMU, EVENT, THEIR_EVENT, {{0}}}}};
        types_add(&terms.of[RELAY_SIP].others_in, PCMA);
        struct types_set phone = digits_may_send(&terms, RELAY_PHONE), far = digits_may_send(&terms, RELAY_SIP);
        for (unsigned type = 0; type < 128; type++) {
                assert_int_equal(types_has(&phone, (uint8_t)type), type == PCMU);
                assert_int_equal(types_has(&far, (uint8_t)type),
                                 type == 110 || type == EVENT || type == THEIR_EVENT || type == PCMA);
        }
}

/* --- through the relay --- */

/* A packet of a stream: of one source, one after the other. */
static void voice_of_type(uint8_t packet[VOICE_LEN], uint8_t type, unsigned number)
{
        struct rtp rtp = {.payload_type = type, .sequence = (uint16_t)number, .timestamp = 160 * number, .ssrc = 77};
        voice_fill(packet, number);
        rtp_write(&rtp, packet);
}

static void say(const struct peer *peer, uint16_t port, uint8_t type, unsigned number)
{
        uint8_t packet[VOICE_LEN];
        voice_of_type(packet, type, number);
        send_to(peer->fd[0], HOME, port, packet, sizeof packet);
}

static void assert_passes(const struct peer *from, uint16_t port, const struct peer *to, uint8_t type, unsigned number)
{
        uint8_t packet[VOICE_LEN];
        say(from, port, type, number);
        voice_of_type(packet, type, number);
        assert_receives(to->fd[0], packet, sizeof packet);
}

static void assert_both_pass(struct world *world, uint8_t type, unsigned number)
{
        assert_passes(&world->phone, world->ports.phone, &world->sip, type, number);
        assert_passes(&world->sip, world->ports.sip, &world->phone, type, number);
}

static void agree(struct world *world, uint8_t type)
{
        struct digits_terms terms = {.voice = {type, type},
                                     .packet_ms = 20,
                                     .of = {{type, type, 0, 0, {{0}}}, {type, type, EVENT, EVENT, {{0}}}}};
        assert_true(relay_terms(world->relay, STREAM, &terms));
        settle(world->relay);
}

static void a_type_nobody_agreed_to_is_dropped_and_counted(void **state)
{
        (void)state;
        struct world world;
        world_start(&world, NULL, 0);
        world_connect(&world);
        agree(&world, PCMU);
        assert_both_pass(&world, PCMU, 1);
        for (unsigned i = 0; i < 5; i++) {
                say(&world.sip, world.ports.sip, GSM, 2 + i);
                say(&world.phone, world.ports.phone, PCMA, 2 + i);
        }
        assert_both_pass(&world, PCMU, 7);
        assert_passes(&world.sip, world.ports.sip, &world.phone, COMFORT, 8);
        struct relay_counters counters = world_close(&world);
        assert_int_equal(counters.foreign[RELAY_SIP], 5);
        assert_int_equal(counters.foreign[RELAY_PHONE], 5);
        assert_int_equal(counters.packets[RELAY_SIP], 3);
        assert_int_equal(counters.packets[RELAY_PHONE], 2);
        assert_int_equal(counters.invalid[RELAY_SIP] + counters.strangers[RELAY_SIP], 0);
        world_stop(&world);
}

static void packets_of_both_codecs_pass_while_one_follows_the_other(void **state)
{
        (void)state;
        struct world world;
        world_start(&world, NULL, 0);
        world_connect(&world);
        agree(&world, PCMA);
        agree(&world, PCMU);
        assert_both_pass(&world, PCMU, 1);
        assert_passes(&world.sip, world.ports.sip, &world.phone, PCMA, 2);
        assert_int_equal(world_close(&world).foreign[RELAY_SIP], 0);
        world_stop(&world);
}

int main(void)
{
        if (guard_take(FIRST) < 0)
                return 1;
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(every_type_may_come_until_something_is_agreed),
                cmocka_unit_test(only_what_was_agreed_may_come_and_comfort_noise),
                cmocka_unit_test(what_was_agreed_before_may_come_for_a_while),
                cmocka_unit_test(terms_say_what_each_side_may_send),
                cmocka_unit_test(a_type_nobody_agreed_to_is_dropped_and_counted),
                cmocka_unit_test(packets_of_both_codecs_pass_while_one_follows_the_other),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
