/* The language a phone is driven with: one command per line, one result line each (README.md). */
#ifndef SCCPPHONE_SCRIPT_H
#define SCCPPHONE_SCRIPT_H

#include <stdio.h>

#include "device.h"

#define SCRIPT_WORDS 16

struct script {
        struct device *device;
        struct loop *loop;
        struct loop_fd input;
        struct loop_timer clock; /* waits, and looks again at what is expected */
        int fd;
        bool ended; /* no more input */
        bool quit;
        char buffer[8192];
        size_t have;

        char line[512]; /* the command that runs */
        char text[512]; /* its words, cut apart */
        const char *words[SCRIPT_WORDS];
        int n_words;
        bool busy;
        int64_t deadline_ms;
        bool (*check)(struct script *script, char *why, size_t size); /* what is expected; NULL: only wait */
        int status;                                                   /* exit status of the program */
};

void script_start(struct script *script, struct device *device, struct loop *loop, int fd);

/* For the commands: */
const char *script_word(const struct script *script, int n); /* "" behind the last */
unsigned script_number(const struct script *script, int n);  /* decimal or 0x...; 0 for what is none */
bool script_word_is(const struct script *script, int n, const char *word);
/* Runs `expect ...`: true when it could be understood. */
bool expect_begin(struct script *script, char *why, size_t size);

#endif
