/* The table of actions: look-up, permissions, and how clients see it. */
#include "dm/action.h"

#include <string.h>

#include "core/perm.h"
#include "dm/actions/actions.h"

static const struct dm_action actions[] = {
#define ACTION(id, order, title, perm, perm2, flags, dialog, text, form, check, plan, step, finish, answer) \
    {id, order, title, {perm, perm2}, flags, dialog, text, form, check, plan, step, finish, answer},
#include "dm/actions.def"
#undef ACTION
};
enum { N_ACTIONS = sizeof actions / sizeof *actions };

const struct dm_action *dm_action_find(const char *id)
{
    for (size_t i = 0; i < N_ACTIONS; i++)
        if (strcmp(actions[i].id, id) == 0)
            return &actions[i];
    return NULL;
}

/* Work on many tasks is a right of its own beside those that the action names; taking one's next task is not such work. */
bool dm_action_allowed(const struct scope *s, const struct dm_action *a)
{
    return scope_can(s, a->permissions[0]) && scope_can(s, a->permissions[1]) && (!a->answer || scope_can(s, PERM_ACTIONS_PERFORM));
}

/* ---- as clients see it ---- */

static void permission_write(struct jw *w, const struct dm_action *a)
{
    jw_key(w, "permission");
    if (a->permissions[1] == PERM_NONE) {
        jw_str(w, perm_name(a->permissions[0]));
        return;
    }
    jw_arr(w);
    jw_str(w, perm_name(a->permissions[0]));
    jw_str(w, perm_name(a->permissions[1]));
    jw_end(w);
}

static void dialog_write(struct jw *w, const struct dm_action *a)
{
    jw_key(w, "dialog");
    jw_obj(w);
    if (a->dialog_title)
        jw_kstr(w, "title", a->dialog_title);
    jw_kstr(w, "text", a->dialog_text);
    jw_kstr(w, "type", "confirm");
    if (a->form)
        jw_knull(w, "form");      /* there is one: the form's address tells it */
    jw_end(w);
}

static void action_write(struct jw *w, const struct dm_action *a)
{
    jw_obj(w);
    jw_kstr(w, "id", a->id);
    jw_kstr(w, "title", a->title);
    jw_ki64(w, "order", a->order);
    permission_write(w, a);
    if (a->flags & ACT_HIDDEN)
        jw_kbool(w, "experimental", true);
    if (a->flags & ACT_RELOAD)
        jw_kbool(w, "reload", true);
    dialog_write(w, a);
    jw_end(w);
}

void dm_action_list_write(struct scope *s, struct jw *w, bool hidden)
{
    jw_arr(w);
    for (size_t i = 0; i < N_ACTIONS; i++)
        if ((hidden || !(actions[i].flags & ACT_HIDDEN)) && dm_action_allowed(s, &actions[i]))
            action_write(w, &actions[i]);
    jw_end(w);
}

err *dm_action_form_write(struct scope *s, struct jw *w, const struct dm_action *a, int64_t project)
{
    jw_arr(w);
    if (a->form) {
        jw_obj(w);
        jw_ki64(w, "columnCount", 1);
        jw_key(w, "fields");
        jw_arr(w);
        TRY(a->form(s, w, project));
        jw_end(w);
        jw_end(w);
    }
    jw_end(w);
    return OK;
}
