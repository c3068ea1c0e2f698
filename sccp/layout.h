/* Which button of a profile gets which key of a phone, and under which number the phone will ask for it. Pure. */
#ifndef SCCPGW_SCCP_LAYOUT_H
#define SCCPGW_SCCP_LAYOUT_H

#include <stdint.h>

#include "sccp/setup.h"

struct sccp_laid_keys {
        uint8_t n_keys;
        struct sccp_laid_key {
                uint8_t type; /* SCCP_BUTTON_... */
                uint8_t instance;
        } keys[SCCP_KEYS_MAX];
        uint16_t dropped; /* buttons of the profile that found no key */

        /* The buttons of the profile by class and instance. Features are numbered among the speed dials, because phones
         * ask for the state of both with a number alone; lamps on line keys (phones below SCCP_BUSY_LAMP_VERSION)
         * behind the lines; speed dials without a key behind all others. */
        uint8_t n_lines, n_lamps, n_dials, n_key_dials, n_services;
        uint8_t lines[SCCP_KEYS_MAX], lamps[SCCP_KEYS_MAX], dials[SCCP_SPEED_DIALS_MAX], services[SCCP_KEYS_MAX];
};

void sccp_lay_out(struct sccp_laid_keys *layout, const struct sccp_profile *profile, const struct sccp_model *model);

#endif
