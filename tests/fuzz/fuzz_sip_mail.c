/* Any bytes as a message summary: refused with a sentence and empty, or within its limits. */
#include <assert.h>
#include <string.h>

#include "gateway/base/text.h"
#include "sip/mail_summary.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        struct sip_mail mail;
        const char *problem = mail_summary_read((const char *)data, size, &mail);
        size_t len = strnlen(mail.account, sizeof mail.account);
        assert(len < sizeof mail.account && text_is_utf8(mail.account, len));
        assert(mail.fresh <= MAIL_COUNT_MAX && mail.old <= MAIL_COUNT_MAX);
        assert(mail.urgent_fresh <= MAIL_COUNT_MAX && mail.urgent_old <= MAIL_COUNT_MAX);
        assert(!problem || (*problem && !mail.waiting && !mail.counted && len == 0));
        return 0;
}
