/* The route table for people and for tests. */
#include "api/openapi.h"
#include "api/routes.h"
#include "core/perm.h"
#include "json/jin.h"

static const struct {
    unsigned bit;
    const char *name;
} flags[] = {
    {RF_PAGE, "page"},       {RF_PUBLIC, "public"}, {RF_TX, "tx"},         {RF_SLOW, "slow"},
    {RF_NOSLASH, "noslash"}, {RF_NODB, "nodb"},     {RF_STREAM, "stream"}, {RF_CSRF, "csrf"},
    {RF_BARE, "bare"},
};
enum { NFLAGS = sizeof flags / sizeof flags[0] };

static void write_roles(struct jw *w, unsigned bits)
{
    static const char *const codes[] = {"OW", "AD", "MA", "RE", "AN", "NO", "DI", "VO"};

    jw_arr(w);
    for (int i = 0; i < 8; i++)
        if (bits & role_parse(codes[i]))
            jw_str(w, codes[i]);
    jw_end(w);
}

static void write_route(struct jw *w, const struct route *r)
{
    jw_obj(w);
    jw_kstr(w, "method", method_names[r->method]);
    jw_kstr(w, "pattern", r->pattern);
    jw_kstr(w, "permission", r->permission == PERM_NONE ? NULL : perm_name((enum perm)r->permission));
    jw_key(w, "roles");
    write_roles(w, perm_roles((enum perm)r->permission));
    jw_key(w, "flags");
    jw_arr(w);
    for (int i = 0; i < NFLAGS; i++)
        if (r->flags & flags[i].bit)
            jw_str(w, flags[i].name);
    jw_end(w);
    jw_kstr(w, "operation", r->operation_id);
    jw_kstr(w, "body", r->body ? r->body->name : NULL);
    jw_kstr(w, "summary", r->summary);
    jw_end(w);
}

void routes_write(struct jw *w)
{
    size_t n;
    const struct route *routes = routes_all(&n);

    jw_arr(w);
    for (size_t i = 0; i < n; i++)
        write_route(w, &routes[i]);
    jw_end(w);
}

void routes_print(FILE *out)
{
    size_t n;
    const struct route *routes = routes_all(&n);

    for (size_t i = 0; i < n; i++) {
        const struct route *r = &routes[i];
        const char *who = r->flags & RF_PUBLIC ? "anybody" : r->permission == PERM_NONE ? "any member" : perm_name((enum perm)r->permission);

        fprintf(out, "%-7s %-64s %-22s %s\n", method_names[r->method], r->pattern, who, r->summary);
    }
}
