/* Announcements for webhooks. */
#include "core/event.h"

#include "core/event.sql.h"

err *event_annotation(struct scope *s, const char *action, int64_t annotation)
{
    return s->hooks ? db_exec(s->db, SQL_event_annotation, DB_ARGS(db_i64(annotation), db_text(action)), NULL) : OK;
}

err *event_annotations(struct scope *s, int64_t project, struct db_arg ids)
{
    return s->hooks ? db_exec(s->db, SQL_event_annotations, DB_ARGS(db_i64(project), ids), NULL) : OK;
}

static err *gone(struct scope *s, int64_t project, const char *action, const char *key, struct db_arg ids)
{
    return s->hooks ? db_exec(s->db, SQL_event_gone, DB_ARGS(db_i64(project), db_text(action), db_text(key), ids), NULL) : OK;
}

err *event_annotations_gone(struct scope *s, int64_t project, struct db_arg ids)
{
    return gone(s, project, "ANNOTATIONS_DELETED", "annotations", ids);
}

err *event_review(struct scope *s, const char *action, int64_t review)
{
    return s->hooks ? db_exec(s->db, SQL_event_review, DB_ARGS(db_i64(review), db_text(action)), NULL) : OK;
}

err *event_reviews_gone(struct scope *s, int64_t project, struct db_arg ids)
{
    return gone(s, project, "REVIEWS_DELETED", "reviews", ids);
}

err *event_tasks_gone(struct scope *s, int64_t project, struct db_arg ids)
{
    return gone(s, project, "TASKS_DELETED", "tasks", ids);
}

err *event_tasks(struct scope *s, int64_t project, struct db_arg ids)
{
    return s->hooks ? db_exec(s->db, SQL_event_tasks, DB_ARGS(db_i64(project), ids), NULL) : OK;
}

err *event_project(struct scope *s, const char *action, int64_t project)
{
    return s->hooks ? db_exec(s->db, SQL_event_project, DB_ARGS(db_i64(project), db_text(action)), NULL) : OK;
}

err *event_links(struct scope *s, const char *action, struct db_arg ids, struct db_arg label)
{
    return s->hooks ? db_exec(s->db, SQL_event_links, DB_ARGS(db_text(action), ids, label), NULL) : OK;
}

err *event_object(struct scope *s, const char *action, int64_t project, const char *object)
{
    return s->hooks ? db_exec(s->db, SQL_event_object, DB_ARGS(db_i64(project), db_text(action), db_text(object)), NULL) : OK;
}
