#include "gateway/status/route.h"

#include <string.h>

#include "gateway/base/text.h"

static const char bearer[] = "Bearer ";

/* One part of the path against one of the pattern. */
static bool part_matches(const char *pattern, size_t pattern_len, const char *part, size_t len, char *name)
{
        if (pattern_len != 4 || memcmp(pattern, "NAME", 4) != 0)
                return pattern_len == len && memcmp(pattern, part, len) == 0;
        return len > 0 && len < ROUTE_NAME_SIZE && text_copy_n(name, ROUTE_NAME_SIZE, part, len);
}

static bool path_matches(const char *pattern, const char *path, char *name)
{
        *name = '\0';
        for (;;) {
                size_t pattern_len = strcspn(pattern, "/"), len = strcspn(path, "/");
                if (!part_matches(pattern, pattern_len, path, len, name) || !pattern[pattern_len] != !path[len])
                        return false;
                if (!path[len])
                        return true;
                pattern += pattern_len + 1;
                path += len + 1;
        }
}

static bool method_matches(const char *method, const char *asked)
{
        return text_equal(method, asked) || (text_equal(method, "GET") && text_equal(asked, "HEAD"));
}

enum route_found route_find(const struct route *routes, size_t n, const char *method, const char *path,
                            struct route_match *out)
{
        *out = (struct route_match){.route = NULL};
        for (size_t i = 0; i < n; i++) {
                char name[ROUTE_NAME_SIZE];
                if (!path_matches(routes[i].path, path, name))
                        continue;
                if (method_matches(routes[i].method, method)) {
                        out->route = &routes[i];
                        TEXT_SET(out->name, name);
                        return ROUTE_FOUND;
                }
                text_append(out->allow, sizeof out->allow, "%s%s%s", *out->allow ? ", " : "", routes[i].method,
                            text_equal(routes[i].method, "GET") ? ", HEAD" : "");
        }
        return *out->allow ? ROUTE_NO_METHOD : ROUTE_NO_PATH;
}

bool route_token_is(const char *header, const char *token)
{
        if (!header || !token || !*token || strncmp(header, bearer, strlen(bearer)) != 0)
                return false;
        const char *said = header + strlen(bearer);
        size_t said_len = strlen(said), token_len = strlen(token);
        unsigned differs = said_len != token_len;
        for (size_t i = 0; i < said_len; i++)
                differs |= (unsigned char)said[i] ^ (unsigned char)token[i % token_len];
        return !differs;
}
