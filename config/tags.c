/* secrets.yaml is a flat mapping beside the first file; it is read when the first secret is asked for, and nothing of
 * it is ever shown. */
#include "config/tags.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "config/nearest.h"
#include "config/source.h"
#include "config/yaml.h"
#include "gateway/base/text.h"

#define SECRETS_FILE "secrets.yaml"

static void refuse_secrets(struct loader *loader, const struct node *root)
{
        for (const struct child *child = root->first; child; child = child->next)
                if (child->value->kind != NODE_TEXT || child->value->tag)
                        report_error(loader->report, child->key->place, "a secret must be a plain text");
}

static void read_secrets(struct loader *loader, struct place asked)
{
        struct yaml yaml;
        unsigned mode = 0;
        loader->secrets_read = true;
        const char *path = path_join(loader->arena, loader->folder, SECRETS_FILE);
        struct source *source = source_open(loader, path, asked, &mode);
        if (!source)
                return;
        source->all_secret = true;
        if (mode & S_IROTH)
                report_warning(loader->report, (struct place){.source = source},
                               "everybody on this machine can read this file; `chmod o= %s` helps", path);
        if (!source_is_text(source, loader->report) || !yaml_read(source, loader->arena, loader->report, &yaml) ||
            !yaml.root)
                return;
        if (yaml.root->kind == NODE_MAPPING) {
                loader->secrets = yaml.root;
                refuse_secrets(loader, yaml.root);
        } else {
                report_error(loader->report, yaml.root->place, "secrets are a mapping (name: value)");
        }
}

/* Only names are offered, never values. */
static void refuse_unknown(struct loader *loader, const struct node *node)
{
        struct nearest nearest = {.word = node->text};
        for (const struct child *child = loader->secrets->first; child; child = child->next)
                nearest_offer(&nearest, child->key->text);
        if (nearest.best)
                report_error(loader->report, node->place, "no secret '%s' in " SECRETS_FILE "; did you mean '%s'?",
                             node->text, nearest.best);
        else
                report_error(loader->report, node->place, "no secret '%s' in " SECRETS_FILE, node->text);
}

static const char *secret_value(struct loader *loader, struct node *node)
{
        if (!loader->folder) {
                report_error(loader->report, node->place, "no secrets can be had here: this text is in no folder");
                return NULL;
        }
        if (!loader->secrets_read)
                read_secrets(loader, node->place);
        node->from_secrets = true;
        if (!loader->secrets)
                return NULL; /* why was said with the first secret */
        const struct node *value = node_value(loader->secrets, node->text);
        if (!value)
                refuse_unknown(loader, node);
        return value && value->kind == NODE_TEXT && !value->broken ? value->text : NULL;
}

/* A name with a question mark behind it may be missing: then the option is as if it were not written. */
static const char *env_value(struct loader *loader, struct node *node)
{
        size_t len = strlen(node->text);
        bool optional = len && node->text[len - 1] == '?';
        const char *name = arena_text(loader->arena, node->text, len - optional);
        const char *value = getenv(name);
        if (optional && (!value || !*value)) {
                node->empty = true;
                return "";
        }
        if (!value)
                report_error(loader->report, node->place, "the environment variable %s is not set", name);
        else if (!text_is_utf8(value, strlen(value)))
                report_error(loader->report, node->place, "the environment variable %s is not UTF-8", name);
        else
                return arena_text(loader->arena, value, strlen(value));
        return NULL;
}

static void answer(struct loader *loader, struct node *node)
{
        const char *value = NULL;
        if (text_equal(node->tag, "!env"))
                value = env_value(loader, node);
        else if (text_equal(node->tag, "!secret"))
                value = secret_value(loader, node);
        else
                report_error(loader->report, node->place, "unknown tag %s; there are !env and !secret", node->tag);
        node->tag = NULL;
        node->broken |= !value;
        node->text = value ? value : "";
}

void tags_answer(struct loader *loader, struct node *tagged)
{
        for (; tagged; tagged = tagged->next_tagged)
                answer(loader, tagged);
}
