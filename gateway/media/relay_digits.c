/* The owner's half of keys: commands for the stream's worker. */
#include "gateway/media/digits.h"
#include "gateway/media/relay_own.h"

bool relay_terms(struct relay *relay, uint32_t stream, const struct digits_terms *terms)
{
        struct worker_command command = {.verb = WORKER_TERMS, .types = *terms};
        return relay_slot_of(relay, stream, &command.slot) && relay_tell(relay, command);
}

bool relay_digit_promised(struct relay *relay, uint32_t stream, char digit)
{
        struct worker_command command = {.verb = WORKER_DIGIT, .side = RELAY_PHONE, .digit = digit, .on = true};
        return relay_slot_of(relay, stream, &command.slot) && relay_tell(relay, command);
}

bool relay_digit(struct relay *relay, uint32_t stream, enum relay_side side, char digit, unsigned ms)
{
        struct worker_command command = {.verb = WORKER_DIGIT, .side = side, .digit = digit, .ms = ms};
        return relay_slot_of(relay, stream, &command.slot) && relay_tell(relay, command);
}
