/* The owner's half of conferences: who is a member of what, and the names the mixer knows members by. A name is free
 * again when the mixer's word that its member has left was taken (relay_next); a room is free at once, because what the
 * mixer is told of rooms comes from here, in order. */
#include "gateway/media/conference.h"

#include <assert.h>
#include <stdlib.h>

#include "gateway/base/text.h"
#include "gateway/media/relay_own.h"
#include "gateway/media/room.h"

_Static_assert((int)CONFERENCE_MEMBERS_MAX == (int)ROOM_MEMBERS, "the mixer's rooms hold a conference");

enum { PACKET_MS = 20, PACKET_STEP_MS = 10 };

static uint32_t *stack_new(size_t count)
{
        uint32_t *stack = calloc(count, sizeof *stack);
        for (size_t i = 0; stack && i < count; i++)
                stack[i] = (uint32_t)(count - 1 - i);
        return stack;
}

static bool conferences_allocate(struct conferences *conferences, size_t members)
{
        conferences->most = conferences->n_free_members = conferences->n_free_rooms = members;
        conferences->count = calloc(members, sizeof *conferences->count);
        conferences->legs = calloc(members, sizeof *conferences->legs);
        conferences->free_members = stack_new(members);
        conferences->free_rooms = stack_new(members);
        return conferences->count && conferences->legs && conferences->free_members && conferences->free_rooms &&
               id_map_init(&conferences->open, (uint32_t)members);
}

bool conferences_start(struct conferences *conferences, size_t members, size_t lanes, char *why, size_t why_size)
{
        if (members == 0)
                return true;
        if (!conferences_allocate(conferences, members)) {
                text_copy(why, why_size, "no memory for conferences");
                return false;
        }
        conferences->mixer = mixer_start(members, lanes, why, why_size);
        return conferences->mixer;
}

void conferences_stop(struct conferences *conferences)
{
        if (conferences->mixer)
                mixer_stop(conferences->mixer);
        id_map_free(&conferences->open);
        free(conferences->count);
        free(conferences->legs);
        free(conferences->free_members);
        free(conferences->free_rooms);
}

bool conference_open(struct relay *relay, uint32_t conference)
{
        struct conferences *conferences = &relay->conferences;
        if (conferences->n_free_rooms == 0)
                return false;
        assert(conference && !id_map_get(&conferences->open, conference));
        id_map_set(&conferences->open, conference, conferences->free_rooms[--conferences->n_free_rooms] + 1);
        return true;
}

static bool room_of(const struct relay *relay, uint32_t conference, uint32_t *room)
{
        const struct conferences *conferences = &relay->conferences;
        uint32_t found = conferences->mixer ? id_map_get(&conferences->open, conference) : 0;
        *room = found - 1;
        return found != 0;
}

static bool terms_are_possible(const struct conference_terms *terms)
{
        return voice_is_mixed(terms->codec) && terms->payload_type < 128 && terms->packet_ms % PACKET_STEP_MS == 0 &&
               terms->packet_ms * RTP_UNITS_MS <= RTP_VOICE_MAX;
}

static enum conference_answer refusal(const struct relay *relay, uint32_t room, uint32_t slot, enum relay_side side,
                                      const struct conference_terms *terms)
{
        const struct conferences *conferences = &relay->conferences;
        if (relay->in[slot].member[side])
                return CONFERENCE_MEMBER;
        if (!terms_are_possible(terms))
                return CONFERENCE_NO_CODEC;
        if (conferences->count[room] == CONFERENCE_MEMBERS_MAX)
                return CONFERENCE_FULL;
        return conferences->n_free_members ? CONFERENCE_JOINED : CONFERENCE_BUSY;
}

static void leg_join(struct relay *relay, const struct worker_command *command, const struct member_terms *terms)
{
        struct conferences *conferences = &relay->conferences;
        mixer_join(conferences->mixer, command->member, command->room, relay_hand_of(relay, command->slot), terms);
        conferences->n_free_members--;
        conferences->count[command->room]++;
        conferences->legs[command->member] = (struct conference_leg){command->slot, command->room, command->side,
                                                                     .joined = true};
        relay->in[command->slot].member[command->side] = command->member + 1;
}

enum conference_answer conference_join(struct relay *relay, uint32_t conference, uint32_t stream, enum relay_side side,
                                       const struct conference_terms *terms)
{
        struct worker_command command = {.verb = WORKER_JOIN, .side = side};
        if (!room_of(relay, conference, &command.room) || !relay_slot_of(relay, stream, &command.slot))
                return CONFERENCE_NONE;
        enum conference_answer answer = refusal(relay, command.room, command.slot, side, terms);
        if (answer != CONFERENCE_JOINED)
                return answer;
        command.member = relay->conferences.free_members[relay->conferences.n_free_members - 1];
        struct member_terms agreed = {
                .codec = terms->codec,
                .payload_type = terms->payload_type,
                .packet_ms = terms->packet_ms ? terms->packet_ms : PACKET_MS,
                .dtmf_payload_type = terms->dtmf_payload_type,
        };
        if (!relay_tell(relay, command))
                return CONFERENCE_BUSY;
        leg_join(relay, &command, &agreed);
        return CONFERENCE_JOINED;
}

/* The member's name stays taken until its worker has told the mixer so too. */
static void leg_forget(struct relay *relay, struct conference_leg *leg)
{
        mixer_leave(relay->conferences.mixer, (uint32_t)(leg - relay->conferences.legs));
        leg->joined = false;
        relay->conferences.count[leg->room]--;
        relay->in[leg->slot].member[leg->side] = 0;
}

static void leg_leave(struct relay *relay, struct conference_leg *leg)
{
        struct worker_command command = {.verb = WORKER_LEAVE, .slot = leg->slot, .side = leg->side};
        leg_forget(relay, leg);
        bool told = relay_tell(relay, command);
        assert(told);
}

static struct conference_leg *leg_of(const struct relay *relay, uint32_t stream, enum relay_side side)
{
        uint32_t slot;
        if (!relay_slot_of(relay, stream, &slot) || !relay->in[slot].member[side])
                return NULL;
        return &relay->conferences.legs[relay->in[slot].member[side] - 1];
}

bool conference_leave(struct relay *relay, uint32_t stream, enum relay_side side)
{
        struct conference_leg *leg = leg_of(relay, stream, side);
        if (leg)
                leg_leave(relay, leg);
        return leg;
}

bool conference_mute(struct relay *relay, uint32_t stream, enum relay_side side, bool muted)
{
        const struct conference_leg *leg = leg_of(relay, stream, side);
        if (!leg)
                return false;
        struct worker_command command = {.verb = WORKER_MUTE, .slot = leg->slot, .side = side, .on = muted};
        return relay_tell(relay, command);
}

bool conference_close(struct relay *relay, uint32_t conference)
{
        struct conferences *conferences = &relay->conferences;
        uint32_t room;
        if (!room_of(relay, conference, &room))
                return false;
        for (size_t i = 0; i < conferences->most && conferences->count[room] > 0; i++)
                if (conferences->legs[i].joined && conferences->legs[i].room == room)
                        leg_leave(relay, &conferences->legs[i]);
        id_map_remove(&conferences->open, conference);
        conferences->free_rooms[conferences->n_free_rooms++] = room;
        return true;
}

void conferences_forget(struct relay *relay, uint32_t slot)
{
        for (unsigned side = 0; side < STREAM_SIDES; side++)
                if (relay->in[slot].member[side])
                        leg_forget(relay, &relay->conferences.legs[relay->in[slot].member[side] - 1]);
}

void conferences_leave_all(struct relay *relay)
{
        for (size_t i = 0; relay->conferences.mixer && i < relay->conferences.most; i++)
                if (relay->conferences.legs[i].joined)
                        leg_forget(relay, &relay->conferences.legs[i]);
}

void conferences_has_left(struct conferences *conferences, uint32_t member)
{
        conferences->free_members[conferences->n_free_members++] = member;
}

size_t conference_members(const struct relay *relay, uint32_t conference)
{
        uint32_t room;
        return room_of(relay, conference, &room) ? relay->conferences.count[room] : 0;
}

struct conference_counters conference_counters(const struct relay *relay)
{
        return relay->conferences.mixer ? mixer_counters(relay->conferences.mixer) : (struct conference_counters){0};
}
