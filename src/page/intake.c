/* Reading the data fields of a form into a project, and wording what went wrong for people. The
 * import itself is src/import. */
#include "page/intake.h"

#include <string.h>
#include <unistd.h>

#include "base/cfg.h"
#include "base/text.h"
#include "core/scope.h"
#include "http/spool.h"
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
    TRY(resumable_take(rq->scope, project, in->uploads, in->n_uploads));
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

err *intake_run(struct rq *rq, int64_t project, struct intake *in)
{
    const struct imp_options options = {.project = project, .commit = true};
    const char *paste = rq_form(rq, "paste");
    struct importer *im;
    struct upload u;

    in->stage = NULL;
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
    size_t n;          /* of them, also those not shown */
    bool more;         /* the list was cut by the importer */
    const char *other; /* first message about something else */
};

static void problem_sort(struct arena *a, struct problems *p, const char *message)
{
    const char *item = item_text(a, message);

    if (strcmp(message, "...") == 0)
        p->more = true;
    else if (!item && !p->other)
        p->other = arena_strdup(a, plain(a, message));
    else if (item && p->n++ < PROBLEMS_SHOWN)
        json_array_append_new(p->items, json_string(item));
}

static void problems_read(struct arena *a, const char *validation_json, struct problems *p)
{
    json_t *tree = json_loads(validation_json, 0, NULL), *messages, *m;
    const char *field;
    size_t i;

    p->items = json_array();
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

bool intake_explain(struct arena *a, json_t *ctx, const err *e, const char *stage)
{
    struct problems p = {0};

    if (e->kind != ERR_PARSE && e->kind != ERR_VALIDATION && e->kind != ERR_CONFLICT)
        return false;
    if (e->kind == ERR_VALIDATION && e->validation_json)
        problems_read(a, e->validation_json, &p);
    if (p.n > 0) {
        explain_items(a, ctx, &p);
        return true;
    }
    json_decref(p.items);
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

void intake_fields(struct rq *rq, json_t *ctx)
{
    const char *paste = rq_form(rq, "paste"), *url = rq_form(rq, "url");

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
