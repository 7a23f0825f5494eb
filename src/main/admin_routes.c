/* The command routes. */
#include <stdio.h>

#include "api/openapi.h"
#include "main/admin.h"

static void to_stdout(void *to, const char *p, size_t len)
{
    (void)!fwrite(p, 1, len, to);      /* main asks stdout for errors at the end */
}

err *admin_routes(struct admin *ad, int argc, char **argv)
{
    bool openapi = false, json = false;
    const struct admin_option options[] = {{"openapi", NULL, &openapi}, {"json", NULL, &json}, {NULL, NULL, NULL}};
    struct jw w;

    TRY(admin_options(ad, argc, argv, options, NULL));
    if (!openapi && !json) {
        routes_print(stdout);
        return OK;
    }
    jw_init(&w, to_stdout, stdout);
    if (openapi)
        openapi_write(&w);
    else
        routes_write(&w);
    puts("");
    return OK;
}
