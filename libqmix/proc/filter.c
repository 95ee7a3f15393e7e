/* Filter: a cutoff that moves, by hand, with a swing, or with the level.
 *
 *     cutoff = freq * 2^(depth / 2 * lfo + env * level),  10 Hz to 0.49 of the rate
 *
 * computed in every frame, in octaves, so that automation and swings leave no steps. The
 * swing's phase is a function of the song position (proc/swing.h). The level is that of
 * the louder channel of the input, or of the key, 1 at full scale, with times up and
 * down.
 *
 * Two models.
 *
 *   svf      state variable (dsp/svf.h): 12 dB, k = 2 (1 - resonance), at least 0.02 (29
 *            %: Butterworth); or 24 dB with a second section of k = 1.848 (62 %:
 *            Butterworth of the fourth order). Linear: it has no drive.
 *   ladder   dsp/ladder.h, k = 4 resonance: 100 % is the brink of self-oscillation. High-
 *            and band-pass and notch are sums of its taps (Oberheim's way: binomials of
 *            the one-poles). Drive turns up what enters the curve and turns down what
 *            leaves by half as many dB; at 0 dB full scale comes to half the curve's
 *            bound. It runs at eight times the rate (four above 72 kHz, twice above
 *            144 kHz; dsp/oversample.h), dry share and all.
 *
 * Latency: the oversampling's with the ladder, else none. Tail: the ringing at the lowest
 * cutoff; a ladder that oscillates has no end. Sources: Zavalishin (2018); T. Stilson and
 * J. Smith, "Analyzing the Moog VCF" (1996). */
#include "base/qmath.h"
#include "dsp/cutoff.h"
#include "dsp/ladder.h"
#include "dsp/oversample.h"
#include "dsp/svf.h"
#include "proc/swing.h"

enum { MODEL, TYPE, SLOPE, FREQ, RESONANCE, DRIVE, MIX };
enum { RATE = MIX + 1, SYNC, SHAPE, PHASE, STEREO, DEPTH, ENV, ATTACK, RELEASE };
enum { SVF, LADDER };
enum { LOW_PASS, HIGH_PASS, BAND_PASS, NOTCH };
enum { DB_12, DB_24 };

#define LOWEST_HZ 10.0
#define HIGHEST   0.49  /* of the rate */
#define LEAST_K   0.02  /* Q 50 */
#define SECOND_K  1.848 /* of the fourth-order Butterworth's two sections, the flat one */
#define HEADROOM  0.5   /* what full scale is to the curve without drive */
#define FOR_EVER  (UINT64_C(1) << 40)

static const char *const model_names[] = {[SVF] = "svf", [LADDER] = "ladder", NULL};
static const char *const type_names[] = {[LOW_PASS] = "low-pass",
                                         [HIGH_PASS] = "high-pass",
                                         [BAND_PASS] = "band-pass",
                                         [NOTCH] = "notch",
                                         NULL};
static const char *const slope_names[] = {[DB_12] = "12", [DB_24] = "24", NULL};

static const QmParam params[] = {
    [MODEL] = {.name = "model",
               .help = "svf: clean; ladder: four one-poles around a curve",
               .kind = QM_PARAM_CHOICE,
               .max = LADDER,
               .choices = model_names,
               .flags = QM_PARAM_STRUCTURAL},
    [TYPE] = {.name = "type",
              .help = "what passes",
              .kind = QM_PARAM_CHOICE,
              .max = NOTCH,
              .choices = type_names},
    [SLOPE] = {.name = "slope",
               .help = "dB an octave",
               .kind = QM_PARAM_CHOICE,
               .max = DB_24,
               .choices = slope_names},
    [FREQ] = {.name = "freq",
              .help = "cutoff or centre frequency",
              .unit = QM_UNIT_HZ,
              .min = 20,
              .max = 20000,
              .def = 1000},
    [RESONANCE] = {.name = "resonance",
                   .help = "at the cutoff; the ladder oscillates above 100",
                   .unit = QM_UNIT_PERCENT,
                   .min = 0,
                   .max = 110,
                   .def = 29},
    [DRIVE] = {.name = "drive",
               .help = "into the ladder's curve",
               .unit = QM_UNIT_DB,
               .min = 0,
               .max = 24,
               .def = 0},
    [MIX] = {.name = "mix",
             .help = "share of what is filtered",
             .unit = QM_UNIT_PERCENT,
             .min = 0,
             .max = 100,
             .def = 100},
    [RATE] = QM_SWING_RATE(0.5),
    [SYNC] = QM_SWING_SYNC,
    [SHAPE] = QM_SWING_SHAPE,
    [PHASE] = QM_SWING_PHASE,
    [STEREO] = QM_SWING_STEREO(0),
    [DEPTH] = {.name = "depth",
               .help = "octaves from the lowest to the highest cutoff of the swing",
               .max = 10,
               .def = 0},
    [ENV] = {.name = "env",
             .help = "octaves by which a level of full scale moves the cutoff",
             .min = -10,
             .max = 10,
             .def = 0},
    [ATTACK] = {.name = "attack",
                .help = "time in which the level rises 63 %",
                .unit = QM_UNIT_MS,
                .min = 0.1,
                .max = 500,
                .def = 5},
    [RELEASE] = {.name = "release",
                 .help = "time in which the level falls 63 %",
                 .unit = QM_UNIT_MS,
                 .min = 1,
                 .max = 5000,
                 .def = 100},
};

enum {
    C_FREQ, /* log2 of freq / rate */
    C_LOWEST,
    C_HIGHEST,
    C_DEPTH,
    C_ENV,
    C_ATTACK,
    C_RELEASE,
    N_MOVE,
    C_RATE = N_MOVE, /* stands, or jumps */
    C_MIX,
    C_K,
    C_MODEL,
    /* svf: weights of high, band and low, share of the second section */
    C_HIGH = C_MODEL,
    C_BAND,
    C_LOW,
    C_SECOND,
    N_SVF,
    /* ladder */
    C_IN = C_MODEL,
    C_TAPS,
    N_LADDER = C_TAPS + QM_LADDER_TAPS,
    N_COEFFS = N_LADDER, /* the svf leaves some at 0 */
};

typedef struct State {
    QmCycle cycles[QM_GANG];
    QmVec level;
    union {
        QmSvf sections[2];
        struct {
            QmLadder ladder;
            QmOversampler oversampler;
        };
    };
} State;

static bool is_ladder(const QmProcSpec *spec) { return spec->params[MODEL] > 0.5; }

static uint32_t factor_of(const QmProcSpec *spec)
{
    if (!is_ladder(spec))
        return 1;
    return spec->rate_hz > 144000 ? 2 : spec->rate_hz > 72000 ? 4 : 8;
}

static uint32_t latency(const QmProcSpec *spec)
{
    return qm_oversample_latency(factor_of(spec));
}

static double svf_k(const double *p)
{
    const double k = 2 - p[RESONANCE] / 50;
    return k > LEAST_K ? k : LEAST_K;
}

static void update_svf(const double *p, float *c)
{
    const int type = (int)p[TYPE];
    c[C_K] = (float)svf_k(p);
    c[C_HIGH] = type == HIGH_PASS || type == NOTCH;
    c[C_BAND] = type == BAND_PASS;
    c[C_LOW] = type == LOW_PASS || type == NOTCH;
    c[C_SECOND] = (int)p[SLOPE] == DB_24;
}

/* With y1 = u / (1 + s): binomials of 1 - y and y. */
static void update_ladder(const double *p, float *c)
{
    static const float taps[][2][QM_LADDER_TAPS] = {
        [LOW_PASS] = {{0, 0, 1}, {0, 0, 0, 0, 1}},
        [HIGH_PASS] = {{1, -2, 1}, {1, -4, 6, -4, 1}},
        [BAND_PASS] = {{0, 2, -2}, {0, 0, 4, -8, 4}},
        [NOTCH] = {{1, -2, 2}, {1, -4, 8, -8, 4}},
    };
    const double out = qm_db_to_gain(-p[DRIVE] / 2) / HEADROOM;
    const float *const tap = taps[(uint32_t)p[TYPE]][(uint32_t)p[SLOPE]];
    c[C_K] = (float)(p[RESONANCE] / 25);
    c[C_IN] = (float)(HEADROOM * qm_db_to_gain(p[DRIVE]));
    for (uint32_t k = 0; k < QM_LADDER_TAPS; k++)
        c[C_TAPS + k] = (float)(out * (double)tap[k]);
}

static void update(const QmProcSpec *spec, const double *p, float *c)
{
    const double fast = spec->rate_hz * factor_of(spec);
    c[C_FREQ] = (float)qm_log2(p[FREQ] / fast);
    c[C_LOWEST] = (float)qm_log2(LOWEST_HZ / fast);
    c[C_HIGHEST] = (float)qm_log2(HIGHEST / factor_of(spec));
    c[C_DEPTH] = (float)(p[DEPTH] / 2);
    c[C_ENV] = (float)p[ENV];
    c[C_ATTACK] = (float)qm_one_pole(p[ATTACK] / 1000, spec->rate_hz);
    c[C_RELEASE] = (float)qm_one_pole(p[RELEASE] / 1000, spec->rate_hz);
    c[C_RATE] = (float)(p[RATE] / spec->rate_hz);
    c[C_MIX] = (float)(p[MIX] / 100);
    memset(c + C_MODEL, 0, (N_COEFFS - C_MODEL) * sizeof *c);
    if (is_ladder(spec))
        update_ladder(p, c);
    else
        update_svf(p, c);
}

/* 20 time constants of the slowest poles: 120 dB and what a resonance adds. The ladder's
 * are where (1 + s)^4 = -k. */
static uint64_t tail(const QmProcSpec *spec, const double *p)
{
    const double down = p[DEPTH] / 2 + (p[ENV] < 0 ? -p[ENV] : 0);
    const double freq = p[FREQ] * qm_exp2(-down);
    const double lowest = freq > LOWEST_HZ ? freq : LOWEST_HZ;
    const double frames = spec->rate_hz / (2 * QM_PI * lowest);
    if (!is_ladder(spec)) {
        float c[QM_SVF_COEFFS];
        qm_svf_fold(qm_tan(QM_PI * qm_svf_freq(lowest, spec->rate_hz) / spec->rate_hz),
                    svf_k(p), 0, 0, 0, c);
        return (uint64_t)(20 * (qm_svf_frames(c) + 3 * frames));
    }
    const double damping = 1 - qm_sqrt(qm_sqrt(p[RESONANCE] / 25)) * 0.70710678118654752;
    if (damping < 1e-6)
        return FOR_EVER;
    return (uint64_t)(20 * frames / damping) + 2 * latency(spec);
}

/* ---- the cutoff ---- */

/* Levels of the louder channel. */
QM_INLINE QmVec follow(QmVec *level, const QmVec *c, QmVec x)
{
    const QmVec now = qm_vec_max(qm_vec_abs(x), qm_vec_abs(qm_vec_swap(x)));
    const QmVec pace = qm_vec_select(qm_vec_less(*level, now), c[C_ATTACK], c[C_RELEASE]);
    *level += pace * (now - *level);
    return *level;
}

/* Leaves the sines in what holds the swing. */
QM_INLINE void move(const QmProcCall *call, bool ramp, QmVec *swing, QmVec *cosines)
{
    State *const s = call->state;
    QmVec *const c = call->coeffs, level = s->level;
    const QmVec *const in = call->key ? call->key : call->io;
    for (uint32_t i = 0; i < call->n; i++) {
        if (ramp)
            qm_coeffs_advance(c, call->step, 0, N_MOVE);
        const QmVec octaves =
            c[C_FREQ] + c[C_DEPTH] * swing[i] + c[C_ENV] * follow(&level, c, in[i]);
        swing[i] = qm_vec_max(qm_vec_min(octaves, c[C_HIGHEST]), c[C_LOWEST]);
    }
    s->level = call->on_grid ? qm_vec_flush(level) : level;
    swing[call->n] = qm_vec(0);
    for (uint32_t i = 0; i < call->n; i += 2)
        qm_cutoffs(swing + i, cosines + i);
}

/* ---- the models ---- */

/* One frame of a section whose cutoff moves. */
QM_INLINE QmVec section(QmSvf *s, const QmVec *c, QmVec k, QmVec sine, QmVec cosine,
                        QmVec x)
{
    const QmVec half = qm_vec(0.5f), both = sine * cosine, square = sine * sine;
    const QmVec scale = qm_vec(2) / (qm_vec(1) + k * both), q = both * scale;
    const QmVec ic1 = s->base1 + s->rest1, ic2 = s->base2 + s->rest2, v3 = x - ic2;
    const QmVec d1 = q * v3 - (square + k * both) * scale * ic1;
    const QmVec d2 = q * ic1 + square * scale * v3;
    s->rest1 += d1;
    s->rest2 += d2;
    const QmVec band = k * (ic1 + half * d1), low = ic2 + half * d2,
                high = x - band - low;
    return c[C_HIGH] * high + c[C_BAND] * band + c[C_LOW] * low;
}

QM_INLINE void run_svf(const QmProcCall *call, bool ramp, const QmVec *sines,
                       const QmVec *cosines)
{
    State *const state = call->state;
    QmVec *const c = call->coeffs;
    QmSvf first = state->sections[0], second = state->sections[1];
    for (uint32_t i = 0; i < call->n; i++) {
        if (ramp)
            qm_coeffs_advance(c, call->step, N_MOVE, N_SVF);
        const QmVec x = call->io[i], k2 = qm_vec((float)SECOND_K);
        const QmVec y1 = section(&first, c, c[C_K], sines[i], cosines[i], x);
        const QmVec y2 = section(&second, c, k2, sines[i], cosines[i], y1);
        call->io[i] = x + c[C_MIX] * (y1 + c[C_SECOND] * (y2 - y1) - x);
        if ((call->time.since_grid + i + 1) % QM_SVF_SETTLE == 0) {
            qm_svf_settle(&first);
            qm_svf_settle(&second);
        }
    }
    if (call->on_grid) {
        qm_svf_flush(&first);
        qm_svf_flush(&second);
    }
    state->sections[0] = first;
    state->sections[1] = second;
}

QM_INLINE QmVec ladder_frame(QmLadder *l, const QmLadderCoeffs *moved, const QmVec *c,
                             QmVec x)
{
    QmVec taps[QM_LADDER_TAPS], y = {0};
    qm_ladder_tick(l, moved, c[C_IN] * x, taps);
    for (uint32_t k = 0; k < QM_LADDER_TAPS; k++)
        y += c[C_TAPS + k] * taps[k];
    return x + c[C_MIX] * (y - x);
}

QM_INLINE void run_ladder(const QmProcCall *call, bool ramp, const QmVec *sines,
                          const QmVec *cosines)
{
    State *const state = call->state;
    QmVec *const c = call->coeffs, fast[QM_OVERSAMPLE_MAX * QM_QUANTUM];
    const uint32_t factor = factor_of(call->spec);
    QmLadder ladder = state->ladder;
    qm_oversample_up(&state->oversampler, factor, call->io, call->n, fast);
    for (uint32_t i = 0; i < call->n; i++) {
        if (ramp)
            qm_coeffs_advance(c, call->step, N_MOVE, N_LADDER);
        const QmLadderCoeffs moved = qm_ladder_coeffs(sines[i], cosines[i], c[C_K]);
        for (uint32_t j = i * factor; j < (i + 1) * factor; j++)
            fast[j] = ladder_frame(&ladder, &moved, c, fast[j]);
    }
    qm_oversample_down(&state->oversampler, factor, fast, call->n, call->io);
    if (call->on_grid)
        qm_ladder_flush(&ladder);
    state->ladder = ladder;
}

QM_INLINE void run(const QmProcCall *call, bool ramp)
{
    State *const s = call->state;
    const double *const p = call->spec->params;
    const QmSwing swing = qm_swing(p[SYNC], p[SHAPE], p[PHASE], p[STEREO]);
    QmVec sines[QM_QUANTUM + 1], cosines[QM_QUANTUM + 1];
    qm_swing_lanes(&swing, s->cycles, call, call->coeffs[C_RATE], sines);
    move(call, ramp, sines, cosines);
    if (is_ladder(call->spec))
        run_ladder(call, ramp, sines, cosines);
    else
        run_svf(call, ramp, sines, cosines);
}

static void process(const QmProcCall *call)
{
    if (call->step)
        run(call, true);
    else
        run(call, false);
}

const QmProcDesc QM_ISA(qm_proc_filter) = {
    .name = "filter",
    .summary = "a cutoff that moves: state variable or ladder, lfo, envelope",
    .params = params,
    .n_params = QM_COUNT(params),
    .flags = QM_PROC_TIMED | QM_PROC_KEYED | QM_PROC_RINGS,
    .n_coeffs = N_COEFFS,
    .update = update,
    .state_size = sizeof(State),
    .latency = latency,
    .tail = tail,
    .process = process,
};
