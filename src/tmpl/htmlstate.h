/* Where in an HTML document a template stands, byte by byte: text, tag, attribute value, script. It
 * decides which template tags are safe there; it knows nothing about templates themselves. */
#ifndef LABELD_TMPL_HTMLSTATE_H
#define LABELD_TMPL_HTMLSTATE_H

#include <stdbool.h>
#include <stddef.h>

enum html_place {
    HTML_TEXT,
    HTML_LT,       /* after '<' */
    HTML_LT_SLASH, /* after '</' */
    HTML_DECL,     /* after '<!': a comment or a declaration */
    HTML_BOGUS,    /* declaration, up to '>' */
    HTML_COMMENT,
    HTML_TAG_NAME,
    HTML_IN_TAG,   /* between attributes */
    HTML_BOUNDARY, /* in a tag, where a section begins or ends: the next byte must delimit */
    HTML_ATTR_NAME,
    HTML_AFTER_NAME,
    HTML_BEFORE_VALUE,
    HTML_VALUE, /* quoted */
    HTML_VALUE_BARE,
    HTML_RCDATA, /* textarea, title */
    HTML_RAW,    /* script, style and their kind */
    HTML_RAW_LT,
    HTML_RAW_CLOSE /* matching the name of a closing tag inside RCDATA or RAW */
};

enum html_use { HTML_USE_TEXT, HTML_USE_JSON, HTML_USE_HTML, HTML_USE_PARTIAL };

enum { HTML_NAME_MAX = 24 };

struct html_state {
    enum html_place place;
    enum html_place raw_place; /* where HTML_RAW_LT and HTML_RAW_CLOSE fall back to */
    char quote;
    bool closing;             /* the tag is "</…" */
    bool json_script;         /* inside <script type="application/json"> */
    bool type_seen;           /* browsers take the first type attribute only */
    unsigned dashes;          /* in a comment: '-' in a row; after '<!': bytes seen */
    unsigned matched;         /* HTML_RAW_CLOSE: bytes of the name matched */
    unsigned tag_no, attr_no; /* serial numbers, so that two places of the same kind are not taken
                                 for the same */
    size_t tag_len, attr_len, value_len;
    char tag[HTML_NAME_MAX], attr[HTML_NAME_MAX],
        value[HTML_NAME_MAX]; /* lower case, cut, NUL-ended */
};

void html_state_init(struct html_state *s);
/* Feed one byte. NULL, or what is wrong with it (a literal). */
const char *html_state_feed(struct html_state *s, char c);
/* May this kind of output stand here? NULL when it may, else why not. */
const char *html_state_refuses(const struct html_state *s, enum html_use use);
/* A section begins or ends here. NULL, or why it may not. */
const char *html_state_boundary(struct html_state *s);
/* Same place, as far as a section that may be absent or repeated is concerned. */
bool html_state_same(const struct html_state *x, const struct html_state *y);
/* Inside the quoted value of an attribute that holds a URL. */
bool html_state_in_url(const struct html_state *s);

#endif
