/* The thread, its clock and its queues. The clock is a timerfd: it counts on the monotonic clock from when it was set,
 * so a late tick makes no later one late, and reading it tells how many ticks have passed.
 *
 * The queue in keeps places for a join and a leave of every name, the queue out for one word of every name having left;
 * packets use what is beyond. */
#include "gateway/media/mixer.h"

#include <assert.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "gateway/base/loop.h"
#include "gateway/base/queue.h"
#include "gateway/base/text.h"
#include "gateway/media/room.h"

#define TICK_NS (20 * 1000000L)

enum {
        CATCH_UP = 5,           /* ticks made at once after a stall; what is older nobody would play */
        PACKETS_PER_MEMBER = 8, /* in each queue */
        CONTROLS_PER_MEMBER = 2,
};

enum mixer_verb { MIXER_JOIN, MIXER_LEAVE, MIXER_HEAR, MIXER_STOP };

struct mixer_order {
        enum mixer_verb verb;
        uint32_t member;
        union {
                struct {
                        uint32_t room;
                        struct member_terms terms;
                } join;
                struct {
                        struct rtp rtp;
                        uint16_t len;
                        uint8_t payload[RTP_VOICE_MAX];
                } heard;
        };
};

struct mixer_seat {
        struct member member;
        struct room *room; /* NULL: nobody sits here */
};

struct mixer {
        struct loop *loop;
        struct queue *orders, *words;
        size_t members, orders_room, words_room;
        struct mixer_seat *seats; /* by member */
        struct room *rooms;
        size_t rooms_used; /* rooms from here on never had a member */
        size_t seated;
        struct loop_fd orders_ready, clock_ready;
        int clock;
        pthread_t thread;
        atomic_uint_fast64_t ticks, missed, dropped_in, dropped_out;
};

static void count(atomic_uint_fast64_t *counter, uint64_t more)
{
        atomic_fetch_add_explicit(counter, more, memory_order_relaxed);
}

/* --- on the mixer's thread --- */

static void word_push(struct mixer *mixer, const struct mixer_word *word)
{
        bool pushed = queue_push(mixer->words, word);
        assert(pushed);
}

static void send_word(void *to, const struct member *member, const uint8_t *packet, size_t len)
{
        struct mixer *mixer = to;
        const struct mixer_seat *seat = (const struct mixer_seat *)member;
        struct mixer_word word = {.member = (uint32_t)(seat - mixer->seats), .len = (uint16_t)len};
        assert(len <= sizeof word.packet);
        memcpy(word.packet, packet, len);
        if (queue_length(mixer->words) + mixer->members < mixer->words_room)
                word_push(mixer, &word);
        else
                count(&mixer->dropped_out, 1);
}

static void clock_set(struct mixer *mixer, bool on)
{
        struct itimerspec ticks = {.it_interval.tv_nsec = on ? TICK_NS : 0, .it_value.tv_nsec = on ? TICK_NS : 0};
        int failed = timerfd_settime(mixer->clock, 0, &ticks, NULL);
        assert(!failed);
        if (on)
                loop_fd_start(mixer->loop, &mixer->clock_ready, mixer->clock, LOOP_READ);
        else
                loop_fd_stop(&mixer->clock_ready);
}

/* Orders are looked at once per tick, and by themselves while there are none. */
static void watch(struct mixer *mixer)
{
        clock_set(mixer, mixer->seated > 0);
        if (mixer->seated > 0)
                loop_fd_stop(&mixer->orders_ready);
        else
                loop_fd_start(mixer->loop, &mixer->orders_ready, queue_fd(mixer->orders), LOOP_READ);
}

static void seat_join(struct mixer *mixer, struct mixer_seat *seat, const struct mixer_order *order)
{
        struct rtp rtp = {.sequence = (uint16_t)arc4random(), .timestamp = arc4random(), .ssrc = arc4random()};
        assert(!seat->room);
        member_start(&seat->member, &order->join.terms, &rtp);
        seat->room = &mixer->rooms[order->join.room];
        room_enter(seat->room, &seat->member);
        if (mixer->rooms_used <= order->join.room)
                mixer->rooms_used = order->join.room + 1;
        if (mixer->seated++ == 0)
                watch(mixer);
}

static void seat_leave(struct mixer *mixer, struct mixer_seat *seat)
{
        struct mixer_word word = {.member = (uint32_t)(seat - mixer->seats)};
        assert(seat->room);
        room_leave(seat->room, &seat->member);
        seat->room = NULL;
        word_push(mixer, &word);
        if (--mixer->seated == 0)
                watch(mixer);
}

static void order_run(struct mixer *mixer, const struct mixer_order *order)
{
        struct mixer_seat *seat = &mixer->seats[order->member];
        switch (order->verb) {
        case MIXER_JOIN:
                seat_join(mixer, seat, order);
                break;
        case MIXER_LEAVE:
                seat_leave(mixer, seat);
                break;
        case MIXER_HEAR:
                if (seat->room)
                        room_hear(seat->room, &seat->member, &order->heard.rtp, order->heard.payload, order->heard.len,
                                  send_word, mixer);
                break;
        case MIXER_STOP:
                loop_stop(mixer->loop);
                break;
        }
}

static void orders_run(struct mixer *mixer)
{
        struct mixer_order order;
        while (queue_pop(mixer->orders, &order))
                order_run(mixer, &order);
}

static void orders_ready(struct loop_fd *fd, unsigned events)
{
        (void)events;
        orders_run((struct mixer *)((char *)fd - offsetof(struct mixer, orders_ready)));
}

static void tick(struct mixer *mixer)
{
        for (size_t i = 0; i < mixer->rooms_used; i++)
                if (mixer->rooms[i].count > 0)
                        room_tick(&mixer->rooms[i], send_word, mixer);
        count(&mixer->ticks, 1);
}

static void give_up(struct mixer *mixer, uint64_t ticks)
{
        for (size_t i = 0; i < mixer->rooms_used; i++)
                room_skip(&mixer->rooms[i], (uint32_t)ticks);
}

static void clock_ready(struct loop_fd *fd, unsigned events)
{
        (void)events;
        struct mixer *mixer = (struct mixer *)((char *)fd - offsetof(struct mixer, clock_ready));
        uint64_t passed;
        if (read(mixer->clock, &passed, sizeof passed) != sizeof passed)
                return;
        count(&mixer->missed, passed - 1);
        if (passed > CATCH_UP) {
                give_up(mixer, passed - CATCH_UP);
                passed = CATCH_UP;
        }
        while (passed-- > 0 && mixer->seated > 0) {
                orders_run(mixer);
                tick(mixer);
        }
}

static void *mixer_run(void *argument)
{
        struct mixer *mixer = argument;
        mixer->orders_ready.ready = orders_ready;
        mixer->clock_ready.ready = clock_ready;
        watch(mixer);
        loop_run(mixer->loop);
        loop_fd_stop(&mixer->orders_ready);
        loop_fd_stop(&mixer->clock_ready);
        return NULL;
}

/* --- start and stop --- */

static void mixer_free(struct mixer *mixer)
{
        if (mixer->loop)
                loop_free(mixer->loop);
        queue_free(mixer->orders);
        queue_free(mixer->words);
        if (mixer->clock >= 0)
                close(mixer->clock);
        free(mixer->seats);
        free(mixer->rooms);
        free(mixer);
}

static size_t queue_room(size_t wanted)
{
        size_t room = 1;
        while (room < wanted)
                room *= 2;
        return room;
}

static bool mixer_allocate(struct mixer *mixer)
{
        size_t members = mixer->members;
        mixer->orders_room = queue_room(members * (CONTROLS_PER_MEMBER + PACKETS_PER_MEMBER) + 1);
        mixer->words_room = queue_room(members * (1 + PACKETS_PER_MEMBER));
        mixer->clock = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
        mixer->loop = loop_new();
        mixer->orders = queue_new(sizeof(struct mixer_order), mixer->orders_room);
        mixer->words = queue_new(sizeof(struct mixer_word), mixer->words_room);
        mixer->seats = calloc(members, sizeof *mixer->seats);
        mixer->rooms = calloc(members, sizeof *mixer->rooms);
        return mixer->clock >= 0 && mixer->loop && mixer->orders && mixer->words && mixer->seats && mixer->rooms;
}

/* Its work is little and cannot wait; where the system allows it (CAP_SYS_NICE, RLIMIT_RTPRIO), nobody's makes it late.
 * Where not, it is a thread like others, and a machine that is not overloaded serves it in time. */
static void want_priority(pthread_t thread)
{
        struct sched_param lowest = {.sched_priority = sched_get_priority_min(SCHED_RR)};
        (void)pthread_setschedparam(thread, SCHED_RR, &lowest);
}

/* Signals are for the thread that handles them. */
static int thread_start(struct mixer *mixer)
{
        sigset_t all, before;
        sigfillset(&all);
        pthread_sigmask(SIG_SETMASK, &all, &before);
        int error = pthread_create(&mixer->thread, NULL, mixer_run, mixer);
        pthread_sigmask(SIG_SETMASK, &before, NULL);
        if (!error) {
                (void)pthread_setname_np(mixer->thread, "mixer");
                want_priority(mixer->thread);
        }
        return error;
}

struct mixer *mixer_start(size_t members, char *why, size_t why_size)
{
        assert(members > 0);
        struct mixer *mixer = calloc(1, sizeof *mixer);
        if (!mixer) {
                text_copy(why, why_size, "no memory for the mixer");
                return NULL;
        }
        *mixer = (struct mixer){.members = members, .clock = -1};
        if (!mixer_allocate(mixer)) {
                text_copy(why, why_size, "no memory or descriptors for the mixer");
                mixer_free(mixer);
                return NULL;
        }
        int error = thread_start(mixer);
        if (error) {
                text_printf(why, why_size, "cannot start the mixer's thread: %s", strerror(error));
                mixer_free(mixer);
                return NULL;
        }
        return mixer;
}

/* --- on the worker's thread --- */

static void order_push(struct mixer *mixer, const struct mixer_order *order)
{
        bool pushed = queue_push(mixer->orders, order);
        assert(pushed);
}

void mixer_stop(struct mixer *mixer)
{
        struct mixer_order stop = {.verb = MIXER_STOP};
        order_push(mixer, &stop);
        pthread_join(mixer->thread, NULL);
        mixer_free(mixer);
}

void mixer_join(struct mixer *mixer, uint32_t member, uint32_t room, const struct member_terms *terms)
{
        struct mixer_order order = {.verb = MIXER_JOIN, .member = member, .join = {room, *terms}};
        assert(member < mixer->members && room < mixer->members);
        order_push(mixer, &order);
}

void mixer_leave(struct mixer *mixer, uint32_t member)
{
        struct mixer_order order = {.verb = MIXER_LEAVE, .member = member};
        order_push(mixer, &order);
}

void mixer_hear(struct mixer *mixer, uint32_t member, const uint8_t *packet, size_t len)
{
        struct mixer_order order = {.verb = MIXER_HEAR, .member = member};
        const uint8_t *payload;
        size_t payload_len;
        if (!rtp_read(packet, len, &order.heard.rtp, &payload, &payload_len) || payload_len > RTP_VOICE_MAX)
                return;
        order.heard.len = (uint16_t)payload_len;
        memcpy(order.heard.payload, payload, payload_len);
        size_t kept = mixer->members * CONTROLS_PER_MEMBER + 1;
        if (queue_length(mixer->orders) + kept < mixer->orders_room)
                order_push(mixer, &order);
        else
                count(&mixer->dropped_in, 1);
}

bool mixer_next(struct mixer *mixer, struct mixer_word *word)
{
        return queue_pop(mixer->words, word);
}

int mixer_fd(const struct mixer *mixer)
{
        return queue_fd(mixer->words);
}

struct conference_counters mixer_counters(const struct mixer *mixer)
{
        return (struct conference_counters){
                .ticks = atomic_load_explicit(&mixer->ticks, memory_order_relaxed),
                .missed = atomic_load_explicit(&mixer->missed, memory_order_relaxed),
                .dropped = atomic_load_explicit(&mixer->dropped_in, memory_order_relaxed) +
                           atomic_load_explicit(&mixer->dropped_out, memory_order_relaxed),
        };
}
