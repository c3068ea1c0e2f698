#include "gateway/core/notice.h"

enum notice notice_choose(const bool wants[NOTICES])
{
        enum notice notice = NOTICES - 1;
        while (notice > NOTICE_IDLE && !wants[notice])
                notice--;
        return notice;
}

const char *notice_name(enum notice notice)
{
        static const char *const names[NOTICES] = {
                [NOTICE_IDLE] = "idle",           [NOTICE_VOICEMAIL] = "voicemail", [NOTICE_MONITOR] = "monitor",
                [NOTICE_CALL_BACK] = "call-back", [NOTICE_PRIVACY] = "privacy",     [NOTICE_DND] = "do-not-disturb",
                [NOTICE_FORWARD] = "forward",     [NOTICE_TROUBLE] = "trouble",     [NOTICE_TIMED] = "timed",
                [NOTICE_CALL] = "call",
        };
        return notice < NOTICES ? names[notice] : "unknown";
}
