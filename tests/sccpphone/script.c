#include "script.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gateway/base/text.h"

#define LOOK_AGAIN_MS 20

const char *script_word(const struct script *script, int n)
{
        return n < script->n_words ? script->words[n] : "";
}

bool script_word_is(const struct script *script, int n, const char *word)
{
        return text_equal(script_word(script, n), word);
}

unsigned script_number(const struct script *script, int n)
{
        return (unsigned)strtoul(script_word(script, n), NULL, 0);
}

/* Words are separated by spaces; "..." is one word, and may be empty. */
static void cut_words(struct script *script)
{
        char *at = script->text;
        TEXT_SET(script->text, script->line);
        script->n_words = 0;
        while (script->n_words < SCRIPT_WORDS) {
                while (isspace((unsigned char)*at))
                        at++;
                if (!*at || *at == ';')
                        return;
                char end = ' ';
                if (*at == '"')
                        end = *at++;
                script->words[script->n_words++] = at;
                while (*at && *at != end)
                        at++;
                if (*at)
                        *at++ = 0;
        }
}

static void run_next(struct script *script);

static void finish(struct script *script, bool ok, const char *why)
{
        script->busy = false;
        loop_timer_stop(&script->clock);
        if (ok) {
                printf("ok %s\n", script->line);
        } else {
                printf("failed %s: %s\n", script->line, why);
                face_print(&script->device->face);
                script->status = 1;
                if (!isatty(script->fd))
                        loop_stop(script->loop);
        }
        fflush(stdout);
}

static void on_clock(struct loop_timer *timer)
{
        struct script *script = (struct script *)((char *)timer - offsetof(struct script, clock));
        int64_t left = script->deadline_ms - clock_ms();
        char why[512] = "";
        if (script->check && script->check(script, why, sizeof why)) {
                finish(script, true, "");
        } else if (left <= 0) {
                finish(script, !script->check, why);
        } else {
                loop_timer_start(script->loop, timer, script->check && left > LOOK_AGAIN_MS ? LOOK_AGAIN_MS : left);
                return;
        }
        run_next(script);
}

static bool run_raw(struct script *script)
{
        uint8_t bytes[4200];
        size_t count = 0;
        for (int w = 1; w < script->n_words; w++)
                for (const char *hex = script->words[w]; isxdigit((unsigned char)hex[0]) && hex[1]; hex += 2) {
                        char pair[3] = {hex[0], hex[1], 0};
                        if (count < sizeof bytes)
                                bytes[count++] = (uint8_t)strtoul(pair, NULL, 16);
                }
        link_send_bytes(&script->device->link, bytes, count);
        return count != 0;
}

static bool run_key(struct script *script)
{
        struct device *device = script->device;
        uint32_t event;
        char name[32];
        size_t length = 0;
        for (uint32_t number, index = 0;; index++) { /* "endcall" is end_call */
                const char *known = sccp_value_at(SCCP_VALUES_softkey, index, &number);
                if (!known)
                        return false;
                length = 0;
                for (const char *c = known; *c && length < sizeof name - 1; c++)
                        if (*c != '_')
                                name[length++] = *c;
                name[length] = 0;
                event = number;
                if (script_word_is(script, 1, name) || script_word_is(script, 1, known))
                        break;
        }
        const struct face_call *call = face_active_call(&device->face);
        uint32_t line = script_number(script, 2), ref = script_number(script, 3);
        bool by_age = script_word_is(script, 2, "call");
        if (by_age)
                call = face_nth_call(&device->face, script_number(script, 3));
        if ((by_age || script->n_words <= 2) && call) {
                line = call->line;
                ref = call->ref;
        }
        device_soft_key(device, event, line, ref);
        return true;
}

static bool run_feature(struct script *script)
{
        uint32_t type;
        const struct face_feature *feature = sccp_value_parse(SCCP_VALUES_button, script_word(script, 1), &type)
                                                     ? face_feature(&script->device->face, type)
                                                     : NULL;
        if (feature)
                device_stimulus(script->device, type, feature->instance);
        return feature != NULL;
}

/* choose WORD NAME: the key under a list that says WORD to the gateway, pressed on the item of that name. */
static bool run_choose(struct script *script)
{
        const struct face *face = &script->device->face;
        char name[120], chosen[80];
        text_printf(name, sizeof name, "<Name>%s</Name>", script_word(script, 2));
        const char *item = strstr(face->menu, name), *url = item ? strstr(item, "UserCallData:") : NULL;
        for (int colons = 0; url && colons < 5; colons++)
                url = strchr(url, ':') ? strchr(url, ':') + 1 : NULL;
        if (!url)
                return false;
        text_printf(chosen, sizeof chosen, "%s/%.*s", script_word(script, 1), (int)strcspn(url, "<"), url);
        device_choose(script->device, chosen);
        return true;
}

/* subscribe TRANSACTION NUMBER SECONDS: the entry of a call list with that number is shown; 0 seconds: no longer */
static bool run_subscribe(struct script *script)
{
        struct sccp_message message = {.id = SCCP_SUBSCRIPTION_STAT_REQ};
        struct sccp_subscription_stat_req *request = &message.subscription_stat_req;
        request->transaction_id = script_number(script, 1);
        request->feature = SCCP_SUBSCRIPTION_BLF;
        request->timer = script_number(script, 3);
        TEXT_SET(request->subscription_id, script_word(script, 2));
        link_send(&script->device->link, &message);
        return true;
}

static bool run_ack(struct script *script)
{
        struct device *device = script->device;
        if (script_word_is(script, 1, "delay"))
                device->ack_delay_ms = script_number(script, 2);
        else if (script_word_is(script, 1, "fail")) {
                device->ack = ACK_FAIL;
                device->ack_status = script_number(script, 2);
        } else if (script_word_is(script, 1, "none"))
                device->ack = ACK_NONE;
        else if (script_word_is(script, 1, "ok")) {
                device->ack = ACK_OK;
                device->ack_delay_ms = 0;
                device->ack_clear_only = false;
        } else if (script_word_is(script, 1, "clear")) {
                device->ack_clear_only = true;
        } else
                return false;
        return true;
}

/* From its next StartMediaTransmission on. */
static bool run_srtp(struct script *script)
{
        struct secret *secret = &script->device->media.secret;
        secret->wrong = script_word_is(script, 1, "wrong");
        secret->plain = script_word_is(script, 1, "plain");
        return secret->wrong || secret->plain || script_word_is(script, 1, "right");
}

static bool run_send(struct script *script)
{
        if (script_word_is(script, 1, "silence"))
                script->device->media.tone.hz = 0;
        else if (script_word_is(script, 1, "tone"))
                script->device->media.tone.hz = script_number(script, 2);
        else if (script_word_is(script, 1, "nothing"))
                media_send_stop(&script->device->media);
        else if (script_word_is(script, 1, "nokeys"))
                script->device->media.keys.broken = true;
        else
                return false;
        return true;
}

static bool run_register(struct script *script)
{
        return device_register(script->device);
}

static bool run_unregister(struct script *script)
{
        device_unregister(script->device);
        return true;
}

static bool run_stand_by(struct script *script)
{
        struct endpoint server;
        return endpoint_parse(script_word(script, 1), 2000, &server) && failover_stand_by(script->device, &server);
}

static bool run_token(struct script *script)
{
        failover_ask(script->device);
        return true;
}

static bool run_home(struct script *script)
{
        return failover_go_home(script->device);
}

static bool run_off_hook(struct script *script)
{
        device_off_hook(script->device);
        return true;
}

static bool run_on_hook(struct script *script)
{
        device_on_hook(script->device);
        return true;
}

static bool run_line(struct script *script)
{
        device_stimulus(script->device, SCCP_BUTTON_LINE, script_number(script, 1));
        return true;
}

/* hold, transfer, voicemail ...: a key with that word on it */
static bool run_hard_key(struct script *script)
{
        uint32_t stimulus;
        if (!sccp_value_parse(SCCP_VALUES_button, script_word(script, 1), &stimulus))
                return false;
        device_stimulus(script->device, stimulus, script->n_words > 2 ? script_number(script, 2) : 1);
        return true;
}

static bool run_speed_dial(struct script *script)
{
        device_stimulus(script->device, SCCP_BUTTON_SPEED_DIAL, script_number(script, 1));
        return true;
}

static bool run_digits(struct script *script)
{
        for (const char *digit = script_word(script, 1); *digit; digit++) {
                if (!strchr("0123456789*#+", *digit))
                        return false;
                device_digit(script->device, *digit);
        }
        return true;
}

static bool run_enbloc(struct script *script)
{
        device_enbloc(script->device, script_word(script, 1), script_number(script, 2));
        return true;
}

static bool run_hook(struct script *script)
{
        device_hook_flash(script->device);
        return script_word_is(script, 1, "flash");
}

static bool run_split(struct script *script)
{
        script->device->link.split = script_number(script, 1);
        return true;
}

static bool run_close(struct script *script)
{
        device_close(script->device);
        return true;
}

static bool run_drop(struct script *script)
{
        device_drop(script->device);
        return true;
}

static bool run_reboot(struct script *script)
{
        device_close(script->device);
        script->device->was_there = false;
        return true;
}

static bool run_stall(struct script *script)
{
        link_stall(&script->device->link, !script_word_is(script, 1, "end"));
        return true;
}

static bool run_rtp(struct script *script)
{
        return script->device->media.fd >= 0 && media_move(&script->device->media);
}

static bool run_print(struct script *script)
{
        face_print(&script->device->face);
        return true;
}

static bool run_quit(struct script *script)
{
        loop_stop(script->loop);
        script->quit = true;
        return true;
}

static const struct {
        const char *word;
        bool (*run)(struct script *script); /* false: could not be done or understood */
} commands[] = {
        {"register", run_register},   {"unregister", run_unregister},
        {"standby", run_stand_by},    {"token", run_token},
        {"home", run_home},           {"offhook", run_off_hook},
        {"onhook", run_on_hook},      {"key", run_key},
        {"line", run_line},           {"speeddial", run_speed_dial},
        {"hardkey", run_hard_key},    {"feature", run_feature},
        {"choose", run_choose},       {"digits", run_digits},
        {"subscribe", run_subscribe}, {"enbloc", run_enbloc},
        {"hook", run_hook},           {"ack", run_ack},
        {"send", run_send},           {"raw", run_raw},
        {"split", run_split},         {"close", run_close},
        {"drop", run_drop},           {"reboot", run_reboot},
        {"stall", run_stall},         {"rtp", run_rtp},
        {"print", run_print},         {"quit", run_quit},
        {"srtp", run_srtp},
};

static void begin_wait(struct script *script, int64_t ms)
{
        script->busy = true;
        script->deadline_ms = clock_ms() + ms;
        loop_timer_start(script->loop, &script->clock, script->check ? 0 : ms);
}

static void run_line_of_script(struct script *script)
{
        char why[256] = "not understood, or impossible now";
        script->check = NULL;
        cut_words(script);
        if (!script->n_words || *script->words[0] == '#')
                return;
        if (script_word_is(script, 0, "wait")) {
                begin_wait(script, script_number(script, 1));
                return;
        }
        if (script_word_is(script, 0, "expect")) {
                int64_t within = 2000;
                for (int i = 2; i + 1 < script->n_words; i++)
                        if (script_word_is(script, i, "within")) {
                                within = script_number(script, i + 1);
                                script->n_words = i;
                        }
                if (expect_begin(script, why, sizeof why))
                        begin_wait(script, within);
                else
                        finish(script, false, why);
                return;
        }
        for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++)
                if (script_word_is(script, 0, commands[i].word)) {
                        finish(script, commands[i].run(script), why);
                        return;
                }
        finish(script, false, "there is no such command");
}

static void run_next(struct script *script)
{
        char *end;
        while (!script->busy && (end = memchr(script->buffer, '\n', script->have))) {
                size_t length = (size_t)(end - script->buffer);
                text_copy_n(script->line, sizeof script->line, script->buffer, length);
                script->have -= length + 1;
                memmove(script->buffer, end + 1, script->have);
                run_line_of_script(script);
                if (script->status || script->quit)
                        return;
        }
        if (!script->busy && script->ended)
                loop_stop(script->loop);
}

static void on_input(struct loop_fd *fd, unsigned events)
{
        struct script *script = (struct script *)((char *)fd - offsetof(struct script, input));
        (void)events;
        ssize_t size = read(script->fd, script->buffer + script->have, sizeof script->buffer - 1 - script->have);
        if (size < 0 && (errno == EAGAIN || errno == EINTR))
                return;
        if (size <= 0) {
                loop_fd_stop(fd);
                script->ended = true;
                if (script->have && script->have < sizeof script->buffer)
                        script->buffer[script->have++] = '\n';
        } else {
                script->have += (size_t)size;
        }
        run_next(script);
}

void script_start(struct script *script, struct device *device, struct loop *loop, int fd)
{
        *script = (struct script){.device = device, .loop = loop, .fd = fd};
        script->clock.expired = on_clock;
        script->input.ready = on_input;
        loop_fd_start(loop, &script->input, fd, LOOP_READ);
}
