/* Meters: what a strip's post tap held, whoever else is in its gang. */
#include "graph/meter.h"
#include "tests/support/rig.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void silence_is_the_floor(void **state)
{
    (void)state;
    const QmMeter meter = {.frames = 100};
    assert_true(qm_meter_peak_db(&meter) == -400.0);
    assert_true(qm_meter_rms_db(&meter) == -400.0);
}

static void a_square_wave_at_full_scale_is_0_dbfs(void **state)
{
    (void)state;
    const QmMeter meter = {.peak = {1, 0.5f}, .power = {100, 100}, .frames = 100};
    assert_true(fabs(qm_meter_peak_db(&meter)) < 1e-9);
    assert_true(fabs(qm_meter_rms_db(&meter)) < 1e-9);
}

static void every_strip_is_read_after_its_fader(void **state)
{
    (void)state;
    enum { N = 2048 };
    static float out[2 * N];
    Rig rig;
    rig_start(&rig, 6, 0);
    for (uint32_t s = 0; s < 6; s++)
        rig.strips[s].fader.mute = s == 4;
    rig.meters = true;
    rig_build(&rig, QM_ISA_BEST, NULL, 0);
    rig_run(&rig, N, out);
    for (uint32_t s = 0; s < 6; s++) {
        const QmMeter meter = qm_exec_meter(rig.exec, (uint16_t)s);
        float peak = 0;
        double power = 0;
        for (int64_t i = 0; i < N && s != 4; i++) {
            peak = fabsf(rig_noise(s, i, 1)) > peak ? fabsf(rig_noise(s, i, 1)) : peak;
            power += (double)rig_noise(s, i, 1) * (double)rig_noise(s, i, 1);
        }
        assert_true(meter.peak[1] == peak);
        assert_true(meter.power[1] == power);
        assert_int_equal(meter.frames, N);
    }
    rig_end(&rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(silence_is_the_floor),
        cmocka_unit_test(a_square_wave_at_full_scale_is_0_dbfs),
        cmocka_unit_test(every_strip_is_read_after_its_fader),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
