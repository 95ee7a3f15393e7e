/* Two second-order stages in double: a shelf of +4 dB for what the head does to high
 * frequencies, and a high-pass. BS.1770-5 gives their coefficients for 48 kHz; for other
 * rates they are designed anew from the analogue filters that, bilinearly transformed,
 * give those:
 *
 *     shelf      1681.974450955533 Hz, Q 0.7071752369554196, V = 3.999843853973347 dB
 *                b = V + V^0.4996667741545416 K/Q + K^2, 2 (K^2 - V), V - ... + K^2
 *     high-pass  38.13547087602444 Hz, Q 0.5003270373238773, b = 1, -2, 1
 *     both       a = 1 + K/Q + K^2, 2 (K^2 - 1), 1 - K/Q + K^2;  K = tan(pi f / rate)
 *
 * The high-pass is not scaled to pass highs as they are: 0.04 dB at 48 kHz that the table
 * has and -0.691 makes up for, 0.09 at 22 050, 0.26 at 8 kHz. libebur128 has the same.
 *
 * A filter is a chain of operations that wait for each other; eight stretches of time go
 * through it in step, and two registers of lanes at once hide what is left of the
 * waiting. A stretch starts from rest 125 ms early. The high-pass forgets as (1 + w t)
 * exp(-w t), w = 2 pi 38.1 Hz: by then all but 3e-12 of what was before, and the warm-up
 * itself sees the signal.
 *
 * Sums run in the order of frames. Each bin, state is cleared of what is below 1e-30
 * (rule R7), above 1e30 or no number.
 *
 * Sources: ITU-R BS.1770-5, annex 1; the analogue filters: B. De Man, "Evaluation of
 * implementations of the EBU R128 loudness measurement", AES 145 (2018). */
#include "analysis/k_weight.h"

#include "base/qmath.h"
#include "dsp/transpose.h"
#include "dsp/wide.h"

enum { CHUNK = 64, AT_ONCE = 2, PASS = QM_WIDE_LANES * AT_ONCE };

typedef struct Lanes {
    QmWide s1[2], s2[2], energy; /* of the two stages */
} Lanes;

QM_INLINE QmWide clean(QmWide x)
{
    const QmWide a = qm_wide_abs(x);
    return (QmWide)((QmWideI)x & (a > qm_wide(1e-30)) & (a < qm_wide(1e30)));
}

QM_INLINE QmWide stage(const QmKWeight *k, const int i, QmWide *s1, QmWide *s2, QmWide x)
{
    const QmWide y = x + *s1, next = *s2 - qm_wide(k->a1[i]) * *s1;
    *s2 = qm_wide(k->to2[i]) * x - qm_wide(k->a2[i]) * *s1;
    *s1 = qm_wide(k->to1[i]) * x + next;
    return y;
}

/* n rows of eight lanes through AT_ONCE registers of them. */
QM_INLINE void filter(const QmKWeight *const k, const float *rows, uint32_t n,
                      Lanes *lanes)
{
    Lanes l[AT_ONCE];
    memcpy(l, lanes, sizeof l);
    for (const float *const end = rows + n * QM_K_LANES; rows != end; rows += QM_K_LANES)
        for (int u = 0; u < AT_ONCE; u++) {
            const QmWide in = qm_wide_load(rows + u * QM_WIDE_LANES);
            const QmWide bright = stage(k, 0, &l[u].s1[0], &l[u].s2[0], in);
            const QmWide y = stage(k, 1, &l[u].s1[1], &l[u].s2[1], bright);
            l[u].energy += y * y;
        }
    memcpy(lanes, l, sizeof l);
}

/* The next n frames of all lanes. */
static void feed(const QmKWeight *k, const float *at[QM_K_LANES], uint32_t n,
                 Lanes lanes[QM_WIDES])
{
    QmVec rows[CHUNK];
    while (n > 0) {
        const uint32_t part = n < CHUNK ? n : CHUNK;
        for (uint32_t i = 0; i < part; i += QM_LANES) {
            for (int c = 0; c < QM_K_LANES; c++)
                rows[i + (uint32_t)c] = qm_vec_load(at[c] + i);
            qm_transpose(rows + i);
        }
        for (int p = 0; p < QM_K_LANES; p += PASS)
            filter(k, (const float *)rows + p, part, lanes + p / QM_WIDE_LANES);
        for (int c = 0; c < QM_K_LANES; c++)
            at[c] += part;
        n -= part;
    }
}

static void take(const QmKWeight *k, Lanes *lanes, double *energy)
{
    for (int r = 0; r < QM_WIDES; r++) {
        Lanes *const l = &lanes[r];
        for (int i = 0; i < QM_WIDE_LANES; i++) {
            const double sum = l->energy[i] * k->power;
            energy[r * QM_WIDE_LANES + i] = sum < 1e90 ? sum : 0;
        }
        for (int i = 0; i < 2; i++) {
            l->s1[i] = clean(l->s1[i]);
            l->s2[i] = clean(l->s2[i]);
        }
        l->energy = qm_wide(0);
    }
}

void QM_ISA(qm_k_energies)(const QmKWeight *k, const float *const at[QM_K_LANES],
                           uint32_t tenths, double *energy)
{
    Lanes lanes[QM_WIDES] = {0};
    const float *from[QM_K_LANES];
    for (int c = 0; c < QM_K_LANES; c++)
        from[c] = at[c] - k->warm_up;
    feed(k, from, k->warm_up, lanes);
    take(k, lanes, energy);
    for (uint32_t bin = 0; bin < tenths * QM_K_BINS; bin++) {
        const uint32_t i = bin % QM_K_BINS;
        feed(k, from, k->ends[i + 1] - k->ends[i], lanes);
        take(k, lanes, energy + bin * QM_K_LANES);
    }
}

#ifndef QM_BUILD_AVX2
static void design(QmKWeight *k, int stage_no, double w, double q, const double b[3])
{
    const double a0 = 1 + w / q + w * w;
    k->a1[stage_no] = 2 * (w * w - 1) / a0;
    k->a2[stage_no] = (1 - w / q + w * w) / a0;
    k->to1[stage_no] = b[1] / b[0] - k->a1[stage_no];
    k->to2[stage_no] = b[2] / b[0] - k->a2[stage_no];
}

void qm_k_weight_init(QmKWeight *k, double rate, uint32_t tenth)
{
    const double w = qm_tan(QM_PI * 1681.974450955533 / rate), q = 0.7071752369554196;
    const double high = qm_db_to_gain(3.999843853973347);
    const double mid = qm_pow(high, 0.4996667741545416) * w / q;
    const double shelf[] = {high + mid + w * w, 2 * (w * w - high), high - mid + w * w};
    const double pass[] = {1, -2, 1};
    design(k, 0, w, q, shelf);
    design(k, 1, qm_tan(QM_PI * 38.13547087602444 / rate), 0.5003270373238773, pass);
    const double b0 = shelf[0] / (1 + w / q + w * w);
    k->power = b0 * b0;
    k->tenth = tenth;
    k->warm_up = (uint32_t)(rate / 8);
    for (uint32_t i = 0; i <= QM_K_BINS; i++)
        k->ends[i] = (uint32_t)((uint64_t)tenth * i / QM_K_BINS);
}

void qm_k_energies(QmIsa isa, const QmKWeight *k, const float *const at[QM_K_LANES],
                   uint32_t tenths, double *energy)
{
#if QM_HAVE_AVX2
    if (isa == QM_ISA_AVX2) {
        qm_k_energies_avx2(k, at, tenths, energy);
        return;
    }
#endif
    (void)isa;
    qm_k_energies_base(k, at, tenths, energy);
}
#endif
