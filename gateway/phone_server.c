#include "gateway/phone_server.h"

#include "gateway/check_tls.h"
#include "gateway/roster.h"

#define SPARE_CONNECTIONS 1024

/* Every phone may come anew before its old connection is given up, and every phone may stand by here. */
static struct sccp_limits limits_of(const struct gateway *gateway)
{
        unsigned phones = (unsigned)roster_phones_max(gateway);
        struct sccp_limits limits = {
                .connections = gateway->config->sccp.limits.connections,
                .connections_per_address = gateway->config->sccp.limits.connections_per_address,
                .strangers = gateway->config->sccp.limits.strangers,
                .strangers_per_address = gateway->config->sccp.limits.strangers_per_address,
                .register_s = gateway->config->sccp.limits.register_s,
                .messages = gateway->config->sccp.limits.messages,
                .bytes = gateway->config->sccp.limits.bytes,
                .queue = gateway->config->sccp.limits.queue,
                .reject_delay_s = gateway->config->sccp.limits.reject_delay_s,
        };
        if (!limits.connections)
                limits.connections = 2 * phones + SPARE_CONNECTIONS;
        if (!limits.strangers)
                limits.strangers = phones + SPARE_CONNECTIONS;
        return limits;
}

struct sccp_server_settings phone_server_settings(const struct gateway *gateway)
{
        const struct config *config = gateway->config;
        return (struct sccp_server_settings){
                .listen = config->sccp.listen.at,
                .n_listen = config->sccp.listen.count,
                .allow = config->sccp.allow.at,
                .n_allow = config->sccp.allow.count,
                .keepalive_s = config->sccp.keepalive_s,
                .dscp = config->media.dscp_sccp,
                .servers = config->sccp.servers.at,
                .n_servers = config->sccp.servers.count,
                .node_name = config->node.name,
                .limits = limits_of(gateway),
                .tls_listen = config->sccp.tls.listen.at,
                .n_tls_listen = config->sccp.tls.cert ? config->sccp.tls.listen.count : 0,
                .tls = tls_settings_of(config),
                .handshake_s = config->sccp.tls.handshake_s,
        };
}
