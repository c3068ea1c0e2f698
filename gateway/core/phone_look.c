/* What a phone as a whole does about all its calls: ring, speaker, lamps, and whether one more may come. */
#include "gateway/core/phone_find.h"

#define STATUS_BUSY 486

static const struct call *call_at(const struct phone_view *view, int i)
{
        return i == NO_CALL ? NULL : view->calls[i];
}

static const struct call *newest_heard(const struct phone_view *view)
{
        const struct call *found = NULL;
        for (size_t i = 0; i < view->n_calls; i++) {
                const struct call *call = view->calls[i];
                if (call->state == CALL_OFFERED && !call->unheard && (!found || call->age > found->age))
                        found = call;
        }
        return found;
}

/* The oldest one, but those that are heard first. */
static const struct call *ringing_call(const struct phone_view *view)
{
        const struct call *found = NULL;
        for (size_t i = 0; i < view->n_calls; i++) {
                const struct call *call = view->calls[i];
                if (call->state != CALL_OFFERED)
                        continue;
                if (!found || call->unheard < found->unheard ||
                    (call->unheard == found->unheard && call->age < found->age))
                        found = call;
        }
        return found;
}

/* Every call that comes in while another is active is heard once, so the newest counts. Not over another tone: the
 * user would lose that one for good. */
static void look_waiting(const struct phone_view *view, const struct call *active, struct phone_look *out)
{
        struct look look;
        const struct call *waiting = newest_heard(view);
        call_look(active, &look);
        if (!waiting || look.tone != LOOK_TONE_SILENT)
                return;
        out->waiting_line = active->line;
        out->waiting_reference = active->reference;
        out->waiting_for = waiting->reference;
}

/* Who holds a call for long is reminded by a ring, or by a beep in the ear that listens to another one. */
static void look_reminders(const struct phone_view *view, const struct call *active, struct phone_look *out)
{
        for (size_t i = 0; i < view->n_calls; i++) {
                const struct call *call = view->calls[i];
                if (call->state != CALL_HELD || !call->reminders)
                        continue;
                if (active) {
                        out->beeps += call->reminders;
                        out->beep_line = active->line;
                        out->beep_reference = active->reference;
                } else if (out->ring == PHONE_RING_OFF || out->ring == PHONE_RING_REMINDER) {
                        out->ring = PHONE_RING_REMINDER;
                        out->ring_line = call->line;
                        out->ring_reference = call->reference;
                        out->ring_count += call->reminders;
                }
        }
}

void phone_look(const struct phone_view *view, struct phone_look *out)
{
        const struct call *active = call_at(view, phone_find_active(view));
        const struct call *ringing = ringing_call(view);
        *out = (struct phone_look){.speaker = active != NULL, .plane_line = active ? active->line : 0};
        if (active) {
                out->mute = active->muted;
                out->zip_line = active->by_itself ? active->line : 0;
                out->zip_reference = active->by_itself ? active->reference : 0;
        }
        if (ringing) {
                out->ring = ringing->unheard ? PHONE_RING_FLASH : phone_ring_of(ringing);
                out->ring_line = ringing->line;
                out->ring_reference = ringing->reference;
        }
        if (ringing && view->silent)
                out->ring = PHONE_RING_FLASH;
        if (active && ringing) {
                out->ring = PHONE_RING_SILENT;
                if (!view->silent)
                        look_waiting(view, active, out);
        }
        look_reminders(view, active, out);
}

/* A ringing call is shown before an active one, that before held ones: the order of enum look_lamp is not this one. */
static unsigned urgency(enum look_lamp lamp)
{
        static const unsigned ranks[] = {
                [LOOK_LAMP_OFF] = 0,
                [LOOK_LAMP_WINK] = 1,
                [LOOK_LAMP_ON] = 2,
                [LOOK_LAMP_BLINK] = 3,
        };
        return ranks[lamp];
}

enum look_lamp phone_lamp(const struct phone_view *view, unsigned line)
{
        enum look_lamp lamp = LOOK_LAMP_OFF;
        for (size_t i = 0; i < view->n_calls; i++) {
                struct look look;
                if (view->calls[i]->line != line)
                        continue;
                call_look(view->calls[i], &look);
                if (urgency(look.lamp) > urgency(lamp))
                        lamp = look.lamp;
        }
        return lamp;
}

int phone_refuses(const struct phone_view *view, unsigned line)
{
        unsigned count = phone_count_on(view, line);
        return count >= view->busy_trigger || count >= view->max_per_line ? STATUS_BUSY : 0;
}

unsigned phone_call_instance(const struct phone_view *view, const struct call *call)
{
        unsigned instance = 1;
        for (size_t i = 0; i < view->n_calls; i++)
                instance += view->calls[i]->line == call->line && view->calls[i]->age < call->age;
        return instance;
}
