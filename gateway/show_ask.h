/* How a command asks a running gateway: finds its control socket, asks, and says on stderr why not. */
#ifndef SCCPGW_GATEWAY_SHOW_ASK_H
#define SCCPGW_GATEWAY_SHOW_ASK_H

#include <jansson.h>

#include "gateway/command.h"
#include "gateway/status/client.h"

/* Where the control socket is: as said, or as the configuration says. Zero is none. */
struct gateway_at {
        const char *socket;
        char path[256]; /* the text */
};

/* Of a file with errors too, while a gateway runs by a former state of it. */
enum status ask_find(const struct command_options *options, struct gateway_at *at);

/* A good answer as JSON in *document, which is the caller's; NULL otherwise. */
enum status ask(const char *socket, const char *method, const char *path, const char *body, json_t **document);

enum status ask_failed(enum client_result result, const struct client_answer *answer); /* nobody, or nothing usable */
enum status ask_refused(const struct client_answer *answer);                           /* {"error": "sentence"} */

/* POST to /api/v1/phones/OPERAND and what follows; the body is given away. */
enum status ask_phone(const struct command_options *options, const char *below, json_t *body, json_t **answer);
void ask_phone_path(const char *name, const char *below, char *path, size_t size);

#endif
