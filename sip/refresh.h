/* Session timers of a dialog (RFC 4028): the headers, and the alarm that refreshes the session or gives it up. What is
 * agreed when is decided in session_timer.c. */
#ifndef SCCPGW_SIP_REFRESH_H
#define SCCPGW_SIP_REFRESH_H

#include "sip/dialog.h"

struct sip_s;

/* Values of Session-Expires and Min-SE, NULL where there is none. */
struct refresh_headers {
        const char *expires, *min_se, *require;
        char expires_text[40], min_se_text[16];
};

/* For a request of ours. */
void refresh_ask(const struct dialog *dialog, struct refresh_headers *out);
/* For a 2xx of ours; takes what the request asks for. */
void refresh_answer(struct dialog *dialog, const struct sip_s *request, struct refresh_headers *out);
/* Is the interval a request asks for too short? Then it is answered 422 with Min-SE. */
bool refresh_too_short(const struct sip_s *request);

/* Takes what a 2xx grants; the alarm is set by refresh_run. */
void refresh_granted(struct dialog *dialog, const struct sip_s *response);
/* A 422: true when the request is worth repeating with the longer interval it wants. */
bool refresh_longer(struct dialog *dialog, const struct sip_s *response);

/* Starts the interval again, after an answer or a refresh. */
void refresh_run(struct dialog *dialog);

#endif
