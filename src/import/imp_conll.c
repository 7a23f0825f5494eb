/* CoNLL 2003: a word in each line, in its first column or after a number, its tag in the last one, an empty line after each sentence. A
 * sentence is an item: its words with blanks between them. Tags are B- and I-, as they were in 2003 or since, or one of the schemes that mark
 * ends and single words too. */
#include <string.h>

#include "base/filemap.h"
#include "base/strbuf.h"
#include "base/text.h"
#include "import/foreign.h"

enum { SENTENCE_MOST = 1 << 20, LINE_MOST = 1 << 16, NUMBERED_MOST = 1000 };

static const char docstart[] = "-DOCSTART-";

static bool is_conll(const struct bundle_file *file)
{
    static const char *const endings[] = {"conll", "conll2003", "iob", "iob2", "bio"};
    size_t n = sizeof docstart - 1;

    if (bundle_ends_in(file->name, endings, sizeof endings / sizeof *endings))
        return true;
    return span_without_mark(file->bytes).len >= n && memcmp(span_without_mark(file->bytes).p, docstart, n) == 0;
}

bool imp_conll_fits(struct arena *a, const struct bundle *b)
{
    (void)a;
    for (size_t i = 0; i < b->n; i++)
        if (is_conll(&b->files[i]))
            return true;
    return false;
}

/* ---- a sentence ---- */

struct sentence {
    struct foreign *f;
    struct foreign_item it;
    struct strbuf text;
    int64_t at; /* code points of the text */
    bool open;  /* the last region goes on with the next word */
    bool numbered; /* lines begin with the number of their word */
};

static void sentence_begin(struct sentence *s, const char *file, int64_t row)
{
    s->it = (struct foreign_item){.file = file, .row = row};
    strbuf_init(&s->text, s->f->item, SENTENCE_MOST);
    s->at = 0;
    s->open = false;
}

static err *sentence_end(struct sentence *s)
{
    for (size_t i = 0; i < s->it.n; i++) {
        struct foreign_region *r = &s->it.regions[i];
        r->text.p = s->text.buf + r->text_from;
        r->text.len = r->text_to - r->text_from;
    }
    s->it.text = (struct span){s->text.buf, s->text.len};
    return foreign_done(s->f, &s->it);
}

/* The word is in the text already, from `from` on. */
static void tag_read(struct sentence *s, const char *tag, int64_t row, size_t from, int64_t start)
{
    bool prefixed = tag[0] && tag[1] == '-' && strchr("BISELU", tag[0]), ends = prefixed && strchr("SELU", tag[0]);
    const char *label = prefixed ? tag + 2 : tag;
    struct foreign_region *last = s->open ? &s->it.regions[s->it.n - 1] : NULL;

    if (strcmp(tag, "O") == 0) {
        s->open = false;
        return;
    }
    if (!last || strcmp(last->label, label) != 0 || (prefixed && strchr("BSU", tag[0]))) {
        last = foreign_region_add(s->f, &s->it, SHAPE_SPAN, arena_strdup(s->f->item, label));
        last->row = row;
        last->start = start;
        last->text_from = from;
    }
    last->end = s->at;
    last->text_to = s->text.len;
    s->open = !ends;
}

/* The first and the last column; tabs part them when there are any, so that a word may have blanks. */
static bool columns_read(struct arena *a, struct span line, bool numbered, const char **word, const char **tag)
{
    char *s = arena_strndup(a, line.p, line.len), *first, *last;
    const char *parts = strchr(s, '\t') ? "\t" : " ";

    if (numbered) {
        s += strspn(s, parts);
        s += strcspn(s, parts);
    }
    for (size_t n = strlen(s); n > 0 && strchr(" \t", s[n - 1]);)
        s[--n] = '\0';
    s += strspn(s, parts);
    first = strpbrk(s, parts);
    last = first ? strrchr(s, *parts) : NULL;
    if (!last || !last[1])
        return false;
    *first = '\0';
    *word = s;
    *tag = last + 1;
    return true;
}

static bool is_tag(const char *tag)
{
    return strcmp(tag, "O") == 0 || (tag[0] && tag[1] == '-' && strchr("BISELU", tag[0]));
}

/* "# id 7", "# text = …": before the first word, and not a word "#" with a tag. */
static bool is_comment(struct sentence *s, struct span line)
{
    const char *word, *tag;

    if (*line.p != '#' || s->text.len)
        return false;
    return !columns_read(s->f->scratch, line, false, &word, &tag) || (strcmp(word, "#") == 0 && !is_tag(tag));
}

static err *word_read(struct sentence *s, struct span line, int64_t row)
{
    const char *word, *tag;
    size_t from;
    int64_t start;

    if (line.len > LINE_MOST || !utf8_valid(line.p, line.len) || memchr(line.p, '\0', line.len))
        return foreign_refuse(s->f, s->it.file, row, NULL, "is not text in UTF-8, or too long");
    arena_reset(s->f->scratch);
    if (is_comment(s, line))
        return OK;
    if (!columns_read(s->f->scratch, line, s->numbered, &word, &tag))
        return foreign_refuse(s->f, s->it.file, row, NULL, "needs a word and, in the last column, a tag");
    if (strcmp(word, docstart) == 0)
        return OK;
    if (s->text.len + strlen(word) + 2 > SENTENCE_MOST)
        return foreign_refuse(s->f, s->it.file, row, NULL, "the sentence is too long: an empty line must follow each");
    if (s->text.len) {
        strbuf_putc(&s->text, ' ');
        s->at++;
    }
    from = s->text.len;
    start = s->at;
    strbuf_puts(&s->text, word);
    s->at += (int64_t)utf8_count(word, strlen(word));
    tag_read(s, tag, row, from, start);
    return OK;
}

/* Does every line begin with its number in the sentence, before a word and a tag? The first lines say it. */
static bool is_numbered(struct foreign *f, struct span text)
{
    int64_t words = 0, next = 1, number;
    const char *word, *tag;
    struct span line;

    for (int lines = 0; lines < NUMBERED_MOST && foreign_line(&text, &line) && line.len <= LINE_MOST; lines++) {
        if (foreign_blank(line))
            next = 1;
        arena_reset(f->scratch);
        if (foreign_blank(line) || *line.p == '#' || !columns_read(f->scratch, line, false, &word, &tag) || strcmp(word, docstart) == 0)
            continue;
        if (!int_parse(word, next, next, &number) || !columns_read(f->scratch, line, true, &word, &tag))
            return false;
        next++;
        words++;
    }
    return words > 1;
}

static err *file_read(struct foreign *f, const struct bundle_file *file)
{
    struct span text = file->bytes, line;
    struct sentence s = {.f = f};
    int64_t row = 1;

    text = span_without_mark(text);
    s.numbered = is_numbered(f, text);
    for (sentence_begin(&s, file->name, row); foreign_line(&text, &line); row++) {
        filemap_passed(text.p);
        if (!foreign_blank(line)) {
            TRY(word_read(&s, line, row));
            continue;
        }
        if (s.text.len)
            TRY(sentence_end(&s));
        else
            arena_reset(f->item);
        sentence_begin(&s, file->name, row + 1);
    }
    return s.text.len ? sentence_end(&s) : OK;
}

err *imp_conll_read(struct foreign *f)
{
    bool named = false;

    for (size_t i = 0; i < f->b->n; i++)
        named = named || is_conll(&f->b->files[i]);
    for (size_t i = 0; i < f->b->n; i++)
        if (!named || is_conll(&f->b->files[i]))
            TRY(file_read(f, &f->b->files[i]));
    return OK;
}
