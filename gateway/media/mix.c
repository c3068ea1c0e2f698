/* In 32 bits until the volume is known; by floats, which the compiler does four at a time. */
#include "gateway/media/mix.h"

#include <assert.h>

#define LOUDEST 30000.0f /* leaves G.711 and the filters a little room */
#define RETURN  0.04f    /* of what is turned down, per 20 ms */
#define SETTLED 0.001f

enum { FADE_PARTS = 10 /* the volume changes in the first tenth of the frame */ };

void mix_add(int32_t *sum, const int16_t *voice, size_t count)
{
        for (size_t i = 0; i < count; i++)
                sum[i] += voice[i];
}

static int32_t loudest(const int32_t *samples, size_t count)
{
        int32_t most = 0;
        for (size_t i = 0; i < count; i++) {
                int32_t loud = samples[i] < 0 ? -samples[i] : samples[i];
                most = loud > most ? loud : most;
        }
        return most;
}

static float next_volume(struct mix_volume *volume, int32_t peak)
{
        volume->turned_down *= 1 - RETURN;
        if (volume->turned_down < SETTLED)
                volume->turned_down = 0;
        if ((float)peak * (1 - volume->turned_down) > LOUDEST)
                volume->turned_down = 1 - LOUDEST / (float)peak;
        return 1 - volume->turned_down;
}

static int16_t saturated(float sample)
{
        return (int16_t)(sample > INT16_MAX ? INT16_MAX : sample < INT16_MIN ? INT16_MIN : sample);
}

void mix_listen(const int32_t *sum, const int16_t *own, size_t count, struct mix_volume *volume, int16_t *heard)
{
        int32_t others[MIX_MOST];
        assert(count <= MIX_MOST);
        for (size_t i = 0; i < count; i++)
                others[i] = sum[i] - (own ? own[i] : 0);
        float from = 1 - volume->turned_down;
        float to = next_volume(volume, loudest(others, count));
        size_t fade = count / FADE_PARTS;
        float step = (to - from) / (float)(fade ? fade : 1);
        for (size_t i = 0; i < fade; i++)
                heard[i] = saturated((float)others[i] * (from + step * (float)i));
        for (size_t i = fade; i < count; i++)
                heard[i] = saturated((float)others[i] * to);
}
