/* Compressor: feed-forward, stereo-linked, soft knee, in the logarithmic domain.
 *
 *   power   of the pair (or of the key's pair), through the key's filter if there is one
 *           (proc/dynamics.h): peak: the louder channel's square; rms: the mean of both,
 *           averaged with a time constant of rms-time
 *   hold    with look-ahead: the greatest power of the last lookahead + 1 frames
 *   level   L = log2(power) / 2, so one unit is 6.02 dB
 *   curve   over = L - threshold; with the knee's width W around the threshold
 *             target = -(1 - 1/ratio) * { 0                    over <= -W/2
 *                                       { (over + W/2)^2 / 2W  between
 *                                       { over                 over >= W/2
 *   smooth  e += (target < e ? attack : release) * (target - e), so attack and release
 *           are the times in which the reduction covers 63 % of its way, in dB
 *   output  x * (1 - mix + mix * makeup * 2^e), x late by the look-ahead
 *
 * Latency: lookahead. No tail. Source: Giannoulis, Massberg, Reiss, "Digital Dynamic
 * Range Compressor Design", JAES 60, 2012: the feed-forward design with the smoothing
 * behind the curve. The times are measured on the reduction; the branch is taken on the
 * sign of its change.
 *
 * Look-ahead. The reduction sets in that much before a peak, and the held power keeps it
 * from letting go that much before the end. A lookahead of four attacks covers 98 % of
 * the way.
 *
 * The knee is that of dsp/envelope.h. A slow release adds very small steps to e, so e
 * is a sum, base + rest, that is settled on the grid (see dsp/svf.h).
 *
 * Speed. Power, curve, smoothing and output have a loop each: in two of them a frame
 * waits for the last, and the longer the rest of such a loop, the less of it fits beside
 * the waiting. */
#include "proc/dynamics.h"

enum {
    THRESHOLD,
    RATIO,
    ATTACK,
    RELEASE,
    KNEE,
    MAKEUP,
    DETECTOR,
    MIX,
    RMS_TIME,
    LOOKAHEAD,
    KEY_LOW_CUT,
    KEY_HIGH_CUT,
};
enum { PEAK, RMS };

static const char *const detector_names[] = {[PEAK] = "peak", [RMS] = "rms", NULL};

static const QmParam params[] = {
    [THRESHOLD] = {.name = "threshold",
                   .help = "level above which it compresses",
                   .unit = QM_UNIT_DB,
                   .min = -80,
                   .max = 0,
                   .def = -18},
    [RATIO] = {.name = "ratio",
               .help = "input over output, in dB above the threshold",
               .unit = QM_UNIT_RATIO,
               .min = 1,
               .max = 100,
               .def = 4},
    [ATTACK] = {.name = "attack",
                .help = "time to cover 63 % of a growing reduction",
                .unit = QM_UNIT_MS,
                .min = 0.01,
                .max = 500,
                .def = 10},
    [RELEASE] = {.name = "release",
                 .help = "time to cover 63 % of a shrinking reduction",
                 .unit = QM_UNIT_MS,
                 .min = 1,
                 .max = 5000,
                 .def = 100},
    [KNEE] = {.name = "knee",
              .help = "width of the bend around the threshold",
              .unit = QM_UNIT_DB,
              .min = 0,
              .max = 24,
              .def = 6},
    [MAKEUP] = {.name = "makeup",
                .help = "gain of the compressed signal",
                .unit = QM_UNIT_DB,
                .min = -24,
                .max = 24,
                .def = 0},
    [DETECTOR] = {.name = "detector",
                  .help = "what the level is taken from",
                  .kind = QM_PARAM_CHOICE,
                  .max = 1,
                  .def = PEAK,
                  .choices = detector_names},
    [MIX] = {.name = "mix",
             .help = "share of the compressed signal",
             .unit = QM_UNIT_PERCENT,
             .min = 0,
             .max = 100,
             .def = 100},
    [RMS_TIME] = {.name = "rms-time",
                  .help = "over which rms averages, 63 % of a change",
                  .unit = QM_UNIT_MS,
                  .min = 0.1,
                  .max = 500,
                  .def = 5},
    [LOOKAHEAD] = QM_PARAM_LOOKAHEAD,
    [KEY_LOW_CUT] = QM_PARAM_KEY_LOW_CUT,
    [KEY_HIGH_CUT] = QM_PARAM_KEY_HIGH_CUT,
};

/* In the order of the loops: each advances its own. */
enum {
    C_MEAN = QM_KEY_COEFFS, /* 0 peak, 1 mean power */
    C_HOLD,                 /* of the power average; 0: none */
    N_MEASURE,
    C_THRESHOLD = N_MEASURE,
    C_SLOPE,
    C_KNEE,
    N_BEND,
    C_ATTACK = N_BEND,
    C_RELEASE,
    N_SMOOTH,
    C_DRY = N_SMOOTH,
    C_WET,
    N_COEFFS
};

typedef struct State {
    QmVec power; /* averaged */
    QmFollower reduction;
    QmKeyFilter filter;
    QmTally tally;
    QmLookahead ahead;
    QmSlidingMax held;
    QmVec rows[]; /* of the look-ahead, then what is held */
} State;

static void update(const QmProcSpec *spec, const double *p, float *c)
{
    const bool rms = (int)p[DETECTOR] == RMS;
    const double mix = p[MIX] / 100;
    qm_key_filter_update(p[KEY_LOW_CUT], p[KEY_HIGH_CUT], spec->rate_hz, c);
    c[C_MEAN] = rms;
    c[C_HOLD] = rms ? (float)(1 - qm_one_pole(p[RMS_TIME] / 1000, spec->rate_hz)) : 0;
    c[C_THRESHOLD] = (float)(p[THRESHOLD] * QM_LOG2_PER_DB);
    c[C_SLOPE] = (float)(1 / p[RATIO] - 1);
    c[C_KNEE] = qm_knee_coeff(p[KNEE]);
    c[C_ATTACK] = (float)qm_one_pole(p[ATTACK] / 1000, spec->rate_hz);
    c[C_RELEASE] = (float)qm_one_pole(p[RELEASE] / 1000, spec->rate_hz);
    c[C_DRY] = (float)(1 - mix);
    c[C_WET] = (float)(mix * qm_db_to_gain(p[MAKEUP]));
}

static uint32_t lookahead(const QmProcSpec *spec)
{
    return qm_frames_of_ms(spec->params[LOOKAHEAD], spec->rate_hz);
}

static size_t size_state(const QmProcSpec *spec)
{
    const uint32_t frames = lookahead(spec);
    const size_t held = frames ? frames + 2 : 0;
    return sizeof(State) + (qm_lookahead_rows(frames) + held) * sizeof(QmVec);
}

static void reset(const QmProcSpec *spec, void *state)
{
    State *const s = state;
    s->ahead = qm_lookahead(lookahead(spec));
    s->held.window = s->ahead.frames + 1;
}

/* Averages the powers of two frames, where the detector does. */
QM_INLINE QmVec average(QmVec *averaged, QmVec now, QmVec hold, bool two)
{
    const QmVecI holds = qm_vec_less(qm_vec(0), hold);
    const QmVec fresh = now - hold * now, first = qm_vec_lefts(hold) * *averaged;
    *averaged = qm_vec_select(holds, first + qm_vec_lefts(fresh), qm_vec_lefts(now));
    const QmVec held = *averaged;
    if (two) {
        const QmVec second = qm_vec_rights(hold) * held + qm_vec_rights(fresh);
        *averaged = qm_vec_select(holds, second, qm_vec_rights(now));
    }
    return qm_vec_pair(held, *averaged);
}

/* Squares of the channels that are listened to, joined and averaged. */
QM_INLINE void measure(const QmProcCall *call, QmVec *power, bool ramp, bool averages)
{
    State *const s = call->state;
    QmVec filtered[QM_QUANTUM];
    const QmVec *const in = qm_listen(call, &s->filter, ramp, filtered);
    QmVec averaged = s->power, paired[N_COEFFS];
    for (uint32_t i = 0; i < call->n; i += 2) {
        const QmVec *const c = qm_coeffs_paired(call, i, C_MEAN, N_MEASURE, ramp, paired);
        const bool two = i + 1 < call->n;
        QmVec left, right;
        qm_pair_channels(in[i], in[i + two], &left, &right);
        const QmVec l = left * left, r = right * right;
        const QmVec peak = qm_vec_max(l, r), mean = (l + r) * qm_vec(0.5f);
        const QmVec now = peak + c[C_MEAN] * (mean - peak);
        if (averages)
            power[i / 2] = average(&averaged, now, c[C_HOLD], two);
        else {
            power[i / 2] = now;
            averaged = two ? qm_vec_rights(now) : qm_vec_lefts(now);
        }
    }
    s->power = averaged;
}

/* The greatest power within the look-ahead. */
static void hold(State *s, uint32_t n, QmVec *power)
{
    QmVec *const values = s->rows + qm_lookahead_rows(s->ahead.frames);
    for (uint32_t i = 0; i < n; i += 2) {
        QmVec *const p = power + i / 2;
        const QmVec first = qm_sliding_max(&s->held, values, qm_vec_lefts(*p));
        QmVec second = first;
        if (i + 1 < n)
            second = qm_sliding_max(&s->held, values, qm_vec_rights(*p));
        *p = qm_vec_pair(first, second);
    }
}

/* From power to the reduction, in units of level, that the curve asks for. */
QM_INLINE void bend(const QmProcCall *call, QmVec *work, bool ramp)
{
    QmVec paired[N_COEFFS];
    qm_pairs_log2(work, call->n);
    for (uint32_t i = 0; i < call->n; i += 2) {
        QmVec *const w = work + i / 2;
        const QmVec *const c = qm_coeffs_paired(call, i, N_MEASURE, N_BEND, ramp, paired);
        const QmVec over = *w * qm_vec(0.5f) - c[C_THRESHOLD];
        *w = c[C_SLOPE] * qm_knee(over, c[C_KNEE], qm_vec(0.5f) / c[C_KNEE]);
    }
}

/* From the reduction to gains. */
QM_INLINE void weigh(const QmProcCall *call, QmVec *work, bool ramp)
{
    QmVec paired[N_COEFFS];
    qm_pairs_exp2(work, call->n);
    for (uint32_t i = 0; i < call->n; i += 2) {
        const QmVec *const c =
            qm_coeffs_paired(call, i, N_SMOOTH, N_COEFFS, ramp, paired);
        work[i / 2] = c[C_DRY] + c[C_WET] * work[i / 2];
    }
}

QM_INLINE void run(const QmProcCall *call, bool ramp, bool averages)
{
    State *const s = call->state;
    QmVec work[QM_PAIR_ROOM(QM_QUANTUM)];
    measure(call, work, ramp, averages);
    if (s->ahead.frames)
        hold(s, call->n, work);
    bend(call, work, ramp);
    qm_pairs_follow(call, &s->reduction, C_ATTACK, ramp, work);
    qm_pairs_tally(&s->tally, work, call->n);
    weigh(call, work, ramp);
    qm_lookahead_delay(&s->ahead, s->rows, call->n, call->io);
    qm_pairs_apply(work, call->n, call->io);
}

/* Whether any strip's detector averages. */
static bool any_averages(const QmProcCall *call)
{
    return qm_vec_any(call->coeffs[C_HOLD]);
}

static void process(const QmProcCall *call)
{
    if (call->step)
        run(call, true, true);
    else if (any_averages(call))
        run(call, false, true);
    else
        run(call, false, false);
    if (call->on_grid) {
        State *const s = call->state;
        s->power = qm_vec_flush(s->power);
        qm_follower_flush(&s->reduction);
    }
}

static const QmReading readings[] = {QM_READING_REDUCTION, QM_READING_MEAN_REDUCTION};

static void read(const QmProcSpec *spec, const void *state, uint32_t strip,
                 double *values)
{
    (void)spec;
    qm_read_reductions(&((const State *)state)->tally, strip, values);
}

const QmProcDesc QM_ISA(qm_proc_compressor) = {
    .name = "compressor",
    .summary = "compressor: peak or rms, soft knee, look-ahead, side chain",
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
