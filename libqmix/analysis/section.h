/* Sections: where a piece changes, which of its parts are alike. A hint, as a listener
 * would cut it: there is no one right answer. */
#ifndef QM_ANALYSIS_SECTION_H
#define QM_ANALYSIS_SECTION_H

#include "analysis/feature.h"

typedef struct QmSection {
    QmMeasured from, to;       /* s; the first begins at 0, the last ends with the file */
    const char *label;         /* "A", "B", ...: equal where sections sound alike */
    QmMeasured loudness;       /* LUFS, integrated, of this section alone */
    QmMeasured low, mid, high; /* power below 250 Hz, to 4 kHz, above: dB of all of it */
    QmMeasured novelty;        /* of its beginning, 0..1: how much of a change it is */
} QmSection;

typedef struct QmSections {
    int64_t count;
    const char *form; /* the labels in order: "ABAB"; NULL: no section */
    QmList sections;  /* of QmSection */
} QmSections;

extern const QmFeature qm_feature_section;

#endif
