/* Keys as telephone events (RFC 4733): the packets they become, in whose numbers, and in which time. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/media/dtmf.h"

enum { UNITS = 160, VOICE_TYPE = 0, SSRC = 0x11223344, SENT_MAX = 600 };

/* A speaker, the sender behind him, and what came out. */
struct world {
        struct dtmf_sender sender;
        struct rtp voice; /* the next packet */
        uint32_t units;
        struct sent {
                struct rtp rtp;
                bool told;
                struct dtmf_event event;
        } sent[SENT_MAX];
        size_t count;
};

static struct world world_of(uint32_t units)
{
        return (struct world){.voice = {.sequence = 65530, .timestamp = 0xffffff00, .ssrc = SSRC}, .units = units};
}

static struct sent *last(struct world *world)
{
        return &world->sent[world->count - 1];
}

/* `told` packets of an event; 0: the voice itself. */
static void note(struct world *world, const struct rtp *out, unsigned told, const uint8_t payload[DTMF_EVENT_LEN])
{
        for (unsigned i = 0; i < (told ? told : 1); i++) {
                struct sent *sent = &world->sent[world->count++];
                assert_true(world->count <= SENT_MAX);
                *sent = (struct sent){.rtp = *out, .told = told};
                sent->rtp.sequence = (uint16_t)(out->sequence + i);
                if (told)
                        assert_true(dtmf_read(payload, DTMF_EVENT_LEN, &sent->event));
        }
}

static struct sent *speak_as(struct world *world, const struct rtp *in, bool voice)
{
        uint8_t payload[DTMF_EVENT_LEN];
        struct rtp out;
        unsigned told = dtmf_take(&world->sender, in, voice, world->units, &out, payload);
        note(world, &out, told, payload);
        return last(world);
}

static struct sent *speak(struct world *world)
{
        struct sent *sent = speak_as(world, &world->voice, true);
        world->voice.sequence++;
        world->voice.timestamp += world->units;
        return sent;
}

static void speak_on(struct world *world, unsigned packets)
{
        for (unsigned i = 0; i < packets; i++)
                speak(world);
}

static bool tick(struct world *world, uint32_t units)
{
        static const struct rtp fresh = {.sequence = 7, .timestamp = 70, .ssrc = 700};
        uint8_t payload[DTMF_EVENT_LEN];
        struct rtp out;
        unsigned told = dtmf_tick(&world->sender, &fresh, units, world->units, &out, payload);
        if (told)
                note(world, &out, told, payload);
        return told;
}

/* The keys that a receiver hears: one for each time an event begins. */
static void assert_keys(const struct world *world, const char *keys)
{
        char heard[64] = "";
        size_t count = 0;
        uint32_t timestamp = 0;
        for (size_t i = 0; i < world->count; i++) {
                const struct sent *sent = &world->sent[i];
                if (!sent->told || (count && sent->rtp.timestamp == timestamp))
                        continue;
                timestamp = sent->rtp.timestamp;
                assert_true(count < sizeof heard - 1);
                heard[count++] = dtmf_digit(sent->event.code);
        }
        assert_string_equal(heard, keys);
}

/* Numbers go up by one, and no packet tells of a time before the one before it. */
static void assert_numbers(const struct world *world)
{
        for (size_t i = 1; i < world->count; i++) {
                assert_int_equal((uint16_t)(world->sent[i - 1].rtp.sequence + 1), world->sent[i].rtp.sequence);
                assert_int_equal(world->sent[i].rtp.ssrc, world->sent[0].rtp.ssrc);
                assert_true((int32_t)(world->sent[i].rtp.timestamp - world->sent[i - 1].rtp.timestamp) >= 0);
        }
}

static void every_key_has_a_code_and_back(void **state)
{
        static const char keys[] = "0123456789*#ABCD";
        (void)state;
        uint8_t code;
        for (uint8_t i = 0; i < 16; i++) {
                assert_true(dtmf_code(keys[i], &code));
                assert_int_equal(code, i);
                assert_int_equal(dtmf_digit(i), keys[i]);
        }
        assert_true(dtmf_code('b', &code));
        assert_int_equal(code, 13);
        assert_false(dtmf_code('+', &code));
        assert_false(dtmf_code('\0', &code));
        assert_int_equal(dtmf_digit(16), '\0'); /* flash */
        assert_int_equal(dtmf_digit(255), '\0');
}

static void a_payload_is_read_as_it_was_written(void **state)
{
        static const uint8_t bytes[] = {11, 0x8a, 0x03, 0x20, 0xff};
        (void)state;
        struct dtmf_event event;
        uint8_t written[DTMF_EVENT_LEN];
        assert_true(dtmf_read(bytes, sizeof bytes, &event));
        assert_int_equal(event.code, 11);
        assert_true(event.end);
        assert_int_equal(event.volume, 10);
        assert_int_equal(event.duration, 800);
        dtmf_write(&event, written);
        assert_memory_equal(written, bytes, DTMF_EVENT_LEN);
        assert_false(dtmf_read(bytes, 3, &event));
}

static void voice_passes_as_it_is_while_nothing_was_pressed(void **state)
{
        (void)state;
        struct world world = world_of(UNITS);
        for (unsigned i = 0; i < 20; i++) {
                struct rtp in = world.voice;
                struct sent *sent = speak(&world);
                assert_false(sent->told);
                assert_memory_equal(&sent->rtp, &in, sizeof in);
        }
        assert_false(dtmf_is_busy(&world.sender));
}

/* RFC 4733 section 2.5.1: marker on the first packet, one timestamp, duration grows, the end three times. */
static void a_key_takes_the_place_of_voice(void **state)
{
        (void)state;
        struct world world = world_of(UNITS);
        speak_on(&world, 3);
        assert_true(dtmf_press(&world.sender, '5', 0));
        uint32_t begin = world.voice.timestamp;
        speak_on(&world, 5);
        assert_int_equal(world.count, 3 + 7);
        for (unsigned i = 1; i <= 7; i++) {
                const struct sent *sent = &world.sent[2 + i];
                assert_true(sent->told);
                assert_int_equal(sent->rtp.marker, i == 1);
                assert_int_equal(sent->rtp.timestamp, begin);
                assert_int_equal(sent->event.code, 5);
                assert_int_equal(sent->event.volume, 10);
                assert_int_equal(sent->event.duration, i < 5 ? i * UNITS : 800);
                assert_int_equal(sent->event.end, i >= 5);
        }
        assert_false(speak(&world)->told);
        speak_on(&world, 3);
        assert_false(dtmf_is_busy(&world.sender));
        assert_numbers(&world);
        assert_keys(&world, "5");
}

static void keys_pressed_at_once_are_told_one_after_the_other(void **state)
{
        static const char keys[] = "123456789*0#";
        (void)state;
        struct world world = world_of(UNITS);
        speak_on(&world, 1);
        for (const char *key = keys; *key; key++)
                assert_true(dtmf_press(&world.sender, *key, 0));
        while (dtmf_is_busy(&world.sender))
                speak(&world);
        assert_keys(&world, keys);
        assert_numbers(&world);
        uint32_t before = 0;
        for (size_t i = 0; i < world.count; i++) { /* between the end of one and the begin of the next */
                const struct sent *sent = &world.sent[i];
                if (sent->told && sent->rtp.marker && before)
                        assert_true(sent->rtp.timestamp - before >= 800 + DTMF_PAUSE_MS * RTP_UNITS_MS);
                if (sent->told)
                        before = sent->rtp.timestamp;
        }
}

static void a_key_pressed_while_another_is_told_waits(void **state)
{
        (void)state;
        struct world world = world_of(UNITS);
        dtmf_press(&world.sender, '1', 0);
        speak_on(&world, 3);
        dtmf_press(&world.sender, '1', 0);
        speak_on(&world, 3);
        dtmf_press(&world.sender, '2', 0);
        while (dtmf_is_busy(&world.sender))
                speak(&world);
        assert_keys(&world, "112");
        assert_numbers(&world);
}

static void long_and_short_packets_tell_the_same_time(void **state)
{
        static const uint32_t units[] = {80, 160, 240, 320, 480};
        (void)state;
        for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
                struct world world = world_of(units[i]);
                dtmf_press(&world.sender, '7', 0);
                dtmf_press(&world.sender, '8', 0);
                while (dtmf_is_busy(&world.sender))
                        speak(&world);
                unsigned ends = 0;
                for (size_t k = 0; k < world.count; k++) {
                        ends += world.sent[k].told && world.sent[k].event.end;
                        if (world.sent[k].told && world.sent[k].event.end)
                                assert_int_equal(world.sent[k].event.duration, 800);
                }
                assert_int_equal(ends, 6);
                assert_keys(&world, "78");
                assert_numbers(&world);
        }
}

static void a_key_is_as_long_as_was_asked_for(void **state)
{
        static const struct {
                unsigned ms, units;
        } cases[] = {{0, 800}, {1, 480}, {250, 2000}, {3000, 24000}, {100000, 64000}};
        (void)state;
        for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
                struct world world = world_of(UNITS);
                dtmf_press(&world.sender, 'd', cases[i].ms);
                while (dtmf_is_busy(&world.sender))
                        speak(&world);
                size_t k = world.count;
                while (!world.sent[k - 1].told)
                        k--;
                assert_true(world.sent[k - 1].event.end);
                assert_int_equal(world.sent[k - 1].event.duration, cases[i].units);
                assert_keys(&world, "D");
        }
}

static void voice_that_is_lost_or_late_does_not_stretch_a_key(void **state)
{
        (void)state;
        struct world world = world_of(UNITS);
        speak_on(&world, 1);
        struct rtp late = world.voice;
        world.voice.sequence++;
        world.voice.timestamp += UNITS;
        dtmf_press(&world.sender, '3', 0);
        speak(&world);
        const struct sent *sent = speak_as(&world, &late, true);
        assert_false(sent->told);
        assert_memory_equal(&sent->rtp, &late, sizeof late);
        world.voice.sequence = (uint16_t)(world.voice.sequence + 3);
        world.voice.timestamp += 3 * UNITS;
        assert_int_equal(speak(&world)->event.duration, 800);
        assert_true(last(&world)->event.end);
        while (dtmf_is_busy(&world.sender))
                speak(&world);
        assert_keys(&world, "3");
}

static void a_phone_that_sends_nothing_is_heard_by_the_clock(void **state)
{
        (void)state;
        struct world world = world_of(UNITS);
        speak_on(&world, 2);
        uint32_t newest = world.sent[1].rtp.timestamp;
        dtmf_press(&world.sender, '*', 0);
        dtmf_press(&world.sender, '6', 0);
        assert_true(tick(&world, 5 * UNITS));
        assert_int_equal(last(&world)->rtp.timestamp, newest + 5 * UNITS);
        while (dtmf_is_busy(&world.sender))
                tick(&world, UNITS);
        assert_keys(&world, "*6");
        speak_on(&world, 3); /* with the timestamps it stopped at: a clock of its own that stood still */
        assert_int_equal(last(&world)->rtp.timestamp, newest + 3 * UNITS);
        dtmf_press(&world.sender, '1', 0);
        while (dtmf_is_busy(&world.sender))
                speak(&world);
        for (size_t i = 1; i < world.count; i++)
                assert_int_equal((uint16_t)(world.sent[i - 1].rtp.sequence + 1), world.sent[i].rtp.sequence);
}

static void a_phone_that_never_spoke_is_heard_under_a_number_of_ours(void **state)
{
        (void)state;
        struct world world = world_of(UNITS);
        dtmf_press(&world.sender, '9', 0);
        while (dtmf_is_busy(&world.sender))
                tick(&world, UNITS);
        assert_keys(&world, "9");
        assert_int_equal(world.sent[0].rtp.ssrc, 700);
        assert_int_equal(world.sent[0].rtp.sequence, 8);
        uint16_t sequence = last(&world)->rtp.sequence;
        struct rtp own = world.voice; /* from then on, but for the sequence, which goes on */
        own.sequence = (uint16_t)(sequence + 1);
        assert_memory_equal(&speak(&world)->rtp, &own, sizeof own);
}

static void a_new_source_waits_for_the_end_of_a_key(void **state)
{
        (void)state;
        struct world world = world_of(UNITS);
        speak_on(&world, 2);
        dtmf_press(&world.sender, '4', 0);
        speak_on(&world, 2);
        world.voice = (struct rtp){.sequence = 100, .timestamp = 5000, .ssrc = 99};
        speak_on(&world, 3);
        for (size_t i = 2; i < 9; i++) {
                assert_int_equal(world.sent[i].rtp.ssrc, SSRC);
                assert_true(world.sent[i].told);
        }
        assert_int_equal(last(&world)->event.duration, 800);
        assert_int_equal(speak(&world)->rtp.ssrc, 99);
        assert_int_equal(last(&world)->rtp.sequence, (uint16_t)(65530 + 9));
        while (dtmf_is_busy(&world.sender))
                speak(&world);
        assert_keys(&world, "4");
}

static void a_source_that_follows_another_goes_on_with_its_numbers(void **state)
{
        (void)state;
        struct world world = world_of(UNITS);
        speak_on(&world, 3);
        uint16_t sequence = last(&world)->rtp.sequence;
        world.voice = (struct rtp){.sequence = 33235, .timestamp = 5000, .ssrc = 99};
        struct sent *sent = speak(&world);
        assert_int_equal(sent->rtp.ssrc, 99);
        assert_int_equal(sent->rtp.timestamp, 5000);
        assert_int_equal(sent->rtp.sequence, (uint16_t)(sequence + 1));
        world.voice.sequence++; /* what is lost stays lost */
        assert_int_equal(speak(&world)->rtp.sequence, (uint16_t)(sequence + 3));
}

static void what_is_no_voice_is_never_replaced(void **state)
{
        (void)state;
        struct world world = world_of(UNITS);
        speak_on(&world, 1);
        dtmf_press(&world.sender, '2', 0);
        struct rtp noise = world.voice;
        assert_false(speak_as(&world, &noise, false)->told);
        world.voice.sequence++;
        world.voice.timestamp += UNITS;
        assert_true(speak(&world)->told);
        assert_numbers(&world);
}

static void more_than_fits_is_refused(void **state)
{
        (void)state;
        struct world world = world_of(UNITS);
        for (unsigned i = 0; i < DTMF_QUEUE; i++)
                assert_true(dtmf_press(&world.sender, (char)('0' + i % 10), 0));
        assert_false(dtmf_press(&world.sender, '1', 0));
        assert_false(dtmf_press(&world.sender, '+', 0));
        speak(&world);
        assert_true(dtmf_press(&world.sender, '1', 0));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(every_key_has_a_code_and_back),
                cmocka_unit_test(a_payload_is_read_as_it_was_written),
                cmocka_unit_test(voice_passes_as_it_is_while_nothing_was_pressed),
                cmocka_unit_test(a_key_takes_the_place_of_voice),
                cmocka_unit_test(keys_pressed_at_once_are_told_one_after_the_other),
                cmocka_unit_test(a_key_pressed_while_another_is_told_waits),
                cmocka_unit_test(long_and_short_packets_tell_the_same_time),
                cmocka_unit_test(a_key_is_as_long_as_was_asked_for),
                cmocka_unit_test(voice_that_is_lost_or_late_does_not_stretch_a_key),
                cmocka_unit_test(a_phone_that_sends_nothing_is_heard_by_the_clock),
                cmocka_unit_test(a_phone_that_never_spoke_is_heard_under_a_number_of_ours),
                cmocka_unit_test(a_new_source_waits_for_the_end_of_a_key),
                cmocka_unit_test(a_source_that_follows_another_goes_on_with_its_numbers),
                cmocka_unit_test(what_is_no_voice_is_never_replaced),
                cmocka_unit_test(more_than_fits_is_refused),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
