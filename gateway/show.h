/* Answers of the running gateway as text for people: within 80 columns, nothing in it moves a terminal. */
#ifndef SCCPGW_GATEWAY_SHOW_H
#define SCCPGW_GATEWAY_SHOW_H

#include <jansson.h>
#include <stdio.h>

void show_status(const json_t *status, FILE *to);
void show_phones(const json_t *phones, FILE *to);
void show_lines(const json_t *lines, FILE *to);
void show_calls(const json_t *calls, FILE *to);
void show_media(const json_t *media, FILE *to);
void show_phone(const json_t *phone, FILE *to);
void show_reload(const json_t *outcome, FILE *good, FILE *bad); /* what changed, what did not */

#endif
