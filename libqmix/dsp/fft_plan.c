/* The tables of a transform, and the choice of the build that runs it. */
#include "base/qmath.h"
#include "dsp/fft.h"

static bool turns(QmArena *arena, uint32_t n, float **re, float **im)
{
    *re = QM_NEW_ARRAY(arena, float, n);
    *im = QM_NEW_ARRAY(arena, float, n);
    if (!*re || !*im)
        return false;
    for (uint32_t i = 0; i < n; i++) {
        (*re)[i] = (float)qm_cos_turns((double)i / n);
        (*im)[i] = (float)-qm_sin_turns((double)i / n);
    }
    return true;
}

QmFft *qm_fft_new(uint32_t n, QmArena *arena)
{
    QmFft *fft = QM_NEW(arena, QmFft);
    if (!fft)
        return NULL;
    fft->n = n;
    for (fft->rows = 8; fft->rows * fft->rows * 4 <= n;)
        fft->rows *= 2;
    fft->columns = n / fft->rows;
    fft->turn_re = QM_NEW_ARRAY(arena, float, n);
    fft->turn_im = QM_NEW_ARRAY(arena, float, n);
    if (!fft->turn_re || !fft->turn_im ||
        !turns(arena, fft->rows, &fft->row_re, &fft->row_im) ||
        !turns(arena, fft->columns, &fft->column_re, &fft->column_im))
        return NULL;
    for (uint32_t row = 0; row < fft->rows; row++)
        for (uint32_t column = 0; column < fft->columns; column++) {
            const double turn = (double)row * column / n;
            fft->turn_re[row * fft->columns + column] = (float)qm_cos_turns(turn);
            fft->turn_im[row * fft->columns + column] = (float)-qm_sin_turns(turn);
        }
    return fft;
}

size_t qm_fft_work(const QmFft *fft)
{
    /* The matrix turned over, and two short transforms of eight lanes. */
    return 2 * (size_t)fft->n + 4 * 8 * (size_t)fft->columns;
}

void qm_fft(const QmFft *fft, QmIsa isa, float *re, float *im, float *work)
{
#if QM_HAVE_AVX2
    if (isa == QM_ISA_AVX2) {
        qm_fft_avx2(fft, re, im, work);
        return;
    }
#endif
    (void)isa;
    qm_fft_base(fft, re, im, work);
}
