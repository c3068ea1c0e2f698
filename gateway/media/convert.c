/* A row per pair of codecs: G.711 byte by byte, to and from G.722 by way of samples at twice or half the rate. */
#include "gateway/media/convert.h"

#include "gateway/media/g711.h"
#include "gateway/media/packet.h"
#include "gateway/media/rtp.h"

enum { PIECE = RESAMPLE_MOST / 2 /* bytes at once: 20 ms */, TYPE_AT = 1, MARKER = 0x80 };

static void ulaw_to_alaw(struct convert_way *way, uint8_t *bytes, size_t len)
{
        (void)way;
        for (size_t i = 0; i < len; i++)
                bytes[i] = alaw_encode(ulaw_decode(bytes[i]));
}

static void alaw_to_ulaw(struct convert_way *way, uint8_t *bytes, size_t len)
{
        (void)way;
        for (size_t i = 0; i < len; i++)
                bytes[i] = ulaw_encode(alaw_decode(bytes[i]));
}

static void widen(struct convert_way *way, uint8_t *bytes, size_t len)
{
        int16_t narrow[PIECE], wide[2 * PIECE];
        voice_decode(&way->decoder, bytes, len, narrow);
        resample_up(&way->resample, narrow, len, wide);
        voice_encode(&way->encoder, wide, bytes, len);
}

static void narrow(struct convert_way *way, uint8_t *bytes, size_t len)
{
        int16_t wide[2 * PIECE], narrow[PIECE];
        voice_decode(&way->decoder, bytes, len, wide);
        resample_down(&way->resample, wide, 2 * len, narrow);
        voice_encode(&way->encoder, narrow, bytes, len);
}

static const struct converter {
        enum codec from, to;
        convert_run *run;
} converters[] = {
        {CODEC_PCMU, CODEC_PCMA, ulaw_to_alaw}, {CODEC_PCMA, CODEC_PCMU, alaw_to_ulaw},
        {CODEC_PCMU, CODEC_G722, widen},        {CODEC_PCMA, CODEC_G722, widen},
        {CODEC_G722, CODEC_PCMU, narrow},       {CODEC_G722, CODEC_PCMA, narrow},
};

static convert_run *converter_find(enum codec from, enum codec to)
{
        for (size_t i = 0; i < sizeof converters / sizeof *converters; i++)
                if (converters[i].from == from && converters[i].to == to)
                        return converters[i].run;
        return NULL;
}

bool convert_knows(enum codec from, enum codec to)
{
        return converter_find(from, to);
}

static void way_agree(struct convert_way *way, enum codec to)
{
        if (way->to != to)
                *way = (struct convert_way){.to = to};
}

void convert_agree(struct convert *convert, enum codec phone, enum codec far)
{
        way_agree(&convert->from[RELAY_PHONE], far);
        way_agree(&convert->from[RELAY_SIP], phone);
}

/* The state of a codec is that of one source. */
static void way_begin(struct convert_way *way, enum codec from, uint32_t ssrc)
{
        way->from = from;
        way->ssrc = ssrc;
        way->run = converter_find(from, way->to);
        way->resample = (struct resample){0};
        if (!way->run)
                return;
        voice_decoder_start(&way->decoder, from);
        voice_encoder_start(&way->encoder, way->to);
}

void convert_packet(struct convert *convert, enum relay_side from, uint8_t *packet, size_t len)
{
        struct convert_way *way = &convert->from[from];
        struct rtp rtp;
        const uint8_t *payload;
        size_t payload_len;
        if (!rtp_read(packet, len, &rtp, &payload, &payload_len))
                return;
        enum codec codec = voice_codec_of(rtp.payload_type);
        if (codec == CODEC_NONE)
                return;
        if (way->from != codec || way->ssrc != rtp.ssrc)
                way_begin(way, codec, rtp.ssrc);
        if (!way->run)
                return;
        uint8_t *bytes = packet + (payload - packet);
        for (size_t at = 0; at < payload_len; at += PIECE)
                way->run(way, bytes + at, payload_len - at < PIECE ? payload_len - at : PIECE);
        packet[TYPE_AT] = (uint8_t)((packet[TYPE_AT] & MARKER) | codec_info(way->to)->payload_type);
}
