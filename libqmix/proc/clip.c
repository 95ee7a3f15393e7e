/* clip: sounds played as they are, at their places.
 *
 *   out = sum of voices: asset[from + i] * gain * fade_in(i) * fade_out(i)
 *
 * A fade of N frames has the gain (i + 1/2) / N at its i-th frame, so that a fade-out
 * and the fade-in of the next clip over the same frames add up to one. A lone voice at
 * unity is copied: its samples are the sound's, bit for bit, and without fades nothing
 * is smoothed at its ends.
 *
 * A trigger that finds all voices sounding takes the oldest one's place, which fades
 * within STEAL frames in a spare one. The voices are added in the order of their slots,
 * within spans in which none begins or ends, so that the sum does not depend on how a
 * call was split. Latency 0. */
#include "proc/generator.h"

enum { SOUNDING = 8, VOICES = 2 * SOUNDING, STEAL = 64 };

typedef struct Voice {
    const QmAsset *asset; /* NULL: free */
    int64_t from, frames, at;
    int64_t fade_in, fade_out;
    double gain;
    uint64_t order; /* of the trigger */
    bool stolen;
    int64_t steal_at; /* where its last STEAL frames began */
} Voice;

typedef struct State {
    Voice voices[VOICES];
    uint64_t triggers;
} State;

/* --- voices ------------------------------------------------------------------------- */

static int64_t played_frames(const QmTrigger *trigger, int64_t asset_frames)
{
    const int64_t rest = asset_frames - trigger->from;
    const int64_t frames = trigger->frames < 0 ? rest : trigger->frames;
    return frames > 0 ? frames : 0;
}

static int64_t end_of(const Voice *voice)
{
    const int64_t stolen = voice->steal_at + STEAL;
    return voice->stolen && stolen < voice->frames ? stolen : voice->frames;
}

/* The oldest voice, sounding (not stolen) or fading (stolen); NULL: none. */
static Voice *oldest(State *state, bool stolen, uint32_t *count)
{
    Voice *found = NULL;
    *count = 0;
    for (uint32_t i = 0; i < VOICES; i++) {
        Voice *voice = &state->voices[i];
        if (voice->asset && voice->stolen == stolen) {
            found = !found || voice->order < found->order ? voice : found;
            ++*count;
        }
    }
    return found;
}

static Voice *take_voice(State *state)
{
    uint32_t count;
    Voice *first = oldest(state, false, &count);
    if (count == SOUNDING) {
        first->stolen = true;
        first->steal_at = first->at;
    }
    for (uint32_t i = 0; i < VOICES; i++) {
        if (!state->voices[i].asset) {
            return &state->voices[i];
        }
    }
    return oldest(state, true, &count);
}

static void trigger(const QmProcSpec *spec, const double *params, void *memory,
                    const QmTrigger *play)
{
    (void)spec;
    (void)params;
    State *state = memory;
    const int64_t frames = play->asset ? played_frames(play, play->asset->frames) : 0;
    if (play->played >= frames) {
        return;
    }
    *take_voice(state) = (Voice){
        .asset = play->asset,
        .from = play->from,
        .frames = frames,
        .at = play->played,
        .fade_in = play->fade_in,
        .fade_out = play->fade_out,
        .gain = play->gain,
        .order = state->triggers++,
    };
}

/* --- sound -------------------------------------------------------------------------- */

static double gain_at(const Voice *voice, int64_t at)
{
    const int64_t left = voice->frames - at;
    double gain = voice->gain;
    if (at < voice->fade_in) {
        gain *= ((double)at + 0.5) / (double)voice->fade_in;
    }
    if (left <= voice->fade_out) {
        gain *= ((double)left - 0.5) / (double)voice->fade_out;
    }
    if (voice->stolen) {
        gain *= ((double)(voice->steal_at + STEAL - at) - 0.5) / STEAL;
    }
    return gain;
}

static bool flat(const Voice *voice, uint32_t n)
{
    return !voice->stolen && voice->at >= voice->fade_in &&
           voice->at + n <= voice->frames - voice->fade_out;
}

/* Multiplies n frames that start where the voice is. */
static void shape(const Voice *voice, uint32_t n, float *pairs)
{
    if (flat(voice, n)) {
        const float gain = (float)voice->gain;
        for (uint32_t i = 0; gain != 1.0f && i < 2 * n; i++) {
            pairs[i] *= gain;
        }
        return;
    }
    for (uint32_t i = 0; i < n; i++) {
        const float gain = (float)gain_at(voice, voice->at + i);
        pairs[2 * i] *= gain;
        pairs[2 * i + 1] *= gain;
    }
}

/* Writes, or adds to what is there, n frames of a voice, and moves it on. */
static void play_voice(Voice *voice, uint32_t reader, uint32_t n, bool add, float *out)
{
    float pairs[2 * QM_QUANTUM];
    float *to = add ? pairs : out;
    qm_asset_read(voice->asset, reader, voice->from + voice->at, n, to);
    shape(voice, n, to);
    for (uint32_t i = 0; add && i < 2 * n; i++) {
        out[i] += pairs[i];
    }
    voice->at += n;
    if (voice->at == end_of(voice)) {
        voice->asset = NULL;
    }
}

/* How many of n frames pass before a voice ends. */
static uint32_t span_of(const State *state, uint32_t n)
{
    for (uint32_t i = 0; i < VOICES; i++) {
        const Voice *voice = &state->voices[i];
        if (voice->asset && end_of(voice) - voice->at < n) {
            n = (uint32_t)(end_of(voice) - voice->at);
        }
    }
    return n;
}

/* A lone voice at unity is its sound. */
static const float *view(const QmGenCall *call)
{
    State *state = call->state;
    Voice *lone = NULL;
    for (uint32_t i = 0; i < VOICES; i++) {
        if (state->voices[i].asset) {
            if (lone) {
                return NULL;
            }
            lone = &state->voices[i];
        }
    }
    if (!lone || !flat(lone, call->n) || (float)lone->gain != 1.0f ||
        lone->at + call->n >= end_of(lone)) {
        return NULL;
    }
    const float *pairs =
        qm_asset_view(lone->asset, call->reader, lone->from + lone->at, call->n);
    lone->at += pairs ? call->n : 0;
    return pairs;
}

static void generate(const QmGenCall *call)
{
    State *state = call->state;
    for (uint32_t done = 0; done < call->n;) {
        const uint32_t n = span_of(state, call->n - done);
        float *out = call->out + 2 * done;
        bool add = false;
        for (uint32_t i = 0; i < VOICES; i++) {
            if (state->voices[i].asset) {
                play_voice(&state->voices[i], call->reader, n, add, out);
                add = true;
            }
        }
        for (uint32_t i = 0; !add && i < 2 * n; i++) {
            out[i] = 0.0f;
        }
        done += n;
    }
}

static void reset(const QmProcSpec *spec, void *state)
{
    (void)spec;
    *(State *)state = (State){.triggers = 0};
}

static int64_t length(const QmProcSpec *spec, const double *params, const QmTrigger *play,
                      int64_t asset_frames, int64_t held)
{
    (void)spec;
    (void)params;
    (void)held;
    return played_frames(play, asset_frames);
}

const QmGenDesc qm_gen_clip = {
    .name = "clip",
    .summary = "pieces of sounds, played as they are",
    .flags = QM_GEN_CLIPS,
    .state_size = sizeof(State),
    .reset = reset,
    .trigger = trigger,
    .generate = generate,
    .view = view,
    .length = length,
};
