/* Makes the audio of the demo session, `sounds FOLDER`: drums and a pluck for samplers,
 * and three stems of eight bars (bass, pad, lead) at 126 bpm in C minor.
 *
 *   saw      x = 2 phase - 1, the jump smoothed over two samples by PolyBLEP,
 *            so that what folds back from above the Nyquist frequency is hardly heard
 *   filter   state variable, 12 dB an octave, low-pass or high-pass
 *   shape    exponential decays; attack and release are straight lines
 *   noise    a function of (name, frame): qm_rand
 *
 * Everything comes out of base/qmath and plain arithmetic: the same files everywhere. */
#include "base/arena.h"
#include "base/hash.h"
#include "base/qmath.h"
#include "base/rand.h"
#include "base/text.h"
#include "formats/audio_write.h"

#include <stdio.h>

enum { RATE = 48000, BPM = 126, STEPS_PER_BAR = 16, PHRASE_BARS = 8, SEED = 126 };

typedef struct Sound {
    double *left, *right;
    int64_t frames;
} Sound;

/* ---- building blocks ---- */

static int64_t frames_of(double seconds) { return (int64_t)(seconds * RATE + 0.5); }

/* The frame of a sixteenth: rounded once, so that a phrase of eight bars is as long as
 * the session's eight bars. */
static int64_t frame_of_step(int64_t step)
{
    return (2 * step * RATE * 15 + BPM) / (2 * BPM);
}

static double hz_of_note(int note) { return 440 * qm_exp2((note - 69) / 12.0); }

static double noise(uint64_t key, int64_t frame)
{
    return 2 * (double)(qm_rand_bits(key, (uint64_t)frame) >> 11) * 0x1p-53 - 1;
}

/* A saw; `turn` is its frequency as a part of the rate. */
static double saw(double *phase, double turn)
{
    double x = 2 * *phase - 1;
    if (*phase < turn) {
        const double t = *phase / turn;
        x -= t + t - t * t - 1;
    } else if (*phase > 1 - turn) {
        const double t = (*phase - 1) / turn;
        x -= t * t + t + t + 1;
    }
    *phase += turn;
    *phase -= *phase >= 1;
    return x;
}

typedef struct Filter {
    double g, k, band, low;
} Filter;

static void filter_tune(Filter *filter, double hz, double q)
{
    filter->g = qm_tan(QM_PI * (hz < 0.45 * RATE ? hz : 0.45 * RATE) / RATE);
    filter->k = 1 / q;
}

/* The low-pass; what it leaves to the input's high-pass goes to *high, if asked for. */
static double filter_run(Filter *filter, double x, double *high)
{
    const double g = filter->g, k = filter->k;
    const double h = (x - (g + k) * filter->band - filter->low) / (1 + g * (g + k));
    const double band = g * h + filter->band, low = g * band + filter->low;
    filter->band = g * h + band;
    filter->low = g * band + low;
    if (high) {
        *high = h;
    }
    return low;
}

/* Straight up within `attack`, straight down within `release` after `held`, in frames. */
static double gate(int64_t i, int64_t attack, int64_t held, int64_t release)
{
    const double up = i < attack ? (double)i / (double)attack : 1;
    const double down = i < held ? 1 : 1 - (double)(i - held) / (double)release;
    return down > 0 ? up * down : 0;
}

/* ---- drums ---- */

static void kick(Sound *s)
{
    const uint64_t key = qm_rand_key(SEED, qm_hash64_string("kick"));
    double turns = 0;
    for (int64_t i = 0; i < s->frames; i++) {
        const double t = (double)i / RATE;
        turns += (47 + 150 * qm_exp(-t / 0.032) + 700 * qm_exp(-t / 0.005)) / RATE;
        const double body = qm_sin_turns(turns) * qm_exp(-t / 0.15);
        const double click = noise(key, i) * qm_exp(-t / 0.0025) * 0.2;
        const double x =
            qm_tanh(1.6 * body + click) * gate(i, 24, s->frames - 2400, 2400);
        s->left[i] = s->right[i] = x;
    }
}

/* A drum's skin, the snares' noise, and three early bursts that make it a clap too. */
static void snare(Sound *s)
{
    const uint64_t keys[] = {qm_rand_key(SEED, qm_hash64_string("snare left")),
                             qm_rand_key(SEED, qm_hash64_string("snare right"))};
    Filter filters[2] = {{0}}, tops[2] = {{0}};
    for (int side = 0; side < 2; side++) {
        double *const out = side ? s->right : s->left;
        filter_tune(&filters[side], 1100, 0.8);
        filter_tune(&tops[side], 9000, 0.7);
        for (int64_t i = 0; i < s->frames; i++) {
            const double t = (double)i / RATE;
            const double skin = qm_sin_turns(190 * t + 0.9 * (1 - qm_exp(-t / 0.02))) *
                                    qm_exp(-t / 0.055) +
                                0.5 * qm_sin_turns(331 * t) * qm_exp(-t / 0.04);
            double shape = qm_exp(-t / 0.11);
            for (int burst = 1; burst <= 3; burst++) {
                const double since = t - 0.009 * burst;
                shape += since >= 0 ? 0.7 * qm_exp(-since / 0.004) : 0;
            }
            double high;
            filter_run(&filters[side], noise(keys[side], i), &high);
            out[i] = (0.8 * skin + 0.6 * shape * filter_run(&tops[side], high, NULL)) *
                     gate(i, 24, s->frames - 2400, 2400);
        }
    }
}

/* Metal: high-passed noise of two ages, `seconds` long. */
static void metal(Sound *s, const char *name, double seconds, double corner_hz)
{
    for (int side = 0; side < 2; side++) {
        double *const out = side ? s->right : s->left;
        const uint64_t key = qm_rand_key(SEED + (uint64_t)side, qm_hash64_string(name));
        Filter first = {0}, second = {0};
        filter_tune(&first, corner_hz, 0.9);
        filter_tune(&second, corner_hz * 0.8, 0.7);
        for (int64_t i = 0; i < s->frames; i++) {
            const double t = (double)i / RATE;
            double high;
            filter_run(&first, noise(key, i), &high);
            filter_run(&second, high, &high);
            const double shape =
                0.5 * qm_exp(-t / (0.15 * seconds)) + 0.5 * qm_exp(-t / (0.45 * seconds));
            out[i] = high * shape * gate(i, 24, s->frames * 2 / 3, s->frames / 3);
        }
    }
}

static void hat(Sound *s) { metal(s, "hat", 0.09, 8200); }
static void open_hat(Sound *s) { metal(s, "open hat", 0.4, 7200); }
static void crash(Sound *s) { metal(s, "crash", 2.4, 3800); }

/* ---- voices ---- */

/* One note of a few detuned saws through a filter that opens and closes again. */
typedef struct Voice {
    int note;
    int64_t attack, held, release; /* frames */
    int saws;                      /* a side */
    double detune;                 /* semitones between the lowest and the highest */
    double from_hz, to_hz, fall_s; /* the filter: to + (from - to) exp(-t / fall) */
    double q, gain;
    double sub;     /* a sine an octave below */
    double vibrato; /* semitones, coming in after 0.2 s */
} Voice;

static void play_side(const Voice *v, double *out, int64_t room, uint64_t key)
{
    enum { MAX_SAWS = 8, TUNE_EVERY = 16 };
    double phases[MAX_SAWS], ratios[MAX_SAWS], sub = 0;
    Filter filter = {0};
    for (int k = 0; k < v->saws; k++) {
        phases[k] = 0.5 + 0.5 * noise(key, k);
        ratios[k] =
            v->saws > 1 ? qm_exp2(v->detune * (k / (v->saws - 1.0) - 0.5) / 12) : 1;
    }
    const int64_t frames = v->held + v->release < room ? v->held + v->release : room;
    double turn = hz_of_note(v->note) / RATE;
    for (int64_t i = 0; i < frames; i++) {
        if (i % TUNE_EVERY == 0) {
            const double t = (double)i / RATE;
            const double depth = t < 0.2 ? 0 : t < 0.5 ? (t - 0.2) / 0.3 : 1;
            turn = hz_of_note(v->note) / RATE *
                   qm_exp2(v->vibrato * depth * qm_sin_turns(5.2 * t) / 12);
            filter_tune(&filter,
                        v->to_hz + (v->from_hz - v->to_hz) * qm_exp(-t / v->fall_s),
                        v->q);
        }
        double x = 0;
        for (int k = 0; k < v->saws; k++) {
            x += saw(&phases[k], turn * ratios[k]);
        }
        sub += turn / 2;
        x = filter_run(&filter, x / v->saws, NULL) + v->sub * qm_sin_turns(sub);
        out[i] += v->gain * x * gate(i, v->attack, v->held, v->release);
    }
}

static void play(Sound *s, int64_t at, const Voice *voice, const char *name)
{
    const uint64_t key = qm_rand_key(SEED, qm_hash64_string(name)) + (uint64_t)at;
    play_side(voice, s->left + at, s->frames - at, key + (uint64_t)voice->note);
    play_side(voice, s->right + at, s->frames - at, key + 1000 + (uint64_t)voice->note);
}

/* C4, where a sampler's notes count from. */
static void pluck(Sound *s)
{
    const Voice voice = {.note = 60,
                         .attack = 48,
                         .held = 0,
                         .release = s->frames,
                         .saws = 3,
                         .detune = 0.16,
                         .from_hz = 6500,
                         .to_hz = 500,
                         .fall_s = 0.07,
                         .q = 1.4,
                         .gain = 1};
    play(s, 0, &voice, "pluck");
    for (int64_t i = 0; i < s->frames; i++) {
        const double shape = qm_exp(-(double)i / RATE / 0.18);
        s->left[i] *= shape;
        s->right[i] *= shape;
    }
}

/* ---- stems: Cm9, Ab maj7, Eb maj7, Bb sus, two bars each ---- */

enum { CHORDS = 4, CHORD_STEPS = 2 * STEPS_PER_BAR };

static void bass(Sound *s)
{
    static const int roots[CHORDS] = {36, 32, 39, 34};
    /* '.' rest, 'x' root, 'o' octave, two bars */
    static const char rhythm[] = "x.xx.xx.x.xx.xo.x.xx.xx.x.xxo.xo";
    for (int64_t step = 0; step < CHORDS * CHORD_STEPS; step++) {
        const char c = rhythm[step % CHORD_STEPS];
        if (c == '.') {
            continue;
        }
        const int64_t length = frame_of_step(step + 1) - frame_of_step(step);
        const bool on_beat = step % 4 == 0;
        const Voice voice = {.note = roots[step / CHORD_STEPS] + (c == 'o' ? 12 : 0),
                             .attack = 96,
                             .held = length * 7 / 10,
                             .release = length / 4,
                             .saws = 2,
                             .detune = 0.08,
                             .from_hz = on_beat ? 1500 : 950,
                             .to_hz = 240,
                             .fall_s = 0.06,
                             .q = 1.6,
                             .gain = 1,
                             .sub = 0.35};
        play(s, frame_of_step(step), &voice, "bass");
    }
    for (int64_t i = 0; i < s->frames; i++) { /* the bass stands in the middle */
        s->left[i] = s->right[i] = 0.5 * (s->left[i] + s->right[i]);
    }
}

static void pad(Sound *s)
{
    static const int chords[CHORDS][5] = {{48, 58, 62, 63, 67},
                                          {48, 56, 60, 63, 67},
                                          {46, 55, 58, 62, 63},
                                          {46, 53, 58, 60, 65}};
    for (int chord = 0; chord < CHORDS; chord++) {
        const int64_t at = frame_of_step(chord * CHORD_STEPS);
        const int64_t end = frame_of_step((chord + 1) * CHORD_STEPS);
        const bool last = chord == CHORDS - 1;
        const int64_t release = frames_of(0.45);
        for (int k = 0; k < 5; k++) {
            const Voice voice = {.note = chords[chord][k],
                                 .attack = frames_of(0.3),
                                 .held = end - at - (last ? release : 0),
                                 .release = release,
                                 .saws = 5,
                                 .detune = 0.22,
                                 .from_hz = 900,
                                 .to_hz = 2600,
                                 .fall_s = 1.5,
                                 .q = 0.75,
                                 .gain = 0.3};
            play(s, at, &voice, "pad");
        }
    }
}

static void lead(Sound *s)
{
    static const struct {
        int step, length, note;
    } notes[] = {
        {0, 4, 67},  {4, 2, 65},   {6, 4, 63},   {12, 4, 60},   {16, 2, 62}, {18, 8, 63},
        {28, 4, 67}, {32, 6, 72},  {38, 2, 70},  {40, 6, 68},   {48, 8, 67}, {58, 6, 63},
        {64, 4, 70}, {68, 4, 67},  {72, 2, 65},  {74, 6, 67},   {84, 4, 70}, {88, 8, 72},
        {96, 8, 74}, {104, 4, 72}, {108, 4, 70}, {112, 10, 65},
    };
    for (size_t i = 0; i < sizeof notes / sizeof notes[0]; i++) {
        const int64_t at = frame_of_step(notes[i].step);
        const int64_t end = frame_of_step(notes[i].step + notes[i].length);
        const Voice voice = {.note = notes[i].note,
                             .attack = 480,
                             .held = end - at - 1200,
                             .release = 4800,
                             .saws = 3,
                             .detune = 0.14,
                             .from_hz = 3800,
                             .to_hz = 1700,
                             .fall_s = 0.25,
                             .q = 1.1,
                             .gain = 0.6,
                             .vibrato = 0.18};
        play(s, at, &voice, "lead");
    }
}

/* ---- files ---- */

static const struct {
    const char *name;
    void (*make)(Sound *sound);
    double seconds; /* 0: the phrase */
    double peak_db;
    uint32_t channels;
} recipes[] = {
    {"kick", kick, 0.5, -3, 1},   {"snare", snare, 0.4, -3, 2},
    {"hat", hat, 0.14, -6, 2},    {"open-hat", open_hat, 0.5, -6, 2},
    {"crash", crash, 3.2, -6, 2}, {"pluck", pluck, 0.9, -6, 2},
    {"bass", bass, 0, -6, 1},     {"pad", pad, 0, -6, 2},
    {"lead", lead, 0, -6, 2},
};

static void normalise(Sound *s, double peak_db)
{
    double peak = 1e-9;
    for (int64_t i = 0; i < s->frames; i++) {
        const double l = s->left[i] < 0 ? -s->left[i] : s->left[i];
        const double r = s->right[i] < 0 ? -s->right[i] : s->right[i];
        peak = l > peak ? l : peak;
        peak = r > peak ? r : peak;
    }
    const double gain = qm_db_to_gain(peak_db) / peak;
    for (int64_t i = 0; i < s->frames; i++) {
        s->left[i] *= gain;
        s->right[i] *= gain;
    }
}

static QmStatus save(const Sound *s, const char *path, uint32_t channels, QmArena *arena,
                     QmDiag *diag)
{
    float *audio = QM_NEW_ARRAY(arena, float, (size_t)s->frames *channels);
    if (!audio) {
        return qm_fail_memory(diag);
    }
    for (int64_t i = 0; i < s->frames * channels; i++) {
        const int64_t frame = i / channels;
        audio[i] = (float)(i % channels ? s->right[frame] : s->left[frame]);
    }
    QmSink sink;
    const QmAudioFormat format = {RATE, channels, QM_BITS_16, .seed = SEED};
    QmStatus status = qm_audio_sink_open(path, &format, arena, diag, &sink);
    if (status) {
        return status;
    }
    status = sink.write(sink.self, 0, audio, (uint32_t)s->frames, diag);
    if (!status) {
        status = sink.finish(sink.self, diag);
    }
    sink.close(sink.self);
    return status;
}

static QmStatus make(uint32_t index, const char *folder, QmArena *arena, QmDiag *diag)
{
    const double seconds = recipes[index].seconds;
    Sound s = {.frames = seconds > 0 ? frames_of(seconds)
                                     : frame_of_step(PHRASE_BARS * STEPS_PER_BAR)};
    s.left = QM_NEW_ARRAY(arena, double, (size_t)s.frames);
    s.right = QM_NEW_ARRAY(arena, double, (size_t)s.frames);
    QmText path;
    qm_text_init(&path, arena);
    qm_text_printf(&path, "%s/%s.wav", folder, recipes[index].name);
    if (!s.left || !s.right || path.failed) {
        return qm_fail_memory(diag);
    }
    recipes[index].make(&s);
    normalise(&s, recipes[index].peak_db);
    return save(&s, path.data, recipes[index].channels, arena, diag);
}

int main(int argc, char **argv)
{
    static QmDiag diag;
    if (argc != 2) {
        fputs("usage: sounds FOLDER\n", stderr);
        return QM_ERR_USAGE;
    }
    for (uint32_t i = 0; i < sizeof recipes / sizeof recipes[0]; i++) {
        QmArena arena;
        qm_arena_init(&arena);
        const QmStatus status = make(i, argv[1], &arena, &diag);
        qm_arena_release(&arena);
        if (status) {
            fprintf(stderr, "sounds: %s\n", diag.text);
            return (int)status;
        }
    }
    return 0;
}
