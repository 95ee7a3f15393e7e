/* The tone of a strip, broadly.
 *
 * What it should be: a straight line over octaves through its own spectrum, as steep as
 * it is itself but within `darkest` and `brightest` (of its role). Only the range counts
 * where it plays: from the strongest third out to where it first falls by `within`, both
 * ways. Its deviation is the mean over an octave of its thirds less the line; what is
 * within `tolerance` is its character and stays.
 *
 *   no bands    `amount` of the deviation is taken back with up to `count` broad bands,
 *               each the one that leaves the smallest squares, none beyond `limit`
 *   bands       (styles: bright, warm) are set, by `amount`
 *   as-needed   bands (style: clear) only as far as the deviation around them asks
 *
 * Nothing is boosted that is not there: no band lifts what is outside of the range by
 * more than SPILL_DB. */
#include "base/qmath.h"
#include "mix/eq_curve.h"

enum { AMOUNT, LIMIT, COUNT, DARKEST, BRIGHTEST, TOLERANCE, WITHIN, AS_NEEDED, N_PARAMS };
enum { TYPE, FREQ, GAIN, Q, N_GROUP };

static const QmParam params[] = {
    [AMOUNT] = {.name = "amount", .help = "how much of it is done", .max = 2, .def = 0.5},
    [LIMIT] = {.name = "limit",
               .help = "most that a band is boosted or cut",
               .unit = QM_UNIT_DB,
               .max = 12,
               .def = 4},
    [COUNT] = {.name = "count",
               .help = "most bands, when none are given",
               .kind = QM_PARAM_INTEGER,
               .max = 6,
               .def = 3},
    [DARKEST] = {.name = "darkest",
                 .help = "steepest fall of its thirds, dB an octave",
                 .min = -24,
                 .max = 24,
                 .def = -12},
    [BRIGHTEST] = {.name = "brightest",
                   .help = "least fall (or steepest rise) of its thirds, dB an octave",
                   .min = -24,
                   .max = 24,
                   .def = 6},
    [TOLERANCE] = {.name = "tolerance",
                   .help = "deviation that is left as it is",
                   .unit = QM_UNIT_DB,
                   .max = 24,
                   .def = 4},
    [WITHIN] = {.name = "within",
                .help = "what is farther below the strongest third is not its sound",
                .unit = QM_UNIT_DB,
                .max = 90,
                .def = 30},
    [AS_NEEDED] = {.name = "as-needed",
                   .help = "whether bands go only as far as the deviation asks for",
                   .kind = QM_PARAM_SWITCH,
                   .max = 1},
};

static const QmParam group[] = {
    [TYPE] = {.name = "type",
              .help = "shape of the band",
              .kind = QM_PARAM_CHOICE,
              .max = QM_EQ_TILT,
              .choices = qm_eq_shape_names},
    [FREQ] = {.name = "freq",
              .help = "centre or corner frequency",
              .unit = QM_UNIT_HZ,
              .min = 20,
              .max = 20000,
              .def = 1000},
    [GAIN] = {.name = "gain",
              .help = "boost or cut, at an amount of 1",
              .unit = QM_UNIT_DB,
              .min = -12,
              .max = 12},
    [Q] = {.name = "q",
           .help = "the higher, the narrower",
           .min = 0.1,
           .max = 10,
           .def = 0.7071},
};

#define THIRDS_PER_OCTAVE 3.0103 /* of base ten: 10 log10(2) */
#define LEAST_DB          0.5    /* a band that does less is not worth it */
#define SPILL_DB          0.6    /* what is no part of the sound may rise by */
#define PROGRESS          0.85   /* a band has to leave less than that of the squares */
enum {
    LEAST_THIRDS = 6,
    AROUND = 1
}; /* a mean over three thirds is one over an octave */

/* What a strip has, in thirds [from, end). */
typedef struct Tone {
    uint32_t from, end;
    double slope, target; /* dB an octave */
    double deviation[QM_THIRDS];
} Tone;

static uint32_t strongest(const double *thirds)
{
    uint32_t best = 0;
    for (uint32_t i = 1; i < QM_THIRDS; i++)
        best = thirds[i] > thirds[best] ? i : best;
    return best;
}

/* False: too little to speak of a tone. */
static bool find_range(const double *thirds, double within, Tone *tone)
{
    const uint32_t top = strongest(thirds);
    const double least = thirds[top] - within;
    tone->from = top;
    tone->end = top + 1;
    if (thirds[top] <= QM_GAP)
        return false;
    while (tone->from > 0 && thirds[tone->from - 1] >= least)
        tone->from--;
    while (tone->end < QM_THIRDS && thirds[tone->end] >= least)
        tone->end++;
    return tone->end - tone->from >= LEAST_THIRDS;
}

static double clamped(double x, double low, double high)
{
    return x < low ? low : x > high ? high : x;
}

static double mean_around(const double *x, const Tone *tone, uint32_t i)
{
    double sum = 0, count = 0;
    for (uint32_t k = i > AROUND ? i - AROUND : 0; k <= i + AROUND; k++)
        if (k >= tone->from && k < tone->end) {
            sum += x[k];
            count++;
        }
    return count > 0 ? sum / count : 0;
}

static bool listen(const double *thirds, const double *settings, Tone *tone)
{
    double off[QM_THIRDS], mean = 0, slope = 0, square = 0;
    *tone = (Tone){0};
    if (!find_range(thirds, settings[WITHIN], tone))
        return false;
    const double n = tone->end - tone->from, middle = (tone->from + tone->end - 1) / 2.0;
    for (uint32_t i = tone->from; i < tone->end; i++) {
        mean += thirds[i] / n;
        slope += (i - middle) * thirds[i];
        square += (i - middle) * (i - middle);
    }
    tone->slope = slope / square * THIRDS_PER_OCTAVE;
    tone->target = clamped(tone->slope, settings[DARKEST], settings[BRIGHTEST]);
    for (uint32_t i = tone->from; i < tone->end; i++)
        off[i] = thirds[i] - mean - tone->target / THIRDS_PER_OCTAVE * (i - middle);
    for (uint32_t i = tone->from; i < tone->end; i++)
        tone->deviation[i] = mean_around(off, tone, i);
    return true;
}

/* Whether it lifts what is not there. */
static bool spills(const Tone *tone, const QmEqBand *band)
{
    double db[QM_THIRDS];
    qm_eq_thirds(band, 1, db);
    for (uint32_t i = 0; i < QM_THIRDS; i++)
        if ((i < tone->from || i >= tone->end) && db[i] > SPILL_DB)
            return true;
    return false;
}

static void put(QmMix *mix, const QmRule *rule, const QmMixStrip *strip, const Tone *tone,
                const QmEqBand *band)
{
    uint32_t at = tone->from;
    for (uint32_t i = tone->from; i < tone->end; i++)
        at = qm_third_edge(i) <= band->freq ? i : at;
    QmReason reason = qm_reason(mix);
    qm_reason_number(&reason, "deviation", tone->deviation[at], 1);
    qm_reason_number(&reason, "at", qm_third_nominal(at), 0);
    qm_reason_number(&reason, "slope", tone->slope, 1);
    qm_reason_number(&reason, "target", tone->target, 1);
    qm_eq_decide(mix, rule, &reason, strip->name, band);
}

/* --- bands that are given ----------------------------------------------------------- */

static double deviation_near(const Tone *tone, double hz)
{
    double best = 0;
    for (uint32_t i = tone->from; i < tone->end; i++)
        if (qm_third_edge(i) <= hz && hz < qm_third_edge(i + 1))
            best = tone->deviation[i];
    return best;
}

static void set_bands(QmMix *mix, const QmRule *rule, const QmMixStrip *strip,
                      const double *settings, uint32_t n_groups, const Tone *tone)
{
    for (uint32_t i = 0; i < n_groups; i++) {
        const double *const g = settings + N_PARAMS + i * N_GROUP;
        double gain = g[GAIN];
        if (settings[AS_NEEDED] != 0) {
            const double asked = -deviation_near(tone, g[FREQ]);
            gain = gain < 0 ? clamped(asked, gain, 0) : clamped(asked, 0, gain);
        }
        gain = clamped(gain * settings[AMOUNT], -settings[LIMIT], settings[LIMIT]);
        const QmEqBand band = {(QmEqShape)g[TYPE], g[FREQ], gain, g[Q]};
        if ((gain >= LEAST_DB || gain <= -LEAST_DB) && !spills(tone, &band))
            put(mix, rule, strip, tone, &band);
    }
}

/* --- bands that are found ----------------------------------------------------------- */

/* What is left of the wish, in squares, when the band is there. */
static double left(const Tone *tone, const double *wish, const double *db, double gain)
{
    double sum = 0;
    for (uint32_t i = tone->from; i < tone->end; i++) {
        const double x = wish[i] - gain * db[i];
        sum += x * x;
    }
    return sum;
}

/* The gain that leaves least; db: the band's curve at 1 dB. */
static double best_gain(const Tone *tone, const double *wish, const double *db,
                        double limit)
{
    double along = 0, square = 0;
    for (uint32_t i = tone->from; i < tone->end; i++) {
        along += wish[i] * db[i];
        square += db[i] * db[i];
    }
    const double gain = square > 0 ? along / square : 0;
    const double halves = clamped(gain, -limit, limit) * 2;
    return (double)(int64_t)(halves < 0 ? halves - 0.5 : halves + 0.5) / 2;
}

/* The best band for the wish; false: none is worth it. Takes it from the wish. */
static bool find_band(const Tone *tone, double *wish, double limit, QmEqBand *best)
{
    static const struct {
        QmEqShape shape;
        double q;
    } kinds[] = {{QM_EQ_LOW_SHELF, 0.7},
                 {QM_EQ_HIGH_SHELF, 0.7},
                 {QM_EQ_BELL, 0.7},
                 {QM_EQ_BELL, 1.4}};
    static const double nothing[QM_THIRDS];
    double least = PROGRESS * left(tone, wish, nothing, 0), kept[QM_THIRDS] = {0};
    *best = (QmEqBand){0};
    for (uint32_t at = tone->from; at < tone->end; at++)
        for (uint32_t k = 0; k < sizeof kinds / sizeof kinds[0]; k++) {
            QmEqBand band = {kinds[k].shape, qm_third_middle(at), 3, kinds[k].q};
            double db[QM_THIRDS];
            for (uint32_t i = 0; i < QM_THIRDS; i++)
                db[i] = 10 * qm_log10(qm_eq_power(&band, qm_third_middle(i))) / 3;
            band.gain = best_gain(tone, wish, db, limit);
            const double rest = left(tone, wish, db, band.gain);
            if (rest >= least || spills(tone, &band))
                continue;
            least = rest;
            *best = band;
            for (uint32_t i = 0; i < QM_THIRDS; i++)
                kept[i] = band.gain * db[i];
        }
    for (uint32_t i = 0; i < QM_THIRDS; i++)
        wish[i] -= kept[i];
    return best->gain >= LEAST_DB || best->gain <= -LEAST_DB;
}

static void find_bands(QmMix *mix, const QmRule *rule, const QmMixStrip *strip,
                       const double *settings, const Tone *tone)
{
    const double limit = settings[LIMIT], tolerance = settings[TOLERANCE];
    double wish[QM_THIRDS] = {0};
    bool any = false;
    for (uint32_t i = tone->from; i < tone->end; i++) {
        const double d = tone->deviation[i], kept = clamped(d, -tolerance, tolerance);
        wish[i] = clamped(settings[AMOUNT] * (kept - d), -limit, limit);
        any |= wish[i] >= LEAST_DB || wish[i] <= -LEAST_DB;
    }
    QmEqBand band;
    for (uint32_t i = 0;
         any && i < settings[COUNT] && find_band(tone, wish, limit, &band); i++)
        put(mix, rule, strip, tone, &band);
}

static void decide(QmMix *mix, const QmRule *rule, QmMixStrip *strip,
                   const double *settings, uint32_t n_groups)
{
    Tone tone;
    if (!qm_mix_heard(mix, strip) || !listen(strip->raw->thirds, settings, &tone))
        return;
    if (n_groups > 0)
        set_bands(mix, rule, strip, settings, n_groups, &tone);
    else
        find_bands(mix, rule, strip, settings, &tone);
}

const QmRule qm_rule_eq_tone = {
    .id = "eq.tone",
    .key = "tone",
    .stage = QM_STAGE_EQ,
    .passes = QM_PASS_STEMS,
    .reads = "thirds",
    .writes = "STRIP.eq.*",
    .doc = "Brings the spectrum of a strip nearer to an even one, or gives it a tone.",
    .params = params,
    .n_params = QM_COUNT(params),
    .group_name = "bands",
    .group = group,
    .n_group = QM_COUNT(group),
    .max_groups = 4,
    .strip = decide,
};
