/* The tokeniser is a list of replacements that put blanks around what is a word of its own; afterwards the text is cut at blanks, and each
 * word is looked for in the source. Rules are those of the Treebank with "/" as a word besides. */
#define PCRE2_CODE_UNIT_WIDTH 8
#include "export/words.h"

#include <pcre2.h>
#include <string.h>

#include "base/text.h"
#include "export/items.h"

/* Not a replacement: from here on the text has a blank on either side. */
#define PADDING NULL

static const struct rule {
    const char *pattern, *replacement;
} rules[] = {
    {"^\"", "``"},
    {"(``)", " $1 "},
    {"([ (\\[{<])(\"|'{2})", "$1 `` "},
    {"([:,])([^\\d])", " $1 $2"},
    {"([:,])$", " $1 "},
    {"\\.\\.\\.", " ... "},
    {"([;@#$/%&])", " $1 "},
    {"([^\\.])(\\.)([\\])}>\"']*)\\s*$", "$1 $2$3 "},
    {"([?!])", " $1 "},
    {"([^'])' ", "$1 ' "},
    {"([\\]\\[(){}<>])", " $1 "},
    {"--", " -- "},
    {PADDING, NULL},
    {"''", " '' "},
    {"\"", " '' "},
    {"([^' ])('[sS]|'[mM]|'[dD]|') ", "$1 $2 "},
    {"([^' ])('ll|'LL|'re|'RE|'ve|'VE|n't|N'T) ", "$1 $2 "},
    {"(?i)\\b(can)(not)\\b", " $1 $2 "},
    {"(?i)\\b(d)('ye)\\b", " $1 $2 "},
    {"(?i)\\b(gim)(me)\\b", " $1 $2 "},
    {"(?i)\\b(gon)(na)\\b", " $1 $2 "},
    {"(?i)\\b(got)(ta)\\b", " $1 $2 "},
    {"(?i)\\b(lem)(me)\\b", " $1 $2 "},
    {"(?i)\\b(more)('n)\\b", " $1 $2 "},
    {"(?i)\\b(wan)(na)(?=\\s)", " $1 $2 "},
    {"(?i) ('t)(is)\\b", " $1 $2 "},
    {"(?i) ('t)(was)\\b", " $1 $2 "},
};

enum { RULES = sizeof rules / sizeof *rules };

struct words {
    pcre2_code *code[RULES];
    pcre2_match_context *limits;
};

static void release(void *words)
{
    struct words *w = words;

    for (size_t i = 0; i < RULES; i++)
        pcre2_code_free(w->code[i]);
    pcre2_match_context_free(w->limits);
}

err *words_open(struct arena *a, struct words **out)
{
    struct words *w = *out = ARENA_NEW(a, struct words);
    PCRE2_SIZE at;
    int code;

    arena_defer(a, release, w);
    w->limits = pcre2_match_context_create(NULL);
    for (size_t i = 0; i < RULES; i++) {
        if (rules[i].pattern == PADDING)
            continue;
        w->code[i] = pcre2_compile((PCRE2_SPTR)rules[i].pattern, PCRE2_ZERO_TERMINATED, PCRE2_UTF | PCRE2_UCP, &code, &at, NULL);
        if (!w->code[i])
            return err_internal(a, "could not compile \"%s\": %d", rules[i].pattern, code);
        (void)pcre2_jit_compile(w->code[i], PCRE2_JIT_COMPLETE);
    }
    return OK;
}

/* ---- cutting ---- */

static err *replaced(const struct words *w, struct arena *a, size_t rule, const char *text, size_t len, char **out, size_t *out_len)
{
    PCRE2_SIZE room = len * 2 + 64;
    int n;

    if (rules[rule].pattern == PADDING) {
        *out = arena_printf(a, " %s ", text);
        *out_len = len + 2;
        return OK;
    }
    do {
        *out = arena_alloc(a, room);
        *out_len = room;
        n = pcre2_substitute(w->code[rule], (PCRE2_SPTR)text, len, 0, PCRE2_SUBSTITUTE_GLOBAL | PCRE2_SUBSTITUTE_OVERFLOW_LENGTH | PCRE2_NO_UTF_CHECK,
                             NULL, w->limits, (PCRE2_SPTR)rules[rule].replacement, PCRE2_ZERO_TERMINATED, (PCRE2_UCHAR *)*out, out_len);
        room = *out_len + 1;
    } while (n == PCRE2_ERROR_NOMEMORY);
    return n >= 0 ? OK : err_new(a, ERR_TOO_LARGE, "A text could not be cut into words (%d)", n);
}

/* Length of a white-space character at p, 0 when it is none: those at which Python cuts. */
static size_t blank(const char *p)
{
    const unsigned char *u = (const unsigned char *)p;

    if (*u == ' ' || (*u >= 9 && *u <= 13) || (*u >= 0x1c && *u <= 0x1f))
        return 1;
    if (u[0] == 0xC2 && (u[1] == 0x85 || u[1] == 0xA0))
        return 2;
    if (u[0] == 0xE2 && u[1] == 0x80 && ((u[2] >= 0x80 && u[2] <= 0x8A) || u[2] == 0xA8 || u[2] == 0xA9 || u[2] == 0xAF))
        return 3;
    return (u[0] == 0xE1 && u[1] == 0x9A && u[2] == 0x80) || (u[0] == 0xE2 && u[1] == 0x81 && u[2] == 0x9F) ||
                   (u[0] == 0xE3 && u[1] == 0x80 && u[2] == 0x80)
               ? 3
               : 0;
}

/* ---- finding again ---- */

struct search {
    struct arena *a;
    const char *at;     /* words before it are found */
    const char *quotes; /* quotes before it have been given to words */
    bool has_quotes;
    size_t points;      /* code points before `at` */
    struct word *words;
    size_t n, room;
};

/* The quote of the source that stands for the next word that is one. */
static const char *next_quote(struct search *s, const char *word)
{
    for (const char *p = s->quotes; *p; p++) {
        size_t len = *p == '"' ? 1 : strncmp(p, "''", 2) == 0 || strncmp(p, "``", 2) == 0 ? 2 : 0;
        if (!len)
            continue;
        s->quotes = p + len;
        return arena_strndup(s->a, p, len);
    }
    return word;
}

static void word_find(struct search *s, const char *word)
{
    const char *found;

    if (s->has_quotes && (strcmp(word, "\"") == 0 || strcmp(word, "``") == 0 || strcmp(word, "''") == 0))
        word = next_quote(s, word);
    found = strstr(s->at, word);
    if (!found)
        return;
    s->points += utf8_count(s->at, (size_t)(found - s->at));
    s->words = exp_room(s->a, s->words, s->n, &s->room, sizeof *s->words);
    s->words[s->n] = (struct word){word, s->points, s->points + utf8_count(word, strlen(word))};
    s->points = s->words[s->n++].end;
    s->at = found + strlen(word);
}

static void words_find(struct search *s, const char *padded, size_t len)
{
    const char *end = padded + len;

    for (const char *p = padded; p < end;) {
        const char *first = p;

        if (blank(p)) {
            p += blank(p);
            continue;
        }
        while (p < end && !blank(p))
            p++;
        word_find(s, arena_strndup(s->a, first, (size_t)(p - first)));
    }
}

err *words_cut(struct words *w, struct arena *a, const char *text, struct word **out, size_t *n)
{
    struct search s = {.a = a, .at = text, .quotes = text, .has_quotes = strchr(text, '"') || strstr(text, "''")};
    char *padded = arena_strdup(a, text);
    size_t len = strlen(text);

    for (size_t i = 0; i < RULES; i++)
        TRY(replaced(w, a, i, padded, len, &padded, &len));
    words_find(&s, padded, len);
    *out = s.words;
    *n = s.n;
    return OK;
}
