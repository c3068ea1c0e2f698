/* Texts as a phone shows them: the codes 0x80 NN replaced by words. */
#ifndef SCCPPHONE_LABELS_H
#define SCCPPHONE_LABELS_H

#include <stddef.h>

void label_text(char *to, size_t size, const char *from);

#endif
