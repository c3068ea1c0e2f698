/* A table by member, and each stream knows its members' names. */
#include "gateway/media/legs.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

bool legs_init(struct legs *legs, struct mixer *mixer, size_t members)
{
        *legs = (struct legs){.mixer = mixer, .count = mixer ? members : 0};
        legs->of = calloc(legs->count + 1, sizeof *legs->of);
        legs->room_heard = calloc(legs->count + 1, sizeof *legs->room_heard);
        return legs->of && legs->room_heard;
}

void legs_free(struct legs *legs)
{
        free(legs->of);
        free(legs->room_heard);
}

static struct leg *leg_of(const struct legs *legs, const struct stream *stream, enum relay_side side)
{
        return stream_is_member(stream, side) ? &legs->of[stream->member[side].name - 1] : NULL;
}

void legs_join(struct legs *legs, uint32_t member, uint32_t room, struct stream *stream, enum relay_side side,
               const struct member_terms *terms)
{
        assert(member < legs->count && !legs->of[member].stream && !stream_is_member(stream, side));
        legs->of[member] = (struct leg){stream, side, room};
        stream->member[side] = (struct stream_member){.name = member + 1};
        mixer_join(legs->mixer, member, room, terms);
}

void legs_leave(struct legs *legs, struct stream *stream, enum relay_side side)
{
        struct leg *leg = leg_of(legs, stream, side);
        if (!leg)
                return;
        mixer_leave(legs->mixer, (uint32_t)(leg - legs->of));
        *leg = (struct leg){0};
        stream->member[side] = (struct stream_member){0};
}

void legs_hear(struct legs *legs, const struct stream *stream, enum relay_side side, const uint8_t *packet, size_t len)
{
        mixer_hear(legs->mixer, stream->member[side].name - 1, packet, len);
}

bool legs_next(struct legs *legs, bool *has_left, uint32_t *member)
{
        struct mixer_word word;
        if (!mixer_next(legs->mixer, &word))
                return false;
        const struct leg *leg = &legs->of[word.member];
        *has_left = word.len == 0;
        *member = word.member;
        if (!*has_left && leg->stream)
                stream_say(leg->stream, leg->side, word.packet, word.len);
        return true;
}

void legs_second(struct legs *legs, unsigned timeout_s)
{
        memset(legs->room_heard, 0, legs->count * sizeof *legs->room_heard);
        for (size_t i = 0; i < legs->count; i++) {
                const struct leg *leg = &legs->of[i];
                if (leg->stream && !stream_is_silent(leg->stream, leg->side, timeout_s))
                        legs->room_heard[leg->room] = true;
        }
}

bool legs_keep_alive(const struct legs *legs, const struct stream *stream)
{
        for (enum relay_side side = RELAY_PHONE; side <= RELAY_SIP; side++) {
                const struct leg *leg = leg_of(legs, stream, side);
                if (leg && legs->room_heard[leg->room])
                        return true;
        }
        return false;
}
