/* Moving audio between strips, gangs and buses: lanes keep their places, sums their
 * order, ramps arrive; both builds agree in every bit. */
/* tests: graph/kernels graph/ramp */
#include "graph/kernels.h"
#include "graph/ramp.h"

#include "proc/list.h"
#include "tests/support/rig.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

enum { N = QM_QUANTUM };

static void pairs_become_lanes_and_back(void **state)
{
    (void)state;
    const QmKernels *k = &qm_kernels_base;
    float pairs[QM_GANG][2 * N], left[N], right[N];
    const float *in[QM_GANG];
    QmVec rows[N];
    for (uint32_t s = 0; s < QM_GANG; s++) {
        in[s] = pairs[s];
        for (uint32_t i = 0; i < 2 * N; i++)
            pairs[s][i] = rig_noise(s, i / 2, i % 2);
    }
    k->interleave(in, N, rows);
    for (uint32_t s = 0; s < QM_GANG; s++) {
        k->get_strip(rows, s, N, left, right);
        for (uint32_t i = 0; i < N; i++) {
            assert_true(left[i] == rows[i][2 * s] && left[i] == pairs[s][2 * i]);
            assert_true(right[i] == rows[i][2 * s + 1] &&
                        right[i] == pairs[s][2 * i + 1]);
        }
    }
    QmVec odd[7];
    k->interleave(in, 7, odd);
    assert_memory_equal(odd, rows, sizeof odd);
    k->get_strip(rows, 1, N, left, right);
    k->put_strip(rows, 3, N, left, right);
    assert_true(rows[5][6] == rows[5][2] && rows[5][7] == rows[5][3]);
}

/* Eleven feeds, some scaled, one ramping: the plain loop in their order is the truth. */
static void sums_keep_their_order(void **state)
{
    (void)state;
    enum { FEEDS = 11 };
    static QmVec rows[FEEDS][N];
    double expected[2 * N] = {0}, found[2 * N] = {0};
    QmFeed feeds[FEEDS];
    for (uint32_t f = 0; f < FEEDS; f++) {
        for (uint32_t i = 0; i < N; i++)
            for (int lane = 0; lane < QM_LANES; lane++)
                rows[f][i][lane] = 1e3f * rig_noise(f, i, lane);
        feeds[f] = (QmFeed){.rows = (const float *)rows[f] + 2,
                            .gain = f < 5 ? 1.0f : 0.1f * (float)f,
                            .step = f == 9 ? 0.003f : 0.0f};
    }
    for (uint32_t i = 0; i < N; i++)
        for (uint32_t f = 0; f < FEEDS; f++)
            for (uint32_t c = 0; c < 2; c++) {
                float gain = feeds[f].gain;
                for (uint32_t g = 0; g <= i; g++)
                    gain += feeds[f].step;
                expected[2 * i + c] += (double)rows[f][i][2 + c] * (double)gain;
            }
    qm_kernels_base.sum(feeds, FEEDS, N, found);
    assert_memory_equal(found, expected, sizeof expected);
    assert_true(feeds[9].gain > 0.9f + 0.19f);
}

/* A gang's members go in one pass, with the bits of one after the other. */
static void sum_of_a_gang(const QmKernels *k, uint32_t n)
{
    QmVec rows[N];
    double together[2 * N], alone[2 * N];
    for (uint32_t i = 0; i < N; i++)
        for (int lane = 0; lane < QM_LANES; lane++) {
            rows[i][lane] = 1e3f * rig_noise(lane, i, 0);
            together[2 * i + (uint32_t)lane % 2] = alone[2 * i + (uint32_t)lane % 2] = i;
        }
    QmFeed feeds[QM_GANG + 1];
    for (uint32_t f = 0; f <= QM_GANG; f++)
        feeds[f] = (QmFeed){.rows = (const float *)rows + 2 * (f % QM_GANG),
                            .gain = f == 2 ? 1.0f : 0.3f * (float)f};
    k->sum(feeds, QM_GANG + 1, n, together);
    for (uint32_t f = 0; f <= QM_GANG; f++)
        k->sum(feeds + f, 1, n, alone);
    assert_memory_equal(together, alone, sizeof alone);
}

static void a_gang_is_summed_like_its_members(void **state)
{
    (void)state;
    for (uint32_t n = 1; n <= N; n += 7) {
        sum_of_a_gang(&qm_kernels_base, n);
#if QM_HAVE_AVX2
        if (qm_isa_available(QM_ISA_AVX2))
            sum_of_a_gang(&qm_kernels_avx2, n);
#endif
    }
}

static void the_builds_agree(void **state)
{
    (void)state;
#if QM_HAVE_AVX2
    if (qm_isa_available(QM_ISA_AVX2)) {
        QmVec in[N], a[N], b[N], coeffs[2][QM_FADER_COEFFS], step[QM_FADER_COEFFS];
        for (uint32_t i = 0; i < N; i++)
            for (int lane = 0; lane < QM_LANES; lane++)
                in[i][lane] = rig_noise(3, i, lane);
        for (int lane = 0; lane < QM_LANES; lane++) {
            coeffs[0][0][lane] = coeffs[1][0][lane] = 0.7f + 0.01f * (float)lane;
            coeffs[0][1][lane] = coeffs[1][1][lane] = 0.2f;
            step[0][lane] = -0.001f;
            step[1][lane] = 0.0007f;
        }
        qm_kernels_base.fader(in, N, coeffs[0], step, a);
        qm_kernels_avx2.fader(in, N, coeffs[1], step, b);
        assert_memory_equal(a, b, sizeof a);
        assert_memory_equal(coeffs[0], coeffs[1], sizeof coeffs[0]);
        return;
    }
#endif
    skip();
}

static void a_ramp_arrives_exactly_and_by_itself(void **state)
{
    (void)state;
    QmArena arena;
    QmRamp ramp;
    qm_arena_init(&arena);
    assert_true(qm_ramp_init(&ramp, 2, true, &arena));
    const float start[2] = {0.1f, 5.0f}, end[2] = {0.7f, -3.0f};
    for (uint32_t m = 0; m < QM_GANG; m++)
        qm_ramp_to(&ramp, m, start, start, false);
    qm_ramp_finish(&ramp);
    assert_null(qm_ramp_steps(&ramp));
    qm_ramp_to(&ramp, 2, end, end, false);
    assert_int_equal(qm_ramp_span(&ramp, 100), QM_RAMP);
    QmVec *now = qm_ramp_coeffs(&ramp);
    for (uint32_t i = 0; i < QM_RAMP; i++) {
        now[0] += qm_ramp_steps(&ramp)[0];
        now[1] += qm_ramp_steps(&ramp)[1];
        qm_ramp_passed(&ramp, 1);
    }
    assert_true(now[0][4] == end[0] && now[0][5] == end[0] && now[1][4] == end[1]);
    assert_true(now[0][0] == start[0] &&
                now[1][7] == start[1]); /* the others never moved */
    assert_null(qm_ramp_steps(&ramp));
    qm_arena_release(&arena);
}

static void a_jump_moves_only_what_changed(void **state)
{
    (void)state;
    QmArena arena;
    QmRamp ramp;
    qm_arena_init(&arena);
    assert_true(qm_ramp_init(&ramp, 2, false, &arena));
    const float a[2] = {0, 0}, b[2] = {64, 0}, c[2] = {64, 9};
    qm_ramp_to(&ramp, 1, a, a, false);
    qm_ramp_finish(&ramp);
    qm_ramp_to(&ramp, 1, b, b, false); /* on its way */
    qm_ramp_to(&ramp, 1, c, c, true);  /* the second is there at once */
    const float *now = qm_ramp_member_coeffs(&ramp, 1);
    assert_true(now[0] == 0 && now[1] == 9);
    assert_true(qm_ramp_member_steps(&ramp, 1)[0] == 1.0f);
    assert_true(qm_ramp_member_steps(&ramp, 1)[1] == 0.0f);
    assert_null(qm_ramp_member_steps(&ramp, 0));
    qm_arena_release(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pairs_become_lanes_and_back),
        cmocka_unit_test(sums_keep_their_order),
        cmocka_unit_test(a_gang_is_summed_like_its_members),
        cmocka_unit_test(the_builds_agree),
        cmocka_unit_test(a_ramp_arrives_exactly_and_by_itself),
        cmocka_unit_test(a_jump_moves_only_what_changed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
