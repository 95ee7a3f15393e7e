/* Limiter: look-ahead, stereo-linked; no sample leaves it above the ceiling.
 *
 *     wanted gain   r[n] = min(1, ceiling / max(|left|, |right|))
 *     look-ahead    m[n] = min of r over the last lookahead + 1 + hold frames
 *     release       e[n] = min(m[n], e[n-1] + k (m[n] - e[n-1])): down at once, up to
 *                   63 % in `release`
 *     smoothing     g[n] = three boxes in series over e, lookahead + 1 frames in all
 *     output        g[n] times the input `lookahead` frames ago
 *
 * All of the frames that g[n] averages lie within the look-ahead of the peak that it is
 * applied to, so none of them is above what that peak needs, and neither is their mean;
 * the gain begins to move one look-ahead before the peak and arrives in time, its slope
 * without a corner. Release comes before the smoother, so that its corners are rounded,
 * too. Holding the minimum through the half wave of a low note keeps the gain from
 * following its waves: down to 1 / (2 (lookahead + hold)) a tone is turned down, not
 * bent (50 Hz, 6 dB over: distortion below -150 dB).
 *
 * The ceiling is held exactly: where the gain is not 1 the wanted gain is 2^-20 lower
 * than it could be, more than all roundings together. A new ceiling holds for what
 * enters from then on. The peaks are those of the samples; what a converter makes
 * between them may be higher.
 *
 * Latency: lookahead. No tail. Sources: the smoothing FIR under a sliding minimum is
 * common knowledge of limiters; the minimum is van Herk's (1992), the exact boxes
 * Hogenauer's (1981) integrators and combs. */
#include "dsp/lookahead.h"

#include "base/qmath.h"
#include "proc/proc.h"

enum { CEILING, LOOKAHEAD, RELEASE, HOLD };

static const QmParam params[] = {
    [CEILING] = {.name = "ceiling",
                 .help = "highest sample that may leave",
                 .unit = QM_UNIT_DB,
                 .min = -24,
                 .max = 0,
                 .def = -1},
    [LOOKAHEAD] = {.name = "lookahead",
                   .help = "time to turn down before a peak, the latency",
                   .unit = QM_UNIT_MS,
                   .min = 0.1,
                   .max = 20,
                   .def = 5,
                   .flags = QM_PARAM_STRUCTURAL},
    [RELEASE] = {.name = "release",
                 .help = "time to come 63 % of the way back up",
                 .unit = QM_UNIT_MS,
                 .min = 1,
                 .max = 2000,
                 .def = 100},
    [HOLD] = {.name = "hold",
              .help = "time to stay down before release, keeps bass clean",
              .unit = QM_UNIT_MS,
              .min = 0,
              .max = 50,
              .def = 8,
              .flags = QM_PARAM_STRUCTURAL},
};

enum { C_CEILING, C_RELEASE, N_COEFFS };

static uint32_t n_coeffs(const QmProcSpec *spec)
{
    (void)spec;
    return N_COEFFS;
}

static void update(const QmProcSpec *spec, const double *p, float *coeffs)
{
    coeffs[C_CEILING] = (float)qm_db_to_gain(p[CEILING]);
    coeffs[C_RELEASE] = (float)qm_one_pole(p[RELEASE] * 1e-3, spec->rate_hz);
}

typedef struct State {
    double gain; /* after release */
    QmSmoother smoother;
    QmSlidingMin least;
    QmRing delay; /* of left and right */
    uint32_t lookahead;
    uint32_t left, right, wanted; /* bytes from the state to the items */
    _Alignas(64) uint64_t sums[];
} State;

static uint32_t frames(double ms, double rate_hz)
{
    return (uint32_t)(ms * 1e-3 * rate_hz + 0.5);
}

static uint32_t lookahead(const QmProcSpec *spec)
{
    const uint32_t n = frames(spec->params[LOOKAHEAD], spec->rate_hz);
    const uint32_t most = 3 * QM_SMOOTHER_MAX - 3;
    return n < 1 ? 1 : n > most ? most : n;
}

/* A state without its items but with their places; gives the size of both. */
static size_t lay_out(const QmProcSpec *spec, State *s)
{
    *s = (State){.gain = 1, .lookahead = lookahead(spec)};
    qm_smoother_reset(&s->smoother, (s->lookahead + 3) / 3);
    s->least.window = s->lookahead + 1 + frames(spec->params[HOLD], spec->rate_hz);
    s->delay = qm_ring(s->lookahead);
    const size_t line = qm_ring_items(&s->delay) * sizeof(float);
    const size_t left = sizeof *s + qm_ring_items(&s->smoother.ring) * sizeof(uint64_t);
    s->left = (uint32_t)left;
    s->right = (uint32_t)(left + line);
    s->wanted = (uint32_t)(left + 2 * line);
    return left + 2 * line + ((size_t)s->least.window + 16) / 16 * 64;
}

static size_t state_size(const QmProcSpec *spec)
{
    State s;
    return lay_out(spec, &s);
}

static float *items(State *s, uint32_t bytes) { return (float *)((char *)s + bytes); }

static void reset(const QmProcSpec *spec, void *state)
{
    State *const s = state;
    lay_out(spec, s);
    qm_sliding_min_reset(&s->least, items(s, s->wanted), s->least.window, 1);
}

static void want(const float *left, const float *right, const QmCoeffBlock *ceiling,
                 uint32_t n, float *wanted)
{
    for (uint32_t i = 0; i < n; i += QM_LANES) {
        const QmVec c = qm_coeff_at(ceiling, i);
        const QmVec peak = qm_vec_max(qm_vec_abs(qm_vec_load(left + i)),
                                      qm_vec_abs(qm_vec_load(right + i)));
        const QmVec less = c * qm_vec(1 - 0x1p-20f) / qm_vec_max(peak, c);
        qm_vec_store(wanted + i, qm_vec_select(peak > c, less, qm_vec(1)));
    }
}

static void release(State *s, const float *least, const QmCoeffBlock *k, uint32_t n,
                    double *gain)
{
    double e = s->gain;
    for (uint32_t i = 0; i < n; i++) {
        const double m = least[i], c = k->value[i & k->mask], up = c * m + (1.0 - c) * e;
        gain[i] = e = up < m ? up : m;
    }
    s->gain = e;
}

static void process_strip(const QmStripCall *call)
{
    State *const s = call->state;
    const uint32_t n = call->n;
    float left[QM_QUANTUM], right[QM_QUANTUM];
    float gain[QM_QUANTUM];
    QmCoeffBlock ceiling, k;
    double released[QM_QUANTUM];
    qm_coeff_block(call->coeffs, call->step, C_CEILING, n, &ceiling);
    qm_coeff_block(call->coeffs, call->step, C_RELEASE, n, &k);
    qm_block_read(call->left, n, left);
    qm_block_read(call->right, n, right);

    want(left, right, &ceiling, n, gain);
    qm_sliding_min(&s->least, items(s, s->wanted), gain, n);
    release(s, gain, &k, n, released);
    qm_smooth(&s->smoother, s->sums, released, n, gain);

    QmRing ring = s->delay;
    qm_ring_write(&ring, items(s, s->left), left, n);
    qm_ring_write(&s->delay, items(s, s->right), right, n);
    const uint32_t from = qm_ring_back(&s->delay, n + s->lookahead);
    const float *const late_left = items(s, s->left) + from;
    const float *const late_right = items(s, s->right) + from;
    for (uint32_t i = 0; i < n; i += QM_LANES) {
        const QmVec g = qm_vec_load(gain + i);
        qm_vec_store(left + i, qm_vec_load(late_left + i) * g);
        qm_vec_store(right + i, qm_vec_load(late_right + i) * g);
    }
    qm_block_give(left, n, call->left);
    qm_block_give(right, n, call->right);
}

const QmProcDesc QM_ISA(qm_proc_limiter) = {
    .name = "limiter",
    .summary = "look-ahead limiter: nothing above the ceiling",
    .params = params,
    .n_params = QM_COUNT(params),
    .n_coeffs = n_coeffs,
    .update = update,
    .state_size = state_size,
    .latency = lookahead,
    .reset = reset,
    .process_strip = process_strip,
};
