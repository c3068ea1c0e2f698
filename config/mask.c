/* When in doubt where a value ends or whether its key means a secret, more is hidden, never less. */
#include "config/mask.h"

#include <ctype.h>
#include <string.h>

#include "config/nearest.h"
#include "config/option.h"
#include "gateway/base/text.h"

#define WORD_SIZE 64

/* The end of a quoted text that begins at `at`: behind its closing quote, or the end of the line. */
static char *quoted_end(char *at)
{
        char quote = *at++;
        for (; *at && *at != quote; at++)
                if (quote == '"' && *at == '\\' && at[1])
                        at++;
        return *at ? at + 1 : at;
}

/* Inside `{...}` on one line a plain value ends at a comma; elsewhere commas belong to it. */
static bool is_inside_braces(const char *line, const char *at)
{
        int depth = 0;
        for (; line < at; line++)
                depth += *line == '{' ? 1 : *line == '}' ? -1 : 0;
        return depth > 0;
}

static char *value_end(const char *line, char *value)
{
        if (*value == '"' || *value == '\'')
                return quoted_end(value);
        return value + (is_inside_braces(line, value) ? strcspn(value, ",}") : strlen(value));
}

/* The word that ends in front of the colon, quotes aside. */
static void key_before(const char *line, const char *colon, char word[WORD_SIZE])
{
        const char *end = colon;
        while (end > line && strchr(" \t\"'", end[-1]))
                end--;
        const char *start = end;
        while (start > line && (isalnum((unsigned char)start[-1]) || start[-1] == '_' || start[-1] == '-'))
                start--;
        text_copy_n(word, WORD_SIZE, start, (size_t)(end - start));
}

/* The word as it stands is an option, secret or not, of some scope. */
static bool is_option(const char *word, bool secret)
{
        for (const struct scope *const *scope = option_scopes; *scope; scope++) {
                const struct option *option = option_find(*scope, word);
                if (option && option->secret == secret)
                        return true;
        }
        return false;
}

/* One that is like a secret option may be that one, mistyped, unless it is another one, spelled right: "tone" is no
 * "token". */
static bool means_secret(const char *word)
{
        struct nearest nearest = {.word = word};
        for (const struct scope *const *scope = option_scopes; *scope; scope++)
                for (const struct option *option = (*scope)->options(); option->name; option++)
                        if (option->secret)
                                nearest_offer(&nearest, option->name);
        if (is_option(word, false) && !is_option(word, true))
                return false;
        return nearest.best || strcasestr(word, "pass") || strcasestr(word, "secret");
}

void mask_secrets(char *line)
{
        char word[WORD_SIZE];
        for (char *colon = strchr(line, ':'); colon; colon = strchr(colon, ':')) {
                key_before(line, colon, word);
                char *value = colon + 1 + strspn(colon + 1, " \t");
                colon++;
                if (!means_secret(word) || *value == '!') /* "!secret NAME" tells nothing */
                        continue;
                char *end = value_end(line, value);
                memset(value, '*', (size_t)(end - value));
                colon = end;
        }
}
