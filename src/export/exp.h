/* Direct exports: one format per file behind struct exp_format, streamed from one consistent
 * picture of the project. */
#ifndef LABELD_EXPORT_EXP_H
#define LABELD_EXPORT_EXP_H

#include "core/scope.h"
#include "labelconfig/lc.h"
#include "json/jw.h"

struct exp_choice;

struct exp_options {
    int64_t project;
    bool all_tasks;  /* also tasks without annotations */
    bool frames;     /* fill in the frames between keyframes of videos */
    const char *ids; /* "{1,2}" as an int4[] text, NULL = all */
    const struct exp_choice *choice; /* of a snapshot or query: its tasks, annotations and how they
                                      * are written, in place of all_tasks and ids; NULL = none */
    struct span snapshot; /* items come from this document, in format JSON; {NULL,0} = from the
                           * database. Its frames were filled in when it was made. */
    bool resources; /* fetch files of other servers where the format has a place for them */
    bool corrected; /* without the reference's defects (templates/docs/export.html lists them) */
    bool predictions; /* where a snapshot has them in full, they are items too */
    bool own_files; /* bring files of this project only: what is written is kept for all its people, who may see less than the caller */
    /* Open a file of a local storage of this project (0: of any that the caller may see): path below the document root. fd -1: there is
     * none such. NULL = local files are not to be had. */
    err *(*local)(struct scope *s, int64_t project, const char *path, int *fd);
    /* Told the data of tasks that come later, a few before their items; false: that is enough for now, ask again. NULL = nobody asks. */
    bool (*ahead)(void *to, struct span data);
    void *ahead_to;
};

/* Where the file goes. */
struct exp_out {
    jw_sink *put;
    err *(*flush)(void *to); /* called at batch ends; may send what is gathered */
    err *(*beat)(void *to);  /* still at work, with nothing to send; NULL = nobody asks */
    void *to;                /* for all of them */
    void (*named)(void *to, const char *extension); /* once, before the first byte: what kind of file comes */
    int64_t *tasks;          /* counts the tasks that format JSON writes; NULL = nobody asks */
};

struct exp_format {
    const char *name; /* "JSON" */
    const char *title;
    const char *description;
    const char *extension; /* "json": of the file name and of Content-Type application/.json; NULL:
                            * the format finds out and says it to exp_out.named */
    const char *about; /* "image segmentation,keypoints" */
    bool (*offered)(const struct lc *lc);
    /* The whole file, in constant memory. */
    err *(*write)(struct scope *s, const struct exp_options *o, const struct exp_out *out);
};

/* NULL when there is no such format (names are compared exactly, as clients send them). */
const struct exp_format *exp_format_find(const char *name);
/* The list that clients choose from: offered formats first. */
void exp_formats_write(struct arena *a, struct jw *w, const struct lc *lc);

/* Write the whole file; must run in a snapshot transaction. */
err *exp_write(struct scope *s, const struct exp_format *f, const struct exp_options *o,
               const struct exp_out *out) __attribute__((warn_unused_result));
/* The same of a snapshot's document, without a transaction. */
err *exp_convert(struct scope *s, const struct exp_format *f, const struct exp_options *o,
                 const struct exp_out *out) __attribute__((warn_unused_result));

static inline void exp_named(const struct exp_out *out, const char *extension)
{
    if (out->named)
        out->named(out->to, extension);
}

/* For formats that take their time: every few seconds the runner hears that the job is alive, and the transaction is not taken for a
 * forgotten one. *at_us: when that is to be, 0 at first. */
err *exp_awake(struct scope *s, const struct exp_out *out, int64_t *at_us) __attribute__((warn_unused_result));

/* What writes them, each in a file exp_*.c. */
#define FORMAT(name, title, description, extension, about, offered, write) \
    err *write(struct scope *s, const struct exp_options *o, const struct exp_out *out) __attribute__((warn_unused_result));
#include "export/formats.def"
#undef FORMAT

#endif
