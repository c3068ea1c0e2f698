#include "failover.h"

#include <stdio.h>

#include "device.h"
#include "face_show.h"
#include "gateway/base/text.h"
#include "register.h"

#define STANDBY_KEEPALIVE_MS 60000 /* as real phones do; the first comes at once */

static struct device *device_of(struct link *link)
{
        return (struct device *)((char *)link - offsetof(struct device, failover.link));
}

static void send_keepalive(struct failover *failover)
{
        link_send(&failover->link, &(struct sccp_message){.id = SCCP_KEEP_ALIVE});
        loop_timer_start(failover->link.loop, &failover->keepalive, STANDBY_KEEPALIVE_MS);
}

static void on_keepalive(struct loop_timer *timer)
{
        send_keepalive((struct failover *)((char *)timer - offsetof(struct failover, keepalive)));
}

static void on_message(struct link *link, const struct sccp_message *message, bool padded)
{
        struct device *device = device_of(link);
        if (!padded)
                face_violation(&device->face, "a payload that is no multiple of 4");
        device->failover.keepalives += message->id == SCCP_KEEP_ALIVE_ACK;
        failover_take(device, message);
}

static void on_closed(struct link *link)
{
        loop_timer_stop(&device_of(link)->failover.keepalive);
}

void failover_init(struct device *device)
{
        struct failover *failover = &device->failover;
        link_init(&failover->link, device->loop);
        failover->link.received = on_message;
        failover->link.closed = on_closed;
        failover->keepalive.expired = on_keepalive;
}

bool failover_stand_by(struct device *device, const struct endpoint *server)
{
        struct failover *failover = &device->failover;
        failover->server = *server;
        failover->token = TOKEN_NONE;
        failover->keepalives = 0;
        failover->link.trace = device->link.trace;
        failover->link.tls = device->link.tls;
        if (!link_connect(&failover->link, server, &device->local))
                return false;
        send_keepalive(failover);
        return true;
}

static void fill_station(const struct device *device, struct sccp_station_id *station)
{
        TEXT_SET(station->device_name, device->name);
        station->instance = 1;
}

void failover_ask(struct device *device)
{
        struct failover *failover = &device->failover;
        bool spcp = device->kind->traits & KIND_SPCP;
        struct sccp_message message = {.id = spcp ? SCCP_SPCP_REGISTER_TOKEN_REQ : SCCP_REGISTER_TOKEN_REQ};
        if (spcp) {
                fill_station(device, &message.spcp_register_token_req.station);
                message.spcp_register_token_req.station_ip = device->local;
                message.spcp_register_token_req.device_type = device->kind->device_type;
        } else {
                fill_station(device, &message.register_token_req.station);
                message.register_token_req.station_ip = device->local;
                message.register_token_req.device_type = device->kind->device_type;
                message.omitted = device->version < 17 ? 2 : 0; /* newer ones add their IPv6 address */
        }
        failover->token = TOKEN_ASKED;
        link_send(failover->link.fd >= 0 ? &failover->link : &device->link, &message);
}

bool failover_go_home(struct device *device)
{
        struct failover *failover = &device->failover;
        loop_timer_stop(&failover->keepalive);
        if (device->link.fd >= 0 || !link_take(&device->link, &failover->link))
                return false;
        device->server = failover->server;
        register_begin(device);
        return true;
}

void failover_close(struct device *device)
{
        link_close(&device->failover.link);
        on_closed(&device->failover.link);
}

void failover_take(struct device *device, const struct sccp_message *message)
{
        struct failover *failover = &device->failover;
        switch (message->id) {
        case SCCP_REGISTER_TOKEN_ACK:
                failover->token = TOKEN_GRANTED;
                break;
        case SCCP_SPCP_REGISTER_TOKEN_ACK:
                failover->token = TOKEN_GRANTED;
                failover->token_features = message->spcp_register_token_ack.features;
                break;
        case SCCP_REGISTER_TOKEN_REJECT:
                failover->token = TOKEN_REFUSED;
                failover->token_wait_s = message->register_token_reject.wait_s;
                break;
        case SCCP_SPCP_REGISTER_TOKEN_REJECT:
                failover->token = TOKEN_REFUSED;
                failover->token_wait_s = message->spcp_register_token_reject.wait_s;
                break;
        default:
                break;
        }
}
