/* Beats as a grid, and the tempo over time that they make. */
#ifndef QM_ANALYSIS_TEMPO_MAP_H
#define QM_ANALYSIS_TEMPO_MAP_H

#include "analysis/beat_track.h"
#include "analysis/feature.h"

/* One steady tempo, from a beat to a beat. */
typedef struct QmTempoSegment {
    QmMeasured from, to; /* s */
    QmMeasured bpm;
} QmTempoSegment;

/* A straight line through beats: beat i is at first + i * period. */
typedef struct QmBeatLine {
    double first, period; /* s */
    double off;           /* what beats are typically off it, s */
} QmBeatLine;

/* The line that beats (at times[n], of weights[n]) are near, whatever some of them do. */
QmBeatLine qm_beat_line(const double *times, const double *weights, size_t n);

/* If a file of `whole_s` is a loop, bars of three or four beats from its start to its end
 * (or two beats): exactly the line of these; else `line` as it is. *loop: whether. */
QmBeatLine qm_beat_line_of_loop(QmBeatLine line, double whole_s, bool *loop);

/* Times of beats, each moved onto the line through its neighbours. */
void qm_beats_smooth(const double *times, const double *weights, size_t n, double *out);

/* Cuts times[n] (n >= 2) into segments of steady tempo. False: out of memory. */
bool qm_tempo_segments(const double *times, size_t n, QmList *segments, QmArena *arena);
/* The tempo most beats have: the median over spans of beats. `work` lends [n]. */
double qm_tempo_median(const double *times, size_t n, double *work);

#endif
