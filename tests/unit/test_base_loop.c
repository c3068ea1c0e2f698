/* The event loop: what runs when, what a stopped watcher no longer does, and clocks that jump. */
#include "gateway/base/loop.h"

#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

/* The program's clocks, libev's too, are these: the wall clock can be made to jump, and readings of the monotonic one
 * are counted, because a turn that has nothing to do shows in nothing else. */
static atomic_long wall_shift_s;
static atomic_int readings;

int clock_gettime(clockid_t clock, struct timespec *now)
{
        int answer = (int)syscall(SYS_clock_gettime, clock, now);
        if (clock == CLOCK_REALTIME)
                now->tv_sec += wall_shift_s;
        else
                readings++;
        return answer;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone)
{
        (void)zone;
        struct timespec precise;
        int answer = clock_gettime(CLOCK_REALTIME, &precise);
        *now = (struct timeval){precise.tv_sec, precise.tv_nsec / 1000};
        return answer;
}

/* A test's loop and the order of what happened in it. */
struct world {
        struct loop *loop;
        char record[16];
        size_t count;
        struct loop_timer end; /* ends every test, at the latest after a second */
};

static void record(struct world *world, char what)
{
        assert_true(world->count + 1 < sizeof world->record);
        world->record[world->count++] = what;
}

static void end_expired(struct loop_timer *timer)
{
        loop_stop(timer->loop);
}

static void world_start(struct world *world)
{
        *world = (struct world){.loop = loop_new(), .end.expired = end_expired};
        assert_non_null(world->loop);
        loop_timer_start(world->loop, &world->end, 1000);
}

static void world_end(struct world *world)
{
        loop_timer_stop(&world->end);
        loop_free(world->loop);
}

/* A timer that records its name and then does something. */
struct step {
        struct loop_timer timer;
        struct world *world;
        char name;
        void (*then)(struct step *step);
        struct step *other;
};

static void step_expired(struct loop_timer *timer)
{
        struct step *step = (struct step *)timer;
        record(step->world, step->name);
        if (step->then)
                step->then(step);
}

static struct step step(struct world *world, char name, void (*then)(struct step *step))
{
        return (struct step){.timer.expired = step_expired, .world = world, .name = name, .then = then};
}

static void stop_loop(struct step *step)
{
        loop_stop(step->world->loop);
}

/* Both are due by the time the loop looks: they share a turn, and the one set for earlier goes first. */
static void start_in_one_turn(struct step *first, struct step *second)
{
        struct loop *loop = first->world->loop;
        loop_timer_start(loop, &first->timer, 1);
        loop_timer_start(loop, &second->timer, 2);
        int64_t begun = clock_ms();
        while (clock_ms() < begun + 5)
                ;
}

static void timers_fire_once_in_the_order_of_their_times(void **state)
{
        (void)state;
        struct world world;
        world_start(&world);
        struct step a = step(&world, 'a', NULL), b = step(&world, 'b', NULL), c = step(&world, 'c', stop_loop);
        int64_t begun = clock_ms();
        loop_timer_start(world.loop, &c.timer, 40);
        loop_timer_start(world.loop, &a.timer, 0);
        loop_timer_start(world.loop, &b.timer, 20);
        assert_true(loop_timer_running(&b.timer));
        loop_run(world.loop);
        assert_string_equal(world.record, "abc");
        assert_in_range(clock_ms() - begun, 40, 900);
        assert_false(loop_timer_running(&b.timer));
        world_end(&world);
}

static void a_timer_counts_from_its_start_although_the_loop_was_not_looking(void **state)
{
        (void)state;
        struct world world;
        world_start(&world);
        struct step a = step(&world, 'a', stop_loop);
        usleep(60000); /* as reading the configuration between loop_new and loop_run does */
        int64_t begun = clock_ms();
        loop_timer_start(world.loop, &a.timer, 50);
        loop_run(world.loop);
        assert_in_range(clock_ms() - begun, 50, 900);
        world_end(&world);
}

static void starting_a_running_timer_moves_it(void **state)
{
        (void)state;
        struct world world;
        world_start(&world);
        struct step a = step(&world, 'a', stop_loop), b = step(&world, 'b', NULL);
        loop_timer_start(world.loop, &a.timer, 10);
        loop_timer_start(world.loop, &b.timer, 20);
        loop_timer_start(world.loop, &a.timer, 30);
        loop_run(world.loop);
        assert_string_equal(world.record, "ba");
        world_end(&world);
}

static void stop_other(struct step *step)
{
        assert_true(loop_timer_running(&step->other->timer));
        loop_timer_stop(&step->other->timer);
        assert_false(loop_timer_running(&step->other->timer));
}

static void a_stopped_timer_stays_silent_even_when_it_was_due(void **state)
{
        (void)state;
        struct world world;
        world_start(&world);
        struct step a = step(&world, 'a', stop_other), b = step(&world, 'b', NULL), c = step(&world, 'c', stop_loop);
        a.other = &b;
        loop_timer_start(world.loop, &c.timer, 30);
        start_in_one_turn(&a, &b);
        loop_run(world.loop);
        assert_string_equal(world.record, "ac");
        world_end(&world);
}

static void restart_other(struct step *step)
{
        loop_timer_start(step->world->loop, &step->other->timer, 20);
}

static void a_due_timer_that_is_started_again_fires_once_later(void **state)
{
        (void)state;
        struct world world;
        world_start(&world);
        struct step a = step(&world, 'a', restart_other), b = step(&world, 'b', NULL), c = step(&world, 'c', NULL);
        struct step d = step(&world, 'd', stop_loop);
        a.other = &b;
        loop_timer_start(world.loop, &c.timer, 10);
        loop_timer_start(world.loop, &d.timer, 300);
        start_in_one_turn(&a, &b);
        loop_run(world.loop);
        assert_string_equal(world.record, "acbd");
        world_end(&world);
}

static void stopping_before_the_first_start_is_harmless(void **state)
{
        (void)state;
        struct loop_timer timer = {0};
        struct loop_fd fd = {0};
        struct loop_signal watch = {0};
        assert_false(loop_timer_running(&timer));
        loop_timer_stop(&timer);
        loop_fd_change(&fd, LOOP_READ);
        loop_fd_stop(&fd);
        loop_signal_stop(&watch);
        loop_free(NULL);
}

static void jump(struct step *step)
{
        wall_shift_s += step->name == 'a' ? 7200 : -14400;
}

static void timers_do_not_notice_a_jump_of_the_wall_clock(void **state)
{
        (void)state;
        struct world world;
        world_start(&world);
        time_t before = (time_t)ev_time();
        struct step a = step(&world, 'a', jump), b = step(&world, 'b', jump), c = step(&world, 'c', stop_loop);
        int64_t begun = clock_ms();
        loop_timer_start(world.loop, &a.timer, 20);
        loop_timer_start(world.loop, &b.timer, 60);
        loop_timer_start(world.loop, &c.timer, 100);
        loop_run(world.loop);
        assert_in_range(before - (time_t)ev_time(), 7190, 7200); /* libev did see it */
        wall_shift_s = 0;
        assert_string_equal(world.record, "abc");
        assert_in_range(clock_ms() - begun, 100, 900);
        world_end(&world);
}

static void see_frozen_time(struct step *step)
{
        int64_t now = loop_now_ms(step->world->loop);
        assert_in_range(clock_ms() - now, 0, 500);
        usleep(5000);
        assert_int_equal(loop_now_ms(step->world->loop), now);
        assert_true(clock_ms() >= now + 5);
}

static void the_loops_time_stands_still_within_a_turn_only(void **state)
{
        (void)state;
        struct world world;
        world_start(&world);
        struct step a = step(&world, 'a', see_frozen_time), b = step(&world, 'b', see_frozen_time);
        struct step c = step(&world, 'c', stop_loop);
        loop_timer_start(world.loop, &a.timer, 10);
        loop_timer_start(world.loop, &b.timer, 30);
        loop_timer_start(world.loop, &c.timer, 50);
        int64_t begun = loop_now_ms(world.loop);
        loop_run(world.loop);
        assert_true(loop_now_ms(world.loop) >= begun + 50);
        assert_string_equal(world.record, "abc");
        world_end(&world);
}

/* One end of a socket pair in the loop, the other in the test's hand. */
struct wire {
        struct loop_fd fd; /* first: found from its callback */
        struct world *world;
        int ends[2];
};

static void wire_ready(struct loop_fd *fd, unsigned events)
{
        struct wire *wire = (struct wire *)fd;
        char byte;
        if (events & LOOP_READ && recv(wire->ends[0], &byte, 1, MSG_DONTWAIT) == 1)
                record(wire->world, byte);
        if (events & LOOP_WRITE) {
                record(wire->world, 'w');
                loop_fd_change(fd, LOOP_READ);
        }
}

static void wire_open(struct wire *wire, struct world *world)
{
        *wire = (struct wire){.fd.ready = wire_ready, .world = world};
        assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, wire->ends), 0);
}

static void wire_close(struct wire *wire)
{
        loop_fd_stop(&wire->fd);
        close(wire->ends[0]);
        close(wire->ends[1]);
}

static void a_descriptor_reports_what_it_was_asked_for(void **state)
{
        (void)state;
        struct world world;
        struct wire wire;
        world_start(&world);
        wire_open(&wire, &world);
        struct step end = step(&world, '.', stop_loop);
        loop_fd_start(world.loop, &wire.fd, wire.ends[0], LOOP_READ | LOOP_WRITE);
        assert_int_equal(write(wire.ends[1], "12", 2), 2);
        loop_timer_start(world.loop, &end.timer, 100);
        loop_run(world.loop);
        assert_string_equal(world.record, "1w2.");
        wire_close(&wire);
        world_end(&world);
}

static void a_paused_descriptor_waits_and_a_stopped_one_is_silent(void **state)
{
        (void)state;
        struct world world;
        struct wire wire;
        world_start(&world);
        wire_open(&wire, &world);
        struct step end = step(&world, '.', stop_loop);
        loop_fd_start(world.loop, &wire.fd, wire.ends[0], LOOP_READ);
        loop_fd_change(&wire.fd, 0);
        assert_int_equal(write(wire.ends[1], "12", 2), 2);
        loop_timer_start(world.loop, &end.timer, 100);
        loop_run(world.loop);
        assert_string_equal(world.record, ".");
        loop_fd_change(&wire.fd, LOOP_READ);
        loop_timer_start(world.loop, &end.timer, 100);
        loop_run(world.loop);
        assert_string_equal(world.record, ".12.");
        assert_int_equal(write(wire.ends[1], "3", 1), 1);
        loop_fd_stop(&wire.fd);
        loop_fd_change(&wire.fd, LOOP_READ);
        loop_timer_start(world.loop, &end.timer, 100);
        loop_run(world.loop);
        assert_string_equal(world.record, ".12..");
        wire_close(&wire);
        world_end(&world);
}

static void a_descriptor_number_may_be_used_again_at_once(void **state)
{
        (void)state;
        struct world world;
        struct wire old, new;
        world_start(&world);
        wire_open(&old, &world);
        loop_fd_start(world.loop, &old.fd, old.ends[0], LOOP_READ);
        struct step end = step(&world, '.', stop_loop);
        loop_timer_start(world.loop, &end.timer, 5);
        loop_run(world.loop); /* the kernel knows the old one now */
        wire_close(&old);
        wire_open(&new, &world);
        assert_int_equal(new.ends[0], old.ends[0]);
        loop_fd_start(world.loop, &new.fd, new.ends[0], LOOP_READ);
        assert_int_equal(write(new.ends[1], "n", 1), 1);
        loop_timer_start(world.loop, &end.timer, 100);
        loop_run(world.loop);
        assert_string_equal(world.record, ".n.");
        wire_close(&new);
        world_end(&world);
}

static void record_deferred(void *object)
{
        record(object, 'D');
}

static void put_off(struct step *step)
{
        loop_defer(step->world->loop, record_deferred, step->world);
}

static void put_off_work_runs_after_all_callbacks_of_the_turn(void **state)
{
        (void)state;
        struct world world;
        world_start(&world);
        struct step a = step(&world, 'a', put_off), b = step(&world, 'b', NULL), c = step(&world, 'c', stop_loop);
        loop_timer_start(world.loop, &c.timer, 200);
        start_in_one_turn(&a, &b);
        loop_run(world.loop);
        assert_string_equal(world.record, "abDc");
        world_end(&world);
}

static void put_off_and_stop(struct step *step)
{
        put_off(step);
        stop_loop(step);
}

static void put_off_work_of_the_last_turn_is_done(void **state)
{
        (void)state;
        struct world world;
        world_start(&world);
        struct step a = step(&world, 'a', put_off_and_stop);
        loop_timer_start(world.loop, &a.timer, 1);
        loop_run(world.loop);
        assert_string_equal(world.record, "aD");
        world_end(&world);
}

static void put_off_work_of_a_loop_that_never_ran_is_done_when_it_is_freed(void **state)
{
        (void)state;
        struct world world;
        world_start(&world);
        loop_defer(world.loop, record_deferred, &world);
        assert_string_equal(world.record, "");
        world_end(&world);
        assert_string_equal(world.record, "D");
}

static void put_off_more(void *object)
{
        struct world *world = object;
        record(world, 'M');
        for (int i = 0; i < 3; i++)
                loop_defer(world->loop, record_deferred, world);
}

static void put_off_work_may_put_off_more(void **state)
{
        (void)state;
        struct world world;
        world_start(&world);
        loop_defer(world.loop, put_off_more, &world);
        loop_defer(world.loop, record_deferred, &world);
        world_end(&world);
        assert_string_equal(world.record, "MDDDD");
}

static void count_one(void *object)
{
        ++*(unsigned *)object;
}

static void any_number_can_be_put_off(void **state)
{
        (void)state;
        unsigned counted = 0;
        struct loop *loop = loop_new();
        for (int i = 0; i < 10000; i++)
                loop_defer(loop, count_one, &counted);
        loop_free(loop);
        assert_int_equal(counted, 10000);
}

static void free_step(struct step *step)
{
        loop_stop(step->world->loop);
        loop_defer(step->world->loop, free, step);
}

static void an_object_is_freed_after_its_own_callback(void **state)
{
        (void)state;
        struct world world;
        world_start(&world);
        struct step *a = malloc(sizeof *a);
        *a = step(&world, 'a', free_step);
        loop_timer_start(world.loop, &a->timer, 1);
        loop_run(world.loop);
        assert_string_equal(world.record, "a");
        world_end(&world);
}

struct caught {
        struct loop_signal watch;
        struct world *world;
};

static void caught_raised(struct loop_signal *watch)
{
        record(((struct caught *)watch)->world, 'S');
        loop_stop(watch->loop);
}

static void raise_usr1(struct step *step)
{
        (void)step;
        kill(getpid(), SIGUSR1);
}

static void a_signal_is_a_callback_of_the_loop(void **state)
{
        (void)state;
        struct world world;
        world_start(&world);
        struct caught caught = {.watch.raised = caught_raised, .world = &world};
        struct step a = step(&world, 'a', raise_usr1);
        loop_signal_start(world.loop, &caught.watch, SIGUSR1);
        for (int round = 0; round < 2; round++) {
                loop_timer_start(world.loop, &a.timer, 1);
                loop_run(world.loop);
        }
        assert_string_equal(world.record, "aSaS");
        loop_signal_stop(&caught.watch);
        world_end(&world);
}

static void *wake_later(void *loop)
{
        for (int i = 0; i < 5; i++) {
                usleep(20000);
                loop_wake(loop);
        }
        return NULL;
}

/* Clock readings of a loop that has nothing to do for 200 ms. */
static int idle_readings(bool woken)
{
        struct world world;
        pthread_t thread;
        world_start(&world);
        struct step end = step(&world, '.', stop_loop);
        loop_timer_start(world.loop, &end.timer, 200);
        if (woken)
                pthread_create(&thread, NULL, wake_later, world.loop);
        int before = readings;
        loop_run(world.loop);
        int made = readings - before;
        if (woken)
                pthread_join(thread, NULL);
        world_end(&world);
        return made;
}

static void another_thread_can_make_the_loop_turn(void **state)
{
        (void)state;
        int quiet = idle_readings(false);
        assert_true(idle_readings(true) >= quiet + 3); /* of five wakes two may come together */
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(timers_fire_once_in_the_order_of_their_times),
                cmocka_unit_test(a_timer_counts_from_its_start_although_the_loop_was_not_looking),
                cmocka_unit_test(starting_a_running_timer_moves_it),
                cmocka_unit_test(a_stopped_timer_stays_silent_even_when_it_was_due),
                cmocka_unit_test(a_due_timer_that_is_started_again_fires_once_later),
                cmocka_unit_test(stopping_before_the_first_start_is_harmless),
                cmocka_unit_test(timers_do_not_notice_a_jump_of_the_wall_clock),
                cmocka_unit_test(the_loops_time_stands_still_within_a_turn_only),
                cmocka_unit_test(a_descriptor_reports_what_it_was_asked_for),
                cmocka_unit_test(a_paused_descriptor_waits_and_a_stopped_one_is_silent),
                cmocka_unit_test(a_descriptor_number_may_be_used_again_at_once),
                cmocka_unit_test(put_off_work_runs_after_all_callbacks_of_the_turn),
                cmocka_unit_test(put_off_work_of_the_last_turn_is_done),
                cmocka_unit_test(put_off_work_of_a_loop_that_never_ran_is_done_when_it_is_freed),
                cmocka_unit_test(put_off_work_may_put_off_more),
                cmocka_unit_test(any_number_can_be_put_off),
                cmocka_unit_test(an_object_is_freed_after_its_own_callback),
                cmocka_unit_test(a_signal_is_a_callback_of_the_loop),
                cmocka_unit_test(another_thread_can_make_the_loop_turn),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
