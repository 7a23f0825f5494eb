/* Body specs of assignments, pauses and the trash. */
#include "api/bodies.h"

#define PEOPLE {"users", JIN_ARRAY, 0, 0, 0, NULL, "User ids, members of the project."}
#define TYPE {"type", JIN_ENUM, 0, 0, 0, "AN|RE", "AN: to annotate, RE: to review."}
#define SELECTION \
    {"selectedItems", JIN_JSON, JIN_NULL, 0, 0, NULL, "{all: false, included: [ids]} or {all: true, excluded: [ids]}."}, \
    {"filters", JIN_JSON, JIN_NULL, 0, 0, NULL, "{conjunction, items}, as views have them."}

static const struct jin_field assign_many_fields[] = {PEOPLE, TYPE, SELECTION, {0}};
const struct jin_spec B_ASSIGN_MANY = {"BulkTaskAssigneesRequest", assign_many_fields};

static const struct jin_field assign_sample_fields[] = {
    PEOPLE,
    TYPE,
    SELECTION,
    {"fraction", JIN_FLOAT, 0, 0, 0, NULL, "Share of the tasks, above 0 and up to 1."},
    {"overlap", JIN_INT, 0, 0, 0, NULL, "People per task."},
    {"seed", JIN_INT, 0, 0, 0, NULL, "The same seed deals out the same way."},
    {0}};
const struct jin_spec B_ASSIGN_SAMPLE = {"AssignBySamplingRequest", assign_sample_fields};

static const struct jin_field assign_fields[] = {PEOPLE, TYPE, {0}};
const struct jin_spec B_ASSIGN = {"TaskAssignmentRequest", assign_fields};

static const struct jin_field pause_fields[] = {
    {"reason", JIN_ENUM, 0, 0, 0, "MANUAL|BEHAVIOR_BASED|ANNOTATOR_EVALUATION|ANNOTATION_LIMIT|CUSTOM_SCRIPT", "Why."},
    {"verbose_reason", JIN_TEXT, JIN_NULL | JIN_BLANK, 0, 10000, NULL, "What the paused member reads."},
    {0}};
const struct jin_spec B_PAUSE = {"PauseRequest", pause_fields};

static const struct jin_field trash_fields[] = {
    {"tasks", JIN_ARRAY, 0, 0, 0, NULL, "Ids of tasks in the trash."},
    {"annotations", JIN_ARRAY, 0, 0, 0, NULL, "Ids of annotations in the trash."},
    {"all", JIN_BOOL, 0, 0, 0, NULL, "Everything in the trash of the project."},
    {0}};
const struct jin_spec B_TRASH = {"TrashRequest", trash_fields};
