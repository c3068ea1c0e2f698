/* What one talker's packets become before they are decoded: a window of bytes by timestamp, read at our own pace.
 *
 * As a byte is a unit of time, packets are copied to where their timestamp says: reordered ones fall into their place,
 * a second copy changes nothing, a lost one leaves a hole. The reader comes every 20 ms and has three ways to keep the
 * talker's time and ours together:
 *   - the window is empty: time is bridged and the read position stays. If the packets were late, they are played
 *     that much later from now on; if they were lost, or the talker pauses (no packets in silence), the position skips
 *     what was bridged when more come. So lateness makes the delay grow and loss does not;
 *   - a whole spare 20 ms was there at every look of a long time: some milliseconds are squeezed out (`spare`);
 *   - more than about 6 packets wait: the oldest are dropped.
 * Drift of clocks is one of the first two, seldom. Sequence numbers are not needed. Pure. */
#ifndef SCCPGW_MEDIA_JITTER_H
#define SCCPGW_MEDIA_JITTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
        JITTER_FRAME = 160, /* units: 20 ms, one look */
        JITTER_SPARE = 80,  /* units: the most that are squeezed out at one look */
        JITTER_ROOM = 4096, /* units: 512 ms; a power of two */
        JITTER_LOOK = JITTER_FRAME + JITTER_SPARE,
};

enum jitter_state {
        JITTER_EMPTY,   /* nothing heard, or nothing for long: the next packet begins anew */
        JITTER_FILLING, /* waits for a second packet's worth before it begins to play */
        JITTER_PLAYING,
};

struct jitter {
        enum jitter_state state;
        uint32_t ssrc;
        uint32_t play;   /* timestamp of the next unit read */
        uint32_t end;    /* behind the newest unit */
        uint32_t owed;   /* units bridged since the window became empty */
        uint32_t packet; /* units of the newest packet */
        uint32_t stray;  /* where a packet far outside the window would go on */
        bool has_stray;
        bool hold; /* the next look waits: packets come too late while others are there */
        uint8_t looks_filling;
        uint32_t least;                  /* units ahead at the poorest look of this period */
        uint32_t looks;                  /* of this period */
        uint32_t patience;               /* looks of a period: longer after each time the window was empty */
        int32_t surplus;                 /* units to be squeezed out */
        uint64_t late, dropped, bridged; /* packets too late, packets' units dropped as too many, units bridged */
        uint8_t bytes[JITTER_ROOM];      /* by timestamp modulo room */
        bool present[JITTER_ROOM];
};

/* A frame as it is now. `present` says which bytes are there; the others are to be bridged. */
struct jitter_frame {
        uint8_t bytes[JITTER_LOOK];
        bool present[JITTER_LOOK];
        bool waits;  /* nothing of it is there, and the position stays: there is nothing to take */
        bool spare;  /* all of JITTER_LOOK is there, and up to JITTER_SPARE of it may be squeezed out */
        bool broken; /* does not follow the last frame: units were dropped */
};

void jitter_reset(struct jitter *jitter); /* zero is a valid start too; the counters stay */

/* A packet of voice. One of another source begins anew, like one far outside of the window that is followed by
 * another; longer ones than RTP_VOICE_MAX and empty ones are ignored. */
void jitter_put(struct jitter *jitter, uint32_t ssrc, uint32_t timestamp, const uint8_t *payload, size_t len);

/* The next 20 ms; then, unless it `waits`, how many units of it were used: JITTER_FRAME, up to JITTER_LOOK when
 * `spare`. */
void jitter_look(struct jitter *jitter, struct jitter_frame *frame);
void jitter_take(struct jitter *jitter, uint32_t units);

uint32_t jitter_ahead(const struct jitter *jitter); /* units from the read position to the newest */

#endif
