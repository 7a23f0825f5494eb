/* For which configurations a format has something to say. */
#ifndef LABELD_EXPORT_OFFERED_H
#define LABELD_EXPORT_OFFERED_H

#include "labelconfig/lc.h"

bool offered_always(const struct lc *lc);
bool offered_conll(const struct lc *lc);
bool offered_boxes(const struct lc *lc);      /* COCO, YOLO */
bool offered_rectangles(const struct lc *lc); /* VOC */
bool offered_turned(const struct lc *lc);     /* YOLO_OBB */
bool offered_outlines(const struct lc *lc);   /* YOLO_SEGMENTATION */
bool offered_painted(const struct lc *lc);
bool offered_cues(const struct lc *lc);       /* subtitles */
bool offered_masks(const struct lc *lc);
bool offered_speech(const struct lc *lc);
bool offered_documents(const struct lc *lc);  /* DOCLANG */

#endif
