/* A file as a tree of texts, lists and mappings, each knowing its place. Nodes live in an arena and an alias shares the
 * node it names, so a tree may be far larger than its file: walk it only where a limit holds. */
#ifndef SCCPGW_CONFIG_TREE_H
#define SCCPGW_CONFIG_TREE_H

#include "config/arena.h"
#include "config/report.h"

enum node_kind { NODE_TEXT, NODE_LIST, NODE_MAPPING };

struct node {
        enum node_kind kind;
        struct place place;
        const char *text;  /* NODE_TEXT: no NUL inside, valid UTF-8 */
        const char *tag;   /* "!env"; NULL when none, or when it has been answered */
        bool quoted;       /* "..." or '...': the text begins one column behind the place */
        bool empty;        /* nothing written, or "~": as if the option were absent */
        bool from_secrets; /* the text came from secrets.yaml */
        bool broken;       /* why is in the report; do not read it */
        struct child *first, *last;
        size_t count;
        struct node *next_tagged;
};

struct child {
        struct node *key; /* NULL in lists */
        struct node *value;
        struct child *next;
};

const char *node_kind_name(const struct node *node); /* "a text", "a list", "a mapping" */
void node_append(struct arena *arena, struct node *parent, struct node *key, struct node *value);
void node_remove(struct node *parent, const struct child *child);
/* The child of that name, NULL when there is none. */
const struct child *node_child(const struct node *mapping, const char *name);
struct node *node_value(const struct node *mapping, const char *name); /* NULL: none, or the parent is no mapping */
/* Where section.option stands; the section's or the tree's place when it is not written. */
struct place node_place(const struct node *root, const char *section, const char *option);

/* Which comes first: below, above or equal to 0. */
int node_compare_places(const struct node *one, const struct node *other);

/* An error for every key that is in the mapping more than once. */
void node_refuse_duplicates(const struct node *mapping, struct config_report *report);

#endif
