/* docs/configuration.md from the option table: a section per scope, a row per option. */
#include <string.h>

#include "config/option.h"

static const char intro[] =
        "# Configuration\n"
        "\n"
        "<!-- Made from config/options.def: change the table, then run test_config_document with RENEW=1. -->\n"
        "\n"
        "One YAML file, `/etc/sccpgw/sccpgw.yaml` unless `-c` or `SCCPGW_CONFIG` says otherwise. The smallest useful "
        "one:\n"
        "\n"
        "```yaml\n"
        "version: 1\n"
        "pbx: {address: 192.0.2.5}\n"
        "phones:\n"
        "  SEP001122334455:\n"
        "    lines:\n"
        "      - {number: \"1001\", password: change-me}\n"
        "```\n"
        "\n"
        "`sccpgw check` lists every problem with file, line and column; `sccpgw defaults` prints a commented file with "
        "every "
        "option;\n"
        "`sccpgw schema` prints a JSON Schema for editors.\n"
        "\n"
        "* Every value is read as the text it is: `0123` keeps its zero, `off` is a word. Unknown options are errors.\n"
        "* Durations have a unit: `500ms`, `30s`, `5m`, `1h`. Where a list is expected, one value alone is a list of "
        "one.\n"
        "* `!env NAME` is the value of an environment variable; `!env NAME?` leaves the option out where there is "
        "none.\n"
        "* `!secret NAME` is a value of `secrets.yaml` beside the file, a flat mapping that only options marked "
        "*secret* "
        "may\n"
        "  use; nothing of it is ever shown.\n"
        "* `include` joins other files; anchors, aliases and merge keys (`<<`) work as in any YAML.\n"
        "* *A change needs* tells what a changed value costs in a running gateway.\n";

static void print_limit(const struct option *option, long limit, FILE *to)
{
        char text[KIND_TEXT_SIZE];
        if (option->kind->unit_ms) {
                kind_print_duration(text, sizeof(text), limit, (long)option->kind->unit_ms);
                fputs(text, to);
        } else {
                fprintf(to, "%ld", limit);
        }
}

static void print_words(const struct option *option, FILE *to)
{
        for (const char *const *word = option->words; *word; word++)
                fprintf(to, "%s`%s`", word == option->words ? "" : ", ", *word);
}

static void print_kind(const struct option *option, FILE *to)
{
        const struct kind *kind = option->kind;
        if (option->words) {
                print_words(option, to);
                return;
        }
        fprintf(to, "%s%s", kind->shape == SHAPE_LIST ? "list: " : "", kind->name);
        if (kind->limits == LIMITS_LENGTH) {
                fprintf(to, ", at most %ld characters", option->max);
        } else if (kind->limits == LIMITS_VALUE && option->min < option->max) {
                fputs(", ", to);
                print_limit(option, option->min, to);
                fputs(" to ", to);
                print_limit(option, option->max, to);
        } else if (option->max > 1) {
                fprintf(to, ", at most %ld", option->max);
        }
}

static void print_preset(const struct option *option, FILE *to)
{
        if (option->required)
                fputs("**required**", to);
        else if (option->preset && !*option->preset)
                fputs("empty", to);
        else if (option->preset)
                fprintf(to, "`%s`", option->preset);
        else
                fputs(option->otherwise ? option->otherwise : "none", to);
}

static void print_option(const struct option *option, FILE *to)
{
        fprintf(to, "| `%s` | ", option->name);
        print_kind(option, to);
        fputs(" | ", to);
        print_preset(option, to);
        fprintf(to, " | %s | %s%s", option_cost_text(option->cost), option->secret ? "*Secret.* " : "", option->help);
        if (option->example)
                fprintf(to, " Example: `%s`", option->example);
        fputs(" |\n", to);
}

static void print_section(const struct option *option, FILE *to)
{
        fprintf(to, "| `%s` | %s | | | %s See [%s](#", option->name, option->kind->name, option->scope->help,
                option->scope->name);
        for (const char *at = option->scope->name; *at; at++) /* as Markdown makes anchors of headings */
                if (!strchr(".[]", *at))
                        fputc(*at >= 'A' && *at <= 'Z' ? *at - 'A' + 'a' : *at, to);
        fputs("). |\n", to);
}

void config_print_reference(FILE *to)
{
        fputs(intro, to);
        for (const struct scope *const *scope = option_scopes; *scope; scope++) {
                fprintf(to, "\n## %s\n\n%s\n\n", (*scope)->name, (*scope)->help);
                fputs("| option | value | default | a change needs | meaning |\n|---|---|---|---|---|\n", to);
                for (const struct option *option = (*scope)->options(); option->name; option++)
                        (option->kind->shape == SHAPE_SECTION ? print_section : print_option)(option, to);
        }
}
