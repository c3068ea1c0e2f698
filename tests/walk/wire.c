/* The sockets of phones: sccp/link.h without a network. What a phone is sent is bytes, and so is what it sends. */
#include <stdlib.h>
#include <string.h>

#include "gateway/base/text.h"
#include "sccp/link.h"
#include "sccp/session.h"
#include "tests/walk/walk.h"

static struct wire {
        struct link *link; /* the gateway's end, NULL: closed */
        struct handset *handset;
} wires[WIRES];

void wire_reset(void)
{
        for (int i = 0; i < WIRES; i++) {
                LAW(!wires[i].link, "the gateway closes its connections");
                wires[i] = (struct wire){0};
        }
}

int wire_open(struct handset *handset)
{
        struct endpoint peer;
        int i = 0;
        while (i < WIRES && wires[i].link)
                i++;
        LAW(i < WIRES, "connections end");
        wires[i].handset = handset;
        endpoint_parse("10.0.0.1", 0, &peer);
        peer.ip.bytes[3] = handset->address;
        peer.port = (uint16_t)(40000 + i);
        struct session_house *house = (struct session_house *)walk_now->gateway->server;
        return session_new(house, i, &peer, false) ? i : -1;
}

void wire_put(int i, const uint8_t *bytes, size_t len)
{
        struct link *link = wires[i].link;
        const char *why;
        struct frame frame;
        while (link && link->open && frame_next(&link->stream, &bytes, &len, &frame, &why) == FRAME_READY)
                link->frame(link, &frame);
}

void wire_break(int i, bool by_phone)
{
        struct link *link = wires[i].link;
        static const enum link_end ends[] = {LINK_CLOSED, LINK_FAILED, LINK_STALLED, LINK_GARBAGE};
        if (link)
                link->ended(link, by_phone ? LINK_CLOSED : ends[walk_random(4)], "so it is");
}

void wire_leave(int i)
{
        wires[i].handset = NULL;
}

unsigned wire_count(void)
{
        unsigned n = 0;
        for (int i = 0; i < WIRES; i++)
                n += wires[i].link != NULL;
        return n;
}

/* ---- sccp/tls.h: whoever says that he came over TLS did ---- */

struct tls_room *tls_room_new(const struct tls_settings *settings, enum tls_file *whose, char *why, size_t why_size)
{
        (void)settings, (void)whose, (void)why, (void)why_size;
        return NULL;
}

void tls_room_free(struct tls_room *room)
{
        (void)room;
}

bool tls_room_asks(const struct tls_room *room)
{
        (void)room;
        return false;
}

bool tls_is_of(const struct tls *tls, const char *device)
{
        (void)tls, (void)device;
        return true;
}

void tls_print(const struct tls *tls, char out[TLS_TEXT_SIZE])
{
        (void)tls;
        text_copy(out, TLS_TEXT_SIZE, "TLS");
}

/* ---- sccp/link.h ---- */

void link_open(struct link *link, struct loop *loop, int socket)
{
        link->loop = loop;
        link->socket = socket;
        link->open = true;
        link->tls = wires[socket].handset->tls ? (struct tls *)wires : NULL;
        wires[socket].link = link;
}

void link_send(struct link *link, const struct sccp_context *ctx, const struct sccp_message *message)
{
        static uint8_t frame[SCCP_FRAME_MAX];
        if (!link->open)
                return;
        size_t len = sccp_encode(ctx, message, frame, sizeof frame);
        LAW(len > 0, "a message fits into a frame");
        if (wires[link->socket].handset)
                handset_hears(wires[link->socket].handset, frame, len);
}

bool link_write(struct link *link)
{
        (void)link;
        return true;
}

bool link_confirmed(const struct link *link)
{
        const struct handset *handset = wires[link->socket].handset;
        return handset && !handset->asleep;
}

void link_close(struct link *link)
{
        if (!link->open)
                return;
        struct wire *wire = &wires[link->socket];
        struct handset *handset = wire->handset;
        link->open = false;
        frame_stream_clear(&link->stream);
        *wire = (struct wire){0};
        if (handset && handset->wire == link->socket)
                handset_cut(handset);
}
