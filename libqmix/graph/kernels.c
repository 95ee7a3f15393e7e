/* Plain loops over rows; the compilers vectorise what is worth it. Four feeds of a bus are added in
 * one pass, in their order, so that the sum stays in a register. */
#include "graph/kernels.h"

typedef float Pair __attribute__((vector_size(8), aligned(4)));
typedef double PairD __attribute__((vector_size(16), aligned(8)));

static void interleave(const float *const pairs[QM_GANG], uint32_t n, QmVec *rows)
{
    const float *a = pairs[0], *b = pairs[1], *c = pairs[2], *d = pairs[3];
    for (uint32_t i = 0; i < n; i++) {
        float *row = (float *)&rows[i];
        *(Pair *)(row + 0) = *(const Pair *)(a + 2 * i);
        *(Pair *)(row + 2) = *(const Pair *)(b + 2 * i);
        *(Pair *)(row + 4) = *(const Pair *)(c + 2 * i);
        *(Pair *)(row + 6) = *(const Pair *)(d + 2 * i);
    }
}

static void get_strip(const QmVec *rows, uint32_t strip, uint32_t n, float *left, float *right)
{
    const float *pair = (const float *)rows + 2 * strip;
    for (uint32_t i = 0; i < n; i++, pair += QM_LANES) {
        left[i] = pair[0];
        right[i] = pair[1];
    }
}

static void put_strip(QmVec *rows, uint32_t strip, uint32_t n, const float *left,
                      const float *right)
{
    float *pair = (float *)rows + 2 * strip;
    for (uint32_t i = 0; i < n; i++, pair += QM_LANES) {
        pair[0] = left[i];
        pair[1] = right[i];
    }
}

QM_INLINE PairD widen(const float *pair)
{
    return __builtin_convertvector(*(const Pair *)pair, PairD);
}

static bool is_unity(const QmFeed *feed)
{
    return feed->gain == 1.0f && feed->step == 0.0f;
}

/* Four feeds at a time: the accumulator stays in a register, the order stays the same. */
static void sum_four(const QmFeed *f, uint32_t n, double *sum)
{
    const float *a = f[0].rows, *b = f[1].rows, *c = f[2].rows, *d = f[3].rows;
    for (uint32_t i = 0; i < n; i++) {
        PairD acc = *(PairD *)(sum + 2 * i);
        acc += widen(a + QM_LANES * i);
        acc += widen(b + QM_LANES * i);
        acc += widen(c + QM_LANES * i);
        acc += widen(d + QM_LANES * i);
        *(PairD *)(sum + 2 * i) = acc;
    }
}

static void sum_four_scaled(const QmFeed *f, uint32_t n, double *sum)
{
    const float *a = f[0].rows, *b = f[1].rows, *c = f[2].rows, *d = f[3].rows;
    const PairD ga = {f[0].gain, f[0].gain}, gb = {f[1].gain, f[1].gain};
    const PairD gc = {f[2].gain, f[2].gain}, gd = {f[3].gain, f[3].gain};
    for (uint32_t i = 0; i < n; i++) {
        PairD acc = *(PairD *)(sum + 2 * i);
        acc += widen(a + QM_LANES * i) * ga;
        acc += widen(b + QM_LANES * i) * gb;
        acc += widen(c + QM_LANES * i) * gc;
        acc += widen(d + QM_LANES * i) * gd;
        *(PairD *)(sum + 2 * i) = acc;
    }
}

static void sum_one(QmFeed *feed, uint32_t n, double *sum)
{
    for (uint32_t i = 0; i < n; i++) {
        feed->gain += feed->step;
        const PairD g = {feed->gain, feed->gain};
        *(PairD *)(sum + 2 * i) += widen(feed->rows + QM_LANES * i) * g;
    }
}

/* x * 1.0 == x, so unity and scaled feeds only differ in speed. */
static void sum(QmFeed *feeds, uint32_t n_feeds, uint32_t n, double *sums)
{
    uint32_t f = 0;
    while (f < n_feeds) {
        uint32_t unity = 0, still = 0;
        for (uint32_t k = 0; k < 4 && f + k < n_feeds; k++) {
            unity += is_unity(&feeds[f + k]);
            still += feeds[f + k].step == 0.0f;
        }
        if (unity == 4)
            sum_four(feeds + f, n, sums);
        else if (still == 4)
            sum_four_scaled(feeds + f, n, sums);
        else
            sum_one(feeds + f, n, sums);
        f += still == 4 ? 4 : 1;
    }
}

static void round_pairs(const double *sums, uint32_t n, float *pairs)
{
    for (uint32_t i = 0; i < 2 * n; i++)
        pairs[i] = (float)sums[i];
}

static void fader(const QmVec *in, uint32_t n, QmVec *coeffs, const QmVec *step, QmVec *out)
{
    QmVec self = coeffs[QM_FADER_SELF], cross = coeffs[QM_FADER_CROSS];
    const QmVec zero = qm_vec(0.0f);
    const QmVec self_step = step ? step[QM_FADER_SELF] : zero;
    const QmVec cross_step = step ? step[QM_FADER_CROSS] : zero;
    for (uint32_t i = 0; i < n; i++) {
        self += self_step;
        cross += cross_step;
        out[i] = self * in[i] + cross * qm_vec_swap(in[i]);
    }
    coeffs[QM_FADER_SELF] = self;
    coeffs[QM_FADER_CROSS] = cross;
}

static void meter(const QmVec *rows, uint32_t n, QmVec *peak, double power[QM_LANES])
{
    for (uint32_t i = 0; i < n; i++) {
        *peak = qm_vec_max(qm_vec_abs(rows[i]), *peak);
        for (int lane = 0; lane < QM_LANES; lane++)
            power[lane] += (double)rows[i][lane] * (double)rows[i][lane];
    }
}

const QmKernels QM_ISA(qm_kernels) = {
    .interleave = interleave,
    .get_strip = get_strip,
    .put_strip = put_strip,
    .sum = sum,
    .round = round_pairs,
    .fader = fader,
    .meter = meter,
};
