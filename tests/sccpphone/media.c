/* G.711 and G.722 are real audio. G.729 has no coder here: its payload is a pattern of the right size, counted and
 * checked for arriving whole, which is all a gateway that passes packets on can get wrong. */
#include "media.h"

#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>

#define RTP_HEADER   12
#define PATTERN      0x5a
#define BLOCK        400 /* 50 ms: steps of 20 Hz */
#define SHARE_NEEDED 0.8
#define PART_NEEDED  0.4 /* of an even share of a mix */

static uint32_t random_word(void)
{
        uint32_t word = 0;
        if (getrandom(&word, sizeof word, 0) != sizeof word)
                word = (uint32_t)clock_ms();
        return word;
}

static uint32_t read_be32(const uint8_t *at)
{
        return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

static void write_be32(uint8_t *at, uint32_t value)
{
        for (int i = 0; i < 4; i++)
                at[i] = (uint8_t)(value >> (24 - 8 * i));
}

static unsigned payload_bytes(enum codec codec, unsigned ms)
{
        return codec_info(codec)->bytes_per_20ms * ms / 20;
}

static int16_t voice(struct media *media)
{
        return media->muted ? 0 : tone_next(&media->tone, TONE_RATE);
}

static size_t fill_payload(struct media *media, uint8_t *to)
{
        size_t bytes = payload_bytes(media->codec, media->packet_ms);
        if (media->codec == CODEC_G722) {
                wide_speak(&media->wide, &media->tone, media->muted, to, bytes);
                return bytes;
        }
        for (size_t i = 0; i < bytes; i++)
                switch (media->codec) {
                case CODEC_PCMU:
                        to[i] = ulaw_encode(voice(media));
                        break;
                case CODEC_PCMA:
                        to[i] = alaw_encode(voice(media));
                        break;
                default:
                        to[i] = PATTERN;
                }
        return bytes;
}

static void send_one(struct media *media, uint8_t type, bool marker, uint32_t timestamp, uint8_t *packet, size_t bytes)
{
        struct sockaddr_storage to;
        packet[0] = 0x80;
        packet[1] = (uint8_t)(type | (marker ? 0x80 : 0));
        packet[2] = (uint8_t)(media->sequence >> 8);
        packet[3] = (uint8_t)media->sequence;
        write_be32(packet + 4, timestamp);
        write_be32(packet + 8, media->ssrc);
        uint8_t sealed[RTP_HEADER + 1024 + SECRET_TRAILER];
        size_t len = RTP_HEADER + bytes;
        memcpy(sealed, packet, len);
        socklen_t to_size = endpoint_to_sockaddr(&media->to, &to);
        if (secret_protect(&media->secret, sealed, &len))
                sendto(media->fd, sealed, len, 0, (struct sockaddr *)&to, to_size);
        media->sequence++;
        media->sent++;
        media->sent_bytes += (uint32_t)bytes;
}

/* A key is heard instead of the voice. */
static void send_packet(struct media *media)
{
        uint8_t packet[RTP_HEADER + 1024];
        struct keys_packets keys;
        size_t bytes = fill_payload(media, packet + RTP_HEADER);
        if (keys_send(&media->keys, media->timestamp, &keys)) {
                memcpy(packet + RTP_HEADER, keys.payload, KEYS_BYTES);
                for (unsigned i = 0; i < keys.count; i++)
                        send_one(media, media->keys.type_out, keys.marker, keys.timestamp, packet, KEYS_BYTES);
        } else {
                send_one(media, codec_info(media->codec)->payload_type, media->marker, media->timestamp, packet, bytes);
        }
        media->marker = false;
        media->timestamp += media->packet_ms * 8;
}

static void on_tick(struct loop_timer *timer)
{
        struct media *media = (struct media *)((char *)timer - offsetof(struct media, tick));
        int64_t now = clock_ms();
        for (; media->next_ms <= now; media->next_ms += media->packet_ms)
                send_packet(media);
        loop_timer_start(media->loop, timer, media->next_ms - now);
}

static void hear(struct media *media, const uint8_t *payload, size_t bytes)
{
        int16_t wide[WIDE_MOST];
        if (bytes > WIDE_MOST)
                bytes = WIDE_MOST;
        if (media->codec == CODEC_G722)
                wide_hear(&media->wide, payload, bytes, wide);
        for (size_t i = 0; i < bytes; i++) {
                int16_t sample = media->codec == CODEC_PCMU   ? ulaw_decode(payload[i])
                                 : media->codec == CODEC_PCMA ? alaw_decode(payload[i])
                                 : media->codec == CODEC_G722 ? wide[i]
                                                              : 0;
                media->heard[media->samples++ % MEDIA_HEARD] = sample;
        }
}

static void count_packet(struct media *media, const uint8_t *packet)
{
        uint16_t sequence = (uint16_t)(packet[2] << 8 | packet[3]);
        uint32_t ssrc = read_be32(packet + 8);
        int32_t transit = (int32_t)((uint32_t)(clock_ms() * 8) - read_be32(packet + 4));
        if (media->received && ssrc == media->last_ssrc) {
                uint16_t step = (uint16_t)(sequence - media->last_sequence);
                int32_t drift = (int32_t)((uint32_t)transit - (uint32_t)media->transit);
                if (media->keys.type_in && (packet[1] & 0x7f) == media->keys.type_in)
                        drift = 0; /* told at the time a key began */
                if (step > 1 && step < 1000)
                        media->lost += step - 1u;
                media->jitter += (drift < 0 ? 0u - (uint32_t)drift : (uint32_t)drift) - ((media->jitter + 8) >> 4);
        }
        media->transit = transit;
        media->last_sequence = sequence;
        media->last_ssrc = ssrc;
        media->last_heard_ms = clock_ms();
        media->received++;
}

static void on_readable(struct loop_fd *fd, unsigned events)
{
        struct media *media = (struct media *)((char *)fd - offsetof(struct media, readable));
        uint8_t packet[2048];
        (void)events;
        for (ssize_t came; (came = recv(media->fd, packet, sizeof packet, MSG_DONTWAIT)) >= 0;) {
                size_t size = (size_t)came;
                if (size < RTP_HEADER || packet[0] >> 6 != 2 || !secret_unprotect(&media->secret, packet, &size))
                        continue;
                if (media->keys.type_in && (packet[1] & 0x7f) == media->keys.type_in) {
                        count_packet(media, packet);
                        keys_hear(&media->keys, read_be32(packet + 4), packet[1] & 0x80, packet + RTP_HEADER,
                                  size - RTP_HEADER);
                        continue;
                }
                if ((packet[1] & 0x7f) != codec_info(media->codec)->payload_type) {
                        media->foreign++;
                        continue;
                }
                count_packet(media, packet);
                media->received_bytes += (uint32_t)size - RTP_HEADER;
                hear(media, packet + RTP_HEADER, size - RTP_HEADER);
        }
}

void media_init(struct media *media, struct loop *loop, const struct ip *local, unsigned hz)
{
        *media = (struct media){.loop = loop, .local = *local, .fd = -1, .tone.hz = hz};
        media->tick.expired = on_tick;
        media->readable.ready = on_readable;
}

static bool bind_port(struct media *media)
{
        for (int tries = 0; tries < 200; tries++) {
                struct endpoint at = {.ip = media->local, .port = (uint16_t)(20000 + random_word() % 5000 * 2)};
                struct sockaddr_storage address;
                socklen_t size = endpoint_to_sockaddr(&at, &address);
                media->fd = socket(address.ss_family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
                if (media->fd >= 0 && bind(media->fd, (struct sockaddr *)&address, size) == 0) {
                        media->port = at.port;
                        loop_fd_start(media->loop, &media->readable, media->fd, LOOP_READ);
                        return true;
                }
                if (media->fd >= 0)
                        close(media->fd);
                media->fd = -1;
        }
        return false;
}

bool media_open(struct media *media, enum codec codec, unsigned packet_ms)
{
        media_close(media);
        if (!bind_port(media))
                return false;
        media->codec = codec;
        wide_start(&media->wide);
        media->packet_ms = packet_ms;
        media->sent = media->sent_bytes = media->received = media->received_bytes = media->lost = 0;
        media->foreign = media->jitter = 0;
        media->samples = 0;
        media->ssrc = random_word();
        media->sequence = (uint16_t)random_word();
        return true;
}

bool media_move(struct media *media)
{
        loop_fd_stop(&media->readable);
        close(media->fd);
        return bind_port(media);
}

void media_close(struct media *media)
{
        media_send_stop(media);
        secret_end(&media->secret);
        if (media->fd < 0)
                return;
        loop_fd_stop(&media->readable);
        close(media->fd);
        media->fd = -1;
}

void media_send_to(struct media *media, const struct endpoint *to, enum codec codec, unsigned packet_ms)
{
        media->to = *to;
        media->codec = codec;
        media->packet_ms = packet_ms;
        media->sending = media->marker = true;
        media->next_ms = clock_ms();
        if (media->fd >= 0)
                loop_timer_start(media->loop, &media->tick, 0);
}

void media_send_stop(struct media *media)
{
        media->sending = false;
        loop_timer_stop(&media->tick);
}

static void last_block(const struct media *media, uint64_t end, int16_t *block)
{
        for (int i = 0; i < BLOCK; i++)
                block[i] = media->heard[(end - BLOCK + (uint64_t)i) % MEDIA_HEARD];
}

bool media_hears(const struct media *media, unsigned hz, unsigned ms)
{
        uint64_t wanted = (uint64_t)ms * 8;
        int16_t block[BLOCK];
        if (wanted > MEDIA_HEARD)
                wanted = MEDIA_HEARD;
        if (media->samples < wanted || clock_ms() - media->last_heard_ms > 200)
                return false;
        for (uint64_t back = 0; back + BLOCK <= wanted; back += BLOCK) {
                last_block(media, media->samples - back, block);
                if (tone_share(block, BLOCK, hz) < SHARE_NEEDED)
                        return false;
        }
        return true;
}

/* Each is a fair part of what is heard, and there is nothing else. */
static bool is_mix(const int16_t *block, const unsigned *hz, unsigned n)
{
        double all = 0;
        for (unsigned i = 0; i < n; i++) {
                double share = tone_share(block, BLOCK, hz[i]);
                if (share < PART_NEEDED / n)
                        return false;
                all += share;
        }
        return all > SHARE_NEEDED;
}

bool media_hears_mix(const struct media *media, const unsigned *hz, unsigned n, unsigned ms)
{
        uint64_t wanted = (uint64_t)ms * 8;
        int16_t block[BLOCK];
        if (wanted > MEDIA_HEARD)
                wanted = MEDIA_HEARD;
        if (!n || media->samples < wanted || clock_ms() - media->last_heard_ms > 200)
                return false;
        for (uint64_t back = 0; back + BLOCK <= wanted; back += BLOCK) {
                last_block(media, media->samples - back, block);
                if (!is_mix(block, hz, n))
                        return false;
        }
        return true;
}

bool media_silent(const struct media *media, unsigned ms)
{
        int16_t block[BLOCK];
        if (clock_ms() - media->last_heard_ms >= ms || !media->samples)
                return true;
        for (uint64_t back = 0; back + BLOCK <= (uint64_t)ms * 8 && back + BLOCK <= media->samples; back += BLOCK) {
                last_block(media, media->samples - back, block);
                if (tone_level(block, BLOCK) > 180)
                        return false;
        }
        return true;
}
