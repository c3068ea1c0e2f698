#include "gateway/app.h"

#include <signal.h>
#include <stdlib.h>

#include "gateway/base/text.h"
#include "gateway/bridge.h"
#include "gateway/gateway.h"
#include "gateway/phone_side.h"
#include "gateway/roster.h"
#include "gateway/sip_side.h"

#define STOP_DEADLINE_MS 2000 /* for BYE and un-REGISTER; a PBX that is away does not keep us */
#define EVENTS_PER_TURN  256

struct app {
        struct gateway gateway;
        struct loop_signal terminate, interrupt, hangup;
};

static void stop(struct gateway *gateway, const char *signal_name)
{
        log_info(gateway->config->node.name, "%s: stopping", signal_name);
        gateway->stopping = true;
        loop_stop(gateway->loop); /* the watchers go with it: a second signal ends us at once */
}

static void on_terminate(struct loop_signal *watch)
{
        struct app *app = (struct app *)((char *)watch - offsetof(struct app, terminate));
        stop(&app->gateway, "SIGTERM");
}

static void on_interrupt(struct loop_signal *watch)
{
        struct app *app = (struct app *)((char *)watch - offsetof(struct app, interrupt));
        stop(&app->gateway, "SIGINT");
}

static void on_hangup(struct loop_signal *watch)
{
        struct app *app = (struct app *)((char *)watch - offsetof(struct app, hangup));
        log_warning(app->gateway.config->node.name, "SIGHUP: a changed configuration takes effect at the next start");
}

/* The relay's news: a stream that fell silent ends its call. */
static void on_relay_ready(struct loop_fd *fd, unsigned events)
{
        (void)events;
        struct gateway *gateway = (struct gateway *)((char *)fd - offsetof(struct gateway, relay_ready));
        struct relay_event event;
        for (int i = 0; i < EVENTS_PER_TURN && relay_next(gateway->relay, &event); i++) {
                struct call_slot *slot = bridge_call(gateway, event.stream);
                if (event.kind != RELAY_SILENT || !slot)
                        continue;
                struct phone *phone = slot->phone;
                log_warning(phone->config->name, "call %u: no audio from the %s for %u s", slot->id,
                            event.side == RELAY_PHONE ? "phone" : "far end", gateway->config->media.rtp_timeout_s);
                bridge_event(slot, &(struct event){.kind = EV_MEDIA_DEAD});
                bridge_settle(phone);
        }
}

static bool start_relay(struct gateway *gateway, char *why, size_t why_size)
{
        const struct config *config = gateway->config;
        if (config->media.mode == MEDIA_DIRECT)
                return true;
        struct relay_settings settings = {.port_first = config->media.port_first,
                                          .port_last = config->media.port_last,
                                          .dscp = config->media.dscp_rtp,
                                          .rtp_timeout_s = config->media.rtp_timeout_s,
                                          .max_streams = gateway->ids.slots};
        gateway->relay = relay_start(&settings, why, why_size);
        if (!gateway->relay)
                return false;
        gateway->relay_ready.ready = on_relay_ready;
        loop_fd_start(gateway->loop, &gateway->relay_ready, relay_fd(gateway->relay), LOOP_READ);
        return true;
}

static bool make_plan(struct gateway *gateway)
{
        const struct config *config = gateway->config;
        gateway->dial_rules = calloc(config->calls.n_dialplan + 1, sizeof *gateway->dial_rules);
        if (!gateway->dial_rules)
                return false;
        for (size_t i = 0; i < config->calls.n_dialplan; i++)
                gateway->dial_rules[i] = (struct dial_rule){
                        .match = config->calls.dialplan[i].match,
                        .strip = config->calls.dialplan[i].strip,
                        .prepend = config->calls.dialplan[i].prepend,
                        .outside_tone = config->calls.dialplan[i].tone == TONE_OUTSIDE,
                };
        gateway->plan = (struct dial_plan){.rules = gateway->dial_rules,
                                           .n_rules = config->calls.n_dialplan,
                                           .terminator = config->calls.terminator,
                                           .first_ms = config->calls.first_digit_timeout_ms,
                                           .next_ms = config->calls.interdigit_timeout_ms};
        return true;
}

static bool start(struct gateway *gateway, char *why, size_t why_size)
{
        text_copy(why, why_size, "out of memory");
        gateway->loop = loop_new();
        return gateway->loop && roster_init(gateway) && bridge_init(gateway) && make_plan(gateway) &&
               start_relay(gateway, why, why_size) && sip_side_start(gateway, why, why_size) &&
               phone_side_start(gateway, why, why_size);
}

static void log_ready(const struct gateway *gateway)
{
        char sccp[ENDPOINT_TEXT_SIZE], sip[ENDPOINT_TEXT_SIZE];
        log_info(gateway->config->node.name, "ready: %zu phones, %zu lines, SCCP %s, SIP %s", gateway->n_phones,
                 gateway->n_lines, endpoint_print(&gateway->config->sccp.listen.at[0], sccp),
                 endpoint_print(&gateway->config->sip.listen.at[0], sip));
}

/* Calls first, so that phones and peers hear of it; then phones, so that they come back at once; then the rest in
 * reverse order of start. */
static void finish(struct gateway *gateway)
{
        if (gateway->server) {
                phone_side_hang_up_all(gateway);
                sccp_server_stop(gateway->server);
                sccp_server_free(gateway->server);
        }
        sip_side_stop(gateway, STOP_DEADLINE_MS);
        if (gateway->relay) {
                loop_fd_stop(&gateway->relay_ready);
                relay_stop(gateway->relay);
        }
        bridge_free(gateway);
        roster_free(gateway);
        free(gateway->dial_rules);
        loop_free(gateway->loop);
}

bool app_run(const struct config *config)
{
        struct app app = {.gateway.config = config,
                          .terminate.raised = on_terminate,
                          .interrupt.raised = on_interrupt,
                          .hangup.raised = on_hangup};
        char why[256] = "";
        bool started = start(&app.gateway, why, sizeof why);
        if (started) {
                loop_signal_start(app.gateway.loop, &app.terminate, SIGTERM);
                loop_signal_start(app.gateway.loop, &app.interrupt, SIGINT);
                loop_signal_start(app.gateway.loop, &app.hangup, SIGHUP);
                log_ready(&app.gateway);
                loop_run(app.gateway.loop);
                loop_signal_stop(&app.terminate);
                loop_signal_stop(&app.interrupt);
                loop_signal_stop(&app.hangup);
        } else {
                log_error("gateway", "cannot start: %s", why);
        }
        finish(&app.gateway);
        if (started)
                log_info("gateway", "stopped");
        return started;
}
