/* Loudness by ITU-R BS.1770-5 and EBU R 128, and what is made from it. */
#ifndef QM_ANALYSIS_LOUDNESS_H
#define QM_ANALYSIS_LOUDNESS_H

#include "analysis/gating.h"
#include "analysis/peak.h"

typedef struct QmLoudness {
    QmMeasured integrated;       /* LUFS, 400 ms every 100 ms, both gates */
    QmMeasured range;            /* LU, LRA of Tech 3342, 3 s every 100 ms */
    QmMeasured momentary_max;    /* LUFS, 400 ms every 10 ms */
    QmMeasured momentary_max_at; /* s, where that window begins; the first of several */
    QmMeasured short_term_max;   /* LUFS, 3 s every 10 ms */
    QmMeasured short_term_max_at;
    /* What reads true peaks has a value only where `peak` is measured too. */
    QmMeasured plr;    /* dB, true peak less integrated */
    QmMeasured psr;    /* dB, least true peak less loudness of any 3 s that LRA counts */
    QmMeasured psr_at; /* s, where those begin */
    QmMeasured dr14;   /* dB, whole */
    double hop_s;      /* of the series: a tenth of a second in whole frames */
    QmList energies;   /* of double: tenth by tenth, for gating.h and below */
    /* Of double, LUFS: for each tenth the loudest of the ten windows that end in it;
     * QM_GAP before the first is full, and in silence. */
    QmList momentary, short_term;
} QmLoudness;

extern const QmFeature qm_feature_loudness;

/* Integrated loudness of [from_s, to_s): of the whole tenths within. */
QmMeasured qm_loudness_part(const QmLoudness *loudness, double from_s, double to_s);

/* Several files as one programme: all their windows under one pair of gates, none
 * reaching over the end of a file. */
typedef struct QmAlbumTrack {
    const QmLoudness *loudness;
    const QmPeak *peak; /* NULL: not measured */
} QmAlbumTrack;

typedef struct QmAlbum {
    QmMeasured integrated, range;             /* LUFS, LU */
    QmMeasured momentary_max, short_term_max; /* LUFS */
    QmMeasured sample_peak, true_peak;        /* dBFS, dBTP */
    QmMeasured plr;
} QmAlbum;

extern const QmMeasure qm_album_measures[];
extern const uint32_t qm_album_n_measures;

/* `n` is at least 1. False: out of memory. */
bool qm_loudness_album(const QmAlbumTrack *tracks, size_t n, QmArena *scratch,
                       QmAlbum *album);

#endif
