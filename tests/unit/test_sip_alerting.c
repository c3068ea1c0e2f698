/* How callers ask for a ring or an answer: what real PBXs write, and what means nothing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>
#include <sofia-sip/msg.h>
#include <sofia-sip/sip_header.h>

#include "gateway/base/text.h"
#include "sip/alerting.h"

static struct alerting read_headers(const char *headers)
{
        char text[4096];
        struct alerting got;
        assert_true(text_printf(text, sizeof text,
                                "INVITE sip:u7x@192.0.2.1 SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.2;branch=z9hG4bK1\r\n"
                                "Call-ID: 1\r\nCSeq: 1 INVITE\r\nFrom: <sip:1@pbx>;tag=1\r\nTo: <sip:2@pbx>\r\n"
                                "%sContent-Length: 0\r\n\r\n",
                                headers));
        msg_t *msg = msg_make(sip_default_mclass(), 0, text, (ssize_t)strlen(text));
        assert_non_null(msg);
        alerting_read(sip_object(msg), &got);
        msg_destroy(msg);
        return got;
}

static const struct {
        const char *headers;
        struct alerting expected;
} asks[] = {
        {"", {0}},
        /* Call-Info */
        {"Call-Info: <sip:pbx>;answer-after=0\r\n", {.answer = true}},
        {"Call-Info: <sip:127.0.0.1>; Answer-After=3\r\n", {.answer = true, .answer_after_s = 3}},
        {"Call-Info: <http://pbx/a.png>;purpose=icon, <sip:pbx>;answer-after=0\r\n", {.answer = true}},
        {"Call-Info: <sip:pbx>;answer-after=0;mic=off\r\n", {.answer = true, .one_way = true}},
        {"Call-Info: <sip:pbx>;answer-after=never\r\n", {0}},
        {"Call-Info: <sip:pbx>;answer-after=61\r\n", {0}},
        {"Call-Info: <sip:pbx>;answer-after=-1\r\n", {0}},
        {"Call-Info: <sip:pbx>;answer-after=99999999999999999999\r\n", {0}},
        {"Call-Info: <sip:pbx;answer-after=0>\r\n", {0}},
        {"Call-Info: intercom\r\n", {0}},
        /* Alert-Info that asks for an answer */
        {"Alert-Info: info=alert-autoanswer\r\n", {.answer = true}},
        {"Alert-Info: <http://pbx>;info=alert-autoanswer;delay=0\r\n", {.answer = true}},
        {"Alert-Info: <http://pbx>;info=alert-autoanswer;delay=2\r\n", {.answer = true, .answer_after_s = 2}},
        {"Alert-Info: http://www.notused.com;info=alert-autoanswer\r\n", {.answer = true}},
        {"Alert-Info: <sip:pbx>;info=\"Auto Answer\"\r\n", {.answer = true}},
        {"Alert-Info: Auto Answer\r\n", {.answer = true}},
        {"Alert-Info: Ring Answer\r\n", {.answer = true}},
        {"Alert-Info: <intercom>\r\n", {.answer = true}},
        {"Alert-Info: ;answer-after=0\r\n", {.answer = true}},
        {"alert-info: <sip:pbx>;INFO=Intercom;mic=off\r\n", {.answer = true, .one_way = true}},
        {"Alert-Info: <sip:pbx>;delay=2\r\n", {.answer_after_s = 2}},
        /* RFC 5373 */
        {"Answer-Mode: Auto\r\n", {.answer = true}},
        {"Priv-Answer-Mode: auto\r\n", {.answer = true}},
        {"Answer-Mode: Auto;require\r\n", {.answer = true, .required = true}},
        {"Answer-Mode: Manual;require\r\n", {0}},
        {"Answer-Mode: Automatic\r\n", {0}},
        /* rings */
        {"Alert-Info: <urn:alert:source:internal>\r\n", {.ring = RING_INSIDE}},
        {"Alert-Info: <urn:alert:source:external>\r\n", {.ring = RING_OUTSIDE}},
        {"Alert-Info: <urn:alert:priority:high>\r\n", {.ring = RING_URGENT}},
        {"Alert-Info: <http://127.0.0.1/Bellcore-dr3>\r\n", {.ring = RING_BELLCORE_3}},
        {"Alert-Info: <Bellcore-dr1>\r\n", {.ring = RING_BELLCORE_1}},
        {"Alert-Info: bellcore-DR5\r\n", {.ring = RING_BELLCORE_5}},
        {"Alert-Info: <http://pbx>;info=Bellcore-dr2\r\n", {.ring = RING_BELLCORE_2}},
        {"Alert-Info: <http://pbx>;info=ring4\r\n", {.ring = RING_BELLCORE_4}},
        {"Alert-Info: <http://pbx>;info=alert-group;x-line-id=0\r\n", {.ring = RING_FEATURE}},
        {"Alert-Info: <http://pbx>;info=alert-external\r\n", {.ring = RING_OUTSIDE}},
        {"Alert-Info: <urn:alert:tone:nobody-knows>, <urn:alert:source:external>\r\n", {.ring = RING_OUTSIDE}},
        {"Alert-Info: <urn:alert:source:internal>, <urn:alert:source:external>\r\n", {.ring = RING_INSIDE}},
        {"Alert-Info: <urn:alert:source:internal>\r\nAlert-Info: <Bellcore-dr2>\r\n", {.ring = RING_INSIDE}},
        /* what is not known, or is none of ours, is an ordinary ring */
        {"Alert-Info: <Bellcore-dr6>\r\n", {0}},
        {"Alert-Info: <Bellcore-dr22>\r\n", {0}},
        {"Alert-Info: <Bellcore-dr>\r\n", {0}},
        {"Alert-Info: silent\r\n", {0}},
        {"Alert-Info: <http://pbx/ring.wav>;info=\r\n", {0}},
        {"Alert-Info: \r\n", {0}},
        {"Alert-Info: <<<>>>;;;=,,=;\"\r\n", {0}},
        {"Alert-Info: \"unfinished;info=intercom\r\n", {0}},
};

static void headers_ask_for_what_pbxs_mean(void **state)
{
        (void)state;
        for (size_t i = 0; i < sizeof asks / sizeof *asks; i++) {
                struct alerting got = read_headers(asks[i].headers);
                const struct alerting *want = &asks[i].expected;
                if (got.ring != want->ring || got.answer != want->answer || got.required != want->required ||
                    got.one_way != want->one_way || got.answer_after_s != want->answer_after_s)
                        fail_msg("%sring %d, answer %d, required %d, one way %d, after %u", asks[i].headers, got.ring,
                                 got.answer, got.required, got.one_way, got.answer_after_s);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {cmocka_unit_test(headers_ask_for_what_pbxs_mean)};
        return cmocka_run_group_tests(tests, NULL, NULL);
}
