/* The request as its client sees it: scheme, host, address and absolute URLs. X-Forwarded-* headers are believed only when
 * the connection's other end is one of cfg.trusted_proxies. */
#include <arpa/inet.h>
#include <ctype.h>
#include <strings.h>

#include "base/cfg.h"
#include "base/text.h"
#include "http/rq.h"

struct ip {
    unsigned char b[16];   /* IPv4 as ::ffff:a.b.c.d, so that both kinds compare alike */
};

static bool ip_parse(const char *s, struct ip *out, bool *v4)
{
    unsigned char four[4];

    *v4 = inet_pton(AF_INET, s, four) == 1;
    if (!*v4)
        return inet_pton(AF_INET6, s, out->b) == 1;
    memset(out->b, 0, 10);
    memset(out->b + 10, 0xff, 2);
    memcpy(out->b + 12, four, 4);
    return true;
}

static bool bits_equal(const struct ip *x, const struct ip *y, int64_t bits)
{
    int64_t whole = bits / 8;
    unsigned mask = 0xffu << (8 - bits % 8) & 0xffu;

    if (memcmp(x->b, y->b, (size_t)whole) != 0)
        return false;
    return bits % 8 == 0 || ((x->b[whole] ^ y->b[whole]) & mask) == 0;
}

/* "10.0.0.0/8", "::1", "unix" */
static bool net_holds(char *net, const char *addr)
{
    char *slash = strchr(net, '/');
    struct ip base, ip;
    bool base4, ip4;
    int64_t bits = -1;

    if (strcmp(net, "unix") == 0)
        return text_starts(addr, "unix:");
    if (slash)
        *slash++ = '\0';
    if (!ip_parse(net, &base, &base4) || !ip_parse(addr, &ip, &ip4))
        return false;
    if (!slash)
        bits = 128;
    else if (int_parse(slash, 0, base4 ? 32 : 128, &bits) && base4)
        bits += 96;
    return bits >= 0 && bits_equal(&base, &ip, bits);
}

static bool is_trusted(struct arena *a, const char *addr)
{
    char *list = arena_strdup(a, cfg.trusted_proxies), *save = NULL;

    for (char *net = strtok_r(list, ", ", &save); net; net = strtok_r(NULL, ", ", &save))
        if (net_holds(net, addr))
            return true;
    return false;
}

static const char *peer(const struct rq *rq)
{
    const char *addr = rq_param(rq, "REMOTE_ADDR");

    return addr ? addr : "";
}

/* A header of a trusted proxy; NULL when absent or not to be believed. */
static const char *forwarded(const struct rq *rq, const char *param)
{
    const char *value = rq_param(rq, param);

    return value && *value && is_trusted(rq->a, peer(rq)) ? value : NULL;
}

static char *first_item(struct arena *a, const char *list)
{
    return text_trim(a, list, strcspn(list, ","));
}

const char *rq_remote_addr(const struct rq *rq)
{
    const char *list = forwarded(rq, "HTTP_X_FORWARDED_FOR");
    const char *client = peer(rq);
    char *copy, *comma;

    if (!list)
        return client;
    /* From the right: each trusted proxy added the address it saw; the first one that is no proxy is the client. */
    copy = arena_strdup(rq->a, list);
    do {
        struct ip ip;
        bool v4;
        char *item;

        comma = strrchr(copy, ',');
        item = text_trim(rq->a, comma ? comma + 1 : copy, strlen(comma ? comma + 1 : copy));
        if (!ip_parse(item, &ip, &v4))
            return client;
        client = item;
        if (comma)
            *comma = '\0';
    } while (comma && is_trusted(rq->a, client));
    return client;
}

bool rq_is_https(const struct rq *rq)
{
    const char *proto = forwarded(rq, "HTTP_X_FORWARDED_PROTO");
    const char *https = rq_param(rq, "HTTPS");
    const char *scheme = rq_param(rq, "REQUEST_SCHEME");

    if (proto)
        return strcasecmp(first_item(rq->a, proto), "https") == 0;
    return (https && strcasecmp(https, "on") == 0) || (scheme && strcasecmp(scheme, "https") == 0);
}

/* Host names go into links and headers: nothing else may pass. */
static bool host_valid(const char *s)
{
    size_t n = strlen(s);

    for (size_t i = 0; i < n; i++)
        if (!isalnum((unsigned char)s[i]) && !strchr(".-_:[]", s[i]))
            return false;
    return n > 0 && n <= 255;
}

const char *rq_host(const struct rq *rq)
{
    const char *host = forwarded(rq, "HTTP_X_FORWARDED_HOST");

    if (host && host_valid(first_item(rq->a, host)))
        return first_item(rq->a, host);
    host = rq_param(rq, "HTTP_HOST");
    if (host && host_valid(host))
        return host;
    host = rq_param(rq, "SERVER_NAME");
    return host && host_valid(host) ? host : "localhost";
}

static const char *request_root(const struct rq *rq)
{
    return arena_printf(rq->a, "%s://%s%s", rq_is_https(rq) ? "https" : "http", rq_host(rq), cfg.base_path);
}

const char *rq_base_url(const struct rq *rq)
{
    /* A stated public address wins: links in mails must not follow a forged Host header. */
    if (*cfg.origin)
        return arena_printf(rq->a, "%s%s", cfg.origin, cfg.base_path);
    return request_root(rq);
}

/* ---- the request's own URL ---- */

static int by_name(const void *x, const void *y)
{
    const struct rq_pair *const *p = x, *const *q = y;
    int order = strcmp((*p)->name, (*q)->name);

    /* Equal names keep their order; both point into one array. */
    return order ? order : (*p > *q) - (*p < *q);
}

static void add_path(struct strbuf *b, struct arena *a, const char *path)
{
    while (*path) {
        size_t n = strcspn(path, "/");

        strbuf_puts(b, url_encode(a, arena_strndup(a, path, n)));
        path += n;
        if (*path == '/')
            strbuf_putc(b, *path++);
    }
    if (b->buf[b->len - 1] != '/')
        strbuf_putc(b, '/');
}

const char *rq_url_with(const struct rq *rq, const char *name, const char *value)
{
    const struct rq_pair **sorted = arena_array(rq->a, rq->nquery + 1, sizeof *sorted);
    struct rq_pair *all = arena_array(rq->a, rq->nquery + 1, sizeof *all);
    struct strbuf b;
    size_t n = 0;

    for (size_t i = 0; i < rq->nquery; i++)
        if (strcmp(rq->query[i].name, name) != 0)
            all[n++] = rq->query[i];
    if (value)
        all[n++] = (struct rq_pair){name, value};
    for (size_t i = 0; i < n; i++)
        sorted[i] = &all[i];
    qsort(sorted, n, sizeof(const struct rq_pair *), by_name);

    strbuf_init(&b, rq->a, SIZE_MAX);
    strbuf_puts(&b, request_root(rq));
    add_path(&b, rq->a, rq->path);
    for (size_t i = 0; i < n; i++)
        strbuf_printf(&b, "%c%s=%s", i ? '&' : '?', url_encode(rq->a, sorted[i]->name), url_encode(rq->a, sorted[i]->value));
    return b.buf;
}
