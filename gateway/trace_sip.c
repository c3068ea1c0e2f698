#include "gateway/trace_sip.h"

#include "gateway/base/text.h"
#include "gateway/roster.h"
#include "gateway/trace.h"

#define DETAIL_SIZE 256

static const char *const command_words[] = {
        [SIP_CMD_LINE_ADD] = "know the line",
        [SIP_CMD_LINE_REMOVE] = "forget the line",
        [SIP_CMD_LINE_UP] = "register",
        [SIP_CMD_LINE_DOWN] = "de-register",
        [SIP_CMD_INVITE] = "INVITE",
        [SIP_CMD_RING] = "180 Ringing",
        [SIP_CMD_ANSWER] = "200 OK with answer",
        [SIP_CMD_REJECT] = "refuse the INVITE",
        [SIP_CMD_REDIRECT] = "302 Moved Temporarily",
        [SIP_CMD_END] = "end: BYE, CANCEL or a final answer",
        [SIP_CMD_OFFER] = "re-INVITE",
        [SIP_CMD_ACCEPT] = "200 OK to the re-INVITE",
        [SIP_CMD_REFUSE] = "refuse the re-INVITE",
        [SIP_CMD_REFER_NEWS] = "NOTIFY about their REFER",
        [SIP_CMD_DIGIT] = "INFO with a key",
        [SIP_CMD_TRANSFER] = "REFER",
        [SIP_CMD_LINE_TEXTS] = "what its phone shows of MESSAGEs",
        [SIP_CMD_WATCH] = "SUBSCRIBE",
};

static const char *const event_words[] = {
        [SIP_INCOMING] = "INVITE",
        [SIP_PROGRESS] = "provisional answer",
        [SIP_ANSWERED] = "200 OK to our INVITE",
        [SIP_ACKED] = "ACK with an answer",
        [SIP_OFFERED] = "re-INVITE or UPDATE",
        [SIP_OFFER_ANSWERED] = "200 OK to our re-INVITE",
        [SIP_OFFER_FAILED] = "our re-INVITE failed",
        [SIP_REFERRED] = "REFER",
        [SIP_TRANSFER_NEWS] = "outcome of our REFER",
        [SIP_DIGIT] = "INFO with a key",
        [SIP_IDENTITY] = "new identity of the other side",
        [SIP_FAILED] = "our INVITE failed",
        [SIP_ENDED] = "BYE or CANCEL",
        [SIP_TEXT] = "MESSAGE",
        [SIP_MAIL] = "NOTIFY of voicemail, unasked",
};

static const char *const line_words[] = {[SIP_LINE_DOWN] = "not registered any more",
                                         [SIP_LINE_TRYING] = "registering",
                                         [SIP_LINE_REGISTERED] = "registered",
                                         [SIP_LINE_REFUSED] = "registration refused",
                                         [SIP_LINE_UNREACHABLE] = "registration not answered"};

static const struct account *account_of(const struct gateway *gateway, uint32_t line)
{
        return roster_account(gateway, line);
}

/* On every phone that has the line. */
static void write_line(struct gateway *gateway, const struct account *account, char way, const char *word,
                       const char *detail)
{
        for (const struct phone_line *line = account->lines; line; line = line->next)
                trace_line(gateway, line->phone->config->name, "%c SIP line %s: %s%s", way, account->config->number,
                           word, detail);
}

static void add_status(char *detail, int status, const char *reason)
{
        if (status)
                text_append(detail, DETAIL_SIZE, ", %d", status);
        if (*reason)
                text_append(detail, DETAIL_SIZE, "%s%s", status ? " " : ", ", reason);
}

static void add_party(char *detail, const char *word, const struct sip_party *party)
{
        if (*party->number || *party->name)
                text_append(detail, DETAIL_SIZE, " %s %s%s%s", word, party->number, *party->name ? " " : "",
                            party->name);
}

/* Of outgoing ones it is the call's number. */
static void add_dialog(char *detail, uint32_t dialog)
{
        if (dialog)
                text_append(detail, DETAIL_SIZE, ", dialog %s%u", dialog & SIP_DIALOG_INCOMING ? "i" : "",
                            dialog & ~SIP_DIALOG_INCOMING);
}

void trace_sip_command(struct gateway *gateway, const struct sip_command *command)
{
        char detail[DETAIL_SIZE] = "";
        bool looks = trace_on(gateway) && command->kind != SIP_CMD_UNWATCH;
        const struct account *account = looks ? account_of(gateway, command->line) : NULL;
        if (!account)
                return;
        if (command->kind == SIP_CMD_INVITE || command->kind == SIP_CMD_TRANSFER)
                add_party(detail, "to", &command->party);
        add_dialog(detail, command->dialog);
        add_dialog(detail, command->target);
        add_status(detail, command->status, command->reason);
        write_line(gateway, account, '>', command_words[command->kind], detail);
}

/* What a PBX does is told by its lines; busy lamps are many phones' at once. */
void trace_sip_event(struct gateway *gateway, const struct sip_event *event)
{
        char detail[DETAIL_SIZE] = "";
        bool looks = trace_on(gateway) && event->kind != SIP_PBX_STATE && event->kind != SIP_WATCHED;
        const struct account *account = looks ? account_of(gateway, event->line) : NULL;
        if (!account)
                return;
        if (event->kind != SIP_MAIL)
                add_party(detail, event->kind == SIP_INCOMING ? "from" : "with", &event->party);
        add_dialog(detail, event->dialog);
        add_status(detail, event->status, event->reason);
        write_line(gateway, account, '<',
                   event->kind == SIP_LINE_STATE ? line_words[event->line_state] : event_words[event->kind], detail);
}
