/* A table by member, and each stream knows its members' names. */
#include "gateway/media/legs.h"

#include <assert.h>
#include <stdlib.h>

#define HEARD_MS 2000 /* less than two looks ago */

bool legs_init(struct legs *legs, struct mixer_lane *lane, size_t members)
{
        *legs = (struct legs){.lane = lane, .count = lane ? members : 0};
        legs->of = calloc(legs->count + 1, sizeof *legs->of);
        return legs->of;
}

void legs_free(struct legs *legs)
{
        free(legs->of);
}

static struct leg *leg_of(const struct legs *legs, const struct stream *stream, enum relay_side side)
{
        return stream_is_member(stream, side) ? &legs->of[stream->member[side].name - 1] : NULL;
}

void legs_join(struct legs *legs, uint32_t member, uint32_t room, struct stream *stream, enum relay_side side)
{
        assert(member < legs->count && !legs->of[member].stream && !stream_is_member(stream, side));
        legs->of[member] = (struct leg){stream, side, room};
        stream->member[side] = (struct stream_member){.name = member + 1};
}

void legs_leave(struct legs *legs, struct stream *stream, enum relay_side side)
{
        struct leg *leg = leg_of(legs, stream, side);
        if (!leg)
                return;
        mixer_done(legs->lane, (uint32_t)(leg - legs->of));
        *leg = (struct leg){0};
        stream->member[side] = (struct stream_member){0};
}

void legs_hear(struct legs *legs, const struct stream *stream, enum relay_side side, const uint8_t *packet, size_t len)
{
        mixer_hear(legs->lane, stream->member[side].name - 1, packet, len);
}

bool legs_next(struct legs *legs, bool *has_left, uint32_t *member)
{
        struct mixer_word word;
        if (!mixer_next(legs->lane, &word))
                return false;
        const struct leg *leg = &legs->of[word.member];
        *has_left = word.len == 0;
        *member = word.member;
        if (!*has_left && leg->stream)
                stream_say(leg->stream, leg->side, word.packet, word.len);
        return true;
}

void legs_second(struct legs *legs, unsigned timeout_s, int64_t now_ms)
{
        for (size_t i = 0; i < legs->count; i++) {
                const struct leg *leg = &legs->of[i];
                if (leg->stream && !stream_is_silent(leg->stream, leg->side, timeout_s))
                        mixer_note_heard(legs->lane, leg->room, now_ms);
        }
}

bool legs_keep_alive(const struct legs *legs, const struct stream *stream, int64_t now_ms)
{
        for (enum relay_side side = RELAY_PHONE; side <= RELAY_SIP; side++) {
                const struct leg *leg = leg_of(legs, stream, side);
                if (leg && now_ms - mixer_heard_ms(legs->lane, leg->room) < HEARD_MS)
                        return true;
        }
        return false;
}
