/* The action add_data_field: a key of the tasks' data gets a value. */
#include <sodium.h>
#include <string.h>

#include "dm/actions/actions.h"
#include "dm/actions/expression.h"
#include "dm/actions/field.sql.h"
#include "json/verr.h"

err *dm_field_form(struct scope *s, struct jw *w, int64_t project)
{
    (void)s;
    (void)project;
    form_input(w, "input", "value_name", "Name");
    form_select_open(w, "value_type", "Type");
    jw_str(w, "String");
    jw_str(w, "Number");
    jw_str(w, "Expression");
    form_select_close(w, NULL);
    form_input(w, "input", "value", "Value");
    return OK;
}

struct field {
    const char *name;
    struct field_value value;
};

/* ---------------------------------------------------------------- what it is to hold */

static const char *quoted(struct arena *a, const char *text)
{
    struct strbuf b;

    strbuf_init(&b, a, 64 << 20);
    json_quote(&b, text, strlen(text));
    return b.buf;
}

/* Numbers are stored with a fraction, as the reference server has them. */
static err *number_read(struct dm_work *r, const char *text, struct field_value *out)
{
    struct strbuf b;
    struct jw w;
    double v;

    if (!float_parse(text, &v))
        return verr_one(r->s->a, "value", "could not convert string to float: '%s'", text);
    strbuf_init(&b, r->s->a, 400);
    jw_init_strbuf(&w, &b);
    jw_f64(&w, v);
    out->json = b.buf;
    return OK;
}

static err *value_read(struct dm_work *r, const char *type, const char *text, struct field_value *out)
{
    out->mode = FIELD_CONSTANT;
    if (strcmp(type, "Number") == 0)
        return number_read(r, text, out);
    if (strcmp(type, "Expression") == 0)
        return expression_read(r->s->a, text, out);
    if (strcmp(type, "String") != 0)
        return verr_one(r->s->a, "value_type", "\"String\", \"Number\" or \"Expression\" is expected.");
    out->json = quoted(r->s->a, text);
    return OK;
}

err *dm_field_check(struct dm_work *r)
{
    static const char *const needed[] = {"value_name", "value_type", "value"};
    struct field *f = ARENA_NEW(r->s->a, struct field);

    for (size_t i = 0; i < sizeof needed / sizeof *needed; i++)
        if (!param_text(r, needed[i]))
            return verr_one(r->s->a, needed[i], "This field is required.");
    r->own = f;
    f->name = param_text(r, "value_name");
    if (!*f->name)
        return verr_one(r->s->a, "value_name", "This field may not be blank.");
    TRY(value_read(r, param_text(r, "value_type"), param_text(r, "value"), &f->value));
    r->planned = f->value.mode == FIELD_SAMPLE;
    return OK;
}

/* A sample gives the tasks the numbers from 0 on in an order of chance: each must know how many there are. */
void dm_field_plan(struct sqlb *b, const struct dm_work *r)
{
    (void)r;
    sqlb_lit(b, "SELECT id, row_number() OVER (ORDER BY random()) - 1 AS other FROM t ORDER BY id");
}

/* ---------------------------------------------------------------- step */

static const char *chosen(const struct field_value *v)
{
    double at = (double)randombytes_random() / 4294967296.0 * v->upto[v->n - 1];
    size_t i = 0;

    while (i + 1 < v->n && v->upto[i] <= at)
        i++;
    return v->choices[i];
}

static int64_t between(int64_t from, int64_t to)
{
    uint64_t bits;

    randombytes_buf(&bits, sizeof bits);
    return from + (int64_t)(bits % ((uint64_t)(to - from) + 1));
}

/* The value of the batch's i-th task as JSON. */
static const char *value_of(const struct dm_work *r, const struct field_value *v, const struct dm_batch *b, size_t i)
{
    int64_t n = 0;

    switch (v->mode) {
    case FIELD_CHOICES:
        return chosen(v);
    case FIELD_RANGE:
        n = v->from + r->tasks + (int64_t)i;
        break;
    case FIELD_RANDOM:
        n = between(v->from, v->to);
        break;
    case FIELD_SAMPLE:
        n = b->others[i];
        break;
    case FIELD_CONSTANT:
    case FIELD_REPLACE:
        return v->json;
    }
    return arena_printf(r->s->a, "%lld", (long long)n);
}

static err *each_step(struct dm_work *r, const struct field *f, const struct dm_batch *b, const char *first_key)
{
    const char **values = arena_array(r->s->a, b->n, sizeof *values);

    for (size_t i = 0; i < b->n; i++)
        values[i] = value_of(r, &f->value, b, i);
    return db_exec(r->s->db, SQL_action_field_each,
                   DB_ARGS(batch_arg(r, b), db_text(first_key), db_text(f->name), db_texts(r->s->a, values, b->n)), NULL);
}

err *dm_field_step(struct dm_work *r, const struct dm_batch *b)
{
    const struct field *f = r->own;
    const char *first_key = r->query->context->undefined_key;

    if (b->others)
        TRY(dm_tasks_lock(r, b->ids, b->n));
    switch (f->value.mode) {
    case FIELD_CONSTANT:
        return db_exec(r->s->db, SQL_action_field, DB_ARGS(batch_arg(r, b), db_text(first_key), db_text(f->name), db_text(f->value.json)), NULL);
    case FIELD_REPLACE:
        return db_exec(r->s->db, SQL_action_field_replace,
                       DB_ARGS(batch_arg(r, b), db_text(first_key), db_text(f->name), db_text(f->value.was), db_text(f->value.is)), NULL);
    default:
        return each_step(r, f, b, first_key);
    }
}

void dm_field_answer(struct jw *w, const struct dm_work *r)
{
    counted_write(w, false, "Updated", r->tasks, "tasks");
}
