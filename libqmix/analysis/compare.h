/* Two files sample by sample: whether they are the same, where they begin to differ, and
 * what is left of A when B is taken away.
 *
 * Three readings of both files in step, each fed with interleaved frames: `exact` looks
 * at the samples as they are, `align` (analysis/align.h) finds how much later B is, and
 * `null` takes B away from A where it fits. */
#ifndef QM_ANALYSIS_COMPARE_H
#define QM_ANALYSIS_COMPARE_H

#include "analysis/align.h"
#include "analysis/measure.h"

/* Why there is no null depth, first frame, ...: of what is the same there is none. */
#define QM_NO_DIFFERENCE "no difference"

typedef struct QmDifferenceChannel {
    int64_t channel;         /* from 1 */
    int64_t differing;       /* frames in which it differs */
    QmMeasured largest;      /* dBFS */
    QmMeasured null;         /* dB */
    QmMeasured null_matched; /* dB */
    QmMeasured gain;         /* dB */
    QmMeasured worst;        /* dB */
    QmMeasured worst_at;     /* s */
} QmDifferenceChannel;

/* What is measured "after alignment" lets B begin `delay` frames later, turned over when
 * it is `inverted`. Frames that one file lacks count as silence there, unless it is the
 * delay that pushed them out. */
typedef struct QmDifference {
    bool identical;             /* rate, channels, length, every sample */
    QmMeasured longer;          /* frames that B is longer than A; below 0: shorter */
    QmMeasured differing;       /* frames, with those that one file lacks */
    QmMeasured first;           /* frame, from 0 */
    QmMeasured largest;         /* dBFS, of a sample of A - B, the files as they are */
    QmMeasured largest_frame;   /* its first */
    QmMeasured largest_channel; /* from 1 */
    QmMeasured delay;           /* frames that B is later than A */
    bool inverted;              /* B has the other polarity */
    QmMeasured gain;            /* dB that B is louder than A, after alignment */
    QmMeasured null;            /* dB: power of A - B over power of A, after alignment */
    QmMeasured null_matched;    /* dB: the same with the gain undone as well */
    QmMeasured worst;    /* dB: loudest 400 ms of A - B over the power of all of A */
    QmMeasured worst_at; /* s, in A */
    QmMeasured residual; /* dBFS: RMS of A - B, after alignment */
    QmList channels;     /* of QmDifferenceChannel */
} QmDifference;

/* How a measure of the difference is held against a tolerance. */
typedef enum QmLimit {
    QM_LIMIT_NONE,   /* not at all */
    QM_LIMIT_MOST,   /* it may be that much at most; no difference: always within */
    QM_LIMIT_EITHER, /* that much at most to either side */
    QM_LIMIT_EQUAL,  /* a flag: it must be so */
} QmLimit;

enum { QM_DIFFERENCE_MEASURES = 16 };
extern const QmMeasure qm_difference_measures[QM_DIFFERENCE_MEASURES];
extern const QmLimit qm_difference_limits[QM_DIFFERENCE_MEASURES];

/* --- the files as they are ---------------------------------------------------------- */

typedef struct QmExact {
    uint32_t channels;
    int64_t frames[2]; /* of A, of B */
    int64_t differing, first, largest_frame;
    uint32_t largest_channel;   /* from 0 */
    double *largest;            /* [channels]: |a - b| */
    int64_t *channel_differing; /* [channels] */
} QmExact;

/* False: out of memory. */
bool qm_exact_init(QmExact *exact, uint32_t channels, QmArena *arena);
/* The next n frames of both; NULL: that file has ended. */
void qm_exact_add(QmExact *exact, const float *a, const float *b, uint32_t n);

/* --- what is left ------------------------------------------------------------------- */

typedef struct QmNullChannel QmNullChannel;

typedef struct QmNull {
    uint32_t channels, tenth; /* frames in a tenth of a second */
    double sign, gain;        /* B times sign; B times gain is about A */
    int64_t skip[2];          /* frames of A, of B that stand before the first pair */
    int64_t span;             /* pairs of frames to be fed */
    int64_t frames;           /* fed so far */
    double rate;
    QmNullChannel *channel; /* [channels] and all of them together */
} QmNull;

/* What to feed: n pairs of frames from skip[0] of A and skip[1] of B, `span` in all.
 * False: out of memory. */
bool qm_null_init(QmNull *null, const QmExact *exact, const QmAlignment *alignment,
                  double rate, QmArena *arena);
void qm_null_add(QmNull *null, const float *a, const float *b, uint32_t n);

/* --- the result --------------------------------------------------------------------- */

/* Of two files that cannot be held together sample by sample, because of `why`. */
void qm_difference_of_kinds(const char *why, QmDifference *difference);
/* Of two that are the same. False: out of memory. */
bool qm_difference_none(const QmExact *exact, QmArena *arena, QmDifference *difference);
/* Of two that are not. False: out of memory. */
bool qm_difference(const QmExact *exact, const QmAlignment *alignment, const QmNull *null,
                   QmArena *arena, QmDifference *difference);

#endif
