/* Local time: the same as the C library's for every zone and hour tried, and no file can do harm. */
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "sccp/zone.h"
#include "sccp/zone_rule.h"
#include "sccp/zones.h"

#define ZONE_FOLDER "/usr/share/zoneinfo"

static bool have_zones(void)
{
        return access(ZONE_FOLDER "/Europe/Amsterdam", R_OK) == 0;
}

/* The C library has one zone per process: fine in a test. */
static long library_offset_s(int64_t time)
{
        time_t at = (time_t)time;
        struct tm tm;
        localtime_r(&at, &tm);
        return tm.tm_gmtoff;
}

static void library_zone_set(const char *name)
{
        setenv("TZ", name, 1);
        tzset();
}

/* Rules with summer time north and south, negative summer time (Dublin), half hours, changes at odd hours, none. */
static const char *const zones[] = {
        "Europe/Amsterdam", "Europe/Dublin",    "America/New_York",  "America/St_Johns",  "Australia/Lord_Howe",
        "Asia/Kolkata",     "Pacific/Auckland", "America/Sao_Paulo", "America/Nuuk",      "Africa/Cairo",
        "Asia/Jerusalem",   "Pacific/Apia",     "Asia/Kathmandu",    "Africa/Casablanca", "UTC",
        "America/Santiago", "Antarctica/Troll", "Asia/Tehran",
};

static void local_time_is_the_c_librarys(void **state)
{
        (void)state;
        for (size_t i = 0; i < sizeof zones / sizeof *zones; i++) {
                struct zone *zone = zone_load(zones[i]);
                assert_non_null(zone);
                library_zone_set(zones[i]);
                for (int64_t time = 0; time < INT64_C(4102444800); time += 3600 * 7 + 11) /* to the year 2100 */
                        if (zone_offset_s(zone, time) != library_offset_s(time))
                                fail_msg("%s differs at %lld", zones[i], (long long)time);
                zone_free(zone);
        }
}

/* Where the list of changes ends the rule takes over, to the second. */
static void local_time_changes_at_the_right_second(void **state)
{
        (void)state;
        struct zone *zone = zone_load("Europe/Amsterdam");
        assert_int_equal(zone_offset_s(zone, 1774745999), 3600); /* 29 March 2026, 01:00 UTC */
        assert_int_equal(zone_offset_s(zone, 1774746000), 7200);
        assert_int_equal(zone_offset_s(zone, 1792889999), 7200); /* 25 October 2026, 01:00 UTC */
        assert_int_equal(zone_offset_s(zone, 1792890000), 3600);
        zone_free(zone);
}

static void names_cannot_leave_the_folder(void **state)
{
        (void)state;
        assert_null(zone_load("../zoneinfo/UTC"));
        assert_null(zone_load("/usr/share/zoneinfo/UTC"));
        assert_null(zone_load(""));
        assert_null(zone_load("Europe"));
        assert_null(zone_load("Europe/Nowhere"));
}

static size_t file_read(const char *path, uint8_t *bytes, size_t room)
{
        FILE *file = fopen(path, "rb");
        assert_non_null(file);
        size_t len = fread(bytes, 1, room, file);
        fclose(file);
        return len;
}

/* Exactly sized copies: reading past the end would be found. */
static void truncated_files_are_refused_or_harmless(void **state)
{
        (void)state;
        uint8_t bytes[8192];
        size_t len = file_read(ZONE_FOLDER "/Europe/Amsterdam", bytes, sizeof bytes);
        for (size_t cut = 0; cut < len; cut++) {
                uint8_t *copy = malloc(cut ? cut : 1);
                memcpy(copy, bytes, cut);
                struct zone *zone = zone_parse(copy, cut);
                (void)zone_offset_s(zone, 1774746000);
                zone_free(zone);
                free(copy);
        }
}

static void flipped_bytes_are_harmless(void **state)
{
        (void)state;
        uint8_t bytes[8192];
        size_t len = file_read(ZONE_FOLDER "/Africa/Casablanca", bytes, sizeof bytes);
        for (size_t i = 0; i < len; i++) {
                uint8_t kept = bytes[i];
                bytes[i] ^= 0xFF;
                struct zone *zone = zone_parse(bytes, len);
                (void)zone_offset_s(zone, 1774746000);
                (void)zone_offset_s(zone, INT64_C(4102444800));
                zone_free(zone);
                bytes[i] = kept;
        }
}

static void rules_are_read_whole_or_not_at_all(void **state)
{
        (void)state;
        struct zone_rule rule;
        static const char *const good[] = {"CET-1CEST,M3.5.0,M10.5.0/3",
                                           "<+0330>-3:30",
                                           "IST-1GMT0,M10.5.0,M3.5.0/1",
                                           "EST5EDT,M3.2.0,M11.1.0",
                                           "<-02>2<-01>,M3.5.0/-1,M10.5.0/0",
                                           "AAA3BBB,J60/2,J300/2:30:15",
                                           "AAA3BBB2,59,365/26"};
        static const char *const bad[] = {"",
                                          "C-1",
                                          "CET",
                                          "CET-1CEST",
                                          "CET-1CEST,",
                                          "CET-1x",
                                          "CET-1CEST,M13.1.0,M10.5.0",
                                          "CET-1CEST,M3.6.0,M10.5.0",
                                          "CET-1CEST,M3.5.7,M10.5.0",
                                          "CET-1CEST,J0,J5",
                                          "CET-1CEST,M3.5.0,M10.5.0 ",
                                          "CET-168",
                                          "<CET-1",
                                          "CET-1CEST,M3.5.0",
                                          "CET-99999999999999999999"};
        for (size_t i = 0; i < sizeof good / sizeof *good; i++)
                assert_true(zone_rule_parse(good[i], &rule));
        for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
                if (zone_rule_parse(bad[i], &rule))
                        fail_msg("\"%s\" was taken for a rule", bad[i]);
}

/* The notations that no zone of the system uses today, against the C library. */
static void days_may_be_counted_from_new_year(void **state)
{
        (void)state;
        static const char *const rules[] = {"AAA3BBB,J60/2,J300/2:30:15", "AAA3BBB2,59,300/26",
                                            "AAA-3BBB,M2.5.3/1,M11.4.6/2", "AAA3BBB,J365/0,J1/5"};
        for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
                struct zone_rule rule;
                assert_true(zone_rule_parse(rules[i], &rule));
                library_zone_set(rules[i]);
                for (int64_t time = 86400 * 366; time < INT64_C(4102444800); time += 3600 * 5 + 7)
                        if (zone_rule_offset_s(&rule, time) != library_offset_s(time))
                                fail_msg("%s differs at %lld", rules[i], (long long)time);
        }
}

static void a_phone_is_told_its_wall_clock_and_utc(void **state)
{
        (void)state;
        struct zones list = {0};
        struct sccp_define_time_date told;
        zones_show(zones_find(&list, "Asia/Kolkata"), INT64_C(1317801141250), &told); /* 2011-10-05 07:52:21.250 UTC */
        assert_int_equal(told.year, 2011);
        assert_int_equal(told.month, 10);
        assert_int_equal(told.day, 5);
        assert_int_equal(told.day_of_week, 3);
        assert_int_equal(told.hour, 13);
        assert_int_equal(told.minute, 22);
        assert_int_equal(told.second, 21);
        assert_int_equal(told.millisecond, 250);
        assert_int_equal(told.system_time, 1317801141);
        zones_clear(&list);
}

static void zones_are_read_once_and_unknown_ones_are_utc(void **state)
{
        (void)state;
        struct zones list = {0};
        assert_ptr_equal(zones_find(&list, "Europe/Amsterdam"), zones_find(&list, "Europe/Amsterdam"));
        assert_null(zones_find(&list, "Europe/Nowhere"));
        assert_null(zones_find(&list, "Europe/Nowhere"));
        assert_null(zones_find(&list, ""));
        assert_int_equal(zone_offset_s(NULL, 1774746000), 0);
        zones_clear(&list);
        assert_null(list.first);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(local_time_is_the_c_librarys),
                cmocka_unit_test(local_time_changes_at_the_right_second),
                cmocka_unit_test(names_cannot_leave_the_folder),
                cmocka_unit_test(truncated_files_are_refused_or_harmless),
                cmocka_unit_test(flipped_bytes_are_harmless),
                cmocka_unit_test(rules_are_read_whole_or_not_at_all),
                cmocka_unit_test(days_may_be_counted_from_new_year),
                cmocka_unit_test(a_phone_is_told_its_wall_clock_and_utc),
                cmocka_unit_test(zones_are_read_once_and_unknown_ones_are_utc),
        };
        if (!have_zones()) {
                print_message("skipped: no time zones under " ZONE_FOLDER " (install tzdata)\n");
                return 77;
        }
        return cmocka_run_group_tests(tests, NULL, NULL);
}
