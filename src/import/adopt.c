/* One run over the files where the project has a label configuration; where it has none, one before it to see the labels. */
#include "import/adopt.h"

#include <string.h>

#include "base/cfg.h"
#include "core/project.h"
#include "import/splits.h"
#include "json/jin.h"
#include "json/verr.h"

/* Of the task that an item becomes: a result is many times as long as a line of numbers. */
enum { TASK_MOST = 192 << 20 };

struct adopting {
    struct scope *s;
    struct imp_request *q;
    struct foreign f;
    struct importer *im; /* NULL while only looked at */
    struct labelmap map;
    bool mapped;
    bool splits; /* there is more than one part of a data set among the files */
    const struct foreign_item *it; /* on its way to the importer */
    struct strbuf text;
    struct upload_rows *uploads;
    json_t *told;    /* unknown labels that were told before */
};

/* ---- the files ---- */

/* How far it is, for whoever asks. */
static err *alive(void *to)
{
    struct adopting *d = to;

    return d->q->options.progress(d->q->options.progress_to, d->im ? imp_task_count(d->im) : 0);
}

static err *bundle_read(struct adopting *d, struct bundle **out)
{
    const struct imp_request *q = d->q;
    struct scope *s = d->s;

    *out = bundle_new(s->a);
    (*out)->alive = q->options.progress ? alive : NULL;
    (*out)->to = d;
    if (q->has_body)
        bundle_add(*out, "body.json", q->body);
    for (size_t i = 0; i < q->n_sources; i++)
        TRY(bundle_add_file(*out, q->sources[i].name, q->sources[i].path));
    bundle_index(*out);
    return OK;
}

static bool has_archive(const struct imp_request *q)
{
    for (size_t i = 0; i < q->n_sources; i++)
        if (bundle_ends(q->sources[i].name, "zip"))
            return true;
    return false;
}

static err *format_find(struct scope *s, struct imp_request *q, const struct bundle *b)
{
    struct strbuf names;

    if (strcmp(q->foreign.format, "auto") == 0) {
        q->found = foreign_recognise(s->a, b);
        if (!q->found && has_archive(q))
            return verr_one(s->a, NULL, "No known format was recognised in %s. Name it with import_format.", q->sources[0].name);
        return OK;
    }
    q->found = foreign_find(q->foreign.format);
    if (q->found)
        return OK;
    strbuf_init(&names, s->a, 1 << 16);
    for (size_t i = 0; foreign_at(i); i++)
        strbuf_printf(&names, ", %s", foreign_at(i)->name);
    return verr_one(s->a, "import_format", "\"%s\" is not a valid choice: auto%s", q->foreign.format, names.buf);
}

/* ---- problems ---- */

static err *stop_when_full(struct adopting *d)
{
    return report_full(d->q->report) ? report_refusal(d->q->report) : OK;
}

static err *refuse(void *to, const char *file, int64_t row, const char *field, const char *why)
{
    struct adopting *d = to;

    report_add(d->q->report, file, row, field, why);
    if (d->im && !d->q->skip)
        imp_judge_only(d->im);
    return stop_when_full(d);
}

/* While labels are gathered nothing is told: the second run does. */
static err *ignore(void *to, const char *file, int64_t row, const char *field, const char *why)
{
    (void)to;
    (void)file;
    (void)row;
    (void)field;
    (void)why;
    return OK;
}

static err *task_refused(void *to, const char *file, int64_t row, const char *why)
{
    struct adopting *d = to;

    (void)file;
    (void)row;
    return refuse(d, d->it->file, d->it->row, NULL, why);
}

/* A refused import names an unknown label once. */
static err *label_refused(struct adopting *d, const struct foreign_item *it, const struct foreign_region *r, const char *why)
{
    if (!d->q->skip) {
        if (json_object_get(d->told, why))
            return OK;
        json_object_set_new(d->told, why, json_true());
    }
    return refuse(d, it->file, r->row ? r->row : it->row, "label", why);
}

/* ---- items ---- */

static err *labels_check(struct adopting *d, struct foreign_item *it)
{
    size_t kept = 0;

    for (size_t i = 0; i < it->n; i++) {
        struct arena_mark m = arena_mark(d->f.scratch);
        bool spared = d->mapped && labelmap_spares(&d->map, &it->regions[i]);
        const char *why = d->mapped ? labelmap_problem(&d->map, d->f.scratch, &it->regions[i]) : NULL;
        if (why && !spared)
            TRY(label_refused(d, it, &it->regions[i], why));
        else if (!spared)
            it->regions[kept++] = it->regions[i];
        arena_rewind(d->f.scratch, m);
    }
    it->n = kept;
    return OK;
}

static err *picture_keep(struct adopting *d, struct bundle_file *file)
{
    struct upload u;

    if (file->address)
        return OK;
    TRY(upload_rows_add(d->uploads, bundle_base(file->name), file->path, file->bytes, &u));
    file->address = arena_printf(d->s->a, "/data/%s", u.file);
    file->upload = u.id;
    return OK;
}

static bool is_address(const char *image)
{
    return *image == '/' || strstr(image, "://") || strncmp(image, "data:", 5) == 0;
}

/* Is it known that nothing of it will be stored? */
static bool is_doomed(const struct adopting *d)
{
    return !d->q->skip && d->q->report->n > 0;
}

/* NULL: it is refused. */
static err *address_find(struct adopting *d, const struct foreign_item *it, const char **out)
{
    *out = "";
    if (it->picture) {
        TRY(d->im && !is_doomed(d) ? picture_keep(d, it->picture) : OK);
        *out = it->picture->address;
    } else if (is_address(it->image)) {
        *out = it->image;
    } else if (d->f.prefix) {
        *out = arena_printf(d->f.item, "%s%s", d->f.prefix, it->image);
    } else {
        *out = NULL;
        return refuse(d, it->file, it->row, it->field,
                      arena_printf(d->f.item, "the picture %s is not among the files; send it too, or give image_prefix", it->image));
    }
    return OK;
}

static err *item_write(struct adopting *d, const struct foreign_item *it, const char *address)
{
    const struct labelmap_options o = {d->q->foreign.predictions, d->q->foreign.model_version};
    struct jw w;

    strbuf_clear(&d->text);
    jw_init_strbuf(&w, &d->text);
    labelmap_write(&d->map, &w, it, address, &o);
    if (strbuf_check(&d->text))
        return refuse(d, it->file, it->row, NULL, "its task would be too large");
    return imp_task(d->im, (struct span){d->text.buf, d->text.len}, it->picture ? it->picture->upload : 0);
}

/* A line of JSON: refused by itself when it is none. */
static err *line_take(struct adopting *d, const struct foreign_item *it)
{
    err *e = jspan_check(d->f.item, it->json, (int)cfg.json_max_depth);

    if (e)
        return refuse(d, it->file, it->row, NULL, e->detail);
    if (jspan_type(it->json) != JSON_T_OBJECT || jspan_unstorable(it->json))
        return refuse(d, it->file, it->row, NULL, "is not a JSON object that can be stored");
    survey_item(d->q->survey, it);
    return d->im ? imp_task(d->im, it->json, 0) : OK;
}

/* The part of the data set that an item belongs to: its picture lies there, or what tells of it. */
static struct span split_name(const struct foreign_item *it)
{
    struct span word = {0};

    if (it->picture && split_of(it->picture->name, false, &word))
        return word;
    return split_of(it->file, split_in_base(it->file), &word) ? word : (struct span){0};
}

static err *take(void *to, struct foreign_item *it)
{
    struct adopting *d = to;
    const char *address = "";

    d->it = it;
    if (it->json.p)
        return line_take(d, it);
    TRY(labels_check(d, it));
    if (d->splits)
        it->split = split_name(it);
    if (it->image && d->f.refuse == refuse)
        TRY(address_find(d, it, &address));
    survey_item(d->q->survey, it);
    return d->im && address && !is_doomed(d) ? item_write(d, it, address) : OK;
}

static bool has_splits(const struct bundle *b)
{
    unsigned found = 0;

    for (size_t i = 0; i < b->n; i++)
        found |= 1u << split_of(b->files[i].name, split_in_base(b->files[i].name), NULL);
    found >>= 1;
    return found & (found - 1);
}

/* ---- runs ---- */

static err *files_run(struct adopting *d, bool look)
{
    d->f.look = look;
    d->f.pixels = 0;
    d->f.points = NULL;
    for (size_t i = 0; i < d->f.b->n; i++)
        d->f.b->files[i].used = false;
    survey_init(d->q->survey, d->s->a);
    TRY(d->q->found->read(&d->f));
    arena_reset(d->f.item);
    return OK;
}

/* Perhaps because what there is cannot be used. */
static err *nothing_found(struct adopting *d)
{
    d->f.refuse = refuse;
    TRY(files_run(d, true));
    TRY(report_refusal(d->q->report));
    return verr_one(d->s->a, NULL, "Nothing that is labelled was found in these files.");
}

/* The project's configuration, or, when that has nothing to put labels on, the one that is proposed. */
static err *map_open(struct adopting *d)
{
    const struct lc *lc;
    struct lc *proposed;
    const char *why;

    TRY(project_config(d->s, d->q->options.project, &lc, NULL, NULL));
    if (!lc_has_controls(lc)) {
        d->f.refuse = ignore;
        TRY(files_run(d, true));
        if (d->q->survey->regions == 0)
            return nothing_found(d);
        d->q->survey->points = d->f.points;
        d->q->config = survey_config(d->s->a, d->q->survey, d->q->found->text);
        if (!d->q->config)
            return verr_one(d->s->a, NULL, "There are more labels in these files than a label configuration can have.");
        TRY(lc_parse(d->s->a, d->q->config, NULL, &proposed));
        lc = proposed;
    }
    if (!labelmap_open(&d->map, d->s->a, lc, d->q->found->text, &why))
        return verr_one(d->s->a, NULL, "%s", why);
    d->mapped = true;
    return OK;
}

static bool is_jsonl(const struct imp_request *q)
{
    return strcmp(q->found->name, "jsonl") == 0;
}

static void open(struct adopting *d, struct bundle *b)
{
    const struct imp_foreign *o = &d->q->foreign;

    d->f = (struct foreign){.a = d->s->a, .item = arena_below(d->s->a, "foreign item"), .mask = arena_below(d->s->a, "foreign mask"),
                            .scratch = arena_below(d->s->a, "foreign scratch"), .b = b, .prefix = o->prefix,
                            .extension = o->extension, .variant = d->q->found->variant, .take = take, .refuse = refuse, .to = d};
    strbuf_init(&d->text, d->s->a, TASK_MOST);
    d->splits = has_splits(b);
    d->told = json_object();
    arena_defer(d->s->a, jin_release, d->told);
    d->q->survey = ARENA_NEW(d->s->a, struct label_survey);
    d->q->report = report_new(d->s->a, d->q->skip);
}

static err *config_take(struct adopting *d)
{
    if (!d->q->config || !d->q->foreign.take_config)
        return OK;
    TRY(scope_need(d->s, PERM_PROJECTS_CHANGE));
    d->q->config_taken = true;
    return project_config_put(d->s, d->q->options.project, d->q->config);
}

static err *look(struct adopting *d)
{
    d->f.refuse = refuse;
    TRY(files_run(d, true));
    TRY(report_refusal(d->q->report));
    d->q->result.tasks = d->q->survey->items;
    return OK;
}

static err *uploads_write(void *to)
{
    const struct adopting *d = to;

    return upload_rows_write(d->uploads);
}

static size_t picture_count(const struct bundle *b)
{
    size_t n = 0;

    for (size_t i = 0; i < b->n; i++)
        n += bundle_is_picture(&b->files[i]);
    return n;
}

static err *write_all(struct adopting *d)
{
    struct imp_options o = d->q->options;

    o.refused = task_refused;
    o.refused_to = d;
    o.before_write = uploads_write;
    o.before_write_to = d;
    TRY(imp_begin(d->s, &o, &d->im));
    TRY(upload_rows_begin(d->s, o.project, picture_count(d->f.b), &d->uploads));
    d->f.refuse = refuse;
    TRY(files_run(d, false));
    TRY(report_refusal(d->q->report));
    TRY(upload_rows_write(d->uploads)); /* of pictures, too, that no task was made of in the end */
    TRY(imp_end(d->im, &d->q->result));
    return config_take(d);
}

err *adopt_run(struct scope *s, struct imp_request *q, bool *done)
{
    struct adopting d = {.s = s, .q = q};
    struct bundle *b;

    q->config = NULL;
    q->config_taken = false;
    TRY(bundle_read(&d, &b));
    TRY(format_find(s, q, b));
    TRY(bundle_alive(b));
    *done = q->found || !q->options.commit; /* who only looks leaves nothing behind */
    if (!q->found)
        return OK;
    open(&d, b);
    if (!is_jsonl(q))
        TRY(map_open(&d));
    return q->options.commit ? write_all(&d) : look(&d);
}

void adopt_write(struct jw *w, const struct imp_request *q)
{
    jw_obj(w);
    jw_kstr(w, "format", q->found->name);
    jw_kstr(w, "title", q->found->title);
    jw_ki64(w, "items", q->survey->items);
    jw_ki64(w, "regions", q->survey->regions);
    jw_ki64(w, "pictures", q->survey->pictures);
    jw_key(w, "labels");
    survey_labels_write(w, q->survey);
    jw_kstr(w, "label_config", q->config);
    jw_kbool(w, "label_config_taken", q->config_taken);
    jw_end(w);
}
