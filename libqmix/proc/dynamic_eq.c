/* Dynamic equaliser: up to 8 bands in series whose gain follows the level of the sound in
 * the band itself.
 *
 *   band      of the input (or the key), of each channel: for a bell the band-pass of the
 *             same freq and q, for a shelf the low- or high-pass at its corner (12 dB an
 *             octave, Butterworth)
 *   level     L of the louder channel, averaged twice over half a period of freq
 *             (0.25 ms at least); a steady tone in the band reads its peak
 *   change    past the threshold, per dB:  cut-above    1 - 1/ratio  (compressor)
 *                                          boost-above  ratio - 1    (expander)
 *                                          cut-below    ratio - 1    (expander)
 *                                          boost-below  1 - 1/ratio  (upward compressor)
 *             at most `range`
 *   smooth    attack while the change grows, release while it shrinks: 63 % in dB
 *   output    the eq's band (bilinear, dsp/svf.h) with gain + change
 *
 * Short of the threshold, with a gain of 0 dB, the output is the input, bit for bit. All
 * bands listen to the whole input, so that their order does not matter to what they hear.
 * No latency; the tail is the ringing of all bands.
 *
 * Level without ripple. The square of a tone swings at twice its frequency, and what
 * follows it with two speeds swings along. In a state variable filter band is the
 * derivative of low, and high of band, so for any steady tone in it
 *
 *     band^2 - high low = constant,
 *
 * the square of the band's peak: Teager's energy operator (J. Kaiser, "On a simple
 * algorithm to calculate the energy of a signal", ICASSP 1990). For sums of tones it
 * swings as their beats do, around the same mean as 2 band^2. Shelves take 2 low^2 or
 * 2 high^2, and average over four times as long.
 *
 * Moving the gain. With A = sqrt(gain) the cookbook's shapes move poles along with the
 * gain, so that boost and cut are each other's mirror. tan(pi f / rate) is never
 * computed anew:
 *
 *     bell         g,            k / A     y = x + k/A (A^2 - 1) band
 *     low shelf    g A^(-1/2),   k         y = x + k (A - 1) band + (A^2 - 1) low
 *     high shelf   g A^(+1/2),   k         y = A^2 x + k A (1 - A) band + (1 - A^2) low
 *
 * with one more power of two for the power of A, and one division, 1 / (1 + g (g + k)).
 * Every frame's step is a contraction (dsp/svf.h), so gains may move at any speed.
 *
 * Speed. Levels and gains are of pairs (dsp/envelope.h). */
#include "proc/dynamics.h"

enum { ON, TYPE, FREQ, Q, GAIN, THRESHOLD, RATIO, RANGE, MODE, ATTACK, RELEASE };
enum { BELL, LOW_SHELF, HIGH_SHELF };
enum { CUT_ABOVE, BOOST_ABOVE, CUT_BELOW, BOOST_BELOW };
enum { MAX_BANDS = 8 };

#define SHORTEST_AVERAGE 0.25e-3 /* seconds: below, a level means little */
#define BUTTERWORTH_K    1.41421356237309504880

static const char *const type_names[] = {
    [BELL] = "bell", [LOW_SHELF] = "low-shelf", [HIGH_SHELF] = "high-shelf", NULL};
static const char *const mode_names[] = {[CUT_ABOVE] = "cut-above",
                                         [BOOST_ABOVE] = "boost-above",
                                         [CUT_BELOW] = "cut-below",
                                         [BOOST_BELOW] = "boost-below",
                                         NULL};

static const QmParam rows[] = {
    [ON] = {.name = "on",
            .help = "whether the band is heard",
            .kind = QM_PARAM_SWITCH,
            .max = 1,
            .def = 1},
    [TYPE] = {.name = "type",
              .help = "shape of the band",
              .kind = QM_PARAM_CHOICE,
              .max = HIGH_SHELF,
              .choices = type_names},
    [FREQ] = {.name = "freq",
              .help = "centre or corner frequency, at most 0.49 of the rate",
              .unit = QM_UNIT_HZ,
              .min = 20,
              .max = 20000,
              .def = 1000},
    [Q] = {.name = "q",
           .help = "resonance: the higher, the narrower",
           .min = 0.1,
           .max = 20,
           .def = 1},
    [GAIN] = {.name = "gain",
              .help = "boost or cut at rest",
              .unit = QM_UNIT_DB,
              .min = -24,
              .max = 24,
              .def = 0},
    [THRESHOLD] = {.name = "threshold",
                   .help = "peak level in the band at which the gain begins to change",
                   .unit = QM_UNIT_DB,
                   .min = -80,
                   .max = 0,
                   .def = -24},
    [RATIO] = {.name = "ratio",
               .help = "input over output past the threshold, or output over input",
               .unit = QM_UNIT_RATIO,
               .min = 1,
               .max = 20,
               .def = 3},
    [RANGE] = {.name = "range",
               .help = "largest change of the gain",
               .unit = QM_UNIT_DB,
               .min = 0,
               .max = 36,
               .def = 12},
    [MODE] = {.name = "mode",
              .help = "what it does on which side of the threshold",
              .kind = QM_PARAM_CHOICE,
              .max = BOOST_BELOW,
              .choices = mode_names},
    [ATTACK] = {.name = "attack",
                .help = "time to cover 63 % of a growing change",
                .unit = QM_UNIT_MS,
                .min = 0.1,
                .max = 500,
                .def = 10},
    [RELEASE] = {.name = "release",
                 .help = "time to cover 63 % of a shrinking change",
                 .unit = QM_UNIT_MS,
                 .min = 1,
                 .max = 5000,
                 .def = 50},
};

/* Of a band, in the order of the loops: each advances its own. */
enum {
    C_DETECT, /* P, Q, R of its filter */
    C_DETECT_K = 3,
    C_BANDS, /* weights of band^2 - high low, low^2, high^2 */
    C_LOWS,
    C_HIGHS,
    C_AVERAGE,
    N_LISTEN,
    C_THRESHOLD = N_LISTEN,
    C_SIDE, /* 1 above, -1 below */
    C_SLOPE,
    C_RANGE,
    N_BEND,
    C_RELEASE = N_BEND, /* in the order of qm_pairs_follow */
    C_ATTACK,
    N_FOLLOW,
    C_REST = N_FOLLOW, /* logarithm of A at rest */
    C_SIGN,            /* of the change, times 1/2 for A */
    C_POWER,           /* of A, by which g or k moves */
    N_SHAPE,
    C_G = N_SHAPE,
    C_G_MOVES, /* the part of g, and of k, that moves with the power of A */
    C_K,
    C_K_MOVES,
    C_BELL, /* one of these is 1 */
    C_LOW_SHELF,
    C_HIGH_SHELF,
    N_COEFFS,
};

/* One band of a gang. */
typedef struct Band {
    QmVec detect1, detect2; /* of the filter that listens */
    QmVec average, smooth;  /* of the square, and of that */
    QmFollower change;
    QmSvf filter;
} Band;

typedef struct State {
    QmVec cut, boost; /* largest of any band, as logarithms */
    Band bands[];
} State;

static size_t size_state(const QmProcSpec *spec)
{
    return sizeof(State) + spec->n_groups * sizeof(Band);
}

static void update_listening(const double *p, double rate_hz, float *c)
{
    const int type = (int)p[TYPE];
    const double freq = qm_svf_freq(p[FREQ], rate_hz);
    const double g = qm_tan(QM_PI * freq / rate_hz);
    const double k = type == BELL ? 1 / p[Q] : BUTTERWORTH_K;
    const double seconds = (type == BELL ? 0.5 : 2) / freq;
    float folded[QM_SVF_COEFFS];
    qm_svf_fold(g, k, 0, 0, 0, folded);
    memcpy(c + C_DETECT, folded, 3 * sizeof *c);
    c[C_DETECT_K] = (float)k;
    c[C_BANDS] = type == BELL ? (float)(k * k) : 0;
    c[C_LOWS] = type == LOW_SHELF ? 2 : 0;
    c[C_HIGHS] = type == HIGH_SHELF ? 2 : 0;
    c[C_AVERAGE] =
        (float)qm_one_pole(seconds > SHORTEST_AVERAGE ? seconds : SHORTEST_AVERAGE,
                           rate_hz);
}

static void update_band(const double *p, double rate_hz, float *c)
{
    const int type = (int)p[TYPE], mode = (int)p[MODE];
    const bool on = p[ON] >= 0.5, expands = mode == BOOST_ABOVE || mode == CUT_BELOW;
    const double g = qm_tan(QM_PI * qm_svf_freq(p[FREQ], rate_hz) / rate_hz);
    update_listening(p, rate_hz, c);
    c[C_THRESHOLD] = (float)(p[THRESHOLD] * QM_LOG2_PER_DB);
    c[C_SIDE] = mode == CUT_ABOVE || mode == BOOST_ABOVE ? 1 : -1;
    c[C_SLOPE] = !on ? 0 : (float)(expands ? p[RATIO] - 1 : 1 - 1 / p[RATIO]);
    c[C_RANGE] = (float)(p[RANGE] * QM_LOG2_PER_DB);
    c[C_ATTACK] = (float)qm_one_pole(p[ATTACK] / 1000, rate_hz);
    c[C_RELEASE] = (float)qm_one_pole(p[RELEASE] / 1000, rate_hz);
    c[C_REST] = on ? (float)(p[GAIN] / 2 * QM_LOG2_PER_DB) : 0;
    c[C_SIGN] = mode == CUT_ABOVE || mode == CUT_BELOW ? -0.5f : 0.5f;
    c[C_POWER] = type == BELL ? -1 : type == LOW_SHELF ? -0.5f : 0.5f;
    c[C_G] = (float)g;
    c[C_G_MOVES] = type == BELL ? 0 : (float)g;
    c[C_K] = (float)(1 / p[Q]);
    c[C_K_MOVES] = type == BELL ? (float)(1 / p[Q]) : 0;
    c[C_BELL] = type == BELL;
    c[C_LOW_SHELF] = type == LOW_SHELF;
    c[C_HIGH_SHELF] = type == HIGH_SHELF;
}

static void update(const QmProcSpec *spec, const double *params, float *coeffs)
{
    for (uint32_t b = 0; b < spec->n_groups; b++)
        update_band(params + b * QM_COUNT(rows), spec->rate_hz, coeffs + b * N_COEFFS);
}

/* As the eq's, with the gain where it makes the band ring longest. */
static uint64_t tail(const QmProcSpec *spec, const double *params)
{
    double frames = 0;
    for (uint32_t b = 0; b < spec->n_groups; b++) {
        const double *const p = params + b * QM_COUNT(rows);
        const double down = p[GAIN] - p[RANGE], up = p[GAIN] + p[RANGE];
        const QmSvfKind kind = (QmSvfKind)p[TYPE]; /* the same three, in the same order */
        float c[2][QM_SVF_COEFFS];
        qm_svf_design(kind, p[FREQ], down, p[Q], spec->rate_hz, c[0]);
        qm_svf_design(kind, p[FREQ], up, p[Q], spec->rate_hz, c[1]);
        const double at_down = qm_svf_frames(c[0]), at_up = qm_svf_frames(c[1]);
        frames += at_down > at_up ? at_down : at_up;
    }
    return (uint64_t)(20 * frames);
}

/* ---- the level ---- */

/* The averaged square of one frame of the band, by channel. */
QM_INLINE QmVec square(Band *s, const QmVec *c, QmVec x)
{
    const QmVec half = qm_vec(0.5f), v3 = x - s->detect2;
    const QmVec d1 = c[C_DETECT + QM_SVF_P] * s->detect1 + c[C_DETECT + QM_SVF_Q] * v3;
    const QmVec d2 = c[C_DETECT + QM_SVF_Q] * s->detect1 + c[C_DETECT + QM_SVF_R] * v3;
    const QmVec bands = s->detect1 + half * d1, low = s->detect2 + half * d2;
    const QmVec high = x - c[C_DETECT_K] * bands - low;
    s->detect1 += d1;
    s->detect2 += d2;
    const QmVec now = c[C_BANDS] * (bands * bands - high * low) +
                      c[C_LOWS] * (low * low) + c[C_HIGHS] * (high * high);
    s->average += c[C_AVERAGE] * (now - s->average);
    s->smooth += c[C_AVERAGE] * (s->average - s->smooth);
    return s->smooth;
}

/* Squares of the louder channel's level, as pairs. */
QM_INLINE void listen(const QmProcCall *call, const QmVec *in, Band *band, uint32_t at,
                      bool ramp, QmVec *pairs)
{
    QmVec *const c = call->coeffs + at;
    Band s = *band;
    for (uint32_t i = 0; i < call->n; i += 2) {
        QmVec two[2] = {{0}, {0}}, left, right;
        for (uint32_t k = 0; k < 2 && i + k < call->n; k++) {
            if (ramp)
                qm_coeffs_advance(c, call->step + at, 0, N_LISTEN);
            two[k] = square(&s, c, in[i + k]);
        }
        qm_pair_channels(two[0], two[1], &left, &right);
        pairs[i / 2] = qm_vec_max(left, right);
    }
    *band = s;
}

/* From the level's square to the change that the curve asks for. */
QM_INLINE void bend(const QmProcCall *call, uint32_t at, bool ramp, QmVec *pairs)
{
    QmVec paired[QM_MAX_COEFFS];
    const QmVec zero = {0};
    qm_pairs_log2(pairs, call->n);
    for (uint32_t i = 0; i < call->n; i += 2) {
        const QmVec *const c =
            at + qm_coeffs_paired(call, i, at + N_LISTEN, at + N_BEND, ramp, paired);
        const QmVec past = (pairs[i / 2] * qm_vec(0.5f) - c[C_THRESHOLD]) * c[C_SIDE];
        const QmVec change = c[C_SLOPE] * qm_vec_max(past, zero);
        pairs[i / 2] = qm_vec_min(change, c[C_RANGE]);
    }
}

/* ---- the gain ---- */

/* Keeps the largest cut and boost (of a row's right lanes only where there is a second
 * frame). */
QM_INLINE void note(State *state, QmVec change, bool two)
{
    const QmVec seen = two ? change : qm_vec_lefts(change);
    state->cut = qm_vec_min(seen, state->cut);
    state->boost = qm_vec_max(seen, state->boost);
}

/* From the change to A and to the power of A by which the poles move. */
QM_INLINE void shape(const QmProcCall *call, uint32_t at, bool ramp, QmVec *pairs,
                     QmVec *powers)
{
    QmVec paired[QM_MAX_COEFFS];
    for (uint32_t i = 0; i < call->n; i += 2) {
        const QmVec *const c =
            at + qm_coeffs_paired(call, i, at + N_FOLLOW, at + N_SHAPE, ramp, paired);
        const QmVec change = c[C_SIGN] * pairs[i / 2];
        note(call->state, change, i + 1 < call->n);
        pairs[i / 2] = c[C_REST] + change;
        powers[i / 2] = c[C_POWER] * pairs[i / 2];
    }
    qm_pairs_exp2(pairs, call->n);
    qm_pairs_exp2(powers, call->n);
}

/* One frame through a section with A = `a`. */
QM_INLINE QmVec section(QmSvf *s, const QmVec *c, QmVec a, QmVec power, QmVec x)
{
    const QmVec one = qm_vec(1), two = qm_vec(2), half = qm_vec(0.5f);
    const QmVec g = c[C_G] + c[C_G_MOVES] * (power - one);
    const QmVec k = c[C_K] + c[C_K_MOVES] * (power - one), gk = g * (g + k);
    const QmVec scale = two / (one + gk), q = g * scale;
    const QmVec ic1 = s->base1 + s->rest1, ic2 = s->base2 + s->rest2, v3 = x - ic2;
    const QmVec d1 = q * v3 - gk * scale * ic1, d2 = q * ic1 + g * q * v3;
    s->rest1 += d1;
    s->rest2 += d2;
    const QmVec band = ic1 + half * d1, low = ic2 + half * d2;
    const QmVec up = a - one, all = up * (a + one);
    const QmVec of_band = c[C_BELL] * all + (c[C_LOW_SHELF] - c[C_HIGH_SHELF] * a) * up;
    const QmVec of_low = (c[C_LOW_SHELF] - c[C_HIGH_SHELF]) * all;
    return x + (c[C_HIGH_SHELF] * all * x + (of_band * k * band + of_low * low));
}

QM_INLINE void apply(const QmProcCall *call, Band *band, uint32_t at, bool ramp,
                     const QmVec *pairs, const QmVec *powers)
{
    QmVec *const c = call->coeffs + at;
    QmSvf s = band->filter;
    for (uint32_t i = 0; i < call->n; i++) {
        const QmVec a = pairs[i / 2], power = powers[i / 2];
        if (ramp)
            qm_coeffs_advance(c, call->step + at, N_SHAPE, N_COEFFS);
        call->io[i] =
            section(&s, c, i % 2 ? qm_vec_rights(a) : qm_vec_lefts(a),
                    i % 2 ? qm_vec_rights(power) : qm_vec_lefts(power), call->io[i]);
        if ((call->time.since_grid + i + 1) % QM_SVF_SETTLE == 0)
            qm_svf_settle(&s);
    }
    band->filter = s;
}

static void flush(Band *band)
{
    band->detect1 = qm_vec_flush(band->detect1);
    band->detect2 = qm_vec_flush(band->detect2);
    band->average = qm_vec_flush(band->average);
    band->smooth = qm_vec_flush(band->smooth);
    qm_follower_flush(&band->change);
    qm_svf_flush(&band->filter);
}

QM_INLINE void run(const QmProcCall *call, bool ramp)
{
    State *const state = call->state;
    QmVec in[QM_QUANTUM], pairs[QM_PAIR_ROOM(QM_QUANTUM)],
        powers[QM_PAIR_ROOM(QM_QUANTUM)];
    memcpy(in, call->key ? call->key : call->io, call->n * sizeof *in);
    for (uint32_t b = 0; b < call->spec->n_groups; b++) {
        Band *const band = &state->bands[b];
        const uint32_t at = b * N_COEFFS;
        listen(call, in, band, at, ramp, pairs);
        bend(call, at, ramp, pairs);
        qm_pairs_follow(call, &band->change, at + N_BEND, ramp, pairs);
        shape(call, at, ramp, pairs, powers);
        apply(call, band, at, ramp, pairs, powers);
        if (call->on_grid)
            flush(band);
    }
}

static void process(const QmProcCall *call)
{
    if (call->step)
        run(call, true);
    else
        run(call, false);
}

static const QmReading readings[] = {
    QM_READING_REDUCTION,
    {.name = "boost", .help = "largest boost", .unit = QM_UNIT_DB},
};

static void read(const QmProcSpec *spec, const void *state, uint32_t strip,
                 double *values)
{
    const State *const s = state;
    const float *const cut = (const float *)&s->cut + 2 * strip;
    const float *const boost = (const float *)&s->boost + 2 * strip;
    (void)spec;
    values[0] = -2 / QM_LOG2_PER_DB * (double)(cut[0] < cut[1] ? cut[0] : cut[1]);
    values[1] = 2 / QM_LOG2_PER_DB * (double)(boost[0] > boost[1] ? boost[0] : boost[1]);
}

const QmProcDesc QM_ISA(qm_proc_dynamic_eq) = {
    .name = "dynamic-eq",
    .summary = "equaliser whose bands follow the level in the band",
    .group_name = "bands",
    .group = rows,
    .n_group = QM_COUNT(rows),
    .max_groups = MAX_BANDS,
    .flags = QM_PROC_KEYED,
    .readings = readings,
    .n_readings = QM_COUNT(readings),
    .n_group_coeffs = N_COEFFS,
    .update = update,
    .size_state = size_state,
    .tail = tail,
    .process = process,
    .read = read,
};
