/* Gain sharing: the formula, and a bus of the engine that shares. */
/* tests: dsp/gain_share */
#include "tests/support/rig.h"

#include "base/rand.h"
#include "dsp/gain_share.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

enum { RATE = 48000, VOICES = 4 };

typedef struct Group {
    QmGainShare share;
    QmGainShareVoice voice[VOICES];
    int64_t frame;
} Group;

static void open_group(Group *group)
{
    *group = (Group){0};
    qm_gain_share_set(&group->share, 10, 200, -60, (double)RATE / QM_QUANTUM);
    for (int v = 0; v < VOICES; v++)
        group->voice[v].weight = 1;
    qm_gain_share_reset(group->voice, VOICES);
}

/* Everybody speaks noise at a level of their own for a while. */
static void speak(Group *group, const double level_db[VOICES], double seconds)
{
    const int64_t end = group->frame + (int64_t)(seconds * RATE);
    for (; group->frame < end; group->frame += QM_QUANTUM) {
        for (uint64_t v = 0; v < VOICES; v++) {
            float pairs[2 * QM_QUANTUM];
            const double level = sqrt(3) * pow(10, level_db[v] / 20);
            for (uint64_t i = 0; i < 2 * QM_QUANTUM; i++)
                pairs[i] =
                    (float)(level *
                            (2 * qm_rand(1, v, 2 * (uint64_t)group->frame + i) - 1));
            qm_gain_share_listen(&group->voice[v], pairs, 2, QM_QUANTUM);
        }
        qm_gain_share_update(&group->share, group->voice, VOICES, QM_QUANTUM);
    }
}

static double gain_db(const Group *group, int v)
{
    return 20 * log10(group->voice[v].gain);
}

static bool near(double a, double b, double by) { return fabs(a - b) < by; }

static void equal_voices_get_an_equal_share(void **state)
{
    (void)state;
    Group group;
    open_group(&group);
    for (int v = 0; v < VOICES; v++)
        assert_true(near(gain_db(&group, v), -6.0206, 1e-3));
    speak(&group, (const double[VOICES]){-20, -20, -20, -20}, 3);
    for (int v = 0; v < VOICES; v++)
        assert_true(near(gain_db(&group, v), -6.02, 0.5));
}

static void the_shares_are_powers(void **state)
{
    (void)state;
    Group group;
    open_group(&group);
    speak(&group, (const double[VOICES]){-20, -26, -40, -50}, 3);
    const double sum = pow(10, -2) + pow(10, -2.6) + pow(10, -4) + pow(10, -5);
    double squares = 0;
    for (int v = 0; v < VOICES; v++) {
        const double level = (const double[]){-20, -26, -40, -50}[v];
        assert_true(near(gain_db(&group, v), level - 10 * log10(sum), 0.5));
        squares += group.voice[v].gain * group.voice[v].gain;
    }
    assert_true(near(squares, 1, 1e-12));
}

static void a_weight_is_as_if_one_were_louder(void **state)
{
    (void)state;
    Group group;
    open_group(&group);
    group.voice[0].weight = pow(10, 0.6);
    speak(&group, (const double[VOICES]){-30, -24, -120, -120}, 3);
    assert_true(near(gain_db(&group, 0), gain_db(&group, 1), 0.5));
}

static void silence_holds_the_last_gains(void **state)
{
    (void)state;
    Group group;
    open_group(&group);
    speak(&group, (const double[VOICES]){-20, -60, -60, -60}, 2);
    assert_true(near(gain_db(&group, 0), 0, 0.1));
    speak(&group, (const double[VOICES]){-90, -85, -90, -90}, 5);
    assert_true(near(gain_db(&group, 0), 0, 0.1));
}

/* 63 % of a new voice's power within the attack; the old one's share goes with the
 * release. */
static void times_are_as_told(void **state)
{
    (void)state;
    Group group;
    open_group(&group);
    group.share.attack = qm_one_pole(0.1, (double)RATE / QM_QUANTUM);
    speak(&group, (const double[VOICES]){-120, -120, -120, -120}, 0.1);
    speak(&group, (const double[VOICES]){-20, -120, -120, -120}, 0.1);
    assert_true(near(group.voice[0].power, 0.01 * (1 - exp(-1)), 0.0007));
    const double before = group.voice[0].power;
    speak(&group, (const double[VOICES]){-200, -120, -120, -120}, 0.2);
    assert_true(near(group.voice[0].power, before * exp(-1), 0.01 * before));
}

static void rubbish_is_not_shared(void **state)
{
    (void)state;
    Group group;
    open_group(&group);
    const float huge = (float)(1e300 * 1e300), bad[4] = {huge, huge - huge, huge, 1};
    qm_gain_share_listen(&group.voice[2], bad, 2, 2);
    speak(&group, (const double[VOICES]){-20, -20, -20, -20}, 3);
    for (int v = 0; v < VOICES; v++)
        assert_true(near(gain_db(&group, v), -6.02, 0.5));
}

/* --- in the engine ------------------------------------------------------------------ */

enum { N = 48000 / 64 * 64 };
static float out[2 * N], other[2 * N];

static void share_render(bool on, uint32_t muted, float *pairs)
{
    Rig rig;
    rig_start(&rig, 4, 0);
    rig.strips[4].share.on = on;
    for (uint32_t s = 0; s < 4; s++)
        rig.strips[s].fader.mute = s < muted;
    rig_build(&rig, QM_ISA_BEST, NULL, 0);
    rig_run(&rig, N, pairs);
    rig_end(&rig);
}

static double power(const float *pairs)
{
    double sum = 0;
    for (uint32_t i = N; i < 2 * N; i++) /* its second half */
        sum += (double)pairs[i] * (double)pairs[i];
    return sum;
}

/* Four noises together are as loud as one of them. */
static void a_bus_of_four_has_the_power_of_one(void **state)
{
    (void)state;
    share_render(true, 0, out);
    share_render(false, 3, other);
    assert_true(near(10 * log10(power(out) / power(other)), 0, 0.1));
    share_render(true, 3, out);
    assert_true(near(10 * log10(power(out) / power(other)), 0, 1e-6));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equal_voices_get_an_equal_share),
        cmocka_unit_test(the_shares_are_powers),
        cmocka_unit_test(a_weight_is_as_if_one_were_louder),
        cmocka_unit_test(silence_holds_the_last_gains),
        cmocka_unit_test(times_are_as_told),
        cmocka_unit_test(rubbish_is_not_shared),
        cmocka_unit_test(a_bus_of_four_has_the_power_of_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
