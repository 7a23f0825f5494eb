/* Scripts of projects: JavaScript that runs on the labelling page. Versions are kept; the newest is the one that runs. Nothing of them
 * is to be seen while the organization's switch, or the server's, is off. */
#ifndef LABELD_CORE_SCRIPT_H
#define LABELD_CORE_SCRIPT_H

#include "core/scope.h"

enum { SCRIPT_MOST_BYTES = 256 << 10 };

struct script {
    bool on;                  /* the switches; the rest is of an empty script while they are off */
    int64_t version;          /* 0: there is none */
    const char *text;         /* "" when none runs */
    const char *hosts;        /* from which the page may load what the script asks for; sources of a Content-Security-Policy */
};

/* ---- callers have checked that the project is visible ---- */

err *script_current(struct scope *s, int64_t project, struct script *out) __attribute__((warn_unused_result));
/* A new version, unless the text is the same; nothing happens while scripts are off. NULL is "".
 * Errors: PERMISSION, VALIDATION (custom_script). */
err *script_set(struct scope *s, int64_t project, const char *text) __attribute__((warn_unused_result));

/* Rows SCRIPT_VERSIONS_…, newest first; before 0: from the newest on. */
err *script_versions(struct scope *s, int64_t project, int64_t before, int64_t most, struct rows *out) __attribute__((warn_unused_result));
/* The text of a version. Errors: NOT_FOUND. */
err *script_version_text(struct scope *s, int64_t project, int64_t version, const char **text) __attribute__((warn_unused_result));

/* Something went wrong where it ran: counted per version and text. line 0: unknown. Errors: NOT_FOUND (no such version). */
err *script_fault_note(struct scope *s, int64_t project, int64_t version, const char *event, const char *message, int64_t line)
    __attribute__((warn_unused_result));
/* Rows SCRIPT_FAULTS_… of a version, latest first. */
err *script_faults(struct scope *s, int64_t project, int64_t version, struct rows *out) __attribute__((warn_unused_result));

#endif
