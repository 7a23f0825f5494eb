/* Product tours of the reference's clients. */
#include "core/tour.h"

#include <string.h>

#include "core/args.h"
#include "core/tour.sql.h"
#include "core/wire.h"
#include "json/verr.h"

static const char *const names[] = {"create_prompt", "prompts_page", "show_ask_ai", "show_autolabel_button"};

static err *check_name(struct scope *s, const char *name)
{
    if (!name || !*name)
        return verr_one(s->a, NULL, "Name is required");
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(names[i], name) == 0)
            return OK;
    return verr_one(s->a, "name", "Product tour %s not found. Available tours: {'%s', '%s', '%s', '%s'}", name, names[0], names[1], names[2],
                    names[3]);
}

err *tour_write(struct scope *s, struct jw *w, const char *name)
{
    struct row r;

    TRY(check_name(s, name));
    TRY(db_one(s->db, SQL_tour_get, DB_ARGS(db_i64(s->user), db_text(name)), &r));
    jw_obj(w);
    wire_ki64(w, "id", &r, TOUR_GET_ID);
    jw_kraw(w, "steps", "[]");
    jw_kbool(w, "awaiting", false);
    jw_kstr(w, "name", name);
    wire_kstr(w, "state", &r, TOUR_GET_STATE);
    wire_kraw(w, "interaction_data", &r, TOUR_GET_INTERACTION_DATA);
    wire_ktime(w, "created_at", &r, TOUR_GET_CREATED_AT);
    wire_ktime(w, "updated_at", &r, TOUR_GET_UPDATED_AT);
    jw_ki64(w, "user", s->user);
    jw_end(w);
    return OK;
}

err *tour_set(struct scope *s, const char *name, const struct jin *in)
{
    TRY(check_name(s, name));
    return db_exec(s->db, SQL_tour_set,
                   DB_ARGS(db_i64(s->user), db_text(name), db_text(jin_text(in, "state")),
                           db_text(arg_given(in, "interaction_data") ? jin_json(in, "interaction_data") : NULL)),
                   NULL);
}
