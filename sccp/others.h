/* Devices that speak SCCP with a call manager and are no phones: bridges, gateways, ports of applications, and modules
 * that belong to a phone. Constant data. */
#ifndef SCCPGW_SCCP_OTHERS_H
#define SCCPGW_SCCP_OTHERS_H

#include <stdint.h>

struct sccp_other {
        uint32_t first, last; /* device types */
        const char *what; /* "conference bridge"; "Not a phone: " before it fits the 31 characters of RegisterReject */
        const char *why;  /* what a gateway for phones cannot do for it, for the log */
};

/* NULL: it may be a phone. */
const struct sccp_other *sccp_other_by_type(uint32_t type);
const struct sccp_other *sccp_other_at(uint32_t index); /* all rows; NULL behind the last */

#endif
