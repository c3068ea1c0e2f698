/* A time zone's rule in the notation of the POSIX TZ variable, "CET-1CEST,M3.5.0,M10.5.0/3", as TZif files end in
 * (RFC 8536 section 3.3). Pure. */
#ifndef SCCPGW_SCCP_ZONE_RULE_H
#define SCCPGW_SCCP_ZONE_RULE_H

#include <stdbool.h>
#include <stdint.h>

/* A day of any year and a time on it. */
struct zone_day {
        enum { ZONE_DAY_OF_WEEK, ZONE_DAY_NO_LEAP, ZONE_DAY_OF_YEAR } kind;
        int32_t month, week, weekday; /* DAY_OF_WEEK: 1-12, 1-5 (5: last), 0-6 from Sunday */
        int32_t day;                  /* NO_LEAP: 1-365, 29 February not counted; OF_YEAR: 0-365, counted */
        int32_t time_s;               /* local time of the change, may be negative or beyond a day */
};

struct zone_rule {
        int32_t standard_s; /* to add to UTC */
        int32_t summer_s;
        bool has_summer;
        struct zone_day begins, ends;
};

bool zone_rule_parse(const char *text, struct zone_rule *out);
int32_t zone_rule_offset_s(const struct zone_rule *rule, int64_t time);

#endif
