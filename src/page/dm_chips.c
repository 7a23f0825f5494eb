/* The Data Manager's filter in words: one chip for each line, with links that change it and take it away. */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "dm/dm.sql.h"
#include "dm/value.h"
#include "page/dm_filter_view.h"

enum { NOTE_MOST = 200 };

static void words_add(json_t *parts, const char *text)
{
    json_array_append_new(parts, json_pack("{s:s, s:n, s:n}", "text", text, "at_iso", "at_text"));
}

/* Its text is written in the reader's timezone by page_render. */
static void time_add(struct arena *a, json_t *parts, const char *value)
{
    json_t *o = json_object();

    page_set_text(o, "text", NULL);
    page_set_time(a, o, "at", value);
    json_array_append_new(parts, o);
}

static err *person_text(struct dm_filter_view *v, const char *value, const char **text)
{
    struct row r;
    int64_t id;
    bool found;

    if (!int_parse(value, 1, INT32_MAX, &id))
        return OK;
    TRY(db_opt(v->rq->scope->db, SQL_dm_person_called, DB_ARGS(SCOPE_ARGS(v->rq->scope), db_i64(id)), &r, &found));
    if (found)
        *text = row_text(&r, DM_PERSON_CALLED_LABEL);
    return OK;
}

/* As the form offers it, without the list of what else there is: a chip stands on every page of the table. */
static err *choice_text(struct dm_filter_view *v, const struct dm_line *line, const char *value, const char **text)
{
    *text = dm_words_value(v->a, line, value);
    if (dm_line_class(line) == DM_USER)
        return person_text(v, value, text);
    if (dm_words_is_flag(line) && (strcmp(value, "true") == 0 || strcmp(value, "false") == 0))
        *text = *value == 't' ? "yes" : "no";
    return OK;
}

static err *value_add(struct dm_filter_view *v, const struct dm_line *line, const struct dm_word *op, json_t *parts, const char *value)
{
    const char *text = value;

    if (op->input == DM_INPUT_TIME && dm_value_is_time(value) && strlen(value) > 16) {
        time_add(v->a, parts, value);
        return OK;
    }
    if (op->input == DM_INPUT_CHOICE)
        TRY(choice_text(v, line, value, &text));
    if (strlen(text) > NOTE_MOST)
        text = arena_printf(v->a, "%s…", text_cut(v->a, text, NOTE_MOST));
    words_add(parts, text);
    return OK;
}

const char *dm_chips_kept(struct arena *a, const struct dm_line *line)
{
    json_t *item = dm_line_json(a, line);
    char *value = json_dumps(json_object_get(item, "value"), JSON_COMPACT | JSON_ENCODE_ANY);
    const char *text = arena_printf(a, "%s %s", line->op, value ? text_cut(a, arena_strdup(a, value), NOTE_MOST) : "");

    free(value);
    json_decref(item);
    return text;
}

/* The words of one line: "Created at", "is between", a time, "and", a time. */
static err *line_words(struct dm_filter_view *v, const struct dm_line *line, json_t *parts)
{
    const struct dm_word *op = dm_words_op(&v->words, line);

    words_add(parts, dm_words_title(&v->words, line->column));
    if (!op) {
        words_add(parts, dm_chips_kept(v->a, line));
        return OK;
    }
    words_add(parts, op->text);
    for (size_t i = 0; i < line->n_v && op->input != DM_INPUT_NONE; i++) {
        if (i)
            words_add(parts, "or");
        TRY(value_add(v, line, op, parts, line->v[i]));
    }
    if (!line->w || !dm_op_spans(line->op))
        return OK;
    words_add(parts, "and");
    return value_add(v, line, op, parts, line->w);
}

static err *href_with(struct dm_filter_view *v, const struct dm_lines *lines, const char **out)
{
    struct dm_state next = *v->state;

    TRY(dm_filter_put(v->a, lines, &next));
    *out = dm_state_first(v->a, &next);
    return OK;
}

static err *chip_add(struct dm_filter_view *v, const struct dm_line *line, json_t *chips)
{
    json_t *o = json_object(), *parts = json_array();
    struct dm_lines rest = dm_lines_without(v->a, &v->lines, line->number);
    const char *href;

    json_array_append_new(chips, o);
    json_object_set_new(o, "parts", parts);
    TRY(line_words(v, line, parts));
    for (size_t i = 0; i < v->lines.n; i++)
        if (v->lines.line[i].parent == line->number && dm_line_complete(&v->lines.line[i])) {
            words_add(parts, "with");
            TRY(line_words(v, &v->lines.line[i], parts));
        }
    TRY(href_with(v, &rest, &href));
    page_set_text(o, "remove_href", href);
    TRY(href_with(v, &v->lines, &href));
    page_set_text(o, "edit_href", arena_printf(v->a, "%s%sedit=1#filter-%d", href, href[1] ? "&" : "", line->number));
    page_set_text(o, "join", json_array_size(chips) == 1 ? NULL : v->lines.any ? "or" : "and");
    return OK;
}

err *dm_chips_make(struct dm_filter_view *v, json_t **out)
{
    *out = json_array();
    for (size_t i = 0; i < v->lines.n; i++)
        if (v->lines.line[i].parent == 0 && dm_line_complete(&v->lines.line[i]))
            TRY(chip_add(v, &v->lines.line[i], *out));
    return OK;
}
