/* The printed names of values.def, set by set. */
#include "sccp/values.h"

#include <assert.h>
#include <string.h>

struct value {
        uint32_t number;
        const char *name;
};

/* clang-format off */
#define VALUES(set)                   static const struct value values_##set[] = {
#define VALUE(constant, number, name) {(number), (name)},
#define END                           };
#include "sccp/values.def"
/* clang-format on */

static const struct {
        const struct value *rows;
        size_t count;
} sets[SCCP_VALUES_COUNT] = {
#define VALUES(set) [SCCP_VALUES_##set] = {values_##set, sizeof(values_##set) / sizeof(values_##set[0])},
#include "sccp/values.def"
};

const char *sccp_value_at(enum sccp_values set, size_t index, uint32_t *number)
{
        assert(set < SCCP_VALUES_COUNT);
        if (index >= sets[set].count)
                return NULL;
        *number = sets[set].rows[index].number;
        return sets[set].rows[index].name;
}

const char *sccp_value_name(enum sccp_values set, uint32_t number)
{
        uint32_t found;
        const char *name;
        for (size_t i = 0; (name = sccp_value_at(set, i, &found)); i++)
                if (found == number)
                        return name;
        return NULL;
}

bool sccp_value_parse(enum sccp_values set, const char *name, uint32_t *number)
{
        const char *found;
        for (size_t i = 0; (found = sccp_value_at(set, i, number)); i++)
                if (strcmp(found, name) == 0)
                        return true;
        return false;
}
