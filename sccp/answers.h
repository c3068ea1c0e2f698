/* Answers to what a registering phone asks about itself; station.c decides when it may ask. */
#ifndef SCCPGW_SCCP_ANSWERS_H
#define SCCPGW_SCCP_ANSWERS_H

#include "sccp/station.h"

/* One more reply, all zeros but its id. */
struct sccp_message *sccp_reply(struct sccp_replies *replies, enum sccp_id id);

/* Answers `message` if it is a question of an admitted phone; false if it is none. */
bool sccp_answer(const struct sccp_station *station, const struct sccp_facts *facts, const struct sccp_message *message,
                 struct sccp_replies *replies);

/* The state of the feature or busy lamp key with that number, in the form of the phone's version; false: none has it.
 */
bool sccp_feature_message(const struct sccp_station *station, uint32_t instance, struct sccp_message *out);

#endif
