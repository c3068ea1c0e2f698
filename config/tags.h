/* !env NAME, !env NAME? and !secret NAME: values that stand elsewhere. */
#ifndef SCCPGW_CONFIG_TAGS_H
#define SCCPGW_CONFIG_TAGS_H

#include "config/load.h"

/* Puts the values in place of the names, for every node of the list (linked by next_tagged). */
void tags_answer(struct loader *loader, struct node *tagged);

#endif
