/* Any bytes of a phone, framed, decoded and said to a station, the session's decisions taken by the first byte. What
 * must hold whatever comes: the phase only rises step by step, answers can be encoded, inputs make sense. */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "sccp/codec.h"
#include "sccp/frame.h"
#include "sccp/station.h"
#include "sccp/takes.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct decisions {
        bool admits, in_call, forces;
};

static const struct sccp_profile_button buttons[] = {{.kind = SCCP_SLOT_LINE, .number = "1001", .label = "Zo\xC3\xAB"},
                                                     {.kind = SCCP_SLOT_SPEED_DIAL, .number = "1002"},
                                                     {.kind = SCCP_SLOT_LINE, .number = "1003"}};
static const struct sccp_profile profile = {
        .date_template = "D.M.Y", .buttons = buttons, .n_buttons = 3, .max_calls = 4, .busy_trigger = 2};
static const struct sccp_facts facts = {.node_name = "gw1", .keepalive_s = 30};

static void check_replies(const struct sccp_station *station, const struct sccp_replies *replies)
{
        struct sccp_context ctx = {.version = station->version};
        uint8_t frame[SCCP_FRAME_MAX];
        assert(replies->count <= SCCP_REPLIES_MAX);
        for (size_t i = 0; i < replies->count; i++) {
                const struct sccp_message_info *info = sccp_message_info(replies->at[i].id);
                assert(info && info->direction == SCCP_TO_PHONE);
                assert(sccp_encode(&ctx, &replies->at[i], frame, sizeof frame) >= SCCP_HEADER_SIZE);
        }
}

static void check_station(const struct sccp_station *station)
{
        assert(station->n_capabilities <= SCCP_CAPABILITIES_MAX);
        assert((station->phase == SCCP_PHASE_ANY) == (station->setup == NULL));
        assert(station->phase == SCCP_PHASE_ANY || (station->model && station->name[0]));
        assert(station->phase == SCCP_PHASE_ANY || (station->version >= 3 && station->version <= 22));
        assert(strspn(station->name, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_") == strlen(station->name));
}

static void check_input(const struct sccp_station *station, const struct sccp_input *input)
{
        assert(station->phase == SCCP_PHASE_READY);
        assert(input->line <= sccp_setup_lines(station->setup));
        assert(strspn(input->number, "0123456789*#+") == strlen(input->number));
        assert(input->kind != SCCP_INPUT_DIGIT || (input->digit && strchr("0123456789*#+", input->digit)));
        assert(input->kind != SCCP_INPUT_RX_OPENED || (input->endpoint.port && input->endpoint.ip.family));
        assert(input->kind != SCCP_INPUT_LINE_KEY || input->line);
}

static void check_news(const struct sccp_alarm_news *news)
{
        for (const char *c = news->line; *c; c++)
                assert(*c >= 0x20 && *c < 0x7F);
        assert(strlen(news->line) < sizeof news->line && strlen(news->reason) < sizeof news->reason);
}

/* What every model is spared, whatever it is sent in answer. */
static void check_takes(const struct sccp_station *station, const struct sccp_replies *replies)
{
        for (size_t i = 0; station->model && i < replies->count; i++)
                if (replies->at[i].id != SCCP_SELECT_SOFT_KEYS)
                        assert(sccp_takes(station->model, station->version, &replies->at[i]));
}

static void decide(struct sccp_station *station, const struct decisions *decisions, const struct sccp_message *message,
                   const struct sccp_happened *happened, struct sccp_replies *replies)
{
        bool admits = decisions->admits && happened->what != SCCP_HAPPENED_MISNAMED;
        switch ((int)happened->what) {
        case SCCP_HAPPENED_REGISTER:
        case SCCP_HAPPENED_MISNAMED:
                if (!admits || !sccp_station_admit(station, &message->register_req, &profile, &facts, replies))
                        sccp_station_reject(station, &message->register_req, "No", replies);
                break;
        case SCCP_HAPPENED_TOKEN:
                sccp_station_token(message, admits, SCCP_TOKEN_WAIT_S, replies);
                break;
        case SCCP_HAPPENED_UNREGISTER:
                sccp_station_leave(station, decisions->in_call, replies);
                break;
        case SCCP_HAPPENED_ALARM:
        case SCCP_HAPPENED_NOTED:
                check_news(&happened->news);
                break;
        case SCCP_HAPPENED_INPUT:
                check_input(station, &happened->input);
                break;
        }
        check_replies(station, replies);
        check_takes(station, replies);
}

static void step(struct sccp_station *station, const struct decisions *decisions, const struct sccp_message *message)
{
        struct sccp_replies replies;
        struct sccp_happened happened;
        enum sccp_phase before = station->phase;
        sccp_station_step(station, &facts, message, &replies, &happened);
        check_replies(station, &replies);
        assert(station->phase == before || (happened.what == SCCP_HAPPENED_READY && before == SCCP_PHASE_REGISTERING));
        assert(happened.what != SCCP_HAPPENED_REFUSED || replies.count == 0);
        decide(station, decisions, message, &happened, &replies);
        if (decisions->forces)
                sccp_station_force(station);
        check_station(station);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        struct sccp_station station = {0};
        struct frame_stream stream = {0};
        struct frame frame;
        const char *why;
        if (size == 0)
                return 0;
        struct decisions decisions = {data[0] & 1, data[0] & 2, data[0] & 4};
        const uint8_t *at = data + 1;
        size_t left = size - 1;
        while (frame_next(&stream, &at, &left, &frame, &why) == FRAME_READY) {
                struct sccp_context ctx = {.version = station.version};
                struct sccp_message message;
                if (sccp_message_info(frame.id) && !sccp_decode(&ctx, frame.id, frame.payload, frame.len, &message))
                        step(&station, &decisions, &message);
        }
        frame_stream_clear(&stream);
        sccp_station_clear(&station);
        return 0;
}
