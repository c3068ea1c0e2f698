/* A phone in dialogue with a station, for the tests of stations: what was said, answered, and happened. */
#ifndef SCCPGW_TESTS_SCCP_DIALOGUE_H
#define SCCPGW_TESTS_SCCP_DIALOGUE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/base/text.h"
#include "sccp/codec.h"
#include "sccp/station.h"

/* One phone in dialogue, with what the last message led to. */
struct dialogue {
        struct sccp_station station;
        struct sccp_replies replies;
        struct sccp_happened happened;
        char told[256]; /* names of the replies */
};

static const struct sccp_profile_button buttons[] = {{.kind = SCCP_SLOT_LINE, .number = "1001", .label = "Zoë"},
                                                     {.kind = SCCP_SLOT_SPEED_DIAL, .number = "1002", .label = "Bob"}};
static const struct sccp_profile profile = {
        .description = "Alice", .date_template = "D.M.Y", .timezone = "UTC", .buttons = buttons, .n_buttons = 2};

static const struct sccp_facts facts = {
        .node_name = "gw1", .local = {.ip = {.family = 4, .bytes = {192, 0, 2, 10}}, .port = 2000}, .keepalive_s = 27};

static inline void note_replies(struct dialogue *d)
{
        d->told[0] = '\0';
        for (size_t i = 0; i < d->replies.count; i++)
                text_append(d->told, sizeof d->told, "%s%s", i ? " " : "",
                            sccp_message_info(d->replies.at[i].id)->name);
}

static inline void say(struct dialogue *d, const struct sccp_message *message)
{
        sccp_station_step(&d->station, &facts, message, &d->replies, &d->happened);
        note_replies(d);
}

static inline void say_id(struct dialogue *d, enum sccp_id id)
{
        struct sccp_message message = {.id = id};
        say(d, &message);
}

static inline struct sccp_message register_message(uint32_t type, uint8_t version, uint16_t features)
{
        struct sccp_message message = {.id = SCCP_REGISTER};
        TEXT_SET(message.register_req.device_name, "SEP001122334455");
        message.register_req.device_type = type;
        message.register_req.protocol_version = version;
        message.register_req.features = features;
        message.register_req.instance = 1;
        return message;
}

static inline void admit(struct dialogue *d, uint32_t type, uint8_t version, uint16_t features)
{
        struct sccp_message message = register_message(type, version, features);
        say(d, &message);
        assert_int_equal(d->happened.what, SCCP_HAPPENED_REGISTER);
        assert_true(sccp_station_admit(&d->station, &message.register_req, &profile, &facts, &d->replies));
        note_replies(d);
}

static inline void make_ready(struct dialogue *d, uint32_t type, uint8_t version)
{
        admit(d, type, version, 0);
        say_id(d, SCCP_TIME_DATE_REQ);
        assert_int_equal(d->happened.what, SCCP_HAPPENED_READY);
}

#endif
