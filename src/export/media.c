/* Where files of task data lie. Nothing outside of what the caller may see is opened: a path is made of the last segment only, and no
 * symbolic link is followed below the upload directory. */
#include "export/media.h"

#include <fcntl.h>
#include <openssl/evp.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cfg.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/strbuf.h"
#include "base/text.h"
#include "core/project.h"
#include "http/spool.h"
#include "net/fetch_pool.h"

/* A server that has let us wait in vain this often in a row is asked no more. One that says quickly that it has not a file is. */
enum { FAILURES_MOST = 3, SLOW_US = 1000000, HOSTS_KNOWN = 64, NAME_MOST = 255, STEM_MOST = 251, ENDING_MOST = 16, PARALLEL_MOST = 64 };

struct host {
    const char *name;
    int failures;
};

struct exp_media {
    struct arena *a;
    struct scope *s;
    const struct exp_options *o;
    bool fetch;
    struct host hosts[HOSTS_KNOWN];
    size_t n_hosts;
    struct fetch_pool *pool; /* NULL: nothing is fetched */
    int64_t waited_us;       /* for downloads */
    bool given_up;           /* they have taken too long, or brought too much */
    struct strbuf last;      /* the address that was fetched last, whose file other annotations are about too */
    int last_fd;             /* -1 = none */
    int64_t project; /* whose files were asked for last, and */
    bool visible;    /* whether the caller sees it */
};

static void close_last(void *media)
{
    struct exp_media *m = media;

    if (m->last_fd >= 0)
        close(m->last_fd);
}

static struct fetch_pool *pool_new(struct arena *a)
{
    int64_t most = cfg.export_fetch_parallel;

    return fetch_pool_new(a, &(struct fetch_pool_options){
                                 .each = {.guard = cfg.ssrf_protection_enabled,
                                          .timeout_ms = cfg.export_fetch_ms,
                                          .most_bytes = cfg.export_fetch_bytes},
                                 .most = (size_t)(most < 1 ? 1 : most > PARALLEL_MOST ? PARALLEL_MOST : most),
                                 .all_bytes = cfg.export_fetch_total_bytes});
}

struct exp_media *exp_media_new(struct arena *a, struct scope *s, const struct exp_options *o, bool fetch)
{
    struct exp_media *m = ARENA_NEW(a, struct exp_media);

    *m = (struct exp_media){.a = arena_below(a, "media"), .s = s, .o = o, .fetch = fetch, .project = o->project, .visible = true, .last_fd = -1};
    strbuf_init(&m->last, m->a, SIZE_MAX);
    arena_defer(a, close_last, m);
    if (fetch && o->resources)
        m->pool = pool_new(m->a);
    return m;
}

/* ---- names ---- */

static const char *last_segment(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash ? slash + 1 : path;
}

const char *exp_path_name(struct arena *a, const char *value)
{
    const char *host = strstr(value, "://"), *path = host ? strchr(host + 3, '/') : value;

    return path ? last_segment(arena_strndup(a, path, strcspn(path, "?#"))) : "";
}

static const char *prefixed(struct arena *a, const char *value, const char *name)
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned n = 0;

    if (EVP_Digest(value, strlen(value), digest, &n, EVP_md5(), NULL) != 1)
        BUG("no MD5");
    return arena_printf(a, "%s__%s", hex_encode(a, digest, 4), name);
}

const char *exp_stem(struct arena *a, const char *name)
{
    const char *dot = strrchr(name + strspn(name, "."), '.');

    return text_cut(a, dot ? arena_strndup(a, name, (size_t)(dot - name)) : name, STEM_MOST);
}

/* Names come from task data and from URLs. */
const char *exp_name_clean(struct arena *a, const char *name)
{
    char *clean = arena_strdup(a, name);
    bool known = utf8_valid(name, strlen(name));
    const char *dot;

    for (char *p = clean; *p; p++)
        if (*p == '/' || *p == '\\' || (unsigned char)*p < ' ' || *p == 0x7f || (!known && (unsigned char)*p >= 0x80))
            *p = '_';
    if (strcmp(clean, ".") == 0 || strcmp(clean, "..") == 0)
        clean[0] = '_';
    if (strlen(clean) <= NAME_MOST)
        return clean;
    dot = strrchr(clean, '.');
    return arena_printf(a, "%s%s", text_cut(a, clean, NAME_MOST - ENDING_MOST), dot && strlen(dot) <= ENDING_MOST ? dot : "");
}

/* ---- files of this server ---- */

static void took(struct exp_file *out, int fd)
{
    struct stat st;

    if (fd < 0)
        return;
    if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
        close(fd);
        return;
    }
    out->fd = fd;
    out->is_known = true;
    out->size_bytes = st.st_size;
}

static err *sees(struct exp_media *m, int64_t project, bool *yes)
{
    err *e = OK;

    if (project != m->project) {
        e = project_check_visible(m->s, project);
        m->project = project;
        m->visible = !e;
    }
    *yes = m->visible;
    return e && e->kind != ERR_NOT_FOUND ? e : OK;
}

/* "/data/upload/8/0a1b2c3d-x.png" */
static err *upload_find(struct exp_media *m, const char *value, struct exp_file *out)
{
    struct arena *a = m->s->a;
    const char *number = value + strlen("/data/upload/"), *slash = strchr(number, '/');
    const char *name = slash ? url_decode(a, slash + 1, strcspn(slash + 1, "?#"), false, &(size_t){0}) : "";
    int64_t project;
    bool yes;

    if (!slash || !int_parse(arena_strndup(a, number, (size_t)(slash - number)), 1, INT32_MAX, &project))
        return OK;
    if (m->o->own_files && project != m->o->project)
        return OK;
    TRY(sees(m, project, &yes));
    if (!yes || !*name || strchr(name, '/') || name[0] == '.')
        return OK;
    took(out, open(arena_printf(a, "%s/upload/%lld/%s", cfg.data_dir, (long long)project, name),
                   O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
    return OK;
}

/* "/data/local-files/?d=a/b.png" */
static err *local_find(struct exp_media *m, const char *value, struct exp_file *out)
{
    struct arena *a = m->s->a;
    const char *d = strchr(value, '?'), *path;
    int fd = -1;

    while (d && !text_starts(d + 1, "d="))
        d = strpbrk(d + 1, "&");
    path = d ? url_decode(a, d + 3, strcspn(d + 3, "&#"), true, &(size_t){0}) : "";
    out->name = last_segment(path);
    if (m->o->local && *path)
        TRY(m->o->local(m->s, m->o->own_files ? m->o->project : 0, path, &fd));
    took(out, fd);
    return OK;
}

/* ---- files of others ---- */

static bool is_one_of(const char *value, const char *const *starts, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (text_starts(value, starts[i]))
            return true;
    return false;
}

static bool is_web(const char *value)
{
    static const char *const starts[] = {"http://", "https://"};

    return is_one_of(value, starts, sizeof starts / sizeof *starts);
}

static struct host *host_of(struct exp_media *m, const char *url)
{
    const char *name = strstr(url, "://") + 3;
    size_t len = strcspn(name, "/?#");

    for (size_t i = 0; i < m->n_hosts; i++)
        if (strlen(m->hosts[i].name) == len && strncmp(m->hosts[i].name, name, len) == 0)
            return &m->hosts[i];
    if (m->n_hosts == HOSTS_KNOWN)
        m->n_hosts = 0;
    m->hosts[m->n_hosts] = (struct host){.name = arena_strndup(m->a, name, len)};
    return &m->hosts[m->n_hosts++];
}

static err *begin(struct exp_media *m, const char *url)
{
    int fd;

    TRY(spool_anonymous(m->s->a, &fd));
    fetch_pool_add(m->pool, url, fd);
    return OK;
}

/* Whoever runs the server sees that files are missing; the archive names them all the same. */
static void check_limits(struct exp_media *m)
{
    m->given_up = fetch_pool_spent(m->pool) || m->waited_us > cfg.export_fetch_total_ms * 1000;
    if (m->given_up)
        log_msg(LOG_NOTICE, "downloads of an export reached their limit", "project=%lld waited_us=%lld bytes=%s", (long long)m->o->project,
                (long long)m->waited_us, fetch_pool_spent(m->pool) ? "all" : "some");
}

/* One that failed while we did something else is tried again, and waited for. */
static err *take(struct exp_media *m, const char *url, struct fetch_pool_result *r)
{
    int64_t began_us = clock_mono_us();

    if (!fetch_pool_has(m->pool, url))
        TRY(begin(m, url));
    TRY(fetch_pool_take(m->pool, url, r));
    if (r->starved) {
        TRY(begin(m, url));
        TRY(fetch_pool_take(m->pool, url, r));
    }
    m->waited_us += clock_mono_us() - began_us;
    check_limits(m);
    return OK;
}

static void remember(struct exp_media *m, const char *url, int fd)
{
    close_last(m);
    m->last_fd = fcntl(fd, F_DUPFD_CLOEXEC, 0);
    strbuf_clear(&m->last);
    strbuf_puts(&m->last, url);
}

static err *url_find(struct exp_media *m, const char *url, struct exp_file *out)
{
    struct arena *a = m->s->a;
    struct host *h = host_of(m, url);
    struct fetch_pool_result r = {.fd = -1};

    out->name = exp_path_name(a, url);
    if (m->last_fd >= 0 && strcmp(m->last.buf, url) == 0)
        r.fd = fcntl(m->last_fd, F_DUPFD_CLOEXEC, 0);
    else if (m->pool && h->failures < FAILURES_MOST && !m->given_up)
        TRY(take(m, url, &r));
    if (r.fd < 0) {
        h->failures += r.took_us > SLOW_US;
        return OK;
    }
    h->failures = 0;
    remember(m, url, r.fd);
    out->name = prefixed(a, url, out->name);
    took(out, r.fd);
    return OK;
}

bool exp_media_ahead(struct exp_media *m, const char *value)
{
    err *e;

    if (!m->pool || m->given_up || !is_web(value) || host_of(m, value)->failures >= FAILURES_MOST)
        return true;
    if (!fetch_pool_room(m->pool))
        return false;
    e = begin(m, value);
    return e == OK; /* else it is told when the file is asked for */
}

/* ---- both ---- */

/* Told by its own name: where it lies is known, but not how to get at it from here. */
static bool is_kept_elsewhere(const char *value)
{
    static const char *const starts[] = {"s3://", "gs://", "azure-blob://", "upload/"};

    return is_one_of(value, starts, sizeof starts / sizeof *starts);
}

static err *find(struct exp_media *m, const char *value, struct exp_file *out)
{
    struct arena *a = m->s->a;

    *out = (struct exp_file){.name = last_segment(value), .fd = -1};
    if (text_starts(value, cfg.base_path) && text_starts(value + strlen(cfg.base_path), "/data/"))
        value += strlen(cfg.base_path);
    if (text_starts(value, "/data/upload/"))
        return upload_find(m, value, out);
    if (text_starts(value, "/data/local-files/"))
        return local_find(m, value, out);
    if (m->fetch)
        return is_web(value) ? url_find(m, value, out) : OK;
    if (is_kept_elsewhere(value))
        return OK;
    out->name = prefixed(a, value, exp_path_name(a, value));
    out->is_known = true;
    return OK;
}

err *exp_media_find(struct exp_media *m, const char *value, struct exp_file *out)
{
    TRY(find(m, value, out));
    out->name = exp_name_clean(m->s->a, out->name);
    return OK;
}

void exp_file_close(struct exp_file *f)
{
    if (f->fd >= 0)
        close(f->fd);
    f->fd = -1;
}

bool exp_file_size(struct arena *a, const struct exp_file *f, struct imgsize *out)
{
    struct arena_mark m = arena_mark(a);
    unsigned char *head;
    bool known;
    ssize_t n;

    if (f->fd < 0)
        return false;
    head = arena_alloc(a, IMGSIZE_BYTES);
    n = pread(f->fd, head, IMGSIZE_BYTES, 0);
    known = n > 0 && imgsize_read(head, (size_t)n, out);
    arena_rewind(a, m);
    return known;
}
