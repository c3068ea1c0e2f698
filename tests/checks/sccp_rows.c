/* What messages.def says, for those who are not C: a table for tests/checks/catalogue.py, and seeds for the fuzzer.
 *
 *     sccp_rows table          rows, known names, lengths by version, named numbers
 *     sccp_rows seeds FOLDER   one or two inputs of fuzz_sccp_message per row */
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "sccp/codec.h"

static const uint8_t generations[] = {0, 3, 11, 17, 22};

static size_t sample_encode(unsigned version, enum sccp_id id, unsigned n, uint8_t *frame)
{
        static struct sccp_message m;
        const uint32_t calls[] = {0x01000001};
        struct sccp_context ctx = {.version = (uint8_t)version, .lines = 6, .calls = calls, .n_calls = 1};
        sccp_sample(&ctx, id, n, &m);
        return sccp_encode(&ctx, &m, frame, SCCP_FRAME_MAX) - SCCP_HEADER_SIZE;
}

static void lengths_print(enum sccp_id id)
{
        uint8_t frame[SCCP_FRAME_MAX];
        for (unsigned version = 0; version <= SCCP_VERSION_MAX; version += version ? 1 : SCCP_VERSION_MIN)
                printf("length 0x%04x %u %zu %zu\n", id, version, sample_encode(version, id, 0, frame),
                       sample_encode(version, id, 1, frame));
}

static void table_print(void)
{
        const char *name;
        uint32_t number;
        for (uint32_t id = 0; id <= UINT16_MAX; id++) {
                const struct sccp_message_info *info = sccp_message_info(id);
                if (info) {
                        printf("row 0x%04x %s %s\n", info->id, info->name,
                               info->direction == SCCP_FROM_PHONE ? "phone->cm" : "cm->phone");
                        lengths_print(info->id);
                } else if ((name = sccp_message_name(id)))
                        printf("known 0x%04" PRIx32 " %s\n", id, name);
        }
#define VALUES(set)                                                                                                    \
        for (size_t i = 0; (name = sccp_value_at(SCCP_VALUES_##set, i, &number)); i++)                                 \
                printf("value %s %" PRIu32 " %s\n", #set, number, name);
#include "sccp/values.def"
}

/* Versions take turns, so that each row is there in an old or in a new one; rows that change are there in both. */
static bool seed_write(const char *folder, const struct sccp_message_info *info, unsigned version)
{
        uint8_t frame[SCCP_FRAME_MAX], prefix[] = {(uint8_t)version, (uint8_t)info->id, (uint8_t)(info->id >> 8)};
        char path[1024];
        size_t len = sample_encode(version, info->id, 2, frame);
        snprintf(path, sizeof(path), "%s/%s_%u", folder, info->name, version);
        FILE *file = fopen(path, "wb");
        if (!file) {
                perror(path);
                return false;
        }
        fwrite(prefix, 1, sizeof(prefix), file);
        fwrite(frame + SCCP_HEADER_SIZE, 1, len, file);
        return fclose(file) == 0;
}

static bool row_changes(enum sccp_id id)
{
        uint8_t frame[SCCP_FRAME_MAX];
        return sample_encode(SCCP_VERSION_MIN, id, 1, frame) != sample_encode(SCCP_VERSION_MAX, id, 1, frame);
}

static bool seeds_write(const char *folder)
{
        const struct sccp_message_info *info;
        for (size_t i = 0; (info = sccp_message_at(i)); i++) {
                unsigned version = generations[i % sizeof(generations)];
                bool other = row_changes(info->id);
                if (!seed_write(folder, info, version) ||
                    (other && !seed_write(folder, info, version < 17 ? SCCP_VERSION_MAX : SCCP_VERSION_MIN)))
                        return false;
        }
        return true;
}

int main(int argc, char **argv)
{
        if (argc == 2 && strcmp(argv[1], "table") == 0) {
                table_print();
                return 0;
        }
        if (argc == 3 && strcmp(argv[1], "seeds") == 0)
                return seeds_write(argv[2]) ? 0 : 1;
        fprintf(stderr, "usage: sccp_rows table | seeds FOLDER\n");
        return 64;
}
