#include "gateway/secrecy.h"

#include "gateway/base/text.h"
#include "gateway/media/secure.h"

bool secrecy_start(struct gateway *gateway, char *why, size_t why_size)
{
        char library[SECURE_LIBRARY_SIZE], names[128] = "";
        secure_library(library);
        for (enum crypto_suite suite = CRYPTO_NONE + 1; suite < CRYPTO_SUITES; suite++) {
                if (!secure_init() || !secure_has(suite))
                        continue;
                text_append(names, sizeof names, "%s%s", gateway->srtp_suites ? ", " : "",
                            crypto_suite_info(suite)->name);
                gateway->srtp_suites |= 1u << suite;
        }
        if (!gateway->srtp_suites) {
                text_printf(why, why_size, "media.srtp: %s does not work on this machine", library);
                return false;
        }
        log_info("media", "SRTP by %s: %s", library, names);
        return true;
}
