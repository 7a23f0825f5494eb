/* Labels in use that leave the configuration: rename, merge, remove, or leave as they are. */
#include "page/relabel.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "core/project.h"
#include "core/summary.h"
#include "dm/action.h"
#include "page/fields.h"
#include "page/project_page.h"

static const char *const KEEP = "keep", *const REMOVE = "remove", *const TO = "to:";

struct lost {
    struct lc *next;
    struct lc_lost *labels;
    size_t n;
};

/* None when the configuration is wrong in another way: then there is something else to tell. */
static err *lost_read(struct rq *rq, const char *xml, struct lost *out)
{
    struct lc_usage used;
    err *e = project_config_check(rq->scope, rq_int(rq, "id"), xml, false, NULL, NULL);

    *out = (struct lost){0};
    if (e)
        return e->kind == ERR_VALIDATION ? OK : e;
    TRY(lc_parse(rq->a, xml, NULL, &out->next));
    TRY(summary_usage(rq->scope, rq_int(rq, "id"), &used));
    out->n = lc_lost_labels(out->next, rq->a, &used, &out->labels);
    return OK;
}

/* What was chosen for it, "" for nothing. The form names its labels: the configuration may have changed since it was shown. */
static const char *chosen(const struct rq *rq, const struct lc_lost *l)
{
    for (size_t i = 0; i < rq->nform; i++) {
        const char *n = text_starts(rq->form[i].name, "label_of_") ? rq->form[i].name + strlen("label_of_") : NULL;

        if (n && strcmp(rq->form[i].value, l->label) == 0 && strcmp(page_sent(rq, arena_printf(rq->a, "control_of_%s", n)), l->control) == 0)
            return page_sent(rq, arena_printf(rq->a, "map_of_%s", n));
    }
    return "";
}

/* ---- asking ---- */

static void add_choice(json_t *list, const char *value, const char *text, const char *now)
{
    json_array_append_new(list, json_pack("{s:s, s:s, s:b}", "value", value, "text", text, "selected", strcmp(value, now) == 0));
}

static json_t *choices(struct rq *rq, const struct lost *lost, const struct lc_lost *l)
{
    const struct lc_control *c = lc_control_find(lost->next, l->control);
    const char *now = chosen(rq, l);
    json_t *list = json_array();

    add_choice(list, "", "Choose", now);
    for (size_t i = 0; i < c->n_labels; i++)
        add_choice(list, arena_printf(rq->a, "%s%s", TO, c->labels[i].key), c->labels[i].key, now);
    add_choice(list, REMOVE, "Remove it, with regions that have no other", now);
    add_choice(list, KEEP, "Leave the annotations as they are", now);
    return list;
}

static const char *used_text(struct arena *a, const struct lc_lost *l)
{
    const char *regions = l->annotations ? page_counted(a, l->annotations, "annotated region", "annotated regions") : "",
               *drafts = l->drafts ? page_counted(a, l->drafts, "region of drafts", "regions of drafts") : "";

    return arena_printf(a, "%s%s%s", regions, *regions && *drafts ? ", " : "", drafts);
}

static json_t *break_object(struct rq *rq, const struct lost *lost, size_t i)
{
    const struct lc_lost *l = &lost->labels[i];
    json_t *o = json_object();

    page_set_text(o, "label", l->label);
    page_set_text(o, "control", l->control);
    page_set_text(o, "used_text", used_text(rq->a, l));
    page_set_text(o, "control_field", arena_printf(rq->a, "control_of_%zu", i));
    page_set_text(o, "label_field", arena_printf(rq->a, "label_of_%zu", i));
    page_set_text(o, "map_field", arena_printf(rq->a, "map_of_%zu", i));
    json_object_set_new(o, "choices", choices(rq, lost, l));
    return o;
}

err *relabel_fill(struct rq *rq, const char *xml, json_t *ctx)
{
    struct lost lost = {0};
    json_t *list = json_array();

    json_object_set_new(ctx, "breaks", list);
    if (rq->method == M_POST)
        TRY(lost_read(rq, xml, &lost));
    for (size_t i = 0; i < lost.n; i++)
        json_array_append_new(list, break_object(rq, &lost, i));
    page_set_bool(ctx, "has_breaks", lost.n > 0);
    page_set_text(ctx, "breaks_text", lost.n ? arena_printf(rq->a, "This configuration has %s no more that annotations or drafts use.",
                                                            page_counted(rq->a, (int64_t)lost.n, "label", "labels")) : NULL);
    return OK;
}

/* ---- doing ---- */

/* Is it an answer that the page offers? Then it goes into the map, where it changes anything. */
static bool map_add(struct rq *rq, const struct lost *lost, const struct lc_lost *l, json_t *map)
{
    const char *answer = chosen(rq, l), *to = text_starts(answer, TO) ? answer + strlen(TO) : NULL;

    if (strcmp(answer, KEEP) == 0)
        return true;
    if (to ? !lc_control_has_label(lc_control_find(lost->next, l->control), to) : strcmp(answer, REMOVE) != 0)
        return false;
    json_array_append_new(map, json_pack("{s:s, s:s, s:s?}", "control", l->control, "was", l->label, "is", to));
    return true;
}

err *relabel_read(struct rq *rq, const char *xml, struct relabelling *out)
{
    struct lost lost;

    *out = (struct relabelling){.map = json_array()};
    arena_defer(rq->a, (void (*)(void *))json_decref, out->map);
    TRY(lost_read(rq, xml, &lost));
    out->decided = lost.n > 0;
    for (size_t i = 0; i < lost.n; i++)
        out->decided = map_add(rq, &lost, &lost.labels[i], out->map) && out->decided;
    return OK;
}

err *relabel_do(struct rq *rq, const struct relabelling *r, const char **done)
{
    json_t *body = json_pack("{s:O}", "map", r->map);
    struct dm_work work = {.s = rq->scope, .project = rq_int(rq, "id"), .action = dm_action_find("relabel"), .body = body};
    char *text = json_dumps(body, JSON_COMPACT);
    int64_t job = 0;

    arena_defer(rq->a, (void (*)(void *))json_decref, body);
    arena_defer(rq->a, free, text);
    *done = "Labelling interface saved.";
    if (json_array_size(r->map) == 0)
        return OK;
    if (!dm_action_allowed(rq->scope, work.action))
        return err_new(rq->a, ERR_PERMISSION, NULL);
    work.text = text;
    TRY(dm_act_prepare(&work, body));
    TRY(dm_act(&work, &job));
    *done = job ? "Labelling interface saved. The annotations are being changed in the background."
                : arena_printf(rq->a, "Labelling interface saved, and %s changed.",
                               page_counted(rq->a, work.more_items, "annotation was", "annotations were"));
    return OK;
}
