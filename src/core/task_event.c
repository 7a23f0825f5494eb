/* Events of the labelling page: one statement each, since an editor sends many and waits for none. */
#include "core/task_event.h"

#include <string.h>

#include "core/args.h"
#include "core/fields.h"
#include "core/task.h"
#include "core/task_event.sql.h"
#include "json/verr.h"

enum { META_MOST = 65536 };

err *task_event_add(struct scope *s, int64_t task, const struct jin *in, struct row *out)
{
    const char *meta = jin_json(in, "meta"), *draft = arg_given(in, "annotation_draft_id") ? "annotation_draft_id" : "annotation_draft";
    bool found;

    if (meta && strlen(meta) > META_MOST)
        return verr_one(s->a, "meta", "Ensure this field has no more than %d characters.", META_MOST);
    TRY(db_opt(s->db, SQL_task_event_add,
               DB_ARGS(SCOPE_ARGS(s), db_i64(task), arg_int(in, "annotation"), arg_int(in, draft), arg_int(in, "review"),
                       db_text(jin_text(in, "event_key")), db_text(jin_text(in, "event_time")), db_text(meta)), out, &found));
    return found ? OK : task_missing(s);
}

void task_event_write(struct jw *w, const struct row *r)
{
    static const struct field fields[] = {
        {"id", TASK_EVENT_ADD_ID, 'i'},
        {"actor", TASK_EVENT_ADD_ACTOR, 'i'},
        {"annotation", TASK_EVENT_ADD_ANNOTATION, 'i'},
        {"annotation_draft_id", TASK_EVENT_ADD_ANNOTATION_DRAFT_ID, 'i'},
        {"created_at", TASK_EVENT_ADD_CREATED_AT, 't'},
        {"event_key", TASK_EVENT_ADD_EVENT_KEY, 's'},
        {"event_time", TASK_EVENT_ADD_EVENT_TIME, 't'},
        {"meta", TASK_EVENT_ADD_META, 'j'},
        {"organization", TASK_EVENT_ADD_ORGANIZATION, 'i'},
        {"project", TASK_EVENT_ADD_PROJECT, 'i'},
        {"review", TASK_EVENT_ADD_REVIEW, 'i'},
        {"task", TASK_EVENT_ADD_TASK, 'i'},
    };

    jw_obj(w);
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        field_write(w, r, &fields[i]);
    jw_end(w);
}
