/* One name, two connections: which of them is the phone? And phones that leave of their own accord. Dead peers are made
 * with a filter that lets nothing into a socket any more, and with TCP_REPAIR, which closes one without a word. */
#include "sccp_world.h"

#include <linux/filter.h>

#define HERE  2 /* last number of the addresses phones connect from */
#define THERE 3

static const struct sccp_totals *totals(const struct world *world)
{
        return sccp_server_totals(world->server);
}

static void come(struct phone *phone, struct world *world, uint8_t host)
{
        phone_connect_from(phone, world, host, 0);
        phone_register(phone, world, "SEP1", SCCP_DEVICE_7960, 11);
}

static void ask(struct phone *phone, struct world *world, uint8_t host)
{
        struct sccp_message message = phone_register_message("SEP1", SCCP_DEVICE_7960, 11);
        phone_connect_from(phone, world, host, 0);
        phone_send(phone, &message);
}

static void is_turned_away(struct phone *phone, struct world *world, const char *text)
{
        assert_string_equal(phone_expect(phone, world, SCCP_REGISTER_REJECT).register_reject.text, text);
        world_skip(world, 1000);
        phone_expect_end(phone, world);
}

/* Whoever has the name answers keepalives; what was sent before is passed over. */
static void is_served(struct phone *phone, struct world *world)
{
        phone_send_id(phone, SCCP_LINE_STAT_REQ);
        while (phone_receive(phone, world).id != SCCP_LINE_STAT)
                continue;
}

/* Its host has lost power: packets to it vanish. */
static void go_dark(struct phone *phone)
{
        struct sock_filter nothing = BPF_STMT(BPF_RET | BPF_K, 0);
        struct sock_fprog filter = {.len = 1, .filter = &nothing};
        assert_int_equal(setsockopt(phone->socket, SOL_SOCKET, SO_ATTACH_FILTER, &filter, sizeof filter), 0);
}

/* It has restarted and knows nothing of the connection. False: only root may. */
static bool forget_connection(struct phone *phone)
{
        enum { REPAIR = 19 }; /* TCP_REPAIR: in another header than the rest */
        if (setsockopt(phone->socket, IPPROTO_TCP, REPAIR, &(int){1}, sizeof(int)) < 0)
                return false;
        phone_close(phone);
        return true;
}

static void the_same_address_wins_at_once_even_in_a_call(void **state)
{
        (void)state;
        struct world world;
        struct phone old, new;
        world_open(&world);
        come(&old, &world, HERE);
        world.in_call = true;
        come(&new, &world, HERE);
        assert_string_equal(world.record, "up SEP1, down SEP1 replaced, up SEP1");
        phone_expect_end(&old, &world);
        assert_int_equal(totals(&world)->replaced, 1);
        phone_close(&old);
        phone_close(&new);
        world_close(&world);
}

static void another_address_wins_at_once_outside_a_call(void **state)
{
        (void)state;
        struct world world;
        struct phone old, new;
        world_open(&world);
        come(&old, &world, HERE);
        come(&new, &world, THERE);
        assert_string_equal(world.record, "up SEP1, down SEP1 replaced, up SEP1");
        phone_expect_end(&old, &world);
        phone_close(&old);
        phone_close(&new);
        world_close(&world);
}

static void a_call_is_not_lost_to_a_second_phone(void **state)
{
        (void)state;
        struct world world;
        struct phone old, new;
        world_open(&world);
        come(&old, &world, HERE);
        world.in_call = true;
        ask(&new, &world, THERE);
        is_turned_away(&new, &world, "In a call elsewhere");
        is_served(&old, &world);
        assert_string_equal(world.record, "up SEP1");
        assert_int_equal(totals(&world)->turned_away, 1);
        assert_int_equal(totals(&world)->rejections, 1);
        phone_close(&new);
        world.in_call = false;
        come(&new, &world, THERE);
        assert_string_equal(world.record, "up SEP1, down SEP1 replaced, up SEP1");
        phone_close(&old);
        phone_close(&new);
        world_close(&world);
}

/* It was free when the second phone began to register, and is in a call when that one is done. */
static void a_call_that_begins_meanwhile_is_not_lost_either(void **state)
{
        (void)state;
        struct world world;
        struct phone old, new;
        world_open(&world);
        come(&old, &world, HERE);
        phone_connect_from(&new, &world, THERE, 0);
        phone_begin(&new, &world, "SEP1", SCCP_DEVICE_7960, 11);
        world.in_call = true;
        phone_send_id(&new, SCCP_TIME_DATE_REQ);
        phone_expect_end(&new, &world);
        is_served(&old, &world);
        assert_string_equal(world.record, "up SEP1");
        assert_int_equal(totals(&world)->turned_away, 1);
        phone_close(&old);
        phone_close(&new);
        world_close(&world);
}

/* A phone on wireless walks to another network in a call: its old connection says nothing and confirms nothing. */
static void a_dead_call_gives_way_to_another_address(void **state)
{
        (void)state;
        struct world world;
        struct phone old, new;
        world_open(&world);
        come(&old, &world, HERE);
        world.in_call = true;
        go_dark(&old);
        ask(&new, &world, THERE);
        world_run(&world, 250);
        assert_string_equal(world.record, "up SEP1"); /* it has two seconds */
        world_skip(&world, 2000);
        world_run(&world, 150);
        phone_expect(&new, &world, SCCP_REGISTER_ACK);
        assert_string_equal(world.record, "up SEP1, down SEP1 lost");
        assert_int_equal(totals(&world)->half_open, 1);
        assert_int_equal(totals(&world)->turned_away, 0);
        phone_close(&old);
        phone_close(&new);
        world_close(&world);
}

/* The probe reaches a phone that has restarted: its answer ends the old connection before two seconds are over. */
static void a_restarted_phone_is_found_out_by_the_probe(void **state)
{
        (void)state;
        struct world world;
        struct phone old, new;
        world_open(&world);
        come(&old, &world, HERE);
        world.in_call = true;
        if (!forget_connection(&old)) {
                phone_close(&old);
                world_close(&world);
                skip();
        }
        ask(&new, &world, THERE);
        phone_expect(&new, &world, SCCP_REGISTER_ACK);
        assert_string_equal(world.record, "up SEP1, down SEP1 lost");
        phone_close(&new);
        world_close(&world);
}

/* What goes on while a Register is held: the one who asked hangs up, asks again, or the call ends. */
static void who_waits_for_a_name_may_leave(void **state)
{
        (void)state;
        struct world world;
        struct phone old, new;
        world_open(&world);
        come(&old, &world, HERE);
        world.in_call = true;
        go_dark(&old);
        ask(&new, &world, THERE);
        world_run(&world, 20);
        phone_close(&new);
        world_run(&world, 20);
        assert_int_equal(sccp_server_connections(world.server), 1);
        ask(&new, &world, THERE);
        world_run(&world, 20);
        struct sccp_message again = phone_register_message("SEP1", SCCP_DEVICE_7960, 11);
        phone_send(&new, &again);
        world_run(&world, 20);
        world.in_call = false;
        phone_expect(&new, &world, SCCP_REGISTER_ACK);
        assert_string_equal(world.record, "up SEP1");
        phone_close(&old);
        phone_close(&new);
        world_close(&world);
}

/* Two desks, one name: each throws the other out, until that is noticed. */
static void duel(struct phone *winner, struct phone *loser, struct world *world)
{
        come(winner, world, HERE);
        for (int i = 0; i < 4; i++) {
                struct phone *newest = i % 2 ? winner : loser, *older = i % 2 ? loser : winner;
                world_skip(world, 5000);
                come(newest, world, i % 2 ? HERE : THERE);
                phone_expect_end(older, world);
                phone_close(older);
        }
        assert_int_equal(totals(world)->replaced, 4);
}

static void two_phones_of_one_name_are_told_apart_and_one_stays(void **state)
{
        (void)state;
        struct world world;
        struct phone winner, loser;
        world_open(&world);
        duel(&winner, &loser, &world);
        struct ear ear = log_listen();
        for (int i = 0; i < 10; i++) { /* longer than a minute: each attempt begins it anew */
                world_skip(&world, 19000);
                is_served(&winner, &world);
                ask(&loser, &world, THERE);
                is_turned_away(&loser, &world, "Name in use elsewhere");
                phone_close(&loser);
        }
        unsigned said = log_count(&ear, "SEP1: two phones have this name: the one at 127.0.0.2:");
        assert_int_equal(said, 1);
        assert_int_equal(totals(&world)->turned_away, 10);
        assert_int_equal(totals(&world)->replaced, 4);
        phone_close(&winner);
        world_close(&world);
}

static void a_duel_names_both_addresses(void **state)
{
        (void)state;
        struct world world;
        struct phone winner, loser;
        world_open(&world);
        duel(&winner, &loser, &world);
        struct ear ear = log_listen();
        ask(&loser, &world, THERE);
        is_turned_away(&loser, &world, "Name in use elsewhere");
        assert_int_equal(log_count(&ear, "the one at 127.0.0.3:"), 1);
        phone_close(&loser);
        phone_close(&winner);
        world_close(&world);
}

static void a_duel_is_over_after_a_quiet_minute(void **state)
{
        (void)state;
        struct world world;
        struct phone winner, loser;
        world_open(&world);
        duel(&winner, &loser, &world);
        for (int i = 0; i < 3; i++) {
                is_served(&winner, &world);
                world_skip(&world, 20000);
        }
        is_served(&winner, &world);
        come(&loser, &world, THERE);
        assert_int_equal(totals(&world)->turned_away, 0);
        assert_int_equal(totals(&world)->replaced, 5);
        phone_close(&loser);
        phone_close(&winner);
        world_close(&world);
}

static void the_winner_of_a_duel_may_come_again_and_may_die(void **state)
{
        (void)state;
        struct world world;
        struct phone winner, loser;
        world_open(&world);
        duel(&winner, &loser, &world);
        struct phone again;
        come(&again, &world, HERE); /* the same desk, and what is known of the duel goes with it */
        phone_expect_end(&winner, &world);
        phone_close(&winner);
        ask(&loser, &world, THERE);
        is_turned_away(&loser, &world, "Name in use elsewhere");
        phone_close(&loser);
        go_dark(&again);
        ask(&loser, &world, THERE);
        world_run(&world, 20);
        world_skip(&world, 2000);
        world_run(&world, 150);
        phone_expect(&loser, &world, SCCP_REGISTER_ACK);
        assert_int_equal(totals(&world)->half_open, 1);
        phone_close(&again);
        phone_close(&loser);
        world_close(&world);
}

/* Neither gets as far as being registered. */
static void phones_on_their_way_throw_each_other_out_only_so_often(void **state)
{
        (void)state;
        struct world world;
        struct phone phones[5], loser;
        world_open(&world);
        for (uint8_t i = 0; i < 5; i++) {
                phone_connect_from(&phones[i], &world, HERE + i % 2, 0);
                phone_begin(&phones[i], &world, "SEP1", SCCP_DEVICE_7960, 11);
                if (i)
                        phone_expect_end(&phones[i - 1], &world);
        }
        ask(&loser, &world, THERE);
        is_turned_away(&loser, &world, "Name in use elsewhere");
        phone_send_id(&phones[4], SCCP_TIME_DATE_REQ);
        phone_expect(&phones[4], &world, SCCP_KEEP_ALIVE_ACK); /* the probe */
        phone_expect(&phones[4], &world, SCCP_DEFINE_TIME_DATE);
        assert_string_equal(world.record, "up SEP1");
        assert_int_equal(totals(&world)->replaced, 4);
        for (int i = 0; i < 5; i++)
                phone_close(&phones[i]);
        phone_close(&loser);
        world_close(&world);
}

/* Three times in a minute is a phone that roams. */
static void a_few_changes_of_address_are_no_duel(void **state)
{
        (void)state;
        struct world world;
        struct phone phones[5];
        world_open(&world);
        for (uint8_t i = 0; i < 4; i++)
                come(&phones[i], &world, HERE + i);
        world_skip(&world, 60000); /* it is silent for so long that it is given up, with all that was known */
        come(&phones[4], &world, HERE);
        assert_int_equal(totals(&world)->turned_away, 0);
        for (int i = 0; i < 5; i++)
                phone_close(&phones[i]);
        world_close(&world);
}

static void a_phone_may_register_anew_on_its_own_connection_in_a_call(void **state)
{
        (void)state;
        struct world world;
        struct phone phone;
        world_open(&world);
        come(&phone, &world, HERE);
        world.in_call = true;
        phone_register(&phone, &world, "SEP1", SCCP_DEVICE_7960, 11);
        assert_string_equal(world.record, "up SEP1, down SEP1 replaced, up SEP1");
        assert_int_equal(totals(&world)->rejections, 0);
        phone_close(&phone);
        world_close(&world);
}

/* Field guide R10: a 7936 comes from port 1024 each time. Here after it reset its connection, and after it forgot it:
 * then its SYN meets a connection that lives, and the kernels sort that out within a second or two. */
static void a_phone_may_come_from_the_same_port(void **state)
{
        (void)state;
        struct world world;
        struct phone phone;
        enum { PORT = 20936 };
        world_open(&world);
        phone_connect_from(&phone, &world, HERE, PORT);
        phone_register(&phone, &world, "SEP1", SCCP_DEVICE_7936, 5);
        setsockopt(phone.socket, SOL_SOCKET, SO_LINGER, &(struct linger){1, 0}, sizeof(struct linger));
        phone_close(&phone);
        phone_connect_from(&phone, &world, HERE, PORT);
        phone_register(&phone, &world, "SEP1", SCCP_DEVICE_7936, 5);
        assert_string_equal(world.record, "up SEP1, down SEP1 lost, up SEP1");
        if (forget_connection(&phone)) {
                phone_connect_from(&phone, &world, HERE, PORT);
                phone_register(&phone, &world, "SEP1", SCCP_DEVICE_7936, 5);
                assert_string_equal(world.record, "up SEP1, down SEP1 lost, up SEP1, down SEP1 lost, up SEP1");
        }
        assert_int_equal(sccp_server_registered(world.server), 1);
        phone_close(&phone);
        world_close(&world);
}

/* Field guide R13 */
static void a_phone_that_goes_to_sleep_is_no_trouble(void **state)
{
        (void)state;
        struct world world;
        struct phone phone;
        static const uint8_t without_reason[] = {4, 0, 0, 0, 0, 0, 0, 0, 0x27, 0, 0, 0};
        world_open(&world);
        struct ear ear = log_listen();
        for (int night = 0; night < 3; night++) {
                struct sccp_message message = {.id = SCCP_UNREGISTER_REQ, .unregister_req.reason = 0};
                come(&phone, &world, HERE);
                phone_send(&phone, &message);
                assert_int_equal(phone_expect(&phone, &world, SCCP_UNREGISTER_ACK).unregister_ack.status,
                                 SCCP_UNREGISTER_OK);
                phone_close(&phone);
                world_run(&world, 10);
        }
        assert_int_equal(log_count(&ear, "INFO  SEP1: unregistered: power save or restart"), 3);
        assert_int_equal(totals(&world)->registrations, 3);
        ear = log_listen();
        come(&phone, &world, HERE);
        phone_write(&phone, without_reason, sizeof without_reason);
        phone_expect(&phone, &world, SCCP_UNREGISTER_ACK);
        assert_int_equal(log_count(&ear, "SEP1: unregistered\n"), 1);
        assert_int_equal(totals(&world)->rejections_delayed, 0);
        phone_close(&phone);
        world_close(&world);
}

static void a_connection_that_never_registered_may_unregister(void **state)
{
        (void)state;
        struct world world;
        struct phone phone;
        world_open(&world);
        phone_connect_from(&phone, &world, HERE, 0);
        for (int i = 0; i < 2; i++) {
                phone_send_id(&phone, SCCP_UNREGISTER_REQ);
                assert_int_equal(phone_expect(&phone, &world, SCCP_UNREGISTER_ACK).unregister_ack.status,
                                 SCCP_UNREGISTER_OK);
        }
        phone_begin(&phone, &world, "SEP1", SCCP_DEVICE_7960, 11);
        phone_send_id(&phone, SCCP_UNREGISTER_REQ); /* on its way */
        phone_expect(&phone, &world, SCCP_UNREGISTER_ACK);
        assert_int_equal(sccp_server_strangers(world.server), 1);
        phone_register(&phone, &world, "SEP1", SCCP_DEVICE_7960, 11);
        assert_string_equal(world.record, "up SEP1");
        phone_close(&phone);
        world_close(&world);
}

/* It has unregistered and neither leaves nor comes back. */
static void who_unregisters_is_a_stranger_again(void **state)
{
        (void)state;
        struct world world;
        struct phone phone;
        world_open(&world);
        come(&phone, &world, HERE);
        assert_int_equal(sccp_server_strangers(world.server), 0);
        phone_send_id(&phone, SCCP_UNREGISTER_REQ);
        phone_expect(&phone, &world, SCCP_UNREGISTER_ACK);
        assert_int_equal(sccp_server_strangers(world.server), 1);
        world_skip(&world, 29000);
        assert_true(phone_is_connected(&phone));
        world_skip(&world, 2000);
        phone_expect_end(&phone, &world);
        phone_close(&phone);
        world_close(&world);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(the_same_address_wins_at_once_even_in_a_call),
                cmocka_unit_test(another_address_wins_at_once_outside_a_call),
                cmocka_unit_test(a_call_is_not_lost_to_a_second_phone),
                cmocka_unit_test(a_call_that_begins_meanwhile_is_not_lost_either),
                cmocka_unit_test(a_dead_call_gives_way_to_another_address),
                cmocka_unit_test(a_restarted_phone_is_found_out_by_the_probe),
                cmocka_unit_test(who_waits_for_a_name_may_leave),
                cmocka_unit_test(two_phones_of_one_name_are_told_apart_and_one_stays),
                cmocka_unit_test(a_duel_names_both_addresses),
                cmocka_unit_test(a_duel_is_over_after_a_quiet_minute),
                cmocka_unit_test(the_winner_of_a_duel_may_come_again_and_may_die),
                cmocka_unit_test(phones_on_their_way_throw_each_other_out_only_so_often),
                cmocka_unit_test(a_few_changes_of_address_are_no_duel),
                cmocka_unit_test(a_phone_may_register_anew_on_its_own_connection_in_a_call),
                cmocka_unit_test(a_phone_may_come_from_the_same_port),
                cmocka_unit_test(a_phone_that_goes_to_sleep_is_no_trouble),
                cmocka_unit_test(a_connection_that_never_registered_may_unregister),
                cmocka_unit_test(who_unregisters_is_a_stranger_again),
        };
        log_level_set(LOG_ERROR); /* the tests provoke many warnings */
        return cmocka_run_group_tests(tests, NULL, NULL);
}
