/* The delay that makes the null deepest is where the cross-correlation
 *
 *     r[d] = sum over i of a[i] b[i + d]
 *
 * is largest in magnitude: for the best gain g, |a - g b|^2 = |a|^2 - r^2 / |b|^2. Its
 * sign there is the polarity.
 *
 * All of both files counts, in bounded memory: A is cut into stretches, each is held
 * against as much of B and what lies `reach` before and behind it, and as no lag wraps
 * around in a transform that long, the products of the spectra are simply added up,
 *
 *     P[k] = sum over stretches of conj A[k] B[k],     r = inverse transform of P,
 *
 * in double. A and B go through one complex transform (dsp/fft.h). (Correlation by FFT:
 * Press et al., Numerical Recipes, 3rd ed., 13.2.)
 *
 * Channels are added up beforehand, with weights of which no two are alike: left minus
 * right is as good a signal as left plus right. */
#include "analysis/align.h"

#include "base/qmath.h"
#include "dsp/fft.h"

#include <string.h>

enum { REACH_SECONDS = 2 };

struct QmAlign {
    uint32_t channels, n, reach, stretch; /* n >= stretch + 2 reach */
    QmIsa isa;
    const QmFft *fft;
    float *a, *b;           /* [n]: from `reach` frames before the stretch */
    uint32_t filled;        /* of them */
    int64_t frames, looked; /* fed; at which the stretch begins */
    double a_power, b_power;
    double *re, *im;           /* [n / 2 + 1]: P */
    float *z_re, *z_im, *work; /* a transform */
    float weights[32];         /* of the channels */
};

QmAlign *qm_align_new(double rate, uint32_t channels, QmIsa isa, QmArena *arena)
{
    QmAlign *const align = QM_NEW(arena, QmAlign);
    if (!align)
        return NULL;
    const double wanted = REACH_SECONDS * rate;
    uint32_t n = QM_FFT_MIN;
    /* At least three fifths of a transform are the stretch, where its length allows. */
    while (n < QM_FFT_MAX && n < 5 * wanted)
        n *= 2;
    align->channels = channels;
    align->n = n;
    align->reach = wanted < n / 4 ? (uint32_t)wanted : n / 4;
    align->stretch = n - 2 * align->reach;
    align->filled = align->reach;
    align->isa = isa;
    align->fft = qm_fft_new(n, arena);
    align->a = QM_NEW_ARRAY(arena, float, n);
    align->b = QM_NEW_ARRAY(arena, float, n);
    align->z_re = QM_NEW_ARRAY(arena, float, n);
    align->z_im = QM_NEW_ARRAY(arena, float, n);
    align->re = QM_NEW_ARRAY(arena, double, n / 2 + 1);
    align->im = QM_NEW_ARRAY(arena, double, n / 2 + 1);
    align->work = align->fft ? QM_NEW_ARRAY(arena, float, qm_fft_work(align->fft)) : NULL;
    for (uint32_t c = 0; c < channels && c < 32; c++) {
        const double turn = 0.618033988749895 * c; /* never near the same twice */
        align->weights[c] = (float)(1 + turn - (double)(int)turn);
    }
    return align->work && align->a && align->b && align->z_re && align->z_im &&
                   align->re && align->im
               ? align
               : NULL;
}

int64_t qm_align_reach(const QmAlign *align) { return align->reach; }

/* P += conj A B of the stretch, from Z = A + j B. */
static void add_products(QmAlign *align)
{
    const float *const re = align->z_re, *const im = align->z_im;
    for (uint32_t k = 0; k <= align->n / 2; k++) {
        const uint32_t mirror = (align->n - k) & (align->n - 1);
        const double x = (double)re[k], y = (double)im[k];
        const double u = (double)re[mirror], v = (double)im[mirror];
        align->re[k] += 0.5 * (x * v + u * y);
        align->im[k] += 0.25 * ((u * u + v * v) - (x * x + y * y));
    }
}

static void look(QmAlign *align)
{
    const uint32_t reach = align->reach, stretch = align->stretch;
    memset(align->z_re, 0, align->n * sizeof(float));
    memcpy(align->z_re + reach, align->a + reach, stretch * sizeof(float));
    memcpy(align->z_im, align->b, align->n * sizeof(float));
    double a = 0, b = 0;
    for (uint32_t i = reach; i < reach + stretch; i++) {
        a += (double)align->a[i] * (double)align->a[i];
        b += (double)align->b[i] * (double)align->b[i];
    }
    align->a_power += a;
    align->b_power += b;
    if (a > 0) {
        qm_fft(align->fft, align->isa, align->z_re, align->z_im, align->work);
        add_products(align);
    }
    memmove(align->a, align->a + stretch, 2 * (size_t)reach * sizeof(float));
    memmove(align->b, align->b + stretch, 2 * (size_t)reach * sizeof(float));
    align->filled = 2 * reach;
    align->looked += stretch;
}

static void mix(const QmAlign *align, const float *in, uint32_t n, float *out)
{
    if (!in) {
        memset(out, 0, n * sizeof(float));
        return;
    }
    for (uint32_t i = 0; i < n; i++) {
        const float *const frame = in + (size_t)i * align->channels;
        float sum = 0;
        for (uint32_t c = 0; c < align->channels; c++)
            sum += align->weights[c] * frame[c];
        out[i] = sum;
    }
}

void qm_align_add(QmAlign *align, const float *a, const float *b, uint32_t n)
{
    for (uint32_t done = 0; done < n;) {
        const uint32_t room = align->n - align->filled;
        const uint32_t now = n - done < room ? n - done : room;
        const size_t at = (size_t)done * align->channels;
        mix(align, a ? a + at : NULL, now, align->a + align->filled);
        mix(align, b ? b + at : NULL, now, align->b + align->filled);
        align->filled += now;
        done += now;
        if (align->filled == align->n)
            look(align);
    }
    align->frames += n;
}

/* r into z_re: lag d at d, or at n + d. */
static void correlate(QmAlign *align)
{
    const uint32_t n = align->n;
    for (uint32_t k = 0; k <= n / 2; k++) {
        const uint32_t mirror = (n - k) & (n - 1);
        align->z_re[k] = (float)(align->re[k] / n);
        align->z_im[k] = (float)(align->im[k] / n);
        align->z_re[mirror] = align->z_re[k];
        align->z_im[mirror] = -align->z_im[k];
    }
    align->z_im[0] = 0;
    align->z_im[n / 2] = 0;
    qm_fft(align->fft, align->isa, align->z_im, align->z_re, align->work);
}

static float magnitude(float x) { return x < 0 ? -x : x; }

QmAlignment qm_align_find(QmAlign *align)
{
    const QmAlignment none = {.gain = 1};
    while (align->looked < align->frames) {
        memset(align->a + align->filled, 0, (align->n - align->filled) * sizeof(float));
        memset(align->b + align->filled, 0, (align->n - align->filled) * sizeof(float));
        look(align);
    }
    if (!(align->a_power > 0 && align->b_power > 0))
        return none;
    correlate(align);
    int64_t delay = 0;
    float best = align->z_re[0];
    for (uint32_t d = 1; d <= align->reach; d++) { /* of equals the nearest */
        const float later = align->z_re[d], earlier = align->z_re[align->n - d];
        if (magnitude(later) > magnitude(best)) {
            best = later;
            delay = d;
        }
        if (magnitude(earlier) > magnitude(best)) {
            best = earlier;
            delay = -(int64_t)d;
        }
    }
    const double correlation =
        (double)best / (qm_sqrt(align->a_power) * qm_sqrt(align->b_power));
    /* By Cauchy and Schwarz 1 at most, but for samples that overflow the transform. */
    const double size = correlation < 0 ? -correlation : correlation;
    if (!(size >= QM_ALIGNED && size < 1.1))
        return none;
    return (QmAlignment){true, delay, correlation, (double)best / align->b_power};
}
