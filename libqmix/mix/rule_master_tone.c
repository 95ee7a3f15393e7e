/* The long-term spectrum of the mix is brought closer to the template's target curve, by
 * a few broad bands. Deviations of 1/3-octave bands from the curve are taken without
 * their mean (loudness is somebody else's); the band and gain that lower the sum of their
 * squares most are chosen, again and again, then all chosen gains are moved until none
 * lowers it any more.
 *
 * A band's curve in dB is taken as proportional to its gain, which within 6 dB is true to
 * 0.3 dB for bells this wide. Where the mix has next to nothing, far below the curve,
 * nothing is there to be raised: such bands do not count. */
#include "base/number.h"
#include "base/qmath.h"
#include "mix/eq_curve.h"

enum { AMOUNT, LIMIT, BANDS, LEAST, Q };

static const QmParam params[] = {
    {.name = "amount",
     .help = "how much of the way to the curve",
     .unit = QM_UNIT_PERCENT,
     .max = 100,
     .def = 50},
    {.name = "limit",
     .help = "largest gain of a band",
     .unit = QM_UNIT_DB,
     .max = 12,
     .def = 3},
    {.name = "bands",
     .help = "how many there may be",
     .kind = QM_PARAM_INTEGER,
     .min = 1,
     .max = 8,
     .def = 5},
    {.name = "least",
     .help = "distance from the curve below which nothing is done",
     .unit = QM_UNIT_DB,
     .max = 12,
     .def = 1},
    {.name = "q", .help = "of the bands", .min = 0.3, .max = 4, .def = 0.9},
};

/* Middles of the bands that may be used: octaves, Hz. */
static const double middles[] = {63, 125, 250, 500, 1000, 2000, 4000, 8000, 12500};
enum { MIDDLES = sizeof middles / sizeof middles[0] };

/* Thirds that count: those of the target distance (analysis/spectrum.h). */
static const double lowest = 60, highest = 13000;
static const double nothing = 24;     /* dB below the curve */
static const double grain = 0.1;      /* dB */
static const double worthwhile = 0.3; /* dB: a smaller gain is not worth a band */

typedef struct Fit {
    bool counts[QM_THIRDS];
    double off[QM_THIRDS];            /* dB: what is left of the deviation */
    double shape[MIDDLES][QM_THIRDS]; /* dB a dB of gain */
    double gain[MIDDLES];
    bool used[MIDDLES];
    double limit;
} Fit;

static void remove_mean(Fit *fit)
{
    double sum = 0;
    uint32_t n = 0;
    for (uint32_t i = 0; i < QM_THIRDS; i++)
        if (fit->counts[i]) {
            sum += fit->off[i];
            n++;
        }
    for (uint32_t i = 0; i < QM_THIRDS; i++)
        fit->off[i] = fit->counts[i] ? fit->off[i] - sum / n : 0;
}

/* Mean square of what is left if `gain` more is given to a band, its own mean taken
 * out. */
static double left_with(const Fit *fit, uint32_t band, double gain)
{
    double sum = 0, squares = 0;
    uint32_t n = 0;
    for (uint32_t i = 0; i < QM_THIRDS; i++) {
        if (!fit->counts[i])
            continue;
        const double off = fit->off[i] + gain * fit->shape[band][i];
        sum += off;
        squares += off * off;
        n++;
    }
    return n ? (squares - sum * sum / n) / n : 0;
}

/* The best gain to add to a band, and what is left then. */
static double best_gain(const Fit *fit, uint32_t band, double *left)
{
    double best = 0;
    *left = left_with(fit, band, 0);
    for (int step = (int)(-fit->limit / grain); step <= (int)(fit->limit / grain);
         step++) {
        const double gain = step * grain - fit->gain[band];
        const double now = left_with(fit, band, gain);
        if (now < *left - 1e-9) {
            *left = now;
            best = gain;
        }
    }
    return best;
}

static void give(Fit *fit, uint32_t band, double gain)
{
    fit->gain[band] += gain;
    fit->used[band] = true;
    for (uint32_t i = 0; i < QM_THIRDS; i++)
        if (fit->counts[i])
            fit->off[i] += gain * fit->shape[band][i];
    remove_mean(fit);
}

/* Adds the band that helps most; false: none does. */
static bool add_band(Fit *fit)
{
    uint32_t best = MIDDLES;
    double least = left_with(fit, 0, 0) - 0.05, best_is = 0;
    for (uint32_t band = 0; band < MIDDLES; band++) {
        double left;
        const double gain = fit->used[band] ? 0 : best_gain(fit, band, &left);
        if (gain != 0 && left < least) {
            least = left;
            best = band;
            best_is = gain;
        }
    }
    if (best < MIDDLES)
        give(fit, best, best_is);
    return best < MIDDLES;
}

static void settle(Fit *fit)
{
    enum { ROUNDS = 8 };
    for (int round = 0; round < ROUNDS; round++)
        for (uint32_t band = 0; band < MIDDLES; band++) {
            double left;
            if (fit->used[band])
                give(fit, band, best_gain(fit, band, &left));
        }
}

/* False: there is no curve, or nothing to compare with it. */
static bool measure(const QmMix *mix, const double *settings, Fit *fit)
{
    double db, mean = 0;
    uint32_t n = 0;
    *fit = (Fit){.limit = settings[LIMIT]};
    for (uint32_t i = 0; mix->template->curve && i < QM_THIRDS; i++) {
        const double hz = qm_third_middle(i), level = mix->sum->thirds[i];
        fit->counts[i] = hz > lowest && hz < highest && level > QM_GAP &&
                         qm_curve_at(mix->template->curve, hz, &db);
        if (!fit->counts[i])
            continue;
        fit->off[i] = level - db;
        mean += fit->off[i];
        n++;
    }
    for (uint32_t i = 0; i < QM_THIRDS; i++)
        fit->counts[i] = fit->counts[i] && fit->off[i] > mean / n - nothing;
    remove_mean(fit);
    for (uint32_t band = 0; band < MIDDLES; band++)
        qm_eq_thirds(&(QmEqBand){QM_EQ_BELL, middles[band], 1, settings[Q]}, 1,
                     fit->shape[band]);
    return n > 3;
}

static void tell(QmMix *mix, const QmRule *rule, const double *settings, const Fit *fit,
                 double before)
{
    char nominal[QM_NUMBER_TEXT];
    for (uint32_t band = 0; band < MIDDLES; band++) {
        if (!fit->used[band] ||
            (fit->gain[band] < worthwhile && fit->gain[band] > -worthwhile))
            continue;
        QmReason reason = qm_reason(mix);
        qm_reason_word(&reason, "curve", mix->template->curve->name);
        qm_reason_number(&reason, "distance", before, 1);
        qm_reason_number(&reason, "to", qm_sqrt(left_with(fit, 0, 0)), 1);
        qm_fixed_text(middles[band], 0, nominal);
        qm_reason_word(&reason, "around", nominal);
        qm_eq_decide(mix, rule, &reason, "master",
                     &(QmEqBand){QM_EQ_BELL, middles[band], fit->gain[band],
                                 settings[Q]});
    }
}

static void decide(QmMix *mix, const QmRule *rule, const double *settings,
                   uint32_t n_groups)
{
    Fit fit;
    (void)n_groups;
    if (!measure(mix, settings, &fit))
        return;
    const double before = qm_sqrt(left_with(&fit, 0, 0));
    if (before < settings[LEAST])
        return;
    for (uint32_t i = 0; i < QM_THIRDS; i++)
        fit.off[i] *= settings[AMOUNT] / 100;
    for (double bands = 0; bands < settings[BANDS] && add_band(&fit); bands++)
        settle(&fit);
    tell(mix, rule, settings, &fit, before);
}

const QmRule qm_rule_master_tone = {
    .id = "master.tone",
    .key = "tone",
    .stage = QM_STAGE_MASTER,
    .passes = QM_PASS_SUM,
    .reads = "1/3-octave levels of what the master is fed, the template's curve",
    .writes = "master.eq.*",
    .doc = "Brings the balance of lows and highs closer to the template's curve.",
    .params = params,
    .n_params = QM_COUNT(params),
    .on = true,
    .mix = decide,
};
