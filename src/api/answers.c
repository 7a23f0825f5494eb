/* answers.def as tables. */
#include "api/answers.h"

#include <string.h>

#include "api/handlers.h"
#include "base/log.h"

/* Each table takes its own rows. */
#define SCHEMA(name, shape)
#define PARAM(name, shape, summary)
#define BODY(handler, media, shape)
#define ALSO(handler, status, shape)
#define ANSWER(handler, status, shape, query)

#undef ANSWER
#define ANSWER(handler, status, shape, query) {handler, status, shape, query},
static const struct answer answers[] = {
#include "api/answers.def"
};
#undef ANSWER
#define ANSWER(handler, status, shape, query)

#undef ALSO
#define ALSO(handler, status, shape) {handler, status, shape, ""},
static const struct answer others[] = {
#include "api/answers.def"
};
#undef ALSO
#define ALSO(handler, status, shape)

#undef BODY
#define BODY(handler, media, shape) {handler, media, shape},
static const struct body bodies[] = {
#include "api/answers.def"
};
#undef BODY
#define BODY(handler, media, shape)

#undef PARAM
#define PARAM(name, shape, summary) {name, shape, summary},
static const struct named params[] = {
#include "api/answers.def"
};
#undef PARAM
#define PARAM(name, shape, summary)

#undef SCHEMA
#define SCHEMA(name, shape) {name, shape, NULL},
static const struct named schemas[] = {
#include "api/answers.def"
};
#undef SCHEMA
#undef PARAM
#undef BODY
#undef ALSO
#undef ANSWER

#define COUNT(table) (sizeof(table) / sizeof *(table))

const struct answer *answers_all(size_t *n)
{
    *n = COUNT(answers);
    return answers;
}

const struct named *answers_schemas(size_t *n)
{
    *n = COUNT(schemas);
    return schemas;
}

const struct answer *answers_of(route_handler *handler)
{
    for (size_t i = 0; i < COUNT(answers); i++)
        if (answers[i].handler == handler)
            return &answers[i];
    return NULL;
}

const struct answer *answers_other(route_handler *handler, const struct answer *last)
{
    for (const struct answer *o = last ? last + 1 : others; o < others + COUNT(others); o++)
        if (o->handler == handler)
            return o;
    return NULL;
}

const struct body *answers_body(route_handler *handler, const struct body *last)
{
    for (const struct body *b = last ? last + 1 : bodies; b < bodies + COUNT(bodies); b++)
        if (b->handler == handler)
            return b;
    return NULL;
}

const struct named *answers_param(const char *name, size_t len)
{
    for (size_t i = 0; i < COUNT(params); i++)
        if (strlen(params[i].name) == len && strncmp(params[i].name, name, len) == 0)
            return &params[i];
    BUG("answers.def: no PARAM \"%.*s\"", (int)len, name);
}
