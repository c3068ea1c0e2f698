/* Values from one configuration into another, as if its file said them. */
#include <assert.h>
#include <string.h>

#include "config/diff.h"
#include "config/option.h"
#include "config/owned.h"

struct config_place owned_place(const struct config *config, const char *name)
{
        const struct option_place *at = ((const struct owned_config *)config)->places;
        while (at && strcmp(at->name, name) != 0)
                at = at->next;
        return at ? at->place : (struct config_place){.file = NULL};
}

/* What was printed is read. False: it was not set, and is not now. */
static bool copy_value(struct owned_config *to, const struct option *option, const struct config *from,
                       const char *from_at, const char *from_second, char *to_at, char *to_second)
{
        struct printing printing = {.option = option, .at = from_at, .second = from_second, .config = from};
        const char *text = option->kind->print(&printing);
        struct reading reading = {
                .option = option, .at = to_at, .second = to_second, .arena = &to->arena, .config = &to->config};
        if (!text)
                return false;
        bool read = option->kind->read(&reading, text);
        assert(read); /* it was read before */
        return true;
}

static void copy_list(struct owned_config *to, const struct option *option, const struct config *from)
{
        const char *a = (const char *)from;
        char *b = (char *)&to->config, *items;
        const char *old;
        size_t count, size = option->kind->item;
        assert(!option->kind->in_place);
        memcpy(&old, a + option->place, sizeof old);
        memcpy(&count, a + option->second, sizeof count);
        items = old ? arena_alloc(&to->arena, (count + 1) * size) : NULL;
        for (size_t i = 0; i < count; i++)
                copy_value(to, option, from, old + i * size, NULL, items + i * size, NULL);
        memcpy(b + option->place, &items, sizeof items);
        memcpy(b + option->second, &count, sizeof count);
}

static void keep_scope(struct owned_config *to, const struct config *from, const struct scope *scope)
{
        const char *a = (const char *)from;
        char *b = (char *)&to->config;
        for (const struct option *option = scope->options(); option->name; option++) {
                if (option->kind->shape == SHAPE_SECTION)
                        keep_scope(to, from, option->scope);
                else if (option->cost != RESTART)
                        continue;
                else if (option->kind->shape == SHAPE_LIST)
                        copy_list(to, option, from);
                else if (option->kind->shape == SHAPE_VALUE &&
                         !copy_value(to, option, from, a + option->place, a + option->second, b + option->place,
                                     b + option->second))
                        memset(b + option->place, 0, option->size);
        }
}

void config_keep(struct config *to, const struct config *from)
{
        keep_scope((struct owned_config *)to, from, option_scopes[0]);
}
