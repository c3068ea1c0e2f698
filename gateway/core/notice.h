/* What the prompt of a phone says when several things want to say something: one order for all of them.
 * Facts: field-guide D8, flows.md 15. */
#ifndef SCCPGW_CORE_NOTICE_H
#define SCCPGW_CORE_NOTICE_H

#include <stdbool.h>

/* From the least to the most important. */
enum notice {
        NOTICE_IDLE, /* always there */
        NOTICE_VOICEMAIL,
        NOTICE_CALL_BACK, /* somebody is watched for the user */
        NOTICE_MONITOR,
        NOTICE_PRIVACY,
        NOTICE_DND,
        NOTICE_FORWARD,
        NOTICE_TROUBLE, /* a line that does not work */
        NOTICE_TIMED,   /* a text for some seconds */
        NOTICE_CALL,    /* the prompts of calls: nothing covers them */
        NOTICES
};

/* Which of those that want to is shown. */
enum notice notice_choose(const bool wants[NOTICES]);

const char *notice_name(enum notice notice); /* "voicemail" */

#endif
