/* The ends of a connection stand in the order of its first packet; which of them is the phone is decided by the port,
 * by who opened the connection, or by the first message. */
#include "gateway/decode/wire.h"

#include <stdlib.h>
#include <string.h>

#include "gateway/decode/cutter.h"
#include "gateway/decode/dialogue.h"
#include "gateway/decode/flow.h"

enum { ENDS = 2, NO_PHONE = -1, CHAINS = 256 };

struct connection;

struct end {
        struct connection *connection;
        struct endpoint address;
        struct flow flow; /* what this end sent */
        struct cutter cutter;
};

struct connection {
        struct wire *wire;
        struct connection *chain;         /* the next with the same hash */
        struct connection *newer, *older; /* order of use */
        struct end ends[ENDS];
        struct dialogue dialogue;
        int phone; /* which of the ends; NO_PHONE: not known yet */
        bool over; /* FIN or RST was seen */
};

struct wire {
        struct show *show;
        const uint16_t *ports;
        size_t n_ports;
        int version;
        struct connection *chains[CHAINS];
        struct connection *newest, *oldest;
        size_t n_connections;
        int64_t last_ns; /* of the latest packet */
};

/* Of what this end sends. */
static struct show_place place_of(const struct end *end, int64_t time_ns)
{
        const struct connection *c = end->connection;
        int sender = end == &c->ends[0] ? 0 : 1, phone = c->phone == NO_PHONE ? 0 : c->phone;
        struct show_place place = {.time_ns = time_ns, .phone = c->dialogue.name};
        place.at = &c->ends[phone].address;
        place.manager = &c->ends[1 - phone].address;
        if (c->phone != NO_PHONE)
                place.way = sender == phone ? SHOW_FROM_PHONE : SHOW_TO_PHONE;
        return place;
}

static void phone_find_out(struct end *end, const struct frame *frame)
{
        struct connection *c = end->connection;
        const struct sccp_message_info *info = sccp_message_info(frame->id);
        int sender = end == &c->ends[0] ? 0 : 1;
        if (c->phone == NO_PHONE && info)
                c->phone = info->direction == SCCP_FROM_PHONE ? sender : 1 - sender;
}

static void frame_seen(struct end *end, int64_t time_ns, const struct frame *frame)
{
        struct show *show = end->connection->wire->show;
        uint8_t version;
        phone_find_out(end, frame);
        const char *why = dialogue_decode(&end->connection->dialogue, frame, &show->message, &version);
        struct show_place place = place_of(end, time_ns);
        if (why)
                show_undecoded(show, &place, frame, why);
        else
                show_message(show, &place, &show->message, version);
}

static void frames_seen(struct end *end, int64_t time_ns)
{
        struct show *show = end->connection->wire->show;
        struct frame frame;
        size_t skipped;
        for (;;) {
                struct show_place place = place_of(end, time_ns);
                switch (cutter_next(&end->cutter, &frame, &skipped)) {
                case CUTTER_FRAME:
                        frame_seen(end, time_ns, &frame);
                        break;
                case CUTTER_SKIPPED:
                        show_note(show, &place, "%zu bytes before the next whole message are skipped", skipped);
                        break;
                case CUTTER_BAD:
                        show_note(show, &place, "no message: a length of %zu; looking for the next one", frame.len);
                        break;
                case CUTTER_MORE:
                        return;
                }
        }
}

static void bytes_seen(void *owner, int64_t time_ns, const uint8_t *bytes, size_t len)
{
        struct end *end = owner;
        struct show_place place = place_of(end, time_ns);
        if (cutter_add(&end->cutter, bytes, len))
                frames_seen(end, time_ns);
        else
                show_note(end->connection->wire->show, &place, "%zu bytes are lost: out of memory", len);
}

static void bytes_missing(void *owner, int64_t time_ns, size_t len)
{
        struct end *end = owner;
        struct show_place place = place_of(end, time_ns);
        size_t lost = cutter_break(&end->cutter);
        char many[64];
        snprintf(many, sizeof many, len ? "%zu bytes" : "an unknown number of bytes", len);
        if (lost)
                show_note(end->connection->wire->show, &place,
                          "%s are missing, and %zu bytes of the message before them with it", many, lost);
        else
                show_note(end->connection->wire->show, &place, "%s are missing", many);
}

static void bytes_late(void *owner, int64_t time_ns, size_t len)
{
        struct end *end = owner;
        struct show_place place = place_of(end, time_ns);
        show_note(end->connection->wire->show, &place, "%zu bytes from before the first ones came too late", len);
}

static struct flow_sink sink_of(struct end *end)
{
        return (struct flow_sink){bytes_seen, bytes_missing, bytes_late, end};
}

/* Gives what is held and starts afresh; the addresses stay. */
static void end_finish(struct end *end, int64_t time_ns)
{
        struct flow_sink sink = sink_of(end);
        flow_end(&end->flow, &sink, time_ns);
        struct show_place place = place_of(end, time_ns);
        size_t lost = cutter_break(&end->cutter);
        if (lost)
                show_note(end->connection->wire->show, &place, "the last %zu bytes belong to no whole message", lost);
        cutter_clear(&end->cutter);
}

static void connection_finish(struct connection *c, int64_t time_ns)
{
        for (int i = 0; i < ENDS; i++)
                end_finish(&c->ends[i], time_ns);
}

static bool port_is_ours(const struct wire *wire, uint16_t port)
{
        for (size_t i = 0; i < wire->n_ports; i++)
                if (wire->ports[i] == port)
                        return true;
        return false;
}

static void connection_start(struct connection *c)
{
        bool ours = port_is_ours(c->wire, c->ends[0].address.port);
        dialogue_start(&c->dialogue, c->wire->version);
        c->over = false;
        c->phone = NO_PHONE;
        if (ours != port_is_ours(c->wire, c->ends[1].address.port))
                c->phone = ours ? 1 : 0;
}

static size_t hash_of(const struct endpoint *a, const struct endpoint *b)
{
        size_t sum = (size_t)a->port + b->port; /* the same for both directions */
        for (size_t i = 0; i < sizeof a->ip.bytes; i++)
                sum += (size_t)(a->ip.bytes[i] + b->ip.bytes[i]) * (i * 7 + 1);
        return sum % CHAINS;
}

static struct connection **chain_of(struct wire *wire, const struct connection *c)
{
        return &wire->chains[hash_of(&c->ends[0].address, &c->ends[1].address)];
}

static void use_remove(struct wire *wire, struct connection *c)
{
        *(c->newer ? &c->newer->older : &wire->newest) = c->older;
        *(c->older ? &c->older->newer : &wire->oldest) = c->newer;
}

static void use_add(struct wire *wire, struct connection *c)
{
        c->newer = NULL;
        c->older = wire->newest;
        *(wire->newest ? &wire->newest->newer : &wire->oldest) = c;
        wire->newest = c;
}

static void connection_remove(struct connection *c, int64_t time_ns)
{
        struct wire *wire = c->wire;
        struct connection **at = chain_of(wire, c);
        while (*at != c)
                at = &(*at)->chain;
        *at = c->chain;
        connection_finish(c, time_ns);
        use_remove(wire, c);
        wire->n_connections--;
        free(c);
}

static void room_make(struct wire *wire, int64_t time_ns)
{
        struct connection *oldest = wire->oldest;
        if (wire->n_connections < WIRE_CONNECTIONS_MAX)
                return;
        struct show_place place = place_of(&oldest->ends[0], time_ns);
        if (!oldest->over)
                show_note(wire->show, &place, "more than %d connections: this one is forgotten", WIRE_CONNECTIONS_MAX);
        connection_remove(oldest, time_ns);
}

static struct connection *connection_add(struct wire *wire, int64_t time_ns, const struct segment *segment)
{
        room_make(wire, time_ns);
        struct connection *c = calloc(1, sizeof(*c));
        if (!c)
                return NULL;
        c->wire = wire;
        c->ends[0].connection = c->ends[1].connection = c;
        c->ends[0].address = segment->from;
        c->ends[1].address = segment->to;
        struct connection **chain = chain_of(wire, c);
        c->chain = *chain;
        *chain = c;
        wire->n_connections++;
        use_add(wire, c);
        connection_start(c);
        return c;
}

static struct connection *connection_find(struct wire *wire, const struct segment *segment, int *sender)
{
        struct connection *c = wire->chains[hash_of(&segment->from, &segment->to)];
        for (; c; c = c->chain)
                for (*sender = 0; *sender < ENDS; (*sender)++)
                        if (endpoint_equal(&c->ends[*sender].address, &segment->from) &&
                            endpoint_equal(&c->ends[1 - *sender].address, &segment->to))
                                return c;
        *sender = 0;
        return NULL;
}

static bool has_data(const struct end *end)
{
        return end->flow.started && (end->flow.next != end->flow.first || end->flow.pieces);
}

/* A SYN that names another place than the one that is there: the ports are used again. */
static void syn_seen(struct connection *c, int64_t time_ns, int sender, const struct segment *segment)
{
        struct end *end = &c->ends[sender];
        if (end->flow.started && end->flow.first == segment->seq + 1)
                return;
        if (segment->acks)
                end_finish(end, time_ns);
        else if (has_data(&c->ends[0]) || has_data(&c->ends[1]) || end->flow.started) {
                connection_finish(c, time_ns);
                connection_start(c);
        }
        flow_start(&end->flow, segment->seq + 1);
        if (c->phone == NO_PHONE)
                c->phone = segment->acks ? 1 - sender : sender;
}

static void segment_seen(struct connection *c, int64_t time_ns, int sender, const struct segment *segment)
{
        struct end *from = &c->ends[sender], *to = &c->ends[1 - sender];
        struct flow_sink sink = sink_of(from), other = sink_of(to);
        if (segment->syn)
                syn_seen(c, time_ns, sender, segment);
        if (!from->flow.started && segment->len)
                cutter_break(&from->cutter); /* begun in the middle */
        flow_take(&from->flow, &sink, time_ns, segment->seq + (segment->syn ? 1 : 0), segment->bytes, segment->have,
                  segment->len);
        if (segment->fin)
                flow_fin(&from->flow, &sink, time_ns, segment->seq + (segment->syn ? 1 : 0) + (uint32_t)segment->len);
        if (segment->acks)
                flow_acked(&to->flow, &other, time_ns, segment->ack);
        c->over = c->over || segment->fin || segment->rst;
}

struct wire *wire_new(struct show *show, const uint16_t *ports, size_t n_ports, int version)
{
        struct wire *wire = calloc(1, sizeof(*wire));
        if (wire)
                *wire = (struct wire){.show = show, .ports = ports, .n_ports = n_ports, .version = version};
        return wire;
}

void wire_segment(struct wire *wire, int64_t time_ns, const struct segment *segment)
{
        int sender;
        wire->last_ns = time_ns;
        if (!port_is_ours(wire, segment->from.port) && !port_is_ours(wire, segment->to.port))
                return;
        struct connection *c = connection_find(wire, segment, &sender);
        if (!c && !(c = connection_add(wire, time_ns, segment)))
                return;
        use_remove(wire, c);
        use_add(wire, c);
        segment_seen(c, time_ns, sender, segment);
}

void wire_free(struct wire *wire)
{
        while (wire && wire->oldest)
                connection_remove(wire->oldest, wire->last_ns);
        free(wire);
}
