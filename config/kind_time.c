/* Time zones and date formats of phones. */
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "config/option.h"
#include "gateway/base/text.h"

#define ZONES         "/usr/share/zoneinfo"
#define ZONE_MAX      63
#define ZONE_ALPHABET "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_+-/"

/* RFC 8536: such a file begins with "TZif". */
static bool zone_file_exists(const char *zone)
{
        char path[sizeof(ZONES) + ZONE_MAX + 2], magic[4];
        text_printf(path, sizeof(path), "%s/%s", ZONES, zone);
        int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
        if (fd < 0)
                return false;
        bool good = read(fd, magic, sizeof(magic)) == sizeof(magic) && memcmp(magic, "TZif", sizeof(magic)) == 0;
        close(fd);
        return good;
}

static bool read_time_zone(struct reading *r, const char *text)
{
        struct stat folder;
        size_t len = strlen(text);
        if (len == 0 || len > ZONE_MAX || strspn(text, ZONE_ALPHABET) != len || *text == '/')
                return reading_refuse(r, "must be an IANA time zone such as Europe/Amsterdam");
        if (stat(ZONES, &folder) == 0 && !zone_file_exists(text))
                return reading_refuse(r, "is no time zone this machine knows (%s/%s)", ZONES, text);
        return kind_keep_text(r, text);
}

const struct kind kind_time_zone = {
        .name = "IANA time zone",
        .pattern = "^[A-Za-z0-9_+/-]+$",
        .read = read_time_zone,
        .print = kind_print_text,
};

/* Three letters, each once, the same separator twice, and A for a 12 hour clock: six characters at most, as the field
 * of DefineTimeDate. */
static bool is_date_format(const char *text)
{
        size_t len = strlen(text);
        if (len < 5 || len > 6 || (len == 6 && text[5] != 'A'))
                return false;
        const char letters[] = {text[0], text[2], text[4], 0};
        return strspn(letters, "DMY") == 3 && strchr(letters, 'D') && strchr(letters, 'M') && strchr(letters, 'Y') &&
               strchr(".-/", text[1]) && text[1] == text[3];
}

static bool read_date_format(struct reading *r, const char *text)
{
        if (!is_date_format(text))
                return reading_refuse(r, "must be D, M and Y with . - or / between, such as D.M.Y or M/D/YA");
        return kind_keep_text(r, text);
}

const struct kind kind_date_format = {
        .name = "date format",
        .pattern = "^[DMY]([./-])[DMY]\\1[DMY]A?$",
        .read = read_date_format,
        .print = kind_print_text,
};
