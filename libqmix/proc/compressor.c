/* Compressor: feed-forward, stereo-linked, soft knee, in the logarithmic domain.
 *
 *   power   of the pair (or of the key's pair): peak: the louder channel's square; rms:
 *           the mean of both, averaged with a time constant of RMS_MS
 *   level   L = log2(power) / 2, so one unit is 6.02 dB
 *   curve   over = L - threshold; with the knee's width W around the threshold
 *             target = -(1 - 1/ratio) * { 0                    over <= -W/2
 *                                       { (over + W/2)^2 / 2W  between
 *                                       { over                 over >= W/2
 *   smooth  e += (target < e ? attack : release) * (target - e), so attack and release
 *           are the times in which the reduction covers 63 % of its way, in dB
 *   output  x * (1 - mix + mix * makeup * 2^e)
 *
 * No latency (look-ahead is the limiter's matter), no tail.
 *
 * The knee is written without branches: k = over + W/2 held within [0, W] gives the
 * parabola, what is beyond W/2 is added. A slow release adds very small steps to e, so e
 * is a sum, base + rest, that is settled on the grid (see dsp/svf.h).
 *
 * Speed. Power, curve, smoothing and output have a loop each: in two of them a frame
 * waits for the last, and the longer the rest of such a loop, the less of it fits beside
 * the waiting. */
#include "base/qmath.h"
#include "proc/proc.h"

enum { THRESHOLD, RATIO, ATTACK, RELEASE, KNEE, MAKEUP, DETECTOR, MIX };
enum { PEAK, RMS };

#define RMS_MS      5.0
#define LOG2_PER_DB (3.32192809488736234787 / 20)

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
};

/* In the order of the loops: each advances its own. */
enum {
    C_MEAN, /* 0 peak, 1 mean power */
    C_HOLD, /* of the power average; 0: none */
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
    QmVec power, base, rest; /* averaged power; e = base + rest */
} State;

static uint32_t n_coeffs(const QmProcSpec *spec)
{
    (void)spec;
    return N_COEFFS;
}

static void update(const QmProcSpec *spec, const double *p, float *c)
{
    const bool rms = (int)p[DETECTOR] == RMS;
    const double mix = p[MIX] / 100;
    c[C_MEAN] = rms;
    c[C_HOLD] = rms ? (float)(1 - qm_one_pole(RMS_MS / 1000, spec->rate_hz)) : 0;
    c[C_THRESHOLD] = (float)(p[THRESHOLD] * LOG2_PER_DB);
    c[C_SLOPE] = (float)(1 / p[RATIO] - 1);
    c[C_KNEE] = (float)((p[KNEE] > 0.001 ? p[KNEE] : 0.001) * LOG2_PER_DB);
    c[C_ATTACK] = (float)qm_one_pole(p[ATTACK] / 1000, spec->rate_hz);
    c[C_RELEASE] = (float)qm_one_pole(p[RELEASE] / 1000, spec->rate_hz);
    c[C_DRY] = (float)(1 - mix);
    c[C_WET] = (float)(mix * qm_db_to_gain(p[MAKEUP]));
}

static size_t state_size(const QmProcSpec *spec)
{
    (void)spec;
    return sizeof(State);
}

QM_INLINE void advance(QmVec *c, const QmVec *step, uint32_t from, uint32_t to)
{
    for (uint32_t k = from; k < to; k++)
        c[k] += step[k];
}

/* Coeffs [from, to) of frame i in the left lanes, of frame i + 1, if there is one, in the
 * right ones. */
QM_INLINE const QmVec *coeffs_of(const QmProcCall *call, uint32_t i, uint32_t from,
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
    const QmVec *const in = call->key ? call->key : call->io;
    QmVec averaged = s->power, paired[N_COEFFS];
    for (uint32_t i = 0; i < call->n; i += 2) {
        const QmVec *const c = coeffs_of(call, i, 0, N_MEASURE, ramp, paired);
        const bool two = i + 1 < call->n;
        const QmVec one = in[i], next = in[i + two];
        const QmVec left = qm_vec_pair(one, qm_vec_lefts(next));
        const QmVec right = qm_vec_pair(qm_vec_rights(one), next);
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

/* From power to the reduction, in units of level, that the curve asks for. */
QM_INLINE void bend(const QmProcCall *call, QmVec *work, bool ramp)
{
    QmVec paired[N_COEFFS];
    const QmVec zero = {0};
    for (uint32_t i = 0; i < call->n; i += 4)
        qm_vecs_log2(work + i / 2, 2);
    for (uint32_t i = 0; i < call->n; i += 2) {
        QmVec *const w = work + i / 2;
        const QmVec *const c = coeffs_of(call, i, N_MEASURE, N_BEND, ramp, paired);
        const QmVec half = c[C_KNEE] * qm_vec(0.5f), parabola = qm_vec(0.5f) / c[C_KNEE];
        const QmVec over = *w * qm_vec(0.5f) - c[C_THRESHOLD];
        const QmVec k = qm_vec_min(qm_vec_max(over + half, zero), c[C_KNEE]);
        *w = c[C_SLOPE] * (k * k * parabola + qm_vec_max(over - half, zero));
    }
}

QM_INLINE QmVec follow(QmVec rest, QmVec target, QmVec attack, QmVec release)
{
    const QmVec one = qm_vec(1);
    const QmVec down = attack * target + (one - attack) * rest;
    const QmVec up = release * target + (one - release) * rest;
    return qm_vec_select(qm_vec_less(target, rest), down, up);
}

QM_INLINE void smooth(const QmProcCall *call, QmVec *work, bool ramp)
{
    State *const s = call->state;
    QmVec *const c = call->coeffs;
    const QmVec base = s->base;
    QmVec rest = s->rest;
    for (uint32_t i = 0; i < call->n; i += 2) {
        const QmVec target = work[i / 2] - base;
        if (ramp)
            advance(c, call->step, N_BEND, N_SMOOTH);
        rest = follow(rest, qm_vec_lefts(target), c[C_ATTACK], c[C_RELEASE]);
        const QmVec first = rest;
        if (i + 1 < call->n) {
            if (ramp)
                advance(c, call->step, N_BEND, N_SMOOTH);
            rest = follow(rest, qm_vec_rights(target), c[C_ATTACK], c[C_RELEASE]);
        }
        work[i / 2] = base + qm_vec_pair(first, rest);
    }
    s->rest = rest;
}

QM_INLINE void apply(const QmProcCall *call, QmVec *work, bool ramp)
{
    QmVec paired[N_COEFFS];
    for (uint32_t i = 0; i < call->n; i += 4)
        qm_vecs_exp2(work + i / 2, 2);
    for (uint32_t i = 0; i < call->n; i += 2) {
        QmVec *const w = work + i / 2;
        const QmVec *const c = coeffs_of(call, i, N_SMOOTH, N_COEFFS, ramp, paired);
        const QmVec gain = c[C_DRY] + c[C_WET] * *w;
        call->io[i] *= qm_vec_lefts(gain);
        if (i + 1 < call->n)
            call->io[i + 1] *= qm_vec_rights(gain);
    }
}

QM_INLINE void run(const QmProcCall *call, bool ramp, bool averages)
{
    QmVec work[QM_QUANTUM / 2 + 1];
    measure(call, work, ramp, averages);
    work[(call->n + 1) / 2] = work[0]; /* logarithms and powers go in pairs of rows */
    bend(call, work, ramp);
    smooth(call, work, ramp);
    apply(call, work, ramp);
}

/* Whether any strip's detector averages. */
static bool any_averages(const QmProcCall *call)
{
    const float *const hold = (const float *)&call->coeffs[C_HOLD];
    bool any = false;
    for (uint32_t k = 0; k < QM_LANES; k++)
        any |= hold[k] > 0;
    return any;
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
        qm_vec_settle(&s->base, &s->rest);
        s->base = qm_vec_flush(s->base);
        s->rest = qm_vec_flush(s->rest);
    }
}

const QmProcDesc QM_ISA(qm_proc_compressor) = {
    .name = "compressor",
    .summary = "compressor: peak or rms, soft knee, stereo-linked, side chain",
    .params = params,
    .n_params = QM_COUNT(params),
    .flags = QM_PROC_KEYED,
    .n_coeffs = n_coeffs,
    .update = update,
    .state_size = state_size,
    .process = process,
};
