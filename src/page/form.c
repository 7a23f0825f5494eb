/* Helpers of form pages: reading, messages beside fields, values that come back, and how numbers, times and roles read. */
#include <string.h>

#include "base/cfg.h"
#include "base/text.h"
#include "page/page.h"

err *page_form(struct rq *rq, const struct jin_spec *spec, struct jin *out)
{
    const char **names, **values;

    TRY(rq_body(rq));
    names = arena_array(rq->a, rq->nform, sizeof *names);
    values = arena_array(rq->a, rq->nform, sizeof *values);
    for (size_t i = 0; i < rq->nform; i++) {
        names[i] = rq->form[i].name;
        values[i] = rq->form[i].value;
    }
    return jin_read_form(rq->a, spec, names, values, rq->nform, false, out);
}

/* ["a", "b"] → "a b"; a plain text stays. New reference. */
static json_t *joined(const json_t *messages)
{
    char buf[1000];
    size_t i, n = 0;
    const json_t *m;

    if (json_is_string(messages))
        return json_string(json_string_value(messages));
    buf[0] = '\0';
    json_array_foreach(messages, i, m) {
        const char *text = json_string_value(m);
        int k = text ? snprintf(buf + n, sizeof buf - n, "%s%s", n ? " " : "", text) : 0;

        if (k < 0 || (size_t)k >= sizeof buf - n)
            break;   /* a cut message would end inside a character */
        n += (size_t)k;
    }
    buf[n] = '\0';
    return json_string(buf);
}

const char *page_error_words(struct arena *a, const err *e)
{
    json_t *tree = e->validation_json ? json_loads(e->validation_json, 0, NULL) : NULL, *messages, *one;
    const char *text = "", *field;

    json_object_foreach(tree, field, messages) {
        one = joined(messages);
        text = arena_printf(a, "%s%s%s", text, *text ? " " : "", json_string_value(one));
        json_decref(one);
    }
    json_decref(tree);
    return *text ? text : e->detail ? e->detail : err_default_detail(e->kind);
}

bool page_field_errors(json_t *ctx, const err *e)
{
    json_t *tree, *messages, *errors;
    const char *field;

    if (e->kind != ERR_VALIDATION || !e->validation_json)
        return false;
    tree = json_loads(e->validation_json, 0, NULL);
    errors = json_object();
    json_object_foreach(tree, field, messages) {
        if (strcmp(field, "non_field_errors") == 0)
            json_object_set_new(ctx, "error", joined(messages));
        else
            json_object_set_new(errors, field, joined(messages));
    }
    json_object_set_new(ctx, "errors", errors);
    json_decref(tree);
    return true;
}

void page_sent_values(struct rq *rq, json_t *ctx, const char *const *names, size_t n)
{
    json_t *values = json_object();

    for (size_t i = 0; i < n; i++) {
        const char *sent = rq_form(rq, names[i]);

        json_object_set_new(values, names[i], json_string(sent ? sent : ""));
    }
    json_object_set_new(ctx, "values", values);
}

static err *ids_of(struct rq *rq, const char *text, int64_t *ids, size_t *n)
{
    for (const char *p = text; *p;) {
        size_t len = strcspn(p, ",");

        if (!int_parse(arena_strndup(rq->a, p, len), 1, INT32_MAX, &ids[*n]))
            return err_new(rq->a, ERR_BAD_REQUEST, "A number is expected, not \"%s\".", arena_strndup(rq->a, p, len));
        ++*n;
        p += len + (p[len] == ',');
    }
    return OK;
}

err *page_pairs_ids(struct rq *rq, const struct rq_pair *pairs, size_t n_pairs, const char *name, int64_t **ids, size_t *n)
{
    size_t room = 0;

    for (size_t i = 0; i < n_pairs; i++)
        room += strcmp(pairs[i].name, name) == 0 ? strlen(pairs[i].value) / 2 + 1 : 0;
    *ids = arena_array(rq->a, room + 1, sizeof **ids);
    *n = 0;
    for (size_t i = 0; i < n_pairs; i++)
        if (strcmp(pairs[i].name, name) == 0)
            TRY(ids_of(rq, pairs[i].value, *ids, n));
    return OK;
}

err *page_sent_ids(struct rq *rq, int64_t **ids, size_t *n)
{
    return page_pairs_ids(rq, rq->form, rq->nform, "ids", ids, n);
}

json_t *page_undo_ids(struct rq *rq, const char *action, const int64_t *ids, size_t n)
{
    struct strbuf b;

    strbuf_init(&b, rq->a, 1 << 20);
    for (size_t i = 0; i < n; i++)
        strbuf_printf(&b, "%s%lld", i ? "," : "", (long long)ids[i]);
    return json_pack("[{s:s, s:s}, {s:s, s:s}]", "name", "action", "value", action, "name", "ids", "value", b.buf);
}

/* A path only: what looks like another host ("//x", "/\x") or ends the session at once is left out. */
const char *page_next(struct rq *rq)
{
    const char *next = rq_query(rq, "next");

    if (!next || next[0] != '/' || next[1] == '/' || next[1] == '\\' || text_starts(next, "/logout"))
        return NULL;
    for (const char *s = next; *s; s++)
        if ((unsigned char)*s < 0x20 || *s == 0x7f)
            return NULL;
    return next;
}

/* ---- texts ---- */

const char *page_count(struct arena *a, int64_t n)
{
    char *digits = arena_printf(a, "%lld", (long long)(n < 0 ? -n : n));
    size_t len = strlen(digits), at = 0;
    char *out = arena_alloc(a, len + len / 3 + 2);

    if (n < 0)
        out[at++] = '-';
    for (size_t i = 0; i < len; i++) {
        if (i > 0 && (len - i) % 3 == 0)
            out[at++] = ',';
        out[at++] = digits[i];
    }
    return out;
}

const char *page_size_text(struct arena *a, int64_t bytes)
{
    static const char *const units[] = {"B", "kB", "MB", "GB", "TB"};
    double n = (double)bytes;
    size_t unit = 0;

    for (; n >= 1000 && unit < sizeof units / sizeof *units - 1; unit++)
        n /= 1000;
    return arena_printf(a, unit && n < 10 ? "%.1f %s" : "%.0f %s", n, units[unit]);
}

const char *page_counted(struct arena *a, int64_t n, const char *one, const char *many)
{
    return arena_printf(a, "%s %s", page_count(a, n), n == 1 ? one : many);
}

json_t *page_pager(struct arena *a, int64_t first, int64_t shown, int64_t total, const char *prev_href, const char *next_href)
{
    json_t *o;

    if (first == 0 && shown >= total)
        return json_null();
    o = json_object();
    page_set_text(o, "text", arena_printf(a, "%s–%s of %s", page_count(a, shown ? first + 1 : 0),
                                          page_count(a, shown ? first + shown : 0), page_count(a, total)));
    page_set_text(o, "prev_href", first > 0 ? prev_href : NULL);
    page_set_text(o, "next_href", first + shown < total ? next_href : NULL);
    return o;
}

int64_t page_query_number(struct rq *rq, const char *name)
{
    int64_t page;

    return rq_query(rq, name) && int_parse(rq_query(rq, name), 1, 1000000, &page) ? page : 1;
}

static const char *counted_link(struct rq *rq, int64_t page)
{
    const char *search = rq_query_text(rq, "search");

    return arena_printf(rq->a, "?%s%s%spage=%lld", search ? "search=" : "", search ? url_encode(rq->a, search) : "", search ? "&" : "",
                        (long long)page);
}

json_t *page_pager_counted(struct rq *rq, int64_t page, int64_t lines, int64_t shown, int64_t total)
{
    return page_pager(rq->a, (page - 1) * lines, shown, total, counted_link(rq, page - 1), counted_link(rq, page + 1));
}

const char *page_text_in(const json_t *o, const char *key)
{
    const char *text = json_string_value(json_object_get(o, key));

    return text ? text : "";
}

void page_set_face(struct arena *a, json_t *to, const char *initials, const char *avatar)
{
    page_set_text(to, "initials", initials);
    page_set_text(to, "picture", avatar && *avatar ? arena_printf(a, "%s%s", cfg.base_path, avatar) : NULL);
}

void page_set_text(json_t *to, const char *key, const char *text)
{
    json_object_set_new(to, key, text ? json_string(text) : json_null());
}

void page_set_int(json_t *to, const char *key, int64_t n)
{
    json_object_set_new(to, key, json_integer(n));
}

void page_set_bool(json_t *to, const char *key, bool on)
{
    json_object_set_new(to, key, json_boolean(on));
}

void page_set_time(struct arena *a, json_t *to, const char *key, const char *iso)
{
    const char *text_key = arena_printf(a, "%s_text", key), *iso_key = arena_printf(a, "%s_iso", key);

    if (!iso || strlen(iso) < 16) {
        json_object_set_new(to, text_key, json_null());
        json_object_set_new(to, iso_key, json_null());
        return;
    }
    json_object_set_new(to, text_key, json_string(arena_printf(a, "%.10s %.5s", iso, iso + 11)));
    json_object_set_new(to, iso_key, json_string(iso));
}

const char *page_role(const char *code)
{
    static const char *const roles[][2] = {
        {"OW", "Owner"},     {"AD", "Administrator"}, {"MA", "Manager"},     {"RE", "Reviewer"},
        {"AN", "Annotator"}, {"NO", "Not activated"}, {"DI", "Deactivated"}, {"VO", "View only"},
    };

    for (size_t i = 0; i < sizeof roles / sizeof roles[0]; i++)
        if (strcmp(roles[i][0], code) == 0)
            return roles[i][1];
    return code;
}
