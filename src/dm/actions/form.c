/* What the actions share: fields of forms, parameters of bodies, answers that count. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "core/task.sql.h"
#include "dm/actions/actions.h"
#include "json/verr.h"

void form_select_open(struct jw *w, const char *name, const char *label)
{
    jw_obj(w);
    jw_kstr(w, "type", "select");
    jw_kstr(w, "name", name);
    jw_kstr(w, "label", label);
    jw_key(w, "options");
    jw_arr(w);
}

void form_select_close(struct jw *w, const char *value)
{
    jw_end(w);
    if (value)
        jw_kstr(w, "value", value);
    jw_end(w);
}

void form_option(struct jw *w, const char *value, const char *label)
{
    jw_obj(w);
    jw_kstr(w, "value", value);
    jw_kstr(w, "label", label);
    jw_end(w);
}

void form_input(struct jw *w, const char *type, const char *name, const char *label)
{
    jw_obj(w);
    jw_kstr(w, "type", type);
    jw_kstr(w, "name", name);
    jw_kstr(w, "label", label);
    jw_end(w);
}

bool float_parse(const char *text, double *out)
{
    char *end;

    *out = strtod(text, &end);
    return end != text && !end[strspn(end, " \t\r\n")] && isfinite(*out);
}

const char *param_text(const struct dm_work *r, const char *name)
{
    const json_t *v = json_object_get(r->body, name);

    if (json_is_integer(v))
        return arena_printf(r->s->a, "%lld", (long long)json_integer_value(v));
    if (json_is_real(v))
        return arena_printf(r->s->a, "%.17g", json_real_value(v));
    return json_string_value(v);
}

err *param_id(const struct dm_work *r, const char *name, int64_t *out)
{
    const json_t *v = json_object_get(r->body, name);
    const char *text = param_text(r, name);

    *out = 0;
    if (!v || json_is_null(v) || (text && !*text))
        return OK;
    if (!text || !int_parse(text, 1, INT32_MAX, out))
        return verr_one(r->s->a, name, "A valid integer is required.");
    return OK;
}

void counted_write(struct jw *w, bool processed, const char *verb, int64_t n, const char *things)
{
    char text[80];

    jw_obj(w);
    if (processed)
        jw_ki64(w, "processed_items", n);
    (void)snprintf(text, sizeof text, "%s %lld %s", verb, (long long)n, things);
    jw_kstr(w, "detail", text);
    jw_end(w);
}

struct db_arg batch_arg(const struct dm_work *r, const struct dm_batch *b)
{
    return db_i64s(r->s->a, b->ids, b->n);
}

err *batch_recount(struct dm_work *r, struct db_arg tasks, bool touched)
{
    return db_exec(r->s->db, SQL_task_recount, DB_ARGS(tasks, db_opt_i64(touched, r->s->user)), NULL);
}
