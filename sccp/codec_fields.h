/* A decoded message field by field: one line per field for people, a JSON object for programs; and the two facts about
 * a message that its row knows. The printers write to the stream they are given and print no keys of media
 * encryption; otherwise pure, as the codec. */
#ifndef SCCPGW_SCCP_CODEC_FIELDS_H
#define SCCPGW_SCCP_CODEC_FIELDS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "sccp/schema.h"

/* "name: value" lines, `indent` blanks before each; the fields of a record stand 2 deeper. */
void sccp_print_fields(const struct sccp_message *m, unsigned indent, FILE *to);

/* {"tone":"inside_dial","line":1}: numbers are numbers, what has a name or is no number is a string, lists are arrays.
 * Leaves out the same fields as sccp_print. */
void sccp_print_json(const struct sccp_message *m, FILE *to);

/* A JSON string: UTF-8 as it is, other bytes as ISO 8859-1. */
void sccp_print_json_text(const char *text, size_t len, FILE *to);

/* Whether a message of this id carries keys: its bytes are not to be shown. */
bool sccp_has_secret(uint32_t id);

/* The call the message is about; 0 if it names none, or if the layout of its version leaves doubt where it stands. */
uint32_t sccp_call_ref(const struct sccp_message *m);

#endif
