/* Keys written in the mapping itself always win, wherever the `<<` stands. Lent keys share their nodes. */
#include "config/merge.h"

#include "gateway/base/text.h"

static const struct child *merge_child(const struct node *mapping)
{
        for (const struct child *child = mapping->first; child; child = child->next)
                if (!child->key->quoted && text_equal(child->key->text, "<<"))
                        return child;
        return NULL;
}

static bool lend(struct node *to, const struct node *from, struct arena *arena, size_t *budget)
{
        for (const struct child *child = from->first; child; child = child->next) {
                if (*budget <= to->count)
                        return false;
                *budget -= to->count + 1;
                if (!node_child(to, child->key->text))
                        node_append(arena, to, child->key, child->value);
        }
        return true;
}

static bool merge_value(struct node *to, const struct node *from, struct arena *arena, struct config_report *report,
                        size_t *budget)
{
        if (from->kind == NODE_MAPPING)
                return lend(to, from, arena, budget);
        if (!from->broken)
                report_error(report, from->place, "<< takes a mapping or a list of mappings, not %s",
                             node_kind_name(from));
        return true;
}

bool merge_keys(struct node *mapping, struct arena *arena, struct config_report *report, size_t *budget)
{
        for (const struct child *merge = merge_child(mapping); merge; merge = merge_child(mapping)) {
                const struct node *from = merge->value;
                if (*budget <= mapping->count)
                        return false;
                *budget -= mapping->count;
                node_remove(mapping, merge);
                if (from->kind != NODE_LIST && !merge_value(mapping, from, arena, report, budget))
                        return false;
                const struct child *item = from->kind == NODE_LIST ? from->first : NULL;
                for (; item; item = item->next)
                        if (!merge_value(mapping, item->value, arena, report, budget))
                                return false;
        }
        return true;
}
