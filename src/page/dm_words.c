/* Columns, operators and values that the filter of the Data Manager page offers. */
#include "page/dm_words.h"

#include <string.h>

#include "base/text.h"
#include "core/project.h"
#include "dm/columns_read.h"
#include "dm/dm.sql.h"
#include "page/page.h"

enum { PEOPLE_MOST = 300, LABELS_MOST = 500 };

/* ---------------------------------------------------------------- operators */

#define C(class) (1u << DM_##class)
#define TEXTS (C(TEXT) | C(DATA))
#define NUMBERS (C(INT) | C(FLOAT) | C(NUMBER))
#define SETS (C(USER) | C(VERSIONS))
#define ANY (TEXTS | C(INT) | C(FLOAT) | C(TIME) | C(WHOLE) | SETS | C(RESULT) | C(IDS))

/* Of a column of one class in the order in which they are offered. Task data is asked as texts, as numbers and as true or false. */
static const struct dm_word ops[] = {
    {C(RESULT), "contains", "label", "has the label", DM_INPUT_CHOICE},
    {C(RESULT), "not_contains", "not_label", "does not have the label", DM_INPUT_CHOICE},
    {C(RESULT), "contains", NULL, "has the text", DM_INPUT_TEXT},
    {C(RESULT), "not_contains", NULL, "does not have the text", DM_INPUT_TEXT},
    {TEXTS | C(WHOLE), "contains", NULL, "contains", DM_INPUT_TEXT},
    {TEXTS | C(WHOLE), "not_contains", NULL, "does not contain", DM_INPUT_TEXT},
    {SETS, "contains", NULL, "includes", DM_INPUT_CHOICE},
    {SETS, "not_contains", NULL, "does not include", DM_INPUT_CHOICE},
    {C(IDS), "contains", NULL, "includes", DM_INPUT_TEXT},
    {C(IDS), "not_contains", NULL, "does not include", DM_INPUT_TEXT},
    {C(BOOL), "equal", NULL, "is", DM_INPUT_CHOICE},
    {TEXTS, "equal", NULL, "is", DM_INPUT_TEXT},
    {TEXTS, "not_equal", NULL, "is not", DM_INPUT_TEXT},
    {NUMBERS, "equal", NULL, "is", DM_INPUT_NUMBER},
    {NUMBERS, "not_equal", NULL, "is not", DM_INPUT_NUMBER},
    {NUMBERS, "greater", NULL, "is more than", DM_INPUT_NUMBER},
    {NUMBERS, "greater_or_equal", NULL, "is at least", DM_INPUT_NUMBER},
    {NUMBERS, "less", NULL, "is less than", DM_INPUT_NUMBER},
    {NUMBERS, "less_or_equal", NULL, "is at most", DM_INPUT_NUMBER},
    {NUMBERS, "in", NULL, "is between", DM_INPUT_NUMBER},
    {NUMBERS, "not_in", NULL, "is not between", DM_INPUT_NUMBER},
    {C(TIME), "greater", NULL, "is after", DM_INPUT_TIME},
    {C(TIME), "less", NULL, "is before", DM_INPUT_TIME},
    {C(TIME), "in", NULL, "is between", DM_INPUT_TIME},
    {C(TIME), "not_in", NULL, "is not between", DM_INPUT_TIME},
    {TEXTS | NUMBERS, "in_list", NULL, "is one of", DM_INPUT_LINES},
    {TEXTS | NUMBERS, "not_in_list", NULL, "is none of", DM_INPUT_LINES},
    {TEXTS | C(WHOLE) | C(RESULT), "regex", NULL, "matches the pattern", DM_INPUT_TEXT},
    {ANY, "empty", NULL, "is empty", DM_INPUT_NONE},
    {ANY, "empty", "not_empty", "is not empty", DM_INPUT_NONE},
};

/* The forms in which task data is asked, and the word before their operators. */
static const struct form {
    enum dm_class class;
    const char *type, *label;
} forms[] = {{DM_DATA, NULL, "As text"}, {DM_NUMBER, "Number", "As a number"}, {DM_BOOL, "Boolean", "As true or false"}};

static bool has_labels(const struct dm_words *o)
{
    for (size_t i = 0; i < lc_control_count(o->lc); i++)
        if (lc_control_at(o->lc, i)->n_labels)
            return true;
    return false;
}

/* Is the value one whole text of a result: "Car" with its quotes? */
static bool is_quoted(const char *value)
{
    size_t len = strlen(value);

    return len > 2 && value[0] == '"' && value[len - 1] == '"' && !memchr(value + 1, '"', len - 2);
}

static bool is_label_op(const struct dm_word *op)
{
    return op->word && strstr(op->word, "label");
}

static enum dm_class class_asked(const struct dm_line *line)
{
    enum dm_class class = dm_line_class(line);

    return class == DM_DATA && strcmp(line->type, "Boolean") == 0 ? DM_BOOL : class;
}

bool dm_words_is_flag(const struct dm_line *line)
{
    return class_asked(line) == DM_BOOL;
}

/* Two of them have the same name for the API: the value decides, or while there is none, the form's word. */
static bool fits(const struct dm_word *op, const struct dm_line *line)
{
    const char *value = line->n_v ? line->v[0] : "";

    if (op->word && strcmp(op->word, line->op) == 0)
        return true;
    if (strcmp(op->op, line->op) != 0)
        return false;
    if (strcmp(op->op, "empty") == 0)
        return (op->word != NULL) == (strcmp(value, "false") == 0);
    return !is_label_op(op) || is_quoted(value);
}

const struct dm_word *dm_words_op(const struct dm_words *o, const struct dm_line *line)
{
    enum dm_class class = class_asked(line);

    if (line->json)
        return NULL;
    for (size_t i = 0; i < sizeof ops / sizeof *ops; i++)
        if (ops[i].classes >> class & 1 && fits(&ops[i], line) && (!is_label_op(&ops[i]) || has_labels(o)))
            return &ops[i];
    return NULL;
}

static void group_add(struct arena *a, const struct dm_words *o, json_t *groups, const struct form *form, const struct dm_line *line)
{
    const struct dm_word *chosen = class_asked(line) == form->class ? dm_words_op(o, line) : NULL;
    json_t *list = json_array();

    for (size_t i = 0; i < sizeof ops / sizeof *ops; i++) {
        const char *word = ops[i].word ? ops[i].word : ops[i].op;
        if (!(ops[i].classes >> form->class & 1) || (is_label_op(&ops[i]) && !has_labels(o)) ||
            (form->type && strcmp(ops[i].op, "empty") == 0))
            continue;
        json_array_append_new(list, json_pack("{s:s, s:s, s:b}", "value", form->type ? arena_printf(a, "%s.%s", form->type, word) : word,
                                              "text", ops[i].text, "selected", &ops[i] == chosen));
    }
    json_array_append_new(groups, json_pack("{s:s?, s:o}", "label", form->label, "ops", list));
}

json_t *dm_words_ops(struct arena *a, const struct dm_words *o, const struct dm_line *line)
{
    json_t *groups = json_array();
    const char *key;
    const struct dm_column *c = dm_column_find(line->column, &key);

    for (size_t i = 0; key && i < sizeof forms / sizeof *forms; i++)
        group_add(a, o, groups, &forms[i], line);
    if (!key)
        group_add(a, o, groups, &(struct form){c ? c->class : DM_TEXT, NULL, NULL}, line);
    return groups;
}

const char *dm_words_first(const struct dm_words *o, const struct dm_line *line)
{
    enum dm_class class = class_asked(line);

    for (size_t i = 0; i < sizeof ops / sizeof *ops; i++)
        if (ops[i].classes >> class & 1 && (!is_label_op(&ops[i]) || has_labels(o)))
            return ops[i].op;
    return "empty";
}

/* ---------------------------------------------------------------- columns */

static void column_add(struct dm_words *o, const char *name, const char *title, const char *group)
{
    const char *key;
    const struct dm_column *c = dm_column_find(name, &key);

    if (c && !dm_words_find(o, name))
        o->column[o->n++] = (struct dm_word_column){name, title, group, c->class};
}

/* Keys that the configuration shows, then the others of the tasks; what lies under no name is the first key's. */
static void data_columns_add(struct arena *a, struct dm_words *o, const struct rows *rows)
{
    size_t n;
    const struct lc_data_key *keys = lc_data_keys(o->lc, &n);

    for (size_t i = 0; i < n; i++)
        if (!strchr(keys[i].key, '['))
            column_add(o, arena_printf(a, "data.%s", keys[i].key), keys[i].key, "Data");
    for (int i = 0; i < rows->n; i++) {
        struct row r = rows_at(rows, i);
        const char *key = row_text(&r, DM_DATA_KEYS_KEY);
        if (strcmp(key, "$undefined$") != 0 || o->n == 0)
            column_add(o, arena_printf(a, "data.%s", key), strcmp(key, "$undefined$") == 0 ? "data" : key, "Data");
    }
}

static void task_columns_add(struct dm_words *o, const struct row *uses)
{
    column_add(o, "data", "Any field", "Data");
    column_add(o, "is_labeled", "Labelled", "Task");
    for (size_t i = 0; i < dm_listed_n; i++)
        if (dm_listed_offered(o->s, &dm_listed[i], uses))
            column_add(o, dm_listed[i].name, dm_listed[i].title, "Task");
    column_add(o, "overlap", "Overlap", "Task");
}

err *dm_words_read(struct scope *s, int64_t project, struct dm_words *out)
{
    struct rows rows;
    struct row uses;
    size_t n;

    *out = (struct dm_words){.s = s, .project = project};
    TRY(project_config(s, project, &out->lc, NULL, NULL));
    TRY(db_many(s->db, SQL_dm_data_keys, DB_ARGS(db_i64(project)), &rows));
    TRY(db_one(s->db, SQL_dm_uses, DB_ARGS(db_i64(project)), &uses));
    lc_data_keys(out->lc, &n);
    out->column = arena_array(s->a, n + (size_t)rows.n + dm_listed_n + 3, sizeof *out->column);
    data_columns_add(s->a, out, &rows);
    task_columns_add(out, &uses);
    return OK;
}

const struct dm_word_column *dm_words_find(const struct dm_words *o, const char *column)
{
    for (size_t i = 0; i < o->n; i++)
        if (strcmp(o->column[i].name, column) == 0)
            return &o->column[i];
    return NULL;
}

const char *dm_words_title(const struct dm_words *o, const char *column)
{
    const struct dm_word_column *c = dm_words_find(o, column);

    if (c)
        return c->title;
    return text_starts(column, "data.") ? column + strlen("data.") : column;
}

/* ---------------------------------------------------------------- values */

static void release(void *json)
{
    json_decref(json);
}

static json_t *list_new(struct arena *a)
{
    json_t *list = json_array();

    arena_defer(a, release, list);
    return list;
}

static void choice_add(json_t *list, const char *value, const char *text)
{
    json_array_append_new(list, json_pack("{s:s, s:s}", "value", value, "text", text));
}

/* Of more people than a list is good for, one is named by e-mail instead; see dm_filter.c. */
static err *people_read(struct dm_words *o)
{
    struct rows rows;

    if (o->people)
        return OK;
    TRY(db_many(o->s->db, SQL_dm_people_named, DB_ARGS(SCOPE_ARGS(o->s), db_i64(PEOPLE_MOST + 1)), &rows));
    o->people = list_new(o->s->a);
    for (int i = 0; i < rows.n; i++) {
        struct row r = rows_at(&rows, i);
        choice_add(o->people, arena_printf(o->s->a, "%lld", (long long)row_i64(&r, DM_PEOPLE_NAMED_USER_ID)), row_text(&r, DM_PEOPLE_NAMED_LABEL));
    }
    return OK;
}

static err *versions_read(struct dm_words *o)
{
    struct rows rows;

    if (o->versions)
        return OK;
    TRY(db_many(o->s->db, SQL_dm_versions, DB_ARGS(db_i64(o->project)), &rows));
    o->versions = list_new(o->s->a);
    for (int i = 0; i < rows.n; i++) {
        struct row r = rows_at(&rows, i);
        choice_add(o->versions, row_text(&r, DM_VERSIONS_VERSION), row_text(&r, DM_VERSIONS_VERSION));
    }
    return OK;
}

static bool lists_value(const json_t *list, const char *value)
{
    const json_t *one;
    size_t i;

    json_array_foreach(list, i, one)
        if (strcmp(json_string_value(json_object_get(one, "value")), value) == 0)
            return true;
    return false;
}

static void labels_read(struct dm_words *o)
{
    if (o->labels)
        return;
    o->labels = list_new(o->s->a);
    for (size_t i = 0; i < lc_control_count(o->lc); i++) {
        const struct lc_control *c = lc_control_at(o->lc, i);
        for (size_t k = 0; k < c->n_labels && json_array_size(o->labels) < LABELS_MOST; k++)
            if (!lists_value(o->labels, c->labels[k].key))
                choice_add(o->labels, c->labels[k].key, c->labels[k].key);
    }
}

static const json_t *yes_or_no(struct arena *a)
{
    json_t *list = list_new(a);

    choice_add(list, "true", "yes");
    choice_add(list, "false", "no");
    return list;
}

err *dm_words_choices(struct dm_words *o, const struct dm_line *line, const json_t **out)
{
    *out = NULL;
    switch (class_asked(line)) {
    case DM_USER:
        TRY(people_read(o));
        *out = json_array_size(o->people) > PEOPLE_MOST ? NULL : o->people;
        return OK;
    case DM_VERSIONS:
        TRY(versions_read(o));
        *out = o->versions;
        return OK;
    case DM_BOOL:
        *out = yes_or_no(o->s->a);
        return OK;
    default:
        labels_read(o);
        *out = o->labels;
        return OK;
    }
}

const char *dm_words_value(struct arena *a, const struct dm_line *line, const char *value)
{
    return dm_line_class(line) == DM_RESULT && is_quoted(value) ? arena_strndup(a, value + 1, strlen(value) - 2) : value;
}
