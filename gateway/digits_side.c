#include "gateway/digits_side.h"

#include <string.h>

#include "gateway/bridge.h"
#include "gateway/media/digits.h"
#include "gateway/phone_side.h"
#include "gateway/sip_side.h"

#define TONE_MS  160 /* what a machine at an analog port hears for certain */
#define PAUSE_MS 80

#define INTRUSION    'b' /* among the keys: somebody joins */
#define INTRUSION_MS 1000

static uint8_t told_as(const struct call *call, const struct codec_info *codec)
{
        for (size_t i = 0; i < call->local.n_codecs; i++)
                if (codec_info(call->local.codecs[i].codec) == codec)
                        return call->local.codecs[i].payload_type;
        return codec->payload_type;
}

/* What they may send besides what was agreed: an answer with several codecs allows each of them, and an offer of ours
 * all until it is answered (RFC 3264 sections 5.1 and 7). */
static struct types_set others_in(const struct call *call)
{
        struct types_set set = {0};
        for (size_t i = 0; i < call->local.n_codecs; i++)
                if (call->reoffer_out || audio_has(&call->remote, call->local.codecs[i].codec))
                        types_add(&set, call->local.codecs[i].payload_type);
        return set;
}

/* Is there somebody behind this phone who has to be played the far end's keys? */
static bool wants_tones(const struct call_slot *slot)
{
        return bridge_is_analog(slot->phone) && !phone_side_digits_in(slot);
}

bool digits_side_terms(struct call_slot *slot)
{
        const struct call *call = &slot->call;
        const struct media_stream *stream = &call->stream;
        const struct codec_info *codec = codec_info(stream->codec), *far = codec_info(stream->far_codec);
        if (!codec || !far)
                return true;
        struct digits_terms terms = {
                .voice = {codec->payload_type, far->payload_type},
                .packet_ms = stream->packet_ms ? stream->packet_ms : MEDIA_PACKET_MS,
                .clock_hz = codec->clock_hz,
                .report = wants_tones(slot),
                .of[RELAY_PHONE] = {.voice_in = codec->payload_type,
                                    .voice_out = codec->payload_type,
                                    .event_in = phone_side_digits_out(slot),
                                    .event_out = phone_side_digits_in(slot)},
                .of[RELAY_SIP] = {.voice_in = told_as(call, far),
                                  .voice_out = stream->payload_type,
                                  .event_in = call->local.dtmf_payload_type,
                                  .event_out = stream->dtmf_payload_type,
                                  .others_in = others_in(call)},
        };
        return relay_terms(slot->phone->gateway->relay, slot->id, &terms);
}

/* If the relay cannot keep up now, it will be told with the next change. */
void digits_side_may_come(struct call_slot *slot)
{
        if (!slot->done && slot->call.relayed)
                (void)digits_side_terms(slot);
}

/* The relay may not have heard yet what was agreed: a channel is still being opened. */
void digits_side_say(struct call_slot *slot, char digit)
{
        struct relay *relay = slot->phone->gateway->relay;
        if (!slot->call.relayed || slot->call.direct || !digits_side_terms(slot))
                return;
        if (phone_side_digits_out(slot))
                relay_digit_promised(relay, slot->id, digit);
        else
                relay_digit(relay, slot->id, RELAY_PHONE, digit, 0);
}

static void inform(struct call_slot *slot, char digit, unsigned ms)
{
        struct sip_command command = {.kind = SIP_CMD_DIGIT,
                                      .line = slot->line->account->index,
                                      .dialog = slot->dialog,
                                      .digit = digit,
                                      .digit_ms = ms};
        if (slot->dialog)
                sip_side_command(slot->phone->gateway, &command);
}

/* All who take part in the conference, but one. */
static void inform_members(struct phone *phone, uint32_t conference, const struct call_slot *but, char digit)
{
        for (struct call_slot *slot = phone->calls; slot; slot = slot->next)
                if (slot != but && !slot->done && slot->call.conference == conference &&
                    !slot->call.stream.dtmf_payload_type)
                        inform(slot, digit, DTMF_TONE_MS);
}

void digits_side_inform(struct call_slot *slot, char digit)
{
        if (slot->call.conference)
                inform_members(slot->phone, slot->call.conference, NULL, digit);
        else
                inform(slot, digit, DTMF_TONE_MS);
}

void digits_side_heard(struct call_slot *slot, char digit, unsigned ms)
{
        const struct call *call = &slot->call;
        if (call->rx != RX_OPEN && !call->seated[SIDE_FAR])
                return; /* nobody listens */
        if (call->relayed)
                relay_digit(slot->phone->gateway->relay, slot->id, RELAY_SIP, digit, ms);
        if (call->conference && slot->phone->gateway->config->media.dtmf != DTMF_RFC4733)
                inform_members(slot->phone, call->conference, slot, digit);
        digits_side_play(slot, digit);
}

/* --- tones --- */

static uint32_t tone_of(char digit)
{
        static const char keys[] = "123456789";
        const char *at = strchr(keys, digit);
        switch (digit) {
        case '0':
                return SCCP_TONE_DTMF0;
        case '*':
                return SCCP_TONE_DTMF_STAR;
        case '#':
                return SCCP_TONE_DTMF_POUND;
        case INTRUSION:
                return SCCP_TONE_BARG_IN;
        default:
                return at ? SCCP_TONE_DTMF1 + (uint32_t)(at - keys) : SCCP_TONE_DTMF_A + (uint32_t)(digit - 'A');
        }
}

/* A phone that has come back may have forgotten its channel. */
static bool is_listening(const struct call_slot *slot)
{
        return slot->phone->session && slot->call.rx == RX_OPEN && slot->call.state != CALL_AWAY;
}

static void tone_stop(struct call_slot *slot)
{
        struct sccp_message message = {.id = SCCP_STOP_TONE};
        message.stop_tone = (struct sccp_stop_tone){.line = slot->line->instance, .call_ref = slot->id};
        slot->tone_sounds = false;
        if (slot->phone->session && slot->shown.known) /* else it has forgotten the tone with the call */
                sccp_session_send(slot->phone->session, &message);
}

static void tone_start(struct call_slot *slot)
{
        struct sccp_message message = {.id = SCCP_START_TONE};
        message.start_tone = (struct sccp_start_tone){
                .tone = tone_of(slot->tones[0]), .line = slot->line->instance, .call_ref = slot->id};
        slot->tone_ms = slot->tones[0] == INTRUSION ? INTRUSION_MS : TONE_MS;
        memmove(slot->tones, slot->tones + 1, strlen(slot->tones));
        slot->tone_sounds = true;
        sccp_session_send(slot->phone->session, &message);
}

static void tone_next(struct call_slot *slot)
{
        if (slot->tone_sounds)
                tone_stop(slot);
        else if (is_listening(slot) && *slot->tones)
                tone_start(slot);
        else
                *slot->tones = '\0';
        if (slot->tone_sounds || *slot->tones)
                loop_timer_start(slot->phone->gateway->loop, &slot->tone_timer,
                                 slot->tone_sounds ? slot->tone_ms : PAUSE_MS);
}

static void on_tone_timer(struct loop_timer *timer)
{
        tone_next((struct call_slot *)((char *)timer - offsetof(struct call_slot, tone_timer)));
}

static void play(struct call_slot *slot, char digit)
{
        size_t count = strlen(slot->tones);
        if (!is_listening(slot) || count + 1 == sizeof slot->tones)
                return;
        slot->tones[count] = digit;
        slot->tones[count + 1] = '\0';
        slot->tone_timer.expired = on_tone_timer;
        if (!loop_timer_running(&slot->tone_timer))
                tone_next(slot);
}

void digits_side_play(struct call_slot *slot, char digit)
{
        if (wants_tones(slot))
                play(slot, digit);
}

void digits_side_intrusion(struct call_slot *slot)
{
        play(slot, INTRUSION);
}

void digits_side_hush(struct call_slot *slot)
{
        loop_timer_stop(&slot->tone_timer);
        *slot->tones = '\0';
        if (slot->tone_sounds)
                tone_stop(slot);
}

void digits_side_stop(struct call_slot *slot)
{
        loop_timer_stop(&slot->tone_timer);
}
