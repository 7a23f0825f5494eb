/* Commands about the database itself: migrations, the check of every query, sweeping. */
#include <stdio.h>

#include "base/cfg.h"
#include "db/checksql.h"
#include "db/migrate.h"
#include "jobs/job.h"
#include "main/admin.h"

static const struct admin_option no_options[] = {{NULL, NULL, NULL}};

err *admin_migrate(struct admin *ad, int argc, char **argv)
{
    int applied;

    TRY(admin_options(ad, argc, argv, no_options, NULL));
    TRY(migrate_run(ad->db, &applied));
    printf("%d migration%s applied, schema %s is current\n", applied, applied == 1 ? "" : "s", cfg.db_schema);
    return OK;
}

err *admin_check_sql(struct admin *ad, int argc, char **argv)
{
    int bad = 0, n = 0;

    TRY(admin_options(ad, argc, argv, no_options, NULL));
    for (; sql_all[n]; n++) {
        const char *problem;

        TRY(checksql_query(ad->db, sql_all[n], &problem));
        if (!problem)
            continue;
        printf("%s:%d: %s: %s\n", sql_all[n]->file, sql_all[n]->line, sql_all[n]->name, problem);
        bad++;
    }
    if (bad)
        return err_new(ad->a, ERR_CONFLICT, "%d of %d queries do not fit the schema or their header", bad, n);
    printf("%d queries fit the schema\n", n);
    return OK;
}

err *admin_sweep(struct admin *ad, int argc, char **argv)
{
    struct job job = {.db = ad->db, .a = ad->a, .kind = "sweep"};

    TRY(admin_options(ad, argc, argv, no_options, NULL));
    return job_sweep(&job);
}
