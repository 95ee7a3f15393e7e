/* sampler: one sound, struck again and again, at any pitch.
 *
 *   trigger ─> voice: place in the sound (32.32 fixed point) ─> envelope ─> sum ─> level
 *
 * The unrolled sound. A voice reads a sound without end: up to `loop-to` it is the
 * recording, then the loop again and again. Before each seam the last `crossfade` of the
 * loop is mixed with what lies before `loop-from`, so that the seam itself joins two
 * frames that were recorded one after the other (before the recording's start lies
 * silence). Interpolation (dsp/sinc.h) works on the unrolled sound and knows nothing of
 * seams.
 *
 * At pitch 0 the frames are copied. Otherwise the place moves by 2^(pitch/12), rounded
 * to 2^-32 of a frame; an integer, so that no split, no length and no order of calls can
 * move it (R9).
 *
 * Voices. One-shot voices play to the end; gated ones until released, then they fade
 * within `release`; looping ones likewise, but have no end. A trigger that finds
 * `voices` sounding takes the place of one that was released, else of the oldest, which
 * fades within 2.5 ms in a spare voice. Voices are added in the order of their slots.
 *
 * Latency 0. Where a voice ends by itself nothing is faded: the sound is as it was
 * recorded. */
#include "base/qmath.h"
#include "dsp/sinc.h"
#include "dsp/sine.h"
#include "proc/generator.h"
#include "proc/line.h"

enum {
    TRIGGER,
    VOICES,
    START,
    END,
    LOOP_FROM,
    LOOP_TO,
    CROSSFADE,
    CURVE,
    ATTACK,
    RELEASE,
    PITCH,
    LEVEL,
    PARAMS
};

enum { ONE_SHOT, GATE, LOOP };
static const char *const triggers[] = {"one-shot", "gate", "loop", NULL};
enum { EQUAL_POWER, LINEAR };
static const char *const curves[] = {"equal-power", "linear", NULL};

static const QmParam params_table[PARAMS] = {
    [TRIGGER] = {.name = "trigger",
                 .help = "how long a step sounds",
                 .kind = QM_PARAM_CHOICE,
                 .max = 2,
                 .choices = triggers,
                 .flags = QM_PARAM_STRUCTURAL},
    [VOICES] = {.name = "voices",
                .help = "how many sound at once",
                .kind = QM_PARAM_INTEGER,
                .min = 1,
                .max = 32,
                .def = 8,
                .flags = QM_PARAM_STRUCTURAL},
    [START] = {.name = "start",
               .help = "where in the sound it begins",
               .unit = QM_UNIT_S,
               .max = 86400},
    [END] = {.name = "end",
             .help = "where in the sound it ends; 0 is its end",
             .unit = QM_UNIT_S,
             .max = 86400},
    [LOOP_FROM] = {.name = "loop-from",
                   .help = "where the loop begins",
                   .unit = QM_UNIT_S,
                   .max = 86400},
    [LOOP_TO] = {.name = "loop-to",
                 .help = "where the loop ends; 0 is the end",
                 .unit = QM_UNIT_S,
                 .max = 86400},
    [CROSSFADE] = {.name = "crossfade",
                   .help = "what is mixed before the loop's seam",
                   .unit = QM_UNIT_MS,
                   .max = 10000,
                   .def = 5},
    [CURVE] = {.name = "crossfade-curve",
               .help = "how the loop's ends are mixed",
               .kind = QM_PARAM_CHOICE,
               .max = 1,
               .choices = curves},
    [ATTACK] = {.name = "attack",
                .help = "time to full level",
                .unit = QM_UNIT_MS,
                .max = 10000},
    [RELEASE] = {.name = "release",
                 .help = "time to silence once released",
                 .unit = QM_UNIT_MS,
                 .max = 10000,
                 .def = 5},
    [PITCH] = {.name = "pitch",
               .help = "above or below the recording",
               .unit = QM_UNIT_SEMITONE,
               .min = -48,
               .max = 48},
    [LEVEL] = {.name = "level",
               .help = "level of all voices",
               .unit = QM_UNIT_DB,
               .min = -120,
               .max = 24},
};

enum {
    MOST_SOUNDING = 32,
    SLOTS = 2 * MOST_SOUNDING, /* a bit each in State.busy */
    MOST_SPEED = 32,
    LOWEST_PITCH = -96,
    HIGHEST_PITCH = 60,
    MOST_SOURCE = QM_QUANTUM * MOST_SPEED + QM_SINC_MOST_TAPS + QM_QUANTUM,
};
#define STEAL_SECONDS 0.0025
#define UNITY         (UINT64_C(1) << 32)

typedef unsigned __int128 Wide;

typedef enum Stage { FREE, HELD, RELEASED, STOLEN } Stage;

typedef struct Voice {
    Stage stage;
    const QmAsset *asset;
    int64_t at;                            /* whole frames into the unrolled sound */
    uint32_t fraction;                     /* and 2^-32 parts */
    int64_t end;                           /* of what is not looped */
    int64_t loop_from, loop_to, crossfade; /* loop_to 0: no loop */
    bool linear;
    double pitch;           /* of its trigger */
    uint64_t speed;         /* 32.32, at `tuned` */
    double tuned;           /* semitones in all */
    const QmSincBank *bank; /* for `speed` */
    float gain;
    QmLine envelope;
    int64_t left; /* until it is released by itself; -1: never */
    uint64_t order;
    uint32_t note;
} Voice;

typedef struct State {
    QmSinc sinc;
    Voice voices[SLOTS];
    uint64_t busy; /* bit i: voice i may be sounding; others are FREE */
    uint64_t triggers;
    QmLine level;
    double level_db;
    bool primed; /* level is that of the params */
    bool one_shot;
    int64_t release; /* frames */
} State;

/* --- places and times --------------------------------------------------------------- */

static int64_t frames_of(const QmProcSpec *spec, double seconds)
{
    return (int64_t)(seconds * spec->rate_hz + 0.5);
}

static int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }

/* The end of what is played: `seconds`, or the sound's end for 0. */
static int64_t end_of(const QmProcSpec *spec, double seconds, int64_t asset_frames)
{
    return seconds > 0.0 ? least(frames_of(spec, seconds), asset_frames) : asset_frames;
}

static double clamp_pitch(double pitch)
{
    const double raised = pitch > LOWEST_PITCH ? pitch : LOWEST_PITCH;
    return raised < HIGHEST_PITCH ? raised : HIGHEST_PITCH;
}

static uint64_t speed_of(double pitch)
{
    return (uint64_t)(qm_exp2(clamp_pitch(pitch) / 12.0) * 0x1p32 + 0.5);
}

static bool copies(uint64_t speed, uint32_t fraction)
{
    return speed == UNITY && fraction == 0;
}

/* Frames until a place moving at `speed` is at or behind `end`. */
static int64_t frames_until(int64_t end, int64_t at, uint32_t fraction, uint64_t speed)
{
    if (at >= end || speed == UNITY) {
        return at < end ? end - at : 0;
    }
    const Wide way = ((Wide)(end - at) << 32) - fraction;
    return (int64_t)((way + speed - 1) / speed);
}

/* What interpolation still hears behind the end. */
static int64_t ringing(uint64_t speed, uint32_t fraction)
{
    return copies(speed, fraction) ? 0 : qm_sinc_bank((double)speed * 0x1p-32)->taps / 2;
}

/* --- voices ------------------------------------------------------------------------- */

static void fade(Voice *voice, Stage stage, int64_t frames)
{
    voice->stage = stage;
    voice->left = -1;
    qm_line_aim(&voice->envelope, 0.0f, frames);
    if (qm_line_steady(&voice->envelope)) {
        voice->stage = FREE;
    }
}

/* The oldest voice of a stage, or NULL. */
static Voice *oldest(State *state, Stage stage)
{
    Voice *found = NULL;
    for (uint32_t i = 0; i < SLOTS; i++) {
        Voice *voice = &state->voices[i];
        if (voice->stage == stage && (!found || voice->order < found->order)) {
            found = voice;
        }
    }
    return found;
}

static uint32_t count(const State *state, Stage stage)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < SLOTS; i++) {
        n += state->voices[i].stage == stage;
    }
    return n;
}

static Voice *take_voice(const QmProcSpec *spec, State *state, uint32_t most)
{
    if (count(state, HELD) + count(state, RELEASED) >= most) {
        Voice *released = oldest(state, RELEASED);
        Voice *victim = released ? released : oldest(state, HELD);
        const int64_t steal = frames_of(spec, STEAL_SECONDS);
        const QmLine *line = &victim->envelope;
        const bool sooner = released && line->left <= steal;
        fade(victim, STOLEN, sooner ? line->left : steal);
    }
    Voice *spare = oldest(state, FREE);
    return spare ? spare : oldest(state, STOLEN);
}

static void tune(Voice *voice, double pitch)
{
    const double wanted = pitch + voice->pitch;
    if (wanted != voice->tuned || voice->speed == 0) {
        voice->tuned = wanted;
        voice->speed = speed_of(wanted);
        voice->bank = qm_sinc_bank((double)voice->speed * 0x1p-32);
    }
}

static void set_loop(const QmProcSpec *spec, const double *params, Voice *voice)
{
    const int64_t to = least(end_of(spec, params[LOOP_TO], voice->end), voice->end);
    const int64_t from = frames_of(spec, params[LOOP_FROM]);
    if ((int)params[TRIGGER] != LOOP || from >= to) {
        return;
    }
    voice->loop_from = from;
    voice->loop_to = to;
    voice->crossfade = least(frames_of(spec, params[CROSSFADE] / 1000.0), to - from);
    voice->linear = (int)params[CURVE] == LINEAR;
}

/* Frames that are gone already: the place, the envelope and the time to go have moved
 * on. */
static void enter_late(Voice *voice, int64_t played)
{
    const Wide way = (Wide)played * voice->speed;
    voice->at += (int64_t)(way >> 32);
    voice->fraction = (uint32_t)way;
    qm_line_skip(&voice->envelope, played);
    voice->left -= voice->left >= 0 ? least(played, voice->left) : 0;
}

static void trigger(const QmProcSpec *spec, const double *params, void *memory,
                    const QmTrigger *play)
{
    State *state = memory;
    if (!play->asset) {
        return;
    }
    Voice voice = {
        .stage = HELD,
        .asset = play->asset,
        .at = play->from + frames_of(spec, params[START]),
        .end = end_of(spec, params[END], play->asset->frames),
        .pitch = play->pitch,
        .gain = (float)play->gain,
        .left = play->frames < 0 ? -1 : play->frames,
        .order = state->triggers++,
        .note = play->note,
    };
    set_loop(spec, params, &voice);
    tune(&voice, params[PITCH]);
    qm_line_aim(&voice.envelope, 1.0f, frames_of(spec, params[ATTACK] / 1000.0));
    enter_late(&voice, play->played);
    state->release = frames_of(spec, params[RELEASE] / 1000.0);
    state->one_shot = (int)params[TRIGGER] == ONE_SHOT;
    if (voice.at < voice.end + ringing(voice.speed, voice.fraction) || voice.loop_to) {
        Voice *taken = take_voice(spec, state, (uint32_t)spec->params[VOICES]);
        *taken = voice;
        state->busy |= UINT64_C(1) << (taken - state->voices);
    }
}

static void release(void *memory, uint32_t note)
{
    State *state = memory;
    for (uint32_t i = 0; i < SLOTS && !state->one_shot; i++) {
        Voice *voice = &state->voices[i];
        if (voice->stage == HELD && voice->note == note) {
            fade(voice, RELEASED, state->release);
        }
    }
}

/* --- the unrolled sound ------------------------------------------------------------- */

/* How much is heard of what comes in, x of the way in. */
static float blend_gain(bool linear, double x)
{
    return (float)(linear ? x : qm_sine_of_phase((uint32_t)(x * 0x1p30)));
}

/* Mixes what lies a loop's length before into n frames that begin `at` frames before the
 * seam. */
static void blend(const Voice *voice, uint32_t reader, int64_t at, uint32_t n,
                  float *pairs)
{
    float before[2 * QM_QUANTUM];
    const int64_t loop = voice->loop_to - voice->loop_from;
    qm_asset_read(voice->asset, reader, at - loop, n, before);
    const double inverse = 1.0 / (double)voice->crossfade;
    const int64_t first = at - (voice->loop_to - voice->crossfade);
    for (uint32_t i = 0; i < n; i++) {
        const double x = ((double)(first + i) + 0.5) * inverse;
        const float in = blend_gain(voice->linear, x);
        const float out = blend_gain(voice->linear, 1.0 - x);
        pairs[2 * i] = pairs[2 * i] * out + before[2 * i] * in;
        pairs[2 * i + 1] = pairs[2 * i + 1] * out + before[2 * i + 1] * in;
    }
}

static uint32_t read_looped(const Voice *voice, uint32_t reader, int64_t at, uint32_t n,
                            float *pairs)
{
    const int64_t loop = voice->loop_to - voice->loop_from;
    if (at >= voice->loop_to) {
        at = voice->loop_from + (at - voice->loop_from) % loop;
    }
    const int64_t seam = voice->loop_to - voice->crossfade;
    const int64_t until = at < seam ? seam : voice->loop_to;
    n = (uint32_t)least(n, until - at);
    qm_asset_read(voice->asset, reader, at, n, pairs);
    if (at >= seam) {
        blend(voice, reader, at, n, pairs);
    }
    return n;
}

/* n <= QM_QUANTUM frames of the unrolled sound; silence behind the end. */
static void read_sound(const Voice *voice, uint32_t reader, int64_t at, uint32_t n,
                       float *pairs)
{
    uint32_t done = 0;
    while (voice->loop_to && done < n) {
        done += read_looped(voice, reader, at + done, n - done, pairs + 2 * done);
    }
    if (done < n) {
        const int64_t rest = voice->end - at;
        done = rest > 0 ? (uint32_t)least(rest, n) : 0;
        qm_asset_read(voice->asset, reader, at, done, pairs);
    }
    memset(pairs + 2 * done, 0, (n - done) * 2 * sizeof *pairs);
}

/* --- sound -------------------------------------------------------------------------- */

/* The source of n frames from the voice's place on, left and right apart. */
static void gather(const Voice *voice, uint32_t reader, uint32_t n, float *left,
                   float *right)
{
    float pairs[2 * QM_QUANTUM];
    const uint64_t way = voice->fraction + (n - 1) * voice->speed;
    const uint32_t frames = (uint32_t)(way >> 32) + voice->bank->taps;
    const int64_t first = voice->at - voice->bank->taps / 2 + 1;
    for (uint32_t done = 0; done < frames; done += QM_QUANTUM) {
        const uint32_t some = frames - done < QM_QUANTUM ? frames - done : QM_QUANTUM;
        read_sound(voice, reader, first + done, some, pairs);
        for (uint32_t i = 0; i < some; i++) {
            left[done + i] = pairs[2 * i];
            right[done + i] = pairs[2 * i + 1];
        }
    }
}

static void interpolate(const QmSinc *sinc, const Voice *voice, uint32_t reader,
                        uint32_t n, float *pairs)
{
    float left[MOST_SOURCE], right[MOST_SOURCE];
    gather(voice, reader, n, left, right);
    uint64_t place = voice->fraction;
    for (uint32_t i = 0; i < n; i++, place += voice->speed) {
        const uint32_t at = (uint32_t)(place >> 32);
        qm_sinc_frame(sinc, voice->bank, (uint32_t)place, left + at, right + at,
                      pairs + 2 * i);
    }
}

/* The next n frames of a voice: where they lie in memory, or in `room`. */
static const float *source(const QmSinc *sinc, const Voice *voice, uint32_t reader,
                           uint32_t n, float *room)
{
    const QmAsset *asset = voice->asset;
    if (!copies(voice->speed, voice->fraction)) {
        interpolate(sinc, voice, reader, n, room);
    } else if (asset->resident && !voice->loop_to && voice->at >= 0 &&
               voice->at + n <= voice->end) {
        return asset->resident + 2 * voice->at;
    } else {
        read_sound(voice, reader, voice->at, n, room);
    }
    return room;
}

/* Adds n frames of a voice and moves it on. */
static void add_voice(const QmSinc *sinc, Voice *voice, uint32_t reader, uint32_t n,
                      float *out)
{
    float room[2 * QM_QUANTUM], gains[QM_QUANTUM];
    const float *pairs = source(sinc, voice, reader, n, room);
    if (qm_line_steady(&voice->envelope)) {
        const float gain = voice->gain * voice->envelope.to;
        for (uint32_t i = 0; i < 2 * n; i++) {
            out[i] += pairs[i] * gain;
        }
    } else {
        qm_line_fill(&voice->envelope, n, gains);
        for (uint32_t i = 0; i < n; i++) {
            const float gain = voice->gain * gains[i];
            out[2 * i] += pairs[2 * i] * gain;
            out[2 * i + 1] += pairs[2 * i + 1] * gain;
        }
    }
    const uint64_t place = voice->fraction + n * voice->speed;
    voice->at += (int64_t)(place >> 32);
    voice->fraction = (uint32_t)place;
}

/* Frames until the voice ends; it may go on beyond n. */
static int64_t frames_left(const Voice *voice)
{
    int64_t left = INT64_MAX;
    if (!voice->loop_to) {
        const int64_t end = voice->end + ringing(voice->speed, voice->fraction);
        left = frames_until(end, voice->at, voice->fraction, voice->speed);
    }
    return voice->stage == HELD ? left : least(left, voice->envelope.left);
}

static void play(State *state, Voice *voice, uint32_t reader, uint32_t n, float *out)
{
    uint32_t done = 0;
    while (voice->stage != FREE && done < n) {
        if (voice->left == 0) {
            fade(voice, RELEASED, state->release);
            continue;
        }
        const int64_t left = frames_left(voice);
        int64_t most = least(left, n - done);
        most = voice->left > 0 ? least(most, voice->left) : most;
        const uint32_t some = (uint32_t)most;
        if (some > 0) {
            add_voice(&state->sinc, voice, reader, some, out + 2 * done);
        }
        voice->left -= voice->left > 0 ? some : 0;
        done += some;
        if (some == left) {
            voice->stage = FREE;
        }
    }
}

static void set_level(State *state, double level_db)
{
    if (!state->primed || level_db != state->level_db) {
        const float gain = (float)qm_db_to_gain(level_db);
        qm_line_aim(&state->level, gain, state->primed ? QM_RAMP : 0);
        state->level_db = level_db;
        state->primed = true;
    }
}

static void apply_level(State *state, uint32_t n, float *out)
{
    float gains[QM_QUANTUM];
    if (qm_line_steady(&state->level) && state->level.to == 1.0f) {
        return;
    }
    qm_line_fill(&state->level, n, gains);
    for (uint32_t i = 0; i < n; i++) {
        out[2 * i] *= gains[i];
        out[2 * i + 1] *= gains[i];
    }
}

static void generate(const QmGenCall *call)
{
    State *state = call->state;
    set_level(state, call->params[LEVEL]);
    state->release = frames_of(call->spec, call->params[RELEASE] / 1000.0);
    memset(call->out, 0, 2 * call->n * sizeof *call->out);
    for (uint64_t rest = state->busy; rest; rest &= rest - 1) {
        Voice *voice = &state->voices[__builtin_ctzll(rest)];
        tune(voice, call->params[PITCH]);
        play(state, voice, call->reader, call->n, call->out);
        if (voice->stage == FREE) {
            state->busy &= ~(rest & -rest);
        }
    }
    apply_level(state, call->n, call->out);
}

/* --- lifecycle ---------------------------------------------------------------------- */

static void reset(const QmProcSpec *spec, void *memory)
{
    (void)spec;
    State *state = memory;
    memset(state, 0, sizeof *state);
    qm_sinc_init(&state->sinc);
}

static int64_t length(const QmProcSpec *spec, const double *params, const QmTrigger *trig,
                      int64_t asset_frames, int64_t held)
{
    const int mode = (int)params[TRIGGER];
    const int64_t end = end_of(spec, params[END], asset_frames);
    const int64_t at = trig->from + frames_of(spec, params[START]);
    const uint64_t speed = speed_of(params[PITCH] + trig->pitch);
    const int64_t whole = frames_until(end + ringing(speed, 0), at, 0, speed);
    const int64_t natural = mode == LOOP ? QM_GEN_FOREVER : whole;
    held = mode == ONE_SHOT ? -1 : held;
    if (trig->frames >= 0 && (held < 0 || trig->frames < held)) {
        held = trig->frames;
    }
    const int64_t let_go = held + frames_of(spec, params[RELEASE] / 1000.0);
    return held < 0 ? natural : least(natural, let_go);
}

const QmGenDesc qm_gen_sampler = {
    .name = "sampler",
    .summary = "a sound struck by patterns, at any pitch",
    .params = params_table,
    .n_params = PARAMS,
    .flags = QM_GEN_SOUND,
    .state_size = sizeof(State),
    .reset = reset,
    .trigger = trigger,
    .release = release,
    .generate = generate,
    .length = length,
};
