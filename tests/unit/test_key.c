/* The key feature on chords of known keys and tunings, and on what has no key. */
#include "analysis/key.h"
#include "tests/support/analyse_rig.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { MOST = 16 * 48000 };
static float left[MOST], right[MOST];

static void close_to(double value, double expected, double tolerance)
{
    if (!(fabs(value - expected) <= tolerance))
        fail_msg("%.9g is not %.9g within %g", value, expected, tolerance);
}

static void measured(QmMeasured m, double expected, double tolerance)
{
    if (m.why)
        fail_msg("none: %s", m.why);
    close_to(m.value, expected, tolerance);
}

static void none(QmMeasured m, const char *why)
{
    assert_non_null(m.why);
    assert_string_equal(m.why, why);
}

static double noise(uint64_t *state)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return (double)(*state >> 11) / 0x1p52 - 1;
}

/* Six partials that fall by 6 dB an octave, with soft ends. */
static void note(float *x, double rate, double from, double to, double hz, double gain)
{
    const int begin = (int)(from * rate), end = (int)(to * rate);
    for (int h = 1; h <= 6; h++) {
        if (h * hz > 0.45 * rate)
            break;
        for (int i = begin; i < end; i++) {
            const double at = (i - begin) / rate, left_s = (end - i) / rate;
            const double ends = fmin(1, fmin(at, left_s) / 0.02);
            x[i] += (float)(gain / h * ends * sin(2 * M_PI * h * hz * i / rate));
        }
    }
}

/* A chord a second over its bass: degrees of the roots and what kind, 'M', 'm' or '7'. */
typedef struct Chord {
    int root;
    char kind;
} Chord;

static const Chord MAJOR[8] = {{0, 'M'}, {9, 'm'}, {5, 'M'}, {7, '7'},
                               {0, 'M'}, {5, 'M'}, {7, '7'}, {0, 'M'}};
static const Chord MINOR[8] = {{0, 'm'}, {5, 'm'}, {7, '7'}, {0, 'm'},
                               {8, 'M'}, {5, 'm'}, {7, '7'}, {0, 'm'}};

static void play(float *x, double rate, int tonic, bool minor, double a4)
{
    for (int i = 0; i < 8; i++) {
        const Chord c = minor ? MINOR[i] : MAJOR[i];
        const int root = (tonic + c.root) % 12;
        const int steps[4] = {0, c.kind == 'm' ? 3 : 4, 7, 10};
        for (int k = 0; k < (c.kind == '7' ? 4 : 3); k++)
            note(x, rate, i, i + 1, a4 * exp2((root + steps[k] - 9) / 12.0), 0.1);
        note(x, rate, i, i + 1, a4 * exp2((root - 9 - 24) / 12.0), 0.2);
    }
}

static const QmKey *look_at(QmAnalysis *a)
{
    return qm_analysis_result(a, &qm_feature_key);
}

static int clear(void **unused)
{
    (void)unused;
    memset(left, 0, sizeof left);
    memset(right, 0, sizeof right);
    return 0;
}

static void test_all_keys(void **unused)
{
    static const char *const expected[2][12] = {
        {"C major", "Db major", "D major", "Eb major", "E major", "F major", "F# major",
         "G major", "Ab major", "A major", "Bb major", "B major"},
        {"C minor", "C# minor", "D minor", "Eb minor", "E minor", "F minor", "F# minor",
         "G minor", "G# minor", "A minor", "Bb minor", "B minor"},
    };
    for (int i = 0; i < 24; i++) {
        clear(unused);
        play(left, 44100, i % 12, i / 12, 440);
        QmAnalysis *const a = analyse_mono("key", left, 8 * 44100, 44100);
        const QmKey *const k = look_at(a);
        assert_non_null(k->key);
        assert_string_equal(k->key, expected[i / 12][i % 12]);
        assert_int_equal(k->tonic, i % 12);
        assert_int_equal(k->minor, i / 12);
        measured(k->tuning, 440, 1);
        assert_true(k->confidence.value > 0);
        assert_true(k->strength.value > 0.8);
        assert_int_equal(k->alternatives.count, QM_KEY_ALTERNATIVES);
        const QmKeyGuess *const next = k->alternatives.items;
        for (int n = 0; n < QM_KEY_ALTERNATIVES; n++)
            assert_true(next[n].strength.value <=
                        (n ? next[n - 1].strength.value : k->strength.value));
        qm_analysis_free(a);
    }
}

/* The wheel as it is printed: 8B is C major, a fifth up is one more, 8A is A minor. */
static void test_camelot(void **unused)
{
    static const struct {
        int tonic;
        bool minor;
        const char *camelot;
    } cases[] = {{0, false, "8B"},  {7, false, "9B"},  {2, false, "10B"},
                 {4, false, "12B"}, {11, false, "1B"}, {5, false, "7B"},
                 {9, true, "8A"},   {4, true, "9A"},   {8, true, "1A"},
                 {1, true, "12A"},  {2, true, "7A"},   {6, true, "11A"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        clear(unused);
        play(left, 22050, cases[i].tonic, cases[i].minor, 440);
        QmAnalysis *const a = analyse_mono("key", left, 8 * 22050, 22050);
        assert_string_equal(look_at(a)->camelot, cases[i].camelot);
        qm_analysis_free(a);
    }
}

static void test_tuning(void **unused)
{
    static const double tunings[] = {432, 435, 440, 443, 446};
    for (size_t i = 0; i < sizeof tunings / sizeof *tunings; i++) {
        clear(unused);
        play(left, 48000, 2, true, tunings[i]);
        QmAnalysis *const a = analyse_mono("key", left, 8 * 48000, 48000);
        const QmKey *const k = look_at(a);
        measured(k->tuning, tunings[i], 0.7); /* fifth partials are 14 cents flat */
        measured(k->cents, 1200 * log2(tunings[i] / 440), 3);
        assert_string_equal(k->key, "D minor");
        qm_analysis_free(a);
    }
}

/* A tone by itself: nothing pulls at it. */
static void test_tuning_of_a_tone(void **unused)
{
    static const double cents[] = {-45, -20, -3, 0, 10, 33, 49};
    for (size_t i = 0; i < sizeof cents / sizeof *cents; i++) {
        clear(unused);
        const double hz = 880 * exp2(cents[i] / 1200);
        for (int k = 0; k < 4 * 48000; k++)
            left[k] = (float)(0.5 * sin(2 * M_PI * hz / 48000 * k));
        QmAnalysis *const a = analyse_mono("key", left, 4 * 48000, 48000);
        measured(look_at(a)->cents, cents[i], 0.3);
        measured(look_at(a)->tonality, 1, 0.1); /* between two steps: cos 18 degrees */
        const double *const chroma = look_at(a)->chroma.items;
        close_to(chroma[9], 1, 0);
        qm_analysis_free(a);
    }
}

/* Opposite channels cancel in mono, but not here. */
static void test_channels(void **unused)
{
    (void)unused;
    play(left, 48000, 7, false, 440);
    for (int i = 0; i < MOST; i++)
        right[i] = -left[i];
    QmAnalysis *const a = analyse_stereo("key", left, right, 8 * 48000, 48000);
    assert_string_equal(look_at(a)->key, "G major");
    qm_analysis_free(a);
}

static void test_rates(void **unused)
{
    static const double rates[] = {8000, 11025, 16000, 22050, 32000, 96000};
    for (size_t i = 0; i < sizeof rates / sizeof *rates; i++) {
        clear(unused);
        play(left, rates[i], 3, false, 440);
        QmAnalysis *const a =
            analyse_mono("key", left, (int64_t)(8 * rates[i]), rates[i]);
        assert_string_equal(look_at(a)->key, "Eb major");
        measured(look_at(a)->tuning, 440, 1);
        qm_analysis_free(a);
    }
}

/* Kicks that fall in pitch, bursts of noise. */
static void drums(float *x, double rate, int seconds)
{
    uint64_t seed = 1;
    for (int i = 0; i < (int)(seconds * rate); i++) {
        const double kick = fmod(i / rate, 0.5), snare = fmod(i / rate + 0.25, 0.5);
        const double turns = 50 * kick + 6 * (1 - exp(-kick * 20));
        x[i] += (float)(0.7 * exp(-kick * 12) * sin(2 * M_PI * turns));
        x[i] += (float)(0.5 * exp(-snare * 25) * noise(&seed));
    }
}

static void test_drums_have_no_key(void **unused)
{
    (void)unused;
    drums(left, 44100, 10);
    QmAnalysis *a = analyse_mono("key", left, 10 * 44100, 44100);
    const QmKey *k = look_at(a);
    none(k->strength, "no pitch");
    none(k->tuning, "no pitch");
    assert_null(k->key);
    assert_null(k->camelot);
    assert_int_equal(k->tonic, -1);
    assert_int_equal(k->chroma.count, 0);
    qm_analysis_free(a);
    play(left, 44100, 10, true, 440);
    a = analyse_mono("key", left, 8 * 44100, 44100);
    assert_string_equal(look_at(a)->key, "Bb minor"); /* but music over them has */
    qm_analysis_free(a);
}

static void test_noise_and_silence(void **unused)
{
    (void)unused;
    QmAnalysis *a = analyse_mono("key", left, 48000, 48000);
    none(look_at(a)->strength, "digital silence");
    none(look_at(a)->tonality, "digital silence");
    qm_analysis_free(a);
    a = analyse_mono("key", left, 0, 48000);
    none(look_at(a)->cents, "no frames");
    qm_analysis_free(a);
    uint64_t seed = 3;
    for (int i = 0; i < MOST; i++)
        left[i] = (float)noise(&seed);
    a = analyse_mono("key", left, MOST, 48000);
    none(look_at(a)->strength, "no pitch");
    assert_true(look_at(a)->tonality.value < 0.01);
    qm_analysis_free(a);
}

/* All twelve notes alike fit all keys alike: tuned, but in none. */
static void test_chromatic(void **unused)
{
    (void)unused;
    for (int i = 0; i < 24; i++)
        note(left, 48000, i / 2.0, i / 2.0 + 0.5, 440 * exp2(i / 12.0), 0.3);
    QmAnalysis *const a = analyse_mono("key", left, 12 * 48000, 48000);
    none(look_at(a)->strength, "no key fits");
    assert_null(look_at(a)->key);
    measured(look_at(a)->tuning, 440, 1);
    assert_int_equal(look_at(a)->chroma.count, 12);
    qm_analysis_free(a);
}

static void test_relations(void **unused)
{
    (void)unused;
    play(left, 44100, 0, false, 440);
    QmAnalysis *const a = analyse_mono("key", left, 8 * 44100, 44100);
    static const char *const known[][2] = {{"G major", "fifth above"},
                                           {"F major", "fifth below"},
                                           {"A minor", "relative"},
                                           {"C minor", "parallel"}};
    const QmKeyGuess *const next = look_at(a)->alternatives.items;
    int met = 0;
    for (int i = 0; i < QM_KEY_ALTERNATIVES; i++)
        for (int k = 0; k < 4; k++)
            if (!strcmp(next[i].key, known[k][0])) {
                assert_string_equal(next[i].relation, known[k][1]);
                met++;
            }
    assert_true(met >= 3);
    qm_analysis_free(a);
}

static void test_order_and_build_change_nothing(void **unused)
{
    (void)unused;
    play(left, 48000, 5, true, 442);
    drums(right, 48000, 12);
    const float *const both[] = {left, right};
    QmAnalysis *const a = analyse(&(AnalyseRig){both, 2, 12 * 48000, 48000, "key"});
    QmAnalysis *const b =
        analyse(&(AnalyseRig){both, 2, 12 * 48000, 48000, "key", .otherwise = true});
    const QmKey *const x = look_at(a), *const y = look_at(b);
    assert_string_equal(x->key, y->key);
    assert_memory_equal(&x->strength, &y->strength, 2 * sizeof x->strength);
    assert_memory_equal(&x->tonality, &y->tonality, 3 * sizeof x->tonality);
    assert_memory_equal(x->chroma.items, y->chroma.items, 12 * sizeof(double));
    qm_analysis_free(a);
    qm_analysis_free(b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_all_keys, clear),
        cmocka_unit_test_setup(test_camelot, clear),
        cmocka_unit_test_setup(test_tuning, clear),
        cmocka_unit_test_setup(test_tuning_of_a_tone, clear),
        cmocka_unit_test_setup(test_channels, clear),
        cmocka_unit_test_setup(test_rates, clear),
        cmocka_unit_test_setup(test_drums_have_no_key, clear),
        cmocka_unit_test_setup(test_noise_and_silence, clear),
        cmocka_unit_test_setup(test_chromatic, clear),
        cmocka_unit_test_setup(test_relations, clear),
        cmocka_unit_test_setup(test_order_and_build_change_nothing, clear),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
