/* Bounded text. Everything ends in a NUL, nothing is written past `size`, UTF-8 is cut at character boundaries. */
#ifndef SCCPGW_BASE_TEXT_H
#define SCCPGW_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Copies as much of `from` as fits; false when it was cut. NULL counts as "". */
bool text_copy(char *to, size_t size, const char *from);
bool text_copy_n(char *to, size_t size, const char *from, size_t len); /* stops at a NUL inside `from` too */
bool text_printf(char *to, size_t size, const char *format, ...) __attribute__((format(printf, 3, 4)));
bool text_append(char *to, size_t size, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* TEXT_SET(array, "...") for arrays only. */
#define TEXT_SET(array, from) text_copy((array), sizeof(array), (from))

bool text_equal(const char *a, const char *b);            /* exact; NULL equals NULL only */
bool text_equal_nocase(const char *a, const char *b);     /* ASCII letters only, as SIP and device names need */
bool text_is_digits(const char *text);                    /* one or more of 0-9 */
size_t text_utf8_cut(const char *text, size_t max_bytes); /* longest prefix of whole characters */
bool text_is_utf8(const char *text, size_t len);
size_t text_utf8_next(const char *text, size_t len); /* bytes of the first character; 0: none, or not UTF-8 */

/* For terminals: controls become '.', bytes that are no UTF-8 '?'. In place, no byte more or less. */
void text_tame(char *text);

/* Edits (insert, delete, change, swap neighbours) from a to b, in bytes, for "did you mean"; at most `limit` + 1, which
 * is also the answer for words longer than 64 bytes. */
unsigned text_distance(const char *a, const char *b, unsigned limit);

#endif
