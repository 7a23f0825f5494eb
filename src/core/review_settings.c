/* The settings of reviews as bodies of projects have them. What is not set has its default from review_settings() of the schema. */
#include <string.h>

#include "core/review.h"
#include "json/verr.h"
#include "tmpl/sanitize.h"

enum kind { HTML, FLAG, CHOICE, PERCENT };

static const struct setting {
    const char *name;
    enum kind kind;
    const char *choices;
} settings[] = {
    {"instruction", HTML, NULL},
    {"show_instruction", FLAG, NULL},
    {"review_criteria", CHOICE, "all|one"},
    {"anonymize_annotations", FLAG, NULL},
    {"only_finished_tasks", FLAG, NULL},
    {"review_only_manual_assignments", FLAG, NULL},
    {"requeue_rejected_tasks_mode", CHOICE, "requeue|remove|flexible"},
    {"require_comment_on_reject", FLAG, NULL},
    {"sampling", CHOICE, "task_id|random|by_annotator"},
    {"annotator_batch_percent", PERCENT, NULL},
    {"review_task_limit_percent", PERCENT, NULL},
    {"show_data_manager_to_reviewers", FLAG, NULL},
    {"show_unused_data_columns_to_reviewers", FLAG, NULL},
    {"show_agreement_to_reviewers", FLAG, NULL},
};

static bool is_choice(const char *choices, const char *text)
{
    size_t len = strlen(text);

    for (const char *p = choices; *p; p += strcspn(p, "|"), p += *p == '|')
        if (strcspn(p, "|") == len && strncmp(p, text, len) == 0)
            return true;
    return false;
}

/* A decimal number, as a number or a text; it is kept as a text with two digits. */
static bool percent_read(const json_t *v, double *out)
{
    const char *text = json_string_value(v);
    char *end;

    *out = json_number_value(v);
    if (json_is_number(v))
        return *out > -1000 && *out < 1000;
    if (!text || !*text)
        return false;
    *out = strtod(text, &end);
    return !*end && *out > -1000 && *out < 1000;
}

static err *refuse(struct scope *s, const char *name, const char *text)
{
    struct verr *inner = verr_new(s->a), *outer = verr_new(s->a);

    verr_add(inner, name, "%s", text);
    verr_nest(outer, "review_settings", verr_done(inner));
    return verr_done(outer);
}

static err *one_write(struct scope *s, struct jw *w, const struct setting *t, const json_t *v)
{
    const char *text = json_string_value(v);
    double percent;

    switch (t->kind) {
    case FLAG:
        if (!json_is_boolean(v))
            return refuse(s, t->name, "Must be a valid boolean.");
        jw_kbool(w, t->name, json_is_true(v));
        return OK;
    case CHOICE:
        if (!text || !is_choice(t->choices, text))
            return refuse(s, t->name, arena_printf(s->a, "\"%s\" is not a valid choice.", text ? text : jin_type_name(v)));
        jw_kstr(w, t->name, text);
        return OK;
    case HTML:
        if (!text && !json_is_null(v))
            return refuse(s, t->name, "Not a valid string.");
        jw_kstr(w, t->name, text ? html_sanitize(s->a, text, NULL) : "");
        return OK;
    case PERCENT:
        if (json_is_null(v)) {
            jw_knull(w, t->name);
            return OK;
        }
        if (!percent_read(v, &percent))
            return refuse(s, t->name, "A valid number is required.");
        jw_kstr(w, t->name, arena_printf(s->a, "%.2f", percent));
        return OK;
    }
    return OK;
}

err *review_settings_read(struct scope *s, const struct jin *in, const char **out)
{
    const json_t *given = jin_has(in, "review_settings") && !jin_is_null(in, "review_settings") ? jin_tree(in, "review_settings") : NULL;
    struct strbuf b;
    struct jw w;

    *out = NULL;
    if (!given)
        return OK;
    strbuf_init(&b, s->a, 4u << 20);
    jw_init_strbuf(&w, &b);
    jw_obj(&w);
    for (size_t i = 0; i < sizeof settings / sizeof *settings; i++) {
        const json_t *v = json_object_get(given, settings[i].name);
        if (v)
            TRY(one_write(s, &w, &settings[i], v));
    }
    jw_end(&w);
    TRY(strbuf_check(&b));
    *out = b.buf;
    return OK;
}
