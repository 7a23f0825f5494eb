/* Words for parts of data sets, with a year behind them or none. */
#include "import/splits.h"

#include <string.h>
#include <strings.h>

#include "import/bundle.h"

static const struct {
    const char *word;
    enum split split;
} words[] = {
    {"train", SPLIT_TRAIN},       {"training", SPLIT_TRAIN}, {"val", SPLIT_VALIDATION}, {"valid", SPLIT_VALIDATION},
    {"validation", SPLIT_VALIDATION}, {"dev", SPLIT_VALIDATION}, {"test", SPLIT_TEST},      {"testing", SPLIT_TEST},
};

static bool is_digits(const char *p, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (p[i] < '0' || p[i] > '9')
            return false;
    return n <= 4;
}

static enum split split_word(const char *p, size_t n)
{
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        size_t len = strlen(words[i].word);
        if (n >= len && strncasecmp(p, words[i].word, len) == 0 && is_digits(p + len, n - len))
            return words[i].split;
    }
    return SPLIT_NONE;
}

/* "train", or "obj_train_data", as some tools call the folder of pictures and labels. */
static enum split folder(const char *p, size_t n, struct span *word)
{
    static const char front[] = "obj_", back[] = "_data";
    size_t nf = sizeof front - 1, nb = sizeof back - 1;

    if (n > nf + nb && memcmp(p, front, nf) == 0 && memcmp(p + n - nb, back, nb) == 0) {
        p += nf;
        n -= nf + nb;
    }
    *word = (struct span){p, n};
    return split_word(p, n);
}

/* The last of what underscores, dots and dashes part in the name before its ending. */
static enum split own_name(const char *base, struct span *word)
{
    const char *dot = strrchr(base, '.'), *end = dot ? dot : base + strlen(base), *from = end;

    while (from > base && !strchr("_.-", from[-1]))
        from--;
    *word = (struct span){from, (size_t)(end - from)};
    return split_word(from, (size_t)(end - from));
}

enum split split_of(const char *name, bool base, struct span *word)
{
    const char *end = bundle_base(name), *from;
    struct span any;
    enum split s = SPLIT_NONE;

    word = word ? word : &any;
    if (base)
        s = own_name(end, word);
    for (end -= end > name; !s && end > name; end = from - (from > name)) {
        for (from = end; from > name && from[-1] != '/';)
            from--;
        s = folder(from, (size_t)(end - from), word);
    }
    return s;
}

bool split_differs(const char *picture, const char *labels)
{
    size_t shared = 0;
    enum split x, y;

    for (size_t i = 0; picture[i] && picture[i] == labels[i]; i++)
        shared = picture[i] == '/' ? i + 1 : shared;
    x = split_of(picture + shared, false, NULL);
    y = x ? split_of(labels + shared, split_in_base(labels), NULL) : SPLIT_NONE;
    return x && y && x != y;
}

bool split_in_base(const char *name)
{
    static const char *const endings[] = {"json", "conll", "conll2003", "iob", "iob2", "bio"};

    return bundle_ends_in(name, endings, sizeof endings / sizeof *endings);
}
