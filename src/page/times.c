/* Times of a page in its reader's timezone. Postgres knows the rules of all zones; one query converts all times of a page. */
#include "page/times.h"

#include <string.h>

#include "base/log.h"
#include "core/user.h"

enum { TIMES_MOST = 1000 };

/* A time in the context: the object it stands in, and the key of its text. */
struct place {
    json_t *in;
    const char *key;
};

struct found {
    struct arena *a;
    struct place places[TIMES_MOST];
    const char *times[TIMES_MOST];
    size_t n;
};

static void member_look(struct found *f, json_t *in, const char *key, const json_t *value)
{
    size_t len = strlen(key);
    const char *text_key;

    if (len < 5 || strcmp(key + len - 4, "_iso") != 0 || !json_is_string(value) || f->n == TIMES_MOST)
        return;
    text_key = arena_printf(f->a, "%.*s_text", (int)(len - 4), key);
    if (!json_is_string(json_object_get(in, text_key)))
        return;
    f->places[f->n] = (struct place){in, text_key};
    f->times[f->n++] = json_string_value(value);
}

static void look(struct found *f, json_t *at)
{
    const char *key;
    json_t *value;
    size_t i;

    json_array_foreach(at, i, value)
        look(f, value);
    json_object_foreach(at, key, value) {
        member_look(f, at, key, value);
        look(f, value);
    }
}

void times_to_local(struct rq *rq, json_t *ctx)
{
    struct found *f = arena_alloc(rq->a, sizeof *f);
    const char **texts, *zone;
    err *e;

    f->a = rq->a;
    f->n = 0;
    if (!rq->scope || !rq->scope->user)
        return;
    look(f, ctx);
    if (!f->n)
        return;
    e = user_local_times(rq->scope, f->times, f->n, &texts, &zone);
    if (e) {
        log_err(e, "times of a page stay in UTC");
        return;
    }
    for (size_t i = 0; zone && i < f->n; i++)
        json_object_set_new(f->places[i].in, f->places[i].key, json_string(texts[i]));
    json_object_set_new(json_object_get(ctx, "user"), "timezone", zone ? json_string(zone) : json_null());
}
