/* Multiband compressor: up to five bands, each with a compressor of its own.
 *
 *   split   crossovers of fourth order with compensated phase (dsp/crossover.h); their
 *           sum is the input through all-passes
 *   power   of a band's pair of channels: peak: the louder channel's square; rms: the
 *           mean of both, averaged with a time constant of RMS_MS
 *   level, curve, smooth   as the compressor's: L = log2(power) / 2 against a threshold
 *           with a knee (dsp/envelope.h), then e += (target < e ? attack : release) *
 *           (target - e)
 *   output  sum of  band * heard * (1 - mix + mix * gain * 2^e)
 *
 * The dry share is that of the bands, which have the phase of the wet one: nothing combs.
 * Where nothing is reduced the whole is an all-pass, whatever the mix. No latency; the
 * tail is the crossovers' ringing.
 *
 * A band reaches up to its `upto`, but never ends below the band before: a crossover that
 * is moved beyond the next pushes that along, and between equal ones a narrow remainder
 * is left. The last band has no upper end.
 *
 * Speed. A detector has one level for both channels, so two bands share a row: the level
 * of the first of them is in the left lanes, that of the second in the right.
 *
 * Sources: see dsp/crossover.h; for curve and smoothing Giannoulis, Massberg and Reiss,
 * "Digital dynamic range compressor design", JAES 60 (2012). */
#include "dsp/crossover.h"
#include "dsp/envelope.h"

#include "base/qmath.h"
#include "proc/proc.h"

enum { DETECTOR, MIX, N_PARAMS };
enum { UPTO, THRESHOLD, RATIO, ATTACK, RELEASE, KNEE, GAIN, ON, BYPASS, SOLO, N_BAND };
enum { PEAK, RMS };
enum { MAX_PAIRS = (QM_MAX_BANDS + 1) / 2 };

#define RMS_MS    5.0
#define LOWEST_HZ 20.0

static const char *const detector_names[] = {[PEAK] = "peak", [RMS] = "rms", NULL};

static const QmParam params[] = {
    [DETECTOR] = {.name = "detector",
                  .help = "what the levels are taken from",
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

static const QmParam band[] = {
    [UPTO] = {.name = "upto",
              .help =
                  "upper end of the band, 0: as suits their number; none for the last",
              .unit = QM_UNIT_HZ,
              .min = 0,
              .max = 20000,
              .def = 0},
    [THRESHOLD] = {.name = "threshold",
                   .help = "level of the band above which it compresses",
                   .unit = QM_UNIT_DB,
                   .min = -80,
                   .max = 0,
                   .def = -18},
    [RATIO] = {.name = "ratio",
               .help = "input over output, in dB above the threshold",
               .unit = QM_UNIT_RATIO,
               .min = 1,
               .max = 100,
               .def = 3},
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
    [GAIN] = {.name = "gain",
              .help = "gain of the compressed band",
              .unit = QM_UNIT_DB,
              .min = -24,
              .max = 24,
              .def = 0},
    [ON] = {.name = "on",
            .help = "whether the band is heard",
            .kind = QM_PARAM_SWITCH,
            .max = 1,
            .def = 1},
    [BYPASS] = {.name = "bypass",
                .help = "the band is heard as it came",
                .kind = QM_PARAM_SWITCH,
                .max = 1},
    [SOLO] = {.name = "solo",
              .help = "only bands with solo are heard",
              .kind = QM_PARAM_SWITCH,
              .max = 1},
};

/* Coeffs: the crossovers', these two, then each band's; in the order of the loops, each
 * of which advances its own. */
enum {
    C_MEAN = QM_MAX_BANDS - 1, /* 0 peak, 1 mean power */
    C_HOLD,                    /* of the power average; 0: none */
    C_BANDS,
};
enum {
    C_THRESHOLD,
    C_SLOPE,
    C_KNEE,
    N_BEND,
    C_ATTACK = N_BEND,
    C_RELEASE,
    N_SMOOTH,
    C_DRY = N_SMOOTH,
    C_WET,
    N_BAND_COEFFS,
};

typedef struct State {
    /* of two bands each: averaged power; e; the lowest e so far */
    QmVec power[MAX_PAIRS];
    QmFollower reduction[MAX_PAIRS];
    QmVec least[MAX_PAIRS];
    QmSvf sections[];
} State;

static size_t size_state(const QmProcSpec *spec)
{
    return sizeof(State) + qm_bands_sections(spec->n_groups) * sizeof(QmSvf);
}

/* Crossovers by number of bands. Five: two octaves each from 80 Hz, where a kick's
 * fundamental ends, to 5 kHz, where air begins. */
static const double usual[QM_MAX_BANDS + 1][QM_MAX_BANDS - 1] = {
    [2] = {800},
    [3] = {200, 2000},
    [4] = {100, 500, 3000},
    [5] = {80, 300, 1200, 5000},
};

/* The upper ends of all bands but the last; gives their number. */
static uint32_t upper_ends(const QmProcSpec *spec, const double *p,
                           double ends[QM_MAX_BANDS - 1])
{
    double least = LOWEST_HZ;
    uint32_t k = 0;
    for (; k + 1 < spec->n_groups; k++) {
        const double upto = p[N_PARAMS + k * N_BAND + UPTO];
        const double wanted = upto > 0 ? upto : usual[spec->n_groups][k];
        ends[k] = least = wanted > least ? wanted : least;
    }
    return k;
}

static void update_band(const QmProcSpec *spec, const double *p, double mix, bool heard,
                        float *c)
{
    const double wet = (double)(float)(mix / 100);
    c[C_THRESHOLD] = (float)(p[THRESHOLD] * QM_LOG2_PER_DB);
    c[C_SLOPE] = (float)(1 / p[RATIO] - 1);
    c[C_KNEE] = qm_knee_coeff(p[KNEE]);
    c[C_ATTACK] = (float)qm_one_pole(p[ATTACK] / 1000, spec->rate_hz);
    c[C_RELEASE] = (float)qm_one_pole(p[RELEASE] / 1000, spec->rate_hz);
    c[C_DRY] = (float)(1 - wet); /* with the wet share exactly 1, at no gain */
    c[C_WET] = (float)(wet * qm_db_to_gain(p[GAIN]));
    if (p[BYPASS] > 0.5) {
        c[C_DRY] = 1;
        c[C_WET] = 0;
    }
    if (!heard)
        c[C_DRY] = c[C_WET] = 0;
}

static void update(const QmProcSpec *spec, const double *p, float *c)
{
    const bool rms = (int)p[DETECTOR] == RMS;
    double ends[QM_MAX_BANDS - 1] = {0};
    const uint32_t n = upper_ends(spec, p, ends);
    for (uint32_t k = 0; k < QM_MAX_BANDS - 1; k++)
        c[k] = k < n ? qm_cross_coeff(ends[k], spec->rate_hz) : 0;
    c[C_MEAN] = rms;
    c[C_HOLD] = rms ? (float)(1 - qm_one_pole(RMS_MS / 1000, spec->rate_hz)) : 0;
    bool soloed = false;
    for (uint32_t b = 0; b < spec->n_groups; b++)
        soloed |= p[N_PARAMS + b * N_BAND + SOLO] > 0.5;
    for (uint32_t b = 0; b < spec->n_groups; b++) {
        const double *const row = p + N_PARAMS + b * N_BAND;
        const bool heard = row[ON] > 0.5 && (!soloed || row[SOLO] > 0.5);
        update_band(spec, row, p[MIX], heard, c + C_BANDS + b * N_BAND_COEFFS);
    }
}

/* In 20 time constants ringing falls by 173 dB: 120, and what gains and a release may
 * raise. */
static uint64_t tail(const QmProcSpec *spec, const double *p)
{
    double ends[QM_MAX_BANDS - 1], frames = 0;
    const uint32_t n = upper_ends(spec, p, ends);
    for (uint32_t k = 0; k < n; k++)
        frames += qm_cross_frames(ends[k], spec->rate_hz);
    return (uint64_t)(20 * frames);
}

/* ---- the loops ---- */

typedef struct Work {
    QmVec bands[QM_MAX_BANDS][QM_QUANTUM];
    QmVec level[MAX_PAIRS][QM_QUANTUM + 1];
} Work;

/* A processor's call and what is constant in it. */
typedef struct Loop {
    const QmProcCall *call;
    uint32_t pairs;      /* rows of two bands */
    bool ramp, averages; /* coeffs move; some strip's detector averages */
} Loop;

/* The second band of a row; the first again where the number is odd. */
QM_INLINE uint32_t partner(const Loop *loop, uint32_t pair)
{
    const uint32_t b = 2 * pair + 1;
    return b < loop->call->spec->n_groups ? b : b - 1;
}

/* Coeff k of both bands of a row. */
QM_INLINE QmVec both(const Loop *loop, uint32_t pair, uint32_t k)
{
    const QmVec *const c = loop->call->coeffs + C_BANDS + k;
    return qm_vec_pair(c[2 * pair * N_BAND_COEFFS],
                       c[partner(loop, pair) * N_BAND_COEFFS]);
}

/* The next frame of coeffs [from, to) of each band. */
QM_INLINE void advance(const Loop *loop, uint32_t from, uint32_t to)
{
    if (!loop->ramp)
        return;
    const uint32_t bands = loop->call->spec->n_groups;
    for (uint32_t b = 0; b < bands; b++)
        for (uint32_t k = from; k < to; k++) {
            const uint32_t at = C_BANDS + b * N_BAND_COEFFS + k;
            loop->call->coeffs[at] += loop->call->step[at];
        }
}

/* Held so far above nothing, -295 dB, that its square is no denormal. */
QM_INLINE QmVec audible(QmVec x) { return qm_vec_max(qm_vec_abs(x), qm_vec(0x1p-49f)); }

/* Squares of each band's channels, joined and averaged. */
QM_INLINE void measure(const Loop *loop, Work *w)
{
    State *const s = loop->call->state;
    QmVec *const c = loop->call->coeffs;
    QmVec power[MAX_PAIRS];
    memcpy(power, s->power, sizeof power);
    for (uint32_t i = 0; i < loop->call->n; i++) {
        if (loop->ramp)
            qm_coeffs_advance(c, loop->call->step, C_MEAN, C_BANDS);
        const QmVec mean = c[C_MEAN], hold = c[C_HOLD];
        for (uint32_t p = 0; p < loop->pairs; p++) {
            const QmVec x = audible(w->bands[2 * p][i]);
            const QmVec y = audible(w->bands[partner(loop, p)][i]);
            const QmVec own = qm_vec_pair(x * x, y * y);
            const QmVec other = qm_vec_swap(qm_vec_pair(y * y, x * x));
            const QmVec peak = qm_vec_max(own, other);
            QmVec now = peak + mean * ((own + other) * qm_vec(0.5f) - peak);
            if (loop->averages)
                now = qm_vec_select(qm_vec_less(qm_vec(0), hold),
                                    hold * power[p] + (now - hold * now), now);
            w->level[p][i] = power[p] = now;
        }
    }
    memcpy(s->power, power, sizeof power);
}

/* From power to the reduction, in units of level, that the curve asks for. */
QM_INLINE void bend(const Loop *loop, Work *w)
{
    const uint32_t n = loop->call->n;
    for (uint32_t p = 0; p < loop->pairs; p++) {
        w->level[p][n] = w->level[p][0]; /* logarithms and powers go by two rows */
        for (uint32_t i = 0; i < n; i += 2)
            qm_vecs_log2(w->level[p] + i, 2);
    }
    QmVec threshold[MAX_PAIRS], slope[MAX_PAIRS], knee[MAX_PAIRS], parabola[MAX_PAIRS];
    for (uint32_t i = 0; i < n; i++) {
        advance(loop, 0, N_BEND);
        for (uint32_t p = 0; p < loop->pairs; p++) {
            if (loop->ramp || i == 0) {
                threshold[p] = both(loop, p, C_THRESHOLD);
                slope[p] = both(loop, p, C_SLOPE);
                knee[p] = both(loop, p, C_KNEE);
                parabola[p] = qm_vec(0.5f) / knee[p];
            }
            const QmVec over = w->level[p][i] * qm_vec(0.5f) - threshold[p];
            w->level[p][i] = slope[p] * qm_knee(over, knee[p], parabola[p]);
        }
    }
}

QM_INLINE void smooth(const Loop *loop, Work *w)
{
    State *const s = loop->call->state;
    QmFollower e[MAX_PAIRS];
    QmVec least[MAX_PAIRS], attack[MAX_PAIRS], release[MAX_PAIRS];
    memcpy(e, s->reduction, sizeof e);
    memcpy(least, s->least, sizeof least);
    for (uint32_t i = 0; i < loop->call->n; i++) {
        advance(loop, N_BEND, N_SMOOTH);
        for (uint32_t p = 0; p < loop->pairs; p++) {
            if (loop->ramp || i == 0) {
                attack[p] = both(loop, p, C_ATTACK);
                release[p] = both(loop, p, C_RELEASE);
            }
            const QmVec target = w->level[p][i] - e[p].base;
            e[p].rest = qm_follow(e[p].rest, target, attack[p], release[p]);
            w->level[p][i] = e[p].base + e[p].rest;
            least[p] = qm_vec_min(w->level[p][i], least[p]);
        }
    }
    memcpy(s->reduction, e, sizeof e);
    memcpy(s->least, least, sizeof least);
}

/* The bands at their gains, summed from the lowest up. */
QM_INLINE void apply(const Loop *loop, Work *w)
{
    const uint32_t n = loop->call->n, bands = loop->call->spec->n_groups;
    for (uint32_t p = 0; p < loop->pairs; p++)
        for (uint32_t i = 0; i < n; i += 2)
            qm_vecs_exp2(w->level[p] + i, 2);
    QmVec dry[MAX_PAIRS], wet[MAX_PAIRS];
    for (uint32_t i = 0; i < n; i++) {
        QmVec sum = {0};
        advance(loop, N_SMOOTH, N_BAND_COEFFS);
        for (uint32_t p = 0; p < loop->pairs; p++) {
            if (loop->ramp || i == 0) {
                dry[p] = both(loop, p, C_DRY);
                wet[p] = both(loop, p, C_WET);
            }
            const QmVec gain = dry[p] + wet[p] * w->level[p][i];
            sum += w->bands[2 * p][i] * qm_vec_lefts(gain);
            if (2 * p + 1 < bands)
                sum += w->bands[2 * p + 1][i] * qm_vec_rights(gain);
        }
        loop->call->io[i] = sum;
    }
}

QM_INLINE void run(const QmProcCall *call, Work *w, uint32_t pairs, bool ramp,
                   bool averages)
{
    const Loop loop = {call, pairs, ramp, averages};
    measure(&loop, w);
    bend(&loop, w);
    smooth(&loop, w);
    apply(&loop, w);
}

/* Whether any strip's detector averages. */
static bool any_averages(const QmProcCall *call)
{
    return qm_vec_any(call->coeffs[C_HOLD]);
}

QM_INLINE void run_rows(const QmProcCall *call, Work *w, uint32_t pairs)
{
    if (call->step)
        run(call, w, pairs, true, true);
    else if (any_averages(call))
        run(call, w, pairs, false, true);
    else
        run(call, w, pairs, false, false);
}

static void at_grid(State *s)
{
    for (uint32_t p = 0; p < MAX_PAIRS; p++) {
        s->power[p] = qm_vec_flush(s->power[p]);
        qm_follower_flush(&s->reduction[p]);
    }
}

static void process(const QmProcCall *call)
{
    State *const s = call->state;
    const uint32_t bands = call->spec->n_groups;
    const QmBandsCall split = {s->sections,           call->coeffs, call->step,
                               call->time.since_grid, call->n,      call->on_grid};
    Work w;
    if (bands == 0)
        return;
    memcpy(w.bands[bands - 1], call->io, call->n * sizeof *call->io);
    qm_bands_split(&split, bands, w.bands);
    if (bands <= 2)
        run_rows(call, &w, 1);
    else if (bands <= 4)
        run_rows(call, &w, 2);
    else
        run_rows(call, &w, 3);
    if (call->on_grid)
        at_grid(s);
}

/* ---- readings ---- */

#define REDUCTION(n, which)                                                              \
    {                                                                                    \
        "reduction-" #n, "largest gain reduction of the " which " band", QM_UNIT_DB      \
    }
static const QmReading readings[] = {
    REDUCTION(1, "lowest"), REDUCTION(2, "second"), REDUCTION(3, "third"),
    REDUCTION(4, "fourth"), REDUCTION(5, "fifth"),
};

static void read(const QmProcSpec *spec, const void *state, uint32_t strip,
                 double *values)
{
    const State *const s = state;
    for (uint32_t b = 0; b < QM_MAX_BANDS; b++) {
        const float least = s->least[b / 2][2 * strip + b % 2];
        values[b] = b < spec->n_groups && least < 0 ? -(double)least / QM_LOG2_PER_DB : 0;
    }
}

const QmProcDesc QM_ISA(qm_proc_multiband) = {
    .name = "multiband",
    .summary = "multiband compressor: up to five bands of any width",
    .params = params,
    .n_params = QM_COUNT(params),
    .group_name = "bands",
    .group = band,
    .n_group = QM_COUNT(band),
    .max_groups = QM_MAX_BANDS,
    .readings = readings,
    .n_readings = QM_COUNT(readings),
    .n_coeffs = C_BANDS,
    .n_group_coeffs = N_BAND_COEFFS,
    .update = update,
    .size_state = size_state,
    .tail = tail,
    .process = process,
    .read = read,
};
