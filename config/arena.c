/* Blocks in a chain; what is asked for is cut off the newest one, or gets its own when it is large. */
#include "config/arena.h"

#include <assert.h>
#include <stdalign.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK_SIZE ((size_t)16384)

struct arena_block {
        struct arena_block *older;
        size_t used, size;
        alignas(max_align_t) unsigned char bytes[];
};

static struct arena_block *block_new(struct arena *arena, size_t size)
{
        struct arena_block *block = calloc(1, sizeof(*block) + size);
        assert(block); /* out of memory while reading a file of a few MB: nothing sensible is left to do */
        block->size = size;
        block->older = arena->newest;
        arena->newest = block;
        return block;
}

void *arena_alloc(struct arena *arena, size_t size)
{
        struct arena_block *block = arena->newest;
        size = (size + alignof(max_align_t) - 1) & ~(alignof(max_align_t) - 1);
        if (!block || size > block->size - block->used)
                block = block_new(arena, size > BLOCK_SIZE ? size : BLOCK_SIZE);
        void *at = block->bytes + block->used;
        block->used += size;
        return at;
}

char *arena_text(struct arena *arena, const char *text, size_t len)
{
        char *copy = arena_alloc(arena, len + 1);
        if (len)
                memcpy(copy, text, len);
        return copy;
}

char *arena_printf(struct arena *arena, const char *format, ...)
{
        va_list args, again;
        va_start(args, format);
        va_copy(again, args);
        int len = vsnprintf(NULL, 0, format, args);
        assert(len >= 0);
        char *text = arena_alloc(arena, (size_t)len + 1);
        vsnprintf(text, (size_t)len + 1, format, again);
        va_end(again);
        va_end(args);
        return text;
}

void arena_free(struct arena *arena)
{
        while (arena->newest) {
                struct arena_block *block = arena->newest;
                arena->newest = block->older;
                free(block);
        }
}
