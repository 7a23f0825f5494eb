/* The command verify-counters. */
#include <stdio.h>

#include "core/counter.h"
#include "main/admin.h"

static void print_line(void *to, const char *line)
{
    fprintf(to, "%s\n", line);
}

err *admin_verify_counters(struct admin *ad, int argc, char **argv)
{
    bool repair = false;
    const struct admin_option options[] = {{"repair", NULL, &repair}, {NULL, NULL, NULL}};
    int64_t n;

    TRY(admin_options(ad, argc, argv, options, NULL));
    TRY(counter_verify(ad->db, print_line, stdout, &n));
    if (n > 0 && repair) {
        TRY(counter_repair(ad->db));
        printf("repaired; looking again\n");
        TRY(counter_verify(ad->db, print_line, stdout, &n));
    }
    if (n > 0)
        return err_new(ad->a, ERR_CONFLICT, "%lld stored figure%s differ from what is counted", (long long)n, n == 1 ? "" : "s");
    printf("all counters are right\n");
    return OK;
}
