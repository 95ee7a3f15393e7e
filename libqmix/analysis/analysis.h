/* The analysis of one file: its features at work, and then their results. */
#ifndef QM_ANALYSIS_ANALYSIS_H
#define QM_ANALYSIS_ANALYSIS_H

#include "analysis/feature.h"

enum { QM_MAX_FEATURES = 32, QM_SCAN_RATE_MAX = 10000000 /* Hz */ };

typedef struct QmFeatureRun {
    const QmFeature *feature;
    bool asked; /* else only needed by another */
    void *setup, *state, *result;
    size_t partial_at, partial_size; /* in a scan's memory */
} QmFeatureRun;

struct QmAnalysis {
    QmArena arena; /* holds all of it */
    QmScanSpec spec;
    QmFeatureRun runs[QM_MAX_FEATURES];
    uint32_t n_runs;
    struct QmStft *fast, *slow; /* NULL: nobody asked for them */
    size_t partials_size;       /* bytes that a block's partials take */
    size_t work_size;           /* bytes that a thread needs while it scans */
    int64_t frames;             /* merged so far; at the end, of the file */
};

/* The sizes for a rate from 1 Hz to QM_SCAN_RATE_MAX. */
QmScanSpec qm_scan_spec(double rate, uint32_t channels, QmIsa isa,
                        const QmAnalysisOptions *options);

/* An analysis of `features` (bit i: qm_feature_at(i)) and what they need. NULL: out of
 * memory. */
QmAnalysis *qm_analysis_new(const QmScanSpec *spec, uint32_t features);
void qm_analysis_free(QmAnalysis *analysis); /* accepts NULL */

/* Looks at a block. `partials` and `work` are aligned to 64; any thread, any order. */
void qm_analysis_scan(const QmAnalysis *analysis, const QmBlock *block, void *partials,
                      void *work);
/* Takes what was seen, block after block. False: out of memory. */
bool qm_analysis_merge(QmAnalysis *analysis, const QmBlock *block, const void *partials);
/* Draws the results. False: out of memory. */
bool qm_analysis_finish(QmAnalysis *analysis);

/* The result of a feature, after finish (or for features before, in a finish); NULL: it
 * was neither asked for nor needed. */
const void *qm_analysis_result(const QmAnalysis *analysis, const QmFeature *feature);

#endif
