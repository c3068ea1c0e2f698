/* What users set at their phones and finds again after a restart: forwards of lines, do not disturb of phones, the
 * numbers dialled last. Keeps it, shows it, and says what it means for a call that comes in. */
#ifndef SCCPGW_GATEWAY_FEATURES_H
#define SCCPGW_GATEWAY_FEATURES_H

#include "gateway/gateway.h"

bool features_init(struct gateway *gateway);  /* behind the roster; false: no memory */
void features_start(struct gateway *gateway); /* behind the SIP side: lines that forward are kept registered */
void features_free(struct gateway *gateway);
void features_load(struct phone *phone); /* as it was before the restart; or a part of that */
void features_load_dnd(struct phone *phone);
void features_load_account(struct account *account);
void features_load_line(struct phone_line *line);
void features_keep(struct account *account); /* what forwards it may have changed: does it need registering? */
void features_codes(const struct config_pbx *pbx, struct feature_codes *codes);

/* What becomes of a call for this line; `busy`: phone_refuses(). */
struct forward_verdict features_decide(const struct phone_line *line, const struct sip_event *call, int busy);
void features_rules(const struct phone_line *line, struct call_rules *rules);

/* DO_SET of a call; and without one, as an operator does it: NULL, done or the PBX is being told; else why not. */
void features_set(struct call_slot *slot, int status);
const char *features_ask(struct phone_line *line, enum forward_kind kind, const char *number);
void features_dnd(struct phone *phone, enum dnd_mode mode);

void features_dnd_key(struct phone *phone);
bool features_forwards(const struct phone_line *line, enum forward_kind kind); /* the key takes it back */
void features_dialled(struct phone_line *line, const char *number);

/* Tells the phone what it has not been told yet. */
void features_show(struct phone *phone);
void features_profile(const struct phone_line *line, struct sccp_forwards *out);

#endif
