/* The phone as a client of two servers: while it is registered at one it keeps a connection to the one it would rather
 * be at, asks there for a token, and moves when it gets one (flows.md 3 and 5). */
#ifndef SCCPPHONE_FAILOVER_H
#define SCCPPHONE_FAILOVER_H

#include "gateway/base/loop.h"
#include "link.h"

struct device;

enum token { TOKEN_NONE, TOKEN_ASKED, TOKEN_GRANTED, TOKEN_REFUSED };

struct failover {
        struct link link; /* of the standby connection */
        struct endpoint server;
        struct loop_timer keepalive;
        unsigned keepalives; /* answered */
        enum token token;
        uint32_t token_wait_s, token_features;
};

void failover_init(struct device *device);
bool failover_stand_by(struct device *device, const struct endpoint *server); /* connects; false: no connection */
void failover_ask(struct device *device);     /* for a token: on the standby connection, else where it is registered */
bool failover_go_home(struct device *device); /* unregistered already: Register on the standby connection */
void failover_close(struct device *device);
/* A message on either connection. */
void failover_take(struct device *device, const struct sccp_message *message);

#endif
