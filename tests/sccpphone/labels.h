/* Texts as a phone shows them: the codes 0x80 NN replaced by words, always in UTF-8. */
#ifndef SCCPPHONE_LABELS_H
#define SCCPPHONE_LABELS_H

#include <stdbool.h>
#include <stddef.h>

/* `charset`: of the bytes, as iconv(3) has it. What it does not know becomes "?". */
void label_text(char *to, size_t size, const char *from, const char *charset);
bool label_alone(const char *from); /* one code and nothing else */

#endif
