/* One running SIP side for tests, on a loopback address of its own, and what its tests say to it. */
#ifndef SCCPGW_TESTS_SIP_SIDE_H
#define SCCPGW_TESTS_SIP_SIDE_H

#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/base/audio.h"
#include "gateway/base/loop.h"
#include "gateway/base/text.h"
#include "sip/sip.h"

#define SIDE_LINE      1
#define SIDE_LINES_MAX 256
#define SIDE_DSCP      24
#define SIDE_START_MS  60000
#define SIDE_WAIT_MS   5000
#define SIDE_QUIET_MS  300

struct side {
        struct sip *sip;
        struct endpoint at;
        char address[ENDPOINT_TEXT_SIZE];
        char pbx[ENDPOINT_TEXT_SIZE + 32];
        struct sip_pbx_settings pbx_settings;
        const char *resolv_conf; /* set before the start; NULL: the system's */
        unsigned qualify_s;      /* likewise */
        const char *proxy;       /* likewise */
        struct sip_event event;  /* the newest one expected */
        struct sip_event health; /* the newest SIP_PBX_STATE */
        unsigned health_changes;
};

/* `pbx` NULL: a gateway without one, and an open registrar. */
static inline void side_start(struct side *side, const char *address, const char *pbx, enum sip_transport transport)
{
        char why[160] = "";
        *side = (struct side){.resolv_conf = side->resolv_conf, .qualify_s = side->qualify_s, .proxy = side->proxy};
        TEXT_SET(side->address, address);
        assert_true(endpoint_parse(address, 5060, &side->at));
        if (pbx)
                TEXT_SET(side->pbx, pbx);
        side->pbx_settings = (struct sip_pbx_settings){.name = "main",
                                                       .address = pbx ? side->pbx : NULL,
                                                       .transport = transport,
                                                       .expires_s = 300,
                                                       .outbound_proxy = side->proxy,
                                                       .qualify_s = side->qualify_s};
        struct sip_settings settings = {
                .listen = &side->at,
                .n_listen = 1,
                .pbxs = &side->pbx_settings,
                .n_pbxs = 1,
                .open_registrar = !pbx,
                .user_agent = "sccpgw/test",
                .dscp = SIDE_DSCP,
                .ring_timeout_s = 3,
                .resolv_conf = side->resolv_conf,
        };
        /* another run of the same test on this machine has the address: its turn comes first */
        for (int64_t until_ms = clock_ms() + SIDE_START_MS; clock_ms() < until_ms; poll(NULL, 0, 100)) {
                side->sip = sip_start(&settings, why, sizeof why);
                if (side->sip)
                        return;
        }
        fail_msg("%s", why);
}

static inline void side_send(struct side *side, const struct sip_command *command)
{
        assert_true(sip_send(side->sip, command));
}

static inline void side_line(struct side *side, uint32_t line, const char *number, const char *password)
{
        struct sip_command add = {.kind = SIP_CMD_LINE_ADD, .line = line};
        TEXT_SET(add.account.number, number);
        TEXT_SET(add.account.user, number);
        TEXT_SET(add.account.auth_user, number);
        TEXT_SET(add.account.password, password);
        text_printf(add.account.name, sizeof add.account.name, "Phone %s", number);
        side_send(side, &add);
        side_send(side, &(struct sip_command){.kind = SIP_CMD_LINE_UP, .line = line});
}

/* The next event; what is said of the PBX is noted in passing. */
static inline bool side_next(struct side *side)
{
        while (sip_next(side->sip, &side->event)) {
                if (side->event.kind != SIP_PBX_STATE)
                        return true;
                side->health_changes += side->event.pbx_state != side->health.pbx_state;
                side->health = side->event;
        }
        return false;
}

/* One event within the time; false: none came. */
static inline bool side_wait(struct side *side, int wait_ms)
{
        int64_t until_ms = clock_ms() + wait_ms;
        for (;;) {
                if (side_next(side))
                        return true;
                int64_t left_ms = until_ms - clock_ms();
                if (left_ms <= 0)
                        return false;
                struct pollfd fd = {.fd = sip_fd(side->sip), .events = POLLIN};
                poll(&fd, 1, (int)left_ms);
        }
}

/* The PBX is, or will soon be, taken for this; no other event comes meanwhile. */
static inline void side_expect_pbx(struct side *side, enum sip_pbx_state state, int wait_ms)
{
        int64_t until_ms = clock_ms() + wait_ms;
        do {
                if (side_next(side))
                        fail_msg("%s: event %d came", side->address, side->event.kind);
                struct pollfd fd = {.fd = sip_fd(side->sip), .events = POLLIN};
                if (side->health.pbx_state != state)
                        poll(&fd, 1, 20);
        } while (side->health.pbx_state != state && clock_ms() < until_ms);
        assert_int_equal(side->health.pbx_state, state);
}

/* The next event is of this kind. */
static inline const struct sip_event *side_expect_in(struct side *side, enum sip_event_kind kind, int wait_ms)
{
        if (!side_wait(side, wait_ms))
                fail_msg("%s: no event, %d was expected", side->address, kind);
        if (side->event.kind != kind)
                fail_msg("%s: event %d (status %d, %s), %d was expected", side->address, side->event.kind,
                         side->event.status, side->event.reason, kind);
        return &side->event;
}

static inline const struct sip_event *side_expect(struct side *side, enum sip_event_kind kind)
{
        return side_expect_in(side, kind, SIDE_WAIT_MS);
}

static inline const struct sip_event *side_expect_line(struct side *side, enum sip_line_state state)
{
        const struct sip_event *event = side_expect(side, SIP_LINE_STATE);
        assert_int_equal(event->line_state, state);
        return event;
}

static inline void side_expect_nothing(struct side *side)
{
        if (side_wait(side, SIDE_QUIET_MS))
                fail_msg("%s: event %d (status %d) came, none was expected", side->address, side->event.kind,
                         side->event.status);
}

/* Every dialog is given back: nothing is left over after a call. */
static inline void side_expect_idle(struct side *side, int wait_ms)
{
        struct sip_counters counters = {.dialogs = 1};
        for (int64_t until_ms = clock_ms() + wait_ms; clock_ms() < until_ms; poll(NULL, 0, 10)) {
                sip_counters(side->sip, &counters);
                if (counters.dialogs == 0)
                        return;
        }
        fail_msg("%s: %llu dialogs are left", side->address, (unsigned long long)counters.dialogs);
}

static inline struct audio side_audio(uint16_t port, enum codec codec)
{
        return (struct audio){.rtp = {.port = port},
                              .n_codecs = 1,
                              .codecs = {{.codec = codec, .payload_type = codec_info(codec)->payload_type}},
                              .packet_ms = 20,
                              .dtmf_payload_type = 101};
}

static inline void side_invite(struct side *side, uint32_t dialog, const char *number)
{
        struct sip_command invite = {.kind = SIP_CMD_INVITE, .line = SIDE_LINE, .dialog = dialog};
        TEXT_SET(invite.party.number, number);
        invite.audio = side_audio(4000, CODEC_PCMA);
        side_send(side, &invite);
}

static inline void side_do(struct side *side, enum sip_command_kind kind, uint32_t dialog)
{
        side_send(side, &(struct sip_command){.kind = kind, .dialog = dialog, .audio = side_audio(5000, CODEC_PCMA)});
}

static inline void side_end(struct side *side, enum sip_command_kind kind, uint32_t dialog, int status, int cause,
                            const char *reason)
{
        struct sip_command end = {.kind = kind, .dialog = dialog, .status = status, .cause = cause};
        TEXT_SET(end.reason, reason);
        side_send(side, &end);
}

#endif
