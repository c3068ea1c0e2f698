/* Debian's rtpengine-daemon in user space on one thread, told of each call over its ng protocol: one offer, one answer,
 * bencoded, over UDP. */
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "gateway/media/udp.h"
#include "relay_rig.h"

#define NG_PORT     17010
#define PATIENCE_MS 1000
#define START_TRIES 100 /* of 50 ms */
#define ANSWER_SIZE 8192
#define PROGRAM     "rtpengine"

struct rtpengine {
        pid_t pid;
        int control;
        unsigned cookie;
};

static void run(void)
{
        char ng[32], first[32], last[32];
        int null = open("/dev/null", O_RDWR);
        snprintf(ng, sizeof ng, "--listen-ng=127.0.0.1:%d", NG_PORT);
        snprintf(first, sizeof first, "--port-min=%d", PORT_FIRST);
        snprintf(last, sizeof last, "--port-max=%d", PORT_LAST);
        if (null >= 0) {
                dup2(null, STDIN_FILENO);
                dup2(null, STDOUT_FILENO);
                dup2(null, STDERR_FILENO);
        }
        execlp(PROGRAM, PROGRAM, "--config-file=none", "--table=-1", "--interface=127.0.0.1", ng, first, last,
               "--num-threads=1", "--foreground", "--log-stderr", "--log-level=2", "--timeout=3600", (char *)NULL);
        _exit(127);
}

/* The answer to one command, NUL-terminated; false when none comes. */
static bool ask(struct rtpengine *engine, const char *command, char answer[ANSWER_SIZE])
{
        char message[2048], cookie[32];
        struct pollfd ready = {.fd = engine->control, .events = POLLIN};
        snprintf(cookie, sizeof cookie, "%u ", ++engine->cookie);
        int len = snprintf(message, sizeof message, "%s%s", cookie, command);
        if (send(engine->control, message, (size_t)len, 0) != len)
                return false;
        while (poll(&ready, 1, PATIENCE_MS) == 1) {
                ssize_t got = recv(engine->control, answer, ANSWER_SIZE - 1, 0);
                if (got < 0)
                        return false;
                answer[got] = '\0';
                if (strncmp(answer, cookie, strlen(cookie)) == 0)
                        return true;
        }
        return false;
}

/* One side of a call as SDP; where the other is to send is in the answer. */
static uint16_t tell(struct rtpengine *engine, const char *command, unsigned call, uint16_t port)
{
        char sdp[256], message[1024], answer[ANSWER_SIZE];
        int len = snprintf(sdp, sizeof sdp,
                           "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
                           "m=audio %u RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\n",
                           port);
        char name[16];
        int name_len = snprintf(name, sizeof name, "c%u", call);
        bool is_answer = strcmp(command, "answer") == 0;
        snprintf(message, sizeof message, "d7:call-id%d:%s7:command%zu:%s8:from-tag1:a3:ICE6:remove3:sdp%d:%s%se",
                 name_len, name, strlen(command), command, len, sdp, is_answer ? "6:to-tag1:b" : "");
        const char *line = ask(engine, message, answer) ? strstr(answer, "m=audio ") : NULL;
        unsigned long told = line ? strtoul(line + strlen("m=audio "), NULL, 10) : 0;
        if (told == 0 || told > UINT16_MAX)
                bench_fail("rtpengine gives no port");
        return (uint16_t)told;
}

static int control_open(void)
{
        struct endpoint at = {.port = NG_PORT};
        union udp_name name;
        (void)ip_parse("127.0.0.1", &at.ip);
        int fd = udp_open(&at.ip, 0, 0);
        socklen_t len = udp_name(AF_INET, &at, &name);
        if (fd < 0 || connect(fd, &name.any, len) != 0)
                bench_fail("rtpengine's port");
        return fd;
}

static void rtpengine_stop(void *forwarder, const struct rig *rig)
{
        struct rtpengine *engine = forwarder;
        (void)rig;
        kill(engine->pid, SIGKILL);
        waitpid(engine->pid, NULL, 0);
        close(engine->control);
        free(engine);
}

static bool is_there(struct rtpengine *engine)
{
        char answer[ANSWER_SIZE];
        for (unsigned i = 0; i < START_TRIES; i++) {
                if (waitpid(engine->pid, NULL, WNOHANG) == engine->pid)
                        return false;
                if (ask(engine, "d7:command4:pinge", answer))
                        return true;
                usleep(50000);
        }
        return false;
}

static void *rtpengine_start(struct rig *rig)
{
        struct rtpengine *engine = calloc(1, sizeof *engine);
        if (!engine)
                bench_fail("memory");
        engine->pid = fork();
        if (engine->pid == 0)
                run();
        engine->control = control_open();
        if (!is_there(engine)) {
                rtpengine_stop(engine, rig);
                return NULL;
        }
        rig_is_ready(rig, engine->pid);
        for (unsigned call = 0; call < rig->calls; call++) {
                rig->to[call][1] = tell(engine, "offer", call, rig->peer_at[0].port);
                rig->to[call][0] = tell(engine, "answer", call, rig->peer_at[1].port);
        }
        return engine;
}

const struct relay_way way_rtpengine = {
        .name = "rtpengine, user space", .thread = "", .start = rtpengine_start, .stop = rtpengine_stop};
