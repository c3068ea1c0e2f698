/* The byte stream of a connection becomes the same frames however the network split it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sccp/frame.h"

enum { ROOM = 8192, FRAMES = 64 };

struct stream_bytes {
        uint8_t bytes[ROOM];
        size_t len;
};

static void word_add(struct stream_bytes *s, uint32_t word)
{
        for (int i = 0; i < 4; i++)
                s->bytes[s->len++] = (uint8_t)(word >> 8 * i);
}

/* A frame whose payload is `len` bytes counting up from its id. */
static void frame_add(struct stream_bytes *s, uint32_t id, size_t len)
{
        word_add(s, (uint32_t)len + 4);
        word_add(s, 17);
        word_add(s, id);
        for (size_t i = 0; i < len; i++)
                s->bytes[s->len++] = (uint8_t)(id + i);
}

static void frame_is(const struct frame *frame, uint32_t id, size_t len)
{
        assert_int_equal(frame->id, id);
        assert_int_equal(frame->version, 17);
        assert_int_equal(frame->len, len);
        for (size_t i = 0; i < len; i++)
                assert_int_equal(frame->payload[i], (uint8_t)(id + i));
}

/* Five frames: empty, small, large, empty, odd. */
static const size_t lens[] = {0, 4, 300, 0, 13};

static struct stream_bytes five_frames(void)
{
        struct stream_bytes s = {.len = 0};
        for (uint32_t i = 0; i < 5; i++)
                frame_add(&s, 100 + i, lens[i]);
        return s;
}

/* Takes what a chunk has; every chunk lives in memory of exactly its size, gone afterwards. */
static unsigned chunk_fed(struct frame_stream *stream, const uint8_t *bytes, size_t len, unsigned seen)
{
        uint8_t *chunk = malloc(len ? len : 1);
        const char *why = NULL;
        const uint8_t *at = chunk;
        struct frame frame;
        enum frame_result result;
        memcpy(chunk, bytes, len);
        while ((result = frame_next(stream, &at, &len, &frame, &why)) == FRAME_READY) {
                frame_is(&frame, 100 + seen, lens[seen]);
                seen++;
        }
        assert_int_equal(result, FRAME_MORE);
        assert_int_equal(len, 0);
        free(chunk);
        return seen;
}

static void any_split_gives_the_same_frames(void **state)
{
        (void)state;
        const struct stream_bytes s = five_frames();
        for (size_t size = 1; size <= s.len; size++) {
                struct frame_stream stream = {0};
                unsigned seen = 0;
                for (size_t at = 0; at < s.len; at += size)
                        seen = chunk_fed(&stream, s.bytes + at, s.len - at < size ? s.len - at : size, seen);
                assert_int_equal(seen, 5);
                frame_stream_clear(&stream);
        }
}

static void any_two_splits_give_the_same_frames(void **state)
{
        (void)state;
        const struct stream_bytes s = five_frames();
        for (size_t a = 0; a <= s.len; a += 3)
                for (size_t b = a; b <= s.len; b++) {
                        struct frame_stream stream = {0};
                        unsigned seen = chunk_fed(&stream, s.bytes, a, 0);
                        seen = chunk_fed(&stream, s.bytes + a, b - a, seen);
                        seen = chunk_fed(&stream, s.bytes + b, s.len - b, seen);
                        assert_int_equal(seen, 5);
                        frame_stream_clear(&stream);
                }
}

static void between_frames_nothing_is_held(void **state)
{
        (void)state;
        const struct stream_bytes s = five_frames();
        struct frame_stream stream = {0};
        unsigned seen = 0;
        for (size_t at = 0; at < s.len; at++)
                seen = chunk_fed(&stream, s.bytes + at, 1, seen);
        assert_int_equal(seen, 5);
        chunk_fed(&stream, s.bytes, 0, seen); /* the next read, even an empty one, drops the last frame */
        assert_null(stream.payload);
        assert_int_equal(stream.have, 0);
}

static void a_connection_that_ends_in_mid_frame_leaves_nothing(void **state)
{
        (void)state;
        const struct stream_bytes s = five_frames();
        for (size_t len = 0; len < s.len; len++) {
                struct frame_stream stream = {0};
                chunk_fed(&stream, s.bytes, len, 0);
                frame_stream_clear(&stream);
                assert_null(stream.payload); /* and the leak checker agrees */
        }
}

/* The result for a lone header with this length word, whole or byte by byte. */
static enum frame_result length_tried(uint32_t length, bool split, const char **why)
{
        struct stream_bytes s = {.len = 0};
        struct frame_stream stream = {0};
        struct frame frame;
        enum frame_result result = FRAME_MORE;
        word_add(&s, length);
        word_add(&s, 0);
        word_add(&s, 0);
        for (size_t at = 0, step = split ? 1 : s.len; at < s.len && result == FRAME_MORE; at += step) {
                const uint8_t *bytes = s.bytes + at;
                size_t left = step;
                result = frame_next(&stream, &bytes, &left, &frame, why);
        }
        frame_stream_clear(&stream);
        return result;
}

static void lengths_outside_4_to_4096_are_bad(void **state)
{
        (void)state;
        static const struct {
                uint32_t length;
                enum frame_result result;
        } cases[] = {{0, FRAME_BAD},          {3, FRAME_BAD},         {4, FRAME_READY},   {5, FRAME_MORE},
                     {4096, FRAME_MORE},      {4097, FRAME_BAD},      {65536, FRAME_BAD}, {0x80000000, FRAME_BAD},
                     {UINT32_MAX, FRAME_BAD}, {0x48545450, FRAME_BAD}};
        for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
                for (int split = 0; split < 2; split++) {
                        const char *why = NULL;
                        assert_int_equal(length_tried(cases[i].length, split, &why), cases[i].result);
                        assert_int_equal(why != NULL, cases[i].result == FRAME_BAD);
                }
}

static void good_frames_before_a_bad_one_are_handed_out(void **state)
{
        (void)state;
        struct stream_bytes s = {.len = 0};
        struct frame_stream stream = {0};
        struct frame frame;
        const char *why = NULL;
        frame_add(&s, 7, 8);
        word_add(&s, 2);
        word_add(&s, 0);
        word_add(&s, 0);
        const uint8_t *at = s.bytes;
        size_t left = s.len;
        assert_int_equal(frame_next(&stream, &at, &left, &frame, &why), FRAME_READY);
        frame_is(&frame, 7, 8);
        assert_int_equal(frame_next(&stream, &at, &left, &frame, &why), FRAME_BAD);
        assert_string_equal(why, "frame length below 4");
        frame_stream_clear(&stream);
}

static void the_largest_frame_passes_whole_and_split(void **state)
{
        (void)state;
        struct stream_bytes s = {.len = 0};
        struct frame_stream stream = {0};
        struct frame frame;
        const char *why;
        frame_add(&s, 9, FRAME_LENGTH_MAX - 4);
        for (size_t first = 1; first <= s.len; first += 1023) {
                const uint8_t *at = s.bytes;
                size_t left = first, rest = s.len - first;
                enum frame_result result = frame_next(&stream, &at, &left, &frame, &why);
                if (rest)
                        result = frame_next(&stream, &at, &rest, &frame, &why);
                assert_int_equal(result, FRAME_READY);
                frame_is(&frame, 9, FRAME_LENGTH_MAX - 4);
        }
        frame_stream_clear(&stream);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(any_split_gives_the_same_frames),
                cmocka_unit_test(any_two_splits_give_the_same_frames),
                cmocka_unit_test(between_frames_nothing_is_held),
                cmocka_unit_test(a_connection_that_ends_in_mid_frame_leaves_nothing),
                cmocka_unit_test(lengths_outside_4_to_4096_are_bad),
                cmocka_unit_test(good_frames_before_a_bad_one_are_handed_out),
                cmocka_unit_test(the_largest_frame_passes_whole_and_split),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
