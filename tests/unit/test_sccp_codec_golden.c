/* Frames of our own making, in tests/golden: bytes that another decoder than ours has confirmed, and the trace they must
 * give. Each is decoded, printed, and encoded to the same bytes. */
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sccp/codec.h"

enum { LINE_ROOM = 16384 };

static size_t hex_read(const char *text, uint8_t *out, size_t room)
{
        size_t len = 0;
        int used;
        while (len < room && sscanf(text, " %2hhx%n", &out[len], &used) == 1) {
                text += used;
                len++;
        }
        return len;
}

static void frame_is_golden(unsigned version, const char *hex, const char *trace)
{
        static struct sccp_message m;
        uint8_t frame[SCCP_FRAME_MAX], ours[SCCP_FRAME_MAX];
        char text[SCCP_PRINT_SIZE];
        struct sccp_context ctx = {.version = (uint8_t)version, .lines = 6};
        size_t len = hex_read(hex, frame, sizeof(frame));
        assert_true(len >= SCCP_HEADER_SIZE);
        const uint32_t id = (uint32_t)(frame[8] | frame[9] << 8);
        assert_null(sccp_decode(&ctx, id, frame + SCCP_HEADER_SIZE, len - SCCP_HEADER_SIZE, &m));
        assert_string_equal(sccp_print(&m, text, sizeof(text)), trace);
        assert_int_equal(m.surplus, 0);
        assert_int_equal(sccp_encode(&ctx, &m, ours, sizeof(ours)), len);
        assert_memory_equal(frame, ours, len);
}

/* The next line that is neither empty nor a comment, without its end. */
static bool line_read(FILE *file, char *line)
{
        while (fgets(line, LINE_ROOM, file)) {
                line[strcspn(line, "\n")] = '\0';
                if (*line && *line != '#')
                        return true;
        }
        return false;
}

static unsigned file_is_golden(const char *name)
{
        static char hex[LINE_ROOM], trace[LINE_ROOM];
        char path[512];
        unsigned version, frames = 0;
        assert_int_equal(sscanf(name, "sccp_v%u.txt", &version), 1);
        snprintf(path, sizeof(path), SOURCE_DIR "/tests/golden/%s", name);
        FILE *file = fopen(path, "r");
        assert_non_null(file);
        for (; line_read(file, hex); frames++) {
                assert_true(line_read(file, trace));
                frame_is_golden(version, hex, trace);
        }
        fclose(file);
        return frames;
}

static void golden_frames_decode_print_and_encode(void **state)
{
        (void)state;
        unsigned files = 0;
        DIR *dir = opendir(SOURCE_DIR "/tests/golden");
        assert_non_null(dir);
        for (struct dirent *entry; (entry = readdir(dir));)
                if (strncmp(entry->d_name, "sccp_v", 6) == 0) {
                        assert_true(file_is_golden(entry->d_name) >= 3);
                        files++;
                }
        closedir(dir);
        assert_int_equal(files, 11);
}

int main(void)
{
        const struct CMUnitTest tests[] = {cmocka_unit_test(golden_frames_decode_print_and_encode)};
        return cmocka_run_group_tests(tests, NULL, NULL);
}
