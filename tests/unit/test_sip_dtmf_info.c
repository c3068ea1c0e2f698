/* Bodies of INFO with a key, as they are found in the wild. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "sip/dtmf_info.h"

#define RELAY DTMF_RELAY_TYPE

static const struct {
        const char *type, *body;
        enum dtmf_found found;
        char digit;
        unsigned ms;
} bodies[] = {
        {RELAY, "Signal=5\r\nDuration=160\r\n", DTMF_KEY, '5', 160},
        {RELAY, "Signal= 5\nDuration= 160", DTMF_KEY, '5', 160},
        {RELAY, "Signal=*\r\nDuration=250", DTMF_KEY, '*', 250},
        {RELAY, "signal = #\r\n", DTMF_KEY, '#', 0},
        {RELAY, "Duration=100\r\nSignal=0\r\n", DTMF_KEY, '0', 100},
        {RELAY, "Signal=10\r\nDuration=100\r\n", DTMF_KEY, '*', 100},
        {RELAY, "Signal=11\r\n", DTMF_KEY, '#', 0},
        {RELAY, "Signal=15\r\n", DTMF_KEY, 'D', 0},
        {RELAY, "Signal=a\r\n", DTMF_KEY, 'A', 0},
        {"Application/DTMF-Relay", "Signal=7", DTMF_KEY, '7', 0},
        {RELAY, "Signal=7\r\nDuration=many\r\n", DTMF_KEY, '7', 0},
        {RELAY, "Signal=7\r\nDuration=99999999999999\r\n", DTMF_KEY, '7', 0},
        {"application/dtmf", "9", DTMF_KEY, '9', 0},
        {"application/dtmf", " 11\r\n", DTMF_KEY, '#', 0},
        {RELAY, "Signal=16\r\n", DTMF_OTHER, 0, 0},
        {RELAY, "Signal=hf\r\n", DTMF_OTHER, 0, 0},
        {"application/dtmf", "flash", DTMF_OTHER, 0, 0},
        {"application/media_control+xml", "<media_control/>", DTMF_OTHER, 0, 0},
        {NULL, "Signal=5", DTMF_OTHER, 0, 0},
        {RELAY, "", DTMF_BAD, 0, 0},
        {RELAY, "Signal=\r\n", DTMF_BAD, 0, 0},
        {RELAY, "Signal=x\r\n", DTMF_BAD, 0, 0},
        {RELAY, "Signal=300\r\n", DTMF_BAD, 0, 0},
        {RELAY, "Duration=100\r\n", DTMF_BAD, 0, 0},
        {"application/dtmf", "", DTMF_BAD, 0, 0},
        {"application/dtmf", "5 5", DTMF_BAD, 0, 0},
};

static void keys_are_read_whoever_writes_them(void **state)
{
        (void)state;
        for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++) {
                struct dtmf_info key;
                enum dtmf_found found = dtmf_info_read(bodies[i].type, bodies[i].body, strlen(bodies[i].body), &key);
                if (found != bodies[i].found || key.digit != bodies[i].digit || key.ms != bodies[i].ms)
                        fail_msg("\"%s\": %d, '%c', %u", bodies[i].body, found, key.digit, key.ms);
        }
}

static void every_key_is_read_as_it_was_written(void **state)
{
        (void)state;
        for (const char *digit = "0123456789*#ABCD"; *digit; digit++) {
                struct dtmf_info key = {.digit = *digit, .ms = 100}, read;
                char body[DTMF_INFO_SIZE];
                size_t len = dtmf_info_write(&key, body);
                assert_int_equal(dtmf_info_read(RELAY, body, len, &read), DTMF_KEY);
                assert_int_equal(read.digit, *digit);
                assert_int_equal(read.ms, 100);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(keys_are_read_whoever_writes_them),
                cmocka_unit_test(every_key_is_read_as_it_was_written),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
