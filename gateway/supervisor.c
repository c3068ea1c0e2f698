#include "gateway/supervisor.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "gateway/base/log.h"

#define BEATS_PER_DEADLINE 3 /* one may be late, and one lost */

/* '@' stands for the NUL of the abstract namespace. -1: no such socket. */
static int socket_open(const char *path)
{
        struct sockaddr_un name = {.sun_family = AF_UNIX};
        size_t len = strlen(path);
        if ((*path != '/' && *path != '@') || len >= sizeof name.sun_path) {
                log_warning("supervisor", "NOTIFY_SOCKET is no path of a socket: %s", path);
                return -1;
        }
        memcpy(name.sun_path, path, len);
        if (*path == '@')
                name.sun_path[0] = '\0';
        int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        if (fd >= 0 &&
            connect(fd, (struct sockaddr *)&name, (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len)) == 0)
                return fd;
        log_warning("supervisor", "cannot speak to %s: %s", path, strerror(errno));
        if (fd >= 0)
                close(fd);
        return -1;
}

/* 0: nobody waits for a sign of life, or it is not ours they wait for. */
static int64_t beat_ms(void)
{
        const char *usec = getenv("WATCHDOG_USEC"), *pid = getenv("WATCHDOG_PID");
        if (!usec || (pid && strtol(pid, NULL, 10) != (long)getpid()))
                return 0;
        long long deadline_us = strtoll(usec, NULL, 10);
        return deadline_us > 0 ? deadline_us / 1000 / BEATS_PER_DEADLINE + 1 : 0;
}

static void say(const struct supervisor *supervisor, const char *words)
{
        if (supervisor->fd >= 0 && send(supervisor->fd, words, strlen(words), MSG_NOSIGNAL) < 0)
                log_debug("supervisor", "not told %s: %s", words, strerror(errno));
}

static void on_beat(struct loop_timer *timer)
{
        struct supervisor *supervisor = (struct supervisor *)((char *)timer - offsetof(struct supervisor, beat));
        say(supervisor, "WATCHDOG=1");
        loop_timer_start(supervisor->loop, &supervisor->beat, supervisor->beat_ms);
}

void supervisor_start(struct supervisor *supervisor, struct loop *loop)
{
        const char *path = getenv("NOTIFY_SOCKET");
        *supervisor = (struct supervisor){.fd = path && *path ? socket_open(path) : -1, .loop = loop};
        supervisor->beat.expired = on_beat;
        supervisor->beat_ms = supervisor->fd >= 0 ? beat_ms() : 0;
        if (supervisor->beat_ms)
                loop_timer_start(loop, &supervisor->beat, supervisor->beat_ms);
        unsetenv("NOTIFY_SOCKET");
        unsetenv("WATCHDOG_USEC");
        unsetenv("WATCHDOG_PID");
}

void supervisor_stop(struct supervisor *supervisor)
{
        loop_timer_stop(&supervisor->beat);
        if (supervisor->fd >= 0)
                close(supervisor->fd);
        supervisor->fd = -1;
}

void supervisor_ready(struct supervisor *supervisor)
{
        say(supervisor, "READY=1");
}

/* The time lets systemd tell this reload from one it asked for before (Type=notify-reload). */
void supervisor_reloading(struct supervisor *supervisor)
{
        char words[80];
        struct timespec now;
        clock_gettime(CLOCK_MONOTONIC, &now);
        snprintf(words, sizeof words, "RELOADING=1\nMONOTONIC_USEC=%lld",
                 (long long)now.tv_sec * 1000000 + now.tv_nsec / 1000);
        say(supervisor, words);
}

void supervisor_stopping(struct supervisor *supervisor)
{
        say(supervisor, "STOPPING=1");
}
