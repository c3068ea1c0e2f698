#include "sip/xml.h"

#include <expat.h>
#include <stdbool.h>
#include <string.h>

#include "gateway/base/text.h"

struct walk {
        XML_Parser parser;
        const struct xml_reader *reader;
        void *context;
        const char *problem;
        unsigned depth, elements;
        bool leaf; /* nothing but text since the newest element opened */
        size_t text_len;
        char text[XML_TEXT_SIZE];
};

static void stop(struct walk *walk, const char *problem)
{
        if (!walk->problem)
                walk->problem = problem;
        XML_StopParser(walk->parser, XML_FALSE);
}

static const char *local_name(const char *name)
{
        const char *colon = strrchr(name, ':');
        return colon ? colon + 1 : name;
}

static void opened(void *data, const XML_Char *name, const XML_Char **attributes)
{
        struct walk *walk = data;
        if (walk->problem) /* expat may deliver what it has begun */
                return;
        if (++walk->elements > XML_ELEMENTS_MAX) {
                stop(walk, "too many elements");
                return;
        }
        if (++walk->depth > XML_DEPTH_MAX) {
                stop(walk, "nested too deep");
                return;
        }
        walk->leaf = true;
        walk->text_len = 0;
        const struct xml_element element = {
                .name = local_name(name), .depth = walk->depth, .attributes = attributes, .text = ""};
        walk->reader->open(walk->context, &element);
}

static bool is_space(char c)
{
        return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static const char *text_trimmed(struct walk *walk)
{
        size_t at = 0;
        if (!walk->leaf)
                return "";
        walk->text[text_utf8_cut(walk->text, walk->text_len)] = '\0';
        walk->text_len = strlen(walk->text);
        while (walk->text_len > 0 && is_space(walk->text[walk->text_len - 1]))
                walk->text[--walk->text_len] = '\0';
        while (is_space(walk->text[at]))
                at++;
        return walk->text + at;
}

static void closed(void *data, const XML_Char *name)
{
        struct walk *walk = data;
        if (walk->problem)
                return;
        walk->text[walk->text_len] = '\0';
        const struct xml_element element = {.name = local_name(name), .depth = walk->depth, .text = text_trimmed(walk)};
        walk->reader->close(walk->context, &element);
        walk->leaf = false;
        walk->depth--;
}

static void text_came(void *data, const XML_Char *text, int len)
{
        struct walk *walk = data;
        size_t room = sizeof walk->text - 1 - walk->text_len, more = (size_t)len < room ? (size_t)len : room;
        if (!walk->leaf || walk->problem)
                return;
        memcpy(walk->text + walk->text_len, text, more);
        walk->text_len += more;
}

static void doctype_came(void *data, const XML_Char *name, const XML_Char *system, const XML_Char *public, int internal)
{
        (void)name, (void)system, (void)public, (void)internal;
        stop(data, "a document type is not allowed");
}

const char *xml_read(const char *text, size_t len, const struct xml_reader *reader, void *context)
{
        struct walk walk = {.reader = reader, .context = context};
        if (len > XML_SIZE_MAX)
                return "too large";
        walk.parser = XML_ParserCreate(NULL);
        if (!walk.parser)
                return "no memory";
        XML_SetUserData(walk.parser, &walk);
        XML_SetElementHandler(walk.parser, opened, closed);
        XML_SetCharacterDataHandler(walk.parser, text_came);
        XML_SetStartDoctypeDeclHandler(walk.parser, doctype_came);
        enum XML_Status status = XML_Parse(walk.parser, text, (int)len, XML_TRUE);
        if (status != XML_STATUS_OK && !walk.problem)
                walk.problem = XML_ErrorString(XML_GetErrorCode(walk.parser)); /* a constant of expat's */
        XML_ParserFree(walk.parser);
        return walk.problem;
}

const char *xml_attribute(const struct xml_element *element, const char *name)
{
        const char *const *at = element->attributes;
        for (; at && at[0]; at += 2) {
                if (strcmp(local_name(at[0]), name) == 0)
                        return at[1];
        }
        return NULL;
}
