/* Gain sharing (Dugan) between those who feed a bus that only strips with this rule feed,
 * two at least. Each of them gets the part of the gain that its power has of the sum, so
 * that together they are as loud as one who speaks alone, and pauses of others stay
 * closed. Nothing is shared on the master: everything goes there. */
#include "mix/insert.h"

enum { WEIGHT, ATTACK, RELEASE, FLOOR };

static const QmParam params[] = {
    [WEIGHT] = {.name = "weight",
                .help = "of the strip: 3 dB: it wins by that",
                .unit = QM_UNIT_DB,
                .min = -40,
                .max = 40},
    [ATTACK] = {.name = "attack",
                .help = "time to hear 63 % of a rising level",
                .unit = QM_UNIT_MS,
                .min = 1,
                .max = 1000,
                .def = 10},
    [RELEASE] = {.name = "release",
                 .help = "time to forget 63 % of a falling level",
                 .unit = QM_UNIT_MS,
                 .min = 1,
                 .max = 5000,
                 .def = 200},
    [FLOOR] = {.name = "floor",
               .help = "level of all together below which gains stay",
               .unit = QM_UNIT_DB,
               .min = -120,
               .max = 0,
               .def = -60},
};

/* How many strips feed the bus; 0: there are others, to which this rule is not meant. */
static uint32_t feeders(const QmMix *mix, const QmRule *rule, uint16_t bus)
{
    const QmSession *const session = mix->session;
    uint32_t n = 0;
    for (uint32_t i = 0; i < mix->n_strips; i++) {
        const QmMixStrip *const strip = &mix->strips[i];
        uint32_t n_groups;
        if (session->strips[strip->at].to != bus || !qm_mix_heard(mix, strip))
            continue;
        if (!qm_mix_settings(mix, rule, strip, &n_groups))
            return 0;
        n++;
    }
    return n;
}

static void decide(QmMix *mix, const QmRule *rule, QmMixStrip *strip,
                   const double *settings, uint32_t n_groups)
{
    (void)n_groups;
    const uint16_t to = mix->session->strips[strip->at].to;
    if (to == QM_NONE || mix->session->strips[to].kind != QM_STRIP_BUS ||
        !qm_mix_heard(mix, strip))
        return;
    const char *const bus = mix->session->strips[to].name;
    const uint32_t n = feeders(mix, rule, to);
    if (n < 2)
        return;
    QmReason reason = qm_reason(mix);
    qm_reason_number(&reason, "voices", n, 0);
    if (!qm_decide_word(mix, rule, &reason, "yes", "%s.gain-share", bus))
        return;
    const QmReason said = qm_reason_template(mix, rule, strip);
    for (uint32_t i = 0; i < QM_SHARE_PARAMS; i++)
        if (settings[ATTACK + i] != qm_share_params[i].def)
            qm_decide(mix, rule, &said, settings[ATTACK + i], "%s.gain-share.%s", bus,
                      qm_share_params[i].name);
    if (settings[WEIGHT] != 0)
        qm_decide(mix, rule, &said, settings[WEIGHT], "%s.weight", strip->name);
}

const QmRule qm_rule_dynamics_share = {
    .id = "dynamics.share",
    .key = "share",
    .stage = QM_STAGE_DYNAMICS,
    .passes = QM_PASS_STEMS,
    .reads = "where strips go",
    .writes = "BUS.gain-share, BUS.gain-share.*, STRIP.weight",
    .doc = "Who speaks gets the gain: Dugan sharing of the voices in front of "
           "their bus.",
    .params = params,
    .n_params = QM_COUNT(params),
    .strip = decide,
};
