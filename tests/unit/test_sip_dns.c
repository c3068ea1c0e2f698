/* A PBX that is a name: SRV records from a name server of our own, a dead server before a live one, and our address
 * told right although it could not be known before the first answer. */
#include "tests/unit/sip_peer.h"
#include "tests/unit/sip_side.h"

#include <pthread.h>
#include <stdatomic.h>

#include "gateway/base/log.h"
#include "sip/hosts.h"

#define US       "0.0.0.0:5985"
#define DEAD     "127.22.3.2:5060"
#define LIVE     "127.22.3.3:5070"
#define DNS      "127.22.3.53:53"
#define CONF     "/tmp/test_sip_dns.conf"
#define TYPE_A   1
#define TYPE_SRV 33

/* What the name server knows. */
static const struct record {
        const char *name;
        uint16_t type;
        uint8_t data[32]; /* as in the answer: priority, weight, port, and the target's labels for SRV */
        uint16_t len;
} records[] = {
        {"_sip._udp.pbx.test", TYPE_SRV, "\0\1\0\0\x13\xc4\4dead\4test", 17},
        {"_sip._udp.pbx.test", TYPE_SRV, "\0\2\0\0\x13\xce\4live\4test", 17},
        {"dead.test", TYPE_A, {127, 22, 3, 2}, 4},
        {"live.test", TYPE_A, {127, 22, 3, 3}, 4},
};

struct server {
        int fd;
        atomic_bool stop;
        pthread_t thread;
};

/* The question's name with dots; returns the length of the question section. */
static size_t question_read(const uint8_t *question, size_t len, char name[256])
{
        size_t at = 0;
        name[0] = '\0';
        while (at < len && question[at] != 0) {
                text_append(name, 256, "%s%.*s", at > 0 ? "." : "", question[at], (const char *)question + at + 1);
                at += question[at] + 1u;
        }
        return at + 5;
}

static size_t record_write(const struct record *record, uint8_t *out)
{
        const uint8_t head[] = {0xc0, 12, 0, (uint8_t)record->type, 0, 1, 0, 0, 0, 60, 0, (uint8_t)record->len};
        memcpy(out, head, sizeof head);
        memcpy(out + sizeof head, record->data, record->len);
        return sizeof head + record->len;
}

/* Turns the query into its answer; returns the length. */
static size_t answer_make(uint8_t message[512], size_t len)
{
        char name[256];
        size_t at = 12 + question_read(message + 12, len - 12, name);
        uint16_t type = (uint16_t)(message[at - 4] << 8 | message[at - 3]);
        message[2] = 0x85;
        message[3] = 0x80;
        memset(message + 6, 0, 6);
        for (size_t i = 0; i < sizeof records / sizeof records[0]; i++) {
                if (records[i].type == type && text_equal_nocase(records[i].name, name)) {
                        at += record_write(&records[i], message + at);
                        message[7]++;
                }
        }
        return at;
}

static void *serve(void *arg)
{
        struct server *server = arg;
        uint8_t message[512];
        while (!atomic_load(&server->stop)) {
                struct sockaddr_storage from;
                socklen_t from_len = sizeof from;
                struct pollfd fd = {.fd = server->fd, .events = POLLIN};
                if (poll(&fd, 1, 50) != 1)
                        continue;
                ssize_t got = recvfrom(server->fd, message, sizeof message, 0, (struct sockaddr *)&from, &from_len);
                if (got > 17 && got < 300)
                        sendto(server->fd, message, answer_make(message, (size_t)got), 0, (struct sockaddr *)&from,
                               from_len);
        }
        return NULL;
}

static bool server_start(struct server *server)
{
        server->fd = peer_bind(DNS);
        if (server->fd < 0)
                return false;
        FILE *conf = fopen(CONF, "w");
        assert_non_null(conf);
        fprintf(conf, "nameserver 127.22.3.53\n");
        fclose(conf);
        return pthread_create(&server->thread, NULL, serve, server) == 0;
}

static void server_stop(struct server *server)
{
        atomic_store(&server->stop, true);
        pthread_join(server->thread, NULL);
        close(server->fd);
        unlink(CONF);
}

static void second_server_is_used_when_the_first_is_silent(void **state)
{
        struct server server = {.fd = -1};
        struct peer dead, live;
        struct side side = {.resolv_conf = CONF};
        char contact[512];
        (void)state;
        if (!server_start(&server)) {
                print_message("port 53 cannot be had here\n");
                skip();
        }
        peer_open(&dead, DEAD);
        peer_open(&live, LIVE);
        side_start(&side, US, "pbx.test", SIP_UDP);
        side_line(&side, SIDE_LINE, "1001", "secret");
        side_expect_line(&side, SIP_LINE_TRYING);
        peer_expect(&dead, "REGISTER sip:pbx.test SIP/2.0");
        peer_expect_in(&live, "REGISTER sip:pbx.test SIP/2.0", 13000);
        peer_answer(&live, "200 OK", "r", "Expires: 300\r\n", "");
        side_expect_line(&side, SIP_LINE_REGISTERED);

        /* from the answer we know which way the PBX is, and so which address of ours it must be told */
        peer_expect(&live, "REGISTER ");
        assert_non_null(strstr(peer_header(&live, "Contact", contact), "@127."));
        peer_answer(&live, "200 OK", "r", "Expires: 300\r\n", "");

        side_invite(&side, 1, "2001"); /* no second wait for the dead one */
        peer_expect_in(&live, "INVITE sip:2001@pbx.test SIP/2.0", 2000);
        peer_answer(&live, "486 Busy Here", "b", "", "");
        assert_int_equal(side_expect(&side, SIP_FAILED)->status, 486);
        sip_stop(side.sip, 0);
        close(dead.fd);
        close(live.fd);
        server_stop(&server);
}

static void hosts_file_is_read(void **state)
{
        static const char file[] = "/tmp/test_sip_hosts";
        struct ip ip;
        char text[IP_TEXT_SIZE];
        (void)state;
        FILE *hosts = fopen(file, "w");
        assert_non_null(hosts);
        fprintf(hosts, "# pbx 192.0.2.9\n\n::1 pbx Alias\n  192.0.2.5\tother  PBX # us\nnonsense pbx2\n192.0.2.7");
        fclose(hosts);
        assert_true(hosts_find(file, "pbx", 4, &ip));
        assert_string_equal(ip_print(&ip, text), "192.0.2.5");
        assert_true(hosts_find(file, "pbx", 6, &ip));
        assert_string_equal(ip_print(&ip, text), "::1");
        assert_true(hosts_find(file, "alias", 4, &ip)); /* better than nothing */
        assert_int_equal(ip.family, 6);
        assert_false(hosts_find(file, "pbx2", 4, &ip));
        assert_false(hosts_find(file, "192.0.2.7", 4, &ip));
        unlink(file);
        assert_false(hosts_find(file, "pbx", 4, &ip));
}

static void name_nobody_knows_is_unreachable(void **state)
{
        struct server server = {.fd = -1};
        struct side side = {.resolv_conf = CONF};
        (void)state;
        if (!server_start(&server))
                skip();
        side_start(&side, US, "nowhere.test", SIP_UDP);
        side_line(&side, SIDE_LINE, "1001", "secret");
        side_expect_line(&side, SIP_LINE_TRYING);
        assert_string_equal(side_expect_line(&side, SIP_LINE_UNREACHABLE)->reason, "cannot be reached");
        sip_stop(side.sip, 0);
        server_stop(&server);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(second_server_is_used_when_the_first_is_silent),
                cmocka_unit_test(hosts_file_is_read),
                cmocka_unit_test(name_nobody_knows_is_unreachable),
        };
        log_start(getenv("SCCPGW_TEST_LOG") ? LOG_DEBUG : LOG_ERROR, LOG_TEXT);
        return cmocka_run_group_tests(tests, NULL, NULL);
}
