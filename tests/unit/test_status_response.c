/* The head of an HTTP response as our client reads it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/status/client.h"
#include "gateway/status/response.h"

#define GOOD "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\n"

/* In a block of exactly its size: reading on would be noticed. */
static enum response_read read_exactly(const char *bytes, size_t len, struct response_head *head)
{
        char *copy = malloc(len ? len : 1);
        assert_non_null(copy);
        memcpy(copy, bytes, len);
        enum response_read result = response_read(copy, len, head);
        free(copy);
        return result;
}

static void heads_that_are_some(void **state)
{
        (void)state;
        static const struct {
                const char *text;
                struct response_head head;
        } rows[] = {
                {GOOD "hello", {200, true, 5, strlen(GOOD)}},
                {"HTTP/1.0 503 Service Unavailable\r\n\r\n", {503, false, 0, 36}},
                {"HTTP/1.1 204\r\n\r\n", {204, false, 0, 16}},
                {"HTTP/1.1 200 \r\ncontent-length:0\r\n\r\n", {200, true, 0, 35}},
                {"HTTP/1.1 200 OK\nContent-Length: \t12 \n\nx", {200, true, 12, 38}}, /* bare line ends: RFC 9112 2.2 */
                {"HTTP/1.1 200 OK\r\nContent-Length: 7\r\nContent-Length: 7\r\n\r\n", {200, true, 7, 57}},
        };
        for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
                struct response_head head;
                assert_int_equal(read_exactly(rows[i].text, strlen(rows[i].text), &head), RESPONSE_READ);
                assert_int_equal(head.status, rows[i].head.status);
                assert_int_equal(head.sized, rows[i].head.sized);
                assert_int_equal(head.length, rows[i].head.length);
                assert_int_equal(head.size, rows[i].head.size);
        }
}

static void every_beginning_of_a_head_wants_more(void **state)
{
        (void)state;
        struct response_head head;
        for (size_t len = 0; len < strlen(GOOD); len++)
                assert_int_equal(read_exactly(GOOD, len, &head), RESPONSE_MORE);
}

static void what_is_no_head_is_refused(void **state)
{
        (void)state;
        static const char *const rows[] = {
                "\r\n",
                "SSH-2.0-OpenSSH\r\n",
                "HTTP/2 200\r\n",
                "HTTP/1.1 20 OK\r\n",
                "HTTP/1.1 2000\r\n",
                "HTTP/1.1 099 x\r\n",
                "HTTP/1.1 600 x\r\n",
                "HTTP/1.1  200 OK\r\n",
                "http/1.1 200 OK\r\n",
                "HTTP/1.1 200 OK\r\nno colon\r\n",
                "HTTP/1.1 200 OK\r\n: no name\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: \r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: 5 5\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: 7\r\nContent-Length: 8\r\n",
        };
        for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
                struct response_head head;
                if (read_exactly(rows[i], strlen(rows[i]), &head) != RESPONSE_BAD)
                        fail_msg("taken for a head: %s", rows[i]);
        }
}

static void a_head_without_end_is_refused(void **state)
{
        (void)state;
        struct response_head head;
        char *text = malloc(RESPONSE_HEAD_MAX + 1);
        assert_non_null(text);
        memset(text, 'x', RESPONSE_HEAD_MAX + 1);
        memcpy(text, "HTTP/1.1 200 OK\r\nX: ", 20);
        assert_int_equal(response_read(text, RESPONSE_HEAD_MAX - 1, &head), RESPONSE_MORE);
        assert_int_equal(response_read(text, RESPONSE_HEAD_MAX, &head), RESPONSE_BAD);
        assert_int_equal(response_read(text, RESPONSE_HEAD_MAX + 1, &head), RESPONSE_BAD);
        free(text);
}

static void names_are_encoded_for_paths(void **state)
{
        (void)state;
        char path[64] = "/phones/";
        client_path(path, sizeof path, "SEP1 /?%\xc3\xbc..~");
        assert_string_equal(path, "/phones/SEP1%20%2F%3F%25%C3%BC..~");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(heads_that_are_some),         cmocka_unit_test(every_beginning_of_a_head_wants_more),
                cmocka_unit_test(what_is_no_head_is_refused),  cmocka_unit_test(a_head_without_end_is_refused),
                cmocka_unit_test(names_are_encoded_for_paths),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
