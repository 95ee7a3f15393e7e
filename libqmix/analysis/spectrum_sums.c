/* Bins by eights.
 *
 * Flatness needs the logarithm of every bin; here it is that of four at once: with x =
 * power / mean power + 1e-9, the product of four is within 1e-36 and 1e13, which a float
 * holds, and the 1e-9 keeps an empty bin at -90 dB. */
#include "analysis/spectrum_sums.h"

#include "base/qmath.h"
#include "dsp/vec.h"

typedef double QmVecD __attribute__((vector_size(64)));
typedef QmVecD QmVecDU __attribute__((aligned(8)));

enum { GROUP = 4 }; /* bins of which one logarithm is taken */

/* Bins k to k + 7 of a spectrum of `end` bins; those behind are 0. */
QM_INLINE QmVec load(const float *x, uint32_t k, uint32_t end)
{
    if (k + QM_LANES <= end)
        return qm_vec_load(x + k);
    float rest[QM_LANES] = {0};
    for (uint32_t i = k; i < end; i++)
        rest[i - k] = x[i];
    return qm_vec_load(rest);
}

QM_INLINE QmVec power_at(const QmSpectrum *s, uint32_t channel, uint32_t k, uint32_t end)
{
    const QmVec re = load(s->re[channel], k, end), im = load(s->im[channel], k, end);
    return re * re + im * im;
}

QM_INLINE double total(QmVec x)
{
    double sum = 0;
    for (uint32_t k = 0; k < QM_LANES; k++)
        sum += (double)x[k];
    return sum;
}

QM_INLINE QmVec mean_power_at(const QmSpectrum *s, uint32_t k, uint32_t end)
{
    const QmVec left = power_at(s, 0, k, end);
    return s->re[1] ? qm_vec(0.5f) * (left + power_at(s, 1, k, end)) : left;
}

void QM_ISA(qm_spectrum_add)(const QmSpectrum *s, double *power)
{
    const uint32_t whole = s->bins / QM_LANES * QM_LANES;
    for (uint32_t k = 0; k < whole; k += QM_LANES)
        *(QmVecDU *)(power + k) +=
            __builtin_convertvector(mean_power_at(s, k, s->bins), QmVecD);
    const QmVec rest = mean_power_at(s, whole, s->bins);
    for (uint32_t k = whole; k < s->bins; k++)
        power[k] += (double)rest[k - whole];
}

/* The mean logarithm of x over [from, to), in dB. */
QM_INLINE double mean_db(const QmSpectrum *s, uint32_t from, uint32_t to, double mean)
{
    const QmVec scale = qm_vec((float)(1 / mean)), least = qm_vec(1e-9f);
    QmVecD sum = {0};
    for (uint32_t k = from; k < to; k += GROUP * QM_LANES) {
        QmVec product = qm_vec(1);
        for (uint32_t j = k; j < k + GROUP * QM_LANES && j < to; j += QM_LANES) {
            QmVec x = power_at(s, 0, j, to) * scale + least;
            for (uint32_t i = to - j; i < QM_LANES; i++)
                x[i] = 1;
            product *= x;
        }
        sum += __builtin_convertvector(qm_vec_log2(product), QmVecD);
    }
    double logs = 0;
    for (uint32_t k = 0; k < QM_LANES; k++)
        logs += sum[k];
    return 3.0102999566398120 * logs / (to - from); /* 10 log10 2 */
}

QmShape QM_ISA(qm_spectrum_shape)(const QmSpectrum *s, QmShapeRange range)
{
    QmVec powers = qm_vec(0), sizes = qm_vec(0), moments = qm_vec(0), flats = qm_vec(0);
    QmVec bin = (QmVec){0, 1, 2, 3, 4, 5, 6, 7} + qm_vec((float)range.from);
    for (uint32_t k = range.from; k < range.to; k += QM_LANES) {
        const QmVec p = power_at(s, 0, k, range.to), size = qm_vec_sqrt(p);
        powers += p;
        sizes += size;
        moments += bin * size;
        bin += qm_vec(QM_LANES);
    }
    for (uint32_t k = range.flat_from; k < range.flat_to; k += QM_LANES)
        flats += power_at(s, 0, k, range.flat_to);
    const double power = total(powers), flat = total(flats);
    if (!(power > 1e-30 && flat > 1e-30)) /* -300 dBFS: nothing but roundings */
        return (QmShape){0};
    return (QmShape){power, total(moments) / total(sizes),
                     mean_db(s, range.flat_from, range.flat_to,
                             flat / (range.flat_to - range.flat_from))};
}

#ifndef QM_BUILD_AVX2
void qm_spectrum_add(QmIsa isa, const QmSpectrum *spectrum, double *power)
{
#if QM_HAVE_AVX2
    if (isa == QM_ISA_AVX2) {
        qm_spectrum_add_avx2(spectrum, power);
        return;
    }
#endif
    (void)isa;
    qm_spectrum_add_base(spectrum, power);
}

QmShape qm_spectrum_shape(QmIsa isa, const QmSpectrum *spectrum, QmShapeRange range)
{
#if QM_HAVE_AVX2
    if (isa == QM_ISA_AVX2)
        return qm_spectrum_shape_avx2(spectrum, range);
#endif
    (void)isa;
    return qm_spectrum_shape_base(spectrum, range);
}
#endif
