/* A configuration back to text, secrets masked: parsing what is printed gives the same values. */
#include <string.h>

#include "config/emit.h"
#include "config/mask.h"
#include "config/option.h"

struct print {
        struct emit e;
        const struct config *config;
};

static void print_scope(struct print *p, const struct scope *scope, const void *base);

/* `key` is NULL for items of lists; what is not set is not printed. */
static void print_value(struct print *p, const struct option *option, const char *key, const void *at,
                        const void *second)
{
        struct printing printing = {.option = option, .at = at, .second = second, .config = p->config};
        const char *text = option->kind->print(&printing);
        if (!text)
                return;
        if (option->secret && *text)
                text = MASKED;
        if (option->kind->look == LOOK_QUOTED)
                emit_text(&p->e, key, text);
        else if (option->kind->look == LOOK_WORD)
                emit_word(&p->e, key, text);
        else
                emit_raw(&p->e, key, text);
}

static const void *pointer_at(const void *at)
{
        const void *pointer;
        memcpy(&pointer, at, sizeof(pointer));
        return pointer;
}

static size_t count_at(const void *at)
{
        size_t count;
        memcpy(&count, at, sizeof(count));
        return count;
}

static void print_list(struct print *p, const struct option *option, const char *base)
{
        const char *items = option->kind->in_place ? base + option->place : pointer_at(base + option->place);
        size_t count = count_at(base + option->second);
        emit_list(&p->e, option->name);
        for (size_t i = 0; i < count; i++)
                print_value(p, option, NULL, items + i * option->kind->item, NULL);
        emit_end(&p->e);
}

static void print_rules(struct print *p, const struct option *option, const char *base)
{
        const char *rules = pointer_at(base + option->place);
        size_t count = count_at(base + option->second);
        emit_list(&p->e, option->name);
        for (size_t i = 0; i < count; i++) {
                emit_map(&p->e, NULL);
                print_scope(p, option->scope, rules + i * option->size);
                emit_end(&p->e);
        }
        emit_end(&p->e);
}

static void print_section(struct print *p, const char *key, const struct scope *scope, const void *base)
{
        emit_map(&p->e, key);
        print_scope(p, scope, base);
        emit_end(&p->e);
}

static void print_pbxs(struct print *p, const struct option *option)
{
        emit_map(&p->e, option->name);
        for (size_t i = 0; i < p->config->n_pbxs; i++)
                print_section(p, p->config->pbxs[i].name, option->scope, &p->config->pbxs[i]);
        emit_end(&p->e);
}

static void print_lines(struct print *p, const struct option *option)
{
        emit_map(&p->e, option->name);
        for (size_t i = 0; i < p->config->n_lines; i++)
                print_section(p, p->config->lines[i].id, option->scope, &p->config->lines[i]);
        emit_end(&p->e);
}

static void print_phones(struct print *p, const struct option *option)
{
        emit_map(&p->e, option->name);
        for (size_t i = 0; i < p->config->n_phones; i++)
                print_section(p, p->config->phones[i].name, option->scope, &p->config->phones[i]);
        emit_end(&p->e);
}

static void print_button(struct print *p, const struct config_button *button)
{
        switch (button->kind) {
        case BUTTON_EMPTY:
                emit_word(&p->e, NULL, "empty");
                break;
        case BUTTON_LINE:
                emit_map(&p->e, NULL);
                emit_text(&p->e, "line", p->config->lines[button->line].id);
                emit_end(&p->e);
                break;
        case BUTTON_SPEED_DIAL:
                emit_map(&p->e, NULL);
                emit_text(&p->e, "speeddial", button->number);
                emit_text(&p->e, "label", button->label);
                if (button->blf)
                        emit_raw(&p->e, "blf", "true");
                emit_end(&p->e);
                break;
        }
}

static void print_buttons(struct print *p, const struct option *option, const struct config_phone *phone)
{
        emit_list(&p->e, option->name);
        for (size_t i = 0; i < phone->n_buttons; i++)
                print_button(p, &phone->buttons[i]);
        emit_end(&p->e);
}

static void print_option(struct print *p, const struct option *option, const char *base)
{
        switch (option->kind->shape) {
        case SHAPE_VALUE:
                print_value(p, option, option->name, base + option->place, base + option->second);
                break;
        case SHAPE_LIST:
                print_list(p, option, base);
                break;
        case SHAPE_SECTION:
                print_section(p, option->name, option->scope, base);
                break;
        case SHAPE_RULES:
                print_rules(p, option, base);
                break;
        case SHAPE_PBXS:
                print_pbxs(p, option);
                break;
        case SHAPE_LINES:
                print_lines(p, option);
                break;
        case SHAPE_PHONES:
                print_phones(p, option);
                break;
        case SHAPE_BUTTONS:
                print_buttons(p, option, (const struct config_phone *)base);
                break;
        case SHAPE_PHONE_LINES: /* printed as buttons */
        case SHAPE_LINE:
        case SHAPE_INCLUDE: /* joined */
                break;
        }
}

static void print_scope(struct print *p, const struct scope *scope, const void *base)
{
        for (const struct option *option = scope->options(); option->name; option++)
                print_option(p, option, base);
}

static void print(const struct config *config, FILE *to, enum emit_format format)
{
        struct print p = {.config = config};
        emit_start(&p.e, to, format);
        print_scope(&p, option_scopes[0], config);
        emit_finish(&p.e);
}

void config_print(const struct config *config, FILE *to)
{
        print(config, to, EMIT_YAML);
}

void config_print_json(const struct config *config, FILE *to)
{
        print(config, to, EMIT_JSON);
}
