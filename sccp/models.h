/* The phone models of models.def: what differs between phones that speak the same messages.
 * Constant data; pointers to a model are valid for ever and may be compared. */
#ifndef SCCPGW_SCCP_MODELS_H
#define SCCPGW_SCCP_MODELS_H

#include <stddef.h>
#include <stdint.h>

/* How calls are shown (field guide 2.2). Older phones know neither CallHistoryDisposition nor remote hold. */
enum sccp_family { SCCP_FAMILY_OLDER, SCCP_FAMILY_NEWER };

enum sccp_prompt { SCCP_PROMPT_NORMAL, SCCP_PROMPT_LABELS, SCCP_PROMPT_NONE };

enum sccp_trait {
        SCCP_TRAIT_LAMP = 1 << 0, /* has a lamp for waiting messages */
        SCCP_TRAIT_SOFT_KEYS = 1 << 1,
        SCCP_TRAIT_HOOK_FLASH = 1 << 2, /* a short press of the hook means hold */
        SCCP_TRAIT_SLEEPS = 1 << 3,     /* power saving delays keepalives: patience is needed */
        SCCP_TRAIT_SPCP = 1 << 4,       /* small business dialect: tokens, ready at RegisterAvailableLines */

        SCCP_TRAIT_BARE_KEYS = 1 << 5,              /* hook and keys say neither line nor call */
        SCCP_TRAIT_BARE_ACKS = 1 << 6,              /* media acks may say neither party nor call */
        SCCP_TRAIT_OFF_HOOK_FIRST = 1 << 7,         /* CallState off hook before connected, or it sends no audio */
        SCCP_TRAIT_TONES_NEED_CLOSE = 1 << 8,       /* plays no tone while a media channel is open */
        SCCP_TRAIT_TIME_AFTER_CALL = 1 << 9,        /* shows the ended call until DefineTimeDate */
        SCCP_TRAIT_NO_STATISTICS = 1 << 10,         /* never answers ConnectionStatisticsReq */
        SCCP_TRAIT_NO_HANDSFREE = 1 << 11,          /* no microphone but the handset's: the Answer key cannot answer */
        SCCP_TRAIT_DIGITS_BY_KEYS = 1 << 12,        /* reorders RFC 4733 digits: take them from KeypadButton */
        SCCP_TRAIT_NO_IDLE_TEXT = 1 << 13,          /* shows no text while idle */
        SCCP_TRAIT_INVERTED_RESTRICTIONS = 1 << 14, /* CallInfo restrictions mean the opposite */
        SCCP_TRAIT_NO_CONFERENCE_KEYS = 1 << 15,    /* knows no soft key set of a conference */
};

struct sccp_model {
        uint32_t type; /* SCCP_DEVICE_... */
        const char *name;
        const char *keys; /* letters of models.def, in physical order */
        enum sccp_family family;
        enum sccp_prompt prompt;
        uint8_t highest_version; /* 0: what it says itself */
        uint32_t traits;         /* enum sccp_trait */
};

/* A module with more keys beside a phone; phones take two. */
struct sccp_addon {
        const char *name; /* "7915-24" */
        uint8_t keys;
        uint32_t module; /* SCCP_ADDON_..., what ExtensionDeviceCaps calls it; 0: never seen there */
};

#define SCCP_ADDONS_MAX 2

const struct sccp_addon *sccp_addon_by_name(const char *name); /* case does not matter; NULL: unknown */
const struct sccp_addon *sccp_addon_at(size_t index);          /* all; NULL behind the last */

/* Never NULL: a type without a row is a phone with one line and no trait, named "unknown". */
const struct sccp_model *sccp_model_by_type(uint32_t type);

/* By the name people use, case does not matter; NULL if there is none. */
const struct sccp_model *sccp_model_by_name(const char *name);

/* All rows; NULL behind the last. */
const struct sccp_model *sccp_model_at(size_t index);

/* How many lines fit on its keys. */
unsigned sccp_model_lines(const struct sccp_model *model);

#endif
