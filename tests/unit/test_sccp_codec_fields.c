/* Every message in every version as JSON and line by line: well-formed, complete, and without keys. */
#include <ctype.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sccp/codec.h"
#include "sccp/codec_fields.h"

/* What a printer wrote, to be freed. */
static char *printed(const struct sccp_message *m, bool json)
{
        char *text = NULL;
        size_t size;
        FILE *to = open_memstream(&text, &size);
        assert_non_null(to);
        if (json)
                sccp_print_json(m, to);
        else
                sccp_print_fields(m, 2, to);
        fclose(to);
        return text;
}

static const char *value_skip(const char *at);

static const char *string_skip(const char *at)
{
        assert_int_equal(*at++, '"');
        for (; *at != '"'; at++) {
                assert_true((unsigned char)*at >= 0x20);
                if (*at == '\\' && *++at == 'u')
                        for (int i = 0; i < 4; i++)
                                assert_true(isxdigit((unsigned char)*++at));
        }
        return at + 1;
}

/* "a, b, c" between two brackets; a name and a colon before each if `named`. */
static const char *list_skip(const char *at, bool named)
{
        char close = named ? '}' : ']';
        at++;
        if (*at == close)
                return at + 1;
        for (;; at++) {
                if (named) {
                        at = string_skip(at);
                        assert_int_equal(*at++, ':');
                }
                at = value_skip(at);
                if (*at == close)
                        return at + 1;
                assert_int_equal(*at, ',');
        }
}

static const char *value_skip(const char *at)
{
        if (*at == '"')
                return string_skip(at);
        if (*at == '{' || *at == '[')
                return list_skip(at, *at == '{');
        assert_true(isdigit((unsigned char)*at));
        return at + strspn(at, "0123456789");
}

static void every_message(void (*check)(const struct sccp_message *))
{
        static struct sccp_message m;
        const struct sccp_message_info *info;
        for (size_t i = 0; (info = sccp_message_at(i)); i++)
                for (uint8_t version = 0; version <= SCCP_VERSION_MAX; version++)
                        for (unsigned n = 0; n < 6; n++) {
                                struct sccp_context ctx = {.version = version};
                                if (sccp_sample(&ctx, info->id, n, &m))
                                        check(&m);
                        }
}

static void json_is_well_formed(const struct sccp_message *m)
{
        char *text = printed(m, true);
        assert_int_equal(text[0], '{');
        assert_int_equal(*value_skip(text), '\0');
        free(text);
}

/* Names of the fields on the top level stand in both. */
static void lines_name_what_json_names(const struct sccp_message *m)
{
        char *json = printed(m, true), *text = printed(m, false), name[64];
        for (char *line = text; *line; line = strchr(line, '\n') + 1) {
                assert_non_null(strchr(line, '\n'));
                if (line[2] == ' ')
                        continue;
                snprintf(name, sizeof name, "\"%.*s\":", (int)strcspn(line + 2, ": "), line + 2);
                assert_non_null(strstr(json, name));
        }
        free(json);
        free(text);
}

static void every_message_is_json(void **state)
{
        (void)state;
        every_message(json_is_well_formed);
}

static void every_field_has_a_line(void **state)
{
        (void)state;
        every_message(lines_name_what_json_names);
}

static void keys_are_in_neither(void **state)
{
        (void)state;
        static struct sccp_message m;
        m = (struct sccp_message){.id = SCCP_OPEN_RECEIVE_CHANNEL};
        m.open_receive_channel.key.key_len = 16;
        memset(m.open_receive_channel.key.key, 0xab, sizeof m.open_receive_channel.key.key);
        memset(m.open_receive_channel.key.salt, 0xab, sizeof m.open_receive_channel.key.salt);
        for (int json = 0; json < 2; json++) {
                char *text = printed(&m, json);
                assert_non_null(strstr(text, "key_len"));
                assert_null(strstr(text, "abab"));
                assert_null(strstr(text, "171"));
                free(text);
        }
        assert_true(sccp_has_secret(SCCP_OPEN_RECEIVE_CHANNEL) && sccp_has_secret(SCCP_START_MEDIA_TRANSMISSION));
        assert_false(sccp_has_secret(SCCP_KEEP_ALIVE) || sccp_has_secret(SCCP_REGISTER) || sccp_has_secret(0x9999));
}

static void texts_are_json_whatever_their_bytes(void **state)
{
        (void)state;
        static struct sccp_message m;
        m = (struct sccp_message){.id = SCCP_DISPLAY_TEXT};
        const struct {
                const char *text, *json;
        } texts[] = {
                {"Zo\xc3\xab", "\"Zo\xc3\xab\""},
                {"Zo\xeb", "\"Zo\\u00eb\""},
                {"\xc2\x9b\xc2\xa0", "\"\\u009b\xc2\xa0\""}, /* a terminal's control character; a blank */
                {"a\"b\\c\n\x7f", "\"a\\\"b\\\\c\\u000a\\u007f\""},
        };
        for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
                memset(m.display_text.text, 0, sizeof m.display_text.text);
                memcpy(m.display_text.text, texts[i].text, strlen(texts[i].text));
                char *json = printed(&m, true);
                assert_non_null(strstr(json, texts[i].json));
                free(json);
        }
}

static void no_text_reaches_a_terminal_as_a_command(void **state)
{
        (void)state;
        static struct sccp_message m;
        char text[SCCP_PRINT_SIZE];
        m = (struct sccp_message){.id = SCCP_DISPLAY_TEXT};
        memcpy(m.display_text.text,
               "\x1b[2J\xc2\x9b"
               "2J\xc2\xa0",
               10);
        assert_string_equal(sccp_print(&m, text, sizeof text), "DisplayText text=\"\\x1b[2J\\xc2\\x9b2J\xc2\xa0\"");
}

static void a_call_is_named_only_without_doubt(void **state)
{
        (void)state;
        static struct sccp_message m;
        m = (struct sccp_message){.id = SCCP_OFF_HOOK};
        m.off_hook.call_ref = 17;
        assert_int_equal(sccp_call_ref(&m), 17);
        m = (struct sccp_message){.id = SCCP_DIALED_NUMBER};
        m.dialed_number.call_ref = 17; /* behind a number, whose length is a guess */
        assert_int_equal(sccp_call_ref(&m), 0);
        m = (struct sccp_message){.id = SCCP_KEEP_ALIVE};
        assert_int_equal(sccp_call_ref(&m), 0);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(every_message_is_json),
                cmocka_unit_test(every_field_has_a_line),
                cmocka_unit_test(keys_are_in_neither),
                cmocka_unit_test(texts_are_json_whatever_their_bytes),
                cmocka_unit_test(no_text_reaches_a_terminal_as_a_command),
                cmocka_unit_test(a_call_is_named_only_without_doubt),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
