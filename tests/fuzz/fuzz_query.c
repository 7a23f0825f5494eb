/* Request lines: path, query and cookies of arbitrary text; a query rebuilt by rq_url_with must read back the same. */
#include <stdint.h>

#include "../unit/fcgi_fake.h"
#include "base/cfg.h"
#include "base/text.h"
#include "http/cookie.h"
#include "http/query.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_path(const char *path)
{
    if (*path != '/' || path[1] == '/' || strstr(path, "/../") || text_ends(path, "/..") || !utf8_valid(path, strlen(path)))
        abort();
}

static void check_rebuilt(const struct rq *rq)
{
    const char *url = rq_url_with(rq, "p", "&=%"), *mark = strchr(url, '?');
    struct rq_pair *pairs;
    size_t n, kept = 0;
    const char *last;

    if (!mark || query_parse(rq->a, "query", mark + 1, strlen(mark + 1), &pairs, &n))
        abort();
    for (size_t i = 0; i < rq->nquery; i++)
        kept += strcmp(rq->query[i].name, "p") != 0;
    last = pairs_last(pairs, n, "p");
    if (n != kept + 1 || !last || strcmp(last, "&=%") != 0)
        abort();
    for (size_t i = 0; i < rq->nquery; i++)
        if (strcmp(rq->query[i].name, "p") != 0 &&
            strcmp(pairs_last(pairs, n, rq->query[i].name), rq_query(rq, rq->query[i].name)) != 0)
            abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a;
    struct fcgi_fake *f;
    const char *text, *cookie;
    struct rq rq;

    if (size > 20000)
        return 0;
    cfg = (struct cfg){.base_path = "/label", .origin = "", .trusted_proxies = "10.0.0.0/8,::1,unix"};
    a = arena_new("fuzz");
    text = arena_strndup(a, (const char *)data, size);
    f = fake_new("GET", text);
    if (rq_init(&rq, a, &f->fcgi) == OK) {
        check_path(rq.path);
        check_rebuilt(&rq);
    }
    cookie = cookie_get(a, text, "a");
    if (cookie && !utf8_valid(cookie, strlen(cookie)))
        abort();
    fake_free(f);
    arena_free(a);
    return 0;
}
