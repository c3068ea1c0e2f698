/* A SIP peer by hand for tests: one UDP socket that reads requests, answers them header by header, and sends what a
 * test writes. It knows no transactions: what it repeats, forgets or breaks is the test's choice. */
#ifndef SCCPGW_TESTS_SIP_PEER_H
#define SCCPGW_TESTS_SIP_PEER_H

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "gateway/base/addr.h"
#include "gateway/base/loop.h"
#include "gateway/base/text.h"

#define PEER_TEXT_SIZE 16384

#define PEER_SDP                                                                                                       \
        "v=0\r\no=- 1 1 IN IP4 127.22.0.2\r\ns=-\r\nc=IN IP4 127.22.0.2\r\nt=0 0\r\n"                                  \
        "m=audio 6000 RTP/AVP 8 101\r\na=rtpmap:101 telephone-event/8000\r\n"
#define PEER_SDP_TYPE "Content-Type: application/sdp\r\n"

struct peer {
        int fd;
        struct sockaddr_in from; /* of the newest message */
        char text[PEER_TEXT_SIZE];
};

/* A UDP socket at this address; -1 when it cannot be had. Another run of the same test on this machine may have it:
 * its turn comes first. */
static inline int peer_bind(const char *address)
{
        struct endpoint at;
        struct sockaddr_storage to;
        assert_true(endpoint_parse(address, 5060, &at));
        socklen_t len = endpoint_to_sockaddr(&at, &to);
        int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
        for (int64_t until_ms = clock_ms() + 60000; clock_ms() < until_ms; poll(NULL, 0, 100)) {
                if (bind(fd, (struct sockaddr *)&to, len) == 0)
                        return fd;
                if (errno != EADDRINUSE)
                        break;
        }
        close(fd);
        return -1;
}

static inline void peer_open(struct peer *peer, const char *address)
{
        *peer = (struct peer){.fd = peer_bind(address)};
        assert_true(peer->fd >= 0);
}

/* The next message, whatever it is; false: none came. */
static inline bool peer_read(struct peer *peer, int wait_ms)
{
        struct pollfd fd = {.fd = peer->fd, .events = POLLIN};
        socklen_t len = sizeof peer->from;
        if (poll(&fd, 1, wait_ms) != 1)
                return false;
        ssize_t got = recvfrom(peer->fd, peer->text, sizeof peer->text - 1, 0, (struct sockaddr *)&peer->from, &len);
        assert_true(got >= 0);
        peer->text[got] = '\0';
        return true;
}

/* The next message that begins with `start`; others (repetitions, mostly) are passed over. */
static inline const char *peer_expect_in(struct peer *peer, const char *start, int wait_ms)
{
        for (int64_t until_ms = clock_ms() + wait_ms; clock_ms() < until_ms;) {
                if (peer_read(peer, (int)(until_ms - clock_ms())) && strncmp(peer->text, start, strlen(start)) == 0)
                        return peer->text;
        }
        fail_msg("no %s came; the last message was:\n%.400s", start, peer->text);
        return NULL;
}

static inline const char *peer_expect(struct peer *peer, const char *start)
{
        return peer_expect_in(peer, start, 5000);
}

/* No message that begins with `start` comes within the time. */
static inline void peer_expect_no(struct peer *peer, const char *start, int wait_ms)
{
        for (int64_t until_ms = clock_ms() + wait_ms; clock_ms() < until_ms;) {
                if (peer_read(peer, (int)(until_ms - clock_ms())) && strncmp(peer->text, start, strlen(start)) == 0)
                        fail_msg("%s came", start);
        }
}

/* The value of a header of the newest message, "" when it has none. */
static inline const char *peer_header(const struct peer *peer, const char *name, char out[512])
{
        size_t len = strlen(name);
        out[0] = '\0';
        for (const char *line = peer->text; (line = strstr(line, "\r\n")) != NULL;) {
                line += 2;
                if (strncasecmp(line, name, len) == 0 && line[len] == ':') {
                        const char *value = line + len + 1 + strspn(line + len + 1, " ");
                        text_copy_n(out, 512, value, strcspn(value, "\r"));
                        break;
                }
        }
        return out;
}

static inline void peer_send(const struct peer *peer, const char *text)
{
        assert_true(sendto(peer->fd, text, strlen(text), 0, (const struct sockaddr *)&peer->from, sizeof peer->from) >
                    0);
}

/* Answers the request in `request` (a whole message): `status` is "200 OK", `tag` goes to the To header unless it has
 * one, `extra` are further header lines. */
static inline void peer_answer_to(const struct peer *peer, const char *request, const char *status, const char *tag,
                                  const char *extra, const char *body)
{
        static const char *const copied[] = {"Via:", "From:", "Call-ID:", "CSeq:", "Record-Route:"};
        char out[PEER_TEXT_SIZE];
        text_printf(out, sizeof out, "SIP/2.0 %s\r\n", status);
        for (const char *line = request; (line = strstr(line, "\r\n")) != NULL && strncmp(line, "\r\n\r\n", 4) != 0;) {
                line += 2;
                int len = (int)strcspn(line, "\r");
                for (size_t i = 0; i < sizeof copied / sizeof copied[0]; i++) {
                        if (strncasecmp(line, copied[i], strlen(copied[i])) == 0)
                                text_append(out, sizeof out, "%.*s\r\n", len, line);
                }
                if (strncasecmp(line, "To:", 3) == 0) {
                        char to[512];
                        text_copy_n(to, sizeof to, line, (size_t)len);
                        text_append(out, sizeof out, "%s%s%s\r\n", to,
                                    strstr(to, "tag=") ? "" : ";tag=", strstr(to, "tag=") ? "" : tag);
                }
        }
        text_append(out, sizeof out, "%sContent-Length: %zu\r\n\r\n%s", extra, strlen(body), body);
        peer_send(peer, out);
}

/* Answers the newest message. */
static inline void peer_answer(const struct peer *peer, const char *status, const char *tag, const char *extra,
                               const char *body)
{
        peer_answer_to(peer, peer->text, status, tag, extra, body);
}

#endif
