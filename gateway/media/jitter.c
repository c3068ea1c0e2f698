/* The window and its three clocks: the talker's (timestamps), ours (looks), and the network between them. */
#include "gateway/media/jitter.h"

#include <assert.h>
#include <string.h>

#include "gateway/media/rtp.h"

enum {
        FILL = 2 * JITTER_FRAME,        /* ahead before playing begins, more when packets are longer ... */
        FILL_LOOKS = 3,                 /* ... or after so many looks: a talker may send one packet and pause */
        PAUSE = 200 * RTP_UNITS_MS,     /* empty so long: what comes then begins anew */
        LATE_MOST = 250 * RTP_UNITS_MS, /* behind by more is another time line */
        PACKETS_MOST = 6,
        AHEAD_LEAST_MOST = 80 * RTP_UNITS_MS, /* "6 packets" of short ones */
        AHEAD_MOST = 320 * RTP_UNITS_MS,      /* and of long ones */
        PATIENCE_LEAST = 100,                 /* looks: 2 s */
        PATIENCE_MOST = 1500,                 /* 30 s */
};

static size_t place(uint32_t timestamp)
{
        return timestamp & (JITTER_ROOM - 1);
}

/* Of a run of units that may pass the end of the room: how many come before that. */
static size_t before_wrap(uint32_t timestamp, size_t len)
{
        size_t room = JITTER_ROOM - place(timestamp);
        return len < room ? len : room;
}

static uint32_t smaller(uint32_t a, uint32_t b)
{
        return a < b ? a : b;
}

uint32_t jitter_ahead(const struct jitter *jitter)
{
        return jitter->end - jitter->play;
}

static void period_begin(struct jitter *jitter)
{
        jitter->least = UINT32_MAX;
        jitter->looks = 0;
}

void jitter_reset(struct jitter *jitter)
{
        memset(jitter->present, 0, sizeof jitter->present);
        jitter->state = JITTER_EMPTY;
        jitter->play = jitter->end = 0;
        jitter->owed = 0;
        jitter->has_stray = false;
        jitter->hold = false;
        jitter->surplus = 0;
        period_begin(jitter);
}

static void restart(struct jitter *jitter, uint32_t ssrc, uint32_t timestamp)
{
        jitter_reset(jitter);
        jitter->state = JITTER_FILLING;
        jitter->ssrc = ssrc;
        jitter->play = jitter->end = timestamp;
        jitter->looks_filling = 0;
        if (jitter->patience < PATIENCE_LEAST)
                jitter->patience = PATIENCE_LEAST;
}

static void store(struct jitter *jitter, uint32_t timestamp, const uint8_t *payload, size_t len)
{
        size_t first = before_wrap(timestamp, len);
        memcpy(jitter->bytes + place(timestamp), payload, first);
        memcpy(jitter->bytes, payload + first, len - first);
        memset(jitter->present + place(timestamp), true, first);
        memset(jitter->present, true, len - first);
        if ((int32_t)(timestamp + (uint32_t)len - jitter->end) > 0)
                jitter->end = timestamp + (uint32_t)len;
}

static bool fits(const struct jitter *jitter, uint32_t timestamp, size_t len)
{
        int32_t after = (int32_t)(timestamp - jitter->play);
        return after >= 0 && (size_t)after + len <= JITTER_ROOM;
}

/* Nothing was played yet: the window may begin earlier, or anew. */
static void put_filling(struct jitter *jitter, uint32_t timestamp, size_t len)
{
        if (fits(jitter, timestamp, len))
                return;
        if ((int32_t)(timestamp - jitter->play) < 0 && jitter->end - timestamp <= JITTER_ROOM)
                jitter->play = timestamp;
        else
                restart(jitter, jitter->ssrc, timestamp);
}

/* One alone may be a mistake of its sender or a packet that was long on its way; two that go on are a new time line. */
static bool is_new_time(struct jitter *jitter, uint32_t timestamp, size_t len)
{
        bool goes_on = jitter->has_stray && timestamp - jitter->stray < JITTER_ROOM;
        jitter->stray = timestamp + (uint32_t)len;
        jitter->has_stray = true;
        return goes_on;
}

/* Reordered across a look: a longer window would have caught it. */
static void note_late(struct jitter *jitter)
{
        jitter->late++;
        jitter->hold = jitter_ahead(jitter) < FILL;
}

static void store_or_stray(struct jitter *jitter, uint32_t timestamp, const uint8_t *payload, size_t len)
{
        int32_t after = (int32_t)(timestamp - jitter->play);
        if (after < 0 && after >= -LATE_MOST) {
                size_t gone = (size_t)-after;
                if (gone >= len) {
                        note_late(jitter);
                        return;
                }
                timestamp += (uint32_t)gone, payload += gone, len -= gone;
        }
        if (!fits(jitter, timestamp, len)) {
                if (!is_new_time(jitter, timestamp, len))
                        return;
                restart(jitter, jitter->ssrc, timestamp);
        }
        jitter->has_stray = false;
        store(jitter, timestamp, payload, len);
}

void jitter_put(struct jitter *jitter, uint32_t ssrc, uint32_t timestamp, const uint8_t *payload, size_t len)
{
        if (len == 0 || len > RTP_VOICE_MAX)
                return;
        jitter->packet = (uint32_t)len;
        if (jitter->state == JITTER_EMPTY || jitter->ssrc != ssrc)
                restart(jitter, ssrc, timestamp);
        if (jitter->state == JITTER_FILLING)
                put_filling(jitter, timestamp, len);
        store_or_stray(jitter, timestamp, payload, len);
}

static void drop(struct jitter *jitter, uint32_t units)
{
        size_t first = before_wrap(jitter->play, units);
        memset(jitter->present + place(jitter->play), false, first);
        memset(jitter->present, false, units - first);
        jitter->play += units;
}

/* From the read position to the first unit that is there; all of `most` when none is. */
static uint32_t hole(const struct jitter *jitter, uint32_t most)
{
        uint32_t len = 0;
        while (len < most && !jitter->present[place(jitter->play + len)])
                len++;
        return len;
}

/* What was bridged meanwhile was lost, or never sent: it is not waited for again. If it was late, it is here now, and
 * the debt becomes delay. */
static void settle_debt(struct jitter *jitter)
{
        uint32_t ahead = jitter_ahead(jitter);
        if (jitter->owed == 0 || ahead == 0)
                return;
        drop(jitter, hole(jitter, smaller(jitter->owed, ahead)));
        jitter->owed = 0;
}

static bool drop_excess(struct jitter *jitter)
{
        uint32_t most = jitter->packet * PACKETS_MOST;
        most = most < AHEAD_LEAST_MOST ? AHEAD_LEAST_MOST : smaller(most, AHEAD_MOST);
        uint32_t ahead = jitter_ahead(jitter);
        if (ahead <= most)
                return false;
        jitter->dropped += ahead - most;
        drop(jitter, ahead - most);
        jitter->surplus = 0;
        period_begin(jitter);
        return true;
}

/* Half a frame of what was never needed stays, for the next time it is. */
static void period_end(struct jitter *jitter)
{
        uint32_t spare = jitter->least - JITTER_FRAME;
        if (spare >= JITTER_FRAME)
                jitter->surplus = (int32_t)(spare - JITTER_FRAME / 2);
        else
                jitter->patience -= (jitter->patience - PATIENCE_LEAST) / 4;
        period_begin(jitter);
}

static void look_ahead(struct jitter *jitter)
{
        jitter->least = smaller(jitter->least, jitter_ahead(jitter));
        if (++jitter->looks >= jitter->patience)
                period_end(jitter);
}

/* A new period, for what was learnt of the last is no longer true. */
static void note_poor(struct jitter *jitter)
{
        if (jitter->owed == 0)
                jitter->patience = smaller(jitter->patience * 2, PATIENCE_MOST);
        jitter->surplus = 0;
        period_begin(jitter);
}

/* A packet that is no whole number of looks ends within one, and its next comes only after that. */
static bool has_filled(struct jitter *jitter)
{
        uint32_t looks = (jitter->packet + JITTER_FRAME - 1) / JITTER_FRAME;
        uint32_t enough = looks * JITTER_FRAME > FILL ? looks * JITTER_FRAME : FILL;
        return jitter_ahead(jitter) >= enough || ++jitter->looks_filling >= FILL_LOOKS;
}

static void copy(const struct jitter *jitter, struct jitter_frame *frame)
{
        size_t first = before_wrap(jitter->play, JITTER_LOOK);
        memcpy(frame->bytes, jitter->bytes + place(jitter->play), first);
        memcpy(frame->bytes + first, jitter->bytes, JITTER_LOOK - first);
        memcpy(frame->present, jitter->present + place(jitter->play), first);
        memcpy(frame->present + first, jitter->present, JITTER_LOOK - first);
}

static bool is_whole(const struct jitter_frame *frame)
{
        return !memchr(frame->present, false, sizeof frame->present);
}

/* Whether playing goes on. */
static bool is_time(struct jitter *jitter)
{
        if (jitter->state == JITTER_FILLING && has_filled(jitter))
                jitter->state = JITTER_PLAYING;
        if (jitter->state != JITTER_PLAYING)
                return false;
        if (jitter->hold) {
                jitter->hold = false;
                jitter->bridged += JITTER_FRAME;
                note_poor(jitter);
                return false;
        }
        return true;
}

void jitter_look(struct jitter *jitter, struct jitter_frame *frame)
{
        *frame = (struct jitter_frame){.waits = true};
        if (!is_time(jitter))
                return;
        settle_debt(jitter);
        frame->waits = false;
        frame->broken = drop_excess(jitter);
        if (jitter_ahead(jitter) < JITTER_FRAME)
                note_poor(jitter);
        else
                look_ahead(jitter);
        copy(jitter, frame);
        frame->spare = jitter->surplus > 0 && is_whole(frame);
}

/* Behind the newest unit the position does not go. */
void jitter_take(struct jitter *jitter, uint32_t units)
{
        assert(units >= JITTER_FRAME && units <= JITTER_LOOK && jitter->state == JITTER_PLAYING);
        uint32_t there = smaller(units, jitter_ahead(jitter));
        for (uint32_t i = 0; i < there; i++)
                jitter->bridged += !jitter->present[place(jitter->play + i)];
        jitter->bridged += units - there;
        jitter->owed += units - there;
        drop(jitter, there);
        if (units > JITTER_FRAME)
                jitter->surplus -= (int32_t)(units - JITTER_FRAME);
        if (jitter->owed >= PAUSE)
                jitter->state = JITTER_EMPTY;
}
