/* labeld-admin: what its commands share. Each admin_<noun>.c holds a few commands; admin.c has the table. */
#ifndef LABELD_MAIN_ADMIN_H
#define LABELD_MAIN_ADMIN_H

#include "db/db.h"

struct admin {
    struct arena *a;
    struct db *db;          /* NULL for commands that need none */
};

/* argv[0] is the command; options follow. Errors end the program with their text and status 1. */
typedef err *admin_command(struct admin *ad, int argc, char **argv);

admin_command admin_migrate, admin_check_sql;                                              /* admin_db.c */
admin_command admin_settings, admin_show;                                                  /* admin_show.c */
admin_command admin_init, admin_create_user, admin_reset_password, admin_create_token,
    admin_reset_token, admin_create_organization;                                          /* admin_user.c */
admin_command admin_verify_counters;                                                       /* admin_counter.c */
admin_command admin_routes;                                                                /* admin_routes.c */
admin_command admin_sweep;                                                                 /* admin_db.c */

/* Options of one command: `--name VALUE`, `--name=VALUE`, or `--name` for switches. */
struct admin_option {
    const char *name;
    const char **text;      /* takes a value … */
    bool *flag;             /* … or is a switch */
};
/* Fill from argv; options end with a row without name. *rest (NULL: none allowed) is the one other argument, or NULL.
 * Errors: BAD_REQUEST naming what is wrong. */
err *admin_options(struct admin *ad, int argc, char **argv, const struct admin_option *options, const char **rest)
    __attribute__((warn_unused_result));

/* Rows as a table with aligned columns, titles from the query. */
void admin_table(const struct rows *rows);

#endif
