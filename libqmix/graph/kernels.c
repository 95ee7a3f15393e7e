/* Plain loops over rows; the compilers vectorise what is worth it. The members of a
 * gang are added to a bus in one pass, in their order, so that the sum stays in a
 * register. */
#include "graph/kernels.h"

typedef float Pair __attribute__((vector_size(8), aligned(4)));
typedef int64_t Four __attribute__((vector_size(32))); /* pairs that are only moved */
typedef int64_t FourU __attribute__((vector_size(32), aligned(4)));
typedef float Quad __attribute__((vector_size(16)));
typedef double Frames __attribute__((vector_size(32))); /* two, of a pair */
typedef double FramesU __attribute__((vector_size(32), aligned(8)));
typedef double PairD __attribute__((vector_size(16), aligned(8)));

/* Four frames at a time: a square of pairs, turned. */
static void interleave(const float *const pairs[QM_GANG], uint32_t n, QmVec *rows)
{
    const float *const a = pairs[0], *const b = pairs[1], *const c = pairs[2],
                       *const d = pairs[3];
    uint32_t i = 0;
    for (; i + 4 <= n; i += 4) {
        const Four w = *(const FourU *)(a + 2 * i), x = *(const FourU *)(b + 2 * i);
        const Four y = *(const FourU *)(c + 2 * i), z = *(const FourU *)(d + 2 * i);
        const Four wx = __builtin_shufflevector(w, x, 0, 4, 2, 6);
        const Four xw = __builtin_shufflevector(w, x, 1, 5, 3, 7);
        const Four yz = __builtin_shufflevector(y, z, 0, 4, 2, 6);
        const Four zy = __builtin_shufflevector(y, z, 1, 5, 3, 7);
        rows[i] = (QmVec)__builtin_shufflevector(wx, yz, 0, 1, 4, 5);
        rows[i + 1] = (QmVec)__builtin_shufflevector(xw, zy, 0, 1, 4, 5);
        rows[i + 2] = (QmVec)__builtin_shufflevector(wx, yz, 2, 3, 6, 7);
        rows[i + 3] = (QmVec)__builtin_shufflevector(xw, zy, 2, 3, 6, 7);
    }
    for (; i < n; i++)
        for (uint32_t s = 0; s < QM_GANG; s++)
            *(Pair *)((float *)&rows[i] + 2 * s) = *(const Pair *)(pairs[s] + 2 * i);
}

static void get_strip(const QmVec *rows, uint32_t strip, uint32_t n, float *left,
                      float *right)
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

QM_INLINE Frames widen_two(Quad x)
{
#ifdef __AVX2__
    return (Frames)_mm256_cvtps_pd((__m128)x);
#else
    return __builtin_convertvector(x, Frames);
#endif
}

#define LOW(x)  __builtin_shufflevector(x, x, 0, 1, 2, 3)
#define HIGH(x) __builtin_shufflevector(x, x, 4, 5, 6, 7)

static bool is_still(const QmFeed *feed) { return feed->step == 0.0f; }

/* Whether four feeds are a gang's members: side by side in the same rows. */
static bool is_gang(const QmFeed *f)
{
    bool gang = (uintptr_t)f->rows % sizeof(QmVec) == 0;
    for (uint32_t k = 0; k < QM_GANG; k++)
        gang &= f[k].rows == f->rows + 2 * k && is_still(&f[k]);
    return gang;
}

/* Two frames at a time: halves of `even` and `odd` hold both frames of one member, and
 * widen to a vector. */
static void sum_gang(const QmFeed *f, uint32_t n, double *sum)
{
    const QmVec *rows = (const QmVec *)f->rows;
    const double gain[QM_GANG] = {f[0].gain, f[1].gain, f[2].gain, f[3].gain};
    uint32_t i = 0;
    for (; i + 2 <= n; i += 2) {
        const Frames a = (Frames)rows[i], b = (Frames)rows[i + 1];
        const QmVec even = (QmVec)__builtin_shufflevector(a, b, 0, 4, 2, 6);
        const QmVec odd = (QmVec)__builtin_shufflevector(a, b, 1, 5, 3, 7);
        Frames acc = *(const FramesU *)(sum + 2 * i);
        acc += widen_two(LOW(even)) * gain[0];
        acc += widen_two(LOW(odd)) * gain[1];
        acc += widen_two(HIGH(even)) * gain[2];
        acc += widen_two(HIGH(odd)) * gain[3];
        *(FramesU *)(sum + 2 * i) = acc;
    }
    for (; i < n; i++)
        for (uint32_t k = 0; k < QM_GANG; k++)
            *(PairD *)(sum + 2 * i) += widen(f[k].rows + QM_LANES * i) * gain[k];
}

static void sum_one(QmFeed *feed, uint32_t n, double *sum)
{
    for (uint32_t i = 0; i < n; i++) {
        feed->gain += feed->step;
        const PairD g = {feed->gain, feed->gain};
        *(PairD *)(sum + 2 * i) += widen(feed->rows + QM_LANES * i) * g;
    }
}

/* x * 1.0 == x, so unity is a gain like any other. */
static void sum(QmFeed *feeds, uint32_t n_feeds, uint32_t n, double *sums)
{
    for (uint32_t f = 0; f < n_feeds;) {
        const bool gang = n_feeds - f >= QM_GANG && is_gang(feeds + f);
        if (gang)
            sum_gang(feeds + f, n, sums);
        else
            sum_one(feeds + f, n, sums);
        f += gang ? QM_GANG : 1;
    }
}

static void round_pairs(const double *sums, uint32_t n, float *pairs)
{
    for (uint32_t i = 0; i < 2 * n; i++)
        pairs[i] = (float)sums[i];
}

static void fader(const QmVec *in, uint32_t n, QmVec *coeffs, const QmVec *step,
                  QmVec *out)
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
