/* N times in, once added, N times out. */
#include "gateway/media/room.h"

#include <assert.h>
#include <string.h>

void room_enter(struct room *room, struct member *member)
{
        assert(room->count < ROOM_MEMBERS);
        room->members[room->count++] = member;
}

void room_leave(struct room *room, const struct member *member)
{
        for (unsigned i = 0; i < room->count; i++)
                if (room->members[i] == member)
                        room->members[i--] = room->members[--room->count];
}

static unsigned rate_of(const struct room *room)
{
        for (unsigned i = 0; i < room->count; i++)
                if (voice_is_wide(room->members[i]->terms.codec))
                        return MEMBER_WIDE;
        return MEMBER_NARROW;
}

void room_hear(struct room *room, struct member *from, const struct rtp *rtp, const uint8_t *payload, size_t len,
               member_send *send, void *to)
{
        if (!member_hear(from, rtp, payload, len))
                return;
        for (unsigned i = 0; i < room->count; i++)
                if (room->members[i] != from && room->members[i]->terms.dtmf_payload_type)
                        member_tell_event(room->members[i], from, payload, send, to);
}

void room_tick(struct room *room, member_send *send, void *to)
{
        int16_t voices[ROOM_MEMBERS][MIX_MOST], heard[MIX_MOST];
        int32_t sum[MIX_MOST] = {0};
        unsigned rate = rate_of(room);
        size_t count = MEMBER_FRAME_MS * rate;
        for (unsigned i = 0; i < room->count; i++) {
                member_speak(room->members[i], rate, voices[i]);
                mix_add(sum, voices[i], count);
        }
        for (unsigned i = 0; i < room->count; i++) {
                struct member *member = room->members[i];
                mix_listen(sum, voices[i], count, &member->volume, heard);
                member_listen(member, rate, heard, send, to);
        }
}

void room_skip(struct room *room, uint32_t ticks)
{
        for (unsigned i = 0; i < room->count; i++)
                member_skip(room->members[i], ticks);
}
