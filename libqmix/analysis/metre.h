/* Which of the tempi that fit a pulse is its beat. */
#ifndef QM_ANALYSIS_METRE_H
#define QM_ANALYSIS_METRE_H

#include "analysis/pulse.h"
#include "dsp/fft.h"

#include <stdint.h>

enum {
    QM_TEMPI = 163, /* candidates: 40 BPM to 260, 60 an octave */
    QM_TEMPI_OCTAVE = 60,
    QM_METRE_FEATURES = 15,
    QM_METRE_WINDOW = 2048, /* looks: 21.8 s at 48 kHz */
    QM_METRE_HOP = 1024,
    QM_METRE_FFT = 4096,
};
#define QM_TEMPO_LOWEST 40.0

typedef float QmMetreScores[QM_TEMPI]; /* log of how likely, but for a constant */

/* What autocorrelations are made with. */
typedef struct QmCorrelator {
    QmFft *fft; /* of twice the longest window */
    float *re, *im, *work;
} QmCorrelator;

/* Of windows of at most `n` looks, a power of two. False: out of memory. */
bool qm_correlator_init(QmCorrelator *correlator, uint32_t n, QmArena *arena);
/* How well x[n] agrees with itself `lag` looks later, lag = 0 .. lags - 1: 1 when it is
 * the same; 0 where the window is too short to tell. `lags` at most the longest window.
 * False: x does not change. */
bool qm_correlate(const QmCorrelator *correlator, const float *x, size_t n, float *lag,
                  size_t lags);
/* Between two lags; 0 beyond the end. */
double qm_correlation_at(const float *lag, size_t lags, double at);

double qm_tempo_bpm(double index); /* of candidate `index`, or between candidates */
double qm_tempo_index(double bpm);

/* The evidence for each candidate in x[n], n <= QM_METRE_WINDOW: row i for candidate i.
 * `whole_s`: how long the file is, if it may be a loop; 0: it may not. False: there is
 * none. */
bool qm_metre_evidence(const QmCorrelator *correlator, const float *x, size_t n,
                       double hop_s, double whole_s,
                       double evidence[QM_TEMPI][QM_METRE_FEATURES]);
/* What it amounts to. */
void qm_metre_weigh(double evidence[QM_TEMPI][QM_METRE_FEATURES], QmMetreScores scores);

#endif
