/* The codecs we pass through, and what two sides have in common. */
#include "gateway/base/audio.h"

#include "gateway/base/text.h"

/* RFC 3551 table 4; G.722 keeps the RTP clock of 8000 by its section 4.5.2. */
static const struct codec_info codecs[CODECS] = {
        [CODEC_PCMU] = {"pcmu", "PCMU", 0, 8000, 160, 20, 10, 8},
        [CODEC_PCMA] = {"pcma", "PCMA", 8, 8000, 160, 20, 10, 8},
        [CODEC_G722] = {"g722", "G722", 9, 8000, 160, 20, 10, 16},
        [CODEC_G729] = {"g729", "G729", 18, 8000, 20, 20, 10, 0},
};

const struct codec_info *codec_info(enum codec codec)
{
        return codec > CODEC_NONE && codec < CODECS ? &codecs[codec] : NULL;
}

enum codec codec_by_name(const char *name)
{
        for (enum codec codec = CODEC_NONE + 1; codec < CODECS; codec++)
                if (text_equal_nocase(name, codecs[codec].name))
                        return codec;
        return CODEC_NONE;
}

bool audio_has(const struct audio *audio, enum codec codec)
{
        for (unsigned i = 0; i < audio->n_codecs; i++)
                if (audio->codecs[i].codec == codec)
                        return true;
        return false;
}

struct audio audio_common(const struct audio *mine, const struct audio *theirs)
{
        struct audio common = *mine;
        common.n_codecs = 0;
        for (unsigned i = 0; i < mine->n_codecs; i++)
                if (audio_has(theirs, mine->codecs[i].codec))
                        common.codecs[common.n_codecs++] = mine->codecs[i];
        for (unsigned i = common.n_codecs; i < AUDIO_CODECS_MAX; i++)
                common.codecs[i] = (struct audio_codec){0};
        return common;
}
