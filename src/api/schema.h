/* Schemas of the OpenAPI document: of bodies from the field tables that check them, of answers from the short notation of answers.def. */
#ifndef LABELD_API_SCHEMA_H
#define LABELD_API_SCHEMA_H

#include "json/jin.h"
#include "json/jw.h"

/* "ProjectRequest": {…}; `partial` (what PATCH takes): under the name "PatchedProjectRequest", and nothing is required. */
void schema_write_spec(struct jw *w, const struct jin_spec *spec, bool partial);
/* {"$ref": …} to what schema_write_spec wrote. */
void schema_ref_spec(struct jw *w, const struct jin_spec *spec, bool partial);
bool schema_spec_required(const struct jin_spec *spec);

/* The schema of a shape. Notation:
 *
 *     int num str bool any time date uuid bytes      plain values; any: whatever it is
 *     Project                                        a schema of the document
 *     @data_manager_task                             the same, for names that begin with a small letter
 *     ^Project                                       a page of such: PaginatedProjectList
 *     %                                              the schema `self`
 *     [shape]  <shape>                               a list; an object with members of any name
 *     {name:shape name~:shape}                       an object; ~ marks what may be absent
 *     'a|b'                                          one of these texts
 *     (shape|shape)                                  one of these
 *
 * Each with a ? after it when it may be null. A shape that does not follow this is a bug: the program stops. */
void schema_write_shape(struct jw *w, const char *shape, const char *self);

/* Schemas of every type of storage, made of the fields in storage/types.def; the name of one is written to `out` and returned. */
void schema_write_storages(struct jw *w);
const char *schema_storage_name(const char *type, bool export, char *out, size_t size);

#endif
