/* JSON for answers. */
#ifndef SCCPGW_GATEWAY_STATUS_JSON_H
#define SCCPGW_GATEWAY_STATUS_JSON_H

#include <jansson.h>

#include "gateway/gateway.h"
#include "gateway/status/http.h"

json_t *json_text(const char *text); /* bytes that are no UTF-8 become '?'; NULL: null */
/* How long ago a monotonic time was, in seconds; 0: null. */
json_t *json_ago(const struct gateway *gateway, int64_t at_ms);
json_t *json_line_error(const struct account *account);      /* the last of its PBX; null: none, in status_lines.c */
void json_reply(struct http_reply *reply, json_t *document); /* the document is given away */

/* The routes behind them, in status_phones.c and status_summary.c. */
void status_phones(void *owner, const struct http_request *request, struct http_reply *reply);
void status_phone(void *owner, const struct http_request *request, struct http_reply *reply);
void status_message(void *owner, const struct http_request *request, struct http_reply *reply);
void status_forward(void *owner, const struct http_request *request, struct http_reply *reply); /* status_features.c */
void status_dnd(void *owner, const struct http_request *request, struct http_reply *reply);
void status_lines(void *owner, const struct http_request *request, struct http_reply *reply); /* status_lines.c */
void status_calls(void *owner, const struct http_request *request, struct http_reply *reply); /* status_calls.c */
void status_media(void *owner, const struct http_request *request, struct http_reply *reply);
void status_config(void *owner, const struct http_request *request, struct http_reply *reply); /* status_config.c */
void status_config_yaml(void *owner, const struct http_request *request, struct http_reply *reply);
json_t *status_openapi(const struct route *routes, size_t n); /* status_openapi.c */
void status_reset(void *owner, const struct http_request *request, struct http_reply *reply);
void status_restart(void *owner, const struct http_request *request, struct http_reply *reply);
void status_hangup(void *owner, const struct http_request *request, struct http_reply *reply); /* status_orders.c */
void status_page(void *owner, const struct http_request *request, struct http_reply *reply);   /* status_page.c */
void status_page_style(void *owner, const struct http_request *request, struct http_reply *reply);
void status_page_script(void *owner, const struct http_request *request, struct http_reply *reply);
json_t *json_status(const struct gateway *gateway); /* the documents behind the routes */
json_t *json_phones(const struct gateway *gateway);
json_t *json_phone(const struct phone *phone);
json_t *json_calls(const struct gateway *gateway, bool with_audio);
void status_reload(void *owner, const struct http_request *request, struct http_reply *reply);
json_t *json_reload(const struct gateway *gateway); /* what the last one came to */
void status_summary(void *owner, const struct http_request *request, struct http_reply *reply);

#endif
