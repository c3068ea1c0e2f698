#include "gateway/dial_plan.h"

#include <stdlib.h>

bool dial_plan_make(struct gateway *gateway)
{
        const struct config *config = gateway->config;
        dial_plan_free(gateway);
        gateway->dial_rules = calloc(config->calls.n_dialplan + 1, sizeof *gateway->dial_rules);
        if (!gateway->dial_rules)
                return false;
        for (size_t i = 0; i < config->calls.n_dialplan; i++)
                gateway->dial_rules[i] = (struct dial_rule){
                        .match = config->calls.dialplan[i].match,
                        .strip = config->calls.dialplan[i].strip,
                        .prepend = config->calls.dialplan[i].prepend,
                        .outside_tone = config->calls.dialplan[i].tone == TONE_OUTSIDE,
                };
        gateway->plan = (struct dial_plan){.rules = gateway->dial_rules,
                                           .n_rules = config->calls.n_dialplan,
                                           .terminator = config->calls.terminator,
                                           .first_ms = config->calls.first_digit_timeout_ms,
                                           .next_ms = config->calls.interdigit_timeout_ms};
        return true;
}

void dial_plan_free(struct gateway *gateway)
{
        free(gateway->dial_rules);
        gateway->dial_rules = NULL;
        gateway->plan = (struct dial_plan){.rules = NULL};
}
