/* tests: mix/mask_model mix/eq_follow mix/rule_unmask */
/* Making room: the model is the measure, its slope is its slope, bands stay in their
 * bounds, and what did not help is taken back. */
#include "base/qmath.h"
#include "mix/eq_follow.h"
#include "mix/mask_model.h"
#include "tests/support/mix_rig.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { STEMS = 3, LOOKS = 700 };

/* Three stems that share bands, each with its own slope over them, never quite steady. */
static void make_stems(QmArena *arena, QmBark *barks, QmMaskingStem *stems)
{
    static const double slopes[STEMS] = {-1.5, 0, 1.5}, gains[STEMS] = {1, 0.7, 0.4};
    uint32_t draw = 1;
    for (uint32_t s = 0; s < STEMS; s++) {
        barks[s] = (QmBark){.hop_s = 1024.0 / 48000, .count = LOOKS};
        for (uint32_t t = 0; t < LOOKS; t += QM_BARK_CHUNK) {
            QmBarkFrame *const chunk = QM_NEW_ARRAY(arena, QmBarkFrame, QM_BARK_CHUNK);
            assert_true(qm_list_append(&barks[s].chunks, &chunk, 1, sizeof chunk, arena));
            for (uint32_t i = 0; i < QM_BARK_CHUNK && t + i < LOOKS; i++) {
                chunk[i].tonality = (uint16_t)(20000 * s);
                for (uint32_t b = 0; b < QM_BARKS; b++) {
                    draw = draw * 1664525 + 1013904223;
                    const double db = -30 + slopes[s] * b + (draw >> 24) / 16.0 -
                                      ((t + i) / 100 % (s + 2) == 0 ? 25 : 0);
                    chunk[i].power[b] = qm_bark_packed((float)qm_pow(10, db / 10));
                }
            }
        }
        stems[s] = (QmMaskingStem){"stem", &barks[s], qm_measured(-20), gains[s], NULL};
    }
}

static void test_the_model_is_the_measure(void **unused)
{
    (void)unused;
    QmArena arena;
    QmBark barks[STEMS];
    QmMaskingStem stems[STEMS];
    static const double ones[STEMS] = {1, 1, 1};
    qm_arena_init(&arena);
    make_stems(&arena, barks, stems);
    QmMaskModel *const model = qm_mask_model(stems, ones, STEMS, &arena);
    const QmMasking *const plain = qm_masking(stems, STEMS, QM_MASKING_TOTALS, &arena);
    assert_true(fabs(qm_mask_total(model) / plain->total.value - 1) < 1e-4);
    double db[QM_BARKS];
    float factors[QM_BARKS];
    for (uint32_t b = 0; b < QM_BARKS; b++) {
        db[b] = b < 12 ? 6 : -6;
        factors[b] = (float)qm_pow(10, db[b] / 10);
    }
    qm_mask_change(model, 1, db);
    stems[1].bands = factors;
    const QmMasking *const other = qm_masking(stems, STEMS, QM_MASKING_TOTALS, &arena);
    assert_true(fabs(other->total.value / plain->total.value - 1) > 0.01);
    assert_true(fabs(qm_mask_total(model) / other->total.value - 1) < 1e-4);
    assert_true(fabs(qm_mask_heard(model) / other->heard_total.value - 1) < 1e-4);
    qm_arena_release(&arena);
}

static void test_the_slope_is_what_a_small_step_shows(void **unused)
{
    (void)unused;
    enum { STEP_OF = 10 };
    QmArena arena;
    QmBark barks[STEMS];
    QmMaskingStem stems[STEMS];
    static const double weights[STEMS] = {1, 2, 1};
    qm_arena_init(&arena);
    make_stems(&arena, barks, stems);
    QmMaskModel *const model = qm_mask_model(stems, weights, STEMS, &arena);
    for (uint32_t s = 0; s < STEMS; s++) {
        double slope[QM_BARKS], most = 0;
        qm_mask_slope(model, s, slope);
        for (uint32_t b = 0; b < QM_BARKS; b++)
            most = fabs(slope[b]) > most ? fabs(slope[b]) : most;
        for (uint32_t b = 0; b < QM_BARKS; b++) {
            double db[QM_BARKS] = {0}, total[2];
            for (int side = 0; side < 2; side++) {
                db[b] = side ? 1.0 / STEP_OF : -1.0 / STEP_OF;
                qm_mask_change(model, s, db);
                total[side] = qm_mask_total(model);
            }
            db[b] = 0;
            qm_mask_change(model, s, db);
            const double shown = (total[1] - total[0]) * STEP_OF / 2;
            assert_true(fabs(shown - slope[b]) < 0.04 * most);
        }
    }
    qm_arena_release(&arena);
}

static void test_thin_looks_tell_nearly_the_same(void **unused)
{
    (void)unused;
    QmArena arena;
    QmBark barks[STEMS], thin[STEMS];
    QmMaskingStem stems[STEMS];
    const QmBark *all[STEMS];
    qm_arena_init(&arena);
    make_stems(&arena, barks, stems);
    for (uint32_t s = 0; s < STEMS; s++)
        all[s] = &barks[s];
    const QmMasking *const full = qm_masking(stems, STEMS, QM_MASKING_TOTALS, &arena);
    assert_true(qm_bark_thin(all, STEMS, 128, &arena, thin));
    for (uint32_t s = 0; s < STEMS; s++) {
        assert_int_equal(thin[s].count, 128);
        stems[s].bark = &thin[s];
    }
    const QmMasking *const few = qm_masking(stems, STEMS, QM_MASKING_TOTALS, &arena);
    assert_true(fabs(few->total.value / full->total.value - 1) < 0.05);
    qm_arena_release(&arena);
}

/* ---- bands down a slope ---- */

static QmEqWish even_wish(void)
{
    QmEqWish wish = {.depth = 3, .shift = 1, .worth = 0, .count = 4};
    for (uint32_t b = 0; b < QM_BARKS; b++) {
        wish.share[b] = 1.0 / QM_BARKS;
        wish.may_boost[b] = true;
        wish.slope[b] = b < 6 ? 1 : b < 14 ? -1 : 0.3;
    }
    return wish;
}

static void test_bands_go_down_the_slope_within_their_bounds(void **unused)
{
    (void)unused;
    QmArena arena;
    qm_arena_init(&arena);
    const QmEqChoices *const choices = qm_eq_choices(3, &arena);
    QmEqWish wish = even_wish();
    QmEqAnswer answer;
    QmEqPoints points;
    double db[QM_BARKS];
    qm_eq_points(&points);
    qm_eq_follow(choices, &wish, &answer);
    assert_true(answer.n > 0 && answer.n <= wish.count);
    qm_eq_barks(&points, answer.bands, answer.n, db);
    for (double hz = 20; hz < 20001; hz *= 1.02) {
        double power = 1;
        for (uint32_t i = 0; i < answer.n; i++)
            power *= qm_eq_power(&answer.bands[i], hz);
        assert_true(fabs(10 * log10(power)) < wish.depth + 0.02);
    }
    assert_true(fabs(qm_eq_shift(&wish, db)) < wish.shift + 0.05);
    /* The best there is would be 3 dB each way everywhere: half of it with four bands. */
    assert_true(qm_eq_value(&wish, db) > 0.5 * 3 * (6 + 8 + 10 * 0.3));
    for (uint32_t b = 0; b < QM_BARKS; b++)
        wish.may_boost[b] = false;
    qm_eq_follow(choices, &wish, &answer);
    for (uint32_t b = 0; b < QM_BARKS; b++)
        assert_true(answer.db[b] < 1.55);
    for (uint32_t b = 0; b < QM_BARKS; b++)
        wish.slope[b] = 0;
    qm_eq_follow(choices, &wish, &answer);
    assert_int_equal(answer.n, 0);
    qm_arena_release(&arena);
}

/* ---- the rule ---- */

static void open_two(MixRig *rig, double low, double high)
{
    mix_rig_open(rig);
    mix_rig_add(rig, "bass", QM_ROLE_BASS, &(MixSound){.low = 50, .high = 1200});
    mix_rig_add(rig, "keys", QM_ROLE_KEYS,
                &(MixSound){.lufs = -27, .low = low, .high = high});
    mix_rig_on(rig, "masking.unmask", QM_ROLE_COUNT);
    mix_rig_begin(rig);
    mix_rig_pass(rig, QM_PASS_STEMS);
    mix_rig_freeze(rig);
    mix_rig_pass(rig, QM_PASS_CHAINS);
}

static void test_who_hides_makes_room(void **unused)
{
    (void)unused;
    static MixRig rig;
    open_two(&rig, 300, 5000);
    assert_true(mix_rig_count(&rig, "masking.unmask") > 0);
    bool cut = false, boost = false;
    for (uint32_t i = 1; i <= 5; i++) {
        char address[64];
        snprintf(address, sizeof address, "bass.eq.%u.gain", i);
        cut |= mix_rig_number(&rig, address) < 0;
        snprintf(address, sizeof address, "keys.eq.%u.gain", i);
        boost |= mix_rig_number(&rig, address) > 0;
    }
    assert_true(cut || boost);
    const char *const because = mix_rig_because(&rig, "bass.eq.1.type");
    if (because)
        assert_non_null(strstr(because, "total="));
    mix_rig_close(&rig);
}

static void test_who_is_not_in_the_way_is_left_alone(void **unused)
{
    (void)unused;
    static MixRig rig;
    open_two(&rig, 6000, 12000);
    assert_int_equal(mix_rig_count(&rig, "masking.unmask"), 0);
    mix_rig_close(&rig);
}

static void test_what_did_not_help_is_taken_back(void **unused)
{
    (void)unused;
    /* The chain as measured: the bass spread thinly; it got all into a band of the
     * keys; it stayed over what can be heard of them. */
    static const struct {
        MixSound sound;
        bool helped;
    } cases[] = {
        {{.low = 1000, .high = 15000}, true},
        {{.low = 300, .high = 500}, false},
        {{.low = 50, .high = 3000}, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        static MixRig rig;
        open_two(&rig, 300, 5000);
        assert_true(mix_rig_count(&rig, "masking.unmask") > 0);
        mix_rig_facts(&rig.arena, &cases[i].sound, &rig.chain[0]);
        mix_rig_pass(&rig, QM_PASS_AGAIN);
        assert_int_equal(isnan(mix_rig_number(&rig, "bass.eq.1.gain")), !cases[i].helped);
        mix_rig_close(&rig);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_model_is_the_measure),
        cmocka_unit_test(test_the_slope_is_what_a_small_step_shows),
        cmocka_unit_test(test_thin_looks_tell_nearly_the_same),
        cmocka_unit_test(test_bands_go_down_the_slope_within_their_bounds),
        cmocka_unit_test(test_who_hides_makes_room),
        cmocka_unit_test(test_who_is_not_in_the_way_is_left_alone),
        cmocka_unit_test(test_what_did_not_help_is_taken_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
