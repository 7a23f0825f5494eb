/* Overlaps follow the settings of their project. See overlap.sql for the rules of the draw. */
#include "core/overlap.h"

#include <string.h>

#include "core/overlap.sql.h"
#include "core/project.sql.h"
#include "core/task.sql.h"
#include "db/queue.h"

enum { SECOND_LOOK_S = 2 };

/* ---------------------------------------------------------------- steps */

/* A change on its way through the tasks of a project. */
struct change {
    struct db *db;
    int64_t project, overlap, percentage, most;
    const char *mode;
    int64_t reached, drawn_to;
    bool drawn;
};

static bool is(const struct change *c, const char *mode)
{
    return strcmp(c->mode, mode) == 0;
}

static err *change_read(struct change *c, bool *found)
{
    struct row r;

    TRY(db_opt(c->db, SQL_overlap_lock, DB_ARGS(db_i64(c->project)), &r, found));
    if (!*found)
        return OK;
    c->mode = row_text(&r, OVERLAP_LOCK_MODE);
    c->reached = row_i64(&r, OVERLAP_LOCK_REACHED);
    c->drawn = !row_null(&r, OVERLAP_LOCK_DRAWN_TO);
    c->drawn_to = c->drawn ? row_i64(&r, OVERLAP_LOCK_DRAWN_TO) : 0;
    TRY(db_opt(c->db, SQL_overlap_settings, DB_ARGS(db_i64(c->project)), &r, found));
    if (!*found)
        return OK;
    c->overlap = row_i64(&r, OVERLAP_SETTINGS_OVERLAP);
    c->percentage = row_i64(&r, OVERLAP_SETTINGS_PERCENTAGE);
    return OK;
}

/* Tasks above one follow the setting alone, when there are any; decided once, before the first of them changes. */
static err *decide(struct change *c)
{
    struct row r;

    if (!is(c, "follow"))
        return OK;
    TRY(db_one(c->db, SQL_overlap_any_over, DB_ARGS(db_i64(c->project)), &r));
    if (row_bool(&r, OVERLAP_ANY_OVER_FOUND))
        c->mode = "over";
    else
        c->mode = c->percentage < 100 ? "draw" : "all";
    return OK;
}

static err *draw(struct change *c)
{
    struct row r;

    if (c->drawn)
        return OK;
    c->reached = 0;
    TRY(db_exec(c->db, SQL_overlap_draw_clear, DB_ARGS(db_i64(c->project)), NULL));
    TRY(db_one(c->db, SQL_overlap_draw_make, DB_ARGS(db_i64(c->project), db_i64(c->overlap), db_i64(c->percentage)), &r));
    c->drawn_to = row_i64(&r, OVERLAP_DRAW_MAKE_DRAWN_TO);
    return OK;
}

static err *draw_batch(struct change *c, int64_t *n)
{
    const char *ids;
    int64_t last;
    struct row r;

    TRY(draw(c));
    TRY(db_one(c->db, SQL_overlap_draw_batch, DB_ARGS(db_i64(c->project), db_i64(c->reached), db_i64(c->most)), &r));
    *n = row_i64(&r, OVERLAP_DRAW_BATCH_N);
    last = row_i64(&r, OVERLAP_DRAW_BATCH_LAST);
    ids = row_text(&r, OVERLAP_DRAW_BATCH_IDS);
    if (ids)
        TRY(db_exec(c->db, SQL_overlap_set, DB_ARGS(db_text(ids), db_text(row_text(&r, OVERLAP_DRAW_BATCH_OVERLAPS))), NULL));
    TRY(db_exec(c->db, SQL_overlap_draw_done, DB_ARGS(db_i64(c->project), db_i64(c->reached), db_i64(last)), NULL));
    c->reached = last;
    return OK;
}

static err *walk_batch(struct change *c, int64_t *n)
{
    const char *ids;
    struct row r;

    TRY(db_one(c->db, SQL_overlap_walk, DB_ARGS(db_i64(c->project), db_i64(c->reached), db_i64(c->overlap), db_bool(is(c, "over")),
                                                db_i64(c->most)), &r));
    *n = row_i64(&r, OVERLAP_WALK_N);
    c->reached = row_i64(&r, OVERLAP_WALK_LAST);
    ids = row_text(&r, OVERLAP_WALK_IDS);
    return ids ? db_exec(c->db, SQL_overlap_set_one, DB_ARGS(db_text(ids), db_i64(c->overlap)), NULL) : OK;
}

/* Is nobody just adding tasks? They would go by the settings of before, and nobody else sees them yet. */
static err *additions_over(struct db *db, int64_t project, bool *over)
{
    struct row r;

    return db_opt(db, SQL_overlap_additions, DB_ARGS(db_i64(project)), &r, over);
}

/* Everything was seen, unless tasks were added meanwhile: then it goes on. */
static err *finish(struct change *c, enum overlap_state *state)
{
    bool over, drawn = is(c, "draw");
    struct row r;

    TRY(additions_over(c->db, c->project, &over));
    *state = over ? OVERLAP_MORE : OVERLAP_LATER;
    if (!over)
        return OK;
    TRY(db_one(c->db, SQL_overlap_beyond, DB_ARGS(db_i64(c->project), db_i64(drawn ? c->drawn_to : c->reached)), &r));
    if (row_bool(&r, OVERLAP_BEYOND_FOUND))
        return drawn ? overlap_begin_redraw(c->db, c->project) : OK;
    *state = OVERLAP_DONE;
    TRY(db_exec(c->db, SQL_overlap_draw_clear, DB_ARGS(db_i64(c->project)), NULL));
    return db_exec(c->db, SQL_overlap_done, DB_ARGS(db_i64(c->project)), NULL);
}

err *overlap_step(struct db *db, int64_t project, int64_t most, enum overlap_state *state)
{
    struct change c = {.db = db, .project = project, .most = most};
    bool found;
    int64_t n;

    *state = OVERLAP_DONE;
    TRY(change_read(&c, &found));
    if (!found)
        return OK;
    TRY(decide(&c));
    TRY(is(&c, "draw") ? draw_batch(&c, &n) : walk_batch(&c, &n));
    TRY(db_exec(db, SQL_overlap_reached, DB_ARGS(db_i64(project), db_text(c.mode), db_i64(c.reached)), NULL));
    *state = OVERLAP_MORE;
    return n < most ? finish(&c, state) : OK;
}

err *overlap_begin_redraw(struct db *db, int64_t project)
{
    return db_exec(db, SQL_overlap_ask_redraw, DB_ARGS(db_i64(project)), NULL);
}

err *overlap_skip_step(struct db *db, int64_t project, bool all, int64_t after, int64_t most, int64_t *last, bool *more)
{
    const char *ids;
    struct row r;

    TRY(db_one(db, SQL_overlap_skip_walk, DB_ARGS(db_i64(project), db_i64(after), db_i64(most), db_bool(all)), &r));
    *last = row_i64(&r, OVERLAP_SKIP_WALK_LAST);
    *more = row_i64(&r, OVERLAP_SKIP_WALK_N) == most;
    ids = row_text(&r, OVERLAP_SKIP_WALK_IDS);
    return ids ? db_exec(db, SQL_task_recount, DB_ARGS(db_text(ids), db_null()), NULL) : OK;
}

/* ---------------------------------------------------------------- settings */

static err *is_small(struct db *db, int64_t project, bool *small)
{
    struct row r;

    TRY(db_one(db, SQL_project_counts, DB_ARGS(db_i64(project)), &r));
    *small = row_i64(&r, PROJECT_COUNTS_TASKS) <= OVERLAP_AT_ONCE;
    return OK;
}

/* The request does it itself when it is little, and when nobody is adding tasks: an import holds counters while it waits for the
 * project's row, which is the caller's. */
static err *at_once(struct db *db, int64_t project, bool *yes)
{
    TRY(is_small(db, project, yes));
    return *yes ? additions_over(db, project, yes) : OK;
}

static const char *payload_of(struct arena *a, int64_t project)
{
    return arena_printf(a, "{\"project\":%lld}", (long long)project);
}

static const char *key_of(struct arena *a, int64_t project)
{
    return arena_printf(a, "%lld", (long long)project);
}

/* One step at most: a second one would lock tasks while the first one's counters are held. */
static err *apply(struct scope *s, int64_t project, bool small, int64_t *job)
{
    enum overlap_state state = OVERLAP_MORE;

    if (small)
        TRY(overlap_step(s->db, project, OVERLAP_AT_ONCE, &state));
    if (state == OVERLAP_DONE)
        return OK;
    return queue_add(s->db, "overlap", s->organization, payload_of(s->a, project), key_of(s->a, project), job);
}

/* Who submits right now may still go by the old setting and be seen by nobody: the job looks again later. */
static err *skip_apply(struct scope *s, int64_t project, bool all, bool small, int64_t *job)
{
    const char *payload = all ? arena_printf(s->a, "{\"project\":%lld,\"all\":1}", (long long)project) : payload_of(s->a, project);
    const char *key = all ? arena_printf(s->a, "%lld:all", (long long)project) : key_of(s->a, project);
    bool more = true;
    int64_t last;

    if (small)
        TRY(overlap_skip_step(s->db, project, all, 0, OVERLAP_AT_ONCE, &last, &more));
    if (more)
        return queue_add(s->db, "skip_queue", s->organization, payload, key, job);
    return queue_add_later(s->db, "skip_queue", s->organization, payload, key, SECOND_LOOK_S, 0, NULL);
}

static bool same_text(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : a == b;
}

err *overlap_follow(struct scope *s, int64_t project, const struct overlap_settings *before, const struct overlap_settings *after,
                    int64_t *job)
{
    bool overlap = after->overlap != before->overlap, redraw = after->percentage != before->percentage && after->overlap > 1;
    bool all = !same_text(before->distribution, after->distribution), small;
    bool skip = all || !same_text(before->skip_queue, after->skip_queue);

    *job = 0;
    if (!overlap && !redraw && !skip)
        return OK;
    TRY(at_once(s->db, project, &small));
    if (overlap || redraw) {
        TRY(db_exec(s->db, SQL_overlap_ask,
                    DB_ARGS(db_i64(project), db_i64(after->overlap), db_i64(after->percentage), db_bool(redraw)), NULL));
        TRY(apply(s, project, small, job));
    }
    return skip ? skip_apply(s, project, all, small && !overlap && !redraw, job) : OK;
}

/* ---------------------------------------------------------------- tasks that come and go */

err *overlap_of_new(struct db *db, int64_t project, int64_t *overlap, bool *cohort)
{
    struct row r;

    TRY(db_one(db, SQL_overlap_of_new, DB_ARGS(db_i64(project)), &r));
    *overlap = row_i64(&r, OVERLAP_OF_NEW_OVERLAP);
    *cohort = row_bool(&r, OVERLAP_OF_NEW_COHORT);
    return OK;
}

static err *redraw_add(struct db *db, const struct row *cohort, int64_t *job)
{
    struct arena *a = db_arena(db);
    long long project = row_i64(cohort, OVERLAP_COHORTS_PROJECT);
    int64_t id;

    TRY(queue_add(db, "overlap", row_i64(cohort, OVERLAP_COHORTS_ORGANIZATION), arena_printf(a, "{\"project\":%lld,\"redraw\":1}", project),
                  arena_printf(a, "%lld:redraw", project), &id));
    if (job && row_i64(cohort, OVERLAP_COHORTS_TASKS) <= OVERLAP_AT_ONCE)
        *job = id;
    return OK;
}

static err *redraw_all(struct db *db, const char *projects, int64_t *job)
{
    struct rows rows;

    if (job)
        *job = 0;
    TRY(db_many(db, SQL_overlap_cohorts, DB_ARGS(db_text(projects ? projects : "{}")), &rows));
    for (int i = 0; i < rows.n; i++) {
        struct row r = rows_at(&rows, i);
        TRY(redraw_add(db, &r, job));
    }
    return OK;
}

err *overlap_redraw(struct db *db, int64_t project, int64_t *job)
{
    return redraw_all(db, arena_printf(db_arena(db), "{%lld}", (long long)project), job);
}

err *overlap_redraw_of(struct db *db, const int64_t *tasks, size_t n, int64_t *job)
{
    struct row r;

    TRY(db_one(db, SQL_overlap_projects, DB_ARGS(db_i64s(db_arena(db), tasks, n)), &r));
    return redraw_all(db, row_text(&r, OVERLAP_PROJECTS_PROJECTS), job);
}
