/* Masking between stems: against the formulas by hand, and against all of the model
 * written down a second time, plainly, in double. */
/* tests: analysis/hearing analysis/masking_rows */
#include "analysis/masking.h"
#include "base/rand.h"
#include "base/text.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

enum { B = QM_BARKS, MAX = 6 };

#define HOP (1024.0 / 48000)

/* --- stems made by hand ------------------------------------------------------------- */

static QmBark make(QmArena *arena, int64_t count, double hop_s)
{
    QmBark bark = {.hop_s = hop_s, .count = count};
    for (int64_t t = 0; t < count; t += QM_BARK_CHUNK) {
        QmBarkFrame *const chunk = QM_NEW_ARRAY(arena, QmBarkFrame, QM_BARK_CHUNK);
        assert_true(qm_list_append(&bark.chunks, &chunk, 1, sizeof chunk, arena));
    }
    return bark;
}

static QmBarkFrame *frame_of(const QmBark *bark, int64_t t)
{
    return ((QmBarkFrame **)bark->chunks.items)[t / QM_BARK_CHUNK] + t % QM_BARK_CHUNK;
}

static double power_of(double db) { return pow(10, db / 10); }

/* `db` in band b in all looks from `from` to `to`. */
static void put(QmBark *bark, uint32_t b, double db, double tonality, int64_t from,
                int64_t to)
{
    for (int64_t t = from; t < to; t++) {
        frame_of(bark, t)->power[b] = qm_bark_packed((float)power_of(db));
        frame_of(bark, t)->tonality = (uint16_t)(tonality * 65535);
    }
}

static const QmMaskedStem *stem_at(const QmMasking *m, uint32_t i)
{
    return (const QmMaskedStem *)m->stems.items + i;
}

static const QmMaskingRange *range_at(const QmMasking *m, uint32_t i)
{
    return (const QmMaskingRange *)m->ranges.items + i;
}

static bool near(double a, double b, double within) { return fabs(a - b) <= within; }

/* --- the model, a second time ------------------------------------------------------- */

static double clip01(double x) { return x < 0 ? 0 : x > 1 ? 1 : x; }

static double quiet_at(int b)
{
    double low = 0, high = 30000;
    for (int i = 0; i < 60; i++) {
        const double hz = (low + high) / 2;
        const double z = 13 * atan(0.00076 * hz) + 3.5 * atan(pow(hz / 7500, 2));
        *(z < b + 0.5 ? &low : &high) = hz;
    }
    const double f = low / 1000;
    return power_of(3.64 * pow(f, -0.8) - 6.5 * exp(-0.6 * pow(f - 3.3, 2)) +
                    1e-3 * pow(f, 4) - 98);
}

/* What a frame hides, as power. */
static void hides(const double *power, double a, double *mask)
{
    for (int b = 0; b < B; b++) {
        double sum = 0;
        for (int from = 0; from < B; from++) {
            const double d = b - from + 0.474;
            sum += power[from] * power_of(15.81 + 7.5 * d - 17.5 * sqrt(1 + d * d));
        }
        mask[b] = sum / power_of(a * (14.5 + b + 0.5) + (1 - a) * 5.5);
    }
}

static double severity_of(double threshold, double power)
{
    return power > 0 ? clip01(10 * log10(threshold / power) / 20) : 1;
}

typedef struct Plain {
    double masking[MAX], heard[MAX], hidden[MAX], pair[MAX][MAX], overlap[MAX][MAX];
    int active[MAX], audible[MAX], both[MAX][MAX];
} Plain;

typedef struct PlainLook {
    double power[MAX][B], mask[MAX][B], loud[MAX][B];
    bool heard[MAX][B], active[MAX];
} PlainLook;

static double total_of(const QmBark *bark, int64_t t)
{
    double sum = 0;
    for (int b = 0; b < B && t < bark->count; b++)
        sum += (double)qm_bark_unpacked(frame_of(bark, t)->power[b]);
    return sum;
}

static bool plainly_active(const QmBark *bark, int64_t t)
{
    double sum = 0;
    int count = 0;
    for (int64_t u = 0; u < bark->count; u++)
        if (total_of(bark, u) >= 1e-7) {
            sum += total_of(bark, u);
            count++;
        }
    const double here = total_of(bark, t);
    return here >= 1e-7 && here >= 0.01 * sum / count;
}

static void plain_look(const QmMaskingStem *stems, int n, int64_t t, PlainLook *l)
{
    memset(l, 0, sizeof *l);
    for (int i = 0; i < n; i++) {
        const QmBark *const bark = stems[i].bark;
        double a = 0, sum = 0;
        if (t < bark->count) {
            const QmBarkFrame *const f = frame_of(bark, t);
            for (int b = 0; b < B; b++)
                l->power[i][b] = (double)qm_bark_unpacked(f->power[b]) * stems[i].gain *
                                 stems[i].gain *
                                 (stems[i].bands ? (double)stems[i].bands[b] : 1);
            a = f->tonality / 65535.0;
        }
        hides(l->power[i], a, l->mask[i]);
        for (int b = 0; b < B; b++) {
            const double e = l->power[i][b];
            l->heard[i][b] = e > quiet_at(b) && e > l->mask[i][b];
            const double q = quiet_at(b);
            l->loud[i][b] = l->heard[i][b] ? pow((q + e) / 2, 0.23) - pow(q, 0.23) : 0;
            sum += l->loud[i][b];
        }
        for (int b = 0; b < B; b++)
            l->loud[i][b] /= sum > 0 ? sum : 1;
        l->active[i] = plainly_active(bark, t) && stems[i].gain > 0;
    }
}

static void plain_stem(const PlainLook *l, int n, int j, Plain *p)
{
    p->active[j]++;
    bool audible = false;
    for (int b = 0; b < B; b++) {
        double others = 0;
        for (int i = 0; i < n; i++)
            others += i == j ? 0 : l->mask[i][b];
        const double s = severity_of(fmax(others, quiet_at(b)), l->power[j][b]);
        p->masking[j] += s;
        p->heard[j] += l->heard[j][b] ? s : 0;
        p->hidden[j] += l->loud[j][b] * s;
        audible |= l->heard[j][b];
        for (int i = 0; i < n; i++)
            if (i != j && l->heard[j][b])
                p->pair[i][j] +=
                    l->loud[j][b] * severity_of(l->mask[i][b], l->power[j][b]);
    }
    p->audible[j] += audible;
    for (int i = 0; i < n; i++) {
        p->both[i][j] += l->active[i];
        for (int b = 0; b < B && l->active[i]; b++)
            p->overlap[i][j] += fmin(l->loud[i][b], l->loud[j][b]);
    }
}

static Plain plainly(const QmMaskingStem *stems, int n, int64_t looks)
{
    Plain p = {0};
    PlainLook look;
    for (int64_t t = 0; t < looks; t++) {
        plain_look(stems, n, t, &look);
        for (int j = 0; j < n; j++)
            if (look.active[j])
                plain_stem(&look, n, j, &p);
    }
    return p;
}

static void same_as_plainly(const QmMaskingStem *stems, uint32_t n, int64_t looks,
                            QmArena *arena)
{
    const Plain p = plainly(stems, (int)n, looks);
    const QmMasking *const m = qm_masking(stems, n, QM_MASKING_PAIRS, arena);
    assert_non_null(m);
    double total = 0;
    for (uint32_t j = 0; j < n; j++) {
        const QmMaskedStem *const row = stem_at(m, j);
        const double looks_j = p.active[j];
        total += pow(p.masking[j] / looks_j, 2);
        assert_true(near(row->active.value, 100 * looks_j / (double)looks, 1e-9));
        assert_true(near(row->masking.value, p.masking[j] / looks_j, 1e-4));
        assert_true(near(row->heard_masking.value, p.heard[j] / looks_j, 1e-4));
        assert_true(near(row->masked.value, 100 * p.hidden[j] / p.audible[j], 1e-3));
        for (uint32_t i = 0; i < n; i++) {
            if (i == j)
                continue;
            const QmMaskingPair *const pair = qm_masking_pair(m, i, j);
            const double severity = 100 * p.pair[i][j] / p.audible[j];
            assert_true(near(pair->severity.value, severity, 1e-3));
            const double overlap = p.overlap[i][j] / p.both[i][j];
            assert_true(near(pair->overlap.value, overlap, 1e-4));
            const double together = 100 * p.both[i][j] / looks_j;
            assert_true(near(pair->together.value, together, 1e-9));
        }
    }
    assert_true(near(m->total.value, total, 1e-3 * total));
}

/* --- tests -------------------------------------------------------------------------- */

static QmMaskingStem stem(const char *name, const QmBark *bark)
{
    return (QmMaskingStem){name, bark, qm_measured(-23), 1, NULL};
}

/* In the middle of band 9 (z = 8.5): the louder one hides 14.5 + 8.5 = 23 dB below
 * itself; the spread in its own band is 15.81 + 7.5 * 0.474 - 17.5 sqrt(1 + 0.474^2). */
static void two_tones_in_one_band(void **state)
{
    (void)state;
    const double own = 15.81 + 7.5 * 0.474 - 17.5 * sqrt(1 + 0.474 * 0.474);
    const double differences[] = {10, 22, 30, 38, 55};
    for (int i = 0; i < 5; i++) {
        QmArena arena = {0};
        QmBark loud = make(&arena, 100, HOP), soft = make(&arena, 100, HOP);
        put(&loud, 8, -10, 1, 0, 100);
        put(&soft, 8, -10 - differences[i], 1, 0, 100);
        const QmMaskingStem stems[] = {stem("loud", &loud), stem("soft", &soft)};
        const QmMasking *const m = qm_masking(stems, 2, QM_MASKING_PAIRS, &arena);
        const double severity = clip01((differences[i] + own - 23) / 20);
        assert_true(near(qm_masking_pair(m, 0, 1)->band[8], severity, 0.001));
        assert_true(near(stem_at(m, 1)->masked.value, 100 * severity, 0.1));
        assert_true(near(stem_at(m, 1)->severity[8], severity, 0.001));
        assert_true(near(stem_at(m, 1)->presence[8], 1, 1e-9));
        assert_true(qm_masking_pair(m, 1, 0)->severity.value == 0);
        assert_true(near(qm_masking_pair(m, 0, 1)->overlap.value, 1, 1e-6));
        assert_int_equal(qm_masking_pair(m, 0, 1)->worst_band, severity > 0 ? 9 : 0);
        assert_true((qm_masking_pair(m, 0, 1)->worst.why == NULL) == (severity > 0));
        /* All other bands of both are empty. */
        assert_true(near(stem_at(m, 1)->masking.value, 23 + severity, 0.001));
        qm_arena_release(&arena);
    }
}

/* Noise hides tones that are 5.5 dB below it, tones noise only 14.5 + z below. */
static void noise_hides_a_tone_and_not_the_other_way_round(void **state)
{
    (void)state;
    QmArena arena = {0};
    QmBark noise = make(&arena, 100, HOP), tone = make(&arena, 100, HOP);
    put(&noise, 12, -20, 0, 0, 100);
    put(&tone, 12, -32, 1, 0, 100);
    const QmMaskingStem stems[] = {stem("noise", &noise), stem("tone", &tone)};
    const QmMasking *m = qm_masking(stems, 2, QM_MASKING_PAIRS, &arena);
    assert_true(near(qm_masking_pair(m, 0, 1)->band[12], (12 - 5.5) / 20, 0.001));
    put(&noise, 12, -32, 0, 0, 100);
    put(&tone, 12, -20, 1, 0, 100);
    m = qm_masking(stems, 2, QM_MASKING_PAIRS, &arena);
    assert_true(qm_masking_pair(m, 1, 0)->band[12] == 0);
    qm_arena_release(&arena);
}

/* Masking reaches up: -10 dB a Bark above the masker, -25 below it. */
static void masking_spreads_upwards(void **state)
{
    (void)state;
    QmArena arena = {0};
    QmBark kick = make(&arena, 100, HOP), bass = make(&arena, 100, HOP);
    put(&kick, 2, -6, 0, 0, 100);
    for (uint32_t b = 0; b < 8; b++)
        put(&bass, b, -30, 0, 0, 100);
    const QmMaskingStem stems[] = {stem("kick", &kick), stem("bass", &bass)};
    const QmMasking *const m = qm_masking(stems, 2, QM_MASKING_PAIRS, &arena);
    const double *const band = qm_masking_pair(m, 0, 1)->band;
    for (int b = 0; b < 8; b++) {
        const double d = b - 2 + 0.474;
        const double spread = 15.81 + 7.5 * d - 17.5 * sqrt(1 + d * d);
        assert_true(near(band[b], clip01((-6 + spread - 5.5 + 30) / 20), 0.001));
    }
    assert_true(band[3] > band[1] && band[4] > 0 && band[0] == 0);
    assert_int_equal(qm_masking_pair(m, 0, 1)->worst_band, 3);
    assert_true(near(qm_masking_pair(m, 0, 1)->worst_low.value, 205, 5));
    assert_true(near(qm_masking_pair(m, 0, 1)->worst_high.value, 310, 5));
    qm_arena_release(&arena);
}

/* Stems of random bands, some looks silent. */
static void fill(QmBark *bark, uint64_t seed)
{
    for (int64_t t = 0; t < bark->count; t++) {
        const uint64_t i = (uint64_t)t * 64;
        const bool rests = qm_rand(seed, 1, (uint64_t)t / 7) < 0.3;
        for (uint32_t b = 0; b < B; b++) {
            const double db = -90 + 80 * qm_rand(seed, 2, i + b);
            const bool there = !rests && qm_rand(seed, 3, (uint64_t)t / 9 * 64 + b) < 0.6;
            frame_of(bark, t)->power[b] = there ? qm_bark_packed((float)power_of(db)) : 0;
        }
        frame_of(bark, t)->tonality = (uint16_t)(65535 * qm_rand(seed, 4, i));
    }
}

static void the_model_written_down_plainly_says_the_same(void **state)
{
    (void)state;
    QmArena arena = {0};
    QmBark barks[5];
    QmMaskingStem stems[5];
    float bands[B];
    for (int b = 0; b < B; b++)
        bands[b] = (float)power_of(3 * sin(b));
    for (uint32_t i = 0; i < 5; i++) {
        barks[i] = make(&arena, 300 + 77 * i, HOP);
        fill(&barks[i], i);
        stems[i] = stem("s", &barks[i]);
    }
    same_as_plainly(stems, 5, 300 + 77 * 4, &arena);
    stems[0].gain = 0.3;
    stems[1].bands = bands;
    stems[3].gain = 2;
    same_as_plainly(stems, 5, 300 + 77 * 4, &arena);
    qm_arena_release(&arena);
}

static void gains_and_bands_are_as_if_the_stem_had_them(void **state)
{
    (void)state;
    QmArena arena = {0};
    QmBark barks[3];
    float bands[B];
    for (uint32_t i = 0; i < 3; i++) {
        barks[i] = make(&arena, 500, HOP);
        fill(&barks[i], i);
    }
    QmBark other = make(&arena, 500, HOP);
    fill(&other, 1);
    for (uint32_t b = 0; b < B; b++) {
        bands[b] = b < 10 ? 0.5f : 4;
        for (int64_t t = 0; t < 500; t++) /* powers of two, so that nothing is rounded */
            frame_of(&other, t)->power[b] = qm_bark_packed(
                0.25f * bands[b] * qm_bark_unpacked(frame_of(&other, t)->power[b]));
    }
    QmMaskingStem stems[3];
    for (uint32_t i = 0; i < 3; i++)
        stems[i] = stem("s", &barks[i]);
    stems[1].gain = 0.5;
    stems[1].bands = bands;
    const QmMasking *const m = qm_masking(stems, 3, QM_MASKING_PAIRS, &arena);
    stems[1] = stem("s", &other);
    const QmMasking *const o = qm_masking(stems, 3, QM_MASKING_PAIRS, &arena);
    /* Activity is a property of the stem without them, so only others are compared. */
    for (uint32_t j = 0; j < 3; j += 2) {
        assert_true(stem_at(m, j)->masking.value == stem_at(o, j)->masking.value);
        assert_true(qm_masking_pair(m, 1, j)->severity.value ==
                    qm_masking_pair(o, 1, j)->severity.value);
    }
    assert_true(near(stem_at(m, 1)->loudness.value, -29.02, 0.01));
    assert_true(near(stem_at(m, 1)->to_loudest.value, -6.02, 0.01));
    const double sum = 10 * log10(2 + 0.25);
    assert_true(near(stem_at(m, 0)->to_sum.value, -sum, 1e-6));
    qm_arena_release(&arena);
}

static void turning_everything_up_changes_only_what_quiet_hides(void **state)
{
    (void)state;
    QmArena arena = {0};
    QmBark a = make(&arena, 200, HOP), b = make(&arena, 200, HOP);
    for (uint32_t i = 0; i < B; i++) {
        put(&a, i, -5 - 1.7 * i, 0.3, 0, 200);
        put(&b, i, -5 - 1.7 * (B - i), 0.5, 0, 200);
    }
    QmMaskingStem stems[] = {stem("a", &a), stem("b", &b)};
    const QmMasking *const m = qm_masking(stems, 2, QM_MASKING_PAIRS, &arena);
    stems[0].gain = stems[1].gain = 1.7;
    const QmMasking *const l = qm_masking(stems, 2, QM_MASKING_PAIRS, &arena);
    assert_true(m->heard_total.value > 1);
    assert_true(near(m->heard_total.value, l->heard_total.value, 1e-4));
    assert_true(near(m->total.value, l->total.value, 1e-3));
    stems[0].gain = stems[1].gain = 1e-4; /* below hearing */
    const QmMasking *const q = qm_masking(stems, 2, QM_MASKING_PAIRS, &arena);
    assert_true(q->heard_total.value == 0);
    assert_string_equal(stem_at(q, 0)->masked.why, "below hearing");
    assert_true(q->total.value > m->total.value);
    qm_arena_release(&arena);
}

static void the_order_of_stems_is_only_an_order(void **state)
{
    (void)state;
    QmArena arena = {0};
    QmBark barks[4];
    QmMaskingStem stems[4], turned[4];
    const uint32_t to[] = {2, 0, 3, 1};
    for (uint32_t i = 0; i < 4; i++) {
        barks[i] = make(&arena, 400, HOP);
        fill(&barks[i], 10 + i);
        stems[i] = turned[to[i]] = stem("s", &barks[i]);
    }
    const QmMasking *const m = qm_masking(stems, 4, QM_MASKING_PAIRS, &arena);
    const QmMasking *const t = qm_masking(turned, 4, QM_MASKING_PAIRS, &arena);
    assert_true(near(m->total.value, t->total.value, 1e-3));
    for (uint32_t i = 0; i < 4; i++) {
        const double masking = stem_at(m, i)->masking.value;
        assert_true(near(masking, stem_at(t, to[i])->masking.value, 1e-5));
        for (uint32_t j = 0; j < 4; j++)
            if (i != j) /* one masker at a time: not even a bit */
                assert_memory_equal(qm_masking_pair(m, i, j)->band,
                                    qm_masking_pair(t, to[i], to[j])->band,
                                    sizeof(double[B]));
    }
    qm_arena_release(&arena);
}

static int64_t look(double s) { return (int64_t)(s / HOP); }

/* Hidden by 20 dB and more, from 2 s to 6 s with a gap of half a second, and for a tenth
 * of a second at 10 s. */
static void ranges_say_when(void **state)
{
    (void)state;
    QmArena arena = {0};
    QmBark masker = make(&arena, look(12), HOP), masked = make(&arena, look(12), HOP);
    put(&masked, 5, -40, 0, 0, look(12));
    put(&masker, 5, -10, 0, look(2), look(4));
    put(&masker, 5, -10, 0, look(4.5), look(6));
    put(&masker, 5, -10, 0, look(10), look(10.1));
    const QmMaskingStem stems[] = {stem("masker", &masker), stem("masked", &masked)};
    const QmMasking *m = qm_masking(stems, 2, QM_MASKING_PAIRS, &arena);
    const QmMaskingRange *r = NULL;
    uint32_t found = 0;
    for (uint32_t i = 0; i < m->ranges.count; i++) {
        assert_true(i == 0 || range_at(m, i)->weight <= range_at(m, i - 1)->weight);
        if (range_at(m, i)->band == 6) {
            r = range_at(m, i);
            found++;
        }
    }
    assert_int_equal(found, 1);
    assert_string_equal(r->masker, "masker");
    assert_string_equal(r->masked, "masked");
    assert_int_equal(r->masker_at, 0);
    assert_int_equal(r->masked_at, 1);
    assert_true(near(r->from.value, 2, HOP) && near(r->to.value, 6, HOP));
    assert_true(near(r->severity.value, 100, 1e-6));
    assert_true(near(r->often.value, 100 * 3.5 / 4, 1));
    assert_true(near(r->weight, 3.5, 2 * HOP));
    qm_arena_release(&arena);
}

static void a_pair_keeps_its_eight_worst_ranges(void **state)
{
    (void)state;
    QmArena arena = {0};
    QmBark masker = make(&arena, look(80), HOP), masked = make(&arena, look(80), HOP);
    put(&masked, 5, -40, 0, 0, look(80));
    for (int i = 0; i < 20; i++) /* 0.6 s and a little more each time */
        put(&masker, 5, -10, 0, look(4 * i), look(4 * i + 0.6 + 0.05 * i));
    const QmMaskingStem stems[] = {stem("masker", &masker), stem("masked", &masked)};
    const QmMasking *m = qm_masking(stems, 2, QM_MASKING_PAIRS, &arena);
    assert_int_equal(m->ranges.count, QM_MASKING_RANGES);
    for (uint32_t i = 0; i < m->ranges.count; i++)
        assert_true(near(range_at(m, i)->from.value, 4.0 * (19 - i), 2 * HOP));
    qm_arena_release(&arena);
}

static void silence_and_loneliness_have_reasons(void **state)
{
    (void)state;
    QmArena arena = {0};
    QmBark silent = make(&arena, 100, HOP), sound = make(&arena, 100, HOP),
           none = {.hop_s = HOP};
    put(&sound, 5, -20, 0, 0, 100);
    QmMaskingStem stems[] = {stem("silent", &silent), stem("sound", &sound),
                             stem("none", &none), stem("muted", &sound)};
    stems[0].loudness = qm_unmeasured("silence");
    stems[3].gain = 0;
    const QmMasking *m = qm_masking(stems, 4, QM_MASKING_PAIRS, &arena);
    assert_string_equal(stem_at(m, 0)->masking.why, "never active");
    assert_string_equal(stem_at(m, 0)->to_loudest.why, "silence");
    assert_string_equal(stem_at(m, 2)->masked.why, "never active");
    assert_string_equal(stem_at(m, 3)->loudness.why, "muted");
    assert_string_equal(stem_at(m, 3)->masking.why, "never active");
    assert_string_equal(qm_masking_pair(m, 1, 0)->severity.why, "never active");
    assert_string_equal(qm_masking_pair(m, 0, 1)->overlap.why, "never together");
    assert_string_equal(qm_masking_pair(m, 0, 1)->worst.why, "nothing is hidden");
    assert_true(stem_at(m, 1)->masked.value == 0);
    assert_true(qm_masking_pair(m, 0, 1)->together.value == 0);
    m = qm_masking(stems + 1, 1, QM_MASKING_PAIRS, &arena);
    assert_string_equal(m->total.why, "a single stem");
    m = qm_masking(stems, 0, QM_MASKING_PAIRS, &arena);
    assert_int_equal(m->stems.count, 0);
    qm_arena_release(&arena);
}

/* A stem at 44.1 kHz has looks every 23.2 ms, one at 48 kHz every 21.3 ms. */
static void rates_may_differ(void **state)
{
    (void)state;
    QmArena arena = {0};
    const double other = 1024.0 / 44100;
    QmBark a = make(&arena, look(10), HOP),
           b = make(&arena, (int64_t)(10 / other), other);
    put(&a, 5, -40, 0, 0, a.count);
    put(&b, 5, -10, 0, 0, b.count / 2);
    const QmMaskingStem stems[] = {stem("a", &a), stem("b", &b)};
    const QmMasking *const m = qm_masking(stems, 2, QM_MASKING_PAIRS, &arena);
    assert_true(near(qm_masking_pair(m, 1, 0)->band[5], 0.5, 0.003));
    assert_true(near(qm_masking_pair(m, 1, 0)->together.value, 50, 0.3));
    assert_true(near(stem_at(m, 1)->active.value, 50, 0.3));
    qm_arena_release(&arena);
}

static void totals_alone_are_the_same(void **state)
{
    (void)state;
    QmArena arena = {0};
    QmBark barks[3];
    QmMaskingStem stems[3];
    for (uint32_t i = 0; i < 3; i++) {
        barks[i] = make(&arena, 400, HOP);
        fill(&barks[i], 20 + i);
        stems[i] = stem("s", &barks[i]);
    }
    const QmMasking *const m = qm_masking(stems, 3, QM_MASKING_PAIRS, &arena);
    const QmMasking *const t = qm_masking(stems, 3, QM_MASKING_TOTALS, &arena);
    assert_memory_equal(m->stems.items, t->stems.items, 3 * sizeof(QmMaskedStem));
    assert_true(m->total.value == t->total.value);
    assert_int_equal(t->pairs.count + t->bands.count + t->ranges.count, 0);
    assert_int_equal(m->pairs.count, 6);
    qm_arena_release(&arena);
}

static void every_allocation_may_fail(void **state)
{
    (void)state;
    QmArena arena = {0};
    QmBark barks[3];
    QmMaskingStem stems[3];
    for (uint32_t i = 0; i < 3; i++) {
        barks[i] = make(&arena, 400, HOP);
        fill(&barks[i], 30 + i);
        stems[i] = stem("s", &barks[i]);
    }
    for (uint64_t fail = 1;; fail++) {
        QmArena short_one = {.fail_at = fail};
        const bool done = qm_masking(stems, 3, QM_MASKING_PAIRS, &short_one);
        qm_arena_release(&short_one);
        if (done) {
            assert_true(fail > 5);
            break;
        }
    }
    qm_arena_release(&arena);
}

static void the_table_says_where_fields_are(void **state)
{
    (void)state;
    QmArena arena = {0};
    QmBark a = make(&arena, 100, HOP), b = make(&arena, 100, HOP);
    put(&a, 5, -40, 0, 0, 100);
    put(&b, 5, -10, 0, 0, 100);
    const QmMaskingStem stems[] = {stem("a", &a), stem("b", &b)};
    const QmMasking *const m = qm_masking(stems, 2, QM_MASKING_PAIRS, &arena);
    for (uint32_t i = 0; i < qm_masking_measure_count; i++) {
        const QmMeasure *const row = &qm_masking_measures[i];
        const char *const at = (const char *)m + row->offset;
        if (row->kind == QM_MEASURE_NUMBER) {
            assert_true(((const QmMeasured *)at)->value > 0);
            continue;
        }
        assert_int_equal(row->kind, QM_MEASURE_ROWS);
        const QmList *const list = (const QmList *)at;
        assert_true(list->count > 0);
        const QmMeasure *const first = &row->columns[0];
        assert_int_equal(first->kind, QM_MEASURE_TEXT);
        const char *const last =
            (const char *)list->items + (list->count - 1) * row->row_size;
        const char *const name = *(const char *const *)(last + first->offset);
        assert_true(qm_same(name, "a") || qm_same(name, "b"));
    }
    qm_arena_release(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_tones_in_one_band),
        cmocka_unit_test(noise_hides_a_tone_and_not_the_other_way_round),
        cmocka_unit_test(masking_spreads_upwards),
        cmocka_unit_test(the_model_written_down_plainly_says_the_same),
        cmocka_unit_test(gains_and_bands_are_as_if_the_stem_had_them),
        cmocka_unit_test(turning_everything_up_changes_only_what_quiet_hides),
        cmocka_unit_test(the_order_of_stems_is_only_an_order),
        cmocka_unit_test(ranges_say_when),
        cmocka_unit_test(a_pair_keeps_its_eight_worst_ranges),
        cmocka_unit_test(silence_and_loneliness_have_reasons),
        cmocka_unit_test(rates_may_differ),
        cmocka_unit_test(totals_alone_are_the_same),
        cmocka_unit_test(every_allocation_may_fail),
        cmocka_unit_test(the_table_says_where_fields_are),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
