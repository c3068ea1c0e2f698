/* The fixed header, and the way past what may follow it. */
#include "gateway/media/rtp.h"

#include "gateway/media/packet.h"

enum { PADDED = 0x20, EXTENDED = 0x10, SOURCES = 0x0f, MARKER = 0x80, VERSION_2 = 0x80, WORD = 4 };

static uint16_t get16(const uint8_t *at)
{
        return (uint16_t)(at[0] << 8 | at[1]);
}

static uint32_t get32(const uint8_t *at)
{
        return (uint32_t)get16(at) << 16 | get16(at + 2);
}

static void put16(uint8_t *at, unsigned value)
{
        at[0] = (uint8_t)(value >> 8);
        at[1] = (uint8_t)value;
}

static void put32(uint8_t *at, uint32_t value)
{
        put16(at, value >> 16);
        put16(at + 2, value & 0xffff);
}

/* Where the payload begins; 0 when the packet ends before. */
static size_t payload_begin(const uint8_t *bytes, size_t len)
{
        size_t begin = RTP_HEADER_LEN + (size_t)(bytes[0] & SOURCES) * WORD;
        if (bytes[0] & EXTENDED) {
                if (len < begin + WORD)
                        return 0;
                begin += WORD + (size_t)get16(bytes + begin + 2) * WORD;
        }
        return begin <= len ? begin : 0;
}

bool rtp_read(const uint8_t *bytes, size_t len, struct rtp *rtp, const uint8_t **payload, size_t *payload_len)
{
        if (!packet_is_rtp(bytes, len))
                return false;
        size_t begin = payload_begin(bytes, len);
        size_t padding = bytes[0] & PADDED ? bytes[len - 1] : 0;
        if (begin == 0 || padding > len - begin)
                return false;
        *rtp = (struct rtp){
                .payload_type = bytes[1] & (uint8_t)~MARKER,
                .marker = bytes[1] & MARKER,
                .sequence = get16(bytes + 2),
                .timestamp = get32(bytes + 4),
                .ssrc = get32(bytes + 8),
        };
        *payload = bytes + begin;
        *payload_len = len - begin - padding;
        return true;
}

void rtp_write(const struct rtp *rtp, uint8_t header[RTP_HEADER_LEN])
{
        header[0] = VERSION_2;
        header[1] = (uint8_t)(rtp->payload_type | (rtp->marker ? MARKER : 0));
        put16(header + 2, rtp->sequence);
        put32(header + 4, rtp->timestamp);
        put32(header + 8, rtp->ssrc);
}
