/* What a transfer's peer tells in its NOTIFYs: the first line of a response, as hostile as any text. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "sip/refer.h"

static void fragments_are_read_or_mean_nothing(void **state)
{
        (void)state;
        static const struct {
                const char *body;
                int status;
                const char *reason;
        } rows[] = {
                {"SIP/2.0 200 OK", 200, "OK"},
                {"SIP/2.0 200 OK\r\n", 200, "OK"},
                {"SIP/2.0 486 Busy Here\r\nContact: <sip:x>\r\n", 486, "Busy Here"},
                {"sip/2.0 180 Ringing\n", 180, "Ringing"},
                {"SIP/2.0 603", 603, ""},
                {"SIP/2.0 603\r\n", 603, ""},
                {"SIP/2.0 99 Low", 0, NULL},
                {"SIP/2.0 700 High", 0, NULL},
                {"SIP/2.0 2", 0, NULL},
                {"SIP/2.0 20x OK", 0, NULL},
                {"SIP/3.0 200 OK", 0, NULL},
                {"", 0, NULL},
                {"SIP/2.0 486 Be\x01sy\x1b[31m", 486, NULL},
        };
        for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
                char reason[SIP_REASON_MAX];
                assert_int_equal(refer_fragment(rows[i].body, strlen(rows[i].body), reason), rows[i].status);
                if (rows[i].reason)
                        assert_string_equal(reason, rows[i].reason);
                for (const char *c = reason; *c; c++)
                        assert_true((unsigned char)*c >= ' ');
        }
}

static void no_fragment_is_read_beyond_its_end(void **state)
{
        (void)state;
        static const char text[] = "SIP/2.0 200 OK";
        for (size_t len = 0; len < sizeof text; len++) {
                char reason[SIP_REASON_MAX], *body = test_malloc(len ? len : 1);
                memcpy(body, text, len);
                int status = refer_fragment(body, len, reason);
                assert_int_equal(status, len < 11 ? 0 : 200);
                test_free(body);
        }
}

static void contact_says_where_somebody_went(void **state)
{
        (void)state;
        static const struct {
                const char *body, *where;
        } rows[] = {
                {"SIP/2.0 200 OK\r\n", ""},
                {"SIP/2.0 200 OK\r\nContact: <sip:701@pbx>\r\n", "701"},
                {"SIP/2.0 200 OK\r\nTo: <sip:700@pbx>\r\ncontact : <sip:702@pbx>\r\nm: \"Lot\" <sip:703@pbx;x=y>\r\n",
                 "703"},
                {"SIP/2.0 200 OK\r\nContact:sip:704@pbx", "704"},
                {"SIP/2.0 200 OK\r\nContact:", ""},
                {"SIP/2.0 200 OK\r\nContact: *\r\n", ""},
                {"SIP/2.0 200 OK\nContact: <sip:7\x01"
                 "05@pbx>\n",
                 NULL},
                {"", ""},
        };
        for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
                char where[SIP_NUMBER_MAX];
                refer_where(rows[i].body, strlen(rows[i].body), where);
                if (rows[i].where)
                        assert_string_equal(where, rows[i].where);
                for (const char *c = where; *c; c++)
                        assert_true((unsigned char)*c >= ' ');
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(contact_says_where_somebody_went),
                cmocka_unit_test(fragments_are_read_or_mean_nothing),
                cmocka_unit_test(no_fragment_is_read_beyond_its_end),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
