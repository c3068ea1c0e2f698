/* What holds for every row of the catalogue, in every version, shown with samples made from the rows themselves:
 * these tests prove that rows are consistent and bounds are kept; real and golden frames prove that they are right. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sccp/codec.h"
#include "sccp/codec_kind.h"

enum { SAMPLES = 12, SURPLUS = 16 };

static const uint32_t calls[] = {0x01000001, 0x20000017};
static const uint8_t generations[] = {3, 11, 17, 22};

static struct sccp_context session(unsigned version)
{
        return (struct sccp_context){.version = (uint8_t)version, .lines = 6, .calls = calls, .n_calls = 2};
}

/* An exactly sized copy: reading or writing past it is found by the sanitizer. */
static uint8_t *exact_copy(const uint8_t *bytes, size_t len)
{
        uint8_t *copy = malloc(len ? len : 1);
        assert_non_null(copy);
        if (len)
                memcpy(copy, bytes, len);
        return copy;
}

/* Calls `check` with a sample of every row; returns how many. */
static unsigned each_sample(const struct sccp_context *ctx, unsigned n,
                            void (*check)(const struct sccp_context *, const struct sccp_message *))
{
        static struct sccp_message m;
        unsigned count = 0;
        const struct sccp_message_info *info;
        for (size_t i = 0; (info = sccp_message_at(i)); i++, count++) {
                assert_true(sccp_sample(ctx, info->id, n, &m));
                check(ctx, &m);
        }
        return count;
}

static void round_trip(const struct sccp_context *ctx, const struct sccp_message *m)
{
        static struct sccp_message back;
        uint8_t first[SCCP_FRAME_MAX], second[SCCP_FRAME_MAX];
        size_t len = sccp_encode(ctx, m, first, sizeof(first));
        assert_true(len >= SCCP_HEADER_SIZE && len % 4 == 0);
        assert_null(sccp_decode(ctx, m->id, first + SCCP_HEADER_SIZE, len - SCCP_HEADER_SIZE, &back));
        assert_memory_equal(m, &back, sizeof(back));
        assert_int_equal(sccp_encode(ctx, &back, second, sizeof(second)), len);
        assert_memory_equal(first, second, len);
}

static void every_message_survives_a_round_trip_in_every_version(void **state)
{
        (void)state;
        unsigned cases = 0;
        for (unsigned version = 0; version <= SCCP_VERSION_MAX; version++)
                for (unsigned n = 0; n < SAMPLES; n++) {
                        struct sccp_context ctx = session(version);
                        cases += each_sample(&ctx, n, round_trip);
                }
        print_message("%u round trips\n", cases);
}

/* What was decoded can be encoded, and from then on its bytes stay the same. A changed byte may tip the choice
 * between packed and aligned once more, each time towards the better reading: hence the rounds. */
static void decoded_settles(const struct sccp_context *ctx, const struct sccp_message *m)
{
        static struct sccp_message next;
        uint8_t bytes[2][SCCP_FRAME_MAX];
        size_t len = sccp_encode(ctx, m, bytes[0], sizeof(bytes[0])), before = 0;
        for (unsigned round = 1; round < 6; round++) {
                const uint8_t *last = bytes[(round - 1) % 2];
                if (before == len && !memcmp(bytes[0], bytes[1], len))
                        return;
                assert_true(len >= SCCP_HEADER_SIZE);
                assert_null(sccp_decode(ctx, m->id, last + SCCP_HEADER_SIZE, len - SCCP_HEADER_SIZE, &next));
                before = len;
                len = sccp_encode(ctx, &next, bytes[round % 2], sizeof(bytes[0]));
        }
        fail_msg("%s does not settle", sccp_message_info(m->id)->name);
}

static void payload_is_safe(const struct sccp_context *ctx, enum sccp_id id, const uint8_t *payload, size_t len)
{
        static struct sccp_message m;
        char text[SCCP_PRINT_SIZE];
        const char *error = sccp_decode(ctx, id, payload, len, &m);
        if (error)
                return;
        assert_int_equal(m.id, id);
        sccp_print(&m, text, sizeof(text));
        decoded_settles(ctx, &m);
}

static void truncated(const struct sccp_context *ctx, const struct sccp_message *m)
{
        uint8_t frame[SCCP_FRAME_MAX];
        size_t len = sccp_encode(ctx, m, frame, sizeof(frame)) - SCCP_HEADER_SIZE;
        for (size_t cut = 0; cut < len; cut++) {
                uint8_t *payload = exact_copy(frame + SCCP_HEADER_SIZE, cut);
                payload_is_safe(ctx, m->id, payload, cut);
                free(payload);
        }
}

static void every_truncation_is_read_within_its_bounds(void **state)
{
        (void)state;
        for (size_t i = 0; i < sizeof(generations); i++)
                for (unsigned n = 0; n < 3; n++) {
                        struct sccp_context ctx = session(generations[i]);
                        each_sample(&ctx, n, truncated);
                }
}

static void bits_flipped(const struct sccp_context *ctx, const struct sccp_message *m)
{
        uint8_t frame[SCCP_FRAME_MAX];
        size_t len = sccp_encode(ctx, m, frame, sizeof(frame)) - SCCP_HEADER_SIZE;
        uint8_t *payload = exact_copy(frame + SCCP_HEADER_SIZE, len);
        for (size_t bit = 0; bit < len * 8; bit++) {
                payload[bit / 8] ^= (uint8_t)(1u << bit % 8);
                payload_is_safe(ctx, m->id, payload, len);
                payload[bit / 8] ^= (uint8_t)(1u << bit % 8);
        }
        free(payload);
}

static void every_flipped_bit_is_survived(void **state)
{
        (void)state;
        struct sccp_context oldest = session(SCCP_VERSION_MIN), newest = session(SCCP_VERSION_MAX);
        each_sample(&oldest, 5, bits_flipped);
        each_sample(&newest, 6, bits_flipped);
}

static void squeezed(const struct sccp_context *ctx, const struct sccp_message *m)
{
        uint8_t frame[SCCP_FRAME_MAX];
        size_t len = sccp_encode(ctx, m, frame, sizeof(frame));
        for (size_t room = 0; room < len; room++) {
                uint8_t *out = exact_copy(frame, room);
                assert_int_equal(sccp_encode(ctx, m, out, room), 0);
                free(out);
        }
        uint8_t *out = exact_copy(frame, len);
        assert_int_equal(sccp_encode(ctx, m, out, len), len);
        free(out);
}

static void every_too_small_buffer_is_refused(void **state)
{
        (void)state;
        for (size_t i = 0; i < sizeof(generations); i++) {
                struct sccp_context ctx = session(generations[i]);
                each_sample(&ctx, 1, squeezed);
        }
}

static void surplus_counted(const struct sccp_context *ctx, const struct sccp_message *m)
{
        static struct sccp_message back;
        uint8_t frame[SCCP_FRAME_MAX + SURPLUS] = {0};
        size_t len = sccp_encode(ctx, m, frame, SCCP_FRAME_MAX) - SCCP_HEADER_SIZE;
        const struct sccp_field *last = NULL;
        for (const struct sccp_field *f = sccp_row_find(m->id)->fields(); f->name; f++)
                last = f;
        if (last && last->kind == &sccp_kind_tail)
                return; /* takes what comes */
        assert_null(sccp_decode(ctx, m->id, frame + SCCP_HEADER_SIZE, len + SURPLUS, &back));
        assert_int_equal(back.surplus, SURPLUS);
        back.surplus = 0;
        assert_memory_equal(m, &back, sizeof(back));
}

static void bytes_behind_the_last_field_change_nothing(void **state)
{
        (void)state;
        for (size_t i = 0; i < sizeof(generations); i++) {
                struct sccp_context ctx = session(generations[i]);
                each_sample(&ctx, 2, surplus_counted);
        }
}

static void printed_in_any_room(const struct sccp_context *ctx, const struct sccp_message *m)
{
        static char whole[65536];
        (void)ctx;
        sccp_print(m, whole, sizeof(whole));
        assert_memory_equal(whole, sccp_message_info(m->id)->name, strlen(sccp_message_info(m->id)->name));
        assert_null(strpbrk(whole, "\n\r"));
        for (size_t size = 1; size < 64; size++) {
                char *out = malloc(size);
                sccp_print(m, out, size);
                assert_int_equal(strlen(out), strlen(whole) < size ? strlen(whole) : size - 1);
                assert_memory_equal(out, whole, strlen(out));
                free(out);
        }
}

static void a_trace_is_one_line_cut_where_its_room_ends(void **state)
{
        (void)state;
        struct sccp_context ctx = session(SCCP_VERSION_MAX);
        for (unsigned n = 0; n < SAMPLES; n++)
                each_sample(&ctx, n, printed_in_any_room);
}

static void texts_dirtied(const struct sccp_context *ctx, const struct sccp_message *m)
{
        static struct sccp_message dirty;
        uint8_t clean_frame[SCCP_FRAME_MAX], dirty_frame[SCCP_FRAME_MAX];
        dirty = *m;
        uint8_t *self = (uint8_t *)&dirty + offsetof(struct sccp_message, register_req);
        struct sccp_walk walk = sccp_walk_start(sccp_row_find(m->id)->fields());
        for (const struct sccp_field *f; (f = sccp_walk_next(&walk, SCCP_ANY_VERSION));)
                if (f->kind == &sccp_kind_text || f->kind == &sccp_kind_dynamic_text ||
                    f->kind == &sccp_kind_directory_number) {
                        size_t len = strlen((char *)self + f->offset);
                        memset(self + f->offset + len + 1, 'x', f->size - len - 1);
                }
        size_t len = sccp_encode(ctx, m, clean_frame, sizeof(clean_frame));
        assert_int_equal(sccp_encode(ctx, &dirty, dirty_frame, sizeof(dirty_frame)), len);
        assert_memory_equal(clean_frame, dirty_frame, len);
}

static void what_lies_behind_the_end_of_a_text_is_never_sent(void **state)
{
        (void)state;
        for (unsigned n = 0; n < SAMPLES; n++) {
                struct sccp_context ctx = session(generations[n % sizeof(generations)]);
                each_sample(&ctx, n, texts_dirtied);
        }
}

static void rows_are_in_order_and_described(void **state)
{
        (void)state;
        const struct sccp_message_info *info;
        for (size_t i = 0; (info = sccp_message_at(i)); i++) {
                assert_true(i == 0 || info->id > sccp_message_at(i - 1)->id);
                assert_ptr_equal(sccp_message_info(info->id), info);
                assert_true(*info->name);
                assert_true(info->direction == SCCP_FROM_PHONE || info->phase == SCCP_PHASE_ANY);
        }
        assert_null(sccp_message_info(0x7fff));
        assert_null(sccp_message_info(UINT32_MAX));
}

/* One seed per row for fuzz_sccp_message, from old to new versions in turn. */
static void seeds_write(const char *folder)
{
        static struct sccp_message m;
        const struct sccp_message_info *info;
        for (size_t i = 0; (info = sccp_message_at(i)); i++) {
                uint8_t frame[SCCP_FRAME_MAX], version = generations[i % sizeof(generations)];
                struct sccp_context ctx = session(version);
                uint8_t prefix[] = {version, (uint8_t)info->id, (uint8_t)(info->id >> 8)};
                char path[1024];
                snprintf(path, sizeof(path), "%s/%s", folder, info->name);
                FILE *file = fopen(path, "wb");
                assert_non_null(file);
                sccp_sample(&ctx, info->id, 2, &m);
                size_t len = sccp_encode(&ctx, &m, frame, sizeof(frame));
                fwrite(prefix, 1, sizeof(prefix), file);
                fwrite(frame + SCCP_HEADER_SIZE, 1, len - SCCP_HEADER_SIZE, file);
                fclose(file);
        }
}

int main(int argc, char **argv)
{
        if (argc == 3 && strcmp(argv[1], "--seeds") == 0) {
                seeds_write(argv[2]);
                return 0;
        }
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(every_message_survives_a_round_trip_in_every_version),
                cmocka_unit_test(every_truncation_is_read_within_its_bounds),
                cmocka_unit_test(every_flipped_bit_is_survived),
                cmocka_unit_test(every_too_small_buffer_is_refused),
                cmocka_unit_test(bytes_behind_the_last_field_change_nothing),
                cmocka_unit_test(a_trace_is_one_line_cut_where_its_room_ends),
                cmocka_unit_test(what_lies_behind_the_end_of_a_text_is_never_sent),
                cmocka_unit_test(rows_are_in_order_and_described),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
