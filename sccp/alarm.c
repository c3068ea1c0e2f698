#include "sccp/alarm.h"

#include <stdbool.h>
#include <string.h>

#include "gateway/base/text.h"

#define VALUE_SIZE 64

/* What the words and numbers mean: words after Last= of the real 7912 and of 79xx loads; numbers of enums.yaml
 * alarm_last, which stand before the text ("25: Name=...") or after Last=; and ReasonForOutOfService of the XML, which
 * agrees with them but where noted. 0: no such number. */
static const struct meaning {
        const char *word; /* letters and digits count, NULL: none known */
        uint8_t text_code, xml_code;
        const char *says;
        bool fresh; /* it has begun anew, and nothing of before goes on */
} meanings[] = {
        {"Load-rejected", 0x00, 0, "firmware refused", false},
        {NULL, 0x01, 0, "firmware file has the wrong size", false},
        {NULL, 0x02, 0, "firmware cannot be unpacked", false},
        {NULL, 0x03, 0, "firmware of the wrong version", false},
        {NULL, 0x04, 0, "no room for firmware", false},
        {NULL, 0x05, 0, "firmware checksum is wrong", false},
        {NULL, 0x06, 0, "firmware not found by TFTP", false},
        {"TFTP-timeout", 0x07, 0, "TFTP timed out", false},
        {NULL, 0x08, 0, "TFTP access refused", false},
        {NULL, 0x09, 0, "TFTP error", false},
        {"TCP-timeout", 0x0A, 10, "connection timed out", false},
        {NULL, 0x0B, 0, "server sent a wrong acknowledgement", false},
        {"CM-reset-TCP", 0x0C, 12, "server reset the connection", false},
        {"CM-aborted-TCP", 0x0D, 13, "server dropped the connection", false},
        {"CM-closed-TCP", 0x0E, 14, "server closed the connection", false},
        {NULL, 0x0F, 0, "server unreachable", false},
        {"CM-refused-TCP", 0x10, 0, "server refused the connection", false},
        {"KeepaliveTO", 0x11, 15, "keepalives were not answered", false},
        {NULL, 0, 16, "lost its IP address", false},
        {NULL, 0, 17, "registration timed out", false},
        {"Failback", 0x12, 18, "came back to its first server", false},
        {"Phone-Keypad", 0x14, 20, "reset at its keypad", true},
        {NULL, 0x15, 0, "reset because its IP configuration changed", true},
        {"Reset-Reset", 0x16, 22, "reset by its server", true},
        {"Reset-Restart", 0x17, 23, "restarted by its server", true},
        {"Phone-Reg-Rej", 0x18, 24, "registration rejected", false},
        {"Initialized", 0x19, 0, "power-up", true},
        {NULL, 0, 25, "was registered", false},
        {NULL, 0x1A, 0, "connection closed, reason unknown", false},
        {NULL, 0, 26, "its voice VLAN changed", false},
        {NULL, 0x1B, 0, "waited for its server's state", false},
        {NULL, 0x1C, 0, "waited for its server's answer", false},
        {NULL, 0x1D, 0, "audio processor failed", false},
        {NULL, 0x1E, 0, "dropped the connection itself", false},
        {NULL, 0x1F, 0, "file not authorised", false},
};

#define MEANINGS (sizeof meanings / sizeof *meanings)

/* The next letter or digit in lower case; '\0' at the end. */
static char next_letter(const char **at)
{
        for (; **at; (*at)++) {
                char c = **at;
                if (c >= 'A' && c <= 'Z')
                        c = (char)(c - 'A' + 'a');
                if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) {
                        (*at)++;
                        return c;
                }
        }
        return '\0';
}

static bool same_word(const char *a, const char *b)
{
        char letter;
        do {
                letter = next_letter(&a);
                if (letter != next_letter(&b))
                        return false;
        } while (letter);
        return true;
}

static const struct meaning *by_word(const char *word)
{
        for (size_t i = 0; i < MEANINGS; i++)
                if (meanings[i].word && same_word(meanings[i].word, word))
                        return &meanings[i];
        return NULL;
}

static const struct meaning *by_text_code(unsigned code)
{
        for (size_t i = 0; i < MEANINGS; i++)
                if (meanings[i].text_code == code && (code || i == 0))
                        return &meanings[i];
        return NULL;
}

static const struct meaning *by_xml_code(unsigned code)
{
        for (size_t i = 0; i < MEANINGS; i++)
                if (code && meanings[i].xml_code == code)
                        return &meanings[i];
        return NULL;
}

/* Up to three digits that end in `end`. */
static bool read_code(const char *text, char end, unsigned *code)
{
        size_t digits = strspn(text, "0123456789");
        if (digits == 0 || digits > 3 || text[digits] != end)
                return false;
        *code = 0;
        for (size_t i = 0; i < digits; i++)
                *code = *code * 10 + (unsigned)(text[i] - '0');
        return true;
}

/* Printable ASCII only, spaces at the ends left out; whole words of strangers end up in logs and on terminals. */
static void keep(char *to, size_t size, const char *from, size_t len)
{
        size_t n = 0;
        while (len && (*from == ' ' || *from == '\n' || *from == '\r' || *from == '\t'))
                from++, len--;
        for (; len && *from && n + 1 < size; from++, len--)
                to[n++] = *from > 0x20 && *from < 0x7F ? *from : *from == ' ' || *from == '\n' ? ' ' : '?';
        while (n && to[n - 1] == ' ')
                n--;
        to[n] = '\0';
}

/* The value behind "Last=", up to a space; false if there is none. */
static bool word_after(const char *text, const char *key, char value[VALUE_SIZE])
{
        const char *at = strstr(text, key);
        *value = '\0';
        if (at)
                keep(value, VALUE_SIZE, at + strlen(key), strcspn(at + strlen(key), " \r\n\t"));
        return *value;
}

static void say_reason(struct sccp_alarm_news *out, const struct meaning *meaning, const char *word)
{
        out->fresh = meaning && meaning->fresh;
        if (meaning && *word)
                text_printf(out->reason, sizeof out->reason, "%s (%s)", meaning->says, word);
        else
                text_copy(out->reason, sizeof out->reason, meaning ? meaning->says : word);
}

void sccp_alarm_text(const char *text, struct sccp_alarm_news *out)
{
        char last[VALUE_SIZE];
        unsigned code;
        *out = (struct sccp_alarm_news){0};
        const struct meaning *meaning = NULL;
        if (word_after(text, "Last=", last))
                meaning = read_code(last, '\0', &code) ? by_text_code(code) : by_word(last);
        if (!meaning && read_code(text, ':', &code))
                meaning = by_text_code(code);
        say_reason(out, meaning, last);
        bool loaded = word_after(text, "Load=", out->load);
        if (!out->reason[0])
                keep(out->line, sizeof out->line, text, strlen(text));
        else if (loaded)
                text_printf(out->line, sizeof out->line, "%s, load %s", out->reason, out->load);
        else
                text_copy(out->line, sizeof out->line, out->reason);
}

struct xml {
        const char *at;
        size_t len;
};

static const char *find(const char *at, size_t len, const char *what)
{
        return memmem(at, len, what, strlen(what));
}

/* The text of <... name="NAME">text</...>; false if it is absent or empty. */
static bool xml_value(const struct xml *xml, const char *name, char value[VALUE_SIZE])
{
        char key[VALUE_SIZE];
        const char *end = xml->at + xml->len;
        *value = '\0';
        text_printf(key, sizeof key, "name=\"%s\">", name);
        const char *at = find(xml->at, xml->len, key);
        if (!at)
                return false;
        at += strlen(key);
        const char *close = find(at, (size_t)(end - at), "</");
        if (close)
                keep(value, VALUE_SIZE, at, (size_t)(close - at));
        return *value;
}

static const struct detail {
        const char *name, *says;
} details[] = {
        {"NeighborDeviceID", "switch"},   {"NeighborPortID", "port"},        {"DeviceIPv4Address", "address"},
        {"UnifiedCMIPAddress", "server"}, {"LastProtocolEventSent", "sent"}, {"LastProtocolEventReceived", "received"},
};

void sccp_alarm_xml(const uint8_t *bytes, size_t len, struct sccp_alarm_news *out)
{
        struct xml xml = {(const char *)bytes, len};
        char value[VALUE_SIZE];
        unsigned code;
        *out = (struct sccp_alarm_news){0};
        if (xml_value(&xml, "ReasonForOutOfService", value)) {
                bool number = read_code(value, '\0', &code);
                say_reason(out, number ? by_xml_code(code) : by_word(value), value);
        }
        text_copy(out->line, sizeof out->line, out->reason[0] ? out->reason : "XML without a reason");
        for (size_t i = 0; i < sizeof details / sizeof *details; i++)
                if (xml_value(&xml, details[i].name, value))
                        text_append(out->line, sizeof out->line, ", %s %s", details[i].says, value);
}
