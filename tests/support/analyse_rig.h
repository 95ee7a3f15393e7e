/* Analyses arrays of samples, as render/analyse does files. */
#ifndef QM_TESTS_ANALYSE_RIG_H
#define QM_TESTS_ANALYSE_RIG_H

#include "analysis/analysis.h"

typedef struct AnalyseRig {
    const float *const *channels; /* [n_channels][frames] */
    uint32_t n_channels;
    int64_t frames;
    double rate;
    const char *features;             /* "loudness peak" */
    const QmAnalysisOptions *options; /* or NULL */
    bool otherwise; /* blocks scanned from the last to the first, by the plain build */
} AnalyseRig;

/* To be given back with qm_analysis_free. */
QmAnalysis *analyse(const AnalyseRig *rig);

/* One or two channels at `rate`, whole, in order, by the best build. */
QmAnalysis *analyse_mono(const char *features, const float *x, int64_t frames,
                         double rate);
QmAnalysis *analyse_stereo(const char *features, const float *left, const float *right,
                           int64_t frames, double rate);

#endif
