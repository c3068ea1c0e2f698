/* The thread, its clock and its queues. The clock is a timerfd: it counts on the monotonic clock from when it was set,
 * so a late tick makes no later one late, and reading it tells how many ticks have passed.
 *
 * The owner's queue has a place for a join and a leave of every name. Each queue of a lane keeps one for every name:
 * in, that nothing more comes of it, and out, that it has left; packets use what is beyond. The owner's word is pushed
 * before its worker is told, so what a lane says of leaving is known from there already. */
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
        CATCH_UP = 5,            /* ticks made at once after a stall; what is older nobody would play */
        PACKETS_PER_MEMBER = 8,  /* in all queues of one direction together */
        PACKETS_OF_ONE_LANE = 2, /* but so many per member at least: all may be on one lane */
        CONTROLS_PER_MEMBER = 2,
};

enum mixer_verb { MIXER_JOIN, MIXER_LEAVE, MIXER_STOP };

struct mixer_control {
        enum mixer_verb verb;
        uint32_t member, room;
        size_t lane;
        struct member_terms terms;
};

struct mixer_order {
        uint32_t member;
        bool done; /* no packet: nothing more comes of it */
        struct rtp rtp;
        uint16_t len;
        uint8_t payload[RTP_VOICE_MAX];
};

struct mixer_lane {
        struct mixer *mixer;
        struct queue *orders, *words;
};

struct mixer_seat {
        struct member member;
        struct room *room;       /* NULL: has left, or nobody sits here */
        struct mixer_lane *lane; /* NULL: nobody sits here */
};

struct mixer {
        struct loop *loop;
        struct queue *controls;
        struct mixer_lane *lanes;
        size_t members, n_lanes, lane_room; /* of each queue of a lane */
        struct mixer_seat *seats;           /* by member */
        struct room *rooms;
        atomic_int_fast64_t *heard_ms; /* by room; the lanes' */
        size_t rooms_used;             /* rooms from here on never had a member */
        size_t taken;                  /* names that are not free */
        struct loop_fd controls_ready, clock_ready;
        int clock;
        pthread_t thread;
        atomic_uint_fast64_t ticks, missed, dropped_in, dropped_out;
};

static void count(atomic_uint_fast64_t *counter, uint64_t more)
{
        atomic_fetch_add_explicit(counter, more, memory_order_relaxed);
}

/* --- on the mixer's thread --- */

static void word_push(const struct mixer_lane *lane, const struct mixer_word *word)
{
        bool pushed = queue_push(lane->words, word);
        assert(pushed);
}

static bool has_place(const struct mixer *mixer, const struct queue *queue)
{
        return queue_length(queue) + mixer->members < mixer->lane_room;
}

static void send_word(void *to, const struct member *member, const uint8_t *packet, size_t len)
{
        struct mixer *mixer = to;
        const struct mixer_seat *seat = (const struct mixer_seat *)member;
        struct mixer_word word = {.member = (uint32_t)(seat - mixer->seats), .len = (uint16_t)len};
        assert(len <= sizeof word.packet);
        memcpy(word.packet, packet, len);
        if (has_place(mixer, seat->lane->words))
                word_push(seat->lane, &word);
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

/* Everything is looked at once per tick, and the owner's queue by itself while there are none. */
static void watch(struct mixer *mixer)
{
        clock_set(mixer, mixer->taken > 0);
        if (mixer->taken > 0)
                loop_fd_stop(&mixer->controls_ready);
        else
                loop_fd_start(mixer->loop, &mixer->controls_ready, queue_fd(mixer->controls), LOOP_READ);
}

static void seat_join(struct mixer *mixer, struct mixer_seat *seat, const struct mixer_control *control)
{
        struct rtp rtp = {.sequence = (uint16_t)arc4random(), .timestamp = arc4random(), .ssrc = arc4random()};
        assert(!seat->lane);
        member_start(&seat->member, &control->terms, &rtp);
        seat->lane = &mixer->lanes[control->lane];
        seat->room = &mixer->rooms[control->room];
        room_enter(seat->room, &seat->member);
        if (mixer->rooms_used <= control->room)
                mixer->rooms_used = control->room + 1;
        if (mixer->taken++ == 0)
                watch(mixer);
}

static void seat_leave(struct mixer_seat *seat)
{
        assert(seat->room);
        room_leave(seat->room, &seat->member);
        seat->room = NULL;
}

static void controls_run(struct mixer *mixer)
{
        struct mixer_control control;
        while (queue_pop(mixer->controls, &control)) {
                struct mixer_seat *seat = &mixer->seats[control.member];
                if (control.verb == MIXER_JOIN)
                        seat_join(mixer, seat, &control);
                else if (control.verb == MIXER_LEAVE)
                        seat_leave(seat);
                else
                        loop_stop(mixer->loop);
        }
}

static void controls_ready(struct loop_fd *fd, unsigned events)
{
        (void)events;
        controls_run((struct mixer *)((char *)fd - offsetof(struct mixer, controls_ready)));
}

static void seat_done(struct mixer *mixer, struct mixer_seat *seat)
{
        struct mixer_word word = {.member = (uint32_t)(seat - mixer->seats)};
        controls_run(mixer); /* that it leaves, and perhaps even that it came, may have been said since the last look */
        assert(seat->lane && !seat->room);
        word_push(seat->lane, &word);
        seat->lane = NULL;
        if (--mixer->taken == 0)
                watch(mixer);
}

static void lane_run(struct mixer *mixer, const struct mixer_lane *lane)
{
        struct mixer_order order;
        while (queue_pop(lane->orders, &order)) {
                struct mixer_seat *seat = &mixer->seats[order.member];
                if (order.done)
                        seat_done(mixer, seat);
                else if (seat->room)
                        room_hear(seat->room, &seat->member, &order.rtp, order.payload, order.len, send_word, mixer);
        }
}

static void all_run(struct mixer *mixer)
{
        controls_run(mixer);
        for (size_t i = 0; i < mixer->n_lanes; i++)
                lane_run(mixer, &mixer->lanes[i]);
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
        while (passed-- > 0 && mixer->taken > 0) {
                all_run(mixer);
                tick(mixer);
        }
}

static void *mixer_run(void *argument)
{
        struct mixer *mixer = argument;
        mixer->controls_ready.ready = controls_ready;
        mixer->clock_ready.ready = clock_ready;
        watch(mixer);
        loop_run(mixer->loop);
        loop_fd_stop(&mixer->controls_ready);
        loop_fd_stop(&mixer->clock_ready);
        return NULL;
}

/* --- start and stop --- */

static void mixer_free(struct mixer *mixer)
{
        if (mixer->loop)
                loop_free(mixer->loop);
        queue_free(mixer->controls);
        for (size_t i = 0; mixer->lanes && i < mixer->n_lanes; i++) {
                queue_free(mixer->lanes[i].orders);
                queue_free(mixer->lanes[i].words);
        }
        free(mixer->lanes);
        if (mixer->clock >= 0)
                close(mixer->clock);
        free(mixer->seats);
        free(mixer->rooms);
        free(mixer->heard_ms);
        free(mixer);
}

static size_t queue_room(size_t wanted)
{
        size_t room = 1;
        while (room < wanted)
                room *= 2;
        return room;
}

static bool lanes_allocate(struct mixer *mixer)
{
        size_t packets = PACKETS_PER_MEMBER / mixer->n_lanes;
        if (packets < PACKETS_OF_ONE_LANE)
                packets = PACKETS_OF_ONE_LANE;
        mixer->lane_room = queue_room(mixer->members * (1 + packets));
        mixer->lanes = calloc(mixer->n_lanes, sizeof *mixer->lanes);
        for (size_t i = 0; mixer->lanes && i < mixer->n_lanes; i++) {
                struct mixer_lane *lane = &mixer->lanes[i];
                *lane = (struct mixer_lane){.mixer = mixer,
                                            .orders = queue_new(sizeof(struct mixer_order), mixer->lane_room),
                                            .words = queue_new(sizeof(struct mixer_word), mixer->lane_room)};
                if (!lane->orders || !lane->words)
                        return false;
        }
        return mixer->lanes;
}

static bool mixer_allocate(struct mixer *mixer)
{
        size_t members = mixer->members;
        mixer->clock = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
        mixer->loop = loop_new();
        mixer->controls = queue_new(sizeof(struct mixer_control), queue_room(members * CONTROLS_PER_MEMBER + 1));
        mixer->seats = calloc(members, sizeof *mixer->seats);
        mixer->rooms = calloc(members, sizeof *mixer->rooms);
        mixer->heard_ms = calloc(members, sizeof *mixer->heard_ms);
        return lanes_allocate(mixer) && mixer->clock >= 0 && mixer->loop && mixer->controls && mixer->seats &&
               mixer->rooms && mixer->heard_ms;
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

struct mixer *mixer_start(size_t members, size_t lanes, char *why, size_t why_size)
{
        assert(members > 0 && lanes > 0);
        struct mixer *mixer = calloc(1, sizeof *mixer);
        if (!mixer) {
                text_copy(why, why_size, "no memory for the mixer");
                return NULL;
        }
        *mixer = (struct mixer){.members = members, .n_lanes = lanes, .clock = -1};
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

struct mixer_lane *mixer_lane(struct mixer *mixer, size_t lane)
{
        assert(lane < mixer->n_lanes);
        return &mixer->lanes[lane];
}

/* --- on the owner's thread --- */

static void control_push(struct mixer *mixer, const struct mixer_control *control)
{
        bool pushed = queue_push(mixer->controls, control);
        assert(pushed);
}

void mixer_stop(struct mixer *mixer)
{
        struct mixer_control stop = {.verb = MIXER_STOP};
        control_push(mixer, &stop);
        pthread_join(mixer->thread, NULL);
        mixer_free(mixer);
}

void mixer_join(struct mixer *mixer, uint32_t member, uint32_t room, size_t lane, const struct member_terms *terms)
{
        struct mixer_control control = {MIXER_JOIN, member, room, lane, *terms};
        assert(member < mixer->members && room < mixer->members && lane < mixer->n_lanes);
        control_push(mixer, &control);
}

void mixer_leave(struct mixer *mixer, uint32_t member)
{
        struct mixer_control control = {.verb = MIXER_LEAVE, .member = member};
        control_push(mixer, &control);
}

/* --- on the lane's thread --- */

static void order_push(const struct mixer_lane *lane, const struct mixer_order *order)
{
        bool pushed = queue_push(lane->orders, order);
        assert(pushed);
}

void mixer_hear(struct mixer_lane *lane, uint32_t member, const uint8_t *packet, size_t len)
{
        struct mixer_order order = {.member = member};
        const uint8_t *payload;
        size_t payload_len;
        if (!rtp_read(packet, len, &order.rtp, &payload, &payload_len) || payload_len > RTP_VOICE_MAX)
                return;
        order.len = (uint16_t)payload_len;
        memcpy(order.payload, payload, payload_len);
        if (has_place(lane->mixer, lane->orders))
                order_push(lane, &order);
        else
                count(&lane->mixer->dropped_in, 1);
}

void mixer_done(struct mixer_lane *lane, uint32_t member)
{
        struct mixer_order order = {.member = member, .done = true};
        order_push(lane, &order);
}

bool mixer_next(struct mixer_lane *lane, struct mixer_word *word)
{
        return queue_pop(lane->words, word);
}

int mixer_fd(const struct mixer_lane *lane)
{
        return queue_fd(lane->words);
}

void mixer_note_heard(struct mixer_lane *lane, uint32_t room, int64_t now_ms)
{
        atomic_store_explicit(&lane->mixer->heard_ms[room], now_ms, memory_order_relaxed);
}

int64_t mixer_heard_ms(const struct mixer_lane *lane, uint32_t room)
{
        return atomic_load_explicit(&lane->mixer->heard_ms[room], memory_order_relaxed);
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
