/* Soft keys by name. Which keys there are is checked by whoever has them. */
#include "config/build.h"
#include "gateway/base/text.h"

#define STANDARD "standard"

static void remember_states(struct build *build, const struct option *option, const struct node *node,
                            struct config_softkeys *softkeys)
{
        size_t i = 0;
        for (const struct option *state = option->scope->options(); state->name; state++)
                build_remember_place(build, node_value(node, state->name), &softkeys->states[i++].place);
}

static void read_softkeys(struct build *build, const struct option *option, const struct child *child,
                          struct config_softkeys *softkeys)
{
        build_remember_place(build, child->key, &softkeys->place);
        build_scope(build, option->scope, child->value, child->key->place, softkeys);
        remember_states(build, option, child->value, softkeys);
}

void build_softkeys(struct build *build, const struct option *option, struct node *node)
{
        bool given = build_takes(build, node, NODE_MAPPING, option->name) && build_counts(build, option, node);
        struct config_softkeys *all = arena_alloc(build->arena, ((given ? node->count : 0) + 1) * sizeof(*all));
        size_t count = 1;
        all[0].name = STANDARD;
        for (const struct child *child = given ? node->first : NULL; child; child = child->next) {
                const char *name = build_name(build, child->key);
                struct config_softkeys *softkeys = name && text_equal(name, STANDARD) ? &all[0] : &all[count++];
                softkeys->name = name ? name : "";
                read_softkeys(build, option, child, softkeys);
        }
        build->config->softkeys = all;
        build->config->n_softkeys = count;
}
