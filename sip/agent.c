#include "sip/agent.h"

#include <errno.h>
#include <sofia-sip/nta.h>
#include <sofia-sip/nta_tag.h>
#include <sofia-sip/sresolv.h>
#include <sofia-sip/su_log.h>
#include <sofia-sip/su_tag.h>
#include <sofia-sip/tport_tag.h>
#include <stdio.h>
#include <string.h>

#include "gateway/base/text.h"
#include "sip/request.h"

#define AGENT_MESSAGE_MAX   65536 /* sofia parses header lists by recursion: longer ones would end the stack */
#define AGENT_UDP_BUFFER    (4 * 1024 * 1024)
#define AGENT_TCP_IDLE_MS   1800000
#define AGENT_TCP_STALL_MS  30000 /* for the rest of a message that began */
#define AGENT_SOFIA_VERBOSE 5     /* of 9: one line per message and timer */

/* The library's loggers have no header. */
extern su_log_t nta_log[], tport_log[], sresolv_log[];

static void library_log(void *stream, const char *format, va_list args)
{
        char line[512];
        (void)stream;
        if (!log_on(LOG_DEBUG))
                return;
        int len = vsnprintf(line, sizeof line, format, args);
        if (len > 0) {
                line[strcspn(line, "\r\n")] = '\0';
                log_debug("sofia", "%s", line);
        }
}

static void library_log_take(void)
{
        su_log_t *logs[] = {su_log_default, nta_log, tport_log, sresolv_log};
        for (size_t i = 0; i < sizeof logs / sizeof logs[0]; i++) {
                su_log_redirect(logs[i], library_log, NULL);
                su_log_set_level(logs[i], AGENT_SOFIA_VERBOSE);
        }
}

/* One transport at a time: given a list of them, Debian's library reads an array that has gone out of scope. What is
 * to hold for a transport is said here: the library takes no notice of it when the agent is made. */
static bool listener_open(struct sip *sip, const struct listener *listener, const char *transport)
{
        char at[ENDPOINT_TEXT_SIZE], url[SIP_URI_SIZE];
        endpoint_print(&listener->at, at);
        text_printf(url, sizeof url, "sip:%s;transport=%s", at, transport);
        if (nta_agent_add_tport(sip->agent, URL_STRING_MAKE(url), TPTAG_IDENT(listener->ident),
                                TPTAG_TOS(sip->dscp << 2), TPTAG_UDP_RMEM(AGENT_UDP_BUFFER),
                                TPTAG_UDP_WMEM(AGENT_UDP_BUFFER),
                                TPTAG_KEEPALIVE(sip->keepalive_s * 1000) /* CRLF, RFC 5626 section 3.5.1 */,
                                TPTAG_IDLE(AGENT_TCP_IDLE_MS), TPTAG_TIMEOUT(AGENT_TCP_STALL_MS), TAG_END()) == 0)
                return true;
        text_printf(sip->why, sizeof sip->why, "sip: cannot listen on %s (%s): %s", at, transport, strerror(errno));
        return false;
}

bool agent_open(struct sip *sip)
{
        library_log_take();
        sip->agent = nta_agent_create(sip->root, (url_string_t *)-1, NULL, NULL, NTATAG_UA(1), NTATAG_CLIENT_RPORT(1),
                                      NTATAG_MERGE_482(1), NTATAG_MAXSIZE(AGENT_MESSAGE_MAX),
                                      NTATAG_UDP_MTU(AGENT_MESSAGE_MAX - 1), NTATAG_SIP_T1(AGENT_T1_MS),
                                      NTATAG_SIP_T1X64(AGENT_T1X64_MS), NTATAG_SIP_T4(AGENT_T4_MS),
                                      TAG_IF(sip->resolv_conf, SRESTAG_RESOLV_CONF(sip->resolv_conf)), TAG_END());
        if (!sip->agent) {
                TEXT_SET(sip->why, "sip: the SIP library does not start");
                return false;
        }
        for (size_t i = 0; i < sip->n_listeners; i++) {
                if (!listener_open(sip, &sip->listeners[i], "udp") || !listener_open(sip, &sip->listeners[i], "tcp"))
                        return false;
        }
        sip->outside = nta_leg_tcreate(sip->agent, request_received, (nta_leg_magic_t *)sip, NTATAG_NO_DIALOG(1),
                                       TAG_END());
        return sip->outside != NULL;
}

void agent_close(struct sip *sip)
{
        if (sip->outside)
                nta_leg_destroy(sip->outside);
        if (sip->agent)
                nta_agent_destroy(sip->agent);
        sip->outside = NULL;
        sip->agent = NULL;
}
