#include "gateway/check_phones.h"

#include <inttypes.h>

#include "config/nearest.h"
#include "gateway/check_tls.h"
#include "gateway/feature_keys.h"
#include "gateway/gateway.h"
#include "gateway/soft_keys.h"
#include "sccp/takes.h"

static const char *nearest_model(const char *name)
{
        struct nearest nearest = {.word = name};
        const struct sccp_model *model;
        for (size_t i = 0; (model = sccp_model_at(i)) != NULL; i++)
                nearest_offer(&nearest, model->name);
        return nearest.best;
}

static const char *nearest_addon(const char *name)
{
        struct nearest nearest = {.word = name};
        const struct sccp_addon *addon;
        for (size_t i = 0; (addon = sccp_addon_at(i)) != NULL; i++)
                nearest_offer(&nearest, addon->name);
        return nearest.best;
}

static void check_model(const struct config_phone *phone, struct config_report *report)
{
        if (!phone->model || sccp_model_by_name(phone->model))
                return;
        const char *meant = nearest_model(phone->model);
        config_report_add(report, CONFIG_WARNING, &phone->model_place,
                          "%s is no model this gateway knows, so the phone's own word counts%s%s%s", phone->model,
                          meant ? "; did you mean '" : "", meant ? meant : "", meant ? "'?" : "");
}

static void check_addons(const struct config_phone *phone, struct config_report *report)
{
        for (size_t i = 0; i < phone->addons.count; i++) {
                const char *name = phone->addons.at[i], *meant = nearest_addon(name);
                if (!sccp_addon_by_name(name))
                        config_report_add(report, CONFIG_ERROR, &phone->addons_place,
                                          "%s is no key module this gateway knows%s%s%s", name,
                                          meant ? "; did you mean '" : "", meant ? meant : "", meant ? "'?" : "");
        }
}

void profile_addons(const struct config_phone *phone, struct sccp_profile *profile)
{
        size_t known = 0;
        for (size_t i = 0; i < phone->addons.count && known < SCCP_ADDONS_MAX; i++) {
                profile->addons[known] = sccp_addon_by_name(phone->addons.at[i]);
                known += profile->addons[known] != NULL;
        }
}

static unsigned buttons_without_key(const struct config_phone *phone, const struct sccp_model *model)
{
        static const struct sccp_profile_button kinds[] = {[BUTTON_EMPTY] = {.kind = SCCP_SLOT_EMPTY},
                                                           [BUTTON_LINE] = {.kind = SCCP_SLOT_LINE},
                                                           [BUTTON_SPEED_DIAL] = {.kind = SCCP_SLOT_SPEED_DIAL},
                                                           [BUTTON_FEATURE] = {.kind = SCCP_SLOT_FEATURE},
                                                           [BUTTON_SERVICE] = {.kind = SCCP_SLOT_SERVICE}};
        struct sccp_profile_button buttons[PROFILE_BUTTONS_MAX] = {0};
        size_t n = phone->n_buttons < PROFILE_BUTTONS_MAX ? phone->n_buttons : PROFILE_BUTTONS_MAX;
        struct sccp_profile profile = {.buttons = buttons, .n_buttons = n};
        for (size_t i = 0; i < n; i++)
                buttons[i] = kinds[phone->buttons[i].kind];
        profile_addons(phone, &profile);
        struct sccp_setup *setup = sccp_setup_new(&profile, model);
        unsigned dropped = setup ? sccp_setup_dropped(setup) : 0;
        sccp_setup_free(setup);
        return dropped;
}

/* Only of a model that is named: the phone may be anything else. */
static void check_buttons(const struct config_phone *phone, struct config_report *report)
{
        const struct sccp_model *model = phone->model ? sccp_model_by_name(phone->model) : NULL;
        unsigned left = model ? buttons_without_key(phone, model) : 0;
        if (phone->n_buttons > SCCP_KEYS_MAX)
                config_report_add(report, CONFIG_WARNING, &phone->place,
                                  "%s has %zu keys, and phones are told of %d at most", phone->name, phone->n_buttons,
                                  SCCP_KEYS_MAX);
        if (left)
                config_report_add(report, CONFIG_WARNING, &phone->place, "%u of the keys of %s find no place on a %s%s",
                                  left, phone->name, model->name,
                                  phone->addons.count ? " with its key modules" : "; has it key modules (addons)?");
}

bool phone_has_soft_keys(const struct sccp_model *model)
{
        static const struct sccp_message select = {.id = SCCP_SELECT_SOFT_KEYS};
        return sccp_takes(model, 0, &select);
}

static void check_soft_keys(const struct config_phone *phone, struct config_report *report)
{
        const struct sccp_model *model = phone->model ? sccp_model_by_name(phone->model) : NULL;
        if (model && phone->softkeys_place.file && !phone_has_soft_keys(model))
                config_report_add(report, CONFIG_WARNING, &phone->softkeys_place, "a %s has no soft keys", model->name);
}

void check_phones(const struct config *config, struct config_report *report)
{
        soft_keys_check(config, report);
        for (size_t i = 0; i < config->n_phones; i++) {
                check_model(&config->phones[i], report);
                check_addons(&config->phones[i], report);
                check_buttons(&config->phones[i], report);
                check_soft_keys(&config->phones[i], report);
                feature_keys_check(&config->phones[i], report);
        }
}

struct config *check_file(const char *path, struct config_report *report)
{
        struct config *config = config_load(path, report);
        if (config) {
                check_phones(config, report);
                check_tls(config, report);
        }
        if (!config || !report->errors)
                return config;
        config_free(config);
        return NULL;
}
