/* The rows of models.def as data, and finding them. A handful of look-ups per registration: no index is needed. */
#include "sccp/models.h"

#include "gateway/base/text.h"
#include "sccp/values.h"

enum {
        LAMP = SCCP_TRAIT_LAMP,
        SOFT_KEYS = SCCP_TRAIT_SOFT_KEYS,
        HOOK_FLASH = SCCP_TRAIT_HOOK_FLASH,
        SLEEPS = SCCP_TRAIT_SLEEPS,
        SPCP = SCCP_TRAIT_SPCP,
        BARE_KEYS = SCCP_TRAIT_BARE_KEYS,
        BARE_ACKS = SCCP_TRAIT_BARE_ACKS,
        OFF_HOOK_FIRST = SCCP_TRAIT_OFF_HOOK_FIRST,
        TONES_NEED_CLOSE = SCCP_TRAIT_TONES_NEED_CLOSE,
        TIME_AFTER_CALL = SCCP_TRAIT_TIME_AFTER_CALL,
        NO_STATISTICS = SCCP_TRAIT_NO_STATISTICS,
        NO_HANDSFREE = SCCP_TRAIT_NO_HANDSFREE,
        DIGITS_BY_KEYS = SCCP_TRAIT_DIGITS_BY_KEYS,
        NO_IDLE_TEXT = SCCP_TRAIT_NO_IDLE_TEXT,
        INVERTED_RESTRICTIONS = SCCP_TRAIT_INVERTED_RESTRICTIONS,
        NO_CONFERENCE_KEYS = SCCP_TRAIT_NO_CONFERENCE_KEYS,
};

static const struct sccp_model models[] = {
#define MODEL(device, model_name, model_keys, in_family, prompt_kind, highest, of_traits)                              \
        {.type = SCCP_DEVICE_##device,                                                                                 \
         .name = model_name,                                                                                           \
         .keys = model_keys,                                                                                           \
         .family = SCCP_FAMILY_##in_family,                                                                            \
         .prompt = SCCP_PROMPT_##prompt_kind,                                                                          \
         .highest_version = highest,                                                                                   \
         .traits = of_traits},
#include "sccp/models.def"
};

static const struct sccp_model unknown_model = {
        .type = SCCP_DEVICE_UNDEFINED, .name = "unknown", .keys = "L", .prompt = SCCP_PROMPT_NORMAL};

static const struct sccp_addon addons[] = {
        {"7914", 14, SCCP_ADDON_7914},
        {"7915-12", 12, SCCP_ADDON_7915},
        {"7915-24", 24, SCCP_ADDON_7915},
        {"7916-12", 12, SCCP_ADDON_7916},
        {"7916-24", 24, SCCP_ADDON_7916},
        {"SPA500S", 32, 0},
        {"SPA500DS", 32, 0},
        {"SPA932DS", 32, 0},
};

const struct sccp_addon *sccp_addon_at(size_t index)
{
        return index < sizeof addons / sizeof *addons ? &addons[index] : NULL;
}

const struct sccp_addon *sccp_addon_by_name(const char *name)
{
        for (size_t i = 0; sccp_addon_at(i); i++)
                if (text_equal_nocase(addons[i].name, name))
                        return &addons[i];
        return NULL;
}

const struct sccp_model *sccp_model_at(size_t index)
{
        return index < sizeof models / sizeof *models ? &models[index] : NULL;
}

const struct sccp_model *sccp_model_by_type(uint32_t type)
{
        for (size_t i = 0; sccp_model_at(i); i++)
                if (models[i].type == type)
                        return &models[i];
        return &unknown_model;
}

const struct sccp_model *sccp_model_by_name(const char *name)
{
        for (size_t i = 0; sccp_model_at(i); i++)
                if (text_equal_nocase(models[i].name, name))
                        return &models[i];
        return NULL;
}

unsigned sccp_model_lines(const struct sccp_model *model)
{
        unsigned lines = 0;
        for (const char *key = model->keys; *key; key++)
                lines += *key == 'M' || *key == 'L';
        return lines;
}
