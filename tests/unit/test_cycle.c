/* tests: proc/cycle dsp/lfo
 *
 * Phases are functions of the song position, exact for hours, and do not jump when a rate
 * changes; shapes are what they are called. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "dsp/lfo.h"
#include "proc/cycle.h"

#include <math.h>
#include <stdio.h>

static const char *const names[] = QM_SYNC_NAMES;

static void test_every_length_has_its_name(void **unused)
{
    (void)unused;
    assert_int_equal(QM_COUNT(names), QM_SYNC_COUNT + 1);
    assert_null(names[QM_SYNC_COUNT]);
    assert_string_equal(names[QM_SYNC_QUARTER], "1/4");
    for (uint32_t i = 1; i < QM_SYNC_COUNT; i++) {
        int over, under;
        char mark = 0;
        assert_true(sscanf(names[i], "%d/%d%c", &over, &under, &mark) >= 2);
        const double stretch = mark == 't' ? 2.0 / 3 : mark == 'd' ? 1.5 : 1;
        assert_true(fabs(qm_sync_beats(i) - 4.0 * over / under * stretch) < 1e-12);
        assert_true(i == 1 || qm_sync_beats(i) > qm_sync_beats(i - 1));
    }
    assert_true(qm_sync_beats(QM_SYNC_OFF) == 0 && qm_sync_beats(99) == 0);
}

/* Cycles of a swing of 0.37 Hz at 48 kHz after ten hours. */
static void test_a_free_swing_is_exact_after_hours(void **unused)
{
    (void)unused;
    QmCycle cycle = {0};
    const QmSongTime time = {.frame = INT64_C(36000) * 48000};
    const QmPhase phase = qm_cycle_free(&cycle, &time, 0.37 / 48000);
    assert_true(fabs((double)phase.at * 0x1p-40 - 0.37 * 36000) < 1e-3);
    const QmSongTime next = {.frame = time.frame + 5};
    assert_true(qm_cycle_free(&cycle, &next, 0.37 / 48000).at ==
                phase.at + 5 * phase.step);
}

static void test_a_new_rate_goes_on_from_where_it_is(void **unused)
{
    (void)unused;
    QmCycle cycle = {0};
    QmSongTime time = {.frame = 123456};
    const uint64_t before = qm_cycle_free(&cycle, &time, 1e-4).at;
    const QmPhase phase = qm_cycle_free(&cycle, &time, 3e-4);
    assert_true(phase.at == before);
    time.frame += 1000;
    assert_true(qm_cycle_free(&cycle, &time, 3e-4).at == before + 1000 * phase.step);
}

/* The same phase from anywhere within a quantum, and 1/4t three to two beats. */
static void test_a_synced_swing_follows_beats(void **unused)
{
    (void)unused;
    const uint64_t per_frame = (uint64_t)(0x1p33 / 48000);
    const QmSongTime grid = {.frame = 6400,
                             .beat = 6400 * per_frame,
                             .beats_per_frame = per_frame,
                             .bpm = 120};
    for (uint32_t sync = 1; sync < QM_SYNC_COUNT; sync++) {
        const double beats = qm_sync_beats(sync);
        const QmPhase first = qm_cycle_synced(&grid, beats);
        const double cycles = (double)grid.beat * 0x1p-32 / beats;
        assert_true(fabs((double)first.at * 0x1p-40 - cycles) < 1e-6);
        for (uint32_t i = 1; i < QM_QUANTUM; i++) {
            const QmSongTime later = qm_song_later(grid, i);
            const QmPhase phase = qm_cycle_synced(&later, beats);
            assert_true(phase.at == first.at + i * first.step);
        }
    }
}

static double value(QmLfoShape shape, double turn, uint32_t cycle)
{
    return qm_lfo_value(shape, (uint32_t)(turn * 0x1p32), cycle, 7);
}

static void test_shapes(void **unused)
{
    (void)unused;
    static const struct {
        QmLfoShape shape;
        double at[4]; /* at 0, 1/4, 1/2, 3/4 of a cycle */
    } rows[] = {
        {QM_LFO_SINE, {0, 1, 0, -1}},        {QM_LFO_TRIANGLE, {0, 1, 0, -1}},
        {QM_LFO_SAW_UP, {-1, -0.5, 0, 0.5}}, {QM_LFO_SAW_DOWN, {1, 0.5, 0, -0.5}},
        {QM_LFO_SQUARE, {1, 1, -1, -1}},
    };
    for (uint32_t r = 0; r < QM_COUNT(rows); r++)
        for (int q = 0; q < 4; q++)
            assert_true(fabs(value(rows[r].shape, q / 4.0, 3) - rows[r].at[q]) < 1e-9);
}

static void test_draws_are_one_a_cycle(void **unused)
{
    (void)unused;
    double sum = 0;
    for (uint32_t c = 0; c < 1000; c++) {
        const double draw = value(QM_LFO_SAMPLE_HOLD, 0, c);
        assert_true(draw >= -1 && draw < 1 && draw == value(QM_LFO_SAMPLE_HOLD, 0.9, c));
        assert_true(fabs(value(QM_LFO_RANDOM, 0, c) - draw) < 1e-9);
        const double middle = 0.5 * (draw + value(QM_LFO_SAMPLE_HOLD, 0, c + 1));
        assert_true(fabs(value(QM_LFO_RANDOM, 0.5, c) - middle) < 1e-9);
        sum += draw;
    }
    assert_true(fabs(sum / 1000) < 0.06);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_length_has_its_name),
        cmocka_unit_test(test_a_free_swing_is_exact_after_hours),
        cmocka_unit_test(test_a_new_rate_goes_on_from_where_it_is),
        cmocka_unit_test(test_a_synced_swing_follows_beats),
        cmocka_unit_test(test_shapes),
        cmocka_unit_test(test_draws_are_one_a_cycle),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
