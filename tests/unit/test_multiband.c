/* The multiband compressor's promises: flat while idle, each band on its own curve and in
 * its own time, a dry share that does not comb, crossovers that move without a trace.
 *
 * Left and right carry a tone 90 degrees apart: the mean power of the two is constant, so
 * an rms detector reads it exactly, without ripple. */
#include "tests/support/proc_harness.h"
#include "tests/support/spectrum.h"

#include "base/qmath.h"

#include <complex.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

enum { DETECTOR, MIX, N_PARAMS };
enum { UPTO, THRESHOLD, RATIO, ATTACK, RELEASE, KNEE, GAIN, ON, BYPASS, SOLO, N_BAND };
enum { N = 1 << 16, PEAK = 0, RMS = 1, MOST = 5 };
static QmVec rows[N], before[N];
static const double rate = 48000;
static const double usual[MOST + 1][MOST - 1] = {
    [2] = {800}, [3] = {200, 2000}, [4] = {100, 500, 3000}, [5] = {80, 300, 1200, 5000}};

static uint32_t row(uint32_t b, uint32_t k) { return N_PARAMS + b * N_BAND + k; }

static void start(ProcGang *gang, uint32_t bands)
{
    gang_open(gang, qm_proc_find("multiband"), rate, bands, 1, NULL);
}

static void set(ProcGang *gang, uint32_t index, double value)
{
    gang_set(gang, 0, index, value);
    gang_reset(gang);
}

/* A tone of whole periods in the second half of rows, left a sine, right its cosine;
 * gives turns per frame. */
static double tone(double at, double level)
{
    const double turns = round(at / rate * (N / 2)) / (N / 2);
    for (uint32_t i = 0; i < N; i++) {
        const double phase = 2 * M_PI * fmod(turns * i, 1);
        rows[i] = (QmVec){(float)(level * sin(phase)), (float)(level * cos(phase))};
    }
    return turns;
}

static double amplitude(const QmVec *from, uint32_t channel, double turns)
{
    return cabs(spectrum_line(from, N / 2, N, turns, channel == 0, channel == 1)) /
           (N / 4);
}

/* The share of band b of what stands at `at`. All shares have one phase. */
static double share(uint32_t bands, uint32_t b, double at)
{
    double gain = 1;
    for (uint32_t k = 0; k < bands - 1 && k <= b; k++) {
        const double w = tan(M_PI * at / rate) / tan(M_PI * usual[bands][k] / rate);
        gain *= k == b ? 1 / (1 + pow(w, 4)) : 1 - 1 / (1 + pow(w, 4));
    }
    return gain;
}

/* Reduction as a text book writes it, dB, of a level in dB. */
static double curve(double in, double threshold, double ratio, double knee)
{
    const double over = in - threshold, bent = over + knee / 2;
    if (2 * over <= -knee)
        return 0;
    if (2 * over < knee)
        return (1 / ratio - 1) * bent * bent / (2 * knee);
    return (1 / ratio - 1) * over;
}

static void test_idle_is_flat_within_1e_6_db(void **unused)
{
    (void)unused;
    double worst = 0;
    for (uint32_t bands = 1; bands <= MOST; bands++) {
        ProcGang gang;
        start(&gang, bands);
        set(&gang, MIX, bands % 2 ? 100 : 37);
        for (uint32_t b = 0; b < bands; b++)
            set(&gang, row(b, b % 2 ? RATIO : THRESHOLD), b % 2 ? 1 : -3);
        for (double at = 21; at < 24000; at *= 2.2) {
            const double turns = tone(at, 0.4);
            memcpy(before, rows, sizeof rows);
            gang_reset(&gang);
            gang_run(&gang, rows, NULL, N, QM_QUANTUM);
            const double off =
                fabs(db_of(amplitude(rows, 0, turns) / amplitude(before, 0, turns)));
            worst = off > worst ? off : worst;
            if (!(off < 1e-6))
                fail_msg("%u bands, %d Hz: off by %d * 10^-9 dB", bands, (int)at,
                         (int)(off * 1e9));
        }
        gang_close(&gang);
    }
    print_message("idle is flat within %.2g dB\n", worst);
}

/* One band compresses, the others pass. */
static void check_curve(uint32_t bands, uint32_t b, double at, double mix, double makeup)
{
    static const double settings[][3] = {{-30, 4, 0}, {-20, 2, 12}, {-40, 100, 6}};
    for (uint32_t k = 0; k < QM_COUNT(settings); k++) {
        const double *const s = settings[k];
        ProcGang gang;
        start(&gang, bands);
        set(&gang, DETECTOR, RMS);
        set(&gang, MIX, mix);
        for (uint32_t other = 0; other < bands; other++)
            set(&gang, row(other, RATIO), other == b ? s[1] : 1);
        set(&gang, row(b, THRESHOLD), s[0]);
        set(&gang, row(b, KNEE), s[2]);
        set(&gang, row(b, GAIN), makeup);
        for (double in = -60; in <= 6; in += 8.3) {
            const double turns = tone(at, gain_of(in));
            const double part = share(bands, b, turns * rate);
            gang_reset(&gang);
            gang_run(&gang, rows, NULL, N, QM_QUANTUM);
            const double level = in + db_of(part) - 10 * log10(2);
            const double reduction = curve(level, s[0], s[1], s[2]);
            const double wet = 1 + mix / 100 * (gain_of(reduction + makeup) - 1);
            const double should = gain_of(in) * (1 - part + part * wet);
            if (!(fabs(db_of(amplitude(rows, 0, turns) / should)) < 0.002))
                fail_msg("band %u of %u at %d mdB: %d mdB for %d", b, bands,
                         (int)(1000 * in), (int)(1000 * db_of(amplitude(rows, 0, turns))),
                         (int)(1000 * db_of(should)));
            double values[QM_MAX_READINGS];
            gang.desc->read(&gang.spec[0], gang.state[0], 0, values);
            /* the tone sets in with a click, which is reduced a little more */
            assert_true(values[b] > -reduction - 0.01 && values[b] < -reduction + 6);
        }
        gang_close(&gang);
    }
}

static void test_each_band_has_its_curve(void **unused)
{
    (void)unused;
    check_curve(1, 0, 1000, 100, 0);
    check_curve(2, 0, 300, 100, 3);
    check_curve(2, 1, 1000, 40, 0);
    check_curve(3, 1, 700, 100, -5);
    check_curve(4, 0, 90, 100, 0);
    check_curve(4, 1, 240, 100, 0);
    check_curve(4, 2, 1100, 65, 2);
    check_curve(4, 3, 9000, 100, 0);
    check_curve(5, 3, 2500, 100, 6);
    check_curve(5, 4, 5000, 20, 0);
}

/* Levels of a constant (in the lowest band) or of its sign changing every frame (in the
 * highest). */
static void level(uint32_t n, double level_db, bool alternates)
{
    for (uint32_t i = 0; i < n; i++) {
        const double sign = alternates && i % 2 ? -1 : 1;
        rows[i] = qm_vec((float)(sign * gain_of(level_db)));
    }
}

static void check_times(uint32_t bands, uint32_t b, double attack_ms, double release_ms)
{
    const double part = 1 - exp(-1), full = 20 * (1 - 1 / 4.0); /* of -18 + 20 dB */
    ProcGang gang;
    start(&gang, bands);
    for (uint32_t k = 0; k < bands; k++)
        set(&gang, row(k, RATIO), k == b ? 4 : 1);
    if (b == 0)
        set(&gang, row(0, UPTO), 18000); /* the step itself rings for an instant only */
    set(&gang, row(b, KNEE), 0);
    set(&gang, row(b, ATTACK), attack_ms);
    set(&gang, row(b, RELEASE), release_ms);
    const uint32_t a = (uint32_t)(attack_ms / 1000 * rate) & ~1u;
    const uint32_t r = (uint32_t)(release_ms / 1000 * rate) & ~1u;
    level(a, 2, b > 0);
    gang_run(&gang, rows, NULL, a, QM_QUANTUM);
    assert_true(fabs(2 - db_of((double)rows[a - 1][0]) - part * full) < 0.01 * full);
    for (int k = 0; k < 12; k++) {
        level(a, 2, b > 0);
        gang_run(&gang, rows, NULL, a, QM_QUANTUM);
    }
    level(r, -30, b > 0);
    gang_run(&gang, rows, NULL, r, QM_QUANTUM);
    assert_true(fabs(-30 - db_of((double)rows[r - 1][0]) - (1 - part) * full) <
                0.01 * full);
    gang_close(&gang);
}

static void test_attack_and_release_are_63_percent(void **unused)
{
    (void)unused;
    check_times(2, 0, 20, 200);
    check_times(2, 1, 10, 100);
    check_times(5, 0, 30, 1000);
    check_times(5, 4, 50, 500);
    check_times(4, 3, 30, 300);
}

/* All bands reduce alike: the dry share adds to the wet one at every frequency, with the
 * same phase. A dry signal past the crossovers would cancel at several of these. */
static void test_the_mix_does_not_comb(void **unused)
{
    (void)unused;
    ProcGang gang;
    start(&gang, 4);
    set(&gang, MIX, 50);
    for (uint32_t b = 0; b < 4; b++) {
        set(&gang, row(b, BYPASS), 0);
        set(&gang, row(b, GAIN), -6);
        set(&gang, row(b, RATIO), 1);
    }
    for (double at = 21; at < 24000; at *= 1.37) {
        const double turns = tone(at, 0.5);
        gang_reset(&gang);
        gang_run(&gang, rows, NULL, N, QM_QUANTUM);
        const double should = 0.25 + 0.25 * gain_of(-6);
        assert_true(fabs(db_of(amplitude(rows, 1, turns) / should)) < 1e-5);
    }
    gang_close(&gang);
}

/* What is heard of a tone, over what came. */
static double heard(ProcGang *gang, double at)
{
    const double turns = tone(at, 0.5);
    gang_reset(gang);
    gang_run(gang, rows, NULL, N, QM_QUANTUM);
    return amplitude(rows, 0, turns) / 0.5;
}

static void test_on_bypass_and_solo(void **unused)
{
    (void)unused;
    ProcGang gang;
    start(&gang, 3);
    for (uint32_t b = 0; b < 3; b++)
        set(&gang, row(b, THRESHOLD), -60);
    set(&gang, row(1, SOLO), 1);
    set(&gang, row(1, BYPASS), 1);
    assert_true(fabs(db_of(heard(&gang, 93.75) / share(3, 1, 93.75))) < 0.001);
    assert_true(fabs(db_of(heard(&gang, 937.5) / share(3, 1, 937.5))) < 0.001);
    set(&gang, row(1, SOLO), 0);
    set(&gang, row(0, BYPASS), 1);
    set(&gang, row(2, ON), 0);
    set(&gang, MIX, 30);
    const double without = share(3, 0, 1500) + share(3, 1, 1500);
    assert_true(fabs(db_of(heard(&gang, 1500) / without)) < 0.001);
    set(&gang, row(2, BYPASS), 1);
    set(&gang, row(2, ON), 1);
    assert_true(fabs(db_of(heard(&gang, 1500))) < 0.00001);
    gang_close(&gang);
}

/* Two settings of three bands that must be one. */
static void check_same(const double a[2], const double b[2])
{
    ProcGang one, other;
    start(&one, 3);
    start(&other, 3);
    for (uint32_t k = 0; k < 2; k++) {
        set(&one, row(k, UPTO), a[k]);
        set(&other, row(k, UPTO), b[k]);
    }
    noise_rows(rows, 4096, 5, 1);
    noise_rows(before, 4096, 5, 1);
    gang_run(&one, rows, NULL, 4096, QM_QUANTUM);
    gang_run(&other, before, NULL, 4096, QM_QUANTUM);
    for (uint32_t i = 0; i < 4096; i++)
        assert_true(rows[i][0] == before[i][0]);
    gang_close(&one);
    gang_close(&other);
}

static void test_upper_ends(void **unused)
{
    (void)unused;
    check_same((double[]){0, 0}, (double[]){200, 2000});
    check_same((double[]){5000, 0}, (double[]){5000, 5000}); /* pushed along */
    check_same((double[]){500, 100}, (double[]){500, 500});
    check_same((double[]){3, 3}, (double[]){20, 20});
}

/* ---- motion ---- */

typedef struct Section {
    double ic1, ic2;
} Section;

/* The all-pass of one crossover in double, its frequency new in every frame. */
static double turned(Section *s, double g, double x)
{
    const double k = sqrt(2), v3 = x - s->ic2, v1 = (s->ic1 + g * v3) / (1 + g * (g + k));
    const double v2 = s->ic2 + g * v1;
    s->ic1 = 2 * v1 - s->ic1;
    s->ic2 = 2 * v2 - s->ic2;
    return x - 2 * k * v1;
}

/* A crossover swept over two and a half octaves a second, told in steps on the grid,
 * sounds like one that moves smoothly. */
static void test_a_sweep_leaves_no_trace(void **unused)
{
    (void)unused;
    ProcGang gang;
    start(&gang, 2);
    set(&gang, row(0, RATIO), 1);
    set(&gang, row(1, RATIO), 1);
    double error = 0, power = 0, sweep[3] = {300, 300, 300};
    Section section = {0};
    set(&gang, row(0, UPTO), sweep[0]);
    for (uint32_t i = 0; i < N; i++)
        rows[i] = before[i] = qm_vec(
            (float)(0.3 * sin(0.0131 * i) + 0.3 * sin(0.13 * i) + 0.3 * sin(0.9 * i)));
    for (uint32_t i = 0; i < N; i += QM_QUANTUM) {
        const double next = 300 * exp2(2.5 * (i + QM_QUANTUM) / rate);
        gang_set(&gang, 0, row(0, UPTO), next);
        gang_run(&gang, rows + i, NULL, QM_QUANTUM, QM_QUANTUM);
    }
    for (uint32_t i = 0; i < N; i++) {
        const double f = 300 * exp2(2.5 * (i + 1) / rate);
        const double y = turned(&section, tan(M_PI * f / rate), (double)before[i][0]);
        const double e = (double)rows[i][0] - y;
        error += e * e;
        power += y * y;
    }
    print_message("residual of a sweep: %.1f dB\n", 10 * log10(error / power));
    assert_true(10 * log10(error / power) < -80);
    gang_close(&gang);
}

/* Crossovers thrown about in every quantum keep the power that comes in. */
static void test_a_storm_of_crossovers_adds_no_power(void **unused)
{
    (void)unused;
    ProcGang gang;
    start(&gang, 5);
    for (uint32_t b = 0; b < 5; b++)
        set(&gang, row(b, RATIO), 1);
    noise_rows(rows, N, 3, 0.5);
    double in = 0, out = 0;
    for (uint32_t i = 0; i < N; i++)
        in += (double)rows[i][0] * (double)rows[i][0];
    for (uint32_t i = 0; i < N; i += 48) {
        for (uint32_t b = 0; b < 4; b++)
            gang_set(&gang, 0, row(b, UPTO), (i / 48 + b) % 2 ? 15000 : 25);
        gang_run(&gang, rows + i, NULL, N - i < 48 ? N - i : 48, QM_QUANTUM);
    }
    for (uint32_t i = 0; i < N; i++)
        out += (double)rows[i][0] * (double)rows[i][0];
    print_message("power of a storm: %.2f dB\n", 10 * log10(out / in));
    assert_true(10 * log10(out / in) < 0.5);
    gang_close(&gang);
}

static void test_the_louder_channel_decides_for_both(void **unused)
{
    (void)unused;
    ProcGang gang;
    start(&gang, 2);
    set(&gang, row(0, KNEE), 0);
    for (uint32_t i = 0; i < N; i++)
        rows[i] = (QmVec){(float)gain_of(-30), (float)gain_of(-3)};
    gang_run(&gang, rows, NULL, N, QM_QUANTUM);
    const double reduction = curve(-3, -18, 3, 0);
    assert_true(fabs(db_of((double)rows[N - 1][0]) + 30 - reduction) < 0.001);
    assert_true(fabs(db_of((double)rows[N - 1][1]) + 3 - reduction) < 0.001);
    gang_close(&gang);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_idle_is_flat_within_1e_6_db),
        cmocka_unit_test(test_each_band_has_its_curve),
        cmocka_unit_test(test_attack_and_release_are_63_percent),
        cmocka_unit_test(test_the_mix_does_not_comb),
        cmocka_unit_test(test_on_bypass_and_solo),
        cmocka_unit_test(test_upper_ends),
        cmocka_unit_test(test_a_sweep_leaves_no_trace),
        cmocka_unit_test(test_a_storm_of_crossovers_adds_no_power),
        cmocka_unit_test(test_the_louder_channel_decides_for_both),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
