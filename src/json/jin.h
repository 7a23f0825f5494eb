/* Typed, validated access to parsed bodies. A spec table names the fields; the same rows validate input, word the errors as
 * the reference words them, and print the OpenAPI schema. */
#ifndef LABELD_JSON_JIN_H
#define LABELD_JSON_JIN_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "json/jspan.h"

/* Parse text into a tree tied to the arena. Integers beyond int64 become reals; duplicate keys: last wins; depth is capped.
 * Errors: PARSE, detail "JSON parse error - …" with line and column; VALIDATION for what jsonb cannot
 * store (jspan_unstorable); TOO_LARGE when the tree would take more than about 512 MiB. The tree is for validation: never dump it back. */
err *jin_parse(struct arena *a, struct span text, int max_depth, json_t **out) __attribute__((warn_unused_result));

/* json_decref for arena_defer. */
void jin_release(void *tree);

enum jin_type {
    JIN_TEXT,      /* string; numbers are accepted and turned into text; trimmed unless JIN_RAW; min/max count code points */
    JIN_INT,       /* integer, also as numeric string; min/max bound it (0,0 = 32-bit signed; max 0 with min above = no narrower maximum) */
    JIN_FLOAT,     /* number, also as numeric string */
    JIN_BOOL,      /* true/false and the reference's spellings */
    JIN_JSON,      /* anything: passed on as source text */
    JIN_OBJECT,    /* must be an object; source text */
    JIN_ARRAY,     /* must be an array; source text */
    JIN_ENUM,      /* one of `choices`, separated by | */
    JIN_TIME,      /* ISO 8601 date or date-time; checked loosely here, Postgres parses it */
    JIN_UUID,
    JIN_COLOR,     /* "#RRGGBB" */
    JIN_EMAIL
};

enum jin_flags {
    JIN_REQUIRED = 1,   /* absent → "This field is required." (not on partial updates) */
    JIN_NULL = 2,       /* null allowed; else "This field may not be null." */
    JIN_BLANK = 4,      /* "" allowed; else "This field may not be blank." */
    JIN_RAW = 8,        /* text is not trimmed */
    JIN_READONLY = 16,  /* accepted and ignored; in the schema only */
    JIN_WRITEONLY = 32,
    JIN_PK = 64         /* JIN_INT: the id of another object; the wording of what cannot be one differs */
};

struct jin_field {
    const char *name;
    enum jin_type type;
    unsigned flags;
    int64_t min, max;       /* lengths in code points, or bounds of numbers; 0,0 = none; a max of 0 below min = none */
    const char *choices;    /* JIN_ENUM: "a|b|c" */
    const char *doc;        /* one short sentence for the schema */
};

struct jin_spec {
    const char *name;             /* schema name, for example "ProjectRequest" */
    const struct jin_field *fields;  /* ends with name NULL */
};

/* A validated body. Values are looked up by field name; asking for a name that the spec lacks is a bug. */
struct jin {
    struct arena *a;
    const struct jin_spec *spec;
    struct span text;             /* source of the object; {NULL,0} for a form. Trees are built per field, on demand (jin_tree) */
    struct jin_value *values;     /* one per field of the spec */
};

/* Read one object against the spec. `partial`: required fields may be absent (PATCH).
 * Errors: TOO_LARGE as above; VALIDATION with every bad field. A body that is no object: `Invalid data. Expected a dictionary, but got list.` under non_field_errors.
 * PARSE for text that is no JSON. An empty text reads as {}. `text` must stay: JSON fields point into it. */
err *jin_read(struct arena *a, const struct jin_spec *spec, struct span text, bool partial, int max_depth, struct jin *out) __attribute__((warn_unused_result));
/* The same from form fields (urlencoded or multipart): booleans absent from a form read as false; JSON fields hold JSON text.
 * names/values are parallel arrays of n texts. */
err *jin_read_form(struct arena *a, const struct jin_spec *spec, const char *const *names, const char *const *values, size_t n, bool partial, struct jin *out) __attribute__((warn_unused_result));

bool jin_has(const struct jin *in, const char *name);            /* present in the body (null counts) */
bool jin_is_null(const struct jin *in, const char *name);
const char *jin_text(const struct jin *in, const char *name);    /* NULL when absent or null */
int64_t jin_int(const struct jin *in, const char *name, int64_t absent);
double jin_float(const struct jin *in, const char *name, double absent);
bool jin_bool(const struct jin *in, const char *name, bool absent);
/* Of JIN_JSON, JIN_OBJECT and JIN_ARRAY fields only: source text (NULL when absent, "null" for null), and the parsed tree (borrowed; NULL when absent). */
const char *jin_json(const struct jin *in, const char *name);
json_t *jin_tree(const struct jin *in, const char *name);

/* Is the text a date or date-time as JIN_TIME takes it? */
bool jin_is_time(const char *s);

/* Python-style type name of a value as the reference's messages use it: "dict", "list", "str", "int", "float", "bool", "NoneType". */
const char *jin_type_name(const json_t *v);

#endif
