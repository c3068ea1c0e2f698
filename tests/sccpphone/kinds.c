#include "kinds.h"

#include <stddef.h>
#include <stdio.h>

#include "gateway/base/text.h"
#include "sccp/values.h"

/* Features as real phones of that kind register with them (protocol reference, phone_features and flows.md 1.2). */
static const struct kind kinds[] = {
        {"ATA186", SCCP_DEVICE_ATA186, 3, 0x0000, KIND_BARE_HOOK | KIND_SHORT_ACK | KIND_KEYS_NO_LINE | KIND_NO_TEXT, 1,
         0},
        {"7912", SCCP_DEVICE_7912, 6, 0x8100, KIND_BARE_HOOK | KIND_SHORT_ACK | KIND_SOFT_KEYS, 1, 4},
        {"7910", SCCP_DEVICE_7910, 5, 0x8000, KIND_BARE_HOOK | KIND_SHORT_ACK, 1, 2},
        {"7940", SCCP_DEVICE_7940, 11, 0x8560, KIND_SOFT_KEYS, 2, 2},
        {"7960", SCCP_DEVICE_7960, 11, 0x8560, KIND_SOFT_KEYS, 6, 6},
        {"7941", SCCP_DEVICE_7941, 17, 0x8572, KIND_SOFT_KEYS | KIND_TX_ACK | KIND_PATH_EVENTS | KIND_ZERO_ON_HOOK, 2,
         2},
        {"7970", SCCP_DEVICE_7970, 17, 0x8572, KIND_SOFT_KEYS | KIND_TX_ACK | KIND_PATH_EVENTS | KIND_ZERO_ON_HOOK, 8,
         8},
        {"7965", SCCP_DEVICE_7965, 22, 0x8572, KIND_SOFT_KEYS | KIND_TX_ACK | KIND_PATH_EVENTS | KIND_ZERO_ON_HOOK, 6,
         6},
        {"7911", SCCP_DEVICE_7911, 17, 0x8572, KIND_SOFT_KEYS | KIND_TX_ACK | KIND_PATH_EVENTS | KIND_ZERO_ON_HOOK, 1,
         4},
        {"7921", SCCP_DEVICE_7921, 11, 0x8572, KIND_SOFT_KEYS | KIND_TX_ACK | KIND_ZERO_ON_HOOK, 6, 6},
        {"CIPC", SCCP_DEVICE_IP_COMMUNICATOR, 22, 0x8572,
         KIND_SOFT_KEYS | KIND_TX_ACK | KIND_PATH_EVENTS | KIND_ZERO_ON_HOOK, 8, 8},
        {"12SP", SCCP_DEVICE_12SP, 0, 0x0000, KIND_BARE_HOOK | KIND_SHORT_ACK | KIND_KEYS_NO_LINE | KIND_NO_TEXT, 2, 4},
        {"VG224", SCCP_DEVICE_ANALOG_GATEWAY, 0, 0x0000,
         KIND_BARE_HOOK | KIND_SHORT_ACK | KIND_KEYS_NO_LINE | KIND_NO_TEXT, 1, 0},
        {"7936", SCCP_DEVICE_7936, 4, 0x8000, KIND_SHORT_ACK | KIND_SOFT_KEYS | KIND_ZERO_ON_HOOK | KIND_NO_LINES_SAID,
         2, 0},
        {"SPA504G", SCCP_DEVICE_SPA504G, 8, 0x8000, KIND_SOFT_KEYS | KIND_SPCP, 4, 0},
        {"bridge", SCCP_DEVICE_CONFERENCE_BRIDGE_DIXIE_LAND, 18, 0x8028, 0, 0, 0},
        {"6921", SCCP_DEVICE_6921, 20, 0x8570,
         KIND_SOFT_KEYS | KIND_TX_ACK | KIND_BARE_ACK | KIND_ZERO_ON_HOOK | KIND_LABELS_ONLY, 2, 2},
        {"8945", SCCP_DEVICE_8945, 22, 0x8572, KIND_SOFT_KEYS | KIND_TX_ACK | KIND_ZERO_ON_HOOK | KIND_LABELS_ONLY, 4,
         4},
};

enum { N_KINDS = sizeof kinds / sizeof kinds[0] };

const struct kind *kind_by_name(const char *name)
{
        for (size_t i = 0; i < N_KINDS; i++)
                if (text_equal_nocase(kinds[i].name, name))
                        return &kinds[i];
        return NULL;
}

void kinds_print(void)
{
        for (size_t i = 0; i < N_KINDS; i++)
                printf("  %-8s protocol %u\n", kinds[i].name, kinds[i].version);
}
