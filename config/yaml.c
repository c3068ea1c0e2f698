/* libfyaml's events to our own nodes: its documents would expand what we want to bound, and stop at the first problem.
 * Recursion follows the nesting of the text, which is limited. */
#include "config/yaml.h"

#include <libfyaml.h>
#include <string.h>

#include "config/merge.h"
#include "gateway/base/text.h"

#define STANDARD_TAGS "tag:yaml.org,2002:"

struct anchor {
        const char *name;
        struct node *node;
        struct anchor *older;
};

struct reader {
        struct fy_diag *diag;
        struct fy_parser *parser;
        struct arena *arena;
        struct config_report *report;
        struct anchor *anchors;
        unsigned n_anchors, depth;
        size_t merge_budget;
        struct place last; /* of the newest event that had one: an empty value has none */
        bool failed;       /* reported; stop reading */
        struct yaml *out;
};

static struct node *read_node(struct reader *r, struct fy_event *event);

#define REFUSE(r, place, ...)                                                                                          \
        do {                                                                                                           \
                report_error((r)->report, place, __VA_ARGS__);                                                         \
                (r)->failed = true;                                                                                    \
        } while (0)

static const char *token_text(struct reader *r, struct fy_token *token, size_t *len)
{
        *len = 0;
        const char *text = token ? fy_token_get_text(token, len) : NULL;
        return arena_text(r->arena, text ? text : "", text ? *len : 0);
}

/* The next event, to be freed by the caller; NULL at a syntax error. */
static struct fy_event *next_event(struct reader *r)
{
        struct fy_event *event = r->failed ? NULL : fy_parser_parse(r->parser);
        const struct fy_mark *mark = event ? fy_event_start_mark(event) : NULL;
        if (mark) {
                r->last.line = (unsigned)mark->line + 1;
                r->last.column = (unsigned)mark->column + 1;
        }
        return event;
}

static void free_event(struct reader *r, struct fy_event *event)
{
        if (event)
                fy_parser_event_free(r->parser, event);
}

/* An anchor is known from the end of its node on: a node cannot contain itself. */
static void remember_anchor(struct reader *r, const char *name, struct node *node)
{
        if (!name)
                return;
        if (++r->n_anchors > YAML_ANCHORS_MAX) {
                REFUSE(r, node->place, "more than %d anchors in one file", YAML_ANCHORS_MAX);
                return;
        }
        struct anchor *anchor = arena_alloc(r->arena, sizeof(*anchor));
        *anchor = (struct anchor){.name = name, .node = node, .older = r->anchors};
        r->anchors = anchor;
}

static struct node *read_alias(struct reader *r, struct fy_event *event)
{
        size_t len;
        const char *name = token_text(r, event->alias.anchor, &len);
        struct place place = r->last;
        place.column -= place.column > 1; /* libfyaml's mark is behind the asterisk */
        for (const struct anchor *anchor = r->anchors; anchor; anchor = anchor->older)
                if (text_equal(anchor->name, name))
                        return anchor->node;
        report_error(r->report, place, "no anchor '&%s' is complete before this alias", name);
        struct node *node = arena_alloc(r->arena, sizeof(*node));
        *node = (struct node){.place = place, .text = "", .broken = true};
        return node;
}

/* Our own tags stay for the caller; `!!str` and the like say nothing new, every scalar is text. */
static void take_tag(struct reader *r, struct node *node, struct fy_token *token)
{
        size_t len;
        if (!token)
                return;
        node->tag = token_text(r, token, &len);
        if (strncmp(node->tag, STANDARD_TAGS, strlen(STANDARD_TAGS)) == 0 || text_equal(node->tag, "!"))
                node->tag = NULL;
        if (!node->tag)
                return;
        if (node->kind == NODE_TEXT) {
                *(r->out->tagged ? &r->out->last_tagged->next_tagged : &r->out->tagged) = node;
                r->out->last_tagged = node;
        } else {
                report_error(r->report, node->place, "tag %s cannot stand before %s", node->tag, node_kind_name(node));
        }
}

static struct node *node_new(struct reader *r, enum node_kind kind, struct fy_token *tag)
{
        struct node *node = arena_alloc(r->arena, sizeof(*node));
        *node = (struct node){.kind = kind, .place = r->last};
        take_tag(r, node, tag);
        return node;
}

static struct node *read_text(struct reader *r, struct fy_event *event)
{
        struct node *node = node_new(r, NODE_TEXT, event->scalar.tag);
        enum fy_scalar_style style = fy_token_scalar_style(event->scalar.value);
        size_t len;
        node->text = token_text(r, event->scalar.value, &len);
        node->quoted = style == FYSS_SINGLE_QUOTED || style == FYSS_DOUBLE_QUOTED;
        node->place.column -= node->quoted && node->place.column > 1; /* libfyaml's mark is behind the quote */
        node->empty = style == FYSS_PLAIN && !node->tag && (len == 0 || text_equal(node->text, "~"));
        if (strlen(node->text) != len || !text_is_utf8(node->text, len)) {
                report_error(r->report, node->place, "the escapes in this text do not make valid UTF-8 without NUL");
                node->broken = true;
        }
        return node;
}

static struct node *read_list(struct reader *r, struct fy_event *event)
{
        struct node *node = node_new(r, NODE_LIST, event->sequence_start.tag);
        for (;;) {
                struct fy_event *item = next_event(r);
                bool end = !item || item->type == FYET_SEQUENCE_END;
                struct node *value = end ? NULL : read_node(r, item);
                free_event(r, item);
                if (end || !value)
                        return end && item ? node : NULL;
                node_append(r->arena, node, NULL, value);
        }
}

static struct node *read_value(struct reader *r)
{
        struct fy_event *event = next_event(r);
        struct node *value = event ? read_node(r, event) : NULL;
        free_event(r, event);
        return value;
}

static bool is_usable_key(struct reader *r, const struct node *key)
{
        if (key->kind == NODE_TEXT && !key->tag && !key->broken)
                return true;
        report_error(r->report, key->place, "a key must be a plain text");
        return false;
}

static struct node *read_mapping(struct reader *r, struct fy_event *event)
{
        struct node *node = node_new(r, NODE_MAPPING, event->mapping_start.tag);
        for (;;) {
                struct fy_event *item = next_event(r);
                bool end = !item || item->type == FYET_MAPPING_END;
                struct node *key = end ? NULL : read_node(r, item);
                struct node *value = key ? read_value(r) : NULL;
                free_event(r, item);
                if (!item || (!end && !value))
                        return NULL;
                if (end)
                        break;
                if (is_usable_key(r, key))
                        node_append(r->arena, node, key, value);
        }
        if (!merge_keys(node, r->arena, r->report, &r->merge_budget))
                REFUSE(r, node->place, "the merge keys (<<) of this file expand to far too much");
        else
                node_refuse_duplicates(node, r->report);
        return node;
}

static struct node *read_anchored(struct reader *r, struct fy_event *event)
{
        struct node *node = NULL;
        struct fy_token *token = NULL;
        if (event->type == FYET_SCALAR) {
                token = event->scalar.anchor;
                node = read_text(r, event);
        } else if (event->type == FYET_SEQUENCE_START) {
                token = event->sequence_start.anchor;
                node = read_list(r, event);
        } else if (event->type == FYET_MAPPING_START) {
                token = event->mapping_start.anchor;
                node = read_mapping(r, event);
        }
        size_t len;
        if (node && token)
                remember_anchor(r, token_text(r, token, &len), node);
        return node;
}

/* NULL when reading cannot go on. The event stays the caller's. */
static struct node *read_node(struct reader *r, struct fy_event *event)
{
        if (event->type == FYET_ALIAS)
                return read_alias(r, event);
        if (r->depth == YAML_DEPTH_MAX) {
                REFUSE(r, r->last, "nested deeper than %d levels", YAML_DEPTH_MAX);
                return NULL;
        }
        r->depth++;
        struct node *node = read_anchored(r, event);
        r->depth--;
        return r->failed ? NULL : node;
}

static void read_stream(struct reader *r)
{
        bool more = true;
        for (unsigned documents = 0; more && !r->failed;) {
                struct fy_event *event = next_event(r);
                more = event && event->type != FYET_STREAM_END;
                if (event && event->type == FYET_DOCUMENT_START && ++documents > 1)
                        REFUSE(r, r->last, "a second document begins here; a configuration is one document");
                bool content = event && (event->type == FYET_SCALAR || event->type == FYET_ALIAS ||
                                         event->type == FYET_SEQUENCE_START || event->type == FYET_MAPPING_START);
                if (content)
                        r->out->root = read_node(r, event);
                free_event(r, event);
                more = more && (!content || r->out->root);
        }
}

/* What libfyaml objected to; its positions count from 1 already. False when it did not object. */
static bool report_syntax(struct reader *r)
{
        void *at = NULL;
        struct fy_diag_error *error = fy_diag_errors_iterate(r->diag, &at);
        if (!error)
                return false;
        struct place place = r->last;
        if (error->line > 0 && error->column > 0) {
                place.line = (unsigned)error->line;
                place.column = (unsigned)error->column;
        }
        REFUSE(r, place, "not valid YAML: %s", error->msg);
        return true;
}

static bool open_parser(struct reader *r, const struct source *source)
{
        struct fy_diag_cfg quiet = {.level = FYET_ERROR, .module_mask = ~0u};
        r->diag = fy_diag_create(&quiet);
        if (!r->diag)
                return false;
        fy_diag_set_collect_errors(r->diag, true);
        struct fy_parse_cfg how = {.flags = FYPCF_QUIET | FYPCF_COLLECT_DIAG | FYPCF_DEFAULT_VERSION_1_2,
                                   .diag = r->diag};
        r->parser = fy_parser_create(&how);
        return r->parser && fy_parser_set_string(r->parser, source->text, source->len) == 0;
}

bool yaml_read(const struct source *source, struct arena *arena, struct config_report *report, struct yaml *out)
{
        struct reader r = {.arena = arena,
                           .report = report,
                           .merge_budget = YAML_MERGED_MAX,
                           .last = {.source = source, .line = 1, .column = 1},
                           .out = out};
        *out = (struct yaml){0};
        if (open_parser(&r, source))
                read_stream(&r);
        else
                REFUSE(&r, r.last, "the YAML reader does not start");
        if (!r.failed && !report_syntax(&r) && fy_parser_get_stream_error(r.parser))
                REFUSE(&r, r.last, "not valid YAML");
        fy_parser_destroy(r.parser);
        fy_diag_destroy(r.diag);
        return !r.failed;
}
