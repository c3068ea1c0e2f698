/* Packets of one stream whose sides speak different codecs, each turned into the other side's. A byte of every codec
 * here is a unit of the timestamp (voice.h), so a packet keeps its header but for the payload type, and its length:
 * what is converted is its payload, in place. Nothing is buffered and nothing allocated per packet; what is lost is
 * lost on both sides. Pure. */
#ifndef SCCPGW_MEDIA_CONVERT_H
#define SCCPGW_MEDIA_CONVERT_H

#include "gateway/media/relay.h"
#include "gateway/media/resample.h"
#include "gateway/media/voice.h"

struct convert_way;
typedef void convert_run(struct convert_way *way, uint8_t *bytes, size_t len);

/* What comes from one side. */
struct convert_way {
        enum codec to;   /* CODEC_NONE: nothing is converted */
        enum codec from; /* what the newest packet was */
        convert_run *run;
        uint32_t ssrc;
        struct voice_decoder decoder;
        struct voice_encoder encoder;
        struct resample resample;
};

struct convert {
        struct convert_way from[2]; /* by enum relay_side */
};

/* A converter between these two exists. */
bool convert_knows(enum codec from, enum codec to);

/* What each side is to hear; said again nothing changes. */
void convert_agree(struct convert *convert, enum codec phone, enum codec far);

/* A packet of RTP with the static payload type of its codec; other than voice of these codecs it is left alone,
 * telephone events and comfort noise among it, and what the other side speaks already. */
void convert_packet(struct convert *convert, enum relay_side from, uint8_t *packet, size_t len);

#endif
