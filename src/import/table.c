/* Types of columns and JSON of rows. A column is whole numbers, decimals, true/false or text; cells
 * that mean "nothing" become "". */
#include "import/table.h"

#include <ctype.h>
#include <jansson.h>
#include <math.h>
#include <string.h>

#include "base/filemap.h"
#include "import/utf8text.h"
#include "json/jin.h"
#include "json/jw.h"

/* What the cells of a column were seen to be. */
enum seen {
    SEEN_EMPTY = 1,
    SEEN_INT = 2,
    SEEN_DECIMAL = 4,
    SEEN_BOOL = 8,
    SEEN_TEXT = 16,
    SEEN_NEGATIVE = 32,
    SEEN_BIG = 64,  /* a whole number past 64 bits with a sign */
    SEEN_HUGE = 128 /* past 64 bits without one */
};

enum type { AS_TEXT, AS_INT, AS_DECIMAL, AS_BOOL };

struct column {
    struct span key; /* quoted, with its colon */
    unsigned seen;
    enum type type;
};

struct table {
    struct arena *a;
    struct csv csv;
    struct column *columns;
    size_t n;
    struct strbuf json;
};

/* ---- cells ---- */

static bool span_is(struct span s, const char *text)
{
    return s.len == strlen(text) && memcmp(s.p, text, s.len) == 0;
}

static bool is_empty(struct span s)
{
    static const char *const names[] = {
        "#N/A", "#N/A N/A", "#NA", "-1.#IND", "-1.#QNAN", "-NaN", "-nan", "1.#IND", "1.#QNAN",
        "<NA>", "N/A",      "NA",  "NULL",    "NaN",      "None", "n/a",  "nan",    "null",
    };

    if (s.len == 0)
        return true;
    if (s.len > 8)
        return false;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (span_is(s, names[i]))
            return true;
    return false;
}

static bool is_word(struct span s, const char *lower)
{
    if (s.len != strlen(lower))
        return false;
    for (size_t i = 0; i < s.len; i++)
        if (tolower((unsigned char)s.p[i]) != lower[i])
            return false;
    return true;
}

static struct span trimmed(struct span s)
{
    while (s.len && isspace((unsigned char)*s.p)) {
        s.p++;
        s.len--;
    }
    while (s.len && isspace((unsigned char)s.p[s.len - 1]))
        s.len--;
    return s;
}

static size_t digits(struct span s, size_t from)
{
    size_t n = 0;

    while (from + n < s.len && s.p[from + n] >= '0' && s.p[from + n] <= '9')
        n++;
    return n;
}

/* Value of trimmed digits with a sign, sign and leading zeros apart. */
static struct span magnitude(struct span s)
{
    if (*s.p == '+' || *s.p == '-') {
        s.p++;
        s.len--;
    }
    while (s.len > 1 && *s.p == '0') {
        s.p++;
        s.len--;
    }
    return s;
}

static bool above(struct span digits_only, const char *limit)
{
    size_t n = strlen(limit);

    return digits_only.len > n || (digits_only.len == n && memcmp(digits_only.p, limit, n) > 0);
}

static unsigned int_kind(struct span s)
{
    bool negative = *s.p == '-';
    struct span m = magnitude(s);
    unsigned kind = SEEN_INT | (negative ? SEEN_NEGATIVE : 0);

    if (above(m, negative ? "9223372036854775808" : "9223372036854775807"))
        kind |= SEEN_BIG;
    if (above(m, "18446744073709551615"))
        kind |= SEEN_HUGE;
    return kind;
}

static double decimal_value(struct arena *a, struct span s)
{
    struct arena_mark m = arena_mark(a);
    double v = strtod(arena_strndup(a, s.p, s.len), NULL);

    arena_rewind(a, m);
    return v;
}

/* [+-] digits [. digits] [e [+-] digits], at least one digit before the exponent; the value must
 * fit a double. */
static unsigned number_kind(struct arena *a, struct span cell)
{
    struct span s = trimmed(cell);
    size_t at = s.len && (*s.p == '+' || *s.p == '-'), whole = digits(s, at), part = 0;

    at += whole;
    if (whole && at == s.len)
        return int_kind(s);
    if (at < s.len && s.p[at] == '.') {
        part = digits(s, at + 1);
        at += 1 + part;
    }
    if (whole + part == 0)
        return SEEN_TEXT;
    if (at < s.len && (s.p[at] == 'e' || s.p[at] == 'E')) {
        at += 1 + (at + 1 < s.len && (s.p[at + 1] == '+' || s.p[at + 1] == '-'));
        if (digits(s, at) == 0)
            return SEEN_TEXT;
        at += digits(s, at);
    }
    return at == s.len && isfinite(decimal_value(a, s)) ? SEEN_DECIMAL : SEEN_TEXT;
}

static unsigned cell_kind(struct arena *a, struct span cell)
{
    if (is_empty(cell))
        return SEEN_EMPTY;
    if (is_word(cell, "true") || is_word(cell, "false"))
        return SEEN_BOOL;
    return number_kind(a, cell);
}

/* ---- columns ---- */

/* A gap makes whole numbers decimals, as a column of doubles with holes is what the reference
 * server reads them into. */
static enum type type_of(unsigned seen)
{
    if (seen & SEEN_TEXT || (seen & SEEN_BOOL && seen & (SEEN_INT | SEEN_DECIMAL)))
        return AS_TEXT;
    if (seen & SEEN_BOOL)
        return AS_BOOL;
    if (seen & SEEN_DECIMAL)
        return seen & SEEN_HUGE ? AS_TEXT : AS_DECIMAL;
    if (!(seen & SEEN_INT))
        return AS_TEXT;
    if (seen & SEEN_HUGE)
        return AS_INT;
    if (seen & SEEN_BIG)
        return seen & (SEEN_NEGATIVE | SEEN_EMPTY) ? AS_TEXT : AS_INT;
    return seen & SEEN_EMPTY ? AS_DECIMAL : AS_INT;
}

/* Nameless columns are numbered; of equal names the later ones get .1, .2, …: never a name that the
 * header has already. used: names given so far, each with the number to try next. */
static const char *unique_name(struct arena *a, json_t *names, json_t *used, struct span cell,
                               size_t i)
{
    const char *name = cell.len ? arena_strndup(a, cell.p, cell.len)
                                : arena_printf(a, "Unnamed: %zu", i),
               *unique;
    json_int_t n = json_integer_value(json_object_get(used, name));

    if (n == 0) {
        json_object_set_new(used, name, json_integer(1));
        return name;
    }
    do
        unique = arena_printf(a, "%s.%lld", name, (long long)n++);
    while (json_object_get(used, unique) || json_object_get(names, unique));
    json_object_set_new(used, name, json_integer(n));
    json_object_set_new(used, unique, json_integer(1));
    return unique;
}

static json_t *names_of(struct table *t)
{
    json_t *names = json_object();

    arena_defer(t->a, jin_release, names);
    for (size_t i = 0; i < t->csv.n; i++)
        if (t->csv.cells[i].len)
            json_object_set_new(names, arena_strndup(t->a, t->csv.cells[i].p, t->csv.cells[i].len),
                                json_true());
    return names;
}

static const char *header_read(struct table *t)
{
    json_t *names, *used = json_object();
    struct strbuf key;

    arena_defer(t->a, jin_release, used);
    if (!csv_next(&t->csv))
        return t->csv.problem ? t->csv.problem : "No columns to parse from file";
    t->n = t->csv.n;
    t->columns = arena_array(t->a, t->n, sizeof *t->columns);
    names = names_of(t);
    for (size_t i = 0; i < t->n; i++)
        if (memchr(t->csv.cells[i].p, '\0', t->csv.cells[i].len))
            return "a column name holds a null character";
    for (size_t i = 0; i < t->n; i++) {
        const char *name = unique_name(t->a, names, used, t->csv.cells[i], i);
        strbuf_init(&key, t->a, SIZE_MAX);
        json_quote(&key, name, strlen(name));
        strbuf_putc(&key, ':');
        t->columns[i].key = (struct span){key.buf, key.len};
    }
    return NULL;
}

/* ---- first pass ---- */

/* The bytes of the first cell of the present row that is not UTF-8; NULL when all are. */
static const char *encoding_problem(struct table *t)
{
    for (size_t i = 0; i < t->csv.n; i++) {
        const char *problem = utf8text_problem(t->a, t->csv.cells[i]);
        if (problem)
            return problem;
    }
    return NULL;
}

static const char *row_look(struct table *t)
{
    const struct csv *c = &t->csv;

    if (c->n > t->n)
        return arena_printf(
            t->a, "Error tokenizing data. C error: Expected %zu fields in line %lld, saw %zu\n",
            t->n, (long long)c->line, c->n);
    for (size_t i = 0; i < t->n; i++)
        t->columns[i].seen |= i < c->n ? cell_kind(t->a, c->cells[i]) : SEEN_EMPTY;
    return NULL;
}

static const char *rows_look(struct table *t, bool valid)
{
    const char *problem = NULL;

    while (!problem && csv_next(&t->csv)) {
        problem = row_look(t);
        if (!problem && !valid)
            problem = encoding_problem(t);
        filemap_passed(t->csv.p);
    }
    return problem ? problem : t->csv.problem;
}

void table_open(struct arena *a, struct span text, char separator, struct table **out,
                const char **problem)
{
    struct table *t = ARENA_NEW(a, struct table);
    bool valid = !utf8text_problem(a, text);
    struct csv body;

    t->a = a;
    csv_open(&t->csv, a, text, separator);
    *problem = header_read(t);
    if (!*problem && !valid)
        *problem = encoding_problem(t);
    body = t->csv;
    if (!*problem)
        *problem = rows_look(t, valid);
    if (*problem)
        return;
    for (size_t i = 0; i < t->n; i++)
        t->columns[i].type = type_of(t->columns[i].seen);
    body.cells = t->csv.cells; /* the list may have grown */
    body.room = t->csv.room;
    t->csv = body;
    strbuf_init(&t->json, a, SIZE_MAX);
    *out = t;
}

/* ---- second pass ---- */

static void int_put(struct strbuf *b, struct span cell)
{
    struct span s = trimmed(cell), m = magnitude(s);

    if (*s.p == '-' && !span_is(m, "0"))
        strbuf_putc(b, '-');
    strbuf_add(b, m.p, m.len);
}

static void decimal_put(struct table *t, struct span cell)
{
    struct jw w;

    jw_init_strbuf(&w, &t->json);
    jw_f64(&w, decimal_value(t->a, trimmed(cell)));
}

static void cell_put(struct table *t, enum type type, struct span cell)
{
    struct strbuf *b = &t->json;

    if (is_empty(cell))
        strbuf_puts(b, "\"\"");
    else if (type == AS_INT)
        int_put(b, cell);
    else if (type == AS_DECIMAL)
        decimal_put(t, cell);
    else if (type == AS_BOOL)
        strbuf_puts(b, is_word(cell, "true") ? "true" : "false");
    else
        json_quote(b, cell.p, cell.len);
}

bool table_next(struct table *t, struct span *json)
{
    filemap_passed(t->csv.p);
    if (!csv_next(&t->csv))
        return false;
    strbuf_clear(&t->json);
    for (size_t i = 0; i < t->n; i++) {
        strbuf_putc(&t->json, i ? ',' : '{');
        strbuf_add(&t->json, t->columns[i].key.p, t->columns[i].key.len);
        cell_put(t, t->columns[i].type, i < t->csv.n ? t->csv.cells[i] : (struct span){"", 0});
    }
    strbuf_putc(&t->json, '}');
    *json = (struct span){t->json.buf, t->json.len};
    return true;
}
