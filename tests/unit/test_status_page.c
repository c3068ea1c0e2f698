/* The status page: whatever stands in the API's texts, it stays text on the page. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/status/html.h"
#include "gateway/status/page.h"

static const char *const hostile[] = {
        "<script>alert(1)</script>",
        "\"><img src=x onerror=alert(1)>",
        "' onmouseover='x",
        "&lt;b&gt;",
        "</pre></td></table><h1>",
        "</title><script>",
        "%s%s%n",
        "\x01\x7f\xc2\x9b",
        "\xff\xfe",
        "a\nb",
};

/* All values of a document that are texts become the hostile one. */
static json_t *poisoned(const json_t *document, const char *text)
{
        const char *key;
        json_t *value;
        size_t i;
        if (json_is_string(document))
                return json_string_nocheck(text);
        if (json_is_array(document)) {
                json_t *list = json_array();
                json_array_foreach(document, i, value) json_array_append_new(list, poisoned(value, text));
                return list;
        }
        if (json_is_object(document)) {
                json_t *object = json_object();
                json_object_foreach((json_t *)document, key, value)
                        json_object_set_new(object, key, poisoned(value, text));
                return object;
        }
        return json_deep_copy(document);
}

static const char documents[] =
        "{\"status\": {\"node\": \"gw\", \"version\": \"1\", \"uptime_s\": 93784, \"ready\": false, \"reasons\": [\"no "
        "PBX "
        "answers\"], \"config\": {\"file\": \"a.yaml\", \"rejected\": true, \"problems\": [{\"file\": \"a.yaml\", "
        "\"line\": "
        "3, \"severity\": \"error\", \"sentence\": \"is wrong\"}], \"refused\": [\"a.yaml:4: admin.http takes effect "
        "at "
        "the next start\"]}, \"pbx\": [{\"name\": \"main\", \"address\": \"pbx.lan\", \"state\": \"down\", "
        "\"since_s\": "
        "61, \"round_trip_ms\": 3, \"lines\": 2, \"registered\": 1}], \"phones\": {\"registered\": 1, \"known\": 2}, "
        "\"calls\": {\"active\": 1, \"answered\": 2, \"unanswered\": 3, \"failed\": 4}},"
        "\"phones\": [{\"name\": \"SEP001122334455\", \"description\": \"Alice\", \"state\": \"registered\", "
        "\"since_s\": "
        "4, \"model\": \"7960\", \"firmware\": \"P00\", \"protocol\": 11, \"address\": \"192.0.2.1:4\", "
        "\"last_reason\": "
        "\"power-up\", \"reset_due\": true, \"lines\": [{\"number\": \"1001\", \"name\": \"A\", \"state\": \"in "
        "service\", \"lamp\": \"blink\", \"error\": {\"status\": 403, \"reason\": \"Forbidden\", \"ago_s\": 5}}]}],"
        "\"unknown\": [{\"name\": \"SEPX\", \"model\": \"7961\", \"address\": \"192.0.2.9:1\", \"times\": 2, "
        "\"ago_s\": 7, "
        "\"yaml\": \"phones:\\n  SEPX:\\n\"}],"
        "\"calls\": [{\"id\": 256, \"phone\": \"SEP001122334455\", \"line\": \"1001\", \"state\": \"talking\", "
        "\"direction\": \"inbound\", \"number\": \"1002\", \"name\": \"Bob\", \"age_s\": 3, \"codec\": \"pcmu\", "
        "\"audio\": {\"from_phone\": {\"packets\": 11, \"lost\": 1, \"jitter_ms\": 2}, \"from_far\": {\"packets\": 12, "
        "\"lost\": 0, \"jitter_ms\": 0}, \"one_way\": true}}],"
        "\"events\": [{\"ts\": \"2026\", \"event\": \"call.started\", \"call\": 256, \"phone\": \"SEP001122334455\"}]}";

static char *written(const json_t *all)
{
        size_t len;
        struct page page = {.status = json_object_get(all, "status"),
                            .phones = json_object_get(all, "phones"),
                            .unknown = json_object_get(all, "unknown"),
                            .calls = json_object_get(all, "calls"),
                            .events = json_object_get(all, "events")};
        char *text = page_write(&page, &len);
        assert_non_null(text);
        assert_int_equal(strlen(text), len);
        return text;
}

static size_t count(const char *text, const char *what)
{
        size_t n = 0;
        for (; (text = strstr(text, what)) != NULL; text += strlen(what))
                n++;
        return n;
}

static void it_says_what_there_is(void **state)
{
        static const char *const wanted[] = {"<title>gw - sccpgw</title>",
                                             "up 1 d 2 h",
                                             "<b class=\"bad\">no PBX answers</b>",
                                             "the newest is not taken",
                                             "a.yaml:3: error: is wrong",
                                             "admin.http takes effect at the next start",
                                             "down</b> for 1 min 1 s",
                                             "1 of 2 lines in service",
                                             "SEP001122334455",
                                             "P00",
                                             "<i class=\"lamp blink\"",
                                             "403 Forbidden, 5 s ago",
                                             "gets a new configuration",
                                             "phones:\n  SEPX:\n",
                                             "12 packets, 0 lost",
                                             "one-way audio",
                                             "call.started"};
        json_t *all = json_loads(documents, 0, NULL);
        char *text = written(all);
        (void)state;
        for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++)
                if (!strstr(text, wanted[i]))
                        fail_msg("'%s' is missing in\n%s", wanted[i], text);
        free(text);
        json_decref(all);
}

/* The elements of the page are the same, whatever its texts are. */
static void hostile_texts_stay_texts(void **state)
{
        json_t *all = json_loads(documents, 0, NULL), *plain = poisoned(all, "x");
        char *before = written(plain);
        (void)state;
        for (size_t i = 0; i < sizeof hostile / sizeof *hostile; i++) {
                json_t *bad = poisoned(all, hostile[i]);
                char *text = written(bad);
                assert_int_equal(count(text, "<"), count(before, "<"));
                assert_int_equal(count(text, "<script"), 1);
                assert_int_equal(count(text, "\""), count(before, "\""));
                assert_null(strstr(text, "\x01"));
                free(text);
                json_decref(bad);
        }
        free(before);
        json_decref(plain);
        json_decref(all);
}

static void a_page_without_anything_is_one(void **state)
{
        char *text = written(NULL);
        (void)state;
        assert_non_null(strstr(text, "</main></html>"));
        free(text);
}

static void html_keeps_characters_and_nothing_else(void **state)
{
        char *text = NULL;
        size_t len;
        FILE *to = open_memstream(&text, &len);
        (void)state;
        html_put(to, "<b title=\"%s\">100%%</b>", "Zo\xc3\xab & \"Co\" <x> '\x1b[2J\xff\xc2\x85");
        fclose(to);
        assert_string_equal(text, "<b title=\"Zo\xc3\xab &amp; &quot;Co&quot; &lt;x&gt; &#39;.[2J?.\">100%</b>");
        free(text);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(it_says_what_there_is),
                cmocka_unit_test(hostile_texts_stay_texts),
                cmocka_unit_test(a_page_without_anything_is_one),
                cmocka_unit_test(html_keeps_characters_and_nothing_else),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
