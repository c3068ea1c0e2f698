/* Any bytes as the parameters of a challenge, one per line: what is taken can be answered, and the answer is one header
 * line. */
#include <assert.h>
#include <string.h>

#include "gateway/base/text.h"
#include "sip/digest.h"

#define PARAMS_MAX 32

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        char text[2048], answer[DIGEST_ANSWER_SIZE], *rest = NULL;
        const char *params[PARAMS_MAX + 1] = {NULL};
        struct digest digest = {.set = false};
        text_copy_n(text, sizeof text, (const char *)data, size);
        char *line = strtok_r(text, "\r\n", &rest);
        for (size_t i = 0; line && i < PARAMS_MAX; i++, line = strtok_r(NULL, "\r\n", &rest))
                params[i] = line;
        if (!digest_take(&digest, params))
                return 0;
        assert(digest.nonce[0] && strlen(digest.nonce) < sizeof digest.nonce);
        assert(digest_answer(&digest, &(struct digest_user){"us\"er", "secret"}, "INVITE", "sip:101@pbx.test",
                             "0123456789abcdef", answer));
        assert(strlen(answer) < sizeof answer && !strpbrk(answer, "\r\n"));
        return 0;
}
