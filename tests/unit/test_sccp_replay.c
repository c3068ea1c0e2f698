/* The phone's side of real captures, said to a station: it answers what the real call manager answered, in the same
 * order. Skipped without the protocol reference. */
#include "sccp_dialogue.h"

#include <limits.h>
#include <unistd.h>

#define FRAMES SHARED_DIR "/protocol/frames/"

/* One capture on its way through a station; what is answered and what was answered then, by name. */
struct replay {
        struct dialogue dialogue;
        char ours[2048], theirs[2048];
        bool ready;
        unsigned refused;
        unsigned inputs[SCCP_INPUT_STATISTICS + 1];
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

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_real_7912_hears_what_callmanager_41_told_it),
                cmocka_unit_test(a_real_conference_bridge_hears_what_cucm_told_it),
                cmocka_unit_test(a_callmanager_2_client_is_served),
                cmocka_unit_test(a_real_call_is_understood),
        };
        if (access(FRAMES, R_OK) != 0) {
                print_message("skipped: no frames of real phones in " FRAMES "\n");
                return 77;
        }
        return cmocka_run_group_tests(tests, NULL, NULL);
}
