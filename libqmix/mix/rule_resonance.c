/* Narrow cuts where something rings all the time (analysis/resonance.h): the room, a
 * drum's skin, a nose. A resonance of quality Q that adds P dB is undone by a cut of P dB
 * with Q / 10^(P / 40); at most `depth` is cut, and never broader than `q` says (the
 * seed's "notch, -6 dB" is such a cut, STANDARDS.md): what is broader is the sound.
 *
 * The strongest third of a strip is what it plays, not what it suffers from: nothing is
 * cut there. Nor below `freq`: roles that hold low notes for long have it high. */
#include "base/qmath.h"
#include "mix/eq_curve.h"

enum { DEPTH, Q, COUNT, PROMINENCE, FREQ };

static const QmParam params[] = {
    [DEPTH] = {.name = "depth",
               .help = "most that is cut",
               .unit = QM_UNIT_DB,
               .max = 18,
               .def = 6},
    [Q] = {.name = "q",
           .help = "least quality, of a resonance and of a cut: none is broader",
           .min = 1,
           .max = 40,
           .def = 8},
    [COUNT] = {.name = "count",
               .help = "most cuts of a strip",
               .kind = QM_PARAM_INTEGER,
               .max = 8,
               .def = 3},
    [PROMINENCE] = {.name = "prominence",
                    .help = "over what is around it, from which on it is cut",
                    .unit = QM_UNIT_DB,
                    .min = 6,
                    .max = 40,
                    .def = 9},
    [FREQ] = {.name = "freq",
              .help = "lowest frequency that is cut",
              .unit = QM_UNIT_HZ,
              .min = 20,
              .max = 20000,
              .def = 100},
};

#define MOST_Q 40.0 /* of the eq */

/* Whether it is in the third that has most. */
static bool is_the_sound(const QmFacts *facts, double hz)
{
    uint32_t best = 0;
    for (uint32_t i = 1; i < QM_THIRDS; i++)
        best = facts->thirds[i] > facts->thirds[best] ? i : best;
    return hz >= qm_third_edge(best) && hz < qm_third_edge(best + 1);
}

static QmEqBand cut_of(const QmFactResonance *r, const double *settings)
{
    const double depth =
        r->prominence < settings[DEPTH] ? r->prominence : settings[DEPTH];
    const double q = r->q / qm_pow(10, depth / 40);
    return (QmEqBand){QM_EQ_BELL, r->freq, -depth,
                      q < settings[Q] ? settings[Q]
                      : q < MOST_Q    ? q
                                      : MOST_Q};
}

static void decide(QmMix *mix, const QmRule *rule, QmMixStrip *strip,
                   const double *settings, uint32_t n_groups)
{
    (void)n_groups;
    const QmFacts *const facts = strip->raw;
    uint32_t cuts = 0;
    if (!qm_mix_heard(mix, strip))
        return;
    for (uint64_t i = 0; i < facts->n_resonances && cuts < settings[COUNT]; i++) {
        const QmFactResonance *const r = &facts->resonances[i];
        if (r->prominence < settings[PROMINENCE] || r->freq < settings[FREQ] ||
            r->q < settings[Q] || is_the_sound(facts, r->freq))
            continue;
        QmReason reason = qm_reason(mix);
        qm_reason_number(&reason, "freq", r->freq, 0);
        qm_reason_number(&reason, "prominence", r->prominence, 1);
        qm_reason_number(&reason, "q", r->q, 1);
        const QmEqBand cut = cut_of(r, settings);
        cuts += qm_eq_decide(mix, rule, &reason, strip->name, &cut);
    }
}

const QmRule qm_rule_eq_resonance = {
    .id = "eq.resonance",
    .key = "resonance",
    .stage = QM_STAGE_EQ,
    .passes = QM_PASS_STEMS,
    .reads = "resonances, thirds",
    .writes = "STRIP.eq.*",
    .doc = "Cuts what rings all the time, narrowly.",
    .params = params,
    .n_params = QM_COUNT(params),
    .strip = decide,
};
