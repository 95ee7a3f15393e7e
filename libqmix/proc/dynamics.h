/* What dynamics processors share of their tables and calls: listening to a key through a
 * filter of its own, look-ahead, coeffs for rows of pairs (dsp/envelope.h), readings.
 *
 * The key's filter. Two second-order sections, a low cut and a high cut of 12 dB an
 * octave (Butterworth), on what is listened to alone. Their coeffs are the first of a
 * processor's. At the end of its range a cut is off: its coeffs are those of a wire (P =
 * Q = R = 0, D0 = 1), its state is kept at zero, and the signal goes past it. So a strip
 * that has it off has the same bits whether its neighbours in the gang use theirs or not,
 * and a gang in which nobody does can leave it out.
 *
 * Look-ahead. The signal is late by that time, what is listened to is not. */
#ifndef QM_PROC_DYNAMICS_H
#define QM_PROC_DYNAMICS_H

#include "dsp/delay_line.h"
#include "dsp/envelope.h"
#include "dsp/svf.h"
#include "proc/proc.h"

#define QM_KEY_LOW_CUT_OFF  20
#define QM_KEY_HIGH_CUT_OFF 20000

#define QM_PARAM_KEY_LOW_CUT                                                             \
    {                                                                                    \
        .name = "key-low-cut",                                                           \
        .help = "takes lows from what is listened to, 20 Hz: off", .unit = QM_UNIT_HZ,   \
        .min = QM_KEY_LOW_CUT_OFF, .max = 10000, .def = QM_KEY_LOW_CUT_OFF               \
    }
#define QM_PARAM_KEY_HIGH_CUT                                                            \
    {                                                                                    \
        .name = "key-high-cut",                                                          \
        .help = "takes highs from what is listened to, 20 kHz: off", .unit = QM_UNIT_HZ, \
        .min = 50, .max = QM_KEY_HIGH_CUT_OFF, .def = QM_KEY_HIGH_CUT_OFF                \
    }
#define QM_PARAM_LOOKAHEAD                                                               \
    {                                                                                    \
        .name = "lookahead", .help = "time by which it acts in advance: the latency",    \
        .unit = QM_UNIT_MS, .min = 0, .max = 20, .def = 0, .flags = QM_PARAM_STRUCTURAL  \
    }

/* ---- coeffs ---- */

/* Coeffs [from, to) of frame i in the left lanes, of frame i + 1, if there is one, in the
 * right ones; `paired` has room for all coeffs. */
QM_INLINE const QmVec *qm_coeffs_paired(const QmProcCall *call, uint32_t i, uint32_t from,
                                        uint32_t to, bool ramp, QmVec *paired)
{
    QmVec *const c = call->coeffs;
    if (!ramp)
        return c;
    for (uint32_t k = from; k < to; k++) {
        c[k] += call->step[k];
        const QmVec first = c[k];
        if (i + 1 < call->n)
            c[k] += call->step[k];
        paired[k] = qm_vec_pair(first, c[k]);
    }
    return paired;
}

/* ---- the key's filter ---- */

enum {
    QM_KEY_LOWS,                  /* coeffs of the low cut */
    QM_KEY_HIGHS = QM_SVF_COEFFS, /* and of the high cut */
    QM_KEY_COEFFS = 2 * QM_SVF_COEFFS,
};

typedef struct QmKeyFilter {
    QmSvf lows, highs;
    uint32_t ran[8]; /* [0]: whether the states may be other than zero */
} QmKeyFilter;

QM_INLINE void qm_key_filter_update(double low_cut_hz, double high_cut_hz, double rate_hz,
                                    float c[QM_KEY_COEFFS])
{
    static const float wire[QM_SVF_COEFFS] = {[QM_SVF_D0] = 1};
    const double q = QM_BUTTERWORTH;
    memcpy(c + QM_KEY_LOWS, wire, sizeof wire);
    memcpy(c + QM_KEY_HIGHS, wire, sizeof wire);
    if (low_cut_hz > QM_KEY_LOW_CUT_OFF)
        qm_svf_design(QM_SVF_HIGH_PASS, low_cut_hz, 0, q, rate_hz, c + QM_KEY_LOWS);
    if (high_cut_hz < QM_KEY_HIGH_CUT_OFF)
        qm_svf_design(QM_SVF_LOW_PASS, high_cut_hz, 0, q, rate_hz, c + QM_KEY_HIGHS);
}

/* Strips whose section at `c` is no wire. */
QM_INLINE QmVecI qm_key_filters(const QmVec *c)
{
    return qm_vec_less(qm_vec(0), c[QM_SVF_R]);
}

/* A wire's R is 0, any other's is above it. */
QM_INLINE bool qm_any_key_filters(const QmVec *c)
{
    return qm_vec_any(qm_vec_max(c[QM_KEY_LOWS + QM_SVF_R], c[QM_KEY_HIGHS + QM_SVF_R]));
}

QM_INLINE QmVec qm_key_tick(QmSvf *s, const QmVec *c, QmVec x)
{
    return qm_vec_select(qm_key_filters(c), qm_svf_tick(s, c, x), x);
}

/* The state of a wire is zero. */
QM_INLINE void qm_key_rest(QmSvf *s, const QmVec *c, bool flush)
{
    const QmVecI on = qm_key_filters(c);
    s->rest1 = (QmVec)((QmVecI)s->rest1 & on);
    s->rest2 = (QmVec)((QmVecI)s->rest2 & on);
    if (flush)
        qm_svf_flush(s);
}

/* The frames that are listened to: the key's or the input's, through the filter if there
 * is one, then in `room`. A detector does not need what settling does for the ear. */
QM_INLINE const QmVec *qm_listen(const QmProcCall *call, QmKeyFilter *filter, bool ramp,
                                 QmVec *room)
{
    const QmVec *const in = call->key ? call->key : call->io;
    QmVec *const c = call->coeffs;
    if (!ramp && !qm_any_key_filters(c)) {
        if (filter->ran[0])
            *filter = (QmKeyFilter){0};
        return in;
    }
    QmKeyFilter f = *filter;
    f.ran[0] = 1;
    for (uint32_t i = 0; i < call->n; i++) {
        if (ramp)
            qm_coeffs_advance(c, call->step, 0, QM_KEY_COEFFS);
        const QmVec x = qm_key_tick(&f.lows, c + QM_KEY_LOWS, in[i]);
        room[i] = qm_key_tick(&f.highs, c + QM_KEY_HIGHS, x);
    }
    qm_key_rest(&f.lows, c + QM_KEY_LOWS, call->on_grid);
    qm_key_rest(&f.highs, c + QM_KEY_HIGHS, call->on_grid);
    *filter = f;
    return room;
}

/* ---- followers ---- */

/* Follows rows of pairs; coeffs `down` and `down` + 1 are the paces down and up. */
QM_INLINE void qm_pairs_follow(const QmProcCall *call, QmFollower *f, uint32_t down,
                               bool ramp, QmVec *pairs)
{
    QmVec *const c = call->coeffs;
    const QmVec base = f->base;
    QmVec rest = f->rest;
    for (uint32_t i = 0; i < call->n; i += 2) {
        const QmVec target = pairs[i / 2] - base;
        if (ramp)
            qm_coeffs_advance(c, call->step, down, down + 2);
        rest = qm_follow(rest, qm_vec_lefts(target), c[down], c[down + 1]);
        const QmVec first = rest;
        if (i + 1 < call->n) {
            if (ramp)
                qm_coeffs_advance(c, call->step, down, down + 2);
            rest = qm_follow(rest, qm_vec_rights(target), c[down], c[down + 1]);
        }
        pairs[i / 2] = base + qm_vec_pair(first, rest);
    }
    f->rest = rest;
}

/* ---- look-ahead ---- */

QM_INLINE uint32_t qm_frames_of_ms(double ms, double rate_hz)
{
    return (uint32_t)(ms * 1e-3 * rate_hz + 0.5);
}

typedef struct QmLookahead {
    QmRing ring;
    uint32_t frames; /* 0: none */
} QmLookahead;

QM_INLINE QmLookahead qm_lookahead(uint32_t frames)
{
    return (QmLookahead){.ring = qm_ring(frames), .frames = frames};
}

/* Rows of memory for it. */
QM_INLINE size_t qm_lookahead_rows(uint32_t frames)
{
    const QmRing ring = qm_ring(frames);
    return frames ? qm_ring_items(&ring) : 0;
}

/* Makes n frames late, in place. */
QM_INLINE void qm_lookahead_delay(QmLookahead *ahead, QmVec *rows, uint32_t n, QmVec *io)
{
    if (ahead->frames == 0)
        return;
    memcpy(rows + ahead->ring.at, io, n * sizeof *io);
    qm_ring_written(&ahead->ring, rows, sizeof *rows, n);
    memcpy(io, rows + qm_ring_back(&ahead->ring, n + ahead->frames), n * sizeof *io);
}

/* ---- readings ---- */

#define QM_READING_REDUCTION                                                             \
    {                                                                                    \
        .name = "reduction", .help = "largest gain reduction", .unit = QM_UNIT_DB        \
    }
#define QM_READING_MEAN_REDUCTION                                                        \
    {                                                                                    \
        .name = "mean-reduction", .help = "mean gain reduction", .unit = QM_UNIT_DB      \
    }

/* Both, from a tally of logarithms. */
QM_INLINE void qm_read_reductions(const QmTally *tally, uint32_t strip, double *values)
{
    values[0] = 0 - qm_tally_least(tally, strip) / QM_LOG2_PER_DB;
    values[1] = 0 - qm_tally_mean(tally, strip) / QM_LOG2_PER_DB;
}

#endif
