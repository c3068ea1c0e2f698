#include "gateway/core/token.h"

#include <stddef.h>

bool token_pbx_serves(const struct token_pbx *pbx, int64_t now_ms)
{
        if (!pbx->known)
                return true;
        return pbx->up && (!pbx->recovered || now_ms - pbx->since_ms >= (int64_t)pbx->settle_s * 1000);
}

/* The order matters: a live session is never refused, a name that is not ours is never granted. */
struct token_verdict token_decide(const struct token_facts *facts)
{
        const struct {
                bool holds;
                struct token_verdict verdict;
        } rows[] = {
                {facts->live, {0, "it is registered here"}},
                {facts->stopping, {facts->wait_s, "stopping"}},
                {facts->refusal != NULL, {facts->wait_s, facts->refusal}},
                {facts->cleaning, {TOKEN_CLEANING_WAIT_S, "its old connection is not given up yet"}},
                {facts->draining, {facts->wait_s, "draining"}},
                {facts->unserved, {facts->wait_s, "no PBX of its lines answers, or not for long enough"}},
                {true, {0, "all is well"}},
        };
        size_t i = 0;
        while (!rows[i].holds)
                i++;
        return rows[i].verdict;
}
