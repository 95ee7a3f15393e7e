/* tests: mix/check mix/rule_check_silent mix/rule_check_clipped mix/rule_check_hot */
/* tests: mix/rule_check_dc mix/rule_check_channels mix/rule_check_rate */
/* tests: mix/rule_check_duplicate mix/rule_check_polarity mix/rule_check_mixdown */
/* What is done about bad stems: each rule where it acts, and right beside it, where it
 * must not. */
#include "base/qmath.h"
#include "tests/support/mix_rig.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define ALL QM_ROLE_COUNT

static void open_with(MixRig *rig, const char *rule, uint32_t n)
{
    static const char *const names[] = {"a", "b", "c", "d", "e"};
    mix_rig_open(rig);
    for (uint32_t i = 0; i < n; i++)
        mix_rig_add(rig, names[i], QM_ROLE_HARMONY, &(MixSound){.lufs = -18});
    mix_rig_on(rig, rule, ALL);
}

static void pass(MixRig *rig)
{
    mix_rig_begin(rig);
    mix_rig_pass(rig, QM_PASS_STEMS);
}

static bool has(const char *text, const char *part)
{
    return text && strstr(text, part) != NULL;
}

static void test_silent(void **state)
{
    (void)state;
    MixRig rig;
    mix_rig_open(&rig);
    mix_rig_add(&rig, "a", QM_ROLE_HARMONY, &(MixSound){.lufs = -80});
    mix_rig_add(&rig, "b", QM_ROLE_HARMONY, &(MixSound){.lufs = -60});
    mix_rig_on(&rig, "check.silent", ALL);
    pass(&rig);
    assert_true(mix_rig_number(&rig, "a.fader.mute") == 1);
    assert_true(isnan(mix_rig_number(&rig, "b.fader.mute")));
    mix_rig_close(&rig);
}

static void test_clipped(void **state)
{
    (void)state;
    MixRig rig;
    open_with(&rig, "check.clipped", 3);
    rig.raw[1].not_finite = 5;
    rig.raw[0].clipped_runs = 12;
    rig.raw[0].clipped_longest = 7;
    pass(&rig);
    assert_true(has(mix_rig_note(&rig, "check.clipped", "a"), "runs=12 longest=7"));
    assert_true(has(mix_rig_note(&rig, "check.clipped", "b"), "not-finite=5"));
    assert_null(mix_rig_note(&rig, "check.clipped", "c"));
    mix_rig_close(&rig);
}

static void test_hot(void **state)
{
    (void)state;
    static const struct {
        double lufs, peak;
        bool told;
    } cases[] = {{22, -1, true}, {2.1, -1, true}, {1.9, -1, false}, {-18, 3, true}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        MixRig rig;
        open_with(&rig, "check.hot", 4);
        rig.raw[0].lufs.value = cases[i].lufs;
        rig.raw[0].peak.value = cases[i].peak;
        pass(&rig);
        assert_int_equal(mix_rig_note(&rig, "check.hot", "a") != NULL, cases[i].told);
        assert_null(mix_rig_note(&rig, "check.hot", "b"));
        mix_rig_close(&rig);
    }
}

static void test_dc(void **state)
{
    (void)state;
    MixRig rig;
    open_with(&rig, "check.dc", 3);
    rig.raw[0].dc = qm_measured(-0.02);
    rig.raw[1].dc = qm_measured(0.004);
    pass(&rig);
    assert_true(has(mix_rig_note(&rig, "check.dc", "a"), "dc=-0.0200"));
    assert_int_equal(mix_rig_count(&rig, "check.dc"), 1);
    mix_rig_close(&rig);
}

static void test_channels(void **state)
{
    (void)state;
    MixRig rig;
    open_with(&rig, "check.channels", 5);
    rig.raw[0].kind = QM_CHANNELS_LEFT_ONLY;
    rig.raw[1].kind = QM_CHANNELS_OPPOSITE;
    rig.raw[2].kind = QM_CHANNELS_STEREO;
    rig.raw[2].correlation = qm_measured(-0.4);
    rig.raw[3].channels = 6;
    pass(&rig);
    assert_true(mix_rig_number(&rig, "a.fader.width") == 0);
    assert_true(has(mix_rig_because(&rig, "a.fader.width"), "left-only"));
    assert_true(has(mix_rig_note(&rig, "check.channels", "b"), "opposite"));
    assert_true(has(mix_rig_note(&rig, "check.channels", "c"), "correlation=-0.40"));
    assert_true(has(mix_rig_note(&rig, "check.channels", "d"), "channels=6"));
    assert_null(mix_rig_note(&rig, "check.channels", "e"));
    mix_rig_close(&rig);
}

static void test_rate(void **state)
{
    (void)state;
    MixRig rig;
    open_with(&rig, "check.rate", 2);
    rig.raw[0].rate = 44100;
    rig.raw[1].rate = rig.session->rate;
    pass(&rig);
    assert_true(has(mix_rig_note(&rig, "check.rate", "a"), "rate=44100"));
    assert_int_equal(mix_rig_count(&rig, "check.rate"), 1);
    mix_rig_close(&rig);
}

/* --- relations ---------------------------------------------------------------------- */

static void relate(MixRig *rig, const char *relation, const char *polarity, double shared,
                   double delay_ms)
{
    static QmRelatedPair pair;
    static QmRelations relations;
    pair = (QmRelatedPair){.first = "a",
                           .second = "b",
                           .relation = relation,
                           .polarity = polarity,
                           .shared = qm_measured(shared),
                           .delay_ms = qm_measured(delay_ms),
                           .confidence = qm_measured(1),
                           .first_at = 0,
                           .second_at = 1};
    relations = (QmRelations){.pairs = {&pair, 1, 1}};
    rig->mix.relations = &relations;
}

static void test_what_is_there_twice(void **state)
{
    (void)state;
    static const struct {
        const char *relation, *polarity;
        double shared, delay;
        const char *rule;
        bool muted, told;
    } cases[] = {
        {"duplicate", "same", 100, 0, "check.duplicate", true, false},
        {"copy", "same", 98, 0.5, "check.duplicate", true, false},
        {"copy", "same", 98, -0.5, "check.duplicate", true, false},
        {"copy", "same", 95, 0.5, "check.duplicate", false, true},
        {"copy", "same", 98, 20, "check.duplicate", false, true},
        {"shared source", "same", 60, 0, "check.duplicate", false, false},
        {"duplicate", "inverted", 100, 0, "check.duplicate", false, false},
        {"duplicate", "inverted", 100, 0, "check.polarity", true, false},
        {"copy", "inverted", 99, 0, "check.polarity", true, false},
        {"shared source", "inverted", 60, 0.3, "check.polarity", false, true},
        {"duplicate", "same", 100, 0, "check.polarity", false, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        MixRig rig;
        open_with(&rig, cases[i].rule, 3);
        mix_rig_begin(&rig);
        relate(&rig, cases[i].relation, cases[i].polarity, cases[i].shared,
               cases[i].delay);
        mix_rig_pass(&rig, QM_PASS_STEMS);
        assert_int_equal(mix_rig_number(&rig, "b.fader.mute") == 1, cases[i].muted);
        assert_int_equal(mix_rig_note(&rig, cases[i].rule, "b") != NULL, cases[i].told);
        assert_true(isnan(mix_rig_number(&rig, "a.fader.mute")));
        mix_rig_close(&rig);
    }
}

/* Two stereo files with one middle and other sides are two sounds. */
static void test_the_same_middle_is_not_the_same(void **state)
{
    (void)state;
    MixRig rig;
    open_with(&rig, "check.duplicate", 2);
    rig.raw[0].width = qm_measured(0.1);
    rig.raw[1].width = qm_measured(0.4);
    mix_rig_begin(&rig);
    relate(&rig, "duplicate", "same", 100, 0);
    mix_rig_pass(&rig, QM_PASS_STEMS);
    assert_true(isnan(mix_rig_number(&rig, "b.fader.mute")));
    mix_rig_close(&rig);
}

/* --- a mix among its stems ---------------------------------------------------------- */

/* Four strips in bands of their own that play one after the other; the fifth is their
 * sum, `off` dB away from it in every second band. */
static void add_song(MixRig *rig, double off)
{
    open_with(rig, "check.mixdown", 5);
    double *const sum = QM_NEW_ARRAY(&rig->arena, double, rig->raw[0].n_tenths);
    for (uint32_t b = 0; b < QM_THIRDS; b++) {
        double power = 0;
        for (uint32_t s = 0; s < 4; s++) {
            rig->raw[s].thirds[b] = b / 8 == s ? -20 : -50;
            power += qm_pow(10, rig->raw[s].thirds[b] / 10);
        }
        rig->raw[4].thirds[b] = 10 * qm_log10(power) + (b % 2 ? off : 0);
    }
    for (uint32_t s = 0; s < 4; s++) {
        double *const tenths = QM_NEW_ARRAY(&rig->arena, double, rig->raw[s].n_tenths);
        for (uint64_t i = 0; i < rig->raw[s].n_tenths; i++)
            sum[i] += tenths[i] = i / 25 == s ? 0.01 : 0.0001;
        rig->raw[s].tenths = tenths;
    }
    rig->raw[4].tenths = sum;
}

static void test_a_mix_among_its_stems(void **state)
{
    (void)state;
    static const struct {
        double off;
        bool muted;
    } cases[] = {{0, true}, {2, true}, {4, false}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        MixRig rig;
        add_song(&rig, cases[i].off);
        pass(&rig);
        assert_int_equal(mix_rig_number(&rig, "e.fader.mute") == 1, cases[i].muted);
        assert_int_equal(mix_rig_count(&rig, "check.mixdown"), cases[i].muted);
        mix_rig_close(&rig);
    }
}

static void test_a_mix_by_its_name(void **state)
{
    (void)state;
    static const QmRoleAlias words[] = {{"drum", QM_ROLE_DRUMS, 1}};
    static const struct {
        const char *name;
        bool muted;
    } cases[] = {{"song-mix", true},
                 {"bounce", true},
                 {"drum-mix", false},
                 {"mixolydian", false}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        MixRig rig;
        mix_rig_open(&rig);
        mix_rig_add(&rig, "gtr", QM_ROLE_GUITAR, &(MixSound){.lufs = -18});
        mix_rig_add(&rig, cases[i].name, QM_ROLE_OTHER, &(MixSound){.lufs = -18});
        rig.template.aliases = words;
        rig.template.n_aliases = 1;
        mix_rig_on(&rig, "check.mixdown", ALL);
        pass(&rig);
        assert_int_equal(mix_rig_count(&rig, "check.mixdown"), cases[i].muted);
        mix_rig_close(&rig);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_silent),
        cmocka_unit_test(test_clipped),
        cmocka_unit_test(test_hot),
        cmocka_unit_test(test_dc),
        cmocka_unit_test(test_channels),
        cmocka_unit_test(test_rate),
        cmocka_unit_test(test_what_is_there_twice),
        cmocka_unit_test(test_the_same_middle_is_not_the_same),
        cmocka_unit_test(test_a_mix_among_its_stems),
        cmocka_unit_test(test_a_mix_by_its_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
