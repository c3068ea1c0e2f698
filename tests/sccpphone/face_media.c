/* The one audio channel of a face. */
#include "face_show.h"

#define CALL_REF_VERSION 5 /* messages of older phones do not say whose channel it is */

void show_channel_opened(struct face *face, const struct sccp_message *m)
{
        const struct sccp_open_receive_channel *open = &m->open_receive_channel;
        struct face_call *call = NULL;
        if (face->channel.open)
                face_violation(face, "a second OpenReceiveChannel (party %u) while party %u is open", open->party_id,
                               face->channel.party);
        if (face->version >= CALL_REF_VERSION)
                call = face_known_call(face, open->call_ref, "OpenReceiveChannel");
        if (call && call->tone)
                face_violation(face, "OpenReceiveChannel while the tone %s is on",
                               sccp_value_name(SCCP_VALUES_tone, call->tone));
        if (call && (call->state == SCCP_CALL_STATE_RING_IN || call->state == SCCP_CALL_STATE_HOLD ||
                     call->state == SCCP_CALL_STATE_CALL_TRANSFER || call->state == SCCP_CALL_STATE_REMOTE_HOLD ||
                     call->state == SCCP_CALL_STATE_CALL_REMOTE_MULTILINE))
                face_violation(face, "OpenReceiveChannel for a call in state %s",
                               sccp_value_name(SCCP_VALUES_call_state, call->state));
        face->channel.open = true;
        face->channel.party = open->party_id;
        face->channel.conference = open->conference_id;
        face->channel.ref = open->call_ref;
}

void show_channel_closed(struct face *face, const struct sccp_message *m)
{
        if (face->channel.party == m->close_receive_channel.party_id)
                face->channel.open = false;
}

void show_sending(struct face *face, const struct sccp_message *m)
{
        const struct sccp_start_media_transmission *start = &m->start_media_transmission;
        if (face->channel.sending)
                face_violation(face, "StartMediaTransmission twice");
        if (!start->port || ip_is_any(&start->addr))
                face_violation(face, "StartMediaTransmission to nowhere");
        face->channel.sending = true;
        face->channel.to = (struct endpoint){.ip = start->addr, .port = (uint16_t)start->port};
}

void show_not_sending(struct face *face, const struct sccp_message *m)
{
        if (face->channel.party == m->stop_media_transmission.party_id)
                face->channel.sending = false;
}
