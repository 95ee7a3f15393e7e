/* Peaks of the long-term spectrum that stand out for most of the time.
 *
 * Everything happens on 48 points an octave from 31.25 Hz to 16 kHz; a point has the mean
 * power density of 1/48 octave, or of one bin where that is wider.
 *
 *     peaks        P[g], the long-term density, is at least 6 dB above the mean level of
 *                  what lies 1/6 to 1/2 octave away, and 3 dB above that of either side,
 *                  so that the edge of a slope is none
 *     bell         the Lorentzian that it adds, fitted to the points around (peak_fit.h):
 *                  frequency, width and height, corrected for how wide a line looks; and
 *                  what is around, once more without the bell's foot
 *     persistence  part of the slow spectra in which the point, as the mean of 1/16
 *                  octave, stands out by at least half of what it does in the long-term
 *                  spectrum
 *
 * What separates a resonance from a note. A note comes and goes with the music, a
 * resonance answers whatever is played: persistence must reach 70 %. A note held
 * throughout is a line as narrow as the window shows; a resonance of the same frequency
 * rings for less than the window: what is not wider than a line by a quarter is left out
 * (Q above 50 at 100 Hz, above 100 from 1 kHz on: hum, whistles and drones are tones).
 * Partials of many notes that meet in one place leave lines there; a resonance that many
 * sounds went through is filled (`filled`). A note that is struck again and again has
 * partials: with a peak an octave above it, it is taken for one, and so are a room's
 * modes along one wall. And where nothing around the peak moves over time, there is no
 * telling: the mean spread of the points beside it must reach half of what noise has
 * there.
 *
 * What it cannot do: a wide vibrato on one note all the time counts as a resonance, and a
 * resonance between the partials of a low voice shows only when one of them meets it, so
 * it can be missed. It prefers missing one to cutting a note. Below 44 Hz and above 11
 * kHz there is no octave around.
 *
 * Slow spectra below -70 dBFS do not count: there is nothing to be heard. Neither do
 * peaks in bands 60 dB below the loudest. */
#include "analysis/resonance.h"

#include "analysis/analysis.h"
#include "analysis/peak_fit.h"
#include "analysis/spectrum.h"
#include "analysis/spectrum_sums.h"
#include "base/qmath.h"

#include <string.h>

enum {
    PER_OCTAVE = 48,
    POINTS = 9 * PER_OCTAVE + 1,
    FAR = PER_OCTAVE / 2,          /* what is around lies within this ... */
    NEAR = PER_OCTAVE / 6,         /* ... and not within this */
    SMOOTH = 1,                    /* points either side, for persistence */
    STEPS = 32,                    /* how far a point stands out, 1 dB each ... */
    STEP_0 = -8,                   /* ... from here */
    MIN_LOOKS = 16,                /* 3 s */
    MAX_PEAKS = POINTS / NEAR + 1, /* each keeps others off */
};

static const double lowest_hz = 31.25;
static const double least_db = 6, side_db = 3, least_persistence = 0.7;
static const double quiet = 1e-7;     /* -70 dBFS */
static const double inaudible = 1e-6; /* -60 dB of the loudest band */
static const double line_bins = 1.44; /* half-power width of a line under a Hann window */
/* A box of 1, as wide as a Gaussian with as much spread: 2 sqrt(2 ln 2) / sqrt(12). */
static const double box_width = 0.68;
static const double resolved = 1.25; /* wider than a line by this */

typedef struct Setup {
    uint32_t bins, n; /* n: points within the rate */
    double bin_hz;
    double hz[POINTS], width[POINTS]; /* of each point, Hz */
} Setup;

typedef struct Partial {
    uint32_t looks;
    uint8_t count[POINTS][STEPS]; /* a block has 32 slow spectra */
    double power[];               /* one spectrum */
} Partial;

typedef struct State {
    uint64_t looks;
    uint32_t count[POINTS][STEPS];
} State;

/* A peak of the long-term spectrum. */
typedef struct Peak {
    uint32_t at;
    double floor; /* power density around */
    QmPeakFit bell;
    double lasts; /* persistence, 0..1 */
    bool own;     /* of the recording, by itself */
    bool partial; /* of a note, by its company */
} Peak;

/* The long-term spectrum on the points; sums as levels() makes them. */
typedef struct Levels {
    double density[POINTS], level[POINTS], sums[POINTS + 1];
    double smooth[POINTS], smooth_sums[POINTS + 1];
} Levels;

/* ---- densities and what stands out ---- */

static bool prepare(const QmFeatureCall *call, void *memory)
{
    Setup *const s = memory;
    const uint32_t n = 1u << (QM_SLOW_BITS + call->spec->scale);
    s->bins = n / 2 + 1;
    s->bin_hz = call->spec->rate / n;
    const double part = qm_exp2(0.5 / PER_OCTAVE) - qm_exp2(-0.5 / PER_OCTAVE);
    for (uint32_t g = 0; g < POINTS; g++) {
        s->hz[g] = lowest_hz * qm_exp2((double)g / PER_OCTAVE);
        s->width[g] = s->hz[g] * part > s->bin_hz ? s->hz[g] * part : s->bin_hz;
        if (s->hz[g] + s->width[g] < 0.45 * call->spec->rate)
            s->n = g + 1;
    }
    return true;
}

static void densities(const Setup *s, const double *power, double *density)
{
    for (uint32_t g = 0; g < s->n; g++) {
        const double from = s->hz[g] - 0.5 * s->width[g], to = from + s->width[g];
        density[g] =
            qm_band_power(power, s->bins, s->bin_hz, from, to) / s->width[g] + 1e-30;
    }
}

/* Levels in dB, `smooth` points either side together; and their sums, sums[g] of those
 * below g. */
static void levels(uint32_t n, const double *density, uint32_t smooth, double *level,
                   double *sums)
{
    sums[0] = 0;
    for (uint32_t g = 0; g < n; g++) {
        double sum = 0;
        for (uint32_t k = g > smooth ? g - smooth : 0; k <= g + smooth; k++)
            sum += density[k < n ? k : n - 1];
        level[g] = 10 * qm_log10(sum / (2 * smooth + 1));
        sums[g + 1] = sums[g] + level[g];
    }
}

/* The mean level below and above point g, FAR <= g < n - FAR. */
static double below(const double *sums, uint32_t g)
{
    return (sums[g - NEAR] - sums[g - FAR]) / (FAR - NEAR);
}

static double above(const double *sums, uint32_t g)
{
    return (sums[g + FAR + 1] - sums[g + NEAR + 1]) / (FAR - NEAR);
}

static double stands_out(const double *level, const double *sums, uint32_t g)
{
    return level[g] - 0.5 * (below(sums, g) + above(sums, g));
}

/* ---- gathering ---- */

static size_t partial_size(const QmScanSpec *spec)
{
    return sizeof(Partial) +
           ((1u << (QM_SLOW_BITS - 1 + spec->scale)) + 1) * sizeof(double);
}

static void slow(const QmFeatureCall *call, const QmBlock *block,
                 const QmSpectrum *spectrum, void *partial)
{
    (void)block;
    const Setup *const s = call->setup;
    Partial *const p = partial;
    double density[POINTS], level[POINTS], sums[POINTS + 1], total = 0;
    memset(p->power, 0, s->bins * sizeof *p->power);
    qm_spectrum_add(call->spec->isa, spectrum, p->power);
    densities(s, p->power, density);
    for (uint32_t g = 0; g < s->n; g++)
        total +=
            density[g] * s->hz[g] * (0.6931 / PER_OCTAVE); /* ln 2: a point's share */
    if (total < quiet)
        return;
    levels(s->n, density, SMOOTH, level, sums);
    for (uint32_t g = FAR; g + FAR < s->n; g++) {
        const double step = stands_out(level, sums, g) - STEP_0;
        const double last = STEPS - 1;
        p->count[g][step < 0 ? 0 : step > last ? STEPS - 1 : (uint32_t)step]++;
    }
    p->looks++;
}

static bool merge(const QmFeatureCall *call, const QmBlock *block, const void *partial,
                  void *state)
{
    (void)call, (void)block;
    const Partial *const p = partial;
    State *const s = state;
    s->looks += p->looks;
    for (uint32_t g = 0; g < POINTS; g++)
        for (uint32_t k = 0; k < STEPS; k++)
            s->count[g][k] += p->count[g][k];
    return true;
}

/* ---- what it was over time ---- */

/* Part of the looks in which point g stood out by `db` or more; within a step, evenly. */
static double persistence(const State *s, uint32_t g, double db)
{
    const double step = db - STEP_0;
    double looks = 0;
    for (uint32_t k = 0; k < STEPS; k++) {
        const double part = k + 1 - step;
        looks += s->count[g][k] * (part < 0 ? 0 : part > 1 ? 1 : part);
    }
    return looks / (double)s->looks;
}

/* Standard deviation of how far point g stood out, dB. */
static double spread(const State *s, uint32_t g)
{
    double sum = 0, squares = 0;
    for (uint32_t k = 0; k < STEPS; k++) {
        sum += s->count[g][k] * (double)k;
        squares += s->count[g][k] * (double)k * k;
    }
    const double mean = sum / (double)s->looks;
    const double variance = squares / (double)s->looks - mean * mean;
    return variance > 0 ? qm_sqrt(variance) : 0;
}

/* Whether what is around g moves. Noise in n bins of a Hann window has 2 n / 1.5 degrees
 * of freedom, at least 2, and spreads by 4.34 dB over the root of half of them. */
static bool moves(const Setup *setup, const State *s, uint32_t g)
{
    const double bins = (2 * SMOOTH + 1) * setup->width[g] / setup->bin_hz / 1.5;
    const double noise = 4.34 / qm_sqrt(bins > 1 ? bins : 1);
    double sum = 0;
    for (uint32_t k = g - FAR; k <= g + FAR; k++)
        if (k + NEAR < g || k > g + NEAR)
            sum += k >= FAR && k + FAR < setup->n ? spread(s, k) : spread(s, g);
    return sum / (2 * (FAR - NEAR)) > 0.5 * noise;
}

/* ---- finding ---- */

/* The mean level of what is around p->at, without what its bell has there, as a density.
 * Where the bell is half of it or more, what is left is mostly error, so those points are
 * left out as long as there are FEW others. */
static double around(const Setup *s, const double *density, const Peak *p)
{
    enum { FEW = 8 };
    double sum = 0, all = 0;
    uint32_t n = 0, n_all = 0;
    for (uint32_t g = p->at - FAR; g <= p->at + FAR; g++) {
        if (g + NEAR >= p->at && g <= p->at + NEAR)
            continue;
        const double x = 2 * (s->hz[g] - p->bell.at) / p->bell.width;
        const double left = density[g] - p->bell.height / (1 + x * x);
        const double half = 0.5 * density[g];
        all += qm_log10(left > half ? left : half);
        n_all++;
        if (left > half) {
            sum += qm_log10(left);
            n++;
        }
    }
    return qm_pow(10, n >= FEW ? sum / n : all / n_all);
}

/* The bell around point p->at: the points that have a quarter of what the highest adds,
 * and at least two on either side. */
static bool fit(const Setup *s, const double *density, Peak *p)
{
    double x[2 * FAR + 1], y[2 * FAR + 1];
    const double quarter = p->floor + 0.25 * (density[p->at] - p->floor);
    uint32_t from = p->at, to = p->at, n = 0;
    while (p->at - from < FAR && (p->at - from < 2 || density[from - 1] > quarter))
        from--;
    while (to - p->at < FAR && (to - p->at < 2 || density[to + 1] > quarter))
        to++;
    for (uint32_t g = from; g <= to; g++) {
        if (density[g] <= 1.05 * p->floor)
            continue;
        x[n] = s->hz[g];
        y[n++] = density[g];
    }
    return n >= 4 && qm_peak_fit(x, y, n, p->floor, &p->bell);
}

/* The bell and what is around it, in turns: each is what the other leaves. */
static bool settle(const Setup *s, const double *density, Peak *p)
{
    enum { TURNS = 6 };
    p->bell = (QmPeakFit){.at = s->hz[p->at], .width = 1};
    for (uint32_t turn = 0; turn < TURNS; turn++) {
        p->floor = around(s, density, p);
        if (!fit(s, density, p))
            return false;
    }
    return true;
}

/* Whether the bins of the bell are filled, as the sum of many sounds fills them, and not
 * with the lines of a few: their geometric mean is at most 3 dB below the arithmetic. Of
 * fewer than four bins nobody can tell. */
static bool filled(const QmLongTerm *spectrum, const QmPeakFit *bell)
{
    const double from = bell->at - 0.5 * bell->width, to = from + bell->width;
    return to - from < 4 * spectrum->bin_hz ||
           qm_long_term_flatness(spectrum, from, to) > 0.5;
}

/* Takes out what the window adds to the width and takes from the height. False: the peak
 * is as narrow as a line. */
static bool sharpen(const Setup *s, Peak *p)
{
    const double line = line_bins * s->bin_hz, box = box_width * s->width[p->at];
    const double window = qm_sqrt(line * line + box * box), seen = p->bell.width;
    if (seen < resolved * window)
        return false;
    p->bell.width = qm_peak_true_width(seen, window);
    p->bell.height *= seen / p->bell.width;
    return true;
}

/* The point that stands out most and is not taken yet; 0: none does enough. */
static uint32_t next_peak(uint32_t n, const double *level, const double *sums,
                          const bool *taken)
{
    uint32_t best = 0;
    double most = least_db;
    for (uint32_t g = FAR; g + FAR < n; g++) {
        const double low = below(sums, g), high = above(sums, g);
        const bool alone = level[g] - (low > high ? low : high) >= side_db;
        const double db = stands_out(level, sums, g);
        if (taken[g] || !alone || db < most || level[g] < level[g - 1] ||
            level[g] < level[g + 1])
            continue;
        most = db;
        best = g;
    }
    return best;
}

static double prominence(const Peak *p)
{
    return 10 * qm_log10(1 + p->bell.height / p->floor);
}

/* Whether the band around the point is within 60 dB of the loudest: below, nobody hears
 * what it does. */
static bool audible(const Setup *s, const Levels *levels, uint32_t at)
{
    double most = 0;
    for (uint32_t g = 0; g < s->n; g++)
        if (levels->density[g] * s->hz[g] > most)
            most = levels->density[g] * s->hz[g];
    return levels->density[at] * s->hz[at] > inaudible * most;
}

/* Fills in what there is to know of the peak at p->at. False: it cannot be heard, is no
 * bell, or does not last. */
static bool look_at(const Setup *setup, const State *s, const QmLongTerm *spectrum,
                    const Levels *levels, Peak *p)
{
    if (!audible(setup, levels, p->at) || !settle(setup, levels->density, p))
        return false;
    const double out_db = stands_out(levels->smooth, levels->smooth_sums, p->at);
    p->lasts = persistence(s, p->at, 0.5 * out_db);
    p->own = filled(spectrum, &p->bell) && sharpen(setup, p) && moves(setup, s, p->at) &&
             prominence(p) >= least_db;
    return p->lasts >= least_persistence;
}

static bool near(double ratio, double whole)
{
    const double error = 0.017; /* of two middles together */
    return ratio > whole * (1 - error) && ratio < whole * (1 + error);
}

/* Finds what is a note and its partials: peaks with another an octave above, and those at
 * up to eight times their frequency. */
static void mark_partials(Peak *peaks, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        bool octave = false;
        for (uint32_t k = 0; k < n; k++)
            octave |= near(peaks[k].bell.at / peaks[i].bell.at, 2);
        for (uint32_t k = 0; octave && k < n; k++)
            for (int m = 1; m <= 8; m++)
                peaks[k].partial |= near(peaks[k].bell.at / peaks[i].bell.at, m);
    }
}

/* Adds those that are resonances, and keeps the most prominent, in order. */
static bool tell(const QmFeatureCall *call, const Peak *peaks, uint32_t n, QmList *list)
{
    for (uint32_t i = 0; i < n; i++) {
        const Peak *const p = &peaks[i];
        if (!p->own || p->partial)
            continue;
        if (!qm_list_add(list, sizeof(QmResonance), call->arena))
            return false;
        QmResonance *const rows = list->items;
        size_t at = list->count - 1;
        for (; at > 0 && rows[at - 1].prominence.value < prominence(p); at--)
            rows[at] = rows[at - 1];
        rows[at] = (QmResonance){
            qm_measured(p->bell.at),
            qm_measured(prominence(p)),
            qm_measured(p->bell.at / p->bell.width),
            qm_measured(100 * p->lasts),
        };
    }
    if (list->count > QM_MAX_RESONANCES)
        list->count = QM_MAX_RESONANCES;
    return true;
}

static bool search(const QmFeatureCall *call, const State *s, const QmLongTerm *spectrum,
                   QmResonances *out)
{
    const Setup *const setup = call->setup;
    Peak peaks[MAX_PEAKS];
    Levels l;
    bool taken[POINTS] = {false};
    uint32_t n = 0;
    densities(setup, spectrum->power, l.density);
    levels(setup->n, l.density, 0, l.level, l.sums);
    levels(setup->n, l.density, SMOOTH, l.smooth, l.smooth_sums);
    for (;;) {
        Peak p = {.at = next_peak(setup->n, l.level, l.sums, taken)};
        if (p.at == 0)
            break;
        for (uint32_t g = p.at - NEAR; g <= p.at + NEAR; g++)
            taken[g] = true;
        if (n < MAX_PEAKS && look_at(setup, s, spectrum, &l, &p))
            peaks[n++] = p;
    }
    mark_partials(peaks, n);
    return tell(call, peaks, n, &out->resonances);
}

static bool finish(const QmFeatureCall *call, const QmAnalysis *analysis, void *state,
                   void *result)
{
    const Setup *const setup = call->setup;
    const State *const s = state;
    const QmSpectrumResult *const spectrum =
        qm_analysis_result(analysis, &qm_feature_spectrum);
    QmResonances *const out = result;
    if (s->looks < MIN_LOOKS || setup->n <= 2 * FAR) {
        out->count =
            qm_unmeasured(setup->n > 2 * FAR ? "under 3 s of sound" : "rate too low");
        return true;
    }
    const bool done = search(call, s, &spectrum->long_term, out);
    out->count = qm_measured((double)out->resonances.count);
    return done;
}

/* ---- the table ---- */

#define COLUMN(field, unit, decimals, help)                                              \
    {                                                                                    \
#field, unit, QM_MEASURE_NUMBER, decimals, QM_VIEW_DETAIL,                       \
            offsetof(QmResonance, field), help                                           \
    }

static const QmMeasure columns[] = {
    COLUMN(freq, "Hz", 1, "where it is"),
    COLUMN(prominence, "dB", 1, "over what is around it"),
    COLUMN(q, "", 1, "frequency over width at half power"),
    COLUMN(persistence, "%", 0, "of the time in which it stood out"),
};

static const QmMeasure measures[] = {
    {"count", "", QM_MEASURE_NUMBER, 0, QM_VIEW_SUMMARY, offsetof(QmResonances, count),
     "narrow peaks that stay whatever is played, at most 12"},
    {"resonances", "", QM_MEASURE_ROWS, 0, QM_VIEW_SUMMARY,
     offsetof(QmResonances, resonances), "the most prominent first", columns,
     sizeof columns / sizeof columns[0], sizeof(QmResonance)},
};

static const QmFeature *const needs[] = {&qm_feature_spectrum, NULL};

const QmFeature qm_feature_resonance = {
    .name = "resonance",
    .summary = "narrow peaks that belong to the recording, not to the notes",
    .measures = measures,
    .n_measures = sizeof measures / sizeof measures[0],
    .result_size = sizeof(QmResonances),
    .needs = needs,
    .setup_size = sizeof(Setup),
    .state_size = sizeof(State),
    .partial_size = partial_size,
    .prepare = prepare,
    .slow = slow,
    .merge = merge,
    .finish = finish,
};
