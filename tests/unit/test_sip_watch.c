/* Subscriptions of a whole SIP side against a PBX by hand: what a notifier may answer and send, and what is told. */
#include "tests/unit/sip_peer.h"
#include "tests/unit/sip_side.h"

#include "gateway/base/log.h"

#define US    "127.24.0.1:5060"
#define PBX   "127.24.0.2:5060"
#define WATCH 7
#define MAIL  8

struct world {
        struct side side;
        struct peer pbx;
        char contact[128], call_id[128], tag[128], from[256]; /* of the newest SUBSCRIBE that was looked at */
        unsigned cseq;
};

static void grant_registration(struct world *world)
{
        char contact[512], extra[640];
        peer_header(&world->pbx, "Contact", contact);
        text_printf(extra, sizeof extra, "Contact: %s;expires=300\r\n", contact);
        peer_answer(&world->pbx, "200 OK", "r", extra, "");
}

static int world_start(void **state)
{
        static struct world world;
        world = (struct world){.cseq = 100};
        peer_open(&world.pbx, PBX);
        side_start(&world.side, US, PBX, SIP_UDP);
        side_line(&world.side, SIDE_LINE, "1001", "secret");
        side_expect_line(&world.side, SIP_LINE_TRYING);
        peer_expect(&world.pbx, "REGISTER ");
        grant_registration(&world);
        side_expect_line(&world.side, SIP_LINE_REGISTERED);
        *state = &world;
        return 0;
}

static int world_stop(void **state)
{
        struct world *world = *state;
        sip_stop(world->side.sip, 0);
        close(world->pbx.fd);
        return 0;
}

static void watch(struct world *world, uint32_t id, enum sip_package package, const char *target)
{
        struct sip_command command = {.kind = SIP_CMD_WATCH, .watch = id, .line = SIDE_LINE};
        command.wish.package = package;
        TEXT_SET(command.wish.target, target);
        side_send(&world->side, &command);
}

static void unwatch(struct world *world, uint32_t id)
{
        side_send(&world->side, &(struct sip_command){.kind = SIP_CMD_UNWATCH, .watch = id});
}

static const char *header(const struct world *world, const char *name)
{
        static char value[512];
        return peer_header(&world->pbx, name, value);
}

/* Waits for a SUBSCRIBE and keeps what NOTIFYs of its dialog need. */
static void expect_subscribe(struct world *world, const char *start)
{
        char value[512];
        peer_expect(&world->pbx, start);
        peer_header(&world->pbx, "Contact", value);
        text_copy_n(world->contact, sizeof world->contact, value + 1, strcspn(value + 1, ">"));
        TEXT_SET(world->call_id, peer_header(&world->pbx, "Call-ID", value));
        TEXT_SET(world->from, peer_header(&world->pbx, "From", value));
}

static void accept_subscribe(struct world *world, const char *status)
{
        peer_answer(&world->pbx, status, "n1", "Expires: 300\r\nContact: <sip:1002@" PBX ">\r\n", "");
}

struct notify {
        const char *package, *state, *type, *body;
        const char *tag;   /* of the notifier; NULL: n1 */
        unsigned cseq;     /* 0: the next one */
        const char *extra; /* header lines */
};

static void send_notify(struct world *world, const struct notify *notify)
{
        char text[4096];
        world->cseq++;
        text_printf(text, sizeof text,
                    "NOTIFY %s SIP/2.0\r\nVia: SIP/2.0/UDP " PBX ";branch=z9hG4bKn%u%s\r\nMax-Forwards: 70\r\n"
                    "From: <sip:1002@pbx>;tag=%s\r\nTo: %s\r\nCall-ID: %s\r\nCSeq: %u NOTIFY\r\n"
                    "Contact: <sip:1002@" PBX ">\r\nEvent: %s\r\n%s%s%s%s%s%s%sContent-Length: %zu\r\n\r\n%s",
                    world->contact, world->cseq, world->call_id, notify->tag ? notify->tag : "n1", world->from,
                    world->call_id, notify->cseq ? notify->cseq : world->cseq, notify->package,
                    notify->state ? "Subscription-State: " : "", notify->state ? notify->state : "",
                    notify->state ? "\r\n" : "", notify->type ? "Content-Type: " : "", notify->type ? notify->type : "",
                    notify->type ? "\r\n" : "", notify->extra ? notify->extra : "",
                    notify->body ? strlen(notify->body) : 0, notify->body ? notify->body : "");
        peer_send(&world->pbx, text);
}

#define DIALOG_TYPE "application/dialog-info+xml"
#define MAIL_TYPE   "application/simple-message-summary"

static void notify_dialogs(struct world *world, const char *state, const char *attributes, const char *inside)
{
        char body[1024];
        text_printf(body, sizeof body, "<dialog-info xmlns=\"urn:ietf:params:xml:ns:dialog-info\" %s>%s</dialog-info>",
                    attributes, inside);
        send_notify(world, &(struct notify){.package = "dialog", .state = state, .type = DIALOG_TYPE, .body = body});
        peer_expect(&world->pbx, "SIP/2.0 200");
}

static const struct sip_watched *expect_state(struct world *world, uint32_t id, enum sip_watch_state state)
{
        const struct sip_event *event = side_expect(&world->side, SIP_WATCHED);
        assert_int_equal(event->watched.watch, id);
        assert_int_equal(event->watched.state, state);
        assert_int_equal(event->watched.learnt, SIP_LEARNT_NOTHING);
        return &event->watched;
}

static const struct sip_watched *expect_learnt(struct world *world, uint32_t id, enum sip_learnt learnt)
{
        const struct sip_event *event = side_expect(&world->side, SIP_WATCHED);
        assert_int_equal(event->watched.watch, id);
        assert_int_equal(event->watched.learnt, learnt);
        return &event->watched;
}

/* A watch of 1002's dialogs that is active and has told nothing yet. */
static void begin(struct world *world)
{
        watch(world, WATCH, SIP_DIALOG_INFO, "1002");
        expect_subscribe(world, "SUBSCRIBE sip:1002@127.24.0.2:5060 SIP/2.0");
        expect_state(world, WATCH, SIP_WATCH_TRYING);
        accept_subscribe(world, "200 OK");
        send_notify(world, &(struct notify){.package = "dialog", .state = "active;expires=300"}); /* as Kamailio */
        peer_expect(&world->pbx, "SIP/2.0 200");
        expect_state(world, WATCH, SIP_WATCH_ACTIVE);
}

static void subscribe_says_what_is_wanted(void **state)
{
        struct world *world = *state;
        watch(world, WATCH, SIP_DIALOG_INFO, "1002");
        expect_subscribe(world, "SUBSCRIBE sip:1002@127.24.0.2:5060 SIP/2.0");
        assert_string_equal(header(world, "Event"), "dialog");
        assert_string_equal(header(world, "Accept"), DIALOG_TYPE);
        assert_string_equal(header(world, "Expires"), "300");
        assert_non_null(strstr(header(world, "From"), "<sip:1001@127.24.0.2>;tag="));
        assert_string_equal(header(world, "To"), "<sip:1002@127.24.0.2>");
        watch(world, MAIL, SIP_MESSAGE_SUMMARY, "");
        expect_subscribe(world, "SUBSCRIBE sip:1001@127.24.0.2:5060 SIP/2.0");
        assert_string_equal(header(world, "Event"), "message-summary");
        watch(world, 9, SIP_PRESENCE, "*5#");
        expect_subscribe(world, "SUBSCRIBE sip:*5%23@127.24.0.2:5060 SIP/2.0");
        assert_string_equal(header(world, "Accept"), "application/pidf+xml");
}

static void dialogs_are_told_one_by_one(void **state)
{
        struct world *world = *state;
        begin(world);
        notify_dialogs(world, "active;expires=290", "version=\"1\" state=\"full\"",
                       "<dialog id=\"a\" call-id=\"c\" local-tag=\"l\" remote-tag=\"r\" direction=\"recipient\">"
                       "<state>early</state><remote><identity display=\"Ann\">sip:1003@pbx</identity></remote>"
                       "</dialog><dialog id=\"b\"><state>confirmed</state></dialog>");
        const struct sip_watched *told = expect_learnt(world, WATCH, SIP_LEARNT_DIALOGS);
        assert_true(told->whole && !told->last && !told->empty);
        assert_int_equal(told->dialog.state, SIP_FAR_EARLY);
        assert_string_equal(told->dialog.remote.name, "Ann");
        assert_string_equal(told->dialog.call_id, "c");
        told = expect_learnt(world, WATCH, SIP_LEARNT_DIALOGS);
        assert_true(!told->whole && told->last);
        assert_int_equal(told->dialog.state, SIP_FAR_CONFIRMED);
        notify_dialogs(world, "active", "version=\"2\" state=\"full\"", "");
        told = expect_learnt(world, WATCH, SIP_LEARNT_DIALOGS);
        assert_true(told->whole && told->last && told->empty);
}

static void lost_notification_makes_the_whole_be_asked_for(void **state)
{
        struct world *world = *state;
        begin(world);
        notify_dialogs(world, "active", "version=\"1\" state=\"full\"", "");
        expect_learnt(world, WATCH, SIP_LEARNT_DIALOGS);
        notify_dialogs(world, "active", "version=\"3\" state=\"partial\"", "<dialog id=\"x\"/>");
        peer_expect_in(&world->pbx, "SUBSCRIBE sip:1002@127.24.0.2:5060", 7000);
        assert_non_null(strstr(header(world, "To"), ";tag=n1"));
        side_expect_nothing(&world->side);
}

static void challenge_is_answered_with_the_known_nonce(void **state)
{
        struct world *world = *state;
        watch(world, WATCH, SIP_DIALOG_INFO, "1002");
        expect_subscribe(world, "SUBSCRIBE ");
        char call_id[128];
        TEXT_SET(call_id, world->call_id);
        peer_answer(&world->pbx, "401 Unauthorized", "x",
                    "WWW-Authenticate: Digest realm=\"pbx\", nonce=\"abc\", qop=\"auth\"\r\n", "");
        expect_subscribe(world, "SUBSCRIBE ");
        assert_string_equal(world->call_id, call_id);
        assert_non_null(strstr(header(world, "Authorization"), "uri=\"sip:1002@127.24.0.2:5060\""));
        assert_non_null(strstr(header(world, "Authorization"), "nc=00000001"));
        watch(world, MAIL, SIP_MESSAGE_SUMMARY, "");
        peer_expect(&world->pbx, "SUBSCRIBE sip:1001@");
        assert_non_null(strstr(header(world, "Authorization"), "nc=00000002"));
}

static void brief_interval_is_made_longer(void **state)
{
        struct world *world = *state;
        watch(world, WATCH, SIP_DIALOG_INFO, "1002");
        expect_subscribe(world, "SUBSCRIBE ");
        peer_answer(&world->pbx, "423 Interval Too Brief", "x", "Min-Expires: 900\r\n", "");
        expect_subscribe(world, "SUBSCRIBE ");
        assert_string_equal(header(world, "Expires"), "900");
}

static void notify_before_the_answer_counts(void **state)
{
        struct world *world = *state;
        watch(world, WATCH, SIP_DIALOG_INFO, "1002");
        expect_subscribe(world, "SUBSCRIBE ");
        expect_state(world, WATCH, SIP_WATCH_TRYING);
        char subscribe[PEER_TEXT_SIZE];
        TEXT_SET(subscribe, world->pbx.text);
        notify_dialogs(world, "active;expires=300", "version=\"0\" state=\"full\"", "");
        expect_state(world, WATCH, SIP_WATCH_ACTIVE);
        expect_learnt(world, WATCH, SIP_LEARNT_DIALOGS);
        peer_answer_to(&world->pbx, subscribe, "202 Accepted", "n1", "Expires: 300\r\nContact: <sip:x@" PBX ">\r\n",
                       "");
        side_expect_nothing(&world->side);
}

static void second_fork_is_turned_away(void **state)
{
        struct world *world = *state;
        begin(world);
        send_notify(world, &(struct notify){.package = "dialog", .state = "active", .tag = "n2"});
        peer_expect(&world->pbx, "SIP/2.0 481");
        side_expect_nothing(&world->side);
}

static void overtaken_notify_is_refused(void **state)
{
        struct world *world = *state;
        begin(world);
        notify_dialogs(world, "active", "version=\"1\" state=\"full\"", "");
        expect_learnt(world, WATCH, SIP_LEARNT_DIALOGS);
        send_notify(world, &(struct notify){.package = "dialog", .state = "terminated", .cseq = 90});
        peer_expect(&world->pbx, "SIP/2.0 500");
        side_expect_nothing(&world->side);
}

static void body_that_cannot_be_read_is_refused_and_changes_nothing(void **state)
{
        struct world *world = *state;
        begin(world);
        send_notify(world, &(struct notify){
                                   .package = "dialog", .state = "terminated", .type = DIALOG_TYPE, .body = "<dialog"});
        peer_expect(&world->pbx, "SIP/2.0 400");
        send_notify(world,
                    &(struct notify){.package = "dialog", .state = "active", .type = "text/plain", .body = "hello"});
        peer_expect(&world->pbx, "SIP/2.0 415");
        assert_string_equal(header(world, "Accept"), DIALOG_TYPE);
        send_notify(world, &(struct notify){.package = "presence", .state = "active"});
        peer_expect(&world->pbx, "SIP/2.0 489");
        assert_string_equal(header(world, "Allow-Events"), "message-summary, dialog, presence");
        side_expect_nothing(&world->side);
}

static void unknown_package_is_told_once_and_not_asked_for_again_soon(void **state)
{
        struct world *world = *state;
        watch(world, WATCH, SIP_DIALOG_INFO, "1002");
        expect_subscribe(world, "SUBSCRIBE ");
        expect_state(world, WATCH, SIP_WATCH_TRYING);
        peer_answer(&world->pbx, "489 Bad Event", "x", "", "");
        expect_state(world, WATCH, SIP_WATCH_REFUSED);
        assert_int_equal(world->side.event.status, 489);
        assert_string_equal(world->side.event.reason, "Bad Event");
        assert_in_range(world->side.event.retry_s, 900, 1800);
        peer_expect_no(&world->pbx, "SUBSCRIBE ", 500);
}

static void ended_subscription_begins_anew(void **state)
{
        struct world *world = *state;
        char call_id[128];
        begin(world);
        TEXT_SET(call_id, world->call_id);
        send_notify(world, &(struct notify){.package = "dialog", .state = "terminated;reason=deactivated"});
        peer_expect(&world->pbx, "SIP/2.0 200");
        expect_state(world, WATCH, SIP_WATCH_TRYING);
        assert_string_equal(world->side.event.reason, "deactivated");
        send_notify(world, &(struct notify){.package = "dialog", .state = "active"});
        peer_expect(&world->pbx, "SIP/2.0 481");
        expect_subscribe(world, "SUBSCRIBE ");
        assert_string_not_equal(world->call_id, call_id);
        assert_null(strstr(header(world, "To"), "tag="));
}

static void unwatch_ends_it_at_the_notifier(void **state)
{
        struct world *world = *state;
        begin(world);
        unwatch(world, WATCH);
        peer_expect(&world->pbx, "SUBSCRIBE sip:1002@127.24.0.2:5060 SIP/2.0");
        assert_string_equal(header(world, "Expires"), "0");
        assert_non_null(strstr(header(world, "To"), ";tag=n1"));
        char subscribe[PEER_TEXT_SIZE];
        TEXT_SET(subscribe, world->pbx.text);
        watch(world, WATCH, SIP_PRESENCE, "1003"); /* the number is free at once */
        peer_expect(&world->pbx, "SUBSCRIBE sip:1003@");
        expect_state(world, WATCH, SIP_WATCH_TRYING);
        peer_answer_to(&world->pbx, subscribe, "200 OK", "n1", "Expires: 0\r\n", "");
        send_notify(world, &(struct notify){.package = "dialog", .state = "terminated;reason=timeout"});
        peer_expect(&world->pbx, "SIP/2.0 200");
        side_expect_nothing(&world->side);
        send_notify(world, &(struct notify){.package = "dialog", .state = "active"});
        peer_expect(&world->pbx, "SIP/2.0 481");
}

static void line_that_goes_takes_its_watches_along(void **state)
{
        struct world *world = *state;
        begin(world);
        side_send(&world->side, &(struct sip_command){.kind = SIP_CMD_LINE_DOWN, .line = SIDE_LINE});
        peer_expect(&world->pbx, "SUBSCRIBE ");
        assert_string_equal(header(world, "Expires"), "0");
        peer_answer(&world->pbx, "200 OK", "n1", "Expires: 0\r\n", "");
        peer_expect(&world->pbx, "REGISTER ");
        peer_answer(&world->pbx, "200 OK", "r", "", "");
        side_expect_line(&world->side, SIP_LINE_DOWN);
        expect_state(world, WATCH, SIP_WATCH_OFF);
        side_send(&world->side, &(struct sip_command){.kind = SIP_CMD_LINE_UP, .line = SIDE_LINE});
        side_expect_line(&world->side, SIP_LINE_TRYING);
        peer_expect_no(&world->pbx, "SUBSCRIBE ", 200);
        struct peer *pbx = &world->pbx;
        while (strncmp(pbx->text, "REGISTER ", 9) != 0)
                peer_expect(pbx, "REGISTER ");
        grant_registration(world);
        side_expect_line(&world->side, SIP_LINE_REGISTERED);
        expect_state(world, WATCH, SIP_WATCH_TRYING);
        peer_expect(pbx, "SUBSCRIBE ");
}

static void removed_line_ends_its_watches_and_then_its_binding(void **state)
{
        struct world *world = *state;
        begin(world);
        side_send(&world->side, &(struct sip_command){.kind = SIP_CMD_LINE_REMOVE, .line = SIDE_LINE});
        peer_expect(&world->pbx, "SUBSCRIBE ");
        assert_string_equal(header(world, "Expires"), "0");
        peer_answer(&world->pbx, "401 Unauthorized", "n1",
                    "WWW-Authenticate: Digest realm=\"pbx\", nonce=\"abc\", qop=\"auth\"\r\n", "");
        peer_expect(&world->pbx, "SUBSCRIBE ");
        assert_non_null(strstr(header(world, "Authorization"), "nonce=\"abc\""));
        side_expect_line(&world->side, SIP_LINE_DOWN);
        side_expect_nothing(&world->side);
}

static void watch_waits_for_its_line(void **state)
{
        struct world *world = *state;
        side_line(&world->side, 2, "1002", "");
        side_expect_line(&world->side, SIP_LINE_TRYING);
        peer_expect(&world->pbx, "REGISTER ");
        char request[PEER_TEXT_SIZE];
        TEXT_SET(request, world->pbx.text);
        struct sip_command command = {.kind = SIP_CMD_WATCH, .watch = WATCH, .line = 2};
        side_send(&world->side, &command);
        peer_expect_no(&world->pbx, "SUBSCRIBE ", 200);
        peer_answer_to(&world->pbx, request, "200 OK", "r", "Expires: 300\r\n", "");
        side_expect_line(&world->side, SIP_LINE_REGISTERED);
        peer_expect(&world->pbx, "SUBSCRIBE sip:1002@");
        command.line = 99;
        command.watch = MAIL;
        side_send(&world->side, &command);
        expect_state(world, WATCH, SIP_WATCH_TRYING);
        expect_state(world, MAIL, SIP_WATCH_REFUSED);
}

/* The proxy that wrote itself into the 2xx stays on the way. */
static void route_set_is_kept(void **state)
{
        struct world *world = *state;
        watch(world, WATCH, SIP_DIALOG_INFO, "1002");
        expect_subscribe(world, "SUBSCRIBE ");
        peer_answer(&world->pbx, "200 OK", "n1",
                    "Expires: 300\r\nContact: <sip:1002@192.0.2.9>\r\n"
                    "Record-Route: <sip:192.0.2.8;lr>\r\nRecord-Route: <sip:" PBX ";lr>\r\n",
                    "");
        expect_state(world, WATCH, SIP_WATCH_TRYING);
        unwatch(world, WATCH);
        peer_expect(&world->pbx, "SUBSCRIBE sip:1002@192.0.2.9 SIP/2.0");
        const char *routes = strstr(world->pbx.text, "Route: <sip:" PBX ";lr>");
        assert_non_null(routes);
        assert_non_null(strstr(routes, "<sip:192.0.2.8;lr>"));
}

static void mail_of_a_subscription_is_told(void **state)
{
        struct world *world = *state;
        watch(world, MAIL, SIP_MESSAGE_SUMMARY, "");
        expect_subscribe(world, "SUBSCRIBE ");
        expect_state(world, MAIL, SIP_WATCH_TRYING);
        accept_subscribe(world, "200 OK");
        send_notify(world, &(struct notify){.package = "message-summary",
                                            .state = "active;expires=300",
                                            .type = MAIL_TYPE,
                                            .body = "Messages-Waiting: yes\r\nVoice-Message: 2/0 (0/0)\r\n"});
        peer_expect(&world->pbx, "SIP/2.0 200");
        expect_state(world, MAIL, SIP_WATCH_ACTIVE);
        const struct sip_watched *told = expect_learnt(world, MAIL, SIP_LEARNT_MAIL);
        assert_true(told->mail.waiting);
        assert_int_equal(told->mail.fresh, 2);
}

/* As Asterisk sends it right after a REGISTER: to the contact, no dialog, over at once. */
static void mail_nobody_asked_for_is_told_of_the_line(void **state)
{
        static const char *const users[] = {"", "sip:1001@" US, "sip:1009@" US, "sip:nobody@" US};
        static const bool ours[] = {true, true, false, false};
        struct world *world = *state;
        char contact[128], call_id[] = "u0";
        watch(world, WATCH, SIP_DIALOG_INFO, "1002");
        expect_subscribe(world, "SUBSCRIBE ");
        expect_state(world, WATCH, SIP_WATCH_TRYING);
        side_line(&world->side, 2, "1002", "");
        side_expect_line(&world->side, SIP_LINE_TRYING);
        expect_subscribe(world, "REGISTER "); /* for its contact */
        TEXT_SET(contact, world->contact);
        for (size_t i = 0; i < sizeof users / sizeof users[0]; i++) {
                TEXT_SET(world->contact, users[i][0] ? users[i] : contact);
                TEXT_SET(world->from, "<sip:1002@pbx>");
                call_id[1]++;
                TEXT_SET(world->call_id, call_id);
                send_notify(world, &(struct notify){.package = "message-summary",
                                                    .state = "terminated",
                                                    .type = MAIL_TYPE,
                                                    .body = "Messages-Waiting: no\r\nVoice-Message: 0/3\r\n"});
                peer_expect(&world->pbx, ours[i] ? "SIP/2.0 200" : "SIP/2.0 481");
                if (!ours[i])
                        continue;
                const struct sip_event *event = side_expect(&world->side, SIP_MAIL);
                assert_int_equal(event->line, users[i][0] ? SIDE_LINE : 2);
                assert_int_equal(event->mail.old, 3);
        }
        send_notify(world, &(struct notify){.package = "dialog", .state = "active"});
        peer_expect(&world->pbx, "SIP/2.0 489");
        side_expect_nothing(&world->side);
}

static void stop_ends_subscriptions(void **state)
{
        struct world *world = *state;
        begin(world);
        sip_stop(world->side.sip, 200);
        world->side.sip = NULL;
        peer_expect(&world->pbx, "SUBSCRIBE ");
        assert_string_equal(header(world, "Expires"), "0");
}

/* 120 at once: the PBX is asked for 32 of them, for the others when those are answered. */
static void many_watches_take_turns(void **state)
{
        struct world *world = *state;
        unsigned asked = 0, trying = 0, active = 0;
        for (uint32_t id = 0; id < 120; id++)
                watch(world, id, SIP_DIALOG_INFO, "1002");
        for (int64_t until_ms = clock_ms() + 400; clock_ms() < until_ms;)
                asked += peer_read(&world->pbx, 10);
        assert_int_equal(asked, 32);
        for (int64_t until_ms = clock_ms() + 8000; active < 120 && clock_ms() < until_ms;) {
                if (peer_read(&world->pbx, 10) && strncmp(world->pbx.text, "SUBSCRIBE ", 10) == 0) {
                        char value[512], call_id[128];
                        peer_header(&world->pbx, "Contact", value);
                        text_copy_n(world->contact, sizeof world->contact, value + 1, strcspn(value + 1, ">"));
                        TEXT_SET(call_id, peer_header(&world->pbx, "Call-ID", value));
                        TEXT_SET(world->call_id, call_id);
                        TEXT_SET(world->from, peer_header(&world->pbx, "From", value));
                        accept_subscribe(world, "200 OK");
                        send_notify(world, &(struct notify){.package = "dialog", .state = "active"});
                }
                while (side_wait(&world->side, 0)) {
                        trying += world->side.event.watched.state == SIP_WATCH_TRYING;
                        active += world->side.event.watched.state == SIP_WATCH_ACTIVE;
                }
        }
        assert_int_equal(trying, 120);
        assert_int_equal(active, 120);
}

#define WORLD_TEST(name) cmocka_unit_test_setup_teardown(name, world_start, world_stop)

int main(void)
{
        const struct CMUnitTest tests[] = {
                WORLD_TEST(subscribe_says_what_is_wanted),
                WORLD_TEST(dialogs_are_told_one_by_one),
                WORLD_TEST(lost_notification_makes_the_whole_be_asked_for),
                WORLD_TEST(challenge_is_answered_with_the_known_nonce),
                WORLD_TEST(brief_interval_is_made_longer),
                WORLD_TEST(notify_before_the_answer_counts),
                WORLD_TEST(second_fork_is_turned_away),
                WORLD_TEST(overtaken_notify_is_refused),
                WORLD_TEST(body_that_cannot_be_read_is_refused_and_changes_nothing),
                WORLD_TEST(unknown_package_is_told_once_and_not_asked_for_again_soon),
                WORLD_TEST(ended_subscription_begins_anew),
                WORLD_TEST(unwatch_ends_it_at_the_notifier),
                WORLD_TEST(line_that_goes_takes_its_watches_along),
                WORLD_TEST(removed_line_ends_its_watches_and_then_its_binding),
                WORLD_TEST(watch_waits_for_its_line),
                WORLD_TEST(route_set_is_kept),
                WORLD_TEST(mail_of_a_subscription_is_told),
                WORLD_TEST(mail_nobody_asked_for_is_told_of_the_line),
                WORLD_TEST(stop_ends_subscriptions),
                WORLD_TEST(many_watches_take_turns),
        };
        log_start(getenv("SCCPGW_TEST_LOG") ? LOG_DEBUG : LOG_ERROR, LOG_TEXT);
        return cmocka_run_group_tests(tests, NULL, NULL);
}
