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

/* Squares of the channels that are listened to, joined and averaged. */
QM_INLINE void measure(const QmProcCall *call, QmVec *power, bool ramp)
{
    State *const s = call->state;
    QmVec *const c = call->coeffs;
    const QmVec *const in = call->key ? call->key : call->io;
    QmVec averaged = s->power;
    for (uint32_t i = 0; i < call->n; i++) {
        if (ramp)
            advance(c, call->step, 0, N_MEASURE);
        const QmVec own = in[i] * in[i], other = qm_vec_swap(own);
        const QmVec peak = qm_vec_max(own, other), mean = (own + other) * qm_vec(0.5f);
        const QmVec now = peak + c[C_MEAN] * (mean - peak);
        averaged = c[C_HOLD] * averaged + (now - c[C_HOLD] * now);
        power[i] = averaged;
    }
    s->power = averaged;
    if (call->n % 2)
        power[call->n] = averaged; /* loops below go in pairs */
}

/* From power to the reduction, in units of level, that the curve asks for. */
QM_INLINE void bend(const QmProcCall *call, QmVec *work, bool ramp)
{
    QmVec *const c = call->coeffs;
    const QmVec zero = {0};
    for (uint32_t i = 0; i < call->n; i += 2)
        qm_vecs_log2(work + i, 2);
    for (uint32_t i = 0; i < call->n; i++) {
        if (ramp)
            advance(c, call->step, N_MEASURE, N_BEND);
        const QmVec half = c[C_KNEE] * qm_vec(0.5f), parabola = qm_vec(0.5f) / c[C_KNEE];
        const QmVec over = work[i] * qm_vec(0.5f) - c[C_THRESHOLD];
        const QmVec k = qm_vec_min(qm_vec_max(over + half, zero), c[C_KNEE]);
        work[i] = c[C_SLOPE] * (k * k * parabola + qm_vec_max(over - half, zero));
    }
}

QM_INLINE void smooth(const QmProcCall *call, QmVec *work, bool ramp)
{
    State *const s = call->state;
    QmVec *const c = call->coeffs;
    const QmVec base = s->base, one = qm_vec(1);
    QmVec rest = s->rest;
    for (uint32_t i = 0; i < call->n; i++) {
        if (ramp)
            advance(c, call->step, N_BEND, N_SMOOTH);
        const QmVec target = work[i] - base;
        const QmVec down = c[C_ATTACK] * target + (one - c[C_ATTACK]) * rest;
        const QmVec up = c[C_RELEASE] * target + (one - c[C_RELEASE]) * rest;
        rest = qm_vec_select(qm_vec_less(target, rest), down, up);
        work[i] = base + rest;
    }
    s->rest = rest;
}

QM_INLINE void apply(const QmProcCall *call, QmVec *work, bool ramp)
{
    QmVec *const c = call->coeffs;
    for (uint32_t i = 0; i < call->n; i += 2)
        qm_vecs_exp2(work + i, 2);
    for (uint32_t i = 0; i < call->n; i++) {
        if (ramp)
            advance(c, call->step, N_SMOOTH, N_COEFFS);
        call->io[i] *= c[C_DRY] + c[C_WET] * work[i];
    }
}

QM_INLINE void run(const QmProcCall *call, bool ramp)
{
    QmVec work[QM_QUANTUM];
    measure(call, work, ramp);
    bend(call, work, ramp);
    smooth(call, work, ramp);
    apply(call, work, ramp);
}

static void process(const QmProcCall *call)
{
    if (call->step)
        run(call, true);
    else
        run(call, false);
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
