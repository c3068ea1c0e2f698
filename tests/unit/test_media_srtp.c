/* The relay with a side that speaks SRTP: what is in the clear where, and what an attacker or a wrong key achieves. */
#define FIRST   17000
#define MEMBERS 10
#include "media_hall.h"

#define SOURCE_PHONE 0x1111
#define SOURCE_SIP   0x2222
#define PATIENCE     200 /* ms between packets of one who is refused */

static struct crypto_keys keys_of(uint8_t send, uint8_t receive)
{
        struct crypto_keys keys = {.suite = CRYPTO_AES_CM_128_HMAC_SHA1_80};
        memset(keys.send.bytes, send, sizeof keys.send.bytes);
        memset(keys.receive.bytes, receive, sizeof keys.receive.bytes);
        return keys;
}

static struct secure *secure_of(uint8_t send, uint8_t receive)
{
        struct crypto_keys keys = keys_of(send, receive);
        struct secure *secure = secure_new(&keys);
        assert_non_null(secure);
        return secure;
}

struct voice {
        _Alignas(4) uint8_t bytes[VOICE_LEN + SECURE_TRAILER_MAX];
        size_t len;
};

static struct voice voice_of(uint32_t source, uint16_t number)
{
        struct voice voice = {.len = VOICE_LEN};
        voice_fill(voice.bytes, number);
        for (unsigned i = 0; i < 4; i++)
                voice.bytes[8 + i] = (uint8_t)(source >> (24 - 8 * i));
        return voice;
}

static void says(const struct peer *peer, uint16_t port, struct secure *secure, struct voice voice)
{
        if (secure)
                assert_true(secure_protect(secure, false, voice.bytes, &voice.len));
        send_to(peer->fd[0], HOME, port, voice.bytes, voice.len);
}

static void assert_hears(const struct peer *peer, struct secure *secure, const struct voice *voice)
{
        _Alignas(4) uint8_t got[PACKET_MAX];
        ssize_t len = receive(peer->fd[0], got, NULL, PATIENCE_MS);
        size_t plain_len = (size_t)len;
        assert_true(len > 0);
        if (secure) {
                assert_memory_not_equal(got + 12, voice->bytes + 12, VOICE_LEN - 12);
                assert_true(secure_unprotect(secure, false, got, &plain_len));
        }
        assert_int_equal(plain_len, voice->len);
        assert_memory_equal(got, voice->bytes, voice->len);
}

/* A world whose SIP side has keys; `peer` is its end of them. */
static struct secure *safe_start(struct world *world)
{
        struct crypto_keys keys = keys_of(1, 2);
        world_start(world, NULL, 0);
        assert_true(relay_secure(world->relay, STREAM, RELAY_SIP, &keys));
        world_connect(world);
        return secure_of(2, 1);
}

static void assert_safe_talk(const struct world *world, struct secure *peer, uint16_t number)
{
        struct voice from_phone = voice_of(SOURCE_PHONE, number), from_sip = voice_of(SOURCE_SIP, number);
        says(&world->phone, world->ports.phone, NULL, from_phone);
        assert_hears(&world->sip, peer, &from_phone);
        says(&world->sip, world->ports.sip, peer, from_sip);
        assert_hears(&world->phone, NULL, &from_sip);
}

static void the_phone_speaks_plainly_and_the_peer_secretly(void **state)
{
        (void)state;
        struct world world;
        struct secure *peer = safe_start(&world);
        for (uint16_t number = 65500; number != 100; number++)
                assert_safe_talk(&world, peer, number);
        struct relay_counters counters = world_close(&world);
        assert_int_equal(counters.packets[RELAY_SIP], 136);
        assert_int_equal(counters.bytes[RELAY_SIP], 136 * VOICE_LEN);
        assert_int_equal(counters.refused[RELAY_SIP] + counters.refused[RELAY_PHONE], 0);
        secure_free(peer);
        world_stop(&world);
}

static void reports_are_secret_too(void **state)
{
        (void)state;
        _Alignas(4) uint8_t report[28 + SECURE_TRAILER_MAX] = {0x80, 200, 0, 6, 0, 0, 0x22, 0x22}, got[PACKET_MAX];
        struct world world;
        struct secure *peer = safe_start(&world);
        size_t len = 28;
        send_to(world.phone.fd[1], HOME, world.ports.phone + 1, report, len);
        len = (size_t)receive(world.sip.fd[1], got, NULL, PATIENCE_MS);
        assert_int_equal(len, 28 + 14);
        assert_true(secure_unprotect(peer, true, got, &len));
        assert_memory_equal(got, report, 28);
        assert_true(secure_protect(peer, true, report, &len));
        send_to(world.sip.fd[1], HOME, world.ports.sip + 1, report, len);
        assert_receives(world.phone.fd[1], got, 28);
        send_to(world.sip.fd[1], HOME, world.ports.sip + 1, got, 28); /* in the clear */
        assert_quiet(world.phone.fd[1]);
        struct relay_counters counters = world_close(&world);
        assert_int_equal(counters.rtcp[RELAY_SIP], 1);
        assert_int_equal(counters.refused[RELAY_SIP], 1);
        secure_free(peer);
        world_stop(&world);
}

/* Once per stream, not once per packet; and a genuine packet in time is no reason to say anything. */
static void the_wrong_key_is_silence_and_is_told_once(void **state)
{
        (void)state;
        struct world world;
        struct relay_event event;
        struct secure *peer = safe_start(&world), *wrong = secure_of(9, 1);
        struct crypto_keys keys = keys_of(1, 2);
        unsigned told = 0, sent = 0;
        int64_t until_ms = clock_ms() + 7000;
        while (clock_ms() < until_ms) {
                says(&world.sip, world.ports.sip, wrong, voice_of(SOURCE_SIP, (uint16_t)sent++));
                if (!event_wait(world.relay, &event, PATIENCE))
                        continue;
                assert_int_equal(event.kind, RELAY_UNSAFE);
                assert_int_equal(event.side, RELAY_SIP);
                told++;
                assert_true(relay_secure(world.relay, STREAM, RELAY_SIP, &keys)); /* hold and resume say them again */
        }
        assert_int_equal(told, 1);
        assert_quiet(world.phone.fd[0]);
        assert_safe_talk(&world, peer, 1);
        struct relay_counters counters = world_close(&world);
        assert_int_equal(counters.refused[RELAY_SIP], sent);
        assert_int_equal(counters.packets[RELAY_SIP], 1);
        secure_free(peer);
        secure_free(wrong);
        world_stop(&world);
}

static void what_is_not_genuine_takes_no_stream(void **state)
{
        (void)state;
        struct world world;
        struct secure *peer = safe_start(&world), *wrong = secure_of(9, 1);
        says(&world.third, world.ports.sip, wrong, voice_of(SOURCE_SIP, 1));
        says(&world.third, world.ports.sip, NULL, voice_of(SOURCE_SIP, 2));
        assert_quiet(world.phone.fd[0]);
        struct voice from_phone = voice_of(SOURCE_PHONE, 1);
        says(&world.phone, world.ports.phone, NULL, from_phone);
        assert_hears(&world.sip, peer, &from_phone);
        assert_quiet(world.third.fd[0]);
        assert_safe_talk(&world, peer, 2);
        secure_free(peer);
        secure_free(wrong);
        world_stop(&world);
}

static void what_was_heard_is_not_heard_again(void **state)
{
        (void)state;
        struct world world;
        struct secure *peer = safe_start(&world);
        struct voice plain = voice_of(SOURCE_SIP, 5), secret = plain;
        assert_true(secure_protect(peer, false, secret.bytes, &secret.len));
        says(&world.sip, world.ports.sip, NULL, secret);
        assert_hears(&world.phone, NULL, &plain);
        says(&world.sip, world.ports.sip, NULL, secret);
        assert_quiet(world.phone.fd[0]);
        secure_free(peer);
        world_stop(&world);
}

/* A copy that an attacker sends first from elsewhere must not make the packet itself a replay. */
static void a_strangers_copy_does_not_use_up_the_packet(void **state)
{
        (void)state;
        struct world world;
        struct secure *peer = safe_start(&world);
        assert_safe_talk(&world, peer, 1);
        struct voice plain = voice_of(SOURCE_SIP, 2), secret = plain;
        assert_true(secure_protect(peer, false, secret.bytes, &secret.len));
        says(&world.third, world.ports.sip, NULL, secret);
        assert_quiet(world.phone.fd[0]);
        says(&world.sip, world.ports.sip, NULL, secret);
        assert_hears(&world.phone, NULL, &plain);
        secure_free(peer);
        world_stop(&world);
}

static void keys_change_while_packets_are_on_their_way(void **state)
{
        (void)state;
        struct world world;
        struct crypto_keys next = keys_of(3, 4);
        struct secure *peer = safe_start(&world), *peer_next = secure_of(4, 3);
        assert_safe_talk(&world, peer, 1);
        struct voice late = voice_of(SOURCE_SIP, 2);
        assert_true(relay_secure(world.relay, STREAM, RELAY_SIP, &next));
        settle(world.relay);
        says(&world.sip, world.ports.sip, peer, late);
        assert_hears(&world.phone, NULL, &late);
        for (uint16_t number = 3; number < 40; number++)
                assert_safe_talk(&world, peer_next, number);
        says(&world.sip, world.ports.sip, peer, voice_of(SOURCE_SIP, 50));
        assert_quiet(world.phone.fd[0]);
        secure_free(peer);
        secure_free(peer_next);
        world_stop(&world);
}

/* Hold, resume, a new address: the counters of SRTP do not begin anew. */
static void the_same_keys_again_change_nothing(void **state)
{
        (void)state;
        struct world world;
        struct crypto_keys keys = keys_of(1, 2);
        struct secure *peer = safe_start(&world);
        for (unsigned number = 1; number < 70000; number += 30)
                assert_safe_talk(&world, peer, (uint16_t)number);
        assert_true(relay_secure(world.relay, STREAM, RELAY_SIP, &keys));
        world_set(&world, RELAY_SIP, &world.third.at);
        peer_close(&world.sip);
        world.sip = world.third;
        world.third = peer_open_at(HOME, THIRD_PORT + 10);
        for (unsigned number = 70001; number < 70010; number++)
                assert_safe_talk(&world, peer, (uint16_t)number);
        secure_free(peer);
        world_stop(&world);
}

static void a_stream_may_become_plain(void **state)
{
        (void)state;
        struct world world;
        const struct crypto_keys none = {0};
        struct secure *peer = safe_start(&world);
        assert_safe_talk(&world, peer, 1);
        assert_true(relay_secure(world.relay, STREAM, RELAY_SIP, &none));
        settle(world.relay);
        assert_talk(&world, 2);
        secure_free(peer);
        world_stop(&world);
}

static void both_sides_may_be_secret_under_keys_of_their_own(void **state)
{
        (void)state;
        struct world world;
        struct crypto_keys keys = keys_of(5, 6);
        struct secure *peer = safe_start(&world), *phone = secure_of(6, 5);
        assert_true(relay_secure(world.relay, STREAM, RELAY_PHONE, &keys));
        settle(world.relay);
        for (uint16_t number = 1; number < 50; number++) {
                struct voice from_phone = voice_of(SOURCE_PHONE, number), from_sip = voice_of(SOURCE_SIP, number);
                says(&world.phone, world.ports.phone, phone, from_phone);
                assert_hears(&world.sip, peer, &from_phone);
                says(&world.sip, world.ports.sip, peer, from_sip);
                assert_hears(&world.phone, phone, &from_sip);
        }
        secure_free(peer);
        secure_free(phone);
        world_stop(&world);
}

static void members_of_a_conference_speak_secretly(void **state)
{
        (void)state;
        struct hall *hall = three_new(0);
        struct expected expected = {{6, 5, 3}};
        for (uint8_t i = 0; i < 2; i++) {
                struct party *party = &hall->parties[1 + i];
                struct crypto_keys keys = keys_of((uint8_t)(10 + i), (uint8_t)(20 + i));
                assert_true(relay_secure(hall->relay, party->stream, party->side, &keys));
                party->secure = secure_of((uint8_t)(20 + i), (uint8_t)(10 + i));
        }
        all_join(hall);
        hall_until(hall, &expected);
        struct relay_counters counters = close_and_count(hall->relay, 2);
        assert_true(counters.packets[RELAY_SIP] > 0);
        assert_int_equal(counters.refused[RELAY_SIP] + counters.refused[RELAY_PHONE], 0);
        hall_end(hall);
}

int main(void)
{
        if (guard_take(FIRST) < 0 || !secure_init())
                return 1;
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(the_phone_speaks_plainly_and_the_peer_secretly),
                cmocka_unit_test(reports_are_secret_too),
                cmocka_unit_test(the_wrong_key_is_silence_and_is_told_once),
                cmocka_unit_test(what_is_not_genuine_takes_no_stream),
                cmocka_unit_test(what_was_heard_is_not_heard_again),
                cmocka_unit_test(a_strangers_copy_does_not_use_up_the_packet),
                cmocka_unit_test(keys_change_while_packets_are_on_their_way),
                cmocka_unit_test(the_same_keys_again_change_nothing),
                cmocka_unit_test(a_stream_may_become_plain),
                cmocka_unit_test(both_sides_may_be_secret_under_keys_of_their_own),
                cmocka_unit_test(members_of_a_conference_speak_secretly),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
