/* The line's table: what each piece of news makes of each state. */
#include "gateway/core/line.h"

#include <stddef.h>

#define COLUMNS LINE_KEEP /* keep and release are the presence of somebody, or nobody, like that of the phone */

static const enum line_state next[LINE_STATES][COLUMNS] = {
        /*                       phone up      phone down   registered       refused              unreachable */
        [LINE_ABSENT] = {LINE_TRYING, LINE_ABSENT, LINE_ABSENT, LINE_ABSENT, LINE_ABSENT},
        [LINE_TRYING] = {LINE_TRYING, LINE_ABSENT, LINE_IN_SERVICE, LINE_NOT_REGISTERED, LINE_NO_PBX},
        [LINE_IN_SERVICE] = {LINE_IN_SERVICE, LINE_ABSENT, LINE_IN_SERVICE, LINE_NOT_REGISTERED, LINE_NO_PBX},
        [LINE_NOT_REGISTERED] = {LINE_NOT_REGISTERED, LINE_ABSENT, LINE_IN_SERVICE, LINE_NOT_REGISTERED, LINE_NO_PBX},
        [LINE_NO_PBX] = {LINE_NO_PBX, LINE_ABSENT, LINE_IN_SERVICE, LINE_NOT_REGISTERED, LINE_NO_PBX},
};

/* A phone or a promise: either is enough. */
static enum line_event column_of(struct line *line, enum line_event event)
{
        if (event == LINE_PHONE_UP || event == LINE_PHONE_DOWN)
                line->present = event == LINE_PHONE_UP;
        else if (event == LINE_KEEP || event == LINE_RELEASE)
                line->kept = event == LINE_KEEP;
        else
                return event;
        return line->present || line->kept ? LINE_PHONE_UP : LINE_PHONE_DOWN;
}

enum line_action line_step(struct line *line, enum line_event event, int status)
{
        enum line_state before = line->state;
        line->state = next[before][column_of(line, event)];
        if (!line->has_pbx && line->state != LINE_ABSENT)
                line->state = LINE_IN_SERVICE;
        if (line->state != LINE_NOT_REGISTERED)
                line->status = 0;
        else if (event == LINE_REFUSED)
                line->status = status;
        if ((before == LINE_ABSENT) == (line->state == LINE_ABSENT))
                return LINE_DO_NOTHING;
        return before == LINE_ABSENT ? LINE_DO_REGISTER : LINE_DO_UNREGISTER;
}

const char *line_state_name(enum line_state state)
{
        static const char *const names[LINE_STATES] = {
                [LINE_ABSENT] = "absent",
                [LINE_TRYING] = "registering",
                [LINE_IN_SERVICE] = "in service",
                [LINE_NOT_REGISTERED] = "not registered",
                [LINE_NO_PBX] = "no answer from the PBX",
        };
        return state < LINE_STATES ? names[state] : "unknown";
}

const char *line_event_name(enum line_event event)
{
        static const char *const names[LINE_EVENTS] = {
                [LINE_PHONE_UP] = "phone-up", [LINE_PHONE_DOWN] = "phone-down",   [LINE_REGISTERED] = "registered",
                [LINE_REFUSED] = "refused",   [LINE_UNREACHABLE] = "unreachable", [LINE_KEEP] = "keep",
                [LINE_RELEASE] = "release",
        };
        return event < LINE_EVENTS ? names[event] : "unknown";
}
