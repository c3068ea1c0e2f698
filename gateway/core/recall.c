#include "gateway/core/recall.h"

#include <string.h>

#include "gateway/base/text.h"
#include "gateway/core/call.h"
#include "gateway/core/cause.h"

struct step {
        struct recall *recall;
        const struct recall_event *event;
        struct recall_order *out;
};

typedef enum recall_state run(struct step *step);

static enum recall_state stay(struct step *step)
{
        return step->recall->state;
}

static void say(struct step *step, enum recall_text text)
{
        step->out->text = text;
        step->out->about = step->recall->party;
}

static enum recall_state end(struct step *step, enum recall_text text)
{
        step->out->leave = true;
        step->out->silence = step->recall->state == RECALL_RINGING;
        say(step, text);
        return RECALL_OFF;
}

static enum recall_state begin(struct step *step)
{
        step->recall->party = step->event->party;
        step->recall->used = step->event->busy;
        step->out->watch = true;
        say(step, RECALL_SAY_ON);
        return RECALL_WATCHING;
}

/* The same key again, or another party in its place. */
static enum recall_state again(struct step *step)
{
        if (text_equal(step->recall->party.number, step->event->party.number))
                return end(step, RECALL_SAY_OFF);
        step->out->leave = true;
        step->out->silence = step->recall->state == RECALL_RINGING;
        return begin(step);
}

static enum recall_state stop(struct step *step)
{
        return end(step, RECALL_SAY_OFF);
}

static enum recall_state over(struct step *step)
{
        return end(step, RECALL_SAY_NOTHING);
}

static enum recall_state refuse(struct step *step)
{
        return end(step, RECALL_SAY_REFUSED);
}

static enum recall_state expire(struct step *step)
{
        return end(step, RECALL_SAY_EXPIRED);
}

static bool is_free(const struct step *step)
{
        return step->event->presence == PRESENCE_IDLE;
}

/* What rings there is our own call, perhaps: only who talks is there. */
static enum recall_state look(struct step *step)
{
        if (step->event->presence == PRESENCE_BUSY)
                step->recall->used = true;
        return step->recall->used && is_free(step) ? RECALL_READY : RECALL_WATCHING;
}

static enum recall_state look_again(struct step *step)
{
        return is_free(step) ? RECALL_READY : RECALL_WATCHING;
}

/* Somebody else was faster. */
static enum recall_state look_ringing(struct step *step)
{
        step->out->silence = !is_free(step);
        return is_free(step) ? RECALL_RINGING : RECALL_WATCHING;
}

static enum recall_state ring(struct step *step)
{
        step->out->ring = true;
        return RECALL_RINGING;
}

static run *const rules[RECALL_STATES][RECALL_EVENTS] = {
        [RECALL_OFF] = {[RECALL_WANTED] = begin},
        [RECALL_WATCHING] = {[RECALL_WANTED] = again,
                             [RECALL_STOPPED] = stop,
                             [RECALL_SEEN] = look,
                             [RECALL_REFUSED] = refuse,
                             [RECALL_REACHED] = over,
                             [RECALL_EXPIRED] = expire,
                             [RECALL_GONE] = over},
        [RECALL_READY] = {[RECALL_WANTED] = again,
                          [RECALL_STOPPED] = stop,
                          [RECALL_SEEN] = look_again,
                          [RECALL_REFUSED] = refuse,
                          [RECALL_FREE] = ring,
                          [RECALL_REACHED] = over,
                          [RECALL_EXPIRED] = expire,
                          [RECALL_GONE] = over},
        [RECALL_RINGING] = {[RECALL_WANTED] = again,
                            [RECALL_STOPPED] = stop,
                            [RECALL_SEEN] = look_ringing,
                            [RECALL_REFUSED] = stay,
                            [RECALL_REACHED] = over,
                            [RECALL_RUNG] = over,
                            [RECALL_EXPIRED] = stay,
                            [RECALL_GONE] = over},
};

bool recall_step(struct recall *recall, const struct recall_event *event, struct recall_order *out)
{
        run *rule = rules[recall->state][event->kind];
        *out = (struct recall_order){.leave = false};
        if (!rule)
                return false;
        recall->state = rule(&(struct step){recall, event, out});
        return true;
}

/* By what the user reads. */
static const enum look_prompt nobody_reached[] = {PROMPT_BUSY, PROMPT_NO_ANSWER, PROMPT_DECLINED,
                                                  PROMPT_TEMPORARY_FAILURE};

static bool failed_so(const struct call *call)
{
        for (size_t i = 0; i < sizeof nobody_reached / sizeof *nobody_reached; i++)
                if (call->state == CALL_FAILED && call->outcome->prompt == nobody_reached[i])
                        return true;
        return false;
}

/* Codes are no parties. */
static bool is_party(const char *number)
{
        return *number && !strpbrk(number, "*#");
}

bool recall_possible(const struct call *call)
{
        bool ours = !call->incoming && call->purpose != CALL_PICKUP && !call_is_setting(call->purpose);
        bool rings = call->state == CALL_RINGBACK || call->state == CALL_EARLY;
        return ours && is_party(call->number) && (rings || failed_so(call));
}

bool recall_was_busy(const struct call *call)
{
        return call->state == CALL_FAILED && call->outcome->prompt == PROMPT_BUSY;
}

const char *recall_state_name(enum recall_state state)
{
        static const char *const names[RECALL_STATES] = {
                [RECALL_OFF] = "off",
                [RECALL_WATCHING] = "watching",
                [RECALL_READY] = "ready",
                [RECALL_RINGING] = "ringing",
        };
        return names[state];
}
