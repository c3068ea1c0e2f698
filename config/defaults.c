/* The commented reference file: every option with its default. As it stands it is a valid configuration of defaults;
 * with the `#` removed in front of options that have none it is a valid one with examples. */
#include <string.h>

#include "config/emit.h"
#include "config/option.h"

#define HELP_WIDTH 100

struct layout {
        FILE *to;
        unsigned depth;
        bool off; /* everything below is commented out */
};

static const char intro[] =
        "# sccpgw configuration: every option with its default.\n"
        "# Options without one are commented out and show an example; remove their `#` to use them.\n"
        "# The reference is docs/configuration.md; `sccpgw check` tells what is wrong with a file.\n";

static void print_scope(const struct layout *layout, const struct scope *scope);

static void indent(const struct layout *layout, bool off)
{
        fputs(off ? "#" : "", layout->to);
        for (unsigned i = 0; i < layout->depth; i++)
                fputs("  ", layout->to);
}

/* Wrapped between words. */
static void print_help(const struct layout *layout, const char *help)
{
        while (*help) {
                size_t len = strlen(help);
                if (len > HELP_WIDTH)
                        for (len = HELP_WIDTH; len > 1 && help[len] != ' '; len--)
                                ;
                indent(layout, false);
                fprintf(layout->to, "# %.*s\n", (int)len, help);
                help += len + strspn(help + len, " ");
        }
}

static void print_preset(const struct option *option, FILE *to)
{
        if (option->kind->shape == SHAPE_LIST && option->kind->look == LOOK_QUOTED) { /* one address */
                fputc('[', to);
                emit_quoted(to, option->preset);
                fputc(']', to);
        } else if (option->kind->shape == SHAPE_LIST) {
                fprintf(to, "[%s]", option->preset);
        } else if (option->kind->look == LOOK_QUOTED) {
                emit_quoted(to, option->preset);
        } else {
                fputs(option->preset, to);
        }
}

static void print_value(const struct layout *layout, const struct option *option)
{
        bool off = layout->off || !(option->preset || option->required);
        print_help(layout, option->help);
        if (!option->preset && !option->example)
                return;
        indent(layout, off);
        fprintf(layout->to, "%s: ", option->name);
        if (option->preset)
                print_preset(option, layout->to);
        else
                fputs(option->example, layout->to);
        if (option->otherwise)
                fprintf(layout->to, "  # default: %s", option->otherwise);
        fputc('\n', layout->to);
}

static void print_section(const struct layout *layout, const char *name, const struct scope *scope, bool off)
{
        struct layout below = {.to = layout->to, .depth = layout->depth + 1, .off = off};
        indent(layout, off);
        fprintf(layout->to, "%s:\n", name);
        print_scope(&below, scope);
}

/* An example of a named mapping, such as a phone. */
static void print_named(const struct layout *layout, const struct option *option, const char *name, bool off)
{
        const struct layout below = {.to = layout->to, .depth = layout->depth + 1, .off = off};
        print_help(layout, option->help);
        indent(layout, off);
        fprintf(layout->to, "%s:\n", option->name);
        print_section(&below, name, option->scope, off);
}

static void print_option(const struct layout *layout, const struct option *option)
{
        switch (option->kind->shape) {
        case SHAPE_VALUE:
        case SHAPE_LIST:
        case SHAPE_RULES:
        case SHAPE_PHONE_LINES:
        case SHAPE_BUTTONS:
        case SHAPE_LINE:
        case SHAPE_INCLUDE:
                print_value(layout, option);
                break;
        case SHAPE_SECTION:
                print_help(layout, option->scope->help);
                print_section(layout, option->name, option->scope, layout->off);
                break;
        case SHAPE_PBXS:
                print_named(layout, option, "main", layout->off);
                break;
        case SHAPE_LINES:
                print_named(layout, option, "reception", true);
                break;
        case SHAPE_SOFTKEYS:
                print_named(layout, option, "standard", true);
                break;
        case SHAPE_PHONES:
                print_named(layout, option, "SEP001122334455", true);
                break;
        }
}

static void print_scope(const struct layout *layout, const struct scope *scope)
{
        for (const struct option *option = scope->options(); option->name; option++) {
                if (!layout->depth)
                        fputc('\n', layout->to);
                print_option(layout, option);
        }
}

void config_print_defaults(FILE *to)
{
        const struct layout layout = {.to = to};
        fputs(intro, to);
        print_scope(&layout, option_scopes[0]);
}
