/* Any bytes as headers that ask for a ring or an answer: whatever comes out is a ring there is and a time to wait. */
#include <assert.h>
#include <stdint.h>

#include "sip/alerting.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        static void (*const readers[])(const char *, size_t, struct alerting *) = {
                alerting_alert_info, alerting_call_info, alerting_answer_mode};
        for (size_t i = 0; i < sizeof readers / sizeof *readers; i++) {
                struct alerting out = {0};
                readers[i]((const char *)data, size, &out);
                assert(out.ring <= RING_BELLCORE_5 && out.answer_after_s <= ALERTING_AFTER_MAX);
                assert(i != 1 || out.ring == RING_DEFAULT || size > 5); /* Call-Info has "info=" at most */
        }
        return 0;
}
