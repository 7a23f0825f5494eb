/* Words for XML that is not well-formed. libxml2 finds the fault; kind and place are told in
 * expat's words, which clients of the reference know. */
#include "labelconfig/lc_priv.h"

#include <libxml/xmlerror.h>

enum place { AT_FAULT, AT_END, AT_FIRST, AT_CLOSING, AT_ENTITY, AT_TAG };

struct wording {
    int code;
    const char *text;
    enum place place;
};

static const struct wording words[] = {
    {XML_ERR_TAG_NAME_MISMATCH, "mismatched tag", AT_CLOSING},
    {XML_ERR_UNDECLARED_ENTITY, "undefined entity", AT_ENTITY},
    {XML_WAR_UNDECLARED_ENTITY, "undefined entity", AT_ENTITY},
    {XML_ERR_INVALID_CHARREF, "reference to invalid character number", AT_ENTITY},
    {XML_ERR_ATTRIBUTE_REDEFINED, "duplicate attribute", AT_FAULT},
    {XML_NS_ERR_UNDEFINED_NAMESPACE, "unbound prefix", AT_TAG},
    {XML_ERR_DOCUMENT_END, "junk after document element", AT_FAULT},
    {XML_ERR_RESERVED_XML_NAME, "XML or text declaration not at start of entity", AT_TAG},
    {XML_ERR_DOCUMENT_EMPTY, "syntax error", AT_FIRST},
};

static size_t last_of(const char *xml, size_t at, char c, size_t none)
{
    for (size_t i = at; i > 0; i--)
        if (xml[i - 1] == c)
            return i - 1;
    return none;
}

static size_t first_mark(const char *xml, size_t len)
{
    size_t n = strspn(xml, " \t\r\n");

    return n < len ? n : len;
}

/* An entity in an attribute is blamed on its tag. */
static size_t entity_place(const char *xml, size_t at)
{
    size_t open = last_of(xml, at, '<', 0), close = last_of(xml, at, '>', 0);

    return open >= close ? open : last_of(xml, at, '&', at);
}

static size_t place_of(enum place place, const char *xml, size_t len, size_t at)
{
    switch (place) {
    case AT_END:
        return len;
    case AT_FIRST:
        return first_mark(xml, len);
    case AT_CLOSING:
        return last_of(xml, at, '<', at - 2) + 2;
    case AT_ENTITY:
        return entity_place(xml, at);
    case AT_TAG:
        return last_of(xml, at, '<', at);
    case AT_FAULT:
        break;
    }
    return at;
}

/* Lines from 1, columns from 0, counted in characters. */
static const char *at_place(struct arena *a, const char *text, const char *xml, size_t at)
{
    size_t line = 1, column = 0;

    for (size_t i = 0; i < at; i++) {
        if (xml[i] == '\n') {
            line++;
            column = 0;
        } else if (((unsigned char)xml[i] & 0xc0) != 0x80) {
            column++;
        }
    }
    return arena_printf(a, "%s: line %zu, column %zu", text, line, column);
}

/* Where the first `open` behind the last `close` stands, or NULL. */
static const char *left_open(const char *xml, const char *open, const char *close)
{
    const char *from = xml;

    for (const char *p = xml; (p = strstr(p, close)); p += strlen(close))
        from = p;
    return strstr(from, open);
}

/* The text ended too early: inside a CDATA section, a comment, another token, or between tokens. */
static const char *ended(struct arena *a, const char *xml, size_t len)
{
    size_t open = last_of(xml, len, '<', SIZE_MAX);
    size_t close = last_of(xml, len, '>', SIZE_MAX);
    const char *comment = left_open(xml, "<!--", "-->");

    if (left_open(xml, "<![CDATA[", "]]>"))
        return at_place(a, "unclosed CDATA section", xml, len);
    if (comment)
        return at_place(a, "unclosed token", xml, (size_t)(comment - xml));
    if (open != SIZE_MAX && (close == SIZE_MAX || open > close))
        return at_place(a, "unclosed token", xml, open);
    return at_place(a, "no element found", xml, len);
}

const char *lc_xml_message(struct arena *a, int code, const char *xml, size_t len, size_t at)
{
    if (at > len)
        at = len;
    if (at == len && code != XML_ERR_TAG_NAME_MISMATCH && code != XML_ERR_DOCUMENT_END)
        return ended(a, xml, len);
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (words[i].code == code)
            return at_place(a, words[i].text, xml, place_of(words[i].place, xml, len, at));
    return at_place(a, "not well-formed (invalid token)", xml, xml[at] == '/' ? at + 1 : at);
}
