#include "gateway/token_side.h"

#include "gateway/core/token.h"
#include "gateway/roster.h"

static bool pbx_serves(const struct gateway *gateway, size_t index)
{
        const struct pbx_state *state = &gateway->pbxs[index];
        struct token_pbx pbx = {.known = state->known,
                                .up = state->up,
                                .recovered = state->recovered,
                                .since_ms = state->since_ms,
                                .settle_s = state->config->qualify_s};
        return token_pbx_serves(&pbx, loop_now_ms(gateway->loop));
}

/* Does it have lines, and none that could be in service? A phone that would be handed a number has that one. */
static bool is_unserved(const struct gateway *gateway, const struct phone *phone)
{
        if (!phone)
                return !pbx_serves(gateway, gateway->config->defaults.pbx);
        for (unsigned i = 0; i < phone->n_lines; i++)
                if (pbx_serves(gateway, phone->lines[i].account->pbx))
                        return false;
        return phone->n_lines > 0;
}

unsigned token_side(void *owner, const struct sccp_token_ask *ask, const char **why)
{
        struct gateway *gateway = owner;
        const struct phone *phone = roster_phone(gateway, ask->name);
        bool known = phone || roster_can_hand_out(gateway);
        struct token_facts facts = {.live = ask->live,
                                    .stopping = gateway->stopping,
                                    .refusal = known ? NULL : "unknown phone",
                                    .cleaning = ask->cleaning,
                                    .draining = gateway->draining,
                                    .unserved = is_unserved(gateway, phone),
                                    .wait_s = gateway->config->sccp.token_wait_s};
        struct token_verdict verdict = token_decide(&facts);
        *why = verdict.why;
        return verdict.wait_s;
}
