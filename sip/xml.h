/* XML from a peer, element by element, with bounds: no document type, so no entities of its own; so many elements, so
 * deep, so large. Names come without their prefix: notifiers forget to declare namespaces, and no two elements that
 * matter here differ in theirs only. Expat is known in xml.c only. */
#ifndef SCCPGW_SIP_XML_H
#define SCCPGW_SIP_XML_H

#include <stddef.h>

#define XML_SIZE_MAX     32768
#define XML_DEPTH_MAX    16
#define XML_ELEMENTS_MAX 2000
#define XML_TEXT_SIZE    256 /* of one element; more is cut */

struct xml_element {
        const char *name;
        unsigned depth;                /* the root has 1 */
        const char *const *attributes; /* name, value, ... NULL; only when it opens */
        const char *text;              /* UTF-8, trimmed; only when it closes, "" when it has elements inside */
};

/* Borrowed until the function returns. */
struct xml_reader {
        void (*open)(void *context, const struct xml_element *element);
        void (*close)(void *context, const struct xml_element *element);
};

/* NULL when all of it was read, else a sentence why not: `context` then holds some of it. */
const char *xml_read(const char *text, size_t len, const struct xml_reader *reader, void *context);

const char *xml_attribute(const struct xml_element *element, const char *name); /* NULL: not there */

#endif
