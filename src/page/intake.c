/* Reading the data fields of a form into a project, and wording what went wrong for people. The
 * import itself is src/import. */
#include "page/intake.h"

#include <string.h>
#include <unistd.h>

#include "base/cfg.h"
#include "base/text.h"
#include "core/scope.h"
#include "http/spool.h"
#include "import/adopt.h"
#include "import/file.h"
#include "import/resumable.h"
#include "net/fetch.h"
#include "page/project_page.h"

enum { PROBLEMS_SHOWN = 10, PROBLEM_MOST = 300 };

static bool blank(const char *s)
{
    return !s || s[strspn(s, " \t\r\n")] == '\0';
}

bool intake_any(const struct rq *rq)
{
    return rq->nfiles > 0 || !blank(rq_form(rq, "paste")) || !blank(rq_form(rq, "url")) || !blank(rq_form(rq, "upload"));
}

/* As it is copied from an address bar or a mail: blanks around it mean nothing. */
static const char *address(struct rq *rq)
{
    const char *url = rq_form(rq, "url");
    size_t n;

    if (blank(url))
        return NULL;
    url += strspn(url, " \t\r\n");
    for (n = strlen(url); strchr(" \t\r\n", url[n - 1]); n--)
        ;
    return arena_strndup(rq->a, url, n);
}

/* Files too large for a request were sent before, in pieces, and are named by their ids. */
static err *pieces_find(struct rq *rq, int64_t project, struct intake *in)
{
    in->uploads = arena_array(rq->a, rq->nform + 1, sizeof *in->uploads);
    in->pieces = arena_array(rq->a, rq->nform + 1, sizeof *in->pieces);
    for (size_t i = 0; i < rq->nform; i++)
        if (strcmp(rq->form[i].name, "upload") == 0 && !blank(rq->form[i].value))
            in->uploads[in->n_uploads++] = rq->form[i].value;
    if (in->n_uploads == 0)
        return OK;
    in->stage = "files";
    return resumable_sources(rq->scope, project, in->uploads, in->n_uploads, in->pieces, &in->n_pieces);
}

static err *pieces_run(struct rq *rq, int64_t project, struct importer *im, const struct intake *in)
{
    struct upload u;

    if (in->n_uploads == 0)
        return OK;
    TRY(resumable_take(rq->scope, project, in->uploads, in->n_uploads, false));
    for (size_t i = 0; i < in->n_pieces; i++)
        TRY(imp_file(rq->scope, im, project, in->pieces[i].name, in->pieces[i].path, in->pieces[i].size_bytes, &u));
    return OK;
}

err *intake_fetch(struct rq *rq, int64_t project, struct intake *in)
{
    const struct fetch_options o = {.guard = cfg.ssrf_protection_enabled,
                                    .timeout_ms = cfg.import_fetch_ms,
                                    .most_bytes = cfg.upload_max_bytes};
    const char *url = address(rq);
    struct fetched f;
    err *e;
    int fd;

    TRY(pieces_find(rq, project, in));
    if (!url)
        return OK;
    in->stage = "url";
    TRY(spool_named(rq->a, &in->path, &fd));
    e = fetch_file(rq->a, url, &o, fd, &f);
    close(fd);
    TRY(e);
    in->name = fetch_name(rq->a, f.url);
    in->size_bytes = f.size_bytes;
    return OK;
}

/* ---- files of other tools ---- */

static const char *filled(struct rq *rq, const char *name)
{
    const char *text = rq_form(rq, name);

    return blank(text) ? NULL : text;
}

static bool is_set(struct rq *rq, const char *name, const char *value)
{
    const char *text = rq_form(rq, name);

    return text && strcmp(text, value) == 0;
}

void intake_options(struct rq *rq, struct intake *in)
{
    in->request.skip = is_set(rq, "on_error", "skip");
    in->request.foreign = (struct imp_foreign){
        .format = filled(rq, "import_format"),
        .prefix = filled(rq, "image_prefix"),
        .model_version = "imported",
        .predictions = is_set(rq, "import_as", "predictions"),
        .take_config = is_set(rq, "take_config", "true"),
    };
}

/* All files of the form together: labels and pictures belong to each other. */
static void sources_gather(struct rq *rq, struct intake *in)
{
    struct imp_request *q = &in->request;

    q->sources = arena_array(rq->a, rq->nfiles + in->n_pieces + 1, sizeof *q->sources);
    q->n_sources = 0;
    for (size_t i = 0; i < rq->nfiles; i++)
        q->sources[q->n_sources++] = (struct imp_source){rq->files[i].name, rq->files[i].path, rq->files[i].size_bytes};
    for (size_t i = 0; i < in->n_pieces; i++)
        q->sources[q->n_sources++] = in->pieces[i];
    if (in->name)
        q->sources[q->n_sources++] = (struct imp_source){in->name, in->path, in->size_bytes};
}

static err *foreign_run(struct rq *rq, int64_t project, struct intake *in, bool *done)
{
    struct imp_request *q = &in->request;

    *done = false;
    sources_gather(rq, in);
    if (!q->foreign.format || q->n_sources == 0)
        return OK;
    in->stage = "files";
    q->options = (struct imp_options){.project = project, .commit = true};
    TRY(adopt_run(rq->scope, q, done));
    in->result = q->result;
    return *done && in->n_uploads ? resumable_take(rq->scope, project, in->uploads, in->n_uploads, false) : OK;
}

const char *intake_told(struct arena *a, const struct intake *in)
{
    const struct imp_request *q = &in->request;
    const char *left = q->skip && q->report && q->report->n
                           ? arena_printf(a, " %s left out.", page_counted(a, q->report->n, "row was", "rows were")) : "";

    if (!q->found)
        return arena_printf(a, " imported.%s", left);
    return arena_printf(a, " imported: %s, %s.%s%s", q->found->title,
                        page_counted(a, (int64_t)survey_label_count(q->survey), "label", "labels"),
                        q->config_taken ? " The label configuration was made from them." : "", left);
}

static const char *line_of(struct arena *a, const struct report_row *r)
{
    const char *row = r->row ? arena_printf(a, "%srow %s", r->file ? ", " : "", page_count(a, r->row)) : "";

    return arena_printf(a, "%s%s%s%s: %s", r->file ? r->file : "", row, r->field ? ", " : "", r->field ? r->field : "", r->why);
}

json_t *intake_left_out(struct arena *a, const struct intake *in)
{
    enum { SHOWN = 100 };
    const struct report *r = in->request.report;
    json_t *items;

    if (!in->request.skip || !r || r->n == 0)
        return json_null();
    items = json_array();
    for (size_t i = 0; i < r->kept && i < SHOWN; i++)
        json_array_append_new(items, json_string(text_cut(a, line_of(a, &r->rows[i]), PROBLEM_MOST)));
    return json_pack("{s:s, s:o}", "text", r->n > SHOWN ? "The first of the rows that were left out:" : "Left out:", "items", items);
}

static err *refused(void *to, const char *file, int64_t row, const char *why)
{
    struct imp_request *q = to;

    report_add(q->report, file, row, NULL, why);
    return OK;
}

err *intake_run(struct rq *rq, int64_t project, struct intake *in)
{
    struct imp_options options = {.project = project, .commit = true};
    const char *paste = rq_form(rq, "paste");
    struct importer *im;
    struct upload u;
    bool done;

    in->stage = NULL;
    TRY(foreign_run(rq, project, in, &done));
    if (done)
        return OK;
    in->stage = NULL;
    if (in->request.skip) {
        in->request.report = report_new(rq->a, true);
        options.refused = refused;
        options.refused_to = &in->request;
    }
    TRY(imp_begin(rq->scope, &options, &im));
    in->stage = "files";
    for (size_t i = 0; i < rq->nfiles; i++)
        TRY(imp_file(rq->scope, im, project, rq->files[i].name, rq->files[i].path,
                     rq->files[i].size_bytes, &u));
    TRY(pieces_run(rq, project, im, in));
    if (!blank(paste)) {
        in->stage = "paste";
        TRY(imp_json(im, (struct span){paste, strlen(paste)}, 0));
    }
    if (in->name) {
        in->stage = "url";
        TRY(imp_file(rq->scope, im, project, in->name, in->path, in->size_bytes, &u));
    }
    return imp_end(im, &in->result);
}

/* ---- problems ---- */

/* "Failed to parse input file t.csv: Error tokenizing data. C error: Expected 2 …" → "t.csv:
 * Expected 2 …" */
static const char *unreadable(struct arena *a, const char *message)
{
    static const char start[] = "Failed to parse input file ",
                      noise[] = "Error tokenizing data. C error: ";
    const char *file = message + sizeof start - 1, *at = strstr(file, noise);
    const char *bytes = strstr(file, ": utf-8 b");

    if (bytes)
        return arena_printf(a, "Could not read %.*s: its text is not UTF-8. Save it as UTF-8.",
                            (int)(bytes - file), file);
    if (!at)
        return arena_printf(a, "Could not read %s", file);
    return arena_printf(a, "Could not read %.*s%s", (int)(at - file), file, at + sizeof noise - 1);
}

/* Texts that speak of the API's parameters, said for the form. */
static const char *plain(struct arena *a, const char *message)
{
    if (text_starts(message, "You're trying to import inconsistent data:"))
        return "These files have no field in common. Import them one after the other.";
    if (text_starts(message, "Failed to parse input file "))
        return unreadable(a, message);
    if (text_starts(message, "load_tasks: No data found"))
        return "This holds no tasks: a list of JSON objects is needed, or one object.";
    if (text_starts(message, "load_tasks: No tasks added"))
        return "The list is empty.";
    return message;
}

/* "Error at item 2: the problem [assume: …] :: the item" → "Item 3: the problem", cut between
 * characters; NULL for other messages. */
static const char *item_text(struct arena *a, const char *message)
{
    const char *p = message, *end;
    char *after;
    long item;
    size_t n;

    if (!text_starts(p, "Error "))
        return NULL;
    p += strspn(p + 5, " ") + 5;
    if (!text_starts(p, "at item "))
        return NULL;
    item = strtol(p + 8, &after, 10);
    if (*after != ':')
        return NULL;
    after += strspn(after, ": ");
    end = strstr(after, " [assume: ");
    if (!end)
        end = strstr(after, " :: ");
    n = end ? (size_t)(end - after) : strlen(after);
    if (n > PROBLEM_MOST)
        for (n = PROBLEM_MOST; n > 0 && (after[n] & 0xC0) == 0x80; n--)
            ;
    return arena_printf(a, "Item %s: %.*s", page_count(a, item + 1), (int)n, after);
}

struct problems {
    json_t *items;     /* texts of single items */
    json_t *others;    /* of rows of other tools' files */
    size_t n;          /* of them, also those not shown */
    bool more;         /* the list was cut by the importer */
    const char *other; /* first message about something else */
    size_t n_others;
};

static void problem_sort(struct arena *a, struct problems *p, const char *message)
{
    const char *item = item_text(a, message);

    if (strcmp(message, "...") == 0)
        p->more = true;
    else if (!item) {
        p->other = p->other ? p->other : arena_strdup(a, plain(a, message));
        if (p->n_others++ < PROBLEMS_SHOWN)
            json_array_append_new(p->others, json_string(text_cut(a, plain(a, message), PROBLEM_MOST)));
    }
    else if (item && p->n++ < PROBLEMS_SHOWN)
        json_array_append_new(p->items, json_string(item));
}

static void problems_read(struct arena *a, const char *validation_json, struct problems *p)
{
    json_t *tree = json_loads(validation_json, 0, NULL), *messages, *m;
    const char *field;
    size_t i;

    p->items = json_array();
    p->others = json_array();
    json_object_foreach(tree, field, messages)
        json_array_foreach(messages, i, m) if (json_is_string(m))
            problem_sort(a, p, json_string_value(m));
    json_decref(tree);
}

static void explain_items(struct arena *a, json_t *ctx, const struct problems *p)
{
    const char *n = arena_printf(a, "%s%s", p->more ? "at least " : "",
                                 page_counted(a, (int64_t)p->n, "item does", "items do"));
    const char *text = p->n > PROBLEMS_SHOWN ? "The first of them:" : "What is wrong:";

    page_set_text(ctx, "error",
                  arena_printf(a, "Nothing was imported: %s not fit the label configuration.", n));
    json_object_set_new(ctx, "first_problems",
                        json_pack("{s:s, s:o}", "text", text, "items", p->items));
}

static void explain_rows(struct arena *a, json_t *ctx, const struct problems *p)
{
    const char *n = arena_printf(a, "%s%s", p->more ? "at least " : "", page_counted(a, (int64_t)p->n_others, "row", "rows"));

    page_set_text(ctx, "error", arena_printf(a, "Nothing was imported: %s cannot be used.", n));
    json_object_set_new(ctx, "first_problems",
                        json_pack("{s:s, s:o}", "text", p->n_others > PROBLEMS_SHOWN ? "The first of them:" : "What is wrong:", "items", p->others));
}

bool intake_explain(struct arena *a, json_t *ctx, const err *e, const char *stage)
{
    struct problems p = {0};

    if (e->kind != ERR_PARSE && e->kind != ERR_VALIDATION && e->kind != ERR_CONFLICT)
        return false;
    if (e->kind == ERR_VALIDATION && e->validation_json)
        problems_read(a, e->validation_json, &p);
    if (p.n > 0) {
        explain_items(a, ctx, &p);
        json_decref(p.others);
        return true;
    }
    json_decref(p.items);
    if (p.n_others > 1) {
        explain_rows(a, ctx, &p);
        return true;
    }
    json_decref(p.others);
    page_set_text(json_object_get(ctx, "errors"), stage ? stage : "files",
                  p.other ? p.other : e->detail);
    return true;
}

/* ---- fields ---- */

static const char *size_text(struct arena *a, int64_t bytes)
{
    if (bytes >= INT64_C(10) << 30)
        return arena_printf(a, "%s GB", page_count(a, bytes >> 30));
    return arena_printf(a, "%s MB", page_count(a, bytes >> 20));
}

static json_t *option(const char *value, const char *text, const char *chosen)
{
    return json_pack("{s:s, s:s, s:b}", "value", value, "text", text, "selected", chosen && strcmp(value, chosen) == 0);
}

/* Files of other tools: what was chosen, or what is chosen unless somebody says otherwise. */
static void foreign_fields(struct rq *rq, json_t *ctx)
{
    const char *chosen = rq_form(rq, "import_format"), *prefix = rq_form(rq, "image_prefix");
    bool sent = chosen != NULL;
    json_t *formats = json_array();

    json_array_append_new(formats, option("auto", "Recognised by what is in them", sent ? chosen : "auto"));
    for (size_t i = 0; foreign_at(i); i++)
        json_array_append_new(formats, option(foreign_at(i)->name, foreign_at(i)->title, chosen));
    json_array_append_new(formats, option("", "None: plain tasks only", chosen));
    json_object_set_new(ctx, "import_formats", formats);
    json_object_set_new(ctx, "import_as", json_pack("[o, o]", option("annotations", "Annotations", NULL),
                                                    option("predictions", "Predictions", rq_form(rq, "import_as"))));
    page_set_text(json_object_get(ctx, "values"), "image_prefix", prefix ? prefix : "");
    json_object_set_new(ctx, "skips", json_boolean(is_set(rq, "on_error", "skip")));
    json_object_set_new(ctx, "takes_config", json_boolean(!sent || is_set(rq, "take_config", "true")));
    json_object_set_new(ctx, "left_out", json_null());
}

void intake_fields(struct rq *rq, json_t *ctx)
{
    const char *paste = rq_form(rq, "paste"), *url = rq_form(rq, "url");

    foreign_fields(rq, ctx);

    page_set_text(json_object_get(ctx, "values"), "paste", paste ? paste : "");
    page_set_text(json_object_get(ctx, "values"), "url", url ? url : "");
    page_set_int(ctx, "upload_most_bytes", cfg.upload_max_bytes);
    page_set_int(ctx, "upload_most_files", cfg.upload_max_files);
    page_set_int(ctx, "upload_resumable_bytes", cfg.upload_resumable_bytes);
    json_object_set_new(ctx, "first_problems", json_null());
    page_set_text(ctx, "upload_most_text", size_text(rq->a, cfg.upload_max_bytes));
    page_set_text(ctx, "upload_pieces_text",
                  cfg.upload_resumable_bytes > cfg.upload_max_bytes ? size_text(rq->a, cfg.upload_resumable_bytes) : NULL);
}
