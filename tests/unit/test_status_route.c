/* The table of verbs: which path is whose, and what a token is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/status/route.h"

static const struct route routes[] = {
        {"GET", "/metrics", 0, NULL, NULL, NULL},
        {"GET", "/api/v1/phones", 0, NULL, NULL, NULL},
        {"GET", "/api/v1/phones/NAME", 0, NULL, NULL, NULL},
        {"GET", "/api/v1/phones/NAME/trace", ROUTE_LOCAL, NULL, NULL, NULL},
        {"POST", "/api/v1/phones/NAME/reset", ROUTE_TOKEN, NULL, NULL, NULL},
        {"POST", "/api/v1/phones", ROUTE_TOKEN, NULL, NULL, NULL},
};

enum { N_ROUTES = sizeof routes / sizeof routes[0] };

static void a_path_and_its_method_find_their_row(void **state)
{
        (void)state;
        static const struct {
                const char *method, *path;
                int row;
                const char *name;
        } rows[] = {
                {"GET", "/metrics", 0, ""},
                {"HEAD", "/metrics", 0, ""},
                {"GET", "/api/v1/phones", 1, ""},
                {"POST", "/api/v1/phones", 5, ""},
                {"GET", "/api/v1/phones/SEP001122334455", 2, "SEP001122334455"},
                {"GET", "/api/v1/phones/x/trace", 3, "x"},
                {"POST", "/api/v1/phones/x/reset", 4, "x"},
                {"GET", "/api/v1/phones/a b\xff", 2, "a b\xff"},
        };
        for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
                struct route_match match;
                assert_int_equal(route_find(routes, N_ROUTES, rows[i].method, rows[i].path, &match), ROUTE_FOUND);
                assert_ptr_equal(match.route, &routes[rows[i].row]);
                assert_string_equal(match.name, rows[i].name);
        }
}

static void other_paths_are_nobodys(void **state)
{
        (void)state;
        static const char *const paths[] = {
                "",
                "/",
                "metrics",
                "/metric",
                "/metrics/",
                "//metrics",
                "/metricsx",
                "/METRICS",
                "/api/v1/phones/",
                "/api/v1/phones//trace",
                "/api/v1/phones/x/",
                "/api/v1/phones/x/trace/y",
                "/api/v1/phones/x/tracer",
                "/api/v1/phones/12345678901234567890123456789012", /* longer than any name */
                "*",
        };
        for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
                struct route_match match;
                assert_int_equal(route_find(routes, N_ROUTES, "GET", paths[i], &match), ROUTE_NO_PATH);
                assert_null(match.route);
        }
}

static void a_wrong_method_hears_the_right_ones(void **state)
{
        (void)state;
        struct route_match match;
        assert_int_equal(route_find(routes, N_ROUTES, "POST", "/metrics", &match), ROUTE_NO_METHOD);
        assert_string_equal(match.allow, "GET, HEAD");
        assert_int_equal(route_find(routes, N_ROUTES, "DELETE", "/api/v1/phones", &match), ROUTE_NO_METHOD);
        assert_string_equal(match.allow, "GET, HEAD, POST");
        assert_int_equal(route_find(routes, N_ROUTES, "HEAD", "/api/v1/phones/x/reset", &match), ROUTE_NO_METHOD);
        assert_string_equal(match.allow, "POST");
        assert_int_equal(route_find(routes, N_ROUTES, "get", "/metrics", &match), ROUTE_NO_METHOD);
}

static void only_the_whole_token_is_the_token(void **state)
{
        (void)state;
        assert_true(route_token_is("Bearer sesame-open", "sesame-open"));
        static const char *const wrong[] = {NULL,
                                            "",
                                            "Bearer ",
                                            "Bearer sesame-ope",
                                            "Bearer sesame-open ",
                                            "Bearer sesame-opensesame-open",
                                            "Bearer Sesame-open",
                                            "bearer sesame-open",
                                            "Basic sesame-open",
                                            "sesame-open"};
        for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
                assert_false(route_token_is(wrong[i], "sesame-open"));
        assert_false(route_token_is("Bearer ", ""));
        assert_false(route_token_is("Bearer x", NULL));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_path_and_its_method_find_their_row),
                cmocka_unit_test(other_paths_are_nobodys),
                cmocka_unit_test(a_wrong_method_hears_the_right_ones),
                cmocka_unit_test(only_the_whole_token_is_the_token),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
