/* Limiter: look-ahead, true-peak, stereo-linked; nothing leaves it above the ceiling.
 *
 * It works in blocks of 16 frames:
 *
 *     peak       P[b] = the highest that the block, and what a converter makes between
 *                its samples, reaches (dsp/true_peak.h), of both channels
 *     wanted     r[b] = min(1, ceiling / P[b])
 *     look-ahead m[b] = min of r over the last (lookahead + hold) frames
 *     release    down at once; up as said below
 *     smoothing  three boxes in series, a bell as long as the look-ahead
 *     output     the smooth gain times the input of lookahead frames ago
 *
 * All that the bell averages when a peak passes lies within the look-ahead of this peak,
 * so none of it is above what the peak needs, and neither is the mean; the gain begins to
 * move one look-ahead before the peak and arrives in time, its slope without a corner.
 * Release comes before the smoother, so that its corners are rounded, too. Holding the
 * minimum through the half wave of a low note keeps the gain from following its waves:
 * down to 1 / (2 (lookahead + hold)) a tone is turned down, not bent.
 *
 * True peaks. The value between two samples is made of samples around it, and those get
 * gains of their own. If the gain moves, the value is g(t) x(t) but for what lies as near
 * to half the rate as the gain is fast. So the gain stands still for STILL frames on
 * either side of a peak, where most of the value comes from: the bell is that much
 * shorter than the look-ahead, and neither look-ahead nor hold is below 3 ms. Measured
 * with other interpolators, of 16 points and 48 or 256 taps, no signal gets more than
 * 0.04 dB above the ceiling (tests/unit/test_limiter.c).
 *
 * Samples never are above the ceiling: where the gain is not 1, the wanted gain is 2^-20
 * lower than it could be, more than all roundings together. A new ceiling holds for what
 * enters from then on.
 *
 * Release. With `adaptive: no` the reduction shrinks by 63 % in `release`. Else there are
 * two: the fast one (release / 4) shrinks down to a slow one, which grows and shrinks
 * with 4 release. A lone peak is over at once; a reduction that lasts is let go of
 * slowly, and does not pump. Two time constants in one detector are as old as the
 * Fairchild 670 (positions 5 and 6); see McNally, "Dynamic Range Control of Digital Audio
 * Signals" (1984), and Giannoulis, Massberg, Reiss, "Parameter Automation in a Dynamic
 * Range Compressor" (2013).
 *
 * Styles. `transparent` is all of the above and nothing else. `loud` lets go in 0.3 of
 * the time (30 ms of 100), and a soft clipper (dsp/soft_clip.h at four times the rate)
 * before the limiter takes the tops: a line up to 3 dB below the ceiling, then a bend
 * that ends 3 dB above it. So the limiter has 3 dB and the overshoot to do, at most.
 *
 * Latency: lookahead + 16 frames, 48 more for true peaks, 48 more for loud. No tail but
 * that of the clipper's filters. Sources: the smoothing FIR under a sliding minimum is
 * common knowledge of limiters; the minimum is van Herk's (1992), the exact boxes
 * Hogenauer's (1981) integrators and combs. */
#include "dsp/lookahead.h"

#include "base/qmath.h"
#include "dsp/oversample.h"
#include "dsp/soft_clip.h"
#include "dsp/true_peak.h"
#include "proc/dynamics.h"

enum { CEILING, LOOKAHEAD, RELEASE, HOLD, ADAPTIVE, TRUE_PEAK, STYLE };
enum { TRANSPARENT, LOUD };

enum {
    BLOCK = QM_PEAK_BLOCK,
    STILL = 16,   /* a quarter of the look-ahead, if that is less */
    FACTOR = 4,   /* of the clipper's rate */
    LEAST_MS = 3, /* of look-ahead and hold for true peaks */
};

#define NO_CEILING   1e30f
#define NO_REDUCTION 1e-12 /* the smoother's smallest step is 1e-9 */
#define LEAST_GAIN   1e-9  /* that is told of */
#define FAST         0.25  /* releases of an adaptive one */
#define SLOW         4.0
#define LOUD_RELEASE 0.3
#define LOUD_LINE    0.70794578f /* -3 dB */
#define LOUD_BEND    0.70459177f /* from there to +3 dB */

static const char *const style_names[] = {
    [TRANSPARENT] = "transparent", [LOUD] = "loud", NULL};

static const QmParam params[] = {
    [CEILING] = {.name = "ceiling",
                 .help = "highest peak that may leave",
                 .unit = QM_UNIT_DB,
                 .min = -24,
                 .max = 0,
                 .def = -1},
    [LOOKAHEAD] = {.name = "lookahead",
                   .help = "time to turn down before a peak, 3 ms at least of true peaks",
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
              .help = "time to stay down before release; 3 ms at least of true peaks",
              .unit = QM_UNIT_MS,
              .min = 0,
              .max = 50,
              .def = 8,
              .flags = QM_PARAM_STRUCTURAL},
    [ADAPTIVE] = {.name = "adaptive",
                  .help = "a quarter of release after lone peaks, four after long work",
                  .kind = QM_PARAM_SWITCH,
                  .def = 1},
    [TRUE_PEAK] = {.name = "true-peak",
                   .help = "peaks between samples count, too",
                   .kind = QM_PARAM_SWITCH,
                   .def = 1,
                   .flags = QM_PARAM_STRUCTURAL},
    [STYLE] = {.name = "style",
               .help = "loud lets go sooner and clips softly before it limits",
               .kind = QM_PARAM_CHOICE,
               .max = 1,
               .def = TRANSPARENT,
               .choices = style_names,
               .flags = QM_PARAM_STRUCTURAL},
};

static const QmReading readings[] = {QM_READING_REDUCTION, QM_READING_MEAN_REDUCTION};

enum { C_CEILING, C_FAST, C_SLOW, C_CHARGE, N_COEFFS };

typedef struct State {
    QmVec least_gain;    /* a reading: the least of the lanes */
    double logs, blocks; /* another: gains of the blocks' last frames */
    double product;      /* of those that are not in the logs yet */
    QmTruePeak peak;
    QmOversampler oversampler;      /* loud */
    float in[2][BLOCK + QM_LANES];  /* the block that comes in */
    float out[2][BLOCK + QM_LANES]; /* the one that goes out */
    uint32_t at;                    /* frames of them */
    float ceiling;                  /* least of the frames so far */
    float
        ceilings[1 + QM_PEAK_AHEAD / BLOCK]; /* of the blocks that wait for their peak */
    double reduction, slow; /* 1 - gain, and where the fast release ends */
    uint32_t delay_frames;
    QmSlidingMin least;
    QmSmoother smoother;
    QmRing delay;
    uint32_t left, right,
        wanted; /* bytes to the items of the rings, and of the minimum */
    _Alignas(64) uint64_t sums[];
} State;

static void update(const QmProcSpec *spec, const double *p, float *coeffs)
{
    const double blocks_hz = spec->rate_hz / BLOCK;
    const double loud = (int)spec->params[STYLE] == LOUD ? LOUD_RELEASE : 1;
    const double release = p[RELEASE] * 1e-3 * loud;
    const bool adaptive = p[ADAPTIVE] != 0;
    const double slow = qm_one_pole(release * SLOW, blocks_hz);
    coeffs[C_CEILING] = (float)qm_db_to_gain(p[CEILING]);
    coeffs[C_FAST] = (float)qm_one_pole(release * (adaptive ? FAST : 1), blocks_hz);
    coeffs[C_SLOW] = (float)(adaptive ? slow : 1);
    coeffs[C_CHARGE] = (float)(adaptive ? slow : 0);
}

static bool finds_true_peaks(const QmProcSpec *spec)
{
    return spec->params[TRUE_PEAK] != 0;
}

static bool is_loud(const QmProcSpec *spec) { return (int)spec->params[STYLE] == LOUD; }

/* Frames of a time. For true peaks it is 3 ms at least: a gain that moves faster than
 * that, or is let go of sooner, moves within what one peak is made of. */
static uint32_t frames_of(const QmProcSpec *spec, uint32_t param)
{
    const double ms = spec->params[param];
    const bool longer = finds_true_peaks(spec) && ms < LEAST_MS;
    return qm_frames_of_ms(longer ? LEAST_MS : ms, spec->rate_hz);
}

static uint32_t lookahead(const QmProcSpec *spec)
{
    const uint32_t n = frames_of(spec, LOOKAHEAD);
    const uint32_t most = 3 * QM_SMOOTHER_MAX - 3;
    return n < 1 ? 1 : n > most ? most : n;
}

/* Frames from the peak's entering until it is multiplied. */
static uint32_t delay_frames(const QmProcSpec *spec)
{
    return lookahead(spec) + (finds_true_peaks(spec) ? QM_PEAK_AHEAD : 0);
}

static uint32_t latency(const QmProcSpec *spec)
{
    return delay_frames(spec) + BLOCK +
           (is_loud(spec) ? qm_oversample_latency(FACTOR) : 0);
}

static uint64_t tail(const QmProcSpec *spec, const double *p)
{
    (void)p;
    return is_loud(spec) ? qm_oversample_latency(FACTOR) : 0;
}

/* A state without its items but with their places; gives the size of both. */
static size_t lay_out(const QmProcSpec *spec, State *s)
{
    const uint32_t ahead = lookahead(spec);
    const uint32_t quarter = ahead / 4;
    const uint32_t still = !finds_true_peaks(spec) ? 0
                           : quarter < STILL       ? quarter
                                                   : STILL;
    *s = (State){.ceiling = NO_CEILING,
                 .product = 1,
                 .oversampler.folded = true,
                 .least_gain = qm_vec(1),
                 .delay_frames = delay_frames(spec)};
    for (uint32_t i = 0; i < QM_COUNT(s->ceilings); i++)
        s->ceilings[i] = 1;
    qm_smoother_reset(&s->smoother, (ahead - still + 3) / 3);
    s->least.window = 1 + (ahead + still + frames_of(spec, HOLD) + BLOCK) / BLOCK;
    s->delay = qm_ring(s->delay_frames);
    const size_t line = qm_ring_items(&s->delay) * sizeof(float);
    const size_t left = sizeof *s + qm_ring_items(&s->smoother.ring) * sizeof(uint64_t);
    s->left = (uint32_t)left;
    s->right = (uint32_t)(left + line);
    s->wanted = (uint32_t)(left + 2 * line);
    return left + 2 * line + ((size_t)s->least.window + 16) / 16 * 64;
}

static size_t size_state(const QmProcSpec *spec)
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

/* What loud does before, a quarter of the block in each pair of lanes. */
static void clip_softly(State *s)
{
    enum { ROWS = BLOCK / QM_GANG };
    QmVec rows[ROWS], fast[FACTOR * ROWS];
    const QmVec line = qm_vec(s->ceiling * LOUD_LINE);
    const QmVec bend = qm_vec(s->ceiling * LOUD_BEND), per_bend = qm_vec(1) / bend;
    for (uint32_t i = 0; i < BLOCK; i++) {
        rows[i % ROWS][i / ROWS * 2] = s->in[0][i];
        rows[i % ROWS][i / ROWS * 2 + 1] = s->in[1][i];
    }
    qm_oversample_up(&s->oversampler, FACTOR, rows, ROWS, fast);
    for (uint32_t i = 0; i < FACTOR * ROWS; i += 2)
        qm_soft_clip(fast + i, line, bend, per_bend);
    qm_oversample_down(&s->oversampler, FACTOR, fast, ROWS, rows);
    for (uint32_t i = 0; i < BLOCK; i++) {
        s->in[0][i] = rows[i % ROWS][i / ROWS * 2];
        s->in[1][i] = rows[i % ROWS][i / ROWS * 2 + 1];
    }
}

/* The highest sample of the block. */
static float sample_peak(const State *s)
{
    QmVec most = {0};
    for (uint32_t i = 0; i < BLOCK; i += QM_LANES)
        most = qm_vec_max(most, qm_vec_max(qm_vec_abs(qm_vec_load(s->in[0] + i)),
                                           qm_vec_abs(qm_vec_load(s->in[1] + i))));
    return qm_vec_loudest(most);
}

/* The gain that the block needs whose peak is known now. */
static float wanted(State *s, bool true_peaks)
{
    if (!true_peaks) {
        const float c = s->ceiling, peak = sample_peak(s);
        return peak > c ? c * (1 - 0x1p-20f) / peak : 1;
    }
    qm_peak_push(s->ceilings, QM_COUNT(s->ceilings), s->ceiling);
    const float c = s->ceilings[0], peak = qm_true_peak(&s->peak, s->in[0], s->in[1], c);
    return peak > c ? c * (1 - 0x1p-20f) / peak : 1;
}

static double release(State *s, const float *c, float least)
{
    const double now = 1.0 - (double)least;
    s->slow += (double)c[now > s->slow ? C_CHARGE : C_SLOW] * (now - s->slow);
    s->slow = s->slow > NO_REDUCTION ? s->slow : 0;
    const double down_to = now > s->slow ? now : s->slow;
    const double falls = s->reduction + (double)c[C_FAST] * (down_to - s->reduction);
    s->reduction = now > falls ? now : falls > NO_REDUCTION ? falls : 0;
    return 1.0 - s->reduction;
}

static void tally(State *s, const float *gain)
{
    const QmVec low = qm_vec_min(qm_vec_load(gain), qm_vec_load(gain + QM_LANES));
    s->least_gain = qm_vec_min(s->least_gain, low);
    s->product *= gain[BLOCK - 1] > LEAST_GAIN ? (double)gain[BLOCK - 1] : LEAST_GAIN;
    s->blocks += 1;
    if (s->product > 1e-200)
        return;
    s->logs += qm_log2(s->product);
    s->product = 1;
}

/* The block that came in makes one that goes out. */
static void next_block(const QmProcSpec *spec, State *s, const float *coeffs)
{
    if (is_loud(spec))
        clip_softly(s);
    float least = wanted(s, finds_true_peaks(spec)), gain[BLOCK];
    qm_sliding_min(&s->least, items(s, s->wanted), &least, 1);
    qm_smooth(&s->smoother, s->sums, release(s, coeffs, least), BLOCK, gain);
    tally(s, gain);

    QmRing ring = s->delay;
    qm_ring_write(&ring, items(s, s->left), s->in[0], BLOCK);
    qm_ring_write(&s->delay, items(s, s->right), s->in[1], BLOCK);
    const uint32_t from = qm_ring_back(&s->delay, BLOCK + s->delay_frames);
    for (uint32_t i = 0; i < BLOCK; i += QM_LANES) {
        const QmVec g = qm_vec_load(gain + i);
        qm_vec_store(s->out[0] + i, qm_vec_load(items(s, s->left) + from + i) * g);
        qm_vec_store(s->out[1] + i, qm_vec_load(items(s, s->right) + from + i) * g);
    }
    s->at = 0;
    s->ceiling = NO_CEILING;
}

/* The next `n` frames, no more than complete a block. */
static void pass(State *s, float *left, float *right, uint32_t n)
{
    qm_block_read(left, n, s->in[0] + s->at);
    qm_block_read(right, n, s->in[1] + s->at);
    qm_block_give(s->out[0] + s->at, n, left);
    qm_block_give(s->out[1] + s->at, n, right);
    s->at += n;
}

/* The ceiling of a block is the lowest that any of its frames has. */
static void advance(const QmStripCall *call, State *s, uint32_t n)
{
    float *const c = call->coeffs;
    for (uint32_t i = 0; i < (call->step ? n : 1); i++) {
        for (uint32_t k = 0; call->step && k < N_COEFFS; k++)
            c[k] += call->step[k];
        s->ceiling = c[C_CEILING] < s->ceiling ? c[C_CEILING] : s->ceiling;
    }
}

static void process_strip(const QmStripCall *call)
{
    State *const s = call->state;
    for (uint32_t done = 0, n; done < call->n; done += n) {
        const uint32_t room = BLOCK - s->at;
        n = room < call->n - done ? room : call->n - done;
        advance(call, s, n);
        pass(s, call->left + done, call->right + done, n);
        if (s->at == BLOCK)
            next_block(call->spec, s, call->coeffs);
    }
}

static void read(const QmProcSpec *spec, const void *state, uint32_t strip,
                 double *values)
{
    (void)spec;
    (void)strip;
    const State *const s = state;
    float least = 1;
    for (uint32_t k = 0; k < QM_LANES; k++)
        least = s->least_gain[k] < least ? s->least_gain[k] : least;
    values[0] = 0 - qm_gain_to_db((double)least);
    const double logs = s->logs + qm_log2(s->product);
    values[1] = s->blocks > 0 ? 0 - logs / s->blocks / QM_LOG2_PER_DB : 0;
}

const QmProcDesc QM_ISA(qm_proc_limiter) = {
    .name = "limiter",
    .summary = "look-ahead limiter: no peak above the ceiling, between samples neither",
    .params = params,
    .n_params = QM_COUNT(params),
    .flags = QM_PROC_RINGS, /* in style loud */
    .readings = readings,
    .n_readings = QM_COUNT(readings),
    .n_coeffs = N_COEFFS,
    .update = update,
    .size_state = size_state,
    .latency = latency,
    .tail = tail,
    .reset = reset,
    .process_strip = process_strip,
    .read = read,
};
