/* What it costs to turn packets of 20 ms from one codec into another, on the thread that relays them:
 *
 *     convert_bench [PACKETS]
 *
 * prints, for each pair, CPU per packet, and how many calls of two such streams would take a core. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "gateway/media/convert.h"
#include "gateway/media/rtp.h"

enum { PACKETS = 50000, LEN = 160, PACKETS_A_SECOND = 50, TONE = 8000, RATE = 16 };

static double cpu_ns(void)
{
        struct timespec now;
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
        return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

/* Noise on a tone: silence would be cheap. */
static void packet_make(enum codec codec, uint8_t packet[RTP_HEADER_LEN + LEN])
{
        struct voice_encoder encoder;
        int16_t samples[2 * LEN];
        struct rtp rtp = {.payload_type = codec_info(codec)->payload_type, .ssrc = 1};
        for (size_t i = 0; i < 2 * LEN; i++)
                samples[i] = (int16_t)(TONE * sin((double)i * 0.2 * 8 / RATE) + rand() % 1000);
        voice_encoder_start(&encoder, codec);
        voice_encode(&encoder, samples, packet + RTP_HEADER_LEN, LEN);
        rtp_write(&rtp, packet);
}

static void measure(enum codec from, enum codec to, unsigned packets)
{
        struct convert convert = {0};
        uint8_t made[RTP_HEADER_LEN + LEN], packet[sizeof made];
        packet_make(from, made);
        convert_agree(&convert, from, to);
        double before = cpu_ns();
        for (unsigned i = 0; i < packets; i++) {
                memcpy(packet, made, sizeof packet);
                convert_packet(&convert, RELAY_PHONE, packet, sizeof packet);
        }
        double ns = (cpu_ns() - before) / packets;
        printf("| %s to %s | %.1f us | %.0f |\n", codec_info(from)->name, codec_info(to)->name, ns / 1000,
               1e9 / (2 * PACKETS_A_SECOND * ns));
}

int main(int argc, char **argv)
{
        unsigned packets = argc > 1 ? (unsigned)atoi(argv[1]) : PACKETS;
        printf("| pair | CPU per packet of 20 ms | calls of two such ways that take one core |\n|---|---|---|\n");
        for (enum codec from = CODEC_NONE + 1; from < CODECS; from++)
                for (enum codec to = CODEC_NONE + 1; to < CODECS; to++)
                        if (convert_knows(from, to))
                                measure(from, to, packets ? packets : PACKETS);
        return 0;
}
