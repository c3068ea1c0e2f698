#include "sip/alerting.h"

#include <sofia-sip/sip.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "gateway/base/text.h"
#include "sip/identity.h"

#define WORD_SIZE 80

/* Rings by the words for them: RFC 7462 section 4, the names of Bellcore's cadences, and what phones' manuals have
 * made customary after "info=". */
static const struct {
        const char *word;
        enum ring ring;
} rings[] = {
        {"urn:alert:source:internal", RING_INSIDE},
        {"urn:alert:source:external", RING_OUTSIDE},
        {"urn:alert:source:friend", RING_FEATURE},
        {"urn:alert:source:family", RING_FEATURE},
        {"urn:alert:priority:high", RING_URGENT},
        {"alert-internal", RING_INSIDE},
        {"internal", RING_INSIDE},
        {"inside", RING_INSIDE},
        {"alert-external", RING_OUTSIDE},
        {"external", RING_OUTSIDE},
        {"outside", RING_OUTSIDE},
        {"alert-group", RING_FEATURE},
        {"alert-acd", RING_FEATURE},
        {"feature", RING_FEATURE},
        {"alert-emergency", RING_URGENT},
        {"alert-priority", RING_URGENT},
        {"urgent", RING_URGENT},
};

/* Cadences by number, whatever the family of names. */
static const char *const numbered[] = {"bellcore-dr", "bellcore-r", "alert-community-", "ring"};

static const char *const answers[] = {"alert-autoanswer", "auto answer", "autoanswer",  "auto-answer",
                                      "ring answer",      "ringanswer",  "ring-answer", "intercom"};

static enum ring ring_of(const char *word)
{
        for (size_t i = 0; i < sizeof rings / sizeof *rings; i++)
                if (text_equal_nocase(word, rings[i].word))
                        return rings[i].ring;
        for (size_t i = 0; i < sizeof numbered / sizeof *numbered; i++) {
                size_t len = strlen(numbered[i]);
                if (strncasecmp(word, numbered[i], len) == 0 && word[len] >= '1' && word[len] <= '5' && !word[len + 1])
                        return (enum ring)(RING_BELLCORE_1 + (word[len] - '1'));
        }
        return RING_DEFAULT;
}

static bool asks_for_answer(const char *word)
{
        for (size_t i = 0; i < sizeof answers / sizeof *answers; i++)
                if (text_equal_nocase(word, answers[i]))
                        return true;
        return false;
}

/* The first of several that is understood counts (RFC 7462 section 5). PBXs dress words up as web addresses. */
static void take_word(const char *word, struct alerting *out)
{
        if (strstr(word, "://"))
                word = strrchr(word, '/') + 1;
        enum ring ring = ring_of(word);
        if (out->ring == RING_DEFAULT)
                out->ring = ring;
        if (asks_for_answer(word))
                out->answer = true;
}

/* False: no number of seconds anybody would wait. */
static bool seconds_of(const char *text, unsigned *out)
{
        unsigned long value = text_is_digits(text) && strlen(text) < 4 ? strtoul(text, NULL, 10)
                                                                       : ALERTING_AFTER_MAX + 1;
        *out = (unsigned)value;
        return value <= ALERTING_AFTER_MAX;
}

static bool says_off(const char *value)
{
        return text_equal_nocase(value, "off") || text_equal_nocase(value, "no") || text_equal_nocase(value, "0");
}

static void take_param(const char *name, const char *value, struct alerting *out)
{
        unsigned after_s = 0;
        if (text_equal_nocase(name, "info"))
                take_word(value, out);
        else if (text_equal_nocase(name, "answer-after") && seconds_of(value, &after_s)) {
                out->answer = true;
                out->answer_after_s = after_s;
        } else if (text_equal_nocase(name, "delay") && seconds_of(value, &after_s))
                out->answer_after_s = after_s;
        else if (text_equal_nocase(name, "mic") && says_off(value))
                out->one_way = true;
}

/* Cuts the front off at `stop`, outside quotes. */
static void cut(const char **value, size_t *len, char stop, const char **piece, size_t *piece_len)
{
        bool quoted = false, angled = false;
        size_t at = 0;
        for (; at < *len && (quoted || angled || (*value)[at] != stop); at++) {
                char c = (*value)[at];
                if (c == '"')
                        quoted = !quoted;
                else if (!quoted && (c == '<' || c == '>'))
                        angled = c == '<';
        }
        *piece = *value;
        *piece_len = at;
        *value += at < *len ? at + 1 : at;
        *len -= at < *len ? at + 1 : at;
}

/* A word or URI, plain or in <>, or name=value: some PBXs leave the URI out and begin with the parameter. */
static void take_piece(const char *piece, size_t len, bool words, struct alerting *out)
{
        char text[WORD_SIZE], name[WORD_SIZE];
        identity_name(piece, len, text, sizeof text);
        char *plain = *text == '<' ? text + 1 : text;
        plain[strcspn(plain, ">")] = '\0';
        const char *equals = strchr(plain, '=');
        if (!equals) {
                if (words)
                        take_word(plain, out);
                return;
        }
        text_copy_n(name, sizeof name, plain, (size_t)(equals - plain));
        char value[WORD_SIZE];
        identity_name(equals + 1, strlen(equals + 1), value, sizeof value);
        take_param(name, value, out);
}

static void take_info(const char *value, size_t len, bool words, struct alerting *out)
{
        while (len > 0) {
                const char *item, *piece;
                size_t item_len, piece_len;
                cut(&value, &len, ',', &item, &item_len);
                for (bool first = true; item_len > 0; first = false) {
                        cut(&item, &item_len, ';', &piece, &piece_len);
                        take_piece(piece, piece_len, words && first, out);
                }
        }
}

void alerting_alert_info(const char *value, size_t len, struct alerting *out)
{
        take_info(value, len, true, out);
}

void alerting_call_info(const char *value, size_t len, struct alerting *out)
{
        take_info(value, len, false, out);
}

void alerting_answer_mode(const char *value, size_t len, struct alerting *out)
{
        char mode[WORD_SIZE], param[WORD_SIZE];
        const char *piece;
        size_t piece_len;
        cut(&value, &len, ';', &piece, &piece_len);
        identity_name(piece, piece_len, mode, sizeof mode);
        if (!text_equal_nocase(mode, "Auto"))
                return;
        out->answer = true;
        while (len > 0) {
                cut(&value, &len, ';', &piece, &piece_len);
                identity_name(piece, piece_len, param, sizeof param);
                if (text_equal_nocase(param, "require"))
                        out->required = true;
        }
}

/* Sofia takes this one apart itself. */
static void read_call_info(const sip_t *request, struct alerting *out)
{
        for (const sip_call_info_t *info = request->sip_call_info; info; info = info->ci_next)
                for (const msg_param_t *param = info->ci_params; param && *param; param++)
                        alerting_call_info(*param, strlen(*param), out);
}

/* Raw in sofia's default message class, as in identity.c. */
static const struct {
        const char *name;
        void (*read)(const char *value, size_t len, struct alerting *out);
} headers[] = {
        {"Alert-Info", alerting_alert_info},
        {"Answer-Mode", alerting_answer_mode},
        {"Priv-Answer-Mode", alerting_answer_mode},
};

void alerting_read(const sip_t *request, struct alerting *out)
{
        *out = (struct alerting){0};
        read_call_info(request, out);
        for (const sip_unknown_t *header = request->sip_unknown; header; header = header->un_next)
                for (size_t i = 0; i < sizeof headers / sizeof *headers; i++)
                        if (header->un_value && text_equal_nocase(header->un_name, headers[i].name))
                                headers[i].read(header->un_value, strlen(header->un_value), out);
}
