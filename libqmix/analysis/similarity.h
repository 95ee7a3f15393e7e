/* How alike parts of a piece are, by the spectra of its seconds. */
#ifndef QM_ANALYSIS_SIMILARITY_H
#define QM_ANALYSIS_SIMILARITY_H

#include "base/arena.h"

#include <stdbool.h>
#include <stdint.h>

enum {
    QM_TIMBRE_BANDS = 16, /* at most */
    QM_TIMBRE_PITCHES = 12,
    QM_TIMBRE = QM_TIMBRE_BANDS + QM_TIMBRE_PITCHES,
};

/* What a moment sounds like: levels in bands, then the twelve pitch classes, scaled so
 * that a distance of 1 can be heard to be something else. */
typedef struct QmTimbre {
    float x[QM_TIMBRE];
} QmTimbre;

/* Powers to a timbre: what is 60 dB below `loudest` (a band's power) and less is
 * silence. */
void qm_timbre(const float *bands, uint32_t n_bands, const float *pitches, double loudest,
               QmTimbre *timbre);
/* The mean of `count` of them; of none all 0. */
QmTimbre qm_timbre_mean(const QmTimbre *timbres, size_t count);
/* 0: alike. */
double qm_timbre_distance(const QmTimbre *a, const QmTimbre *b);

/* 1: all that changes gets louder; -1: softer; less far for changes of less than 6 dB. */
double qm_timbre_rise(const QmTimbre *before, const QmTimbre *behind);

/* How much changes between timbre i - 1 and i, 0..1, into novelty[count], looking `half`
 * of them to both sides. False: out of memory. */
bool qm_similarity_novelty(const QmTimbre *timbres, size_t count, uint32_t half,
                           float *novelty, QmArena *scratch);

#endif
