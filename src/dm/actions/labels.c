/* Actions on labels: another name for one, and labels written into the tasks' data. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "core/project.h"
#include "core/summary.sql.h"
#include "dm/actions/actions.h"
#include "dm/actions/labels.sql.h"
#include "json/verr.h"

static err *controls_write(struct scope *s, struct jw *w, int64_t project, const struct lc **lc)
{
    TRY(project_config(s, project, lc, NULL, NULL));
    for (size_t i = 0; i < lc_control_count(*lc); i++)
        jw_str(w, lc_control_at(*lc, i)->name);
    return OK;
}

/* ---------------------------------------------------------------- another name */

/* Is the label one of an earlier control, too? */
static bool is_repeated(const struct lc *lc, size_t control, const char *label)
{
    for (size_t i = 0; i < control; i++)
        if (lc_control_has_label(lc_control_at(lc, i), label))
            return true;
    return false;
}

err *dm_rename_form(struct scope *s, struct jw *w, int64_t project)
{
    const struct lc *lc;

    form_select_open(w, "control_tag", "Choose a label control tag");
    TRY(controls_write(s, w, project, &lc));
    form_select_close(w, NULL);
    form_select_open(w, "old_label_name", "Old label name");
    for (size_t i = 0; i < lc_control_count(lc); i++)
        for (size_t k = 0; k < lc_control_at(lc, i)->n_labels; k++)
            if (!is_repeated(lc, i, lc_control_at(lc, i)->labels[k].key))
                jw_str(w, lc_control_at(lc, i)->labels[k].key);
    form_select_close(w, NULL);
    form_input(w, "input", "new_label_name", "New label name");
    return OK;
}

struct renaming {
    const char *control, *was, *is;
};

err *dm_rename_check(struct dm_work *r)
{
    struct renaming *n = ARENA_NEW(r->s->a, struct renaming);
    const struct lc *lc;

    r->own = n;
    *n = (struct renaming){param_text(r, "control_tag"), param_text(r, "old_label_name"), param_text(r, "new_label_name")};
    if (!n->control)
        return verr_one(r->s->a, "control_tag", "This field is required.");
    if (!n->was || !n->is)
        return verr_one(r->s->a, n->was ? "new_label_name" : "old_label_name", "This field is required.");
    TRY(project_config(r->s, r->project, &lc, NULL, NULL));
    if (!lc_control_find(lc, n->control))
        return verr_one(r->s->a, NULL, "Wrong old label name, it is not from labeling config: %s", n->was);
    return OK;
}

/* What imports brought counts in the summary from here on, since it is right again only when all of it counts. */
err *dm_rename_step(struct dm_work *r, const struct dm_batch *b)
{
    const struct renaming *n = r->own;
    struct db_arg ids = batch_arg(r, b);
    struct row row;

    TRY(db_exec(r->s->db, SQL_summary_reset_count, DB_ARGS(ids), NULL));
    TRY(db_one(r->s->db, SQL_action_rename, DB_ARGS(ids, db_text(n->control), db_text(n->was), db_text(n->is), db_i64(r->s->user)), &row));
    r->items += row_i64(&row, ACTION_RENAME_LABELS);
    r->more_items += row_i64(&row, ACTION_RENAME_ANNOTATIONS);
    return row_null(&row, ACTION_RENAME_TASKS) ? OK : batch_recount(r, db_text(row_text(&row, ACTION_RENAME_TASKS)), false);
}

void dm_rename_answer(struct jw *w, const struct dm_work *r)
{
    jw_obj(w);
    jw_kstr(w, "detail", arena_printf(r->s->a, "Updated %lld labels in %lld", (long long)r->items, (long long)r->more_items));
    jw_end(w);
}

/* ---------------------------------------------------------------- other names for several, or none */

static bool is_mapping(const json_t *m)
{
    const json_t *is = json_object_get(m, "is");

    return json_is_string(json_object_get(m, "control")) && json_is_string(json_object_get(m, "was")) && (json_is_string(is) || json_is_null(is));
}

/* own: the map as JSON text. */
err *dm_relabel_check(struct dm_work *r)
{
    const json_t *map = json_object_get(r->body, "map"), *m;
    char *text;
    size_t i;

    if (json_array_size(map) == 0)
        return verr_one(r->s->a, "map", "This field is required.");
    json_array_foreach(map, i, m)
        if (!is_mapping(m))
            return verr_one(r->s->a, "map", "Each item has control, was, and is (a label, or null for none).");
    text = json_dumps(map, JSON_COMPACT);
    if (!text)
        return err_internal(r->s->a, "a map of labels cannot be written");
    r->own = arena_strdup(r->s->a, text);
    free(text);
    return OK;
}

err *dm_relabel_step(struct dm_work *r, const struct dm_batch *b)
{
    struct db_arg ids = batch_arg(r, b), map = db_text(r->own);
    struct row row;

    TRY(db_exec(r->s->db, SQL_summary_reset_count, DB_ARGS(ids), NULL));
    TRY(db_exec(r->s->db, SQL_action_relabel_drafts, DB_ARGS(ids, map), NULL));
    TRY(db_one(r->s->db, SQL_action_relabel, DB_ARGS(ids, map, db_i64(r->s->user)), &row));
    r->items += row_i64(&row, ACTION_RELABEL_LABELS);
    r->more_items += row_i64(&row, ACTION_RELABEL_ANNOTATIONS);
    return row_null(&row, ACTION_RELABEL_TASKS) ? OK : batch_recount(r, db_text(row_text(&row, ACTION_RELABEL_TASKS)), false);
}

/* ---------------------------------------------------------------- labels as data */

static void choice_write(struct jw *w, const char *name, const char *label, const char *one, const char *other)
{
    form_select_open(w, name, label);
    jw_str(w, one);
    jw_str(w, other);
    form_select_close(w, NULL);
}

err *dm_cache_form(struct scope *s, struct jw *w, int64_t project)
{
    const struct lc *lc;

    form_select_open(w, "control_tag", "Choose a control tag");
    jw_str(w, "ALL");
    TRY(controls_write(s, w, project, &lc));
    form_select_close(w, NULL);
    form_input(w, "input", "custom_control_tag", "Custom control tag if it's not in label config");
    choice_write(w, "with_counters", "With counters", "Yes", "No");
    choice_write(w, "source", "Source", "Annotations", "Predictions");
    return OK;
}

struct caching {
    const char *key, *control;      /* control NULL: all of them */
    bool counted, predictions;
};

static err *switch_read(struct dm_work *r, const char *name, const char *yes, const char *no, bool *out)
{
    const json_t *v = json_object_get(r->body, name);
    const char *text = json_string_value(v);

    if (!v || json_is_null(v))
        return OK;
    if (!text || (strcasecmp(text, yes) != 0 && strcasecmp(text, no) != 0))
        return verr_one(r->s->a, name, "\"%s\" or \"%s\" is expected.", yes, no);
    *out = strcasecmp(text, yes) == 0;
    return OK;
}

err *dm_cache_check(struct dm_work *r)
{
    struct caching *c = ARENA_NEW(r->s->a, struct caching);
    const char *custom = param_text(r, "custom_control_tag"), *control = param_text(r, "control_tag");

    r->own = c;
    c->counted = true;
    if (custom && *custom)
        control = custom;
    if (control && strcmp(control, "ALL") != 0)
        c->control = control;
    TRY(switch_read(r, "with_counters", "Yes", "No", &c->counted));
    TRY(switch_read(r, "source", "Predictions", "Annotations", &c->predictions));
    c->key = arena_printf(r->s->a, "cache_%s%s", c->predictions ? "predictions_" : "", c->control ? c->control : "all");
    return OK;
}

err *dm_cache_step(struct dm_work *r, const struct dm_batch *b)
{
    const struct caching *c = r->own;

    return db_exec(r->s->db, SQL_action_cache, DB_ARGS(batch_arg(r, b), db_text(c->key), db_text(c->control), db_bool(c->counted),
                                                       db_bool(c->predictions)), NULL);
}
