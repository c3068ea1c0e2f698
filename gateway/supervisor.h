/* What systemd is told of us, and how it knows that we live (sd_notify(3): one datagram of KEY=VALUE lines to the
 * socket of $NOTIFY_SOCKET). Without that variable nothing happens. The protocol is meant to be spoken without
 * libsystemd, which would bring five compression and cryptography libraries into a program that listens on the network.
 */
#ifndef SCCPGW_GATEWAY_SUPERVISOR_H
#define SCCPGW_GATEWAY_SUPERVISOR_H

#include "gateway/base/loop.h"

struct supervisor {
        int fd; /* -1: nobody wants to know */
        int64_t beat_ms;
        struct loop *loop;
        struct loop_timer beat; /* only the loop can send it: a loop that hangs is found out */
};

/* Reads the variables and removes them, so that no child believes to be meant. */
void supervisor_start(struct supervisor *supervisor, struct loop *loop);
void supervisor_stop(struct supervisor *supervisor);

void supervisor_ready(struct supervisor *supervisor);
void supervisor_reloading(struct supervisor *supervisor); /* until supervisor_ready */
void supervisor_stopping(struct supervisor *supervisor);

#endif
