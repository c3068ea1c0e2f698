#include "gateway/app.h"

#include <signal.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "gateway/base/text.h"
#include "gateway/bridge.h"
#include "gateway/conference_side.h"
#include "gateway/dial_plan.h"
#include "gateway/digits_side.h"
#include "gateway/events.h"
#include "gateway/features.h"
#include "gateway/gateway.h"
#include "gateway/media_side.h"
#include "gateway/phone_side.h"
#include "gateway/reload.h"
#include "gateway/roster.h"
#include "gateway/secrecy.h"
#include "gateway/settings.h"
#include "gateway/sip_side.h"
#include "gateway/status.h"
#include "gateway/supervisor.h"
#include "gateway/watch.h"

#define STOP_DEADLINE_MS 2000 /* for BYE and un-REGISTER; a PBX that is away does not keep us */
#define EVENTS_PER_TURN  256

struct app {
        struct gateway gateway;
        const char *path;
        struct loop_signal terminate, interrupt, hangup, reopen;
        struct supervisor supervisor;
};

static void stop(struct gateway *gateway, const char *signal_name)
{
        log_info(gateway->config->node.name, "%s: stopping", signal_name);
        gateway->stopping = true;
        loop_stop(gateway->loop);
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
        log_info(app->gateway.config->node.name, "SIGHUP: reloading");
        supervisor_reloading(&app->supervisor);
        reload(&app->gateway);
        supervisor_ready(&app->supervisor);
}

static void on_reopen(struct loop_signal *watch)
{
        struct app *app = (struct app *)((char *)watch - offsetof(struct app, reopen));
        log_info(app->gateway.config->node.name, "SIGUSR1: files are opened anew");
        events_reopen(&app->gateway);
}

/* From the first moment on: a signal during the start is served when the loop runs. */
static void signals_watch(struct app *app)
{
        loop_signal_start(app->gateway.loop, &app->terminate, SIGTERM);
        loop_signal_start(app->gateway.loop, &app->interrupt, SIGINT);
        loop_signal_start(app->gateway.loop, &app->hangup, SIGHUP);
        loop_signal_start(app->gateway.loop, &app->reopen, SIGUSR1);
}

static void end_now(int signal_number)
{
        _exit(128 + signal_number);
}

/* A second signal ends us at once. A handler, because the kernel keeps the default action from process 1; what else
 * came to be watched must not end a stop half way. */
static void signals_unwatch(struct app *app)
{
        loop_signal_stop(&app->terminate);
        loop_signal_stop(&app->interrupt);
        signal(SIGTERM, end_now);
        signal(SIGINT, end_now);
        loop_signal_stop(&app->hangup);
        loop_signal_stop(&app->reopen);
        signal(SIGHUP, SIG_IGN);
        signal(SIGUSR1, SIG_IGN);
}

/* One silent side may be a muted peer: somebody should look whether it is one. Two have left. */
static void on_relay_event(struct gateway *gateway, struct call_slot *slot, const struct relay_event *event)
{
        struct phone *phone = slot->phone;
        unsigned timeout_s = gateway->config->media.rtp_timeout_s;
        if (event->kind == RELAY_SILENT) {
                log_warning(phone->config->name, "call %u: no audio from the %s for %u s", slot->id,
                            event->side == RELAY_PHONE ? "phone" : "far end", timeout_s);
        } else if (event->kind == RELAY_ONE_WAY) {
                media_side_one_way(slot, event->side);
        } else if (event->kind == RELAY_UNSAFE) {
                log_warning(phone->config->name,
                            "call %u: SRTP from the %s is not genuine, it is not heard (wrong key?)", slot->id,
                            event->side == RELAY_PHONE ? "phone" : "far end");
        } else if (event->kind == RELAY_DEAD) {
                log_warning(phone->config->name,
                            "call %u: ended, no audio from either side for %u s (media.rtp_timeout)", slot->id,
                            timeout_s);
                bridge_event(slot, &(struct event){.kind = EV_MEDIA_DEAD});
                bridge_settle(phone);
        } else if (event->kind == RELAY_DIGIT) {
                digits_side_play(slot, event->digit);
        }
}

static void on_relay_ready(struct loop_fd *fd, unsigned events)
{
        (void)events;
        struct gateway *gateway = (struct gateway *)((char *)fd - offsetof(struct gateway, relay_ready));
        struct relay_event event;
        for (int i = 0; i < EVENTS_PER_TURN && relay_next(gateway->relay, &event); i++) {
                if (event.kind == RELAY_CLOSED)
                        media_side_closed(gateway, &event);
                struct call_slot *slot = bridge_call(gateway, event.stream);
                if (slot)
                        on_relay_event(gateway, slot, &event);
        }
}

static bool start_relay(struct gateway *gateway, char *why, size_t why_size)
{
        const struct config *config = gateway->config;
        if (config->media.mode == MEDIA_DIRECT)
                return true;
        struct relay_settings settings = {.threads = config->media.threads,
                                          .port_first = config->media.port_first,
                                          .port_last = config->media.port_last,
                                          .dscp = config->media.dscp_rtp,
                                          .rtp_timeout_s = config->media.rtp_timeout_s,
                                          .keepalive_s = config->media.keepalive_s,
                                          .latch_strict = config->media.latch == LATCH_STRICT,
                                          .latch_networks = config->media.allow.at,
                                          .n_latch_networks = config->media.allow.count,
                                          .max_streams = gateway->ids.slots,
                                          .max_members = conference_side_members(gateway->ids.slots)};
        bool phones = config->sccp.tls.cert && config->media.phone_srtp != CRYPTO_POLICY_OFF;
        if ((phones || config->media.srtp != CRYPTO_POLICY_OFF) && !secrecy_start(gateway, why, why_size))
                return false;
        gateway->relay = relay_start(&settings, why, why_size);
        if (!gateway->relay)
                return false;
        gateway->relay_ready.ready = on_relay_ready;
        loop_fd_start(gateway->loop, &gateway->relay_ready, relay_fd(gateway->relay), LOOP_READ);
        return true;
}

static bool start(struct app *app, char *why, size_t why_size)
{
        struct gateway *gateway = &app->gateway;
        text_copy(why, why_size, "out of memory");
        gateway->started_ms = clock_ms();
        gateway->started_at = time(NULL);
        gateway->loop = loop_new();
        if (!gateway->loop)
                return false;
        signals_watch(app);
        supervisor_start(&app->supervisor, gateway->loop);
        return reload_init(gateway, app->path) && events_start(gateway) && roster_init(gateway) &&
               features_init(gateway) && bridge_init(gateway) && watch_start(gateway) && dial_plan_make(gateway) &&
               start_relay(gateway, why, why_size) && sip_side_start(gateway, why, why_size) && status_start(gateway) &&
               phone_side_start(gateway, why, why_size);
}

static const char *list_endpoints(const struct config_endpoints *listen, char *text, size_t size)
{
        char one[ENDPOINT_TEXT_SIZE];
        text_copy(text, size, "");
        for (size_t i = 0; i < listen->count; i++)
                text_append(text, size, "%s%s", i ? ", " : "", endpoint_print(&listen->at[i], one));
        return text;
}

static void log_ready(const struct gateway *gateway)
{
        const struct config *config = gateway->config;
        char sccp[8 * ENDPOINT_TEXT_SIZE], sip[8 * ENDPOINT_TEXT_SIZE], tls[8 * ENDPOINT_TEXT_SIZE];
        bool secure = config->sccp.tls.cert;
        list_endpoints(&config->sccp.tls.listen, tls, sizeof tls);
        log_info(config->node.name, "ready: %zu phone%s, %zu line%s, SCCP on %s%s%s, SIP on %s", gateway->n_phones,
                 gateway->n_phones == 1 ? "" : "s", gateway->n_accounts, gateway->n_accounts == 1 ? "" : "s",
                 list_endpoints(&config->sccp.listen, sccp, sizeof sccp), secure ? " and with TLS on " : "",
                 secure ? tls : "", list_endpoints(&config->sip.listen, sip, sizeof sip));
}

/* Calls first, so that phones and peers hear of it; then phones, so that they come back at once; then the rest in
 * reverse order of start. */
static void finish(struct gateway *gateway)
{
        status_stop(gateway);
        if (gateway->server) {
                phone_side_hang_up_all(gateway);
                sccp_server_stop(gateway->server);
                sccp_server_free(gateway->server);
                phone_side_forget(gateway);
        }
        sip_side_stop(gateway, STOP_DEADLINE_MS);
        loop_timer_stop(&gateway->reset_timer);
        if (gateway->relay) {
                loop_fd_stop(&gateway->relay_ready);
                relay_stop(gateway->relay);
        }
        bridge_free(gateway);
        events_stop(gateway);
        watch_stop(gateway);
        features_free(gateway);
        roster_free(gateway);
        dial_plan_free(gateway);
        reload_free(gateway);
        loop_free(gateway->loop);
}

bool app_run(struct config *config, const char *path)
{
        struct settings *settings = settings_new(config);
        if (!settings)
                return false;
        settings_hold(settings); /* to the end: what cannot be reloaded points into it */
        struct app app = {.path = path,
                          .gateway.settings = settings,
                          .gateway.config = config,
                          .terminate.raised = on_terminate,
                          .interrupt.raised = on_interrupt,
                          .hangup.raised = on_hangup,
                          .reopen.raised = on_reopen};
        char why[256] = "";
        bool started = start(&app, why, sizeof why);
        if (started) {
                features_start(&app.gateway);
                log_ready(&app.gateway);
                supervisor_ready(&app.supervisor);
                loop_run(app.gateway.loop);
                supervisor_stopping(&app.supervisor);
        } else {
                log_error(app.gateway.config->node.name, "cannot start: %s", why);
        }
        signals_unwatch(&app);
        supervisor_stop(&app.supervisor);
        finish(&app.gateway);
        if (started)
                log_info(app.gateway.config->node.name, "stopped");
        settings_let_go(app.gateway.settings);
        settings_let_go(settings);
        return started;
}
