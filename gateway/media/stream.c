/* A packet's way through, and what the source rule means for sockets: a side whose source nothing can replace is
 * connected to it, which spares the kernel a route lookup per packet and refuses strangers before they reach us.
 * Packets that were waiting in a socket when it was connected are still anybody's, so the rule judges each packet. When
 * nothing came for a second the source may have moved: the socket is opened to all until it is heard again.
 *
 * A packet is RTCP by its port or, where both have one port, by its type. */
#include "gateway/media/stream.h"

#include <assert.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "gateway/media/packet.h"
#include "gateway/media/secure.h"

#define PACKET_SIZE 2048 /* more than any Ethernet brings; longer ones are refused */
#define CLOCK_HZ    8000 /* of timestamps, where nothing is agreed yet */
#define ONE_WAY_S   5    /* a side never heard that long, while the other is */
#define DOUBT_S     3    /* that long nothing genuine comes before it is told: keys are changed meanwhile */

struct packet {
        size_t len;
        bool rtcp;
        union udp_name from;
        struct ip here; /* the address of ours it was sent to; of packets from unconnected sockets */
        _Alignas(4) uint8_t bytes[PACKET_SIZE + SECURE_TRAILER_MAX];
};

static struct stream *stream_of(struct stream_socket *socket)
{
        struct stream_socket *first = socket - ((size_t)socket->side * STREAM_KINDS + (size_t)socket->kind);
        return (struct stream *)first;
}

static void socket_disconnect(struct stream_socket *socket)
{
        if (socket->connected)
                udp_disconnect(socket->fd);
        socket->connected = false;
}

/* After every change of the latch. A socket that cannot be connected works as well, a little slower. */
static void socket_aim(struct stream_socket *socket)
{
        struct endpoint target = latch_target(&socket->latch);
        union udp_name source;
        socklen_t source_len = udp_name(socket->family, &socket->latch.source, &source);
        socket->to_len = udp_name(socket->family, &target, &socket->to);
        socket_disconnect(socket);
        if (latch_is_final(&socket->latch) && source_len)
                socket->connected = udp_connect(socket->fd, &source, source_len, &socket->here);
}

/* Our address is the one the first packet came to: what the peer was told. It stays when the source changes; two
 * streams of ours that begin at once would otherwise follow each other to addresses that neither listens on. */
static bool socket_judge(struct stream_socket *socket, const struct packet *packet)
{
        struct stream *stream = stream_of(socket);
        struct endpoint from = endpoint_from_sockaddr(&packet->from.any);
        uint32_t ssrc = packet_ssrc(packet->bytes, packet->rtcp);
        enum latch_answer answer = latch_judge(&socket->latch, stream->rule, &from, ssrc);
        if (answer == LATCH_BACK) {
                socket_aim(socket);
        } else if (answer == LATCH_TAKEN) {
                if (!socket->connected && !socket->here.family)
                        socket->here = packet->here;
                socket_aim(socket);
                if (socket->kind == STREAM_RTP)
                        stream->news[socket->side] |= 1U << RELAY_LATCHED;
        }
        return answer != LATCH_REFUSED;
}

static bool packet_receive(const struct stream_socket *socket, struct packet *packet)
{
        ssize_t len = socket->connected
                              ? udp_receive(socket->fd, packet->bytes, PACKET_SIZE, &packet->from)
                              : udp_receive_here(socket->fd, packet->bytes, PACKET_SIZE, &packet->from, &packet->here);
        packet->len = (size_t)len;
        return len > 0; /* empty ones keep a NAT awake */
}

/* Before the latch: what is not genuine must not become the source, and a stranger's copy of a packet must not be taken
 * for the packet. */
static bool packet_open(struct stream_socket *socket, struct packet *packet)
{
        struct stream *stream = stream_of(socket);
        struct stream_safety *safety = &stream->safety[socket->side];
        if (!safety->wanted)
                return true;
        struct endpoint from = endpoint_from_sockaddr(&packet->from.any);
        uint32_t ssrc = packet_ssrc(packet->bytes, packet->rtcp);
        if (!latch_allows(&socket->latch, stream->rule, &from, ssrc)) {
                stream->counters.strangers[socket->side]++;
                return false;
        }
        if (safety->secure && secure_unprotect(safety->secure, packet->rtcp, packet->bytes, &packet->len))
                return true;
        stream->counters.refused[socket->side]++;
        return false;
}

/* What claims to be RTCP on a port that is RTP's alone would be RTP of payload types nobody may use. */
static bool packet_is_valid(const struct stream *stream, const struct stream_socket *socket, struct packet *packet)
{
        bool claims_rtcp = packet_claims_rtcp(packet->bytes, packet->len);
        if (packet->len > PACKET_SIZE)
                return false;
        packet->rtcp = socket->kind == STREAM_RTCP || (claims_rtcp && stream->rtcp[socket->side].mux);
        if (packet->rtcp)
                return packet_is_rtcp(packet->bytes, packet->len);
        return !claims_rtcp && packet_is_rtp(packet->bytes, packet->len);
}

static uint32_t clock_hz(const struct stream *stream)
{
        uint32_t agreed = stream->digits.terms.clock_hz;
        return agreed ? agreed : CLOCK_HZ;
}

static bool packet_accept(struct stream_socket *socket, struct packet *packet)
{
        struct stream *stream = stream_of(socket);
        struct relay_counters *counters = &stream->counters;
        if (!packet_is_valid(stream, socket, packet)) {
                counters->invalid[socket->side]++;
                return false;
        }
        if (!packet_open(socket, packet))
                return false;
        if (!socket_judge(socket, packet)) {
                counters->strangers[socket->side]++;
                return false;
        }
        if (!packet->rtcp && !types_allow(&stream->may_send[socket->side], packet_type(packet->bytes))) {
                counters->foreign[socket->side]++;
                return false;
        }
        if (packet->rtcp) {
                counters->rtcp[socket->side]++;
        } else {
                uint64_t packets = ++counters->packets[socket->side];
                atomic_store_explicit(&stream->heard[socket->side], packets, memory_order_relaxed);
                counters->bytes[socket->side] += packet->len;
                reception_note(&stream->reception[socket->side], packet->bytes, loop_now_us(stream->loop),
                               clock_hz(stream));
        }
        return true;
}

/* A packet the machine does not take is lost, as it may be anywhere else on its way: there is nobody to tell. */
static void socket_send(const struct stream_socket *to, const uint8_t *bytes, size_t len)
{
        if (to->connected)
                (void)send(to->fd, bytes, len, 0);
        else
                (void)udp_send(to->fd, bytes, len, &to->to, to->to_len, &to->here);
}

/* `bytes` are nobody's afterwards, and have SECURE_TRAILER_MAX behind them. */
static void packet_send(struct stream *stream, enum relay_side side, bool rtcp, uint8_t *bytes, size_t len)
{
        const struct stream_socket *to =
                &stream->sockets[side][rtcp && !stream->rtcp[side].mux ? STREAM_RTCP : STREAM_RTP];
        const struct stream_safety *safety = &stream->safety[side];
        if (to->to_len == 0)
                return;
        if (safety->wanted && !(safety->secure && secure_protect(safety->secure, rtcp, bytes, &len))) {
                stream->counters.refused[!side]++;
                return;
        }
        stream->alive[side].sent |= to->kind == STREAM_RTP;
        socket_send(to, bytes, len);
}

bool stream_is_member(const struct stream *stream, enum relay_side side)
{
        return stream->member[side].name != 0;
}

/* Its other side is in a conference and it is not: nothing is expected of it. */
static bool is_cut_off(const struct stream *stream, enum relay_side side)
{
        return stream_is_member(stream, !side) && !stream_is_member(stream, side);
}

static void rtp_send(struct stream *stream, enum relay_side side, uint8_t *packet, size_t len)
{
        if (digits_out(&stream->digits, side, packet))
                packet_send(stream, side, false, packet, len);
}

void stream_pass(struct stream *stream, enum relay_side side, uint8_t *packet, size_t len)
{
        if (stream_is_member(stream, side)) {
                if (!stream->member[side].muted)
                        stream->on_voice(stream, side, packet, len);
        } else if (!is_cut_off(stream, side) && stream_convert(stream, side, packet, len)) {
                rtp_send(stream, !side, packet, len);
        }
}

static void rtp_pass(struct stream *stream, enum relay_side side, struct packet *packet)
{
        char digit;
        if (digits_in(&stream->digits, side, packet->bytes, &packet->len, &digit) == DIGITS_NEW_EVENT &&
            stream->on_digit)
                stream->on_digit(stream, side, digit);
        stream_pass(stream, side, packet->bytes, packet->len);
        for (size_t len; (len = digits_again(&stream->digits, side, packet->bytes));)
                stream_pass(stream, side, packet->bytes, len);
}

/* RTCP of members ends here. */
static void packet_pass(struct stream *stream, const struct stream_socket *socket, struct packet *packet)
{
        enum relay_side side = socket->side;
        if (!packet->rtcp)
                rtp_pass(stream, side, packet);
        else if (!stream_is_member(stream, side) && !is_cut_off(stream, side))
                packet_send(stream, !side, true, packet->bytes, packet->len);
}

void stream_say(struct stream *stream, enum relay_side side, const uint8_t *packet, size_t len)
{
        _Alignas(4) uint8_t bytes[PACKET_SIZE + SECURE_TRAILER_MAX];
        assert(len <= PACKET_SIZE);
        memcpy(bytes, packet, len);
        rtp_send(stream, side, bytes, len);
}

bool stream_reaches(const struct stream *stream, enum relay_side side)
{
        return stream->sockets[side][STREAM_RTP].to_len != 0;
}

/* One packet per turn: at 50 a second there is seldom a second one, and no call delays another. An error is an ICMP
 * answer to something sent before (the peer's port is not open yet, or no longer); reading it has cleared it. */
static void socket_ready(struct loop_fd *watch, unsigned events)
{
        (void)events;
        struct stream_socket *socket = (struct stream_socket *)watch;
        struct stream *stream = stream_of(socket);
        struct packet packet;
        if (!packet_receive(socket, &packet))
                return;
        bool accepted = packet_accept(socket, &packet);
        if (stream->news[socket->side])
                stream->on_news(stream);
        if (accepted)
                packet_pass(stream, socket, &packet);
}

void stream_start(struct stream *stream, struct loop *loop, const struct stream_sockets *sockets,
                  const struct latch_rule *rule, void (*on_news)(struct stream *stream))
{
        *stream = (struct stream){.on_news = on_news, .loop = loop, .rule = rule};
        for (unsigned side = 0; side < STREAM_SIDES; side++) {
                for (unsigned kind = 0; kind < STREAM_KINDS; kind++) {
                        struct stream_socket *socket = &stream->sockets[side][kind];
                        socket->fd = sockets->fd[side][kind];
                        socket->family = udp_family(socket->fd);
                        socket->side = (enum relay_side)side;
                        socket->kind = (enum stream_kind)kind;
                        socket->watch.ready = socket_ready;
                        loop_fd_start(loop, &socket->watch, socket->fd, LOOP_READ);
                }
        }
}

void stream_stop(struct stream *stream)
{
        loop_timer_stop(&stream->digits_clock);
        stream_convert_end(stream);
        for (unsigned side = 0; side < STREAM_SIDES; side++) {
                for (unsigned kind = 0; kind < STREAM_KINDS; kind++) {
                        loop_fd_stop(&stream->sockets[side][kind].watch);
                        close(stream->sockets[side][kind].fd);
                }
                secure_free(stream->safety[side].secure);
                stream->safety[side] = (struct stream_safety){0};
        }
}

static bool socket_set(struct stream_socket *socket, const struct endpoint *signalled)
{
        bool changed = latch_set(&socket->latch, signalled);
        if (changed)
                socket_aim(socket);
        return changed;
}

/* RTCP lives on the next port (RFC 3550 section 11) unless something else was said; next to port 0 or 65535 there is
 * none. With its own address it is still nowhere while RTP is: a side is held, or unknown, as a whole. */
static void rtcp_set(struct stream *stream, enum relay_side side, const struct endpoint *rtp)
{
        const struct stream_rtcp *said = &stream->rtcp[side];
        struct endpoint rtcp = *rtp;
        if (said->mux)
                rtcp = (struct endpoint){0};
        else if (rtcp.port && said->at.port)
                rtcp.port = said->at.port;
        else if (rtcp.port)
                rtcp.port++;
        if (rtcp.port && said->at.ip.family)
                rtcp.ip = said->at.ip;
        socket_set(&stream->sockets[side][STREAM_RTCP], &rtcp);
}

void stream_rtcp(struct stream *stream, enum relay_side side, bool mux, const struct endpoint *rtcp)
{
        stream->rtcp[side] = (struct stream_rtcp){mux, *rtcp};
        rtcp_set(stream, side, &stream->sockets[side][STREAM_RTP].latch.signalled);
}

void stream_set(struct stream *stream, enum relay_side side, const struct endpoint *endpoint)
{
        rtcp_set(stream, side, endpoint);
        if (socket_set(&stream->sockets[side][STREAM_RTP], endpoint))
                stream->quiet[side].expected_anew = true;
}

void stream_secure(struct stream *stream, enum relay_side side, const struct crypto_keys *keys)
{
        struct stream_safety *safety = &stream->safety[side];
        if (safety->secure && secure_has_keys(safety->secure, keys))
                return;
        safety->wanted = keys->suite != CRYPTO_NONE;
        safety->told = false;
        safety->doubtful = 0;
        if (!safety->wanted) {
                secure_free(safety->secure);
                safety->secure = NULL;
        } else if (!safety->secure) {
                safety->secure = secure_new(keys);
        } else if (!secure_rekey(safety->secure, keys)) {
                secure_free(safety->secure);
                safety->secure = NULL;
        }
}

void stream_hold(struct stream *stream, bool held)
{
        stream->held = held;
}

static bool is_expected(const struct stream *stream, enum relay_side side)
{
        const struct latch *latch = &stream->sockets[side][STREAM_RTP].latch;
        return !stream->held && !is_cut_off(stream, side) && (latch_heard(latch) || latch_target(latch).port);
}

static void socket_open_up(struct stream_socket *socket)
{
        latch_quiet(&socket->latch);
        if (socket->connected)
                socket_aim(socket);
}

/* RTCP comes too seldom to tell by itself: it goes with RTP. */
static void side_idle(struct stream *stream, enum relay_side side, bool idle)
{
        if (idle && !stream->quiet[side].idle)
                for (unsigned kind = 0; kind < STREAM_KINDS; kind++)
                        socket_open_up(&stream->sockets[side][kind]);
        stream->quiet[side].idle = idle;
}

/* Only whole seconds count: the one in which the last packet came, or the waiting began, is not one. */
static void side_second(struct stream *stream, enum relay_side side, unsigned timeout_s)
{
        struct stream_quiet *quiet = &stream->quiet[side];
        uint64_t packets = stream->counters.packets[side];
        side_idle(stream, side, packets == quiet->packets);
        if (packets != quiet->packets || quiet->expected_anew || !is_expected(stream, side))
                quiet->seconds = 0;
        else if (quiet->seconds < timeout_s && ++quiet->seconds == timeout_s)
                stream->news[side] |= 1U << RELAY_SILENT;
        quiet->packets = packets;
        quiet->expected_anew = false;
}

/* One packet in a second that is genuine is proof of the key. */
static void side_doubt(struct stream *stream, enum relay_side side)
{
        struct stream_safety *safety = &stream->safety[side];
        uint64_t passed = stream->counters.packets[side] + stream->counters.rtcp[side];
        uint64_t refused = stream->counters.refused[side];
        if (passed != safety->passed || !safety->wanted)
                safety->doubtful = 0;
        else if (refused != safety->refused && !safety->told && ++safety->doubtful == DOUBT_S) {
                safety->told = true;
                stream->news[side] |= 1U << RELAY_UNSAFE;
        }
        safety->passed = passed;
        safety->refused = refused;
}

void stream_second(struct stream *stream, unsigned timeout_s)
{
        types_second(&stream->may_send[RELAY_PHONE]);
        types_second(&stream->may_send[RELAY_SIP]);
        side_doubt(stream, RELAY_PHONE);
        side_doubt(stream, RELAY_SIP);
        side_second(stream, RELAY_PHONE, timeout_s);
        side_second(stream, RELAY_SIP, timeout_s);
}

bool stream_is_silent(const struct stream *stream, enum relay_side side, unsigned timeout_s)
{
        return timeout_s > 0 && stream->quiet[side].seconds >= timeout_s;
}

/* One that stopped to speak may be muted, so it has the whole time; one that never spoke is seldom. */
static void side_one_way(struct stream *stream, enum relay_side side, unsigned timeout_s)
{
        struct stream_quiet *quiet = &stream->quiet[side];
        bool missing = stream->counters.packets[side] == 0 || stream_is_silent(stream, side, timeout_s);
        if (!missing || !is_expected(stream, side) || stream->quiet[!side].idle)
                quiet->one_way = 0;
        else if (++quiet->one_way % ONE_WAY_S == 0)
                stream->news[side] |= 1U << RELAY_ONE_WAY;
        quiet->one_way %= ONE_WAY_S;
}

static bool is_dead(const struct stream *stream, unsigned timeout_s)
{
        for (enum relay_side side = RELAY_PHONE; side <= RELAY_SIP; side++)
                if (!is_cut_off(stream, side) && !stream_is_silent(stream, side, timeout_s))
                        return false;
        return true;
}

void stream_judge(struct stream *stream, unsigned timeout_s, bool kept_alive)
{
        bool dead = !kept_alive && is_dead(stream, timeout_s);
        side_one_way(stream, RELAY_PHONE, timeout_s);
        side_one_way(stream, RELAY_SIP, timeout_s);
        if (dead && !stream->dead)
                stream->news[STREAM_SIDES - 1] |= 1U << RELAY_DEAD;
        stream->dead = dead;
}

struct relay_counters stream_counters(const struct stream *stream)
{
        struct relay_counters counters = stream->counters;
        for (unsigned side = 0; side < STREAM_SIDES; side++) {
                counters.lost[side] = reception_lost(&stream->reception[side]);
                uint64_t jitter = reception_jitter(&stream->reception[side]);
                counters.jitter_us[side] = jitter * 1000000 / clock_hz(stream);
        }
        return counters;
}
