/* Kinds and the option table: what each value may be, and that the table tells the truth about it. */
#include "config/option.h"
#include "tests/unit/config/help.h"

#include "gateway/base/text.h"

static const struct option *find(const char *scope, const char *name)
{
        for (const struct scope *const *at = option_scopes; *at; at++)
                if (text_equal((*at)->name, scope))
                        return option_find(*at, name);
        return NULL;
}

/* One value through the kind of an option, without a file around it. */
struct trial {
        struct arena arena;
        union {
                uint8_t bytes[64];
                max_align_t aligned;
        } at, second;
        struct reading reading;
        struct printing printing;
};

static bool reads(struct trial *t, const struct option *option, const char *text)
{
        static const struct config_pbx pbxs[] = {{.name = "main"}, {.name = "backup"}};
        static const struct config config = {.pbxs = pbxs, .n_pbxs = 2};
        arena_free(&t->arena);
        memset(t, 0, sizeof(*t));
        t->reading = (struct reading){
                .option = option, .at = &t->at, .second = &t->second, .arena = &t->arena, .config = &config};
        t->printing = (struct printing){.option = option, .at = &t->at, .second = &t->second, .config = &config};
        return option->kind->read(&t->reading, text);
}

struct sample {
        const char *scope, *option, *text, *prints; /* prints NULL: refused */
};

static const struct sample samples[] = {
        {"sccp", "keepalive", "30s", "30s"},
        {"sccp", "keepalive", "2m", "120s"},
        {"sccp", "keepalive", "30000ms", "30s"},
        {"sccp", "keepalive", "30500ms", NULL},
        {"sccp", "keepalive", "30", NULL},
        {"sccp", "keepalive", "s", NULL},
        {"sccp", "keepalive", "", NULL},
        {"sccp", "keepalive", "-30s", NULL},
        {"sccp", "keepalive", "30 s", NULL},
        {"sccp", "keepalive", "99999999999999999999s", NULL},
        {"sccp", "keepalive", "9999999999h", NULL},
        {"calls", "interdigit_timeout", "1500ms", "1500ms"},
        {"calls", "first_digit_timeout", "1m", "60s"},
        {"calls", "busy_trigger", "02", "2"},
        {"calls", "busy_trigger", "2.0", NULL},
        {"calls", "busy_trigger", "+2", NULL},
        {"calls", "busy_trigger", "0x2", NULL},
        {"calls", "terminator", "#", "#"},
        {"calls", "terminator", "off", "off"},
        {"calls", "terminator", "x", NULL},
        {"calls", "terminator", "", NULL},
        {"media", "ports", "16384-32767", "16384-32767"},
        {"media", "ports", "16384-16387", "16384-16387"},
        {"media", "ports", "16384-16385", NULL},
        {"media", "ports", "16385-32767", NULL},
        {"media", "ports", "16384-32766", NULL},
        {"media", "ports", "32768-16385", NULL},
        {"media", "ports", "1022-2001", NULL},
        {"media", "ports", "60000-65537", NULL},
        {"media", "ports", "16384", NULL},
        {"media", "ports", "16384-", NULL},
        {"sccp", "auto_numbers", "1001-1001", "1001-1001"},
        {"sccp", "auto_numbers", "1002-1001", NULL},
        {"media", "mode", "direct", "direct"},
        {"media", "mode", "Direct", NULL},
        {"media", "mode", "auto", "auto"},
        {"media", "direct", "10.0.0.0/8", "10.0.0.0/8"},
        {"media", "direct", " 10.0.0.0/8  fd00::/8 192.0.2.7", "10.0.0.0/8 fd00::/8 192.0.2.7/32"},
        {"media", "direct", "10.0.0.0/8,fd00::/8", NULL},
        {"media", "direct", "10.0.0.1/8 fd00::/8", NULL},
        {"media", "direct", " ", NULL},
        {"media", "direct", "1.1.1.1 1.1.1.2 1.1.1.3 1.1.1.4 1.1.1.5 1.1.1.6 1.1.1.7 1.1.1.8 1.1.1.9", NULL},
        {"media.dscp", "rtp", "EF", "ef"},
        {"media.dscp", "rtp", "46", "ef"},
        {"media.dscp", "rtp", "47", "47"},
        {"media.dscp", "rtp", "af43", "af43"},
        {"media.dscp", "rtp", "64", NULL},
        {"media.dscp", "rtp", "af44", NULL},
        {"node", "address", "192.0.2.1", "192.0.2.1"},
        {"node", "address", "2001:DB8::1", "2001:db8::1"},
        {"node", "address", "192.0.2", NULL},
        {"node", "address", "10.0.0.1 for 10.0.0.0/8", "10.0.0.1 for 10.0.0.0/8"},
        {"node", "address", "fd00::1 for fd00::/8", "fd00::1 for fd00::/8"},
        {"node", "address", "203.0.113.5 for 0.0.0.0/0", "203.0.113.5"},
        {"node", "address", "10.0.0.1 for fd00::/8", NULL},
        {"node", "address", "10.0.0.1 for 10.0.0.1/8", NULL},
        {"node", "address", "10.0.0.1 for everybody", NULL},
        {"node", "address", "gw1 for 10.0.0.0/8", NULL},
        {"node", "address", "gw1", NULL},
        {"sccp", "listen", "0.0.0.0", "0.0.0.0:2000"},
        {"sip", "listen", "[::]", "[::]:5060"},
        {"sip", "listen", "[::1]:5070", "[::1]:5070"},
        {"sip", "listen", "0.0.0.0:0", NULL},
        {"sip", "listen", "localhost:5060", NULL},
        {"sccp", "allow", "10.0.0.0/8", "10.0.0.0/8"},
        {"sccp", "allow", "192.0.2.7", "192.0.2.7/32"},
        {"sccp", "allow", "10.0.0.1/8", NULL},
        {"sccp", "allow", "10.0.0.0/33", NULL},
        {"sccp", "servers", "gw1.lan", "gw1.lan"},
        {"sccp", "servers", "gw1..lan", NULL},
        {"sccp", "servers", "a23456789.123456789.123456789.123456789.1234567x", NULL},
        {"media", "codecs", "g729", "g729"},
        {"media", "codecs", "opus", NULL},
        {"pbx", "address", "pbx.lan", "pbx.lan"},
        {"pbx", "address", "pbx.lan:5070", "pbx.lan:5070"},
        {"pbx", "address", "192.0.2.5", "192.0.2.5"},
        {"pbx", "address", "192.0.2.555", NULL},
        {"pbx", "address", "[2001:db8::1]:5060", "[2001:db8::1]:5060"},
        {"pbx", "address", "2001:db8::1", NULL},
        {"pbx", "address", "sip:pbx.lan;transport=tcp", "sip:pbx.lan;transport=tcp"},
        {"pbx", "address", "sips:pbx.lan", NULL},
        {"pbx", "address", "sip:joe@pbx.lan", NULL},
        {"pbx", "address", "sip:", NULL},
        {"pbx", "address", "pbx.lan:0", NULL},
        {"pbx", "address", "pbx.lan:65536", NULL},
        {"pbx", "address", "pbx lan", NULL},
        {"pbx", "address", "http://pbx.lan", NULL},
        {"pbx", "outbound_proxy", "SIP:edge.lan:5060;lr", "SIP:edge.lan:5060;lr"},
        {"pbx", "outbound_proxy", "edge.lan", NULL},
        {"pbx", "outbound_proxy", "sip:edge.lan;a b", NULL},
        {"pbx", "domain", "-x.lan", NULL},
        {"pbx", "domain", "pbx.lan.", "pbx.lan."},
        {"pbx", "domain", "1.2", NULL},
        {"defaults", "timezone", "UTC", "UTC"},
        {"defaults", "timezone", "Europe/Amsterdam", "Europe/Amsterdam"},
        {"defaults", "timezone", "../../../etc/passwd", NULL},
        {"defaults", "timezone", "/etc/localtime", NULL},
        {"defaults", "timezone", "", NULL},
        {"defaults", "date_format", "M/D/YA", "M/D/YA"},
        {"defaults", "charset", "windows-1251", "windows-1251"},
        {"defaults", "charset", "KOI8-R", "koi8-r"},
        {"defaults", "charset", "klingon", NULL},
        {"defaults", "charset", "utf-8", NULL},
        {"defaults", "date_format", "Y-M-D", "Y-M-D"},
        {"defaults", "date_format", "D.M-Y", NULL},
        {"defaults", "date_format", "D.D.Y", NULL},
        {"defaults", "date_format", "D.M.YB", NULL},
        {"defaults", "pbx", "backup", "backup"},
        {"defaults", "pbx", "bakup", NULL},
        {"calls.dialplan[]", "match", "9.", "9."},
        {"calls.dialplan[]", "match", "10xx!", "10xx!"},
        {"calls.dialplan[]", "match", "+[2-9*#]X.!", "+[2-9*#]X.!"},
        {"calls.dialplan[]", "match", "", NULL},
        {"calls.dialplan[]", "match", "!", NULL},
        {"calls.dialplan[]", "match", "1!2", NULL},
        {"calls.dialplan[]", "match", "1.2", NULL},
        {"calls.dialplan[]", "match", "1..", NULL},
        {"calls.dialplan[]", "match", "[", NULL},
        {"calls.dialplan[]", "match", "[]", NULL},
        {"calls.dialplan[]", "match", "[9-2]", NULL},
        {"calls.dialplan[]", "match", "[2-", NULL},
        {"calls.dialplan[]", "match", "1]", NULL},
        {"calls.dialplan[]", "match", "abc", NULL},
        {"calls.dialplan[]", "prepend", "00", "00"},
        {"calls.dialplan[]", "prepend", "a", NULL},
        {"lines.NAME", "number", "0010", "0010"},
        {"lines.NAME", "number", "alice", "alice"},
        {"lines.NAME", "number", "10 01", NULL},
        {"lines.NAME", "number", "1001@pbx", NULL},
        {"lines.NAME", "user", "u;x", "u;x"},
        {"lines.NAME", "user", "u@x", NULL},
        {"lines.NAME", "user", "a\"b", NULL},
        {"lines.NAME", "auth_user", "u@x", "u@x"},
        {"lines.NAME", "name", "Zo\xc3\xab, \"the\" one", "Zo\xc3\xab, \"the\" one"},
        {"lines.NAME", "name", "a\nb", NULL},
        {"lines.NAME", "name",
         "a\xc2\x85"
         "b",
         NULL},
        {"lines.NAME", "name", "a\x7f", NULL},
        {"phones.NAME", "model", "7960", "7960"},
        {"phones.NAME", "model", "79 60", NULL},
};

static void samples_read_and_print_as_expected(void **state)
{
        (void)state;
        struct trial t = {0};
        for (size_t i = 0; i < sizeof(samples) / sizeof(samples[0]); i++) {
                const struct sample *s = &samples[i];
                const struct option *option = find(s->scope, s->option);
                if (!option)
                        fail_msg("no option %s.%s", s->scope, s->option);
                bool good = reads(&t, option, s->text);
                if (good != (s->prints != NULL))
                        fail_msg("%s.%s '%s' is %s %s", s->scope, s->option, s->text, good ? "taken" : "refused",
                                 t.reading.reason);
                if (good)
                        assert_string_equal(option->kind->print(&t.printing), s->prints);
                else
                        assert_true(strlen(t.reading.reason) > 10);
        }
        arena_free(&t.arena);
}

/* A text that has `limit` as its value: a number with its unit, or as many characters. */
static void limit_text(const struct option *option, long limit, char *text, size_t size)
{
        const struct kind *kind = option->kind;
        if (kind->limits == LIMITS_LENGTH) {
                assert_true((size_t)limit < size);
                memset(text, '1', (size_t)limit);
                text[limit] = 0;
        } else if (kind->unit_ms) {
                snprintf(text, size, "%ld%s", limit, kind->unit_ms == 1 ? "ms" : "s");
        } else if (kind == &kind_number_range) {
                snprintf(text, size, "%ld-%ld", limit, limit);
        } else if (kind == &kind_port_range) { /* even to odd: the limits themselves are */
                long first = limit == option->min || limit == option->min - 1 ? limit : 60000;
                snprintf(text, size, "%ld-%ld", first, first == limit ? 60001 : limit);
        } else {
                snprintf(text, size, "%ld", limit);
        }
}

static void check_limits(struct trial *t, const struct option *option)
{
        char text[512];
        limit_text(option, option->min, text, sizeof(text));
        if (!reads(t, option, text))
                fail_msg("%s refuses its minimum '%s': %s", option->name, text, t->reading.reason);
        limit_text(option, option->max, text, sizeof(text));
        if (!reads(t, option, text))
                fail_msg("%s refuses its maximum '%s': %s", option->name, text, t->reading.reason);
        limit_text(option, option->max + 1, text, sizeof(text));
        if (reads(t, option, text))
                fail_msg("%s takes '%s', more than its maximum", option->name, text);
        if (option->min == 0)
                return;
        limit_text(option, option->min - 1, text, sizeof(text));
        if (reads(t, option, text))
                fail_msg("%s takes '%s', less than its minimum", option->name, text);
}

static void every_option_keeps_its_limits(void **state)
{
        (void)state;
        struct trial t = {0};
        unsigned checked = 0;
        for (const struct scope *const *scope = option_scopes; *scope; scope++)
                for (const struct option *option = (*scope)->options(); option->name; option++)
                        if (option->kind->limits != LIMITS_NONE && option->kind != &kind_dial_pattern) {
                                check_limits(&t, option);
                                checked++;
                        }
        assert_true(checked > 20);
        arena_free(&t.arena);
}

static void every_preset_reads_and_prints_as_written(void **state)
{
        (void)state;
        struct trial t = {0};
        unsigned checked = 0;
        for (const struct scope *const *scope = option_scopes; *scope; scope++)
                for (const struct option *option = (*scope)->options(); option->name; option++) {
                        if (!option->preset || option->kind == &kind_codecs)
                                continue;
                        if (!reads(&t, option, option->preset))
                                fail_msg("%s refuses its preset: %s", option->name, t.reading.reason);
                        assert_string_equal(option->kind->print(&t.printing), option->preset);
                        checked++;
                }
        assert_true(checked > 20);
        arena_free(&t.arena);
}

static void every_word_reads_as_its_index(void **state)
{
        (void)state;
        struct trial t = {0};
        for (const struct scope *const *scope = option_scopes; *scope; scope++)
                for (const struct option *option = (*scope)->options(); option->name; option++)
                        for (unsigned i = 0; option->words && option->words[i]; i++) {
                                unsigned value = 99;
                                assert_true(reads(&t, option, option->words[i]));
                                memcpy(&value, &t.at, sizeof(value));
                                assert_int_equal(value, i);
                                assert_false(reads(&t, option, "nothing of the kind"));
                        }
        arena_free(&t.arena);
}

static void every_row_is_complete(void **state)
{
        (void)state;
        for (const struct scope *const *scope = option_scopes; *scope; scope++) {
                assert_non_null((*scope)->help);
                for (const struct option *option = (*scope)->options(); option->name; option++) {
                        enum shape shape = option->kind->shape;
                        bool structured = shape != SHAPE_VALUE && shape != SHAPE_LIST;
                        assert_ptr_equal(option_find(*scope, option->name), option); /* no name twice */
                        assert_true(option->help || shape == SHAPE_SECTION);
                        assert_int_equal(!option->scope, !structured || shape == SHAPE_INCLUDE);
                        assert_int_equal(!option->words, option->kind != &kind_word);
                        if (structured)
                                continue;
                        assert_non_null(option->kind->read);
                        assert_non_null(option->kind->print);
                        assert_true(option->min <= option->max);
                        assert_false(option->preset && option->otherwise);
                        if (shape == SHAPE_LIST)
                                assert_true(option->kind->item && option->second && option->max > 0);
                }
        }
}

static void the_password_is_secret(void **state)
{
        (void)state;
        assert_true(find("lines.NAME", "password")->secret);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(samples_read_and_print_as_expected),
                cmocka_unit_test(every_option_keeps_its_limits),
                cmocka_unit_test(every_preset_reads_and_prints_as_written),
                cmocka_unit_test(every_word_reads_as_its_index),
                cmocka_unit_test(every_row_is_complete),
                cmocka_unit_test(the_password_is_secret),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
