/* The registration dialogue as real phones lead it: one question after another, each waits for its answer. */
#ifndef SCCPPHONE_REGISTER_H
#define SCCPPHONE_REGISTER_H

#include "device.h"

void register_begin(struct device *device); /* Alarm and Register */
void register_step(struct device *device, const struct sccp_message *answer);

#endif
