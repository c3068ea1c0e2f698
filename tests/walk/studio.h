/* The relay (gateway/media/relay.h, conference.h) without audio: who has ports, who is connected with whom. */
#ifndef SCCPGW_TESTS_WALK_STUDIO_H
#define SCCPGW_TESTS_WALK_STUDIO_H

#include <stdbool.h>
#include <stdint.h>

#include "gateway/media/relay.h"

#define STUDIO_DESCRIPTOR 2

struct relay;

struct studio_counts {
        unsigned streams, seats, conferences;
};

struct studio_counts studio_count(const struct relay *studio);
bool studio_act(struct relay *studio);         /* something happens to a stream; false: there is none */
bool studio_waits(const struct relay *studio); /* an event was not taken yet */
bool studio_open(const struct relay *studio, uint32_t stream);
bool studio_rests(const struct relay *studio, uint32_t stream); /* it knows neither side */
/* Those of one side; NULL: no such stream. */
const struct crypto_keys *studio_keys(struct relay *studio, uint32_t stream, enum relay_side side);
void studio_free(struct relay *studio);

#endif
