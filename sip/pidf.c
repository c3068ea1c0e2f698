#include "sip/pidf.h"

#include <string.h>

#include "gateway/base/text.h"
#include "sip/xml.h"

struct reading {
        bool found;             /* the root was right */
        bool open, closed;      /* some tuple is */
        unsigned activities;    /* depth of the <activities> that is open, 0: none */
        enum sip_presence most; /* the strongest word so far */
};

/* What is said several times counts by its strongest: a PBX says "busy" of a phone that rings, and notes "Ringing". */
static const unsigned char strength[] = {
        [SIP_PRESENCE_UNKNOWN] = 0,      [SIP_PRESENCE_OPEN] = 1,    [SIP_PRESENCE_AWAY] = 2, [SIP_PRESENCE_CLOSED] = 3,
        [SIP_PRESENCE_ON_THE_PHONE] = 4, [SIP_PRESENCE_RINGING] = 5, [SIP_PRESENCE_DND] = 6,
};

/* RFC 4480 section 3.2; what says nothing about reaching somebody by phone is left out. */
static const struct word {
        const char *word;
        enum sip_presence presence;
} activities[] = {
        {"on-the-phone", SIP_PRESENCE_ON_THE_PHONE},
        {"busy", SIP_PRESENCE_ON_THE_PHONE},
        {"dnd", SIP_PRESENCE_DND},
        {"away", SIP_PRESENCE_AWAY},
        {"appointment", SIP_PRESENCE_AWAY},
        {"holiday", SIP_PRESENCE_AWAY},
        {"meal", SIP_PRESENCE_AWAY},
        {"meeting", SIP_PRESENCE_AWAY},
        {"permanent-absence", SIP_PRESENCE_AWAY},
        {"sleeping", SIP_PRESENCE_AWAY},
        {"vacation", SIP_PRESENCE_AWAY},
};

/* Notes begin so, in Asterisk ("On the phone"), FreeSWITCH ("Talk 1002", "Do Not Disturb") and others; whatever else
 * people write there says nothing. */
static const struct word notes[] = {
        {"on the phone", SIP_PRESENCE_ON_THE_PHONE},
        {"on hold", SIP_PRESENCE_ON_THE_PHONE},
        {"hold", SIP_PRESENCE_ON_THE_PHONE},
        {"in a call", SIP_PRESENCE_ON_THE_PHONE},
        {"in use", SIP_PRESENCE_ON_THE_PHONE},
        {"talk", SIP_PRESENCE_ON_THE_PHONE},
        {"busy", SIP_PRESENCE_ON_THE_PHONE},
        {"ring", SIP_PRESENCE_RINGING},
        {"do not disturb", SIP_PRESENCE_DND},
        {"dnd", SIP_PRESENCE_DND},
        {"away", SIP_PRESENCE_AWAY},
        {"unavailable", SIP_PRESENCE_CLOSED},
        {"offline", SIP_PRESENCE_CLOSED},
        {"ready", SIP_PRESENCE_OPEN},
        {"available", SIP_PRESENCE_OPEN},
        {"online", SIP_PRESENCE_OPEN},
        {"idle", SIP_PRESENCE_OPEN},
};

static void said(struct reading *reading, enum sip_presence presence)
{
        if (strength[presence] > strength[reading->most])
                reading->most = presence;
}

static bool begins_with(const char *text, const char *word)
{
        char start[XML_TEXT_SIZE];
        text_copy_n(start, sizeof start, text, strlen(word));
        return text_equal_nocase(start, word);
}

static void opened(void *context, const struct xml_element *element)
{
        struct reading *reading = context;
        if (element->depth == 1)
                reading->found = strcmp(element->name, "presence") == 0;
        if (reading->activities > 0 && element->depth == reading->activities + 1) {
                for (size_t i = 0; i < sizeof activities / sizeof activities[0]; i++) {
                        if (text_equal_nocase(element->name, activities[i].word))
                                said(reading, activities[i].presence);
                }
        }
        if (strcmp(element->name, "activities") == 0)
                reading->activities = element->depth;
}

static void note_closed(struct reading *reading, const char *text)
{
        for (size_t i = 0; i < sizeof notes / sizeof notes[0]; i++) {
                if (begins_with(text, notes[i].word))
                        said(reading, notes[i].presence);
        }
}

static void closed(void *context, const struct xml_element *element)
{
        struct reading *reading = context;
        if (element->depth == reading->activities)
                reading->activities = 0;
        if (strcmp(element->name, "basic") == 0) {
                reading->open |= text_equal_nocase(element->text, "open");
                reading->closed |= text_equal_nocase(element->text, "closed");
        } else if (strcmp(element->name, "note") == 0) {
                note_closed(reading, element->text);
        }
}

const char *pidf_read(const char *text, size_t len, enum sip_presence *out)
{
        static const struct xml_reader reader = {opened, closed};
        struct reading reading = {.found = false};
        *out = SIP_PRESENCE_UNKNOWN;
        const char *problem = xml_read(text, len, &reader, &reading);
        if (problem)
                return problem;
        if (!reading.found)
                return "not a presence document";
        if (reading.open) /* one of its devices is enough */
                said(&reading, SIP_PRESENCE_OPEN);
        else if (reading.closed)
                said(&reading, SIP_PRESENCE_CLOSED);
        *out = reading.most;
        return NULL;
}
