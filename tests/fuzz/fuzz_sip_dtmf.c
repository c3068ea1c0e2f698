/* Any bytes as the body of an INFO: a key within its limits, or none. The first byte chooses the type. */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "sip/dtmf_info.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        static const char *const types[] = {DTMF_RELAY_TYPE, "application/dtmf", "text/plain", NULL};
        struct dtmf_info key;
        if (size == 0)
                return 0;
        enum dtmf_found found = dtmf_info_read(types[data[0] % 4], (const char *)data + 1, size - 1, &key);
        assert(found == DTMF_KEY ? key.digit && strchr("0123456789*#ABCD", key.digit) : !key.digit && !key.ms);
        assert(key.ms <= DTMF_INFO_MS);
        return 0;
}
