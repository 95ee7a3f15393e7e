/* The filter: responses of both models against their formulas; a sweep against the same
 * filter in double precision; the swing's and the level's octaves; the ladder's
 * oscillation, its bound, and its aliases. */
#include "dsp/oversample.h"
#include "tests/support/proc_harness.h"
#include "tests/support/spectrum.h"

#include <complex.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

enum { SVF, LADDER };
enum { LOW_PASS, HIGH_PASS, BAND_PASS, NOTCH, TYPES };
enum { FS = 48000, LONG = 2 * FS, LATE = 51, UP = 26, FAST = 8 * FS, SHORT = 1 << 15 };
static QmVec rows[LONG], key[LONG];

typedef struct Setting {
    const char *name;
    double value;
} Setting;

static int index_of(const char *name)
{
    return qm_proc_find_param(qm_proc_find("filter"), 0, name);
}

/* Settings up to one without a name, for all strips; structural ones, too. */
static void open_with(ProcGang *gang, const Setting *settings)
{
    static double params[QM_GANG][QM_MAX_PARAMS];
    const QmProcDesc *const desc = qm_proc_find("filter");
    for (uint32_t s = 0; s < QM_GANG; s++) {
        qm_proc_defaults(desc, 0, params[s]);
        for (const Setting *set = settings; set->name; set++)
            params[s][index_of(set->name)] = set->value;
    }
    gang_open(gang, desc, FS, 0, QM_GANG, params);
}

/* Amplitude of a tone around frame `middle`, taken over `n` frames (whole periods). */
static double amplitude(uint32_t middle, uint32_t n, double at)
{
    const double complex line =
        spectrum_line(rows, middle - n / 2, middle + n / 2, at / FS, 1, 0);
    return 2 * cabs(line) / n;
}

/* ---- responses ---- */

static double complex svf_response(int type, double k, double complex s)
{
    const double complex d = s * s + k * s + 1;
    return type == LOW_PASS    ? 1 / d
           : type == HIGH_PASS ? s * s / d
           : type == BAND_PASS ? k * s / d
                               : (s * s + 1) / d;
}

static double complex ladder_response(int type, int slope, double k, double complex s)
{
    const double complex y = 1 / (1 + s), n = 1 - y;
    const double complex once = type == LOW_PASS    ? y * y
                                : type == HIGH_PASS ? n * n
                                : type == BAND_PASS ? 2 * y * n
                                                    : n * n + y * y;
    const double complex loop = 1 / (1 + k * y * y * y * y);
    return loop * (slope ? once * once : once);
}

static double complex expected(int model, int type, int slope, double res, double freq,
                               double at)
{
    if (model == LADDER)
        return ladder_response(type, slope, res / 25,
                               I * tan(M_PI * at / FAST) / tan(M_PI * freq / FAST));
    const double complex s = I * tan(M_PI * at / FS) / tan(M_PI * freq / FS);
    const double complex first = svf_response(type, fmax(2 - res / 50, 0.02), s);
    return slope ? first * svf_response(type, 1.848, s) : first;
}

/* An impulse of -60 dB: what the curve bends of that is below -120 dB. */
static void check_response(int model, int type, int slope, double res, double freq)
{
    const double height = 1e-3;
    const uint32_t late = model == LADDER ? LATE : 0;
    ProcGang gang;
    open_with(&gang, (Setting[]){{"model", model},
                                 {"type", type},
                                 {"slope", slope},
                                 {"resonance", res},
                                 {"freq", freq},
                                 {NULL, 0}});
    memset(rows, 0, SHORT * sizeof *rows);
    rows[0] = qm_vec((float)height);
    gang_run(&gang, rows, NULL, SHORT, QM_QUANTUM);
    gang_close(&gang);
    for (double at = freq / 6; at < 19500 && at < 8 * freq; at *= 1.6) {
        const double complex found = spectrum_line(rows, 0, SHORT, at / FS, 1, 0) /
                                     height * cexp(2 * M_PI * I * at / FS * late);
        const double complex right = expected(model, type, slope, res, freq, at);
        const double error = cabs(found - right);
        if (error > 0.001 * cabs(right) + 2e-5) /* 0.01 dB, and the phase */
            fail_msg("model %d type %d slope %d resonance %d at %d Hz: off by %d "
                     "millionths of %d at %d Hz",
                     model, type, slope, (int)res, (int)freq, (int)(1e6 * error),
                     (int)(1e6 * cabs(right)), (int)at);
    }
}

static void test_responses(void **unused)
{
    (void)unused;
    static const double resonances[] = {0, 29, 62, 90}, freqs[] = {100, 1000, 9000};
    for (int model = SVF; model <= LADDER; model++)
        for (int type = LOW_PASS; type < TYPES; type++)
            for (int slope = 0; slope < 2; slope++)
                for (int r = 0; r < 4; r++)
                    for (int f = 0; f < 3; f++)
                        check_response(model, type, slope, resonances[r], freqs[f]);
}

static void test_without_mix_nothing_changes(void **unused)
{
    (void)unused;
    for (int model = SVF; model <= LADDER; model++) {
        ProcGang gang;
        open_with(&gang, (Setting[]){{"model", model},
                                     {"mix", 0},
                                     {"drive", 20},
                                     {"resonance", 100},
                                     {NULL, 0}});
        for (uint32_t i = 0; i < SHORT; i++)
            rows[i] = key[i] = qm_vec((float)sin(0.3 * i));
        gang_run(&gang, rows, NULL, SHORT, QM_QUANTUM);
        gang_close(&gang);
        const uint32_t late = model == LADDER ? LATE : 0;
        for (uint32_t i = 200; i < SHORT; i++)
            assert_true(fabs((double)(rows[i][0] - key[i - late][0])) <
                        (late ? 1e-4 : 1e-30));
    }
}

/* ---- sweeps ---- */

/* Three octaves a second up from 200 Hz: the cutoff with which frame i is computed. */
static double swept(int64_t i) { return 200 * exp2(3 * (double)(i + 1) / FS); }

typedef struct Reference {
    double s[4], k;
} Reference;

static double svf_reference(Reference *r, double freq, double x)
{
    const double g = tan(M_PI * freq / FS), a1 = 1 / (1 + g * (g + r->k));
    const double v3 = x - r->s[1], v1 = a1 * (r->s[0] + g * v3), v2 = r->s[1] + g * v1;
    r->s[0] = 2 * v1 - r->s[0];
    r->s[1] = 2 * v2 - r->s[1];
    return v2;
}

static double ladder_reference(Reference *r, double freq, double x)
{
    const double w = tan(M_PI * freq / FAST), g = w / (1 + w);
    const double end = (1 - g) * (((r->s[0] * g + r->s[1]) * g + r->s[2]) * g + r->s[3]);
    double y = (x - r->k * end) / (1 + r->k * g * g * g * g);
    y /= sqrt(1 + y * y);
    for (int i = 0; i < 4; i++) {
        const double v = (y - r->s[i]) * g;
        y = v + r->s[i];
        r->s[i] = y + v;
    }
    return y;
}

/* What is left of a tone through a swept filter beside the reference, in dB of the
 * loudest: the cutoff is automated once a quantum, as the engine does it. The ladder's
 * signal is halfway through the oversampling when it is filtered. */
static double residual_db(int model)
{
    static float wet[LONG];
    Reference r = {.k = model == LADDER ? 2 : 0.8};
    const double per_frame = 2 * M_PI * 731 / FS;
    ProcGang gang;
    open_with(&gang, (Setting[]){{"model", model},
                                 {"slope", model == LADDER},
                                 {"resonance", model == LADDER ? 50 : 60},
                                 {"freq", swept(-1)},
                                 {NULL, 0}});
    for (uint32_t at = 0; at < LONG; at += QM_QUANTUM) {
        QmVec block[QM_QUANTUM];
        for (uint32_t i = 0; i < QM_QUANTUM; i++)
            block[i] = qm_vec((float)(0.5 * sin(per_frame * (at + i))));
        for (uint32_t s = 0; s < QM_GANG; s++)
            gang_set(&gang, s, (uint32_t)index_of("freq"), swept(at + QM_QUANTUM - 1));
        gang_run(&gang, block, NULL, QM_QUANTUM, QM_QUANTUM);
        for (uint32_t i = 0; i < QM_QUANTUM; i++)
            wet[at + i] = block[i][0];
    }
    gang_close(&gang);
    double worst = 0, loudest = 0;
    for (int64_t i = 0; i + LATE < LONG; i++) {
        double y = 0;
        if (model == SVF)
            y = svf_reference(&r, swept(i), 0.5 * sin(per_frame * (double)i));
        else
            for (int j = 0; j < 8; j++) {
                const double x = sin(per_frame * ((double)(i - UP) + j / 8.0));
                const double now = 2 * ladder_reference(&r, swept(i), 0.25 * x);
                y = j == 0 ? now : y;
            }
        const double found = (double)wet[i + (model == LADDER ? LATE - UP : 0)];
        if (i < FS / 10) /* the tone's begin rings in the oversampling */
            continue;
        worst = fmax(worst, fabs(found - y));
        loudest = fmax(loudest, fabs(y));
    }
    return 20 * log10(worst / loudest);
}

static void test_sweeps_are_smooth(void **unused)
{
    (void)unused;
    assert_true(residual_db(SVF) < -100);
    assert_true(residual_db(LADDER) < -80);
}

/* ---- what moves the cutoff ---- */

/* A sine of 0.25 Hz is at its top after a second: four octaves wide, the cutoff is two
 * up, a tone there at -3 dB. */
static void test_depth_is_in_octaves(void **unused)
{
    (void)unused;
    ProcGang gang;
    open_with(&gang, (Setting[]){{"freq", 1000},
                                 {"resonance", 100 - 50 * M_SQRT2},
                                 {"rate", 0.25},
                                 {"depth", 4},
                                 {NULL, 0}});
    for (uint32_t i = 0; i < LONG; i++)
        rows[i] = qm_vec((float)sin(2 * M_PI * 4000 / FS * i));
    gang_run(&gang, rows, NULL, LONG, QM_QUANTUM);
    gang_close(&gang);
    assert_true(fabs(20 * log10(amplitude(FS, 480, 4000)) + 3.0103) < 0.02);
}

/* Started later in the song, it soon does what it would have done. */
static void test_the_swing_follows_the_song(void **unused)
{
    (void)unused;
    for (int sync = 0; sync <= 10; sync += 10) {
        ProcGang gang;
        open_with(&gang,
                  (Setting[]){{"sync", sync}, {"rate", 1.7}, {"depth", 5}, {NULL, 0}});
        noise_rows(rows, LONG, 1, 0.5);
        memcpy(key, rows, sizeof rows);
        gang_run(&gang, rows, NULL, LONG, QM_QUANTUM);
        gang_reset(&gang);
        gang.frame = FS;
        gang_run(&gang, key + FS, NULL, LONG - FS, QM_QUANTUM);
        gang_close(&gang);
        for (uint32_t i = 3 * FS / 2; i < LONG; i++)
            assert_true(fabs((double)(rows[i][0] - key[i][0])) < 1e-6);
    }
}

/* A key at half of full scale moves the cutoff by half the octaves. */
static void test_the_level_moves_the_cutoff(void **unused)
{
    (void)unused;
    ProcGang gang;
    open_with(&gang, (Setting[]){{"freq", 1000},
                                 {"resonance", 100 - 50 * M_SQRT2},
                                 {"env", 4},
                                 {NULL, 0}});
    for (uint32_t i = 0; i < LONG; i++) {
        key[i] = qm_vec(0.5f);
        rows[i] = qm_vec((float)sin(2 * M_PI * 4000 / FS * i));
    }
    gang_run(&gang, rows, key, LONG, QM_QUANTUM);
    assert_true(fabs(20 * log10(amplitude(FS, 480, 4000)) + 3.0103) < 0.01);
    gang_close(&gang);
}

/* ---- the ladder's curve ---- */

/* Above 100 % it sings at its cutoff after a knock, no louder than the curve allows. */
static void test_oscillation(void **unused)
{
    (void)unused;
    for (double freq = 55; freq < 15000; freq *= 4) {
        ProcGang gang;
        open_with(&gang, (Setting[]){{"model", LADDER},
                                     {"slope", 1},
                                     {"resonance", 110},
                                     {"freq", freq},
                                     {NULL, 0}});
        memset(rows, 0, sizeof rows);
        rows[0] = qm_vec(0.5f);
        gang_run(&gang, rows, NULL, LONG, QM_QUANTUM);
        gang_close(&gang);
        double peak = 0, first = 0, last = 0;
        uint32_t turns = 0;
        for (uint32_t i = FS; i < LONG; i++) {
            const double a = (double)rows[i - 1][0], b = (double)rows[i][0];
            peak = fmax(peak, fabs(b));
            if (a < 0 && b >= 0) {
                last = i - b / (b - a);
                first = turns++ ? first : last;
            }
        }
        assert_true(peak > 0.2 && peak < 2);
        const double found = (turns - 1) * FS / (last - first);
        if (fabs(found / freq - 1) > 0.01)
            fail_msg("%d Hz where %d are right", (int)found, (int)freq);
    }
}

/* A tone of 5 kHz at full scale, periodic in a prime number of frames, so that aliases
 * fall beside its harmonics: the loudest of them below 20 kHz, in dBFS. */
static double alias_db(double drive)
{
    enum { PERIOD = 4801, TURNS = 500 };
    ProcGang gang;
    open_with(&gang, (Setting[]){{"model", LADDER},
                                 {"slope", 1},
                                 {"resonance", 50},
                                 {"drive", drive},
                                 {"freq", 20000},
                                 {NULL, 0}});
    for (uint32_t i = 0; i < 4 * PERIOD; i++)
        rows[i] = qm_vec((float)sin(2 * M_PI * TURNS / PERIOD * i));
    gang_run(&gang, rows, NULL, 4 * PERIOD, QM_QUANTUM);
    gang_close(&gang);
    double worst = 0;
    for (uint32_t bin = 1; bin < 2000; bin++) {
        if (bin % TURNS == 0)
            continue;
        double complex sum = 0, turn = 1;
        const double complex step = cexp(-2 * M_PI * I * bin / PERIOD);
        for (uint32_t i = 0; i < PERIOD; i++, turn *= step)
            sum += (double)rows[3 * PERIOD + i][0] * turn;
        worst = fmax(worst, 2 * cabs(sum) / PERIOD);
    }
    return 20 * log10(worst);
}

static void test_aliases(void **unused)
{
    (void)unused;
    assert_true(alias_db(0) < -110);
    assert_true(alias_db(24) < -90);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_responses),
        cmocka_unit_test(test_without_mix_nothing_changes),
        cmocka_unit_test(test_sweeps_are_smooth),
        cmocka_unit_test(test_depth_is_in_octaves),
        cmocka_unit_test(test_the_swing_follows_the_song),
        cmocka_unit_test(test_the_level_moves_the_cutoff),
        cmocka_unit_test(test_oscillation),
        cmocka_unit_test(test_aliases),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
