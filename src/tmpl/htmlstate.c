/* The HTML tokenizer's states, as far as they matter for escaping. Stricter than browsers: what
 * would be read differently with a section present, absent or repeated is refused, because template
 * authors can always write it plainly. */
#include "tmpl/htmlstate.h"

#include <string.h>

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

static bool is_alpha(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

/* Names longer than the buffer are none that matter: the last byte marks them as cut, so that no
 * known name is taken for them. */
static void name_add(char *name, size_t *len, char c)
{
    if (*len >= HTML_NAME_MAX - 1) {
        name[HTML_NAME_MAX - 2] = '~';
        return;
    }
    name[(*len)++] = lower(c);
    name[*len] = '\0';
}

static bool is_one_of(const char *name, const char *const *list)
{
    for (; *list; list++)
        if (strcmp(name, *list) == 0)
            return true;
    return false;
}

void html_state_init(struct html_state *s)
{
    memset(s, 0, sizeof *s);
    s->place = HTML_TEXT;
}

static void tag_start(struct html_state *s, char c, bool closing)
{
    s->place = HTML_TAG_NAME;
    s->closing = closing;
    s->json_script = s->type_seen = false;
    s->tag_no++;
    s->tag_len = s->attr_len = 0;
    s->attr[0] = '\0';
    name_add(s->tag, &s->tag_len, c);
}

static void tag_end(struct html_state *s)
{
    static const char *const rcdata[] = {"textarea", "title", NULL};
    static const char *const raw[] = {"script",  "style",    "xmp",       "iframe",
                                      "noembed", "noframes", "plaintext", NULL};

    s->place = HTML_TEXT;
    if (s->closing)
        return;
    if (is_one_of(s->tag, rcdata))
        s->place = HTML_RCDATA;
    else if (is_one_of(s->tag, raw))
        s->place = HTML_RAW;
    s->raw_place = s->place;
}

static void attr_start(struct html_state *s, char c)
{
    s->place = HTML_ATTR_NAME;
    s->attr_no++;
    s->attr_len = 0;
    name_add(s->attr, &s->attr_len, c);
}

static bool is_script_type(const struct html_state *s)
{
    return strcmp(s->tag, "script") == 0 && strcmp(s->attr, "type") == 0;
}

static void value_end(struct html_state *s)
{
    if (is_script_type(s) && !s->type_seen) {
        s->type_seen = true;
        s->json_script = strcmp(s->value, "application/json") == 0;
    }
    s->place = HTML_IN_TAG;
}

static void value_start(struct html_state *s, enum html_place place, char quote)
{
    s->place = place;
    s->quote = quote;
    s->value_len = 0;
    s->value[0] = '\0';
}

/* Between attributes; `boundary` when a section began or ended just before c. */
static const char *feed_in_tag(struct html_state *s, char c, bool boundary)
{
    if (c == '>') {
        tag_end(s);
        return NULL;
    }
    if (is_blank(c) || c == '/') {
        s->place = HTML_IN_TAG;
        return NULL;
    }
    if (boundary)
        return "inside a tag, text after the begin or end of a section must start with a blank";
    if (c == '=')
        return "'=' without an attribute name";
    if (c == '"' || c == '\'' || c == '<')
        return "stray quote or '<' inside a tag";
    attr_start(s, c);
    return NULL;
}

static const char *feed_attr_name(struct html_state *s, char c)
{
    if (c == '=') {
        s->place = HTML_BEFORE_VALUE;
        return NULL;
    }
    if (is_blank(c)) {
        s->place = HTML_AFTER_NAME;
        return NULL;
    }
    if (c == '>' || c == '/')
        return feed_in_tag(s, c, false);
    if (c == '"' || c == '\'' || c == '<')
        return "quote or '<' in an attribute name";
    if (s->place == HTML_AFTER_NAME)
        attr_start(s, c);
    else
        name_add(s->attr, &s->attr_len, c);
    return NULL;
}

static const char *feed_before_value(struct html_state *s, char c)
{
    if (is_blank(c))
        return NULL;
    if (c == '>')
        return "attribute without a value after '='";
    if (c == '"' || c == '\'') {
        value_start(s, HTML_VALUE, c);
        return NULL;
    }
    value_start(s, HTML_VALUE_BARE, '\0');
    name_add(s->value, &s->value_len, c);
    return NULL;
}

static const char *feed_value(struct html_state *s, char c)
{
    bool bare = s->place == HTML_VALUE_BARE;

    if (bare && c == '>') {
        value_end(s);
        tag_end(s);
    } else if (bare ? is_blank(c) : c == s->quote) {
        value_end(s);
    } else {
        name_add(s->value, &s->value_len, c);
    }
    return NULL;
}

static void feed_decl(struct html_state *s, char c)
{
    if (c == '-' && ++s->dashes == 2) {
        s->place = HTML_COMMENT;
        s->dashes = 0;
    } else if (c == '>') {
        s->place = HTML_TEXT;
    } else if (c != '-') {
        s->place = HTML_BOGUS;
    }
}

static void feed_comment(struct html_state *s, char c)
{
    if (c == '>' && s->dashes >= 2)
        s->place = HTML_TEXT;
    s->dashes = c == '-' ? s->dashes + 1 : 0;
}

static const char *feed_lt(struct html_state *s, char c)
{
    s->dashes = 0;
    if (is_alpha(c))
        tag_start(s, c, false);
    else if (c == '/')
        s->place = HTML_LT_SLASH;
    else if (c == '!')
        s->place = HTML_DECL;
    else if (c == '?')
        s->place = HTML_BOGUS;
    else
        return "a bare '<' in text: write &lt;";
    return NULL;
}

static const char *feed_lt_slash(struct html_state *s, char c)
{
    if (!is_alpha(c))
        return "'</' without a tag name";
    tag_start(s, c, true);
    return NULL;
}

/* In RCDATA and RAW only the closing tag of the same name ends the element. */
static void feed_raw(struct html_state *s, char c)
{
    if (s->place == HTML_RAW_LT && c == '/') {
        s->place = HTML_RAW_CLOSE;
        s->matched = 0;
    } else if (s->place == HTML_RAW_CLOSE && s->matched < s->tag_len &&
               lower(c) == s->tag[s->matched]) {
        s->matched++;
    } else if (s->place == HTML_RAW_CLOSE && s->matched == s->tag_len &&
               (is_blank(c) || c == '/' || c == '>')) {
        s->closing = true;
        s->place = HTML_IN_TAG;
        if (c == '>')
            tag_end(s);
    } else {
        s->place = c == '<' ? HTML_RAW_LT : s->raw_place;
    }
}

const char *html_state_feed(struct html_state *s, char c)
{
    switch (s->place) {
    case HTML_TEXT:
        if (c == '<')
            s->place = HTML_LT;
        return NULL;
    case HTML_LT:
        return feed_lt(s, c);
    case HTML_LT_SLASH:
        return feed_lt_slash(s, c);
    case HTML_DECL:
        feed_decl(s, c);
        return NULL;
    case HTML_BOGUS:
        if (c == '>')
            s->place = HTML_TEXT;
        return NULL;
    case HTML_COMMENT:
        feed_comment(s, c);
        return NULL;
    case HTML_TAG_NAME:
        if (is_blank(c) || c == '/' || c == '>')
            return feed_in_tag(s, c, false);
        name_add(s->tag, &s->tag_len, c);
        return NULL;
    case HTML_IN_TAG:
        return feed_in_tag(s, c, false);
    case HTML_BOUNDARY:
        return feed_in_tag(s, c, true);
    case HTML_ATTR_NAME:
    case HTML_AFTER_NAME:
        return feed_attr_name(s, c);
    case HTML_BEFORE_VALUE:
        return feed_before_value(s, c);
    case HTML_VALUE:
    case HTML_VALUE_BARE:
        return feed_value(s, c);
    case HTML_RCDATA:
    case HTML_RAW:
    case HTML_RAW_LT:
    case HTML_RAW_CLOSE:
        feed_raw(s, c);
        return NULL;
    }
    return NULL;
}

static const char *value_refuses(const struct html_state *s)
{
    static const char *const code[] = {"style", "srcdoc", "srcset", NULL};

    if (strncmp(s->attr, "on", 2) == 0)
        return "no values in on… attributes";
    if (is_one_of(s->attr, code))
        return "no values in style, srcdoc or srcset";
    if (is_script_type(s))
        return "the type of a script must be fixed";
    return NULL;
}

const char *html_state_refuses(const struct html_state *s, enum html_use use)
{
    if (use == HTML_USE_JSON)
        return s->place == HTML_RAW && s->json_script
                   ? NULL
                   : "{{json …}} only inside <script type=\"application/json\">";
    if (s->place == HTML_TEXT)
        return NULL;
    if (use == HTML_USE_HTML)
        return "{{html …}} only in text between tags";
    if (use == HTML_USE_PARTIAL)
        return "{{>…}} only in text between tags";
    if (s->place == HTML_RCDATA)
        return NULL;
    if (s->place == HTML_VALUE)
        return value_refuses(s);
    if (s->place == HTML_VALUE_BARE || s->place == HTML_BEFORE_VALUE)
        return "attribute values must be quoted";
    if (s->place == HTML_RAW)
        return "no values inside <script> or <style>";
    return "no values inside a tag, a comment or a declaration";
}

const char *html_state_boundary(struct html_state *s)
{
    switch (s->place) {
    case HTML_TEXT:
    case HTML_RCDATA:
    case HTML_RAW:
        return NULL;
    case HTML_VALUE:
        return is_script_type(s) ? "the type of a script must be fixed" : NULL;
    case HTML_TAG_NAME:
    case HTML_IN_TAG:
    case HTML_BOUNDARY:
    case HTML_ATTR_NAME:
    case HTML_AFTER_NAME:
        s->place = HTML_BOUNDARY;
        return NULL;
    default:
        return "no sections inside comments, unquoted values or half a tag";
    }
}

bool html_state_same(const struct html_state *x, const struct html_state *y)
{
    if (x->place != y->place)
        return false;
    if (x->place == HTML_TEXT)
        return true;
    if (x->place == HTML_VALUE && x->attr_no != y->attr_no)
        return false;
    return x->tag_no == y->tag_no && x->json_script == y->json_script && x->closing == y->closing;
}

bool html_state_in_url(const struct html_state *s)
{
    static const char *const url[] = {
        "href",       "src",      "action", "formaction", "poster",   "cite",   "data",
        "background", "manifest", "ping",   "xlink:href", "longdesc", "usemap", NULL};

    return s->place == HTML_VALUE && is_one_of(s->attr, url);
}
