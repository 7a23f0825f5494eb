/* Fields of a checked body as arguments of queries: null where the field is absent or null. */
#ifndef LABELD_CORE_ARGS_H
#define LABELD_CORE_ARGS_H

#include "db/db.h"
#include "json/jin.h"
#include "json/jw.h"

static inline bool arg_given(const struct jin *in, const char *name)
{
    return jin_has(in, name) && !jin_is_null(in, name);
}

static inline struct db_arg arg_int(const struct jin *in, const char *name)
{
    return db_opt_i64(arg_given(in, name), jin_int(in, name, 0));
}

static inline struct db_arg arg_float(const struct jin *in, const char *name)
{
    return arg_given(in, name) ? db_f64(jin_float(in, name, 0)) : db_null();
}

/* Into an object of changes under `key`: nothing when absent, null when null. */
static inline void arg_ki64(struct jw *w, const struct jin *in, const char *name, const char *key)
{
    if (arg_given(in, name))
        jw_ki64(w, key, jin_int(in, name, 0));
    else if (jin_has(in, name))
        jw_knull(w, key);
}

static inline void arg_kf64(struct jw *w, const struct jin *in, const char *name, const char *key)
{
    if (arg_given(in, name))
        jw_kf64(w, key, jin_float(in, name, 0));
    else if (jin_has(in, name))
        jw_knull(w, key);
}

static inline struct db_arg arg_bool(const struct jin *in, const char *name)
{
    return arg_given(in, name) ? db_bool(jin_bool(in, name, false)) : db_null();
}

#endif
