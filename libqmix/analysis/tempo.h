/* Tempo, beats, bars. Of the middle of the first two channels. */
#ifndef QM_ANALYSIS_TEMPO_H
#define QM_ANALYSIS_TEMPO_H

#include "analysis/grid.h"
#include "analysis/tempo_map.h"

typedef struct QmTempoFound {
    const char *source; /* "detected", or "grid": all is from options.grid */
    QmMeasured bpm;     /* of most beats; none: there is no pulse, and nothing below */
    /* How likely this is the tempo that people tap, rather than its half or double or
     * another that fits, 0..1; 1 for a grid. */
    QmMeasured confidence;
    QmList alternatives;     /* of double: its other levels, BPM, likeliest first */
    QmList strengths;        /* of double: how likely each of them is, 0..1 */
    QmMeasured beats_in_bar; /* a guess: 3 or 4; of a grid, the most beats of any bar */
    bool steady;             /* one tempo from start to end */
    bool loop;               /* and the file is whole beats, from its start to its end */
    QmList beats;            /* of double: s */
    QmList downbeats;        /* of double: s; those of the beats that begin bars */
    QmList segments;         /* of QmTempoSegment: the tempo map */
    QmGrid grid;             /* the beats, counted: for formats/grid_text.h */
} QmTempoFound;

extern const QmFeature qm_feature_tempo;

#endif
