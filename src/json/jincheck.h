/* One field's value on its way into a struct jin: what came in, what the checks made of it. Inside json/. */
#ifndef LABELD_JSON_JINCHECK_H
#define LABELD_JSON_JINCHECK_H

#include "json/jin.h"
#include "json/jscan.h"
#include "json/verr.h"

struct jin_value {
    bool present, null;
    struct span src;        /* JSON source; {NULL,0} for plain form fields */
    const char *text;       /* textual types: decoded, trimmed */
    int64_t i;
    double f;
    bool b;
    const char *json;       /* NUL-ended copy of src, made when asked for */
    json_t *tree;           /* the same */
};

struct jin_check {
    struct arena *a;
    struct verr *errors;
    const struct jin_field *field;
    bool form;
    int max_depth;
    enum json_type type;    /* of the value; a form's values are strings */
    struct span src;        /* source of a JSON body's value */
    const char *text;       /* strings: decoded */
    struct jscan_odd odd;   /* strings: what decoding met */
    struct jin_value *out;
};

/* Check c's value against c's field, fill c->out and add to c->errors. */
void jin_check(struct jin_check *c);
/* jin_type_name for a value that is still text. */
const char *jin_span_type_name(struct span value);

#endif
