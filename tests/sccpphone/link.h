/* The phone's TCP connection to its call manager: messages out, messages in, and ways to misbehave on purpose. */
#ifndef SCCPPHONE_LINK_H
#define SCCPPHONE_LINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "armour.h"
#include "gateway/base/addr.h"
#include "gateway/base/loop.h"
#include "sccp/codec.h"
#include "sccp/frame.h"

struct link {
        struct loop *loop;
        int fd; /* -1: not connected */
        struct armour_options tls;
        struct armour *armour; /* owned; NULL: in the clear */
        struct loop_fd readable;
        struct frame_stream stream;
        struct sccp_context context;
        unsigned split; /* send in pieces of so many bytes; 0: whole */
        bool stalled;   /* does not read */
        bool trace;
        void (*received)(struct link *link, const struct sccp_message *message, bool padded);
        void (*closed)(struct link *link);
};

void link_init(struct link *link, struct loop *loop);
bool link_connect(struct link *link, const struct endpoint *server, const struct ip *local);
bool link_take(struct link *link, struct link *other); /* its connection; false: it has none */
void link_close(struct link *link);
void link_send(struct link *link, const struct sccp_message *message);
void link_send_bytes(struct link *link, const uint8_t *bytes, size_t count);
void link_stall(struct link *link, bool stalled);

#endif
