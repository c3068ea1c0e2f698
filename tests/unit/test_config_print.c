/* What is printed reads back as the same configuration, and defaults are what the reference says. */
#include "config/emit.h"
#include "tests/unit/config/help.h"

/* Something of everything, with texts that need care in YAML. */
static const char rich[] =
        "version: 1\n"
        "node: {name: gw1, address: 192.0.2.10}\n"
        "sccp:\n"
        "  listen: ['0.0.0.0:2000', '[::]:2000']\n"
        "  servers: [gw1.lan, 192.0.2.10]\n"
        "  keepalive: 1m\n"
        "  allow: [10.0.0.0/8, 'fd00::/8']\n"
        "  unknown_phones: auto\n"
        "  auto_numbers: 2001-2999\n"
        "pbx:\n"
        "  main: {address: 'sip:pbx.lan:5070;transport=tcp', transport: tcp, outbound_proxy: 'sip:edge;lr', expires: "
        "1h}\n"
        "  \"007\": {address: '[2001:db8::5]', domain: example.com}\n"
        "sip: {listen: 127.0.0.1}\n"
        "media: {mode: direct, ports: 20000-20999, codecs: [pcma, g729], rtp_timeout: 0s, dscp: {sccp: 1, rtp: af41}}\n"
        "calls:\n"
        "  first_digit_timeout: 20s\n"
        "  interdigit_timeout: 2500ms\n"
        "  terminator: off\n"
        "  dialplan:\n"
        "    - {match: '911!'}\n"
        "    - {match: '9[2-9*]x.', strip: 1, prepend: '+31', tone: outside}\n"
        "  ring_timeout: 90s\n"
        "  busy_trigger: 1\n"
        "  max_per_line: 6\n"
        "softkeys:\n"
        "  standard: {onhook: [newcall, empty, redial], ringin: []}\n"
        "  short: {connected: endcall}\n"
        "  none:\n"
        "defaults: {softkeys: short, pbx: '007', timezone: Europe/Amsterdam, date_format: M/D/YA}\n"
        "log: {level: debug, format: json}\n"
        "lines:\n"
        "  \"0010\": {number: '0010', name: \"Zo\xc3\xab \\\"the\\\" \\\\ \\u2028 one: #1\", password: ' pw ', user: "
        "u, auth_user: 'a: b'}\n"
        "  off: {number: '*97', label: 'null', pbx: main}\n"
        "phones:\n"
        "  SEP001122334455:\n"
        "    description: '- {not a list}'\n"
        "    model: 7960\n"
        "    softkeys: none\n"
        "    timezone: UTC\n"
        "    date_format: Y-M-D\n"
        "    buttons:\n"
        "      - {line: '0010'}\n"
        "      - {speeddial: '1002', label: Bob}\n"
        "      - empty\n"
        "      - {line: {number: 77, password: x}}\n"
        "      - {speeddial: '1003', blf: true}\n"
        "      - {feature: hold}\n"
        "      - {service: 'http://a/b', label: Menu}\n"
        "      - {line: {number: 79}, ring: off}\n"
        "  ata001122334455: {lines: [off, {number: '78'}]}\n"
        "  SEP0011223344FF: {buttons: [empty, {speeddial: '1'}]}\n";

static struct parsed parse_good(const char *text)
{
        struct parsed p = parse(text);
        if (!p.config) {
                char *report = printed(print_report, &p.report);
                fail_msg("%s in\n%s", report, text);
        }
        return p;
}

static void what_is_printed_reads_back_as_the_same(void **state)
{
        (void)state;
        static const char *const texts[] = {rich, "version: 1\n", "version: 1\nphones: {SEP000000000001: }\n"};
        for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
                struct parsed first = parse_good(texts[i]);
                char *once = printed(print_config, first.config);
                struct parsed second = parse_good(once);
                char *twice = printed(print_config, second.config);
                assert_string_equal(once, twice);
                assert_int_equal(second.config->n_lines, first.config->n_lines);
                assert_int_equal(second.config->n_phones, first.config->n_phones);
                free(once);
                free(twice);
                forget(&first);
                forget(&second);
        }
}

static void values_arrive_where_they_belong(void **state)
{
        (void)state;
        struct parsed p = parse_good(rich);
        const struct config *c = p.config;
        assert_int_equal(c->version, 1);
        assert_int_equal(c->sccp.listen.count, 2);
        assert_int_equal(c->sccp.listen.at[1].ip.family, 6);
        assert_string_equal(c->sccp.servers.at[0], "gw1.lan");
        assert_int_equal(c->sccp.keepalive_s, 60);
        assert_int_equal(c->sccp.allow.at[0].prefix, 8);
        assert_int_equal(c->sccp.unknown_phones, UNKNOWN_AUTO);
        assert_int_equal(c->sccp.auto_first, 2001);
        assert_int_equal(c->sccp.auto_last, 2999);
        assert_int_equal(c->n_pbxs, 2);
        assert_string_equal(c->pbxs[0].domain, "pbx.lan");
        assert_int_equal(c->pbxs[0].transport, TRANSPORT_TCP);
        assert_int_equal(c->pbxs[0].expires_s, 3600);
        assert_string_equal(c->pbxs[1].name, "007");
        assert_string_equal(c->pbxs[1].domain, "example.com");
        assert_null(c->pbxs[1].outbound_proxy);
        assert_int_equal(c->sip.listen.at[0].port, 5060);
        assert_int_equal(c->media.mode, MEDIA_DIRECT);
        assert_int_equal(c->media.port_first, 20000);
        assert_int_equal(c->media.port_last, 20999);
        assert_int_equal(c->media.n_codecs, 2);
        assert_int_equal(c->media.codecs[0], CODEC_PCMA);
        assert_int_equal(c->media.codecs[1], CODEC_G729);
        assert_int_equal(c->media.rtp_timeout_s, 0);
        assert_int_equal(c->media.dscp_sccp, 1);
        assert_int_equal(c->media.dscp_sip, 24);
        assert_int_equal(c->media.dscp_rtp, 34);
        assert_int_equal(c->calls.first_digit_timeout_ms, 20000);
        assert_int_equal(c->calls.interdigit_timeout_ms, 2500);
        assert_int_equal(c->calls.terminator, 0);
        assert_int_equal(c->calls.n_dialplan, 2);
        assert_string_equal(c->calls.dialplan[0].prepend, "");
        assert_int_equal(c->calls.dialplan[1].strip, 1);
        assert_int_equal(c->calls.dialplan[1].tone, TONE_OUTSIDE);
        assert_int_equal(c->defaults.pbx, 1);
        assert_int_equal(c->log.level, LOG_DEBUG);
        assert_int_equal(c->n_softkeys, 3);
        assert_string_equal(c->softkeys[0].states[0].keys.at[1], "empty");
        assert_non_null(c->softkeys[0].states[3].keys.at); /* nothing while it rings ... */
        assert_int_equal(c->softkeys[0].states[3].keys.count, 0);
        assert_null(c->softkeys[1].states[3].keys.at); /* ... is not the same as nothing said of it */
        assert_int_equal(c->softkeys[0].states[3].place.line, c->softkeys[0].place.line);
        assert_int_equal(c->defaults.softkeys, 1);
        forget(&p);
}

static void lines_and_phones_take_what_they_do_not_say(void **state)
{
        (void)state;
        struct parsed p = parse_good(rich);
        const struct config *c = p.config;
        assert_int_equal(c->n_lines, 5);
        assert_string_equal(c->lines[0].number, "0010");
        assert_string_equal(c->lines[0].label, "0010");
        assert_string_equal(c->lines[0].password, " pw ");
        assert_string_equal(c->lines[0].auth_user, "a: b");
        assert_null(c->lines[0].mailbox);
        assert_int_equal(c->pbxs[0].mwi, MWI_BOTH);
        assert_int_equal(c->pbxs[0].blf, BLF_DIALOG);
        assert_true(c->calls.mail_lamp);
        assert_false(c->calls.blf_callers);
        assert_int_equal(c->lines[0].pbx, 1);
        assert_string_equal(c->lines[1].id, "off");
        assert_string_equal(c->lines[1].label, "null");
        assert_int_equal(c->lines[1].pbx, 0);
        assert_string_equal(c->lines[2].id, "SEP001122334455/4");
        assert_string_equal(c->lines[2].user, "77");
        assert_string_equal(c->lines[2].auth_user, "77");
        assert_string_equal(c->lines[4].id, "ATA001122334455/2");
        assert_int_equal(c->n_phones, 3);
        assert_string_equal(c->phones[0].name, "ATA001122334455"); /* sorted, upper case */
        assert_string_equal(c->phones[0].timezone, "Europe/Amsterdam");
        assert_string_equal(c->phones[0].date_format, "M/D/YA");
        const struct config_phone *phone = config_phone(c, "SEP001122334455");
        assert_non_null(phone);
        assert_string_equal(phone->timezone, "UTC");
        assert_string_equal(c->softkeys[phone->softkeys].name, "none");
        assert_non_null(phone->softkeys_place.file);
        assert_int_equal(c->phones[0].softkeys, 1);
        assert_null(c->phones[0].softkeys_place.file);
        assert_int_equal(phone->n_buttons, 8);
        assert_int_equal(phone->buttons[5].kind, BUTTON_FEATURE);
        assert_string_equal(phone->buttons[5].label, "hold");
        assert_non_null(phone->buttons[5].place->file);
        assert_string_equal(phone->buttons[6].service, "http://a/b");
        assert_int_equal(phone->buttons[7].ring, RING_OFF);
        assert_int_equal(phone->buttons[0].ring, RING_ON);
        assert_int_equal(phone->buttons[0].kind, BUTTON_LINE);
        assert_int_equal(phone->buttons[0].line, 0);
        assert_int_equal(phone->buttons[2].kind, BUTTON_EMPTY);
        assert_int_equal(phone->buttons[3].line, 2);
        assert_string_equal(phone->buttons[4].label, "1003");
        assert_true(phone->buttons[4].blf && !phone->buttons[1].blf);
        assert_null(config_phone(c, "SEP001122334456"));
        assert_null(config_phone(c, ""));
        forget(&p);
}

static void the_smallest_file_has_every_default(void **state)
{
        (void)state;
        char *text = read_file(SOURCE_DIR "/config/minimal.yaml");
        struct parsed p = parse_good(text);
        const struct config *c = p.config;
        assert_int_equal(p.report.count, 0);
        assert_true(strlen(c->node.name) > 0);
        assert_int_equal(c->node.address.count, 0);
        assert_int_equal(c->sccp.listen.count, 1);
        assert_int_equal(c->sccp.listen.at[0].port, 2000);
        assert_int_equal(c->sccp.servers.count, 0);
        assert_int_equal(c->sccp.keepalive_s, 30);
        assert_int_equal(c->sccp.allow.count, 0);
        assert_int_equal(c->sccp.unknown_phones, UNKNOWN_REJECT);
        assert_int_equal(c->sccp.auto_first, 1001);
        assert_int_equal(c->sccp.auto_last, 1999);
        assert_int_equal(c->n_pbxs, 1);
        assert_string_equal(c->pbxs[0].name, "main");
        assert_string_equal(c->pbxs[0].address, "192.0.2.5");
        assert_string_equal(c->pbxs[0].domain, "192.0.2.5");
        assert_int_equal(c->pbxs[0].transport, TRANSPORT_UDP);
        assert_null(c->pbxs[0].outbound_proxy);
        assert_int_equal(c->pbxs[0].expires_s, 300);
        assert_int_equal(c->sip.listen.at[0].port, 5062);
        assert_int_equal(c->sip.registrar, REGISTRAR_OFF);
        assert_int_equal(c->media.mode, MEDIA_RELAY);
        assert_int_equal(c->media.port_first, 16384);
        assert_int_equal(c->media.port_last, 32767);
        static const enum codec codecs[] = {CODEC_G722, CODEC_PCMU, CODEC_PCMA, CODEC_G729};
        assert_int_equal(c->media.n_codecs, 4);
        assert_memory_equal(c->media.codecs, codecs, sizeof(codecs));
        assert_int_equal(c->media.rtp_timeout_s, 60);
        assert_int_equal(c->media.dscp_sccp, 24);
        assert_int_equal(c->media.dscp_sip, 24);
        assert_int_equal(c->media.dscp_rtp, 46);
        assert_int_equal(c->calls.first_digit_timeout_ms, 16000);
        assert_int_equal(c->calls.interdigit_timeout_ms, 5000);
        assert_int_equal(c->calls.terminator, '#');
        assert_int_equal(c->calls.n_dialplan, 0);
        assert_int_equal(c->calls.ring_timeout_s, 180);
        assert_int_equal(c->calls.busy_trigger, 2);
        assert_int_equal(c->calls.max_per_line, 4);
        assert_int_equal(c->defaults.pbx, 0);
        assert_non_null(c->defaults.timezone);
        assert_string_equal(c->defaults.date_format, "D.M.Y");
        assert_int_equal(c->log.level, LOG_INFO);
        assert_int_equal(c->log.format, LOG_AUTO);
        assert_string_equal(c->lines[0].password, "change-me");
        free(text);
        forget(&p);
}

/* `key:` with nothing behind it, as when everything below is commented out, is as if it were absent. */
static void empty_sections_are_absent_ones(void **state)
{
        (void)state;
        struct parsed p = parse_good(
                "version: 1\nnode:\nsccp:\n  keepalive:\n  listen:\n  allow: ~\npbx:\nsip:\nmedia:\n"
                "  dscp:\ncalls:\n  dialplan:\ndefaults:\nlog:\nlines:\nphones:\n");
        assert_int_equal(p.config->sccp.keepalive_s, 30);
        assert_int_equal(p.config->sccp.listen.count, 1);
        assert_int_equal(p.config->media.dscp_rtp, 46);
        assert_int_equal(p.config->n_pbxs, 1);
        assert_null(p.config->pbxs[0].address);
        forget(&p);
}

static void values_that_do_not_go_together_are_refused(void **state)
{
        (void)state;
        expect_error("version: 1\npbx: {address: x}\nsip: {registrar: open}\n", 3, 18, "only without a PBX");
        expect_error("version: 1\nsip: {listen: '127.0.0.1:2000'}\n", 2, 15, "sccp.listen's already");
        expect_error("version: 1\nsip: {listen: ['127.0.0.1:5060', '0.0.0.0:5060']}\n", 2, 15, "twice");
        expect_error("version: 1\nsip: {listen: '0.0.0.0:20000'}\n", 2, 15, "within media.ports");
        expect_error("version: 1\ncalls: {busy_trigger: 5}\n", 2, 23, "above max_per_line");
        expect_error("version: 1\ncalls: {dialplan: [{match: '9x', strip: 3}]}\n", 2, 41, "strip takes 3");
        expect_error("version: 1\nsccp: {auto_numbers: 1001-21001}\n", 2, 22, "20001 numbers, more than 20000");
        expect_error("version: 1\nsccp: {auto_numbers: 1-999999999}\n", 2, 22, "999999999 numbers, more than");
        expect_error("version: 1\nlines: {a: {number: 1}, b: {number: 1}}\n", 2, 37, "already that of line 'a'");
        expect_error("version: 1\nlines: {a: {number: 1}}\nphones: {A: {lines: [a, a]}, B: {lines: [a]}}\n", 3, 25,
                     "on this phone already");
        expect_error("version: 1\nlines: {A/1: {number: 1}}\nphones: {A: {lines: [{number: 2}]}}\n", 3, 22,
                     "would be called 'A/1'");
        expect_error("version: 1\nphones: {sepA: , SEPa: }\n", 2, 18, "SEPA is given twice");
}

static void the_most_numbers_to_hand_out_are_taken(void **state)
{
        (void)state;
        struct parsed p = parse_good("version: 1\nsccp: {unknown_phones: auto, auto_numbers: 1001-21000}\n");
        assert_int_equal(p.config->sccp.auto_last, 21000);
        forget(&p);
}

static void the_same_number_at_two_pbxs_is_fine(void **state)
{
        (void)state;
        struct parsed p = parse_good("version: 1\npbx: {a: {address: x}, b: {address: y}}\n"
                                     "lines: {l: {number: 1}, m: {number: 1, pbx: b}}\nphones: {A: {lines: [l, m]}}\n");
        forget(&p);
}

static void print_json(const void *config, FILE *to)
{
        config_print_json(config, to);
}

static void json_has_the_same_values_and_no_password(void **state)
{
        (void)state;
        struct parsed p = parse_good(rich);
        char *json = printed(print_json, p.config);
        assert_non_null(strstr(json, "\"version\": 1,"));
        assert_non_null(strstr(json, "\"keepalive\": \"60s\""));
        assert_non_null(strstr(json, "\"password\": \"********\""));
        assert_null(strstr(json, " pw "));
        struct parsed again = parse_good(json); /* JSON is YAML */
        assert_int_equal(again.config->n_lines, p.config->n_lines);
        forget(&again);
        free(json);
        forget(&p);
}

static void print_empty(const void *format, FILE *to)
{
        struct emit e;
        emit_start(&e, to, *(const enum emit_format *)format);
        emit_map(&e, "map");
        emit_end(&e);
        emit_list(&e, "list");
        emit_end(&e);
        emit_list(&e, "maps");
        emit_map(&e, NULL);
        emit_number(&e, "a b", 1);
        emit_list(&e, "c");
        emit_bool(&e, NULL, true);
        emit_text(&e, NULL, "\t\"");
        emit_end(&e);
        emit_end(&e);
        emit_word(&e, NULL, "w");
        emit_end(&e);
        emit_finish(&e);
}

static void nesting_is_written_in_both_formats(void **state)
{
        (void)state;
        char *yaml = printed(print_empty, &(enum emit_format){EMIT_YAML});
        char *json = printed(print_empty, &(enum emit_format){EMIT_JSON});
        assert_string_equal(yaml, "map: {}\nlist: []\nmaps:\n  - {\"a b\": 1, c: [true, \"\\u0009\\\"\"]}\n  - w\n");
        assert_string_equal(json, "{\n  \"map\": {},\n  \"list\": [],\n  \"maps\": [\n    {\n      \"a b\": 1,\n"
                                  "      \"c\": [\n        true,\n        \"\\u0009\\\"\"\n      ]\n    },\n"
                                  "    \"w\"\n  ]\n}\n");
        free(yaml);
        free(json);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(what_is_printed_reads_back_as_the_same),
                cmocka_unit_test(values_arrive_where_they_belong),
                cmocka_unit_test(lines_and_phones_take_what_they_do_not_say),
                cmocka_unit_test(the_smallest_file_has_every_default),
                cmocka_unit_test(empty_sections_are_absent_ones),
                cmocka_unit_test(values_that_do_not_go_together_are_refused),
                cmocka_unit_test(the_most_numbers_to_hand_out_are_taken),
                cmocka_unit_test(the_same_number_at_two_pbxs_is_fine),
                cmocka_unit_test(json_has_the_same_values_and_no_password),
                cmocka_unit_test(nesting_is_written_in_both_formats),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
