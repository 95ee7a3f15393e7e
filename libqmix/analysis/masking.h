/* Who hides whom: masking between the stems of a mix, which band of which masker hurts
 * whom, how much, and when.
 *
 * Everything is drawn from the stems' band powers (bark.h) and the gains they are asked
 * to have, so other balances and equalisers can be tried in milliseconds, without the
 * audio. The stems begin together; they may differ in length and rate.
 *
 *   M         mean over the stem's active looks of the sum over bands of
 *             clip(MSR / 20 dB, 0, 1), MSR = threshold of all others - its own power
 *   M_total   sum of M^2
 *
 * By that definition also a band in which a stem has nothing counts as hidden. What there
 * is to save is told by the second set, of what can be heard of the stem when it plays
 * alone: the same sums (`heard_masking`), and how much of its loudness is hidden
 * (`masked`, %: severities weighted with the bands' shares of the loudness).
 * Severities of pairs are of that second kind too. */
#ifndef QM_ANALYSIS_MASKING_H
#define QM_ANALYSIS_MASKING_H

#include "analysis/bark.h"

enum {
    QM_MASKING_MAX_STEMS = 128,
    QM_MASKING_RANGES = 8, /* kept of a pair */
    QM_MASKING_ALL_RANGES = 256,
};

/* A stem as it goes into the mix. */
typedef struct QmMaskingStem {
    const char *name;
    const QmBark *bark;
    QmMeasured loudness; /* integrated, LUFS, before the gain */
    double gain;         /* linear, at least 0; 0: muted */
    const float *bands;  /* [QM_BARKS]: factors for the power; NULL: all 1 */
} QmMaskingStem;

/* A row a stem, in their order. */
typedef struct QmMaskedStem {
    const char *name;
    QmMeasured loudness;      /* LUFS, after the gain */
    QmMeasured to_loudest;    /* LU, 0 or below */
    QmMeasured to_sum;        /* LU to the sum of the powers of all */
    QmMeasured active;        /* % of the looks (up to the end of the longest stem) */
    QmMeasured masking;       /* M, 0..24 */
    QmMeasured heard_masking; /* M of what can be heard alone, 0..24 */
    QmMeasured masked;        /* %: of its loudness */
    int64_t worst_band;       /* where most of that is, 1..24; 0: nowhere */
    /* By band, means over its active looks: how severely all others hide it, 0..1, and
     * how often it can be heard alone. */
    double severity[QM_BARKS], presence[QM_BARKS];
} QmMaskedStem;

/* A row a pair: see qm_masking_pair. */
typedef struct QmMaskingPair {
    const char *masker, *masked;
    QmMeasured severity;              /* % of the loudness of `masked` that is hidden */
    int64_t worst_band;               /* 1..24; 0: nothing is hidden */
    QmMeasured worst_low, worst_high; /* Hz: where that band is */
    QmMeasured worst;    /* %: severity there, mean over the active looks of `masked` */
    QmMeasured overlap;  /* 0..1: how alike their spectra are (the same both ways) */
    QmMeasured together; /* % of the active looks of `masked` when both are active */
    /* By band, mean over the active looks of `masked`, 0..1; 0 where it is not heard. */
    double band[QM_BARKS];
} QmMaskingPair;

/* A row a pair and band that is hidden by 1 % or more. */
typedef struct QmMaskingBand {
    const char *masker, *masked;
    int64_t band;         /* 1..24 */
    QmMeasured low, high; /* Hz */
    QmMeasured severity;  /* % */
} QmMaskingBand;

/* When a band of a stem is hidden by another by 12 dB or more, again and again: the looks
 * are less than a second apart, and 0.5 s or more from first to last. */
typedef struct QmMaskingRange {
    const char *masker, *masked;
    int64_t band;                  /* 1..24 */
    QmMeasured low, high;          /* Hz */
    QmMeasured from, to;           /* s */
    QmMeasured severity;           /* %: mean over the looks that are so severe */
    QmMeasured often;              /* %: how many of the range's looks are */
    uint32_t masker_at, masked_at; /* which stems */
    double weight; /* s: their severity added up; the rows are sorted by it */
} QmMaskingRange;

typedef struct QmMasking {
    QmMeasured total;       /* M_total */
    QmMeasured heard_total; /* the same of heard_masking */
    QmList stems;           /* of QmMaskedStem */
    QmList pairs;           /* of QmMaskingPair */
    QmList bands;           /* of QmMaskingBand, in the order of pairs */
    QmList ranges;          /* of QmMaskingRange, the worst first */
} QmMasking;

/* Stem i over stem j, which is another. */
static inline const QmMaskingPair *qm_masking_pair(const QmMasking *masking, uint32_t i,
                                                   uint32_t j)
{
    const QmMaskingPair *const pairs = masking->pairs.items;
    return &pairs[i * (masking->stems.count - 1) + j - (j > i)];
}

/* The table that describes a QmMasking. */
extern const QmMeasure qm_masking_measures[];
extern const uint32_t qm_masking_measure_count;

typedef enum QmMaskingDepth {
    QM_MASKING_TOTALS, /* totals and stems only: for trying many balances */
    QM_MASKING_PAIRS,  /* all of it */
} QmMaskingDepth;

/* `n`: up to QM_MASKING_MAX_STEMS. The result lives in `arena`, as does what was needed
 * on the way; it refers to the stems' names. NULL: out of memory. */
QmMasking *qm_masking(const QmMaskingStem *stems, uint32_t n, QmMaskingDepth depth,
                      QmArena *arena);

#endif
