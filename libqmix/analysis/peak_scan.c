/* Points between samples are sums of 64 of them, a sinc under a Kaiser window of 6 at 16
 * phases:
 *
 *     p(i + k/16) = sum over j of x[i - 31 + j] h(j - 31 - k/16)
 *
 * flat within 0.01 dB up to 0.47 of the rate; a parabola through the highest three makes
 * up for what is between them. Computed throughout that would be 1000 multiplications a
 * frame, so nearly nothing of it is computed:
 *
 *  1. No point is above the straight line between the samples beside it by more than
 *     `reach` times the greatest second difference x[i - 1] - 2 x[i] + x[i + 1] around:
 *     the taps less the line's, summed up twice, have magnitudes that add up to it.
 *     Groups of 16 frames that cannot be above the highest point so far are passed over.
 *     At first that is the loudest sample.
 *  2. In the others four points a frame are made by two half-band filters, and parabolas
 *     through them (dsp/true_peak.h): within 0.05 dB.
 *  3. What comes within 1 % of the highest so far is looked at by 16 phases.
 *
 * Which groups are passed over depends on the stretch alone, so the same stretch gives
 * the same peak wherever it is scanned.
 *
 * Source: ITU-R BS.1770-5, annex 2 (which asks for four points at least). */
#include "analysis/peak_scan.h"

#include "dsp/sinc.h"
#include "dsp/true_peak.h"

enum {
    GROUP = QM_PEAK_BLOCK,
    GROUPS = 256, /* of a piece */
    PIECE = GROUPS * GROUP,
    EDGE = 2, /* groups to either side of a group that its taps see */
    ROOM = EDGE + GROUPS + EDGE + QM_LANES,
    HALVES = 8 + GROUP + 8, /* a group's, and what quarters need beside it */
};
/* More than roundings, and the parabola at sixteenths: 1 / cos(pi / 32). */
#define ROUND 1.005f
#define NEAR  1.01f /* more than two guesses at one peak differ */
#define BEND  1.14f /* more than a parabola through quarters is above its points */

typedef struct Best {
    float peak;
    double at;
} Best;

typedef struct Search {
    const QmPeakTable *table;
    const float *x; /* the stretch */
    uint32_t n;
    Best best;
} Search;

QM_INLINE float sum_of(QmVec x)
{
    return ((x[0] + x[4]) + (x[2] + x[6])) + ((x[1] + x[5]) + (x[3] + x[7]));
}

/* The magnitude at sixteenths of a frame. */
static float point(const Search *s, int32_t at)
{
    const float *const taps = s->table->taps[at & (QM_PEAK_PHASES - 1)];
    const float *const x = s->x + (at >> 4) - (QM_PEAK_SIDE - 1);
    QmVec even = {0}, odd = {0};
    for (uint32_t j = 0; j < 2 * QM_PEAK_SIDE; j += 2 * QM_LANES) {
        even += qm_vec_load(taps + j) * qm_vec_load(x + j);
        odd += qm_vec_load(taps + j + 8) * qm_vec_load(x + j + 8);
    }
    const float sum = sum_of(even + odd);
    return sum < 0 ? -sum : sum;
}

/* Goes uphill from a place, not far, and takes the parabola through the top. */
static void climb(Search *s, int32_t at)
{
    float l = point(s, at - 1), m = point(s, at), r = point(s, at + 1);
    for (int steps = 0; steps < 4 && (l > m || r > m); steps++) {
        const bool left = l > r;
        at += left ? -1 : 1;
        if (left)
            r = m, m = l, l = point(s, at - 1);
        else
            l = m, m = r, r = point(s, at + 1);
    }
    const float drop = (m - l) + (m - r);
    const float top =
        m >= l && m >= r && drop > 0 ? m + (l - r) * (l - r) / (8 * drop) : m;
    if (top > s->best.peak)
        s->best = (Best){top, (double)at / QM_PEAK_PHASES};
}

/* All points of a group. */
static void look_everywhere(Search *s, uint32_t from)
{
    float most = 0;
    int32_t where = 0;
    for (uint32_t i = from; i < from + GROUP && i < s->n; i++)
        for (uint32_t k = 0; k < QM_PEAK_PHASES; k++) {
            const int32_t at = (int32_t)(i * QM_PEAK_PHASES + k);
            const float p = point(s, at);
            if (p > most)
                most = p, where = at;
        }
    if (most * ROUND > s->best.peak)
        climb(s, where);
}

/* Those of a group's quarters that may be the top of something, in the order of time. */
static void look_near(Search *s, uint32_t from, const float *half, const QmPeakPoints *p)
{
    const float *const x = s->x + from;
    float m[4 * GROUP + 2] = {p->third[7]};
    for (uint32_t i = 0; i < GROUP; i++) {
        const float four[] = {x[i], p->first[i], half[i], p->third[8 + i]};
        memcpy(m + 1 + 4 * i, four, sizeof four);
    }
    m[4 * GROUP + 1] = x[GROUP];
    for (uint32_t i = 0; i < 4 * GROUP + 2; i++)
        m[i] = m[i] < 0 ? -m[i] : m[i];
    for (uint32_t i = 1; i <= 4 * GROUP && from + (i - 1) / 4 < s->n; i++) {
        const float a = m[i] - m[i - 1], b = m[i] - m[i + 1];
        if (a < 0 || b < 0 || !(a + b > 0))
            continue;
        const float top = m[i] + (a - b) * (a - b) / (7.2f * (a + b));
        /* The parabola's top, in sixteenths from the point: -2 to 2. */
        const int32_t off = (int32_t)(2 * (a - b) / (a + b) + 2.5f) - 2;
        if (top * NEAR > s->best.peak)
            climb(s, (int32_t)(from * QM_PEAK_PHASES + 4 * (i - 1)) + off);
    }
}

static void look(Search *s, uint32_t from)
{
    const float *const x = s->x + from;
    float halves[HALVES];
    qm_peak_halves(x - 8, halves, 2 * QM_PARTS);
    qm_peak_halves(x + 8, halves + 16, 2 * QM_PARTS);
    QmPeakPoints p;
    const float most = qm_vec_loudest(qm_peak_points(x, halves + 8, &p));
    if (most * BEND <= s->best.peak)
        return;
    const float top = qm_vec_loudest(qm_peak_tops(x, halves + 8, &p));
    if (top * NEAR > s->best.peak)
        look_near(s, from, halves + 8, &p);
}

QM_INLINE QmVec most_of(QmVec v[QM_LANES])
{
    qm_transpose(v);
    return qm_vec_max(qm_vec_max(qm_vec_max(v[0], v[1]), qm_vec_max(v[2], v[3])),
                      qm_vec_max(qm_vec_max(v[4], v[5]), qm_vec_max(v[6], v[7])));
}

/* The loudest sample and the greatest second difference of eight groups from x on. */
QM_INLINE void survey(const float *x, float *loud, float *bend)
{
    QmVec l[QM_LANES], b[QM_LANES];
    for (int g = 0; g < QM_LANES; g++) {
        l[g] = b[g] = qm_vec(0);
        for (int i = GROUP * g; i < GROUP * (g + 1); i += QM_LANES) {
            const QmVec here = qm_vec_load(x + i), next = qm_vec_load(x + i + 1);
            const QmVec second = (qm_vec_load(x + i - 1) - here) - (here - next);
            const QmVec both = qm_vec_max(qm_vec_abs(here), qm_vec_abs(next));
            l[g] = qm_vec_max(both, l[g]);
            b[g] = qm_vec_max(qm_vec_abs(second), b[g]);
        }
    }
    qm_vec_store(loud, most_of(l));
    qm_vec_store(bend, most_of(b));
}

/* What no point of each of `groups` groups from x on can be above. */
static void bounds(const Search *s, const float *x, uint32_t groups, float *most)
{
    float loud[ROOM], bend[ROOM];
    for (uint32_t g = 0; g < EDGE + groups + EDGE; g += QM_LANES)
        survey(x - EDGE * GROUP + g * GROUP, loud + g, bend + g);
    for (uint32_t g = 0; g < groups; g += QM_LANES) {
        QmVec b = qm_vec_load(bend + g);
        for (uint32_t k = 1; k <= 2 * EDGE; k++)
            b = qm_vec_max(b, qm_vec_load(bend + g + k));
        const QmVec line = qm_vec_load(loud + EDGE + g);
        qm_vec_store(most + g, (line + qm_vec(s->table->reach) * b) * qm_vec(ROUND));
    }
}

static float loudest(const float *x, uint32_t n)
{
    QmVec most = {0};
    uint32_t i = 0;
    for (; i + QM_LANES <= n; i += QM_LANES)
        most = qm_vec_max(qm_vec_abs(qm_vec_load(x + i)), most);
    float one = qm_vec_loudest(most);
    for (; i < n; i++) {
        const float a = x[i] < 0 ? -x[i] : x[i];
        one = a > one ? a : one;
    }
    return one;
}

QmPeakSeen QM_ISA(qm_peak_scan)(const QmPeakTable *table, const float *x, uint32_t n,
                                bool fine)
{
    const float sample = loudest(x, n);
    Search s = {table, x, n, {sample, 0}};
    if (sample == 0)
        return (QmPeakSeen){0};
    for (uint32_t at = 0; at < n; at += PIECE) {
        const uint32_t left = n - at < PIECE ? n - at : PIECE;
        const uint32_t groups = (left + GROUP - 1) / GROUP;
        float most[GROUPS + QM_LANES];
        bounds(&s, x + at, groups, most);
        for (uint32_t g = 0; g < groups; g++) {
            if (most[g] <= s.best.peak)
                continue;
            if (fine)
                look_everywhere(&s, at + g * GROUP);
            else
                look(&s, at + g * GROUP);
        }
    }
    return (QmPeakSeen){sample, s.best.peak, s.best.at};
}

#ifndef QM_BUILD_AVX2
/* Taps of a phase, adding up to one. */
static void draw(uint32_t phase, double taps[2 * QM_PEAK_SIDE])
{
    double sum = 0;
    for (int j = 0; j < 2 * QM_PEAK_SIDE; j++) {
        const double t = j - (QM_PEAK_SIDE - 1) - (double)phase / QM_PEAK_PHASES;
        const double edge = t / QM_PEAK_SIDE, beta = 6.0;
        const double window =
            edge * edge < 1 ? qm_bessel_i0(beta * qm_sqrt(1 - edge * edge)) : 0;
        taps[j] = window * (t == 0 ? 1 : qm_sin_turns(0.5 * t) / (QM_PI * t));
        sum += taps[j];
    }
    for (int j = 0; j < 2 * QM_PEAK_SIDE; j++)
        taps[j] /= sum;
}

/* What second differences add to the straight line: the taps less the line's, summed up
 * twice. */
static double reach(uint32_t phase, const double taps[2 * QM_PEAK_SIDE])
{
    const double part = (double)phase / QM_PEAK_PHASES;
    double once = 0, twice = 0, all = 0;
    for (int j = 0; j < 2 * QM_PEAK_SIDE; j++) {
        once += taps[j];
        once -= j == QM_PEAK_SIDE - 1 ? 1 - part : j == QM_PEAK_SIDE ? part : 0;
        twice += once;
        all += twice < 0 ? -twice : twice;
    }
    return all;
}

void qm_peak_table_init(QmPeakTable *table)
{
    double most = 0;
    for (uint32_t p = 0; p < QM_PEAK_PHASES; p++) {
        double taps[2 * QM_PEAK_SIDE];
        draw(p, taps);
        for (int j = 0; j < 2 * QM_PEAK_SIDE; j++)
            table->taps[p][j] = (float)taps[j];
        const double r = reach(p, taps);
        most = r > most ? r : most;
    }
    table->reach = (float)most;
}

QmPeakSeen qm_peak_scan(QmIsa isa, const QmPeakTable *table, const float *x, uint32_t n,
                        bool fine)
{
#if QM_HAVE_AVX2
    if (isa == QM_ISA_AVX2)
        return qm_peak_scan_avx2(table, x, n, fine);
#endif
    (void)isa;
    return qm_peak_scan_base(table, x, n, fine);
}
#endif
