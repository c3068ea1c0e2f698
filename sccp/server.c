/* Listeners; who may connect is the door's business, and everything after that the sessions'. Accepted sockets inherit
 * their options from the listener (tcp(7), ip(7)), so a new connection costs no system calls for them. */
#include "sccp/server.h"

#include <assert.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "gateway/base/log.h"
#include "gateway/base/text.h"
#include "sccp/door.h"
#include "sccp/session.h"

#define BACKLOG      4096
#define ACCEPT_BATCH 64   /* then the phones that are here already have their turn */
#define PAUSE_MS     1000 /* without descriptors */

struct listener {
        struct loop_fd fd;
        int socket;
        bool tls;
        struct sccp_server *server;
};

/* Copies of what belongs to a configuration that may be replaced. */
struct copies {
        struct network *allow;
        char **texts; /* node name, then servers */
        size_t n_texts;
};

struct sccp_server {
        struct session_house house;
        struct loop_timer pause;
        struct listener *listeners;
        size_t n_listeners;
        struct copies copies;
};

static void take_connection(const struct listener *listener, int socket, const struct sockaddr_storage *from)
{
        struct sccp_server *server = listener->server;
        char text[ENDPOINT_TEXT_SIZE];
        struct endpoint peer = endpoint_from_sockaddr((const struct sockaddr *)from);
        const char *why = door_refusal(&server->house, &peer);
        server->house.totals.connections++;
        if (!why && session_new(&server->house, socket, &peer, listener->tls))
                return;
        close(socket);
        server->house.totals.connections_refused++;
        if (log_allowed(&server->house.strangers, STRANGERS, STRANGERS_S))
                log_warning(endpoint_print(&peer, text), "connection refused: %s", why ? why : "out of memory");
}

static void listeners_watch(struct sccp_server *server, unsigned events)
{
        for (size_t i = 0; i < server->n_listeners; i++)
                loop_fd_change(&server->listeners[i].fd, events);
}

static void on_pause_over(struct loop_timer *timer)
{
        struct sccp_server *server = (struct sccp_server *)((char *)timer - offsetof(struct sccp_server, pause));
        listeners_watch(server, LOOP_READ);
}

/* A listener that cannot accept stays readable: without a pause the loop would spin. */
static void accept_failed(struct sccp_server *server)
{
        if (errno != EMFILE && errno != ENFILE && errno != ENOBUFS && errno != ENOMEM)
                return; /* nothing waits, or that one connection was broken */
        if (log_allowed(&server->house.strangers, STRANGERS, STRANGERS_S))
                log_error("sccp", "cannot accept connections: %s", strerror(errno));
        listeners_watch(server, 0);
        loop_timer_start(server->house.loop, &server->pause, PAUSE_MS);
}

static void on_connection(struct loop_fd *fd, unsigned events)
{
        (void)events;
        struct listener *listener = (struct listener *)fd;
        for (unsigned i = 0; i < ACCEPT_BATCH; i++) {
                struct sockaddr_storage from = {0};
                socklen_t len = sizeof from;
                int socket = accept4(listener->socket, (struct sockaddr *)&from, &len, SOCK_NONBLOCK | SOCK_CLOEXEC);
                if (socket < 0) {
                        accept_failed(listener->server);
                        return;
                }
                take_connection(listener, socket, &from);
        }
}

static bool set_option(int socket, int level, int name, int value)
{
        return setsockopt(socket, level, name, &value, sizeof value) == 0;
}

/* TCP looks after dead peers too, within the keepalive and half a minute (field guide R10). */
static bool set_options(int socket, uint8_t family, const struct sccp_server_settings *settings)
{
        int tos = settings->dscp << 2;
        bool quality = family == 6 ? set_option(socket, IPPROTO_IPV6, IPV6_TCLASS, tos) &&
                                             set_option(socket, IPPROTO_IPV6, IPV6_V6ONLY, 1)
                                   : set_option(socket, IPPROTO_IP, IP_TOS, tos);
        return quality && set_option(socket, SOL_SOCKET, SO_REUSEADDR, 1) &&
               set_option(socket, IPPROTO_TCP, TCP_NODELAY, 1) && set_option(socket, SOL_SOCKET, SO_KEEPALIVE, 1) &&
               set_option(socket, IPPROTO_TCP, TCP_KEEPIDLE, (int)settings->keepalive_s) &&
               set_option(socket, IPPROTO_TCP, TCP_KEEPINTVL, 5) && set_option(socket, IPPROTO_TCP, TCP_KEEPCNT, 5);
}

static bool bind_and_listen(int socket, const struct endpoint *at)
{
        struct sockaddr_storage address;
        socklen_t len = endpoint_to_sockaddr(at, &address);
        return bind(socket, (struct sockaddr *)&address, len) == 0 && listen(socket, BACKLOG) == 0;
}

static bool listener_open(struct listener *listener, const struct endpoint *at,
                          const struct sccp_server_settings *settings, char *why, size_t why_size)
{
        char text[ENDPOINT_TEXT_SIZE];
        int family = at->ip.family == 6 ? AF_INET6 : AF_INET;
        listener->socket = socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
        if (listener->socket >= 0 && set_options(listener->socket, at->ip.family, settings) &&
            bind_and_listen(listener->socket, at)) {
                listener->fd.ready = on_connection;
                loop_fd_start(listener->server->house.loop, &listener->fd, listener->socket, LOOP_READ);
                return true;
        }
        text_printf(why, why_size, "cannot listen on %s: %s", endpoint_print(at, text), strerror(errno));
        return false;
}

static void listeners_close(struct sccp_server *server)
{
        loop_timer_stop(&server->pause);
        for (size_t i = 0; i < server->n_listeners; i++) {
                loop_fd_stop(&server->listeners[i].fd);
                if (server->listeners[i].socket >= 0)
                        close(server->listeners[i].socket);
        }
        server->n_listeners = 0;
}

static bool listeners_open(struct sccp_server *server, const struct sccp_server_settings *settings, char *why,
                           size_t why_size)
{
        for (size_t i = 0; i < settings->n_listen + settings->n_tls_listen; i++) {
                struct listener *listener = &server->listeners[server->n_listeners++];
                listener->server = server;
                listener->tls = i >= settings->n_listen;
                const struct endpoint *at = listener->tls ? &settings->tls_listen[i - settings->n_listen]
                                                          : &settings->listen[i];
                if (!listener_open(listener, at, settings, why, why_size))
                        return false;
        }
        return true;
}

static void copies_free(struct copies *copies)
{
        for (size_t i = 0; i < copies->n_texts; i++)
                free(copies->texts[i]);
        free(copies->texts);
        free(copies->allow);
        *copies = (struct copies){.allow = NULL};
}

static bool tls_open(struct session_house *house, const struct sccp_server_settings *settings, char *why,
                     size_t why_size)
{
        static const char *const names[] = {[TLS_CERT] = "cert", [TLS_KEY] = "key", [TLS_CLIENT_CA] = "client_ca"};
        enum tls_file whose;
        char text[200];
        if (!settings->n_tls_listen)
                return true;
        house->handshake_s = settings->handshake_s;
        house->tls_room = tls_room_new(&settings->tls, &whose, text, sizeof text);
        if (!house->tls_room)
                text_printf(why, why_size, "sccp.tls.%s %s", names[whose], text);
        return house->tls_room;
}

static bool copy_text(struct copies *copies, const char *text)
{
        char *copy = strdup(text ? text : "");
        copies->texts[copies->n_texts++] = copy;
        return copy;
}

static bool copies_make(struct copies *copies, const struct sccp_server_settings *settings)
{
        copies->allow = calloc(settings->n_allow + 1, sizeof *copies->allow);
        copies->texts = calloc(settings->n_servers + 1, sizeof *copies->texts);
        if (!copies->allow || !copies->texts)
                return false;
        for (size_t i = 0; i < settings->n_allow; i++)
                copies->allow[i] = settings->allow[i];
        bool copied = copy_text(copies, settings->node_name);
        for (size_t i = 0; i < settings->n_servers; i++)
                copied = copy_text(copies, settings->servers[i]) && copied;
        return copied;
}

/* In place of those there are. */
static void copies_take(struct sccp_server *server, struct copies *copies, const struct sccp_server_settings *settings)
{
        struct session_house *house = &server->house;
        copies_free(&server->copies);
        server->copies = *copies;
        house->allow = copies->allow;
        house->n_allow = settings->n_allow;
        house->limits = settings->limits;
        house->node_name = copies->texts[0];
        house->servers = (const char *const *)copies->texts + 1;
        house->n_servers = copies->n_texts - 1;
        house->keepalive_s = settings->keepalive_s;
}

/* A machine that has just started may have no random numbers yet; then the clock's will do. */
static void draw(void *out, size_t len)
{
        int64_t now = clock_ms();
        if (getrandom(out, len, GRND_NONBLOCK) != (ssize_t)len)
                for (size_t i = 0; i < len; i++)
                        ((uint8_t *)out)[i] = (uint8_t)(now >> i % 8 * 8);
}

static bool house_open(struct session_house *house)
{
        struct hash_key key = {0};
        draw(&house->dice, sizeof house->dice);
        house->dice |= 1;
        draw(&key, sizeof key);
        house->registry.key = house->arriving.key = key;
        return hosts_open(&house->hosts, &key);
}

struct sccp_server *sccp_server_new(struct loop *loop, const struct sccp_server_settings *settings,
                                    const struct sccp_handlers *handlers, void *owner, char *why, size_t why_size)
{
        assert(settings->keepalive_s > 0 && settings->limits.register_s > 0);
        assert(settings->limits.queue >= SCCP_FRAME_MAX);
        assert(!settings->n_tls_listen || settings->handshake_s > 0);
        assert(handlers->admit && handlers->token && handlers->up && handlers->down && handlers->input &&
               handlers->in_call);
        struct sccp_server *server = calloc(1, sizeof *server);
        text_copy(why, why_size, "out of memory");
        if (!server)
                return NULL;
        server->pause.expired = on_pause_over;
        server->house.loop = loop;
        server->house.handlers = *handlers;
        server->house.owner = owner;
        server->listeners = calloc(settings->n_listen + settings->n_tls_listen + 1, sizeof *server->listeners);
        if (server->listeners && house_open(&server->house) && sccp_server_update(server, settings) &&
            tls_open(&server->house, settings, why, why_size) && listeners_open(server, settings, why, why_size))
                return server;
        sccp_server_free(server);
        return NULL;
}

bool sccp_server_update(struct sccp_server *server, const struct sccp_server_settings *settings)
{
        struct copies copies = {.allow = NULL};
        bool made = copies_make(&copies, settings);
        if (made)
                copies_take(server, &copies, settings);
        else
                copies_free(&copies);
        return made;
}

void sccp_server_stop(struct sccp_server *server)
{
        listeners_close(server);
        for (struct sccp_session *session = server->house.registry.first; session; session = session->node.next) {
                sccp_session_reset(session, true);
                link_write(&session->link);
        }
}

static void free_server(void *object)
{
        struct sccp_server *server = object;
        tls_room_free(server->house.tls_room);
        copies_free(&server->copies);
        free(server->listeners);
        free(server);
}

/* The server may be in the middle of a handler it called: its memory goes at the end of the turn. */
void sccp_server_free(struct sccp_server *server)
{
        if (!server)
                return;
        listeners_close(server);
        while (server->house.registry.first)
                session_drop(server->house.registry.first);
        registry_clear(&server->house.registry);
        registry_clear(&server->house.arriving);
        hosts_close(&server->house.hosts);
        zones_clear(&server->house.zones);
        charsets_clear(&server->house.charsets);
        loop_defer(server->house.loop, free_server, server);
}

struct sccp_session *sccp_session_find(struct sccp_server *server, const char *name)
{
        return registry_find(&server->house.registry, name);
}

size_t sccp_server_registered(const struct sccp_server *server)
{
        return server->house.registry.registered;
}

size_t sccp_server_connections(const struct sccp_server *server)
{
        return server->house.registry.count;
}

size_t sccp_server_strangers(const struct sccp_server *server)
{
        return server->house.hosts.strangers.count;
}

const struct sccp_totals *sccp_server_totals(const struct sccp_server *server)
{
        return &server->house.totals;
}

void sccp_server_watch(struct sccp_server *server, bool on)
{
        server->house.watched = on;
}

struct endpoint sccp_server_address(const struct sccp_server *server, size_t index)
{
        assert(index < server->n_listeners);
        return session_local(server->listeners[index].socket);
}
