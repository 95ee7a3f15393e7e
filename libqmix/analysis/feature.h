/* READ FIRST. How audio is looked at.
 *
 * A file is cut into blocks on a fixed grid of frames. A feature looks at every block
 * by itself, with the frames around it in view, and says in a `partial` what it saw:
 * that can happen in any order, on any thread. The partials are merged one after the
 * other, in the order of the blocks, and at the end the result is drawn from what has
 * been gathered:
 *
 *     scan(block) -> partial        pure
 *     spectrum(frame) -> partial    pure; the short-time spectra that it asked for
 *     merge(partial) -> state       in order, one at a time
 *     finish(state) -> result       once
 *
 * So one long file keeps all cores busy, memory does not grow with the length (but for
 * what a feature keeps over time), and the result depends on neither threads nor the
 * sizes in which the file was read.
 *
 * A feature is one const descriptor, one line in list.c. What it finds is described by
 * its table of measures (measure.h).
 *
 * Sums run in the order of frames, in double. Elementary functions come from
 * base/qmath.h. Nothing here reads files or knows threads (render/analyse.h does). */
#ifndef QM_ANALYSIS_FEATURE_H
#define QM_ANALYSIS_FEATURE_H

#include "analysis/measure.h"
#include "dsp/isa.h"

typedef struct QmGrid QmGrid; /* analysis/grid.h: beats that somebody wrote down */
typedef struct QmTargetCurve
    QmTargetCurve; /* analysis/curve.h: a spectrum to compare with */

typedef struct QmAnalysisOptions {
    bool dual_mono; /* a mono file will be heard from two speakers: +3.01 LU */
    bool fine_peak; /* true peak at 16 times the rate throughout */
    double tempo_low, tempo_high; /* where the tempo is, BPM; 0: not said */
    const QmGrid *grid;           /* these beats, instead of detecting; NULL: detect */
    const QmTargetCurve *curve;   /* the target of the spectrum's distance; NULL: none */
} QmAnalysisOptions;

/* The sizes of everything for one rate: those for 44.1 and 48 kHz, times 2^scale. */
typedef struct QmScanSpec {
    double rate;       /* Hz */
    uint32_t channels; /* 1..32 */
    int scale;         /* -4..4 */
    uint32_t block;    /* frames: 2^18 at scale 0 */
    uint32_t around;   /* frames before and behind a block that are in view: 2^14 */
    QmIsa isa;         /* base or avx2 */
    QmAnalysisOptions options;
} QmScanSpec;

enum {
    QM_BLOCK_BITS = 18,
    QM_AROUND_BITS = 14,
    QM_SCALE_MAX = 4,
    QM_FAST_BITS = 11,    /* the fast spectra: windows of 2048 frames ... */
    QM_FAST_HOP_BITS = 9, /* ... every 512: 10.7 ms at 48 kHz */
    QM_SLOW_BITS = 14,    /* the slow ones: 16384 every 8192, 2.9 Hz a bin */
    QM_SLOW_HOP_BITS = 13,
};

typedef struct QmBlock {
    int64_t at; /* its first frame, a multiple of spec->block */
    uint32_t n; /* frames: spec->block, or what is left of the file; at least 1 */
    bool last;
    /* channel[c][i] for i from -around to n + around - 1; 0 outside of the file. */
    const float *const *channel;
} QmBlock;

/* A short-time spectrum under a Hann window around frame index * hop. A block owns those
 * whose middle is within it.
 *
 * re^2 + im^2 is the power in a bin: over all bins it adds up to the mean square of what
 * the window shows (a sine of amplitude a: a^2 / 2 around its bin). */
typedef struct QmSpectrum {
    int64_t index;
    uint32_t bins; /* n / 2 + 1: bin k is at k * rate / n Hz */
    uint32_t hop;  /* frames */
    /* fast: the middle of the first two channels, (L + R) / 2, in [0]; slow: left and
     * right; of a mono file only [0], and [1] is NULL. */
    const float *re[2], *im[2];
} QmSpectrum;

/* What every call of a feature gets. */
typedef struct QmFeatureCall {
    const QmScanSpec *spec;
    const void *setup; /* what prepare made: tables for this rate */
    QmArena *arena;    /* of the analysis; only in prepare, merge, finish */
} QmFeatureCall;

typedef struct QmAnalysis QmAnalysis;

typedef struct QmFeature {
    const char *name; /* "loudness": in --features, and its object in JSON */
    const char *summary;
    const QmMeasure *measures;
    uint32_t n_measures;
    size_t result_size;
    bool hidden; /* only for other features: not printed */
    bool quiet;  /* computed only when asked for by name or needed */
    /* Features whose results finish reads; ended by NULL; earlier in the list. */
    const struct QmFeature *const *needs;

    size_t setup_size, state_size;
    size_t (*partial_size)(const QmScanSpec *spec); /* zeroed before scan */
    /* Fills the zeroed setup; false: out of memory. NULL: none needed. */
    bool (*prepare)(const QmFeatureCall *call, void *setup);
    /* Any of these three may be NULL. Any thread. */
    void (*scan)(const QmFeatureCall *call, const QmBlock *block, void *partial);
    void (*fast)(const QmFeatureCall *call, const QmBlock *block,
                 const QmSpectrum *spectrum, void *partial);
    void (*slow)(const QmFeatureCall *call, const QmBlock *block,
                 const QmSpectrum *spectrum, void *partial);
    /* In the order of the blocks; `block` without its samples. False: out of memory. */
    bool (*merge)(const QmFeatureCall *call, const QmBlock *block, const void *partial,
                  void *state);
    /* Fills the zeroed result; also of a file without any frame. `analysis` has the
     * results it needs (qm_analysis_result). False: out of memory. */
    bool (*finish)(const QmFeatureCall *call, const QmAnalysis *analysis, void *state,
                   void *result);
} QmFeature;

/* The list (list.c). */
uint32_t qm_feature_count(void);
const QmFeature *qm_feature_at(uint32_t index);
const QmFeature *qm_feature_find(const char *name); /* NULL: none */

#endif
