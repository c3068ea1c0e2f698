/* What counts as RTP and RTCP, byte by byte; packets lie in heap blocks of exactly their length. */
#include "gateway/media/packet.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static bool judge(bool (*is_valid)(const uint8_t *bytes, size_t len), const uint8_t *bytes, size_t len)
{
        uint8_t *block = malloc(len + 1), *exact = block + 1; /* malloc(0) need not answer with a block */
        assert_non_null(block);
        memcpy(exact, bytes, len);
        bool valid = is_valid(exact, len);
        free(block);
        return valid;
}

static void a_header_of_12_bytes_and_version_2_is_rtp(void **state)
{
        (void)state;
        uint8_t packet[172] = {0x80, 0x00, 0x12, 0x34};
        for (size_t len = 0; len <= sizeof packet; len++)
                assert_int_equal(judge(packet_is_rtp, packet, len), len >= 12);
        for (unsigned version = 0; version < 4; version++) {
                packet[0] = (uint8_t)(version << 6);
                assert_int_equal(judge(packet_is_rtp, packet, sizeof packet), version == 2);
        }
}

static void contributing_sources_must_be_there(void **state)
{
        (void)state;
        uint8_t packet[12 + 15 * 4] = {0};
        for (unsigned count = 0; count < 16; count++) {
                packet[0] = (uint8_t)(0x80 | count);
                assert_true(judge(packet_is_rtp, packet, 12 + count * 4));
                assert_false(judge(packet_is_rtp, packet, 12 + count * 4 - 1));
        }
}

static void stun_and_dtls_are_not_rtp(void **state)
{
        (void)state;
        static const uint8_t stun[20] = {0x00, 0x01, 0x00, 0x00, 0x21, 0x12, 0xa4, 0x42};
        static const uint8_t dtls[32] = {0x16, 0xfe, 0xff};
        assert_false(judge(packet_is_rtp, stun, sizeof stun));
        assert_false(judge(packet_is_rtp, dtls, sizeof dtls));
        assert_false(judge(packet_is_rtcp, stun, sizeof stun));
}

static void rtcp_has_a_known_type_and_a_length_that_fits(void **state)
{
        (void)state;
        uint8_t report[28] = {0x80, 200, 0, 6};
        for (size_t len = 0; len <= sizeof report; len++)
                assert_int_equal(judge(packet_is_rtcp, report, len), len == sizeof report);
        for (unsigned type = 0; type < 256; type++) {
                report[1] = (uint8_t)type;
                assert_int_equal(judge(packet_is_rtcp, report, sizeof report), type >= 200 && type <= 207);
        }
        report[1] = 201;
        report[0] = 0x40;
        assert_false(judge(packet_is_rtcp, report, sizeof report));
}

static void the_shortest_rtcp_has_8_bytes(void **state)
{
        (void)state;
        static const uint8_t empty_report[8] = {0x80, 201, 0, 1};
        assert_true(judge(packet_is_rtcp, empty_report, sizeof empty_report));
        assert_false(judge(packet_is_rtcp, empty_report, 4));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_header_of_12_bytes_and_version_2_is_rtp),
                cmocka_unit_test(contributing_sources_must_be_there),
                cmocka_unit_test(stun_and_dtls_are_not_rtp),
                cmocka_unit_test(rtcp_has_a_known_type_and_a_length_that_fits),
                cmocka_unit_test(the_shortest_rtcp_has_8_bytes),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
