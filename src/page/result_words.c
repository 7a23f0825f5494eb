/* Results in words, as a cell has room for them. Counting is the database's part (dm/page.sql). */
#include "page/result_words.h"

#include <stdbool.h>
#include <string.h>

#include "base/strbuf.h"
#include "base/text.h"

enum { WORDS_OF_A_CONTROL = 5, WORDS_BYTES = 200 };

/* Labels of regions are counted; what other controls say stands behind their name. */
static bool is_region(const struct said *s)
{
    return !s->type || text_ends(s->type, "labels") || strcmp(s->type, "videorectangle") == 0 || strcmp(s->type, "relation") == 0 || !s->word;
}

static bool same_control(const struct said *x, const struct said *y)
{
    return x->control && y->control && strcmp(x->control, y->control) == 0;
}

static const char *noun(struct arena *a, const struct said *s)
{
    const char *type = s->type ? s->type : "region";

    if (s->word)
        return s->word;
    if (text_ends(type, "labels") && strcmp(type, "labels") != 0)
        type = arena_strndup(a, type, strlen(type) - strlen("labels"));
    return arena_printf(a, "%s%s", type, s->n == 1 ? "" : "s");
}

static void between(struct strbuf *b)
{
    if (b->len)
        strbuf_puts(b, " · ");
}

static void control_add(struct strbuf *b, const struct said *said, size_t n, size_t from)
{
    int words = 0;

    between(b);
    strbuf_printf(b, "%s: ", said[from].control ? said[from].control : said[from].type);
    for (size_t i = from; i < n; i++) {
        const struct said *s = &said[i];
        if ((i != from && !same_control(s, &said[from])) || is_region(s))
            continue;
        if (words++ == WORDS_OF_A_CONTROL) {
            strbuf_puts(b, ", …");
            return;
        }
        strbuf_puts(b, words > 1 ? ", " : "");
        if (s->n > 1)
            strbuf_printf(b, "%lld ", (long long)s->n);
        strbuf_puts(b, s->word);
    }
}

static bool begins_control(const struct said *said, size_t i)
{
    for (size_t k = 0; k < i; k++)
        if (!is_region(&said[k]) && same_control(&said[k], &said[i]))
            return false;
    return true;
}

/* A region without a word says nothing that those with one do not. */
static bool any_word(const struct said *said, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (said[i].word)
            return true;
    return false;
}

const char *words_text(struct arena *a, const struct said *said, size_t n)
{
    bool words = any_word(said, n);
    struct strbuf b;

    strbuf_init(&b, a, 1 << 16);
    for (size_t i = 0; i < n; i++) {
        const struct said *s = &said[i];
        bool relation = s->type && strcmp(s->type, "relation") == 0;
        if (is_region(s) && (s->word || !words || relation)) {
            between(&b);
            strbuf_printf(&b, "%lld %s", (long long)s->n, noun(a, s));
        } else if (!is_region(s) && begins_control(said, i)) {
            control_add(&b, said, n, i);
        }
        if (b.len > WORDS_BYTES)
            return arena_printf(a, "%s…", text_cut(a, b.buf, WORDS_BYTES));
    }
    return b.buf;
}
