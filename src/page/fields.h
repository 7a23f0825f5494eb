/* Forms made from tables: a row is a field of a page, in the words of the API. parts/fields.html draws them. */
#ifndef LABELD_PAGE_FIELDS_H
#define LABELD_PAGE_FIELDS_H

#include "page/page.h"

enum field_kind { FIELD_TEXT, FIELD_AREA, FIELD_NUMBER, FIELD_CHECK, FIELD_SELECT, FIELD_SECRET, FIELD_COLOR, FIELD_URL };

struct field_choice {
    const char *value, *text;
};
struct form_field {
    const char *name;
    enum field_kind kind;
    const char *label;                    /* NULL: ends the table */
    const char *help;                     /* NULL: none */
    const struct field_choice *choices;   /* FIELD_SELECT: ended by a value NULL; NULL: set by field_choices */
    int64_t min, max;                     /* of numbers; of texts the most and least characters; 0: any */
    bool required;
    bool removable;                       /* FIELD_SECRET: one is stored, and may be taken away */
};

/* A part of a form: {title, fields[…]}. title NULL: none. values: what is stored, by name; a form that was sent shows what was sent. */
json_t *fields_group(struct rq *rq, const char *title, const struct form_field *fields, const json_t *values);
/* Choices that are no table's: [{value, text}]. */
void fields_choices(json_t *group, const char *name, json_t *choices);
void choices_select(json_t *choices, const char *value);
/* Put the messages of ctx.errors beside the fields of ctx.groups and of ctx.edit.groups (a second form of the page). */
void fields_errors(json_t *ctx);
/* What the form says of these fields, as members of the open object. Unticked boxes are false; an empty secret is left as it is, or null when
 * its box says that it goes. */
void fields_write(struct rq *rq, struct jw *w, const struct form_field *fields);
/* The same of those only that the form changes. values: what is stored, as above. */
void fields_write_changed(struct rq *rq, struct jw *w, const struct form_field *fields, const json_t *values);

/* The object of parts/saved: who changed it last. New reference. */
struct setting_last;
json_t *page_saved(struct arena *a, const struct setting_last *last);

/* What core writes as JSON, as a tree of the request. */
err *page_tree(struct arena *a, const struct strbuf *text, json_t **out) __attribute__((warn_unused_result));
/* An object that `write` has filled, read against a spec as a change (nothing is required). text: JSON of the object. */
err *page_body(struct arena *a, const struct jin_spec *spec, const struct strbuf *text, struct jin *in) __attribute__((warn_unused_result));
/* A text field as sent, "" without one. */
const char *page_sent(const struct rq *rq, const char *name);
/* Did somebody type what they were asked to? Blanks around it do not count. */
bool page_is_typed(struct arena *a, const char *typed, const char *name);
/* Of a field that holds an id; 0 for what is none. */
int64_t page_sent_id(const struct rq *rq, const char *name);

#endif
