/* Times are shown relative to the first packet of the file, whatever it is. */
#include "gateway/decode/capture.h"

#include <pcap/pcap.h>
#include <string.h>

#include "gateway/base/text.h"
#include "gateway/decode/packet.h"

bool capture_is(const uint8_t magic[4])
{
        /* pcap with micro- and nanoseconds and with a patch of 1999, either byte order; the section header of pcapng */
        static const uint8_t known[][4] = {
                {0xa1, 0xb2, 0xc3, 0xd4}, {0xd4, 0xc3, 0xb2, 0xa1}, {0xa1, 0xb2, 0x3c, 0x4d}, {0x4d, 0x3c, 0xb2, 0xa1},
                {0xa1, 0xb2, 0xcd, 0x34}, {0x34, 0xcd, 0xb2, 0xa1}, {0x0a, 0x0d, 0x0d, 0x0a},
        };
        for (size_t i = 0; i < sizeof known / sizeof *known; i++)
                if (memcmp(magic, known[i], sizeof known[i]) == 0)
                        return true;
        return false;
}

static bool link_find(int type, enum packet_link *link)
{
        static const struct {
                int type;
                enum packet_link link;
        } links[] = {
                {DLT_EN10MB, PACKET_ETHERNET}, {DLT_LINUX_SLL, PACKET_COOKED},
                {DLT_NULL, PACKET_LOOPBACK},   {DLT_LINUX_SLL2, PACKET_COOKED_2},
                {DLT_LOOP, PACKET_LOOPBACK},   {DLT_RAW, PACKET_RAW},
                {DLT_IPV4, PACKET_RAW},        {DLT_IPV6, PACKET_RAW},
        };
        for (size_t i = 0; i < sizeof links / sizeof *links; i++)
                if (links[i].type == type) {
                        *link = links[i].link;
                        return true;
                }
        return false;
}

static void fragment_note(struct show *show, int64_t time_ns, const struct segment *fragment)
{
        char from[IP_TEXT_SIZE], to[IP_TEXT_SIZE];
        struct show_place place = {.time_ns = time_ns};
        show_note(show, &place, "an IP fragment from %s to %s is left out: %zu bytes of TCP",
                  ip_print(&fragment->from.ip, from), ip_print(&fragment->to.ip, to), fragment->len);
}

static void packet_seen(struct show *show, struct wire *wire, int64_t time_ns, enum packet_kind kind,
                        const struct segment *segment)
{
        switch (kind) {
        case PACKET_SEGMENT:
                wire_segment(wire, time_ns, segment);
                break;
        case PACKET_FRAGMENT:
                fragment_note(show, time_ns, segment);
                break;
        case PACKET_CUT: /* nobody's, as far as can be told: ports and all are in what is missing */
        case PACKET_OTHER:
                break;
        }
}

static int64_t time_of(const struct pcap_pkthdr *header)
{
        return (int64_t)((uint64_t)header->ts.tv_sec * 1000000000u + (uint64_t)header->ts.tv_usec);
}

/* pcap_next_ex's last answer. */
static int packets_read(pcap_t *pcap, enum packet_link link, struct show *show, struct wire *wire)
{
        struct pcap_pkthdr *header;
        const u_char *bytes;
        uint64_t start = 0;
        int more;
        for (bool first = true; (more = pcap_next_ex(pcap, &header, &bytes)) == 1; first = false) {
                struct segment segment;
                if (first)
                        start = (uint64_t)time_of(header);
                int64_t since = (int64_t)((uint64_t)time_of(header) - start);
                packet_seen(show, wire, since, packet_read(link, bytes, header->caplen, &segment), &segment);
        }
        return more;
}

bool capture_decode(FILE *in, struct show *show, struct wire *wire, char *why, size_t size)
{
        char error[PCAP_ERRBUF_SIZE] = "";
        enum packet_link link;
        pcap_t *pcap = pcap_fopen_offline_with_tstamp_precision(in, PCAP_TSTAMP_PRECISION_NANO, error);
        if (!pcap) {
                fclose(in);
                text_printf(why, size, "%s", error);
                return false;
        }
        bool known = link_find(pcap_datalink(pcap), &link);
        int last = known ? packets_read(pcap, link, show, wire) : 0;
        if (!known)
                text_printf(why, size, "packets of link type %d (%s) cannot be read", pcap_datalink(pcap),
                            pcap_datalink_val_to_description_or_dlt(pcap_datalink(pcap)));
        else if (last == PCAP_ERROR)
                text_printf(why, size, "%s", pcap_geterr(pcap));
        pcap_close(pcap);
        return known && last != PCAP_ERROR;
}
