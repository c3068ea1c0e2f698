/* Tokens: gathers what token_decide wants to know of a phone that asks whether it may come home. */
#ifndef SCCPGW_GATEWAY_TOKEN_SIDE_H
#define SCCPGW_GATEWAY_TOKEN_SIDE_H

#include "gateway/gateway.h"

/* The `token` of struct sccp_handlers; `owner` is the gateway. */
unsigned token_side(void *owner, const struct sccp_token_ask *ask, const char **why);

#endif
