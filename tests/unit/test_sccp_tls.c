/* Phones over TLS: a real server, real handshakes on loopback, certificates made here. */
#include "sccp_world.h"

#include <fcntl.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

#include "sccp_certificates.h"

#define HANDSHAKE_S 5

static struct identity ours, authority, stranger, mic, lsc, foreign;

static int make_all(void **state)
{
        (void)state;
        text_copy(folder, sizeof folder, "/tmp/sccpgw-tls-XXXXXX");
        if (!mkdtemp(folder))
                return 1;
        ours = identity_new("ours", "gw1", 2048, EVP_sha256(), NULL, false);
        authority = identity_new("authority", "Cisco Manufacturing CA", 2048, EVP_sha1(), NULL, true);
        stranger = identity_new("stranger", "Somebody", 2048, EVP_sha256(), NULL, true);
        mic = identity_new("mic", "CP-7962G-SEP001122334455", 1024, EVP_sha1(), &authority, false);
        lsc = identity_new("lsc", "SEP001122334455", 2048, EVP_sha256(), &authority, false);
        foreign = identity_new("foreign", "SEP001122334455", 2048, EVP_sha256(), &stranger, false);
        return 0;
}

static int forget_all(void **state)
{
        char command[96];
        (void)state;
        struct identity *all[] = {&ours, &authority, &stranger, &mic, &lsc, &foreign};
        for (size_t i = 0; i < sizeof all / sizeof *all; i++)
                identity_free(all[i]);
        text_printf(command, sizeof command, "rm -rf %s", folder);
        return system(command);
}

/* ---- a server and its phones ---- */

static void tls_world(struct world *world, bool asks, enum tls_oldest oldest)
{
        static struct endpoint any;
        endpoint_parse("127.0.0.1", 0, &any);
        struct sccp_server_settings settings = world_settings(&any);
        settings.tls_listen = &any;
        settings.n_tls_listen = 1;
        settings.handshake_s = HANDSHAKE_S;
        settings.tls = (struct tls_settings){
                .files = {ours.cert_path, ours.key_path, asks ? authority.cert_path : NULL}, .oldest = oldest};
        world_open_with(world, &settings);
}

struct caller {
        struct phone phone; /* its socket */
        SSL_CTX *context;
        SSL *ssl;
};

static void caller_connect(struct caller *caller, struct world *world, const struct identity *id, int version)
{
        struct endpoint server = sccp_server_address(world->server, 1);
        phone_connect_to(&caller->phone, &server, 0);
        fcntl(caller->phone.socket, F_SETFL, O_NONBLOCK);
        caller->context = SSL_CTX_new(TLS_client_method());
        SSL_CTX_set_security_level(caller->context, 0);
        SSL_CTX_set_min_proto_version(caller->context, version);
        SSL_CTX_set_max_proto_version(caller->context, version);
        if (version == TLS1_VERSION) /* as a phone of 2006 */
                assert_int_equal(SSL_CTX_set_cipher_list(caller->context, "AES128-SHA"), 1);
        if (id) {
                assert_int_equal(SSL_CTX_use_certificate_file(caller->context, id->cert_path, SSL_FILETYPE_PEM), 1);
                assert_int_equal(SSL_CTX_use_PrivateKey_file(caller->context, id->key_path, SSL_FILETYPE_PEM), 1);
        }
        caller->ssl = SSL_new(caller->context);
        SSL_set_fd(caller->ssl, caller->phone.socket);
        SSL_set_connect_state(caller->ssl);
}

static void caller_close(struct caller *caller)
{
        SSL_free(caller->ssl);
        SSL_CTX_free(caller->context);
        phone_close(&caller->phone);
        ERR_clear_error();
}

/* False: it does not want us. */
static bool caller_greets(struct caller *caller, struct world *world)
{
        int result = -1;
        for (int waited = 0; waited < PATIENCE_MS; waited++) {
                result = SSL_do_handshake(caller->ssl);
                if (result == 1 || (SSL_get_error(caller->ssl, result) != SSL_ERROR_WANT_READ))
                        break;
                world_run(world, 1);
        }
        return result == 1;
}

static void caller_send(struct caller *caller, const struct sccp_message *message)
{
        uint8_t frame[SCCP_FRAME_MAX];
        size_t len = phone_encode(&caller->phone, message, frame);
        assert_int_equal(SSL_write(caller->ssl, frame, (int)len), (int)len);
}

/* False: the connection has ended. */
static bool caller_receive(struct caller *caller, struct world *world, struct sccp_message *message)
{
        for (int waited = 0; waited < PATIENCE_MS; waited++) {
                if (phone_next(&caller->phone, message))
                        return true;
                int len = SSL_read(caller->ssl, caller->phone.chunk, sizeof caller->phone.chunk);
                if (len <= 0 && SSL_get_error(caller->ssl, len) != SSL_ERROR_WANT_READ)
                        return false;
                caller->phone.at = caller->phone.chunk;
                caller->phone.left = len > 0 ? (size_t)len : 0;
                if (len <= 0)
                        world_run(world, 1);
        }
        fail_msg("nothing came");
        return false;
}

static enum sccp_id caller_registers(struct caller *caller, struct world *world, const char *name)
{
        struct sccp_message message = phone_register_message(name, SCCP_DEVICE_7962, 17);
        caller_send(caller, &message);
        assert_true(caller_receive(caller, world, &message));
        return message.id;
}

static const struct sccp_totals *totals(const struct world *world)
{
        return sccp_server_totals(world->server);
}

/* ---- claims ---- */

static void a_phone_registers_over_every_version_of_tls(void **state)
{
        (void)state;
        static const int versions[] = {TLS1_VERSION, TLS1_1_VERSION, TLS1_2_VERSION, TLS1_3_VERSION};
        for (size_t i = 0; i < sizeof versions / sizeof *versions; i++) {
                struct world world;
                struct caller caller;
                struct sccp_message message = {.id = SCCP_TIME_DATE_REQ};
                char how[TLS_TEXT_SIZE];
                tls_world(&world, false, TLS_OLDEST_1_0);
                caller_connect(&caller, &world, NULL, versions[i]);
                assert_true(caller_greets(&caller, &world));
                assert_int_equal(caller_registers(&caller, &world, "SEP001122334455"), SCCP_REGISTER_ACK);
                assert_true(caller_receive(&caller, &world, &message)); /* CapabilitiesReq */
                message = (struct sccp_message){.id = SCCP_TIME_DATE_REQ};
                caller_send(&caller, &message);
                assert_true(caller_receive(&caller, &world, &message));
                assert_string_equal(world.record, "up SEP001122334455");
                assert_true(sccp_session_tls(world_session(&world), how));
                assert_non_null(strstr(how, SSL_get_version(caller.ssl)));
                assert_int_equal(totals(&world)->tls_failed, 0);
                caller_close(&caller);
                world_run(&world, 5);
                assert_string_equal(world.record, "up SEP001122334455, down SEP001122334455 lost");
                world_close(&world);
        }
}

static void old_versions_and_weak_keys_can_be_kept_out(void **state)
{
        (void)state;
        static const struct {
                int version;
                bool weak, welcome;
        } rows[] = {{TLS1_VERSION, false, false},
                    {TLS1_1_VERSION, false, false},
                    {TLS1_2_VERSION, false, true},
                    {TLS1_2_VERSION, true, false},
                    {TLS1_3_VERSION, false, true}};
        for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
                struct world world;
                struct caller caller;
                struct sccp_message message;
                tls_world(&world, rows[i].weak, TLS_OLDEST_1_2);
                caller_connect(&caller, &world, rows[i].weak ? &mic : NULL, rows[i].version);
                bool welcome = caller_greets(&caller, &world);
                if (welcome && rows[i].weak) /* the last word is the server's */
                        welcome = caller_receive(&caller, &world, &message);
                assert_int_equal(welcome, rows[i].welcome);
                world_run(&world, 5);
                assert_int_equal(totals(&world)->tls_failed, !rows[i].welcome);
                caller_close(&caller);
                world_close(&world);
        }
}

/* Who, with what, as whom: what it is told, or nothing when there is no session. */
static void a_phone_has_to_show_its_own_certificate(void **state)
{
        (void)state;
        const struct {
                const struct identity *id;
                const char *name;
                enum sccp_id answer; /* 0: thrown out */
        } rows[] = {{&mic, "SEP001122334455", SCCP_REGISTER_ACK},
                    {&lsc, "SEP001122334455", SCCP_REGISTER_ACK},
                    {&lsc, "SEP001122334456", SCCP_REGISTER_REJECT},
                    {&mic, "SEP00112233445", SCCP_REGISTER_REJECT},
                    {&foreign, "SEP001122334455", 0},
                    {NULL, "SEP001122334455", 0}};
        for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
                struct world world;
                struct caller caller;
                struct sccp_message message;
                struct ear ear = log_listen();
                tls_world(&world, true, TLS_OLDEST_1_0);
                caller_connect(&caller, &world, rows[i].id, TLS1_2_VERSION);
                bool welcome = caller_greets(&caller, &world);
                if (rows[i].answer)
                        assert_int_equal(caller_registers(&caller, &world, rows[i].name), rows[i].answer);
                else
                        assert_false(welcome && caller_receive(&caller, &world, &message));
                assert_int_equal(totals(&world)->tls_misnamed, rows[i].answer == SCCP_REGISTER_REJECT);
                assert_int_equal(totals(&world)->tls_failed, !rows[i].answer);
                caller_close(&caller);
                world_close(&world);
                const char *said = rows[i].answer ? "Certificate of another device" : "TLS handshake failed";
                assert_int_equal(log_count(&ear, said), rows[i].answer != SCCP_REGISTER_ACK);
        }
}

static void names_in_certificates_are_whole_names(void **state)
{
        (void)state;
        assert_true(tls_name_is_of("SEP001122334455", "SEP001122334455"));
        assert_true(tls_name_is_of("sep001122334455", "SEP001122334455"));
        assert_true(tls_name_is_of("CP-7962G-SEP001122334455", "SEP001122334455"));
        assert_false(tls_name_is_of("CP-7962G-SEP001122334455", "SEP001122334456"));
        assert_false(tls_name_is_of("XSEP001122334455", "SEP001122334455"));
        assert_false(tls_name_is_of("SEP001122334455", ""));
        assert_false(tls_name_is_of("", "SEP001122334455"));
        assert_false(tls_name_is_of("CP-7962G-", ""));
}

static void garbage_is_one_line_and_counted(void **state)
{
        (void)state;
        static const char *const junk[] = {"GET / HTTP/1.0\r\n\r\n", "\x04\0\0\0\0\0\0\0\0\0\0\0",
                                           "\x16\x03\x01\xff\xff"};
        struct world world;
        struct ear ear = log_listen();
        tls_world(&world, false, TLS_OLDEST_1_0);
        for (unsigned i = 0; i < 100; i++) {
                struct phone phone;
                struct endpoint server = sccp_server_address(world.server, 1);
                phone_connect_to(&phone, &server, 0);
                phone_write(&phone, junk[i % 3], i % 3 == 1 ? 12 : strlen(junk[i % 3]));
                if (i % 3 == 2)
                        shutdown(phone.socket, SHUT_WR);
                phone_expect_end(&phone, &world);
                phone_close(&phone);
        }
        assert_int_equal(totals(&world)->tls_failed, 100);
        assert_int_equal(sccp_server_connections(world.server), 0);
        world_close(&world);
        assert_in_range(log_count(&ear, "TLS handshake failed"), 1, STRANGERS);
}

static void who_says_nothing_is_no_failure(void **state)
{
        (void)state;
        struct world world;
        struct phone phone;
        tls_world(&world, false, TLS_OLDEST_1_0);
        struct endpoint server = sccp_server_address(world.server, 1);
        phone_connect_to(&phone, &server, 0);
        world_run(&world, 2);
        phone_close(&phone);
        world_run(&world, 2);
        assert_int_equal(sccp_server_connections(world.server), 0);
        assert_int_equal(totals(&world)->tls_failed, 0);
        world_close(&world);
}

static void a_handshake_that_never_ends_is_ended(void **state)
{
        (void)state;
        struct world world;
        struct phone silent, slow;
        tls_world(&world, false, TLS_OLDEST_1_0);
        struct endpoint server = sccp_server_address(world.server, 1);
        phone_connect_to(&silent, &server, 0);
        phone_connect_to(&slow, &server, 0);
        for (int s = 0; s < HANDSHAKE_S - 1; s++) {
                phone_write(&slow, &"\x16\x03\x01"[s < 3 ? s : 2], 1);
                world_skip(&world, 1000);
        }
        assert_int_equal(sccp_server_connections(world.server), 2);
        world_skip(&world, 2000);
        phone_expect_end(&silent, &world);
        phone_expect_end(&slow, &world);
        assert_int_equal(totals(&world)->tls_failed, 2);
        assert_int_equal(totals(&world)->register_timeouts, 0);
        phone_close(&silent);
        phone_close(&slow);
        world_close(&world);
}

static void who_does_not_register_after_the_handshake_is_closed_in_time(void **state)
{
        (void)state;
        struct world world;
        struct caller caller;
        struct sccp_message message;
        tls_world(&world, false, TLS_OLDEST_1_0);
        caller_connect(&caller, &world, NULL, TLS1_2_VERSION);
        assert_true(caller_greets(&caller, &world));
        world_skip(&world, HANDSHAKE_S * 1000 + 1000);
        assert_int_equal(sccp_server_connections(world.server), 1);
        world_skip(&world, 25000);
        assert_false(caller_receive(&caller, &world, &message));
        assert_int_equal(totals(&world)->register_timeouts, 1);
        assert_int_equal(totals(&world)->tls_failed, 0);
        caller_close(&caller);
        world_close(&world);
}

/* Strangers make room for each other over TLS as they do without. */
static void limits_hold_over_tls(void **state)
{
        (void)state;
        enum { MOST = 4 };
        struct endpoint any;
        struct world world;
        struct phone phones[MOST + 1];
        endpoint_parse("127.0.0.1", 0, &any);
        struct sccp_server_settings settings = world_settings(&any);
        settings.tls_listen = &any;
        settings.n_tls_listen = 1;
        settings.handshake_s = HANDSHAKE_S;
        settings.tls.files[TLS_CERT] = ours.cert_path;
        settings.tls.files[TLS_KEY] = ours.key_path;
        settings.limits.strangers_per_address = MOST;
        world_open_with(&world, &settings);
        struct endpoint server = sccp_server_address(world.server, 1);
        for (int i = 0; i <= MOST; i++) {
                phone_connect_to(&phones[i], &server, 0);
                world_run(&world, 3);
        }
        phone_expect_end(&phones[0], &world);
        assert_true(phone_is_connected(&phones[1]));
        assert_int_equal(sccp_server_strangers(world.server), MOST);
        assert_int_equal(totals(&world)->strangers_dropped, 1);
        for (int i = 0; i <= MOST; i++)
                phone_close(&phones[i]);
        world_close(&world);
}

/* More than a turn has time for: all are served all the same. */
static void many_handshakes_at_once_take_turns(void **state)
{
        (void)state;
        enum { MANY = 4 * TLS_STEPS_PER_TURN };
        struct world world;
        struct caller callers[MANY];
        tls_world(&world, false, TLS_OLDEST_1_0);
        for (int i = 0; i < MANY; i++) {
                caller_connect(&callers[i], &world, NULL, TLS1_2_VERSION);
                SSL_do_handshake(callers[i].ssl);
        }
        for (int i = 0; i < MANY; i++)
                assert_true(caller_greets(&callers[i], &world));
        for (int i = 0; i < MANY; i++)
                caller_close(&callers[i]);
        world_close(&world);
}

/* What it does not read waits as without TLS, in pieces that the socket takes, and arrives whole. */
static void a_burst_arrives_whole(void **state)
{
        (void)state;
        enum { MESSAGES = 600 };
        struct world world;
        struct caller caller;
        struct sccp_message message = {.id = SCCP_TIME_DATE_REQ};
        tls_world(&world, false, TLS_OLDEST_1_0);
        caller_connect(&caller, &world, NULL, TLS1_2_VERSION);
        setsockopt(caller.phone.socket, SOL_SOCKET, SO_RCVBUF, &(int){2048}, sizeof(int));
        assert_true(caller_greets(&caller, &world));
        assert_int_equal(caller_registers(&caller, &world, "SEP1"), SCCP_REGISTER_ACK);
        caller.phone.version = 17;
        caller_send(&caller, &message);
        do
                assert_true(caller_receive(&caller, &world, &message));
        while (message.id != SCCP_DEFINE_TIME_DATE);
        struct sccp_message lamp = {.id = SCCP_SET_LAMP};
        for (uint32_t i = 0; i < MESSAGES; i++) {
                lamp.set_lamp.instance = i;
                sccp_session_send(world_session(&world), &lamp);
                if (i % 50 == 0)
                        world_run(&world, 1);
        }
        for (uint32_t i = 0; i < MESSAGES; i++) {
                assert_true(caller_receive(&caller, &world, &message));
                assert_int_equal(message.set_lamp.instance, i);
        }
        caller_close(&caller);
        world_close(&world);
}

static void assert_bad(const char *cert, const char *key, const char *ca, enum tls_file whose, const char *why)
{
        struct tls_settings settings = {.files = {cert, key, ca}};
        enum tls_file said;
        char text[256];
        assert_null(tls_room_new(&settings, &said, text, sizeof text));
        if (said != whose || !strstr(text, why))
                fail_msg("said of file %d: %s", (int)said, text);
}

static void files_that_are_no_use_are_named(void **state)
{
        (void)state;
        char locked[96];
        struct identity id = mic;
        identity_write(&id, "locked", "secret");
        text_copy(locked, sizeof locked, id.key_path);
        assert_bad("/nowhere/tls.crt", ours.key_path, NULL, TLS_CERT, "/nowhere/tls.crt: No such file");
        assert_bad(ours.key_path, ours.key_path, NULL, TLS_CERT, "no certificate in it");
        assert_bad(ours.cert_path, "/nowhere/tls.key", NULL, TLS_KEY, "/nowhere/tls.key: No such file");
        assert_bad(ours.cert_path, ours.cert_path, NULL, TLS_KEY, "no private key in it");
        assert_bad(ours.cert_path, mic.key_path, NULL, TLS_KEY, "does not belong to the certificate");
        assert_bad(mic.cert_path, locked, NULL, TLS_KEY, "passphrase");
        assert_bad(ours.cert_path, ours.key_path, "/nowhere/ca.pem", TLS_CLIENT_CA, "/nowhere/ca.pem: No such file");
        assert_bad(ours.cert_path, ours.key_path, ours.key_path, TLS_CLIENT_CA, "no certificate in it");
}

int main(void)
{
        signal(SIGPIPE, SIG_IGN);
        log_start(LOG_ERROR, LOG_TEXT);
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_phone_registers_over_every_version_of_tls),
                cmocka_unit_test(old_versions_and_weak_keys_can_be_kept_out),
                cmocka_unit_test(a_phone_has_to_show_its_own_certificate),
                cmocka_unit_test(names_in_certificates_are_whole_names),
                cmocka_unit_test(garbage_is_one_line_and_counted),
                cmocka_unit_test(who_says_nothing_is_no_failure),
                cmocka_unit_test(a_handshake_that_never_ends_is_ended),
                cmocka_unit_test(who_does_not_register_after_the_handshake_is_closed_in_time),
                cmocka_unit_test(limits_hold_over_tls),
                cmocka_unit_test(many_handshakes_at_once_take_turns),
                cmocka_unit_test(a_burst_arrives_whole),
                cmocka_unit_test(files_that_are_no_use_are_named),
        };
        return cmocka_run_group_tests(tests, make_all, forget_all);
}
