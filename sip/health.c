#include "sip/health.h"

/* Of a wait, in percent: at least this much. */
#define SPREAD_FROM 85
#define SPREAD      16

static bool is_dubious(const struct health *health, const struct health_news *news)
{
        return !news->question && news->outcome == HEALTH_BUSY && health->qualify_s > 0;
}

bool health_doubts(struct health *health, const struct health_news *news)
{
        if (!is_dubious(health, news) || health->state == SIP_PBX_DOWN ||
            (health->doubted_ms && news->now_ms - health->doubted_ms < HEALTH_DOWN_S * 1000))
                return false;
        health->doubted_ms = news->now_ms;
        return true;
}

/* One lost request among answered ones is the network's or that request's own trouble. */
static bool was_heard_since(const struct health *health, const struct health_news *news)
{
        return health->heard_ms > news->sent_ms;
}

static enum sip_pbx_state judge(const struct health *health, const struct health_news *news)
{
        switch (news->outcome) {
        case HEALTH_ANSWERED:
                return health->busy && !news->question && health->qualify_s > 0 ? health->state : SIP_PBX_UP;
        case HEALTH_BUSY:
                return is_dubious(health, news) ? health->state : SIP_PBX_DOWN;
        case HEALTH_SILENT:
                return was_heard_since(health, news) ? health->state : SIP_PBX_DOWN;
        }
        return health->state;
}

bool health_learn(struct health *health, const struct health_news *news)
{
        struct health before = *health;
        health->state = judge(health, news);
        if (news->outcome == HEALTH_ANSWERED)
                health->heard_ms = news->now_ms;
        if (news->outcome == HEALTH_ANSWERED && news->question) /* 0 is for what was never asked */
                health->rtt_ms = news->now_ms > news->sent_ms ? (unsigned)(news->now_ms - news->sent_ms) : 1;
        if (health->state != SIP_PBX_DOWN)
                health->busy = false;
        else if (before.state != SIP_PBX_DOWN || news->question)
                health->busy = news->outcome == HEALTH_BUSY;
        return health->state != before.state || health->rtt_ms != before.rtt_ms;
}

int64_t health_wait_ms(const struct health *health, uint32_t random)
{
        unsigned wait_s = health->qualify_s;
        if (health->state == SIP_PBX_DOWN && wait_s > HEALTH_DOWN_S)
                wait_s = HEALTH_DOWN_S;
        return (int64_t)wait_s * 10 * (SPREAD_FROM + random % SPREAD);
}
