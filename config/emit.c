/* Each item writes what separates it from the one before; containers open when their first child comes, because only
 * then it is known whether a YAML list goes on one line. */
#include "config/emit.h"

#include <assert.h>
#include <ctype.h>
#include <string.h>

static struct emit_level *top(struct emit *e)
{
        return &e->levels[e->depth];
}

/* YAML's line breaks beyond ASCII and the byte order mark; 0 when the character at `at` is none of them. */
static unsigned special_character(const unsigned char *at)
{
        if (at[0] == 0xC2 && at[1] == 0x85)
                return 0x85;
        if (at[0] == 0xE2 && at[1] == 0x80 && (at[2] == 0xA8 || at[2] == 0xA9))
                return 0x2000u + (at[2] & 0x3Fu);
        return at[0] == 0xEF && at[1] == 0xBB && at[2] == 0xBF ? 0xFEFF : 0;
}

void emit_quoted(FILE *to, const char *text)
{
        fputc('"', to);
        for (const unsigned char *at = (const unsigned char *)text; *at; at++) {
                unsigned special = special_character(at);
                if (*at == '"' || *at == '\\')
                        fprintf(to, "\\%c", *at);
                else if (*at < 0x20 || *at == 0x7F)
                        fprintf(to, "\\u%04X", *at);
                else if (special)
                        fprintf(to, "\\u%04X", special);
                else
                        fputc(*at, to);
                if (special)
                        at += special == 0x85 ? 1 : 2;
        }
        fputc('"', to);
}

/* Keys that any YAML reader takes for text stay bare. */
static bool is_bare_key(const char *key)
{
        if (!isalpha((unsigned char)*key))
                return false;
        for (; *key; key++)
                if (!isalnum((unsigned char)*key) && *key != '_' && *key != '-')
                        return false;
        return true;
}

static void put_key(struct emit *e, const char *key)
{
        if (e->format == EMIT_YAML && is_bare_key(key))
                fputs(key, e->to);
        else
                emit_quoted(e->to, key);
        fputc(':', e->to);
}

static void new_line(struct emit *e, unsigned depth)
{
        fputc('\n', e->to);
        for (unsigned i = 0; i < depth; i++)
                fputs("  ", e->to);
}

static void begin_json(struct emit *e)
{
        if (top(e)->any)
                fputc(',', e->to);
        new_line(e, e->depth + 1);
}

static void begin_yaml(struct emit *e, bool container)
{
        struct emit_level *level = top(e);
        if (level->list && !level->any && !level->flow && !container) {
                level->flow = true;
                fputs(" [", e->to);
        }
        if (level->flow) {
                fputs(level->any ? ", " : "", e->to);
                return;
        }
        if (level->any || e->depth)
                new_line(e, e->depth);
        if (level->list)
                fputs("- ", e->to);
}

static void begin(struct emit *e, const char *key, bool container)
{
        if (e->format == EMIT_JSON)
                begin_json(e);
        else
                begin_yaml(e, container);
        if (key)
                put_key(e, key);
        if (key && !(container && e->format == EMIT_YAML && !top(e)->flow))
                fputc(' ', e->to);
        top(e)->any = true;
}

static void open(struct emit *e, const char *key, bool list)
{
        begin(e, key, true);
        bool flow = e->format == EMIT_YAML && (top(e)->flow || top(e)->list);
        e->depth++;
        assert(e->depth < EMIT_DEPTH);
        *top(e) = (struct emit_level){.list = list, .flow = flow};
        if (flow || e->format == EMIT_JSON)
                fputc(list ? '[' : '{', e->to);
}

void emit_start(struct emit *e, FILE *to, enum emit_format format)
{
        *e = (struct emit){.to = to, .format = format};
        if (format == EMIT_JSON)
                fputc('{', to);
}

static void close_container(struct emit *e, struct emit_level level)
{
        if (e->format == EMIT_JSON && level.any)
                new_line(e, e->depth + 1);
        if (e->format == EMIT_JSON || level.flow)
                fputc(level.list ? ']' : '}', e->to);
        else if (!level.any)
                fputs(level.list ? " []" : " {}", e->to);
}

void emit_end(struct emit *e)
{
        struct emit_level level = *top(e);
        assert(e->depth > 0);
        e->depth--;
        close_container(e, level);
}

void emit_finish(struct emit *e)
{
        assert(e->depth == 0);
        fputs(e->format == EMIT_JSON ? "\n}\n" : "\n", e->to);
}

void emit_map(struct emit *e, const char *key)
{
        open(e, key, false);
}

void emit_list(struct emit *e, const char *key)
{
        open(e, key, true);
}

void emit_text(struct emit *e, const char *key, const char *text)
{
        begin(e, key, false);
        emit_quoted(e->to, text);
}

void emit_word(struct emit *e, const char *key, const char *word)
{
        begin(e, key, false);
        if (e->format == EMIT_JSON)
                emit_quoted(e->to, word);
        else
                fputs(word, e->to);
}

void emit_raw(struct emit *e, const char *key, const char *text)
{
        begin(e, key, false);
        fputs(text, e->to);
}

void emit_number(struct emit *e, const char *key, long number)
{
        begin(e, key, false);
        fprintf(e->to, "%ld", number);
}

void emit_bool(struct emit *e, const char *key, bool value)
{
        begin(e, key, false);
        fputs(value ? "true" : "false", e->to);
}
