/* Every limit at its edge, over real sockets: who is let in, who makes room, who waits and who is thrown out. */
#include "sccp_world.h"

#include "sccp/rate.h"

static struct sccp_server_settings tight(void)
{
        static struct endpoint any;
        endpoint_parse("127.0.0.1", 0, &any);
        return world_settings(&any);
}

static const struct sccp_totals *totals(const struct world *world)
{
        return sccp_server_totals(world->server);
}

static void close_all(struct phone *phones, size_t count)
{
        for (size_t i = 0; i < count; i++)
                phone_close(&phones[i]);
}

/* One connects and the server has seen it. */
static void come(struct phone *phone, struct world *world, uint8_t host)
{
        phone_connect_from(phone, world, host, 0);
        world_run(world, 2);
}

static bool is_allowed(const char *listen, const char *allow)
{
        struct world world;
        struct phone phone;
        struct endpoint at;
        struct network network;
        assert_true(endpoint_parse(listen, 0, &at) && network_parse(allow, &network));
        struct sccp_server_settings settings = world_settings(&at);
        settings.allow = &network;
        settings.n_allow = 1;
        world_open_with(&world, &settings);
        struct endpoint server = sccp_server_address(world.server, 0);
        phone_connect_to(&phone, &server, 0);
        world_run(&world, 5);
        bool allowed = sccp_server_connections(world.server) == 1;
        assert_int_equal(totals(&world)->refused_not_allowed, !allowed);
        phone_close(&phone);
        world_close(&world);
        return allowed;
}

static void networks_are_those_of_either_family(void **state)
{
        (void)state;
        assert_true(is_allowed("127.0.0.1", "127.0.0.1/32"));
        assert_true(is_allowed("127.0.0.1", "::ffff:127.0.0.1")); /* as some write it */
        assert_false(is_allowed("127.0.0.1", "127.0.0.2/31"));
        assert_false(is_allowed("127.0.0.1", "::/0"));
        assert_true(is_allowed("::1", "::1/128"));
        assert_true(is_allowed("::1", "::/127"));
        assert_false(is_allowed("::1", "fd00::/8"));
        assert_false(is_allowed("::1", "0.0.0.0/0"));
}

static void connections_from_one_address_end_at_their_limit(void **state)
{
        (void)state;
        struct world world;
        struct phone phones[3], late, other;
        struct sccp_server_settings settings = tight();
        char name[8];
        settings.limits.connections_per_address = 3;
        world_open_with(&world, &settings);
        for (int i = 0; i < 3; i++) {
                text_printf(name, sizeof name, "SEP%d", i);
                come(&phones[i], &world, 2);
                phone_register(&phones[i], &world, name, SCCP_DEVICE_7960, 11);
        }
        come(&late, &world, 2); /* no stranger there to make room */
        phone_expect_end(&late, &world);
        assert_int_equal(totals(&world)->refused_per_address, 1);
        assert_int_equal(totals(&world)->connections_refused, 1);
        come(&other, &world, 3);
        phone_register(&other, &world, "SEP9", SCCP_DEVICE_7960, 11);
        assert_int_equal(sccp_server_registered(world.server), 4);
        close_all(phones, 3);
        phone_close(&late);
        phone_close(&other);
        world_close(&world);
}

static void a_newcomer_takes_the_place_of_its_neighbours_oldest_stranger(void **state)
{
        (void)state;
        struct world world;
        struct phone strangers[2], bystander, phone;
        struct sccp_server_settings settings = tight();
        settings.limits.strangers_per_address = 2;
        world_open_with(&world, &settings);
        come(&bystander, &world, 3); /* the oldest of all, from elsewhere */
        come(&strangers[0], &world, 2);
        come(&strangers[1], &world, 2);
        assert_true(phone_is_connected(&strangers[0]));
        come(&phone, &world, 2);
        phone_expect_end(&strangers[0], &world);
        assert_true(phone_is_connected(&strangers[1]) && phone_is_connected(&bystander));
        phone_register(&phone, &world, "SEP1", SCCP_DEVICE_7960, 11);
        assert_int_equal(totals(&world)->strangers_dropped, 1);
        assert_int_equal(totals(&world)->connections_refused, 0);
        assert_int_equal(sccp_server_strangers(world.server), 2);
        close_all(strangers, 2);
        phone_close(&bystander);
        phone_close(&phone);
        world_close(&world);
}

static void strangers_of_all_addresses_end_at_their_limit(void **state)
{
        (void)state;
        struct world world;
        struct phone phones[4];
        struct sccp_server_settings settings = tight();
        settings.limits.strangers = 3;
        world_open_with(&world, &settings);
        for (uint8_t i = 0; i < 4; i++)
                come(&phones[i], &world, 2 + i);
        phone_expect_end(&phones[0], &world);
        for (int i = 1; i < 4; i++)
                assert_true(phone_is_connected(&phones[i]));
        assert_int_equal(sccp_server_strangers(world.server), 3);
        close_all(phones, 4);
        world_close(&world);
}

/* Of those who never register, phones that wait here for their other gateway to fail go last. */
static void standby_phones_make_room_last(void **state)
{
        (void)state;
        struct world world;
        struct phone standby[2], silent, last;
        struct sccp_server_settings settings = tight();
        settings.limits.strangers = 3;
        world_open_with(&world, &settings);
        for (int i = 0; i < 2; i++) {
                come(&standby[i], &world, 2);
                phone_send_id(&standby[i], SCCP_KEEP_ALIVE);
                phone_expect(&standby[i], &world, SCCP_KEEP_ALIVE_ACK);
        }
        come(&silent, &world, 3);
        come(&last, &world, 4);
        phone_expect_end(&silent, &world);
        phone_send_id(&last, SCCP_KEEP_ALIVE);
        phone_expect(&last, &world, SCCP_KEEP_ALIVE_ACK);
        phone_close(&silent);
        come(&silent, &world, 3); /* and then the oldest of them */
        phone_expect_end(&standby[0], &world);
        assert_true(phone_is_connected(&standby[1]) && phone_is_connected(&last));
        phone_register(&silent, &world, "SEP1", SCCP_DEVICE_7960, 11);
        close_all(standby, 2);
        phone_close(&silent);
        phone_close(&last);
        world_close(&world);
}

/* Field guide R12: a gateway with 48 ports, or 300 phones behind a NAT that all come at once, with the defaults. */
static void phones_on_their_way_are_no_strangers(void **state)
{
        (void)state;
        enum { PHONES = 400 };
        struct world world;
        struct phone *phones = calloc(PHONES, sizeof *phones);
        char name[16];
        world_open(&world);
        for (int i = 0; i < PHONES; i++) {
                text_printf(name, sizeof name, "VGC%03d", i);
                phone_connect(&phones[i], &world);
                phone_begin(&phones[i], &world, name, SCCP_DEVICE_7960, 11);
        }
        assert_int_equal(sccp_server_strangers(world.server), 0);
        for (int i = 0; i < PHONES; i++) {
                phone_send_id(&phones[i], SCCP_TIME_DATE_REQ);
                phone_expect(&phones[i], &world, SCCP_DEFINE_TIME_DATE);
                world.record[0] = '\0';
        }
        assert_int_equal(sccp_server_registered(world.server), PHONES);
        assert_int_equal(totals(&world)->strangers_dropped, 0);
        close_all(phones, PHONES);
        free(phones);
        world_close(&world);
}

/* However often it says Register on new connections: one that is on its way has a name, and a name is on its way once.
 */
static void a_name_is_on_its_way_once(void **state)
{
        (void)state;
        struct world world;
        struct phone first, second;
        world_open(&world);
        come(&first, &world, 2);
        phone_begin(&first, &world, "SEP1", SCCP_DEVICE_7960, 11);
        come(&second, &world, 2);
        phone_begin(&second, &world, "sep1", SCCP_DEVICE_7960, 11);
        phone_expect_end(&first, &world);
        phone_send_id(&second, SCCP_TIME_DATE_REQ);
        phone_expect(&second, &world, SCCP_DEFINE_TIME_DATE);
        assert_string_equal(world.record, "up SEP1");
        assert_int_equal(sccp_server_connections(world.server), 1);
        phone_close(&first);
        phone_close(&second);
        world_close(&world);
}

static void the_time_to_register_is_a_setting(void **state)
{
        (void)state;
        struct world world;
        struct phone phone;
        struct sccp_server_settings settings = tight();
        settings.limits.register_s = 10;
        world_open_with(&world, &settings);
        come(&phone, &world, 2);
        world_skip(&world, 9000);
        assert_true(phone_is_connected(&phone));
        world_skip(&world, 2000);
        phone_expect_end(&phone, &world);
        assert_int_equal(totals(&world)->register_timeouts, 1);
        phone_close(&phone);
        world_close(&world);
}

/* Keepalives do not put it off: who has a name and does not go on is ready when its time is over. */
static void a_registration_ends_at_its_deadline(void **state)
{
        (void)state;
        struct world world;
        struct phone phone;
        world_open(&world);
        come(&phone, &world, 2);
        phone_begin(&phone, &world, "SEP1", SCCP_DEVICE_7960, 11);
        for (int i = 0; i < 5; i++) {
                assert_string_equal(world.record, "");
                phone_send_id(&phone, SCCP_KEEP_ALIVE);
                phone_expect(&phone, &world, SCCP_KEEP_ALIVE_ACK);
                world_skip(&world, i < 4 ? 7000 : 3000);
        }
        assert_string_equal(world.record, "up SEP1");
        phone_close(&phone);
        world_close(&world);
}

/* Sends until it is thrown out or has sent `most`, and says how many arrived before that. */
static uint64_t storm(struct phone *phone, struct world *world, unsigned most)
{
        uint8_t frame[SCCP_FRAME_MAX];
        size_t len = phone_encode(phone, &(struct sccp_message){.id = SCCP_HEADSET_STATUS}, frame);
        uint64_t before = totals(world)->messages_in;
        for (unsigned i = 0; i < most && send(phone->socket, frame, len, MSG_NOSIGNAL) == (ssize_t)len; i++)
                if (i % 50 == 49)
                        world_run(world, 1);
        world_run(world, 20);
        return totals(world)->messages_in - before;
}

static void too_many_messages_end_the_connection(void **state)
{
        (void)state;
        struct world world;
        struct phone phone;
        struct sccp_server_settings settings = tight();
        settings.limits.messages = 10;
        world_open_with(&world, &settings);
        come(&phone, &world, 2);
        phone_register(&phone, &world, "SEP1", SCCP_DEVICE_7960, 11);
        world_skip(&world, 20000);
        assert_int_equal(storm(&phone, &world, 10 * RATE_S), 10 * RATE_S);
        assert_string_equal(world.record, "up SEP1");
        world_skip(&world, 11000);
        struct ear ear = log_listen();
        uint64_t taken = storm(&phone, &world, 1000);
        assert_in_range(taken, 10 * RATE_S, 10 * RATE_S + 20); /* a little time passes meanwhile */
        assert_int_equal(log_count(&ear, "SEP1: closed: it sends too much (sccp.limits.messages, sccp.limits.bytes)"),
                         1);
        assert_string_equal(world.record, "up SEP1, down SEP1 closed");
        assert_int_equal(totals(&world)->rate_exceeded, 1);
        phone_close(&phone);
        world_close(&world);
}

static void too_many_bytes_end_the_connection(void **state)
{
        (void)state;
        static const uint8_t head[FRAME_HEADER_SIZE] = {0x00, 0x10, 0, 0, 0, 0, 0, 0, 0x99, 0x99}; /* the longest */
        enum { FRAME = FRAME_LENGTH_MAX + 8 };
        struct world world;
        struct phone phone;
        uint8_t frame[FRAME] = {0};
        struct sccp_server_settings settings = tight();
        settings.limits.bytes = FRAME;
        memcpy(frame, head, sizeof head);
        world_open_with(&world, &settings);
        come(&phone, &world, 2);
        phone_register(&phone, &world, "SEP1", SCCP_DEVICE_7960, 11);
        world_skip(&world, 20000);
        for (int i = 0; i < RATE_S; i++) {
                phone_write(&phone, frame, sizeof frame);
                world_run(&world, 1);
        }
        world_run(&world, 20);
        assert_string_equal(world.record, "up SEP1");
        for (int i = 0; i < RATE_S && sccp_server_registered(world.server); i++) {
                send(phone.socket, frame, sizeof frame, MSG_NOSIGNAL);
                world_run(&world, 1);
        }
        assert_string_equal(world.record, "up SEP1, down SEP1 closed");
        assert_int_equal(totals(&world)->rate_exceeded, 1);
        phone_close(&phone);
        world_close(&world);
}

/* What does not register has little to say. */
static void strangers_may_send_a_tenth(void **state)
{
        (void)state;
        struct world world;
        struct phone phone, chatty;
        world_open(&world);
        come(&chatty, &world, 2);
        assert_in_range(storm(&chatty, &world, 1000), 10 * RATE_S, 10 * RATE_S + 20);
        phone_expect_end(&chatty, &world);
        come(&phone, &world, 2);
        phone_register(&phone, &world, "SEP1", SCCP_DEVICE_7960, 11);
        assert_true(storm(&phone, &world, 900) == 900);
        assert_string_equal(world.record, "up SEP1");
        phone_close(&chatty);
        phone_close(&phone);
        world_close(&world);
}

static void strangers_together_do_not_fill_the_log(void **state)
{
        (void)state;
        struct world world;
        struct phone phones[60], phone;
        struct sccp_message alarm = {.id = SCCP_ALARM};
        world_open(&world);
        TEXT_SET(alarm.alarm.text, "Last=Initialized");
        struct ear ear = log_listen();
        for (uint8_t i = 0; i < 60; i++) {
                come(&phones[i], &world, 2 + i);
                for (int n = 0; n < 3; n++) {
                        phone_send(&phones[i], &alarm);
                        phone_send_id(&phones[i], SCCP_OFF_HOOK);
                }
                world_run(&world, 2);
        }
        assert_int_equal(log_count(&ear, "127.0.0."), STRANGERS);
        ear = log_listen();
        come(&phone, &world, 2); /* of a phone of ours it may say something */
        phone_register(&phone, &world, "SEP1", SCCP_DEVICE_7960, 11);
        phone_send(&phone, &alarm);
        world_run(&world, 5);
        assert_int_equal(log_count(&ear, "SEP1: alarm:"), 1);
        close_all(phones, 60);
        phone_close(&phone);
        world_close(&world);
}

/* protocol/README section 5: a storm of keys has less than 50 a second; a phone with 56 buttons asks all at once. */
static void no_user_and_no_registration_is_too_much(void **state)
{
        (void)state;
        struct world world;
        struct phone phone;
        world_open(&world);
        come(&phone, &world, 2);
        phone_begin(&phone, &world, "SEP1", SCCP_DEVICE_7960, 11);
        for (int i = 0; i < 200; i++)
                phone_send(&phone, &(struct sccp_message){.id = SCCP_SPEED_DIAL_STAT_REQ});
        for (int i = 0; i < 200; i++)
                phone_receive(&phone, &world);
        phone_send_id(&phone, SCCP_TIME_DATE_REQ);
        phone_expect(&phone, &world, SCCP_DEFINE_TIME_DATE);
        for (int second = 0; second < 120; second++) {
                for (int i = 0; i < 50; i++)
                        phone_send(&phone, &(struct sccp_message){.id = SCCP_KEYPAD_BUTTON});
                world_skip(&world, 1000);
                world.record[0] = '\0';
        }
        assert_int_equal(sccp_server_registered(world.server), 1);
        assert_int_equal(totals(&world)->rate_exceeded, 0);
        phone_close(&phone);
        world_close(&world);
}

/* The kernel's buffers are kept small to get there. */
static unsigned prompts_until_dropped(unsigned queue)
{
        struct world world;
        struct phone phone;
        struct sccp_server_settings settings = tight();
        unsigned sent = 0;
        settings.limits.queue = queue;
        world_open_with(&world, &settings);
        struct endpoint server = sccp_server_address(world.server, 0);
        phone_connect_to(&phone, &server, 4096);
        phone_register(&phone, &world, "SEP1", SCCP_DEVICE_7960, 11);
        struct sccp_session *session = sccp_session_find(world.server, "SEP1");
        setsockopt(session->link.socket, SOL_SOCKET, SO_SNDBUF, &(int){4096}, sizeof(int));
        for (; sccp_server_registered(world.server); sent++) {
                sccp_session_send(session, &(struct sccp_message){.id = SCCP_DISPLAY_PROMPT_STATUS});
                assert_true(sent < 100000 && session->link.room <= queue);
                if (sent % 10 == 9)
                        world_run(&world, 1);
        }
        assert_string_equal(world.record, "up SEP1, down SEP1 closed");
        assert_int_equal(totals(&world)->stalled, 1);
        phone_close(&phone);
        world_close(&world);
        return sent;
}

static void what_a_phone_may_leave_unread_is_a_setting(void **state)
{
        (void)state;
        unsigned small = prompts_until_dropped(16384), large = prompts_until_dropped(100000);
        assert_in_range(large - small, 83616 / 64, 83616 / 32); /* a prompt has 56 bytes or so */
}

static void send_register(struct phone *phone, const char *name)
{
        struct sccp_message message = phone_register_message(name, SCCP_DEVICE_7960, 11);
        phone_send(phone, &message);
}

static bool is_answered(struct phone *phone, struct world *world)
{
        struct sccp_message message;
        bool closed;
        world_run(world, 5);
        return phone_read(phone, &closed) && phone_next(phone, &message) && message.id == SCCP_REGISTER_REJECT;
}

static void one_after_the_other_tries_names(struct world *world, uint8_t host, int count)
{
        for (int i = 0; i < count; i++) {
                struct phone phone;
                come(&phone, world, host);
                send_register(&phone, "SEPFFFF");
                assert_true(is_answered(&phone, world));
                phone_close(&phone);
        }
}

/* The phone says that it is there, second by second. */
static void seconds_pass(struct world *world, struct phone *phone, int seconds)
{
        for (int i = 0; i < seconds; i++) {
                phone_send_id(phone, SCCP_KEEP_ALIVE);
                world_skip(world, 1000);
        }
}

/* How long exactly is told in test_sccp_hosts.c; here between waits of 8, 16 and 60 seconds there is time to spare. */
static void refused_names_wait_and_configured_ones_never(void **state)
{
        (void)state;
        struct world world;
        struct phone guessing[2], stubborn, phone;
        world_open(&world);
        world.known = "SEP1";
        one_after_the_other_tries_names(&world, 2, 5);
        come(&stubborn, &world, 2);
        for (int i = 0; i < 3; i++) {
                send_register(&stubborn, "SEP3");
                world_run(&world, 5);
        }
        come(&guessing[0], &world, 2);
        come(&guessing[1], &world, 2);
        send_register(&guessing[0], "SEP2");
        world_run(&world, 5);
        send_register(&guessing[1], "no name at all");
        assert_false(is_answered(&guessing[0], &world) || is_answered(&guessing[1], &world));
        assert_int_equal(totals(&world)->rejections_delayed, 5);
        come(&phone, &world, 2); /* behind the same NAT */
        phone_register(&phone, &world, "SEP1", SCCP_DEVICE_7960, 11);
        one_after_the_other_tries_names(&world, 3, 1); /* and at another address */
        seconds_pass(&world, &phone, 8);
        assert_true(is_answered(&guessing[0], &world));
        assert_false(is_answered(&guessing[1], &world));
        seconds_pass(&world, &phone, 8);
        assert_true(is_answered(&guessing[1], &world));
        assert_int_equal(totals(&world)->rejections, 11); /* each Register but the phone's */
        for (int i = 0; i < 10; i++) { /* it never gets longer than the setting says */
                phone_close(&stubborn);
                come(&stubborn, &world, 2);
                send_register(&stubborn, "SEP3");
                world_run(&world, 5);
        }
        seconds_pass(&world, &phone, 50);
        assert_false(is_answered(&stubborn, &world));
        seconds_pass(&world, &phone, 10);
        assert_true(is_answered(&stubborn, &world));
        assert_string_equal(world.record, "up SEP1");
        close_all(guessing, 2);
        phone_close(&stubborn);
        phone_close(&phone);
        world_close(&world);
}

/* It hangs up, unregisters, or tries the right name: nothing is left of the answer that waited. */
static void a_phone_that_waits_may_do_something_else(void **state)
{
        (void)state;
        struct world world;
        struct phone gone, sorry, corrected;
        world_open(&world);
        world.known = "SEP1";
        one_after_the_other_tries_names(&world, 2, 5);
        come(&gone, &world, 2);
        come(&sorry, &world, 2);
        come(&corrected, &world, 2);
        send_register(&gone, "SEP2");
        send_register(&sorry, "SEP3");
        send_register(&corrected, "SEP4");
        world_run(&world, 5);
        phone_close(&gone);
        phone_send_id(&sorry, SCCP_UNREGISTER_REQ);
        assert_int_equal(phone_expect(&sorry, &world, SCCP_UNREGISTER_ACK).unregister_ack.status, SCCP_UNREGISTER_OK);
        phone_register(&corrected, &world, "SEP1", SCCP_DEVICE_7960, 11);
        world_skip(&world, 5000);
        assert_true(phone_is_connected(&sorry) && phone_is_connected(&corrected));
        assert_int_equal(totals(&world)->rejections, 8); /* the five before, and these three */
        assert_string_equal(world.record, "up SEP1");
        phone_close(&sorry);
        phone_close(&corrected);
        world_close(&world);
}

static void a_server_is_freed_with_answers_waiting(void **state)
{
        (void)state;
        struct world world;
        struct phone phone;
        world_open(&world);
        world.known = "SEP1";
        one_after_the_other_tries_names(&world, 2, 5);
        come(&phone, &world, 2);
        send_register(&phone, "SEP2");
        world_run(&world, 5);
        world_close(&world);
        phone_close(&phone);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(networks_are_those_of_either_family),
                cmocka_unit_test(connections_from_one_address_end_at_their_limit),
                cmocka_unit_test(a_newcomer_takes_the_place_of_its_neighbours_oldest_stranger),
                cmocka_unit_test(strangers_of_all_addresses_end_at_their_limit),
                cmocka_unit_test(standby_phones_make_room_last),
                cmocka_unit_test(phones_on_their_way_are_no_strangers),
                cmocka_unit_test(a_name_is_on_its_way_once),
                cmocka_unit_test(the_time_to_register_is_a_setting),
                cmocka_unit_test(a_registration_ends_at_its_deadline),
                cmocka_unit_test(too_many_messages_end_the_connection),
                cmocka_unit_test(too_many_bytes_end_the_connection),
                cmocka_unit_test(strangers_may_send_a_tenth),
                cmocka_unit_test(strangers_together_do_not_fill_the_log),
                cmocka_unit_test(no_user_and_no_registration_is_too_much),
                cmocka_unit_test(what_a_phone_may_leave_unread_is_a_setting),
                cmocka_unit_test(refused_names_wait_and_configured_ones_never),
                cmocka_unit_test(a_phone_that_waits_may_do_something_else),
                cmocka_unit_test(a_server_is_freed_with_answers_waiting),
        };
        log_level_set(LOG_ERROR); /* the tests provoke many warnings */
        return cmocka_run_group_tests(tests, NULL, NULL);
}
