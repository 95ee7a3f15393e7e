/* Delay: echoes, each duller and softer than the one before, or thrown from side to
 * side.
 *
 *     wet = what the line holds, `time` ago
 *     line <- input (ping-pong: all of it to the left)
 *             + feedback * cut(wet) of the same side (ping-pong: of the other)
 *     out = dry * input + wet * (wet through width)
 *
 * cut: one pole takes the highs, one the lows, so that the first echo is whole and each
 * later one has passed the filters once more. Both are at -3 dB exactly where they are
 * told to be: the high cut is y = (1 - g) y + g x with the g that makes it so, the low
 * cut the bilinear transform of s / (s + w) in its TPT form (Zavalishin, The Art of VA
 * Filter Design, 3.9). Ping-pong puts the sum of both sides into the left line and
 * crosses the feedback.
 *
 * With `sync` the time is a note length at the song's tempo, beats * 60 / bpm * rate
 * frames, rounded once; a time longer than max-time is halved until it fits, so that it
 * stays in the rhythm. The tempo is looked at on every grid line.
 *
 * A new time crossfades from the old place in the line to the new one over 20 ms; what
 * comes during a fade waits for its end. So a gliding tempo is followed in steps of one
 * fade. Mix is of equal power. No latency. The tail is as many echoes as the feedback
 * needs to fall by 120 dB (with sync, of max-time: the tempo may be any), and half a
 * second for the filters. */
#include "dsp/delay_line.h"

#include "base/qmath.h"
#include "proc/cycle.h"

enum { TIME, FEEDBACK, PING_PONG, LOW_CUT, HIGH_CUT, WIDTH, MIX, MAX_TIME, SYNC };

enum { LONGEST_MS = 4000, FADE_MS = 20, OPEN_HZ = 20000 };

static const char *const notes[] = QM_SYNC_NAMES;

static const QmParam params[] = {
    [TIME] = {.name = "time",
              .help = "between echoes, at most max-time",
              .unit = QM_UNIT_MS,
              .min = 1,
              .max = LONGEST_MS,
              .def = 375,
              .flags = QM_PARAM_STEPPED},
    [FEEDBACK] = {.name = "feedback",
                  .help = "level of an echo beside the one before",
                  .unit = QM_UNIT_PERCENT,
                  .min = 0,
                  .max = 98,
                  .def = 35},
    [PING_PONG] = {.name = "ping-pong",
                   .help = "echoes go from side to side, left first",
                   .kind = QM_PARAM_SWITCH,
                   .max = 1},
    [LOW_CUT] = {.name = "low-cut",
                 .help = "takes lows from every repeat",
                 .unit = QM_UNIT_HZ,
                 .min = 10,
                 .max = 2000,
                 .def = 20},
    [HIGH_CUT] = {.name = "high-cut",
                  .help = "takes highs from every repeat, 20 kHz: none",
                  .unit = QM_UNIT_HZ,
                  .min = 200,
                  .max = OPEN_HZ,
                  .def = OPEN_HZ},
    [WIDTH] = {.name = "width",
               .help = "of the wet stereo image, 0: mono",
               .min = 0,
               .max = 2,
               .def = 1},
    [MIX] = {.name = "mix",
             .help = "0: dry, 100: echoes alone",
             .unit = QM_UNIT_PERCENT,
             .min = 0,
             .max = 100,
             .def = 30},
    [MAX_TIME] = {.name = "max-time",
                  .help = "memory to keep",
                  .unit = QM_UNIT_MS,
                  .min = 1,
                  .max = LONGEST_MS,
                  .def = LONGEST_MS,
                  .flags = QM_PARAM_STRUCTURAL},
    [SYNC] = {.name = "sync",
              .help = "a note length instead of time, halved until max-time holds it",
              .kind = QM_PARAM_CHOICE,
              .choices = notes,
              .max = QM_SYNC_COUNT - 1,
              .flags = QM_PARAM_STEPPED},
};

enum {
    C_IN,              /* left and right into the left line, into the right line */
    C_SAME = C_IN + 4, /* feedback into the same line */
    C_OTHER,           /* and into the other */
    C_HIGHS,           /* g of the one pole */
    C_LOWS,            /* g / (1 + g) of the other */
    C_DRY,
    C_WET,             /* to its own side */
    C_CROSS,           /* to the other */
    N_BLOCKS,          /* the coeffs that may move from frame to frame */
    C_TIME = N_BLOCKS, /* frames */
    C_SYNC,            /* the choice */
    N_COEFFS,
};

static uint32_t frames(double ms, double rate_hz)
{
    const uint32_t n = (uint32_t)(ms * 1e-3 * rate_hz + 0.5);
    return n < 1 ? 1 : n;
}

static uint32_t longest(const QmProcSpec *spec)
{
    return frames(spec->params[MAX_TIME], spec->rate_hz);
}

static uint32_t time_frames(const QmProcSpec *spec, const double *p)
{
    const uint32_t n = frames(p[TIME], spec->rate_hz), most = longest(spec);
    return n < most ? n : most;
}

/* g with |g / (1 - (1 - g) z)|^2 = 1/2 at `hz`: the root of b^2 - (4 - 2 c) b + 1 with b
 * = 1 - g and c the cosine. */
static double highs_factor(double hz, double rate_hz)
{
    const double a = 2 - qm_cos_turns(hz < 0.5 * rate_hz ? hz / rate_hz : 0.5);
    return 1 - (a - qm_sqrt(a * a - 1));
}

static double lows_factor(double hz, double rate_hz)
{
    const double g = qm_tan(QM_PI * (hz < 0.45 * rate_hz ? hz / rate_hz : 0.45));
    return g / (1 + g);
}

static void update(const QmProcSpec *spec, const double *p, float *c)
{
    const bool cross = p[PING_PONG] > 0.5;
    const float feedback = (float)(p[FEEDBACK] * 0.01);
    c[C_IN] = cross ? 0.5f : 1;
    c[C_IN + 1] = cross ? 0.5f : 0;
    c[C_IN + 2] = 0;
    c[C_IN + 3] = cross ? 0 : 1;
    c[C_SAME] = cross ? 0 : feedback;
    c[C_OTHER] = cross ? feedback : 0;
    c[C_HIGHS] = 1;
    if (p[HIGH_CUT] < OPEN_HZ)
        c[C_HIGHS] = (float)highs_factor(p[HIGH_CUT], spec->rate_hz);
    c[C_LOWS] = (float)lows_factor(p[LOW_CUT], spec->rate_hz);
    const double dry = p[MIX] < 100 ? qm_cos_turns(0.0025 * p[MIX]) : 0;
    const double wet = qm_sin_turns(0.0025 * p[MIX]);
    c[C_DRY] = (float)dry;
    c[C_WET] = (float)(0.5 * wet * (1 + p[WIDTH]));
    c[C_CROSS] = (float)(0.5 * wet * (1 - p[WIDTH]));
    c[C_TIME] = (float)time_frames(spec, p);
    c[C_SYNC] = (float)p[SYNC];
}

static uint64_t tail(const QmProcSpec *spec, const double *p)
{
    const double feedback = p[FEEDBACK] * 0.01;
    uint64_t echoes = 1;
    if (feedback > 1e-6)
        echoes += (uint64_t)(-6 / qm_log10(feedback)) + 1;
    const uint64_t apart = p[SYNC] > 0 ? longest(spec) : time_frames(spec, p);
    return echoes * apart + (uint64_t)(0.5 * spec->rate_hz);
}

typedef struct State {
    QmRing ring; /* of both lines */
    QmTap tap;
    uint32_t fade;         /* frames of a change of time */
    uint32_t right;        /* first float of the right line in the items */
    float low[2], high[2]; /* of the filters */
    bool running; /* a frame has been computed: time changes by a fade from now on */
    _Alignas(64) float items[];
} State;

static size_t size_state(const QmProcSpec *spec)
{
    const QmRing ring = qm_ring(longest(spec));
    return sizeof(State) + 2 * qm_ring_items(&ring) * sizeof(float);
}

static void reset(const QmProcSpec *spec, void *state)
{
    State *const s = state;
    s->ring = qm_ring(longest(spec));
    s->right = (uint32_t)qm_ring_items(&s->ring);
    s->fade = frames(FADE_MS, spec->rate_hz);
}

QM_INLINE float at(const QmCoeffBlock *c, uint32_t i) { return c->value[i & c->mask]; }

/* n frames of both sides through their filters; side by side, or one waits for itself. */
static void cut(const QmCoeffBlock *c, const float wet[2][QM_BLOCK_ROOM], uint32_t n,
                State *s, float out[2][QM_BLOCK_ROOM])
{
    float low[2] = {s->low[0], s->low[1]}, high[2] = {s->high[0], s->high[1]};
    for (uint32_t i = 0; i < n; i++) {
        const float g = at(&c[C_HIGHS], i), k = at(&c[C_LOWS], i);
        const float keep_high = 1.0f - g, keep_low = 1.0f - 2.0f * k;
        for (uint32_t side = 0; side < 2; side++) {
            const float h = high[side] = keep_high * high[side] + g * wet[side][i];
            out[side][i] = (h - low[side]) * (1.0f - k);
            low[side] = keep_low * low[side] + 2.0f * k * h;
        }
    }
    memcpy(s->low, low, sizeof low);
    memcpy(s->high, high, sizeof high);
}

/* n frames with a line's delay standing or within one fade, no longer than the delay. */
static void block(State *s, const QmCoeffBlock *c, uint32_t n, float *const io[2])
{
    float in[2][QM_BLOCK_ROOM], wet[2][QM_BLOCK_ROOM], back[2][QM_BLOCK_ROOM];
    float *const line[2] = {s->items, s->items + s->right};
    for (uint32_t side = 0; side < 2; side++) {
        qm_block_read(io[side], n, in[side]);
        qm_tap_read(&s->tap, s->fade, &s->ring, line[side], 0, n, wet[side]);
        for (uint32_t i = n; i % QM_LANES; i++)
            back[side][i] = 0;
    }
    cut(c, (const float(*)[QM_BLOCK_ROOM])wet, n, s, back);
    for (uint32_t side = 0; side < 2; side++) {
        const QmCoeffBlock *const from = c + C_IN + 2 * side;
        float *const to = line[side] + s->ring.at;
        for (uint32_t i = 0; i < n; i += QM_LANES) {
            const QmVec x = qm_coeff_at(&from[0], i) * qm_vec_load(in[0] + i) +
                            qm_coeff_at(&from[1], i) * qm_vec_load(in[1] + i);
            const QmVec echo =
                qm_coeff_at(&c[C_SAME], i) * qm_vec_load(back[side] + i) +
                qm_coeff_at(&c[C_OTHER], i) * qm_vec_load(back[1 - side] + i);
            qm_vec_store(to + i, qm_vec_flush(x + echo));
        }
    }
    QmRing ring = s->ring;
    qm_ring_written(&ring, line[0], sizeof(float), n);
    qm_ring_written(&s->ring, line[1], sizeof(float), n);
    for (uint32_t side = 0; side < 2; side++) {
        for (uint32_t i = 0; i < n; i += QM_LANES)
            qm_vec_store(in[side] + i,
                         qm_coeff_at(&c[C_DRY], i) * qm_vec_load(in[side] + i) +
                             qm_coeff_at(&c[C_WET], i) * qm_vec_load(wet[side] + i) +
                             qm_coeff_at(&c[C_CROSS], i) *
                                 qm_vec_load(wet[1 - side] + i));
        qm_block_give(in[side], n, io[side]);
    }
}

/* The delay that is wanted, in frames. */
static uint32_t aim(const QmStripCall *call)
{
    const double beats = qm_sync_beats((uint32_t)call->coeffs[C_SYNC]);
    if (beats <= 0)
        return (uint32_t)call->coeffs[C_TIME];
    const double most = longest(call->spec);
    double n = beats * 60 / call->time.bpm * call->spec->rate_hz;
    while (n >= most + 0.5)
        n *= 0.5;
    return n < 1 ? 1 : (uint32_t)(n + 0.5);
}

static void process_strip(const QmStripCall *call)
{
    State *const s = call->state;
    const uint32_t wanted = aim(call);
    if (!s->running)
        s->tap.now = s->tap.next = wanted;
    s->running = true;
    for (uint32_t done = 0, n; done < call->n; done += n) {
        qm_tap_aim(&s->tap, wanted);
        n = qm_tap_span(&s->tap, s->fade, call->n - done);
        n = n < s->tap.now ? n : s->tap.now;
        n = n < s->tap.next ? n : s->tap.next;
        QmCoeffBlock c[N_BLOCKS];
        for (uint32_t k = 0; k < N_BLOCKS; k++)
            qm_coeff_block(call->coeffs, call->step, k, n, &c[k]);
        block(s, c, n, (float *const[]){call->left + done, call->right + done});
        qm_tap_pass(&s->tap, s->fade, n);
    }
    if (!call->on_grid)
        return;
    for (uint32_t side = 0; side < 2; side++) {
        s->low[side] = qm_vec_flush(qm_vec(s->low[side]))[0];
        s->high[side] = qm_vec_flush(qm_vec(s->high[side]))[0];
    }
}

const QmProcDesc QM_ISA(qm_proc_delay) = {
    .name = "delay",
    .summary = "echoes in time or in tempo, filters in the feedback, ping-pong",
    .params = params,
    .n_params = QM_COUNT(params),
    .flags = QM_PROC_TIMED,
    .n_coeffs = N_COEFFS,
    .update = update,
    .size_state = size_state,
    .tail = tail,
    .reset = reset,
    .process_strip = process_strip,
};
