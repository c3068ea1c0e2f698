#include "gateway/feature_keys.h"

#include "config/nearest.h"
#include "gateway/base/text.h"
#include "sccp/input.h"
#include "sccp/softkeys.h"

/* Features that are on or off; the others are never lit. */
static bool holds(const struct phone *phone, const struct phone_view *view)
{
        (void)phone;
        for (size_t i = 0; i < view->n_calls; i++)
                if (view->calls[i]->state == CALL_HELD)
                        return true;
        return false;
}

static bool is_not_to_be_disturbed(const struct phone *phone, const struct phone_view *view)
{
        (void)view;
        return phone->dnd != DND_OFF;
}

static bool forwards(const struct phone *phone, const struct phone_view *view)
{
        (void)view;
        for (unsigned i = 0; i < phone->n_lines; i++)
                if (*phone->lines[i].account->forwards.to[FORWARD_ALL])
                        return true;
        return false;
}

/* A call was begun whose far end is not told who calls. */
static bool is_private(const struct phone *phone, const struct phone_view *view)
{
        (void)phone;
        for (size_t i = 0; i < view->n_calls; i++)
                if (view->calls[i]->anonymous)
                        return true;
        return false;
}

static const struct {
        uint32_t type; /* SCCP_BUTTON_... */
        bool (*is_on)(const struct phone *phone, const struct phone_view *view);
} states[] = {
        {SCCP_BUTTON_HOLD, holds},
        {SCCP_BUTTON_DO_NOT_DISTURB, is_not_to_be_disturbed},
        {SCCP_BUTTON_FORWARD_ALL, forwards},
        {SCCP_BUTTON_PRIVACY, is_private},
};

_Static_assert(sizeof states / sizeof *states <= 32, "phone_shown.features has a bit for each");

uint32_t feature_key_type(const char *name)
{
        return sccp_button_of_key(sccp_soft_key_by_name(name));
}

static void refuse_unknown(const struct config_button *button, struct config_report *report)
{
        struct nearest nearest = {.word = button->feature};
        const char *known;
        for (size_t i = 0; (known = sccp_soft_key_name_at(i)) != NULL; i++)
                if (feature_key_type(known) != SCCP_BUTTON_UNUSED)
                        nearest_offer(&nearest, known);
        config_report_add(report, CONFIG_ERROR, button->place, "%s is no feature this gateway has keys for%s%s%s",
                          button->feature, nearest.best ? "; did you mean '" : "", nearest.best ? nearest.best : "",
                          nearest.best ? "'?" : "");
}

static bool has_before(const struct config_phone *phone, size_t i)
{
        for (size_t before = 0; before < i; before++)
                if (phone->buttons[before].kind == BUTTON_FEATURE &&
                    text_equal(phone->buttons[before].feature, phone->buttons[i].feature))
                        return true;
        return false;
}

void feature_keys_check(const struct config_phone *phone, struct config_report *report)
{
        for (size_t i = 0; i < phone->n_buttons; i++) {
                const struct config_button *button = &phone->buttons[i];
                if (button->kind != BUTTON_FEATURE)
                        continue;
                if (feature_key_type(button->feature) == SCCP_BUTTON_UNUSED)
                        refuse_unknown(button, report);
                else if (has_before(phone, i))
                        config_report_add(report, CONFIG_ERROR, button->place, "%s has two keys for %s", phone->name,
                                          button->feature);
        }
}

void feature_keys_show(struct phone *phone, const struct phone_view *view)
{
        for (size_t i = 0; i < sizeof states / sizeof *states; i++) {
                uint32_t bit = 1u << i, now = states[i].is_on(phone, view) ? bit : 0;
                if (now == (phone->shown.features & bit))
                        continue;
                phone->shown.features ^= bit;
                sccp_session_feature(phone->session, states[i].type, now != 0);
        }
}
