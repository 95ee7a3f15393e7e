/* The short-time spectra that features share (feature.h says what they are). */
#ifndef QM_ANALYSIS_STFT_H
#define QM_ANALYSIS_STFT_H

#include "analysis/feature.h"
#include "dsp/fft.h"

typedef enum QmStftKind { QM_STFT_FAST, QM_STFT_SLOW } QmStftKind;

typedef struct QmStft {
    QmStftKind kind;
    uint32_t n, hop; /* frames */
    bool pair;       /* left and right; else the middle, two windows at a time */
    float *window;   /* [n], scaled so that re^2 + im^2 is power */
    QmFft *fft;
} QmStft;

/* NULL: out of memory. */
QmStft *qm_stft_new(QmStftKind kind, const QmScanSpec *spec, QmArena *arena);
/* Bytes of work for one thread. */
size_t qm_stft_work(const QmStft *stft);
/* Calls `take` with each spectrum that the block owns, in order. `work` aligned to 64. */
void qm_stft_scan(const QmStft *stft, const QmScanSpec *spec, const QmBlock *block,
                  void *work, void (*take)(void *self, const QmSpectrum *spectrum),
                  void *self);

#endif
