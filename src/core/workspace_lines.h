/* Workspaces as pages show them: lines of a list with their numbers, and who or what is in one or could be. */
#ifndef LABELD_CORE_WORKSPACE_LINES_H
#define LABELD_CORE_WORKSPACE_LINES_H

#include "core/scope.h"

struct workspace_line {
    int64_t id, people, projects;
    const char *title, *description, *color;
    bool personal, archived;
};
/* Those that the caller sees, archived ones last; total of all. */
err *workspace_lines(struct scope *s, int64_t skip, int64_t most, struct workspace_line **out, size_t *n, int64_t *total)
    __attribute__((warn_unused_result));
/* Errors: NOT_FOUND. */
err *workspace_line(struct scope *s, int64_t id, struct workspace_line *out) __attribute__((warn_unused_result));

/* Which people or projects: those inside, or those who are not. Callers have checked that the workspace is visible. */
struct workspace_part {
    bool inside;
    const char *search;       /* in names; NULL: all */
    int64_t skip, most;
};
/* Columns WORKSPACE_PEOPLE_LINES_… and WORKSPACE_PROJECT_LINES_…; `total` stands in each row. */
err *workspace_people_lines(struct scope *s, int64_t id, const struct workspace_part *p, struct rows *out) __attribute__((warn_unused_result));
err *workspace_project_lines(struct scope *s, int64_t id, const struct workspace_part *p, struct rows *out) __attribute__((warn_unused_result));

/* Move projects into the workspace, or with `out` from it into the organization; *done counts them. */
err *workspace_move_projects(struct scope *s, int64_t id, const int64_t *projects, size_t n, bool out, int64_t *done)
    __attribute__((warn_unused_result));

#endif
