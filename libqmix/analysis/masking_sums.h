/* What masking.c adds up over time, and masking_rows.c makes rows of. */
#ifndef QM_ANALYSIS_MASKING_SUMS_H
#define QM_ANALYSIS_MASKING_SUMS_H

#include "analysis/hearing.h"
#include "analysis/masking.h"

/* A sum over looks for each band: in float for a while, then in double. */
typedef struct QmBandSum {
    QmBands now;
    double total[QM_BARKS];
} QmBandSum;

typedef struct QmStemSums {
    int64_t active;     /* looks */
    QmBandSum masking;  /* clip(MSR) by all others, in all bands ... */
    QmBandSum severity; /* ... in those that are heard */
    QmBandSum hidden;   /* ... times the band's share of the loudness */
    QmBandSum heard;    /* looks that are heard */
    int64_t audible;    /* active looks in which anything is */
} QmStemSums;

/* Severe looks that are not far apart. */
typedef struct QmRun {
    int32_t from, last, count; /* count 0: none yet */
    float sum;                 /* of severities */
} QmRun;

typedef struct QmBandRun {
    QmRun run;
    uint32_t band;
} QmBandRun;

/* Stem i over stem j. */
typedef struct QmPairSums {
    int64_t together; /* looks in which both are active */
    QmBandSum severity, hidden;
    QmBandSum overlap; /* only where i < j */
    QmRun runs[QM_BARKS];
    QmBandRun worst[QM_MASKING_RANGES]; /* closed ones, the greatest sum first */
    uint32_t n_worst;
} QmPairSums;

typedef struct QmMaskingSums {
    const QmMaskingStem *stems;
    uint32_t n;
    double hop_s;
    int64_t looks;
    QmStemSums *stem; /* [n] */
    QmPairSums *pair; /* [n][n]; NULL: not asked for */
} QmMaskingSums;

/* Fills the lists and totals; false: out of memory. */
bool qm_masking_rows(const QmMaskingSums *sums, QmMasking *masking, QmArena *arena);

#endif
