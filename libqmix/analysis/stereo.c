/* Stereo: how left and right stand to each other.
 *
 * From the samples, in cells of 100 ms: sums of L^2, R^2 and (R - L)^2, so that equal and
 * opposite channels give correlations of exactly 1 and -1,
 *
 *     correlation = sum L R / sqrt(sum L^2 sum R^2)        as meters do: DC counts
 *     M = (L + R) / sqrt 2, S = (R - L) / sqrt 2           M^2 + S^2 = L^2 + R^2
 *     width       = sum S^2 / sum (M^2 + S^2)
 *     side        = 10 log10(sum S^2 / sum M^2)
 *     balance     = 10 log10(sum R^2 / sum L^2)
 *     mono loss   = 10 log10(sum (L^2 + R^2) / sum (L + R)^2)
 *
 * Unrelated channels add by power: no loss. Folded as (L + R) / 2, a source in the middle
 * stays as loud as it was, and all else falls by 3.01 dB plus the mono loss. In 53 of 56
 * mixes and masters no octave lost more than 1 dB, so what loses 1.5 dB stands out.
 *
 * From the slow spectra the same sums for every line, by Parseval: bands are sums over
 * lines, and so is the energy below 120 Hz.
 *
 * The delay between the channels is where the whitened cross-correlation
 *
 *     c(t) = 1/K sum over K lines of Re(G / sqrt(P_L P_R) exp(-2 pi j f t))
 *
 * is highest, with G the mean of L conj R (the smoothed coherence transform: Carter,
 * Nuttall, Cable 1973; Knapp and Carter 1976). Averaging comes before whitening, so lines
 * that have nothing in common add nothing, and c is 1 where one channel is the other,
 * later.
 *
 * Polarity: kick and bass are close to the middle in nearly all music (long waves, vinyl,
 * single subwoofers), so where what is below 250 Hz cancels, a channel has been flipped;
 * effects in opposite polarity lie above. */
#include "analysis/stereo.h"

#include "analysis/bands.h"
#include "analysis/stereo_sums.h"
#include "analysis/tenths.h"
#include "base/qmath.h"
#include "base/sort.h"

enum {
    DELAY_MS = 5,
    LOW_FROM = 20, /* Hz: what is below is no sound, and leaks from DC */
    LOW_TO = 120,
    BASS_TO = 250,
};

static const char SILENCE[] = "digital silence", ONE_SILENT[] = "one channel is silent";

static double limited(double x, double limit)
{
    x = x < limit ? x : limit;
    return x > -limit ? x : -limit;
}

/* 10 log10(a / b); the limits where one is 0. */
static QmMeasured ratio_db(double a, double b)
{
    if (a <= 0 && b <= 0)
        return qm_unmeasured(SILENCE);
    if (a <= 0 || b <= 0)
        return qm_measured(a > 0 ? QM_STEREO_LIMIT_DB : -QM_STEREO_LIMIT_DB);
    return qm_measured(limited(10 * (qm_log10(a) - qm_log10(b)), QM_STEREO_LIMIT_DB));
}

/* Sums of left and right, mid and side. */
typedef struct Sums {
    double left, right, mid, side;
} Sums;

static Sums sums_of(QmStereoEnergy e)
{
    const double mid = e.left + e.right - e.difference / 2;
    return (Sums){e.left, e.right, mid > 0 ? mid : 0, e.difference / 2};
}

/* Of what lies between two frequencies, per spectrum. */
static Sums sums_of_band(const QmStereoSetup *setup, const QmStereoState *s, double from,
                         double to)
{
    double sum[QM_STEREO_SIDE + 1] = {0};
    for (uint32_t i = 0; i <= QM_STEREO_SIDE && s->spectra; i++)
        sum[i] = qm_band_power(s->sum[i], setup->lines + 1, setup->line_hz, from, to) /
                 (double)s->spectra;
    return (Sums){sum[QM_STEREO_LEFT], sum[QM_STEREO_RIGHT], sum[QM_STEREO_MID],
                  sum[QM_STEREO_SIDE]};
}

static Sums sums_of_all(const QmStereoSetup *setup, const QmStereoState *s)
{
    return sums_of_band(setup, s, LOW_FROM, setup->lines * setup->line_hz);
}

static double power(Sums x) { return x.mid + x.side; }

static QmMeasured correlation_of(Sums x)
{
    if (power(x) <= 0)
        return qm_unmeasured(SILENCE);
    if (x.left <= 0 || x.right <= 0)
        return qm_unmeasured(ONE_SILENT);
    const double both = qm_sqrt(x.left * x.right);
    return qm_measured(limited((x.mid - x.side) / 2 / both, 1));
}

static QmMeasured width_of(Sums x)
{
    return power(x) > 0 ? qm_measured(x.side / power(x)) : qm_unmeasured(SILENCE);
}

static QmMeasured mono_loss_of(Sums x) { return ratio_db(power(x), 2 * x.mid); }

static QmStereoBand band_of(const QmStereoSetup *setup, const QmStereoState *s,
                            double nominal, double from, double to)
{
    QmStereoBand band = {.freq = qm_measured(nominal)};
    if (from >= setup->lines * setup->line_hz) {
        band.level = band.correlation = band.width = band.balance = band.mono_loss =
            qm_unmeasured("above half the rate");
        return band;
    }
    const Sums x = sums_of_band(setup, s, from, to);
    band.level =
        power(x) > 0 ? qm_measured(10 * qm_log10(power(x) / 2)) : qm_unmeasured(SILENCE);
    band.correlation = correlation_of(x);
    band.width = width_of(x);
    band.balance = ratio_db(x.right, x.left);
    band.mono_loss = mono_loss_of(x);
    return band;
}

static bool add_band(const QmFeatureCall *call, const QmStereoState *s, uint32_t first,
                     uint32_t count, QmList *list)
{
    const QmStereoBand band = band_of(call->setup, s, qm_third_nominal(first + count / 2),
                                      qm_third_edge(first), qm_third_edge(first + count));
    return qm_list_append(list, &band, 1, sizeof band, call->arena);
}

static bool make_bands(const QmFeatureCall *call, const QmStereoState *s, QmStereo *out)
{
    for (uint32_t i = 0; i < QM_STEREO_OCTAVES; i++)
        if (!add_band(call, s, qm_stereo_first_third(i), 3, &out->octaves))
            return false;
    for (uint32_t i = 0; i < QM_THIRDS; i++)
        if (!add_band(call, s, i, 1, &out->thirds))
            return false;
    return true;
}

/* The octave that loses most. Those 60 dB below the whole nobody hears. */
static void find_loss(const QmStereoState *s, const QmStereoSetup *setup, QmStereo *out)
{
    const double least = 1e-6 * power(sums_of_all(setup, s));
    out->mono_loss_max = out->mono_loss_freq = qm_unmeasured(SILENCE);
    const QmStereoBand *const octaves = out->octaves.items;
    for (uint32_t i = 0; i < out->octaves.count; i++) {
        const QmStereoBand *const band = &octaves[i];
        if (band->mono_loss.why || band->level.value < 10 * qm_log10(least / 2))
            continue;
        if (out->mono_loss_max.why || band->mono_loss.value > out->mono_loss_max.value) {
            out->mono_loss_max = band->mono_loss;
            out->mono_loss_freq = band->freq;
        }
    }
}

/* Of 55 mixes and masters the lowest correlation below 250 Hz was 0.15, but for one that
 * has a channel flipped, and mirrored where a channel was: the limit is beyond what wide
 * sounds do, and finds 54 of the 55. The bass must be there: less than 30 dB below the
 * whole. */
static bool seems_inverted(const QmStereoState *s, const QmStereoSetup *setup,
                           QmMeasured correlation)
{
    if (!correlation.why && correlation.value < -0.5)
        return true;
    const Sums whole = sums_of_all(setup, s);
    const Sums bass = sums_of_band(setup, s, LOW_FROM, BASS_TO);
    const QmMeasured low = correlation_of(bass);
    return !low.why && power(bass) > 1e-3 * power(whole) && low.value < -0.3;
}

/* "left only" and so on; stereo.h. */
static const char *kind_of(const QmStereoState *s)
{
    const double left = s->whole.left / (double)s->frames;
    const double right = s->whole.right / (double)s->frames;
    const double silent = 1e-9, far = 1e-6; /* -90 dBFS, 60 dB */
    if (!s->differ)
        return "dual mono";
    if (!s->differ_opposite)
        return "opposite";
    if (right < silent && right < far * left)
        return "left only";
    if (left < silent && left < far * right)
        return "right only";
    return "stereo";
}

/* --- over time --------------------------------------------------------------------- */

static bool add_number(QmList *list, double value, QmArena *arena)
{
    return qm_list_append(list, &value, 1, sizeof value, arena);
}

static bool add_point(QmList *list, QmMeasured value, QmArena *arena)
{
    return add_number(list, value.why ? QM_GAP : value.value, arena);
}

static bool look_over_time(const QmFeatureCall *call, const QmStereoState *s,
                           QmStereo *out)
{
    const QmStereoTenth *const tenths = s->tenths.items;
    const double frames = QM_STEREO_WINDOW_TENTHS * (double)qm_tenth(call->spec);
    const double least =
        1e-4 * (s->whole.left + s->whole.right) / (double)s->frames * frames;
    QmList counted = {0};
    for (size_t i = 0; i + QM_STEREO_WINDOW_TENTHS <= s->tenths.count; i++) {
        QmStereoEnergy e = {0};
        for (size_t k = i; k < i + QM_STEREO_WINDOW_TENTHS; k++) {
            e.left += (double)tenths[k].left;
            e.right += (double)tenths[k].right;
            e.difference += (double)tenths[k].difference;
        }
        const Sums x = sums_of(e);
        const QmMeasured correlation = correlation_of(x), width = width_of(x);
        if (!add_point(&out->correlation_over_time, correlation, call->arena) ||
            !add_point(&out->width_over_time, width, call->arena))
            return false;
        if (!correlation.why && power(x) > least &&
            !add_number(&counted, correlation.value, call->arena))
            return false;
    }
    out->correlation_min = out->correlation_p5 = qm_unmeasured(
        s->tenths.count < QM_STEREO_WINDOW_TENTHS ? "under 400 ms" : ONE_SILENT);
    if (!counted.count)
        return true;
    if (qm_sort(counted.items, counted.count, sizeof(double), qm_by_double, call->arena))
        return false;
    const double *const sorted = counted.items;
    out->correlation_min = qm_measured(sorted[0]);
    out->correlation_p5 = qm_measured(sorted[counted.count / 20]);
    return true;
}

/* --- the delay --------------------------------------------------------------------- */

/* c(t) of the essay, for t = i frames in re[i], later ones at the end for t < 0. */
static bool correlate(const QmFeatureCall *call, const QmStereoState *s, float **out)
{
    const QmStereoSetup *const setup = call->setup;
    const uint32_t n = 2 * setup->lines;
    float *const re = QM_NEW_ARRAY(call->arena, float, n);
    float *const im = QM_NEW_ARRAY(call->arena, float, n);
    float *const work = QM_NEW_ARRAY(call->arena, float, qm_fft_work(setup->fft));
    if (!re || !im || !work)
        return false;
    const uint32_t from = (uint32_t)(LOW_FROM / setup->line_hz) + 1;
    double lines = 0;
    for (uint32_t k = from; k < setup->lines; k++) {
        const double powers = s->sum[QM_STEREO_LEFT][k] * s->sum[QM_STEREO_RIGHT][k];
        if (powers <= 0)
            continue;
        const double scale = 0.5 / qm_sqrt(powers);
        re[k] = (float)((s->sum[QM_STEREO_MID][k] - s->sum[QM_STEREO_SIDE][k]) * scale);
        im[k] = (float)(s->sum[QM_STEREO_TURN][k] * scale);
        lines++;
    }
    qm_fft(setup->fft, call->spec->isa, re, im, work);
    for (uint32_t i = 0; i < n; i++)
        re[i] = lines > 0 ? (float)((double)re[i] / lines) : 0;
    *out = re;
    return true;
}

/* Where the parabola through three values has its peak, -0.5..0.5 from the second. */
static double peak_offset(double a, double b, double c)
{
    const double bend = a - 2 * b + c;
    return bend * bend > 0 ? limited(0.5 * (a - c) / bend, 0.5) : 0;
}

static bool find_delay(const QmFeatureCall *call, const QmStereoState *s, QmStereo *out)
{
    float *c = NULL;
    if (!correlate(call, s, &c))
        return false;
    const QmStereoSetup *const setup = call->setup;
    const int64_t n = 2 * (int64_t)setup->lines;
    const int64_t reach = (int64_t)(DELAY_MS * call->spec->rate / 1000);
    int64_t best = 0;
    for (int64_t t = -reach; t <= reach; t++) {
        const float here = c[(t + n) % n], there = c[(best + n) % n];
        if (here * here > there * there)
            best = t;
    }
    const double peak = (double)c[(best + n) % n];
    const double least = 0.2; /* what unrelated channels of some seconds stay far below */
    if (peak * peak < least * least) {
        out->delay = out->delay_coherence = qm_unmeasured("the channels are unrelated");
        return true;
    }
    const double at = (double)best + peak_offset((double)c[(best - 1 + n) % n], peak,
                                                 (double)c[(best + 1 + n) % n]);
    out->delay = qm_measured(1000 * at / call->spec->rate);
    out->delay_coherence = qm_measured(limited(peak, 1));
    return true;
}

/* --- the result -------------------------------------------------------------------- */

static void have_none(QmStereo *out, const char *why)
{
    QmMeasured *const all[] = {
        &out->correlation,    &out->correlation_min,
        &out->correlation_p5, &out->width,
        &out->side,           &out->side_low,
        &out->balance,        &out->mono_loss,
        &out->mono_loss_max,  &out->mono_loss_freq,
        &out->delay,          &out->delay_coherence,
    };
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        *all[i] = qm_unmeasured(why);
}

static bool make_field(const QmFeatureCall *call, const QmStereoState *s, QmStereo *out)
{
    for (uint32_t i = 0; i < QM_STEREO_OCTAVES; i++) {
        double sum = 0;
        for (uint32_t a = 0; a < QM_STEREO_ANGLES; a++)
            sum += s->field[i][a];
        for (uint32_t a = 0; a < QM_STEREO_ANGLES; a++)
            if (!add_number(&out->field, sum > 0 ? s->field[i][a] / sum : 0, call->arena))
                return false;
    }
    return true;
}

static bool finish(const QmFeatureCall *call, const QmAnalysis *analysis, void *state,
                   void *result)
{
    (void)analysis;
    const QmStereoState *const s = state;
    const QmStereoSetup *const setup = call->setup;
    QmStereo *const out = result;
    if (call->spec->channels != 2 || s->whole.left + s->whole.right <= 0) {
        have_none(out, call->spec->channels == 1  ? "mono"
                       : call->spec->channels > 2 ? "more than two channels"
                       : s->frames == 0           ? "no frames"
                                                  : SILENCE);
        return true;
    }
    const Sums x = sums_of(s->whole);
    const Sums low = sums_of_band(setup, s, LOW_FROM, LOW_TO);
    out->kind = kind_of(s);
    out->correlation = correlation_of(x);
    out->width = width_of(x);
    out->side = ratio_db(x.side, x.mid);
    out->side_low = ratio_db(low.side, low.mid);
    out->balance = ratio_db(x.right, x.left);
    out->mono_loss = mono_loss_of(x);
    out->phase_inverted = seems_inverted(s, setup, out->correlation);
    if (!make_bands(call, s, out) || !look_over_time(call, s, out) ||
        !find_delay(call, s, out) || !make_field(call, s, out))
        return false;
    find_loss(s, setup, out);
    return true;
}

/* --- the tables -------------------------------------------------------------------- */

#define COLUMN(field, unit, decimals, help)                                              \
    {                                                                                    \
#field, unit, QM_MEASURE_NUMBER, decimals, QM_VIEW_DETAIL,                       \
            offsetof(QmStereoBand, field), help                                          \
    }

static const QmMeasure columns[] = {
    COLUMN(freq, "Hz", 1, "middle of the band"),
    COLUMN(level, "dBFS", 1, "RMS of both channels"),
    COLUMN(correlation, "", 2, "1 mono, 0 unrelated, -1 opposite polarity"),
    COLUMN(width, "", 2, "the side's share of the energy"),
    COLUMN(balance, "dB", 1, "right against left"),
    COLUMN(mono_loss, "dB", 1, "what cancels in mono; -3.0: all in the middle"),
};

#define NUMBER(field, unit, decimals, view, help)                                        \
    {                                                                                    \
#field, unit, QM_MEASURE_NUMBER, decimals, view, offsetof(QmStereo, field), help \
    }
#define BANDS(field, view, help)                                                         \
    {                                                                                    \
#field, "", QM_MEASURE_ROWS, 0, view, offsetof(QmStereo, field), help, columns,  \
            sizeof columns / sizeof columns[0], sizeof(QmStereoBand)                     \
    }
#define SERIES(field, decimals, help)                                                    \
    {                                                                                    \
#field, "", QM_MEASURE_LIST, decimals, QM_VIEW_SERIES,                           \
            offsetof(QmStereo, field), help                                              \
    }

static const QmMeasure measures[] = {
    {"kind", "", QM_MEASURE_TEXT, 0, QM_VIEW_SUMMARY, offsetof(QmStereo, kind),
     "stereo, dual mono (the same bits), opposite (but for the polarity), left only, "
     "right only"},
    NUMBER(correlation, "", 2, QM_VIEW_SUMMARY,
           "1 mono, 0 unrelated, -1 opposite polarity"),
    NUMBER(correlation_min, "", 2, QM_VIEW_DETAIL, "lowest over 400 ms"),
    NUMBER(correlation_p5, "", 2, QM_VIEW_DETAIL, "5 % of all 400 ms are below"),
    NUMBER(width, "", 2, QM_VIEW_SUMMARY,
           "the side's share of the energy: 0 mono, "
           "0.5 unrelated channels, 1 only side"),
    NUMBER(side, "dB", 1, QM_VIEW_DETAIL, "side against mid"),
    NUMBER(side_low, "dB", 1, QM_VIEW_SUMMARY, "side against mid from 20 to 120 Hz"),
    NUMBER(balance, "dB", 1, QM_VIEW_SUMMARY, "right against left"),
    NUMBER(mono_loss, "dB", 1, QM_VIEW_DETAIL,
           "what cancels in mono: 0 for unrelated channels, -3.0 for all in the middle"),
    NUMBER(mono_loss_max, "dB", 1, QM_VIEW_SUMMARY, "of the octave that loses most"),
    NUMBER(mono_loss_freq, "Hz", 1, QM_VIEW_DETAIL, "the middle of that octave"),
    {"phase_inverted", "", QM_MEASURE_FLAG, 0, QM_VIEW_SUMMARY,
     offsetof(QmStereo, phase_inverted), "one channel's polarity seems to be flipped"},
    NUMBER(delay, "ms", 2, QM_VIEW_DETAIL, "right after left, within 5 ms; a hint"),
    NUMBER(delay_coherence, "", 2, QM_VIEW_DETAIL,
           "how clear the delay is: 1 is nothing but delay, below 0 inverted"),
    BANDS(octaves, QM_VIEW_DETAIL, "in octave bands"),
    BANDS(thirds, QM_VIEW_SERIES, "in 1/3-octave bands"),
    SERIES(correlation_over_time, 2, "of 400 ms, every 100 ms"),
    SERIES(width_over_time, 3, "of 400 ms, every 100 ms"),
    SERIES(
        field, 4,
        "shares of each octave's energy in 36 directions from -85 to 90 degrees: 0 the "
        "middle, -45 left, 45 right, beyond that opposite polarity"),
};

const QmFeature qm_feature_stereo = {
    .name = "stereo",
    .summary = "correlation, width, balance, what is lost in mono, polarity",
    .measures = measures,
    .n_measures = sizeof measures / sizeof measures[0],
    .result_size = sizeof(QmStereo),
    .setup_size = sizeof(QmStereoSetup),
    .state_size = sizeof(QmStereoState),
    .partial_size = qm_stereo_partial_size,
    .prepare = qm_stereo_prepare,
    .scan = qm_stereo_scan,
    .slow = qm_stereo_slow,
    .merge = qm_stereo_merge,
    .finish = finish,
};
