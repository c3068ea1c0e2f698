/* Any bytes as an HTTP response: what was read lies within them and is the same when more has come. */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/status/response.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        struct response_head head, again;
        char *longer = malloc(size + 1);
        if (!longer)
                return 0;
        memcpy(longer, data, size);
        longer[size] = 'x';
        switch (response_read((const char *)data, size, &head)) {
        case RESPONSE_READ:
                assert(head.size <= size && head.size <= RESPONSE_HEAD_MAX);
                assert(head.status >= 100 && head.status < 600);
                assert(response_read(longer, size + 1, &again) == RESPONSE_READ && again.size == head.size);
                assert(response_read((const char *)data, head.size, &again) == RESPONSE_READ);
                break;
        case RESPONSE_BAD:
                assert(response_read(longer, size + 1, &again) == RESPONSE_BAD);
                break;
        case RESPONSE_MORE:
                assert(size < RESPONSE_HEAD_MAX);
                break;
        }
        free(longer);
        return 0;
}
