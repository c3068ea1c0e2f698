/* A house has a handful of zones: a list will do. A name without a file is remembered too, so it is said once. */
#include "sccp/zones.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "gateway/base/log.h"
#include "gateway/base/text.h"

struct zones_entry {
        struct zones_entry *next;
        struct zone *zone;
        char name[];
};

static struct zones_entry *zones_add(struct zones *zones, const char *name)
{
        struct zones_entry *entry = malloc(sizeof *entry + strlen(name) + 1);
        if (!entry)
                return NULL;
        strcpy(entry->name, name);
        entry->zone = zone_load(name);
        entry->next = zones->first;
        zones->first = entry;
        if (!entry->zone)
                log_warning(name, "time zone not found in /usr/share/zoneinfo, phones there show UTC");
        return entry;
}

const struct zone *zones_find(struct zones *zones, const char *name)
{
        const struct zones_entry *entry = zones->first;
        if (!*name || text_equal(name, "UTC"))
                return NULL;
        while (entry && !text_equal(entry->name, name))
                entry = entry->next;
        if (!entry)
                entry = zones_add(zones, name);
        return entry ? entry->zone : NULL;
}

void zones_clear(struct zones *zones)
{
        for (struct zones_entry *entry = zones->first, *next; entry; entry = next) {
                next = entry->next;
                zone_free(entry->zone);
                free(entry);
        }
        zones->first = NULL;
}

void zones_show(const struct zone *zone, int64_t utc_ms, struct sccp_define_time_date *out)
{
        time_t utc = (time_t)(utc_ms / 1000);
        time_t local = utc + zone_offset_s(zone, utc);
        struct tm tm;
        gmtime_r(&local, &tm);
        *out = (struct sccp_define_time_date){.year = (uint32_t)tm.tm_year + 1900,
                                              .month = (uint32_t)tm.tm_mon + 1,
                                              .day_of_week = (uint32_t)tm.tm_wday,
                                              .day = (uint32_t)tm.tm_mday,
                                              .hour = (uint32_t)tm.tm_hour,
                                              .minute = (uint32_t)tm.tm_min,
                                              .second = (uint32_t)tm.tm_sec,
                                              .millisecond = (uint32_t)(utc_ms % 1000),
                                              .system_time = (uint32_t)utc};
}
