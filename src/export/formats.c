/* The table of export formats. A new format is one new file and one line here. */
#include "export/exp.h"

#include <string.h>

#include "base/clock.h"
#include "export/export.sql.h"
#include "export/offered.h"

static const struct exp_format formats[] = {
    {"JSON", "JSON", "Every task with its data and all its annotations, as labeld stores them.",
     "json", NULL, exp_json_write},
    {"JSON_MIN", "JSON-MIN",
     "One flat object for each annotation: the task's data, and one key for each control.", "json",
     NULL, exp_min_write},
    {"CSV", "CSV",
     "One row for each annotation, with a column for each field of the data and each control.",
     "csv", NULL, exp_csv_write},
    {"TSV", "TSV", "The same rows, separated by tabs.", "csv", NULL, exp_tsv_write},
    {"CONLL2003", "CONLL2003", "One word with its tag on each line, for marked text.", "conll",
     offered_conll, exp_conll_write},
    {"COCO", "COCO", "One JSON document with boxes, polygons and keypoints in pictures.", "zip",
     offered_boxes, exp_coco_write},
    {"COCO_WITH_IMAGES", "COCO with Images", "The same, and the pictures.", "zip", offered_boxes,
     exp_coco_images_write},
    {"VOC", "Pascal VOC XML", "One XML file for each picture, with its boxes.", "zip",
     offered_rectangles, exp_voc_write},
    {"YOLO", "YOLO", "One text file for each picture, with a line for each box or polygon.", "zip",
     offered_boxes, exp_yolo_write},
    {"YOLO_WITH_IMAGES", "YOLO with Images", "The same, and the pictures.", "zip", offered_boxes,
     exp_yolo_images_write},
    {"YOLO_OBB", "YOLOv8 OBB", "As YOLO, with turned boxes as their four corners.", "zip",
     offered_turned, exp_yolo_obb_write},
    {"YOLO_OBB_WITH_IMAGES", "YOLOv8 OBB with Images", "The same, and the pictures.", "zip",
     offered_turned, exp_yolo_obb_images_write},
    {"BRUSH_TO_NUMPY", "Brush labels to NumPy", "Each mask as an array of bytes.", NULL,
     offered_masks, exp_brush_numpy_write},
    {"BRUSH_TO_PNG", "Brush labels to PNG", "Each mask as a grey picture.", NULL, offered_masks,
     exp_brush_png_write},
    {"ASR_MANIFEST", "ASR Manifest", "One line of JSON for each transcribed WAV file, and the files.",
     "zip", offered_speech, exp_asr_write},
    {"BRUSH_TO_COCO", "Brush labels to COCO", "One JSON document with the outlines of masks.", "zip",
     offered_masks, exp_brush_coco_write},
    {"DOCLANG", "DocLang (.dclx)", "Each annotation that holds a DocLang document as an archive with its pages.", NULL, offered_documents,
     exp_doclang_write},
    /* Not of the reference server: */
    {"YOLO_SEGMENTATION", "YOLO segmentation",
     "As YOLO with pictures, every box, polygon and mask as an outline.", "zip", offered_outlines,
     exp_yolo_seg_write},
    {"MASKS_TO_PNG", "Masks as PNG", "Polygons, boxes, ellipses and brushes, each as a grey picture.",
     "zip", offered_painted, exp_masks_write},
    {"WEBVTT", "WebVTT", "Subtitles: one file for each annotation of a sound or video.", "zip",
     offered_cues, exp_webvtt_write},
    {"SRT", "SubRip", "The same as SRT files.", "zip", offered_cues, exp_srt_write},
    {"JSONL", "JSON Lines", "As JSON, each task on a line of its own.", "jsonl", NULL,
     exp_jsonl_write},
    {"CSV_REGIONS", "CSV of regions", "One row for each region.", "csv", NULL, exp_regions_write},
    {"HUGGINGFACE", "Hugging Face dataset",
     "A directory for load_dataset: a row for each task, with its annotations, and the files.",
     "zip", NULL, exp_dataset_write},
};

enum { FORMATS = sizeof formats / sizeof *formats };

const struct exp_format *exp_format_find(const char *name)
{
    for (size_t i = 0; i < FORMATS; i++)
        if (strcmp(formats[i].name, name) == 0)
            return &formats[i];
    return NULL;
}

static bool offered(const struct exp_format *f, const struct lc *lc)
{
    return !f->offered || f->offered(lc);
}

void exp_formats_write(struct jw *w, const struct lc *lc)
{
    jw_arr(w);
    for (int first = 1; first >= 0; first--)
        for (size_t i = 0; i < FORMATS; i++) {
            if (offered(&formats[i], lc) != (first == 1))
                continue;
            jw_obj(w);
            jw_kstr(w, "title", formats[i].title);
            jw_kstr(w, "description", formats[i].description);
            jw_kstr(w, "link", "/docs/export");
            jw_kstr(w, "name", formats[i].name);
            if (!first)
                jw_kbool(w, "disabled", true);
            jw_end(w);
        }
    jw_end(w);
}

err *exp_write(struct scope *s, const struct exp_format *f, const struct exp_options *o,
               const struct exp_out *out)
{
    struct row r;

    TRY(db_one(s->db, SQL_export_by_index, DB_NOARGS, &r));
    return exp_convert(s, f, o, out);
}

err *exp_convert(struct scope *s, const struct exp_format *f, const struct exp_options *o,
                 const struct exp_out *out)
{
    if (f->extension)
        exp_named(out, f->extension);
    return f->write(s, o, out);
}

enum { AWAKE_EVERY_US = 5000000 };

err *exp_awake(struct scope *s, const struct exp_out *out, int64_t *at_us)
{
    int64_t now_us = clock_mono_us();
    struct row r;

    if (now_us < *at_us)
        return OK;
    *at_us = now_us + AWAKE_EVERY_US;
    TRY(db_one(s->db, SQL_export_by_index, DB_NOARGS, &r));
    return out->beat ? out->beat(out->to) : OK;
}
