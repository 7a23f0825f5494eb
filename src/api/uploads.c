/* Handlers of uploaded files: their list, single ones, and their bytes. Importing them is import.c.
 */
#include "api/handlers.h"

#include <string.h>

#include "api/idlist.h"
#include "base/text.h"
#include "core/fields.h"
#include "core/project.h"
#include "core/scope.h"
#include "import/upload.h"
#include "import/upload.sql.h"
#include "json/verr.h"

_Static_assert((int)UPLOAD_LIST_ID == (int)UPLOAD_BY_ID_ID &&
                   (int)UPLOAD_LIST_SIZE == (int)UPLOAD_BY_ID_SIZE,
               "column lists differ");

static void upload_write(struct jw *w, const struct row *r)
{
    static const struct field fields[] = {{"id", UPLOAD_LIST_ID, 'i'},
                                          {"file", UPLOAD_LIST_FILE, 's'},
                                          {"size", UPLOAD_LIST_SIZE, 'i'}};

    jw_obj(w);
    for (size_t f = 0; f < sizeof fields / sizeof *fields; f++)
        field_write(w, r, &fields[f]);
    jw_end(w);
}

/* ---- of a project ---- */

/* ids=[1,2] */
static err *query_ids(struct rq *rq, const char **out)
{
    const char *text = rq_query(rq, "ids");
    json_t *list;

    *out = NULL;
    if (!text || !*text)
        return OK;
    if (jin_parse(rq->a, (struct span){text, strlen(text)}, 2, &list))
        return verr_one(rq->a, "ids", "Expected a list of items but got type \"str\".");
    return idlist_read(rq->a, "ids", list, out);
}

err *api_upload_list(struct rq *rq)
{
    const char *ids;
    struct rows rows;
    struct jw *w;
    bool all;

    TRY(project_check_visible(rq->scope, rq_int(rq, "id")));
    TRY(query_ids(rq, &ids));
    TRY(rq_query_bool(rq, "all", false, &all));
    TRY(upload_list(rq->scope, rq_int(rq, "id"), ids, all, &rows));
    w = rs_json(rq);
    jw_arr(w);
    for (int i = 0; i < rows.n; i++) {
        struct row r = rows_at(&rows, i);
        upload_write(w, &r);
    }
    jw_end(w);
    return OK;
}

err *api_upload_list_delete(struct rq *rq)
{
    const char *ids;
    struct jw *w;
    int64_t n;

    TRY(idlist_read(rq->a, "file_upload_ids", jin_tree(&rq->in, "file_upload_ids"), &ids));
    TRY(upload_delete_own(rq->scope, rq_int(rq, "id"), ids, &n));
    w = rs_json(rq);
    jw_obj(w);
    jw_ki64(w, "deleted", n);
    jw_end(w);
    return OK;
}

/* ---- single ones ---- */

err *api_file_upload_get(struct rq *rq)
{
    struct row r;

    TRY(upload_row(rq->scope, rq_int(rq, "id"), &r));
    upload_write(rs_json(rq), &r);
    return OK;
}

static const struct rq_file *sent_file(const struct rq *rq)
{
    for (size_t i = rq->nfiles; i-- > 0;)
        if (strcmp(rq->files[i].field, "file") == 0)
            return &rq->files[i];
    return NULL;
}

static bool sent_something_else(const struct rq *rq)
{
    return rq->body_is_form ? rq_form(rq, "file") != NULL
                            : jspan_member(rq->a, rq->body, "file").p != NULL;
}

/* PATCH may bring nothing; PUT must bring a file. */
err *api_file_upload_change(struct rq *rq)
{
    const struct rq_file *f;

    TRY(rq_body(rq));
    f = sent_file(rq);
    if (!f && sent_something_else(rq))
        return verr_one(rq->a, "file",
                        "The submitted data was not a file. Check the encoding type on the form.");
    if (!f && rq->method == M_PUT)
        return verr_one(rq->a, "file", "No file was submitted.");
    if (f)
        TRY(upload_replace(rq->scope, rq_int(rq, "id"), f->name, f->path, f->size_bytes));
    return api_file_upload_get(rq);
}

err *api_file_upload_delete(struct rq *rq)
{
    TRY(upload_delete(rq->scope, rq_int(rq, "id")));
    return rs_no_content(rq);
}

/* ---- bytes ---- */

/* nginx sends the bytes, with ranges; nothing in the file may run in this origin. */
static err *send_upload(struct rq *rq, int64_t project, const char *name)
{
    TRY(upload_find(rq->scope, project, name));
    rs_type(rq, upload_type(rq->a, name));
    rs_header(rq, "Content-Security-Policy", "sandbox; default-src 'none'");
    rs_header(rq, "Cache-Control", "private, max-age=3600");
    rs_accel(rq, arena_printf(rq->a, "/_files/upload/%lld/%s", (long long)project, name));
    return OK;
}

err *api_upload_get(struct rq *rq)
{
    return send_upload(rq, rq_int(rq, "project"), rq_arg(rq, "name"));
}

/* The same by its place below the data directory, upload/PROJECT/NAME, as the list of uploads names it. */
err *api_storage_data(struct rq *rq)
{
    const char *path = rq_query(rq, "filepath"), *name;
    int64_t project;

    if (!path || !text_starts(path, "upload/"))
        return err_new(rq->a, ERR_NOT_FOUND, NULL);
    path += strlen("upload/");
    name = strchr(path, '/');
    if (!name || !name[1] || !int_parse(arena_strndup(rq->a, path, (size_t)(name - path)), 1, INT32_MAX, &project))
        return err_new(rq->a, ERR_NOT_FOUND, NULL);
    return send_upload(rq, project, name + 1);
}
