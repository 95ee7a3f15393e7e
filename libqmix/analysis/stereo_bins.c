/* A line of a short-time spectrum has a complex amplitude left and one right. As time
 * goes on it draws an ellipse on a goniometer, whose long axis has the direction
 *
 *     2 a = atan2(|r|^2 - |l|^2, 2 Re(l conj r))
 *
 * from the middle: of a source that is panned by amplitudes, tan a = (R - L) / (R + L).
 * With m = l + r and s = r - l these are the parts of
 *
 *     m conj s = (|r|^2 - |l|^2) + j 2 Im(l conj r),   |m|^2 - |s|^2 = 4 Re(l conj r)
 *
 * Left, right, mid and side are summed each for itself: what is next to nothing beside
 * the others is not their difference, and equal channels give a side of exactly 0. */
#include "analysis/stereo_bins.h"

#include "dsp/vec.h"

/* atan2(y, x) in turns, -0.5..0.5, within 3e-6; 0 of (0, 0). The polynomial is 4.4.49 of
 * Abramowitz and Stegun (1964). */
QM_INLINE QmVec turns_of(QmVec y, QmVec x)
{
    const QmVec ax = qm_vec_abs(x), ay = qm_vec_abs(y);
    const QmVec high = qm_vec_max(qm_vec_max(ax, ay), qm_vec(1e-37f));
    const QmVec z = qm_vec_min(ax, ay) / high, w = z * z;
    QmVec p = qm_vec(0.0208351f) * w + qm_vec(-0.0851330f);
    p = p * w + qm_vec(0.1801410f);
    p = p * w + qm_vec(-0.3302995f);
    p = p * w + qm_vec(0.9998660f);
    p = p * z * qm_vec(0.159154943f);
    p = qm_vec_select(qm_vec_less(ax, ay), qm_vec(0.25f) - p, p);
    p = qm_vec_select(qm_vec_less(x, qm_vec(0)), qm_vec(0.5f) - p, p);
    return qm_vec_select(qm_vec_less(y, qm_vec(0)), -p, p);
}

/* The direction's cell: half a turn of 2 a either way is the same one, the last. */
QM_INLINE QmVecI angle_of(QmVec y, QmVec x)
{
    const QmVec half = qm_vec(QM_STEREO_ANGLES / 2 + 0.5f);
    const QmVec place = turns_of(y, x) * qm_vec(QM_STEREO_ANGLES) + half;
    const QmVecI cell = __builtin_convertvector(place, QmVecI) - 1;
    return cell + (qm_veci(QM_STEREO_ANGLES) & (cell < qm_veci(0)));
}

QM_INLINE void add(float *sum, QmVec x) { qm_vec_store(sum, qm_vec_load(sum) + x); }

void QM_ISA(qm_stereo_bins)(const QmSpectrum *spectrum, uint32_t count,
                            const uint8_t *octave, const QmStereoBins *sums)
{
    float *const *const sum = sums->sum;
    for (uint32_t k = 0; k < count; k += QM_LANES) {
        const QmVec l_re = qm_vec_load(spectrum->re[0] + k);
        const QmVec l_im = qm_vec_load(spectrum->im[0] + k);
        const QmVec r_re = qm_vec_load(spectrum->re[1] + k);
        const QmVec r_im = qm_vec_load(spectrum->im[1] + k);
        const QmVec m_re = l_re + r_re, m_im = l_im + r_im;
        const QmVec s_re = r_re - l_re, s_im = r_im - l_im;
        const QmVec mid = qm_vec(0.5f) * (m_re * m_re + m_im * m_im);
        const QmVec side = qm_vec(0.5f) * (s_re * s_re + s_im * s_im);
        add(sum[QM_STEREO_LEFT] + k, l_re * l_re + l_im * l_im);
        add(sum[QM_STEREO_RIGHT] + k, r_re * r_re + r_im * r_im);
        add(sum[QM_STEREO_MID] + k, mid);
        add(sum[QM_STEREO_SIDE] + k, side);
        add(sum[QM_STEREO_TURN] + k, m_im * s_re - m_re * s_im);
        const QmVecI angle = angle_of(m_re * s_re + m_im * s_im, mid - side);
        const QmVec energy = mid + side;
        for (uint32_t lane = 0; lane < QM_LANES; lane++)
            sums->field[octave[k + lane]][angle[lane]] += (double)energy[lane];
    }
}

#ifndef QM_BUILD_AVX2
void qm_stereo_bins(QmIsa isa, const QmSpectrum *spectrum, uint32_t count,
                    const uint8_t *octave, const QmStereoBins *sums)
{
#if QM_HAVE_AVX2
    if (isa == QM_ISA_AVX2) {
        qm_stereo_bins_avx2(spectrum, count, octave, sums);
        return;
    }
#endif
    (void)isa;
    qm_stereo_bins_base(spectrum, count, octave, sums);
}
#endif
