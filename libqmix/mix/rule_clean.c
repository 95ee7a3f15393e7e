/* A high-pass of 12 dB an octave below what the strip has: takes rumble, steps, breath
 * and an offset away, which eat headroom and make compressors move.
 *
 * What it has begins where its spectrum, followed down from the strongest third above the
 * role's `freq`, first falls by `within`: a hum below a gap is not music, however loud.
 * The corner is `octaves` below that, and never above `freq`. Where nothing worth it is
 * below the corner there is no filter: one more phase shift is not free. */
#include "base/qmath.h"
#include "mix/eq_curve.h"

enum { FREQ, OCTAVES, WITHIN, RUMBLE, DC, Q };

static const QmParam params[] = {
    [FREQ] = {.name = "freq",
              .help = "highest corner",
              .unit = QM_UNIT_HZ,
              .min = 10,
              .max = 1000,
              .def = 20},
    [OCTAVES] = {.name = "octaves",
                 .help = "how far the corner is below the lowest third with its sound",
                 .max = 4,
                 .def = 1},
    [WITHIN] = {.name = "within",
                .help = "what is farther below the strongest third is not its sound",
                .unit = QM_UNIT_DB,
                .max = 90,
                .def = 30},
    [RUMBLE] = {.name = "rumble",
                .help =
                    "power below the corner, against all, from which on it is removed",
                .unit = QM_UNIT_DB,
                .min = -120,
                .max = 0,
                .def = -60},
    [DC] = {.name = "dc",
            .help = "offset from which on it is removed, 1 is full scale",
            .max = 1,
            .def = 0.001},
    [Q] = {.name = "q",
           .help = "of the corner; 0.71 is flat",
           .min = 0.3,
           .max = 2,
           .def = 0.7071},
};

#define LOWEST_HZ 16.0 /* below the lowest third: where an offset is all there is */

/* From `hz` on. */
static uint32_t strongest(const QmFacts *facts, double hz)
{
    uint32_t best = QM_THIRDS - 1;
    for (uint32_t i = QM_THIRDS; i-- > 0 && qm_third_edge(i + 1) > hz;)
        best = facts->thirds[i] >= facts->thirds[best] ? i : best;
    return best;
}

/* The lowest third of what it plays, from the strongest one down. */
static uint32_t lowest(const QmFacts *facts, uint32_t top, double within)
{
    uint32_t i = top;
    while (i > 0 && facts->thirds[i - 1] >= facts->thirds[top] - within)
        i--;
    return i;
}

/* Power of the thirds that lie below `hz`, against all; dB, QM_GAP: none. */
static double below(const QmFacts *facts, double hz)
{
    double low = 0, all = 0;
    for (uint32_t i = 0; i < QM_THIRDS; i++) {
        if (facts->thirds[i] <= QM_GAP)
            continue;
        const double power = qm_pow(10, facts->thirds[i] / 10);
        all += power;
        low += qm_third_edge(i + 1) <= hz ? power : 0;
    }
    return low > 0 ? 10 * qm_log10(low / all) : QM_GAP;
}

static void decide(QmMix *mix, const QmRule *rule, QmMixStrip *strip,
                   const double *settings, uint32_t n_groups)
{
    (void)n_groups;
    const QmFacts *const facts = strip->raw;
    const uint32_t top = strongest(facts, settings[FREQ]);
    if (!qm_mix_heard(mix, strip) || facts->thirds[top] <= QM_GAP)
        return;
    const double from = qm_third_middle(lowest(facts, top, settings[WITHIN]));
    const double wished = from / qm_exp2(settings[OCTAVES]);
    const double corner = wished < settings[FREQ] ? wished : settings[FREQ];
    const double rumble = below(facts, corner);
    const double dc = facts->dc.why         ? 0
                      : facts->dc.value < 0 ? -facts->dc.value
                                            : facts->dc.value;
    if (rumble < settings[RUMBLE] && dc < settings[DC])
        return;
    QmReason reason = qm_reason(mix);
    qm_reason_number(&reason, "lowest", from, 0);
    if (rumble > QM_GAP)
        qm_reason_number(&reason, "rumble", rumble, 1);
    if (dc >= settings[DC])
        qm_reason_number(&reason, "dc", dc, 4);
    const QmEqBand band = {QM_EQ_HIGH_PASS, corner > LOWEST_HZ ? corner : LOWEST_HZ, 0,
                           settings[Q]};
    qm_eq_decide(mix, rule, &reason, strip->name, &band);
}

const QmRule qm_rule_eq_clean = {
    .id = "eq.clean",
    .key = "clean",
    .stage = QM_STAGE_EQ,
    .passes = QM_PASS_STEMS,
    .reads = "thirds, dc",
    .writes = "STRIP.eq.*",
    .doc = "Takes away what is below the sound of a strip: rumble, an offset.",
    .params = params,
    .n_params = QM_COUNT(params),
    .strip = decide,
};
