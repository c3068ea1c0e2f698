/* The tree of a file into the struct it stands for, by the option table. */
#ifndef SCCPGW_CONFIG_BUILD_H
#define SCCPGW_CONFIG_BUILD_H

#include "config/option.h"
#include "config/tree.h"

/* A line while phones still claim lines, with what problems about it need. */
struct built_line {
        struct config_line line;
        struct place place, number; /* of its name or mapping, of its number */
        const char *phone;          /* the one it belongs to; NULL: none yet */
        size_t index;               /* in config.lines */
        struct built_line *next;
};

struct build {
        struct config *config;
        struct option_place **places; /* its options that need a restart are added; NULL: nobody asks */
        struct arena *arena;          /* of the configuration */
        struct arena *scratch;        /* of the tree */
        struct config_report *report;
        struct node *root;
        const char *folder;                        /* of the first file; NULL: none */
        struct built_line *first_line, *last_line; /* named ones first, then in the order of the phones */
        const char *path;                          /* of the section that is being read: "media.dscp" */
        size_t n_lines, n_named;
        struct built_line **named; /* those under lines:, sorted by id */
};

/* Everything that can be told from one value at a time, and who refers to whom. Problems are in the report; after an
 * error texts in the config may be NULL. */
void build_config(struct build *build);

/* One mapping into the struct at `base`: what is written, and what holds for the rest. A node that is NULL, empty or
 * broken is like a mapping with nothing in it. `place` is where missing options are reported. */
void build_scope(struct build *build, const struct scope *scope, struct node *node, struct place place, void *base);

/* One option of a scope (value.c); the node may be NULL. */
void build_value(struct build *build, const struct option *option, struct node *node, void *base);
void build_list(struct build *build, const struct option *option, struct node *node, void *base);

/* A name of the file's own, such as a line's: a copy, NULL when it is not one (reported). */
const char *build_name(struct build *build, struct node *key);

/* line.c and phone.c. Lines first, phones next, then the lines of both are settled. */
void build_lines(struct build *build);
struct built_line *build_line(struct build *build, const char *id, struct node *node, struct place place);
void build_phones(struct build *build);
void build_settle_lines(struct build *build);

/* softkeys.c: before whatever names them. */
void build_softkeys(struct build *build, const struct option *option, struct node *node);

/* For problems that only another room can find; a node that is NULL has no place. */
void build_remember_place(struct build *build, const struct node *node, struct config_place *place);

/* Is the node what `name` takes? Empty and broken nodes are not, silently. */
bool build_takes(struct build *build, const struct node *node, enum node_kind kind, const char *name);
/* Within the limits on its items? */
bool build_counts(struct build *build, const struct option *option, const struct node *node);

#endif
