/* Haas: one side a little later than the other, which makes narrow things wide.
 *
 *     low += k (x - low),  high = x - low                   of the late side
 *     out = x + f ((a - 1) high + b high[now - delay])
 *     a = (1 - mix) / n,  b = mix / n,  n = sqrt((1 - mix)^2 + mix^2)
 *
 * The ear takes two arrivals within some 35 ms for one, from where the first comes
 * (precedence: Wallach, Newman and Rosenzweig 1949; Haas, Acustica 1 (1951)). The shares'
 * powers add up to one, so the late side stays as loud as it was; what is late sounds
 * softer than it is, `gain` raises it. What lies below the low cut (6 dB per octave) is
 * not delayed, bass stays in the centre. The other side is never touched, to the bit.
 *
 * In mono. A sound from the centre meets its late copy there: with 1 + a of it in time
 * and b late, notches at odd multiples of 1 / (2 delay), (1 + a - b) / (1 + a + b) deep.
 * Both are read out, for what was set last; around the low cut they are shallower.
 *
 * Refusal. What is wide already has its sides told apart by more than time; delaying one
 * of them smears it and makes more combs. The correlation of the sides, their product
 * over the root of their powers, each averaged over AVERAGE_MS, is looked at on the grid:
 * below `refuse` the effect fades away (f: 1 to 0 in FADE_MS), RETURN above it it comes
 * back. Silence, below -120 dBFS, decides nothing.
 *
 * A new delay crossfades over 20 ms. No latency: the early side is on time. The tail is
 * the delay and the low cut's decay. */
#include "dsp/delay_line.h"

#include "base/qmath.h"
#include "proc/proc.h"

enum { SIDE, DELAY, MIX, GAIN, LOW_CUT, REFUSE };
enum { LEFT, RIGHT };

enum { LONGEST_MS = 35, TAP_MS = 20, FADE_MS = 300, AVERAGE_MS = 300 };

#define RETURN     0.1   /* of correlation: hysteresis */
#define SILENCE    1e-12 /* mean square */
#define LOUDEST    8.0f  /* what the correlation listens to: 18 dBFS */
#define DEEPEST_DB 120.0 /* of a notch, where a and b make it infinite */

static const char *const side_names[] = {[LEFT] = "left", [RIGHT] = "right", NULL};

static const QmParam params[] = {
    [SIDE] = {.name = "side",
              .help = "the late one",
              .kind = QM_PARAM_CHOICE,
              .max = RIGHT,
              .def = RIGHT,
              .choices = side_names},
    [DELAY] = {.name = "delay",
               .help = "by which it is late",
               .unit = QM_UNIT_MS,
               .min = 5,
               .max = LONGEST_MS,
               .def = 15,
               .flags = QM_PARAM_STEPPED},
    [MIX] = {.name = "mix",
             .help = "share of the late sound on its side, in equal power",
             .unit = QM_UNIT_PERCENT,
             .min = 0,
             .max = 100,
             .def = 30},
    [GAIN] = {.name = "gain",
              .help = "of the late sound, against its seeming softer",
              .unit = QM_UNIT_DB,
              .min = -12,
              .max = 12,
              .def = 0},
    [LOW_CUT] = {.name = "low-cut",
                 .help = "below it nothing is late",
                 .unit = QM_UNIT_HZ,
                 .min = 20,
                 .max = 2000,
                 .def = 120},
    [REFUSE] = {.name = "refuse",
                .help = "correlation of the sides below which it fades away, -1: never",
                .min = -1,
                .max = 0.8,
                .def = 0.3},
};

/* Of each side: what is added of its high part, now and late. */
enum { C_NOW, C_LATE = C_NOW + 2, C_LOWS = C_LATE + 2, C_REFUSE, N_BLOCKS };
/* Frames; and what depends on the rate alone. */
enum { C_DELAY = N_BLOCKS, C_AVERAGE, C_FADE, N_COEFFS };

enum { LL, RR, LR, N_SUMS };

typedef struct State {
    /* sums since the last grid line, their averages, their totals */
    double sums[N_SUMS], average[N_SUMS], total[N_SUMS], total_out[N_SUMS];
    uint64_t quanta, refused;
    QmRing ring; /* of both lines */
    QmTap tap;
    uint32_t right; /* first float of the right line in the items */
    uint32_t fade_frames;
    float low[2];
    float effect;    /* f */
    float late, now; /* b and a - 1 of the late side, for the readings */
    bool refuses;
    bool running; /* a frame has been computed: delay changes by a fade from now on */
    _Alignas(64) float items[];
} State;

static uint32_t frames(double ms, double rate_hz)
{
    return (uint32_t)(ms * 1e-3 * rate_hz + 0.5);
}

static void update(const QmProcSpec *spec, const double *p, float *c)
{
    const double mix = p[MIX] / 100;
    const double norm = 1 / qm_sqrt((1 - mix) * (1 - mix) + mix * mix);
    const uint32_t late = (int)p[SIDE] == LEFT ? 0 : 1;
    c[C_NOW + late] = (float)((1 - mix) * norm - 1);
    c[C_LATE + late] = (float)(mix * norm * qm_db_to_gain(p[GAIN]));
    c[C_NOW + 1 - late] = c[C_LATE + 1 - late] = 0;
    c[C_LOWS] = (float)qm_one_pole(1 / (2 * QM_PI * p[LOW_CUT]), spec->rate_hz);
    c[C_DELAY] = (float)frames(p[DELAY], spec->rate_hz);
    c[C_REFUSE] = (float)p[REFUSE];
    c[C_AVERAGE] = (float)qm_one_pole(AVERAGE_MS * 1e-3, spec->rate_hz / QM_QUANTUM);
    c[C_FADE] = (float)(1 / (FADE_MS * 1e-3 * spec->rate_hz));
}

/* 15 time constants of the low cut, a change of delay, the delay. */
static uint64_t tail(const QmProcSpec *spec, const double *p)
{
    const double seconds = 15 / (2 * QM_PI * p[LOW_CUT]) + TAP_MS * 1e-3;
    return (uint64_t)(seconds * spec->rate_hz) + frames(p[DELAY], spec->rate_hz);
}

static QmRing ring_of(const QmProcSpec *spec)
{
    return qm_ring(frames(LONGEST_MS, spec->rate_hz) + 1);
}

static size_t size_state(const QmProcSpec *spec)
{
    const QmRing ring = ring_of(spec);
    return sizeof(State) + 2 * qm_ring_items(&ring) * sizeof(float);
}

static void reset(const QmProcSpec *spec, void *state)
{
    State *const s = state;
    s->ring = ring_of(spec);
    s->right = (uint32_t)qm_ring_items(&s->ring);
    s->fade_frames = frames(TAP_MS, spec->rate_hz);
    s->effect = 1;
}

/* ---- what is wide already ---- */

static void listen(const float *left, const float *right, uint32_t n, double *sums)
{
    for (uint32_t i = 0; i < n; i++) {
        float l = left[i] < LOUDEST ? left[i] : LOUDEST;
        float r = right[i] < LOUDEST ? right[i] : LOUDEST;
        l = l > -LOUDEST ? l : -LOUDEST;
        r = r > -LOUDEST ? r : -LOUDEST;
        sums[LL] += (double)l * (double)l;
        sums[RR] += (double)r * (double)r;
        sums[LR] += (double)l * (double)r;
    }
}

/* Of two signals given their powers and product; `silent`: where one is silence. */
static double correlation(const double *sums, double floor, double silent)
{
    if (!(sums[LL] > floor && sums[RR] > floor))
        return silent;
    return sums[LR] / qm_sqrt(sums[LL] * sums[RR]);
}

static void decide(State *s, const float *c)
{
    const double keep = 1 - (double)c[C_AVERAGE];
    for (uint32_t k = 0; k < N_SUMS; k++) {
        const double now = s->sums[k] * (1.0 / QM_QUANTUM);
        const double average = keep * s->average[k] + (1 - keep) * now;
        s->average[k] = average > 1e-30 || average < -1e-30 ? average : 0;
        s->total[k] += s->sums[k];
        s->sums[k] = 0;
    }
    const double limit = (double)c[C_REFUSE] + (s->refuses ? RETURN : 0);
    const double undecided = s->refuses ? -2 : 2;
    s->refuses = c[C_REFUSE] > -1 && correlation(s->average, SILENCE, undecided) < limit;
    s->quanta++;
    s->refused += s->refuses;
}

/* ---- sound ---- */

QM_INLINE float at(const QmCoeffBlock *c, uint32_t i) { return c->value[i & c->mask]; }

/* n frames of both sides above the low cut. */
static void cut(const QmCoeffBlock *c, float (*in)[QM_BLOCK_ROOM], uint32_t n, float *low,
                float (*high)[QM_BLOCK_ROOM])
{
    float l = low[0], r = low[1];
    for (uint32_t i = 0; i < n; i++) {
        const float k = at(&c[C_LOWS], i);
        l += k * (in[0][i] - l);
        r += k * (in[1][i] - r);
        high[0][i] = in[0][i] - l;
        high[1][i] = in[1][i] - r;
    }
    for (uint32_t i = n; i % QM_LANES; i++)
        high[0][i] = high[1][i] = 0;
    low[0] = l;
    low[1] = r;
}

/* The next n frames of f, which mostly stands at one of its ends. */
static void fade(State *s, float per_frame, uint32_t n, float *effect)
{
    const float step = s->refuses ? -per_frame : per_frame, end = s->refuses ? 0 : 1;
    float f = s->effect;
    if (f == end) {
        for (uint32_t i = 0; i < n; i += QM_LANES)
            qm_vec_store(effect + i, qm_vec(f));
        return;
    }
    for (uint32_t i = 0; i < n; i++) {
        f += step;
        f = f < 0 ? 0 : f > 1 ? 1 : f;
        effect[i] = f;
    }
    for (uint32_t i = n; i % QM_LANES; i++)
        effect[i] = f;
    s->effect = f;
}

/* n frames with the delay standing or within one crossfade, no longer than the delay. */
static void block(State *s, const QmCoeffBlock *c, const float *effect, uint32_t n,
                  float *const io[2])
{
    float in[2][QM_BLOCK_ROOM], high[2][QM_BLOCK_ROOM], late[QM_BLOCK_ROOM];
    float *const line[2] = {s->items, s->items + s->right};
    qm_block_read(io[0], n, in[0]);
    qm_block_read(io[1], n, in[1]);
    listen(in[0], in[1], n, s->sums);
    cut(c, in, n, s->low, high);
    for (uint32_t side = 0; side < 2; side++) {
        qm_tap_read(&s->tap, s->fade_frames, &s->ring, line[side], 0, n, late);
        for (uint32_t i = 0; i < n; i += QM_LANES) {
            const QmVec added =
                qm_coeff_at(&c[C_NOW + side], i) * qm_vec_load(high[side] + i) +
                qm_coeff_at(&c[C_LATE + side], i) * qm_vec_load(late + i);
            qm_vec_store(in[side] + i,
                         qm_vec_load(in[side] + i) + qm_vec_load(effect + i) * added);
        }
        qm_block_give(in[side], n, io[side]);
    }
    listen(in[0], in[1], n, s->total_out);
    QmRing ring = s->ring;
    qm_ring_write(&ring, line[0], high[0], n);
    qm_ring_write(&s->ring, line[1], high[1], n);
}

static void at_grid(State *s, const float *c)
{
    const uint32_t late = c[C_LATE] > 0 ? 0 : 1;
    decide(s, c);
    s->now = c[C_NOW + late];
    s->late = c[C_LATE + late];
    for (uint32_t side = 0; side < 2; side++)
        s->low[side] = qm_vec_flush(qm_vec(s->low[side]))[0];
}

static void process_strip(const QmStripCall *call)
{
    State *const s = call->state;
    const float *const step = call->step;
    float *const coeffs = call->coeffs;
    const bool moving = step && step[C_DELAY] != 0;
    for (uint32_t done = 0, n; done < call->n; done += n) {
        if (moving)
            coeffs[C_DELAY] += step[C_DELAY];
        const uint32_t wanted = (uint32_t)(coeffs[C_DELAY] + 0.5f);
        if (!s->running)
            s->tap.now = s->tap.next = wanted;
        s->running = true;
        qm_tap_aim(&s->tap, wanted);
        n = qm_tap_span(&s->tap, s->fade_frames, moving ? 1 : call->n - done);
        n = n < s->tap.now ? n : s->tap.now;
        n = n < s->tap.next ? n : s->tap.next;
        QmCoeffBlock c[N_BLOCKS];
        for (uint32_t k = 0; k < N_BLOCKS; k++)
            qm_coeff_block(coeffs, step, k, n, &c[k]);
        float effect[QM_BLOCK_ROOM];
        fade(s, coeffs[C_FADE], n, effect);
        block(s, c, effect, n, (float *const[]){call->left + done, call->right + done});
        qm_tap_pass(&s->tap, s->fade_frames, n);
    }
    if (call->on_grid)
        at_grid(s, coeffs);
}

/* ---- readings ---- */

enum { NOTCH, DEPTH, IN, OUT, REFUSED };

static const QmReading readings[] = {
    [NOTCH] = {"mono-notch", "first notch of the mono sum, its odd multiples follow",
               QM_UNIT_HZ},
    [DEPTH] = {"mono-notch-depth", "of those well above the low cut, beside the peaks",
               QM_UNIT_DB},
    [IN] = {"correlation", "of the sides as they came", QM_UNIT_NONE},
    [OUT] = {"correlation-out", "of the sides as they went", QM_UNIT_NONE},
    [REFUSED] = {"refused", "share of the time", QM_UNIT_PERCENT},
};

static void read(const QmProcSpec *spec, const void *state, uint32_t strip,
                 double *values)
{
    const State *const s = state;
    const double a = 1 + (double)s->now, b = (double)s->late;
    const double left = (1 + a - b) / (1 + a + b);
    const double deep = -qm_gain_to_db(left < 0 ? -left : left);
    (void)strip;
    values[NOTCH] = s->running ? spec->rate_hz / (2.0 * s->tap.next) : 0;
    values[DEPTH] = deep < DEEPEST_DB ? deep : DEEPEST_DB;
    values[IN] = correlation(s->total, 0, 0);
    values[OUT] = correlation(s->total_out, 0, 0);
    values[REFUSED] = s->quanta ? 100.0 * (double)s->refused / (double)s->quanta : 0;
}

const QmProcDesc QM_ISA(qm_proc_haas) = {
    .name = "haas",
    .summary = "widening by a delay of one side; spares what is wide already",
    .params = params,
    .n_params = QM_COUNT(params),
    .readings = readings,
    .n_readings = QM_COUNT(readings),
    .n_coeffs = N_COEFFS,
    .update = update,
    .size_state = size_state,
    .tail = tail,
    .reset = reset,
    .process_strip = process_strip,
    .read = read,
};
