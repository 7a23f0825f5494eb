/* Keeping uploaded files: names that cannot leave their directory, and bytes that vanish with a transaction that fails. */
#include "import/upload.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cfg.h"
#include "base/filemap.h"
#include "base/filesync.h"
#include "base/text.h"
#include "core/project.h"
#include "http/spool.h"
#include "import/upload.sql.h"
#include "json/verr.h"
#include "tmpl/svg.h"

/* What is taken, and what a browser is told that it is: Debian's nginx knows neither WAV nor FLAC,
 * and nothing may be guessed. */
static const struct kind {
    const char *extension, *type;
} kinds[] = {
    {"bmp", "image/bmp"},        {"csv", "text/csv; charset=utf-8"},
    {"flac", "audio/flac"},      {"gif", "image/gif"},
    {"htm", "text/html"},        {"html", "text/html"},
    {"jpg", "image/jpeg"},       {"jpeg", "image/jpeg"},
    {"json", "application/json"}, {"m4a", "audio/mp4"},
    {"mp3", "audio/mpeg"},       {"mp4", "video/mp4"},
    {"ogg", "audio/ogg"},        {"pdf", "application/pdf"},
    {"png", "image/png"},        {"svg", "image/svg+xml"},
    {"tsv", "text/tab-separated-values; charset=utf-8"},
    {"txt", "text/plain; charset=utf-8"},
    {"wav", "audio/wav"},        {"webm", "video/webm"},
    {"webp", "image/webp"},      {"xml", "text/xml"},
};

static const char *extension_of(struct arena *a, const char *name)
{
    const char *dot = strrchr(name, '.');
    char *lower;

    if (!dot)
        return "";
    lower = arena_strdup(a, dot + 1);
    for (char *p = lower; *p; p++)
        if (*p >= 'A' && *p <= 'Z')
            *p = (char)(*p + 'a' - 'A');
    return lower;
}

static const struct kind *kind_of(const char *extension)
{
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (strcmp(kinds[i].extension, extension) == 0)
            return &kinds[i];
    return NULL;
}

const char *upload_type(struct arena *a, const char *name)
{
    const struct kind *k = kind_of(extension_of(a, name));

    return k ? k->type : "application/octet-stream";
}

/* Last path segment; blanks become underscores, characters that mean something to shells or URLs go; at most 100 bytes kept,
 * the end first, for the extension. */
static const char *clean_name(struct arena *a, const char *name)
{
    const char *slash = strrchr(name, '/');
    char *out = arena_strdup(a, slash ? slash + 1 : name), *to = out;

    for (const char *p = out; *p; p++) {
        if (*p == ' ')
            *to++ = '_';
        else if ((unsigned char)*p > 0x20 && *p != 0x7f && !strchr("\"#%&'()*:;<>?[\\]^`{|}$!~=+,@", *p))
            *to++ = *p;
    }
    *to = '\0';
    if (strlen(out) > 100)
        for (out += strlen(out) - 100; (*out & 0xC0) == 0x80; out++)
            ;
    return out;
}

enum { MODE = 0640 };

/* A file that goes again unless its transaction comes to its commit. From there on nobody but the database knows how it ended: should
 * the commit fail, the file has no row, and the job sweep_files removes it. */
struct kept {
    const char *path;
    bool committing;
};

static void drop_unless_kept(void *arg)
{
    struct kept *k = arg;

    if (!k->committing)
        unlink(k->path);
}

static err *keep(struct db *db, void *arg)
{
    struct kept *k = arg;

    (void)db;
    k->committing = true;
    return OK;
}

static char *directory_of(struct arena *a, int64_t project)
{
    return arena_printf(a, "%s/upload/%lld", cfg.data_dir, (long long)project);
}

/* The project's number stands for its directory, so that one request writes the names of all its files once. */
static err *names_sync(struct db *db, void *project)
{
    return filesync_path(db_arena(db), directory_of(db_arena(db), (int64_t)(intptr_t)project));
}

static err *directory_make(struct scope *s, int64_t project)
{
    TRY(filesync_directory(s->a, arena_printf(s->a, "%s/upload", cfg.data_dir)));
    return filesync_directory(s->a, directory_of(s->a, project));
}

static err *check_extension(struct arena *a, const char *extension)
{
    if (kind_of(extension))
        return OK;
    return verr_one(a, NULL, "%s extension is not supported", *extension ? arena_printf(a, ".%s", extension) : "");
}

err *upload_check_name(struct arena *a, const char *name)
{
    return check_extension(a, extension_of(a, clean_name(a, name)));
}

static err *name_make(struct scope *s, int64_t project, const char *name, struct upload *out)
{
    name = clean_name(s->a, name);
    out->extension = extension_of(s->a, name);
    out->file = arena_printf(s->a, "upload/%lld/%s-%s", (long long)project, hex_random(s->a, 4), name);
    out->path = arena_printf(s->a, "%s/%s", cfg.data_dir, out->file);
    return check_extension(s->a, out->extension);
}

/* From now on the file is there. */
static void goes_unless_kept(struct scope *s, const char *path)
{
    struct kept *k = ARENA_NEW(s->a, struct kept);

    k->path = path;
    arena_defer(s->a, drop_unless_kept, k);
    tx_before_commit(s->db, keep, k);
}

static err *bytes_link(struct scope *s, const char *temporary, const char *path)
{
    /* A second name: should the transaction run again, the temporary file is still there. */
    if (link(temporary, path) != 0)
        return err_file(s->a, "could not keep upload as \"%s\"", path);
    goes_unless_kept(s, path);
    /* nginx reads it as another user of the same group. */
    return chmod(path, MODE) == 0 ? OK : err_file(s->a, "could not set the mode of \"%s\"", path);
}

static err *bytes_write(struct scope *s, struct span bytes, const char *path)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, MODE);
    err *e;

    if (fd < 0)
        return err_file(s->a, "could not make \"%s\"", path);
    goes_unless_kept(s, path);
    e = fchmod(fd, MODE) == 0 ? OK : err_file(s->a, "could not set the mode of \"%s\"", path);
    e = e ? e : spool_write(s->a, fd, bytes.p, bytes.len);
    close(fd);
    return e;
}

enum { SVG_MOST = 16 << 20 };

/* Without what was put before it. */
static const char *given_name(const struct upload *u)
{
    return strchr(strrchr(u->path, '/'), '-') + 1;
}

static err *svg_write(struct scope *s, const char *temporary, struct span *bytes, const struct upload *u)
{
    struct strbuf clean;
    const char *why;

    if (!bytes->p)
        TRY(filemap_whole(s->a, temporary, &bytes->p, &bytes->len));
    if (bytes->len > SVG_MOST)
        return verr_one(s->a, NULL, "%s: is too large to be cleaned", given_name(u));
    strbuf_init(&clean, s->a, SVG_MOST);
    why = svg_clean(s->a, *bytes, &clean);
    if (why)
        return verr_one(s->a, NULL, "%s: %s", given_name(u), why);
    *bytes = (struct span){clean.buf, clean.len};
    return bytes_write(s, *bytes, u->path);
}

/* temporary: the file they are in; bytes: where they are in memory, at least how many. They may become others. */
static err *bytes_put(struct scope *s, const char *temporary, struct span *bytes, const struct upload *u)
{
    if (cfg.svg_security_cleanup && strcmp(u->extension, "svg") == 0)
        return svg_write(s, temporary, bytes, u);
    return temporary ? bytes_link(s, temporary, u->path) : bytes_write(s, *bytes, u->path);
}

/* The bytes under a new name; the row is the caller's part. */
static err *bytes_keep(struct scope *s, int64_t project, const char *name, const char *temporary, struct upload *out, int64_t *size_bytes)
{
    struct span bytes = {NULL, (size_t)*size_bytes};

    TRY(name_make(s, project, name, out));
    TRY(directory_make(s, project));
    TRY(bytes_put(s, temporary, &bytes, out));
    *size_bytes = (int64_t)bytes.len;
    tx_before_commit_once(s->db, names_sync, (void *)(intptr_t)project);
    /* Once the row is committed nobody sends the file again: by then it must outlive a power cut. */
    return filesync_path(s->a, out->path);
}

err *upload_store(struct scope *s, int64_t project, const char *name, const char *temporary, int64_t size_bytes, struct upload *out)
{
    struct row r;

    TRY(bytes_keep(s, project, name, temporary, out, &size_bytes));
    TRY(db_one(s->db, SQL_upload_insert, DB_ARGS(db_i64(project), db_i64(s->user), db_text(out->file), db_i64(size_bytes)), &r));
    out->id = row_i64(&r, UPLOAD_INSERT_ID);
    return OK;
}

/* ---- many files ---- */

enum { ROWS = 512, SYNC_EACH = 16 };

struct upload_rows {
    struct scope *s;
    int64_t project;
    size_t expected;          /* beyond those that have an id */
    int disk;                 /* its directory; -1: they are few, and each is synced by itself */
    size_t written, n, room;  /* rows in the database, rows known, ids taken */
    int64_t ids[ROWS], sizes[ROWS];
    const char *files[ROWS];
};

static void close_disk(void *rows)
{
    close(((struct upload_rows *)rows)->disk);
}

static err *disk_sync(struct db *db, void *rows)
{
    const struct upload_rows *r = rows;

    return filesync_disk(db_arena(db), r->disk, directory_of(db_arena(db), r->project));
}

err *upload_rows_begin(struct scope *s, int64_t project, size_t expected, struct upload_rows **out)
{
    struct upload_rows *r = *out = ARENA_NEW(s->a, struct upload_rows);
    const char *dir = directory_of(s->a, project);

    *r = (struct upload_rows){.s = s, .project = project, .expected = expected, .disk = -1};
    if (expected == 0)
        return OK;
    TRY(directory_make(s, project));
    if (expected <= SYNC_EACH) {
        tx_before_commit_once(s->db, names_sync, (void *)(intptr_t)project);
        return OK;
    }
    r->disk = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC); /* before anything is written: from here on its errors are told */
    if (r->disk < 0)
        return err_file(s->a, "could not open \"%s\"", dir);
    arena_defer(s->a, close_disk, r);
    tx_before_commit_once(s->db, disk_sync, r);
    return OK;
}

/* No more ids than may be needed. */
static err *ids_take(struct upload_rows *r)
{
    struct rows rows;

    r->room = r->expected < ROWS ? r->expected + !r->expected : ROWS;
    r->expected -= r->room < r->expected ? r->room : r->expected;
    r->n = r->written = 0;
    TRY(db_many(r->s->db, SQL_upload_ids, DB_ARGS(db_i64((int64_t)r->room)), &rows));
    for (int i = 0; i < rows.n; i++) {
        struct row row = rows_at(&rows, i);
        r->ids[i] = row_i64(&row, UPLOAD_IDS_ID);
    }
    return OK;
}

err *upload_rows_add(struct upload_rows *r, const char *name, const char *temporary, struct span bytes, struct upload *out)
{
    struct scope *s = r->s;

    if (r->n == r->room) {
        TRY(upload_rows_write(r));
        TRY(ids_take(r));
    }
    TRY(name_make(s, r->project, name, out));
    TRY(bytes_put(s, temporary, &bytes, out));
    TRY(r->disk < 0 ? filesync_path(s->a, out->path) : OK);
    out->id = r->ids[r->n];
    r->files[r->n] = out->file;
    r->sizes[r->n++] = (int64_t)bytes.len;
    return OK;
}

err *upload_rows_write(struct upload_rows *r)
{
    struct arena_mark m = arena_mark(r->s->a);
    struct arena *a = r->s->a;
    size_t from = r->written, n = r->n - from;

    r->written = r->n;
    if (n == 0)
        return OK;
    TRY(db_exec(r->s->db, SQL_upload_insert_some,
                DB_ARGS(db_i64(r->project), db_i64(r->s->user), db_i64s(a, r->ids + from, n), db_texts(a, r->files + from, n),
                        db_i64s(a, r->sizes + from, n)),
                NULL));
    arena_rewind(a, m);
    return OK;
}

err *upload_list(struct scope *s, int64_t project, const char *ids, bool all, struct rows *out)
{
    return db_many(s->db, SQL_upload_list, DB_ARGS(SCOPE_ARGS(s), db_i64(project), db_text(ids), db_bool(all)), out);
}

err *upload_find(struct scope *s, int64_t project, const char *name)
{
    const char *file = arena_printf(s->a, "upload/%lld/%s", (long long)project, name);
    struct row r;
    bool found;

    TRY(db_opt(s->db, SQL_upload_find, DB_ARGS(SCOPE_ARGS(s), db_i64(project), db_text(file)), &r, &found));
    return found ? OK : err_new(s->a, ERR_NOT_FOUND, NULL);
}

err *upload_open(struct scope *s, int64_t project, const char *ids, struct upload **out, size_t *n)
{
    struct rows rows;

    TRY(db_many(s->db, SQL_upload_open, DB_ARGS(SCOPE_ARGS(s), db_i64(project), db_text(ids)), &rows));
    *n = (size_t)rows.n;
    *out = arena_array(s->a, *n, sizeof **out);
    for (int i = 0; i < rows.n; i++) {
        struct row r = rows_at(&rows, i);
        struct upload *u = &(*out)[i];
        u->id = row_i64(&r, UPLOAD_OPEN_ID);
        u->file = row_text(&r, UPLOAD_OPEN_FILE);
        u->path = arena_printf(s->a, "%s/%s", cfg.data_dir, u->file);
        u->extension = extension_of(s->a, u->file);
    }
    return OK;
}

static err *no_upload(struct scope *s)
{
    return err_new(s->a, ERR_NOT_FOUND, "No FileUpload matches the given query.");
}

err *upload_row(struct scope *s, int64_t id, struct row *out)
{
    bool found;

    TRY(db_opt(s->db, SQL_upload_by_id, DB_ARGS(SCOPE_ARGS(s), db_i64(id)), out, &found));
    return found ? OK : no_upload(s);
}

static void remove_file(void *path)
{
    unlink(path);
}

static void remove_later(struct scope *s, const char *file)
{
    tx_after_commit(s->db, remove_file, arena_printf(s->a, "%s/%s", cfg.data_dir, file));
}

err *upload_replace(struct scope *s, int64_t id, const char *name, const char *temporary, int64_t size_bytes)
{
    struct upload u;
    struct row r;

    TRY(upload_row(s, id, &r));
    TRY(bytes_keep(s, row_i64(&r, UPLOAD_BY_ID_PROJECT), name, temporary, &u, &size_bytes));
    remove_later(s, row_text(&r, UPLOAD_BY_ID_FILE));
    return db_exec(s->db, SQL_upload_change, DB_ARGS(db_i64(id), db_text(u.file), db_i64(size_bytes)), NULL);
}

err *upload_delete(struct scope *s, int64_t id)
{
    struct row r;
    int64_t n;

    TRY(upload_row(s, id, &r));
    remove_later(s, row_text(&r, UPLOAD_BY_ID_FILE));
    TRY(db_exec(s->db, SQL_upload_delete, DB_ARGS(db_i64(id)), &n));
    return n ? OK : no_upload(s);
}

err *upload_delete_own(struct scope *s, int64_t project, const char *ids, int64_t *n)
{
    struct rows rows;

    TRY(project_check_visible(s, project));
    TRY(db_many(s->db, SQL_upload_delete_own, DB_ARGS(db_i64(project), db_i64(s->user), db_text(ids)), &rows));
    for (int i = 0; i < rows.n; i++) {
        struct row r = rows_at(&rows, i);
        remove_later(s, row_text(&r, UPLOAD_DELETE_OWN_FILE));
    }
    *n = rows.n;
    return OK;
}

err *upload_tasks_delete(struct scope *s, int64_t project, const char *ids)
{
    TRY(db_exec(s->db, SQL_upload_tasks_trash, DB_ARGS(db_i64(project), db_text(ids), db_i64(s->user)), NULL));
    return db_exec(s->db, SQL_upload_locks_clear, DB_ARGS(db_i64(project), db_text(ids)), NULL);
}

/* ---- files of a duplicate ---- */

/* A second name for the bytes: they last as long as one of them does. */
static err *link_one(struct arena *a, const char *file, int64_t to)
{
    const char *path = arena_printf(a, "%s/%s", cfg.data_dir, file);
    const char *copy = arena_printf(a, "%s/%s", directory_of(a, to), strrchr(file, '/') + 1);

    if (link(path, copy) != 0 && errno != EEXIST && errno != ENOENT)
        return err_file(a, "could not give \"%s\" the name \"%s\"", path, copy);
    return OK;
}

err *upload_copy_some(struct db *db, int64_t from, int64_t to, int64_t after, int64_t most, int64_t *next, int64_t *n)
{
    struct scope s = {.a = db_arena(db), .db = db};
    struct rows rows;
    int64_t *ids;

    TRY(db_many(db, SQL_upload_some, DB_ARGS(db_i64(from), db_i64(after), db_i64(most)), &rows));
    *n = rows.n;
    *next = after;
    if (rows.n == 0)
        return OK;
    TRY(directory_make(&s, to));
    ids = arena_array(s.a, (size_t)rows.n, sizeof *ids);
    for (int i = 0; i < rows.n; i++) {
        struct row r = rows_at(&rows, i);

        ids[i] = *next = row_i64(&r, UPLOAD_SOME_ID);
        TRY(link_one(s.a, row_text(&r, UPLOAD_SOME_FILE), to));
    }
    tx_before_commit_once(db, names_sync, (void *)(intptr_t)to);
    return db_exec(db, SQL_upload_copy, DB_ARGS(db_i64(from), db_i64(to), db_i64s(s.a, ids, (size_t)rows.n)), NULL);
}
