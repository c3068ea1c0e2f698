/* A whole SIP side, and a peer that calls it by hand.
 * The file that includes it defines NET first, three parts of an address of its own. */
#ifndef SCCPGW_TESTS_SIP_CALLER_H
#define SCCPGW_TESTS_SIP_CALLER_H

#include "tests/unit/sip_peer.h"
#include "tests/unit/sip_side.h"

#include "gateway/base/log.h"

#define US  NET ".1:5060"
#define PBX NET ".2:5060"

#define CONTACT "Contact: <sip:2001@" NET ".2:5060>\r\n"

struct world {
        struct side side;
        struct peer pbx;
        char line[128]; /* request URI of our line */
        char to_tag[64];
        unsigned branch;
};

static inline int world_start(void **state)
{
        static struct world world;
        char contact[512];
        world = (struct world){0};
        peer_open(&world.pbx, PBX);
        side_start(&world.side, US, PBX, SIP_UDP);
        side_line(&world.side, SIDE_LINE, "1001", "secret");
        side_expect_line(&world.side, SIP_LINE_TRYING);
        peer_expect(&world.pbx, "REGISTER ");
        peer_header(&world.pbx, "Contact", contact);
        text_copy_n(world.line, sizeof world.line, contact + 1, strcspn(contact + 1, ">"));
        peer_answer(&world.pbx, "200 OK", "r", "Expires: 300\r\n", "");
        side_expect_line(&world.side, SIP_LINE_REGISTERED);
        *state = &world;
        return 0;
}

static inline int world_stop(void **state)
{
        struct world *world = *state;
        sip_stop(world->side.sip, 0);
        close(world->pbx.fd);
        return 0;
}

static inline const char *header(const struct world *world, const char *name)
{
        static char value[512];
        return peer_header(&world->pbx, name, value);
}

/* A request with a Via branch of its own, or the one before with `again`. */
static inline void say_with(struct world *world, bool again, const char *method, const char *uri, unsigned cseq,
                            const char *extra, const char *body)
{
        char text[PEER_TEXT_SIZE];
        if (!again)
                world->branch++;
        text_printf(text, sizeof text,
                    "%s %s SIP/2.0\r\nVia: SIP/2.0/UDP " NET ".2:5060;rport;branch=z9hG4bK-%u\r\nMax-Forwards: 70\r\n"
                    "From: \"Bob\" <sip:2001@" NET ".2>;tag=f\r\nTo: <%s>%s%s\r\nCall-ID: in@test\r\nCSeq: %u %s\r\n"
                    "%s%sContent-Length: %zu\r\n\r\n%s",
                    method, uri, world->branch, uri, world->to_tag[0] ? ";tag=" : "", world->to_tag, cseq, method,
                    extra, *body && !strstr(extra, "Content-Type") ? PEER_SDP_TYPE : "", strlen(body), body);
        peer_send(&world->pbx, text);
}

static inline void say(struct world *world, const char *method, const char *uri, unsigned cseq, const char *extra,
                       const char *body)
{
        say_with(world, false, method, uri, cseq, extra, body);
}

static inline void tag_learn(struct world *world)
{
        char to[512];
        const char *tag = strstr(peer_header(&world->pbx, "To", to), "tag=");
        assert_non_null(tag);
        TEXT_SET(world->to_tag, tag + 4);
}

/* An INVITE reaches the line; returns the dialog. */
static inline uint32_t invite(struct world *world, const char *extra, const char *body)
{
        char lines[512];
        text_printf(lines, sizeof lines, CONTACT "%s", extra);
        say(world, "INVITE", world->line, 1, lines, body);
        peer_expect(&world->pbx, "SIP/2.0 100 ");
        return side_expect(&world->side, SIP_INCOMING)->dialog;
}

/* An INVITE was answered, and its ACK is still on the way. */
static inline uint32_t accepted(struct world *world)
{
        uint32_t dialog = invite(world, "", PEER_SDP);
        side_do(&world->side, SIP_CMD_ANSWER, dialog);
        peer_expect(&world->pbx, "SIP/2.0 200 ");
        tag_learn(world);
        return dialog;
}

static inline uint32_t talk(struct world *world)
{
        uint32_t dialog = accepted(world);
        say(world, "ACK", world->line, 1, "", "");
        return dialog;
}

static inline void end(struct world *world, unsigned cseq)
{
        say(world, "BYE", world->line, cseq, "", "");
        peer_expect(&world->pbx, "SIP/2.0 200 ");
        side_expect(&world->side, SIP_ENDED);
}

static inline void hang_up(struct world *world, unsigned cseq)
{
        end(world, cseq);
        side_expect_idle(&world->side, SIDE_WAIT_MS);
}

#define WORLD_TEST(name) cmocka_unit_test_setup_teardown(name, world_start, world_stop)

#endif
