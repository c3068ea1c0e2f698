/* One function per metric, named as its row. They look at what is there when asked: nothing is counted for them that is
 * not counted anyway. */
#include "gateway/status_metrics.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "gateway/media/conference.h"
#include "gateway/reload.h"
#include "gateway/status.h"
#include "gateway/status/http.h"
#include "gateway/status/metrics.h"

#define COLLECT(id)             static void collect_##id(const struct gateway *gateway, struct metrics_page *page)
#define ADD(id, value)          metrics_add(page, METRIC_##id, (double)(value))
#define ADD_FOR(id, value, ...) metrics_add(page, METRIC_##id, (double)(value), __VA_ARGS__)

static const char *const directions[] = {"outbound", "inbound"};

COLLECT(build_info)
{
        (void)gateway;
        ADD_FOR(build_info, 1, SCCPGW_VERSION, SCCPGW_REVISION);
}

COLLECT(ready)
{
        const char *reasons[STATUS_REASONS_MAX];
        ADD(ready, status_reasons(gateway, reasons) == 0);
}

COLLECT(draining)
{
        ADD(draining, gateway->draining);
}

COLLECT(config_ok)
{
        ADD(config_ok, !gateway->reload->rejected);
}

COLLECT(config_at)
{
        ADD(config_at, gateway->reload->good_at);
}

COLLECT(config_reloads)
{
        ADD_FOR(config_reloads, gateway->reload->good, "ok");
        ADD_FOR(config_reloads, gateway->reload->bad, "rejected");
}

COLLECT(phones_configured)
{
        ADD(phones_configured, gateway->config->n_phones);
}

/* Models are few; one that no phone has now is left out. */
COLLECT(phones_registered)
{
        const struct sccp_model *model;
        size_t n_models = 0;
        while (sccp_model_at(n_models))
                n_models++;
        size_t *counts = calloc(n_models + 1, sizeof *counts);
        if (!counts)
                return;
        for (size_t i = 0; i < gateway->n_phones; i++) {
                const struct sccp_session *session = gateway->phones[i]->session;
                size_t at = 0;
                while (session && at < n_models && sccp_model_at(at) != sccp_session_model(session))
                        at++;
                counts[at] += session != NULL;
        }
        for (size_t i = 0; i <= n_models; i++)
                if (counts[i])
                        ADD_FOR(phones_registered, counts[i], (model = sccp_model_at(i)) ? model->name : "unknown");
        free(counts);
}

COLLECT(registrations)
{
        const struct sccp_totals *totals = sccp_server_totals(gateway->server);
        uint64_t unknown = gateway->totals.unknown_phones;
        ADD_FOR(registrations, totals->registrations, "ok");
        ADD_FOR(registrations, unknown, "unknown_device");
        ADD_FOR(registrations, totals->rejections - unknown, "refused");
}

COLLECT(disconnects)
{
        static const char *const reasons[SCCP_DOWN_REASONS] = {[SCCP_DOWN_UNREGISTERED] = "unregistered",
                                                               [SCCP_DOWN_LOST] = "lost",
                                                               [SCCP_DOWN_SILENT] = "keepalive_timeout",
                                                               [SCCP_DOWN_REPLACED] = "replaced",
                                                               [SCCP_DOWN_PROTOCOL] = "protocol",
                                                               [SCCP_DOWN_CLOSED] = "closed",
                                                               [SCCP_DOWN_RESET] = "reset"};
        for (size_t i = 0; i < SCCP_DOWN_REASONS; i++)
                ADD_FOR(disconnects, gateway->totals.downs[i], reasons[i]);
}

COLLECT(connections)
{
        ADD(connections, sccp_server_connections(gateway->server));
}

COLLECT(connections_total)
{
        ADD(connections_total, sccp_server_totals(gateway->server)->connections);
}

COLLECT(connections_refused)
{
        const struct sccp_totals *totals = sccp_server_totals(gateway->server);
        uint64_t by_rule = totals->refused_not_allowed + totals->refused_full + totals->refused_per_address;
        ADD_FOR(connections_refused, totals->refused_not_allowed, "not_allowed");
        ADD_FOR(connections_refused, totals->refused_full, "full");
        ADD_FOR(connections_refused, totals->refused_per_address, "per_address");
        ADD_FOR(connections_refused, totals->connections_refused - by_rule, "memory");
}

COLLECT(connections_closed)
{
        const struct sccp_totals *totals = sccp_server_totals(gateway->server);
        ADD_FOR(connections_closed, totals->strangers_dropped, "made_room");
        ADD_FOR(connections_closed, totals->register_timeouts, "not_registered");
        ADD_FOR(connections_closed, totals->rate_exceeded, "rate");
        ADD_FOR(connections_closed, totals->stalled, "not_reading");
        ADD_FOR(connections_closed, totals->frames_bad, "not_sccp");
}

COLLECT(tls_connections)
{
        char how[TLS_TEXT_SIZE];
        size_t count = 0;
        for (size_t i = 0; i < gateway->n_phones; i++)
                count += gateway->phones[i]->session && sccp_session_tls(gateway->phones[i]->session, how);
        ADD(tls_connections, count);
}

COLLECT(tls_failed)
{
        const struct sccp_totals *totals = sccp_server_totals(gateway->server);
        ADD_FOR(tls_failed, totals->tls_failed, "handshake");
        ADD_FOR(tls_failed, totals->tls_misnamed, "name");
}

COLLECT(strangers)
{
        ADD(strangers, sccp_server_strangers(gateway->server));
}

COLLECT(rejections_delayed)
{
        ADD(rejections_delayed, sccp_server_totals(gateway->server)->rejections_delayed);
}

COLLECT(turned_away)
{
        ADD(turned_away, sccp_server_totals(gateway->server)->turned_away);
}

COLLECT(registrations_replaced)
{
        ADD(registrations_replaced, sccp_server_totals(gateway->server)->replaced);
}

COLLECT(half_open)
{
        ADD(half_open, sccp_server_totals(gateway->server)->half_open);
}

COLLECT(messages)
{
        ADD_FOR(messages, sccp_server_totals(gateway->server)->messages_in, "in");
        ADD_FOR(messages, sccp_server_totals(gateway->server)->messages_out, "out");
}

COLLECT(decode_errors)
{
        const struct sccp_totals *totals = sccp_server_totals(gateway->server);
        ADD_FOR(decode_errors, totals->frames_bad, "frame");
        ADD_FOR(decode_errors, totals->undecodable, "layout");
        ADD_FOR(decode_errors, totals->unknown, "unknown");
        ADD_FOR(decode_errors, totals->out_of_phase, "phase");
}

COLLECT(pbx_up)
{
        for (size_t i = 0; i < SIP_PBXS_MAX; i++)
                if (gateway->pbxs[i].known)
                        ADD_FOR(pbx_up, gateway->pbxs[i].up, gateway->pbxs[i].config->name);
}

COLLECT(sip_registrations)
{
        static const char *const states[LINE_STATES] = {[LINE_ABSENT] = "absent",
                                                        [LINE_TRYING] = "trying",
                                                        [LINE_IN_SERVICE] = "registered",
                                                        [LINE_NOT_REGISTERED] = "failed",
                                                        [LINE_NO_PBX] = "unreachable"};
        size_t counts[SIP_PBXS_MAX][LINE_STATES] = {0};
        for (size_t i = 0; i < gateway->n_accounts; i++)
                if (gateway->accounts[i])
                        counts[gateway->accounts[i]->pbx][gateway->accounts[i]->state.state]++;
        for (size_t i = 0; i < SIP_PBXS_MAX; i++) {
                const struct config_pbx *pbx = gateway->pbxs[i].config;
                for (size_t state = 0; pbx && pbx->address && state < LINE_STATES; state++)
                        ADD_FOR(sip_registrations, counts[i][state], pbx->name, states[state]);
        }
}

static struct sip_counters sip_now(const struct gateway *gateway)
{
        struct sip_counters counters;
        sip_counters(gateway->sip, &counters);
        return counters;
}

COLLECT(sip_requests)
{
        ADD(sip_requests, sip_now(gateway).requests_in);
}

COLLECT(sip_dialogs)
{
        ADD(sip_dialogs, sip_now(gateway).dialogs);
}

COLLECT(calls_active)
{
        size_t active[2] = {0};
        for (size_t i = 0; i < gateway->n_phones; i++)
                for (const struct call_slot *slot = gateway->phones[i]->calls; slot; slot = slot->next)
                        active[slot->call.incoming] += !slot->done && slot->call.state != CALL_IDLE &&
                                                       !call_is_remote(&slot->call);
        for (size_t i = 0; i < 2; i++)
                ADD_FOR(calls_active, active[i], directions[i]);
}

COLLECT(calls)
{
        static const char *const results[CALL_RESULTS] = {
                [CALL_ANSWERED] = "answered", [CALL_UNANSWERED] = "unanswered", [CALL_REFUSED] = "failed"};
        for (size_t i = 0; i < 2; i++)
                for (size_t result = 0; result < CALL_RESULTS; result++)
                        ADD_FOR(calls, gateway->totals.calls[i][result], directions[i], results[result]);
}

COLLECT(rtp_sessions)
{
        size_t relayed = 0, direct = 0;
        for (size_t i = 0; i < gateway->n_phones; i++)
                for (const struct call_slot *slot = gateway->phones[i]->calls; slot; slot = slot->next) {
                        direct += slot->call.direct && slot->call.tx;
                        relayed += slot->call.relayed && !slot->call.direct;
                }
        if (gateway->relay)
                ADD_FOR(rtp_sessions, relayed, "relay");
        if (gateway->config->media.mode != MEDIA_RELAY)
                ADD_FOR(rtp_sessions, direct, "direct");
}

static const char *const sides[] = {[RELAY_PHONE] = "phone_to_sip", [RELAY_SIP] = "sip_to_phone"};

COLLECT(rtp_packets)
{
        for (size_t side = 0; side < 2; side++)
                ADD_FOR(rtp_packets, gateway->totals.packets[side], sides[side]);
}

COLLECT(rtp_bytes)
{
        for (size_t side = 0; side < 2; side++)
                ADD_FOR(rtp_bytes, gateway->totals.bytes[side], sides[side]);
}

COLLECT(rtp_lost)
{
        for (size_t side = 0; side < 2; side++)
                ADD_FOR(rtp_lost, gateway->totals.lost[side], sides[side]);
}

COLLECT(rtp_refused)
{
        static const char *const reasons[RTP_REFUSALS] = {
                [RTP_STRANGER] = "stranger", [RTP_INVALID] = "invalid", [RTP_FOREIGN] = "payload_type"};
        for (size_t i = 0; i < RTP_REFUSALS; i++)
                ADD_FOR(rtp_refused, gateway->totals.rtp_refused[i], reasons[i]);
}

COLLECT(rtp_one_way)
{
        ADD(rtp_one_way, gateway->totals.one_way);
}

COLLECT(srtp_refused)
{
        for (size_t side = 0; side < 2; side++)
                ADD_FOR(srtp_refused, gateway->totals.unsafe[side], sides[side]);
}

COLLECT(rtp_converted)
{
        ADD(rtp_converted, gateway->converted);
}

COLLECT(rtp_ports_used)
{
        ADD(rtp_ports_used, gateway->relay ? relay_ports_used(gateway->relay) : 0);
}

COLLECT(rtp_ports)
{
        ADD(rtp_ports, gateway->relay ? relay_ports_total(gateway->relay) : 0);
}

COLLECT(conference_members)
{
        unsigned members = 0;
        for (uint32_t i = 0; i < gateway->ids.slots; i++)
                for (unsigned side = 0; side < CALL_SIDES; side++)
                        members += gateway->slots[i].id && gateway->slots[i].call.seated[side];
        ADD(conference_members, members);
}

static struct conference_counters mixed(const struct gateway *gateway)
{
        return gateway->relay ? conference_counters(gateway->relay) : (struct conference_counters){0};
}

COLLECT(mixer_ticks)
{
        ADD(mixer_ticks, mixed(gateway).ticks);
}

COLLECT(mixer_late)
{
        ADD(mixer_late, mixed(gateway).missed);
}

COLLECT(mixer_dropped)
{
        ADD(mixer_dropped, mixed(gateway).dropped);
}

COLLECT(traces)
{
        ADD(traces, gateway->n_traces);
}

COLLECT(process_memory)
{
        FILE *file = fopen("/proc/self/statm", "re");
        unsigned long size, resident;
        (void)gateway;
        if (file && fscanf(file, "%lu %lu", &size, &resident) == 2)
                ADD(process_memory, resident * (unsigned long)sysconf(_SC_PAGESIZE));
        if (file)
                fclose(file);
}

COLLECT(process_fds)
{
        DIR *folder = opendir("/proc/self/fd");
        size_t open = 0;
        (void)gateway;
        if (!folder)
                return;
        while (readdir(folder))
                open++;
        closedir(folder);
        ADD(process_fds, open - 3); /* . and .. and the folder itself */
}

COLLECT(process_max_fds)
{
        struct rlimit limit;
        (void)gateway;
        if (getrlimit(RLIMIT_NOFILE, &limit) == 0)
                ADD(process_max_fds, limit.rlim_cur);
}

COLLECT(process_start)
{
        ADD(process_start, gateway->started_at);
}

COLLECT(process_cpu)
{
        struct timespec used;
        (void)gateway;
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
        ADD(process_cpu, (double)used.tv_sec + (double)used.tv_nsec / 1e9);
}

static void (*const collectors[METRICS])(const struct gateway *gateway, struct metrics_page *page) = {
#define METRIC(id, name, type, labels, help) [METRIC_##id] = collect_##id,
#include "gateway/status/metrics.def"
};

void status_metrics(void *owner, const struct http_request *request, struct http_reply *reply)
{
        struct metrics_page page = {0};
        (void)request;
        for (size_t i = 0; i < METRICS; i++) {
                metrics_begin(&page, (enum metric)i);
                collectors[i](owner, &page);
        }
        if (page.failed) {
                free(page.text);
                http_refuse(reply, 500, "out of memory");
                return;
        }
        *reply = (struct http_reply){.type = METRICS_CONTENT_TYPE, .text = page.text, .len = page.len};
}
