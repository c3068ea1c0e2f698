/* Every real frame of the protocol reference decodes to its last byte and encodes to the same bytes. What may differ
 * are bytes no reader can see: memory that real peers leak behind the NUL of a text, and padding. That a byte is of
 * this kind is proven by changing it: the decoded message must stay the same. */
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/base/text.h"
#include "sccp/codec.h"
#include "sccp/codec_kind.h"

enum { FRAME_ROOM = 8192, MESSAGES = 256, CALLS = 512 };

struct real_frame {
        char ref[256]; /* file and place in it */
        uint8_t bytes[FRAME_ROOM];
        size_t len; /* stored; the header may promise more */
        unsigned negotiated;
};

/* How often each message was seen in each version, for the table at the end. */
struct tally {
        unsigned seen[MESSAGES][SCCP_VERSION_MAX + 1];
        unsigned unseen_bytes[MESSAGES];
        unsigned forms[MESSAGES]; /* not in the usual form */
        unsigned exact, cut, contradictory, unknown, wrong;
};

static struct tally tally;

static uint32_t word(const uint8_t *at)
{
        return (uint32_t)at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

/* All frames are tried before the test fails. */
static void complain(const struct real_frame *frame, const char *format, ...)
{
        char why[256];
        const struct sccp_message_info *info = sccp_message_info(word(frame->bytes + 8));
        va_list args;
        va_start(args, format);
        vsnprintf(why, sizeof(why), format, args);
        va_end(args);
        print_error("%s: %s: %s\n", frame->ref, info->name, why);
        tally.wrong++;
}

static size_t row_index(uint32_t id)
{
        size_t i = 0;
        while (sccp_message_at(i)->id != (enum sccp_id)id)
                i++;
        assert_true(i < MESSAGES);
        return i;
}

/* A number the session would know: call references, and conference ids, which are one of them. */
static void calls_learn(struct sccp_context *ctx, uint32_t *calls, const struct sccp_message *m)
{
        const uint8_t *self = (const uint8_t *)m + offsetof(struct sccp_message, register_req);
        struct sccp_walk walk = sccp_walk_start(sccp_row_find(m->id)->fields());
        for (const struct sccp_field *f; (f = sccp_walk_next(&walk, SCCP_ANY_VERSION));)
                if ((f->kind == &sccp_kind_call_ref || !strcmp(f->name, "conference_id")) && ctx->n_calls < CALLS) {
                        uint32_t number;
                        memcpy(&number, self + f->offset, sizeof(number));
                        if (number)
                                calls[ctx->n_calls++] = number;
                }
        ctx->calls = calls;
}

/* True if the decoded message is the same whatever this byte is. */
static bool byte_is_unseen(const struct sccp_context *ctx, const struct sccp_message *m, const uint8_t *payload,
                           size_t len, size_t at)
{
        static struct sccp_message other;
        uint8_t *copy = malloc(len);
        memcpy(copy, payload, len);
        copy[at] ^= 0xff;
        bool same = !sccp_decode(ctx, m->id, copy, len, &other) && !memcmp(m, &other, sizeof(other));
        free(copy);
        return same;
}

static void payloads_match(const struct sccp_context *ctx, const struct real_frame *frame, const struct sccp_message *m,
                           const uint8_t *ours, size_t len)
{
        const uint8_t *real = frame->bytes + SCCP_HEADER_SIZE;
        for (size_t i = 0; i < len; i++) {
                if (real[i] == ours[i])
                        continue;
                if (ours[i] || !byte_is_unseen(ctx, m, real, len, i))
                        complain(frame, "payload byte %zu is %02x, we send %02x", i, real[i], ours[i]);
                tally.unseen_bytes[row_index(m->id)]++;
        }
}

static void encoding_checked(const struct sccp_context *ctx, const struct real_frame *frame,
                             const struct sccp_message *m, size_t len)
{
        static struct sccp_message again;
        uint8_t ours[SCCP_FRAME_MAX];
        size_t ours_len = sccp_encode(ctx, m, ours, sizeof(ours));
        if (ours_len != SCCP_HEADER_SIZE + len) {
                complain(frame, "%zu bytes of payload, we send %zu", len, ours_len - SCCP_HEADER_SIZE);
                return;
        }
        if (word(frame->bytes + 4) && word(frame->bytes + 4) != word(ours + 4))
                complain(frame, "header version %u, we send %u", word(frame->bytes + 4), word(ours + 4));
        payloads_match(ctx, frame, m, ours + SCCP_HEADER_SIZE, len);
        const char *error = sccp_decode(ctx, m->id, ours + SCCP_HEADER_SIZE, len, &again);
        again.surplus = m->surplus;
        if (error || memcmp(m, &again, sizeof(again)) != 0)
                complain(frame, "what we send means something else");
}

/* Verdict first, as the reference's own checker gives it: a frame cut short in its source goes on in zeros. */
static size_t payload_len(const struct real_frame *frame)
{
        size_t promised = word(frame->bytes) - 4, stored = frame->len - SCCP_HEADER_SIZE;
        *(stored < promised ? &tally.cut : stored > promised ? &tally.contradictory : &tally.exact) += 1;
        return stored > promised ? stored : promised;
}

static void frame_checked(struct sccp_context *ctx, uint32_t *calls, const struct real_frame *frame)
{
        static struct sccp_message m;
        uint32_t header_version = word(frame->bytes + 4), id = word(frame->bytes + 8);
        if (!sccp_message_info(id)) {
                tally.unknown++;
                return;
        }
        size_t len = payload_len(frame);
        ctx->version = (uint8_t)(header_version ? header_version : frame->negotiated);
        assert_in_range(ctx->version, 0, SCCP_VERSION_MAX);
        tally.seen[row_index(id)][ctx->version]++;
        const char *error = sccp_decode(ctx, id, frame->bytes + SCCP_HEADER_SIZE, len, &m);
        if (error) {
                complain(frame, "%s", error);
                return;
        }
        tally.forms[row_index(id)] += m.form != 0;
        if (m.surplus)
                complain(frame, "%u bytes nobody has read", m.surplus);
        encoding_checked(ctx, frame, &m, len - m.surplus);
        calls_learn(ctx, calls, &m);
}

/* The value behind "key": in the text from *at on; *at moves behind it. */
static bool value_find(const char **at, const char *key, char *out, size_t size)
{
        const char *found = strstr(*at, key);
        if (!found)
                return false;
        found += strlen(key);
        found += strspn(found, " :\"");
        size_t len = strcspn(found, "\",\n}");
        snprintf(out, size, "%.*s", (int)len, found);
        *at = found + len;
        return true;
}

/* Frames have "ref", "hex" and "neg" in this order; anything else is skipped. */
static bool frame_scan(const char **at, struct real_frame *out, char *place, size_t size)
{
        static char hex[2 * FRAME_ROOM + 1];
        char negotiated[16];
        memset(out, 0, sizeof(*out));
        if (!value_find(at, "\"ref\"", place, size) || !value_find(at, "\"hex\"", hex, sizeof(hex)) ||
            !value_find(at, "\"neg\"", negotiated, sizeof(negotiated)))
                return false;
        for (; sscanf(hex + 2 * out->len, "%2hhx", &out->bytes[out->len]) == 1; out->len++)
                ;
        out->negotiated = (unsigned)atoi(negotiated);
        return true;
}

static char *file_read(const char *path)
{
        FILE *file = fopen(path, "rb");
        assert_non_null(file);
        fseek(file, 0, SEEK_END);
        size_t size = (size_t)ftell(file);
        rewind(file);
        char *text = calloc(1, size + 1);
        assert_int_equal(fread(text, 1, size, file), size);
        fclose(file);
        return text;
}

static void file_checked(const char *folder, const char *name)
{
        static struct real_frame frame;
        char path[512], place[128];
        uint32_t calls[CALLS];
        struct sccp_context ctx = {0};
        snprintf(path, sizeof(path), "%s/%s", folder, name);
        char *text = file_read(path);
        for (const char *at = text; frame_scan(&at, &frame, place, sizeof(place));) {
                snprintf(frame.ref, sizeof(frame.ref), "%s %s", name, place);
                frame_checked(&ctx, calls, &frame);
        }
        free(text);
}

static void table_print(void)
{
        print_message("%u frames exact, %u cut short at their source, %u with a contradictory length, %u unknown\n",
                      tally.exact, tally.cut, tally.contradictory, tally.unknown);
        print_message("message, frames by version (times seen), not in the usual form, bytes no reader can see\n");
        for (size_t i = 0; sccp_message_at(i); i++) {
                char line[256] = "";
                for (size_t v = 0; v <= SCCP_VERSION_MAX; v++)
                        if (tally.seen[i][v])
                                text_append(line, sizeof(line), " v%zu:%u", v, tally.seen[i][v]);
                if (*line)
                        print_message("  %-28s%-34s %3u %5u\n", sccp_message_at(i)->name, line, tally.forms[i],
                                      tally.unseen_bytes[i]);
        }
}

static void real_frames_decode_and_encode_to_the_same_bytes(void **state)
{
        (void)state;
        const char *folder = SHARED_DIR "/protocol/frames";
        DIR *dir = opendir(folder);
        assert_non_null(dir);
        for (struct dirent *entry; (entry = readdir(dir));)
                if (strstr(entry->d_name, ".json"))
                        file_checked(folder, entry->d_name);
        closedir(dir);
        table_print();
        assert_int_equal(tally.wrong, 0);
        assert_int_equal(tally.unknown, 0);
        assert_true(tally.exact >= 1593);
        assert_true(tally.cut <= 17); /* as documented in README section 9 of the reference */
        assert_true(tally.contradictory <= 1);
}

int main(void)
{
        const struct CMUnitTest tests[] = {cmocka_unit_test(real_frames_decode_and_encode_to_the_same_bytes)};
        DIR *dir = opendir(SHARED_DIR "/protocol/frames");
        if (!dir) {
                printf("SKIPPED: no real frames in %s/protocol/frames\n", SHARED_DIR);
                return 77;
        }
        closedir(dir);
        return cmocka_run_group_tests(tests, NULL, NULL);
}
