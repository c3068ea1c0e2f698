#include "sip/clock.h"

#include <sofia-sip/su_time.h>
#include <time.h>

/* Sofia counts NTP seconds and takes small values for "not known"; this is the year 2023, no more is meant by it. */
#define CLOCK_ORIGIN_S 3900000000ul

/* The library reads the time through this pointer when it is set; no header declares it. */
extern void (*_su_time)(su_time_t *time);

static void time_read(su_time_t *out)
{
        struct timespec now;
        clock_gettime(CLOCK_MONOTONIC, &now);
        out->tv_sec = CLOCK_ORIGIN_S + (unsigned long)now.tv_sec;
        out->tv_usec = (unsigned long)(now.tv_nsec / 1000000 * 1000);
}

void clock_install(void)
{
        __atomic_store_n(&_su_time, time_read, __ATOMIC_RELAXED);
}
