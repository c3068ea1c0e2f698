/* What only somebody who reads them can say of the files of sccp.tls. */
#ifndef SCCPGW_GATEWAY_CHECK_TLS_H
#define SCCPGW_GATEWAY_CHECK_TLS_H

#include "config/config.h"
#include "sccp/tls.h"

/* Adds an error for a file that is no use, and a warning for a key that everybody can read. */
void check_tls(const struct config *config, struct config_report *report);

/* For the server; only with a certificate. */
struct tls_settings tls_settings_of(const struct config *config);

#endif
