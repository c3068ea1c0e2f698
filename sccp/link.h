/* The socket of one phone, with TLS or without: frames in, messages out. What is sent in one turn of the loop leaves in
 * one segment; what the phone does not read waits, up to a limit. Knows no phones, only whether a connection is of any
 * further use. */
#ifndef SCCPGW_SCCP_LINK_H
#define SCCPGW_SCCP_LINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gateway/base/loop.h"
#include "sccp/codec.h"
#include "sccp/frame.h"
#include "sccp/tls.h"

enum link_end {
        LINK_CLOSED,  /* by the phone */
        LINK_FAILED,  /* by the network */
        LINK_STALLED, /* the phone does not read what we send */
        LINK_GARBAGE, /* what it sends is no SCCP */
        LINK_UNSAFE,  /* its TLS handshake failed */
};

/* Embedded in its owner; all zeros is closed. Buffers exist only while they hold something. */
struct link {
        struct loop_fd fd;
        struct loop *loop;
        int socket;
        bool open;
        bool flush_due; /* put off to the end of this turn */
        bool stalled;
        uint32_t queued, room; /* of queue */
        uint32_t queue_max;    /* bytes the phone may leave unread; at least one frame */
        uint8_t *queue;
        struct tls_room *tls_room; /* NULL: the connection is not encrypted */
        struct tls *tls;           /* owned; begins with what the phone says first */
        bool greeting;             /* the handshake is not over: nothing is sent */
        struct frame_stream stream;
        void (*frame)(struct link *link, const struct frame *frame);          /* may close the link */
        void (*ended)(struct link *link, enum link_end end, const char *why); /* `why`: a sentence; close the link */
};

/* Takes over a non-blocking socket; `frame`, `ended`, `queue_max` and for TLS `tls_room` are set. They are called from
 * the loop, never from inside link_send. */
void link_open(struct link *link, struct loop *loop, int socket);

/* Queues a message for the end of this turn; without effect on a closed link. */
void link_send(struct link *link, const struct sccp_context *ctx, const struct sccp_message *message);

/* Writes what can be written, now; false when the connection failed. */
bool link_write(struct link *link);

/* Whether the phone's end has confirmed all that was sent; a system call. */
bool link_confirmed(const struct link *link);

/* What is still queued is lost. The memory of the link itself must live to the end of this turn. */
void link_close(struct link *link);

#endif
