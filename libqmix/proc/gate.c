/* Gate and expander: what is below a threshold is turned down; stereo-linked, with
 * hysteresis, hold and look-ahead.
 *
 *   level     L = log2 of the louder channel (or of the key's, through the key's filter:
 *             proc/dynamics.h), sample by sample
 *   decision  opens where L >= threshold, stays open while L >= threshold - hysteresis,
 *             and for `hold` after that was last so
 *   target    open: 1; closed: the expander's line, (ratio - 1) dB down for each dB below
 *             the threshold, but not below -range
 *   smooth    g += (target > g ? attack : release) * (target - g): the times are those
 *             of 63 % of the gain's way, so a gate that closes falls by 8.7 dB a release
 *   output    x late by the look-ahead, times g
 *
 * Two thresholds keep noise from making it chatter; the hold bridges the zero crossings
 * of a tone: half a wave of the lowest note is enough (10 ms: 50 Hz).
 *
 * Smoothing the gain and not its logarithm makes the opening as fast at 80 dB of range as
 * at 20, and the closing an exponential decay. An open gate is sent a little beyond 1 and
 * held there (dsp/envelope.h): it gives its input, bit for bit.
 *
 * Latency: lookahead, by which the hold is longer, too. No tail. At rest it is closed.
 * Sources: U. Zoelzer (ed.), DAFX, 2nd ed. 2011, ch. 4: expander and noise gate, smoothed
 * gain; the hysteresis is Schmitt's trigger. */
#include "proc/dynamics.h"

enum {
    THRESHOLD,
    HYSTERESIS,
    RATIO,
    RANGE,
    ATTACK,
    HOLD,
    RELEASE,
    LOOKAHEAD,
    KEY_LOW_CUT,
    KEY_HIGH_CUT
};

static const QmParam params[] = {
    [THRESHOLD] = {.name = "threshold",
                   .help = "peak level at which it opens",
                   .unit = QM_UNIT_DB,
                   .min = -100,
                   .max = 0,
                   .def = -40},
    [HYSTERESIS] = {.name = "hysteresis",
                    .help = "how far below the threshold it closes",
                    .unit = QM_UNIT_DB,
                    .min = 0,
                    .max = 24,
                    .def = 6},
    [RATIO] = {.name = "ratio",
               .help = "dB out for each dB in, below the threshold; 100: gate",
               .min = 1,
               .max = 100,
               .def = 100},
    [RANGE] = {.name = "range",
               .help = "largest reduction",
               .unit = QM_UNIT_DB,
               .min = 0,
               .max = 100,
               .def = 80},
    [ATTACK] = {.name = "attack",
                .help = "time to cover 63 % of an opening",
                .unit = QM_UNIT_MS,
                .min = 0.01,
                .max = 500,
                .def = 1},
    [HOLD] = {.name = "hold",
              .help = "time to stay open, at least half a wave of the lowest note",
              .unit = QM_UNIT_MS,
              .min = 0,
              .max = 2000,
              .def = 20},
    [RELEASE] = {.name = "release",
                 .help = "time to cover 63 % of a closing",
                 .unit = QM_UNIT_MS,
                 .min = 1,
                 .max = 5000,
                 .def = 50},
    [LOOKAHEAD] = QM_PARAM_LOOKAHEAD,
    [KEY_LOW_CUT] = QM_PARAM_KEY_LOW_CUT,
    [KEY_HIGH_CUT] = QM_PARAM_KEY_HIGH_CUT,
};

/* In the order of the loops: each advances its own. */
enum {
    C_THRESHOLD = QM_KEY_COEFFS, /* levels in log2 */
    C_HYSTERESIS,
    C_SLOPE,
    N_COMPARE,
    C_HOLD = N_COMPARE, /* frames, one more for that which opens */
    N_DECIDE,
    C_RELEASE = N_DECIDE, /* down */
    C_ATTACK,             /* up */
    N_SMOOTH,
    C_FLOOR = N_SMOOTH, /* least gain */
    N_COEFFS
};

/* Logarithm of the target of an open gate, 1.0002. */
#define BEYOND_OPEN 0x1.7p-12f

typedef struct State {
    QmFollower gain;
    QmVec left; /* frames to stay open; open where > 0 */
    QmKeyFilter filter;
    QmTally tally; /* of gain - 1 */
    int64_t open[QM_LANES];
    QmLookahead ahead;
    QmVec rows[]; /* of the look-ahead */
} State;

static uint32_t lookahead(const QmProcSpec *spec)
{
    return qm_frames_of_ms(spec->params[LOOKAHEAD], spec->rate_hz);
}

static void update(const QmProcSpec *spec, const double *p, float *c)
{
    const double hold = p[HOLD] / 1000 * spec->rate_hz;
    qm_key_filter_update(p[KEY_LOW_CUT], p[KEY_HIGH_CUT], spec->rate_hz, c);
    c[C_THRESHOLD] = (float)(p[THRESHOLD] * QM_LOG2_PER_DB);
    c[C_HYSTERESIS] = (float)(p[HYSTERESIS] * QM_LOG2_PER_DB);
    c[C_SLOPE] = (float)(p[RATIO] - 1);
    c[C_HOLD] = (float)(1 + hold + lookahead(spec));
    c[C_RELEASE] = (float)qm_one_pole(p[RELEASE] / 1000, spec->rate_hz);
    c[C_ATTACK] = (float)qm_one_pole(p[ATTACK] / 1000, spec->rate_hz);
    c[C_FLOOR] = (float)qm_db_to_gain(-p[RANGE]);
}

static size_t size_state(const QmProcSpec *spec)
{
    return sizeof(State) + qm_lookahead_rows(lookahead(spec)) * sizeof(QmVec);
}

static void reset(const QmProcSpec *spec, void *state)
{
    ((State *)state)->ahead = qm_lookahead(lookahead(spec));
}

/* From power to the line of the expander, and to what is above the closing threshold. */
QM_INLINE void compare(const QmProcCall *call, bool ramp, QmVec *work, QmVec *above)
{
    QmVec paired[N_COEFFS];
    const QmVec zero = {0};
    qm_pairs_log2(work, call->n);
    for (uint32_t i = 0; i < call->n; i += 2) {
        const QmVec *const c =
            qm_coeffs_paired(call, i, C_THRESHOLD, N_COMPARE, ramp, paired);
        const QmVec over = work[i / 2] * qm_vec(0.5f) - c[C_THRESHOLD];
        above[i / 2] = over + c[C_HYSTERESIS];
        work[i / 2] = c[C_SLOPE] * qm_vec_min(over, zero);
    }
}

/* One frame: frames to stay open. `opens` and `stays` are masks of the two thresholds. */
QM_INLINE QmVec decide(QmVec left, QmVec opens, QmVec stays, QmVec hold)
{
    const QmVecI open = qm_vec_less(qm_vec(0), left);
    const QmVecI keep = (QmVecI)opens | ((QmVecI)stays & open);
    return qm_vec_select(keep, hold, left - qm_vec(1));
}

/* Where the gate is open its target is no longer the line. */
QM_INLINE void open(const QmProcCall *call, bool ramp, QmVec *work, const QmVec *above)
{
    State *const s = call->state;
    QmVec *const c = call->coeffs, left = s->left;
    const QmVec zero = {0};
    QmVecI opened = {0};
    for (uint32_t i = 0; i < call->n; i += 2) {
        QmVec *const w = work + i / 2;
        const QmVec opens = (QmVec)~qm_vec_less(*w, zero);
        const QmVec stays = (QmVec)~qm_vec_less(above[i / 2], zero);
        if (ramp)
            qm_coeffs_advance(c, call->step, C_HOLD, N_DECIDE);
        left = decide(left, qm_vec_lefts(opens), qm_vec_lefts(stays), c[C_HOLD]);
        const QmVec first = left;
        opened -= qm_vec_less(zero, first);
        if (i + 1 < call->n) {
            if (ramp)
                qm_coeffs_advance(c, call->step, C_HOLD, N_DECIDE);
            left = decide(left, qm_vec_rights(opens), qm_vec_rights(stays), c[C_HOLD]);
            opened -= qm_vec_less(zero, left);
        }
        const QmVecI is_open = qm_vec_less(zero, qm_vec_pair(first, left));
        *w = qm_vec_select(is_open, qm_vec(BEYOND_OPEN), *w);
    }
    s->left = left;
    for (uint32_t k = 0; k < QM_LANES; k++)
        s->open[k] += opened[k];
}

/* From logarithms to gains that are not below the floor. */
QM_INLINE void bound(const QmProcCall *call, bool ramp, QmVec *work, QmVec *floors)
{
    QmVec paired[N_COEFFS];
    qm_pairs_exp2(work, call->n);
    for (uint32_t i = 0; i < call->n; i += 2) {
        floors[i / 2] =
            qm_coeffs_paired(call, i, N_SMOOTH, N_COEFFS, ramp, paired)[C_FLOOR];
        work[i / 2] = qm_vec_max(work[i / 2], floors[i / 2]);
    }
}

QM_INLINE void run(const QmProcCall *call, bool ramp)
{
    State *const s = call->state;
    const QmVec one = qm_vec(1);
    QmVec work[QM_PAIR_ROOM(QM_QUANTUM)], other[QM_PAIR_ROOM(QM_QUANTUM)];
    QmVec filtered[QM_QUANTUM];
    qm_pairs_peak(qm_listen(call, &s->filter, ramp, filtered), call->n, work);
    compare(call, ramp, work, other);
    open(call, ramp, work, other);
    bound(call, ramp, work, other);
    qm_pairs_follow(call, &s->gain, C_RELEASE, ramp, work);
    for (uint32_t i = 0; i < QM_PAIRS(call->n); i++) {
        work[i] = qm_vec_min(qm_vec_max(work[i], other[i]), one);
        other[i] = work[i] - one;
    }
    qm_pairs_tally(&s->tally, other, call->n);
    qm_lookahead_delay(&s->ahead, s->rows, call->n, call->io);
    qm_pairs_apply(work, call->n, call->io);
}

static void process(const QmProcCall *call)
{
    if (call->step)
        run(call, true);
    else
        run(call, false);
    if (call->on_grid)
        qm_follower_flush(&((State *)call->state)->gain);
}

static const QmReading readings[] = {
    QM_READING_REDUCTION,
    {.name = "mean-reduction", .help = "reduction by the mean gain", .unit = QM_UNIT_DB},
    {.name = "open",
     .help = "share of the time that it was open",
     .unit = QM_UNIT_PERCENT},
};

static void read(const QmProcSpec *spec, const void *state, uint32_t strip,
                 double *values)
{
    (void)spec;
    const State *const s = state;
    const double frames = s->tally.frames[0] ? (double)s->tally.frames[0] : 1;
    values[0] = 0 - qm_gain_to_db(1 + qm_tally_least(&s->tally, strip));
    values[1] = 0 - qm_gain_to_db(1 + qm_tally_mean(&s->tally, strip));
    values[2] = 100 * (double)s->open[2 * strip] / frames;
}

const QmProcDesc QM_ISA(qm_proc_gate) = {
    .name = "gate",
    .summary = "gate and expander: hysteresis, hold, range, look-ahead, side chain",
    .params = params,
    .n_params = QM_COUNT(params),
    .flags = QM_PROC_KEYED,
    .readings = readings,
    .n_readings = QM_COUNT(readings),
    .n_coeffs = N_COEFFS,
    .update = update,
    .size_state = size_state,
    .latency = lookahead,
    .reset = reset,
    .process = process,
    .read = read,
};
