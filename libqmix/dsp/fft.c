/* See dsp/fft.h. */
#include "dsp/fft.h"

#include "dsp/transpose.h"

/* Eight complex numbers, one a lane. */
typedef struct Eight {
    QmVec re, im;
} Eight;

QM_INLINE Eight plus(Eight a, Eight b) { return (Eight){a.re + b.re, a.im + b.im}; }
QM_INLINE Eight minus(Eight a, Eight b) { return (Eight){a.re - b.re, a.im - b.im}; }
QM_INLINE Eight times(Eight a, QmVec re, QmVec im)
{
    return (Eight){a.re * re - a.im * im, a.re * im + a.im * re};
}

/* One step of Stockham's: `count` transforms of `length` in x, interleaved, become four
 * times as many of a quarter of it in y. */
QM_INLINE void by_four(uint32_t length, uint32_t count, const float *table_re,
                       const float *table_im, uint32_t stride, const Eight *x, Eight *y)
{
    const uint32_t quarter = length / 4, gap = count * quarter;
    for (uint32_t p = 0; p < quarter; p++) {
        const uint32_t t = p * stride;
        const QmVec re1 = qm_vec(table_re[t]), im1 = qm_vec(table_im[t]);
        const QmVec re2 = qm_vec(table_re[2 * t]), im2 = qm_vec(table_im[2 * t]);
        const QmVec re3 = qm_vec(table_re[3 * t]), im3 = qm_vec(table_im[3 * t]);
        for (uint32_t q = 0; q < count; q++) {
            const Eight *const from = x + p * count + q;
            Eight *const to = y + 4 * p * count + q;
            const Eight a = from[0], b = from[gap], c = from[2 * gap], d = from[3 * gap];
            const Eight ac = plus(a, c), bd = plus(b, d);
            const Eight apart = minus(a, c), other = minus(b, d);
            const Eight turned = {-other.im, other.re};
            to[0] = plus(ac, bd);
            to[count] = times(minus(apart, turned), re1, im1);
            to[2 * count] = times(minus(ac, bd), re2, im2);
            to[3 * count] = times(plus(apart, turned), re3, im3);
        }
    }
}

QM_INLINE void by_two(uint32_t count, const Eight *x, Eight *y)
{
    for (uint32_t q = 0; q < count; q++) {
        y[q] = plus(x[q], x[count + q]);
        y[count + q] = minus(x[q], x[count + q]);
    }
}

/* Eight transforms of length n, from x; the result lies in what is returned, x or y. */
static Eight *short_transform(uint32_t n, const float *table_re, const float *table_im,
                              Eight *x, Eight *y)
{
    uint32_t count = 1;
    for (uint32_t length = n; length > 1; count *= 4, length /= 4) {
        if (length == 2)
            by_two(count, x, y);
        else
            by_four(length, count, table_re, table_im, count, x, y);
        Eight *const swap = x;
        x = y;
        y = swap;
    }
    return x;
}

/* Down eight columns from `column` on; what comes out goes to turned[column][row]. */
static void down(const QmFft *fft, const float *re, const float *im, uint32_t column,
                 Eight *x, float *turned_re, float *turned_im)
{
    const uint32_t rows = fft->rows, columns = fft->columns;
    for (uint32_t r = 0; r < rows; r++) {
        x[r].re = qm_vec_load(re + r * columns + column);
        x[r].im = qm_vec_load(im + r * columns + column);
    }
    const Eight *const y = short_transform(rows, fft->row_re, fft->row_im, x, x + rows);
    for (uint32_t r = 0; r < rows; r += QM_LANES) {
        QmVec a[QM_LANES], b[QM_LANES];
        for (uint32_t k = 0; k < QM_LANES; k++) {
            const size_t at = (size_t)(r + k) * columns + column;
            const Eight v = times(y[r + k], qm_vec_load(fft->turn_re + at),
                                  qm_vec_load(fft->turn_im + at));
            a[k] = v.re;
            b[k] = v.im;
        }
        qm_transpose(a);
        qm_transpose(b);
        for (uint32_t k = 0; k < QM_LANES; k++) {
            qm_vec_store(turned_re + (size_t)(column + k) * rows + r, a[k]);
            qm_vec_store(turned_im + (size_t)(column + k) * rows + r, b[k]);
        }
    }
}

/* Along eight rows from `row` on. */
static void along(const QmFft *fft, const float *turned_re, const float *turned_im,
                  uint32_t row, Eight *x, float *re, float *im)
{
    const uint32_t rows = fft->rows, columns = fft->columns;
    for (uint32_t c = 0; c < columns; c++) {
        x[c].re = qm_vec_load(turned_re + (size_t)c * rows + row);
        x[c].im = qm_vec_load(turned_im + (size_t)c * rows + row);
    }
    const Eight *const y =
        short_transform(columns, fft->column_re, fft->column_im, x, x + columns);
    for (uint32_t c = 0; c < columns; c++) {
        qm_vec_store(re + (size_t)c * rows + row, y[c].re);
        qm_vec_store(im + (size_t)c * rows + row, y[c].im);
    }
}

void QM_ISA(qm_fft)(const QmFft *fft, float *re, float *im, float *work)
{
    float *const turned_re = work, *const turned_im = work + fft->n;
    Eight *const x = (Eight *)(void *)(work + 2 * (size_t)fft->n);
    for (uint32_t column = 0; column < fft->columns; column += QM_LANES)
        down(fft, re, im, column, x, turned_re, turned_im);
    for (uint32_t row = 0; row < fft->rows; row += QM_LANES)
        along(fft, turned_re, turned_im, row, x, re, im);
}
