/* regex_filter by PCRE2, with a limit on backtracking: the expression is somebody's, and it runs in a process of ours. */
#include "storage/filter.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <string.h>

#include "json/verr.h"

enum { MATCH_LIMIT = 1000000, MESSAGE_BYTES = 200 };

struct storage_filter {
    pcre2_code *code;               /* NULL = everything */
    pcre2_match_data *data;
    pcre2_match_context *context;
};

static void filter_free(void *p)
{
    struct storage_filter *f = p;

    pcre2_match_context_free(f->context);
    pcre2_match_data_free(f->data);
    pcre2_code_free(f->code);
}

static err *not_compiled(struct arena *a, const char *pattern, int code, size_t at)
{
    char message[MESSAGE_BYTES] = "";

    pcre2_get_error_message(code, (PCRE2_UCHAR *)message, sizeof message);
    return verr_one(a, "regex_filter", "\"%s\" is no regular expression: %s at character %zu", pattern, message, at + 1);
}

err *storage_filter_new(struct arena *a, const char *pattern, struct storage_filter **out)
{
    struct storage_filter *f = *out = ARENA_NEW(a, struct storage_filter);
    size_t at;
    int code;

    if (!pattern || !*pattern)
        return OK;
    f->code = pcre2_compile((PCRE2_SPTR)pattern, PCRE2_ZERO_TERMINATED, PCRE2_UTF | PCRE2_NEVER_BACKSLASH_C | PCRE2_ANCHORED, &code, &at, NULL);
    if (!f->code)
        return not_compiled(a, pattern, code, at);
    arena_defer(a, filter_free, f);
    f->data = pcre2_match_data_create_from_pattern(f->code, NULL);
    f->context = pcre2_match_context_create(NULL);
    if (!f->data || !f->context)
        return err_internal(a, "no memory for a regular expression");
    pcre2_set_match_limit(f->context, MATCH_LIMIT);
    return OK;
}

bool storage_filter_takes(struct storage_filter *f, const char *key)
{
    return !f->code || pcre2_match(f->code, (PCRE2_SPTR)key, strlen(key), 0, 0, f->data, f->context) >= 0;
}
