/* A tree per file, then one tree of all. */
#include "config/load.h"

#include <string.h>

#include "config/include.h"
#include "config/source.h"
#include "config/tags.h"
#include "config/yaml.h"
#include "gateway/base/text.h"

static struct node *empty_mapping(struct loader *loader, const struct source *source)
{
        struct node *node = arena_alloc(loader->arena, sizeof(*node));
        *node = (struct node){.kind = NODE_MAPPING, .place = {.source = source, .line = 1, .column = 1}};
        return node;
}

/* NULL: reported, and the tree stays incomplete. */
static struct node *read_tree(struct loader *loader, const struct source *source)
{
        struct yaml yaml;
        if (!source_is_text(source, loader->report) || !yaml_read(source, loader->arena, loader->report, &yaml)) {
                loader->incomplete = true;
                return NULL;
        }
        tags_answer(loader, yaml.tagged);
        if (!yaml.root || yaml.root->empty)
                return empty_mapping(loader, source);
        if (yaml.root->kind == NODE_MAPPING)
                return yaml.root;
        report_error(loader->report, yaml.root->place, "the file must be a mapping (name: value), not %s",
                     node_kind_name(yaml.root));
        loader->incomplete = true;
        return NULL;
}

struct node *load_source(struct loader *loader, const struct source *source)
{
        struct node *root = read_tree(loader, source);
        if (root)
                include_join(loader, source, root);
        return root;
}

struct node *load_file(struct loader *loader, const char *path)
{
        struct source *source = source_open(loader, path, (struct place){0}, NULL);
        if (source)
                return load_source(loader, source);
        loader->incomplete = true;
        return NULL;
}

struct node *load_text(struct loader *loader, const char *name, const char *text, size_t len)
{
        struct source *source = source_new(loader, name, loader->folder);
        loader->bytes = len;
        if (len <= LOAD_BYTES_MAX) {
                source_fill(loader, source, text, len);
                return load_source(loader, source);
        }
        report_error(loader->report, (struct place){.source = source}, "a configuration has at most 4 MB");
        loader->incomplete = true;
        return NULL;
}
