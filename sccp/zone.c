/* A TZif file lists the changes of its offset up to some year and ends in a rule, in the notation of the POSIX TZ
 * variable, for all time after. Both are used: newer files have a short list and lean on the rule. */
#include "sccp/zone.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/text.h"
#include "sccp/zone_rule.h"

#define ZONE_FOLDER "/usr/share/zoneinfo"
#define FILE_MAX    65536 /* the largest of them has 4 kB */
#define HEADER_SIZE 44
#define TYPE_SIZE   6
#define TYPES_MAX   256

struct change {
        int64_t at;
        int32_t offset_s;
};

struct zone {
        struct zone_rule rule; /* after the last change */
        bool has_rule;
        int32_t first_offset_s; /* before the first change */
        size_t count;
        struct change changes[];
};

struct header {
        uint8_t version;
        uint32_t isutcnt, isstdcnt, leapcnt, timecnt, typecnt, charcnt;
};

static uint32_t read_u32(const uint8_t *at)
{
        return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

static int64_t read_i64(const uint8_t *at)
{
        return (int64_t)((uint64_t)read_u32(at) << 32 | read_u32(at + 4));
}

static bool read_header(const uint8_t *at, size_t len, struct header *out)
{
        if (len < HEADER_SIZE || memcmp(at, "TZif", 4) != 0)
                return false;
        *out = (struct header){at[4],
                               read_u32(at + 20),
                               read_u32(at + 24),
                               read_u32(at + 28),
                               read_u32(at + 32),
                               read_u32(at + 36),
                               read_u32(at + 40)};
        return out->version >= '2' && out->typecnt >= 1 && out->typecnt <= TYPES_MAX;
}

/* Bytes of the data behind a header, its times having `time_size` bytes each. Counts are 32 bits: no overflow. */
static uint64_t data_size(const struct header *h, uint64_t time_size)
{
        return h->timecnt * (time_size + 1) + (uint64_t)h->typecnt * TYPE_SIZE + h->charcnt +
               h->leapcnt * (time_size + 4) + h->isstdcnt + h->isutcnt;
}

static struct zone *read_changes(const uint8_t *data, const struct header *h)
{
        const uint8_t *type_of = data + (size_t)h->timecnt * 8;
        const uint8_t *types = type_of + h->timecnt;
        struct zone *zone = calloc(1, sizeof *zone + h->timecnt * sizeof(struct change));
        if (!zone)
                return NULL;
        zone->first_offset_s = (int32_t)read_u32(types);
        zone->count = h->timecnt;
        for (size_t i = 0; i < zone->count; i++) {
                if (type_of[i] >= h->typecnt) {
                        free(zone);
                        return NULL;
                }
                zone->changes[i].at = read_i64(data + i * 8);
                zone->changes[i].offset_s = (int32_t)read_u32(types + (size_t)type_of[i] * TYPE_SIZE);
        }
        return zone;
}

/* The rule stands between two line ends. An empty one is none. */
static void read_rule(struct zone *zone, const uint8_t *at, size_t len)
{
        char rule[128];
        const uint8_t *end = len > 1 && *at == '\n' ? memchr(at + 1, '\n', len - 1) : NULL;
        if (end && text_copy_n(rule, sizeof rule, (const char *)at + 1, (size_t)(end - at) - 1))
                zone->has_rule = zone_rule_parse(rule, &zone->rule);
}

struct zone *zone_parse(const uint8_t *bytes, size_t len)
{
        struct header first, second;
        if (!read_header(bytes, len, &first) || data_size(&first, 4) > len - HEADER_SIZE)
                return NULL;
        size_t skip = HEADER_SIZE + (size_t)data_size(&first, 4);
        bytes += skip;
        len -= skip;
        if (!read_header(bytes, len, &second) || data_size(&second, 8) > len - HEADER_SIZE)
                return NULL;
        struct zone *zone = read_changes(bytes + HEADER_SIZE, &second);
        skip = HEADER_SIZE + (size_t)data_size(&second, 8);
        if (zone)
                read_rule(zone, bytes + skip, len - skip);
        return zone;
}

void zone_free(struct zone *zone)
{
        free(zone);
}

/* A name is a path below the folder, never out of it. */
static bool is_zone_name(const char *name)
{
        return *name && *name != '/' && !strstr(name, "..");
}

struct zone *zone_load(const char *name)
{
        char path[128];
        if (!is_zone_name(name) || !text_printf(path, sizeof path, "%s/%s", ZONE_FOLDER, name))
                return NULL;
        FILE *file = fopen(path, "rbe");
        if (!file)
                return NULL;
        uint8_t *bytes = malloc(FILE_MAX);
        size_t len = bytes ? fread(bytes, 1, FILE_MAX, file) : 0;
        struct zone *zone = bytes ? zone_parse(bytes, len) : NULL;
        free(bytes);
        fclose(file);
        return zone;
}

int32_t zone_offset_s(const struct zone *zone, int64_t time)
{
        if (!zone)
                return 0;
        if (zone->has_rule && (zone->count == 0 || time >= zone->changes[zone->count - 1].at))
                return zone_rule_offset_s(&zone->rule, time);
        int32_t offset_s = zone->first_offset_s;
        for (size_t i = 0; i < zone->count && zone->changes[i].at <= time; i++)
                offset_s = zone->changes[i].offset_s;
        return offset_s;
}
