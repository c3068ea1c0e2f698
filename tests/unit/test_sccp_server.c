/* The server over real sockets: who may connect, who wins a name, and how it stops. */
#include "sccp_world.h"

#include <fcntl.h>
#include <sys/resource.h>

static void the_newest_connection_wins_a_name(void **state)
{
        (void)state;
        struct world world;
        struct phone old, new;
        world_open(&world);
        phone_connect(&old, &world);
        phone_register(&old, &world, "SEP1", SCCP_DEVICE_7960, 11);
        phone_connect(&new, &world);
        phone_begin(&new, &world, "sep1", SCCP_DEVICE_7960, 11);
        assert_string_equal(world.record, "up SEP1"); /* the old one serves until the new one can */
        phone_send_id(&new, SCCP_TIME_DATE_REQ);
        phone_expect(&new, &world, SCCP_DEFINE_TIME_DATE);
        assert_string_equal(world.record, "up SEP1, down SEP1 replaced, up SEP1");
        phone_expect_end(&old, &world);
        assert_int_equal(sccp_server_registered(world.server), 1);
        assert_int_equal(sccp_session_find(world.server, "SEP1")->peer.port, world_session(&world)->peer.port);
        phone_close(&old);
        phone_close(&new);
        world_close(&world);
}

/* Field guide R12: gateways and sites behind NAT. */
static void many_devices_may_share_an_address(void **state)
{
        (void)state;
        enum { PHONES = 300 };
        struct world world;
        struct phone *phones = calloc(PHONES, sizeof *phones);
        char name[16];
        world_open(&world);
        for (int i = 0; i < PHONES; i++) {
                text_printf(name, sizeof name, "VGC%03d", i);
                phone_connect(&phones[i], &world);
                phone_register(&phones[i], &world, name, SCCP_DEVICE_7960, 11);
                world.record[0] = '\0';
        }
        assert_int_equal(sccp_server_registered(world.server), PHONES);
        for (int i = 0; i < PHONES; i++) {
                text_printf(name, sizeof name, "vgc%03d", i);
                assert_true(text_equal_nocase(sccp_session_name(sccp_session_find(world.server, name)), name));
        }
        for (int i = 0; i < PHONES; i += 2)
                phone_close(&phones[i]);
        world_run(&world, 20);
        assert_int_equal(sccp_server_registered(world.server), PHONES / 2);
        assert_null(sccp_session_find(world.server, "VGC000"));
        assert_non_null(sccp_session_find(world.server, "VGC001"));
        for (int i = 1; i < PHONES; i += 2)
                phone_close(&phones[i]);
        free(phones);
        world_close(&world);
}

static void keepalives_are_spread_over_a_quarter(void **state)
{
        (void)state;
        struct world world;
        unsigned seen[31] = {0}, different = 0;
        world_open(&world);
        for (int i = 0; i < 60; i++) {
                struct phone phone;
                struct sccp_message message = phone_register_message("SEP1", SCCP_DEVICE_7960, 11);
                phone_connect(&phone, &world);
                phone_send(&phone, &message);
                uint32_t told = phone_expect(&phone, &world, SCCP_REGISTER_ACK).register_ack.keepalive_s;
                assert_in_range(told, 22, 30);
                different += !seen[told]++;
                phone_close(&phone);
        }
        assert_in_range(different, 4, 9);
        world_close(&world);
}

static struct sccp_message token_message(void)
{
        struct sccp_message token = {.id = SCCP_REGISTER_TOKEN_REQ};
        TEXT_SET(token.register_token_req.station.device_name, "SEP1");
        return token;
}

static void the_owner_decides_on_tokens(void **state)
{
        (void)state;
        struct world world;
        struct phone phone;
        struct sccp_message token = token_message();
        world_open(&world);
        phone_connect(&phone, &world);
        phone_send(&phone, &token);
        phone_expect(&phone, &world, SCCP_REGISTER_TOKEN_ACK);
        assert_int_equal(world.tokens, 1);
        assert_false(world.token_live || world.token_cleaning);
        world.token_wait_s = 77;
        phone_send(&phone, &token);
        assert_int_equal(phone_expect(&phone, &world, SCCP_REGISTER_TOKEN_REJECT).register_token_reject.wait_s, 77);
        assert_string_equal(world.record, "");
        phone_register(&phone, &world, "SEP1", SCCP_DEVICE_7960, 11);
        assert_int_equal(world.tokens, 2); /* none for the registration itself */
        phone_close(&phone);
        world_close(&world);
}

/* Its own connection answers for itself; another one counts as long as the phone keeps it alive. */
static void a_token_knows_of_the_session_that_is_there(void **state)
{
        (void)state;
        struct world world;
        struct phone phone, again;
        struct sccp_message token = token_message();
        world_open(&world);
        world.in_call = true; /* so that it is kept when it falls silent */
        world.token_wait_s = 60;
        phone_connect(&phone, &world);
        phone_begin(&phone, &world, "SEP1", SCCP_DEVICE_7960, 11);
        phone_send(&phone, &token);
        phone_expect(&phone, &world, SCCP_REGISTER_TOKEN_REJECT);
        assert_true(world.token_live); /* on its way is as good as there */
        phone_send_id(&phone, SCCP_TIME_DATE_REQ);
        phone_expect(&phone, &world, SCCP_DEFINE_TIME_DATE);
        phone_send(&phone, &token);
        phone_expect(&phone, &world, SCCP_REGISTER_TOKEN_ACK); /* nobody is asked */
        assert_int_equal(world.tokens, 1);

        phone_connect(&again, &world);
        phone_send(&again, &token);
        phone_expect(&again, &world, SCCP_REGISTER_TOKEN_REJECT);
        assert_true(world.token_live && !world.token_cleaning);
        phone_close(&again);
        world_skip(&world, 32000);
        phone_connect(&again, &world);
        phone_send(&again, &token);
        phone_expect(&again, &world, SCCP_REGISTER_TOKEN_REJECT);
        assert_true(!world.token_live && world.token_cleaning);
        phone_send_id(&phone, SCCP_KEEP_ALIVE);
        phone_expect(&phone, &world, SCCP_KEEP_ALIVE_ACK);
        phone_send(&again, &token);
        phone_expect(&again, &world, SCCP_REGISTER_TOKEN_REJECT);
        assert_true(world.token_live && !world.token_cleaning);
        assert_string_equal(world.record, "up SEP1"); /* nothing of this disturbs it */
        phone_close(&again);
        phone_close(&phone);
        world_close(&world);
}

static void a_stopping_server_restarts_its_phones(void **state)
{
        (void)state;
        struct world world;
        struct phone phone, stranger;
        world_open(&world);
        struct endpoint address = sccp_server_address(world.server, 0);
        phone_connect(&phone, &world);
        phone_register(&phone, &world, "SEP1", SCCP_DEVICE_7960, 11);
        phone_connect(&stranger, &world);
        world_run(&world, 5);
        sccp_server_stop(world.server);
        struct sccp_message message; /* flushed already: the loop does not run any more */
        bool closed;
        assert_true(phone_read(&phone, &closed));
        assert_true(phone_next(&phone, &message));
        assert_int_equal(message.id, SCCP_RESET);
        assert_int_equal(message.reset.type, SCCP_RESET_RESTART);
        assert_false(phone_read(&stranger, &closed));
        struct sockaddr_storage to;
        socklen_t len = endpoint_to_sockaddr(&address, &to);
        int late = socket(AF_INET, SOCK_STREAM, 0);
        assert_int_equal(connect(late, (struct sockaddr *)&to, len), -1);
        close(late);
        phone_close(&stranger);
        phone_close(&phone);
        world_close(&world);
}

static void freeing_closes_every_connection_without_a_word(void **state)
{
        (void)state;
        struct world world;
        struct phone phone, stranger;
        world_open(&world);
        phone_connect(&phone, &world);
        phone_register(&phone, &world, "SEP1", SCCP_DEVICE_7960, 11);
        phone_connect(&stranger, &world);
        world_run(&world, 5);
        world_close(&world);
        bool closed;
        assert_string_equal(world.record, "up SEP1");
        phone_read(&phone, &closed);
        assert_true(closed);
        phone_read(&stranger, &closed);
        assert_true(closed);
        phone_close(&stranger);
        phone_close(&phone);
}

static void addresses_outside_the_networks_are_closed(void **state)
{
        (void)state;
        struct world world;
        struct phone phone;
        struct endpoint any;
        struct network networks[2];
        assert_true(network_parse("10.0.0.0/8", &networks[0]) && network_parse("127.0.0.0/8", &networks[1]));
        endpoint_parse("127.0.0.1", 0, &any);
        struct sccp_server_settings settings = world_settings(&any);
        settings.allow = networks;
        settings.n_allow = 1;
        world_open_with(&world, &settings);
        phone_connect(&phone, &world);
        phone_expect_end(&phone, &world);
        assert_int_equal(sccp_server_totals(world.server)->connections_refused, 1);
        phone_close(&phone);
        world_close(&world);
        settings.n_allow = 2;
        world_open_with(&world, &settings);
        phone_connect(&phone, &world);
        phone_register(&phone, &world, "SEP1", SCCP_DEVICE_7960, 11);
        phone_close(&phone);
        world_close(&world);
}

static void connections_beyond_the_limit_are_closed(void **state)
{
        (void)state;
        struct world world;
        struct phone first, second;
        struct endpoint any;
        endpoint_parse("127.0.0.1", 0, &any);
        struct sccp_server_settings settings = world_settings(&any);
        settings.limits.connections = 1;
        world_open_with(&world, &settings);
        phone_connect(&first, &world);
        phone_register(&first, &world, "SEP1", SCCP_DEVICE_7960, 11);
        phone_connect(&second, &world);
        phone_expect_end(&second, &world);
        phone_close(&second);
        phone_close(&first);
        world_run(&world, 5);
        phone_connect(&second, &world);
        phone_register(&second, &world, "SEP2", SCCP_DEVICE_7960, 11);
        phone_close(&second);
        world_close(&world);
}

static void strangers_keep_no_phone_out(void **state)
{
        (void)state;
        struct world world;
        struct phone strangers[2], phone, late;
        struct endpoint any;
        endpoint_parse("127.0.0.1", 0, &any);
        struct sccp_server_settings settings = world_settings(&any);
        settings.limits.connections = 2;
        world_open_with(&world, &settings);
        phone_connect(&strangers[0], &world);
        world_run(&world, 5);
        phone_connect(&strangers[1], &world);
        world_run(&world, 5);
        phone_connect(&phone, &world);
        phone_expect_end(&strangers[0], &world);
        phone_register(&phone, &world, "SEP1", SCCP_DEVICE_7960, 11);
        phone_connect(&late, &world);
        phone_expect_end(&strangers[1], &world);
        phone_register(&late, &world, "SEP2", SCCP_DEVICE_7960, 11);
        assert_int_equal(sccp_server_registered(world.server), 2);
        assert_int_equal(sccp_server_connections(world.server), 2);
        phone_close(&strangers[0]);
        phone_close(&strangers[1]);
        phone_close(&phone);
        phone_close(&late);
        world_close(&world);
}

static int lowest_free_descriptor(void)
{
        int descriptor = dup(STDERR_FILENO);
        close(descriptor);
        return descriptor;
}

static void without_descriptors_phones_wait(void **state)
{
        (void)state;
        struct world world;
        struct phone phone;
        struct rlimit kept, tight;
        world_open(&world);
        phone_connect(&phone, &world);
        getrlimit(RLIMIT_NOFILE, &kept);
        tight = kept;
        tight.rlim_cur = (rlim_t)lowest_free_descriptor();
        setrlimit(RLIMIT_NOFILE, &tight);
        struct sccp_message message = phone_register_message("SEP1", SCCP_DEVICE_7960, 11);
        phone_send(&phone, &message);
        world_run(&world, 20);
        assert_int_equal(sccp_server_connections(world.server), 0);
        setrlimit(RLIMIT_NOFILE, &kept);
        world_run(&world, 20);
        assert_int_equal(sccp_server_connections(world.server), 0); /* it does not try in every turn */
        world_skip(&world, 2000);
        phone_expect(&phone, &world, SCCP_REGISTER_ACK);
        phone_close(&phone);
        world_close(&world);
}

static int option(int socket, int level, int name)
{
        int value = 0;
        socklen_t len = sizeof value;
        assert_int_equal(getsockopt(socket, level, name, &value, &len), 0);
        return value;
}

static void connections_inherit_their_options(void **state)
{
        (void)state;
        struct world world;
        struct phone phone;
        world_open(&world);
        phone_connect(&phone, &world);
        world_run(&world, 5);
        int socket = world_session(&world)->link.socket;
        assert_int_equal(option(socket, IPPROTO_IP, IP_TOS), 24 << 2);
        assert_true(option(socket, IPPROTO_TCP, TCP_NODELAY));
        assert_true(option(socket, SOL_SOCKET, SO_KEEPALIVE));
        assert_int_equal(option(socket, IPPROTO_TCP, TCP_KEEPIDLE), 30);
        assert_true(fcntl(socket, F_GETFL) & O_NONBLOCK);
        assert_true(fcntl(socket, F_GETFD) & FD_CLOEXEC);
        phone_close(&phone);
        world_close(&world);
}

static void ipv6_is_another_listener(void **state)
{
        (void)state;
        struct world world;
        struct phone phone;
        struct endpoint listen[2];
        endpoint_parse("127.0.0.1", 0, &listen[0]);
        endpoint_parse("[::1]", 0, &listen[1]);
        struct sccp_server_settings settings = world_settings(listen);
        settings.n_listen = 2;
        world_open_with(&world, &settings);
        struct endpoint server = sccp_server_address(world.server, 1);
        phone_connect_to(&phone, &server, 0);
        phone_register(&phone, &world, "SEP1", SCCP_DEVICE_7965, 22);
        struct sccp_session *session = sccp_session_find(world.server, "SEP1");
        struct ip local = sccp_session_local(session);
        assert_true(ip_equal(&local, &listen[1].ip));
        assert_int_equal(sccp_session_peer(session).ip.family, 6);
        assert_int_equal(option(session->link.socket, IPPROTO_IPV6, IPV6_TCLASS), 24 << 2);
        phone_send_id(&phone, SCCP_SERVER_REQ);
        assert_string_equal(phone_expect(&phone, &world, SCCP_SERVER_RES).server_res.names[0].name, "::1");
        phone_close(&phone);
        world_close(&world);
}

static void an_address_in_use_is_a_sentence(void **state)
{
        (void)state;
        struct world world;
        char why[128];
        world_open(&world);
        struct endpoint taken[2] = {{.ip = {.family = 4, .bytes = {127, 0, 0, 1}}},
                                    sccp_server_address(world.server, 0)};
        struct sccp_server_settings settings = world_settings(taken);
        settings.n_listen = 2;
        assert_null(sccp_server_new(world.loop, &settings, &world_handlers, &world, why, sizeof why));
        assert_non_null(strstr(why, "cannot listen on 127.0.0.1:"));
        assert_non_null(strstr(why, "Address already in use"));
        world_close(&world);
}

/* What the program writes to stderr while `run` runs. */
static const char *log_of(void (*run)(void))
{
        static char text[8192];
        FILE *file = tmpfile();
        int kept = dup(STDERR_FILENO);
        dup2(fileno(file), STDERR_FILENO);
        run();
        dup2(kept, STDERR_FILENO);
        close(kept);
        rewind(file);
        text[fread(text, 1, sizeof text - 1, file)] = '\0';
        fclose(file);
        return text;
}

static void live_a_little(void)
{
        struct world world;
        struct phone phone;
        struct sccp_message message = phone_register_message("SEP2", SCCP_DEVICE_7940, 11);
        world_open(&world);
        phone_connect(&phone, &world);
        phone_register(&phone, &world, "SEP001122334455", SCCP_DEVICE_7965, 17);
        phone_close(&phone);
        world_run(&world, 5);
        world.refusal = "Device not configured";
        phone_connect(&phone, &world);
        phone_send(&phone, &message);
        phone_expect(&phone, &world, SCCP_REGISTER_REJECT);
        phone_close(&phone);
        world_close(&world);
}

static void the_log_tells_what_a_human_needs(void **state)
{
        (void)state;
        log_level_set(LOG_INFO);
        const char *log = log_of(live_a_little);
        log_level_set(LOG_ERROR);
        assert_non_null(strstr(log, "SEP001122334455: registered, protocol 17, 2 lines, 7965 at 127.0.0.1:"));
        assert_non_null(strstr(log, "SEP001122334455: lost: connection closed by the phone\n"));
        assert_non_null(strstr(log, "SEP2: rejected: Device not configured (7940 at 127.0.0.1:"));
        assert_non_null(strstr(log, "put under phones: SEP2: {lines: [{number: \"...\", password: ...}]}\n"));
}

/* "< SEP1 KeepAlive" */
static void note_seen(void *owner, const struct sccp_seen *seen)
{
        struct world *world = owner;
        const struct sccp_message_info *info = sccp_message_info(seen->id);
        assert_true(seen->message ? seen->message->id == seen->id && !seen->fault : seen->fault != NULL);
        text_append(world->record, sizeof world->record, "%s%s %s %s%s", *world->record ? ", " : "",
                    seen->to_phone ? ">" : "<", seen->name, info ? info->name : "?", seen->fault ? " dropped" : "");
}

static void world_open_watching(struct world *world, bool on)
{
        const struct endpoint listen = {.ip = {.family = 4, .bytes = {127, 0, 0, 1}}};
        const struct sccp_server_settings settings = world_settings(&listen);
        struct sccp_handlers handlers = world_handlers;
        char why[128];
        handlers.seen = note_seen;
        world_open(world);
        sccp_server_free(world->server);
        world->server = sccp_server_new(world->loop, &settings, &handlers, world, why, sizeof why);
        assert_non_null(world->server);
        sccp_server_watch(world->server, on);
}

static void who_looks_on_sees_a_phone_that_is_refused(void **state)
{
        (void)state;
        static const uint8_t unknown[] = {4, 0, 0, 0, 0, 0, 0, 0, 0xfe, 0x7f, 0, 0};
        struct world world;
        struct phone phone;
        struct sccp_message message = phone_register_message("SEP2", SCCP_DEVICE_7940, 11);
        world_open_watching(&world, true);
        world.refusal = "Device not configured";
        phone_connect(&phone, &world);
        phone_send_id(&phone, SCCP_KEEP_ALIVE);
        phone_expect(&phone, &world, SCCP_KEEP_ALIVE_ACK);
        assert_int_equal(write(phone.socket, unknown, sizeof unknown), sizeof unknown);
        phone_send(&phone, &message);
        phone_expect(&phone, &world, SCCP_REGISTER_REJECT);
        assert_string_equal(world.record, "<  KeepAlive, >  KeepAliveAck, <  ? dropped, < SEP2 Register, "
                                          "> SEP2 RegisterReject");
        phone_close(&phone);
        world_close(&world);
}

static void nobody_looks_on_unless_asked_to(void **state)
{
        (void)state;
        struct world world;
        struct phone phone;
        world_open_watching(&world, false);
        phone_connect(&phone, &world);
        phone_register(&phone, &world, "SEP001122334455", SCCP_DEVICE_7965, 17);
        assert_string_equal(world.record, "up SEP001122334455");
        sccp_server_watch(world.server, true);
        phone_send_id(&phone, SCCP_KEEP_ALIVE);
        phone_expect(&phone, &world, SCCP_KEEP_ALIVE_ACK);
        assert_non_null(strstr(world.record, "< SEP001122334455 KeepAlive, > SEP001122334455 KeepAliveAck"));
        phone_close(&phone);
        world_close(&world);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(the_newest_connection_wins_a_name),
                cmocka_unit_test(many_devices_may_share_an_address),
                cmocka_unit_test(keepalives_are_spread_over_a_quarter),
                cmocka_unit_test(the_owner_decides_on_tokens),
                cmocka_unit_test(a_token_knows_of_the_session_that_is_there),
                cmocka_unit_test(a_stopping_server_restarts_its_phones),
                cmocka_unit_test(freeing_closes_every_connection_without_a_word),
                cmocka_unit_test(addresses_outside_the_networks_are_closed),
                cmocka_unit_test(connections_beyond_the_limit_are_closed),
                cmocka_unit_test(strangers_keep_no_phone_out),
                cmocka_unit_test(without_descriptors_phones_wait),
                cmocka_unit_test(connections_inherit_their_options),
                cmocka_unit_test(ipv6_is_another_listener),
                cmocka_unit_test(an_address_in_use_is_a_sentence),
                cmocka_unit_test(the_log_tells_what_a_human_needs),
                cmocka_unit_test(who_looks_on_sees_a_phone_that_is_refused),
                cmocka_unit_test(nobody_looks_on_unless_asked_to),
        };
        log_level_set(LOG_ERROR); /* the tests provoke many warnings */
        return cmocka_run_group_tests(tests, NULL, NULL);
}
