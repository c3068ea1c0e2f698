#include "keys.h"

#include <string.h>

enum { PACKETS = 5 /* of 20 ms */, PAUSE = 4, UNITS = 160, END = 0x80, ENDS = 3 };

static const char names[] = "0123456789*#ABCD";

void keys_type(struct keys *keys, char digit)
{
        size_t count = strlen(keys->waiting);
        if (!keys->broken && keys->type_out && strchr(names, digit) && count + 1 < KEYS_MAX)
                keys->waiting[count] = digit, keys->waiting[count + 1] = '\0';
}

bool keys_send(struct keys *keys, uint32_t timestamp, struct keys_packets *out)
{
        if (keys->pause) {
                keys->pause--;
                return false;
        }
        if (!*keys->waiting || !keys->type_out)
                return false;
        if (keys->sent++ == 0)
                keys->timestamp = timestamp;
        bool end = keys->sent == PACKETS;
        unsigned duration = keys->sent * UNITS;
        *out = (struct keys_packets){
                .count = end ? ENDS : 1,
                .marker = keys->sent == 1,
                .timestamp = keys->timestamp,
                .payload = {(uint8_t)(strchr(names, *keys->waiting) - names), (uint8_t)(10 | (end ? END : 0)),
                            (uint8_t)(duration >> 8), (uint8_t)duration},
        };
        if (end) {
                keys->sent = 0;
                keys->pause = PAUSE;
                memmove(keys->waiting, keys->waiting + 1, strlen(keys->waiting));
        }
        return true;
}

/* A key counts when its end is there: once, however often that is told. */
void keys_hear(struct keys *keys, uint32_t timestamp, bool marker, const uint8_t *payload, size_t len)
{
        size_t count = strlen(keys->heard);
        if (len < KEYS_BYTES || payload[0] >= sizeof names - 1) {
                keys->mistakes++;
                return;
        }
        uint16_t duration = (uint16_t)(payload[2] << 8 | payload[3]);
        bool end = payload[1] & END;
        if (!keys->known || timestamp != keys->last_timestamp) {
                keys->mistakes += (keys->known && !keys->ended) || !marker;
                keys->known = true;
                keys->ended = false;
                keys->last_timestamp = timestamp;
        } else if (duration < keys->last_duration || (keys->ended && !end)) {
                keys->mistakes++;
        }
        keys->last_duration = duration;
        if (end && !keys->ended && count + 1 < KEYS_MAX) {
                keys->heard[count] = names[payload[0]];
                keys->heard[count + 1] = '\0';
        }
        keys->ended = keys->ended || end;
}
