/* Keys in the audio (RFC 4733) as the phone itself sends and hears them: what it is told to by the payload types of
 * OpenReceiveChannel and StartMediaTransmission. */
#ifndef SCCPPHONE_KEYS_H
#define SCCPPHONE_KEYS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define KEYS_MAX   128
#define KEYS_BYTES 4

struct keys {
        uint8_t type_in, type_out; /* payload types; 0: none */

        bool broken;            /* it sends none, whatever it promised */
        char waiting[KEYS_MAX]; /* typed and not sent yet */
        unsigned sent;          /* packets of the first of them */
        unsigned pause;
        uint32_t timestamp; /* of the first of them */

        char heard[KEYS_MAX]; /* whose end came */
        bool known, ended;
        uint32_t last_timestamp;
        uint16_t last_duration;
        unsigned mistakes; /* a duration that shrinks, a key without its end, no marker at the begin */
};

void keys_type(struct keys *keys, char digit);

/* Instead of a packet of voice: true with up to three packets, whose payload is the same. */
struct keys_packets {
        unsigned count;
        bool marker;
        uint32_t timestamp;
        uint8_t payload[KEYS_BYTES];
};
bool keys_send(struct keys *keys, uint32_t timestamp, struct keys_packets *out);

void keys_hear(struct keys *keys, uint32_t timestamp, bool marker, const uint8_t *payload, size_t len);

#endif
