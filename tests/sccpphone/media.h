/* The phone's audio: one RTP socket that sends a tone and measures what it hears. */
#ifndef SCCPPHONE_MEDIA_H
#define SCCPPHONE_MEDIA_H

#include <stdbool.h>
#include <stdint.h>

#include "gateway/base/addr.h"
#include "gateway/base/audio.h"
#include "gateway/base/loop.h"
#include "keys.h"
#include "secret.h"
#include "tone.h"
#include "wide.h"

#define MEDIA_HEARD 16000 /* samples kept: two seconds */

struct media {
        struct loop *loop;
        struct ip local;
        int fd; /* -1: closed */
        uint16_t port;
        struct loop_fd readable;
        struct loop_timer tick;
        struct tone tone;
        bool muted; /* its microphone is off */
        struct keys keys;
        struct secret secret;

        bool sending;
        struct endpoint to;
        enum codec codec; /* of both directions */
        struct wide wide; /* where that is G.722 */
        unsigned packet_ms;
        int64_t next_ms;
        uint16_t sequence;
        uint32_t timestamp, ssrc;
        bool marker;

        uint32_t sent, sent_bytes, received, received_bytes, lost, foreign; /* foreign: another payload type */
        uint16_t last_sequence;
        uint32_t last_ssrc;
        int64_t last_heard_ms;
        uint32_t jitter; /* RFC 3550 A.8, times 16, in timestamp units */
        int32_t transit;
        int16_t heard[MEDIA_HEARD]; /* a ring */
        uint64_t samples;           /* ever heard */
};

void media_init(struct media *media, struct loop *loop, const struct ip *local, unsigned hz);
bool media_open(struct media *media, enum codec codec, unsigned packet_ms); /* a port is bound; false: none */
void media_close(struct media *media);
bool media_move(struct media *media); /* another local port, as after a phone's restart of its audio */
void media_send_to(struct media *media, const struct endpoint *to, enum codec codec, unsigned packet_ms);
void media_send_stop(struct media *media);

/* The last `ms` of what was heard hold this frequency, and little else. */
bool media_hears(const struct media *media, unsigned hz, unsigned ms);
bool media_hears_mix(const struct media *media, const unsigned *hz, unsigned n, unsigned ms);
bool media_silent(const struct media *media, unsigned ms); /* nothing, or nothing audible, since then */

#endif
