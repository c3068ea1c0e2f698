/* Who calls whom, and whether anybody can listen: CallInfo, and its newer form. */
#include "gateway/phone_pieces.h"

#include "gateway/base/text.h"
#include "gateway/phone_secret.h"
#include "sccp/display.h"
#include "sccp/takes.h"

#define PUT(field, from) sccp_text_put((field), sizeof(field), (from), reader.charset)

/* Security and call instance as real call managers fill them (flows.md 6.3, 7). */
#define FILL_CALL_INFO(info)                                                                                           \
        do {                                                                                                           \
                (info)->line = round->slot->line->instance;                                                            \
                (info)->call_ref = round->slot->id;                                                                    \
                (info)->call_type = type;                                                                              \
                (info)->call_instance = phone_call_instance(round->view, &round->slot->call);                          \
                (info)->security = round->slot->shown.security;                                                        \
                PUT((info)->calling_name, parties->calling.name);                                                      \
                PUT((info)->calling_number, parties->calling.number);                                                  \
                PUT((info)->called_name, parties->called.name);                                                        \
                PUT((info)->called_number, parties->called.number);                                                    \
                PUT((info)->orig_called_name, parties->original_called.name);                                          \
                PUT((info)->orig_called_number, parties->original_called.number);                                      \
                PUT((info)->last_redirecting_name, parties->last_redirecting.name);                                    \
                PUT((info)->last_redirecting_number, parties->last_redirecting.number);                                \
        } while (0)

/* The lock beside the call. */
static uint32_t security_of(const struct round *round)
{
        if (round->now->shown != LOOK_CONNECTED && round->now->shown != LOOK_HOLD && round->now->shown != LOOK_PARK &&
            round->now->shown != LOOK_TRANSFER)
                return SCCP_SECURITY_UNKNOWN;
        return phone_secret_all(round->slot) ? SCCP_SECURITY_ENCRYPTED : SCCP_SECURITY_NOT_AUTHENTICATED;
}

static void send_info(const struct round *round)
{
        const struct parties *parties = &round->now->parties;
        uint32_t type = round->now->info == INFO_INCOMING ? SCCP_CALL_TYPE_INBOUND : SCCP_CALL_TYPE_OUTBOUND;
        struct sccp_reader reader = sccp_session_reader(round->phone->session);
        struct sccp_message message = {.id = sccp_form(SCCP_CALL_INFO, reader.version)};
        round->slot->shown.security = security_of(round);
        if (message.id == SCCP_CALL_INFO_DYNAMIC) {
                FILL_CALL_INFO(&message.call_info_dynamic);
                PUT(message.call_info_dynamic.alternate_calling_number, parties->calling.number);
        } else {
                FILL_CALL_INFO(&message.call_info);
        }
        sccp_session_send(round->phone->session, &message);
}

static bool same_party(const struct party *a, const struct party *b)
{
        return text_equal(a->name, b->name) && text_equal(a->number, b->number);
}

static bool same_parties(const struct parties *a, const struct parties *b)
{
        return same_party(&a->calling, &b->calling) && same_party(&a->called, &b->called) &&
               same_party(&a->original_called, &b->original_called) &&
               same_party(&a->last_redirecting, &b->last_redirecting);
}

/* Sent again with every new state: phones take the names for their call lists from several of them (field-guide D2). */
void show_info(struct round *round)
{
        if (round->now->info == INFO_NONE)
                return;
        if (round->now->shown != round->old->shown || round->now->info != round->old->info ||
            security_of(round) != round->slot->shown.security ||
            !same_parties(&round->now->parties, &round->old->parties))
                send_info(round);
}
