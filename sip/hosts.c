#include "sip/hosts.h"

#include <stdio.h>
#include <string.h>

#include "gateway/base/text.h"

#define BLANKS " \t\r\n"

/* Is the name among those of one line? Gives the line's address. */
static bool line_has(char *line, const char *name, struct ip *out)
{
        char *rest = NULL;
        line[strcspn(line, "#")] = '\0';
        const char *address = strtok_r(line, BLANKS, &rest);
        if (!address || !ip_parse(address, out))
                return false;
        for (const char *word; (word = strtok_r(NULL, BLANKS, &rest)) != NULL;) {
                if (text_equal_nocase(word, name))
                        return true;
        }
        return false;
}

bool hosts_find(const char *file, const char *name, uint8_t family, struct ip *out)
{
        char line[512];
        bool found = false;
        FILE *hosts = fopen(file, "re");
        if (!hosts)
                return false;
        while ((!found || out->family != family) && fgets(line, sizeof line, hosts)) {
                struct ip ip;
                if (!line_has(line, name, &ip) || (found && ip.family != family))
                        continue;
                *out = ip;
                found = true;
        }
        fclose(hosts);
        return found;
}
