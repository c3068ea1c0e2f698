/* The load generator of the benchmarks: thousands of simulated phones in one process, told what to do by lines on
 * stdin, answering each with a line of JSON on stdout.
 *
 *     bench_phones SERVER:PORT FIRST_LOCAL_ADDRESS
 *
 *     register COUNT                     as many phones as that are registered afterwards
 *     call RATE TOTAL PREFIX FILE        calls PREFIX1000000 and on, RATE a second; FILE gets the times of each call
 *     talk RATE TOTAL FIRST_NUMBER       they call each other; the first one has FIRST_NUMBER, the second the next
 *     quit */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "gateway/base/text.h"
#include "tests/bench/crowd.h"

#define SCCP_PORT  2000
#define LINE_SIZE  1024
#define USAGE_EXIT 64

struct commander {
        struct loop_fd input; /* first: its callback casts back */
        struct loop *loop;
        struct crowd *crowd;
        char line[LINE_SIZE];
        size_t len;
        char prefix[16]; /* of the calls being made */
};

static void say(const char *json)
{
        printf("%s\n", json);
        fflush(stdout);
}

static unsigned number_of(const char *word)
{
        return word ? (unsigned)strtoul(word, NULL, 10) : 0;
}

static bool start_calls(struct commander *commander, char **rest)
{
        struct crowd_calls calls = {.rate = number_of(strtok_r(NULL, " ", rest))};
        calls.total = number_of(strtok_r(NULL, " ", rest));
        const char *prefix = strtok_r(NULL, " ", rest), *path = strtok_r(NULL, " ", rest);
        if (!path || !TEXT_SET(commander->prefix, prefix) || !(calls.record = fopen(path, "w")))
                return false;
        calls.prefix = commander->prefix;
        bool begun = crowd_call(commander->crowd, &calls, say);
        if (!begun)
                fclose(calls.record);
        return begun;
}

static bool start_talking(struct commander *commander, char **rest)
{
        struct crowd_calls calls = {.rate = number_of(strtok_r(NULL, " ", rest))};
        calls.total = number_of(strtok_r(NULL, " ", rest));
        calls.first = number_of(strtok_r(NULL, " ", rest));
        return calls.first && crowd_call(commander->crowd, &calls, say);
}

static void obey(struct commander *commander, char *line)
{
        char *rest = NULL;
        const char *verb = strtok_r(line, " ", &rest);
        bool begun = false;
        if (text_equal(verb, "quit"))
                loop_stop(commander->loop);
        else if (text_equal(verb, "register"))
                begun = crowd_register(commander->crowd, number_of(strtok_r(NULL, " ", &rest)), say);
        else if (text_equal(verb, "call"))
                begun = start_calls(commander, &rest);
        else if (text_equal(verb, "talk"))
                begun = start_talking(commander, &rest);
        if (!begun && !text_equal(verb, "quit"))
                say("{\"error\": \"not understood, or not now\"}");
}

static void input_ready(struct loop_fd *fd, unsigned events)
{
        struct commander *commander = (struct commander *)fd;
        size_t room = sizeof(commander->line) - 1 - commander->len;
        ssize_t len = read(STDIN_FILENO, commander->line + commander->len, room);
        (void)events;
        if (len <= 0) {
                loop_stop(commander->loop);
                return;
        }
        commander->len += (size_t)len;
        commander->line[commander->len] = '\0';
        for (char *end; (end = strchr(commander->line, '\n'));) {
                *end = '\0';
                obey(commander, commander->line);
                commander->len -= (size_t)(end + 1 - commander->line);
                memmove(commander->line, end + 1, commander->len + 1);
        }
}

static void raise_descriptor_limit(void)
{
        struct rlimit limit;
        getrlimit(RLIMIT_NOFILE, &limit);
        limit.rlim_cur = limit.rlim_max;
        setrlimit(RLIMIT_NOFILE, &limit);
}

int main(int argc, char **argv)
{
        struct endpoint server;
        struct ip local;
        if (argc != 3 || !endpoint_parse(argv[1], SCCP_PORT, &server) || !ip_parse(argv[2], &local)) {
                fprintf(stderr, "usage: bench_phones SERVER:PORT FIRST_LOCAL_ADDRESS\n");
                return USAGE_EXIT;
        }
        raise_descriptor_limit();
        struct loop *loop = loop_new();
        struct crowd *crowd = loop ? crowd_new(loop, &server, &local) : NULL;
        if (!crowd) {
                fprintf(stderr, "bench_phones: no memory\n");
                return EXIT_FAILURE;
        }
        struct commander commander = {.input.ready = input_ready, .loop = loop, .crowd = crowd};
        loop_fd_start(loop, &commander.input, STDIN_FILENO, LOOP_READ);
        loop_run(loop);
        loop_fd_stop(&commander.input);
        crowd_free(crowd);
        loop_free(loop);
        return EXIT_SUCCESS;
}
