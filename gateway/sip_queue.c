/* Commands to the sip thread. */
#include <assert.h>
#include <stdlib.h>

#include "gateway/sip_side.h"
#include "gateway/trace_sip.h"

#define BACKLOG_TRY_MS 20

/* Commands that found the queue full wait here in their order. New calls are refused meanwhile, so that it is finite:
 * what is left are the endings of calls and the registrations of lines. */
struct sip_backlog {
        struct sip_command *commands;
        size_t first, count, room;
};

static bool backlog_grow(struct sip_backlog *backlog)
{
        size_t room = backlog->room ? 2 * backlog->room : 64;
        struct sip_command *commands = malloc(room * sizeof *commands);
        if (!commands)
                return false;
        for (size_t i = 0; i < backlog->count; i++)
                commands[i] = backlog->commands[(backlog->first + i) % backlog->room];
        free(backlog->commands);
        *backlog = (struct sip_backlog){.commands = commands, .count = backlog->count, .room = room};
        return true;
}

void sip_side_command(struct gateway *gateway, const struct sip_command *command)
{
        struct sip_backlog *backlog = gateway->backlog;
        trace_sip_command(gateway, command);
        if (!backlog->count && sip_send(gateway->sip, command))
                return;
        if (backlog->count == backlog->room && !backlog_grow(backlog)) {
                log_error("sip", "out of memory: a command is lost");
                return;
        }
        assert(backlog->count < backlog->room);
        backlog->commands[(backlog->first + backlog->count++) % backlog->room] = *command;
        if (!loop_timer_running(&gateway->backlog_timer))
                loop_timer_start(gateway->loop, &gateway->backlog_timer, BACKLOG_TRY_MS);
}

static void on_backlog_timer(struct loop_timer *timer)
{
        struct gateway *gateway = (struct gateway *)((char *)timer - offsetof(struct gateway, backlog_timer));
        struct sip_backlog *backlog = gateway->backlog;
        while (backlog->count && sip_send(gateway->sip, &backlog->commands[backlog->first])) {
                backlog->first = (backlog->first + 1) % backlog->room;
                backlog->count--;
        }
        if (backlog->count)
                loop_timer_start(gateway->loop, timer, BACKLOG_TRY_MS);
}

bool sip_queue_start(struct gateway *gateway)
{
        gateway->backlog = calloc(1, sizeof *gateway->backlog);
        gateway->backlog_timer.expired = on_backlog_timer;
        return gateway->backlog != NULL;
}

bool sip_queue_waits(const struct gateway *gateway)
{
        return gateway->backlog->count > 0;
}

void sip_queue_flush(struct gateway *gateway)
{
        if (gateway->backlog->count)
                on_backlog_timer(&gateway->backlog_timer);
        loop_timer_stop(&gateway->backlog_timer);
}

void sip_queue_free(struct gateway *gateway)
{
        if (gateway->backlog)
                free(gateway->backlog->commands);
        free(gateway->backlog);
}
