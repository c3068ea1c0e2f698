/* A call from a whole SIP side to a PBX played by hand, for tests: a line is up and its INVITE has arrived.
 * The file that includes it defines NET first, three parts of an address of its own: tests run side by side. */
#ifndef SCCPGW_TESTS_SIP_CALLED_H
#define SCCPGW_TESTS_SIP_CALLED_H

#include "tests/unit/sip_peer.h"
#include "tests/unit/sip_side.h"

#define US   NET ".1:5060"
#define PBX  NET ".2:5060"
#define CALL 3u

#define CONTACT "Contact: <sip:2001@" NET ".2:5060>\r\n"
#define ALLOW   "Allow: INVITE, ACK, BYE, CANCEL, UPDATE, PRACK\r\n"

struct world {
        struct side side;
        struct peer pbx;
        char invite[PEER_TEXT_SIZE];
};

/* A line is up, and its INVITE has come to the PBX. */
static inline int world_start(void **state)
{
        static struct world world;
        peer_open(&world.pbx, PBX);
        side_start(&world.side, US, PBX, SIP_UDP);
        side_line(&world.side, SIDE_LINE, "1001", "secret");
        side_expect_line(&world.side, SIP_LINE_TRYING);
        peer_expect(&world.pbx, "REGISTER ");
        peer_answer(&world.pbx, "200 OK", "r", "Expires: 300\r\n", "");
        side_expect_line(&world.side, SIP_LINE_REGISTERED);
        side_invite(&world.side, CALL, "2001");
        TEXT_SET(world.invite, peer_expect(&world.pbx, "INVITE sip:2001@" NET ".2:5060 SIP/2.0"));
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

/* An answer to the INVITE. */
static inline void answer(struct world *world, const char *status, const char *tag, const char *extra, const char *body)
{
        char lines[1024];
        text_printf(lines, sizeof lines, CONTACT "%s%s", extra, *body ? PEER_SDP_TYPE : "");
        peer_answer_to(&world->pbx, world->invite, status, tag, lines, body);
}

/* We hang up; the peer answers the BYE. */
static inline void finish(struct world *world)
{
        side_end(&world->side, SIP_CMD_END, CALL, 0, 0, "");
        peer_expect(&world->pbx, "BYE ");
        peer_answer(&world->pbx, "200 OK", "x", "", "");
        side_expect_idle(&world->side, SIDE_WAIT_MS);
}

/* The peer's request on the dialog of tag "a". */
static inline void request(struct world *world, const char *method, unsigned cseq, const char *extra, const char *body)
{
        char from[512], to[512], call_id[512], contact[512], text[PEER_TEXT_SIZE];
        struct peer invite = world->pbx;
        TEXT_SET(invite.text, world->invite);
        peer_header(&invite, "From", from);
        peer_header(&invite, "To", to);
        peer_header(&invite, "Call-ID", call_id);
        peer_header(&invite, "Contact", contact);
        contact[strcspn(contact, ">")] = '\0';
        text_printf(text, sizeof text,
                    "%s %s SIP/2.0\r\nVia: SIP/2.0/UDP " NET ".2:5060;branch=z9hG4bK-%s-%u\r\nMax-Forwards: 70\r\n"
                    "From: %s;tag=a\r\nTo: %s\r\nCall-ID: %s\r\nCSeq: %u %s\r\n" CONTACT
                    "%s%sContent-Length: %zu\r\n\r\n%s",
                    method, contact + 1, method, cseq, to, from, call_id, cseq, method, extra,
                    *body ? PEER_SDP_TYPE : "", strlen(body), body);
        peer_send(&world->pbx, text);
}

#define WORLD_TEST(name) cmocka_unit_test_setup_teardown(name, world_start, world_stop)

#endif
