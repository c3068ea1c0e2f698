/* Any bytes as identity headers, raw and inside a SIP message: whatever comes out can be shown on a phone. */
#include <assert.h>
#include <sofia-sip/msg.h>
#include <sofia-sip/sip_header.h>
#include <string.h>

#include "gateway/base/text.h"
#include "sip/identity.h"

static void check_text(const char *text, size_t size)
{
        size_t len = strnlen(text, size);
        assert(len < size && text_is_utf8(text, len));
        for (size_t i = 0; i < len; i++)
                assert((unsigned char)text[i] >= 0x20 && text[i] != 0x7f);
}

static void check_party(const struct sip_party *party)
{
        check_text(party->name, sizeof(party->name));
        check_text(party->number, sizeof(party->number));
}

static void read_raw(const char *value, size_t len)
{
        struct identity_address address;
        while (identity_next(&value, &len, &address)) {
                struct sip_party party;
                char param[8];
                identity_name(address.name, address.name_len, party.name, sizeof(party.name));
                identity_number(address.uri, address.uri_len, party.number, sizeof(party.number));
                identity_is_anonymous(address.uri, address.uri_len);
                check_party(&party);
                if (identity_param(address.params, address.params_len, "privacy", param, sizeof(param)))
                        check_text(param, sizeof(param));
        }
}

static void read_message(const char *data, size_t size)
{
        msg_t *msg = msg_make(sip_default_mclass(), 0, data, (ssize_t)size);
        const sip_t *sip = msg ? sip_object(msg) : NULL;
        struct sip_party party;
        struct identity_reason reason;
        char number[SIP_NUMBER_MAX];
        if (sip) {
                identity_caller(sip, &party);
                check_party(&party);
                if (identity_connected(sip, &party))
                        check_party(&party);
                identity_called(sip, number);
                check_text(number, sizeof(number));
                static const char *const ours[] = {"1001", "line-u7x"};
                struct identity_diversions diversions;
                char copy[256];
                identity_diversions(sip, ours, 2, &diversions);
                check_text(diversions.last, sizeof(diversions.last));
                assert(diversions.count <= 100 && (diversions.count || !diversions.ours));
                assert(identity_copy(sip, "Diversion", copy, sizeof(copy)) == (*copy != '\0'));
                identity_reason(sip, &reason);
                check_text(reason.text, sizeof(reason.text));
                assert(reason.cause >= 0 && reason.cause < 128);
        }
        if (msg)
                msg_destroy(msg);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        read_raw((const char *)data, size);
        read_message((const char *)data, size);
        return 0;
}
