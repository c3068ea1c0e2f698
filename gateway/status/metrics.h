/* The metrics as data, and a page of them in Prometheus' text format 0.0.4. Pure but for memory. */
#ifndef SCCPGW_STATUS_METRICS_H
#define SCCPGW_STATUS_METRICS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#define METRICS_CONTENT_TYPE "text/plain; version=0.0.4; charset=utf-8"
#define METRIC_LABELS_MAX    4

enum metric {
#define METRIC(id, name, type, labels, help) METRIC_##id,
#include "gateway/status/metrics.def"
        METRICS
};

enum metric_type { METRIC_GAUGE, METRIC_COUNTER };

struct metric_info {
        const char *name;
        enum metric_type type;
        const char *labels; /* names, blanks between; "" for none */
        const char *help;
};

const struct metric_info *metric_info(enum metric metric);

/* Zero is an empty page. */
struct metrics_page {
        char *text; /* owned by whoever takes it */
        size_t len, room;
        bool failed; /* no memory: the page is not whole */
};

void metrics_begin(struct metrics_page *page, enum metric metric); /* HELP and TYPE */
/* A value; behind it as many texts (const char *) as the metric has labels. They may have any bytes that are UTF-8. */
void metrics_add(struct metrics_page *page, enum metric metric, double value, ...);

void metrics_print_reference(FILE *to); /* docs/metrics.md */

#endif
