/* De-esser: turns down the band of sibilants, or all, while they stand out;
 * stereo-linked.
 *
 *   band      b = band-pass of the input at `freq`, its peak 1 (dsp/svf.h)
 *   levels    B, W = log2 of the amplitudes of b and of the input: mean power of both
 *             channels, averaged with AVERAGE_MS
 *   over      relative: B - W - threshold;   absolute: B - threshold
 *   share     0 up to 0, 1 from KNEE_DB on, in dB a straight line between; 0 as well
 *             where the band is below FLOOR_DB
 *   smooth    s += (share > s ? attack : release) * (share - s)
 *   gain      g = 2^(-range s)
 *   output    split: x - (1 - g) b;   wide: x - (1 - g) x
 *
 * Split takes from the input what the band-pass has found and adds nothing: with gain g
 * that is 1 + (g - 1) k s / (s^2 + k s + 1), a bell of the same frequency, cut by g at
 * its centre. It is of minimum phase and leaves what is far from the band alone, and
 * where there is nothing to do g is exactly 1 (dsp/envelope.h) and the output the input,
 * bit for bit. A split by crossovers would turn the phase of everything all the time.
 *
 * Relative is the default: an ess is a sound most of whose power lies in the band, at
 * whatever level it is sung. With a threshold of its level soft esses pass while loud
 * open vowels, whose overtones reach the band, are dulled. The level of both is averaged
 * for as long, so that the start of a word does not seem to be one. The floor keeps the
 * hiss between words from being one.
 *
 * No latency; the tail is the ringing of the band. Sources: the bell as input plus
 * band-pass: P. Regalia, S. Mitra, "Tunable Digital Frequency Response Equalization
 * Filters", IEEE ASSP-35, 1987; the ratio of levels: common in de-essers, as in
 * Orban's 516EC. */
#include "proc/dynamics.h"

enum { FREQ, Q, THRESHOLD, DETECTOR, RANGE, ATTACK, RELEASE, MODE };
enum { RELATIVE, ABSOLUTE };
enum { SPLIT, WIDE };

#define AVERAGE_MS 2.0 /* an ess begins within 5..20 ms */
#define KNEE_DB    6.0 /* between vowel and ess lie 10..20 dB */
#define FLOOR_DB   -70.0

static const char *const detector_names[] = {
    [RELATIVE] = "relative", [ABSOLUTE] = "absolute", NULL};
static const char *const mode_names[] = {[SPLIT] = "split", [WIDE] = "wide", NULL};

static const QmParam params[] = {
    [FREQ] = {.name = "freq",
              .help = "centre of the band of sibilants",
              .unit = QM_UNIT_HZ,
              .min = 1000,
              .max = 16000,
              .def = 7000},
    [Q] = {.name = "q",
           .help = "of the band: the higher, the narrower",
           .min = 0.3,
           .max = 8,
           .def = 1},
    [THRESHOLD] = {.name = "threshold",
                   .help = "level of the band (relative: beside all) where it begins",
                   .unit = QM_UNIT_DB,
                   .min = -60,
                   .max = 0,
                   .def = -10},
    [DETECTOR] = {.name = "detector",
                  .help = "relative: to the level of all, finds soft esses",
                  .kind = QM_PARAM_CHOICE,
                  .max = 1,
                  .def = RELATIVE,
                  .choices = detector_names},
    [RANGE] = {.name = "range",
               .help = "reduction from 6 dB above the threshold on",
               .unit = QM_UNIT_DB,
               .min = 0,
               .max = 30,
               .def = 6},
    [ATTACK] = {.name = "attack",
                .help = "time to cover 63 % of the way down",
                .unit = QM_UNIT_MS,
                .min = 0.1,
                .max = 100,
                .def = 1},
    [RELEASE] = {.name = "release",
                 .help = "time to cover 63 % of the way up",
                 .unit = QM_UNIT_MS,
                 .min = 1,
                 .max = 1000,
                 .def = 50},
    [MODE] = {.name = "mode",
              .help = "split: the band goes down, wide: all",
              .kind = QM_PARAM_CHOICE,
              .max = 1,
              .def = SPLIT,
              .choices = mode_names},
};

/* In the order of the loops: each advances its own. */
enum {
    C_BAND,
    C_MEAN = C_BAND + QM_SVF_COEFFS,
    N_MEASURE,
    C_RELATIVE = N_MEASURE, /* 1 relative, 0 absolute */
    C_THRESHOLD,            /* levels in log2 */
    N_SHARE,
    C_RELEASE = N_SHARE, /* down */
    C_ATTACK,            /* up */
    N_SMOOTH,
    C_RANGE = N_SMOOTH,
    N_SINK,
    C_WIDE = N_SINK, /* 0 split, 1 wide */
    N_COEFFS
};

typedef struct State {
    QmSvf band;
    QmVec power[2]; /* of band and input, averaged */
    QmFollower share;
    QmTally tally;
} State;

/* Settling (dsp/svf.h) is for low frequencies; this band has none. */
static void update_band(const QmProcSpec *spec, const double *p, float *c)
{
    const double f = qm_svf_freq(p[FREQ], spec->rate_hz);
    qm_svf_fold(qm_tan(QM_PI * f / spec->rate_hz), 1 / p[Q], 0, 1 / p[Q], 0, c);
}

static void update(const QmProcSpec *spec, const double *p, float *c)
{
    update_band(spec, p, c + C_BAND);
    c[C_MEAN] = (float)qm_one_pole(AVERAGE_MS / 1000, spec->rate_hz);
    c[C_RELATIVE] = (int)p[DETECTOR] == RELATIVE;
    c[C_THRESHOLD] = (float)(p[THRESHOLD] * QM_LOG2_PER_DB);
    c[C_RELEASE] = (float)qm_one_pole(p[RELEASE] / 1000, spec->rate_hz);
    c[C_ATTACK] = (float)qm_one_pole(p[ATTACK] / 1000, spec->rate_hz);
    c[C_RANGE] = (float)(-p[RANGE] * QM_LOG2_PER_DB);
    c[C_WIDE] = (int)p[MODE] == WIDE;
}

/* In 14 time constants the ringing falls by 120 dB. */
static uint64_t tail(const QmProcSpec *spec, const double *p)
{
    float c[QM_SVF_COEFFS];
    update_band(spec, p, c);
    return (uint64_t)(14 * qm_svf_frames(c));
}

/* The band, and the averaged powers of it and of the input. One loop for three
 * recursions: while one waits for itself, the others work. */
QM_INLINE void measure(const QmProcCall *call, bool ramp, QmVec *band, QmVec *in_band,
                       QmVec *in_all)
{
    State *const s = call->state;
    QmVec *const c = call->coeffs, a = s->power[0], b = s->power[1];
    const QmVec half = qm_vec(0.5f);
    QmSvf f = s->band;
    for (uint32_t i = 0; i < call->n; i++) {
        if (ramp)
            qm_coeffs_advance(c, call->step, C_BAND, N_MEASURE);
        const QmVec x = call->io[i], y = qm_svf_tick(&f, c + C_BAND, x);
        const QmVec x2 = x * x, y2 = y * y;
        band[i] = y;
        a = qm_approach(a, (y2 + qm_vec_swap(y2)) * half, c[C_MEAN]);
        b = qm_approach(b, (x2 + qm_vec_swap(x2)) * half, c[C_MEAN]);
        in_band[i / 2] = i % 2 ? qm_vec_pair(in_band[i / 2], a) : a;
        in_all[i / 2] = i % 2 ? qm_vec_pair(in_all[i / 2], b) : b;
    }
    s->band = f;
    s->power[0] = a;
    s->power[1] = b;
}

/* From powers to the share of the range that is asked for. */
QM_INLINE void ask(const QmProcCall *call, bool ramp, QmVec *in_band, QmVec *in_all)
{
    const QmVec half = qm_vec(0.5f),
                per_knee = qm_vec(1 / (float)(KNEE_DB * QM_LOG2_PER_DB));
    const QmVec floor = qm_vec((float)(FLOOR_DB * QM_LOG2_PER_DB));
    QmVec paired[N_COEFFS];
    qm_pairs_log2(in_band, call->n);
    qm_pairs_log2(in_all, call->n);
    for (uint32_t i = 0; i < call->n; i += 2) {
        const QmVec *const c =
            qm_coeffs_paired(call, i, C_RELATIVE, N_SHARE, ramp, paired);
        const QmVec b = half * in_band[i / 2], w = half * in_all[i / 2];
        const QmVec over = b - c[C_RELATIVE] * w - c[C_THRESHOLD];
        const QmVec least = qm_vec_min(over, b - floor);
        in_band[i / 2] = qm_share_aim(qm_share_clamp(least * per_knee));
    }
}

/* From the share to the reduction, in units of level. */
QM_INLINE void sink(const QmProcCall *call, bool ramp, QmVec *work)
{
    QmVec paired[N_COEFFS];
    for (uint32_t i = 0; i < call->n; i += 2) {
        const QmVec *const c = qm_coeffs_paired(call, i, C_RANGE, N_SINK, ramp, paired);
        work[i / 2] = c[C_RANGE] * qm_share_clamp(work[i / 2]);
    }
}

QM_INLINE void take(const QmProcCall *call, bool ramp, const QmVec *gain,
                    const QmVec *band)
{
    QmVec *const c = call->coeffs;
    for (uint32_t i = 0; i < call->n; i++) {
        if (ramp)
            qm_coeffs_advance(c, call->step, C_WIDE, N_COEFFS);
        const QmVec row = gain[i / 2], x = call->io[i];
        const QmVec g = i % 2 ? qm_vec_rights(row) : qm_vec_lefts(row);
        const QmVec part = band[i] + c[C_WIDE] * (x - band[i]);
        call->io[i] = x - (qm_vec(1) - g) * part;
    }
}

QM_INLINE void run(const QmProcCall *call, bool ramp)
{
    State *const s = call->state;
    QmVec band[QM_QUANTUM], work[QM_PAIR_ROOM(QM_QUANTUM)], all[QM_PAIR_ROOM(QM_QUANTUM)];
    measure(call, ramp, band, work, all);
    ask(call, ramp, work, all);
    qm_pairs_follow(call, &s->share, C_RELEASE, ramp, work);
    sink(call, ramp, work);
    qm_pairs_tally(&s->tally, work, call->n);
    qm_pairs_exp2(work, call->n);
    take(call, ramp, work, band);
}

static void process(const QmProcCall *call)
{
    State *const s = call->state;
    if (call->step)
        run(call, true);
    else
        run(call, false);
    if (!call->on_grid)
        return;
    qm_svf_flush(&s->band);
    s->power[0] = qm_vec_flush(s->power[0]);
    s->power[1] = qm_vec_flush(s->power[1]);
    qm_follower_flush(&s->share);
}

static const QmReading readings[] = {QM_READING_REDUCTION, QM_READING_MEAN_REDUCTION};

static void read(const QmProcSpec *spec, const void *state, uint32_t strip,
                 double *values)
{
    (void)spec;
    qm_read_reductions(&((const State *)state)->tally, strip, values);
}

const QmProcDesc QM_ISA(qm_proc_de_esser) = {
    .name = "de-esser",
    .summary = "turns sibilants down, relative to the level of the voice",
    .params = params,
    .n_params = QM_COUNT(params),
    .readings = readings,
    .n_readings = QM_COUNT(readings),
    .n_coeffs = N_COEFFS,
    .update = update,
    .state_size = sizeof(State),
    .tail = tail,
    .process = process,
    .read = read,
};
