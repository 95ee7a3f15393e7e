/* links: formats */
/* tests: formats/session_yaml_names formats/session_yaml_strip */
/* tests: formats/session_yaml_slots formats/session_yaml_pattern */
/* tests: formats/session_yaml_time formats/session_yaml_modulators */
/* tests: formats/session_yaml_mix */
/* The session language: what a text means, its canonical form, and every message there
 * is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "formats/file.h"
#include "formats/session_yaml.h"
#include "formats/yaml_tree.h"
#include "model/address.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Everything that is built, as a person might write it. */
static const char song[] =
    "qmix: 1\n"
    "rate: 44100\n"
    "title: 'Night: Drive'\n"
    "seed: 18446744073709551615\n"
    "tempo: [{at: 1, bpm: 126.50, ramp: yes}, {at: 33, bpm: 140}]\n"
    "meter: [{at: 1.1.1, meter: 4/4}, {at: 9, meter: 7/8}]\n"
    "tail: 2.50 s\n"
    "sounds:\n"
    "  kick: drums/kick.wav\n"
    "  vox: {channels: 3, file: stems/vox.wav}\n"
    "  pad: {file: \"pad #2.wav\", channels: 3-4}\n"
    "  bare: {file: bare.wav}\n"
    "sources:\n"
    "  kick:\n"
    "    role: kick\n"
    "    sampler: {sound: kick, voices: 2}\n"
    "    inserts:\n"
    "      - eq: {bands: [{type: high-pass, freq: 30 Hz}, {}, {gain: +2.0, q: 1.25}]}\n"
    "      - compressor: {threshold: -21, ratio: 4.5, key: vox}\n"
    "      - compressor: {name: glue, bypass: yes}\n"
    "      - compressor:\n"
    "      - gain\n"
    "    fader: {gain: -3 dB, pan: -0.25, width: 1.5, mute: yes, solo: yes, solo-safe: "
    "yes}\n"
    "    to: drums\n"
    "    sends: [{bus: hall, level: -18, tap: pre}, {bus: echo}]\n"
    "  vox: {clip: {sound: vox, at: 1.1.1}}\n"
    "  raw:\n"
    "    clips:\n"
    "      - {sound: a/b.wav, at: 2.5 s, from: 1 s, length: 4 bars, fade-in: 1/16, gain: "
    "-1}\n"
    "      - {sound: a/b.wav, at: 5.3.2, fade-out: 480 samples}\n"
    "      - {sound: kick, at: 480 samples}\n"
    "  bass: {tone: {freq: 1 kHz}}\n"
    "  click: {click: }\n"
    "buses:\n"
    "  drums: {inserts: [limiter], to: master, gain-share: {floor: -50}}\n"
    "  hall: {solo-safe: yes, weight: 3, fader: {pan-law: -4.5}}\n"
    "  echo: {output: 3-4}\n"
    "master:\n"
    "  inserts: [limiter: {ceiling: -1.5}]\n"
    "  fader: {gain: -0.0, width: 0.5}\n"
    "patterns:\n"
    "  verse:\n"
    "    steps: 32\n"
    "    step: 1/8\n"
    "    swing: 54 %\n"
    "    tracks:\n"
    "      kick: \"X... x...  X..x\"\n"
    "      bass: {notes: 'C2 . . D#2', nudge: {4: -1/64, 1: +10 ms, 2: 0 ms}}\n"
    "  fill: {tracks: {kick: {euclid: [5, 16, -2]}, bass: {steps: x.}}}\n"
    "  rest: {}\n"
    "modulators:\n"
    "  wob: {to: [{param: bass.fader.gain, amount: +0.40}], lfo: {shape: triangle, rate: "
    "1/8d}}\n"
    "  drift: {lfo: {rate: 0.5 Hz, sync: 1/4, phase: 0.25, polarity: unipolar}, to: "
    "[{param: "
    "kick.eq.3.gain, amount: -1}]}\n"
    "  duck: {envelope: {release: 0.2 s, strip: kick}, to: [{to: -6 dB, from: 0, param: "
    "kick.send.hall}]}\n"
    "  pluck: {adsr: {strip: bass}, to: [{param: bass.tone.freq, from: 100, to: 2 kHz, "
    "curve: "
    "exp}, {param: vox.fader.pan, from: 0, to: 0, curve: linear}]}\n"
    "  seq: {steps: {values: [0, 1.0, .5], smooth: 20 %}, to: [{param: "
    "master.fader.width, "
    "amount: 0}]}\n"
    "  energy: {macro: ~, to: [{param: bass.fader.pan, amount: 1}]}\n"
    "automation:\n"
    "  bass.tone.freq: [{at: 1, value: 200}, {value: 8 kHz, at: 9, curve: exp}]\n"
    "  kick.eq.3.gain: [{at: 0 s, value: 3}]\n"
    "  kick.glue.ratio: [{at: 1, value: 3}, {at: 2, value: 2, curve: hold}]\n"
    "  kick.send.hall: [{at: 1, value: -6 dB}]\n"
    "  kick.fader.mute: [{at: 1, value: on}, {at: 2, value: off, curve: hold}]\n"
    "  energy.macro.value: [{at: 1, value: 0.5}]\n"
    "  wob.lfo.shape: [{at: 1, value: square}]\n"
    "  pluck.1.to: [{at: 1, value: 3 kHz}]\n"
    "  seq.steps.3.value: [{at: 2, value: 1}]\n"
    "arrangement:\n"
    "  - {at: 1, pattern: verse, for: 8 bars}\n"
    "  - {at: 9.1, pattern: fill}\n"
    "mix: {overrides: {bass.fader.gain: -4, lead.eq: off, bass.eq.1.gain: '-3 dB', "
    "'vox.fader.gain@9.3': -2 dB exp, masking: 'off'}, target: {lufs: -9.50}, "
    "template: my/own.yaml}\n";

/* The same, said in the one way in which it is printed. */
static const char canonical[] =
    "qmix: 1\n"
    "title: \"Night: Drive\"\n"
    "seed: 18446744073709551615\n"
    "rate: 44100\n"
    "tempo:\n"
    "  - {at: 1, bpm: 126.5, ramp: yes}\n"
    "  - {at: 33, bpm: 140}\n"
    "meter:\n"
    "  - {at: 1, meter: 4/4}\n"
    "  - {at: 9, meter: 7/8}\n"
    "tail: 2.5 s\n"
    "\n"
    "sounds:\n"
    "  kick: drums/kick.wav\n"
    "  vox: {file: stems/vox.wav, channels: 3}\n"
    "  pad: {file: \"pad #2.wav\", channels: 3-4}\n"
    "  bare: bare.wav\n"
    "\n"
    "sources:\n"
    "  kick:\n"
    "    role: kick\n"
    "    sampler: {sound: kick, voices: 2}\n"
    "    inserts:\n"
    "      - eq: {bands: [{type: high-pass, freq: 30}, {}, {gain: 2, q: 1.25}]}\n"
    "      - compressor: {threshold: -21, ratio: 4.5, key: vox}\n"
    "      - compressor: {name: glue, bypass: yes}\n"
    "      - compressor\n"
    "      - gain\n"
    "    fader: {gain: -3, pan: -0.25, width: 1.5, mute: yes, solo: yes}\n"
    "    to: drums\n"
    "    sends:\n"
    "      - {bus: hall, level: -18, tap: pre}\n"
    "      - {bus: echo}\n"
    "    solo-safe: yes\n"
    "  vox:\n"
    "    clip: {sound: vox}\n"
    "  raw:\n"
    "    clips:\n"
    "      - {sound: a/b.wav, at: 2.5 s, from: 1 s, length: 4 bars, fade-in: 1/16, gain: "
    "-1}\n"
    "      - {sound: a/b.wav, at: 5.3.2, fade-out: 480 samples}\n"
    "      - {sound: kick, at: 480 samples}\n"
    "  bass:\n"
    "    tone: {freq: 1000}\n"
    "  click:\n"
    "    click: {}\n"
    "\n"
    "buses:\n"
    "  drums:\n"
    "    inserts:\n"
    "      - limiter\n"
    "    gain-share: {floor: -50}\n"
    "  hall:\n"
    "    fader: {pan-law: -4.5}\n"
    "    weight: 3\n"
    "    solo-safe: yes\n"
    "  echo:\n"
    "    output: 3-4\n"
    "\n"
    "master:\n"
    "  inserts:\n"
    "    - limiter: {ceiling: -1.5}\n"
    "  fader: {width: 0.5}\n"
    "  target: {lufs: -9.5}\n"
    "\n"
    "patterns:\n"
    "  verse:\n"
    "    steps: 32\n"
    "    step: 1/8\n"
    "    swing: 54\n"
    "    tracks:\n"
    "      kick: \"X...x...X..x\"\n"
    "      bass: {notes: \"C2 . . Eb2\", nudge: {1: 10 ms, 4: -1/64}}\n"
    "  fill:\n"
    "    steps: 16\n"
    "    tracks:\n"
    "      kick: {euclid: [5, 16, -2]}\n"
    "      bass: \"x.\"\n"
    "  rest:\n"
    "    steps: 16\n"
    "\n"
    "modulators:\n"
    "  wob:\n"
    "    lfo: {rate: 1/8d, shape: triangle}\n"
    "    to:\n"
    "      - {param: bass.fader.gain, amount: 0.4}\n"
    "  drift:\n"
    "    lfo: {rate: 0.5, sync: 1/4, phase: 0.25, polarity: unipolar}\n"
    "    to:\n"
    "      - {param: kick.eq.3.gain, amount: -1}\n"
    "  duck:\n"
    "    envelope: {strip: kick, release: 200}\n"
    "    to:\n"
    "      - {param: kick.send.hall, from: 0, to: -6}\n"
    "  pluck:\n"
    "    adsr: {strip: bass}\n"
    "    to:\n"
    "      - {param: bass.tone.freq, from: 100, to: 2000, curve: exp}\n"
    "      - {param: vox.fader.pan, from: 0, to: 0}\n"
    "  seq:\n"
    "    steps: {smooth: 20, values: [0, 1, 0.5]}\n"
    "    to:\n"
    "      - {param: master.fader.width, amount: 0}\n"
    "  energy:\n"
    "    macro: {}\n"
    "    to:\n"
    "      - {param: bass.fader.pan, amount: 1}\n"
    "\n"
    "automation:\n"
    "  bass.tone.freq:\n"
    "    - {at: 1, value: 200}\n"
    "    - {at: 9, value: 8000, curve: exp}\n"
    "  kick.eq.3.gain:\n"
    "    - {at: 0 s, value: 3}\n"
    "  kick.glue.ratio:\n"
    "    - {at: 1, value: 3}\n"
    "    - {at: 2, value: 2, curve: hold}\n"
    "  kick.send.hall:\n"
    "    - {at: 1, value: -6}\n"
    "  kick.fader.mute:\n"
    "    - {at: 1, value: yes}\n"
    "    - {at: 2, value: no}\n"
    "  energy.macro.value:\n"
    "    - {at: 1, value: 0.5}\n"
    "  wob.lfo.shape:\n"
    "    - {at: 1, value: square}\n"
    "  pluck.1.to:\n"
    "    - {at: 1, value: 3000}\n"
    "  seq.steps.3.value:\n"
    "    - {at: 2, value: 1}\n"
    "\n"
    "arrangement:\n"
    "  - {at: 1, pattern: verse, for: 8 bars}\n"
    "  - {at: 9, pattern: fill}\n"
    "\n"
    "mix:\n"
    "  template: my/own.yaml\n"
    "  overrides:\n"
    "    bass.fader.gain: -4\n"
    "    lead.eq: off\n"
    "    bass.eq.1.gain: \"-3 dB\"\n"
    "    \"vox.fader.gain@9.3\": \"-2 dB exp\"\n"
    "    masking: off\n";

static QmArena arena;
static QmDiag diag;

static int tear_down(void **unused)
{
    (void)unused;
    qm_arena_release(&arena);
    diag = (QmDiag){0};
    return 0;
}

static QmSession *parse(const char *text)
{
    QmSession *session = NULL;
    diag = (QmDiag){0};
    const QmStatus status =
        qm_session_parse(text, strlen(text), "song.yaml", &arena, &diag, &session);
    assert_string_equal(diag.text, "");
    assert_int_equal(status, QM_OK);
    return session;
}

static const char *print(const QmSession *session)
{
    QmText text;
    qm_text_init(&text, &arena);
    qm_session_print(session, &text);
    assert_false(text.failed);
    return text.data;
}

static const QmStrip *strip_of(const QmSession *session, const char *name)
{
    return &session->strips[qm_session_strip(session, name)];
}

static void test_header_and_sounds(void **unused)
{
    (void)unused;
    const QmSession *session = parse(song);
    assert_string_equal(session->file, "song.yaml");
    assert_string_equal(session->title, "Night: Drive");
    assert_true(session->seed == UINT64_MAX);
    assert_int_equal(session->rate, 44100);
    assert_int_equal(session->n_tempo, 2);
    assert_true(session->tempo[0].bpm == 126.5 && session->tempo[0].ramp);
    assert_int_equal(session->tempo[1].at.bar, 33);
    assert_int_equal(session->n_meter, 2);
    assert_int_equal(session->meter[1].beats, 7);
    assert_int_equal(session->meter[1].unit, 8);
    assert_int_equal(session->tail.kind, QM_LEN_S);
    assert_int_equal(session->n_sounds, 5); /* a/b.wav joined the pool once */
    assert_int_equal(session->sounds[0].first_channel, 0);
    assert_int_equal(session->sounds[1].first_channel, 3);
    assert_int_equal(session->sounds[1].second_channel, 3);
    assert_int_equal(session->sounds[2].second_channel, 4);
    assert_string_equal(session->sounds[4].name, "a/b.wav");
    assert_string_equal(session->sounds[4].file, "a/b.wav");
    assert_int_equal(session->sounds[1].place.line, 10);
}

static void test_mix(void **unused)
{
    (void)unused;
    const QmMixWish *mix = &parse(song)->mix;
    assert_string_equal(mix->template, "my/own.yaml");
    assert_null(mix->target);
    assert_true(mix->has_lufs && mix->lufs == -9.5 && mix->ceiling == -1);
    assert_int_equal(mix->n_overrides, 5);
    assert_string_equal(mix->overrides[0].address, "bass.fader.gain");
    assert_string_equal(mix->overrides[0].value, "-4");
    assert_string_equal(mix->overrides[1].value, "off");
    assert_string_equal(mix->overrides[3].address, "vox.fader.gain@9.3");
    assert_string_equal(mix->overrides[3].value, "-2 dB exp");
    assert_int_equal(mix->overrides[0].place.line, mix->template_place.line);
    mix = &parse("qmix: 1\nmix: {target: -14 LUFS}\n")->mix;
    assert_string_equal(mix->target, "-14 LUFS");
    assert_string_equal(print(parse("qmix: 1\nmaster: {target: spotify}\nmix:\n")),
                        "qmix: 1\n\nmaster:\n  target: spotify\n");
    assert_int_equal(parse("qmix: 1\n")->mix.n_overrides, 0);
    assert_null(parse("qmix: 1\n")->mix.template);
}

static void test_strips(void **unused)
{
    (void)unused;
    const QmSession *session = parse(song);
    const QmStrip *kick = strip_of(session, "kick"), *raw = strip_of(session, "raw");
    assert_int_equal(session->n_strips, 9);
    assert_int_equal(session->strips[5].kind, QM_STRIP_BUS);
    assert_int_equal(session->strips[8].kind, QM_STRIP_MASTER);
    assert_string_equal(kick->role, "kick");
    assert_string_equal(kick->input.generator->name, "sampler");
    assert_int_equal(kick->input.sound, 0);
    assert_true(kick->input.params[qm_gen_find_param(kick->input.generator, "voices")] ==
                2);
    assert_true(kick->fader.gain_db == -3 && kick->fader.pan == -0.25);
    assert_true(kick->fader.mute && kick->fader.solo && kick->fader.solo_safe);
    assert_int_equal(kick->to, qm_session_strip(session, "drums"));
    assert_int_equal(kick->n_sends, 2);
    assert_int_equal(kick->sends[0].tap, QM_TAP_PRE);
    assert_true(kick->sends[0].level_db == -18 && kick->sends[1].level_db == 0);
    assert_int_equal(kick->sends[1].place.line, 25);
    assert_int_equal(strip_of(session, "vox")->to, 8);
    assert_int_equal(raw->input.n_clips, 3);
    assert_int_equal(raw->input.clips[0].sound, 4);
    assert_int_equal(raw->input.clips[0].at.kind, QM_POS_SECONDS);
    assert_int_equal(raw->input.clips[0].fade_in.denominator, 16);
    assert_int_equal(raw->input.clips[1].at.sixteenth, 2);
    assert_true(raw->input.clips[0].gain_db == -1);
    assert_int_equal(strip_of(session, "echo")->output, 3);
    assert_int_equal(strip_of(session, "echo")->to, QM_NONE);
    assert_true(strip_of(session, "hall")->fader.solo_safe);
    assert_int_equal(session->strips[8].to, QM_NONE);
    assert_true(session->strips[8].fader.width == 0.5);
}

static void test_inserts(void **unused)
{
    (void)unused;
    const QmSession *session = parse(song);
    const QmStrip *kick = strip_of(session, "kick");
    static const char *const names[] = {"eq", "compressor", "glue", "compressor3",
                                        "gain"};
    assert_int_equal(kick->n_inserts, 5);
    for (uint32_t i = 0; i < 5; i++) {
        assert_string_equal(kick->inserts[i].name, names[i]);
    }
    const QmInsert *eq = &kick->inserts[0], *compressor = &kick->inserts[1];
    assert_int_equal(eq->n_groups, 3);
    assert_true(eq->params[qm_proc_find_param(eq->proc, 1, "freq")] == 30);
    assert_true(eq->params[qm_proc_find_param(eq->proc, 3, "q")] == 1.25);
    assert_int_equal(eq->key, QM_NONE);
    assert_int_equal(eq->place.line, 18);
    assert_int_equal(compressor->key, qm_session_strip(session, "vox"));
    assert_true(compressor->params[qm_proc_find_param(compressor->proc, 0, "ratio")] ==
                4.5);
    assert_true(kick->inserts[2].bypass);
    for (uint32_t i = 0; i < kick->inserts[3].proc->n_params;
         i++) { /* `compressor:` alone */
        assert_true(kick->inserts[3].params[i] == kick->inserts[3].proc->params[i].def);
    }
}

static void test_patterns_and_time(void **unused)
{
    (void)unused;
    const QmSession *session = parse(song);
    const QmPattern *verse = &session->patterns[0], *fill = &session->patterns[1];
    assert_int_equal(session->n_patterns, 3);
    assert_int_equal(verse->n_steps, 32);
    assert_int_equal(verse->step.denominator, 8);
    assert_true(verse->swing == 54);
    assert_int_equal(verse->tracks[0].n_steps, 12);
    assert_int_equal(verse->tracks[1].kind, QM_TRACK_NOTES);
    assert_int_equal(verse->tracks[1].steps[3].semitones, -21);
    assert_true(verse->tracks[1].nudge[0].value == 10);
    assert_int_equal(verse->tracks[1].nudge[3].numerator, -1);
    assert_int_equal(fill->n_steps, 16); /* its longest track */
    assert_int_equal(fill->tracks[0].euclid[2], -2);
    assert_true(fill->tracks[0].steps[2].velocity > 0); /* x..x.. turned right by two */
    assert_int_equal(session->n_lanes, 9);
    assert_int_equal(session->lanes[0].n_points, 2);
    assert_true(session->lanes[0].points[1].value == 8000);
    assert_int_equal(session->lanes[0].points[1].curve, QM_CURVE_EXP);
    assert_int_equal(session->lanes[4].points[0].curve, QM_CURVE_HOLD);
    assert_int_equal(session->n_placements, 2);
    assert_int_equal(session->placements[0].pattern, 0);
    assert_true(session->placements[0].length.value == 8);
    assert_true(session->placements[1].length.value == 0);
}

static void test_prints_canonically(void **unused)
{
    (void)unused;
    assert_string_equal(print(parse(song)), canonical);
    assert_string_equal(print(parse(canonical)), canonical);
}

static void test_the_least_session(void **unused)
{
    (void)unused;
    assert_string_equal(print(parse("qmix: 1")), "qmix: 1\n");
    assert_string_equal(print(parse("qmix: 1\nsources: {}\nbuses:\nmaster: {}\nsounds:\n"
                                    "tempo: 120\nmeter: 4/4\nseed: 0\npatterns: {}\n"
                                    "automation:\narrangement: []\n")),
                        "qmix: 1\n");
    assert_string_equal(print(qm_session_new(&arena)), "qmix: 1\n");
}

/* Whatever stands in a text of the user's, it comes back. */
static void test_hostile_texts(void **unused)
{
    (void)unused;
    static const char text[] =
        "qmix: 1\n"
        "title: \"\\x1b[31m: #{}[]*&!|>'%@`\\n\\u2028\\U0001F941 \"\n"
        "sounds: {'no': \"- \\\"x\\\" \\\\\", 'null': yes, x-1: '123'}\n"
        "sources: {on: {role: \"\", clips: [{sound: 'no'},\n"
        "  {sound: \"a: b/[c].wav\"}, {sound: 1.5}]}}\n";
    const QmSession *session = parse(text);
    assert_string_equal(session->title,
                        "\x1b[31m: #{}[]*&!|>'%@`\n\xe2\x80\xa8\xf0\x9f\xa5\x81 ");
    const char *printed = print(session);
    const QmSession *again = parse(printed);
    assert_string_equal(again->title, session->title);
    assert_int_equal(again->n_sounds, 5);
    for (uint32_t i = 0; i < again->n_sounds; i++) {
        assert_string_equal(again->sounds[i].name, session->sounds[i].name);
        assert_string_equal(again->sounds[i].file, session->sounds[i].file);
    }
    assert_string_equal(print(again), printed);
}

/* ---- files ---- */

static char *read_file(const char *folder, const char *name, size_t *size)
{
    char path[512], *data = NULL;
    snprintf(path, sizeof path, "%s/%s", folder, name);
    diag = (QmDiag){0};
    const QmStatus status =
        qm_file_read(path, QM_YAML_MAX_SIZE, &arena, &diag, &data, size);
    assert_string_equal(diag.text, "");
    assert_int_equal(status, QM_OK);
    return data;
}

static int is_yaml(const struct dirent *entry)
{
    const char *dot = strrchr(entry->d_name, '.');
    return dot && strcmp(dot, ".yaml") == 0;
}

/* Calls `check` with each session of a folder; returns how many there were. */
static int each_session(const char *folder, void (*check)(const char *, const char *))
{
    struct dirent **entries;
    const int n = scandir(folder, &entries, is_yaml, alphasort);
    for (int i = 0; i < n; i++) {
        check(folder, entries[i]->d_name);
        qm_arena_release(&arena);
        free(entries[i]);
    }
    if (n >= 0) {
        free(entries);
    }
    return n;
}

static void check_message(const char *folder, const char *name)
{
    char beside[256];
    size_t size, length;
    const char *text = read_file(folder, name, &size);
    snprintf(beside, sizeof beside, "%.*s.txt", (int)strlen(name) - 5, name);
    const char *expected = read_file(folder, beside, &length);
    QmSession *session = NULL;
    diag = (QmDiag){0};
    const QmStatus status = qm_session_parse(text, size, name, &arena, &diag, &session);
    char line[QM_DIAG_TEXT + 1];
    snprintf(line, sizeof line, "%s\n", diag.text);
    assert_string_equal(line, expected);
    assert_int_equal(status, QM_ERR_INPUT);
    assert_null(session);
}

static void test_every_message(void **unused)
{
    (void)unused;
    assert_true(each_session("testdata/bad", check_message) > 100);
}

static void check_stable(const char *folder, const char *name)
{
    size_t size;
    const char *printed = print(parse(read_file(folder, name, &size)));
    assert_string_equal(print(parse(printed)), printed);
}

static void test_our_own_sessions(void **unused)
{
    (void)unused;
    assert_true(each_session("testdata/sessions", check_stable) > 0);
    assert_true(each_session("testdata/demo", check_stable) > 0);
}

/* ---- limits ---- */

/* Every allocation of reading and writing fails in turn. */
static void test_memory_that_is_not_there(void **unused)
{
    (void)unused;
    QmStatus status = QM_ERR_MEMORY;
    uint64_t n = 0;
    while (status != QM_OK) {
        QmArena poor = {.fail_at = ++n};
        QmSession *session = NULL;
        diag = (QmDiag){0};
        status =
            qm_session_parse(song, strlen(song), "song.yaml", &poor, &diag, &session);
        assert_true(status == QM_OK || (status == QM_ERR_MEMORY && !session));
        assert_string_equal(diag.text, status == QM_OK ? "" : "out of memory");
        qm_arena_release(&poor);
    }
    assert_true(n > 300);
    const QmSession *session = parse(song);
    bool failed = true;
    for (n = 1; failed; n++) {
        QmArena poor = {.fail_at = n};
        QmText text;
        qm_text_init(&text, &poor);
        qm_session_print(session, &text);
        failed = text.failed;
        assert_true(failed || strcmp(text.data, canonical) == 0);
        qm_arena_release(&poor);
    }
    assert_true(n > 5);
}

/* As many strips and clips as there may be: seconds if anything is quadratic. */
static void test_large_sessions(void **unused)
{
    (void)unused;
    enum { STRIPS = QM_MAX_STRIPS - 1 };
    QmText text;
    qm_text_init(&text, &arena);
    qm_text_add(&text, "qmix: 1\nbuses:\n");
    for (int i = 0; i < STRIPS; i++) {
        qm_text_printf(&text, i == 0 ? "  b%d: {}\n" : "  b%d: {to: b%d}\n", i, i - 1);
    }
    const QmSession *session = parse(text.data);
    assert_int_equal(session->n_strips, QM_MAX_STRIPS);
    assert_int_equal(session->strips[STRIPS - 1].to, STRIPS - 2);
    qm_text_add(&text, "  one-more: {}\n");
    QmSession *none = NULL;
    assert_int_equal(qm_session_parse(text.data, text.length, "x", &arena, &diag, &none),
                     QM_ERR_INPUT);
    assert_string_equal(diag.text,
                        "x: expected at most 4095 sources and buses, found 4096");

    qm_text_init(&text, &arena);
    qm_text_add(&text, "qmix: 1\nsources:\n  a:\n    clips:\n");
    for (int i = 0; i < QM_MAX_CLIPS; i++) {
        qm_text_printf(&text, "      - {sound: s%d.wav, at: %d}\n", i % 60000, i + 1);
    }
    session = parse(text.data);
    assert_int_equal(session->n_sounds, 60000);
    assert_int_equal(session->strips[0].input.n_clips, QM_MAX_CLIPS);
}

/* Few bytes that stand for many steps. */
static void test_too_many_steps(void **unused)
{
    (void)unused;
    QmText text;
    QmSession *session;
    qm_text_init(&text, &arena);
    qm_text_add(&text, "qmix: 1\nsources: {a: {tone: {}}}\npatterns:\n");
    for (int i = 0; i < 4097; i++) {
        qm_text_printf(&text, "  p%d: {tracks: {a: {euclid: [1, 1024]}}}\n", i);
    }
    diag = (QmDiag){0};
    assert_int_equal(qm_session_parse(text.data, text.length, "x", &arena, &diag,
                                      &session),
                     QM_ERR_INPUT);
    assert_string_equal(diag.text,
                        "x:4100:23: patterns.p4096.tracks.a: the patterns have more "
                        "than 4194304 steps together");
}

#define TEST(name) cmocka_unit_test_teardown(name, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_header_and_sounds),
        TEST(test_mix),
        TEST(test_strips),
        TEST(test_inserts),
        TEST(test_patterns_and_time),
        TEST(test_prints_canonically),
        TEST(test_the_least_session),
        TEST(test_hostile_texts),
        TEST(test_every_message),
        TEST(test_our_own_sessions),
        TEST(test_memory_that_is_not_there),
        TEST(test_large_sessions),
        TEST(test_too_many_steps),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
