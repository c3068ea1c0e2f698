/* The doors of a stream: payload types between its two sides, and who is believed when a key is told twice. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/media/digits.h"

enum { G722 = 9, VOICE_LEN = 160, PACKET_MS = 20, THEIR_VOICE = 96, THEIR_EVENT = 97, TICKS_OF_PATIENCE = 15 };

struct world {
        struct digits digits;
        struct rtp next[2];
        char said[64]; /* keys that reached the other side */
        bool known;
        uint32_t timestamp;
};

static struct digits_terms terms_of(uint8_t phone_in, uint8_t phone_out, uint8_t sip_in, uint8_t sip_out)
{
        return (struct digits_terms){
                .voice = {G722, G722},
                .packet_ms = PACKET_MS,
                .of = {{G722, G722, phone_in, phone_out, {{0}}}, {G722, THEIR_VOICE, sip_in, sip_out, {{0}}}},
        };
}

static struct world world_of(uint8_t phone_in, uint8_t phone_out, uint8_t sip_in, uint8_t sip_out)
{
        struct world world = {.next = {{.sequence = 10, .timestamp = 1000, .ssrc = 1},
                                       {.sequence = 20, .timestamp = 2000, .ssrc = 2}}};
        struct digits_terms terms = terms_of(phone_in, phone_out, sip_in, sip_out);
        digits_agree(&world.digits, &terms);
        return world;
}

static size_t packet_make(const struct rtp *rtp, uint8_t type, const struct dtmf_event *event, uint8_t *packet)
{
        struct rtp header = *rtp;
        header.payload_type = type;
        rtp_write(&header, packet);
        memset(packet + RTP_HEADER_LEN, 0x55, VOICE_LEN);
        if (event)
                dtmf_write(event, packet + RTP_HEADER_LEN);
        return RTP_HEADER_LEN + (event ? (size_t)DTMF_EVENT_LEN : (size_t)VOICE_LEN);
}

static void note_said(struct world *world, const uint8_t *packet, size_t len)
{
        const uint8_t *payload;
        size_t payload_len;
        struct rtp rtp;
        struct dtmf_event event;
        assert_true(rtp_read(packet, len, &rtp, &payload, &payload_len));
        if (rtp.payload_type != DIGITS_TYPE || (world->known && rtp.timestamp == world->timestamp))
                return;
        world->known = true;
        world->timestamp = rtp.timestamp;
        assert_true(dtmf_read(payload, payload_len, &event));
        world->said[strlen(world->said)] = dtmf_digit(event.code);
}

static enum digits_answer come(struct world *world, enum relay_side side, uint8_t type, const struct dtmf_event *event,
                               uint8_t packet[RTP_PACKET_MAX])
{
        char digit;
        size_t len = packet_make(&world->next[side], type, event, packet);
        world->next[side].sequence++;
        if (!event)
                world->next[side].timestamp += PACKET_MS * RTP_UNITS_MS;
        enum digits_answer answer = digits_in(&world->digits, side, packet, &len, &digit);
        note_said(world, packet, len);
        uint8_t more[RTP_PACKET_MAX];
        while ((len = digits_again(&world->digits, side, more)))
                note_said(world, more, len);
        return answer;
}

static uint8_t type_of(const uint8_t *packet)
{
        return packet[1] & 0x7f;
}

static void speak(struct world *world, enum relay_side side)
{
        uint8_t packet[RTP_PACKET_MAX];
        come(world, side, G722, NULL, packet);
}

static void tick(struct world *world)
{
        static const struct rtp fresh = {.sequence = 1, .timestamp = 1, .ssrc = 99};
        uint8_t packet[RTP_PACKET_MAX];
        for (enum relay_side side = RELAY_PHONE; side <= RELAY_SIP; side++)
                for (size_t len = digits_tick(&world->digits, side, &fresh, packet); len;
                     len = digits_again(&world->digits, side, packet))
                        note_said(world, packet, len);
}

/* Voice goes on and the clock runs, until nothing waits. */
static void settle(struct world *world)
{
        for (unsigned i = 0; digits_wait(&world->digits); i++) {
                assert_true(i < 2000);
                speak(world, RELAY_PHONE);
                speak(world, RELAY_SIP);
                tick(world);
        }
}

static void phone_sends(struct world *world, char digit)
{
        uint8_t packet[RTP_PACKET_MAX], code;
        struct dtmf_event event = {.volume = 10, .duration = 160};
        assert_true(dtmf_code(digit, &code));
        event.code = code;
        for (unsigned i = 0; i < 3; i++) {
                assert_int_equal(come(world, RELAY_PHONE, DIGITS_TYPE, &event, packet),
                                 i ? DIGITS_PASS : DIGITS_NEW_EVENT);
                event.end = true;
        }
        world->next[RELAY_PHONE].timestamp += 1000;
}

static void before_anything_is_agreed_packets_pass_as_they_are(void **state)
{
        (void)state;
        struct world world = {0};
        uint8_t packet[RTP_PACKET_MAX], before[RTP_PACKET_MAX];
        size_t len = packet_make(&world.next[0], 33, NULL, before);
        come(&world, RELAY_PHONE, 33, NULL, packet);
        assert_memory_equal(packet, before, len);
        assert_true(digits_out(&world.digits, RELAY_SIP, packet));
        assert_memory_equal(packet, before, len);
        assert_false(digits_press(&world.digits, RELAY_PHONE, '1', 0));
}

static void each_side_has_its_own_numbers(void **state)
{
        (void)state;
        struct world world = world_of(DIGITS_TYPE, DIGITS_TYPE, 100, THEIR_EVENT);
        struct dtmf_event event = {.code = 5};
        uint8_t packet[RTP_PACKET_MAX];
        world.next[RELAY_PHONE].marker = true;
        come(&world, RELAY_PHONE, G722, NULL, packet);
        assert_true(digits_out(&world.digits, RELAY_SIP, packet));
        assert_int_equal(packet[1], 0x80 | THEIR_VOICE);
        come(&world, RELAY_PHONE, DIGITS_TYPE, &event, packet);
        assert_true(digits_out(&world.digits, RELAY_SIP, packet));
        assert_int_equal(type_of(packet), THEIR_EVENT);
        static const uint8_t theirs[] = {100, THEIR_EVENT}; /* as they were told, and as they told us */
        for (size_t i = 0; i < 2; i++) {
                come(&world, RELAY_SIP, theirs[i], &event, packet);
                assert_true(digits_out(&world.digits, RELAY_PHONE, packet));
                assert_int_equal(type_of(packet), DIGITS_TYPE);
        }
        come(&world, RELAY_SIP, G722, NULL, packet);
        assert_true(digits_out(&world.digits, RELAY_PHONE, packet));
        assert_int_equal(type_of(packet), G722);
        come(&world, RELAY_SIP, 13, NULL, packet); /* comfort noise is nobody's but theirs */
        assert_true(digits_out(&world.digits, RELAY_PHONE, packet));
        assert_int_equal(type_of(packet), 13);
}

static void events_for_who_wants_none_are_dropped(void **state)
{
        (void)state;
        struct world world = world_of(0, 0, THEIR_EVENT, THEIR_EVENT);
        struct dtmf_event event = {.code = 11};
        uint8_t packet[RTP_PACKET_MAX];
        char digit = 0;
        size_t len = packet_make(&world.next[RELAY_SIP], THEIR_EVENT, &event, packet);
        assert_int_equal(digits_in(&world.digits, RELAY_SIP, packet, &len, &digit), DIGITS_NEW_EVENT);
        assert_int_equal(digit, '#');
        assert_false(digits_out(&world.digits, RELAY_PHONE, packet));
}

static void a_key_of_a_phone_without_events_is_said(void **state)
{
        (void)state;
        struct world world = world_of(0, 0, THEIR_EVENT, THEIR_EVENT);
        for (const char *key = "123"; *key; key++)
                assert_true(digits_press(&world.digits, RELAY_PHONE, *key, 0));
        settle(&world);
        assert_string_equal(world.said, "123");
}

static void a_promised_key_is_not_said_twice(void **state)
{
        (void)state;
        struct world world = world_of(DIGITS_TYPE, DIGITS_TYPE, THEIR_EVENT, THEIR_EVENT);
        speak(&world, RELAY_PHONE);
        digits_promise(&world.digits, RELAY_PHONE, '1'); /* the key first */
        tick(&world);
        phone_sends(&world, '1');
        phone_sends(&world, '2'); /* the event first */
        digits_promise(&world.digits, RELAY_PHONE, '2');
        assert_false(digits_wait(&world.digits));
        for (const char *key = "3344"; *key; key++) /* ahead of a phone that takes its time */
                digits_promise(&world.digits, RELAY_PHONE, *key);
        for (const char *key = "3344"; *key; key++) {
                for (unsigned i = 0; i < TICKS_OF_PATIENCE - 1; i++)
                        tick(&world);
                phone_sends(&world, *key);
        }
        settle(&world);
        assert_string_equal(world.said, "123344");
}

static void a_promise_that_is_not_kept_is_kept_by_us(void **state)
{
        (void)state;
        struct world world = world_of(DIGITS_TYPE, DIGITS_TYPE, THEIR_EVENT, THEIR_EVENT);
        speak(&world, RELAY_PHONE);
        for (const char *key = "3*3"; *key; key++)
                digits_promise(&world.digits, RELAY_PHONE, *key);
        phone_sends(&world, '3'); /* the others never come */
        settle(&world);
        assert_string_equal(world.said, "3*3");
}

static void a_peer_that_sends_events_is_not_believed_to_mean_more(void **state)
{
        (void)state;
        struct world world = world_of(DIGITS_TYPE, DIGITS_TYPE, THEIR_EVENT, THEIR_EVENT);
        struct dtmf_event event = {.code = 5};
        uint8_t packet[RTP_PACKET_MAX];
        assert_true(digits_press(&world.digits, RELAY_SIP, '4', 0));
        settle(&world);
        come(&world, RELAY_SIP, THEIR_EVENT, &event, packet);
        speak(&world, RELAY_SIP);
        assert_false(digits_press(&world.digits, RELAY_SIP, '5', 0));
        struct digits_terms other = terms_of(DIGITS_TYPE, DIGITS_TYPE, 0, 0); /* somebody else, who agreed to none */
        digits_agree(&world.digits, &other);
        assert_true(digits_press(&world.digits, RELAY_SIP, '6', 0));
        settle(&world);
        assert_string_equal(world.said, "456");
}

static void keys_of_both_sides_do_not_meet(void **state)
{
        (void)state;
        struct world world = world_of(0, DIGITS_TYPE, 0, THEIR_EVENT);
        speak(&world, RELAY_PHONE);
        speak(&world, RELAY_SIP);
        digits_press(&world.digits, RELAY_PHONE, '1', 0);
        settle(&world);
        digits_press(&world.digits, RELAY_SIP, '2', 0);
        settle(&world);
        assert_string_equal(world.said, "12");
}

static void a_silent_phone_is_said_by_the_clock(void **state)
{
        (void)state;
        struct world world = world_of(0, 0, THEIR_EVENT, THEIR_EVENT);
        digits_press(&world.digits, RELAY_PHONE, '*', 0);
        for (unsigned i = 0; digits_wait(&world.digits) && i < 100; i++)
                tick(&world);
        assert_string_equal(world.said, "*");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(before_anything_is_agreed_packets_pass_as_they_are),
                cmocka_unit_test(each_side_has_its_own_numbers),
                cmocka_unit_test(events_for_who_wants_none_are_dropped),
                cmocka_unit_test(a_key_of_a_phone_without_events_is_said),
                cmocka_unit_test(a_promised_key_is_not_said_twice),
                cmocka_unit_test(a_promise_that_is_not_kept_is_kept_by_us),
                cmocka_unit_test(a_peer_that_sends_events_is_not_believed_to_mean_more),
                cmocka_unit_test(keys_of_both_sides_do_not_meet),
                cmocka_unit_test(a_silent_phone_is_said_by_the_clock),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
