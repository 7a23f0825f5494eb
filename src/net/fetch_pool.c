/* Downloads side by side with curl's multi interface: one thread, and no connection is used for more than one exchange. */
#include "net/fetch_pool.h"

#include <assert.h>
#include <curl/curl.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "net/download.h"

/* Who waits for nothing drives nothing: a download that starved so long may be given up for no fault of the other side's. */
enum { WAIT_MS = 500, STARVED_US = 1000000, FORGOTTEN = 64 };

struct slot {
    struct arena *a;     /* of this download; NULL = the slot is free */
    const char *url;
    struct download d;
    struct hop_exchange *x; /* under way */
    bool ended, starved;
    err *e;              /* of the end; in a */
    int64_t began_us, took_us;
    uint64_t added_at;   /* how many were taken before */
};

struct fetch_pool {
    struct arena *a;
    struct fetch_pool_options o;
    CURLM *multi;
    struct slot *slots;
    struct curl_waitfd *waits;
    int64_t left;        /* bytes */
    int64_t driven_us;
    size_t places;       /* one more than ahead of their time */
    uint64_t taken;
};

/* ---- slots ---- */

static void hop_leave(struct fetch_pool *p, struct slot *s)
{
    if (s->x && hop_handle(s->x))
        curl_multi_remove_handle(p->multi, hop_handle(s->x));
    s->x = NULL;
}

/* Without its file, when that was taken (fd -1). */
static void slot_free(struct fetch_pool *p, struct slot *s)
{
    hop_leave(p, s);
    if (s->d.fd >= 0)
        close(s->d.fd);
    arena_free(s->a);
    *s = (struct slot){0};
}

static struct slot *slot_of(const struct fetch_pool *p, const char *url)
{
    for (size_t i = 0; i < p->places; i++)
        if (p->slots[i].a && strcmp(p->slots[i].url, url) == 0)
            return &p->slots[i];
    return NULL;
}

static struct slot *slot_empty(const struct fetch_pool *p)
{
    for (size_t i = 0; i < p->places; i++)
        if (!p->slots[i].a)
            return &p->slots[i];
    return NULL;
}

static size_t slots_free(const struct fetch_pool *p)
{
    size_t n = 0;

    for (size_t i = 0; i < p->places; i++)
        n += !p->slots[i].a;
    return n;
}

/* So many others were taken since: whoever added these never comes. */
static void forget_old(struct fetch_pool *p)
{
    for (size_t i = 0; i < p->places; i++)
        if (p->slots[i].a && p->taken - p->slots[i].added_at > FORGOTTEN)
            slot_free(p, &p->slots[i]);
}

/* ---- exchanges ---- */

static void end(struct slot *s, err *e)
{
    s->ended = true;
    s->e = e;
    s->took_us = clock_mono_us() - s->began_us;
}

/* The next exchange of a download, or its end. */
static void go_on(struct slot *s)
{
    bool more = true;
    err *e = OK;

    while (more && !e) {
        e = download_next(&s->d);
        if (e)
            break;
        s->x = hop_open(s->a, &s->d.hop, &s->d.result);
        if (s->x)
            return;
        e = download_judge(&s->d, &more);
    }
    end(s, e);
}

/* The name of its host is known, or took too long. What fails before there is a connection has failed at once. */
static void connect_now(struct fetch_pool *p, struct slot *s)
{
    bool more = false;
    err *e;

    if (hop_connect(s->x)) {
        curl_multi_add_handle(p->multi, hop_handle(s->x));
        return;
    }
    s->x = NULL;
    e = download_judge(&s->d, &more);
    end(s, e);
}

static bool looking_up(const struct slot *s)
{
    return s->x && !hop_handle(s->x);
}

static void exchange_done(struct fetch_pool *p, struct slot *s, CURLcode code)
{
    struct hop_exchange *x = s->x;
    bool more = false;
    err *e;

    hop_leave(p, s);
    hop_close(x, code);
    e = download_judge(&s->d, &more);
    if (e || !more)
        end(s, e);
    else
        go_on(s);
}

static struct slot *slot_of_handle(struct fetch_pool *p, const CURL *handle)
{
    for (size_t i = 0; i < p->places; i++)
        if (p->slots[i].x && hop_handle(p->slots[i].x) == handle)
            return &p->slots[i];
    return NULL;
}

static void note_starving(struct fetch_pool *p)
{
    int64_t now_us = clock_mono_us();

    if (now_us - p->driven_us > STARVED_US)
        for (size_t i = 0; i < p->places; i++)
            p->slots[i].starved = p->slots[i].starved || p->slots[i].x;
    p->driven_us = now_us;
}

/* Let everything that is under way go on as far as it can. */
static void drive(struct fetch_pool *p)
{
    CURLMsg *m;
    int n;

    note_starving(p);
    for (size_t i = 0; i < p->places; i++)
        if (looking_up(&p->slots[i]) && hop_lookup_fd(p->slots[i].x) < 0)
            connect_now(p, &p->slots[i]);
    curl_multi_perform(p->multi, &n);
    while ((m = curl_multi_info_read(p->multi, &n))) {
        struct slot *s = m->msg == CURLMSG_DONE ? slot_of_handle(p, m->easy_handle) : NULL;

        if (s)
            exchange_done(p, s, m->data.result);
    }
}

/* Names that are being looked up are no concern of curl's. */
static void wait_for_any(struct fetch_pool *p)
{
    unsigned n = 0;

    for (size_t i = 0; i < p->places; i++) {
        int fd;

        if (!looking_up(&p->slots[i]))
            continue;
        fd = hop_lookup_fd(p->slots[i].x);
        if (fd < 0)
            return; /* just now */
        p->waits[n++] = (struct curl_waitfd){.fd = fd, .events = CURL_WAIT_POLLIN};
    }
    curl_multi_poll(p->multi, p->waits, n, WAIT_MS, NULL);
}

/* ---- the pool ---- */

static void release(void *pool)
{
    struct fetch_pool *p = pool;

    for (size_t i = 0; i < p->places; i++)
        if (p->slots[i].a)
            slot_free(p, &p->slots[i]);
    curl_multi_cleanup(p->multi);
}

struct fetch_pool *fetch_pool_new(struct arena *a, const struct fetch_pool_options *o)
{
    struct fetch_pool *p = ARENA_NEW(a, struct fetch_pool);

    *p = (struct fetch_pool){.a = a, .o = *o, .left = o->all_bytes, .multi = curl_multi_init(), .driven_us = clock_mono_us(), .places = o->most + 1};
    p->slots = arena_array(a, p->places, sizeof *p->slots);
    p->waits = arena_array(a, p->places, sizeof *p->waits);
    arena_defer(a, release, p);
    return p;
}

bool fetch_pool_spent(const struct fetch_pool *p)
{
    return p->left < 0;
}

bool fetch_pool_room(struct fetch_pool *p)
{
    forget_old(p);
    return slots_free(p) > 1 && !fetch_pool_spent(p);
}

bool fetch_pool_has(const struct fetch_pool *p, const char *url)
{
    return slot_of(p, url) != NULL;
}

void fetch_pool_add(struct fetch_pool *p, const char *url, int fd)
{
    struct slot *s;

    if (slot_of(p, url)) {
        close(fd);
        return;
    }
    s = slot_empty(p);
    assert(s);
    *s = (struct slot){.a = arena_new("fetch"), .began_us = clock_mono_us(), .added_at = p->taken};
    s->url = arena_strdup(s->a, url);
    download_start(&s->d, s->a, s->url, &p->o.each, fd);
    s->d.left = &p->left;
    go_on(s);
    drive(p);
}

/* What a download says of itself is in its own arena. */
static err *error_of(struct fetch_pool *p, const struct slot *s)
{
    if (!s->e || s->e->kind == ERR_VALIDATION)
        return OK;
    return err_make(p->a, s->e->kind, s->e->file, s->e->line, NULL);
}

err *fetch_pool_take(struct fetch_pool *p, const char *url, struct fetch_pool_result *out)
{
    struct slot *s = slot_of(p, url);
    err *e;

    assert(s);
    for (drive(p); !s->ended; drive(p))
        wait_for_any(p);
    *out = (struct fetch_pool_result){.fd = -1, .took_us = s->took_us, .starved = s->e && s->starved && p->left >= 0};
    if (!s->e) {
        out->fd = s->d.fd;
        s->d.fd = -1;
    }
    p->taken++;
    e = error_of(p, s);
    slot_free(p, s);
    return e;
}
