/* Any bytes as a presence document: refused with a sentence, or one of the states. */
#include <assert.h>

#include "sip/pidf.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        enum sip_presence presence;
        const char *problem = pidf_read((const char *)data, size, &presence);
        assert(presence <= SIP_PRESENCE_DND);
        assert(!problem || (*problem && presence == SIP_PRESENCE_UNKNOWN));
        return 0;
}
