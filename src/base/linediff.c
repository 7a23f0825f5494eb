/* Longest common subsequence of lines, after what both texts begin and end with is set aside: changes of a text that people write are
 * small, so the table is. */
#include "base/linediff.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/* Beyond this many pairs of differing lines (4 MB of table) the old ones are shown as gone and the new ones as come: right, if not short. */
enum { PAIRS_MOST = 2 << 20, LINES_MOST = UINT16_MAX };

struct lines {
    const char **at;
    size_t n;
};

struct diff {
    struct lines old, new;
    size_t head, tail; /* lines that both begin and end with */
    uint16_t *common;  /* of old lines from i and new lines from j: how many they share; NULL: too many */
    struct line_change *out;
    size_t n;
};

static struct lines lines_of(struct arena *a, const char *text)
{
    struct lines l = {0};
    char *copy = arena_strdup(a, text), *next = copy;
    size_t most = 1;

    for (const char *c = copy; *c; c++)
        most += *c == '\n';
    l.at = arena_array(a, most, sizeof *l.at);
    while (next && *next) {
        l.at[l.n++] = next;
        next = strchr(next, '\n');
        if (next)
            *next++ = '\0';
    }
    return l;
}

static void set_ends_aside(struct diff *d)
{
    size_t most = d->old.n < d->new.n ? d->old.n : d->new.n;

    while (d->head < most && strcmp(d->old.at[d->head], d->new.at[d->head]) == 0)
        d->head++;
    while (d->tail < most - d->head && strcmp(d->old.at[d->old.n - 1 - d->tail], d->new.at[d->new.n - 1 - d->tail]) == 0)
        d->tail++;
}

/* The table has a row more than there are old lines, and a column more than new ones: nothing is left there. */
static void count_common(struct arena *a, struct diff *d)
{
    size_t rows = d->old.n - d->head - d->tail, columns = d->new.n - d->head - d->tail, width = columns + 1;

    if (rows > LINES_MOST || columns > LINES_MOST || rows * columns > PAIRS_MOST)
        return;
    d->common = arena_array(a, (rows + 1) * width, sizeof *d->common);
    memset(d->common, 0, (rows + 1) * width * sizeof *d->common);
    for (size_t i = rows; i-- > 0;)
        for (size_t j = columns; j-- > 0;) {
            uint16_t below = d->common[(i + 1) * width + j], right = d->common[i * width + j + 1];
            bool same = strcmp(d->old.at[d->head + i], d->new.at[d->head + j]) == 0;

            d->common[i * width + j] = same ? (uint16_t)(d->common[(i + 1) * width + j + 1] + 1) : below > right ? below : right;
        }
}

static void put(struct diff *d, char kind, size_t i, size_t j)
{
    d->out[d->n++] = (struct line_change){kind, kind == '+' ? 0 : i + 1, kind == '-' ? 0 : j + 1,
                                          kind == '+' ? d->new.at[j] : d->old.at[i]};
}

static void put_middle(struct diff *d)
{
    size_t i = d->head, j = d->head, i_end = d->old.n - d->tail, j_end = d->new.n - d->tail, width = j_end - j + 1;

    while (i < i_end || j < j_end) {
        const uint16_t *here = d->common ? d->common + (i - d->head) * width + (j - d->head) : NULL;

        if (i == i_end)
            put(d, '+', i, j++);
        else if (j == j_end || !here)
            put(d, '-', i++, j);
        else if (strcmp(d->old.at[i], d->new.at[j]) == 0)
            put(d, ' ', i++, j++);
        else if (here[width] >= here[1])
            put(d, '-', i++, j);
        else
            put(d, '+', i, j++);
    }
}

struct line_change *linediff(struct arena *a, const char *old, const char *new, size_t *n)
{
    struct diff d = {.old = lines_of(a, old), .new = lines_of(a, new)};

    d.out = arena_array(a, d.old.n + d.new.n + 1, sizeof *d.out);
    set_ends_aside(&d);
    count_common(a, &d);
    for (size_t i = 0; i < d.head; i++)
        put(&d, ' ', i, i);
    put_middle(&d);
    for (size_t i = d.tail; i > 0; i--)
        put(&d, ' ', d.old.n - i, d.new.n - i);
    *n = d.n;
    return d.out;
}
