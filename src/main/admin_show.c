/* Commands that show: settings, workers, the queue, queries. */
#include <stdio.h>

#include "base/cfg.h"
#include "main/admin.h"
#include "main/admin.sql.h"

err *admin_settings(struct admin *ad, int argc, char **argv)
{
    bool values = false;
    const struct admin_option options[] = {{"values", NULL, &values}, {NULL, NULL, NULL}};

    TRY(admin_options(ad, argc, argv, options, NULL));
    cfg_print(stdout, values);
    return OK;
}

static err *show_table(struct admin *ad, const struct sql_query *q)
{
    struct rows rows;

    TRY(db_many(ad->db, q, DB_NOARGS, &rows));
    admin_table(&rows);
    return OK;
}

static err *show_workers(struct admin *ad)
{
    return show_table(ad, SQL_admin_show_workers);
}

static err *show_queue(struct admin *ad)
{
    TRY(show_table(ad, SQL_admin_show_queue));
    puts("");
    return show_table(ad, SQL_admin_show_running);
}

static err *show_data_indexes(struct admin *ad)
{
    return show_table(ad, SQL_admin_show_data_indexes);
}

static err *show_queries(struct admin *ad)
{
    (void)ad;
    for (int i = 0; sql_all[i]; i++) {
        const struct sql_query *q = sql_all[i];

        printf("%s:%d: %s (", q->file, q->line, q->name);
        for (int p = 0; p < q->nparams; p++)
            printf("%s%s", p ? ", " : "", q->param_names[p]);
        puts(")");
    }
    return OK;
}

static err *show_routes(struct admin *ad)
{
    char *argv[] = {"routes"};

    return admin_routes(ad, 1, argv);
}

static err *show_settings(struct admin *ad)
{
    (void)ad;
    cfg_print(stdout, true);
    return OK;
}

err *admin_show(struct admin *ad, int argc, char **argv)
{
    static const struct {
        const char *name;
        err *(*show)(struct admin *ad);
    } things[] = {
        {"workers", show_workers}, {"queue", show_queue}, {"data-indexes", show_data_indexes}, {"queries", show_queries}, {"routes", show_routes}, {"settings", show_settings},
    };
    const struct admin_option none[] = {{NULL, NULL, NULL}};
    const char *what;

    TRY(admin_options(ad, argc, argv, none, &what));
    for (size_t i = 0; what && i < sizeof(things) / sizeof(*things); i++)
        if (!strcmp(things[i].name, what))
            return things[i].show(ad);
    return err_new(ad->a, ERR_BAD_REQUEST, "show what? one of workers, queue, data-indexes, queries, routes, settings");
}
