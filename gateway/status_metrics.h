/* GET /metrics: every row of gateway/status/metrics.def with what it is now. */
#ifndef SCCPGW_GATEWAY_STATUS_METRICS_H
#define SCCPGW_GATEWAY_STATUS_METRICS_H

struct http_reply;
struct http_request;

void status_metrics(void *owner, const struct http_request *request, struct http_reply *reply);

#endif
