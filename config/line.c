/* Lines: those under lines: and those written inside their phone. Each is one number at one PBX. */
#include <stdlib.h>
#include <string.h>

#include "config/build.h"
#include "gateway/base/text.h"

static const struct scope *line_scope(void)
{
        return option_find(option_scopes[0], "lines")->scope;
}

static void derive(struct config_line *line)
{
        if (!line->label)
                line->label = line->number;
        if (!line->user)
                line->user = line->number;
        if (!line->auth_user)
                line->auth_user = line->user;
}

/* NULL when there are too many. `id` lives as long as the configuration. */
struct built_line *build_line(struct build *build, const char *id, struct node *node, struct place place)
{
        const struct option *lines = option_find(option_scopes[0], "lines");
        if ((long)build->n_lines == lines->max) {
                report_error(build->report, place, "more than %ld lines", lines->max);
                return NULL;
        }
        struct built_line *built = arena_alloc(build->scratch, sizeof(*built));
        const struct node *number = node_value(node, "number");
        *built = (struct built_line){.line = {.id = id, .pbx = build->config->defaults.pbx},
                                     .place = place,
                                     .number = number ? number->place : place,
                                     .index = build->n_lines++};
        build_scope(build, line_scope(), node, place, &built->line);
        derive(&built->line);
        if (build->last_line)
                build->last_line->next = built;
        else
                build->first_line = built;
        build->last_line = built;
        return built;
}

static int compare_index(const struct built_line *a, const struct built_line *b)
{
        return a->index < b->index ? -1 : a->index > b->index;
}

static int compare_ids(const void *a, const void *b)
{
        const struct built_line *one = *(struct built_line *const *)a, *other = *(struct built_line *const *)b;
        int order = strcmp(one->line.id, other->line.id);
        return order ? order : compare_index(one, other);
}

static struct built_line **all_lines(struct build *build)
{
        struct built_line **lines = arena_alloc(build->scratch, (build->n_lines + 1) * sizeof(struct built_line *));
        for (struct built_line *line = build->first_line; line; line = line->next)
                lines[line->index] = line;
        return lines;
}

void build_lines(struct build *build)
{
        struct node *node = node_value(build->root, "lines");
        bool given = build_takes(build, node, NODE_MAPPING, "lines");
        for (const struct child *child = given ? node->first : NULL; child; child = child->next) {
                const char *id = build_name(build, child->key);
                if (!build_line(build, id ? id : "", child->value, child->key->place))
                        break;
        }
        build->named = all_lines(build);
        build->n_named = build->n_lines;
        qsort(build->named, build->n_named, sizeof(*build->named), compare_ids);
}

static int compare_numbers(const void *a, const void *b)
{
        const struct config_line *one = &(*(struct built_line *const *)a)->line;
        const struct config_line *other = &(*(struct built_line *const *)b)->line;
        if (one->pbx != other->pbx)
                return one->pbx < other->pbx ? -1 : 1;
        int order = strcmp(one->number ? one->number : "", other->number ? other->number : "");
        return order ? order : compare_index(*(struct built_line *const *)a, *(struct built_line *const *)b);
}

static void refuse_twin_numbers(struct build *build, struct built_line **lines)
{
        qsort(lines, build->n_lines, sizeof(*lines), compare_numbers);
        for (size_t i = 1; i < build->n_lines; i++) {
                const struct built_line *before = lines[i - 1], *line = lines[i];
                if (line->line.number && text_equal(before->line.number, line->line.number) &&
                    before->line.pbx == line->line.pbx)
                        report_error(build->report, line->number, "number %s is already that of line '%s'",
                                     line->line.number, before->line.id);
        }
}

static void refuse_twin_ids(struct build *build, struct built_line **lines)
{
        qsort(lines, build->n_lines, sizeof(*lines), compare_ids);
        for (size_t i = 1; i < build->n_lines; i++)
                if (lines[i]->index >= build->n_named && text_equal(lines[i]->line.id, lines[i - 1]->line.id))
                        report_error(build->report, lines[i]->place,
                                     "this line would be called '%s', as another one already is", lines[i]->line.id);
}

void build_settle_lines(struct build *build)
{
        struct built_line **lines = all_lines(build);
        struct config_line *settled = arena_alloc(build->arena, (build->n_lines + 1) * sizeof(*settled));
        for (size_t i = 0; i < build->n_lines; i++) {
                settled[i] = lines[i]->line;
                if (!lines[i]->phone)
                        report_warning(build->report, lines[i]->place, "line '%s' is on no phone", settled[i].id);
        }
        build->config->lines = settled;
        build->config->n_lines = build->n_lines;
        refuse_twin_numbers(build, lines);
        refuse_twin_ids(build, lines);
}
