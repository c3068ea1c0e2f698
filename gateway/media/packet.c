/* RFC 3550 fixed headers. */
#include "gateway/media/packet.h"

#define VERSION         2
#define RTP_HEADER_LEN  12
#define CSRC_LEN        4
#define RTCP_HEADER_LEN 8 /* with the sender's SSRC, which every type of report has */

/* Packet types of RTCP, which are the payload types 64 to 95 of RTP with the marker: nobody may use those. */
enum { RTCP_CLAIM_FIRST = 192, RTCP_CLAIM_LAST = 223 };

enum { RTCP_FIRST_TYPE = 200 /* sender report */, RTCP_LAST_TYPE = 207 /* extended report */ };

static unsigned version(const uint8_t *bytes)
{
        return bytes[0] >> 6;
}

bool packet_claims_rtcp(const uint8_t *bytes, size_t len)
{
        return len > 1 && bytes[1] >= RTCP_CLAIM_FIRST && bytes[1] <= RTCP_CLAIM_LAST;
}

uint8_t packet_type(const uint8_t *rtp)
{
        return rtp[1] & 0x7f;
}

uint32_t packet_ssrc(const uint8_t *bytes, bool rtcp)
{
        const uint8_t *at = bytes + (rtcp ? 4 : 8);
        return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

bool packet_is_rtp(const uint8_t *bytes, size_t len)
{
        if (len < RTP_HEADER_LEN || version(bytes) != VERSION)
                return false;
        size_t sources = bytes[0] & 0x0f;
        return len >= RTP_HEADER_LEN + sources * CSRC_LEN;
}

/* Its length field counts 32-bit words without the first. */
bool packet_is_rtcp(const uint8_t *bytes, size_t len)
{
        if (len < RTCP_HEADER_LEN || version(bytes) != VERSION)
                return false;
        size_t words = (size_t)bytes[2] << 8 | bytes[3];
        return bytes[1] >= RTCP_FIRST_TYPE && bytes[1] <= RTCP_LAST_TYPE && (words + 1) * 4 <= len;
}
