/* A walk over the table along the tree: known options are read in the order of the table, unknown ones reported. PBXs
 * come first, because others name them, then the sections, then lines and phones, which take defaults from those. */
#include "config/build.h"

#include <string.h>
#include <unistd.h>

#include "config/nearest.h"
#include "config/owned.h"
#include "config/uri.h"
#include "gateway/base/text.h"

#define LOCALTIME "/etc/localtime"

void build_remember_place(struct build *build, const struct node *node, struct config_place *place)
{
        char line[EXCERPT_SIZE];
        const char *source = node ? report_excerpt(node->place, line) : NULL;
        if (!node)
                return;
        place->file = arena_text(build->arena, node->place.source->name, strlen(node->place.source->name));
        place->line = node->place.line;
        place->column = node->place.column;
        if (source)
                place->source = arena_text(build->arena, source, strlen(source));
}

/* Looked for in the scope first, then everywhere, for those who put it in the wrong place. */
static void refuse_unknown(struct build *build, const struct scope *scope, const struct node *key)
{
        struct nearest here = {.word = key->text}, there = here;
        const struct scope *other = NULL;
        if (build->report->count == REPORT_MAX) { /* nobody will read the rest: do not search for it */
                report_error(build->report, key->place, "unknown option '%s'", key->text);
                return;
        }
        for (const struct option *option = scope->options(); option->name; option++)
                nearest_offer(&here, option->name);
        for (const struct scope *const *any = option_scopes; *any; any++)
                for (const struct option *option = (*any)->options(); option->name; option++)
                        if (nearest_offer(&there, option->name))
                                other = *any;
        if (here.best)
                report_error(build->report, key->place, "unknown option '%s'; did you mean '%s'?", key->text,
                             here.best);
        else if (other)
                report_error(build->report, key->place, "unknown option '%s' here; did you mean '%s' of %s?", key->text,
                             there.best, other->name);
        else
                report_error(build->report, key->place, "unknown option '%s'", key->text);
}

static void read_rules(struct build *build, const struct option *option, struct node *node, void *base)
{
        if (!node || !build_takes(build, node, NODE_LIST, option->name) || !build_counts(build, option, node))
                return;
        size_t count = 0;
        char *rules = arena_alloc(build->arena, (node->count + 1) * option->size);
        for (const struct child *item = node->first; item; item = item->next)
                build_scope(build, option->scope, item->value, item->value->place, rules + count++ * option->size);
        memcpy((char *)base + option->place, &rules, sizeof(rules));
        memcpy((char *)base + option->second, &count, sizeof(count));
}

/* Whoever reloads is told where it stands. */
static void note_place(struct build *build, const struct option *option, struct node *node)
{
        struct option_place *place;
        if (!node || node->empty || option->cost != RESTART || !build->places)
                return;
        place = arena_alloc(build->arena, sizeof *place);
        build_remember_place(build, node, &place->place);
        place->name = arena_printf(build->arena, "%s%s%s", build->path, *build->path ? "." : "", option->name);
        place->next = *build->places;
        *build->places = place;
}

static void read_section(struct build *build, const struct option *option, struct node *node, struct place place,
                         void *base)
{
        const char *path = build->path;
        build->path = arena_printf(build->scratch, "%s%s%s", path, *path ? "." : "", option->name);
        build_scope(build, option->scope, node, place, base);
        build->path = path;
}

static void read_option(struct build *build, const struct option *option, struct node *node, struct place place,
                        void *base)
{
        note_place(build, option, node);
        switch (option->kind->shape) {
        case SHAPE_VALUE:
                build_value(build, option, node, base);
                break;
        case SHAPE_LIST:
                build_list(build, option, node, base);
                break;
        case SHAPE_SECTION:
                read_section(build, option, node, place, base);
                break;
        case SHAPE_RULES:
                read_rules(build, option, node, base);
                break;
        case SHAPE_SOFTKEYS:
                build_softkeys(build, option, node);
                break;
        case SHAPE_PBXS: /* before everything else */
        case SHAPE_LINES:
        case SHAPE_PHONES: /* after everything else */
        case SHAPE_PHONE_LINES:
        case SHAPE_BUTTONS:
        case SHAPE_LINE: /* with their phone */
        case SHAPE_INCLUDE:
                break;
        }
}

void build_scope(struct build *build, const struct scope *scope, struct node *node, struct place place, void *base)
{
        bool given = node && build_takes(build, node, NODE_MAPPING, scope->name);
        for (const struct child *child = given ? node->first : NULL; child; child = child->next)
                if (!option_find(scope, child->key->text))
                        refuse_unknown(build, scope, child->key);
        for (const struct option *option = scope->options(); option->name; option++) {
                const struct child *child = given ? node_child(node, option->name) : NULL;
                bool empty = !child || child->value->empty;
                if (option->required && empty && (given || !node || node->empty))
                        report_error(build->report, child ? child->key->place : place, "%s is missing", option->name);
                read_option(build, option, child ? child->value : NULL, child ? child->key->place : place, base);
        }
}

/* The host of the address, which is what most PBXs take for their domain. */
static void derive_domain(struct build *build, struct config_pbx *pbx)
{
        size_t len;
        if (pbx->domain || !pbx->address)
                return;
        const char *host = uri_host(pbx->address, &len);
        pbx->domain = arena_text(build->arena, host, len);
}

static void read_pbx(struct build *build, const struct scope *scope, struct node *node, struct place place,
                     struct config_pbx *pbx)
{
        build_scope(build, scope, node, place, pbx);
        derive_domain(build, pbx);
}

/* Several, if every value under `pbx:` is a mapping itself. */
static bool are_named(const struct node *node)
{
        const struct child *first = node && node->kind == NODE_MAPPING ? node->first : NULL;
        for (const struct child *child = first; child; child = child->next)
                if (child->value->kind != NODE_MAPPING && !child->value->empty)
                        return false;
        return first && first->value->kind == NODE_MAPPING;
}

static void build_pbxs(struct build *build, const struct option *option)
{
        struct node *node = node_value(build->root, option->name);
        bool named = are_named(node);
        size_t count = named ? node->count : 1, i = 0;
        if (named)
                build_counts(build, option, node);
        struct config_pbx *pbxs = arena_alloc(build->arena, count * sizeof(*pbxs));
        for (const struct child *child = named ? node->first : NULL; child; child = child->next) {
                const char *name = build_name(build, child->key);
                pbxs[i].name = name ? name : "";
                read_pbx(build, option->scope, child->value, child->key->place, &pbxs[i++]);
        }
        if (!named) {
                pbxs->name = "main";
                read_pbx(build, option->scope, node, build->root->place, pbxs);
        }
        build->config->pbxs = pbxs;
        build->config->n_pbxs = count;
}

static const char *host_name(struct build *build)
{
        char name[256] = "";
        gethostname(name, sizeof(name) - 1);
        size_t len = strcspn(name, ".");
        return len && text_is_utf8(name, len) ? arena_text(build->arena, name, len) : "sccpgw";
}

/* The link /etc/localtime leads to .../zoneinfo/ZONE. */
static const char *machine_zone(struct build *build)
{
        char target[256] = "";
        static const char folder[] = "/zoneinfo/";
        if (readlink(LOCALTIME, target, sizeof(target) - 1) < 0)
                return "UTC";
        const char *zone = strstr(target, folder);
        return zone ? arena_text(build->arena, zone + strlen(folder), strlen(zone + strlen(folder))) : "UTC";
}

/* A certificate and its key may be in one file. */
static void derive_tls(struct build *build)
{
        struct config_tls *tls = &build->config->sccp.tls;
        const struct node *node = node_value(node_value(build->root, "sccp"), "tls");
        if (!tls->key)
                tls->key = tls->cert;
        build_remember_place(build, node_value(node, "cert"), &tls->cert_place);
        build_remember_place(build, node_value(node, "key"), &tls->key_place);
        build_remember_place(build, node_value(node, "client_ca"), &tls->client_ca_place);
        if (!tls->key_place.file)
                tls->key_place = tls->cert_place;
}

static void derive_root(struct build *build)
{
        struct config *config = build->config;
        derive_tls(build);
        if (!config->node.name)
                config->node.name = host_name(build);
        if (!config->defaults.timezone)
                config->defaults.timezone = machine_zone(build);
}

void build_config(struct build *build)
{
        build->path = "";
        const struct scope *root = option_scopes[0];
        build_pbxs(build, option_find(root, "pbx"));
        build_scope(build, root, build->root, build->root->place, build->config);
        derive_root(build);
        build_lines(build);
        build_phones(build);
        build_settle_lines(build);
}
