/* Every generator of the list, from its table alone: whatever its params, triggers and
 * releases, its output is finite and the same however the calls are split. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/hash.h"
#include "base/rand.h"
#include "base/text.h"
#include "tests/support/gen_rig.h"

#include <math.h>
#include <string.h>

enum { FRAMES = 3000, ACTS = 40, OUT = 4000 };

static float noise[FRAMES][2];
static const QmAsset asset = {.name = "noise", .frames = FRAMES, .resident = noise[0]};

static int fill(void **unused)
{
    (void)unused;
    for (uint64_t i = 0; i < FRAMES; i++) {
        noise[i][0] = (float)qm_rand(1, 1, i) - 0.5f;
        noise[i][1] = (float)qm_rand(1, 2, i) - 0.5f;
    }
    return 0;
}

static void test_list_and_tables(void **unused)
{
    (void)unused;
    for (uint32_t i = 0; i < qm_gen_count(); i++) {
        const QmGenDesc *desc = qm_gen_at(i);
        double params[GEN_PARAMS];
        assert_ptr_equal(qm_gen_find(desc->name), desc);
        assert_true(strlen(desc->summary) > 0);
        qm_gen_defaults(desc, params);
        for (uint32_t k = 0; k < desc->n_params; k++) {
            const QmParam *row = &desc->params[k];
            assert_int_equal(qm_gen_find_param(desc, row->name), k);
            assert_true(strlen(row->help) > 0);
            assert_true(row->min < row->max);
            assert_true(params[k] == row->def && row->def >= row->min &&
                        row->def <= row->max);
            assert_true(qm_param_clamp(row, row->def) == row->def);
        }
    }
    assert_null(qm_gen_find("flute"));
    assert_int_equal(qm_gen_find_param(qm_gen_find("tone"), "colour"), -1);
}

/* The ends of the range more often than what lies between. */
static double extreme(const QmParam *row, uint64_t seed, uint64_t index)
{
    const double u = qm_rand(seed, 7, index);
    const double at = u < 0.25 ? 0 : u > 0.75 ? 1 : 2 * u - 0.5;
    return qm_param_clamp(row, row->min + at * (row->max - row->min));
}

/* Times in seconds and milliseconds stay within reach of the sound, or nothing is
 * heard. */
static double value_of(const QmParam *row, uint64_t seed, uint64_t index)
{
    const double value = extreme(row, seed, index);
    if (row->unit == QM_UNIT_S || row->unit == QM_UNIT_MS) {
        const double most = row->unit == QM_UNIT_S ? 0.08 : 80;
        return qm_param_clamp(row, value < most ? value : most * qm_rand(seed, 8, index));
    }
    return value;
}

static GenAct random_act(const QmGenDesc *desc, uint64_t seed, uint64_t i)
{
    GenAct act = {.frame = (int64_t)(i * 90 + qm_rand_bits(seed, i) % 90)};
    const uint64_t kind = qm_rand_bits(seed + 1000, i) % 4;
    act.play.note = (uint32_t)(i / 2);
    if (kind == 0 && desc->n_params > 0) {
        const uint64_t k = qm_rand_bits(seed + 2000, i) % desc->n_params;
        const QmParam *row = &desc->params[k];
        if (!(row->flags & QM_PARAM_STRUCTURAL)) {
            act.kind = GEN_SET;
            act.param = row->name;
            act.value = value_of(row, seed, 100 + i);
            return act;
        }
    }
    if (kind == 1 && desc->release) {
        act.kind = GEN_RELEASE;
        return act;
    }
    act.play.asset = desc->flags & (QM_GEN_SOUND | QM_GEN_CLIPS) ? &asset : NULL;
    act.play.from = (int64_t)(qm_rand_bits(seed + 3000, i) % 4000) - 500;
    act.play.frames = kind == 2 ? (int64_t)(qm_rand_bits(seed + 4000, i) % 900) : -1;
    act.play.fade_in = (int64_t)(i % 3) * 111;
    act.play.fade_out = (int64_t)(i % 5) * 111;
    act.play.gain = qm_rand(seed, 9, i);
    act.play.pitch = i % 3 ? 0 : qm_rand(seed, 10, i) * 140 - 70;
    act.play.played = i % 7 == 3 ? 333 : 0;
    act.play.accent = i % 4 == 0;
    return act;
}

/* Returns a hash of what was heard. */
static uint64_t check_at_random(const QmGenDesc *desc, uint64_t seed)
{
    static float out[OUT][2];
    GenRig rig;
    GenAct acts[ACTS];
    gen_open(&rig, desc->name, seed % 2 ? 48000 : 8000);
    for (uint32_t k = 0; k < desc->n_params; k++) {
        if (qm_rand(seed, 11, k) < 0.5) {
            gen_set(&rig, desc->params[k].name, value_of(&desc->params[k], seed, k));
        }
    }
    for (uint64_t i = 0; i < ACTS; i++) {
        acts[i] = random_act(desc, seed, i);
    }
    gen_play(&rig, acts, ACTS, 0, OUT, 0, out[0]);
    for (int i = 0; i < OUT; i++) {
        assert_true(isfinite(out[i][0]) && isfinite(out[i][1]));
    }
    gen_same_however_split(&rig, acts, ACTS, OUT);
    gen_close(&rig);
    return qm_hash64(out, sizeof out);
}

/* The bits are those of every compiler, option and processor; they change when a
 * generator's sound does, and then `expected` with them. */
static void test_anything_goes(void **unused)
{
    (void)unused;
    static const struct {
        const char *name;
        uint64_t expected;
    } sums[] = {
        {"clip", 0x944bae692c03598d},
        {"sampler", 0x2be6c852f3259e4d},
        {"tone", 0xfb04eaf26ef2903b},
        {"click", 0xd726c9d4f10a9477},
    };
    assert_int_equal(QM_COUNT(sums), qm_gen_count());
    for (uint32_t i = 0; i < qm_gen_count(); i++) {
        uint64_t sum = 0;
        for (uint64_t seed = 0; seed < 150; seed++) {
            sum = qm_mix64(sum ^ check_at_random(qm_gen_find(sums[i].name), seed));
        }
        print_message("%s 0x%016llx\n", sums[i].name, (unsigned long long)sum);
        assert_true(sum == sums[i].expected);
    }
}

static void test_silent_without_triggers(void **unused)
{
    (void)unused;
    static float out[OUT][2];
    for (uint32_t i = 0; i < qm_gen_count(); i++) {
        GenRig rig;
        gen_open(&rig, qm_gen_at(i)->name, 48000);
        gen_play(&rig, NULL, 0, 0, OUT, 0, out[0]);
        for (int k = 0; k < OUT; k++) {
            assert_true(out[k][0] == 0.0f && out[k][1] == 0.0f);
        }
        gen_close(&rig);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_list_and_tables),
        cmocka_unit_test(test_anything_goes),
        cmocka_unit_test(test_silent_without_triggers),
    };
    return cmocka_run_group_tests(tests, fill, NULL);
}
