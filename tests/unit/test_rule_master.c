/* tests: mix/rule_loudness mix/rule_limit mix/rule_bus mix/rule_mono_low */
/* tests: mix/rule_master_tone */
/* The master: gain until the target is met, a ceiling, lows in mono, the curve. */
#include "mix/eq_curve.h"
#include "tests/support/mix_rig.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void open_one(MixRig *rig, const char *id)
{
    mix_rig_open(rig);
    mix_rig_add(rig, "lead", QM_ROLE_LEAD, &(MixSound){.lufs = -20});
    mix_rig_on(rig, id, QM_ROLE_COUNT);
}

/* A limiter that takes away more the more gain it gets: loudness rises by `slope` dB a
 * dB. */
static uint32_t passes_until_met(MixRig *rig, double slope)
{
    const double start = -20;
    mix_rig_begin(rig);
    rig->sum.lufs = qm_measured(start);
    mix_rig_pass(rig, QM_PASS_SUM);
    for (uint32_t pass = 0; pass < 8; pass++) {
        const double gain = mix_rig_number(rig, "master.level.gain");
        rig->out.lufs = qm_measured(start + slope * gain);
        if (fabs(rig->out.lufs.value - rig->mix.lufs) <= 0.05)
            return pass;
        mix_rig_again(rig, QM_PASS_MASTER, pass);
    }
    return 8;
}

static void test_gain_meets_the_target(void **unused)
{
    (void)unused;
    static const struct {
        double slope;
        uint32_t passes;
    } cases[] = {{1, 0}, {0.9, 3}, {0.7, 5}, {0.5, 8}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        static MixRig rig;
        open_one(&rig, "master.loudness");
        assert_true(passes_until_met(&rig, cases[i].slope) <= cases[i].passes);
        mix_rig_close(&rig);
    }
}

/* A limiter as they are: what it takes at most grows by a dB a dB, the mean of it as a
 * power of that, and the loudness loses three times the mean. Two corrections do. */
static void check_limiter(double begins, double power, double mean_at_10)
{
    static MixRig rig;
    open_one(&rig, "master.loudness");
    mix_rig_begin(&rig);
    rig.sum.lufs = qm_measured(-20);
    mix_rig_pass(&rig, QM_PASS_SUM);
    for (uint32_t pass = 0; pass < 3; pass++) {
        const double gain = mix_rig_number(&rig, "master.level.gain");
        const double most = fmax(gain - begins, 0);
        const double mean = mean_at_10 * pow(most / 10, power);
        const QmMixReading limiting[] = {{"limiter", "reduction", most},
                                         {"limiter", "mean-reduction", mean}};
        rig.out.lufs = qm_measured(-20 + gain - 3 * mean);
        rig.mix.readings = limiting;
        rig.mix.n_readings = 2;
        mix_rig_again(&rig, QM_PASS_MASTER, pass);
    }
    assert_true(fabs(rig.out.lufs.value - rig.mix.lufs) <= 0.03);
    mix_rig_close(&rig);
}

static void test_gain_knows_what_the_limiter_will_take(void **unused)
{
    (void)unused;
    check_limiter(6, 2.6, 0.5);
    check_limiter(0, 2.6, 0.5);
    check_limiter(0, 2.3, 0.5);
    check_limiter(-2, 2.9, 0.3);
}

static void test_gain_stops_where_the_limiter_would_have_to_work_too_hard(void **unused)
{
    (void)unused;
    static MixRig rig;
    open_one(&rig, "master.loudness");
    mix_rig_set(&rig, "master.loudness", QM_ROLE_COUNT, "reach", 6);
    static const QmMixReading limiting = {"limiter", "reduction", 7.5};
    mix_rig_begin(&rig);
    rig.sum.lufs = qm_measured(-20);
    mix_rig_pass(&rig, QM_PASS_SUM);
    const double gain = mix_rig_number(&rig, "master.level.gain");
    rig.out.lufs = qm_measured(-15);
    rig.mix.readings = &limiting;
    rig.mix.n_readings = 1;
    mix_rig_pass(&rig, QM_PASS_MASTER);
    assert_true(mix_rig_number(&rig, "master.level.gain") == gain);
    assert_non_null(
        strstr(mix_rig_note(&rig, "master.loudness", "master"), "limiting=7.5"));
    mix_rig_close(&rig);
}

static void test_the_ceiling_goes_down_by_what_gets_through(void **unused)
{
    (void)unused;
    static MixRig rig;
    open_one(&rig, "master.limit");
    mix_rig_begin(&rig);
    mix_rig_pass(&rig, QM_PASS_SUM);
    assert_true(mix_rig_number(&rig, "master.limiter.ceiling") == -1);
    rig.out.true_peak = qm_measured(-0.93);
    mix_rig_pass(&rig, QM_PASS_MASTER);
    assert_true(fabs(mix_rig_number(&rig, "master.limiter.ceiling") + 1.08) < 0.011);
    rig.out.true_peak = qm_measured(-1.02);
    mix_rig_again(&rig, QM_PASS_MASTER, 1);
    assert_true(fabs(mix_rig_number(&rig, "master.limiter.ceiling") + 1.08) < 0.011);
    mix_rig_close(&rig);
}

static void test_the_bus_follows_the_loudness_of_the_mix(void **unused)
{
    (void)unused;
    static MixRig rig;
    open_one(&rig, "master.bus");
    mix_rig_set(&rig, "master.bus", QM_ROLE_COUNT, "threshold", 5);
    mix_rig_begin(&rig);
    rig.sum.lufs = qm_measured(-21);
    mix_rig_pass(&rig, QM_PASS_SUM);
    assert_true(mix_rig_number(&rig, "master.compressor.threshold") == -16);
    mix_rig_close(&rig);
}

static void test_lows_become_mono_where_they_are_not(void **unused)
{
    (void)unused;
    static const double sides[] = {-30, -10};
    for (int i = 0; i < 2; i++) {
        static MixRig rig;
        open_one(&rig, "master.mono-low");
        mix_rig_begin(&rig);
        rig.sum.side_low = qm_measured(sides[i]);
        mix_rig_pass(&rig, QM_PASS_SUM);
        assert_int_equal(mix_rig_count(&rig, "master.mono-low"), i);
        mix_rig_close(&rig);
    }
}

/* ---- tone ---- */

static const QmTargetPoint flat_points[] = {{20, 0}, {20000, 0}};
static const QmTargetCurve flat = {"flat", "", flat_points, 2};

/* How far a spectrum is from flat after the bands that were decided, dB. */
static double distance(const MixRig *rig, const double *thirds)
{
    double db[QM_THIRDS], sum = 0, squares = 0;
    QmEqBand bands[16];
    uint32_t n = 0;
    for (uint32_t b = 1; b <= 8; b++) {
        const QmMix *const mix = &rig->mix;
        const double gain = qm_decided(mix, 0, "master.eq.%u.gain", b);
        if (gain != 0)
            bands[n++] =
                (QmEqBand){QM_EQ_BELL, qm_decided(mix, 0, "master.eq.%u.freq", b), gain,
                           qm_decided(mix, 0, "master.eq.%u.q", b)};
    }
    qm_eq_thirds(bands, n, db);
    const uint32_t from = 5, to = 29; /* 63 Hz to 12.5 kHz */
    for (uint32_t i = from; i < to; i++) {
        sum += thirds[i] + db[i];
        squares += (thirds[i] + db[i]) * (thirds[i] + db[i]);
    }
    const double n_thirds = to - from;
    return sqrt((squares - sum * sum / n_thirds) / n_thirds);
}

static void test_tone_comes_closer_to_the_curve(void **unused)
{
    (void)unused;
    static MixRig rig;
    open_one(&rig, "master.tone");
    mix_rig_set(&rig, "master.tone", QM_ROLE_COUNT, "amount", 100);
    mix_rig_set(&rig, "master.tone", QM_ROLE_COUNT, "limit", 6);
    rig.template.curve = &flat;
    mix_rig_begin(&rig);
    for (uint32_t i = 0; i < QM_THIRDS; i++) /* a bump of 5 dB around 250 Hz, a tilt */
        rig.sum.thirds[i] = -30 - 0.1 * i + 5 * exp(-0.08 * (i - 11.0) * (i - 11.0));
    const double before = distance(&rig, rig.sum.thirds);
    mix_rig_pass(&rig, QM_PASS_SUM);
    assert_true(distance(&rig, rig.sum.thirds) < 0.35 * before);
    for (uint32_t b = 1; b <= 8; b++)
        assert_true(fabs(qm_decided(&rig.mix, 0, "master.eq.%u.gain", b)) <= 6);
    mix_rig_close(&rig);
}

static void test_tone_leaves_what_is_close_alone(void **unused)
{
    (void)unused;
    static MixRig rig;
    open_one(&rig, "master.tone");
    rig.template.curve = &flat;
    mix_rig_begin(&rig);
    for (uint32_t i = 0; i < QM_THIRDS; i++)
        rig.sum.thirds[i] = -30 + (i % 2 ? 0.5 : -0.5);
    mix_rig_pass(&rig, QM_PASS_SUM);
    assert_int_equal(mix_rig_count(&rig, "master.tone"), 0);
    mix_rig_close(&rig);
}

static void test_tone_does_not_raise_what_is_not_there(void **unused)
{
    (void)unused;
    static MixRig rig;
    open_one(&rig, "master.tone");
    mix_rig_set(&rig, "master.tone", QM_ROLE_COUNT, "amount", 100);
    rig.template.curve = &flat;
    mix_rig_begin(&rig);
    for (uint32_t i = 0; i < QM_THIRDS; i++)
        rig.sum.thirds[i] = i < 24 ? -30 : -90;
    mix_rig_pass(&rig, QM_PASS_SUM);
    assert_int_equal(mix_rig_count(&rig, "master.tone"), 0);
    mix_rig_close(&rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_gain_meets_the_target),
        cmocka_unit_test(test_gain_knows_what_the_limiter_will_take),
        cmocka_unit_test(test_gain_stops_where_the_limiter_would_have_to_work_too_hard),
        cmocka_unit_test(test_the_ceiling_goes_down_by_what_gets_through),
        cmocka_unit_test(test_the_bus_follows_the_loudness_of_the_mix),
        cmocka_unit_test(test_lows_become_mono_where_they_are_not),
        cmocka_unit_test(test_tone_comes_closer_to_the_curve),
        cmocka_unit_test(test_tone_leaves_what_is_close_alone),
        cmocka_unit_test(test_tone_does_not_raise_what_is_not_there),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
