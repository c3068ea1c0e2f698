/* Texts as a phone shows them: the codes 0x80 NN replaced by words, always in UTF-8. */
#ifndef SCCPPHONE_LABELS_H
#define SCCPPHONE_LABELS_H

#include <stdbool.h>
#include <stddef.h>

/* `utf8`: the bytes are UTF-8, else ISO 8859-1. */
void label_text(char *to, size_t size, const char *from, bool utf8);
bool label_alone(const char *from); /* one code and nothing else */

#endif
