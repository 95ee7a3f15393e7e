/* click: a metronome's blip, synthesised.
 *
 *   out = sin(2 pi f i / rate) * (1 - i / N)^3 * gain,  i = 0 .. N - 1
 *
 * f is `accent` on a bar's first beat, else `freq`; N is `length`. It begins at zero and
 * falls smoothly. A click that comes before the last one has ended sounds beside it; a
 * third takes the place of the oldest. Level and pitch are those of the moment it began.
 * Latency 0. */
#include "base/qmath.h"
#include "dsp/sine.h"
#include "proc/generator.h"

enum { FREQ, ACCENT, LENGTH, LEVEL, PARAMS };

static const QmParam params_table[PARAMS] = {
    [FREQ] = {.name = "freq",
              .help = "pitch of a beat",
              .unit = QM_UNIT_HZ,
              .min = 20,
              .max = 20000,
              .def = 1000},
    [ACCENT] = {.name = "accent",
                .help = "pitch of a bar's first beat",
                .unit = QM_UNIT_HZ,
                .min = 20,
                .max = 20000,
                .def = 1600},
    [LENGTH] = {.name = "length",
                .help = "time until it has died away",
                .unit = QM_UNIT_MS,
                .min = 1,
                .max = 500,
                .def = 40},
    [LEVEL] = {.name = "level",
               .help = "peak level",
               .unit = QM_UNIT_DB,
               .min = -120,
               .max = 24,
               .def = -6},
};

enum { VOICES = 2 };
#define NYQUIST_PART 0.49

typedef struct Voice {
    uint32_t step;      /* 2^-32 turns */
    int64_t at, frames; /* at == frames: free */
    float gain;
} Voice;

typedef struct State {
    Voice voices[VOICES];
    uint32_t next;
} State;

static int64_t blip_frames(const QmProcSpec *spec, const double *params)
{
    return (int64_t)(params[LENGTH] * spec->rate_hz / 1000.0 + 0.5);
}

static void trigger(const QmProcSpec *spec, const double *params, void *memory,
                    const QmTrigger *play)
{
    State *state = memory;
    const double turns = params[play->accent ? ACCENT : FREQ] / spec->rate_hz;
    const int64_t frames = blip_frames(spec, params);
    state->voices[state->next] = (Voice){
        .step = (uint32_t)((turns < NYQUIST_PART ? turns : NYQUIST_PART) * 0x1p32),
        .at = play->played < frames ? play->played : frames,
        .frames = frames,
        .gain = (float)(play->gain * qm_db_to_gain(params[LEVEL])),
    };
    state->next = (state->next + 1) % VOICES;
}

static void add_voice(Voice *voice, uint32_t n, float *out)
{
    const int64_t left = voice->frames - voice->at;
    const uint32_t most = left < n ? (uint32_t)left : n;
    const double inverse = 1.0 / (double)voice->frames;
    for (uint32_t i = 0; i < most; i++) {
        const int32_t at = (int32_t)voice->at + (int32_t)i;
        const double fall = 1.0 - (double)at * inverse;
        const double sine = qm_sine_of_phase((uint32_t)at * voice->step);
        const float x = (float)(sine * (fall * fall * fall)) * voice->gain;
        out[2 * i] += x;
        out[2 * i + 1] += x;
    }
    voice->at += most;
}

static void generate(const QmGenCall *call)
{
    State *state = call->state;
    for (uint32_t i = 0; i < 2 * call->n; i++) {
        call->out[i] = 0.0f;
    }
    for (uint32_t i = 0; i < VOICES; i++) {
        add_voice(&state->voices[i], call->n, call->out);
    }
}

static void reset(const QmProcSpec *spec, void *state)
{
    (void)spec;
    *(State *)state = (State){.next = 0};
}

static int64_t length(const QmProcSpec *spec, const double *params, const QmTrigger *play,
                      int64_t asset_frames, int64_t held)
{
    (void)play;
    (void)asset_frames;
    (void)held;
    return blip_frames(spec, params);
}

const QmGenDesc qm_gen_click = {
    .name = "click",
    .summary = "a metronome: a blip on each beat, another on each bar",
    .params = params_table,
    .n_params = PARAMS,
    .flags = QM_GEN_BEATS,
    .state_size = sizeof(State),
    .reset = reset,
    .trigger = trigger,
    .generate = generate,
    .length = length,
};
