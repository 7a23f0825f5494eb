/* Multipart parsing (RFC 2046 and 7578): boundaries, part headers, file names. Limits on sizes and counts are set by the
 * caller's callbacks; here only the header block and the boundary are bounded. */
#include "http/mp.h"

#include <strings.h>

#include "base/text.h"

enum {
    MP_WINDOW = 32768,       /* also the most a part's headers may take */
    MP_BOUNDARY_MOST = 200,  /* RFC 2046 says 70; some clients send more */
    MP_NAME_MOST = 255       /* bytes of a file name: what file systems take */
};

enum mp_state { MP_DATA, MP_HEADERS, MP_EPILOGUE };

struct mp {
    struct arena *a;
    const struct mp_calls *calls;
    void *to;
    enum mp_state state;
    bool in_part;                          /* false in the preamble, whose bytes are dropped */
    size_t skip;                           /* bytes at the window's start that are the headers' end, not data */
    char delimiter[MP_BOUNDARY_MOST + 8];  /* CR LF - - boundary */
    size_t delimiter_len;
    size_t len;                            /* bytes in the window */
    char window[MP_WINDOW];
};

static err *malformed(struct mp *mp, const char *why)
{
    return err_new(mp->a, ERR_BAD_REQUEST, "Multipart form parse error - %s", why);
}

/* ---- header values ---- */

static const char *skip_blanks(const char *s)
{
    return s + strspn(s, " \t");
}

/* Reads a token or quoted string at *s and moves past it. Inside quotes only \" and \\ are escapes: browsers on Windows
 * used to send whole paths with single backslashes. */
static char *param_value(struct arena *a, const char **s)
{
    const char *p = *s;
    char *out, *o;

    if (*p != '"') {
        size_t n = strcspn(p, "; \t");

        *s = p + n;
        return arena_strndup(a, p, n);
    }
    out = o = arena_alloc(a, strlen(p) + 1);
    for (p++; *p && *p != '"'; p++) {
        if (*p == '\\' && (p[1] == '"' || p[1] == '\\'))
            p++;
        *o++ = *p;
    }
    *s = p + (*p == '"');
    return out;
}

char *mp_header_param(struct arena *a, const char *value, const char *name)
{
    const char *s = value + strcspn(value, ";");

    while (*s == ';') {
        size_t n;
        bool wanted;
        char *v;

        s = skip_blanks(s + 1);
        n = strcspn(s, "=; \t");
        wanted = n == strlen(name) && strncasecmp(s, name, n) == 0;
        s = skip_blanks(s + n);
        if (*s == '=') {
            s = skip_blanks(s + 1);
            v = param_value(a, &s);
            if (wanted)
                return v;
        }
        s += strcspn(s, ";");
    }
    return NULL;
}

/* Cut at a character's start, so that the rest stays valid UTF-8. */
static size_t cut_utf8(const char *s, size_t most)
{
    while (most > 0 && ((unsigned char)s[most] & 0xc0) == 0x80)
        most--;
    return most;
}

/* A name too long for a file system keeps its ending, which tells the format. */
static char *shorten(struct arena *a, char *name)
{
    size_t len = strlen(name);
    const char *dot = strrchr(name, '.');
    size_t ending = dot ? strlen(dot) : 0;

    if (len <= MP_NAME_MOST)
        return name;
    if (ending > 32)
        ending = 0;
    return arena_printf(a, "%.*s%s", (int)cut_utf8(name, MP_NAME_MOST - ending), name, ending ? dot : "");
}

char *mp_clean_filename(struct arena *a, const char *name)
{
    const char *last = name;
    char *out;

    for (const char *s = name; *s; s++)
        if (*s == '/' || *s == '\\')
            last = s + 1;
    out = arena_strdup(a, last);
    if (!utf8_valid(out, strlen(out)))
        for (char *s = out; *s; s++)
            if (*s & 0x80)
                *s = '_';
    for (char *s = out; *s; s++)
        if ((unsigned char)*s < 0x20 || *s == 0x7f)
            *s = '_';
    if (strcmp(out, ".") == 0 || strcmp(out, "..") == 0)
        memset(out, '_', strlen(out));
    return shorten(a, out);
}

/* filename*=UTF-8''na%C3%AFve.txt (RFC 5987); NULL when absent or in another charset. */
static char *extended_filename(struct arena *a, const char *disposition)
{
    char *v = mp_header_param(a, disposition, "filename*");
    char *text;
    size_t n;

    if (!v || strncasecmp(v, "utf-8'", 6) != 0 || !(v = strchr(v + 6, '\'')))
        return NULL;
    text = url_decode(a, v + 1, strlen(v + 1), false, &n);
    return memchr(text, '\0', n) ? NULL : text;
}

/* ---- parts ---- */

static err *read_disposition(struct mp *mp, const char *value, struct mp_part *part)
{
    const char *name = mp_header_param(mp->a, value, "name");
    const char *file = extended_filename(mp->a, value);

    if (!file)
        file = mp_header_param(mp->a, value, "filename");
    if (name && !utf8_valid(name, strlen(name)))
        return malformed(mp, "field name is not valid UTF-8");
    part->name = name ? name : "";
    part->filename = file ? mp_clean_filename(mp->a, file) : NULL;
    return OK;
}

/* No control characters: the value may end in a response header. */
static bool is_plain(const char *s)
{
    while (*s >= 0x20 && *s < 0x7f)
        s++;
    return *s == '\0';
}

static err *read_header(struct mp *mp, char *line, struct mp_part *part)
{
    char *value = strchr(line, ':');

    if (!value)
        return malformed(mp, "header without a colon");
    *value++ = '\0';
    value += strspn(value, " \t");
    if (strcasecmp(line, "Content-Type") == 0)
        part->content_type = is_plain(value) ? value : NULL;
    if (strcasecmp(line, "Content-Disposition") == 0)
        return read_disposition(mp, value, part);
    return OK;
}

static err *begin_part(struct mp *mp, const char *block, size_t len)
{
    struct mp_part part = {.name = ""};
    char *s = arena_memdup(mp->a, block, len);

    if (memchr(s, '\0', len))
        return malformed(mp, "NUL in a header");
    while (*s) {
        char *eol = strstr(s, "\r\n");
        char *next = eol ? eol + 2 : s + strlen(s);

        if (eol)
            *eol = '\0';
        TRY(read_header(mp, s, &part));
        s = next;
    }
    mp->in_part = true;
    return mp->calls->begin(mp->to, &part);
}

static err *give(struct mp *mp, size_t len)
{
    size_t skip = mp->skip < len ? mp->skip : len;

    mp->skip -= skip;
    return mp->in_part && len > skip ? mp->calls->data(mp->to, mp->window + skip, len - skip) : OK;
}

static err *end_part(struct mp *mp)
{
    if (!mp->in_part)
        return OK;
    mp->in_part = false;
    return mp->calls->end(mp->to);
}

/* ---- the window ---- */

static void drop(struct mp *mp, size_t n)
{
    mp->len -= n;
    memmove(mp->window, mp->window + n, mp->len);
}

enum after { AFTER_MORE, AFTER_NEXT, AFTER_CLOSE, AFTER_DATA };

/* What follows a delimiter decides whether it is one: CRLF (after blanks), "--", or data that merely looks like it. */
static enum after after_delimiter(const char *p, size_t len, size_t *used)
{
    size_t i = 0;

    if (len >= 2 && p[0] == '-' && p[1] == '-')
        return AFTER_CLOSE;
    if (len == 1 && p[0] == '-')
        return AFTER_MORE;
    while (i < len && (p[i] == ' ' || p[i] == '\t'))
        i++;
    if (i == len || (p[i] == '\r' && i + 1 == len))
        return AFTER_MORE;
    *used = i + 2;
    return p[i] == '\r' && p[i + 1] == '\n' ? AFTER_NEXT : AFTER_DATA;
}

/* Gives n bytes of data to the part and drops them. */
static err *pass_data(struct mp *mp, size_t n, bool *progress)
{
    *progress = n > 0;
    TRY(give(mp, n));
    drop(mp, n);
    return OK;
}

static err *step_data(struct mp *mp, bool *progress)
{
    const char *hit = memmem(mp->window, mp->len, mp->delimiter, mp->delimiter_len);
    size_t at, end, used = 0;

    if (!hit) {   /* the last bytes may be a delimiter's beginning */
        size_t keep = mp->delimiter_len - 1;

        return pass_data(mp, mp->len > keep ? mp->len - keep : 0, progress);
    }
    at = (size_t)(hit - mp->window);
    end = at + mp->delimiter_len;
    switch (after_delimiter(mp->window + end, mp->len - end, &used)) {
    case AFTER_MORE:
        return pass_data(mp, at, progress);
    case AFTER_DATA:
        return pass_data(mp, at + 2, progress);   /* past CR LF, so that it is not found again */
    case AFTER_CLOSE:
        mp->state = MP_EPILOGUE;
        break;
    case AFTER_NEXT:
        mp->state = MP_HEADERS;
        break;
    }
    TRY(give(mp, at));
    drop(mp, end + used);
    *progress = true;
    return end_part(mp);
}

static err *step_headers(struct mp *mp, bool *progress)
{
    const char *end;
    size_t block = 0, used = 2;

    *progress = false;
    if (mp->len < 2)
        return OK;
    if (memcmp(mp->window, "\r\n", 2) != 0) {   /* else: a part without headers */
        end = memmem(mp->window, mp->len, "\r\n\r\n", 4);
        if (!end)
            return OK;
        block = (size_t)(end - mp->window);
        used = block + 4;
    }
    mp->state = MP_DATA;
    TRY(begin_part(mp, mp->window, block));
    /* The blank line's CR LF stays in the window: the delimiter of an empty part may begin with it. */
    mp->skip = 2;
    drop(mp, used - 2);
    *progress = true;
    return OK;
}

static err *step(struct mp *mp, bool *progress)
{
    switch (mp->state) {
    case MP_DATA:
        return step_data(mp, progress);
    case MP_HEADERS:
        return step_headers(mp, progress);
    case MP_EPILOGUE:
        break;
    }
    mp->len = 0;
    *progress = false;
    return OK;
}

err *mp_new(struct arena *a, const char *content_type, const struct mp_calls *calls, void *to, struct mp **out)
{
    struct mp *mp = ARENA_NEW(a, struct mp);
    const char *boundary = mp_header_param(a, content_type, "boundary");
    size_t len = boundary ? strlen(boundary) : 0;

    mp->a = a;
    mp->calls = calls;
    mp->to = to;
    if (len == 0 || len > MP_BOUNDARY_MOST)
        return malformed(mp, "Invalid boundary in multipart");
    memcpy(mp->delimiter, "\r\n--", 4);
    memcpy(mp->delimiter + 4, boundary, len);
    mp->delimiter_len = len + 4;
    /* As if the body began with a line end: the first delimiter needs none before it. */
    memcpy(mp->window, "\r\n", 2);
    mp->len = 2;
    *out = mp;
    return OK;
}

err *mp_feed(struct mp *mp, const char *p, size_t len)
{
    bool progress;

    while (len > 0) {
        size_t n = MP_WINDOW - mp->len < len ? MP_WINDOW - mp->len : len;

        if (n == 0)
            return malformed(mp, "part headers too long");
        memcpy(mp->window + mp->len, p, n);
        mp->len += n;
        p += n;
        len -= n;
        do {
            TRY(step(mp, &progress));
        } while (progress);
    }
    return OK;
}

err *mp_finish(struct mp *mp)
{
    if (mp->state != MP_EPILOGUE)
        return malformed(mp, "closing boundary missing");
    return OK;
}
