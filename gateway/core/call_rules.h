/* Private to the call machine: what its files lend each other. The rules themselves are the table in call.c; the
 * functions it names are grouped by idea in call_dial.c, call_ring.c, call_divert.c, call_set.c, call_talk.c and
 * call_end.c, and the resources they use are kept in call_media.c. */
#ifndef SCCPGW_CORE_CALL_RULES_H
#define SCCPGW_CORE_CALL_RULES_H

#include "gateway/core/call.h"
#include "gateway/core/cause.h"

/* One step: who, why, and what is to be done. */
struct step {
        struct call *call;
        const struct event *event;
        const struct call_rules *rules;
        struct actions *out;
};

/* What a rule names: does its part and says which state comes next. */
typedef enum call_state call_run(struct step *step);

/* call_dial.c: from off hook to the call sent out */
call_run dial_begin, dial_digit, dial_backspace, dial_done, dial_number, dial_too_late, dial_prepared, dial_private;

/* call_recall.c: the user is rung up to call somebody; and a call that takes another's place */
call_run recall_begin, recall_answer, recall_unanswered, pickup_refused;

/* call_ring.c: it rings, there or here, until somebody answers */
call_run ring_there, ring_early, ring_early_open, ring_early_reoffer, ring_answered, ring_too_long;
call_run ring_here, ring_answer, ring_answer_alone, ring_answer_open, ring_agreed;

/* call_talk.c: a call that is up, and the offers inside it */
call_run talk_opened, talk_reoffer, talk_hold, held_reoffer, held_remind, held_resume, held_resumed, held_stays;
call_run reoffer_answered, reoffer_failed, reoffer_not_yet, reoffer_glare, talk_digit;
enum call_state talk_settle(struct step *step); /* talking, or opening while the phone's channel is not there */
/* Theirs. True: the stream follows it and an answer is due; false: it was refused or answered with an offer of ours. */
bool talk_take_reoffer(struct step *step);
bool call_reoffer_read(struct step *step, bool held); /* theirs. True: it can be answered, and an answer is due */
bool call_reoffer_over(struct step *step);            /* ours. True: another had to wait for it and has been sent now */

/* call_transfer.c: sending the far end to somebody else */
call_run transfer_referred, transfer_begin, transfer_news, transfer_hand_over, transfer_partner, transfer_left,
        transfer_stays, transfer_gone;
void transfer_far_gone(struct step *step);         /* the far end has left while it was on its way */
void transfer_reached(struct step *step);          /* whom we were sent to has answered */
enum call_state transfer_leave(struct step *step); /* the user goes, the outcome is still to come */

/* call_away.c: the phone has lost us, its audio goes on */
call_run away_begin, away_back, away_dead, away_reoffer, away_answered;
/* call_divert.c: a caller is sent elsewhere before anybody answers */
call_run divert_by_user, divert_unanswered;
void divert_ring(struct step *step); /* the timer of a call that begins to ring */

/* call_set.c: settings of the line that the PBX may have to be told */
call_run set_begin, set_answered, set_refused, set_ended, set_timeout, set_gone;
enum call_state set_go(struct step *step); /* purpose and call.transfer_to are known */
/* call_confer.c: taking part in a conference */
call_run confer_host, confer_join, confer_part, confer_heir_of, confer_alone, confer_select, confer_no_seat,
        confer_answered, confer_refused, confer_reoffer, confer_phone_lost, confer_dead;
void confer_follow(struct step *step);            /* after every step: who speaks in the mixer */
enum call_state confer_joined(struct step *step); /* it was asked to talk again, and does */
void confer_unseat(struct step *step);            /* nobody does */
call_run confer_codec_refused;                    /* of a host whose far end was asked for another codec */
bool confer_may_mix(struct audio *ours);          /* leaves what can be mixed; false: nothing */
bool confer_is_mixed(const struct call *call);    /* it speaks what can be, and through the relay */
call_run confer_bridge_news;                      /* how it went with the partner of a bridge */
bool confer_bridges(struct step *step);           /* a refused transfer can be done here ... */
enum call_state confer_bridge(struct step *step); /* ... and is */

/* call_focus.c: a conference at the PBX's focus */
call_run focus_gather, focus_missed, focus_refused;
void focus_begin(struct step *step);   /* of the call to it */
void focus_reached(struct step *step); /* somebody answers there */

/* call_remote.c: calls of other phones of the line */
call_run remote_show, remote_over, remote_take, remote_moved, barge_begin, barge_opened, barge_off, barge_no_ports,
        barge_note;

/* call_replace.c: another far end takes the place of the one that was there */
call_run replace_early, replace_up;

/* call_way.c: with the relay or without, where that may change */
struct endpoint way_local(const struct step *step); /* what the far end should be told */
bool way_turn(struct step *step);                   /* call.direct is put right; true: it has changed */
void way_open(struct call *call);                   /* they come with an offer: what they refused is forgotten */
void way_answered(struct call *call);               /* call.local is our answer, and goes out */
void way_offer_over(struct step *step);             /* our offer was answered, or refused */
bool way_at_relay(const struct call *call);         /* and will be, when nothing more is said */
void way_follow(struct step *step);                 /* after every step */

/* call_end.c: every way out */
call_run end_hang_up, end_phone_lost, end_far, end_caller_gone, end_failed, end_no_channel, end_no_codec, end_no_ports,
        end_unanswered;
call_run end_dead, end_tone, note_secret, note_identity, note_malicious, note_quality;
enum call_state call_fail(struct step *step, enum cause_own own);   /* tone and text, everything closed */
enum call_state call_over(struct step *step, int status, int q850); /* idle; how it is told to the far end */
enum call_state call_redirect(struct step *step, const char *to, enum redirect_reason reason); /* idle */

/* call_media.c: the resources of a call, each changed only here and together with its action */
void call_act(struct step *step, enum action_kind kind, int arg);
void call_timer(struct step *step, unsigned ms); /* 0: none */
void call_begin(struct step *step, bool incoming);
void call_relay_begin(struct step *step); /* last but for what needs the ports */
void call_relay_end(struct step *step);
struct audio call_ours(const struct step *step); /* what we can do now */
void call_stream_guess(struct step *step);       /* our best codec, nowhere to send it yet */
void call_stream_take(struct step *step, const struct media_stream *agreed); /* opens, reopens or redirects as needed */
void call_rx_open(struct step *step);                                        /* and the timer for its ack */
void call_rx_opened(struct step *step);              /* from EV_RX_OPEN; audio flows as far as it is agreed */
void call_relay_tell(struct step *step);             /* the ends of the relay have changed */
void call_media_turn(struct step *step);             /* call.direct has changed */
void call_media_off(struct step *step);              /* receive first, then transmit: field-guide M4 */
void call_offer_make(struct step *step, bool held);  /* call.local is what we offer */
bool call_answer_make(struct step *step, bool held); /* call.local is our answer to call.remote; false: none possible */
void call_reoffer_send(struct step *step, bool held);
void call_reoffer_answer(struct step *step, bool held); /* if one is due */
bool call_local_moved(const struct call *call); /* direct: the phone listens elsewhere than the far end was told */

#endif
