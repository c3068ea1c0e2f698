/* What a changed file means for a running gateway, as a table: before, after, what is told of it. */
#include "config/diff.h"
#include "gateway/base/text.h"
#include "tests/unit/config/help.h"

#define HEAD  "version: 1\npbx: {address: pbx.lan}\n"
#define PHONE "phones:\n  SEP001122334455: {lines: [{number: '1001', password: a}]}\n"
#define LINES "lines:\n  pool: {number: '1000', password: a}\nphones:\n  SEP001122334455: {lines: [pool]}\n"

static const struct row {
        const char *what, *before, *after, *told;
} rows[] = {
        {"the same", HEAD PHONE, HEAD PHONE, ""},
        {"the same, written otherwise", HEAD PHONE,
         "pbx: {main: {address: pbx.lan, transport: udp}}\nversion: 1\n" PHONE, ""},
        {"an option that holds at once", HEAD PHONE, HEAD "calls: {ring_timeout: 90s}\n" PHONE,
         "live calls.ring_timeout\n"},
        {"one two sections deep", HEAD, HEAD "calls: {feature_codes: {park: '700'}}\n",
         "live calls.feature_codes.park\n"},
        {"a list", HEAD, HEAD "sccp: {allow: [10.0.0.0/8]}\n", "live sccp.allow\n"},
        {"the order of a list", HEAD, HEAD "media: {codecs: [pcmu, g722, pcma, g729]}\n", "live media.codecs\n"},
        {"a rule of the dial plan", HEAD "calls: {dialplan: [{match: '10xx!'}]}\n",
         HEAD "calls: {dialplan: [{match: '10xx!', tone: outside}]}\n", "live calls.dialplan\n"},
        {"one that all phones are told of", HEAD PHONE, HEAD "sccp: {keepalive: 60s}\n" PHONE,
         "reset-phone sccp.keepalive\n"},
        {"ones that only the next start can do", HEAD,
         HEAD "admin: {http: 'off'}\nmedia: {dscp: {rtp: cs5}, threads: 3}\n",
         "restart media.threads (test.yaml:4)\nrestart media.dscp.rtp (test.yaml:4)\nrestart admin.http "
         "(test.yaml:3)\n"},
        {"one of them taken out of the file", HEAD "media: {ports: 20000-20999}\n", HEAD,
         "restart media.ports (?:0)\n"},
        {"a phone added", HEAD PHONE, HEAD PHONE "  SEP0011223344FF: {lines: [{number: '1002'}]}\n",
         "added lines.SEP0011223344FF/1\nadded phones.SEP0011223344FF\n"},
        {"a phone removed", HEAD PHONE "  SEP0011223344FF: {buttons: [{speeddial: '1'}]}\n", HEAD PHONE,
         "removed phones.SEP0011223344FF\n"},
        {"the password of a line", HEAD LINES,
         HEAD "lines:\n  pool: {number: '1000', password: b}\nphones:\n"
              "  SEP001122334455: {lines: [pool]}\n",
         "re-register lines.pool\n"},
        {"the label of a line", HEAD LINES,
         HEAD "lines:\n  pool: {number: '1000', password: a, label: Pool}\nphones:\n"
              "  SEP001122334455: {lines: [pool]}\n",
         "reset-phone lines.pool\n"},
        {"its hotline", HEAD LINES,
         HEAD "lines:\n  pool: {number: '1000', password: a, hotline: '112'}\nphones:\n"
              "  SEP001122334455: {lines: [pool]}\n",
         "live lines.pool\n"},
        {"a key of a phone", HEAD LINES,
         HEAD "lines:\n  pool: {number: '1000', password: a}\nphones:\n"
              "  SEP001122334455: {buttons: [{line: pool}, {speeddial: '1'}]}\n",
         "reset-phone phones.SEP001122334455\n"},
        {"lines moved in the file change nothing",
         HEAD "lines:\n  a: {number: '1'}\n  b: {number: '2'}\nphones:\n"
              "  SEP001122334455: {lines: [b]}\n",
         HEAD "lines:\n  b: {number: '2'}\n  a: {number: '1'}\nphones:\n  SEP001122334455: {lines: [b]}\n", ""},
        {"a default that the phones have taken over", HEAD PHONE, HEAD "defaults: {charset: koi8-r}\n" PHONE,
         "live defaults.charset\nreset-phone phones.SEP001122334455\n"},
        {"a default that its phone overrides", HEAD "phones:\n  SEP001122334455: {charset: koi8-r}\n",
         HEAD "defaults: {charset: iso8859-2}\nphones:\n  SEP001122334455: {charset: koi8-r}\n",
         "live defaults.charset\n"},
        {"soft keys, by what they are and not by their name",
         HEAD "softkeys: {a: {onhook: [redial]}}\nphones:\n  SEP001122334455: {softkeys: a}\n",
         HEAD "softkeys: {b: {onhook: [redial]}}\nphones:\n  SEP001122334455: {softkeys: b}\n", ""},
        {"the standard soft keys, which others fall back to",
         HEAD "softkeys: {a: {onhook: [redial]}}\nphones:\n  SEP001122334455: {softkeys: a}\n",
         HEAD
         "softkeys: {standard: {connected: [hold]}, a: {onhook: [redial]}}\nphones:\n  SEP001122334455: {softkeys: "
         "a}\n",
         "live defaults.softkeys\nreset-phone phones.SEP001122334455\n"},
        {"the address of a PBX", HEAD PHONE, "version: 1\npbx: {address: other.lan}\n" PHONE, "re-register pbx.main\n"},
        {"its voicemail", HEAD, "version: 1\npbx: {address: pbx.lan, voicemail: '*97'}\n", "live pbx.main\n"},
        {"a PBX more", HEAD PHONE, "version: 1\npbx: {main: {address: pbx.lan}, other: {address: other.lan}}\n" PHONE,
         "added pbx.other\n"},
        {"the name of a PBX", HEAD PHONE, "version: 1\npbx: {house: {address: pbx.lan}}\n" PHONE,
         "live defaults.pbx\nadded pbx.house\nremoved pbx.main\nre-register lines.SEP001122334455/1\n"},
        {"privacy of a phone, which nobody is told of", HEAD PHONE,
         HEAD "phones:\n  SEP001122334455: {privacy: 'on', lines: [{number: '1001', password: a}]}\n",
         "live phones.SEP001122334455\n"},
};

static void note(void *owner, const struct config_change *change)
{
        static const char *const costs[] = {[CONFIG_LIVE] = "live",
                                            [CONFIG_REREGISTER] = "re-register",
                                            [CONFIG_RESET_PHONE] = "reset-phone",
                                            [CONFIG_RESTART] = "restart"};
        static const char *const kinds[] = {[CONFIG_ADDED] = "added", [CONFIG_REMOVED] = "removed"};
        char *text = owner;
        text_append(text, 1024, "%s %s", change->kind ? kinds[change->kind] : costs[change->cost], change->name);
        if (change->cost == CONFIG_RESTART)
                text_append(text, 1024, " (%s:%u)", change->place.file ? change->place.file : "?", change->place.line);
        text_append(text, 1024, "\n");
}

static struct config *parsed_whole(const char *text)
{
        struct config_report report = {0};
        struct config *config = config_parse(text, strlen(text), "test.yaml", NULL, &report);
        if (!config)
                config_report_print(&report, stderr);
        config_report_free(&report);
        assert_non_null(config);
        return config;
}

static void a_change_costs_what_the_table_says(void **state)
{
        (void)state;
        for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
                char told[1024] = "";
                struct config *from = parsed_whole(rows[i].before), *to = parsed_whole(rows[i].after);
                config_diff(from, to, note, told);
                if (strcmp(told, rows[i].told) != 0)
                        fail_msg("%s: told\n%swanted\n%s", rows[i].what, told, rows[i].told);
                config_free(from);
                config_free(to);
        }
}

static const char kept_before[] = HEAD
        "node: {address: 192.0.2.1}\nsccp: {listen: ['0.0.0.0:2000', '[::]:2001'], limits: {messages: 7}}\n"
        "media: {ports: 20000-20999, allow: [10.0.0.0/8], srtp: 'off', dscp: {rtp: 46}}\n"
        "admin: {http: '127.0.0.1:81', socket: /run/a.sock, token: 0123456789}\ncalls: {ring_timeout: 30s}\n";
static const char kept_after[] = HEAD
        "sccp: {listen: ['0.0.0.0:2002']}\nmedia: {threads: 2}\n"
        "admin: {http: 'off', socket: /run/b.sock, token: 9876543210}\ncalls: {ring_timeout: 90s}\n";

/* The old one is gone when what was kept of it is looked at: nothing may point into it. */
static void what_needs_a_restart_stays_and_the_rest_is_new(void **state)
{
        char told[1024] = "", expected[4096], text[4096];
        struct config *from = parsed_whole(kept_before), *to = parsed_whole(kept_after);
        struct config *both = parsed_whole(
                HEAD "node: {address: 192.0.2.1}\nsccp: {listen: ['0.0.0.0:2000', '[::]:2001'], limits: {messages: "
                     "7}}\nmedia: {ports: 20000-20999, allow: [10.0.0.0/8], srtp: 'off', dscp: {rtp: 46}}\n"
                     "admin: {http: '127.0.0.1:81', socket: /run/a.sock, token: 9876543210}\ncalls: {ring_timeout: "
                     "90s}\n");
        (void)state;
        config_keep(to, from);
        config_diff(from, to, note, told);
        assert_string_equal(told, "live calls.ring_timeout\nlive admin.token\n");
        config_free(from);
        FILE *file = fmemopen(text, sizeof text, "w");
        config_print(to, file);
        fclose(file);
        file = fmemopen(expected, sizeof expected, "w");
        config_print(both, file);
        fclose(file);
        assert_string_equal(text, expected);
        config_free(to);
        config_free(both);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_change_costs_what_the_table_says),
                cmocka_unit_test(what_needs_a_restart_stays_and_the_rest_is_new),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
