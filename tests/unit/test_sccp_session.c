/* Sessions over real sockets: how bytes arrive, what deadlines do, and every way a phone goes. */
#include "sccp_world.h"

static void a_phone_registers_and_is_reported_once(void **state)
{
        (void)state;
        struct world world;
        struct phone phone;
        world_open(&world);
        phone_connect(&phone, &world);
        phone_send_id(&phone, SCCP_ALARM);
        phone_register(&phone, &world, "sep1", SCCP_DEVICE_7960, 11);
        assert_string_equal(world.record, "up SEP1");
        struct sccp_session *session = sccp_session_find(world.server, "Sep1");
        assert_non_null(session);
        assert_int_equal(sccp_session_version(session), 11);
        assert_int_equal(sccp_session_lines(session), 2);
        assert_string_equal(sccp_session_model(session)->name, "7960");
        assert_true(sccp_session_dynamic(session));
        assert_false(sccp_session_utf8(session));
        phone_close(&phone);
        world_close(&world);
}

/* Every place a frame can be torn at, and byte by byte. */
static void torn_frames_are_put_together(void **state)
{
        (void)state;
        struct world world;
        struct phone phone;
        struct sccp_message message = phone_register_message("SEP1", SCCP_DEVICE_7960, 11);
        uint8_t frame[SCCP_FRAME_MAX];
        world_open(&world);
        size_t len = phone_encode(&(struct phone){0}, &message, frame);
        for (size_t cut = 1; cut < len; cut++) {
                phone_connect(&phone, &world);
                phone_write(&phone, frame, cut);
                world_run(&world, 1);
                phone_write(&phone, frame + cut, len - cut);
                phone_expect(&phone, &world, SCCP_REGISTER_ACK);
                phone_close(&phone);
        }
        phone_connect(&phone, &world);
        for (size_t i = 0; i < len; i++) {
                phone_write(&phone, frame + i, 1);
                world_run(&world, 1);
        }
        phone_expect(&phone, &world, SCCP_REGISTER_ACK);
        phone_close(&phone);
        world_close(&world);
}

static void a_hundred_messages_in_one_segment_are_all_answered(void **state)
{
        (void)state;
        struct world world;
        struct phone phone;
        struct sccp_message message = phone_register_message("SEP1", SCCP_DEVICE_7960, 11);
        uint8_t bytes[8192];
        world_open(&world);
        phone_connect(&phone, &world);
        size_t len = phone_encode(&phone, &message, bytes);
        for (int i = 0; i < 100; i++)
                len += phone_encode(&phone, &(struct sccp_message){.id = SCCP_KEEP_ALIVE}, bytes + len);
        phone_write(&phone, bytes, len);
        phone_expect(&phone, &world, SCCP_REGISTER_ACK);
        phone_expect(&phone, &world, SCCP_CAPABILITIES_REQ);
        for (int i = 0; i < 100; i++)
                phone_expect(&phone, &world, SCCP_KEEP_ALIVE_ACK);
        assert_int_equal(sccp_server_totals(world.server)->messages_in, 101);
        phone_close(&phone);
        world_close(&world);
}

/* One recv takes all answers of a turn; between turns the session holds no buffer. */
static void answers_of_a_turn_leave_in_one_segment(void **state)
{
        (void)state;
        struct world world;
        struct phone phone;
        struct sccp_message message = phone_register_message("SEP1", SCCP_DEVICE_7960, 11);
        bool closed;
        world_open(&world);
        phone_connect(&phone, &world);
        phone_send(&phone, &message);
        phone_send_id(&phone, SCCP_SOFT_KEY_SET_REQ);
        world_run(&world, 20);
        assert_true(phone_read(&phone, &closed));
        phone.version = 11;
        assert_true(phone_next(&phone, &message) && message.id == SCCP_REGISTER_ACK);
        assert_true(phone_next(&phone, &message) && message.id == SCCP_CAPABILITIES_REQ);
        const struct link *link = &world_session(&world)->link;
        assert_null(link->queue);
        assert_null(link->stream.payload);
        assert_true(sizeof(struct sccp_session) < 1500);
        phone_close(&phone);
        world_close(&world);
}

static void a_wrong_length_ends_the_connection(void **state)
{
        (void)state;
        static const uint32_t lengths[] = {0, 3, 4097, 0x47455420, UINT32_MAX};
        for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
                struct world world;
                struct phone phone;
                uint8_t header[12] = {(uint8_t)lengths[i], (uint8_t)(lengths[i] >> 8), (uint8_t)(lengths[i] >> 16),
                                      (uint8_t)(lengths[i] >> 24)};
                world_open(&world);
                phone_connect(&phone, &world);
                phone_register(&phone, &world, "SEP1", SCCP_DEVICE_7960, 11);
                phone_write(&phone, header, sizeof header);
                phone_expect_end(&phone, &world);
                assert_string_equal(world.record, "up SEP1, down SEP1 protocol");
                assert_int_equal(sccp_server_totals(world.server)->frames_bad, 1);
                phone_close(&phone);
                world_close(&world);
        }
}

static void messages_before_register_are_dropped(void **state)
{
        (void)state;
        struct world world;
        struct phone phone;
        world_open(&world);
        phone_connect(&phone, &world);
        phone_send_id(&phone, SCCP_OFF_HOOK);
        phone_send_id(&phone, SCCP_BUTTON_TEMPLATE_REQ);
        phone_send_id(&phone, SCCP_KEEP_ALIVE);
        phone_expect(&phone, &world, SCCP_KEEP_ALIVE_ACK);
        assert_string_equal(world.record, "");
        assert_int_equal(sccp_server_totals(world.server)->out_of_phase, 2);
        phone_close(&phone);
        world_close(&world);
}

static void unknown_and_broken_messages_are_skipped(void **state)
{
        (void)state;
        struct world world;
        struct phone phone;
        static const uint8_t unknown[] = {8, 0, 0, 0, 0, 0, 0, 0, 0x99, 0x99, 0, 0, 1, 2, 3, 4};
        static const uint8_t cut[] = {8, 0, 0, 0, 0, 0, 0, 0, 0x26, 0, 0, 0, 1, 0, 0, 0}; /* SoftKeyEvent, 4 of 12 */
        world_open(&world);
        phone_connect(&phone, &world);
        phone_register(&phone, &world, "SEP1", SCCP_DEVICE_7960, 11);
        phone_write(&phone, unknown, sizeof unknown);
        phone_write(&phone, cut, sizeof cut);
        phone_send_id(&phone, SCCP_OFF_HOOK);
        phone_send_id(&phone, SCCP_KEEP_ALIVE);
        phone_expect(&phone, &world, SCCP_KEEP_ALIVE_ACK);
        assert_string_equal(world.record, "up SEP1, input SEP1 0");
        assert_int_equal(sccp_server_totals(world.server)->unknown, 1);
        assert_int_equal(sccp_server_totals(world.server)->undecodable, 1);
        phone_close(&phone);
        world_close(&world);
}

static void a_second_register_is_down_and_up_again(void **state)
{
        (void)state;
        struct world world;
        struct phone phone;
        world_open(&world);
        phone_connect(&phone, &world);
        phone_register(&phone, &world, "SEP1", SCCP_DEVICE_7960, 11);
        phone_begin(&phone, &world, "SEP2", SCCP_DEVICE_7940, 8);
        assert_string_equal(world.record, "up SEP1, down SEP1 replaced");
        assert_null(sccp_session_find(world.server, "SEP1"));
        phone_send_id(&phone, SCCP_TIME_DATE_REQ);
        phone_expect(&phone, &world, SCCP_DEFINE_TIME_DATE);
        assert_string_equal(world.record, "up SEP1, down SEP1 replaced, up SEP2");
        assert_int_equal(sccp_server_registered(world.server), 1);
        phone_close(&phone);
        world_close(&world);
}

/* A registered phone whose new Register is refused, for its name or by the owner, is down and gone. */
static void a_refused_second_register_takes_the_phone_down(void **state)
{
        (void)state;
        static const char *const names[] = {"SEP1", "no name"};
        for (size_t i = 0; i < 2; i++) {
                struct world world;
                struct phone phone;
                world_open(&world);
                phone_connect(&phone, &world);
                phone_register(&phone, &world, "SEP1", SCCP_DEVICE_7960, 11);
                world.refusal = "Removed";
                struct sccp_message message = phone_register_message(names[i], SCCP_DEVICE_7960, 11);
                phone_send(&phone, &message);
                message = phone_expect(&phone, &world, SCCP_REGISTER_REJECT);
                assert_string_equal(message.register_reject.text, i ? "Invalid device name" : "Removed");
                assert_string_equal(world.record, "up SEP1, down SEP1 replaced");
                assert_int_equal(sccp_server_registered(world.server), 0);
                phone_close(&phone);
                world_close(&world);
        }
}

static void a_phone_that_registers_without_end_does_not_fill_the_log(void **state)
{
        (void)state;
        struct world world;
        struct phone phone;
        world_open(&world);
        phone_connect(&phone, &world);
        struct ear ear = log_listen();
        for (int i = 0; i < 40; i++)
                phone_register(&phone, &world, "SEP1", 4711, 11); /* of a type nobody knows, which is said too */
        unsigned lines = log_count(&ear, "SEP1: ");
        assert_in_range(lines, 2, NEWS_OF_ONE + 10);
        assert_int_equal(sccp_server_totals(world.server)->registrations, 40);
        ear = log_listen();
        world_skip(&world,
                   NEWS_S * 1000); /* it is silent for longer than its keepalive: said, and that lines were held */
        assert_int_equal(log_count(&ear, "SEP1: silent"), 1);
        phone_close(&phone);
        world_close(&world);
}

/* All of a site that has lost its power come and are logged; what comes and goes faster than that is not. */
static void phones_that_come_and_go_without_end_do_not_fill_the_log(void **state)
{
        (void)state;
        struct world world;
        struct phone phone;
        world_open(&world);
        struct log_limit *news = &((struct session_house *)world.server)->news;
        for (int i = 0; i < NEWS - 1; i++)
                assert_true(log_allowed(news, NEWS, NEWS_S));
        struct ear ear = log_listen();
        for (int i = 0; i < 3; i++) {
                phone_connect(&phone, &world);
                phone_register(&phone, &world, "SEP1", SCCP_DEVICE_7960, 11);
                phone_close(&phone);
                world_run(&world, 20);
        }
        assert_int_equal(log_count(&ear, "SEP1: registered"), 1);
        world_skip(&world, NEWS_S * 1000);
        ear = log_listen();
        phone_connect(&phone, &world);
        phone_register(&phone, &world, "SEP1", SCCP_DEVICE_7960, 11);
        assert_int_equal(log_count(&ear, "SEP1: registered"), 1);
        phone_close(&phone);
        world_close(&world);
}

static void a_refused_phone_reads_why_and_is_closed(void **state)
{
        (void)state;
        struct world world;
        struct phone phone;
        struct sccp_message message = phone_register_message("SEP1", SCCP_DEVICE_7960, 11);
        world_open(&world);
        world.refusal = "Device not configured";
        phone_connect(&phone, &world);
        phone_send(&phone, &message);
        message = phone_expect(&phone, &world, SCCP_REGISTER_REJECT);
        assert_string_equal(message.register_reject.text, "Device not configured");
        world_run(&world, 20);
        assert_true(phone_is_connected(&phone)); /* not before it had time to read */
        world_skip(&world, 1000);
        phone_expect_end(&phone, &world);
        assert_string_equal(world.record, "");
        assert_int_equal(sccp_server_totals(world.server)->rejections, 1);
        assert_int_equal(sccp_server_connections(world.server), 0);
        phone_close(&phone);
        world_close(&world);
}

static void a_phone_that_vanishes_is_lost(void **state)
{
        (void)state;
        for (int reset = 0; reset <= 1; reset++) {
                struct world world;
                struct phone phone;
                world_open(&world);
                phone_connect(&phone, &world);
                phone_register(&phone, &world, "SEP1", SCCP_DEVICE_7960, 11);
                if (reset)
                        setsockopt(phone.socket, SOL_SOCKET, SO_LINGER, &(struct linger){1, 0}, sizeof(struct linger));
                phone_close(&phone);
                world_run(&world, 20);
                assert_string_equal(world.record, "up SEP1, down SEP1 lost");
                assert_int_equal(sccp_server_connections(world.server), 0);
                world_close(&world);
        }
}

static void a_phone_that_unregisters_is_acknowledged(void **state)
{
        (void)state;
        struct world world;
        struct phone phone;
        world_open(&world);
        phone_connect(&phone, &world);
        phone_register(&phone, &world, "SEP1", SCCP_DEVICE_7960, 11);
        world.in_call = true;
        phone_send_id(&phone, SCCP_UNREGISTER_REQ);
        assert_int_equal(phone_expect(&phone, &world, SCCP_UNREGISTER_ACK).unregister_ack.status, SCCP_UNREGISTER_NAK);
        assert_non_null(sccp_session_find(world.server, "SEP1"));
        world.in_call = false;
        phone_send_id(&phone, SCCP_UNREGISTER_REQ);
        assert_int_equal(phone_expect(&phone, &world, SCCP_UNREGISTER_ACK).unregister_ack.status, SCCP_UNREGISTER_OK);
        assert_string_equal(world.record, "up SEP1, down SEP1 unregistered");
        phone_register(&phone, &world, "SEP1", SCCP_DEVICE_7960, 11); /* power save: it comes back */
        assert_int_equal(sccp_server_registered(world.server), 1);
        phone_close(&phone);
        world_close(&world);
}

static void a_silent_phone_is_given_up_after_its_keepalive(void **state)
{
        (void)state;
        static const struct {
                uint32_t type;
                bool in_call;
                int64_t alive_ms, dead_ms; /* keepalive 30 s */
        } cases[] = {
                {SCCP_DEVICE_7960, false, 31000, 32000},
                {SCCP_DEVICE_7921, false, 35000, 37000}, /* sleeps */
                {SCCP_DEVICE_7960, true, 62000, 64000},
        };
        for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
                struct world world;
                struct phone phone;
                world_open(&world);
                world.in_call = cases[i].in_call;
                phone_connect(&phone, &world);
                phone_register(&phone, &world, "SEP1", cases[i].type, 11);
                world_skip(&world, cases[i].alive_ms);
                assert_string_equal(world.record, "up SEP1");
                world_skip(&world, cases[i].dead_ms - cases[i].alive_ms);
                assert_string_equal(world.record, "up SEP1, down SEP1 silent");
                phone_expect_end(&phone, &world);
                phone_close(&phone);
                world_close(&world);
        }
}

static void any_message_keeps_a_phone_alive(void **state)
{
        (void)state;
        struct world world;
        struct phone phone;
        world_open(&world);
        phone_connect(&phone, &world);
        phone_register(&phone, &world, "SEP1", SCCP_DEVICE_7960, 11);
        for (int i = 0; i < 10; i++) {
                world_skip(&world, 25000);
                phone_send_id(&phone, i % 2 ? SCCP_KEEP_ALIVE : SCCP_HEADSET_STATUS);
                world_run(&world, 10);
        }
        assert_string_equal(world.record, "up SEP1");
        phone_close(&phone);
        world_close(&world);
}

static void a_phone_is_told_the_time_every_hour(void **state)
{
        (void)state;
        struct world world;
        struct phone phone;
        unsigned told = 0;
        world_open(&world);
        phone_connect(&phone, &world);
        phone_register(&phone, &world, "SEP1", SCCP_DEVICE_7960, 11);
        for (int i = 0; i < 3 * 120 + 20; i++) { /* three hours and a little, in halves of a minute */
                world_skip(&world, 30000);
                phone_send_id(&phone, SCCP_KEEP_ALIVE);
                while (phone_receive(&phone, &world).id == SCCP_DEFINE_TIME_DATE)
                        told++;
        }
        assert_int_equal(told, 3);
        assert_string_equal(world.record, "up SEP1");
        phone_close(&phone);
        world_close(&world);
}

static void who_neither_registers_nor_sends_keepalives_is_closed(void **state)
{
        (void)state;
        struct world world;
        struct phone phone;
        world_open(&world);
        phone_connect(&phone, &world);
        world_run(&world, 5);
        world_skip(&world, 20000);
        phone_send_id(&phone, SCCP_ALARM); /* does not help */
        world_run(&world, 5);
        world_skip(&world, 9000);
        assert_true(phone_is_connected(&phone));
        world_skip(&world, 2000);
        phone_expect_end(&phone, &world);
        phone_close(&phone);
        world_close(&world);
}

/* Flows 5: a phone registered elsewhere holds a second connection and sends keepalives every 60 s. */
static void standby_phones_stay_while_they_send_keepalives(void **state)
{
        (void)state;
        struct world world;
        struct phone phone;
        world_open(&world);
        phone_connect(&phone, &world);
        for (int i = 0; i < 5; i++) {
                phone_send_id(&phone, SCCP_KEEP_ALIVE);
                phone_expect(&phone, &world, SCCP_KEEP_ALIVE_ACK);
                world_skip(&world, 60000);
        }
        assert_true(phone_is_connected(&phone));
        world_skip(&world, 71000);
        phone_expect_end(&phone, &world);
        phone_close(&phone);
        world_close(&world);
}

static void a_phone_that_never_asks_for_the_time_is_ready_after_a_while(void **state)
{
        (void)state;
        struct world world;
        struct phone phone;
        world_open(&world);
        phone_connect(&phone, &world);
        phone_begin(&phone, &world, "ATA1", SCCP_DEVICE_ATA186, 3);
        world_skip(&world, 10000);
        phone_send_id(&phone, SCCP_LINE_STAT_REQ);
        phone_expect(&phone, &world, SCCP_LINE_STAT);
        world_skip(&world, 14000);
        assert_string_equal(world.record, "");
        world_skip(&world, 2000);
        phone_expect(&phone, &world, SCCP_DEFINE_TIME_DATE);
        assert_string_equal(world.record, "up ATA1");
        phone_close(&phone);
        world_close(&world);
}

/* The owner sends more than the phone reads; the kernel's buffers are kept small to get there. */
static void a_phone_that_does_not_read_is_dropped(void **state)
{
        (void)state;
        struct world world;
        struct phone phone;
        world_open(&world);
        struct endpoint server = sccp_server_address(world.server, 0);
        phone_connect_to(&phone, &server, 4096);
        phone_register(&phone, &world, "SEP1", SCCP_DEVICE_7960, 11);
        struct sccp_session *session = sccp_session_find(world.server, "SEP1");
        setsockopt(session->link.socket, SOL_SOCKET, SO_SNDBUF, &(int){4096}, sizeof(int));
        unsigned sent = 0;
        for (; sccp_server_registered(world.server) && sent < 10000; sent++) {
                struct sccp_message prompt = {.id = SCCP_DISPLAY_PROMPT_STATUS};
                sccp_session_send(session, &prompt);
                if (sent % 50 == 49)
                        world_run(&world, 1);
        }
        assert_in_range(sent, WORLD_QUEUE / 100, 9999); /* not before the queue was full */
        assert_string_equal(world.record, "up SEP1, down SEP1 closed");
        phone_close(&phone);
        world_close(&world);
}

/* What is sent while nobody reads arrives in order once somebody does. */
static void a_slow_reader_misses_nothing(void **state)
{
        (void)state;
        struct world world;
        struct phone phone;
        world_open(&world);
        struct endpoint server = sccp_server_address(world.server, 0);
        phone_connect_to(&phone, &server, 4096);
        phone_register(&phone, &world, "SEP1", SCCP_DEVICE_7960, 11);
        struct sccp_session *session = sccp_session_find(world.server, "SEP1");
        setsockopt(session->link.socket, SOL_SOCKET, SO_SNDBUF, &(int){4096}, sizeof(int));
        for (uint32_t i = 0; i < 800; i++) {
                struct sccp_message prompt = {.id = SCCP_DISPLAY_PROMPT_STATUS, .display_prompt_status.call_ref = i};
                sccp_session_send(session, &prompt);
                if (i % 50 == 49)
                        world_run(&world, 1);
        }
        assert_true(session->link.queued > 0);
        for (uint32_t i = 0; i < 800; i++)
                assert_int_equal(
                        phone_expect(&phone, &world, SCCP_DISPLAY_PROMPT_STATUS).display_prompt_status.call_ref, i);
        assert_null(session->link.queue);
        phone_close(&phone);
        world_close(&world);
}

static void send_something(struct world *world, struct sccp_session *session)
{
        (void)world;
        struct sccp_message prompt = {.id = SCCP_CLEAR_NOTIFY};
        sccp_session_send(session, &prompt);
        sccp_session_user_set(session, world);
        assert_ptr_equal(sccp_session_user(session), world);
}

static void the_owner_may_send_as_soon_as_a_phone_is_up(void **state)
{
        (void)state;
        struct world world;
        struct phone phone;
        world_open(&world);
        world.on_up = send_something;
        phone_connect(&phone, &world);
        phone_register(&phone, &world, "SEP1", SCCP_DEVICE_7960, 11);
        phone_expect(&phone, &world, SCCP_CLEAR_NOTIFY);
        phone_close(&phone);
        world_close(&world);
}

static void free_the_server(struct world *world, struct sccp_session *session)
{
        (void)session;
        sccp_server_free(world->server);
        world->server = NULL;
}

static void the_server_may_be_freed_from_a_handler(void **state)
{
        (void)state;
        struct world world;
        struct phone phone;
        world_open(&world);
        world.on_up = free_the_server;
        phone_connect(&phone, &world);
        phone_begin(&phone, &world, "SEP1", SCCP_DEVICE_7960, 11);
        phone_send_id(&phone, SCCP_TIME_DATE_REQ);
        phone_expect_end(&phone, &world);
        assert_string_equal(world.record, "up SEP1");
        phone_close(&phone);
        world_close(&world);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_phone_registers_and_is_reported_once),
                cmocka_unit_test(torn_frames_are_put_together),
                cmocka_unit_test(a_hundred_messages_in_one_segment_are_all_answered),
                cmocka_unit_test(answers_of_a_turn_leave_in_one_segment),
                cmocka_unit_test(a_wrong_length_ends_the_connection),
                cmocka_unit_test(messages_before_register_are_dropped),
                cmocka_unit_test(unknown_and_broken_messages_are_skipped),
                cmocka_unit_test(a_second_register_is_down_and_up_again),
                cmocka_unit_test(a_refused_second_register_takes_the_phone_down),
                cmocka_unit_test(a_phone_that_registers_without_end_does_not_fill_the_log),
                cmocka_unit_test(phones_that_come_and_go_without_end_do_not_fill_the_log),
                cmocka_unit_test(a_refused_phone_reads_why_and_is_closed),
                cmocka_unit_test(a_phone_that_vanishes_is_lost),
                cmocka_unit_test(a_phone_that_unregisters_is_acknowledged),
                cmocka_unit_test(a_silent_phone_is_given_up_after_its_keepalive),
                cmocka_unit_test(any_message_keeps_a_phone_alive),
                cmocka_unit_test(a_phone_is_told_the_time_every_hour),
                cmocka_unit_test(who_neither_registers_nor_sends_keepalives_is_closed),
                cmocka_unit_test(standby_phones_stay_while_they_send_keepalives),
                cmocka_unit_test(a_phone_that_never_asks_for_the_time_is_ready_after_a_while),
                cmocka_unit_test(a_phone_that_does_not_read_is_dropped),
                cmocka_unit_test(a_slow_reader_misses_nothing),
                cmocka_unit_test(the_owner_may_send_as_soon_as_a_phone_is_up),
                cmocka_unit_test(the_server_may_be_freed_from_a_handler),
        };
        log_level_set(LOG_ERROR); /* the tests provoke many warnings */
        return cmocka_run_group_tests(tests, NULL, NULL);
}
