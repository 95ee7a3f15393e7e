/* The grid on which levels are kept over time: tenths of a second, counted in whole
 * frames from the beginning of the file. A tenth belongs to the block that its last frame
 * is in, so whoever scans that block has all of it in view. What is left at the end of
 * the file, less than a tenth, belongs to the last block. */
#ifndef QM_ANALYSIS_TENTHS_H
#define QM_ANALYSIS_TENTHS_H

#include "analysis/feature.h"

typedef struct QmTenths {
    int64_t first;  /* its number in the file */
    int64_t at;     /* its first frame, counted from the block's: 0 or before */
    uint32_t count; /* whole tenths */
    uint32_t rest;  /* frames behind them; 0 unless the block is the last */
} QmTenths;

/* Frames of a tenth. Above 1.3 MHz less than a tenth of a second, as it has to be in
 * view. */
static inline uint32_t qm_tenth(const QmScanSpec *spec)
{
    const double frames = (spec->rate + 5) / 10;
    if (frames >= spec->around / 2)
        return spec->around / 2;
    return frames < 1 ? 1 : (uint32_t)frames;
}

/* Most tenths of any block, an incomplete one included. */
static inline uint32_t qm_tenths_most(const QmScanSpec *spec)
{
    return spec->block / qm_tenth(spec) + 2;
}

static inline QmTenths qm_tenths(const QmScanSpec *spec, const QmBlock *block)
{
    const uint32_t tenth = qm_tenth(spec);
    const int64_t end = block->at + block->n;
    QmTenths t = {.first = block->at / tenth};
    t.at = t.first * tenth - block->at;
    t.count = (uint32_t)(end / tenth - t.first);
    t.rest = block->last ? (uint32_t)(end % tenth) : 0;
    return t;
}

#endif
