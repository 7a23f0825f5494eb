/* The query as SQL: the only place where statements are composed. Text comes from literals and from columns.def, every value and
 * every key of task data is a parameter. */
#include <assert.h>
#include <string.h>

#include "dm/query.h"

struct writer {
    struct sqlb *b;
    const struct dm_context *c;
    const struct dm_term *t;
};

/* ---------------------------------------------------------------- pieces */

static const char *const casts[] = {
    [DM_INT8] = "int8", [DM_FLOAT8] = "float8", [DM_NUMERIC] = "numeric", [DM_TIMESTAMP] = "timestamptz", [DM_BOOLEAN] = "bool",
    [DM_STRING] = "text", [DM_JSONB] = "jsonb",
};

static void cast_add(struct sqlb *b, enum dm_cast cast)
{
    sqlb_lit(b, "::");
    sqlb_add_literal(b, casts[cast]);
}

static void value_add(const struct writer *w, struct db_arg v)
{
    sqlb_param(w->b, v);
    cast_add(w->b, w->t->cast);
}

static void id_add(struct sqlb *b, int64_t id)
{
    sqlb_param(b, db_i64(id));
    sqlb_lit(b, "::int4");
}

/* Strings that only this program wrote: up to a % that stands for a condition of the caller's (see columns.def). */
static void template_add(struct sqlb *b, const struct dm_context *c, const char *sql)
{
    static const char *const own[] = {['o'] = " AND a.completed_by = ", ['d'] = " AND d.user_id = "};

    for (const char *p; (p = strchr(sql, '%')); sql = p + 2) {
        strbuf_add(&b->text, sql, (size_t)(p - sql));
        if ((p[1] == 'o' || p[1] == 'd') && c->own > 0) {
            sqlb_add_literal(b, own[(int)p[1]]);
            id_add(b, c->own);
        } else if (p[1] == 'p' && c->own > 0 && c->hide_predictions) {
            sqlb_lit(b, " AND false");
        } else if (p[1] == 'k') {
            sqlb_add_literal(b, c->one_accepts ? "t.reviews_accepted > 0"
                                               : "t.total_annotations > 0 AND t.reviewed_annotations >= t.total_annotations");
        } else if (p[1] == 'r' && c->has_reviews) {
            sqlb_lit(b, " UNION ALL SELECT v.created_by FROM annotation a JOIN annotation_review v ON v.annotation_id = a.id"
                        " WHERE a.task_id = t.id AND a.deleted_at IS NULL");
        } else if (p[1] == 'v' && c->model_version) {
            sqlb_lit(b, " AND q.model_version = ");
            sqlb_param(b, db_text(c->model_version));
            sqlb_lit(b, "::text");
        }
    }
    sqlb_add_literal(b, sql);
}

/* ---------------------------------------------------------------- the left side */

/* What a term compares; of task data the JSON value. */
static void left(const struct writer *w)
{
    switch (w->t->class) {
    case DM_NUMBER:
        dm_data_number(w->b, w->c, w->t->key);
        break;
    case DM_DATA:
        dm_data(w->b, w->c, w->t->key, false);
        break;
    default:
        template_add(w->b, w->c, w->t->column->sql);
    }
}

static void left_text(const struct writer *w)
{
    if (w->t->key) {
        dm_data(w->b, w->c, w->t->key, true);
        return;
    }
    left(w);
    sqlb_lit(w->b, "::text");
}

/* ---------------------------------------------------------------- operators: one function each */

static void op_equal(const struct writer *w)
{
    left(w);
    sqlb_lit(w->b, " = ");
    value_add(w, w->t->value);
}

static void ordered_text(const struct writer *w)
{
    if (w->t->class == DM_TEXT)
        sqlb_lit(w->b, " COLLATE label_order");
}

/* JSON values of different kinds have an order too: null, strings, numbers, booleans, lists, objects. Strings among themselves
 * go by label_order, which jsonb cannot do by itself. */
static void string_order(const struct writer *w, const char *sign, struct db_arg v, bool less)
{
    sqlb_lit(w->b, "CASE jsonb_typeof(");
    left(w);
    sqlb_lit(w->b, ") WHEN 'string' THEN ");
    dm_data(w->b, w->c, w->t->key, true);
    sqlb_lit(w->b, " COLLATE label_order ");
    sqlb_add_literal(w->b, sign);
    sqlb_lit(w->b, " ");
    sqlb_param(w->b, v);
    sqlb_add_literal(w->b, less ? "::text WHEN 'null' THEN true ELSE CASE WHEN " : "::text WHEN 'null' THEN false ELSE CASE WHEN ");
    left(w);
    sqlb_add_literal(w->b, less ? " IS NOT NULL THEN false END END" : " IS NOT NULL THEN true END END");
}

static void compare(const struct writer *w, const char *sign, struct db_arg v)
{
    if (w->t->is_string) {
        string_order(w, sign, v, *sign == '<');
        return;
    }
    left(w);
    ordered_text(w);
    sqlb_lit(w->b, " ");
    sqlb_add_literal(w->b, sign);
    sqlb_lit(w->b, " ");
    value_add(w, v);
}

static void op_less(const struct writer *w)
{
    compare(w, "<", w->t->value);
}

static void op_greater(const struct writer *w)
{
    compare(w, ">", w->t->value);
}

static void op_less_or_equal(const struct writer *w)
{
    compare(w, "<=", w->t->value);
}

static void op_greater_or_equal(const struct writer *w)
{
    compare(w, ">=", w->t->value);
}

static void op_between(const struct writer *w)
{
    compare(w, ">=", w->t->value);
    sqlb_lit(w->b, " AND ");
    compare(w, "<=", w->t->most);
}

static void op_list(const struct writer *w)
{
    left(w);
    sqlb_lit(w->b, " = ANY (");
    value_add(w, w->t->value);
    sqlb_lit(w->b, "[])");
}

/* The task's project again: (project_id, completed_by) is how one person's annotations are found. */
static void contains_user(const struct writer *w)
{
    if (w->t->column->relation == DM_ANNOTATION) {
        sqlb_lit(w->b, "a.project_id = ");
        id_add(w->b, w->c->project);
        sqlb_lit(w->b, " AND ");
    }
    op_equal(w);
}

static void contains_result(const struct writer *w)
{
    sqlb_lit(w->b, "strpos(");
    left_text(w);
    sqlb_lit(w->b, ", ");
    sqlb_param(w->b, w->t->value);
    sqlb_lit(w->b, "::text) > 0");
}

#define VALUES_AS_JSON "jsonb_path_query_array(t.data, 'strict $.*', '{}', true)::text"

static bool is_search(const struct writer *w)
{
    return strcmp(w->t->column->name, "search") == 0;
}

/* Lower case by language takes most of the time of a search, so what cannot match is put aside by its ASCII letters first. Nothing that
 * matches is: see dm_glance_pattern(). Said so that the planner expects nearly all tasks to pass: two patterns together look as if nothing
 * ever matched, and a page of what is frequent would not be read from the start of the list. Null texts pass, and stay null in the
 * comparison that follows. */
static void glance_add(const struct writer *w, const char *pattern)
{
    sqlb_lit(w->b, "CASE WHEN lower(");
    if (is_search(w))
        sqlb_lit(w->b, "t.data::text");
    else
        left_text(w);
    sqlb_lit(w->b, " COLLATE ucs_basic) NOT LIKE ");
    sqlb_param(w->b, db_text(pattern));
    sqlb_lit(w->b, "::text COLLATE ucs_basic THEN NULL ELSE true END IS NOT NULL AND ");
}

/* The values as a JSON list take a third of the time, and can be asked where nothing is written in another way there. */
static void search_lower(const struct writer *w)
{
    sqlb_lit(w->b, "CASE WHEN strpos(" VALUES_AS_JSON ", chr(92)) = 0 THEN lower(" VALUES_AS_JSON " COLLATE label_order) ELSE lower(");
    left(w);
    sqlb_lit(w->b, " COLLATE label_order) END");
}

static void text_lower(const struct writer *w, const char *pattern)
{
    if (w->t->key) {
        dm_data_lower(w->b, w->c, w->t->key);
    } else if (is_search(w) && pattern && dm_pattern_within_values(w->t->value.v.t.p)) {
        search_lower(w);
    } else {
        sqlb_lit(w->b, "lower(");
        left_text(w);
        sqlb_lit(w->b, " COLLATE label_order)");
    }
}

/* Results are searched as JSON text, upper and lower case apart; other texts without regard to it. */
static void contains_text(const struct writer *w)
{
    const char *pattern = NULL;

    if (w->t->class == DM_RESULT) {
        contains_result(w);
        return;
    }
    /* The negation of a search passes over tasks without values, of which the data as JSON cannot tell. */
    if (w->t->key || w->t->class == DM_WHOLE || (is_search(w) && !w->t->negated))
        pattern = dm_glance_pattern(w->b->text.a, w->t->value.v.t.p, is_search(w));
    if (pattern)
        glance_add(w, pattern);
    text_lower(w, pattern);
    sqlb_lit(w->b, " LIKE lower(");
    sqlb_param(w->b, w->t->value);
    sqlb_lit(w->b, "::text COLLATE label_order)");
}

static void op_contains(const struct writer *w)
{
    switch (w->t->class) {
    case DM_USER:
        contains_user(w);
        return;
    case DM_IDS:
        op_list(w);
        return;
    case DM_VERSIONS:
        left(w);
        sqlb_lit(w->b, " LIKE ANY (");
        sqlb_param(w->b, w->t->value);
        sqlb_lit(w->b, "::text[])");
        return;
    default:
        contains_text(w);
    }
}

static void op_regex(const struct writer *w)
{
    left_text(w);
    sqlb_lit(w->b, " ~ ");
    value_add(w, w->t->value);
}

/* Of a row of the relation: does it hold anything? */
static void row_is_full(const struct writer *w)
{
    left(w);
    sqlb_lit(w->b, " IS NOT NULL");
    if (w->t->class == DM_VERSIONS)
        sqlb_lit(w->b, " AND q.model_version <> ''");
}

static void op_empty(const struct writer *w)
{
    switch (w->t->column->empty) {
    case DM_EMPTY_ZERO:
        left(w);
        sqlb_lit(w->b, " = 0");
        return;
    case DM_EMPTY_TEXT:
        sqlb_lit(w->b, "coalesce(");
        left_text(w);
        sqlb_lit(w->b, ", '') = ''");
        return;
    case DM_EMPTY_NULLS:
        left(w);
        sqlb_lit(w->b, " IS NULL");
        return;
    case DM_EMPTY_ROWS:
        row_is_full(w);
        return;
    }
}

static void condition(const struct writer *w)
{
    static void (*const ops[])(const struct writer *) = {
        [DM_OP_EQUAL] = op_equal, [DM_OP_LESS] = op_less, [DM_OP_GREATER] = op_greater, [DM_OP_LESS_OR_EQUAL] = op_less_or_equal,
        [DM_OP_GREATER_OR_EQUAL] = op_greater_or_equal, [DM_OP_BETWEEN] = op_between, [DM_OP_LIST] = op_list,
        [DM_OP_CONTAINS] = op_contains, [DM_OP_REGEX] = op_regex, [DM_OP_EMPTY] = op_empty,
    };

    static_assert(sizeof ops / sizeof *ops == DM_OPS, "an operator without SQL");
    ops[w->t->op](w);
}

/* ---------------------------------------------------------------- terms */

/* A list of no versions asks nothing; a result that is no JSON equals nothing, and differs from nothing either. */
static const char *constant(const struct dm_term *t)
{
    if (t->op == DM_OP_CONTAINS && t->class == DM_VERSIONS && t->flag)
        return "true";
    return t->op == DM_OP_EQUAL && t->class == DM_RESULT && t->flag ? "false" : NULL;
}

static void rows_open(const struct writer *w)
{
    sqlb_lit(w->b, "EXISTS (SELECT");
    template_add(w->b, w->c, dm_relation_sql(w->t->column->relation));
    sqlb_lit(w->b, " AND ");
}

/* Results count as empty when there is none, or when one of them is. */
static void empty_results(const struct writer *w)
{
    sqlb_add_literal(w->b, w->t->flag ? "(NOT " : "NOT (NOT ");
    sqlb_lit(w->b, "EXISTS (SELECT");
    template_add(w->b, w->c, dm_relation_sql(w->t->column->relation));
    sqlb_lit(w->b, ") OR ");
    rows_open(w);
    sqlb_lit(w->b, "(");
    left(w);
    sqlb_lit(w->b, " IS NULL OR ");
    left(w);
    sqlb_lit(w->b, " = '[]')))");
}

/* May this term's condition stand in the same EXISTS as its parent's? */
static bool joins(const struct dm_term *parent, const struct dm_term *t)
{
    return t && t->column->relation == parent->column->relation && !t->negated && t->op != DM_OP_EMPTY && !constant(t);
}

static const struct dm_term *rows_write(const struct writer *w)
{
    const struct dm_term *t = w->t;
    struct writer child = *w;
    bool not = t->op == DM_OP_EMPTY ? t->flag : t->negated;

    if (not)
        sqlb_lit(w->b, "NOT ");
    rows_open(w);
    condition(w);
    for (t = t->child; !not && w->t->op != DM_OP_EMPTY && joins(w->t, t); t = t->child) {
        child.t = t;
        sqlb_lit(w->b, " AND ");
        condition(&child);
    }
    sqlb_lit(w->b, ")");
    return t;
}

/* Where somebody was assigned, the annotators of a task are those who worked on it and those who shall, unless a child speaks of the same
 * annotation as its parent. */
static bool asks_for_assignees(const struct writer *w)
{
    const struct dm_term *t = w->t;

    return w->c->has_assignments && t->class == DM_USER && t->column->relation == DM_ANNOTATION && !joins(t, t->child) &&
           (t->op == DM_OP_CONTAINS || (t->op == DM_OP_EMPTY && w->c->own == 0));
}

static void assignees_empty(const struct writer *w)
{
    sqlb_add_literal(w->b, w->t->flag ? "NOT (t.assignees <> '{}' OR " : "(t.assignees <> '{}' OR ");
    rows_open(w);
    row_is_full(w);
    sqlb_lit(w->b, "))");
}

/* One IN over both, which stays a join by index. */
static void assignees_write(const struct writer *w)
{
    if (w->t->op == DM_OP_EMPTY) {
        assignees_empty(w);
        return;
    }
    sqlb_add_literal(w->b, w->t->negated ? "NOT t.id IN (SELECT a.task_id" : "t.id IN (SELECT a.task_id");
    template_add(w->b, w->c, " FROM annotation a WHERE a.deleted_at IS NULL%o AND ");
    contains_user(w);
    sqlb_lit(w->b, " UNION ALL SELECT s.task_id FROM task_assignment s WHERE s.type = 'AN' AND s.project_id = ");
    id_add(w->b, w->c->project);
    if (w->c->own > 0) {
        sqlb_lit(w->b, " AND s.user_id = ");
        id_add(w->b, w->c->own);
    }
    sqlb_lit(w->b, " AND s.user_id = ");
    value_add(w, w->t->value);
    sqlb_lit(w->b, ")");
}

/* Who did not annotate, and whether nobody did, the task itself says; one person's tasks are found by index. */
static bool task_says(const struct writer *w)
{
    const struct dm_term *t = w->t;

    return w->c->own == 0 && t->class == DM_USER && t->column->relation == DM_ANNOTATION && !joins(t, t->child) &&
           (t->op == DM_OP_EMPTY || (t->op == DM_OP_CONTAINS && t->negated));
}

static void people_write(const struct writer *w, const char *list)
{
    if (w->t->op == DM_OP_EMPTY) {
        sqlb_add_literal(w->b, list);
        sqlb_lit(w->b, " = '{}'");
        return;
    }
    value_add(w, w->t->value);
    sqlb_lit(w->b, " <> ALL (");
    sqlb_add_literal(w->b, list);
    sqlb_lit(w->b, ")");
}

static void kept_people_write(const struct writer *w)
{
    sqlb_add_literal(w->b, w->t->op == DM_OP_EMPTY && !w->t->flag ? "NOT (" : "(");
    people_write(w, "t.annotators");
    if (w->c->has_assignments) {
        sqlb_lit(w->b, " AND ");
        people_write(w, "t.assignees");
    }
    sqlb_lit(w->b, ")");
}

/* Tasks that somebody reviewed or is to: not task by task, most have no reviewer. */
static bool asks_for_reviewer(const struct writer *w)
{
    const struct dm_term *t = w->t;

    return t->column->relation == DM_REVIEWER && t->op == DM_OP_CONTAINS && !joins(t, t->child);
}

static void reviewer_write(const struct writer *w)
{
    sqlb_add_literal(w->b, w->t->negated ? "NOT t.id IN (" : "t.id IN (");
    sqlb_lit(w->b, "SELECT g.task_id FROM task_assignment g WHERE g.type = 'RE' AND g.project_id = ");
    id_add(w->b, w->c->project);
    sqlb_lit(w->b, " AND g.user_id = ");
    value_add(w, w->t->value);
    if (w->c->has_reviews) {
        sqlb_lit(w->b, " UNION ALL SELECT a.task_id FROM annotation_review v JOIN annotation a ON a.id = v.annotation_id WHERE v.project_id = ");
        id_add(w->b, w->c->project);
        sqlb_lit(w->b, " AND a.deleted_at IS NULL AND v.created_by = ");
        value_add(w, w->t->value);
    }
    sqlb_lit(w->b, ")");
}

static void plain_write(const struct writer *w)
{
    bool not = w->t->negated || (w->t->op == DM_OP_EMPTY && !w->t->flag);

    sqlb_add_literal(w->b, not ? "NOT (" : "(");
    condition(w);
    sqlb_lit(w->b, ")");
}

/* One term; gives the next of the chain of children that it did not take in. */
static const struct dm_term *term_write(const struct writer *w)
{
    const char *fixed = constant(w->t);

    if (fixed)
        sqlb_add_literal(w->b, fixed);
    else if (w->t->op == DM_OP_EMPTY && w->t->class == DM_RESULT)
        empty_results(w);
    else if (task_says(w))
        kept_people_write(w);
    else if (asks_for_reviewer(w))
        reviewer_write(w);
    else if (asks_for_assignees(w))
        assignees_write(w);
    else if (w->t->column->relation != DM_NONE)
        return rows_write(w);
    else
        plain_write(w);
    return w->t->child;
}

static void chain_write(struct sqlb *b, const struct dm_context *c, const struct dm_term *t)
{
    sqlb_lit(b, "(");
    while (t) {
        t = term_write(&(struct writer){b, c, t});
        if (t)
            sqlb_lit(b, " AND ");
    }
    sqlb_lit(b, ")");
}

/* ---------------------------------------------------------------- the whole */

static void own_write(struct sqlb *b, const struct dm_context *c)
{
    sqlb_lit(b, " AND (EXISTS (SELECT FROM annotation a WHERE a.project_id = t.project_id AND a.completed_by = ");
    id_add(b, c->own);
    sqlb_lit(b, " AND a.task_id = t.id AND a.deleted_at IS NULL) OR EXISTS (SELECT FROM draft d WHERE d.task_id = t.id AND d.user_id = ");
    id_add(b, c->own);
    sqlb_lit(b, "))");
}

static void assigned_write(struct sqlb *b, const struct dm_context *c)
{
    sqlb_lit(b, " AND ");
    id_add(b, c->own);
    sqlb_lit(b, " = ANY (t.assignees)");
}

static void selection_write(struct sqlb *b, const struct dm_selection *s)
{
    if (s->n == 0)
        return;
    sqlb_add_literal(b, s->all ? " AND t.id <> ALL (" : " AND t.id = ANY (");
    sqlb_param(b, db_i64s(b->text.a, s->ids, s->n));
    sqlb_lit(b, "::int4[])");
}

void dm_where(struct sqlb *b, const struct dm_query *q)
{
    sqlb_lit(b, "t.project_id = ");
    id_add(b, q->context->project);
    sqlb_lit(b, " AND t.deleted_at IS NULL");
    if (q->context->assigned_only)
        assigned_write(b, q->context);
    else if (q->context->own > 0 && !q->context->all_tasks)
        own_write(b, q->context);
    for (size_t i = 0; i < q->n; i++) {
        sqlb_add_literal(b, i == 0 ? " AND (" : q->any ? " OR " : " AND ");
        chain_write(b, q->context, &q->terms[i]);
    }
    if (q->n)
        sqlb_lit(b, ")");
    selection_write(b, &q->selection);
}

static void order_key_write(struct sqlb *b, const struct dm_query *q)
{
    if (dm_orders_by_kept_people(q)) {
        sqlb_lit(b, "CASE WHEN t.annotators = '{}' THEN '{NULL}' ELSE t.annotators END");
    } else if (q->order_key && q->order_number) {
        dm_data_number(b, q->context, q->order_key);
    } else if (q->order_key) {
        dm_data_rank(b, q->context, q->order_key);
    } else {
        template_add(b, q->context, q->order->order_sql ? q->order->order_sql : q->order->sql);
    }
}

void dm_order(struct sqlb *b, const struct dm_query *q)
{
    if (!dm_by_id(q)) {
        order_key_write(b, q);
        sqlb_add_literal(b, q->descending ? " DESC NULLS LAST, t.inner_id" : ", t.inner_id");
        if (q->last_first)
            sqlb_add_literal(b, " DESC");
        return;
    }
    sqlb_add_literal(b, q->descending ? "t.inner_id DESC" : "t.inner_id");
}

bool dm_order_packs(const struct dm_query *q)
{
    return !dm_by_id(q) && q->order->class == DM_INT && !q->last_first;
}

/* Numbers of 32 bits above an id of 31, nulls above all of them. Ids rise with inner ids, so either decides between equals. */
void dm_order_packed(struct sqlb *b, const struct dm_query *q)
{
    sqlb_add_literal(b, q->descending ? "((coalesce(-(" : "((coalesce((");
    template_add(b, q->context, q->order->sql);
    sqlb_lit(b, ")::int8, 4294967295) << 31) + t.id)");
}

/* Times as PostgreSQL writes them, which is what row readers take. */
void dm_value(struct sqlb *b, const struct dm_context *c, const struct dm_column *column)
{
    bool many = column->relation != DM_NONE;

    sqlb_add_literal(b, column->class == DM_TIME ? "to_jsonb((" : "to_jsonb(");
    template_add(b, c, many ? column->order_sql : column->sql);
    sqlb_add_literal(b, column->class == DM_TIME ? ")::text)" : ")");
}
