/* What the server of the phones is told by the configuration. */
#ifndef SCCPGW_GATEWAY_PHONE_SERVER_H
#define SCCPGW_GATEWAY_PHONE_SERVER_H

#include "gateway/gateway.h"

struct sccp_server_settings phone_server_settings(const struct gateway *gateway);

#endif
