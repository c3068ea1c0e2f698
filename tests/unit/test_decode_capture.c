/* Captures made here, packet by packet, and the text they give: who is the phone, which version it speaks, what was
 * lost, and what becomes of a capture that begins or ends anywhere. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/base/text.h"
#include "gateway/decode/decode.h"
#include "gateway/decode/wire.h"
#include "sccp/codec.h"

enum { RAW = 101, PHONE = 0, MANAGER = 1 }; /* LINKTYPE_RAW; the two ends */
enum { REGISTER_SIZE = 184 };               /* a whole one */
enum { FIN = 1, SYN = 2, RST = 4, ACK = 16 };

/* A capture being written, and the TCP connection packets are sent on. */
struct scene {
        FILE *file;
        char *bytes;
        size_t size;
        uint32_t ms; /* one later with every packet */
        uint16_t ports[2];
        uint32_t next[2]; /* sequence numbers */
        uint8_t version;  /* frames are made for */
};

static void word32(FILE *file, uint32_t word)
{
        fwrite(&word, 4, 1, file);
}

static void big16(uint8_t *at, size_t word)
{
        at[0] = (uint8_t)(word >> 8);
        at[1] = (uint8_t)word;
}

static void big32(uint8_t *at, uint32_t word)
{
        big16(at, word >> 16);
        big16(at + 2, word & 0xffff);
}

static void scene_start_link(struct scene *s, uint32_t link)
{
        *s = (struct scene){.ports = {49152, 2000}, .next = {1000, UINT32_MAX - 20}, .version = 17};
        s->file = open_memstream(&s->bytes, &s->size);
        assert_non_null(s->file);
        word32(s->file, 0xa1b2c3d4);
        word32(s->file, 2 | 4 << 16);
        word32(s->file, 0);
        word32(s->file, 0);
        word32(s->file, 262144);
        word32(s->file, link);
}

static void scene_start(struct scene *s)
{
        scene_start_link(s, RAW);
}

static void packet_at(struct scene *s, int from, uint32_t seq, unsigned flags, const uint8_t *bytes, size_t len)
{
        uint8_t head[40] = {0x45, [8] = 64, 6, [12] = 192, 0, 2, [16] = 192, 0, 2};
        big16(head + 2, sizeof head + len);
        head[15] = from == PHONE ? 77 : 10;
        head[19] = from == PHONE ? 10 : 77;
        big16(head + 20, s->ports[from]);
        big16(head + 22, s->ports[1 - from]);
        big32(head + 24, seq);
        big32(head + 28, s->next[1 - from]);
        head[32] = 0x50;
        head[33] = (uint8_t)flags;
        word32(s->file, s->ms / 1000);
        word32(s->file, s->ms % 1000 * 1000);
        word32(s->file, (uint32_t)(sizeof head + len));
        word32(s->file, (uint32_t)(sizeof head + len));
        fwrite(head, 1, sizeof head, s->file);
        if (len)
                fwrite(bytes, 1, len, s->file);
        s->ms++;
}

static void flagged(struct scene *s, int from, unsigned flags)
{
        packet_at(s, from, s->next[from], flags, NULL, 0);
        s->next[from] += 1;
}

static void shake_hands(struct scene *s)
{
        flagged(s, PHONE, SYN);
        flagged(s, MANAGER, SYN | ACK);
}

static void sent(struct scene *s, int from, const uint8_t *bytes, size_t len)
{
        packet_at(s, from, s->next[from], ACK, bytes, len);
        s->next[from] += (uint32_t)len;
}

/* Sent, and never captured. */
static void lost(struct scene *s, int from, size_t len)
{
        s->next[from] += (uint32_t)len;
}

struct frames {
        uint8_t bytes[8192];
        size_t len;
};

static void frame_add(const struct scene *s, struct frames *f, const struct sccp_message *m)
{
        struct sccp_context ctx = {.version = s->version};
        size_t len = sccp_encode(&ctx, m, f->bytes + f->len, sizeof f->bytes - f->len);
        assert_true(len);
        f->len += len;
}

static struct sccp_message registration(const struct scene *s, const char *name)
{
        struct sccp_message m = {.id = SCCP_REGISTER};
        text_copy(m.register_req.device_name, sizeof m.register_req.device_name, name);
        m.register_req.protocol_version = s->version;
        return m;
}

static struct sccp_message acceptance(const struct scene *s)
{
        struct sccp_message m = {.id = SCCP_REGISTER_ACK};
        m.register_ack.keepalive_s = 30;
        m.register_ack.protocol_version = s->version;
        return m;
}

static struct sccp_message tone(uint32_t call_ref)
{
        struct sccp_message m = {.id = SCCP_START_TONE};
        m.start_tone.tone = SCCP_TONE_INSIDE_DIAL;
        m.start_tone.line = 1;
        m.start_tone.call_ref = call_ref;
        return m;
}

static struct sccp_message off_hook(uint32_t call_ref)
{
        struct sccp_message m = {.id = SCCP_OFF_HOOK};
        m.off_hook.line = 1;
        m.off_hook.call_ref = call_ref;
        return m;
}

static void says(struct scene *s, int from, struct sccp_message m)
{
        struct frames f = {.len = 0};
        frame_add(s, &f, &m);
        sent(s, from, f.bytes, f.len);
}

static void registers(struct scene *s)
{
        shake_hands(s);
        says(s, PHONE, registration(s, "SEP001122334455"));
        says(s, MANAGER, acceptance(s));
}

/* What the scene gives; text is appended when it cannot be read. */
static char *scene_decoded(struct scene *s, size_t cut, const struct decode_options *options)
{
        char *out = NULL, why[256] = "";
        size_t size;
        fclose(s->file);
        FILE *in = fmemopen(s->bytes, s->size - cut, "r"), *to = open_memstream(&out, &size);
        assert_true(in && to);
        if (!decode_file(in, options, to, why, sizeof why))
                fprintf(to, "failed: %s\n", why);
        fclose(in);
        fclose(to);
        free(s->bytes);
        return out;
}

static const uint16_t ports[] = {2000, 2001};

static void scene_gives(struct scene *s, const char *expected)
{
        struct decode_options options = {.ports = ports, .n_ports = 2, .version = -1};
        char *out = scene_decoded(s, 0, &options);
        assert_string_equal(out, expected);
        free(out);
}

#define REGISTERED                                                                                                     \
        "    0.002000  SEP001122334455 --> Register device_name=\"SEP001122334455\" user_id=0 instance=0 "             \
        "station_ip=- "                                                                                                \
        "device_type=undefined max_streams=0 protocol_version=17\n"                                                    \
        "    0.003000  SEP001122334455 <-- RegisterAck keepalive_s=30 date_template=\"\" protocol_version=17\n"

static void a_phone_is_called_by_its_name(void **state)
{
        (void)state;
        struct scene s;
        scene_start(&s);
        registers(&s);
        says(&s, PHONE, off_hook(0));
        says(&s, MANAGER, tone(17));
        flagged(&s, PHONE, FIN | ACK);
        flagged(&s, MANAGER, RST);
        scene_gives(&s, REGISTERED "    0.004000  SEP001122334455 --> OffHook line=1\n"
                                   "    0.005000  SEP001122334455 <-- StartTone tone=inside_dial line=1 call_ref=17\n");
}

static void messages_share_and_span_segments(void **state)
{
        (void)state;
        struct scene s;
        scene_start(&s);
        struct frames f = {.len = 0};
        struct sccp_message m = off_hook(5), n = off_hook(6);
        shake_hands(&s);
        frame_add(&s, &f, &m);
        frame_add(&s, &f, &n);
        sent(&s, PHONE, f.bytes, f.len);
        for (size_t i = 0; i < f.len; i++)
                sent(&s, PHONE, f.bytes + i, 1);
        scene_gives(&s, "    0.002000  192.0.2.77:49152 --> OffHook line=1 call_ref=5\n"
                        "    0.002000  192.0.2.77:49152 --> OffHook line=1 call_ref=6\n"
                        "    0.022000  192.0.2.77:49152 --> OffHook line=1 call_ref=5\n"
                        "    0.042000  192.0.2.77:49152 --> OffHook line=1 call_ref=6\n");
}

static void a_capture_may_begin_inside_a_message(void **state)
{
        (void)state;
        struct scene s;
        scene_start(&s);
        struct frames f = {.len = 0};
        struct sccp_message first = registration(&s, "SEP001122334455"), second = off_hook(5);
        frame_add(&s, &f, &first);
        frame_add(&s, &f, &second);
        sent(&s, PHONE, f.bytes + 30, f.len - 30);
        scene_gives(&s, "    0.000000  192.0.2.77:49152 --> (154 bytes before the next whole message are skipped)\n"
                        "    0.000000  192.0.2.77:49152 --> OffHook line=1 call_ref=5\n");
        scene_start(&s); /* and with its first byte, in two segments */
        sent(&s, PHONE, f.bytes + REGISTER_SIZE, 15);
        sent(&s, PHONE, f.bytes + REGISTER_SIZE + 15, f.len - REGISTER_SIZE - 15);
        scene_gives(&s, "    0.001000  192.0.2.77:49152 --> OffHook line=1 call_ref=5\n");
}

static void missing_bytes_are_told_and_left_behind(void **state)
{
        (void)state;
        struct scene s;
        scene_start(&s);
        struct frames f = {.len = 0};
        struct sccp_message m = registration(&s, "SEP001122334455"), n = off_hook(5);
        registers(&s);
        frame_add(&s, &f, &m);
        frame_add(&s, &f, &n);
        sent(&s, PHONE, f.bytes, 20);
        lost(&s, PHONE, 80);
        sent(&s, PHONE, f.bytes + 100, f.len - 100);
        says(&s, MANAGER, tone(17)); /* acknowledges all */
        s.ms += 1000;
        says(&s, MANAGER, tone(18));
        says(&s, PHONE, off_hook(6));
        scene_gives(&s, REGISTERED
                    "    0.006000  SEP001122334455 <-- StartTone tone=inside_dial line=1 call_ref=17\n"
                    "    1.007000  SEP001122334455 <-- StartTone tone=inside_dial line=1 call_ref=18\n"
                    "    0.005000  SEP001122334455 --> (80 bytes are missing, and 20 bytes of the message before them "
                    "with it)\n"
                    "    0.005000  SEP001122334455 --> (84 bytes before the next whole message are skipped)\n"
                    "    0.005000  SEP001122334455 --> OffHook line=1 call_ref=5\n"
                    "    1.008000  SEP001122334455 --> OffHook line=1 call_ref=6\n");
}

static void garbage_is_told_and_left_behind(void **state)
{
        (void)state;
        struct scene s;
        scene_start(&s);
        shake_hands(&s);
        sent(&s, PHONE, (const uint8_t *)"GET / HTTP/1.1\r\n\r\n", 18);
        says(&s, PHONE, off_hook(6));
        sent(&s, PHONE, (const uint8_t *)"\x0c\0\0\0\0\0\0", 7);
        scene_gives(&s,
                    "    0.002000  192.0.2.77:49152 --> (no message: a length of 542393671; looking for the next one)\n"
                    "    0.003000  192.0.2.77:49152 --> (18 bytes before the next whole message are skipped)\n"
                    "    0.003000  192.0.2.77:49152 --> OffHook line=1 call_ref=6\n"
                    "    0.004000  192.0.2.77:49152 --> (the last 7 bytes belong to no whole message)\n");
}

static void used_ports_are_a_new_connection(void **state)
{
        (void)state;
        struct scene s;
        scene_start(&s);
        registers(&s);
        flagged(&s, PHONE, FIN | ACK);
        s.next[PHONE] = 5000000;
        s.next[MANAGER] = 70;
        s.version = 3;
        shake_hands(&s);
        says(&s, PHONE, registration(&s, "ATA001122334455"));
        says(&s, MANAGER, acceptance(&s));
        says(&s, MANAGER, tone(17));
        scene_gives(
                &s, REGISTERED
                "    0.007000  ATA001122334455 --> Register device_name=\"ATA001122334455\" user_id=0 instance=0 "
                "station_ip=- device_type=undefined max_streams=0 protocol_version=3\n"
                "    0.008000  ATA001122334455 <-- RegisterAck keepalive_s=30 date_template=\"\" protocol_version=3\n"
                "    0.009000  ATA001122334455 <-- StartTone tone=inside_dial line=1 call_ref=17\n");
}

static void retransmitted_segments_are_read_once(void **state)
{
        (void)state;
        struct scene s;
        scene_start(&s);
        struct frames f = {.len = 0};
        struct sccp_message m = off_hook(5);
        shake_hands(&s);
        s.next[PHONE]--;
        flagged(&s, PHONE, SYN); /* once more */
        frame_add(&s, &f, &m);
        for (int i = 0; i < 3; i++)
                packet_at(&s, PHONE, s.next[PHONE], ACK, f.bytes, f.len);
        scene_gives(&s, "    0.003000  192.0.2.77:49152 --> OffHook line=1 call_ref=5\n");
}

static void the_phone_is_found_without_a_port(void **state)
{
        (void)state;
        for (int opened = 0; opened < 2; opened++) {
                struct scene s;
                scene_start(&s);
                s.ports[PHONE] = 2001; /* both are call managers' */
                if (opened)
                        shake_hands(&s);
                says(&s, MANAGER, tone(17));
                says(&s, PHONE, off_hook(17));
                scene_gives(&s,
                            opened ? "    0.002000  192.0.2.77:2001 <-- StartTone tone=inside_dial line=1 call_ref=17\n"
                                     "    0.003000  192.0.2.77:2001 --> OffHook line=1 call_ref=17\n"
                                   : "    0.000000  192.0.2.77:2001 <-- StartTone tone=inside_dial line=1 call_ref=17\n"
                                     "    0.001000  192.0.2.77:2001 --> OffHook line=1 call_ref=17\n");
        }
}

static void other_ports_are_left_alone(void **state)
{
        (void)state;
        struct scene s;
        scene_start(&s);
        s.ports[MANAGER] = 2002;
        registers(&s);
        scene_gives(&s, "");
}

static void all_connections_together_are_bounded(void **state)
{
        (void)state;
        struct scene s;
        scene_start(&s);
        for (unsigned i = 0; i <= WIRE_CONNECTIONS_MAX; i++) {
                s.ports[PHONE] = (uint16_t)(10000 + i);
                sent(&s, PHONE, (const uint8_t *)"\x0c", 1);
        }
        struct decode_options options = {.ports = ports, .n_ports = 2, .version = -1};
        char *out = scene_decoded(&s, 0, &options);
        assert_non_null(strstr(out, "192.0.2.77:10000 --> (more than 1024 connections: this one is forgotten)"));
        assert_null(strstr(out, "192.0.2.77:10001 --> (more"));
        free(out);
}

static void a_capture_that_ends_early_is_read_so_far(void **state)
{
        (void)state;
        struct scene s;
        scene_start(&s);
        struct decode_options options = {.ports = ports, .n_ports = 2, .version = -1};
        registers(&s);
        says(&s, PHONE, off_hook(0));
        char *out = scene_decoded(&s, 1, &options);
        assert_memory_equal(out, REGISTERED "failed: ", sizeof REGISTERED - 1 + 8);
        assert_non_null(strstr(out, "truncated"));
        free(out);
}

static void an_unknown_link_type_is_refused(void **state)
{
        (void)state;
        struct scene s;
        scene_start_link(&s, 105); /* wireless */
        scene_gives(&s, "failed: packets of link type 105 (802.11) cannot be read\n");
}

static void fragments_are_left_out_and_told(void **state)
{
        (void)state;
        struct scene s;
        scene_start(&s);
        uint8_t datagram[60] = {0x45, 0, 0, 60, 0, 0, 0x20, 0, 64, 6, 0, 0, 192, 0, 2, 77, 192, 0, 2, 10};
        word32(s.file, 0);
        word32(s.file, 0);
        word32(s.file, sizeof datagram);
        word32(s.file, sizeof datagram);
        fwrite(datagram, 1, sizeof datagram, s.file);
        scene_gives(&s,
                    "    0.000000  phone --- (an IP fragment from 192.0.2.77 to 192.0.2.10 is left out: 40 bytes of "
                    "TCP)\n");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_phone_is_called_by_its_name),
                cmocka_unit_test(messages_share_and_span_segments),
                cmocka_unit_test(a_capture_may_begin_inside_a_message),
                cmocka_unit_test(missing_bytes_are_told_and_left_behind),
                cmocka_unit_test(garbage_is_told_and_left_behind),
                cmocka_unit_test(used_ports_are_a_new_connection),
                cmocka_unit_test(retransmitted_segments_are_read_once),
                cmocka_unit_test(the_phone_is_found_without_a_port),
                cmocka_unit_test(other_ports_are_left_alone),
                cmocka_unit_test(all_connections_together_are_bounded),
                cmocka_unit_test(a_capture_that_ends_early_is_read_so_far),
                cmocka_unit_test(an_unknown_link_type_is_refused),
                cmocka_unit_test(fragments_are_left_out_and_told),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
