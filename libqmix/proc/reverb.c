/* Reverb: rooms, hall and plate from a feedback delay network (dsp/fdn.h), and springs
 * (dsp/spring.h).
 *
 *     in -> predelay -> six all-passes a side -+-> sixteen lines ----> + -> width -> mix
 *        (plate: -> dispersion ->)             +-> early reflections -^
 *     in -> predelay -> springs ------------------------------------------> width -> mix
 *
 * The type sets lengths and early reflections (proc/room.h): what in a real room its
 * walls set. Decay, predelay and the rest are told apart from it.
 *
 * The all-passes (Schroeder) make many echoes of one before the network sees it; the
 * network mixes and prolongs them. Left feeds the even lines and hears them, right the
 * odd ones; the first turn through the network spreads either over all. A plate's highs
 * run ahead of its lows: sixteen sections of dispersion (dsp/cascade.h) hold the lows
 * back by 6 ms. Springs are another structure under the same name, because all that is
 * told about them, decay, size, predelay, width, means the same; diffusion and modulation
 * they have not.
 *
 * Decay. T60 in the middle is `decay`. At an octave below the low crossover it is
 * `low-decay` (or, if that is 0, 1.1 decay), at an octave above the high crossover
 * `high-decay` (or (1 - 0.9 damping) decay), held within what the network can do, a
 * quarter to 2.5 times, a tenth to once the decay (dsp/decay.h).
 *
 * Level. A noise that goes through at mix 1 comes out about as loud as it went in,
 * whatever decay and size are: with G = the sum of the lines' squared mid gains g_k, the
 * power of all lines settles at G / (1 - G / 16) times the input's, and half of the
 * lines is a side. Early reflections have a share in that power. Springs are as loud as
 * what they let pass.
 *
 * Mix is of equal power: dry cos, wet sin of a quarter turn. No latency. The tail is
 * predelay plus twice the slowest T60 that there may be anywhere in the spectrum. */
#include "base/qmath.h"
#include "dsp/decay.h"
#include "dsp/fdn.h"
#include "dsp/spring.h"
#include "proc/proc.h"
#include "proc/room.h"

enum {
    TYPE,
    DECAY,
    DAMPING,
    LOW_DECAY,
    HIGH_DECAY,
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

static const char *const types[] = QM_ROOM_NAMES;

static const QmParam params[] = {
    [TYPE] = {.name = "type",
              .help = "structure of the reverb",
              .kind = QM_PARAM_CHOICE,
              .choices = types,
              .max = QM_ROOMS - 1,
              .def = QM_ROOM_HALL,
              .flags = QM_PARAM_STRUCTURAL},
    [DECAY] = {.name = "decay",
               .help = "time to fall by 60 dB in the middle of the spectrum",
               .unit = QM_UNIT_S,
               .min = 0.1,
               .max = 20,
               .def = 2},
    [DAMPING] = {.name = "damping",
                 .help =
                     "how much faster the highs fall, 1: ten times; not with high-decay",
                 .min = 0,
                 .max = 1,
                 .def = 0.5},
    [LOW_DECAY] = {.name = "low-decay",
                   .help = "decay of the lows, 0: 1.1 times decay",
                   .unit = QM_UNIT_S,
                   .min = 0,
                   .max = 20,
                   .def = 0},
    [HIGH_DECAY] = {.name = "high-decay",
                    .help = "decay of the highs, 0: as damping says",
                    .unit = QM_UNIT_S,
                    .min = 0,
                    .max = 20,
                    .def = 0},
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

enum { STAGES = QM_ROOM_STAGES, TAPS = QM_ROOM_TAPS };

/* Gains of the all-passes at diffusion 1. */
static const double stage_gain[STAGES] = {0.72, 0.72, 0.7, 0.7, 0.65, 0.65};
static const double speed_hz[QM_FDN_MOVING] = {0.37, 0.83, 0.53, 0.71};
static const double depth_s = 0.00028; /* to either side at modulation 1 in a hall */
enum { WHIP_HZ = 850 };                /* of a plate's dispersion */

enum {
    C_BODY = 0, /* of the network, or of the springs */
    C_STAGE = QM_FDN_COEFFS,
    C_EARLY = C_STAGE + STAGES, /* of the left side, of the right */
    C_DRY = C_EARLY + 2 * TAPS,
    C_SAME,  /* wet to its own side */
    C_CROSS, /* wet to the other */
    C_PREDELAY,
    N_COEFFS,
};

static bool springs(const QmProcSpec *spec)
{
    return spec->params[TYPE] > QM_ROOM_SPRING - 0.5;
}

static const QmRoom *room_of(const QmProcSpec *spec)
{
    return &qm_rooms[(uint32_t)spec->params[TYPE]];
}

/* ---- coeffs ---- */

static double within(double x, double low, double high)
{
    return x < low ? low : x > high ? high : x;
}

static QmDecay decay_of(const double *p)
{
    const double mid = p[DECAY];
    const double low = p[LOW_DECAY] > 0 ? p[LOW_DECAY] : 1.1 * mid;
    const double high = p[HIGH_DECAY] > 0 ? p[HIGH_DECAY] : (1 - 0.9 * p[DAMPING]) * mid;
    return (QmDecay){.low_s = within(low, 0.25 * mid, 2.5 * mid),
                     .mid_s = mid,
                     .high_s = within(high, 0.1 * mid, mid),
                     .low_hz = p[LOW_CROSSOVER],
                     .high_hz = p[HIGH_CROSSOVER]};
}

/* What makes the lines as loud as dry. Their outputs are quarters (dsp/fdn.h). */
static double lines_gain(const double *p, double rate_hz,
                         const uint32_t delay[QM_FDN_LINES])
{
    double sum = 0;
    for (uint32_t k = 0; k < QM_FDN_LINES; k++)
        sum += qm_exp(-2 * 6.907755278982137 * delay[k] / (rate_hz * p[DECAY]));
    return 4 * qm_sqrt(2 * (1 - sum / 16) / sum);
}

/* Early reflections that have the room's share in the power beside lines that need `wet`
 * to be as loud as dry; returns what the lines, and so these, need now. */
static double design_early(const QmProcSpec *spec, const double *p, double wet,
                           float coeffs[2 * TAPS])
{
    const QmRoom *const room = room_of(spec);
    double gain[2 * TAPS], power = 0;
    for (uint32_t k = 0; k < 2 * TAPS; k++) {
        const uint32_t at = qm_room_tap(room, p[SIZE], spec->rate_hz, k / TAPS, k % TAPS);
        gain[k] = room->tap[k / TAPS][k % TAPS].level *
                  qm_exp(-6.907755278982137 * at / (spec->rate_hz * p[DECAY]));
        power += gain[k] * gain[k];
    }
    const double late = wet * qm_sqrt(1 - room->early);
    const double early = power > 0 ? qm_sqrt(2 * room->early / power) / late : 0;
    for (uint32_t k = 0; k < 2 * TAPS; k++)
        coeffs[k] = (float)(early * gain[k]);
    return late;
}

/* The network's coeffs and those around it; returns its gain. */
static double design_network(const QmProcSpec *spec, const double *p,
                             const QmDecay *decay, float *coeffs)
{
    const QmRoom *const room = room_of(spec);
    const double rate = spec->rate_hz;
    const QmDecayBands b = qm_decay_bands(decay, rate);
    uint32_t delay[QM_FDN_LINES];
    qm_room_lines(room, p[SIZE], rate, delay);
    for (uint32_t k = 0; k < QM_FDN_LINES; k++) {
        const double pass = delay[k] / rate;
        const QmLoss loss = qm_decay_loss(decay, &b, (const double[]){pass, pass, pass});
        qm_decay_shelves(&b, &loss, 0.25, coeffs + QM_FDN_LOW + k, QM_FDN_LINES);
    }
    coeffs[QM_FDN_DEPTH] = (float)(p[MODULATION] * room->moving * depth_s * rate);
    for (uint32_t s = 0; s < STAGES; s++)
        coeffs[C_STAGE + s] = (float)(p[DIFFUSION] * stage_gain[s]);
    return design_early(spec, p, lines_gain(p, rate, delay), coeffs + C_EARLY);
}

/* Springs were measured at size 0.4. */
static double longer(const QmProcSpec *spec)
{
    return qm_room_longer(spec->params[SIZE] - 0.4);
}

static double design_springs(const QmProcSpec *spec, const QmDecay *decay, float *coeffs)
{
    QmSpring spring;
    qm_spring_init(&spring, longer(spec), spec->rate_hz);
    memset(coeffs, 0, C_DRY * sizeof *coeffs);
    return qm_spring_design(&spring, decay, spec->rate_hz, coeffs + C_BODY);
}

static void update(const QmProcSpec *spec, const double *p, float *coeffs)
{
    const QmDecay decay = decay_of(p);
    const double body = springs(spec) ? design_springs(spec, &decay, coeffs)
                                      : design_network(spec, p, &decay, coeffs);
    const double dry = p[MIX] < 1 ? qm_cos_turns(0.25 * p[MIX]) : 0;
    const double wet = qm_sin_turns(0.25 * p[MIX]) * body;
    coeffs[C_DRY] = (float)dry;
    coeffs[C_SAME] = (float)(0.5 * wet * (1 + p[WIDTH]));
    coeffs[C_CROSS] = (float)(0.5 * wet * (1 - p[WIDTH]));
    coeffs[C_PREDELAY] = (float)(uint32_t)(p[PREDELAY] * 1e-3 * spec->rate_hz + 0.5);
}

static uint64_t tail(const QmProcSpec *spec, const double *p)
{
    const QmDecay d = decay_of(p);
    const double slowest = 2 * (d.low_s > d.mid_s ? d.low_s : d.mid_s);
    const double seconds = p[PREDELAY] * 1e-3 + 2 * slowest + 0.5;
    return (uint64_t)(seconds * spec->rate_hz);
}

/* ---- state ---- */

typedef struct State {
    QmSpring spring; /* or the network and what belongs to it */
    QmFdn fdn;
    QmWhip whip;
    QmRing predelay, early;
    QmRing stage; /* of every all-pass */
    QmTap tap;
    uint32_t length[2][STAGES], reflection[2][TAPS];
    uint32_t fade; /* frames of a change of predelay */
    /* first floats in the items */
    uint32_t predelay_at[2], stage_at[2][STAGES], early_at[2];
    uint32_t in_cell; /* frames of this cell that are done */
    float peak;       /* of what springs gave in it */
    bool quiet;       /* in the cell before */
    bool running; /* a frame has been computed: predelay changes by a fade from now on */
    _Alignas(64) float items[]; /* the network's lines, or the springs, first */
} State;

static void place_sides(const QmRing *ring, size_t *used, uint32_t at[2])
{
    for (uint32_t side = 0; side < 2; side++) {
        at[side] = (uint32_t)*used;
        *used += qm_ring_items(ring);
    }
}

/* The parts in front of the network. */
static void lay_out_room(const QmProcSpec *spec, State *s, size_t *used)
{
    const QmRoom *const room = room_of(spec);
    const double size = spec->params[SIZE], rate = spec->rate_hz;
    uint32_t delay[QM_FDN_LINES], longest[2] = {0};
    qm_room_lines(room, size, rate, delay);
    *used += qm_fdn_init(&s->fdn, delay, speed_hz, rate);
    for (uint32_t side = 0; side < 2; side++) {
        for (uint32_t k = 0; k < STAGES; k++) {
            const uint32_t n = qm_room_stage(room, size, rate, side, k);
            s->length[side][k] = n;
            longest[0] = n > longest[0] ? n : longest[0];
        }
        for (uint32_t k = 0; k < TAPS; k++) {
            const uint32_t n = qm_room_tap(room, size, rate, side, k);
            s->reflection[side][k] = n;
            longest[1] = n > longest[1] ? n : longest[1];
        }
    }
    s->stage = qm_ring(longest[0]);
    s->early = qm_ring(longest[1] + QM_RING_BLOCK);
    for (uint32_t k = 0; k < STAGES; k++) {
        uint32_t at[2];
        place_sides(&s->stage, used, at);
        s->stage_at[0][k] = at[0];
        s->stage_at[1][k] = at[1];
    }
    place_sides(&s->early, used, s->early_at);
    qm_whip_init(&s->whip, WHIP_HZ, rate);
}

/* A state without its items but with their places; gives the size of both. */
static size_t lay_out(const QmProcSpec *spec, State *s)
{
    memset(s, 0, sizeof *s);
    size_t used = 0;
    if (springs(spec))
        used = qm_spring_init(&s->spring, longer(spec), spec->rate_hz);
    else
        lay_out_room(spec, s, &used);
    s->fade = (uint32_t)(FADE_MS * 1e-3 * spec->rate_hz);
    s->predelay =
        qm_ring((uint32_t)(MAX_PREDELAY_MS * 1e-3 * spec->rate_hz + 1) + QM_QUANTUM);
    place_sides(&s->predelay, &used, s->predelay_at);
    return sizeof *s + used * sizeof(float);
}

static size_t size_state(const QmProcSpec *spec)
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

/* x, silent where it is too small to matter: long before the network, a short all-pass
 * beside a long one would be full of denormals. */
QM_INLINE QmVec audible(QmVec x)
{
    return (QmVec)((QmVecI)x & qm_vec_less(qm_vec(1e-30f), qm_vec_abs(x)));
}

/* One all-pass: n frames, in place. */
QM_INLINE void all_pass(const float *past, float *fresh, const QmCoeffBlock *gain,
                        bool moving, uint32_t n, float *io)
{
    QmVec g = qm_vec_load(gain->value);
    for (uint32_t i = 0; i < n; i += QM_LANES) {
        g = moving ? qm_coeff_at(gain, i) : g;
        const QmVec d = qm_vec_load(past + i);
        const QmVec w = audible(qm_vec_load(io + i) + g * d);
        qm_vec_store(fresh + i, w);
        qm_vec_store(io + i, d - g * w);
    }
}

/* Both sides through their all-passes. */
static void diffuse(State *s, float *c, const float *step, float *const io[2], uint32_t n)
{
    QmRing ring = s->stage;
    for (uint32_t k = 0; k < STAGES; k++) {
        QmCoeffBlock gain;
        qm_coeff_block(c, step, C_STAGE + k, n, &gain);
        for (uint32_t side = 0; side < 2; side++) {
            float *const items = s->items + s->stage_at[side][k];
            const float *const past = items + qm_ring_back(&s->stage, s->length[side][k]);
            ring = s->stage;
            if (step)
                all_pass(past, items + ring.at, &gain, true, n, io[side]);
            else
                all_pass(past, items + ring.at, &gain, false, n, io[side]);
            qm_ring_written(&ring, items, sizeof(float), n);
        }
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

QM_INLINE void add_taps(const QmCoeffBlock gain[TAPS], const float *const past[TAPS],
                        uint32_t n, bool moving, float *out)
{
    QmVec g[TAPS];
    for (uint32_t k = 0; k < TAPS; k++)
        g[k] = qm_vec_load(gain[k].value);
    for (uint32_t i = 0; i < n; i += QM_LANES) {
        QmVec sum = {0};
        for (uint32_t k = 0; k < TAPS; k++)
            sum += (moving ? qm_coeff_at(&gain[k], i) : g[k]) * qm_vec_load(past[k] + i);
        qm_vec_store(out + i, sum);
    }
}

/* What the reflections give of `in`, which they remember. */
static void reflect(const QmRoom *room, State *s, float *c, const float *step, uint32_t n,
                    float *const in[2], float out[2][QM_BLOCK_ROOM])
{
    QmRing ring = s->early;
    qm_ring_write(&ring, s->items + s->early_at[0], in[0], n);
    qm_ring_write(&s->early, s->items + s->early_at[1], in[1], n);
    for (uint32_t side = 0; side < 2; side++) {
        QmCoeffBlock gain[TAPS];
        const float *past[TAPS];
        for (uint32_t k = 0; k < TAPS; k++) {
            const uint32_t from = room->tap[side][k].crossed ? 1 - side : side;
            qm_coeff_block(c, step, C_EARLY + side * TAPS + k, n, &gain[k]);
            past[k] = s->items + s->early_at[from] +
                      qm_ring_back(&s->early, s->reflection[side][k] + n);
        }
        if (step)
            add_taps(gain, past, n, true, out[side]);
        else
            add_taps(gain, past, n, false, out[side]);
    }
}

/* n frames of a room, in place. */
static void room_block(const QmProcSpec *spec, State *s, float *c, const float *step,
                       uint32_t n, float *const io[2])
{
    const QmRoom *const room = room_of(spec);
    float early[2][QM_BLOCK_ROOM];
    if (room->disperses)
        qm_whip_run(&s->whip, n, io);
    diffuse(s, c, step, io, n);
    if (room->early > 0)
        reflect(room, s, c, step, n, io, early);
    qm_fdn_begin(&s->fdn, c + C_BODY);
    qm_fdn_block(&s->fdn, s->items, c + C_BODY, step ? step + C_BODY : NULL, n, io);
    for (uint32_t side = 0; room->early > 0 && side < 2; side++)
        for (uint32_t i = 0; i < n; i += QM_LANES)
            qm_vec_store(io[side] + i,
                         qm_vec_load(io[side] + i) + qm_vec_load(early[side] + i));
}

/* n frames of springs, in place. */
static void spring_block(State *s, float *c, const float *step, uint32_t n,
                         float *const io[2])
{
    qm_spring_block(&s->spring, s->items, c + C_BODY, step ? step + C_BODY : NULL, n,
                    s->quiet, io);
    s->peak = qm_fdn_peak(s->peak, io, n);
}

/* n frames within a cell. */
static void block(const QmProcSpec *spec, State *s, float *c, const float *step,
                  uint32_t n, float *const io[2])
{
    QmCoeffBlock g[3];
    float dry[2][QM_BLOCK_ROOM], wet[2][QM_BLOCK_ROOM];
    float *const sides[2] = {wet[0], wet[1]};
    for (uint32_t side = 0; side < 2; side++)
        qm_block_read(io[side], n, dry[side]);
    predelay(s, (const float(*)[QM_BLOCK_ROOM])dry, (uint32_t)c[C_PREDELAY], n, wet);
    if (springs(spec))
        spring_block(s, c, step, n, sides);
    else
        room_block(spec, s, c, step, n, sides);
    for (uint32_t k = 0; k < 3; k++)
        qm_coeff_block(c, step, C_DRY + k, n, &g[k]);
    mix(g, (const float(*)[QM_BLOCK_ROOM])dry, wet, n);
    for (uint32_t side = 0; side < 2; side++)
        qm_block_give(wet[side], n, io[side]);
}

static void begin_cell(const QmProcSpec *spec, State *s)
{
    s->quiet = s->peak < 1e-25f;
    s->peak = 0;
    if (s->quiet && springs(spec))
        qm_spring_settle(&s->spring, s->items);
}

static void process_strip(const QmStripCall *call)
{
    State *const s = call->state;
    for (uint32_t done = 0, n; done < call->n; done += n) {
        if (s->in_cell == 0)
            begin_cell(call->spec, s);
        n = QM_FDN_CELL - s->in_cell;
        n = n < call->n - done ? n : call->n - done;
        block(call->spec, s, call->coeffs, call->step, n,
              (float *const[]){call->left + done, call->right + done});
        s->in_cell = (s->in_cell + n) % QM_FDN_CELL;
        if (call->step) /* read on the first frame of a cell, so advanced after it */
            for (uint32_t i = 0; i < n; i++)
                call->coeffs[QM_FDN_DEPTH] += call->step[QM_FDN_DEPTH];
    }
    if (!call->on_grid)
        return;
    if (springs(call->spec)) {
        qm_spring_flush(&s->spring);
    } else {
        qm_fdn_flush(&s->fdn);
        qm_whip_flush(&s->whip);
    }
}

const QmProcDesc QM_ISA(qm_proc_reverb) = {
    .name = "reverb",
    .summary = "rooms, hall, plate or springs with decay in three bands",
    .params = params,
    .n_params = QM_COUNT(params),
    .n_coeffs = N_COEFFS,
    .update = update,
    .size_state = size_state,
    .tail = tail,
    .reset = reset,
    .process_strip = process_strip,
};
