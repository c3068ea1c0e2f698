/* Any bytes as a dialog-info document: refused with a sentence and empty, or what comes out can be shown and used. */
#include <assert.h>
#include <string.h>

#include "gateway/base/text.h"
#include "sip/dialog_info.h"

static void check_text(const char *text, size_t size)
{
        size_t len = strnlen(text, size);
        assert(len < size && text_is_utf8(text, len));
        for (size_t i = 0; i < len; i++)
                assert((unsigned char)text[i] >= 0x20 && text[i] != 0x7f);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        static struct dialog_info info;
        const char *problem = dialog_info_read((const char *)data, size, &info);
        assert(info.n_dialogs <= DIALOG_INFO_MAX);
        assert(!problem || (*problem && info.n_dialogs == 0));
        for (size_t i = 0; i < info.n_dialogs; i++) {
                const struct sip_far_dialog *dialog = &info.dialogs[i];
                assert(dialog->state <= SIP_FAR_TERMINATED);
                check_text(dialog->remote.name, sizeof dialog->remote.name);
                check_text(dialog->remote.number, sizeof dialog->remote.number);
                check_text(dialog->call_id, sizeof dialog->call_id);
                check_text(dialog->local_tag, sizeof dialog->local_tag);
                check_text(dialog->remote_tag, sizeof dialog->remote_tag);
                assert((dialog->call_id[0] == '\0') == (dialog->remote_tag[0] == '\0'));
        }
        return 0;
}
