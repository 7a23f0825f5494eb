/* The CSV tokenizer: cells are slices of the text; only cells with quotes inside are copied.
 * Line breaks are \n, \r\n and \r; lines of blanks are passed over; a quote inside an unquoted cell
 * is an ordinary character. */
#include "import/csv.h"

#include <string.h>

#include "base/strbuf.h"

static void free_row(void *row)
{
    arena_free(row);
}

void csv_open(struct csv *c, struct arena *a, struct span text, char separator)
{
    *c = (struct csv){.p = text.p,
                      .end = text.p + text.len,
                      .separator = separator,
                      .a = a,
                      .row = arena_new("csv row")};
    arena_defer(a, free_row, c->row);
}

static bool is_break(char ch)
{
    return ch == '\n' || ch == '\r';
}

char csv_separator(struct span text)
{
    int64_t semicolons = 0, commas = 0;

    for (size_t i = 0; i < text.len && !is_break(text.p[i]); i++) {
        semicolons += text.p[i] == ';';
        commas += text.p[i] == ',';
    }
    return semicolons > commas ? ';' : ',';
}

static void skip_break(struct csv *c)
{
    if (c->p < c->end && *c->p == '\r')
        c->p++;
    else if (c->p < c->end && *c->p == '\n') {
        c->p++;
        return;
    }
    if (c->p < c->end && *c->p == '\n')
        c->p++;
}

/* Passes over one line of blanks; false when the line holds something. */
static bool skip_blank_line(struct csv *c)
{
    const char *p = c->p;

    while (p < c->end && (*p == ' ' || *p == '\t') && *p != c->separator)
        p++;
    if (p < c->end && !is_break(*p))
        return false;
    c->p = p;
    skip_break(c);
    return true;
}

static size_t plain_length(const struct csv *c)
{
    const char *p = c->p;

    while (p < c->end && *p != c->separator && !is_break(*p))
        p++;
    return (size_t)(p - c->p);
}

static bool cell_add(struct csv *c, struct span cell)
{
    struct span *bigger;

    if (c->n == CSV_CELLS_MOST) {
        c->problem = arena_printf(c->a, "more than %d fields in line %lld", CSV_CELLS_MOST,
                                  (long long)c->line);
        return false;
    }
    if (c->n == c->room) {
        c->room = c->room ? c->room * 2 : 16;
        bigger = arena_array(c->a, c->room, sizeof *bigger);
        if (c->n)
            memcpy(bigger, c->cells, c->n * sizeof *bigger);
        c->cells = bigger;
    }
    c->cells[c->n++] = cell;
    return true;
}

static const char *next_quote(struct csv *c)
{
    const char *quote = c->p < c->end ? memchr(c->p, '"', (size_t)(c->end - c->p)) : NULL;

    if (!quote)
        c->problem = arena_printf(
            c->a, "Error tokenizing data. C error: EOF inside string starting at row %lld",
            (long long)c->rows);
    return quote;
}

/* A quoted cell with doubled quotes, or with text after the closing one, which belongs to it. */
static bool awkward_cell(struct csv *c, struct span *cell)
{
    const char *quote;
    struct strbuf b;
    size_t rest;

    strbuf_init(&b, c->row, SIZE_MAX);
    for (;;) {
        if (!(quote = next_quote(c)))
            return false;
        strbuf_add(&b, c->p, (size_t)(quote - c->p));
        c->p = quote + 1;
        if (c->p == c->end || *c->p != '"')
            break;
        strbuf_putc(&b, '"');
        c->p++;
    }
    rest = plain_length(c);
    strbuf_add(&b, c->p, rest);
    c->p += rest;
    *cell = (struct span){b.buf, b.len};
    return true;
}

static bool quoted_cell(struct csv *c, struct span *cell)
{
    const char *start = ++c->p, *quote = next_quote(c);

    if (!quote)
        return false;
    if (quote + 1 < c->end && quote[1] != c->separator && !is_break(quote[1]))
        return awkward_cell(c, cell);
    *cell = (struct span){start, (size_t)(quote - start)};
    c->p = quote + 1;
    return true;
}

static bool cell_read(struct csv *c)
{
    struct span cell = {c->p, 0};

    if (c->p < c->end && *c->p == '"') {
        if (!quoted_cell(c, &cell))
            return false;
    } else {
        cell.len = plain_length(c);
        c->p += cell.len;
    }
    return cell_add(c, cell);
}

bool csv_next(struct csv *c)
{
    c->n = 0;
    c->line++;
    arena_reset(c->row);
    while (c->p < c->end && skip_blank_line(c))
        c->line++;
    if (c->p == c->end || c->problem)
        return false;
    for (;;) {
        if (!cell_read(c))
            return false;
        if (c->p == c->end || *c->p != c->separator)
            break;
        c->p++;
    }
    skip_break(c);
    c->rows++;
    return true;
}
