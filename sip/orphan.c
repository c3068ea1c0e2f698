#define NTA_OUTGOING_MAGIC_T struct dialog

#include "sip/orphan.h"

#include <sofia-sip/nta.h>
#include <sofia-sip/sip_header.h>

#include "sip/send.h"

void orphan_make(struct dialog *dialog)
{
        if (!dialog->request)
                return;
        if (nta_outgoing_method(dialog->request) == sip_method_invite)
                dialog->orphan = dialog->request;
        else
                nta_outgoing_destroy(dialog->request);
        dialog->request = NULL;
}

bool orphan_answered(struct dialog *dialog, const nta_outgoing_t *request, const sip_t *sip)
{
        int status = sip->sip_status->st_status;
        if (request != dialog->orphan)
                return false;
        if (status < 200)
                return true;
        if (status < 300)
                send_ack(dialog, sip->sip_cseq->cs_seq);
        orphan_drop(dialog);
        if (dialog->state == DIALOG_GONE)
                dialog_alarm(dialog, 0, dialog->alarm.expired);
        return true;
}

void orphan_drop(struct dialog *dialog)
{
        if (dialog->orphan)
                nta_outgoing_destroy(dialog->orphan);
        dialog->orphan = NULL;
}
