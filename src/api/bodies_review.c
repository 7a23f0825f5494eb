/* Body specs of comments and reviews. */
#include "api/bodies.h"

static const struct jin_field comment_fields[] = {
    {"annotation", JIN_INT, JIN_NULL | JIN_PK, 0, 0, NULL, "Annotation that it is about."},
    {"draft", JIN_INT, JIN_NULL | JIN_PK, 0, 0, NULL, "Draft that it is about; it moves to the annotation that is made of it."},
    {"text", JIN_TEXT, JIN_NULL | JIN_BLANK, 0, 100000, NULL, "What is said."},
    {"region_ref", JIN_JSON, JIN_NULL, 0, 0, NULL, "The region that it is about."},
    {"classifications", JIN_JSON, JIN_NULL, 0, 0, NULL, "Classes that it was given."},
    {"is_resolved", JIN_BOOL, 0, 0, 0, NULL, "Nothing is left to be done about it."},
    {0}};
const struct jin_spec B_COMMENT = {"CommentRequest", comment_fields};

static const struct jin_field review_fields[] = {
    {"annotation", JIN_INT, JIN_REQUIRED | JIN_PK, 0, 0, NULL, "Annotation that is reviewed."},
    {"accepted", JIN_BOOL, 0, 0, 0, NULL, "Accepted, or rejected."},
    {"result", JIN_JSON, JIN_NULL, 0, 0, NULL, "What the reviewer made of it, where it is accepted with changes."},
    {"comment", JIN_TEXT, JIN_NULL | JIN_BLANK, 0, 10000, NULL, "Why."},
    {"remove_from_queue", JIN_BOOL, JIN_NULL, 0, 0, NULL, "Rejected: out of the queue instead of back to its author."},
    {"reject_action", JIN_ENUM, JIN_NULL, 0, 0, "remove|requeue", "The same in a word."},
    {"started_at", JIN_TIME, JIN_NULL, 0, 0, NULL, "When the review was begun."},
    {"last_annotation_history", JIN_INT, JIN_NULL, 0, 0, NULL, "The version that was reviewed."},
    {0}};
const struct jin_spec B_REVIEW = {"AnnotationReviewRequest", review_fields};
