/* Building and searching the tree of a file. */
#include "config/tree.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/text.h"

const char *node_kind_name(const struct node *node)
{
        switch (node->kind) {
        case NODE_TEXT:
                return "a text";
        case NODE_LIST:
                return "a list";
        case NODE_MAPPING:
                return "a mapping";
        }
        return "";
}

void node_append(struct arena *arena, struct node *parent, struct node *key, struct node *value)
{
        struct child *child = arena_alloc(arena, sizeof(*child));
        *child = (struct child){.key = key, .value = value};
        if (parent->last)
                parent->last->next = child;
        else
                parent->first = child;
        parent->last = child;
        parent->count++;
}

void node_remove(struct node *parent, const struct child *child)
{
        struct child *before = NULL;
        for (struct child *at = parent->first; at; before = at, at = at->next) {
                if (at != child)
                        continue;
                *(before ? &before->next : &parent->first) = at->next;
                if (parent->last == at)
                        parent->last = before;
                parent->count--;
                return;
        }
}

const struct child *node_child(const struct node *mapping, const char *name)
{
        if (!mapping || mapping->kind != NODE_MAPPING)
                return NULL;
        for (const struct child *child = mapping->first; child; child = child->next)
                if (text_equal(child->key->text, name))
                        return child;
        return NULL;
}

struct node *node_value(const struct node *mapping, const char *name)
{
        const struct child *child = node_child(mapping, name);
        return child ? child->value : NULL;
}

struct place node_place(const struct node *root, const char *section, const char *option)
{
        const struct child *outer = node_child(root, section);
        const struct child *inner = outer ? node_child(outer->value, option) : NULL;
        if (inner)
                return inner->value->place;
        return outer ? outer->key->place : root->place;
}

int node_compare_places(const struct node *one, const struct node *other)
{
        struct place a = one->place, b = other->place;
        if (a.source->order != b.source->order)
                return a.source->order < b.source->order ? -1 : 1;
        if (a.line != b.line)
                return a.line < b.line ? -1 : 1;
        return a.column < b.column ? -1 : a.column > b.column;
}

static int compare_keys(const void *a, const void *b)
{
        const struct node *one = *(const struct node *const *)a, *other = *(const struct node *const *)b;
        int order = strcmp(one->text, other->text);
        return order ? order : node_compare_places(one, other);
}

static void refuse_twin(const struct node *key, const struct node *first, struct config_report *report)
{
        if (key->place.source == first->place.source)
                report_error(report, key->place, "'%s' is given twice; first in line %u", key->text, first->place.line);
        else
                report_error(report, key->place, "'%s' is given twice; first in %s, line %u", key->text,
                             first->place.source->name, first->place.line);
}

/* Sorted, because a hostile file may have a mapping of a hundred thousand keys. */
void node_refuse_duplicates(const struct node *mapping, struct config_report *report)
{
        if (mapping->count < 2)
                return;
        const struct node **keys = calloc(mapping->count, sizeof(*keys));
        assert(keys);
        size_t n = 0;
        for (const struct child *child = mapping->first; child; child = child->next)
                keys[n++] = child->key;
        qsort(keys, n, sizeof(*keys), compare_keys);
        for (size_t i = 1; i < n; i++)
                if (text_equal(keys[i]->text, keys[i - 1]->text))
                        refuse_twin(keys[i], keys[i - 1], report);
        free(keys);
}
