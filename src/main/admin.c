/* labeld-admin: the table of commands, their options, and how their errors end. */
#include "main/admin.h"

#include <getopt.h>
#include <stdio.h>
#include <unistd.h>

#include "base/cfg.h"
#include "base/log.h"

static const struct command {
    const char *name;
    admin_command *run;
    bool needs_db;
    const char *usage;
    const char *doc;
} commands[] = {
    {"migrate", admin_migrate, true, "", "bring the database schema up to this program's version"},
    {"init", admin_init, true, "[--email E] [--password P] [--token HEX40]",
     "make the first organization and its owner; prints JSON; nothing happens when there is one"},
    {"create-user", admin_create_user, true, "--email E [--password P] [--role OW|AD|MA|RE|AN] [--organization ID] [--token HEX40]",
     "make an account; prints JSON"},
    {"reset-password", admin_reset_password, true, "--email E [--password P] [--revoke-tokens]",
     "set a new password and end the sessions; API tokens stay unless told; prints JSON"},
    {"create-token", admin_create_token, true, "--email E", "print the legacy API token, made when there is none"},
    {"reset-token", admin_reset_token, true, "--email E [--token HEX40]", "replace the legacy API token"},
    {"create-organization", admin_create_organization, true, "--title T --owner E", "make an organization; prints JSON"},
    {"routes", admin_routes, false, "[--openapi|--json]", "list every route with its permission, for people or programs"},
    {"settings", admin_settings, false, "[--values]", "the manual of the settings, or with their present values"},
    {"show", admin_show, true, "workers|queue|data-indexes|queries|routes|settings", "what the running server is doing"},
    {"check-sql", admin_check_sql, true, "", "prepare every query against the database and compare it with its header"},
    {"verify-counters", admin_verify_counters, true, "[--repair]", "count everything anew and compare with the stored figures"},
    {"sweep", admin_sweep, true, "", "remove expired sessions, locks and left-over files now, as the job runner does"},
};

static void usage(FILE *out)
{
    fputs("labeld-admin [-c FILE] COMMAND [OPTIONS]\n", out);
    for (size_t i = 0; i < sizeof(commands) / sizeof(*commands); i++)
        fprintf(out, "  %s %s\n      %s\n", commands[i].name, commands[i].usage, commands[i].doc);
    fputs("A password given as - is read from standard input.\n"
          "The settings file is FILE, else $LABELD_CONFIG, else the installed one.\n", out);
}

static const struct command *find(const char *name)
{
    for (size_t i = 0; i < sizeof(commands) / sizeof(*commands); i++)
        if (!strcmp(commands[i].name, name))
            return &commands[i];
    return NULL;
}

/* ---------------------------------------------------------------- options of commands */

static const struct admin_option *option_of(const struct admin_option *options, const char *arg, size_t len)
{
    for (; options->name; options++)
        if (strlen(options->name) == len && !strncmp(options->name, arg, len))
            return options;
    return NULL;
}

/* *i stands on `--name[=value]` and moves on when the value is an argument of its own. */
static err *take_option(struct admin *ad, int argc, char **argv, const struct admin_option *options, int *i)
{
    const char *arg = argv[*i] + 2, *equal = strchr(arg, '=');
    size_t len = equal ? (size_t)(equal - arg) : strlen(arg);
    const struct admin_option *o = option_of(options, arg, len);

    if (!o)
        return err_new(ad->a, ERR_BAD_REQUEST, "%s has no option %s", argv[0], argv[*i]);
    if (o->flag) {
        if (equal)
            return err_new(ad->a, ERR_BAD_REQUEST, "--%s takes no value", o->name);
        *o->flag = true;
        return OK;
    }
    if (!equal && *i + 1 == argc)
        return err_new(ad->a, ERR_BAD_REQUEST, "--%s needs a value", o->name);
    *o->text = equal ? equal + 1 : argv[++*i];
    return OK;
}

err *admin_options(struct admin *ad, int argc, char **argv, const struct admin_option *options, const char **rest)
{
    if (rest)
        *rest = NULL;
    for (int i = 1; i < argc; i++) {
        if (!strncmp(argv[i], "--", 2)) {
            TRY(take_option(ad, argc, argv, options, &i));
            continue;
        }
        if (!rest || *rest)
            return err_new(ad->a, ERR_BAD_REQUEST, "unexpected argument: %s", argv[i]);
        *rest = argv[i];
    }
    return OK;
}

/* ---------------------------------------------------------------- tables */

static const char *cell(const struct rows *rows, int i, int col)
{
    return PQgetisnull(rows->res, i, col) ? "-" : PQgetvalue(rows->res, i, col);
}

static int width(const struct rows *rows, int col)
{
    size_t w = strlen(PQfname(rows->res, col));

    for (int i = 0; i < rows->n; i++)
        if (strlen(cell(rows, i, col)) > w)
            w = strlen(cell(rows, i, col));
    return (int)w;
}

void admin_table(const struct rows *rows)
{
    int n = PQnfields(rows->res);

    for (int i = -1; i < rows->n; i++)
        for (int col = 0; col < n; col++) {
            const char *text = i < 0 ? PQfname(rows->res, col) : cell(rows, i, col);

            if (col + 1 < n)
                printf("%-*s  ", width(rows, col), text);
            else
                printf("%s\n", text);
        }
}

/* ---------------------------------------------------------------- start */

static err *run(struct admin *ad, const struct command *c, const char *file, int argc, char **argv)
{
    TRY(cfg_load(ad->a, file));
    if (c->needs_db)
        TRY(db_open(ad->a, "admin", 0, &ad->db));
    return c->run(ad, argc, argv);
}

static int complain(const err *e)
{
    fprintf(stderr, "labeld-admin: %s\n", e->internal ? e->internal : e->detail);
    if (e->validation_json)
        fprintf(stderr, "%s\n", e->validation_json);
    if (!strcmp(e->sqlstate, "42P01"))
        fputs("(the schema is not there: labeld-admin migrate)\n", stderr);
    return 1;
}

int main(int argc, char **argv)
{
    static const struct option longs[] = {
        {"config", required_argument, NULL, 'c'}, {"version", no_argument, NULL, 'V'}, {"help", no_argument, NULL, 'h'},
        {NULL, 0, NULL, 0},
    };
    struct admin ad = {.a = arena_new("admin")};
    const struct command *command;
    const char *file = NULL;
    err *e;
    int c;

    while ((c = getopt_long(argc, argv, "+c:Vh", longs, NULL)) != -1)
        switch (c) {
        case 'c':
            file = optarg;
            break;
        case 'V':
            puts("labeld-admin " PACKAGE_VERSION);
            return 0;
        default:
            usage(c == 'h' ? stdout : stderr);
            return c == 'h' ? 0 : 2;
        }
    command = optind < argc ? find(argv[optind]) : NULL;
    if (!command) {
        usage(stderr);
        return 2;
    }
    log_init("labeld-admin", LOG_WARNING, 0);
    e = run(&ad, command, file, argc - optind, argv + optind);
    c = e ? complain(e) : 0;
    if (fflush(stdout) != 0)
        c = 1;
    arena_free(ad.a);
    return c;
}
