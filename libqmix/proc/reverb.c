/* Reverb: a hall or plate from a feedback delay network (dsp/fdn.h).
 *
 *     in -> predelay -> six all-passes a side -> sixteen lines -> width -> mix
 *
 * The all-passes (Schroeder) make many echoes of one before the network sees it; the
 * network mixes and prolongs them. Left feeds the even lines and hears them, right the
 * odd ones; the first turn through the network spreads either over all.
 *
 * Decay. T60 in the middle is `decay`, at an octave below the low crossover `low-decay`
 * times that, at an octave above the high crossover (1 - 0.9 damping) times that. Each
 * line has two first-order shelves, whose gains are solved for these three frequencies,
 * so that neither the gentle slopes nor the leaking of one into the other's band bends
 * the decay there.
 *
 * Level. A noise that goes through at mix 1 comes out about as loud as it went in,
 * whatever decay and size are: with G = the sum of the lines' squared mid gains g_k, the
 * power of all lines settles at G / (1 - G / 16) times the input's, and half of the
 * lines is a side.
 *
 * Mix is of equal power: dry cos, wet sin of a quarter turn. No latency. The tail is
 * predelay plus twice the slowest T60 that there may be anywhere in the spectrum. */
#include "dsp/fdn.h"

#include "base/qmath.h"
#include "proc/proc.h"

enum {
    DECAY,
    DAMPING,
    LOW_DECAY,
    LOW_CROSSOVER,
    HIGH_CROSSOVER,
    SIZE,
    PREDELAY,
    DIFFUSION,
    MODULATION,
    WIDTH,
    MIX,
};

enum { MAX_PREDELAY_MS = 250, FADE_MS = 20 };

static const QmParam params[] = {
    [DECAY] = {.name = "decay",
               .help = "time to fall by 60 dB in the middle of the spectrum",
               .unit = QM_UNIT_S,
               .min = 0.1,
               .max = 20,
               .def = 2},
    [DAMPING] = {.name = "damping",
                 .help = "how much faster the highs fall, 1: ten times",
                 .min = 0,
                 .max = 1,
                 .def = 0.5},
    [LOW_DECAY] = {.name = "low-decay",
                   .help = "decay of the lows as a part of decay",
                   .min = 0.25,
                   .max = 2.5,
                   .def = 1.1},
    [LOW_CROSSOVER] = {.name = "low-crossover",
                       .help = "below an octave under it are the lows",
                       .unit = QM_UNIT_HZ,
                       .min = 50,
                       .max = 1000,
                       .def = 250},
    [HIGH_CROSSOVER] = {.name = "high-crossover",
                        .help = "above an octave over it are the highs",
                        .unit = QM_UNIT_HZ,
                        .min = 1000,
                        .max = 16000,
                        .def = 3000},
    [SIZE] = {.name = "size",
              .help = "of the room, from a closet to a cathedral",
              .min = 0,
              .max = 1,
              .def = 0.6,
              .flags = QM_PARAM_STRUCTURAL},
    [PREDELAY] = {.name = "predelay",
                  .help = "time before the first reflection",
                  .unit = QM_UNIT_MS,
                  .min = 0,
                  .max = MAX_PREDELAY_MS,
                  .def = 0,
                  .flags = QM_PARAM_STEPPED},
    [DIFFUSION] = {.name = "diffusion",
                   .help = "how soon echoes become dense",
                   .min = 0,
                   .max = 1,
                   .def = 0.85},
    [MODULATION] = {.name = "modulation",
                    .help = "slow movement inside the room",
                    .min = 0,
                    .max = 1,
                    .def = 0.5},
    [WIDTH] = {.name = "width",
               .help = "of the wet stereo image, 0: mono",
               .min = 0,
               .max = 2,
               .def = 1},
    [MIX] = {.name = "mix",
             .help = "0: dry, 1: reverb alone",
             .min = 0,
             .max = 1,
             .def = 0.3},
};

enum { STAGES = 6 };

/* All-pass lengths at size 0.5, left and right, and their gains at diffusion 1. */
static const double stage_ms[2][STAGES] = {{2.51, 8.03, 4.27, 1.93, 6.11, 3.31},
                                           {2.27, 7.39, 4.67, 1.79, 5.59, 3.01}};
static const double stage_gain[STAGES] = {0.72, 0.72, 0.7, 0.7, 0.65, 0.65};

/* Which line has the how-many-th length. Both sides have short and long ones alike; among
 * such orders this is one whose late spectrum is even, found by trying many, together
 * with the signs of dsp/fdn.h: an unlucky order rings twice as unevenly. */
static const uint8_t rank_of[QM_FDN_LINES] = {5,  4, 3,  11, 0,  1, 9, 13,
                                              10, 7, 15, 8,  12, 2, 6, 14};
/* Lengths as parts of the longest. */
static const double spread[QM_FDN_LINES] = {0.13, 0.17,  0.215, 0.26, 0.31, 0.365,
                                            0.42, 0.475, 0.53,  0.59, 0.65, 0.715,
                                            0.78, 0.85,  0.925, 1.0};
static const double speed_hz[QM_FDN_MOVING] = {0.37, 0.83, 0.53, 0.71};
static const double depth_s = 0.00028; /* to either side at modulation 1 */

enum {
    C_FDN = 0,
    C_STAGE = QM_FDN_COEFFS,
    C_DRY = C_STAGE + STAGES,
    C_SAME,  /* wet to its own side */
    C_CROSS, /* wet to the other */
    C_PREDELAY,
    N_COEFFS,
};

static uint32_t n_coeffs(const QmProcSpec *spec)
{
    (void)spec;
    return N_COEFFS;
}

/* ---- lengths ---- */

/* Of an odd number from 3 on. */
static bool is_prime(uint32_t n)
{
    for (uint32_t d = 3; d * d <= n; d += 2)
        if (n % d == 0)
            return false;
    return true;
}

/* The first prime from `frames` on, if that is no shorter than `least`. */
static uint32_t prime(double frames, uint32_t least)
{
    uint32_t n = (uint32_t)frames;
    n = n < least ? least : n;
    n |= 1;
    while (!is_prime(n))
        n += 2;
    return n;
}

static void line_lengths(const QmProcSpec *spec, uint32_t delay[QM_FDN_LINES])
{
    const double longest = 0.035 * qm_exp2(2.1 * spec->params[SIZE]) * spec->rate_hz;
    uint32_t sorted[QM_FDN_LINES], least = QM_FDN_SHORTEST;
    for (uint32_t r = 0; r < QM_FDN_LINES; r++) {
        sorted[r] = prime(longest * spread[r], least);
        least = sorted[r] + 1;
    }
    for (uint32_t k = 0; k < QM_FDN_LINES; k++)
        delay[k] = sorted[rank_of[k]];
}

static uint32_t stage_length(const QmProcSpec *spec, uint32_t side, uint32_t stage)
{
    const double ms = stage_ms[side][stage] * (0.5 + spec->params[SIZE]);
    return prime(ms * 1e-3 * spec->rate_hz, QM_FDN_SHORTEST + 8 * stage + 4 * side);
}

/* ---- coeffs ---- */

/* The power that a first-order shelf lets through at u = tan(pi f / rate) / tan(pi
 * crossover / rate): its gain is 1 at u = 0, `gain` at infinity, sqrt(gain) at u = 1. */
static double shelf_power(double gain, double u)
{
    return gain * (1 + u * u * gain) / (gain + u * u);
}

/* The gain of the shelf that lets `power` through at u > 1. Between -80 dB, or a float
 * could not tell its pole from one, and 40 dB, or it would ring on by itself. */
static double shelf_through(double power, double u)
{
    const double v = u * u, less = 1 - power;
    const double root = qm_sqrt(less * less + 4 * v * v * power);
    const double gain =
        less > 0 ? 2 * power * v / (less + root) : (root - less) / (2 * v);
    return gain < 1e-4 ? 1e-4 : gain > 1e2 ? 1e2 : gain;
}

/* The three frequencies at which decay is exact, and how far they are from the
 * crossovers. */
typedef struct Bands {
    double low, high;                           /* tan(pi crossover / rate) */
    double low_at_low, low_at_mid, low_at_high; /* u, for the low shelf upside down */
    double high_at_low, high_at_mid, high_at_high;
} Bands;

static Bands find_bands(const double *p, double rate_hz)
{
    const double most = 0.45 * rate_hz;
    const double low = p[LOW_CROSSOVER] < most / 4 ? p[LOW_CROSSOVER] : most / 4;
    const double high = p[HIGH_CROSSOVER] < most / 2 ? p[HIGH_CROSSOVER] : most / 2;
    const double at_low = qm_tan(QM_PI * low / 2 / rate_hz);
    const double at_mid = qm_tan(QM_PI * qm_sqrt(low * high) / rate_hz);
    const double at_high = qm_tan(QM_PI * high * 2 / rate_hz);
    Bands b = {.low = qm_tan(QM_PI * low / rate_hz),
               .high = qm_tan(QM_PI * high / rate_hz)};
    b.low_at_low = b.low / at_low;
    b.low_at_mid = b.low / at_mid;
    b.low_at_high = b.low / at_high;
    b.high_at_low = at_low / b.high;
    b.high_at_mid = at_mid / b.high;
    b.high_at_high = at_high / b.high;
    return b;
}

typedef struct Absorption {
    double mid, low, high; /* gain of a line; of its shelves */
} Absorption;

static double least(double a, double b) { return a < b ? a : b; }

/* What a line takes whose pass lasts `pass` seconds. Shelves that would have to be too
 * steep are held back, so that nothing, wherever in the spectrum, lasts more than twice
 * as long as what was asked for its band: the line's gain is at most mid * max(1, low).
 */
static Absorption absorb(const double *p, const Bands *b, double pass)
{
    const double fall = -6.907755278982137 * pass / p[DECAY]; /* ln 10^-3 */
    const double low = qm_exp(2 * fall / p[LOW_DECAY]), mid = qm_exp(2 * fall);
    const double high = qm_exp(2 * fall / (1 - 0.9 * p[DAMPING]));
    const double most_mid = qm_exp(fall), most_low = qm_exp(fall / (2 * p[LOW_DECAY]));
    double power = mid; /* of the gain without shelves */
    Absorption a = {.low = 1, .high = 1};
    for (int i = 0; i < 4; i++) {
        const double at_high = power * shelf_power(a.low, b->low_at_high);
        a.high = least(1, shelf_through(high / at_high, b->high_at_high));
        const double at_low = power * shelf_power(a.high, b->high_at_low);
        a.low = shelf_through(low / at_low, b->low_at_low);
        const double shelves =
            shelf_power(a.low, b->low_at_mid) * shelf_power(a.high, b->high_at_mid);
        power = least(most_mid, mid / shelves);
    }
    a.mid = qm_sqrt(power);
    a.low = least(most_low / a.mid, a.low);
    return a;
}

/* scale (b0 + b1 z) / (a0 + a1 z) */
static void shelf(float *coeffs, double scale, double b0, double b1, double a0, double a1)
{
    coeffs[0] = (float)(scale * b0 / a0);
    coeffs[QM_FDN_LINES] = (float)(scale * (b1 - a1 / a0 * b0) / a0);
    coeffs[2 * QM_FDN_LINES] = (float)(a1 / a0);
}

static void design_lines(const QmProcSpec *spec, const double *p,
                         const uint32_t delay[QM_FDN_LINES], float *coeffs)
{
    const Bands b = find_bands(p, spec->rate_hz);
    for (uint32_t k = 0; k < QM_FDN_LINES; k++) {
        const Absorption a = absorb(p, &b, delay[k] / spec->rate_hz);
        const double l = qm_sqrt(a.low), h = qm_sqrt(a.high);
        /* (s + low l) / (s + low / l), times the loop's 1/4 and the mid gain */
        shelf(coeffs + QM_FDN_LOW + k, 0.25 * a.mid, 1 + b.low * l, b.low * l - 1,
              1 + b.low / l, b.low / l - 1);
        /* (1 + s h / high) / (1 + s / (h high)) */
        const double zero = h / b.high, pole = 1 / (h * b.high);
        shelf(coeffs + QM_FDN_HIGH + k, 1, 1 + zero, 1 - zero, 1 + pole, 1 - pole);
    }
}

/* What makes wet as loud as dry. The lines' outputs are quarters (above). */
static double wet_gain(const QmProcSpec *spec, const double *p,
                       const uint32_t delay[QM_FDN_LINES])
{
    double sum = 0;
    for (uint32_t k = 0; k < QM_FDN_LINES; k++)
        sum += qm_exp(-2 * 6.907755278982137 * delay[k] / (spec->rate_hz * p[DECAY]));
    return 4 * qm_sqrt(2 * (1 - sum / 16) / sum);
}

static void update(const QmProcSpec *spec, const double *p, float *coeffs)
{
    uint32_t delay[QM_FDN_LINES];
    line_lengths(spec, delay);
    design_lines(spec, p, delay, coeffs);
    coeffs[QM_FDN_DEPTH] = (float)(p[MODULATION] * depth_s * spec->rate_hz);
    for (uint32_t s = 0; s < STAGES; s++)
        coeffs[C_STAGE + s] = (float)(p[DIFFUSION] * stage_gain[s]);
    const double dry = p[MIX] < 1 ? qm_cos_turns(0.25 * p[MIX]) : 0;
    const double wet = qm_sin_turns(0.25 * p[MIX]) * wet_gain(spec, p, delay);
    coeffs[C_DRY] = (float)dry;
    coeffs[C_SAME] = (float)(0.5 * wet * (1 + p[WIDTH]));
    coeffs[C_CROSS] = (float)(0.5 * wet * (1 - p[WIDTH]));
    coeffs[C_PREDELAY] = (float)(uint32_t)(p[PREDELAY] * 1e-3 * spec->rate_hz + 0.5);
}

static uint64_t tail(const QmProcSpec *spec, const double *p)
{
    const double slowest = p[DECAY] * (p[LOW_DECAY] > 1 ? 2 * p[LOW_DECAY] : 2);
    const double seconds = p[PREDELAY] * 1e-3 + 2 * slowest + 0.5;
    return (uint64_t)(seconds * spec->rate_hz);
}

/* ---- state ---- */

typedef struct State {
    QmFdn fdn;
    QmRing predelay;
    QmRing stage; /* of every all-pass */
    QmTap tap;
    uint32_t length[2][STAGES];
    uint32_t fade;                                /* frames of a change of predelay */
    uint32_t predelay_at[2], stage_at[2][STAGES]; /* first floats in the items */
    bool running; /* a frame has been computed: predelay changes by a fade from now on */
    _Alignas(64) float items[]; /* the network's lines first */
} State;

/* A state without its items but with their places; gives the size of both. */
static size_t lay_out(const QmProcSpec *spec, State *s)
{
    uint32_t delay[QM_FDN_LINES];
    line_lengths(spec, delay);
    memset(s, 0, sizeof *s);
    size_t used = qm_fdn_init(&s->fdn, delay, speed_hz, spec->rate_hz);
    s->fade = (uint32_t)(FADE_MS * 1e-3 * spec->rate_hz);
    s->predelay =
        qm_ring((uint32_t)(MAX_PREDELAY_MS * 1e-3 * spec->rate_hz + 1) + QM_QUANTUM);
    uint32_t longest = 0;
    for (uint32_t side = 0; side < 2; side++)
        for (uint32_t k = 0; k < STAGES; k++) {
            const uint32_t length = stage_length(spec, side, k);
            s->length[side][k] = length;
            longest = length > longest ? length : longest;
        }
    s->stage = qm_ring(longest);
    for (uint32_t side = 0; side < 2; side++) {
        s->predelay_at[side] = (uint32_t)used;
        used += qm_ring_items(&s->predelay);
        for (uint32_t k = 0; k < STAGES; k++) {
            s->stage_at[side][k] = (uint32_t)used;
            used += qm_ring_items(&s->stage);
        }
    }
    return sizeof *s + used * sizeof(float);
}

static size_t state_size(const QmProcSpec *spec)
{
    State s;
    return lay_out(spec, &s);
}

static void reset(const QmProcSpec *spec, void *state) { lay_out(spec, state); }

/* ---- process ---- */

static void predelay(State *s, const float in[2][QM_BLOCK_ROOM], uint32_t wanted,
                     uint32_t n, float out[2][QM_BLOCK_ROOM])
{
    if (!s->running)
        s->tap.now = s->tap.next = wanted;
    s->running = true;
    QmRing ring = s->predelay;
    qm_ring_write(&ring, s->items + s->predelay_at[0], in[0], n);
    qm_ring_write(&s->predelay, s->items + s->predelay_at[1], in[1], n);
    for (uint32_t done = 0, span; done < n; done += span) {
        qm_tap_aim(&s->tap, wanted);
        span = qm_tap_span(&s->tap, s->fade, n - done);
        for (uint32_t side = 0; side < 2; side++)
            qm_tap_read(&s->tap, s->fade, &s->predelay, s->items + s->predelay_at[side],
                        n - done, span, out[side] + done);
        qm_tap_pass(&s->tap, s->fade, span);
    }
}

/* Both sides through their all-passes, one after the other in each tile. */
QM_INLINE void diffuse(State *s, const QmCoeffBlock gain[STAGES], float *const io[2],
                       uint32_t n, bool quiet)
{
    const float *past[2][STAGES];
    float *fresh[2][STAGES];
    for (uint32_t side = 0; side < 2; side++)
        for (uint32_t k = 0; k < STAGES; k++) {
            float *const items = s->items + s->stage_at[side][k];
            past[side][k] = items + qm_ring_back(&s->stage, s->length[side][k]);
            fresh[side][k] = items + s->stage.at;
        }
    for (uint32_t i = 0; i < n; i += QM_LANES) {
        QmVec x[2] = {qm_vec_load(io[0] + i), qm_vec_load(io[1] + i)};
        for (uint32_t k = 0; k < STAGES; k++) {
            const QmVec g = qm_coeff_at(&gain[k], i);
            for (uint32_t side = 0; side < 2; side++) {
                const QmVec d = qm_vec_load(past[side][k] + i), sum = x[side] + g * d;
                const QmVec w = quiet ? qm_vec_flush(sum) : sum;
                qm_vec_store(fresh[side][k] + i, w);
                x[side] = d - g * w;
            }
        }
        qm_vec_store(io[0] + i, x[0]);
        qm_vec_store(io[1] + i, x[1]);
    }
    QmRing ring = s->stage;
    for (uint32_t k = 0; k < 2 * STAGES; k++) {
        ring = s->stage;
        qm_ring_written(&ring, s->items + s->stage_at[k % 2][k / 2], sizeof(float), n);
    }
    s->stage = ring;
}

/* gain: of dry, of wet to its own side, of wet to the other. */
static void mix(const QmCoeffBlock gain[3], const float dry[2][QM_BLOCK_ROOM],
                float wet[2][QM_BLOCK_ROOM], uint32_t n)
{
    for (uint32_t i = 0; i < n; i += QM_LANES) {
        const QmVec g = qm_coeff_at(&gain[0], i);
        const QmVec same = qm_coeff_at(&gain[1], i), cross = qm_coeff_at(&gain[2], i);
        const QmVec l = qm_vec_load(wet[0] + i), r = qm_vec_load(wet[1] + i);
        qm_vec_store(wet[0] + i, g * qm_vec_load(dry[0] + i) + same * l + cross * r);
        qm_vec_store(wet[1] + i, g * qm_vec_load(dry[1] + i) + same * r + cross * l);
    }
}

/* n frames within a cell of the network's movement. */
static void block(State *s, float *c, const float *step, uint32_t n, float *const io[2])
{
    QmCoeffBlock g[STAGES];
    float dry[2][QM_BLOCK_ROOM], wet[2][QM_BLOCK_ROOM];
    float *const sides[2] = {wet[0], wet[1]};
    for (uint32_t side = 0; side < 2; side++)
        qm_block_read(io[side], n, dry[side]);
    if (step)
        c[C_PREDELAY] += (float)n * step[C_PREDELAY]; /* n is 1 if that is not 0 */
    predelay(s, (const float(*)[QM_BLOCK_ROOM])dry, (uint32_t)c[C_PREDELAY], n, wet);
    qm_fdn_begin(&s->fdn, c + C_FDN);
    for (uint32_t k = 0; k < STAGES; k++)
        qm_coeff_block(c, step, C_STAGE + k, n, &g[k]);
    if (s->fdn.quiet)
        diffuse(s, g, sides, n, true);
    else
        diffuse(s, g, sides, n, false);
    qm_fdn_block(&s->fdn, s->items, c + C_FDN, step ? step + C_FDN : NULL, n, sides);
    for (uint32_t k = 0; k < 3; k++)
        qm_coeff_block(c, step, C_DRY + k, n, &g[k]);
    mix(g, (const float(*)[QM_BLOCK_ROOM])dry, wet, n);
    for (uint32_t side = 0; side < 2; side++)
        qm_block_give(wet[side], n, io[side]);
}

static void process_strip(const QmStripCall *call)
{
    State *const s = call->state;
    const bool moving = call->step && call->step[C_PREDELAY] != 0;
    for (uint32_t done = 0, n; done < call->n; done += n) {
        n = moving ? 1 : qm_fdn_span(&s->fdn, call->n - done);
        block(s, call->coeffs, call->step, n,
              (float *const[]){call->left + done, call->right + done});
        if (call->step) /* read on the first frame of a cell, so advanced after it */
            for (uint32_t i = 0; i < n; i++)
                call->coeffs[QM_FDN_DEPTH] += call->step[QM_FDN_DEPTH];
    }
    if (call->on_grid)
        qm_fdn_flush(&s->fdn);
}

const QmProcDesc QM_ISA(qm_proc_reverb) = {
    .name = "reverb",
    .summary = "room, hall or plate with decay in three bands",
    .params = params,
    .n_params = QM_COUNT(params),
    .n_coeffs = n_coeffs,
    .update = update,
    .state_size = state_size,
    .tail = tail,
    .reset = reset,
    .process_strip = process_strip,
};
