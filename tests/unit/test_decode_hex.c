/* Hexadecimal text as people have it - spaced, prefixed, wrapped, with remarks, cut short - becomes messages. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/decode/decode.h"

/* What the text gives; "failed: why" when it gives nothing. */
static char *decoded(const char *text, size_t len, struct decode_options options)
{
        char *out = NULL, why[256] = "";
        size_t size;
        FILE *in = fmemopen((void *)(uintptr_t)text, len, "r"), *to = open_memstream(&out, &size);
        assert_true(in && to);
        if (!decode_file(in, &options, to, why, sizeof why))
                fprintf(to, "failed: %s\n", why);
        fclose(in);
        fclose(to);
        return out;
}

static void gives(const char *text, const char *expected)
{
        char *out = decoded(text, strlen(text), (struct decode_options){.version = -1});
        assert_string_equal(out, expected);
        free(out);
}

#define OFF_HOOK  "0c000000 11000000 06000000 01000000 11000000"
#define SAID      "phone --> OffHook line=1 call_ref=17\n"
#define KEEPALIVE "04000000 00000000 00000000"

static void every_way_to_write_bytes_is_read(void **state)
{
        (void)state;
        static const char *const texts[] = {
                OFF_HOOK "\n",
                OFF_HOOK, /* no line end */
                "0c00000011000000060000000100000011000000\n",
                "0C:00:00:00:11:00:00:00:06:00:00:00:01:00:00:00:11:00:00:00\r\n",
                "0x0c, 0x00, 0x00, 0x00, 0x11,0,0\n", /* one digit is no byte */
                "  0x0c000000 0x11000000\t0x06000000 0X01000000 11-00-00-00   # a remark \xff \n",
                ("\\x0c\\x00\\x00\\x00\\x11\\x00\\x00\\x00\\x06\\x00\\x00\\x00\\x01\\x00\\x00\\x00\\x11\\x00\\x00\\x00"
                 "\n"),
        };
        for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
                if (i == 4)
                        gives(texts[i], "   1:  phone --- (not hexadecimal: '0,0')\n"
                                        "failed: neither a capture (pcap, pcapng) nor lines of hexadecimal bytes\n");
                else
                        gives(texts[i], "   1:  " SAID);
}

static void frames_go_on_in_the_next_line(void **state)
{
        (void)state;
        gives("0c00000011000000\n0600000001000000\n11000000\n", "   1:  " SAID);
        gives("0c000000110000000600000001000000110000000c0000001100\n00000600000001000000110000000400\n0000000000000000"
              "0000\n",
              "   1:  " SAID "   1:  " SAID "   2:  phone --> KeepAlive\n");
        gives("# two\n\n" OFF_HOOK " " OFF_HOOK "\n# more\n" KEEPALIVE "\n",
              "   3:  " SAID "   3:  " SAID "   5:  phone --> KeepAlive\n");
}

static void a_frame_that_is_cut_short_is_shown_with_zeros(void **state)
{
        (void)state;
        static const char *const nexts[] = {"\n" OFF_HOOK, "\n\n" OFF_HOOK};
        for (size_t i = 0; i < 2; i++) {
                char text[256], expected[512];
                snprintf(text, sizeof text, "0c000000 11000000 06000000 01000000%s\n", nexts[i]);
                snprintf(expected, sizeof expected,
                         "   1:  phone --> OffHook line=1\n"
                         "   1:  phone --> (cut short: 16 of 20 bytes, the others are taken as zeros)\n"
                         "%4zu:  " SAID,
                         i + 2);
                gives(text, expected);
        }
        gives("0c000000 1100\n", "   1:  phone --- (6 bytes are no frame: its header alone has 12)\n");
}

static void a_frame_that_is_too_long_is_shown(void **state)
{
        (void)state;
        gives(OFF_HOOK " ffffffff\n", "   1:  phone --> OffHook line=1 call_ref=17 (and 4 bytes more)\n"
                                      "   1:  phone --> (the frame has 24 bytes, its header says 20)\n");
}

static void what_cannot_be_decoded_is_shown_in_hexadecimal(void **state)
{
        (void)state;
        gives("06000000 00000000 99990000 abcd\n",
              "   1:  phone --- message 0x9999 not decoded (unknown message id), 2 bytes: abcd\n");
        gives("06000000 11000000 03000000 0100\n",
              "   1:  phone --> KeypadButton 0x0003 not decoded (too short), 2 bytes: 0100\n");
        gives("03000000 00000000 06000000\n" KEEPALIVE "\n", "   1:  phone --- (no frame: a length of 3)\n"
                                                             "   2:  phone --> KeepAlive\n");
}

static void media_keys_are_never_shown(void **state)
{
        (void)state;
        /* version 6, algorithm 1, a key of 16 bytes and a salt of 14; then the same cut off inside the salt, as JSON
         * and field by field too */
        static const char whole[] = "48000000 00000000 05010000 11000000 12000000 14000000 04000000 00000000 00000000"
                                    "11000000 01000000 1000 0e00 c0ffee00c0ffee00c0ffee00c0ffee00"
                                    "c0ffee00c0ffee00c0ffee00c0ff0000\n";
        static const char half[] = "40000000 00000000 05010000 11000000 12000000 14000000 04000000 00000000 00000000"
                                   "11000000 01000000 1000 0e00 c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00\n";
        for (int form = SHOW_LINES; form <= SHOW_JSON; form++)
                for (int version = -1; version <= SCCP_VERSION_MAX; version++) {
                        struct decode_options options = {.version = version, .form = (enum show_form)form};
                        char *out = decoded(whole, strlen(whole), options);
                        assert_null(strstr(out, "c0ffee"));
                        free(out);
                        out = decoded(half, strlen(half), options);
                        assert_null(strstr(out, "c0ffee"));
                        free(out);
                }
        /* StartMediaTransmission to an address of family 9 */
        gives("38000000 16000000 8a000000 11000000 12000000 09000000 c0ffee00 c0ffee00 c0ffee00 c0ffee00 c0ffee00 "
              "c0ffee00"
              "c0ffee00 c0ffee00 c0ffee00 c0ffee00\n",
              "   1:  phone <-- StartMediaTransmission 0x008a not decoded (unknown address family), 52 bytes, not "
              "shown: "
              "there may be media keys among them\n");
}

static void the_version_is_followed(void **state)
{
        (void)state;
        /* 36 bytes of Register and a RegisterAck of 12: CallManager 2, whose StartTone has the tone only */
        gives("28000000 00000000 01000000 70310000 00000000 00000000 00000000 00000000 00000000 c000024d 0e000000 "
              "05000000\n"
              "10000000 00000000 81000000 1e000000 442e4d2e 59000000\n"
              "08000000 00000000 82000000 21000000\n",
              "   1:  p1 --> Register device_name=\"p1\" user_id=0 instance=0 station_ip=192.0.2.77 "
              "device_type=unknown_14"
              " max_streams=5\n"
              "   2:  p1 <-- RegisterAck keepalive_s=30 date_template=\"D.M.Y\"\n"
              "   3:  p1 <-- StartTone tone=inside_dial\n");
}

static void json_is_one_object_per_line(void **state)
{
        (void)state;
        static const char text[] = OFF_HOOK "\nxx\n06000000 00000000 99990000 abcd\n";
        char *out = decoded(text, strlen(text), (struct decode_options){.version = -1, .form = SHOW_JSON});
        assert_string_equal(
                out, "{\"line\":1,\"from\":\"phone\",\"message\":\"OffHook\",\"id\":6,\"version\":17,\"fields\":"
                     "{\"line\":1,\"call_ref\":17}}\n"
                     "{\"line\":2,\"note\":\"not hexadecimal: 'xx'\"}\n"
                     "{\"line\":3,\"id\":39321,\"header_version\":0,\"error\":\"unknown message id\",\"length\":2,"
                     "\"bytes\":\"abcd\"}\n");
        free(out);
}

static void fields_stand_on_lines_of_their_own(void **state)
{
        (void)state;
        static const char text[] = OFF_HOOK "\n";
        char *out = decoded(text, strlen(text), (struct decode_options){.version = -1, .form = SHOW_FIELDS});
        assert_string_equal(out, "   1:  phone --> OffHook\n"
                                 "              line: 1\n"
                                 "              call_ref: 17\n");
        free(out);
}

static void a_line_longer_than_any_frame_is_left_out(void **state)
{
        (void)state;
        size_t size = 200000;
        char *text = malloc(size);
        assert_non_null(text);
        memset(text, '0', size);
        memcpy(text + size - sizeof KEEPALIVE - 1, "\n" KEEPALIVE, sizeof KEEPALIVE);
        char *out = decoded(text, size - 1, (struct decode_options){.version = -1});
        assert_string_equal(out, "   1:  phone --- (longer than any frame, left out)\n   2:  phone --> KeepAlive\n");
        free(out);
        free(text);
}

static void nothing_is_an_error(void **state)
{
        (void)state;
        gives("\n# only remarks\n", "failed: neither a capture (pcap, pcapng) nor lines of hexadecimal bytes\n");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(every_way_to_write_bytes_is_read),
                cmocka_unit_test(frames_go_on_in_the_next_line),
                cmocka_unit_test(a_frame_that_is_cut_short_is_shown_with_zeros),
                cmocka_unit_test(a_frame_that_is_too_long_is_shown),
                cmocka_unit_test(what_cannot_be_decoded_is_shown_in_hexadecimal),
                cmocka_unit_test(media_keys_are_never_shown),
                cmocka_unit_test(the_version_is_followed),
                cmocka_unit_test(json_is_one_object_per_line),
                cmocka_unit_test(fields_stand_on_lines_of_their_own),
                cmocka_unit_test(a_line_longer_than_any_frame_is_left_out),
                cmocka_unit_test(nothing_is_an_error),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
