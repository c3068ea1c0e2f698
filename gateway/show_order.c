/* Commands that end things. */
#include <stdlib.h>

#include "gateway/base/text.h"
#include "gateway/show_ask.h"

static enum status order(const struct command_options *options, const char *below)
{
        json_t *answer;
        enum status status = ask_phone(options, below, json_object(), &answer);
        json_decref(answer);
        return status;
}

enum status command_reset(const struct command_options *options)
{
        return order(options, "/reset");
}

enum status command_restart(const struct command_options *options)
{
        return order(options, "/restart");
}

enum status command_hangup(const struct command_options *options)
{
        struct gateway_at at;
        json_t *answer = NULL;
        char path[256] = "/api/v1/calls/";
        enum status status = ask_find(options, &at);
        client_path(path, sizeof path, options->operand);
        text_append(path, sizeof path, "/hangup");
        if (status == STATUS_OK)
                status = ask(at.socket, "POST", path, NULL, &answer);
        json_decref(answer);
        return status;
}
