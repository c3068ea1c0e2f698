/* HTML in pieces: whatever text comes from elsewhere goes through html_text and cannot end what it stands in. */
#ifndef SCCPGW_STATUS_HTML_H
#define SCCPGW_STATUS_HTML_H

#include <stdio.h>

/* As the content of an element or of an attribute in double quotes. Controls become '.', bytes that are no UTF-8 '?'.
 * NULL is "". */
void html_text(FILE *to, const char *text);

/* The format is ours; %s in it is html_text of the next argument, %% a percent sign, and there is nothing else. */
void html_put(FILE *to, const char *format, ...);

#endif
