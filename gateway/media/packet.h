/* Is it RTP, is it RTCP? What the relay looks at in a packet, and all it looks at. Pure. */
#ifndef SCCPGW_MEDIA_PACKET_H
#define SCCPGW_MEDIA_PACKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

bool packet_is_rtp(const uint8_t *bytes, size_t len);  /* RFC 3550 section 5.1; STUN and DTLS fail the version */
bool packet_is_rtcp(const uint8_t *bytes, size_t len); /* RFC 3550 section 6.4, RFC 4585, RFC 3611; reduced size too */
/* RTP and RTCP on one port (RFC 5761 section 4): which of both a packet claims to be. */
bool packet_claims_rtcp(const uint8_t *bytes, size_t len);
/* The source by the header of a packet that is RTP, or RTCP. */
uint8_t packet_type(const uint8_t *rtp); /* payload type */
uint32_t packet_ssrc(const uint8_t *bytes, bool rtcp);

#endif
