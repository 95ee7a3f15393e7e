/* Which stems hear the same source: delays and polarities of drums made by rule, of what
 * an amplifier makes of a signal, of bleed; and that stems of a song have nothing in
 * common. */
#include "analysis/relate.h"
#include "base/rand.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { RATE = 48000, N = 8 * RATE, MAX = 6 };

/* --- sounds ------------------------------------------------------------------------- */

static double noise(uint64_t stream, int64_t i)
{
    return 2 * qm_rand(3, stream, (uint64_t)i) - 1;
}

/* Strokes every half a second, each a little different as with a drummer. */
static float *drum(uint64_t seed, double hz, double body_s, double snap_s, double snap)
{
    float *x = calloc(N, sizeof *x);
    for (int stroke = 0; stroke < 16; stroke++) {
        const int64_t at = stroke * RATE / 2 + (int64_t)(200 * noise(seed, stroke)) + 400;
        const double pitch = hz * (1 + 0.05 * noise(seed + 50, stroke));
        for (int64_t i = 0; i < RATE / 3 && at + i < N; i++) {
            const double t = (double)i / RATE;
            const double sweep = pitch * t + 0.6 * (1 - exp(-t / 0.02));
            x[at + i] += (float)(0.5 * exp(-t / body_s) * sin(2 * M_PI * sweep) +
                                 snap * exp(-t / snap_s) * noise(seed + 99, at * 7 + i));
        }
    }
    return x;
}

static float *kick(void) { return drum(1, 55, 0.12, 0.01, 0.1); }
static float *snare(void) { return drum(2, 190, 0.06, 0.08, 0.3); }
static float *hats(void) { return drum(3, 4000, 0.001, 0.04, 0.2); }

/* Chords that move on each beat; every organ has its own phases for each note. */
static float *organ(uint64_t seed)
{
    float *x = calloc(N, sizeof *x);
    static const int scale[] = {0, 2, 4, 5, 7, 9, 11};
    for (uint64_t voice = 0; voice < 3 * 16; voice++) {
        const int note = scale[(int)(7 * qm_rand(seed, 1, voice))];
        const double turns = 220 * pow(2, note / 12.0) / RATE;
        float *const beat = x + voice / 3 * (RATE / 2);
        for (int h = 1; h < 12; h++) {
            const double phase = qm_rand(seed, 2, (uint64_t)(16 * note + h));
            for (int i = 0; i < RATE / 2; i++)
                beat[i] += (float)(0.05 / h * sin(2 * M_PI * (turns * h * i + phase)));
        }
    }
    return x;
}

/* y(i) += gain * x(i - delay) */
static void mix(const float *x, double gain, int64_t delay, float *y)
{
    for (int64_t i = 0; i < N; i++)
        if (i - delay >= 0 && i - delay < N)
            y[i] += (float)(gain * (double)x[i - delay]);
}

static float *shifted(const float *x, double gain, int64_t delay)
{
    float *y = calloc(N, sizeof *y);
    mix(x, gain, delay, y);
    return y;
}

/* --- comparing ---------------------------------------------------------------------- */

typedef struct Set {
    const float *samples[MAX];
    uint32_t channels[MAX];
    int64_t frames[MAX];
    uint32_t n;
    double rate;
} Set;

static void add(Set *set, const float *x)
{
    set->samples[set->n] = x;
    set->channels[set->n] = 1;
    set->frames[set->n++] = N;
}

static const char *const names[MAX] = {"0", "1", "2", "3", "4", "5"};

static QmRelations compare(const Set *set, QmIsa isa, QmArena *arena)
{
    QmRelate *const r =
        qm_relate_new(set->n, set->rate > 0 ? set->rate : RATE, isa, arena);
    const uint32_t block = qm_relate_block(r);
    void *const work = qm_arena_alloc(arena, 1, qm_relate_work(r));
    float *samples[MAX];
    for (uint32_t i = 0; i < set->n; i++)
        samples[i] = qm_arena_alloc(arena, block, set->channels[i] * sizeof(float));
    for (int64_t at = 0; at < N; at += block) {
        QmRelateInput in[MAX + 1];
        for (uint32_t i = 0; i < set->n; i++) {
            const int64_t left = set->frames[i] - at;
            const uint32_t n = left < 0 ? 0 : left < block ? (uint32_t)left : block;
            const size_t width = set->channels[i] * sizeof(float);
            memset(samples[i], 0, block * width);
            memcpy(samples[i], set->samples[i] + at * set->channels[i], n * width);
            in[i] = (QmRelateInput){samples[i], set->channels[i], n};
        }
        for (uint32_t k = 0; 2 * k < set->n; k++)
            qm_relate_take(r, k, &in[2 * k], 2 * k + 1 < set->n ? &in[2 * k + 1] : NULL,
                           work);
        for (uint32_t i = 0; i < set->n; i++)
            qm_relate_pairs(r, i);
    }
    QmRelations result = {0};
    assert_true(qm_relate_finish(r, names, work, arena, &result));
    return result;
}

static const QmRelatedPair *found(const QmRelations *r, uint32_t i)
{
    assert_true(i < r->pairs.count);
    return (const QmRelatedPair *)r->pairs.items + i;
}

static bool near(double a, double b, double within) { return fabs(a - b) <= within; }

/* --- tests -------------------------------------------------------------------------- */

static void a_delay_is_found_to_the_sample(void **state)
{
    (void)state;
    float *sources[] = {kick(), snare(), hats()};
    const int delays[] = {-1500, -700, -100, -7, -1, 0, 1, 3, 48, 333, 1024, 1500};
    for (int s = 0; s < 3; s++)
        for (int d = 0; d < 12; d++) {
            QmArena arena = {0};
            const double gain = d % 2 ? 0.4 : -0.7;
            float *y = shifted(sources[s], gain, delays[d]);
            Set set = {0};
            add(&set, sources[s]);
            add(&set, y);
            const QmRelations r = compare(&set, QM_ISA_BEST, &arena);
            assert_int_equal(r.pairs.count, 1);
            const QmRelatedPair *const p = found(&r, 0);
            assert_true(near(p->delay.value, delays[d], 0.1));
            assert_true(near(p->delay_ms.value, delays[d] / 48.0, 0.003));
            assert_string_equal(p->polarity, gain > 0 ? "same" : "inverted");
            assert_true(near(fabs(p->phase.value), gain > 0 ? 0 : 180, 5));
            assert_true(p->confidence.value > 0.7);
            assert_true(p->shared.value > 60);
            if (abs(delays[d]) < 100)
                assert_string_equal(p->relation, "copy");
            qm_arena_release(&arena);
            free(y);
        }
    for (int s = 0; s < 3; s++)
        free(sources[s]);
}

/* Four times the rate, and every fourth sample of it, from one to three later. */
static void delays_between_samples_are_told(void **state)
{
    (void)state;
    for (int quarter = 0; quarter < 4; quarter++) {
        QmArena arena = {0};
        float *x = calloc(N, sizeof *x), *y = calloc(N, sizeof *y);
        double slow = 0, slower = 0; /* a low-pass at 48 of 192 kHz keeps what is told */
        for (int64_t i = 0; i < 4 * (int64_t)N; i++) {
            slow += 0.15 * (noise(5, i) - slow);
            slower += 0.15 * (slow - slower);
            if (i % 4 == 0)
                x[i / 4] = (float)slower;
            if (i % 4 == quarter && i / 4 + 10 < N)
                y[i / 4 + 10] = (float)slower; /* sampled later: 10 less quarter / 4 */
        }
        Set set = {0};
        add(&set, x);
        add(&set, y);
        const QmRelations r = compare(&set, QM_ISA_BEST, &arena);
        assert_true(near(found(&r, 0)->delay.value, 10 - quarter / 4.0, 0.05));
        qm_arena_release(&arena);
        free(x);
        free(y);
    }
}

static void duplicates_are_told_as_such(void **state)
{
    (void)state;
    QmArena arena = {0};
    float *a = snare(), *same = shifted(a, 1, 0), *turned = shifted(a, -1, 0);
    float *nearly = shifted(a, 1, 0);
    nearly[N - 1] += 0.001f;
    Set set = {0};
    add(&set, a);
    add(&set, same);
    add(&set, turned);
    add(&set, nearly);
    const QmRelations r = compare(&set, QM_ISA_BEST, &arena);
    assert_int_equal(r.pairs.count, 6);
    static const char *const relations[] = {"duplicate", "duplicate", "copy",
                                            "duplicate", "copy",      "copy"};
    static const char *const polarities[] = {"same",     "inverted", "same",
                                             "inverted", "same",     "inverted"};
    for (uint32_t i = 0; i < 6; i++) {
        assert_string_equal(found(&r, i)->relation, relations[i]);
        assert_string_equal(found(&r, i)->polarity, polarities[i]);
        assert_true(near(found(&r, i)->delay.value, 0, 0.02));
    }
    assert_int_equal(found(&r, 1)->first_at, 0);
    assert_int_equal(found(&r, 1)->second_at, 2);
    assert_string_equal(found(&r, 1)->first, "0");
    assert_true(found(&r, 0)->confidence.value == 1);
    /* Shorter by a frame that is silent: a copy. */
    set.frames[1]--;
    a[N - 1] = same[N - 1] = 0;
    const QmRelations shorter = compare(&set, QM_ISA_BEST, &arena);
    assert_string_equal(found(&shorter, 0)->relation, "copy");
    qm_arena_release(&arena);
    free(a);
    free(same);
    free(turned);
    free(nearly);
}

static void stems_of_a_song_have_nothing_in_common(void **state)
{
    (void)state;
    QmArena arena = {0};
    float *stems[] = {kick(), snare(), hats(), organ(1), organ(2)};
    Set set = {0};
    for (int i = 0; i < 5; i++)
        add(&set, stems[i]);
    const QmRelations r = compare(&set, QM_ISA_BEST, &arena);
    assert_int_equal(r.pairs.count, 0);
    assert_true(r.compared.value == 10);
    qm_arena_release(&arena);
    for (int i = 0; i < 5; i++)
        free(stems[i]);
}

/* The snare in the microphone of the hats: 15 dB below them, 41 cm away. */
static void bleed_is_a_shared_source(void **state)
{
    (void)state;
    QmArena arena = {0};
    float *s = snare(), *h = hats(), *k = kick();
    double es = 0, eh = 0;
    for (int64_t i = 0; i < N; i++) {
        es += (double)s[i] * (double)s[i];
        eh += (double)h[i] * (double)h[i];
    }
    mix(s, pow(10, -15 / 20.0) * sqrt(eh / es), 58, h);
    Set set = {0};
    add(&set, k);
    add(&set, s);
    add(&set, h);
    const QmRelations r = compare(&set, QM_ISA_BEST, &arena);
    assert_int_equal(r.pairs.count, 1);
    const QmRelatedPair *const p = found(&r, 0);
    assert_int_equal(p->first_at, 1);
    assert_int_equal(p->second_at, 2);
    assert_string_equal(p->relation, "shared source");
    assert_string_equal(p->polarity, "same");
    assert_true(near(p->delay.value, 58, 0.2));
    assert_true(p->shared.value < 90);
    qm_arena_release(&arena);
    free(s);
    free(h);
    free(k);
}

/* A DI and its amplifier: bent, without lows and highs, inverted, 2 ms later. */
static void an_amplifier_hears_its_di(void **state)
{
    (void)state;
    QmArena arena = {0};
    float *di = organ(4), *amp = calloc(N, sizeof *amp);
    double low = 0, rumble = 0;
    for (int64_t i = 96; i < N; i++) {
        low += 0.4 * (-tanh(6 * (double)di[i - 96]) - low);
        rumble += 0.01 * (low - rumble);
        amp[i] = (float)(low - rumble);
    }
    Set set = {0};
    add(&set, di);
    add(&set, amp);
    const QmRelations r = compare(&set, QM_ISA_BEST, &arena);
    assert_int_equal(r.pairs.count, 1);
    assert_string_equal(found(&r, 0)->polarity, "inverted");
    assert_true(near(found(&r, 0)->delay.value, 97, 3)); /* the filters' included */
    qm_arena_release(&arena);
    free(di);
    free(amp);
}

static void stereo_is_compared_by_its_middle(void **state)
{
    (void)state;
    QmArena arena = {0};
    float *s = snare(), *both = calloc(2 * N, sizeof *both);
    for (int64_t i = 30; i < N; i++) {
        both[2 * i] = 0.3f * s[i - 30];
        both[2 * i + 1] = 0.6f * s[i - 30];
    }
    Set set = {0};
    add(&set, s);
    add(&set, both);
    set.channels[1] = 2;
    const QmRelations r = compare(&set, QM_ISA_BEST, &arena);
    assert_true(near(found(&r, 0)->delay.value, 30, 0.05));
    assert_string_equal(found(&r, 0)->polarity, "same");
    qm_arena_release(&arena);
    free(s);
    free(both);
}

static void lengths_may_differ_and_silence_is_nothing(void **state)
{
    (void)state;
    QmArena arena = {0};
    float *s = snare(), *later = shifted(s, 1, 12), *nothing = calloc(N, sizeof *nothing);
    Set set = {0};
    add(&set, s);
    add(&set, later);
    add(&set, nothing);
    add(&set, nothing);
    add(&set, nothing);
    set.frames[1] = N / 2 + 77;
    set.frames[4] = 0;
    const QmRelations r = compare(&set, QM_ISA_BEST, &arena);
    assert_int_equal(r.pairs.count, 1);
    assert_true(near(found(&r, 0)->delay.value, 12, 0.05));
    Set one = {0};
    add(&one, s);
    const QmRelations alone = compare(&one, QM_ISA_BEST, &arena);
    assert_string_equal(alone.compared.why, "a single stem");
    qm_arena_release(&arena);
    free(s);
    free(later);
    free(nothing);
}

/* The same samples, said to be at another rate. */
static void other_rates(void **state)
{
    (void)state;
    float *s = snare(), *later = shifted(s, -1, 21);
    const double rates[] = {8000, 22050, 44100, 96000, 192000};
    for (int i = 0; i < 5; i++) {
        QmArena arena = {0};
        Set set = {0};
        add(&set, s);
        add(&set, later);
        set.rate = rates[i];
        const QmRelations r = compare(&set, QM_ISA_BEST, &arena);
        assert_true(near(found(&r, 0)->delay.value, 21, 0.1));
        assert_true(near(found(&r, 0)->delay_ms.value, 21000 / rates[i], 0.1));
        qm_arena_release(&arena);
    }
    const double odd[] = {1, 100, 1e7};
    for (int i = 0; i < 3; i++) {
        QmArena arena = {0};
        Set set = {0};
        add(&set, s);
        add(&set, s);
        set.rate = odd[i];
        const QmRelations r = compare(&set, QM_ISA_BEST, &arena);
        assert_string_equal(found(&r, 0)->relation, "duplicate");
        qm_arena_release(&arena);
    }
    free(s);
    free(later);
}

static void both_builds_say_the_same(void **state)
{
    (void)state;
    QmArena arena = {0};
    float *s = snare(), *h = hats();
    mix(s, 0.2, 40, h);
    Set set = {0};
    add(&set, s);
    add(&set, h);
    const QmRelations a = compare(&set, QM_ISA_BEST, &arena);
    const QmRelations b = compare(&set, QM_ISA_BASE, &arena);
    assert_int_equal(a.pairs.count, 1);
    assert_memory_equal(found(&a, 0), found(&b, 0), sizeof(QmRelatedPair));
    qm_arena_release(&arena);
    free(s);
    free(h);
}

static void every_allocation_may_fail(void **state)
{
    (void)state;
    for (uint64_t fail = 1;; fail++) {
        QmArena arena = {.fail_at = fail};
        const QmRelate *const r = qm_relate_new(3, RATE, QM_ISA_BEST, &arena);
        qm_arena_release(&arena);
        if (r) {
            assert_true(fail > 8);
            return;
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_delay_is_found_to_the_sample),
        cmocka_unit_test(delays_between_samples_are_told),
        cmocka_unit_test(duplicates_are_told_as_such),
        cmocka_unit_test(stems_of_a_song_have_nothing_in_common),
        cmocka_unit_test(bleed_is_a_shared_source),
        cmocka_unit_test(an_amplifier_hears_its_di),
        cmocka_unit_test(stereo_is_compared_by_its_middle),
        cmocka_unit_test(lengths_may_differ_and_silence_is_nothing),
        cmocka_unit_test(other_rates),
        cmocka_unit_test(both_builds_say_the_same),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
