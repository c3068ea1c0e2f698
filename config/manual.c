/* sccpgw.yaml(5): the option table for man. Text of the table is Markdown; `code` becomes bold. */
#include <string.h>

#include "config/config.h"
#include "config/option.h"

static const char head[] =
        ".\\\" Made from config/options.def; tests say how.\n"
        ".TH SCCPGW.YAML 5 \"\" \"sccpgw\" \"sccpgw\"\n"
        ".SH NAME\n"
        "sccpgw.yaml \\- configuration of the SCCP\\-to\\-SIP gateway\n"
        ".SH DESCRIPTION\n"
        "One YAML file, /etc/sccpgw/sccpgw.yaml unless \\fB\\-c\\fR or $SCCPGW_CONFIG names another. Everything has a\n"
        "default except the address of the PBX and the lines:\n"
        ".PP\n"
        ".EX\n"
        "version: 1\n"
        "pbx: {address: 192.0.2.5}\n"
        "phones:\n"
        "  SEP001122334455:\n"
        "    lines:\n"
        "      \\- {number: \"1001\", password: change\\-me}\n"
        ".EE\n"
        ".PP\n"
        "Every value is read as the text it is: 0123 keeps its zero, off is a word. Durations have a unit: 500ms, "
        "30s,\n"
        "5m, 1h. Where a list is expected, one value alone is a list of one. \\fB!env NAME\\fR is the value of an\n"
        "environment variable, \\fB!env NAME?\\fR one that may be missing, and \\fB!secret NAME\\fR a value of\n"
        "secrets.yaml beside the file. \\fBsccpgw check\\fR prints every problem with its place, \\fBsccpgw "
        "defaults\\fR\n"
        "a commented file with every option.\n"
        ".SH OPTIONS\n";

static const char foot[] = ".SH SEE ALSO\n"
                           ".BR sccpgw (1)\n";

/* One line: nothing of it may begin with a dot or a quote, be taken for an escape, or lose its hyphens. */
static void print_text(const char *text, FILE *to)
{
        bool bold = false;
        for (; *text; text++) {
                if (*text == '`') {
                        bold = !bold;
                        fputs(bold ? "\\fB" : "\\fR", to);
                } else if (*text == '\\') {
                        fputs("\\e", to);
                } else if (strchr("-'^~", *text)) {
                        fprintf(to, "%s",
                                *text == '-'    ? "\\-"
                                : *text == '\'' ? "\\(aq"
                                : *text == '^'  ? "\\(ha"
                                                : "\\(ti");
                } else if (*text != '*') { /* emphasis */
                        fputc(*text, to);
                }
        }
}

static void print_value(const struct option *option, FILE *to)
{
        const struct kind *kind = option->kind;
        for (const char *const *word = option->words; word && *word; word++) {
                fputs(word == option->words ? "" : ", ", to);
                print_text(*word, to);
        }
        if (option->words)
                return;
        fputs(kind->shape == SHAPE_LIST ? "list: " : "", to);
        print_text(kind->name, to);
}

static void print_default(const struct option *option, FILE *to)
{
        if (option->required) {
                fputs("; required", to);
                return;
        }
        fputs("; default: ", to);
        print_text(option->preset && *option->preset ? option->preset
                   : option->preset                  ? "empty"
                   : option->otherwise               ? option->otherwise
                                                     : "none",
                   to);
}

static void print_option(const struct option *option, FILE *to)
{
        bool section = option->kind->shape == SHAPE_SECTION;
        fputs(".TP\n\\fB", to);
        print_text(option->name, to);
        fputs("\\fR (", to);
        print_value(option, to);
        if (!section)
                print_default(option, to);
        fputs(")\n\\&", to);
        print_text(section ? option->scope->help : option->help, to);
        if (section) {
                fputs(" See ", to);
                print_text(option->scope->name, to);
                fputc('.', to);
        } else if (option->cost != LIVE) {
                fputs(" After a change ", to);
                print_text(option->cost == RESTART ? "the gateway is started anew" : option_cost_text(option->cost),
                           to);
                fputc('.', to);
        }
        fputc('\n', to);
}

void config_print_manual(FILE *to)
{
        fputs(head, to);
        for (const struct scope *const *scope = option_scopes; *scope; scope++) {
                fputs(".SS ", to);
                print_text((*scope)->name, to);
                fputs("\n\\&", to);
                print_text((*scope)->help, to);
                fputc('\n', to);
                for (const struct option *option = (*scope)->options(); option->name; option++)
                        print_option(option, to);
        }
        fputs(foot, to);
}
