/* tone: an oscillator, one voice.
 *
 *   phase(frame) = base + step * frame        64-bit integers, in 2^-64 turns
 *   out = wave(phase) * level * envelope
 *
 * While freq and pitch stay, the phase is a function of the absolute frame (R9); when
 * they change, base takes up the difference, so that the wave goes on where it is. A
 * trigger never resets the phase: the envelope starts from where it stands, and nothing
 * clicks.
 *
 * Steps and corners of the naive saw, square and triangle are rounded over two samples
 * by the polynomial residuals of a band-limited step (PolyBLEP, Valimaki and Huovilainen
 * 2007) and its integral (PolyBLAMP, Esqueda et al. 2016). With d the distance in
 * samples, |d| < 1:
 *
 *   step of 2:                 -sign(d) (1 - |d|)^2
 *   corner of slope change m:  m (1 - |d|)^3 / 6
 *
 * Latency 0. The level moves to a new value within QM_RAMP frames. */
#include "base/qmath.h"
#include "dsp/sine.h"
#include "proc/generator.h"
#include "proc/line.h"

enum { SHAPE, FREQ, LEVEL, ATTACK, RELEASE, PARAMS };

static const char *const shapes[] = {"sine", "triangle", "saw", "square", NULL};

static const QmParam params_table[PARAMS] = {
    [SHAPE] = {.name = "shape",
               .help = "the wave",
               .kind = QM_PARAM_CHOICE,
               .max = 3,
               .choices = shapes,
               .flags = QM_PARAM_STEPPED},
    [FREQ] = {.name = "freq",
              .help = "frequency without pitch",
              .unit = QM_UNIT_HZ,
              .min = 1,
              .max = 20000,
              .def = 440},
    [LEVEL] = {.name = "level",
               .help = "peak level",
               .unit = QM_UNIT_DB,
               .min = -120,
               .max = 24},
    [ATTACK] = {.name = "attack",
                .help = "time to full level",
                .unit = QM_UNIT_MS,
                .max = 10000,
                .def = 5},
    [RELEASE] = {.name = "release",
                 .help = "time to silence",
                 .unit = QM_UNIT_MS,
                 .max = 10000,
                 .def = 20},
};

#define NYQUIST_PART 0.49 /* of the rate: the highest frequency made */

typedef struct State {
    uint64_t base, step; /* 2^-64 turns */
    double freq, pitch;  /* what step was made from; freq 0: nothing yet */
    double wanted_pitch; /* of the last trigger */
    QmLine envelope, level;
    double level_db;
    bool primed; /* level is that of the params */
    uint32_t note;
    int64_t left;    /* frames until it is released by itself; -1: never */
    int64_t release; /* frames */
} State;

/* --- waves -------------------------------------------------------------------------- */

/* What rounds a step from -1 to 1 at t = 0, t in turns, dt turns a sample. */
static inline double step_residual(double t, double dt, double inverse)
{
    const double after = t < dt ? 1.0 - t * inverse : 0.0;
    const double before = t > 1.0 - dt ? 1.0 - (1.0 - t) * inverse : 0.0;
    return before * before - after * after;
}

/* What rounds a corner at t = 0 whose slope changes by one a turn. */
static inline double corner_residual(double t, double dt, double inverse)
{
    const double after = t < dt ? 1.0 - t * inverse : 0.0;
    const double before = t > 1.0 - dt ? 1.0 - (1.0 - t) * inverse : 0.0;
    return (after * after * after + before * before * before) * dt * (1.0 / 6.0);
}

static inline double half_on(double t) { return t < 0.5 ? t + 0.5 : t - 0.5; }

typedef struct Pace {
    double dt, inverse;
} Pace;

static void sine(const uint32_t *phase, uint32_t n, Pace pace, float *wave)
{
    (void)pace;
    for (uint32_t i = 0; i < n; i++) {
        wave[i] = (float)qm_sine_of_phase(phase[i]);
    }
}

static void triangle(const uint32_t *phase, uint32_t n, Pace pace, float *wave)
{
    for (uint32_t i = 0; i < n; i++) {
        const double t = (double)(phase[i] + 0x40000000u) * 0x1p-32; /* 0 at the lowest */
        const double naive = t < 0.5 ? 4.0 * t - 1.0 : 3.0 - 4.0 * t;
        const double low = corner_residual(t, pace.dt, pace.inverse);
        const double high = corner_residual(half_on(t), pace.dt, pace.inverse);
        wave[i] = (float)(naive + 8.0 * (low - high));
    }
}

static void saw(const uint32_t *phase, uint32_t n, Pace pace, float *wave)
{
    for (uint32_t i = 0; i < n; i++) {
        const double t = (double)phase[i] * 0x1p-32;
        wave[i] = (float)(2.0 * t - 1.0 - step_residual(t, pace.dt, pace.inverse));
    }
}

static void square(const uint32_t *phase, uint32_t n, Pace pace, float *wave)
{
    for (uint32_t i = 0; i < n; i++) {
        const double t = (double)phase[i] * 0x1p-32;
        const double up = step_residual(t, pace.dt, pace.inverse);
        const double down = step_residual(half_on(t), pace.dt, pace.inverse);
        wave[i] = (float)((t < 0.5 ? 1.0 : -1.0) + up - down);
    }
}

static void (*const waves[])(const uint32_t *, uint32_t, Pace, float *) = {sine, triangle,
                                                                           saw, square};

/* --- envelope ----------------------------------------------------------------------- */

static int64_t frames_of_ms(const QmProcSpec *spec, double ms)
{
    return (int64_t)(ms * spec->rate_hz / 1000.0 + 0.5);
}

static void let_go(State *state)
{
    state->left = -1;
    qm_line_aim(&state->envelope, 0.0f, state->release);
}

static void trigger(const QmProcSpec *spec, const double *params, void *memory,
                    const QmTrigger *play)
{
    State *state = memory;
    state->note = play->note;
    state->wanted_pitch = play->pitch;
    state->release = frames_of_ms(spec, params[RELEASE]);
    state->left = play->frames;
    qm_line_aim(&state->envelope, (float)play->gain, frames_of_ms(spec, params[ATTACK]));
    qm_line_skip(&state->envelope, play->played);
    if (play->frames >= 0) {
        state->left = play->frames > play->played ? play->frames - play->played : 0;
    }
}

static void release(void *memory, uint32_t note)
{
    State *state = memory;
    if (note == state->note) {
        let_go(state);
    }
}

/* --- sound -------------------------------------------------------------------------- */

static void tune(State *state, const QmGenCall *call)
{
    const double freq = call->params[FREQ];
    if (freq == state->freq && state->wanted_pitch == state->pitch) {
        return;
    }
    const double highest = NYQUIST_PART * call->spec->rate_hz;
    const double hz = freq * qm_exp2(state->wanted_pitch / 12.0);
    const double turns = (hz < highest ? hz : highest) / call->spec->rate_hz;
    const uint64_t step = (uint64_t)(turns * 0x1p64);
    if (state->freq != 0.0) {
        state->base += (state->step - step) * (uint64_t)call->frame;
    }
    state->step = step;
    state->freq = freq;
    state->pitch = state->wanted_pitch;
}

static void set_level(State *state, double level_db)
{
    if (state->primed && level_db == state->level_db) {
        return;
    }
    qm_line_aim(&state->level, (float)qm_db_to_gain(level_db),
                state->primed ? QM_RAMP : 0);
    state->level_db = level_db;
    state->primed = true;
}

static bool silent(const State *state)
{
    return qm_line_steady(&state->envelope) && state->envelope.to == 0.0f;
}

static void span(State *state, const QmGenCall *call, int64_t frame, uint32_t n,
                 float *out)
{
    uint32_t phase[QM_QUANTUM];
    float wave[QM_QUANTUM], envelope[QM_QUANTUM], level[QM_QUANTUM];
    uint64_t at = state->base + state->step * (uint64_t)frame;
    for (uint32_t i = 0; i < n; i++, at += state->step) {
        phase[i] = (uint32_t)(at >> 32);
    }
    const double dt = (double)state->step * 0x1p-64;
    waves[(uint32_t)call->params[SHAPE]](phase, n, (Pace){dt, 1.0 / dt}, wave);
    qm_line_fill(&state->envelope, n, envelope);
    qm_line_fill(&state->level, n, level);
    for (uint32_t i = 0; i < n; i++) {
        const float x = wave[i] * (envelope[i] * level[i]);
        out[2 * i] = x;
        out[2 * i + 1] = x;
    }
}

/* How many of n frames pass before the tone is released by itself, or silent. */
static uint32_t span_of(const State *state, uint32_t n)
{
    const QmLine *line = &state->envelope;
    n = state->left > 0 && state->left < n ? (uint32_t)state->left : n;
    return line->to == 0.0f && line->left > 0 && line->left < n ? line->left : n;
}

static void generate(const QmGenCall *call)
{
    State *state = call->state;
    tune(state, call);
    set_level(state, call->params[LEVEL]);
    state->release = frames_of_ms(call->spec, call->params[RELEASE]);
    for (uint32_t done = 0; done < call->n;) {
        if (state->left == 0) {
            let_go(state);
        }
        const uint32_t n = span_of(state, call->n - done);
        state->left -= state->left > 0 ? n : 0;
        float *out = call->out + 2 * done;
        if (silent(state)) {
            qm_line_skip(&state->level, n);
            for (uint32_t i = 0; i < 2 * n; i++) {
                out[i] = 0.0f;
            }
        } else {
            span(state, call, call->frame + done, n, out);
        }
        done += n;
    }
}

static void reset(const QmProcSpec *spec, void *state)
{
    (void)spec;
    *(State *)state = (State){.left = -1};
}

static int64_t length(const QmProcSpec *spec, const double *params, const QmTrigger *play,
                      int64_t asset_frames, int64_t held)
{
    (void)asset_frames;
    if (play->frames >= 0 && (held < 0 || play->frames < held)) {
        held = play->frames;
    }
    return held < 0 ? QM_GEN_FOREVER : held + frames_of_ms(spec, params[RELEASE]);
}

const QmGenDesc qm_gen_tone = {
    .name = "tone",
    .summary = "an oscillator: sine, triangle, saw or square",
    .params = params_table,
    .n_params = PARAMS,
    .flags = QM_GEN_FREE,
    .state_size = sizeof(State),
    .reset = reset,
    .trigger = trigger,
    .release = release,
    .generate = generate,
    .length = length,
};
