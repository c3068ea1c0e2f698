#include "gateway/settings.h"

#include <stdlib.h>

#include "gateway/soft_keys.h"

struct settings *settings_new(struct config *config)
{
        struct settings *settings = calloc(1, sizeof *settings);
        if (settings)
                settings->soft_keys = soft_keys_new(config);
        if (settings && settings->soft_keys) {
                settings->config = config;
                settings->holders = 1;
                return settings;
        }
        free(settings);
        config_free(config);
        return NULL;
}

struct settings *settings_hold(struct settings *settings)
{
        settings->holders++;
        return settings;
}

void settings_let_go(struct settings *settings)
{
        if (!settings || --settings->holders > 0)
                return;
        free(settings->soft_keys);
        config_free(settings->config);
        free(settings);
}
