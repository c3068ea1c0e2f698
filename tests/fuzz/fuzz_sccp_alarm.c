/* Any bytes as the text and as the XML of an alarm: what comes out is short and printable. */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "sccp/alarm.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const char *text, size_t room)
{
        assert(strlen(text) < room);
        for (; *text; text++)
                assert(*text >= 0x20 && *text < 0x7F);
}

static void check_news(const struct sccp_alarm_news *news)
{
        check(news->reason, sizeof news->reason);
        check(news->line, sizeof news->line);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        struct sccp_alarm_news news;
        char *text = malloc(size + 1);
        if (!text)
                return 0;
        memcpy(text, data, size);
        text[size] = '\0';
        sccp_alarm_text(text, &news);
        check_news(&news);
        sccp_alarm_xml(data, size, &news);
        check_news(&news);
        free(text);
        return 0;
}
