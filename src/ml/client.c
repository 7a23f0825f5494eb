/* Requests to ML backends over net/hop.h. */
#include "ml/client.h"

#include <string.h>

#include "base/cfg.h"
#include "base/strbuf.h"
#include "net/hop.h"

#define ANSWER_MOST ((int64_t)64 << 20)

static bool gather(void *to, const char *p, size_t len)
{
    strbuf_add(to, p, len);
    return true;
}

static const char *failure(struct arena *a, const struct hop_result *r)
{
    switch (r->end) {
    case HOP_UNRESOLVED: return arena_printf(a, "the name %s is not known", r->text);
    case HOP_TOO_LARGE: return "the answer is too large";
    case HOP_TIMEOUT: return "it took too long";
    default: return r->text ? r->text : "the connection failed";
    }
}

static void answered(struct arena *a, const char *url, const struct hop_result *r, struct ml_answer *out)
{
    err *e;

    out->status = r->status;
    if (r->status < 200 || r->status >= 300) {
        out->kind = ML_STATUS;
        out->reason = arena_printf(a, "HTTP status %ld for url: %s", r->status, url);
        return;
    }
    e = jin_parse(a, (struct span){*out->text ? out->text : "{}", *out->text ? strlen(out->text) : 2}, (int)cfg.json_max_depth, &out->tree);
    if (!e)
        return;
    out->kind = ML_NO_JSON;
    out->reason = arena_printf(a, "the answer of %s is no JSON: %s", url, e->detail);
}

void ml_call(struct arena *a, const struct ml_backend *b, const char *path, const char *body, int64_t timeout_ms, struct ml_answer *out)
{
    size_t n = strlen(b->url);
    const char *url = arena_printf(a, "%.*s%s", (int)(n && b->url[n - 1] == '/' ? n - 1 : n), b->url, path);
    struct strbuf text;
    struct hop h = {.url = url, .body = body, .body_len = body ? strlen(body) : 0, .agent = "heartex/" PACKAGE_VERSION,
                    .user = b->user && *b->user ? b->user : NULL, .password = b->password,
                    .guard = cfg.ml_block_local_ip && cfg.ssrf_protection_enabled, .timeout_ms = timeout_ms, .most_bytes = ANSWER_MOST,
                    .sink = gather, .to = &text};
    struct hop_result r;

    strbuf_init(&text, a, (size_t)ANSWER_MOST + 1);
    hop_run(a, &h, &r);
    *out = (struct ml_answer){.kind = ML_OK, .text = text.buf ? text.buf : ""};
    if (r.end == HOP_NO_URL || r.end == HOP_SCHEME || r.end == HOP_NO_HOST || r.end == HOP_REFUSED) {
        out->kind = ML_REFUSED;
        out->reason = "The provided URL was not allowed. URLs must use http:// or https://, and must not resolve to local or private network "
                      "addresses when SSRF protection applies.";
    } else if (r.end != HOP_ANSWERED) {
        out->kind = ML_UNREACHABLE;
        out->reason = failure(a, &r);
    } else
        answered(a, url, &r, out);
}

/* label-studio-ml names trained models by the second they were begun at, as a number. */
const char *ml_version(struct arena *a, const json_t *tree)
{
    const json_t *v = json_object_get(tree, "model_version");

    return json_is_integer(v) ? arena_printf(a, "%lld", (long long)json_integer_value(v)) : json_string_value(v);
}

const char *ml_project_name(struct arena *a, const struct ml_backend *b)
{
    return arena_printf(a, "%lld.%lld", (long long)b->project, (long long)b->project_created);
}
