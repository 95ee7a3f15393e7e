/* Which pitches sound from moment to moment: rough, for where chords change. */
#ifndef QM_ANALYSIS_HARMONY_H
#define QM_ANALYSIS_HARMONY_H

#include "base/arena.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    QM_PITCHES = 12,
    QM_HARMONY_BINS = 512, /* at most */
    QM_HARMONY_LOOKS = 4,  /* in a cell: 43 ms at 48 kHz */
};

/* Which pitch class a bin is of, at one rate. */
typedef struct QmHarmonyBins {
    uint32_t from, to; /* bins from..to - 1 */
    uint8_t pitch[QM_HARMONY_BINS];
} QmHarmonyBins;

/* Amplitude by pitch class; the highest is 255, or all are 0. */
typedef struct QmHarmonyCell {
    uint8_t pitch[QM_PITCHES];
} QmHarmonyCell;

/* A row of cells, in pieces of one length. */
typedef struct QmHarmony {
    const QmHarmonyCell *const *pieces;
    size_t piece; /* cells in each; the last may have fewer */
    size_t n;     /* cells */
    double cell_s;
} QmHarmony;

/* For spectra of `n` frames. */
void qm_harmony_bins_init(QmHarmonyBins *bins, double rate, uint32_t n);
/* Adds a look to a sum. */
void qm_harmony_add(const QmHarmonyBins *bins, const float *re, const float *im,
                    float sum[QM_PITCHES]);
QmHarmonyCell qm_harmony_cell(const float sum[QM_PITCHES]);

/* change[i]: how different the pitches of the two beats from beat i (at times[i], in
 * seconds) are from those of the two before, 0..1. False: out of memory. */
bool qm_harmony_changes(const QmHarmony *harmony, const double *times, size_t n,
                        float *change, QmArena *arena);

#endif
