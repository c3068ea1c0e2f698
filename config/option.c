/* options.def read twice: once to know the scopes by name, once for their rows. */
#include "config/option.h"

#include "gateway/base/text.h"

static const char *const unknown_phones_words[] = {[UNKNOWN_REJECT] = "reject", [UNKNOWN_AUTO] = "auto", NULL};
static const char *const transport_words[] = {[TRANSPORT_UDP] = "udp", [TRANSPORT_TCP] = "tcp", NULL};
static const char *const transfer_words[] = {
        [TRANSFER_AUTO] = "auto", [TRANSFER_ON] = "on", [TRANSFER_OFF] = "off", NULL};
static const char *const answer_words[] = {[ANSWER_ALLOW] = "allow", [ANSWER_OFF] = "off", NULL};
static const char *const answer_busy_words[] = {[ANSWER_BUSY_WAIT] = "wait", [ANSWER_BUSY_REJECT] = "reject", NULL};
static const char *const privacy_words[] = {[PRIVACY_OFF] = "off", [PRIVACY_ON] = "on", NULL};
static const char *const dnd_words[] = {[DND_KEY_OFF] = "off",
                                        [DND_KEY_REJECT] = "reject",
                                        [DND_KEY_SILENT] = "silent",
                                        [DND_KEY_CYCLE] = "cycle",
                                        NULL};
static const char *const dnd_answer_words[] = {[DND_ANSWER_BUSY] = "busy", [DND_ANSWER_DECLINE] = "decline", NULL};
static const char *const bridge_words[] = {[BRIDGE_OFF] = "off", [BRIDGE_ON] = "on", NULL};
static const char *const conference_words[] = {[CONFERENCE_KEEP] = "keep", [CONFERENCE_END] = "end", NULL};
static const char *const registrar_words[] = {[REGISTRAR_OFF] = "off", [REGISTRAR_OPEN] = "open", NULL};
static const char *const media_latch_words[] = {[LATCH_LEARN] = "learn", [LATCH_STRICT] = "strict", NULL};
static const char *const tls_oldest_words[] = {[OLDEST_TLS_1_0] = "tls1.0",
                                               [OLDEST_TLS_1_1] = "tls1.1",
                                               [OLDEST_TLS_1_2] = "tls1.2",
                                               [OLDEST_TLS_1_3] = "tls1.3",
                                               NULL};
static const char *const media_mode_words[] = {
        [MEDIA_RELAY] = "relay", [MEDIA_DIRECT] = "direct", [MEDIA_AUTO] = "auto", NULL};
static const char *const transcode_words[] = {[TRANSCODE_OFF] = "off", [TRANSCODE_ON] = "on", NULL};
static const char *const dtmf_words[] = {[DTMF_AUTO] = "auto", [DTMF_RFC4733] = "rfc4733", [DTMF_INFO] = "info", NULL};
static const char *const srtp_words[] = {[CRYPTO_POLICY_OFF] = "off",
                                         [CRYPTO_POLICY_OPTIONAL] = "optional",
                                         [CRYPTO_POLICY_REQUIRED] = "required",
                                         NULL};
static const char *const mwi_words[] = {
        [MWI_OFF] = "off", [MWI_SUBSCRIBE] = "subscribe", [MWI_UNSOLICITED] = "unsolicited", [MWI_BOTH] = "both", NULL};
static const char *const blf_words[] = {[BLF_OFF] = "off", [BLF_DIALOG] = "dialog", [BLF_PRESENCE] = "presence", NULL};
static const char *const tone_words[] = {[TONE_INSIDE] = "inside", [TONE_OUTSIDE] = "outside", NULL};
static const char *const ring_words[] = {[RING_ON] = "on", [RING_OFF] = "off", NULL};
static const char *const log_level_words[] = {
        [LOG_ERROR] = "error", [LOG_WARNING] = "warning", [LOG_INFO] = "info", [LOG_DEBUG] = "debug", NULL};
static const char *const log_format_words[] = {[LOG_AUTO] = "auto", [LOG_TEXT] = "text", [LOG_JSON] = "json", NULL};

#define SCOPE(which, type, title, about)                                                                               \
        static const struct option *which##_options(void);                                                             \
        static const struct scope scope_##which = {                                                                    \
                .id = #which, .name = title, .help = about, .options = which##_options};
#include "config/options.def"

/* A function per scope gives its rows a local name, self, for the struct they fill. */
/* clang-format off */
#define SCOPE(which, type, title, about)                                                                               \
        static const struct option *which##_options(void)                                                              \
        {                                                                                                              \
                typedef type self;                                                                                     \
                static const struct option rows[] = {
#define OPTION(option, of, at, ...)                                                                                    \
                {.name = #option, .kind = &kind_##of, .place = offsetof(self, at),                                     \
                 .size = sizeof(((self *)0)->at), __VA_ARGS__},
#define SECTION(option, below)                                                                                         \
                {.name = #option, .kind = &kind_section, .scope = &scope_##below},
#define BELOW(option, of, ...)                                                                                         \
                {.name = #option, .kind = &kind_##of, __VA_ARGS__},
#define END                                                                                                            \
                {.name = NULL}};                                                                                       \
                return rows;                                                                                           \
        }
#include "config/options.def"
/* clang-format on */

const struct scope *const option_scopes[] = {
#define SCOPE(which, type, title, about) &scope_##which,
#include "config/options.def"
        NULL,
};

const char *option_cost_text(enum option_cost cost)
{
        switch (cost) {
        case LIVE:
                return "nothing: holds at once";
        case REREGISTER:
                return "its lines register anew";
        case RESET_PHONE:
                return "phones are reset when idle";
        case RESTART:
                return "a restart";
        }
        return "";
}

const struct option *option_find(const struct scope *scope, const char *name)
{
        for (const struct option *option = scope->options(); option->name; option++)
                if (text_equal(option->name, name))
                        return option;
        return NULL;
}
