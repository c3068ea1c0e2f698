/* ASCII letters near those of other alphabets, for phones whose character set lacks them. Pure tables. */
#ifndef SCCPGW_SCCP_NEAR_H
#define SCCPGW_SCCP_NEAR_H

#include <stdint.h>

/* "Shch" for U+0429, "" for marks that combine with the letter before; NULL when nothing comes near. The result may be
 * in the two bytes at `room`. */
const char *sccp_near(uint32_t character, char room[2]);

#endif
