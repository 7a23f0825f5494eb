/* Video: the frames between the keyframes of tracked boxes, for exports that ask for them (interpolate_key_frames). */
#ifndef LABELD_EXPORT_FRAMES_H
#define LABELD_EXPORT_FRAMES_H

#include "json/jspan.h"
#include "labelconfig/lc.h"

/* Only configurations with such a control have anything to fill. */
bool frames_wanted(const struct lc *lc);
/* A result (JSON text) whose sequences of type videorectangle hold every frame; regions with an empty sequence are gone. All else
 * stays as it was written. Of one result no more than FRAMES_MOST frames are made. */
err *frames_fill(struct arena *a, struct span result, struct span *out) __attribute__((warn_unused_result));

enum { FRAMES_MOST = 1000000 };

#endif
