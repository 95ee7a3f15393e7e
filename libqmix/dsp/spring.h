/* Springs: two a side, each a loop through a dispersive chain.
 *
 *     in   = own side and a part of the other, through a steep low-pass and what keeps
 *            constants out (so does a transducer)
 *     w_k  = what line k holds, d_k ago
 *     line k <- chain(in + absorb_k(w_k))
 *     out  = sum of w_k
 *
 * In a helical spring waves below a transition frequency travel the slower, the nearer to
 * it they are, and hardly any travel above: an impulse comes as a chirp that rises, and
 * every echo, having gone the way again, as a longer one. A chain of all-passes stretched
 * by K (dsp/cascade.h) does that up to rate / 2K, which is chosen near 4.3 kHz, that of
 * the common tanks; the low-pass takes what is above (Valimaki, Parker, Abel, "Parametric
 * spring reverberation effect", JAES 58, 2010, whose low-frequency part this is. Their
 * faint chirps above the transition are left out).
 *
 * absorb: as in dsp/fdn.h, for the time that a pass takes at each of three frequencies
 * (dsp/decay.h). Denormals: as in dsp/fdn.h. */
#ifndef QM_DSP_SPRING_H
#define QM_DSP_SPRING_H

#include "dsp/cascade.h"
#include "dsp/decay.h"
#include "dsp/delay_line.h"

#include <stdbool.h>

enum {
    QM_SPRINGS = 4, /* 2 p + side: spring p of a side */
    QM_SPRING_ROWS = 24,
    QM_SPRING_COEFFS = 6 * QM_SPRINGS, /* b0 c a of the low, of the high shelf */
};

/* Sections are the steeper the nearer to 1. */
static const double qm_spring_a[QM_SPRINGS] = {0.75, 0.74, 0.72, 0.77};
/* Passes of the lows at size 0.4: the delays of common tanks (33 to 60 ms). */
static const double qm_spring_s[QM_SPRINGS] = {0.0413, 0.0447, 0.0587, 0.0536};
/* What a side's springs get of its own input and of the other: of sum 1 in power. */
static const float qm_spring_own = 0.9f, qm_spring_other = 0.43588989f;

typedef struct QmSpring {
    QmSteep steep;
    QmDisperse chain[2];
    QmVec a[2];
    QmRing ring[QM_SPRINGS];
    uint32_t delay[QM_SPRINGS];
    uint32_t chain_at[2], line_at[QM_SPRINGS]; /* first floats in the items */
    float low[QM_SPRINGS], high[QM_SPRINGS];   /* states of the shelves */
    float constant[2], constant_share; /* what is kept out; g / (1 + g) at 40 Hz (TPT) */
} QmSpring;

/* The transition frequency, Hz. */
static inline uint32_t qm_spring_stretch(double rate_hz)
{
    const uint32_t stretch = (uint32_t)(rate_hz / (2 * 4300.0) + 0.5);
    return stretch < 1 ? 1 : stretch;
}

static inline double qm_spring_top(double rate_hz)
{
    return rate_hz / (2 * qm_spring_stretch(rate_hz));
}

/* Lays springs out, `longer` than at size 0.4; returns the number of floats to keep for
 * them. */
static inline size_t qm_spring_init(QmSpring *f, double longer, double rate_hz)
{
    size_t used = 0;
    memset(f, 0, sizeof *f);
    qm_steep_init(&f->steep, 0.85 * qm_spring_top(rate_hz), rate_hz);
    const double g = qm_tan(QM_PI * 40 / rate_hz);
    f->constant_share = (float)(g / (1 + g));
    for (uint32_t p = 0; p < 2; p++) {
        f->chain[p] = (QmDisperse){QM_SPRING_ROWS, qm_spring_stretch(rate_hz), 0};
        f->chain_at[p] = (uint32_t)used;
        used += qm_disperse_vecs(&f->chain[p]) * QM_LANES;
        for (uint32_t k = 0; k < QM_LANES; k++)
            f->a[p][k] = (float)qm_spring_a[2 * p + k % 2];
    }
    for (uint32_t k = 0; k < QM_SPRINGS; k++) {
        const uint32_t late = qm_disperse_latency(&f->chain[0]);
        const uint32_t pass = (uint32_t)(qm_spring_s[k] * longer * rate_hz + 0.5);
        f->delay[k] = pass < late + QM_RING_BLOCK ? QM_RING_BLOCK : pass - late;
        f->ring[k] = qm_ring(f->delay[k]);
        f->line_at[k] = (uint32_t)used;
        used += qm_ring_items(&f->ring[k]);
    }
    return used;
}

/* Seconds of a pass through spring k at `hz`. */
static inline double qm_spring_pass(const QmSpring *f, uint32_t k, double hz,
                                    double rate_hz)
{
    const QmDisperse *const chain = &f->chain[k / 2];
    const double section =
        qm_disperse_delay(qm_spring_a[k], chain->stretch, hz / rate_hz);
    return (f->delay[k] + qm_disperse_latency(chain) +
            QM_CASCADE_AT_ONCE * QM_SPRING_ROWS * section) /
           rate_hz;
}

/* Coeffs for a decay; returns the gain that makes a side as loud as its input where the
 * springs sound at all. */
static inline double qm_spring_design(const QmSpring *f, const QmDecay *decay,
                                      double rate_hz, float coeffs[QM_SPRING_COEFFS])
{
    QmDecay d = *decay;
    d.high_hz = qm_decay_least(d.high_hz, 0.35 * qm_spring_top(rate_hz));
    d.low_hz = qm_decay_least(d.low_hz, 0.25 * d.high_hz);
    const QmDecayBands b = qm_decay_bands(&d, rate_hz);
    double power = 0; /* of a side, when the input's is 1 */
    for (uint32_t k = 0; k < QM_SPRINGS; k++) {
        double pass[QM_DECAY_POINTS];
        for (uint32_t i = 0; i < QM_DECAY_POINTS; i++)
            pass[i] = qm_spring_pass(f, k, b.hz[i], rate_hz);
        const QmLoss loss = qm_decay_loss(&d, &b, pass);
        qm_decay_shelves(&b, &loss, 1, coeffs + k, QM_SPRINGS);
        power += 0.5 / (1 - qm_exp(2 * -6.907755278982137 * pass[QM_AT_MID] / d.mid_s));
    }
    return 1 / qm_sqrt(power);
}

/* n frames of both sides without what is constant in them, in place. */
QM_INLINE void qm_spring_couple(QmSpring *f, uint32_t n, float *const io[2])
{
    const float k = f->constant_share;
    float l[2] = {f->constant[0], f->constant[1]};
    for (uint32_t i = 0; i < n; i++)
        for (uint32_t side = 0; side < 2; side++) {
            const float away = io[side][i] - l[side];
            io[side][i] = away - k * away;
            l[side] += 2 * k * away;
        }
    memcpy(f->constant, l, sizeof l);
}

typedef float QmSpringBlock[QM_SPRINGS][QM_BLOCK_ROOM];

/* Adds what comes back of w to x, n frames. */
QM_INLINE void qm_spring_absorb(QmSpring *f, float *coeffs, const float *step,
                                QmSpringBlock w, QmSpringBlock x, uint32_t n)
{
    float c[QM_SPRING_COEFFS], s[QM_SPRINGS], t[QM_SPRINGS];
    memcpy(c, coeffs, sizeof c);
    memcpy(s, f->low, sizeof s);
    memcpy(t, f->high, sizeof t);
    for (uint32_t i = 0; i < n; i++) {
        for (uint32_t k = 0; step && k < QM_SPRING_COEFFS; k++)
            c[k] += step[k];
        for (uint32_t k = 0; k < QM_SPRINGS; k++) {
            const float in = w[k][i], y = c[k] * in + s[k];
            s[k] = c[4 + k] * in - c[8 + k] * s[k];
            x[k][i] += c[12 + k] * y + t[k];
            t[k] = c[16 + k] * y - c[20 + k] * t[k];
        }
    }
    memcpy(coeffs, c, sizeof c);
    memcpy(f->low, s, sizeof s);
    memcpy(f->high, t, sizeof t);
}

/* n frames, at most a block, of left and right through the springs, in place; both have
 * room for whole vectors. quiet: what has become too small is cleared. */
QM_INLINE void qm_spring_block(QmSpring *f, float *items, float *coeffs,
                               const float *step, uint32_t n, bool quiet,
                               float *const io[2])
{
    QmSpringBlock w, x;
    qm_steep_run(&f->steep, n, io);
    qm_spring_couple(f, n, io);
    for (uint32_t k = 0; k < QM_SPRINGS; k++) {
        const float *const own = io[k % 2], *const other = io[1 - k % 2];
        qm_block_copy(items + f->line_at[k] + qm_ring_back(&f->ring[k], f->delay[k]), n,
                      w[k]);
        for (uint32_t i = 0; i < n; i += QM_LANES)
            qm_vec_store(x[k] + i, qm_vec(qm_spring_own) * qm_vec_load(own + i) +
                                       qm_vec(qm_spring_other) * qm_vec_load(other + i));
    }
    qm_spring_absorb(f, coeffs, step, w, x, n);
    for (uint32_t p = 0; p < 2; p++) {
        QmVec *const chain = (QmVec *)(items + f->chain_at[p]);
        qm_disperse(&f->chain[p], chain, f->a[p], n,
                    (float *const[]){x[2 * p], x[2 * p + 1]});
    }
    for (uint32_t k = 0; k < QM_SPRINGS; k++) {
        for (uint32_t i = 0; quiet && i < n; i += QM_LANES)
            qm_vec_store(x[k] + i, qm_vec_flush(qm_vec_load(x[k] + i)));
        qm_ring_write(&f->ring[k], items + f->line_at[k], x[k], n);
        for (uint32_t i = 0; i < n; i += QM_LANES) {
            const QmVec y = qm_vec_load(w[k] + i);
            qm_vec_store(io[k % 2] + i, k < 2 ? y : qm_vec_load(io[k % 2] + i) + y);
        }
    }
}

/* Before a cell that is quiet. */
QM_INLINE void qm_spring_settle(QmSpring *f, float *items)
{
    for (uint32_t p = 0; p < 2; p++)
        qm_disperse_flush(&f->chain[p], (QmVec *)(items + f->chain_at[p]));
}

/* At the end of a call on the grid (R7). */
QM_INLINE void qm_spring_flush(QmSpring *f)
{
    qm_steep_flush(&f->steep);
    for (uint32_t side = 0; side < 2; side++)
        f->constant[side] = qm_vec_flush(qm_vec(f->constant[side]))[0];
    for (uint32_t k = 0; k < QM_SPRINGS; k++) {
        f->low[k] = qm_vec_flush(qm_vec(f->low[k]))[0];
        f->high[k] = qm_vec_flush(qm_vec(f->high[k]))[0];
    }
}

#endif
