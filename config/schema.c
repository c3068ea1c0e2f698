/* The option table as JSON Schema (draft 2020-12), for editors. Plain numbers in YAML may stand for texts, because we
 * read every value as text. A shape is a line of JSON with the scope below it in its place. */
#include "config/emit.h"
#include "config/option.h"

#define DIALECT "https://json-schema.org/draft/2020-12/schema"
#define TEXT    "\"type\": [\"string\", \"integer\"]"
#define BELOW   "{\"$ref\": \"#/$defs/%s\"}"

static void print_words(const struct option *option, FILE *to)
{
        fputs("\"enum\": [", to);
        for (const char *const *word = option->words; *word; word++) {
                fputs(word == option->words ? "" : ", ", to);
                emit_quoted(to, *word);
        }
        fputc(']', to);
}

/* What one value may be: the option's, or an item's of its list. */
static void print_value(const struct option *option, FILE *to)
{
        const struct kind *kind = option->kind;
        if (option->words) {
                print_words(option, to);
                return;
        }
        if (kind->look == LOOK_FLAG) {
                fputs("\"type\": \"boolean\"", to);
                return;
        }
        fputs(kind->look == LOOK_NUMBER ? "\"type\": \"integer\"" : TEXT, to);
        if (kind->look == LOOK_NUMBER)
                fprintf(to, ", \"minimum\": %ld, \"maximum\": %ld", option->min, option->max);
        else if (kind->limits == LIMITS_LENGTH)
                fprintf(to, ", \"minLength\": %ld, \"maxLength\": %ld", option->min, option->max);
        if (kind->pattern) {
                fputs(", \"pattern\": ", to);
                emit_quoted(to, kind->pattern);
        }
}

/* A list, or one item alone. */
static void print_list(const struct option *option, FILE *to)
{
        fputs("\"anyOf\": [{", to);
        print_value(option, to);
        fprintf(to, "}, {\"type\": \"array\", \"minItems\": %ld, \"maxItems\": %ld, \"uniqueItems\": %s, \"items\": {",
                option->min, option->max, option->kind->repeats ? "false" : "true");
        print_value(option, to);
        fputs("}}]", to);
}

static void print_shape(const struct option *option, FILE *to)
{
        const char *below = option->scope ? option->scope->id : NULL;
        switch (option->kind->shape) {
        case SHAPE_VALUE:
                print_value(option, to);
                break;
        case SHAPE_LIST:
                print_list(option, to);
                break;
        case SHAPE_SECTION:
                fprintf(to, "\"anyOf\": [" BELOW ", {\"type\": \"null\"}]", below);
                break;
        case SHAPE_RULES:
                fprintf(to, "\"type\": \"array\", \"maxItems\": %ld, \"items\": " BELOW, option->max, below);
                break;
        case SHAPE_PBXS:
                fprintf(to, "\"anyOf\": [" BELOW ", {\"type\": \"object\", \"additionalProperties\": " BELOW "}]",
                        below, below);
                break;
        case SHAPE_LINES:
                fprintf(to, "\"type\": \"object\", \"additionalProperties\": " BELOW, below);
                break;
        case SHAPE_PHONES: /* a phone with nothing to say about it is null */
                fprintf(to,
                        "\"type\": \"object\", \"additionalProperties\": {\"anyOf\": [" BELOW
                        ", {\"type\": \"null\"}]}",
                        below);
                break;
        case SHAPE_PHONE_LINES:
                fprintf(to, "\"type\": \"array\", \"maxItems\": %ld, \"items\": {\"anyOf\": [{" TEXT "}, " BELOW "]}",
                        option->max, below);
                break;
        case SHAPE_BUTTONS:
                fprintf(to,
                        "\"type\": \"array\", \"maxItems\": %ld, \"items\": {\"anyOf\": [{\"const\": \"empty\"}, " BELOW
                        "]}",
                        option->max, below);
                break;
        case SHAPE_LINE:
                fprintf(to, "\"anyOf\": [{" TEXT "}, " BELOW "]", below);
                break;
        case SHAPE_INCLUDE:
                fprintf(to,
                        "\"anyOf\": [{\"type\": \"string\"}, {\"type\": \"array\", \"maxItems\": %ld, \"items\": "
                        "{\"type\": \"string\"}}]",
                        option->max);
                break;
        }
}

static void print_option(const struct option *option, const char *indent, bool first, FILE *to)
{
        fprintf(to, "%s\n%s\"%s\": {\"description\": ", first ? "" : ",", indent, option->name);
        emit_quoted(to, option->help ? option->help : option->scope->help);
        fputs(", ", to);
        print_shape(option, to);
        fputc('}', to);
}

static void print_required(const struct scope *scope, FILE *to)
{
        const char *before = "\"required\": [";
        for (const struct option *option = scope->options(); option->name; option++) {
                if (!option->required)
                        continue;
                fprintf(to, "%s\"%s\"", before, option->name);
                before = ", ";
        }
        fputs(*before == ',' ? "], " : "", to);
}

static void print_scope(const struct scope *scope, const char *indent, FILE *to)
{
        fputs("\"type\": \"object\", ", to);
        print_required(scope, to);
        fputs("\"additionalProperties\": false, \"properties\": {", to);
        for (const struct option *option = scope->options(); option->name; option++)
                print_option(option, indent, option == scope->options(), to);
        fputc('}', to);
}

void config_print_schema(FILE *to)
{
        fputs("{\n  \"$schema\": \"" DIALECT "\",\n  \"title\": \"sccpgw configuration\",\n  ", to);
        print_scope(option_scopes[0], "    ", to);
        fputs(",\n  \"$defs\": {", to);
        for (const struct scope *const *scope = option_scopes + 1; *scope; scope++) {
                fprintf(to, "%s\n    \"%s\": {", scope == option_scopes + 1 ? "" : ",", (*scope)->id);
                print_scope(*scope, "      ", to);
                fputc('}', to);
        }
        fputs("\n  }\n}\n", to);
}
