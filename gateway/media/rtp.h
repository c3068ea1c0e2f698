/* RTP as the mixer reads and writes it (RFC 3550 section 5.1). Every codec it mixes has a clock of 8000 and 64 kbit/s,
 * so one byte of payload is one unit of the timestamp, 8 are a millisecond; G.722 too (RFC 3551 section 4.5.2). Pure.
 */
#ifndef SCCPGW_MEDIA_RTP_H
#define SCCPGW_MEDIA_RTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
        RTP_UNITS_MS = 8,    /* units of a timestamp, and bytes of payload, per millisecond */
        RTP_VOICE_MAX = 480, /* payload of 60 ms, the longest packet of voice we take or make */
        RTP_HEADER_LEN = 12, /* as we write it */
        RTP_PACKET_MAX = RTP_HEADER_LEN + RTP_VOICE_MAX,
};

struct rtp {
        uint8_t payload_type;
        bool marker;
        uint16_t sequence;
        uint32_t timestamp, ssrc;
};

/* Finds the payload behind contributing sources and extension and before the padding, all of which are not looked at.
 * False when the packet is cut short or not RTP; `*payload` points into `bytes`. */
bool rtp_read(const uint8_t *bytes, size_t len, struct rtp *rtp, const uint8_t **payload, size_t *payload_len);
void rtp_write(const struct rtp *rtp, uint8_t header[RTP_HEADER_LEN]);

#endif
