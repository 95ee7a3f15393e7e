/* What a list of the equaliser's bands does to a sound, foretold from numbers: gains at a
 * frequency, over bands of hearing and of sound level meters, and the change of loudness.
 *
 * Formulas are those of the analogue filters, which proc/eq.c follows within 0.4 dB (see
 * dsp/matched.h); rate and channel are not looked at. */
#ifndef QM_MIX_EQ_CURVE_H
#define QM_MIX_EQ_CURVE_H

#include "analysis/bands.h"
#include "mix/mix.h"

/* In the order of the choices of the eq's `type`. */
typedef enum QmEqShape {
    QM_EQ_BELL,
    QM_EQ_LOW_SHELF,
    QM_EQ_HIGH_SHELF,
    QM_EQ_LOW_PASS,
    QM_EQ_HIGH_PASS,
    QM_EQ_NOTCH,
    QM_EQ_ALL_PASS,
    QM_EQ_TILT,
    QM_EQ_SHAPES,
} QmEqShape;
extern const char *const qm_eq_shape_names[QM_EQ_SHAPES + 1]; /* ended by NULL */

typedef struct QmEqBand {
    QmEqShape shape;
    double freq, gain, q; /* Hz, dB, - */
} QmEqBand;

/* What the power at `hz` is multiplied by. */
double qm_eq_power(const QmEqBand *band, double hz);

/* What n bands do together, in dB: as the mean of the power over each third, and over
 * each Bark band. `points`: where to look, made once. */
void qm_eq_thirds(const QmEqBand *bands, uint32_t n, double db[QM_THIRDS]);
enum { QM_EQ_POINTS = 4 }; /* in a band */
typedef struct QmEqPoints {
    double hz[QM_BARKS][QM_EQ_POINTS];
} QmEqPoints;
void qm_eq_points(QmEqPoints *points);
void qm_eq_barks(const QmEqPoints *points, const QmEqBand *bands, uint32_t n,
                 double db[QM_BARKS]);

/* What the K-weighting of BS.1770 multiplies power at `hz` by. */
double qm_k_power(double hz);
/* LU that a sound with these thirds (facts.h) gains when they change by db; 0 where there
 * is nothing. Gating is not looked at. */
double qm_eq_loudness(const double thirds[QM_THIRDS], const double db[QM_THIRDS]);

/* Decides a band of the strip's eq: the next one that is free. False: all are taken, or
 * the user does not want it. */
bool qm_eq_decide(QmMix *mix, const QmRule *rule, const QmReason *reason,
                  const char *strip, const QmEqBand *band);

#endif
