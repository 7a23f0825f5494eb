/* The periodic job "sweep_files": removes files below upload/, export/, import/ and part/ that no row knows. A server that dies between putting a file
 * there and its commit leaves one, and so does a commit whose end nobody saw. */
#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cfg.h"
#include "base/log.h"
#include "base/text.h"
#include "jobs/job.h"
#include "export/snapshot.sql.h"
#include "import/record.sql.h"
#include "import/resumable.sql.h"
#include "jobs/sweep_files.sql.h"

enum { NAMES_PER_STEP = 1000 };

/* Directories with one for each project. All queries give one column, the name. */
static const struct root {
    const char *name;
    const struct sql_query *unknown;
} roots[] = {
    {"upload", SQL_sweep_files_unknown},
    {"export", SQL_snapshot_unknown_files},
    {"import", SQL_import_record_unknown_files},
    {"part", SQL_resumable_unknown_files},
};
_Static_assert((int)SWEEP_FILES_UNKNOWN_FILE == (int)SNAPSHOT_UNKNOWN_FILES_FILE &&
                   (int)SWEEP_FILES_UNKNOWN_FILE == (int)IMPORT_RECORD_UNKNOWN_FILES_FILE &&
                   (int)SWEEP_FILES_UNKNOWN_FILE == (int)RESUMABLE_UNKNOWN_FILES_FILE,
               "column lists differ");

struct sweep {
    struct job *j;
    const struct root *root;
    DIR *dir;                 /* of one project */
    const char *prefix;       /* "upload/8/" */
    time_t before;            /* files put there later are not judged */
    const char **names;
    size_t n;
    int64_t removed;
};

/* Linking a file changes its ctime, so it tells when the name came. */
static bool is_old(const struct sweep *s, const char *name)
{
    struct stat st;

    return fstatat(dirfd(s->dir), name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(st.st_mode) && st.st_ctime < s->before;
}

static void gather(struct sweep *s)
{
    struct dirent *entry;

    s->n = 0;
    while (s->n < NAMES_PER_STEP && (entry = readdir(s->dir)))
        if (is_old(s, entry->d_name) && utf8_valid(entry->d_name, strlen(entry->d_name)))
            s->names[s->n++] = arena_printf(s->j->a, "%s%s", s->prefix, entry->d_name);
}

static err *judge(struct sweep *s)
{
    struct rows unknown;

    TRY(db_many(s->j->db, s->root->unknown, DB_ARGS(db_texts(s->j->a, s->names, s->n)), &unknown));
    for (int i = 0; i < unknown.n; i++) {
        struct row r = rows_at(&unknown, i);
        const char *file = row_text(&r, SWEEP_FILES_UNKNOWN_FILE);

        if (unlinkat(dirfd(s->dir), file + strlen(s->prefix), 0) != 0)
            continue;
        log_msg(LOG_NOTICE, "file without a row removed", "file=\"%s\"", file);
        s->removed++;
    }
    return OK;
}

/* Young, too, is what came after the oldest running transaction began: its row may still come. */
static err *set_age(struct sweep *s)
{
    struct row r;

    TRY(db_one(s->j->db, SQL_sweep_files_oldest, DB_NOARGS, &r));
    s->before = time(NULL) - cfg.upload_orphan_s - row_i64(&r, SWEEP_FILES_OLDEST_AGE_S);
    return OK;
}

static void close_dir(void *dir)
{
    closedir(dir);
}

static err *project_sweep(struct sweep *s, int64_t project)
{
    struct row r;

    TRY(db_one(s->j->db, SQL_sweep_files_project, DB_ARGS(db_i64(project)), &r));
    if (!row_bool(&r, SWEEP_FILES_PROJECT_KNOWN))
        return OK;
    s->prefix = arena_printf(s->j->a, "%s/%lld/", s->root->name, (long long)project);
    s->dir = opendir(arena_printf(s->j->a, "%s/%s", cfg.data_dir, s->prefix));
    if (!s->dir)
        return OK;
    arena_defer(s->j->a, close_dir, s->dir);
    s->names = arena_array(s->j->a, NAMES_PER_STEP, sizeof *s->names);
    for (;;) {
        struct arena_mark m = arena_mark(s->j->a);

        gather(s);
        if (s->n == 0)
            return OK;
        TRY(judge(s));
        TRY(job_beat(s->j, NULL, NULL));
        TRY(job_go_on(s->j));
        arena_rewind(s->j->a, m);
    }
}

static err *root_sweep(struct sweep *s, const struct root *root)
{
    struct arena *a = s->j->a;
    struct dirent *entry;
    int64_t project;
    DIR *dir = opendir(arena_printf(a, "%s/%s", cfg.data_dir, root->name));

    if (!dir)
        return OK;
    arena_defer(a, close_dir, dir);
    s->root = root;
    while ((entry = readdir(dir))) {
        struct arena_mark m = arena_mark(a);

        if (int_parse(entry->d_name, 1, INT32_MAX, &project))
            TRY(project_sweep(s, project));
        arena_rewind(a, m);
    }
    return OK;
}

err *job_sweep_files(struct job *j)
{
    struct sweep s = {.j = j};

    if (cfg.upload_orphan_s == 0)
        return OK;
    TRY(set_age(&s));
    for (size_t i = 0; i < sizeof roots / sizeof *roots; i++)
        TRY(root_sweep(&s, &roots[i]));
    log_msg(LOG_INFO, "swept files", "removed=%lld", (long long)s.removed);
    return OK;
}
