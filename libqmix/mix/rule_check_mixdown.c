/* A finished mix among its stems would be heard beside them: it is muted. It is known by
 * its name ("Song mix.wav", "bounce", when no word of it is an instrument's), or by being
 * about the sum of the others: with at least three of them,
 *
 *     d(b) = level of third b - level of the powers of the others in it, added up
 *     e(t) = the same of tenths of a second
 *
 * both hardly change: their standard deviations are `spread` or less. Bands and tenths
 * more than 40 dB below the loudest do not count. */
#include "base/qmath.h"
#include "mix/check.h"
#include "mix/role_name.h"

enum { SPREAD };

static const QmParam params[] = {
    [SPREAD] = {.name = "spread",
                .help = "of differences to the sum of the others, over bands and over "
                        "time, up to which a stem is that sum",
                .unit = QM_UNIT_DB,
                .max = 12,
                .def = 1.5},
};

enum { LEAST_OTHERS = 3, LEAST_VALUES = 10 };
#define BELOW_DB 40.0
#define SURE     0.6 /* a name that is an instrument's */

static const QmRoleAlias words[] = {
    {"mix", QM_ROLE_MUSIC, 1},        {"mixdown", QM_ROLE_MUSIC, 1},
    {"master", QM_ROLE_MUSIC, 1},     {"bounce", QM_ROLE_MUSIC, 1},
    {"premaster", QM_ROLE_MUSIC, 1},  {"full mix", QM_ROLE_MUSIC, 1},
    {"rough mix", QM_ROLE_MUSIC, 1},  {"stereo out", QM_ROLE_MUSIC, 1},
    {"main out", QM_ROLE_MUSIC, 1},   {"mstr", QM_ROLE_MUSIC, 1},
    {"stereo mix", QM_ROLE_MUSIC, 1}, {"final", QM_ROLE_MUSIC, 1},
    {"final mix", QM_ROLE_MUSIC, 1},  {"two track", QM_ROLE_MUSIC, 1},
};

/* Mean and standard deviation of what was put in. */
typedef struct Spread {
    double sum, squares;
    uint32_t n;
} Spread;

static void put(Spread *s, double value)
{
    s->sum += value;
    s->squares += value * value;
    s->n++;
}

static QmMeasured spread_of(const Spread *s)
{
    if (s->n < LEAST_VALUES)
        return qm_unmeasured("too little");
    const double mean = s->sum / s->n, square = s->squares / s->n - mean * mean;
    return qm_measured(qm_sqrt(square > 0 ? square : 0));
}

static double db(double power) { return 10 * qm_log10(power); }

static double third_of(const QmFacts *facts, uint64_t band)
{
    const double level = facts->thirds[band];
    return level > QM_GAP ? qm_pow(10, level / 10) : 0;
}

static double tenth_of(const QmFacts *facts, uint64_t i)
{
    return i < facts->n_tenths ? facts->tenths[i] : 0;
}

/* The values of `of` at index [0, n): of the strip over those of the others. */
static QmMeasured differences(const QmMix *mix, const QmMixStrip *strip, uint64_t n,
                              double (*of)(const QmFacts *, uint64_t))
{
    Spread spread = {0};
    double most = 0;
    for (uint64_t i = 0; i < n; i++)
        most = of(strip->raw, i) > most ? of(strip->raw, i) : most;
    const double least = most * qm_pow(10, -BELOW_DB / 10);
    for (uint64_t i = 0; i < n; i++) {
        const double here = of(strip->raw, i);
        double others = 0;
        for (uint32_t k = 0; k < mix->n_strips; k++)
            if (&mix->strips[k] != strip && qm_mix_heard(mix, &mix->strips[k]))
                others += of(mix->strips[k].raw, i);
        if (here > least && others > 0)
            put(&spread, db(here / others));
        else if (here > least || others > least)
            return qm_unmeasured("not at the same time");
    }
    return spread_of(&spread);
}

static bool is_named(const QmMix *mix, const char *name)
{
    const QmTemplate *const t = mix->template;
    if (qm_role_by_name(words, QM_COUNT(words), name).confidence < 1)
        return false;
    const QmRoleGuess guess = qm_role_by_name(t->aliases, t->n_aliases, name);
    return guess.role == QM_ROLE_MUSIC || guess.confidence < SURE;
}

static uint32_t count_others(const QmMix *mix, const QmMixStrip *strip)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < mix->n_strips; i++)
        n += &mix->strips[i] != strip && qm_mix_heard(mix, &mix->strips[i]);
    return n;
}

static void decide(QmMix *mix, const QmRule *rule, QmMixStrip *strip,
                   const double *settings, uint32_t n_groups)
{
    (void)n_groups;
    const uint32_t others = count_others(mix, strip);
    if (!qm_mix_heard(mix, strip) || others == 0)
        return;
    const bool named = is_named(mix, strip->name);
    QmMeasured bands = qm_unmeasured("too few others"), tenths = bands;
    if (others >= LEAST_OTHERS) {
        bands = differences(mix, strip, QM_THIRDS, third_of);
        tenths = differences(mix, strip, strip->raw->n_tenths, tenth_of);
    }
    const bool is_sum = !bands.why && !tenths.why && bands.value <= settings[SPREAD] &&
                        tenths.value <= settings[SPREAD];
    if (!named && !is_sum)
        return;
    QmReason reason = qm_reason(mix);
    qm_reason_word(&reason, "name", named ? "a-mix" : "no-mix");
    qm_reason_measured(&reason, "bands", bands, 1);
    qm_reason_measured(&reason, "tenths", tenths, 1);
    qm_check_mute(mix, rule, &reason, strip);
}

const QmRule qm_rule_check_mixdown = {
    .id = "check.mixdown",
    .key = "mixdown",
    .stage = QM_STAGE_CHECK,
    .passes = QM_PASS_STEMS,
    .reads = "names, spectra and levels over time of all stems",
    .writes = "STRIP.fader.mute",
    .doc = "Mutes a finished mix that lies among its stems.",
    .params = params,
    .n_params = QM_COUNT(params),
    .on = true,
    .strip = decide,
};
