/* The master's gain, in front of its limiter: first what the sum lacks, then what the
 * delivered loudness was off by, again and again. Where the limiter works, x dB more of
 * gain are less than x LU. How much less it tells itself: where it takes R dB at most, it
 * takes R + x of them then; what it takes on the mean, m, grows as R to the power of 2.6
 * (found between 2.3 and 2.9), and the loudness, which is of the loud parts, loses 3
 * times that (in mixes with m from 0.004 to 0.6 dB). So for an error of e
 *
 *     x = e + 3 m ((1 + x / R)^2.6 - 1)
 *
 * which leaves less than a tenth of the error. Two passes do mostly; 8 are
 * made at most. */
#include "base/qmath.h"
#include "mix/mix.h"

enum { REACH, STEP };

static const QmParam params[] = {
    {.name = "reach",
     .help = "most that the limiter may take from a peak for the sake of loudness",
     .unit = QM_UNIT_DB,
     .max = 40,
     .def = 12},
    {.name = "step",
     .help = "how finely the gain is set",
     .unit = QM_UNIT_DB,
     .min = 0.01,
     .max = 1,
     .def = 0.02},
};

#define LOSS  3.0
#define POWER 2.6
#define LEAST_SLOPE                                                                      \
    0.55 /* above 1/2 no guess can make an error grow: the slope is <= 1 */

enum { STEPS = 16 /* of the fixed point: by far enough for 0.02 dB */ };

static double limiting(const QmMix *mix, const char *reading)
{
    for (uint32_t i = 0; i < mix->n_readings; i++)
        if (qm_same(mix->readings[i].slot, "limiter") &&
            qm_same(mix->readings[i].name, reading))
            return mix->readings[i].value;
    return 0;
}

/* How much gain makes `error` LU. */
static double gain_for(const QmMix *mix, double error)
{
    const double most = limiting(mix, "reduction");
    const double mean = limiting(mix, "mean-reduction");
    double x = error;
    for (uint32_t i = 0; most > 0 && i < STEPS; i++) {
        const double grown = 1 + x / most > 0 ? qm_pow(1 + x / most, POWER) : 0;
        const double share = error / (error + LOSS * mean * (grown - 1));
        x = error / (share > LEAST_SLOPE && share <= 1 ? share : LEAST_SLOPE);
    }
    return x;
}

static void first_guess(QmMix *mix, const QmRule *rule, const double *settings)
{
    QmReason reason = qm_reason(mix);
    qm_reason_measured(&reason, "lufs", mix->sum->lufs, 2);
    qm_reason_number(&reason, "target", mix->lufs, 1);
    qm_decide_step(mix, rule, &reason, mix->lufs - mix->sum->lufs.value, settings[STEP],
                   "master.level.gain");
}

static void correct(QmMix *mix, const QmRule *rule, const double *settings)
{
    const double error = mix->lufs - mix->out->lufs.value;
    const double reduction = limiting(mix, "reduction");
    QmReason reason = qm_reason(mix);
    qm_reason_measured(&reason, "lufs", mix->sum->lufs, 2);
    qm_reason_number(&reason, "target", mix->lufs, 1);
    qm_reason_measured(&reason, "delivered", mix->out->lufs, 2);
    qm_reason_number(&reason, "limiting", reduction, 1);
    qm_reason_number(&reason, "pass", mix->round + 1, 0);
    if (error > settings[STEP] && reduction > settings[REACH]) {
        qm_reason_word(&reason, "missed", "it would take more limiting than the reach");
        qm_note(mix, rule, &reason, "master");
        return;
    }
    if (error > -settings[STEP] && error < settings[STEP])
        return;
    const double needed = gain_for(mix, error);
    const double left =
        settings[REACH] + settings[STEP] - reduction; /* > 0 if needed is */
    const double more = needed < left || needed < 0 ? needed : left;
    qm_decide_step(mix, rule, &reason, qm_decided(mix, 0, "master.level.gain") + more,
                   settings[STEP], "master.level.gain");
}

static void decide(QmMix *mix, const QmRule *rule, const double *settings,
                   uint32_t n_groups)
{
    (void)n_groups;
    if (mix->pass == QM_PASS_SUM && !mix->sum->lufs.why)
        first_guess(mix, rule, settings);
    else if (mix->pass == QM_PASS_MASTER && !mix->out->lufs.why)
        correct(mix, rule, settings);
}

const QmRule qm_rule_master_loudness = {
    .id = "master.loudness",
    .key = "loudness",
    .stage = QM_STAGE_MASTER,
    .passes = QM_PASS_SUM | QM_PASS_MASTER,
    .reads = "loudness of what the master is fed and of what it delivers, its limiter",
    .writes = "master.level.gain",
    .doc = "Brings the mix to its target loudness, as far as the limiter is let.",
    .params = params,
    .n_params = QM_COUNT(params),
    .on = true,
    .mix = decide,
};
