/* What the kinds share. */
#include "config/kind.h"

#include <assert.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

bool reading_refuse(struct reading *reading, const char *format, ...)
{
        va_list args;
        va_start(args, format);
        vsnprintf(reading->reason, sizeof(reading->reason), format, args);
        va_end(args);
        return false;
}

void kind_store(void *at, size_t size, unsigned long value)
{
        unsigned number = (unsigned)value;
        switch (size) {
        case 1:
                *(uint8_t *)at = (uint8_t)value;
                break;
        case 2:
                *(uint16_t *)at = (uint16_t)value;
                break;
        default:
                assert(size == sizeof(number));
                memcpy(at, &number, sizeof(number));
        }
}

unsigned long kind_fetch(const void *at, size_t size)
{
        unsigned number;
        if (size == 1)
                return *(const uint8_t *)at;
        if (size == 2)
                return *(const uint16_t *)at;
        assert(size == sizeof(number));
        memcpy(&number, at, sizeof(number));
        return number;
}

const char *kind_take_number(const char *text, long *out)
{
        size_t digits = strspn(text, "0123456789");
        if (digits == 0 || digits > 10)
                return NULL;
        *out = strtol(text, NULL, 10);
        return text + digits;
}
