/* A few broad bands of an equaliser that go down a slope: what somebody would gain from a
 * dB more in each band of hearing is known, and the sound is to stay as loud as it is. */
#ifndef QM_MIX_EQ_FOLLOW_H
#define QM_MIX_EQ_FOLLOW_H

#include "mix/eq_curve.h"

enum { QM_EQ_FOLLOW_MAX = 8 };

typedef struct QmEqWish {
    double slope[QM_BARKS];   /* what a dB of power in the band costs (below 0: gives) */
    double share[QM_BARKS];   /* of its K-weighted power; adds up to 1 */
    bool may_boost[QM_BARKS]; /* else by half of the depth at most */
    double depth;             /* dB: most of a band, and of all together, anywhere */
    double
        shift; /* LU: most that they change the loudness, which is made up for behind */
    double worth;   /* a band that gives less than that is not used */
    uint32_t count; /* most bands, up to QM_EQ_FOLLOW_MAX */
} QmEqWish;

typedef struct QmEqAnswer {
    QmEqBand bands[QM_EQ_FOLLOW_MAX];
    uint32_t n;
    double db[QM_BARKS]; /* their curve */
    double loudness;     /* LU by which it changes the loudness */
    double value;        /* what they give, along the slope */
} QmEqAnswer;

/* Everything there is to choose from. NULL: out of memory. */
typedef struct QmEqChoices QmEqChoices;
QmEqChoices *qm_eq_choices(double depth, QmArena *arena);

void qm_eq_follow(const QmEqChoices *choices, const QmEqWish *wish, QmEqAnswer *answer);

/* What a curve gives along the slope when the loudness is made up for: the lower the cost
 * the more. */
double qm_eq_value(const QmEqWish *wish, const double db[QM_BARKS]);
/* LU by which a curve changes the loudness. */
double qm_eq_shift(const QmEqWish *wish, const double db[QM_BARKS]);

#endif
