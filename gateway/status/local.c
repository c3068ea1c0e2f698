#include "gateway/status/local.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "gateway/base/text.h"

#define BACKLOG 64
#define MODE    0660

static bool fail(const char *path, const char *reason, char *why, size_t why_size)
{
        text_printf(why, why_size, "cannot listen on %s: %s", path, reason);
        return false;
}

static int open_local(const char *path, struct sockaddr_un *address, int flags)
{
        *address = (struct sockaddr_un){.sun_family = AF_UNIX};
        if (!text_copy(address->sun_path, sizeof address->sun_path, path)) {
                errno = ENAMETOOLONG;
                return -1;
        }
        return socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | flags, 0);
}

static int connect_local(const char *path, int flags)
{
        struct sockaddr_un address;
        int socket = open_local(path, &address, flags);
        if (socket < 0 || connect(socket, (struct sockaddr *)&address, sizeof address) == 0)
                return socket;
        int error = errno;
        close(socket);
        errno = error;
        return -1;
}

int local_connect(const char *path)
{
        return connect_local(path, 0);
}

/* NULL: what is at `path` was left behind by a program that is gone. */
static const char *in_use(const char *path)
{
        struct stat found;
        if (lstat(path, &found) != 0)
                return errno == ENOENT ? NULL : strerror(errno);
        if (!S_ISSOCK(found.st_mode))
                return "it is there and is no socket";
        int probe = connect_local(path, SOCK_NONBLOCK);
        if (probe >= 0)
                close(probe);
        else if (errno == ECONNREFUSED)
                return NULL;
        return probe >= 0 || errno == EAGAIN ? "another gateway listens there" : strerror(errno);
}

/* The mode is right from the first moment on: bind(2) takes it from the socket, less the umask. */
static bool bind_local(int socket, const struct sockaddr_un *address)
{
        return fchmod(socket, MODE) == 0 && bind(socket, (const struct sockaddr *)address, sizeof *address) == 0;
}

static bool listen_local(int socket, const struct sockaddr_un *address, struct stat *made)
{
        return chmod(address->sun_path, MODE) == 0 && lstat(address->sun_path, made) == 0 &&
               listen(socket, BACKLOG) == 0;
}

bool local_listen(struct local *local, const char *path, char *why, size_t why_size)
{
        struct sockaddr_un address;
        struct stat made;
        int socket = open_local(path, &address, SOCK_NONBLOCK);
        local->socket = -1;
        if (socket < 0)
                return fail(path, strerror(errno), why, why_size);
        bool bound = bind_local(socket, &address);
        if (!bound && errno == EADDRINUSE) {
                const char *user = in_use(path);
                if (user) {
                        close(socket);
                        return fail(path, user, why, why_size);
                }
                bound = unlink(path) == 0 && bind_local(socket, &address);
        }
        if (!bound || !listen_local(socket, &address, &made)) {
                fail(path, strerror(errno), why, why_size);
                close(socket);
                return false;
        }
        *local = (struct local){.socket = socket, .device = made.st_dev, .inode = made.st_ino};
        return true;
}

void local_forget(const struct local *local, const char *path)
{
        struct stat found;
        if (lstat(path, &found) == 0 && found.st_dev == local->device && found.st_ino == local->inode)
                unlink(path);
}

static bool bind_tcp(int socket, const struct endpoint *at)
{
        struct sockaddr_storage address;
        socklen_t len = endpoint_to_sockaddr(at, &address);
        int on = 1;
        return setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0 &&
               bind(socket, (struct sockaddr *)&address, len) == 0 && listen(socket, BACKLOG) == 0;
}

int tcp_listen(const struct endpoint *at, char *why, size_t why_size)
{
        char text[ENDPOINT_TEXT_SIZE];
        int family = at->ip.family == 6 ? AF_INET6 : AF_INET;
        int fd = socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
        if (fd >= 0 && bind_tcp(fd, at))
                return fd;
        fail(endpoint_print(at, text), strerror(errno), why, why_size);
        if (fd >= 0)
                close(fd);
        return -1;
}
