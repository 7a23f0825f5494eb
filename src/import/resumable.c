/* Files that arrive in pieces. What is there is what the row says: a piece reaches the disk before the statement that counts it, so neither
 * a killed worker nor a power cut leaves a hole. Whoever writes holds the file's lock, from the look at the row until the piece counts: no
 * transaction is open while bytes are written. Left files are the business of the jobs sweep and sweep_files. */
#include "import/resumable.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <sodium.h>

#include "base/cfg.h"
#include "base/filesync.h"
#include "base/text.h"
#include "core/project.h"
#include "import/resumable.sql.h"
#include "import/upload.h"
#include "json/verr.h"

_Static_assert((int)RESUMABLE_LIST_ID == (int)RESUMABLE_GET_ID && (int)RESUMABLE_LIST_OFFSET == (int)RESUMABLE_GET_OFFSET &&
                   (int)RESUMABLE_LIST_UPDATED_AT == (int)RESUMABLE_GET_UPDATED_AT,
               "column lists differ");

enum { PIECE_BYTES = 8 << 20, KEY_BYTES = 16, LOCK_WAIT_MS = 2000, LOCK_PAUSE_MS = 20 };

int64_t resumable_piece_bytes(void)
{
    return cfg.upload_max_bytes < PIECE_BYTES ? cfg.upload_max_bytes : PIECE_BYTES;
}

static const char *path_of(struct arena *a, const char *file)
{
    return arena_printf(a, "%s/%s", cfg.data_dir, file);
}

static err *none(struct scope *s)
{
    return err_new(s->a, ERR_NOT_FOUND, "No ResumableUpload matches the given query.");
}

/* ---- announcing ---- */

static err *check(struct scope *s, const struct resumable_file *f)
{
    if (f->size_bytes > cfg.upload_resumable_bytes)
        return verr_one(s->a, "size", "The file has %lld bytes, the limit is %lld", (long long)f->size_bytes,
                        (long long)cfg.upload_resumable_bytes);
    return foreign_takes(f->name) ? OK : upload_check_name(s->a, f->name);
}

/* What is announced must have room: for the organization, and on the disk. */
static err *check_room(struct scope *s)
{
    struct row r;

    TRY(db_one(s->db, SQL_resumable_pending, DB_ARGS(db_i64(s->organization), db_i64(s->user)), &r));
    if (row_i64(&r, RESUMABLE_PENDING_OWN) > cfg.upload_pending_files)
        return err_new(s->a, ERR_CONFLICT, "%lld of your files are on their way already: go on with them, or remove some.",
                       (long long)cfg.upload_pending_files);
    if (row_i64(&r, RESUMABLE_PENDING_BYTES) > cfg.upload_pending_bytes)
        return err_new(s->a, ERR_CONFLICT, "Too many large files are on their way to this organization: wait for them, or remove some.");
    return OK;
}

static err *check_disk(struct scope *s, const char *dir, int64_t size_bytes)
{
    struct statvfs v;

    if (statvfs(dir, &v) != 0)
        return err_file(s->a, "could not look at the space of \"%s\"", dir);
    if ((uint64_t)v.f_bavail * v.f_frsize < (uint64_t)size_bytes)
        return err_new(s->a, ERR_NO_SPACE, "The server has no disk space for this file; nothing was saved.");
    return OK;
}

static err *same_again(struct scope *s, int64_t project, const struct resumable_file *f, int64_t *id)
{
    struct row r;

    TRY(db_one(s->db, SQL_resumable_by_key, DB_ARGS(db_i64(project), db_i64(s->user), db_text(f->key)), &r));
    *id = row_i64(&r, RESUMABLE_BY_KEY_ID);
    if (row_i64(&r, RESUMABLE_BY_KEY_SIZE) != f->size_bytes || strcmp(row_text(&r, RESUMABLE_BY_KEY_NAME), f->name) != 0)
        return err_new(s->a, ERR_UNPROCESSABLE, "This key came with another file before.");
    return OK;
}

static err *directory_make(struct scope *s, const char *dir)
{
    TRY(filesync_directory(s->a, path_of(s->a, "part")));
    return filesync_directory(s->a, dir);
}

err *resumable_create(struct scope *s, int64_t project, const struct resumable_file *f, int64_t *id, bool *known)
{
    const char *below = arena_printf(s->a, "part/%lld", (long long)project), *dir = path_of(s->a, below);
    const char *file = arena_printf(s->a, "%s/%s", below, hex_random(s->a, 12));
    struct row r;
    bool fresh;

    TRY(project_check_visible(s, project));
    TRY(check(s, f));
    TRY(db_exec(s->db, SQL_resumable_gate, DB_ARGS(db_i64(s->organization)), NULL));
    TRY(db_opt(s->db, SQL_resumable_insert,
               DB_ARGS(db_i64(project), db_i64(s->user), db_text(f->key), db_text(f->name), db_text(file), db_i64(f->size_bytes)), &r, &fresh));
    *known = !fresh;
    if (!fresh)
        return same_again(s, project, f, id);
    *id = row_i64(&r, RESUMABLE_INSERT_ID);
    TRY(check_room(s));
    TRY(directory_make(s, dir));
    return check_disk(s, dir, f->size_bytes);
}

/* ---- reading ---- */

err *resumable_list(struct scope *s, int64_t project, struct rows *out)
{
    TRY(project_check_visible(s, project));
    return db_many(s->db, SQL_resumable_list, DB_ARGS(db_i64(project), db_i64(s->user)), out);
}

err *resumable_row(struct scope *s, int64_t project, int64_t id, struct row *out)
{
    bool found;

    TRY(project_check_visible(s, project));
    TRY(db_opt(s->db, SQL_resumable_get, DB_ARGS(db_i64(project), db_i64(s->user), db_i64(id)), out, &found));
    return found ? OK : none(s);
}

/* ---- pieces ---- */

static void close_fd(void *fd)
{
    close((int)(intptr_t)fd);
}

/* Another piece is soon written; who waits for longer has something else to do. Ends with the file: a killed worker holds no lock. */
static err *file_lock(struct scope *s, const struct resumable_piece *p)
{
    for (int waited = 0; flock(p->fd, LOCK_EX | LOCK_NB) != 0; waited += LOCK_PAUSE_MS) {
        if (errno != EWOULDBLOCK && errno != EINTR)
            return err_file(s->a, "could not lock \"%s\"", p->path);
        if (waited >= LOCK_WAIT_MS)
            return err_new(s->a, ERR_CONFLICT, "Another piece of the file is being written: ask how far it is, and go on from there.");
        usleep(LOCK_PAUSE_MS * 1000);
    }
    return OK;
}

static err *file_open(struct scope *s, const char *file, struct resumable_piece *p)
{
    p->path = path_of(s->a, file);
    p->fd = open(p->path, O_WRONLY | O_CREAT | O_CLOEXEC, 0640);
    if (p->fd < 0)
        return err_file(s->a, "could not open \"%s\"", p->path);
    arena_defer(s->a, close_fd, (void *)(intptr_t)p->fd);
    return file_lock(s, p);
}

/* The file may have more than the row says, of a piece that was never whole: that goes. It has less only when somebody took it away. */
static err *file_cut(struct scope *s, struct resumable_piece *p)
{
    struct stat st;

    if (fstat(p->fd, &st) != 0)
        return err_file(s->a, "could not look at \"%s\"", p->path);
    p->have = st.st_size < p->noted ? st.st_size : p->noted;
    if (st.st_size > p->have && ftruncate(p->fd, p->have) != 0)
        return err_file(s->a, "could not cut \"%s\"", p->path);
    return OK;
}

err *resumable_piece_begin(struct scope *s, int64_t project, int64_t id, int64_t offset, int64_t len, struct resumable_piece *out)
{
    struct row r;
    bool found;

    TRY(project_check_visible(s, project));
    TRY(db_opt(s->db, SQL_resumable_file, DB_ARGS(db_i64(project), db_i64(s->user), db_i64(id)), &r, &found));
    if (!found)
        return none(s);
    *out = (struct resumable_piece){.id = id, .at = offset, .end = offset + len};
    TRY(file_open(s, row_text(&r, RESUMABLE_FILE_FILE), out));
    TRY(db_opt(s->db, SQL_resumable_place, DB_ARGS(db_i64(id)), &r, &found));
    if (!found)
        return none(s);
    if (offset > row_i64(&r, RESUMABLE_PLACE_SIZE) - len)
        return verr_one(s->a, "offset", "The piece ends after the file, which has %lld bytes.", (long long)row_i64(&r, RESUMABLE_PLACE_SIZE));
    out->noted = row_i64(&r, RESUMABLE_PLACE_OFFSET);
    TRY(file_cut(s, out));
    if (offset > out->have)
        return err_new(s->a, ERR_CONFLICT, "The file has %lld bytes so far: go on from there.", (long long)out->have);
    return OK;
}

err *resumable_piece_add(struct scope *s, struct resumable_piece *p, const char *bytes, size_t len)
{
    size_t known = p->at >= p->have ? 0 : (uint64_t)(p->have - p->at) < len ? (size_t)(p->have - p->at) : len;

    p->at += (int64_t)known;
    for (size_t i = known; i < len;) {
        ssize_t n = pwrite(p->fd, bytes + i, len - i, p->at);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return err_file(s->a, "could not write to \"%s\"", p->path);
        i += (size_t)n;
        p->at += n;
    }
    return OK;
}

/* The name of a file is synced with its first piece. */
static err *settle(struct scope *s, const struct resumable_piece *p)
{
    if (fdatasync(p->fd) != 0)
        return err_file(s->a, "could not write \"%s\" to the disk", p->path);
    if (p->have > 0)
        return OK;
    return filesync_path(s->a, arena_strndup(s->a, p->path, (size_t)(strrchr(p->path, '/') - p->path)));
}

err *resumable_piece_end(struct scope *s, struct resumable_piece *p)
{
    int64_t n;

    if (p->end <= p->have)
        return OK;
    TRY(settle(s, p));
    TRY(db_exec(s->db, SQL_resumable_advance, DB_ARGS(db_i64(p->id), db_i64(p->end), db_i64(p->noted)), &n));
    return n ? OK : none(s);      /* given up meanwhile */
}

/* ---- the end of it ---- */

static void remove_file(void *path)
{
    unlink(path);
}

static void remove_later(struct scope *s, const char *file)
{
    tx_after_commit(s->db, remove_file, (void *)path_of(s->a, file));
}

err *resumable_delete(struct scope *s, int64_t project, int64_t id)
{
    struct row r;
    bool found;

    TRY(project_check_visible(s, project));
    TRY(db_opt(s->db, SQL_resumable_delete, DB_ARGS(db_i64(project), db_i64(s->user), db_i64(id)), &r, &found));
    if (!found)
        return none(s);
    remove_later(s, row_text(&r, RESUMABLE_DELETE_FILE));
    return OK;
}

static err *ids_read(struct scope *s, const char *const *ids, size_t n, struct db_arg *out)
{
    int64_t *numbers = arena_array(s->a, n + 1, sizeof *numbers);

    for (size_t i = 0; i < n; i++) {
        if (!int_parse(ids[i], 1, INT32_MAX, &numbers[i]))
            return verr_one(s->a, "upload", "A valid integer is required.");
        for (size_t j = 0; j < i; j++)
            if (numbers[i] == numbers[j])
                return verr_one(s->a, "upload", "A file is named twice.");
    }
    *out = db_i64s(s->a, numbers, n);
    return OK;
}

err *resumable_sources(struct scope *s, int64_t project, const char *const *ids, size_t n_ids, struct imp_source *out, size_t *n)
{
    struct db_arg numbers;
    struct rows rows;

    TRY(ids_read(s, ids, n_ids, &numbers));
    TRY(db_many(s->db, SQL_resumable_sources, DB_ARGS(db_i64(project), db_i64(s->user), numbers), &rows));
    if ((size_t)rows.n != n_ids)
        return verr_one(s->a, "upload", "There is no such file on its way.");
    for (int i = 0; i < rows.n; i++) {
        struct row r = rows_at(&rows, i);
        int64_t size = row_i64(&r, RESUMABLE_SOURCES_SIZE), have = row_i64(&r, RESUMABLE_SOURCES_OFFSET);

        if (have < size)
            return verr_one(s->a, "upload", "\"%s\" is not whole: %lld of %lld bytes are there.", row_text(&r, RESUMABLE_SOURCES_NAME),
                            (long long)have, (long long)size);
        out[(*n)++] = (struct imp_source){row_text(&r, RESUMABLE_SOURCES_NAME), path_of(s->a, row_text(&r, RESUMABLE_SOURCES_FILE)), size};
    }
    return OK;
}

err *resumable_take(struct scope *s, int64_t project, const char *const *ids, size_t n_ids, bool later)
{
    struct db_arg numbers;
    struct rows rows;
    bool before;

    TRY(ids_read(s, ids, n_ids, &numbers));
    TRY(db_many(s->db, SQL_resumable_hold, DB_ARGS(db_i64(project), db_i64(s->user), numbers), &rows));
    before = !later && (size_t)rows.n != n_ids;
    for (int i = 0; i < rows.n; i++) {
        struct row r = rows_at(&rows, i);
        before = before || row_bool(&r, RESUMABLE_HOLD_TAKEN);
        remove_later(s, row_text(&r, RESUMABLE_HOLD_FILE));
    }
    if (before)
        return err_new(s->a, later ? ERR_UNPROCESSABLE : ERR_CONFLICT, "This file was imported before.");
    return db_exec(s->db, SQL_resumable_take, DB_ARGS(db_i64(project), db_i64(s->user), numbers), NULL);
}

const char *resumable_import_key(struct arena *a, const char *const *ids, size_t n_ids)
{
    unsigned char digest[KEY_BYTES];
    crypto_generichash_state state;

    crypto_generichash_init(&state, NULL, 0, sizeof digest);
    for (size_t i = 0; i < n_ids; i++)
        crypto_generichash_update(&state, (const unsigned char *)ids[i], strlen(ids[i]) + 1);
    crypto_generichash_final(&state, digest, sizeof digest);
    return arena_printf(a, "upload %s", hex_encode(a, digest, sizeof digest));
}
