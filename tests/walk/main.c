/* walk [--seed N] [--steps M] [--house N] [--log] [--cover FILE] [--table|--whole FILE...]
 *
 * --house N walks through that house only, --steps then counts its steps. --cover writes what was met to a file,
 * --table adds such files, prints them and fails when something was met that is said to be impossible; --whole also
 * when something that is possible was never met. */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/log.h"
#include "tests/walk/cover.h"
#include "tests/walk/walk.h"

#define HOUSE_STEPS 10000ul

struct walk *walk_now;

unsigned walk_random(unsigned below)
{
        uint64_t *random = &walk_now->random;
        *random ^= *random >> 12;
        *random ^= *random << 25;
        *random ^= *random >> 27;
        return (unsigned)((*random * 0x2545F4914F6CDD1DULL) >> 33) % below;
}

bool walk_chance(unsigned percent)
{
        return walk_random(100) < percent;
}

void walk_note(const char *format, ...)
{
        va_list args;
        if (!walk_now->log)
                return;
        va_start(args, format);
        vprintf(format, args);
        va_end(args);
        putchar('\n');
        fflush(stdout);
}

void walk_broken(const char *format, ...)
{
        va_list args;
        va_start(args, format);
        fflush(stdout);
        fprintf(stderr, "broken: ");
        vfprintf(stderr, format, args);
        fprintf(stderr, "\nagain: walk --seed %llu --house %u --steps %lu --log\n", (unsigned long long)walk_now->seed,
                walk_now->house, walk_now->step);
        va_end(args);
        exit(1);
}

/* Every house has a random of its own, so that it can be walked alone. */
static void enter(struct walk *walk, unsigned house, unsigned long steps)
{
        walk->house = house;
        walk->favourite = 0;
        walk->steps = steps;
        walk->random = (walk->seed * 1000003 + house + 1) * 0x9E3779B97F4A7C15ULL;
        walk->random ^= walk->random >> 31;
        walk->random |= 1;
        house_live();
}

static int show_table(char **paths, int n, bool whole)
{
        for (int i = 0; i < n; i++)
                if (!cover_read(paths[i])) {
                        fprintf(stderr, "walk: cannot read %s\n", paths[i]);
                        return 2;
                }
        cover_print(stdout);
        unsigned missing = cover_missing(stdout), surprises = cover_surprises(stdout);
        printf("%u never met\n", missing);
        return surprises || (whole && missing) ? 1 : 0;
}

int main(int argc, char **argv)
{
        static struct walk walk = {.seed = 1, .steps = 100000};
        unsigned long steps = 100000;
        const char *cover = NULL;
        int house = -1;
        walk_now = &walk;
        for (int i = 1; i < argc; i++) {
                const char *value = i + 1 < argc ? argv[i + 1] : "";
                if (strcmp(argv[i], "--table") == 0 || strcmp(argv[i], "--whole") == 0)
                        return show_table(argv + i + 1, argc - i - 1, argv[i][2] == 'w');
                if (strcmp(argv[i], "--log") == 0)
                        walk.log = true;
                else if (strcmp(argv[i], "--seed") == 0)
                        walk.seed = strtoull(value, NULL, 10), i++;
                else if (strcmp(argv[i], "--steps") == 0)
                        steps = strtoul(value, NULL, 10), i++;
                else if (strcmp(argv[i], "--house") == 0)
                        house = atoi(value), i++;
                else if (strcmp(argv[i], "--cover") == 0)
                        cover = value, i++;
                else
                        return fprintf(stderr, "walk: %s?\n", argv[i]), 2;
        }
        log_start(walk.log ? LOG_DEBUG : LOG_ERROR, LOG_TEXT);
        printf("seed %llu, %lu steps\n", (unsigned long long)walk.seed, steps);
        if (house >= 0)
                enter(&walk, (unsigned)house, steps);
        for (unsigned i = 0; house < 0 && walk.total < steps; i++)
                enter(&walk, i, steps - walk.total < HOUSE_STEPS ? steps - walk.total : HOUSE_STEPS);
        printf("%lu steps\n", walk.total);
        return cover && !cover_write(cover) ? 2 : 0;
}
