/* A file to a configuration: load, build, check; all or nothing. */
#include "config/config.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "config/build.h"
#include "config/check.h"
#include "config/load.h"
#include "config/owned.h"
#include "config/source.h"
#include "gateway/base/text.h"

void config_free(struct config *config)
{
        struct owned_config *owned = (struct owned_config *)config;
        if (owned)
                arena_free(&owned->arena);
        free(owned);
}

/* NULL when the tree is missing, incomplete, or the report has an error. */
static struct config *make(const struct loader *loader, struct node *root)
{
        if (!root || loader->incomplete)
                return NULL;
        struct owned_config *owned = calloc(1, sizeof(*owned));
        assert(owned);
        struct build build = {.config = &owned->config,
                              .places = &owned->places,
                              .arena = &owned->arena,
                              .scratch = loader->arena,
                              .report = loader->report,
                              .root = root,
                              .folder = loader->folder};
        build_config(&build);
        config_check(&owned->config, root, loader->report);
        if (!loader->report->errors)
                return &owned->config;
        config_free(&owned->config);
        return NULL;
}

struct config *config_load(const char *path, struct config_report *report)
{
        struct arena arena = {0};
        struct loader loader = {.arena = &arena, .report = report, .folder = path_folder(&arena, path)};
        struct config *config = make(&loader, load_file(&loader, path));
        arena_free(&arena);
        return config;
}

struct config *config_parse(const char *text, size_t len, const char *name, const char *folder,
                            struct config_report *report)
{
        struct arena arena = {0};
        struct loader loader = {.arena = &arena, .report = report, .folder = folder};
        struct config *config = make(&loader, load_text(&loader, name, text, len));
        arena_free(&arena);
        return config;
}

static const char *text_below(const struct node *node, const char *name)
{
        node = node && node->kind == NODE_MAPPING ? node_value(node, name) : NULL;
        return node && node->kind == NODE_TEXT && !node->empty ? node->text : NULL;
}

void config_socket(const char *path, char *out, size_t size)
{
        struct arena arena = {0};
        struct config_report report = {0};
        struct loader loader = {.arena = &arena, .report = &report, .folder = path_folder(&arena, path)};
        struct node *root = load_file(&loader, path);
        const struct scope *admin = option_find(option_scopes[0], "admin")->scope;
        const char *said = root && root->kind == NODE_MAPPING ? text_below(node_value(root, "admin"), "socket") : NULL;
        text_copy(out, size, said ? said : option_find(admin, "socket")->preset);
        config_report_free(&report);
        arena_free(&arena);
}

static int compare_name(const void *name, const void *phone)
{
        return strcmp(name, ((const struct config_phone *)phone)->name);
}

const struct config_phone *config_phone(const struct config *config, const char *name)
{
        if (!config->n_phones)
                return NULL;
        return bsearch(name, config->phones, config->n_phones, sizeof(*config->phones), compare_name);
}
