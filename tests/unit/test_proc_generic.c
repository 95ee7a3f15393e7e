/* tests: proc/proc proc/isa proc/list
 *
 * What every processor in the list must keep, whatever it does: driven by its table, so a
 * new processor is tested from the moment its line is in libqmix/proc/list.c. Needs no
 * knowledge of any; what one of them is good for is tested in its own file. */
#include "tests/support/proc_harness.h"

#include "base/qmath.h"
#include "base/rand.h"
#include "base/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

enum { LONG = 64 * 96, EVENTS = 40 };
static QmVec rows_a[LONG], rows_b[LONG], input[LONG], side[LONG];
static double params[QM_GANG][QM_MAX_PARAMS];

typedef void Check(const QmProcDesc *desc);

static void each(Check *check)
{
    for (uint32_t i = 0; i < qm_proc_count(); i++)
        check(qm_proc_at(i));
}

#define expect(condition, desc, ...)                                                     \
    do {                                                                                 \
        if (!(condition)) {                                                              \
            print_error("%s: ", (desc)->name);                                           \
            fail_msg(__VA_ARGS__);                                                       \
        }                                                                                \
    } while (0)

static bool finite_row(QmVec row)
{
    for (uint32_t lane = 0; lane < QM_LANES; lane++)
        if (!(row[lane] > -1e30f && row[lane] < 1e30f))
            return false;
    return true;
}

static float loudest(QmVec row)
{
    float most = 0;
    for (uint32_t lane = 0; lane < QM_LANES; lane++) {
        const float a = row[lane] < 0 ? -row[lane] : row[lane];
        most = a > most ? a : most;
    }
    return most;
}

static bool automated(const QmParam *param)
{
    return !(param->flags & QM_PARAM_STRUCTURAL);
}

/* ---- the table ---- */

static void check_row(const QmProcDesc *desc, const QmParam *row)
{
    expect(row->name && row->name[0], desc, "a param without a name");
    expect(row->help && row->help[0], desc, "%s: no help", row->name);
    expect(row->help[strlen(row->help) - 1] != '.', desc, "%s: help ends in '.'",
           row->name);
    expect((row->kind == QM_PARAM_CHOICE) == (row->choices != NULL), desc,
           "%s: choices belong to a choice", row->name);
    const double low = qm_param_clamp(row, -1e300), high = qm_param_clamp(row, 1e300);
    expect(low < high, desc, "%s: an empty range", row->name);
    expect(qm_param_clamp(row, row->def) == row->def, desc, "%s: default out of range",
           row->name);
    expect(qm_param_clamp(row, 0.0 / 0.0) == row->def, desc, "%s: NaN", row->name);
}

static void check_table(const QmProcDesc *desc)
{
    expect(desc->name && desc->summary, desc, "no name or summary");
    expect(qm_proc_find(desc->name) == desc, desc, "not found, or a name twice");
    expect((desc->process != NULL) != (desc->process_strip != NULL), desc,
           "process or strip");
    expect((desc->group_name != NULL) == (desc->max_groups > 0), desc, "group");
    const uint32_t n = qm_proc_n_params(desc, desc->max_groups);
    expect(n <= QM_MAX_PARAMS, desc, "%u params", n);
    for (uint32_t i = 0; i < n; i++)
        check_row(desc, qm_proc_param(desc, i));
    expect(qm_proc_param(desc, n) == NULL, desc, "a param behind the last");
    for (uint32_t i = 0; i < desc->n_params; i++)
        expect(qm_proc_find_param(desc, 0, desc->params[i].name) == (int)i, desc,
               "%s twice", desc->params[i].name);
    for (uint32_t g = 1; g <= desc->max_groups; g++)
        for (uint32_t i = 0; i < desc->n_group; i++)
            expect(qm_proc_find_param(desc, g, desc->group[i].name) ==
                       (int)(desc->n_params + (g - 1) * desc->n_group + i),
                   desc, "%s twice", desc->group[i].name);
    const QmProcSpec spec = {48000, desc->max_groups, params[0]};
    qm_proc_defaults(desc, desc->max_groups, params[0]);
    expect(qm_proc_n_coeffs(desc, spec.n_groups) <= QM_MAX_COEFFS, desc,
           "too many coeffs");
}

static void test_tables(void **unused)
{
    (void)unused;
    assert_true(qm_proc_count() >= 3);
    assert_null(qm_proc_find("no such thing"));
    assert_null(qm_proc_at(qm_proc_count()));
    each(check_table);
}

/* ---- one span of music with changes in it, computed in many ways ---- */

/* Changes at fixed but crooked frames: of any automated param, of any strip. */
static void apply_event(ProcGang *gang, uint64_t seed, uint32_t event, uint32_t only)
{
    const uint32_t strip = (uint32_t)(qm_rand_bits(seed, 4 * event) % QM_GANG);
    if (gang->n_params == 0 || (only < QM_GANG && strip != only))
        return;
    const uint32_t index = (uint32_t)(qm_rand_bits(seed, 4 * event + 1) % gang->n_params);
    const QmParam *const param = qm_proc_param(gang->desc, index);
    if (automated(param))
        gang_set(gang, only < QM_GANG ? 0 : strip, index,
                 random_value(param, seed, event));
}

/* Runs input into `out` with EVENTS changes. only < QM_GANG: the gang is that strip
 * alone. */
static void perform(ProcGang *gang, uint64_t seed, const QmVec *key, uint32_t longest,
                    uint32_t only, QmVec *out)
{
    uint32_t at = 0;
    for (uint32_t event = 0; event <= EVENTS; event++) {
        const uint32_t next =
            event == EVENTS
                ? LONG
                : (uint32_t)(LONG * (uint64_t)(event + 1) / (EVENTS + 2)) - event;
        gang_run(gang, out + at, key ? key + at : NULL, next - at, longest);
        at = next;
        if (event < EVENTS)
            apply_event(gang, seed, event, only);
    }
}

/* The input; from the third seed on with something infinite in it, so that it is seen
 * when the flush frees the state of it. */
static void foul(QmVec *rows, uint64_t seed)
{
    memcpy(rows, input, sizeof rows_a);
    if (seed >= 3)
        rows[777][3] = rows[3000][5] = (float)(1e300 * 1e300);
}

/* Equal bits; one NaN is like another (R4). */
static bool same_row(QmVec a, QmVec b)
{
    for (uint32_t lane = 0; lane < QM_LANES; lane++) {
        const float x = a[lane], y = b[lane];
        if (memcmp(&x, &y, sizeof x) && (x == x || y == y))
            return false;
    }
    return true;
}

static void check_splits(const QmProcDesc *desc)
{
    for (uint64_t seed = 1; seed <= 3; seed++) {
        const uint32_t groups = groups_of(desc, (uint32_t)(2 * seed - 1));
        random_params(desc, groups, QM_GANG, seed, params);
        const QmVec *const key = seed == 2 && desc->flags & QM_PROC_KEYED ? side : NULL;
        ProcGang gang;
        gang_open(&gang, desc, 48000, groups, QM_GANG, params);
        foul(rows_a, seed);
        perform(&gang, seed, key, QM_QUANTUM, QM_GANG, rows_a);
        static const uint32_t longest[] = {1, 7, 32, SPLIT_AT_RANDOM};
        for (uint32_t k = 0; k < QM_COUNT(longest); k++) {
            gang_close(&gang);
            gang_open(&gang, desc, 48000, groups, QM_GANG, params);
            foul(rows_b, seed);
            perform(&gang, seed, key, longest[k], QM_GANG, rows_b);
            for (uint32_t i = 0; i < LONG; i++)
                expect(same_row(rows_a[i], rows_b[i]), desc,
                       "calls of up to %u frames differ at frame %u", longest[k], i);
        }
        gang_close(&gang);
    }
}

static void test_any_split_gives_the_same_bits(void **unused)
{
    (void)unused;
    each(check_splits);
}

static void check_alone(const QmProcDesc *desc)
{
    const uint32_t groups = groups_of(desc, 3);
    random_params(desc, groups, QM_GANG, 4, params);
    ProcGang gang;
    gang_open(&gang, desc, 48000, groups, QM_GANG, params);
    memcpy(rows_a, input, sizeof rows_a);
    perform(&gang, 4, NULL, QM_QUANTUM, QM_GANG, rows_a);
    gang_close(&gang);
    for (uint32_t s = 0; s < QM_GANG; s++) {
        gang_open(&gang, desc, 48000, groups, 1, params + s);
        memset(rows_b, 0, sizeof rows_b);
        for (uint32_t i = 0; i < LONG; i++)
            for (uint32_t c = 0; c < 2; c++)
                rows_b[i][c] = input[i][2 * s + c];
        perform(&gang, 4, NULL, QM_QUANTUM, s, rows_b);
        for (uint32_t i = 0; i < LONG; i++)
            for (uint32_t c = 0; c < 2; c++) {
                const float together = rows_a[i][2 * s + c], alone = rows_b[i][c];
                expect(!memcmp(&together, &alone, sizeof alone), desc,
                       "strip %u alone differs at frame %u", s, i);
            }
        gang_close(&gang);
    }
}

static void test_a_strip_alone_has_the_bits_of_a_gang(void **unused)
{
    (void)unused;
    each(check_alone);
}

static void check_builds(const QmProcDesc *desc)
{
    QmVec *const out[] = {rows_a, rows_b};
    static const QmIsa isas[] = {QM_ISA_BASE, QM_ISA_AVX2};
    for (uint64_t seed = 5; seed <= 6; seed++) {
        const uint32_t groups = groups_of(desc, 16);
        random_params(desc, groups, QM_GANG, seed, params);
        for (uint32_t k = 0; k < 2; k++) {
            ProcGang gang;
            gang_open(&gang, qm_proc_for_isa(desc, isas[k]), 44100, groups, QM_GANG,
                      params);
            foul(out[k], seed);
            perform(&gang, seed, NULL, SPLIT_AT_RANDOM, QM_GANG, out[k]);
            gang_close(&gang);
        }
        for (uint32_t i = 0; i < LONG; i++)
            expect(same_row(rows_a[i], rows_b[i]), desc, "AVX2 differs at frame %u", i);
    }
}

static void test_builds_give_the_same_bits(void **unused)
{
    (void)unused;
    assert_true(qm_isa_available(QM_ISA_BASE) && qm_isa_available(QM_ISA_BEST));
    if (!qm_isa_available(QM_ISA_AVX2))
        skip();
    each(check_builds);
}

static void check_reset(const QmProcDesc *desc)
{
    const uint32_t groups = groups_of(desc, 3);
    random_params(desc, groups, QM_GANG, 7, params);
    ProcGang gang;
    gang_open(&gang, desc, 48000, groups, QM_GANG, params);
    memcpy(rows_a, input, sizeof rows_a);
    gang_run(&gang, rows_a, NULL, LONG, QM_QUANTUM);
    memcpy(rows_b, side, sizeof rows_b);
    rows_b[100][1] = 1e30f;
    gang_run(&gang, rows_b, NULL, LONG - 13, QM_QUANTUM);
    gang_reset(&gang);
    memcpy(rows_b, input, sizeof rows_b);
    gang_run(&gang, rows_b, NULL, LONG, QM_QUANTUM);
    expect(!memcmp(rows_a, rows_b, sizeof rows_a), desc, "something survives a reset");
    gang_close(&gang);
}

static void test_reset_forgets_everything(void **unused)
{
    (void)unused;
    each(check_reset);
}

/* ---- silence, impulses, rubbish ---- */

static void check_silence(const QmProcDesc *desc)
{
    for (uint64_t seed = 8; seed <= 12; seed++) {
        const uint32_t groups = groups_of(desc, 3);
        random_params(desc, groups, QM_GANG, seed, params);
        ProcGang gang;
        gang_open(&gang, desc, 48000, groups, QM_GANG, seed == 8 ? NULL : params);
        memset(rows_a, 0, sizeof rows_a);
        perform(&gang, seed, NULL, QM_QUANTUM, QM_GANG, rows_a);
        for (uint32_t i = 0; i < LONG; i++)
            expect(loudest(rows_a[i]) == 0, desc, "sound out of silence at frame %u", i);
        gang_close(&gang);
    }
}

static void test_silence_stays_silence(void **unused)
{
    (void)unused;
    each(check_silence);
}

/* Frames after which a gang's tail and latency are over; at most half a minute. */
static uint64_t run_out(const ProcGang *gang)
{
    uint64_t most = 0;
    for (uint32_t s = 0; s < gang->n_strips; s++) {
        uint64_t n = 0;
        if (gang->desc->tail)
            n += gang->desc->tail(&gang->spec[s], gang->params[s]);
        if (gang->desc->latency)
            n += gang->desc->latency(&gang->spec[s]);
        most = n > most ? n : most;
    }
    return most < 30 * 48000 ? most : 30 * 48000;
}

/* Feeds silence for n frames; the loudest sample of the last LONG or fewer. */
static float after_silence(ProcGang *gang, uint64_t n)
{
    float most = 0;
    while (n > 0) {
        const uint32_t span = n < LONG ? (uint32_t)n : LONG;
        memset(rows_b, 0, sizeof rows_b);
        gang_run(gang, rows_b, NULL, span, QM_QUANTUM);
        most = 0;
        for (uint32_t i = 0; i < span; i++)
            most = loudest(rows_b[i]) > most ? loudest(rows_b[i]) : most;
        n -= span;
    }
    return most;
}

static void check_impulse(const QmProcDesc *desc)
{
    for (uint64_t seed = 20; seed <= 32; seed++) {
        const uint32_t groups = groups_of(desc, 2);
        random_params(desc, groups, QM_GANG, seed, params);
        ProcGang gang;
        gang_open(&gang, desc, 48000, groups, QM_GANG, seed == 20 ? NULL : params);
        const uint32_t late = desc->latency ? desc->latency(&gang.spec[0]) : 0;
        expect(late < LONG, desc, "a latency of %u frames", late);
        memset(rows_a, 0, sizeof rows_a);
        rows_a[0] = qm_vec(0.5f);
        gang_run(&gang, rows_a, NULL, LONG, QM_QUANTUM);
        const float before = desc->flags & QM_PROC_RINGS ? loudest(rows_a[late]) : 0;
        for (uint32_t i = 0; i < late; i++)
            expect(loudest(rows_a[i]) <= before, desc,
                   "sounds before its latency of %u at %u", late, i);
        if (seed == 20 && late > 0) /* the direct sound comes when it is said to */
            expect(loudest(rows_a[late]) > 0.1f, desc, "nothing at its latency of %u",
                   late);
        const uint64_t end = run_out(&gang);
        if (end < 30 * 48000) {
            if (end > LONG)
                after_silence(&gang, end - LONG);
            for (uint64_t i = end + 1; i < LONG; i++)
                expect(loudest(rows_a[i]) <= 0.5e-6f, desc,
                       "sounds after its tail of %u at %u", (unsigned)end, (unsigned)i);
            expect(after_silence(&gang, 2000) <= 0.5e-6f, desc,
                   "sounds after its tail of %u", (unsigned)end);
        }
        gang_close(&gang);
    }
}

static void test_latency_and_tail_are_as_told(void **unused)
{
    (void)unused;
    each(check_impulse);
}

/* After silence for long enough nothing is left at all: no denormals creep on. */
static void check_end(const QmProcDesc *desc)
{
    ProcGang gang;
    gang_open(&gang, desc, 48000, groups_of(desc, 4), QM_GANG, NULL);
    memcpy(rows_a, input, sizeof rows_a);
    gang_run(&gang, rows_a, NULL, LONG, QM_QUANTUM);
    after_silence(&gang, 8 * run_out(&gang) + LONG); /* the flush is at -600 dB */
    expect(after_silence(&gang, LONG) == 0, desc, "never quite silent");
    gang_close(&gang);
}

static void test_after_the_tail_comes_nothing(void **unused)
{
    (void)unused;
    each(check_end);
}

static void feed(ProcGang *gang, uint64_t frames, QmVec *rows)
{
    for (uint64_t left = frames, span; left > 0; left -= span) {
        span = left < LONG ? left : LONG;
        memcpy(rows, input, sizeof rows_a);
        gang_run(gang, rows, NULL, (uint32_t)span, QM_QUANTUM);
    }
}

/* What went wrong at the input once is forgotten: later the output is what it would have
 * been. */
static void check_rubbish(const QmProcDesc *desc)
{
    const float huge = (float)(1e300 * 1e300),
                rubbish[] = {1e30f, -1e35f, huge, -huge, huge - huge};
    for (uint32_t k = 0; k < QM_COUNT(rubbish); k++) {
        ProcGang clean, fouled;
        gang_open(&clean, desc, 48000, groups_of(desc, 2), 1, NULL);
        gang_open(&fouled, desc, 48000, groups_of(desc, 2), 1, NULL);
        memcpy(rows_a, input, sizeof rows_a);
        for (uint32_t i = 100; i < 140; i++)
            rows_a[i] = qm_vec(rubbish[k]);
        gang_run(&fouled, rows_a, NULL, LONG, QM_QUANTUM);
        const uint64_t enough = (12 * run_out(&clean) / LONG + 40) * LONG;
        feed(&clean, enough + LONG, rows_b);
        feed(&fouled, enough, rows_a);
        for (uint32_t i = 0; i < LONG; i++)
            for (uint32_t c = 0; c < 2; c++) {
                const float error = rows_a[i][c] - rows_b[i][c];
                expect(error > -1e-4f && error < 1e-4f, desc,
                       "rubbish %u still heard at %u", k, i);
            }
        gang_close(&clean);
        gang_close(&fouled);
    }
}

/* Nor does it poison any other setting. */
static void check_poison(const QmProcDesc *desc)
{
    const float huge = (float)(1e300 * 1e300);
    for (uint32_t k = 0; k < 6; k++) {
        const uint32_t groups = groups_of(desc, 2);
        random_params(desc, groups, QM_GANG, 40 + k, params);
        ProcGang gang;
        gang_open(&gang, desc, 48000, groups, QM_GANG, params);
        memcpy(rows_a, input, sizeof rows_a);
        for (uint32_t i = 100; i < 140; i++)
            rows_a[i] = qm_vec(k % 2 ? huge : huge - huge);
        gang_run(&gang, rows_a, NULL, LONG, QM_QUANTUM);
        feed(&gang, run_out(&gang) + LONG, rows_a);
        feed(&gang, LONG, rows_a);
        for (uint32_t i = 0; i < LONG; i++)
            expect(finite_row(rows_a[i]), desc, "poisoned by %u at frame %u", k, i);
        gang_close(&gang);
    }
}

static void test_rubbish_does_not_stay(void **unused)
{
    (void)unused;
    each(check_rubbish);
    each(check_poison);
}

/* ---- denormals ---- */

#ifdef __SSE2__
#include <xmmintrin.h>

enum { DENORMAL_SEEN = 2 }; /* of MXCSR: an operand was a denormal number */

/* A burst, then ten seconds of silence. Between the flush's 10^-30 and the denormals lie
 * eight decades: a fast decay may touch them within its last quantum, and the low bits
 * that a slow one keeps apart (dsp/svf.h) in its last few dozen; but no more. */
static void check_denormals(const QmProcDesc *desc)
{
    for (uint64_t seed = 20; seed <= 22; seed++) {
        const uint32_t groups = groups_of(desc, 3);
        random_params(desc, groups, QM_GANG, seed, params);
        ProcGang gang;
        gang_open(&gang, desc, 48000, groups, QM_GANG, seed == 20 ? NULL : params);
        memcpy(rows_a, input, sizeof rows_a);
        gang_run(&gang, rows_a, NULL, LONG, QM_QUANTUM);
        const uint32_t quanta = 10 * 48000 / QM_QUANTUM;
        uint32_t slow = 0;
        for (uint32_t q = 0; q < quanta; q++) {
            memset(rows_a, 0, QM_QUANTUM * sizeof *rows_a);
            _mm_setcsr(_mm_getcsr() & ~(uint32_t)DENORMAL_SEEN);
            gang_run(&gang, rows_a, NULL, QM_QUANTUM, QM_QUANTUM);
            slow += (_mm_getcsr() & DENORMAL_SEEN) != 0;
        }
        expect(slow < quanta / 50, desc, "denormals in %u of %u silent quanta", slow,
               quanta);
        gang_close(&gang);
    }
}
#endif

static void test_silence_costs_no_more_than_sound(void **unused)
{
    (void)unused;
#ifdef __SSE2__
    each(check_denormals);
#else
    skip();
#endif
}

/* ---- extremes and automation ---- */

static void check_extremes(const QmProcDesc *desc)
{
    static const double rates[] = {8000, 48000, 192000};
    for (uint32_t k = 0; k < 60; k++) {
        const uint32_t groups = groups_of(desc, 2);
        random_params(desc, groups, QM_GANG, 60 + k, params);
        for (uint32_t s = 0; k < 30 && s < QM_GANG;
             s++) /* corners: all low, all high, mixed */
            for (uint32_t i = 0; i < qm_proc_n_params(desc, groups); i++) {
                const uint64_t coin = qm_rand_bits(k, i);
                const bool high = k == 0 ? false : k == 1 ? true : coin & 1;
                params[s][i] =
                    qm_param_clamp(qm_proc_param(desc, i), high ? 1e300 : -1e300);
            }
        ProcGang gang;
        gang_open(&gang, desc, rates[k % 3], groups, QM_GANG, params);
        memcpy(rows_a, input, sizeof rows_a);
        gang_run(&gang, rows_a, NULL, LONG, QM_QUANTUM);
        for (uint32_t i = 0; i < LONG; i++)
            expect(loudest(rows_a[i]) < 1e8f && finite_row(rows_a[i]), desc,
                   "extreme %u blows up at frame %u", k, i);
        gang_close(&gang);
    }
}

static void test_extreme_params_stay_bounded(void **unused)
{
    (void)unused;
    each(check_extremes);
}

static void low_tone(QmVec *rows, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++)
        rows[i] = qm_vec((float)(0.5 * qm_sin_turns(i * (50.0 / 48000))));
}

/* The largest bend |y[i+1] - 2 y[i] + y[i-1]| within [from, to) of the first strip's two
 * channels: a click's trace in a low tone. */
static double roughness(const QmVec *rows, uint32_t from, uint32_t to)
{
    float most = 0;
    for (uint32_t i = from + 1; i + 1 < to; i++) {
        const QmVec bend = rows[i + 1] - rows[i] - (rows[i] - rows[i - 1]);
        const float here = loudest((QmVec){bend[0], bend[1]});
        most = here > most ? here : most;
    }
    return (double)most;
}

/* A change of a tenth of the range, or of a choice, must arrive as a ramp: a jump bends
 * the tone by all of what it changes, a ramp by a 64th of it. What has corners of its own
 * (a bit crusher) has them while nothing moves, too: twice those are allowed. */
static void check_steps(const QmProcDesc *desc, uint32_t index)
{
    const QmParam *const param = qm_proc_param(desc, index);
    const double low = qm_param_clamp(param, -1e300), high = qm_param_clamp(param, 1e300);
    const double reach = param->kind == QM_PARAM_NUMBER ? 0.1 * (high - low) : 1;
    ProcGang gang;
    gang_open(&gang, desc, 48000, groups_of(desc, 1), 1, NULL);
    low_tone(rows_a, LONG);
    uint32_t at = 0;
    double own = 0;
    for (uint32_t k = 0; k < 8; k++) {
        gang_run(&gang, rows_a + at, NULL, LONG / 8, QM_QUANTUM);
        at += LONG / 8;
        const double standing = roughness(rows_a, at - LONG / 16, at);
        own = standing > own ? standing : own;
        const double now = gang.params[0][index];
        gang_set(&gang, 0, index, now + (now + reach <= high ? reach : low - now));
    }
    float peak = 0;
    for (uint32_t i = 0; i < LONG; i++) {
        expect(finite_row(rows_a[i]), desc, "%s moved: not finite at %u", param->name, i);
        peak = loudest(rows_a[i]) > peak ? loudest(rows_a[i]) : peak;
    }
    const double bend = roughness(rows_a, LONG / 8 - 64, LONG);
    const double ramp = 3.5 / QM_RAMP * (double)peak + 1e-4;
    expect(bend < (ramp > 2 * own ? ramp : 2 * own), desc,
           "%s clicks: bends by %d millionths of a peak of %d", param->name,
           (int)(1e6 * bend), (int)(1e6 * (double)peak));
    gang_close(&gang);
}

/* Changes from end to end in every quantum: no limits but those of numbers. */
static void check_storm(const QmProcDesc *desc, uint32_t index)
{
    const QmParam *const param = qm_proc_param(desc, index);
    ProcGang gang;
    gang_open(&gang, desc, 48000, groups_of(desc, 2), QM_GANG, NULL);
    memcpy(rows_a, input, sizeof rows_a);
    for (uint32_t at = 0; at < LONG; at += 48) {
        for (uint32_t s = 0; s < QM_GANG; s++)
            gang_set(&gang, s, index, at / 48 % 2 ? 1e300 : -1e300);
        gang_run(&gang, rows_a + at, NULL, 48, QM_QUANTUM);
    }
    for (uint32_t i = 0; i < LONG; i++)
        expect(loudest(rows_a[i]) < 1e6f && finite_row(rows_a[i]), desc,
               "%s in a storm: blows up at frame %u", param->name, i);
    gang_close(&gang);
}

static void check_automation(const QmProcDesc *desc)
{
    for (uint32_t i = 0; i < qm_proc_n_params(desc, groups_of(desc, 1)); i++)
        if (automated(qm_proc_param(desc, i))) {
            check_steps(desc, i);
            check_storm(desc, i);
        }
}

static void test_every_param_can_be_automated(void **unused)
{
    (void)unused;
    each(check_automation);
}

int main(void)
{
    noise_rows(input, LONG, 1, 0.7);
    noise_rows(side, LONG, 2, 0.3);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tables),
        cmocka_unit_test(test_any_split_gives_the_same_bits),
        cmocka_unit_test(test_a_strip_alone_has_the_bits_of_a_gang),
        cmocka_unit_test(test_builds_give_the_same_bits),
        cmocka_unit_test(test_reset_forgets_everything),
        cmocka_unit_test(test_silence_stays_silence),
        cmocka_unit_test(test_latency_and_tail_are_as_told),
        cmocka_unit_test(test_after_the_tail_comes_nothing),
        cmocka_unit_test(test_rubbish_does_not_stay),
        cmocka_unit_test(test_silence_costs_no_more_than_sound),
        cmocka_unit_test(test_extreme_params_stay_bounded),
        cmocka_unit_test(test_every_param_can_be_automated),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
