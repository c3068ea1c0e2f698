/* One gateway: a configuration drawn by lot, app.c from its start to its end. */
#include <stdlib.h>
#include <string.h>

#include "gateway/app.h"
#include "gateway/base/text.h"
#include "gateway/state/state.h"
#include "gateway/status.h"
#include "sccp/session.h"
#include "tests/walk/walk.h"

#define HOUSE_TEXT 8192

static const char *one_of(const char *a, const char *b)
{
        return walk_chance(50) ? a : b;
}

static void write_calls(char *text)
{
        text_append(text, HOUSE_TEXT,
                    "calls:\n"
                    "  first_digit_timeout: 16s\n  interdigit_timeout: 5s\n  ring_timeout: 60s\n"
                    "  survive: %s\n  transfer_on_hangup: %s\n  transfer_bridge: %s\n  conference_on_hangup: %s\n"
                    "  auto_answer: %s\n  auto_answer_busy: %s\n  call_waiting_interval: %s\n  hold_reminder: %s\n"
                    "  forward_no_answer: 10s\n  dnd: %s\n  dnd_answer: %s\n  busy_trigger: %s\n  max_per_line: %s\n"
                    "  mail_lamp: %s\n  blf_callers: %s\n",
                    walk_chance(75) ? "60s" : "0s", walk_chance(60) ? "auto" : one_of("on", "off"), one_of("on", "off"),
                    one_of("keep", "end"), walk_chance(80) ? "allow" : "off", one_of("wait", "reject"),
                    one_of("0s", "10s"), one_of("0s", "20s"), walk_chance(60) ? "cycle" : one_of("reject", "silent"),
                    one_of("busy", "decline"), one_of("2", "3"), one_of("3", "4"), one_of("true", "false"),
                    one_of("true", "false"));
        text_append(
                text, HOUSE_TEXT,
                "  feature_codes: {pickup: \"*8\", %sdirected_pickup: \"**\", other_pickup: \"*7\", park: \"700\"}\n",
                one_of("group_pickup: \"*9\", ", ""));
        if (walk_chance(25))
                text_append(text, HOUSE_TEXT, "  conference: \"sip:8{room}@192.0.2.1\"\n");
        if (walk_chance(70))
                text_append(text, HOUSE_TEXT,
                            "  dialplan: [{match: \"112!\"}, {match: \"20xx!\"}, {match: \"1xxx\"}, "
                            "{match: \"9.\", strip: 1, tone: outside}]\n");
}

static void write_pbx(char *text)
{
        text_append(text, HOUSE_TEXT, "pbx:\n  address: 192.0.2.1\n  voicemail: \"*97\"\n  mwi: %s\n  blf: %s\n",
                    walk_chance(60) ? "both" : one_of("subscribe", "unsolicited"), one_of("dialog", "presence"));
        if (walk_chance(40))
                text_append(text, HOUSE_TEXT,
                            "  forward: {all: \"*72\", all_off: \"*73\", dnd: \"*78\", "
                            "dnd_off: \"*79\"}\n");
}

/* All keys at once, more than any phone shows. */
static void write_keys(char *text)
{
        text_append(text, HOUSE_TEXT,
                    "softkeys:\n  all:\n"
                    "    onhook: [redial, newcall, cfwdall, cfwdbusy, cfwdnoanswer, pickup, gpickup, opickup, private, "
                    "callback, "
                    "dnd]\n"
                    "    connected: [hold, endcall, transfer, confrn, join, park, select, mcid, qrt, conflist, "
                    "dirtrfr, newcall, rmlstc]\n"
                    "    onhold: [resume, newcall, endcall, select, dirtrfr, join, idivert]\n"
                    "    ringout: [endcall, transfer, confrn, callback]\n"
                    "    offhook: [redial, endcall, private, cfwdall, pickup, gpickup, callback]\n"
                    "    ringin: [answer, endcall, idivert, dnd]\n"
                    "    connconf: [hold, endcall, confrn, join, conflist, rmlstc, select, transfer, newcall, "
                    "dirtrfr]\n"
                    "    conntrans: [hold, endcall, transfer, confrn, join, park, newcall, select]\n");
}

static void write_phones(char *text)
{
        static const char lamps[] = "{speeddial: \"2001\", label: Ann, blf: true}, {speeddial: \"2002\", blf: true}";
        text_append(text, HOUSE_TEXT, "lines:\n  pool: {number: \"1100\", name: Pool}\nphones:\n");
        text_append(text, HOUSE_TEXT,
                    "  SEP000000000001: {softkeys: all, buttons: [{line: {number: \"1001\", name: One}}, "
                    "{line: {number: \"1011\"}}, {line: pool}, %s, {feature: dnd}, {feature: cfwdall}]}\n",
                    lamps);
        text_append(text, HOUSE_TEXT,
                    "  SEP000000000002: {%sbuttons: [{line: {number: \"1002\", name: Two}}, {line: pool}, "
                    "%s, {speeddial: \"2003\", blf: true}, {feature: hold}, {feature: transfer}, {feature: dnd}]}\n",
                    one_of("softkeys: all, ", ""), lamps);
        text_append(text, HOUSE_TEXT,
                    "  SEP000000000003: {softkeys: all, buttons: [{line: {number: \"1003\", mailbox: m}}, "
                    "{line: {number: \"1013\"}%s}, %s, {feature: conflist}, {speeddial: \"2002\"}]}\n",
                    one_of(", ring: \"off\"", ""), lamps);
        text_append(text, HOUSE_TEXT,
                    "  SEP000000000004: {buttons: [{line: {number: \"1004\"}}, {speeddial: \"2001\"}, "
                    "{speeddial: \"2002\"}]}\n"
                    "  ATA000000000005: {buttons: [{line: {number: \"1005\"%s}}]}\n"
                    "  SEP000000000006: {softkeys: all, buttons: [{line: {number: \"1006\", privacy: \"on\"}}, "
                    "{speeddial: \"2001\"}]}\n",
                    walk_chance(40) ? one_of(", hotline: \"2001\"", ", hotline: \"2001\", hotline_delay: 4s") : "");
        text_append(text, HOUSE_TEXT,
                    "  SEP000000000007: {softkeys: all, buttons: [{line: {number: \"1007\"}}, {line: {number: "
                    "\"1017\"}}]}\n"
                    "  SEP000000000008: {softkeys: all, buttons: [{line: pool}, %s]}\n",
                    one_of("{line: {number: \"1018\"}}", "{speeddial: \"2001\", blf: true}"));
}

static struct config *draw_config(void)
{
        static char text[HOUSE_TEXT];
        struct config_report report = {0};
        const char *mode = walk_chance(50)   ? "relay"
                           : walk_chance(50) ? "direct"
                                             : "auto, direct: [10.0.0.0/8 192.0.2.7]";
        const char *required = *mode == 'd' ? "optional" : "required";
        text_printf(text, sizeof text,
                    "version: 1\nnode: {name: walk, address: 192.0.2.10, state: /nowhere}\n"
                    "sccp: {keepalive: 30s, limits: {messages: 0, bytes: 0}, tls: {cert: walk.pem}}\n"
                    "admin: {http: \"off\"}\nmedia: {mode: %s, phone_srtp: \"%s\"}\n",
                    mode, walk_chance(80) ? one_of("optional", "off") : required);
        write_pbx(text);
        write_calls(text);
        write_keys(text);
        write_phones(text);
        LAW(strlen(text) + 1 < sizeof text, "room for the configuration");
        struct config *config = config_parse(text, strlen(text), "walk.yaml", NULL, &report);
        if (!config || report.errors)
                config_report_print(&report, stdout);
        LAW(config, "a configuration without errors:\n%s", text);
        config_report_free(&report);
        config->sccp.listen.count = config->sccp.tls.listen.count = 0; /* phones come by wire.c */
        if (walk_now->log)
                fputs(text, stdout);
        return config;
}

/* ---- what is left out of the gateway: its status, and the disk ---- */

bool status_start(struct gateway *gateway)
{
        (void)gateway;
        return true;
}

void status_stop(struct gateway *gateway)
{
        (void)gateway;
}

void status_token_set(struct gateway *gateway)
{
        (void)gateway;
}

struct state {
        int unused;
};

struct state *state_open(const char *folder)
{
        static struct state state;
        (void)folder;
        return &state;
}

const char *state_get(const struct state *state, const char *section, const char *name, const char *key)
{
        (void)state, (void)section, (void)name, (void)key;
        return "";
}

void state_set(struct state *state, const char *section, const char *name, const char *key, const char *value)
{
        (void)state, (void)section, (void)name, (void)key, (void)value;
}

void state_close(struct state *state)
{
        (void)state;
}

/* ---- its life ---- */

/* Where app.c waits for the world. */
void loop_run(struct loop *loop)
{
        struct loop_fd *fd = clock_fd(loop, EXCHANGE_DESCRIPTOR);
        struct walk *walk = walk_now;
        bool stopped = false; /* while somebody is being transferred: a moment that is too short to be met by chance */
        walk->gateway = (struct gateway *)((char *)fd - offsetof(struct gateway, sip_ready));
        ((struct session_house *)walk->gateway->server)->dice = walk->random | 1;
        while (!stopped && walk->step < walk->steps) {
                walk->step++;
                step_take();
                laws_check();
                if (walk_random(1500) == 0)
                        rest_check();
                stopped = walk->leaving && walk_chance(4);
        }
        if (!stopped && walk_chance(50)) /* else it is stopped in the middle of everything */
                rest_check();
        for (unsigned i = 0; i < HANDSETS; i++)
                handset_free(&walk->handsets[i]);
}

void house_live(void)
{
        struct walk *walk = walk_now;
        walk->step = 0;
        walk->calm = walk->slow = walk->leaving = false;
        walk->config = draw_config();
        for (unsigned i = 0; i < HANDSETS; i++)
                handset_init(&walk->handsets[i], i);
        LAW(app_run(walk->config, "walk.yaml"), "the gateway starts");
        LAW(!walk->loop, "the loop was freed");
        wire_reset();
        exchange_free(walk->exchange);
        studio_free(walk->studio);
        walk->total += walk->step;
        walk->exchange = NULL;
        walk->studio = NULL;
        walk->gateway = NULL;
}
