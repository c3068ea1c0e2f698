/* How often everything happened: rules of calls, actions, keys, commands and events of the SIP side. */
#ifndef SCCPGW_TESTS_WALK_COVER_H
#define SCCPGW_TESTS_WALK_COVER_H

#include <stdbool.h>
#include <stdio.h>

#include "sip/sip.h"

struct cover;

void cover_command(enum sip_command_kind kind);
void cover_event(enum sip_event_kind kind);
bool cover_read(const char *path);  /* adds what another run has written; false: it cannot be read */
bool cover_write(const char *path); /* false: it cannot be written */
void cover_print(FILE *to);
unsigned cover_missing(FILE *to);   /* what is possible and never happened, by name */
unsigned cover_surprises(FILE *to); /* what is said to be impossible and happened */

#endif
