/* tests: mix/eq_curve mix/rule_clean mix/rule_resonance mix/rule_tone mix/rule_dynamic */
/* The equaliser of a strip: what a band does is foretold as the processor does it, and
 * rules decide nothing where nothing is wrong. */
#include "base/qmath.h"
#include "mix/eq_curve.h"
#include "proc/list.h"
#include "tests/support/mix_rig.h"
#include "tests/support/proc_harness.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* ---- curves ---- */

/* |H|^2 of the processor at hz: the Fourier sum over its answer to an impulse. */
static double measured_power(const QmEqBand *band, double hz)
{
    enum { N = 16384 };
    static QmVec rows[N];
    static const double rate = 48000;
    const double params[1][QM_MAX_PARAMS] = {
        {1, band->shape, band->freq, band->gain, band->q}};
    ProcGang gang;
    memset(rows, 0, sizeof rows);
    rows[0] = (QmVec){1, 1};
    gang_open(&gang, qm_proc_find("eq"), rate, 1, 1, params);
    gang_run(&gang, rows, NULL, N, QM_QUANTUM);
    gang_close(&gang);
    double re = 0, im = 0;
    for (uint32_t i = 0; i < N; i++) {
        re += (double)rows[i][0] * cos(2 * QM_PI * hz * i / rate);
        im += (double)rows[i][0] * sin(2 * QM_PI * hz * i / rate);
    }
    return re * re + im * im;
}

static void test_bands_do_what_the_processor_does(void **unused)
{
    (void)unused;
    static const QmEqBand bands[] = {
        {QM_EQ_BELL, 400, -3, 1},       {QM_EQ_BELL, 5000, 6, 0.7},
        {QM_EQ_LOW_SHELF, 200, 3, 0.7}, {QM_EQ_HIGH_SHELF, 3000, -3, 0.7},
        {QM_EQ_HIGH_PASS, 80, 0, 0.71}, {QM_EQ_LOW_PASS, 6000, 0, 0.71},
        {QM_EQ_TILT, 1000, 3, 0.7},
    };
    static const double places[] = {50, 150, 400, 1000, 3000, 8000};
    for (size_t i = 0; i < QM_COUNT(bands); i++)
        for (size_t k = 0; k < QM_COUNT(places); k++) {
            const double told = 10 * log10(qm_eq_power(&bands[i], places[k]));
            const double is = 10 * log10(measured_power(&bands[i], places[k]));
            assert_true(fabs(told - is) < 0.3);
        }
}

static void test_shapes_are_called_as_the_processor_calls_them(void **unused)
{
    (void)unused;
    const QmProcDesc *const eq = qm_proc_find("eq");
    for (uint32_t i = 0; i <= QM_EQ_SHAPES; i++)
        if (i == QM_EQ_SHAPES)
            assert_null(eq->group[1].choices[i]);
        else
            assert_string_equal(eq->group[1].choices[i], qm_eq_shape_names[i]);
}

static void test_loudness_follows_the_curve(void **unused)
{
    (void)unused;
    double thirds[QM_THIRDS], db[QM_THIRDS];
    /* BS.1770: 997 Hz at 0 dBFS in one channel reads -3.01, so K is +0.691 dB. */
    assert_true(fabs(10 * log10(qm_k_power(997)) - 0.691) < 0.01);
    for (uint32_t i = 0; i < QM_THIRDS; i++) {
        thirds[i] = i < 10 ? QM_GAP : -30;
        db[i] = i < 10 ? 12 : 3;
    }
    assert_true(fabs(qm_eq_loudness(thirds, db) - 3) < 1e-9);
    const QmEqBand bell = {QM_EQ_BELL, 1000, -3, 4};
    qm_eq_thirds(&bell, 1, db);
    const double change = qm_eq_loudness(thirds, db);
    assert_true(change < -0.05 && change > -0.5);
}

/* ---- clean ---- */

static void sounds(MixRig *rig, const char *rule, double low, double high)
{
    mix_rig_open(rig);
    mix_rig_add(rig, "vox", QM_ROLE_VOCAL, &(MixSound){.low = low, .high = high});
    mix_rig_on(rig, rule, QM_ROLE_COUNT);
}

static void test_rumble_below_a_voice_goes(void **unused)
{
    (void)unused;
    static MixRig rig;
    sounds(&rig, "eq.clean", 180, 8000);
    mix_rig_set(&rig, "eq.clean", QM_ROLE_VOCAL, "freq", 100);
    rig.raw[0].thirds[2] = rig.raw[0].thirds[20] - 12; /* a rumble at 31.5 Hz */
    mix_rig_begin(&rig);
    mix_rig_pass(&rig, QM_PASS_STEMS);
    assert_string_equal(mix_rig_text(&rig, "vox.eq.1.type"), "high-pass");
    const double freq = mix_rig_number(&rig, "vox.eq.1.freq");
    assert_true(freq > 70 && freq <= 100);
    mix_rig_close(&rig);
}

static void test_the_corner_is_below_the_sound_and_below_the_roles_limit(void **unused)
{
    (void)unused;
    static const double limits[] = {30, 1000};
    for (int i = 0; i < 2; i++) {
        static MixRig rig;
        sounds(&rig, "eq.clean", 180, 8000);
        mix_rig_set(&rig, "eq.clean", QM_ROLE_VOCAL, "freq", limits[i]);
        rig.raw[0].thirds[0] = rig.raw[0].thirds[20];
        mix_rig_begin(&rig);
        mix_rig_pass(&rig, QM_PASS_STEMS);
        const double freq = mix_rig_number(&rig, "vox.eq.1.freq");
        assert_true(freq <= limits[i] && freq <= 100);
        mix_rig_close(&rig);
    }
}

static void test_nothing_below_needs_no_filter_but_an_offset_does(void **unused)
{
    (void)unused;
    static const double offsets[] = {0, -0.02};
    for (int i = 0; i < 2; i++) {
        static MixRig rig;
        sounds(&rig, "eq.clean", 180, 8000);
        rig.raw[0].dc = qm_measured(offsets[i]);
        mix_rig_begin(&rig);
        mix_rig_pass(&rig, QM_PASS_STEMS);
        assert_int_equal(mix_rig_count(&rig, "eq.clean") > 0, i);
        mix_rig_close(&rig);
    }
}

/* ---- resonance ---- */

static void test_what_rings_is_cut_narrowly(void **unused)
{
    (void)unused;
    static MixRig rig;
    sounds(&rig, "eq.resonance", 100, 8000);
    rig.raw[0].thirds[14] += 3; /* 500 Hz is what it plays */
    rig.raw[0].n_resonances = 4;
    rig.raw[0].resonances[0] = (QmFactResonance){500, 20, 20}; /* the sound itself */
    rig.raw[0].resonances[1] = (QmFactResonance){1800, 14, 24};
    rig.raw[0].resonances[2] = (QmFactResonance){60, 12, 24};    /* below freq */
    rig.raw[0].resonances[3] = (QmFactResonance){3000, 6.5, 24}; /* not prominent */
    mix_rig_begin(&rig);
    mix_rig_pass(&rig, QM_PASS_STEMS);
    assert_true(isnan(mix_rig_number(&rig, "vox.eq.2.freq")));
    assert_true(mix_rig_number(&rig, "vox.eq.1.freq") == 1800);
    assert_true(mix_rig_number(&rig, "vox.eq.1.gain") == -6);
    /* 24 / 10^(6 / 40) */
    assert_true(fabs(mix_rig_number(&rig, "vox.eq.1.q") - 16.99) < 0.02);
    mix_rig_close(&rig);
}

static void test_no_cut_is_broader_than_said(void **unused)
{
    (void)unused;
    static MixRig rig;
    sounds(&rig, "eq.resonance", 100, 8000);
    rig.raw[0].n_resonances = 2;
    rig.raw[0].resonances[0] = (QmFactResonance){700, 14, 5}; /* broad: the sound */
    rig.raw[0].resonances[1] = (QmFactResonance){1800, 14, 10};
    mix_rig_begin(&rig);
    mix_rig_pass(&rig, QM_PASS_STEMS);
    assert_true(mix_rig_number(&rig, "vox.eq.1.freq") == 1800);
    assert_true(mix_rig_number(&rig, "vox.eq.1.q") == 8);
    mix_rig_close(&rig);
}

/* ---- tone ---- */

static void test_an_even_spectrum_stays(void **unused)
{
    (void)unused;
    static MixRig rig;
    sounds(&rig, "eq.tone", 100, 10000);
    mix_rig_begin(&rig);
    mix_rig_pass(&rig, QM_PASS_STEMS);
    assert_int_equal(mix_rig_count(&rig, "eq.tone"), 0);
    mix_rig_close(&rig);
}

/* Squares of what is left of a hump, with the bands that were decided. */
static double left_over(const MixRig *rig, const double *hump)
{
    double sum = 0;
    for (uint32_t i = 8; i < 26; i++) {
        double x = hump[i];
        for (uint32_t b = 1; b <= 3; b++) {
            char address[64];
            QmEqBand band = {0};
            snprintf(address, sizeof address, "vox.eq.%u.gain", b);
            band.gain = mix_rig_number(rig, address);
            if (isnan(band.gain))
                continue;
            snprintf(address, sizeof address, "vox.eq.%u.freq", b);
            band.freq = mix_rig_number(rig, address);
            snprintf(address, sizeof address, "vox.eq.%u.q", b);
            band.q = mix_rig_number(rig, address);
            snprintf(address, sizeof address, "vox.eq.%u.type", b);
            band.shape = (QmEqShape)mix_rig_number(rig, address);
            x += 10 * log10(qm_eq_power(&band, qm_third_middle(i)));
        }
        sum += x * x;
    }
    return sum;
}

static void test_a_hump_gets_smaller(void **unused)
{
    (void)unused;
    static MixRig rig;
    double hump[QM_THIRDS] = {0};
    sounds(&rig, "eq.tone", 100, 10000);
    mix_rig_set(&rig, "eq.tone", QM_ROLE_VOCAL, "amount", 1);
    mix_rig_set(&rig, "eq.tone", QM_ROLE_VOCAL, "tolerance", 1);
    for (uint32_t i = 10; i < 15; i++) {
        hump[i] = 9;
        rig.raw[0].thirds[i] += 9;
    }
    const double before = left_over(&rig, hump);
    mix_rig_begin(&rig);
    mix_rig_pass(&rig, QM_PASS_STEMS);
    assert_true(mix_rig_number(&rig, "vox.eq.1.gain") < -1);
    assert_true(mix_rig_number(&rig, "vox.eq.1.gain") >= -4);
    assert_true(left_over(&rig, hump) < 0.75 * before);
    mix_rig_close(&rig);
}

static void give_bands(MixRig *rig)
{
    static const struct {
        const char *name;
        double value;
    } settings[] = {{"amount", 1},    {"1.freq", 300}, {"1.gain", -3}, {"1.q", 1.5},
                    {"2.freq", 3000}, {"2.gain", 3},   {"2.q", 1}};
    for (size_t i = 0; i < QM_COUNT(settings); i++)
        mix_rig_set(rig, "eq.tone", QM_ROLE_VOCAL, settings[i].name, settings[i].value);
}

static void test_given_bands_are_set_or_only_as_needed(void **unused)
{
    (void)unused;
    for (int needed = 0; needed < 2; needed++) {
        static MixRig rig;
        sounds(&rig, "eq.tone", 100, 10000);
        give_bands(&rig);
        mix_rig_set(&rig, "eq.tone", QM_ROLE_VOCAL, "as-needed", needed);
        mix_rig_begin(&rig);
        mix_rig_pass(&rig, QM_PASS_STEMS);
        assert_int_equal(mix_rig_count(&rig, "eq.tone"), needed ? 0 : 8);
        mix_rig_close(&rig);
    }
}

static void test_nothing_is_boosted_that_is_not_there(void **unused)
{
    (void)unused;
    static MixRig rig;
    sounds(&rig, "eq.tone", 100, 2000);
    give_bands(&rig);
    mix_rig_begin(&rig);
    mix_rig_pass(&rig, QM_PASS_STEMS);
    assert_true(mix_rig_number(&rig, "vox.eq.1.gain") == -3);
    assert_true(isnan(mix_rig_number(&rig, "vox.eq.2.gain")));
    mix_rig_close(&rig);
}

/* ---- dynamic ---- */

static void raise_looks(MixRig *rig, double every)
{
    const QmBark *const bark = &rig->raw[0].bark;
    for (int64_t t = 0; t < bark->count; t++) {
        QmBarkFrame *const frame = (QmBarkFrame *)qm_bark_frame(bark, t);
        if (fmod((double)t, every) < 1)
            frame->power[16] = qm_bark_packed(40 * qm_bark_unpacked(frame->power[16]));
    }
}

static void test_a_band_that_is_too_strong_at_times_is_cut_then(void **unused)
{
    (void)unused;
    static const double every[] = {10, 1}; /* one look of ten; always */
    for (int i = 0; i < 2; i++) {
        static MixRig rig;
        sounds(&rig, "eq.dynamic", 100, 10000);
        mix_rig_begin(&rig);
        raise_looks(&rig, every[i]);
        mix_rig_pass(&rig, QM_PASS_STEMS);
        const double freq = mix_rig_number(&rig, "vox.dynamic-eq.1.freq");
        if (i == 0)
            assert_true(freq > qm_bark_hz(15) && freq < qm_bark_hz(18));
        else
            assert_true(isnan(freq));
        mix_rig_close(&rig);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bands_do_what_the_processor_does),
        cmocka_unit_test(test_shapes_are_called_as_the_processor_calls_them),
        cmocka_unit_test(test_loudness_follows_the_curve),
        cmocka_unit_test(test_rumble_below_a_voice_goes),
        cmocka_unit_test(test_the_corner_is_below_the_sound_and_below_the_roles_limit),
        cmocka_unit_test(test_nothing_below_needs_no_filter_but_an_offset_does),
        cmocka_unit_test(test_what_rings_is_cut_narrowly),
        cmocka_unit_test(test_no_cut_is_broader_than_said),
        cmocka_unit_test(test_an_even_spectrum_stays),
        cmocka_unit_test(test_a_hump_gets_smaller),
        cmocka_unit_test(test_given_bands_are_set_or_only_as_needed),
        cmocka_unit_test(test_nothing_is_boosted_that_is_not_there),
        cmocka_unit_test(test_a_band_that_is_too_strong_at_times_is_cut_then),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
