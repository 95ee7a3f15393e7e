/* Equal channels give a difference of exactly 0, opposite ones exactly four times left.
 * Lanes of floats are added up for 512 frames at most, then go to doubles. */
#include "analysis/stereo_sums.h"

#include "analysis/bands.h"
#include "analysis/tenths.h"
#include "dsp/vec.h"

enum { FOLD = 512 };

/* Of a block: this, then its tenths, then the sums for each line. */
typedef struct Partial {
    double field[QM_STEREO_OCTAVES + 1][QM_STEREO_ANGLES];
    QmStereoEnergy whole;
    bool differ, differ_opposite; /* some frame has not L = R, not L = -R */
    uint32_t n_spectra;
} Partial;

/* --- sizes ------------------------------------------------------------------------- */

static uint32_t window_frames(const QmScanSpec *spec)
{
    return spec->block >> (QM_BLOCK_BITS - QM_SLOW_BITS);
}

/* All but the one at half the rate. */
static uint32_t lines_of(const QmScanSpec *spec) { return window_frames(spec) / 2; }

static size_t tenths_room(const QmScanSpec *spec)
{
    return ((size_t)qm_tenths_most(spec) + 3) / 4 * 4;
}

static bool is_stereo(const QmScanSpec *spec) { return spec->channels == 2; }

size_t qm_stereo_partial_size(const QmScanSpec *spec)
{
    if (!is_stereo(spec))
        return 0;
    return sizeof(Partial) + tenths_room(spec) * sizeof(QmStereoTenth) +
           QM_STEREO_SUMS * (size_t)lines_of(spec) * sizeof(float);
}

static QmStereoTenth *tenths_in(const Partial *partial)
{
    return (QmStereoTenth *)(void *)(partial + 1);
}

static float *sum_in(const QmFeatureCall *call, const Partial *partial, uint32_t which)
{
    const QmStereoSetup *const setup = call->setup;
    return (float *)(void *)(tenths_in(partial) + tenths_room(call->spec)) +
           (size_t)which * setup->lines;
}

bool qm_stereo_prepare(const QmFeatureCall *call, void *setup)
{
    QmStereoSetup *const s = setup;
    if (!is_stereo(call->spec))
        return true;
    s->lines = lines_of(call->spec);
    s->line_hz = call->spec->rate / window_frames(call->spec);
    s->octave = qm_arena_alloc(call->arena, s->lines, 1);
    s->fft = qm_fft_new(window_frames(call->spec), call->arena);
    if (!s->octave || !s->fft)
        return false;
    memset(s->octave, QM_STEREO_OCTAVES, s->lines);
    for (uint32_t i = 0; i < QM_STEREO_OCTAVES; i++) {
        const double from = qm_third_edge(qm_stereo_first_third(i)) / s->line_hz;
        const double to = qm_third_edge(qm_stereo_first_third(i + 1)) / s->line_hz;
        for (uint32_t k = (uint32_t)from + 1; k <= to && k < s->lines; k++)
            s->octave[k] = (uint8_t)i;
    }
    return true;
}

/* --- a block ----------------------------------------------------------------------- */

typedef struct Lanes {
    QmVec left, right, difference;
    QmVecI differ, differ_opposite; /* bits of all differences and sums */
} Lanes;

static void step(Lanes *x, QmVec l, QmVec r)
{
    const QmVec d = r - l;
    x->left += l * l;
    x->right += r * r;
    x->difference += d * d;
    x->differ |= (QmVecI)d;
    x->differ_opposite |= (QmVecI)(l + r);
}

static QmStereoEnergy fold(const Lanes *x)
{
    QmStereoEnergy e = {0};
    for (uint32_t k = 0; k < QM_LANES; k++) {
        e.left += (double)x->left[k];
        e.right += (double)x->right[k];
        e.difference += (double)x->difference[k];
    }
    return e;
}

static void add(QmStereoEnergy *to, QmStereoEnergy e)
{
    to->left += e.left;
    to->right += e.right;
    to->difference += e.difference;
}

static QmStereoEnergy energy_of(const float *left, const float *right, uint32_t n,
                                Partial *p)
{
    Lanes x = {0};
    uint32_t i = 0;
    for (; i + QM_LANES <= n; i += QM_LANES)
        step(&x, qm_vec_load(left + i), qm_vec_load(right + i));
    if (i < n) {
        float l[QM_LANES] = {0}, r[QM_LANES] = {0};
        memcpy(l, left + i, (n - i) * sizeof *l);
        memcpy(r, right + i, (n - i) * sizeof *r);
        step(&x, qm_vec_load(l), qm_vec_load(r));
    }
    p->differ |= qm_vec_any((QmVec)x.differ);
    p->differ_opposite |= qm_vec_any((QmVec)x.differ_opposite);
    return fold(&x);
}

static QmStereoEnergy energy_of_many(const QmBlock *block, int64_t at, uint32_t n,
                                     Partial *p)
{
    QmStereoEnergy sum = {0};
    for (uint32_t i = 0, part; i < n; i += part) {
        part = n - i < FOLD ? n - i : FOLD;
        add(&sum,
            energy_of(block->channel[0] + at + i, block->channel[1] + at + i, part, p));
    }
    add(&p->whole, sum);
    return sum;
}

void qm_stereo_scan(const QmFeatureCall *call, const QmBlock *block, void *partial)
{
    if (!is_stereo(call->spec))
        return;
    Partial *const p = partial;
    const QmTenths tenths = qm_tenths(call->spec, block);
    const uint32_t n = qm_tenth(call->spec);
    for (uint32_t i = 0; i < tenths.count; i++) {
        const QmStereoEnergy e = energy_of_many(block, tenths.at + (int64_t)i * n, n, p);
        tenths_in(p)[i] =
            (QmStereoTenth){(float)e.left, (float)e.right, (float)e.difference};
    }
    energy_of_many(block, tenths.at + (int64_t)tenths.count * n, tenths.rest, p);
}

void qm_stereo_slow(const QmFeatureCall *call, const QmBlock *block,
                    const QmSpectrum *spectrum, void *partial)
{
    (void)block;
    if (!is_stereo(call->spec))
        return;
    Partial *const p = partial;
    const QmStereoSetup *const s = call->setup;
    QmStereoBins sums = {.field = p->field};
    for (uint32_t i = 0; i < QM_STEREO_SUMS; i++)
        sums.sum[i] = sum_in(call, p, i);
    qm_stereo_bins(call->spec->isa, spectrum, s->lines, s->octave, &sums);
    p->n_spectra++;
}

bool qm_stereo_merge(const QmFeatureCall *call, const QmBlock *block, const void *partial,
                     void *state)
{
    const Partial *const p = partial;
    const QmStereoSetup *const setup = call->setup;
    QmStereoState *const s = state;
    s->frames += block->n;
    if (!is_stereo(call->spec))
        return true;
    for (uint32_t i = 0; i < QM_STEREO_OCTAVES; i++)
        for (uint32_t a = 0; a < QM_STEREO_ANGLES; a++)
            s->field[i][a] += p->field[i][a];
    add(&s->whole, p->whole);
    s->differ |= p->differ;
    s->differ_opposite |= p->differ_opposite;
    s->spectra += p->n_spectra;
    for (uint32_t i = 0; i < QM_STEREO_SUMS; i++) {
        if (!s->sum[i])
            s->sum[i] = QM_NEW_ARRAY(call->arena, double, setup->lines + 1);
        if (!s->sum[i])
            return false;
        const float *const sum = sum_in(call, p, i);
        for (uint32_t k = 0; k < setup->lines; k++)
            s->sum[i][k] += (double)sum[k];
    }
    return qm_list_append(&s->tenths, tenths_in(p), qm_tenths(call->spec, block).count,
                          sizeof(QmStereoTenth), call->arena);
}
