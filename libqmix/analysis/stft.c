/* Two windows of real samples go through one complex transform: left and right, or a
 * window and the next. Which two go together is fixed by their index, so that the last
 * bit of a spectrum does not depend on where blocks begin. */
#include "analysis/stft.h"

#include "base/qmath.h"

static const struct {
    int bits, hop_bits;
} kinds[] = {
    [QM_STFT_FAST] = {QM_FAST_BITS, QM_FAST_HOP_BITS},
    [QM_STFT_SLOW] = {QM_SLOW_BITS, QM_SLOW_HOP_BITS},
};

/* Hann, times g with (g x window)^2 summing up to the mean square: the squared magnitudes
 * of a transform add up to n times those of the samples, every bin but the first and the
 * last stands for two, and splitting two spectra gives twice each. */
static void make_window(QmStft *stft)
{
    const double squares = 3.0 / 8 * stft->n;
    const double gain = 0.5 * qm_sqrt(2 / (squares * stft->n));
    for (uint32_t i = 0; i < stft->n; i++)
        stft->window[i] = (float)(gain * (0.5 - 0.5 * qm_cos_turns((double)i / stft->n)));
}

QmStft *qm_stft_new(QmStftKind kind, const QmScanSpec *spec, QmArena *arena)
{
    QmStft *stft = QM_NEW(arena, QmStft);
    if (!stft)
        return NULL;
    stft->kind = kind;
    stft->n = 1u << (kinds[kind].bits + spec->scale);
    stft->hop = 1u << (kinds[kind].hop_bits + spec->scale);
    stft->pair = kind == QM_STFT_SLOW && spec->channels > 1;
    stft->window = QM_NEW_ARRAY(arena, float, stft->n);
    stft->fft = qm_fft_new(stft->n, arena);
    if (!stft->window || !stft->fft)
        return NULL;
    make_window(stft);
    return stft;
}

/* What a transform works on: re[n], im[n], the fft's own, and two spectra. */
static size_t bins_room(const QmStft *stft) { return stft->n / 2 + 16; }

size_t qm_stft_work(const QmStft *stft)
{
    return sizeof(float) *
           (2 * (size_t)stft->n + qm_fft_work(stft->fft) + 4 * bins_room(stft));
}

/* Four floats: what every machine has registers for. All below is elementwise. */
typedef float Four __attribute__((vector_size(16)));
typedef float FourU __attribute__((vector_size(16), aligned(4))); /* unaligned access */
enum { FOUR = 4 };

static Four four(const float *x) { return *(const FourU *)x; }
static void put(float *to, Four x) { *(FourU *)to = x; }
/* x[0], x[-1], x[-2], x[-3] */
static Four backwards(const float *x)
{
    const Four y = four(x - (FOUR - 1));
    return __builtin_shufflevector(y, y, 3, 2, 1, 0);
}

/* The samples from `start` on under the window: one channel, or the middle of two. */
static void load_one(const QmStft *stft, const float *x, float *out)
{
    for (uint32_t i = 0; i < stft->n; i += FOUR)
        put(out + i, four(x + i) * four(stft->window + i));
}

static void load_middle(const QmStft *stft, const float *l, const float *r, float *out)
{
    const Four half = {0.5f, 0.5f, 0.5f, 0.5f};
    for (uint32_t i = 0; i < stft->n; i += FOUR)
        put(out + i, half * (four(l + i) + four(r + i)) * four(stft->window + i));
}

static void load(const QmStft *stft, const QmScanSpec *spec, const QmBlock *block,
                 int64_t index, float *re, float *im)
{
    const int64_t start = index * stft->hop - stft->n / 2 - block->at;
    const float *const l = block->channel[0] + start;
    if (stft->pair) {
        load_one(stft, l, re);
        load_one(stft, block->channel[1] + start, im);
    } else if (spec->channels > 1) {
        const float *const r = block->channel[1] + start;
        load_middle(stft, l, r, re);
        load_middle(stft, l + stft->hop, r + stft->hop, im);
    } else {
        load_one(stft, l, re);
        load_one(stft, l + stft->hop, im);
    }
}

/* The two spectra in X, see dsp/fft.h. The ends stand for one bin only. What the last
 * four write at n / 2 is written again. */
static void split(uint32_t n, const float *re, const float *im, float *const out[4])
{
    for (uint32_t k = 1; k < n / 2; k += FOUR) {
        const Four a = four(re + k), c = backwards(re + n - k);
        const Four b = four(im + k), d = backwards(im + n - k);
        put(out[0] + k, a + c);
        put(out[1] + k, b - d);
        put(out[2] + k, b + d);
        put(out[3] + k, c - a);
    }
    const float end = 1.41421356f;
    for (uint32_t k = 0; k <= n / 2; k += n / 2) {
        out[0][k] = end * re[k];
        out[2][k] = end * im[k];
        out[1][k] = out[3][k] = 0;
    }
}

void qm_stft_scan(const QmStft *stft, const QmScanSpec *spec, const QmBlock *block,
                  void *work, void (*take)(void *self, const QmSpectrum *spectrum),
                  void *self)
{
    float *const re = work, *const im = re + stft->n, *const own = im + stft->n;
    float *const first = own + qm_fft_work(stft->fft);
    float *out[4];
    for (uint32_t i = 0; i < 4; i++)
        out[i] = first + i * bins_room(stft);
    const uint32_t step = stft->pair ? 1 : 2;
    const int64_t end = block->at + block->n;
    for (int64_t i = block->at / stft->hop; i * stft->hop < end; i += step) {
        load(stft, spec, block, i, re, im);
        qm_fft(stft->fft, spec->isa, re, im, own);
        split(stft->n, re, im, out);
        QmSpectrum s = {i, stft->n / 2 + 1, stft->hop, {out[0]}, {out[1]}};
        if (stft->pair) {
            s.re[1] = out[2];
            s.im[1] = out[3];
        }
        take(self, &s);
        if (!stft->pair && (i + 1) * stft->hop < end)
            take(self, &(QmSpectrum){i + 1, s.bins, s.hop, {out[2]}, {out[3]}});
    }
}
