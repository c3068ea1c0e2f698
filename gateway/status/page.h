/* The status page: what the JSON of the API says, as HTML that needs no script and nothing from elsewhere. Pure; every
 * text of the JSON may be anything. */
#ifndef SCCPGW_STATUS_PAGE_H
#define SCCPGW_STATUS_PAGE_H

#include <jansson.h>
#include <stddef.h>

struct page {
        const json_t *status;  /* GET /api/v1/status */
        const json_t *phones;  /* an array, each as GET /api/v1/phones/NAME */
        const json_t *unknown; /* of GET /api/v1/phones */
        const json_t *calls;   /* of GET /api/v1/calls */
        const json_t *events;  /* an array of events, newest first */
};

#define PAGE_POLICY                                                                                                    \
        "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; base-uri 'none'; "               \
        "form-action 'none'; frame-ancestors 'none'"

/* The document, from malloc; NULL: no memory. */
char *page_write(const struct page *page, size_t *len);

extern const char page_style[], page_script[]; /* what it loads: /page.css and /page.js */

#endif
