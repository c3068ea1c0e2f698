/* Patterns to files, files to trees, trees into one. Patterns that match nothing are fine, paths must exist. */
#include "config/include.h"

#include <glob.h>
#include <string.h>

#include "config/source.h"
#include "gateway/base/text.h"

#define PATTERNS_MAX 64

static void join_section(struct loader *loader, struct node *to, const struct node *from)
{
        for (const struct child *child = from->first; child; child = child->next)
                node_append(loader->arena, to, child->key, child->value);
        node_refuse_duplicates(to, loader->report);
}

static bool is_same_version(const struct child *one, const struct child *other)
{
        return text_equal(one->key->text, "version") && text_equal(one->value->text, other->value->text);
}

static void join(struct loader *loader, struct node *to, const struct node *from)
{
        for (const struct child *child = from->first; child; child = child->next) {
                const struct child *there = node_child(to, child->key->text);
                if (there && there->value->kind == NODE_MAPPING && child->value->kind == NODE_MAPPING)
                        join_section(loader, there->value, child->value);
                else if (!there || !is_same_version(there, child))
                        node_append(loader->arena, to, child->key, child->value);
        }
        node_refuse_duplicates(to, loader->report);
}

/* Is the file already being read, here or in one that includes this one? */
static bool is_cycle(const struct source *source, const struct source *included)
{
        for (; source; source = source->included_by)
                if (included->real_path && text_equal(source->real_path, included->real_path))
                        return true;
        return false;
}

static unsigned depth_of(const struct source *source)
{
        unsigned depth = 0;
        for (; source; source = source->included_by)
                depth++;
        return depth;
}

static void include_file(struct loader *loader, const struct source *by, struct node *root, const char *path,
                         struct place where)
{
        struct source *source = source_open(loader, path, where, NULL);
        bool cycle = source && is_cycle(by, source);
        const struct node *tree = NULL;
        if (cycle)
                report_error(loader->report, where, "%s includes itself", path);
        else if (depth_of(by) == LOAD_DEPTH_MAX)
                report_error(loader->report, where, "%s is included too deeply", path);
        else if (source) {
                source->included_by = by;
                tree = load_source(loader, source);
        }
        if (tree)
                join(loader, root, tree);
        else
                loader->incomplete = true;
}

static void include_pattern(struct loader *loader, const struct source *by, struct node *root,
                            const struct node *pattern)
{
        glob_t found = {0};
        if (pattern->broken)
                return;
        const char *path = path_join(loader->arena, by->folder, pattern->text);
        bool is_pattern = strpbrk(path, "*?[") != NULL;
        int status = glob(path, is_pattern ? 0 : GLOB_NOCHECK, NULL, &found);
        if (status != 0 && status != GLOB_NOMATCH) {
                report_error(loader->report, pattern->place, "cannot look for %s", path);
                loader->incomplete = true;
        }
        for (size_t i = 0; status == 0 && i < found.gl_pathc; i++)
                include_file(loader, by, root, found.gl_pathv[i], pattern->place);
        globfree(&found);
}

static void include_node(struct loader *loader, const struct source *by, struct node *root, const struct node *node)
{
        if (node->kind != NODE_TEXT || node->empty || node->from_secrets)
                report_error(loader->report, node->place, "include takes a path or a list of paths");
        else if (!by->folder)
                report_error(loader->report, node->place, "nothing can be included here: this text is in no folder");
        else
                include_pattern(loader, by, root, node);
}

void include_join(struct loader *loader, const struct source *source, struct node *root)
{
        const struct child *include = node_child(root, "include");
        if (!include)
                return;
        const struct node *value = include->value;
        node_remove(root, include);
        if (value->kind != NODE_LIST) {
                include_node(loader, source, root, value);
                return;
        }
        if (value->count > PATTERNS_MAX)
                report_error(loader->report, value->place, "include takes at most %d paths", PATTERNS_MAX);
        for (const struct child *item = value->count > PATTERNS_MAX ? NULL : value->first; item; item = item->next)
                include_node(loader, source, root, item->value);
}
