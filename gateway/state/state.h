/* What survives a restart: texts by section, name and key, in one JSON file of a folder. Changes are handed to a thread
 * of its own, which writes the whole file anew beside the old one, syncs it and puts it in its place: whoever calls
 * here never waits for a disk, and whatever ends the process leaves a whole file, the old one or the new one. Changes
 * that come within a fifth of a second of a writing are written together.
 *
 *     {"version": 1, "lines": {"reception": {"all": "1003", "redial": "600"}}, "phones": {"SEP001122334455": {"dnd":
 * "reject"}}}
 */
#ifndef SCCPGW_GATEWAY_STATE_STATE_H
#define SCCPGW_GATEWAY_STATE_STATE_H

#include <stdbool.h>

struct state;

/* Reads FOLDER/state.json. A folder that is missing or cannot be written is one warning, and nothing is kept; a file
 * that cannot be understood is one error, put aside as state.json.bad, and everything starts empty. NULL: no memory. */
struct state *state_open(const char *folder);

/* As it was when the file was read, "" when it was not there; valid until state_close. */
const char *state_get(const struct state *state, const char *section, const char *name, const char *key);

/* "" takes the key away. Written soon. */
void state_set(struct state *state, const char *section, const char *name, const char *key, const char *value);

void state_close(struct state *state); /* writes what is not written yet; NULL is none */

#endif
