/* What the whole room uses: deadlines behind one timer of sofia's, events that wait for room in the queue, and random
 * names. */
#include "sip/room.h"

#include <assert.h>
#include <malloc.h>
#include <sofia-sip/su_uniqueid.h>
#include <sofia-sip/su_wait.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/random.h>

#include "gateway/base/loop.h"
#include "gateway/base/queue.h"
#include "sip/agent.h"

#define LATE_RETRY_MS 10
/* Sofia keeps finished transactions for a while, those that came in (NOTIFYs after SUBSCRIBEs) longest. */
#define TIDY_AFTER_MS (AGENT_T1X64_MS + 2000)

struct late_event {
        struct late_event *next;
        struct sip_event event;
};

uint32_t room_random(void)
{
        return su_random();
}

void room_token(char *out, size_t digits)
{
        static const char hex[] = "0123456789abcdef";
        uint8_t bytes[16];
        assert(digits <= 2 * sizeof bytes);
        ssize_t got = getrandom(bytes, sizeof bytes, 0);
        assert(got == sizeof bytes);
        for (size_t i = 0; i < digits; i++)
                out[i] = hex[bytes[i / 2] >> (i % 2 * 4) & 15];
        out[digits] = '\0';
}

static void alarm_set(struct sip *sip);

static void alarm_fired(su_root_magic_t *magic, su_timer_t *timer, su_timer_arg_t *arg)
{
        struct sip *sip = (struct sip *)arg;
        (void)magic, (void)timer;
        sip->alarm_ms = INT64_MAX;
        timer_run(&sip->timers, clock_ms());
        alarm_set(sip);
}

/* One timer of sofia's for all of ours; it is moved only when something is due before it. */
static void alarm_set(struct sip *sip)
{
        int64_t next_ms = timer_next_ms(&sip->timers), now_ms = clock_ms();
        if (next_ms >= sip->alarm_ms)
                return;
        sip->alarm_ms = next_ms;
        su_timer_set_interval(sip->alarm, alarm_fired, sip, next_ms > now_ms ? next_ms - now_ms : 1);
}

void room_timer_set(struct sip *sip, struct timer *timer, int64_t wait_ms)
{
        if (!timer_set(&sip->timers, timer, clock_ms() + wait_ms))
                log_error("sip", "no memory for a timer");
        alarm_set(sip);
}

void room_timer_clear(struct sip *sip, struct timer *timer)
{
        timer_clear(&sip->timers, timer);
}

static void memory_return(struct timer *timer)
{
        (void)timer;
        malloc_trim(0);
}

void room_tidy_later(struct sip *sip)
{
        room_timer_set(sip, &sip->trim_timer, TIDY_AFTER_MS);
}

static void late_push(struct timer *timer)
{
        struct sip *sip = (struct sip *)((char *)timer - offsetof(struct sip, late_timer));
        while (sip->late && queue_push(sip->events, &sip->late->event)) {
                struct late_event *late = sip->late;
                sip->late = late->next;
                sip->n_late--;
                free(late);
        }
        if (sip->late)
                room_timer_set(sip, &sip->late_timer, LATE_RETRY_MS);
        else
                sip->late_end = &sip->late;
}

void room_post(struct sip *sip, const struct sip_event *event)
{
        if (!sip->late && queue_push(sip->events, event))
                return;
        struct late_event *late = malloc(sizeof *late);
        if (!late) {
                log_error("sip", "no memory for an event");
                return;
        }
        *late = (struct late_event){.event = *event};
        *sip->late_end = late;
        sip->late_end = &late->next;
        sip->n_late++;
        room_timer_set(sip, &sip->late_timer, LATE_RETRY_MS);
}

bool room_keeps_up(const struct sip *sip)
{
        return sip->n_late == 0 && queue_length(sip->events) < SIP_EVENT_SLOTS * 3 / 4;
}

void room_late_free(struct sip *sip)
{
        while (sip->late) {
                struct late_event *late = sip->late;
                sip->late = late->next;
                free(late);
        }
}

void room_init(struct sip *sip)
{
        sip->late_end = &sip->late;
        sip->late_timer.expired = late_push;
        sip->trim_timer.expired = memory_return;
        sip->alarm_ms = INT64_MAX;
}
