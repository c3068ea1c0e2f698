/* What the relay reads of RTP and RTCP, on bytes from anybody: the headers, the payload's place, and the counters of a
 * stream that such packets make. The input is packets, each behind a byte with its length. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/media/packet.h"
#include "gateway/media/reception.h"
#include "gateway/media/rtp.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void packet_try(struct reception *reception, const uint8_t *bytes, size_t len, int64_t now_us)
{
        struct rtp rtp;
        const uint8_t *payload;
        size_t payload_len;
        bool is_rtp = packet_is_rtp(bytes, len);
        if (packet_is_rtcp(bytes, len)) {
                assert(packet_claims_rtcp(bytes, len));
                (void)packet_ssrc(bytes, true);
        }
        if (rtp_read(bytes, len, &rtp, &payload, &payload_len)) {
                assert(is_rtp && rtp.ssrc == packet_ssrc(bytes, false));
                assert(payload >= bytes && payload + payload_len <= bytes + len);
        }
        if (is_rtp)
                reception_note(reception, bytes, now_us, 8000);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        struct reception reception = {0};
        uint64_t packets = 0, lost = 0;
        while (size > 1) {
                size_t len = data[0] < size ? data[0] : size - 1;
                uint8_t *exact = malloc(len ? len : 1); /* so that reading past the end is found */
                if (!exact)
                        break;
                memcpy(exact, data + 1, len);
                packet_try(&reception, exact, len, (int64_t)(20000 * packets++));
                free(exact);
                assert(reception_lost(&reception) + 65536 * (packets + 1) >= lost);
                lost = reception_lost(&reception);
                assert(lost <= 3000 * packets); /* a greater gap is a new beginning */
                data += len + 1;
                size -= len + 1;
        }
        return 0;
}
