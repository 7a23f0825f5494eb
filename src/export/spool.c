/* A nameless file with a write buffer, and a table of names over it. */
#include "export/spool.h"

#include <errno.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "http/spool.h"

enum { BUFFER = 65536 };

struct exp_spool {
    struct arena *a;
    int fd;
    int64_t written; /* bytes in the file; n more wait in buf */
    size_t n;
    char buf[BUFFER];
};

static void close_file(void *spool)
{
    close(((struct exp_spool *)spool)->fd);
}

err *exp_spool_open(struct arena *a, struct exp_spool **out)
{
    struct exp_spool *s = *out = ARENA_NEW(a, struct exp_spool);

    s->a = a;
    TRY(spool_anonymous(a, &s->fd));
    arena_defer(a, close_file, s);
    return OK;
}

static err *write_out(struct exp_spool *s)
{
    TRY(spool_write(s->a, s->fd, s->buf, s->n));
    s->written += (int64_t)s->n;
    s->n = 0;
    return OK;
}

err *exp_spool_add(struct exp_spool *s, const void *p, size_t len)
{
    for (const char *from = p; len > 0;) {
        size_t n = len < BUFFER - s->n ? len : BUFFER - s->n;

        memcpy(s->buf + s->n, from, n);
        s->n += n;
        from += n;
        len -= n;
        if (s->n == BUFFER)
            TRY(write_out(s));
    }
    return OK;
}

int64_t exp_spool_size(const struct exp_spool *s)
{
    return s->written + (int64_t)s->n;
}

err *exp_spool_read(struct exp_spool *s, int64_t at, void *p, size_t len)
{
    TRY(write_out(s));
    for (size_t done = 0; done < len;) {
        ssize_t n = pread(s->fd, (char *)p + done, len - done, at + (int64_t)done);

        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return err_file(s->a, "could not read a temporary file");
        done += (size_t)n;
    }
    return OK;
}

/* ---- names ---- */

/* Names are known by a keyed hash of 128 bits: nobody can make two that are taken for one. */
struct part {
    unsigned char hash[crypto_shorthash_siphashx24_BYTES];
    int64_t at;
    uint32_t name_len, len;
};

struct exp_parts {
    struct exp_spool *spool;
    struct arena *names; /* of its own: callers grow things in theirs meanwhile */
    unsigned char key[crypto_shorthash_siphashx24_KEYBYTES];
    struct part *all;
    size_t n, room;
    uint32_t *index; /* of all, plus one; twice as many places as parts, by hash */
};

static void free_parts(void *parts)
{
    struct exp_parts *p = parts;

    free(p->all);
    free(p->index);
    arena_free(p->names);
}

err *exp_parts_open(struct arena *a, struct exp_parts **out)
{
    struct exp_parts *p = *out = ARENA_NEW(a, struct exp_parts);

    randombytes_buf(p->key, sizeof p->key);
    p->names = arena_new("parts");
    arena_defer(a, free_parts, p);
    return exp_spool_open(a, &p->spool);
}

static size_t slot_of(const struct exp_parts *p, const unsigned char *hash)
{
    size_t places = p->room * 2, i;
    uint64_t h;

    memcpy(&h, hash, sizeof h);
    for (i = h % places; p->index[i]; i = (i + 1) % places)
        if (memcmp(p->all[p->index[i] - 1].hash, hash, sizeof p->all->hash) == 0)
            break;
    return i;
}

static void *checked(void *p)
{
    if (!p)
        BUG("out of memory");
    return p;
}

static void grow(struct exp_parts *p)
{
    p->room = p->room ? p->room * 2 : 256;
    p->all = checked(realloc(p->all, p->room * sizeof *p->all));
    free(p->index);
    p->index = checked(calloc(p->room * 2, sizeof *p->index));
    for (size_t i = 0; i < p->n; i++)
        p->index[slot_of(p, p->all[i].hash)] = (uint32_t)i + 1;
}

static void hash_of(const struct exp_parts *p, const char *name, unsigned char *out)
{
    crypto_shorthash_siphashx24(out, (const unsigned char *)name, strlen(name), p->key);
}

err *exp_parts_put(struct exp_parts *p, const char *name, const void *bytes, size_t len)
{
    unsigned char hash[crypto_shorthash_siphashx24_BYTES];
    size_t slot;

    if (p->n == p->room)
        grow(p);
    hash_of(p, name, hash);
    slot = slot_of(p, hash);
    if (!p->index[slot]) {
        memcpy(p->all[p->n].hash, hash, sizeof hash);
        p->index[slot] = (uint32_t)++p->n;
    }
    p->all[p->index[slot] - 1].at = exp_spool_size(p->spool);
    p->all[p->index[slot] - 1].name_len = (uint32_t)strlen(name);
    p->all[p->index[slot] - 1].len = (uint32_t)len;
    TRY(exp_spool_add(p->spool, name, strlen(name)));
    return exp_spool_add(p->spool, bytes, len);
}

size_t exp_parts_count(const struct exp_parts *p)
{
    return p->n;
}

bool exp_parts_has(const struct exp_parts *p, const char *name)
{
    unsigned char hash[crypto_shorthash_siphashx24_BYTES];

    if (p->n == 0)
        return false;
    hash_of(p, name, hash);
    return p->index[slot_of(p, hash)] != 0;
}

err *exp_parts_each(struct exp_parts *p, exp_part_fn *fn, void *to)
{
    for (size_t i = 0; i < p->n; i++) {
        struct arena_mark m = arena_mark(p->names);
        char *name = arena_alloc(p->names, p->all[i].name_len + 1);

        TRY(exp_spool_read(p->spool, p->all[i].at, name, p->all[i].name_len));
        TRY(fn(to, p->spool, name, p->all[i].at + p->all[i].name_len, p->all[i].len));
        arena_rewind(p->names, m);
    }
    return OK;
}
