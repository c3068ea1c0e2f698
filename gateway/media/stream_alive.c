/* Nothing said for long lets a NAT forget the way: one that is held, or is only listened to, gets an empty packet now
 * and then (RFC 6263 section 4.1). It is no RTP, so nobody counts or decrypts it. */
#include <sys/socket.h>

#include "gateway/media/stream.h"

static void wake(const struct stream_socket *to)
{
        if (to->connected)
                (void)send(to->fd, "", 0, 0);
        else
                (void)udp_send(to->fd, "", 0, &to->to, to->to_len, &to->here);
}

void stream_keep_alive(struct stream *stream, unsigned keepalive_s)
{
        for (unsigned side = 0; side < STREAM_SIDES; side++) {
                struct stream_alive *alive = &stream->alive[side];
                bool due = keepalive_s && stream_reaches(stream, (enum relay_side)side) && !alive->sent &&
                           ++alive->quiet_s >= keepalive_s;
                if (due)
                        wake(&stream->sockets[side][STREAM_RTP]);
                if (due || alive->sent)
                        alive->quiet_s = 0;
                alive->sent = false;
        }
}
