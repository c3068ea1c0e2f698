/* The problems of a configuration, kept in the order of its files. One text at one place is said once, however often
 * an anchor is used; past REPORT_MAX problems are only counted. */
#ifndef SCCPGW_CONFIG_REPORT_H
#define SCCPGW_CONFIG_REPORT_H

#include "config/config.h"

#define REPORT_MAX   500
#define EXCERPT_SIZE 240 /* of a source line that is shown, and its NUL */

/* One text being read; lives while the configuration is built. */
struct source {
        const char *name;   /* in problems: the path as the user wrote it */
        const char *folder; /* what its includes are relative to; NULL: it may include nothing */
        const char *text;
        size_t len;
        const size_t *lines; /* where each line begins; there is one at least */
        size_t n_lines;
        unsigned order;                   /* sources in the order they were read */
        bool all_secret;                  /* secrets.yaml: its lines are never shown */
        const char *real_path;            /* NULL: not a file */
        const struct source *included_by; /* NULL: the first */
};

struct place {
        const struct source *source;
        unsigned line, column; /* 1-based; 0: the file as a whole */
};

void report_add(struct config_report *report, enum config_severity severity, struct place place, const char *format,
                ...) __attribute__((format(printf, 4, 5)));

/* The line at the place with its secrets masked, in `out`; NULL when there is none to show. */
const char *report_excerpt(struct place place, char out[EXCERPT_SIZE]);

#define report_error(report, place, ...)   report_add(report, CONFIG_ERROR, place, __VA_ARGS__)
#define report_warning(report, place, ...) report_add(report, CONFIG_WARNING, place, __VA_ARGS__)

#endif
