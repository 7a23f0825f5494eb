/* The long form of a sample: the task with one annotation and one prediction, every control that
 * has an object filled with a plausible value of its shape. */
#include "labelconfig/lc_priv.h"

#include "base/text.h"
#include "json/jin.h"
#include "json/jw.h"

/* What to write for a field: by its name when it means something, else by its kind (see
 * lc_value.c). */
static const char *const by_name[][2] = {
    {"x", "20.0"},
    {"y", "15.0"},
    {"width", "40.0"},
    {"height", "30.0"},
    {"end", "5"},
    {"endOffset", "5"},
    {"rating", "4"},
    {"format", "\"rle\""},
    {"datetime", "\"2026-01-02\""},
    {"selected", "\"left\""},
    {"framesCount", "100"},
    {"imageDataURL", "\"data:image/"
                     "png;base64,"
                     "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNkYAAAAAYAAjCB0C8AA"
                     "AAASUVORK5CYII=\""},
};

static const char *const by_kind[][2] = {
    {"pct", "50.0"},
    {"half", "10.0"},
    {"rot", "0.0"},
    {"num", "1.0"},
    {"int", "1"},
    {"index", "0"},
    {"text", "\"Sample\""},
    {"bool", "false"},
    {"pos", "0"},
    {"texts", "[\"Sample\"]"},
    {"paths", "[[\"Sample\"]]"},
    {"rle", "[0,0,0,8,0,0,0,0]"},
    {"points", "[[10.0,10.0],[60.0,10.0],[35.0,60.0]]"},
    {"vertices", "[{\"x\":10.0,\"y\":10.0,\"id\":\"v1\",\"isBezier\":false},{\"x\":60.0,\"y\":40.0,"
                 "\"id\":\"v2\",\"prevPointId\":\"v1\",\"isBezier\":false}]"},
    {"boxes", "[{\"frame\":1,\"enabled\":true,\"rotation\":0,\"x\":20.0,\"y\":15.0,\"width\":40.0,"
              "\"height\":30.0,\"time\":0.04}]"},
    {"shapes", "[{\"frame\":1,\"enabled\":true,\"closed\":true,\"time\":0.04,\"vertices\":[{\"x\":"
               "10.0,\"y\":10.0,\"id\":\"v1\"}]}]"},
    {"ranges", "[{\"start\":1,\"end\":10}]"},
    {"message", "{\"role\":\"user\",\"content\":\"Sample\"}"},
    {"object", "{}"},
    {"buckets", "{\"rank\":[]}"},
};

static const char *look_up(const char *const (*table)[2], size_t n, const char *name, size_t len)
{
    for (size_t i = 0; i < n; i++)
        if (strlen(table[i][0]) == len && strncmp(table[i][0], name, len) == 0)
            return table[i][1];
    return NULL;
}

static const char *field_value(const struct lc_field *f)
{
    const char *json = look_up(by_name, sizeof by_name / sizeof *by_name, f->name, f->name_len);

    return json ? json : look_up(by_kind, sizeof by_kind / sizeof *by_kind, f->kind, f->kind_len);
}

static bool is_labels(const struct lc_tag *t, const struct lc_field *f)
{
    return t->labels && strlen(t->labels) == f->name_len &&
           strncmp(t->labels, f->name, f->name_len) == 0;
}

/* The first label; a path of it for a taxonomy. */
static void write_label(struct jw *w, const struct lc_control *c, bool path)
{
    jw_arr(w);
    if (path)
        jw_arr(w);
    jw_str(w, c->labels[0].key);
    if (path)
        jw_end(w);
    jw_end(w);
}

static void write_value(struct jw *w, struct arena *a, const struct lc_control *c,
                        const struct lc_tag *t)
{
    const char *fields = t->value;
    struct lc_field f;

    jw_obj(w);
    while (lc_next_field(&fields, &f)) {
        bool label = is_labels(t, &f) && c->n_labels;

        if (f.may_be_null && !label)
            continue;
        jw_key(w, arena_strndup(a, f.name, f.name_len));
        if (label)
            write_label(w, c, strcmp(t->name, "taxonomy") == 0);
        else
            jw_raw(w, field_value(&f));
    }
    jw_end(w);
}

/* Controls whose shape is unknown, that have no object, or whose labels only the task knows are
 * left out. */
static const struct lc_tag *fillable(const struct lc_control *c)
{
    const struct lc_tag *t = lc_tag_find(c->type);

    if (!t || !c->n_inputs || (c->dynamic_labels && !c->n_labels))
        return NULL;
    return t;
}

static void write_result(struct jw *w, struct arena *a, const struct lc *lc)
{
    jw_key(w, "result");
    jw_arr(w);
    for (size_t i = 0; i < lc->n_controls; i++) {
        const struct lc_control *c = &lc->controls[i];
        const struct lc_tag *t = fillable(c);

        if (!t)
            continue;
        jw_obj(w);
        jw_kstr(w, "id", uuid4(a));
        jw_kstr(w, "from_name", c->name);
        jw_kstr(w, "to_name", c->inputs[0].name);
        jw_kstr(w, "type", t->name);
        jw_key(w, "value");
        write_value(w, a, c, t);
        jw_end(w);
    }
    jw_end(w);
}

static void write_annotation(struct jw *w, struct arena *a, const struct lc *lc,
                             int64_t completed_by)
{
    jw_obj(w);
    jw_kbool(w, "was_cancelled", false);
    jw_kbool(w, "ground_truth", false);
    jw_kf64(w, "lead_time", 0);
    jw_ki64(w, "result_count", 0);
    jw_ki64(w, "completed_by", completed_by);
    write_result(w, a, lc);
    jw_end(w);
}

static void write_prediction(struct jw *w, struct arena *a, const struct lc *lc)
{
    jw_obj(w);
    jw_kstr(w, "model_version", "sample model version");
    jw_kf64(w, "score", 0);
    write_result(w, a, lc);
    jw_end(w);
}

const char *lc_sample_full(const struct lc *lc, struct arena *a, int64_t completed_by)
{
    struct strbuf b;
    struct jw w;

    strbuf_init(&b, a, SIZE_MAX);
    jw_init_strbuf(&w, &b);
    jw_obj(&w);
    jw_kraw(&w, "data", lc_sample_task(lc, a));
    jw_key(&w, "annotations");
    jw_arr(&w);
    write_annotation(&w, a, lc, completed_by);
    jw_end(&w);
    jw_key(&w, "predictions");
    jw_arr(&w);
    write_prediction(&w, a, lc);
    jw_end(&w);
    jw_end(&w);
    return b.buf;
}
