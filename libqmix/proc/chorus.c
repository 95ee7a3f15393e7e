/* Chorus: the sound among copies of itself, each late by a time that swings.
 *
 *     wet = 1/sqrt(V) sum over v of x[n - delay - depth lfo(phase + v/V)]
 *     out = dry x + wet,   dry = cos, wet = sin of a quarter turn times mix
 *
 * The copies' phases are spread over a turn, so their pitches never sway together, and
 * the right side's are `stereo` ahead of the left's. Mix and voices add powers: copies
 * that are some 15 ms apart are not alike. A new delay is glided to in 50 ms (63 %), as a
 * tape would, whatever the automation does. Reading between samples: dsp/moving_tap.h.
 * No latency. Tail: the longest delay.
 *
 * Source: J. Dattorro, "Effect Design, Part 2", JAES 45 (1997). */
#include "dsp/delay_line.h"
#include "proc/swept.h"

enum { RATE, SYNC, SHAPE, PHASE, STEREO, VOICES, DELAY, DEPTH, MIX };

enum { MOST_VOICES = 6, LONGEST_MS = 50, DEEPEST_MS = 20 };

static const QmParam params[] = {
    [RATE] = QM_SWING_RATE(0.5),
    [SYNC] = QM_SWING_SYNC,
    [SHAPE] = QM_SWING_SHAPE,
    [PHASE] = QM_SWING_PHASE,
    [STEREO] = QM_SWING_STEREO(90),
    [VOICES] = {.name = "voices",
                .help = "copies",
                .kind = QM_PARAM_INTEGER,
                .min = 1,
                .max = MOST_VOICES,
                .def = 3,
                .flags = QM_PARAM_STRUCTURAL},
    [DELAY] = {.name = "delay",
               .help = "around which the copies swing",
               .unit = QM_UNIT_MS,
               .min = 1,
               .max = LONGEST_MS,
               .def = 15},
    [DEPTH] = {.name = "depth",
               .help = "how far they swing to either side, not below no delay",
               .unit = QM_UNIT_MS,
               .max = DEEPEST_MS,
               .def = 2.5},
    [MIX] = {.name = "mix",
             .help = "0: dry, 100: copies alone",
             .unit = QM_UNIT_PERCENT,
             .max = 100,
             .def = 30},
};

enum { C_DRY = QM_SWEPT_COEFFS, C_WET, N_COEFFS };

static void update(const QmProcSpec *spec, const double *p, float *c)
{
    const double voices = spec->params[VOICES], quarter = p[MIX] / 400;
    c[QM_SWEPT_RATE] = (float)(p[RATE] / spec->rate_hz);
    c[QM_SWEPT_DELAY] = (float)(p[DELAY] / 1000 * spec->rate_hz);
    c[QM_SWEPT_DEPTH] = (float)(p[DEPTH] / 1000 * spec->rate_hz);
    c[C_DRY] = (float)qm_cos_turns(quarter);
    c[C_WET] = (float)(qm_sin_turns(quarter) / qm_sqrt(voices));
}

static uint32_t longest(const QmProcSpec *spec)
{
    return qm_swept_frames(LONGEST_MS + DEEPEST_MS, spec->rate_hz);
}

static size_t size_state(const QmProcSpec *spec) { return qm_swept_size(longest(spec)); }

static uint64_t tail(const QmProcSpec *spec, const double *p)
{
    (void)p;
    return longest(spec) + QM_MOVING_TAPS;
}

static void reset(const QmProcSpec *spec, void *state)
{
    const double delay = spec->params[DELAY] / 1000 * spec->rate_hz;
    const double depth = spec->params[DEPTH] / 1000 * spec->rate_hz;
    qm_swept_reset(state, longest(spec), delay, depth);
}

/* The swings of all copies on one side. */
static void swings(const QmStripCall *call, int side, float lfo[][QM_QUANTUM])
{
    const double *const p = call->spec->params;
    const QmSwing swing = qm_swing(p[SYNC], p[SHAPE], p[PHASE], p[STEREO]);
    const uint32_t voices = (uint32_t)p[VOICES];
    for (uint32_t v = 0; v < voices; v++) {
        const uint64_t ahead = v * (QM_CYCLE_ONE / voices) + (side ? swing.stereo : 0);
        qm_swept_swing(call, &swing, ahead, qm_rand_key(call->spec->seed, v), lfo[v]);
    }
}

typedef struct Move {
    double delay[QM_QUANTUM], depth[QM_QUANTUM];
    float dry[QM_QUANTUM], wet[QM_QUANTUM];
} Move;

static void advance(const QmStripCall *call, Move *move)
{
    QmSwept *const s = call->state;
    const double pace = qm_swept_pace(call->spec->rate_hz);
    float *const c = call->coeffs;
    for (uint32_t i = 0; i < call->n; i++) {
        for (uint32_t k = QM_SWEPT_DELAY; call->step && k < N_COEFFS; k++)
            c[k] += call->step[k];
        qm_swept_glide(s, pace, c);
        move->delay[i] = s->delay;
        move->depth[i] = s->depth;
        move->dry[i] = c[C_DRY];
        move->wet[i] = c[C_WET];
    }
}

static void run_side(const QmStripCall *call, const Move *move, int side, float *io)
{
    QmSwept *const s = call->state;
    QmMovingLine *const line = &s->line[side];
    float *const items = s->lines + s->items[side], lfo[MOST_VOICES][QM_QUANTUM];
    float clean[QM_BLOCK_ROOM], copies[QM_BLOCK_ROOM];
    QmVec wide[MOST_VOICES][QM_LANES] = {0};
    const uint32_t voices = (uint32_t)call->spec->params[VOICES];
    swings(call, side, lfo);
    qm_block_read(io, call->n, clean);
    for (uint32_t i = 0; i < call->n; i++) {
        qm_moving_line_write(line, items, clean[i]);
        for (uint32_t v = 0; v < voices; v++) {
            const double delay = move->delay[i] + move->depth[i] * (double)lfo[v][i];
            const double least = QM_MOVING_LEAST;
            wide[v][i % QM_LANES] =
                qm_moving_line_wide(line, items, &s->tap, delay > least ? delay : least);
        }
        if (i % QM_LANES < QM_LANES - 1 && i + 1 < call->n)
            continue;
        QmVec sum = {0};
        for (uint32_t v = 0; v < voices; v++)
            sum += qm_sinc_sums(wide[v]);
        qm_vec_store(copies + i / QM_LANES * QM_LANES, sum);
    }
    for (uint32_t i = 0; i < call->n; i++)
        io[i] = move->dry[i] * clean[i] + move->wet[i] * copies[i];
}

static void process_strip(const QmStripCall *call)
{
    Move move;
    advance(call, &move);
    run_side(call, &move, 0, call->left);
    run_side(call, &move, 1, call->right);
}

const QmProcDesc QM_ISA(qm_proc_chorus) = {
    .name = "chorus",
    .summary = "the sound among copies whose delays swing",
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
