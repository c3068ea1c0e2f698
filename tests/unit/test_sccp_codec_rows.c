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

enum { SAMPLES = 12, SURPLUS = 16, PARTS = 61, SMALL = 64, HUGE = 512 };

static const uint32_t calls[] = {0x01000001, 0x20000017};
static const uint8_t generations[] = {3, 11, 17, 22};

static struct sccp_context session(unsigned version)
{
        return (struct sccp_context){.version = (uint8_t)version, .lines = 6, .calls = calls, .n_calls = 2};
}

static unsigned next_version(unsigned version)
{
        return version ? version + 1 : SCCP_VERSION_MIN;
}

static unsigned previous_version(unsigned version)
{
        return version > SCCP_VERSION_MIN ? version - 1 : 0;
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

/* Version 0 is the CallManager 2 generation; 1 and 2 do not exist. */
static void each_version(unsigned n, void (*check)(const struct sccp_context *, const struct sccp_message *))
{
        unsigned cases = 0;
        for (unsigned version = 0; version <= SCCP_VERSION_MAX; version = next_version(version)) {
                struct sccp_context ctx = session(version);
                cases += each_sample(&ctx, n, check);
        }
        print_message("sample %u: %u rows and versions\n", n, cases);
}

/* For what is too much to do with every sample: the versions take a varied, a full and an empty one in turn. */
static void each_version_in_turn(void (*check)(const struct sccp_context *, const struct sccp_message *))
{
        static const uint8_t samples[] = {5, 1, 0};
        for (unsigned version = 0; version <= SCCP_VERSION_MAX; version = next_version(version)) {
                struct sccp_context ctx = session(version);
                each_sample(&ctx, samples[version % sizeof(samples)], check);
        }
}

/* True if this row says the same in this version as in the one before. */
static bool layout_is_old(const struct sccp_context *ctx, enum sccp_id id)
{
        static struct sccp_message m;
        uint8_t frames[2][SCCP_FRAME_MAX];
        struct sccp_context before = session(ctx->version ? previous_version(ctx->version) : 0);
        if (!ctx->version)
                return false;
        sccp_sample(&before, id, 1, &m);
        size_t old_len = sccp_encode(&before, &m, frames[0], sizeof(frames[0]));
        sccp_sample(ctx, id, 1, &m);
        size_t new_len = sccp_encode(ctx, &m, frames[1], sizeof(frames[1]));
        return old_len == new_len &&
               !memcmp(frames[0] + SCCP_HEADER_SIZE, frames[1] + SCCP_HEADER_SIZE, new_len - SCCP_HEADER_SIZE);
}

/* Which of many places in a payload are tried: every `step`th from `first` on. Where a version has the layout of the
 * one before, each tries another part of them; in huge payloads, mostly lists of the same, each place is tried in one
 * version. */
struct share {
        size_t first, step;
};

static struct share share_of(const struct sccp_context *ctx, enum sccp_id id, size_t len)
{
        size_t versions = 2 + SCCP_VERSION_MAX - SCCP_VERSION_MIN;
        if (len > HUGE)
                return (struct share){ctx->version ? 1u + ctx->version - SCCP_VERSION_MIN : 0, versions};
        if (layout_is_old(ctx, id))
                return (struct share){ctx->version, PARTS};
        return (struct share){0, 1};
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
        for (unsigned n = 0; n < SAMPLES; n++)
                each_version(n, round_trip);
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

/* `thorough`: also what is made of the message afterwards, which takes its time in a big one. */
static void payload_is_safe(const struct sccp_context *ctx, enum sccp_id id, const uint8_t *payload, size_t len,
                            bool thorough)
{
        static struct sccp_message m;
        char text[SCCP_PRINT_SIZE];
        if (sccp_decode(ctx, id, payload, len, &m))
                return;
        assert_int_equal(m.id, id);
        if (!thorough && len > SMALL)
                return;
        sccp_print(&m, text, sizeof(text));
        decoded_settles(ctx, &m);
}

static void truncated(const struct sccp_context *ctx, const struct sccp_message *m)
{
        uint8_t frame[SCCP_FRAME_MAX];
        size_t len = sccp_encode(ctx, m, frame, sizeof(frame)) - SCCP_HEADER_SIZE;
        struct share share = share_of(ctx, m->id, len);
        for (size_t cut = share.first; cut < len; cut += share.step) {
                uint8_t *payload = exact_copy(frame + SCCP_HEADER_SIZE, cut);
                payload_is_safe(ctx, m->id, payload, cut, cut % 4 == 0);
                free(payload);
        }
}

static bool is_small(const struct sccp_context *ctx, const struct sccp_message *m)
{
        uint8_t frame[SCCP_FRAME_MAX];
        return sccp_encode(ctx, m, frame, sizeof(frame)) <= SMALL;
}

static void truncated_if_small(const struct sccp_context *ctx, const struct sccp_message *m)
{
        if (is_small(ctx, m))
                truncated(ctx, m);
}

static void every_truncation_is_read_within_its_bounds(void **state)
{
        (void)state;
        for (unsigned n = 0; n < 3; n++)
                each_version(n, truncated_if_small);
        each_version_in_turn(truncated);
}

static void bits_flipped(const struct sccp_context *ctx, const struct sccp_message *m)
{
        uint8_t frame[SCCP_FRAME_MAX];
        size_t len = sccp_encode(ctx, m, frame, sizeof(frame)) - SCCP_HEADER_SIZE;
        uint8_t *payload = exact_copy(frame + SCCP_HEADER_SIZE, len);
        struct share share = share_of(ctx, m->id, len);
        for (size_t bit = share.first; bit < len * 8; bit += share.step) {
                payload[bit / 8] ^= (uint8_t)(1u << bit % 8);
                payload_is_safe(ctx, m->id, payload, len, bit % 8 == bit / 8 % 8);
                payload[bit / 8] ^= (uint8_t)(1u << bit % 8);
        }
        free(payload);
}

static void bits_flipped_if_small(const struct sccp_context *ctx, const struct sccp_message *m)
{
        if (is_small(ctx, m))
                bits_flipped(ctx, m);
}

static void every_flipped_bit_is_survived(void **state)
{
        (void)state;
        for (unsigned n = 0; n < 3; n++)
                each_version(n, bits_flipped_if_small);
        each_version_in_turn(bits_flipped);
}

static void squeezed(const struct sccp_context *ctx, const struct sccp_message *m)
{
        uint8_t frame[SCCP_FRAME_MAX];
        size_t len = sccp_encode(ctx, m, frame, sizeof(frame));
        struct share share = share_of(ctx, m->id, len);
        for (size_t room = share.first; room < len; room += share.step) {
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
        each_version(0, squeezed);
        each_version(1, squeezed);
        each_version(3, squeezed);
}

/* Whatever unusual form a message is written in, it is read to its end, and written again to the same bytes. */
static void forms_repeated(const struct sccp_context *ctx, const struct sccp_message *m)
{
        static struct sccp_message back;
        static const unsigned forms[] = {SCCP_FORM_ALIGNED, SCCP_FORM_SHORT, SCCP_FORM_OTHER, SCCP_FORM_ADDRESS};
        uint8_t first[SCCP_FRAME_MAX], second[SCCP_FRAME_MAX];
        for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
                struct sccp_message copy = *m;
                copy.form = (uint8_t)forms[i];
                size_t len = sccp_encode(ctx, &copy, first, sizeof(first));
                assert_null(sccp_decode(ctx, m->id, first + SCCP_HEADER_SIZE, len - SCCP_HEADER_SIZE, &back));
                size_t again = sccp_encode(ctx, &back, second, sizeof(second));
                if (!back.form && !back.surplus)
                        continue; /* it happens to fit in the usual form to its last byte */
                if (again != len || memcmp(first, second, len) != 0)
                        fail_msg("%s in version %u does not repeat form %u: %zu, then %zu bytes",
                                 sccp_message_name(m->id), ctx->version, forms[i], len, again);
        }
}

static void every_form_of_a_message_is_kept(void **state)
{
        (void)state;
        for (unsigned n = 0; n < 4; n++)
                each_version(n, forms_repeated);
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

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(every_message_survives_a_round_trip_in_every_version),
                cmocka_unit_test(every_form_of_a_message_is_kept),
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
