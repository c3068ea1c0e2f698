/* The phone's side of real captures, said to a station: it answers what the real call manager answered, in the same
 * order. Skipped without the protocol reference. */
#include "sccp_dialogue.h"

#include <limits.h>
#include <unistd.h>

#include "sccp/answers.h"
#include "sccp/takes.h"

#define FRAMES SHARED_DIR "/protocol/frames/"

/* One capture on its way through a station; what is answered and what was answered then, by name. */
struct replay {
        struct dialogue dialogue;
        char ours[2048], theirs[2048];
        bool ready;
        unsigned refused;
        unsigned inputs[SCCP_INPUT_REASON + 1];
};

/* Only what a call manager says in answer, and what it says on its own accord that we say too. */
static bool is_compared(uint32_t id)
{
        return id != SCCP_DISPLAY_PROMPT_STATUS; /* the idle text is the owner's, once the phone is up */
}

static void note(char list[2048], uint32_t id)
{
        const struct sccp_message_info *info = sccp_message_info(id);
        if (is_compared(id))
                text_append(list, 2048, " %s", info ? info->name : "?");
}

static void take_happened(struct replay *replay, const struct sccp_message *message)
{
        struct dialogue *d = &replay->dialogue;
        if (d->happened.what == SCCP_HAPPENED_REGISTER)
                assert_true(sccp_station_admit(&d->station, &message->register_req, &profile, &facts, &d->replies));
        for (size_t i = 0; i < d->replies.count; i++)
                note(replay->ours, d->replies.at[i].id);
        if (d->happened.what == SCCP_HAPPENED_READY || d->happened.what == SCCP_HAPPENED_TIME)
                note(replay->ours, SCCP_DEFINE_TIME_DATE);
        if (d->happened.what == SCCP_HAPPENED_INPUT)
                replay->inputs[d->happened.input.kind]++;
        replay->refused += d->happened.what == SCCP_HAPPENED_REFUSED;
        replay->ready = replay->ready || d->happened.what == SCCP_HAPPENED_READY;
}

static void replay_frame(struct replay *replay, bool from_phone, const uint8_t *frame, size_t len)
{
        struct dialogue *d = &replay->dialogue;
        struct sccp_context ctx = {.version = d->station.version, .lines = 1};
        struct sccp_message message;
        uint32_t id = (uint32_t)frame[8] | (uint32_t)frame[9] << 8;
        if (!from_phone) {
                note(replay->theirs, id);
        } else if (sccp_message_info(id)) {
                assert_null(sccp_decode(&ctx, id, frame + SCCP_HEADER_SIZE, len - SCCP_HEADER_SIZE, &message));
                say(d, &message);
                take_happened(replay, &message);
        }
}

static size_t hex_read(const char *hex, uint8_t *out, size_t room)
{
        size_t len = 0;
        unsigned byte;
        while (len < room && sscanf(hex + 2 * len, "%2x", &byte) == 1)
                out[len++] = (uint8_t)byte;
        return len;
}

/* The first `count` frames of a file: one object per frame, dir before hex. */
static void replay_file(struct replay *replay, const char *name, unsigned count)
{
        enum { FILE_MAX = 1 << 20 };
        char *text = calloc(1, FILE_MAX);
        FILE *file = fopen(name, "r");
        assert_true(text && file);
        assert_in_range(fread(text, 1, FILE_MAX - 1, file), 100, FILE_MAX - 2);
        fclose(file);
        for (const char *at = text; count && (at = strstr(at, "\"dir\": \"")); count--) {
                uint8_t frame[4200];
                const char *hex = strstr(at, "\"hex\": \"");
                assert_non_null(hex);
                bool from_phone = strncmp(at + strlen("\"dir\": \""), "phone", 5) == 0;
                replay_frame(replay, from_phone, frame, hex_read(hex + strlen("\"hex\": \""), frame, sizeof frame));
                at = hex;
        }
        free(text);
}

static void a_real_7912_hears_what_callmanager_41_told_it(void **state)
{
        (void)state;
        struct replay replay = {0};
        replay_file(&replay, FRAMES "pyskinny_cm_cap.json", 31); /* up to its first keepalive */
        assert_string_equal(replay.ours, replay.theirs);
        assert_true(replay.ready);
        assert_string_equal(replay.dialogue.station.name, "SEP001380AD9E5F");
        assert_int_equal(replay.dialogue.station.version, 6);
        assert_int_equal(replay.dialogue.station.n_capabilities, 6);
        sccp_station_clear(&replay.dialogue.station);
}

static void a_real_conference_bridge_hears_what_cucm_told_it(void **state)
{
        (void)state;
        struct replay replay = {0};
        replay_file(&replay, FRAMES "ndpi_sccp_hw_conf_register.json", UINT_MAX);
        assert_string_equal(replay.ours, replay.theirs);
        assert_string_equal(replay.dialogue.station.name, "NONSECURE_CONF");
        assert_int_equal(replay.dialogue.station.version, 18);
        sccp_station_clear(&replay.dialogue.station);
}

/* A client of CallManager 2 asks everything at once and unregisters; keepalives go on. */
static void a_callmanager_2_client_is_served(void **state)
{
        (void)state;
        struct replay replay = {0};
        replay_file(&replay, FRAMES "pyskinny_cm2_register.json", 18); /* up to its unregistering */
        assert_true(replay.ready);
        assert_int_equal(replay.dialogue.station.version, 5);
        assert_string_equal(replay.ours, " RegisterAck CapabilitiesReq ButtonTemplate SoftKeyTemplateRes SoftKeySetRes"
                                         " SelectSoftKeys ConfigStat LineStat ForwardStat DefineTimeDate");
        sccp_station_clear(&replay.dialogue.station);
}

/* The phones' side of a real call at version 20: redial, off hook, acknowledgements, on hook, statistics. */
static void a_real_call_is_understood(void **state)
{
        (void)state;
        struct replay replay = {0};
        make_ready(&replay.dialogue, SCCP_DEVICE_7965, 20);
        replay_file(&replay, FRAMES "ndpi_skinny_full.json", UINT_MAX);
        assert_int_equal(replay.refused, 0);
        static const struct {
                enum sccp_input_kind kind;
                unsigned times;
        } expected[] = {{SCCP_INPUT_SOFT_KEY, 1},  {SCCP_INPUT_OFF_HOOK, 1},  {SCCP_INPUT_ON_HOOK, 2},
                        {SCCP_INPUT_RX_OPENED, 2}, {SCCP_INPUT_RX_FAILED, 0}, {SCCP_INPUT_TX_FAILED, 0},
                        {SCCP_INPUT_STATISTICS, 2}};
        for (size_t i = 0; i < sizeof expected / sizeof *expected; i++)
                assert_int_equal(replay.inputs[expected[i].kind], expected[i].times);
        sccp_station_clear(&replay.dialogue.station);
}

/* Every file: each connection of it is said to a station of its own. */
#define CONNECTIONS_MAX 8
#define AWAITED_MAX     8

struct frame_said {
        char between[64]; /* "10.0.0.1->10.0.0.2" */
        bool from_phone;
        int version; /* negotiated then, -1: unknown */
        uint32_t id;
        size_t len;
        uint8_t bytes[4200];
};

struct connection {
        char between[64]; /* from the phone to its server */
        struct dialogue dialogue;
        struct sccp_message awaited[AWAITED_MAX]; /* our answers the real server's are compared with */
        unsigned n_awaited;
};

struct capture {
        struct connection connections[CONNECTIONS_MAX];
        unsigned n_connections;
        unsigned registrations, answers, inputs, noted, compared;
};

/* What a phone asks, and the static form of what it has to hear. */
static const struct {
        enum sccp_id ask, answer;
} requests[] = {
        {SCCP_KEEP_ALIVE, SCCP_KEEP_ALIVE_ACK},
        {SCCP_FORWARD_STAT_REQ, SCCP_FORWARD_STAT},
        {SCCP_SPEED_DIAL_STAT_REQ, SCCP_SPEED_DIAL_STAT},
        {SCCP_LINE_STAT_REQ, SCCP_LINE_STAT},
        {SCCP_CONFIG_STAT_REQ, SCCP_CONFIG_STAT},
        {SCCP_BUTTON_TEMPLATE_REQ, SCCP_BUTTON_TEMPLATE},
        {SCCP_VERSION_REQ, SCCP_VERSION},
        {SCCP_SERVER_REQ, SCCP_SERVER_RES},
        {SCCP_SOFT_KEY_SET_REQ, SCCP_SOFT_KEY_SET_RES},
        {SCCP_SOFT_KEY_TEMPLATE_REQ, SCCP_SOFT_KEY_TEMPLATE_RES},
        {SCCP_SERVICE_URL_STAT_REQ, SCCP_SERVICE_URL_STAT},
        {SCCP_FEATURE_STAT_REQ, SCCP_FEATURE_STAT},
        {SCCP_UNREGISTER_REQ, SCCP_UNREGISTER_ACK},
        {SCCP_REGISTER, SCCP_REGISTER_ACK},
};

/* What needs no answer and means nothing to a call. */
static const enum sccp_id statements[] = {
        SCCP_IP_PORT,
        SCCP_CAPABILITIES_RES,
        SCCP_UPDATE_CAPABILITIES,
        SCCP_REGISTER_AVAILABLE_LINES,
        SCCP_MEDIA_PATH_EVENT,
        SCCP_MEDIA_PATH_CAPABILITY,
        SCCP_HEADSET_STATUS,
        SCCP_LOCATION_INFO,
        SCCP_ALARM,
        SCCP_EXTENSION_DEVICE_CAPS,
        SCCP_MEDIA_RESOURCE_NOTIFICATION,
        SCCP_START_MEDIA_TRANSMISSION_ACK, /* all is well */
};

static bool is_statement(uint32_t id)
{
        for (size_t i = 0; i < sizeof statements / sizeof *statements; i++)
                if (statements[i] == id)
                        return true;
        return false;
}

static struct connection *connection_of(struct capture *capture, const struct frame_said *said)
{
        for (unsigned i = 0; i < capture->n_connections; i++)
                if (text_equal(capture->connections[i].between, said->between))
                        return &capture->connections[i];
        assert_in_range(capture->n_connections, 0, CONNECTIONS_MAX - 1);
        struct connection *connection = &capture->connections[capture->n_connections++];
        TEXT_SET(connection->between, said->between);
        return connection;
}

/* An answer is whole in the layout of the version: it can be sent, and read again to the last byte. */
static size_t check_layout(const struct sccp_station *station, const struct sccp_message *answer, uint8_t *frame)
{
        struct sccp_context ctx = {.version = station->version, .lines = 1};
        uint8_t again[SCCP_FRAME_MAX];
        struct sccp_message read;
        size_t len = sccp_encode(&ctx, answer, frame, SCCP_FRAME_MAX);
        assert_in_range(len, SCCP_HEADER_SIZE, SCCP_FRAME_MAX);
        assert_int_equal(len % 4, 0);
        assert_null(sccp_decode(&ctx, answer->id, frame + SCCP_HEADER_SIZE, len - SCCP_HEADER_SIZE, &read));
        assert_int_equal(read.omitted, 0);
        assert_int_equal(sccp_encode(&ctx, &read, again, sizeof again), len);
        assert_memory_equal(frame, again, len);
        return len;
}

static void note_answers(struct capture *capture, struct connection *connection)
{
        const struct sccp_replies *replies = &connection->dialogue.replies;
        uint8_t frame[SCCP_FRAME_MAX];
        for (size_t i = 0; i < replies->count; i++) {
                check_layout(&connection->dialogue.station, &replies->at[i], frame);
                if (connection->n_awaited == AWAITED_MAX)
                        memmove(connection->awaited, connection->awaited + 1,
                                --connection->n_awaited * sizeof *connection->awaited);
                connection->awaited[connection->n_awaited++] = replies->at[i];
                capture->answers++;
        }
}

/* How many bytes behind the header have to be the real ones too: numbers echoed, and what is the same for every phone.
 * Of the others only the length is. */
static size_t bytes_in_common(uint32_t id)
{
        switch (id) {
        case SCCP_LINE_STAT:
        case SCCP_SPEED_DIAL_STAT:
        case SCCP_FEATURE_STAT:
                return 4; /* which */
        case SCCP_SELECT_SOFT_KEYS:
                return 16;
        default:
                return 0;
        }
}

/* The oldest answer of that kind is what the real server says now, to a phone of the same version. */
static void compare_answer(struct capture *capture, struct connection *connection, const struct frame_said *real)
{
        const struct sccp_station *station = &connection->dialogue.station;
        uint8_t frame[SCCP_FRAME_MAX];
        for (unsigned i = 0; i < connection->n_awaited; i++) {
                if (connection->awaited[i].id != real->id || real->version != station->version)
                        continue;
                assert_int_equal(check_layout(station, &connection->awaited[i], frame), real->len);
                assert_memory_equal(frame + SCCP_HEADER_SIZE, real->bytes + SCCP_HEADER_SIZE,
                                    bytes_in_common(real->id));
                memmove(connection->awaited + i, connection->awaited + i + 1,
                        (--connection->n_awaited - i) * sizeof *connection->awaited);
                capture->compared++;
                return;
        }
}

static void decide(struct capture *capture, struct connection *connection, const struct sccp_message *message)
{
        struct dialogue *d = &connection->dialogue;
        if (d->happened.what == SCCP_HAPPENED_REGISTER)
                assert_true(sccp_station_admit(&d->station, &message->register_req, &profile, &facts, &d->replies));
        capture->registrations += d->happened.what == SCCP_HAPPENED_REGISTER;
        if (d->happened.what == SCCP_HAPPENED_READY || d->happened.what == SCCP_HAPPENED_TIME)
                sccp_reply(&d->replies, SCCP_DEFINE_TIME_DATE);
        capture->inputs += d->happened.what == SCCP_HAPPENED_INPUT;
}

static enum sccp_id wanted_answer(const struct dialogue *d, uint32_t ask)
{
        if (ask == SCCP_TIME_DATE_REQ)
                return SCCP_DEFINE_TIME_DATE;
        for (size_t i = 0; i < sizeof requests / sizeof *requests; i++)
                if (requests[i].ask == ask)
                        return sccp_form(requests[i].answer, d->station.version);
        return SCCP_KEEP_ALIVE; /* none */
}

/* A request is answered; anything else is an input or on the list of what may pass. */
static void check_served(struct capture *capture, const struct connection *connection, uint32_t ask)
{
        const struct dialogue *d = &connection->dialogue;
        enum sccp_id wanted = wanted_answer(d, ask);
        if (wanted != SCCP_KEEP_ALIVE) {
                assert_in_range(d->replies.count, 1, SCCP_REPLIES_MAX);
                assert_int_equal(d->replies.at[0].id, wanted);
        } else if (d->happened.what != SCCP_HAPPENED_INPUT) {
                if (!is_statement(ask))
                        fail_msg("%s passes without an answer", sccp_message_info(ask)->name);
                capture->noted++;
        }
}

static void hear_phone(struct capture *capture, struct connection *connection, const struct frame_said *said)
{
        struct dialogue *d = &connection->dialogue;
        const struct sccp_message_info *info = sccp_message_info(said->id);
        assert_non_null(info);
        if (said->id == SCCP_REGISTER)
                sccp_station_clear(&d->station); /* a new connection */
        else if (info->phase > d->station.phase) /* the capture began later */
                make_ready(d, SCCP_DEVICE_7965, (uint8_t)(said->version < 0 ? 20 : said->version));
        struct sccp_context ctx = {.version = d->station.version, .lines = 1};
        struct sccp_message message;
        const char *why = sccp_decode(&ctx, said->id, said->bytes + SCCP_HEADER_SIZE, said->len - SCCP_HEADER_SIZE,
                                      &message);
        if (why)
                fail_msg("%s at version %u: %s", info->name, d->station.version, why);
        say(d, &message);
        decide(capture, connection, &message);
        assert_int_not_equal(d->happened.what, SCCP_HAPPENED_REFUSED);
        if (d->happened.what == SCCP_HAPPENED_UNREGISTER) {
                uint8_t version = d->station.version;
                sccp_station_leave(&d->station, false, &d->replies);
                d->station.version = version; /* in which it is told so */
        }
        check_served(capture, connection, said->id);
        note_answers(capture, connection);
}

/* "ref": "#4 PHONE->SERVER", with both ends turned round for what the server says. */
static void read_between(const char *ref, size_t len, struct frame_said *said)
{
        const char *space = memchr(ref, ' ', len), *arrow = NULL, *end = ref + len;
        for (const char *at = ref; at + 1 < end && !arrow; at++)
                arrow = at[0] == '-' && at[1] == '>' ? at : NULL;
        said->between[0] = '\0';
        if (!space || !arrow || space > arrow)
                return;
        const char *from = space + 1;
        if (said->from_phone)
                text_copy_n(said->between, sizeof said->between, from, (size_t)(end - from));
        else
                text_printf(said->between, sizeof said->between, "%.*s->%.*s", (int)(end - arrow - 2), arrow + 2,
                            (int)(arrow - from), from);
}

static const char *member(const char *object, const char *end, const char *name)
{
        char key[32];
        text_printf(key, sizeof key, "\"%s\":", name);
        const char *at = strstr(object, key);
        return at && at < end ? at + strlen(key) + strspn(at + strlen(key), " \"") : NULL;
}

static bool read_object(const char *object, const char *end, struct frame_said *said)
{
        const char *hex = member(object, end, "hex"), *dir = member(object, end, "dir");
        const char *neg = member(object, end, "neg"), *ref = member(object, end, "ref");
        if (!hex || !ref)
                return false;
        said->len = hex_read(hex, said->bytes, sizeof said->bytes);
        if (said->len < SCCP_HEADER_SIZE)
                return false;
        said->id = (uint32_t)said->bytes[8] | (uint32_t)said->bytes[9] << 8;
        said->version = neg && *neg >= '0' && *neg <= '9' ? (int)strtol(neg, NULL, 10) : -1;
        const struct sccp_message_info *info = sccp_message_info(said->id);
        said->from_phone = dir ? strncmp(dir, "phone", 5) == 0 : info && info->direction == SCCP_FROM_PHONE;
        read_between(ref, strcspn(ref, "\""), said);
        return true;
}

/* Single frames (no connection said) are each a phone of their own that has registered before. */
static void hear(struct capture *capture, const struct frame_said *said)
{
        struct connection *connection = connection_of(capture, said);
        if (!said->from_phone) {
                compare_answer(capture, connection, said);
                return;
        }
        if (!said->between[0])
                sccp_station_clear(&connection->dialogue.station);
        hear_phone(capture, connection, said);
}

static void hear_file(struct capture *capture, const char *name)
{
        enum { FILE_MAX = 1 << 20 };
        static struct frame_said said;
        char *text = calloc(1, FILE_MAX), path[256];
        text_printf(path, sizeof path, "%s%s", FRAMES, name);
        FILE *file = fopen(path, "r");
        assert_true(text && file);
        assert_in_range(fread(text, 1, FILE_MAX - 1, file), 100, FILE_MAX - 2);
        fclose(file);
        for (const char *at = strstr(text, "\"ref\":"), *end; at; at = strstr(end, "\"ref\":")) {
                end = strchr(at, '}');
                assert_non_null(end);
                if (read_object(at, end, &said))
                        hear(capture, &said);
        }
        for (unsigned i = 0; i < capture->n_connections; i++)
                sccp_station_clear(&capture->connections[i].dialogue.station);
        free(text);
}

static void every_capture_is_served_in_the_layout_of_its_version(void **state)
{
        (void)state;
        static const struct {
                const char *file;
                unsigned registrations, answers, inputs, compared;
        } captures[] = {
                {"chan_sccp_dumps.json", 5, 10, 11, 0},
                {"cucm_frames.json", 0, 0, 1, 0},
                {"ndpi_sccp_hw_conf_register.json", 1, 3, 0, 3},
                {"ndpi_skinny.json", 0, 0, 4, 0},
                {"ndpi_skinny_full.json", 0, 3, 8, 2},
                {"pyskinny_cm2_register.json", 35, 817, 63, 0}, /* CallManager 2 has forms of its own */
                {"pyskinny_cm_cap.json", 1, 14, 2, 14},
                {"pyskinny_tests.json", 0, 0, 15, 0},
        };
        for (size_t i = 0; i < sizeof captures / sizeof *captures; i++) {
                static struct capture capture;
                capture = (struct capture){0};
                hear_file(&capture, captures[i].file);
                print_message("%s: %u registrations, %u answers, %u inputs, %u noted, %u compared\n", captures[i].file,
                              capture.registrations, capture.answers, capture.inputs, capture.noted, capture.compared);
                assert_int_equal(capture.registrations, captures[i].registrations);
                assert_int_equal(capture.answers, captures[i].answers);
                assert_int_equal(capture.inputs, captures[i].inputs);
                assert_int_equal(capture.compared, captures[i].compared);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_real_7912_hears_what_callmanager_41_told_it),
                cmocka_unit_test(a_real_conference_bridge_hears_what_cucm_told_it),
                cmocka_unit_test(a_callmanager_2_client_is_served),
                cmocka_unit_test(a_real_call_is_understood),
                cmocka_unit_test(every_capture_is_served_in_the_layout_of_its_version),
        };
        if (access(FRAMES, R_OK) != 0) {
                print_message("skipped: no frames of real phones in " FRAMES "\n");
                return 77;
        }
        return cmocka_run_group_tests(tests, NULL, NULL);
}
