/* Any bytes as packets of a stream that is converted: none grows or shrinks, nothing beside the payload changes but the
 * payload type, and what comes out is voice of the other side's codec, or was none of these. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/media/convert.h"
#include "gateway/media/rtp.h"

static const enum codec codecs[] = {CODEC_PCMU, CODEC_PCMA, CODEC_G722, CODEC_NONE};

/* In a block of exactly that size. */
static void convert_one(struct convert *convert, enum relay_side side, const uint8_t *data, size_t len)
{
        uint8_t *packet = malloc(len ? len : 1);
        struct rtp rtp;
        const uint8_t *payload;
        size_t payload_len;
        assert(packet);
        memcpy(packet, data, len);
        convert_packet(convert, side, packet, len);
        enum codec to = convert->from[side].to;
        if (rtp_read(data, len, &rtp, &payload, &payload_len)) {
                enum codec from = voice_codec_of(rtp.payload_type);
                assert(memcmp(packet + 2, data + 2, (size_t)(payload - data) - 2) == 0);
                assert((packet[1] & 0x80) == (data[1] & 0x80));
                if (convert_knows(from, to))
                        assert((packet[1] & 0x7f) == codec_info(to)->payload_type);
                else
                        assert(memcmp(packet, data, len) == 0);
        } else {
                assert(memcmp(packet, data, len) == 0);
        }
        free(packet);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
/* A byte says who speaks and what is agreed, two how long the packet is. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        struct convert convert = {0};
        while (size > 3) {
                size_t len = (size_t)(data[1] & 7) << 8 | data[2];
                convert_agree(&convert, codecs[data[0] >> 1 & 3], codecs[data[0] >> 3 & 3]);
                enum relay_side side = data[0] & 1 ? RELAY_SIP : RELAY_PHONE;
                data += 3;
                size -= 3;
                len = len < size ? len : size;
                convert_one(&convert, side, data, len);
                data += len;
                size -= len;
        }
        return 0;
}
