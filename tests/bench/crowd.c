/* Phones by number: SEPBE0000000000 and up, each from an address of its own, since real phones have one each. */
#include "tests/bench/crowd.h"

#include <stdlib.h>

#include "gateway/base/text.h"

#define WINDOW       100 /* phones registering at once */
#define TICK_MS      2
#define HOLD_MS      1000
#define LIMIT_MS     15000
#define PATIENT_MS   60000   /* for phones that call each other on a busy machine */
#define SERIAL_FIRST 1000000 /* the numbers called are the prefix and seven digits */
#define HOSTS        250     /* addresses used of each /24 */
#define REPORT_SIZE  256
#define FAILURES_MAX 10 /* told on stderr; the rest is counted */

struct crowd {
        struct phone_host host;
        struct loop_timer tick;
        struct ip first;
        size_t started, wanted, ready, failed;
        struct crowd_calls calls;
        unsigned placed, ended, connected, taken, serial;
        size_t next; /* phone to call from */
        int64_t begun_ms;
        void (*done)(const char *json); /* NULL: no job */
        struct phone phones[CROWD_MAX];
};

static void finish(struct crowd *crowd, const char *json)
{
        void (*done)(const char *) = crowd->done;
        crowd->done = NULL;
        done(json);
}

static double seconds_since(const struct crowd *crowd)
{
        return (double)(loop_now_ms(crowd->host.loop) - crowd->begun_ms) / 1000;
}

/* --- registering --- */

static struct ip address_of(const struct crowd *crowd, size_t index)
{
        struct ip ip = crowd->first;
        ip.bytes[2] = (uint8_t)(ip.bytes[2] + index / HOSTS);
        ip.bytes[3] = (uint8_t)(1 + index % HOSTS);
        return ip;
}

static void start_more(struct crowd *crowd)
{
        while (crowd->started < crowd->wanted && crowd->started - crowd->ready - crowd->failed < WINDOW) {
                struct ip local = address_of(crowd, crowd->started);
                char name[PHONE_NAME_SIZE];
                text_printf(name, sizeof(name), "SEPBE%010zu", crowd->started);
                struct phone *phone = &crowd->phones[crowd->started++];
                phone_start(phone, &crowd->host, name, &local);
        }
}

static void registration_step(struct crowd *crowd)
{
        char json[REPORT_SIZE];
        if (!crowd->done || crowd->calls.total)
                return;
        start_more(crowd);
        if (crowd->ready + crowd->failed < crowd->wanted)
                return;
        text_printf(json, sizeof(json), "{\"registered\": %zu, \"failed\": %zu, \"seconds\": %.3f}", crowd->ready,
                    crowd->failed, seconds_since(crowd));
        finish(crowd, json);
}

static void phone_ready(struct phone_host *host)
{
        struct crowd *crowd = host->owner;
        crowd->ready++;
}

static void phone_failed(struct phone_host *host, const struct phone *phone, const char *why)
{
        struct crowd *crowd = host->owner;
        crowd->ready -= phone->was_ready;
        if (crowd->failed++ < FAILURES_MAX)
                fprintf(stderr, "%s: %s\n", phone->name, why);
}

bool crowd_register(struct crowd *crowd, size_t phones, void (*done)(const char *json))
{
        if (crowd->done || phones > CROWD_MAX || phones <= crowd->started)
                return false;
        crowd->calls = (struct crowd_calls){0};
        crowd->wanted = phones;
        crowd->begun_ms = loop_now_ms(crowd->host.loop);
        crowd->done = done;
        return true;
}

/* --- calling --- */

static struct phone *free_phone(struct crowd *crowd, const struct phone *but)
{
        for (size_t tried = 0; tried < crowd->started; tried++) {
                struct phone *phone = &crowd->phones[crowd->next++ % crowd->started];
                if (phone != but && phone_is_free(phone))
                        return phone;
        }
        return NULL;
}

/* False: not now. */
static bool place_call(struct crowd *crowd)
{
        const struct crowd_calls *calls = &crowd->calls;
        struct phone *phone = free_phone(crowd, NULL);
        struct phone *called = calls->first ? free_phone(crowd, phone) : NULL;
        char number[PHONE_NUMBER_SIZE];
        if (!phone || (calls->first && !called))
                return false;
        if (called)
                text_printf(number, sizeof(number), "%zu", calls->first + (size_t)(called - crowd->phones));
        else
                text_printf(number, sizeof(number), "%s%u", calls->prefix, SERIAL_FIRST + crowd->serial++);
        phone_dial(phone, number, called);
        return true;
}

/* Calls that are due by now; without a free phone they wait, and the rate is missed visibly in `seconds`. */
static void place_calls(struct crowd *crowd)
{
        int64_t due = (loop_now_ms(crowd->host.loop) - crowd->begun_ms) * crowd->calls.rate / 1000 + 1;
        while (crowd->placed < crowd->calls.total && crowd->placed < due && place_call(crowd))
                crowd->placed++;
}

static void call_ended(struct phone_host *host, const struct phone_call *call)
{
        struct crowd *crowd = host->owner;
        crowd->ended++;
        crowd->connected += call->connected_us != 0;
        if (crowd->calls.record) /* none once the job is over */
                fprintf(crowd->calls.record, "%s %lld %lld %lld %lld\n", call->number, (long long)call->dialled_us,
                        (long long)call->ringing_us, (long long)call->connected_us, (long long)call->ended_us);
}

static void call_taken(struct phone_host *host)
{
        struct crowd *crowd = host->owner;
        crowd->taken++;
}

static void calls_step(struct crowd *crowd)
{
        char json[REPORT_SIZE];
        if (!crowd->done || !crowd->calls.total)
                return;
        place_calls(crowd);
        if (crowd->ended < crowd->calls.total)
                return;
        if (crowd->calls.record)
                fclose(crowd->calls.record);
        crowd->calls.record = NULL;
        text_printf(json, sizeof(json),
                    "{\"calls\": %u, \"connected\": %u, \"taken\": %u, \"phones_lost\": %zu, \"seconds\": %.3f}",
                    crowd->ended, crowd->connected, crowd->taken, crowd->failed, seconds_since(crowd));
        finish(crowd, json);
}

bool crowd_call(struct crowd *crowd, const struct crowd_calls *calls, void (*done)(const char *json))
{
        if (crowd->done || calls->total == 0 || calls->rate == 0 || crowd->ready == 0)
                return false;
        crowd->calls = *calls;
        crowd->placed = crowd->ended = crowd->connected = crowd->taken = 0;
        crowd->host.limit_ms = calls->first ? PATIENT_MS : LIMIT_MS;
        crowd->begun_ms = loop_now_ms(crowd->host.loop);
        crowd->done = done;
        return true;
}

/* --- life --- */

static void tick(struct loop_timer *timer)
{
        struct crowd *crowd = (struct crowd *)((char *)timer - offsetof(struct crowd, tick));
        loop_timer_start(crowd->host.loop, timer, TICK_MS);
        timer_run(&crowd->host.timers, loop_now_ms(crowd->host.loop));
        registration_step(crowd);
        calls_step(crowd);
}

struct crowd *crowd_new(struct loop *loop, const struct endpoint *server, const struct ip *local)
{
        struct crowd *crowd = calloc(1, sizeof(*crowd));
        if (!crowd)
                return NULL;
        crowd->host = (struct phone_host){
                .loop = loop,
                .server = *server,
                .hold_ms = HOLD_MS,
                .limit_ms = LIMIT_MS,
                .owner = crowd,
                .ready = phone_ready,
                .failed = phone_failed,
                .call_ended = call_ended,
                .call_taken = call_taken,
        };
        crowd->first = *local;
        crowd->tick.expired = tick;
        loop_timer_start(loop, &crowd->tick, TICK_MS);
        return crowd;
}

void crowd_free(struct crowd *crowd)
{
        loop_timer_stop(&crowd->tick);
        for (size_t i = 0; i < crowd->started; i++)
                phone_stop(&crowd->phones[i]);
        if (crowd->calls.record)
                fclose(crowd->calls.record);
        timer_heap_free(&crowd->host.timers);
        free(crowd);
}
