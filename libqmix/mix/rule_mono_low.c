/* Below a frequency the mix is made mono where its sides carry too much there: for large
 * systems, for vinyl, and for what is lost when channels are added. */
#include "mix/mix.h"

enum { FREQ, SIDE };

static const QmParam params[] = {
    {.name = "freq",
     .help = "below it the mix is mono",
     .unit = QM_UNIT_HZ,
     .min = 40,
     .max = 400,
     .def = 150},
    {.name = "side",
     .help = "most that the sides may have below 120 Hz, against the middle",
     .unit = QM_UNIT_DB,
     .min = -60,
     .max = 0,
     .def = -22},
};

static void decide(QmMix *mix, const QmRule *rule, const double *settings,
                   uint32_t n_groups)
{
    (void)n_groups;
    if (mix->sum->side_low.why || mix->sum->side_low.value <= settings[SIDE])
        return;
    QmReason reason = qm_reason(mix);
    qm_reason_measured(&reason, "side-low", mix->sum->side_low, 1);
    qm_reason_number(&reason, "most", settings[SIDE], 0);
    qm_decide(mix, rule, &reason, settings[FREQ], "master.mono-bass.freq");
}

const QmRule qm_rule_master_mono_low = {
    .id = "master.mono-low",
    .key = "mono-low",
    .stage = QM_STAGE_MASTER,
    .passes = QM_PASS_SUM,
    .reads = "side energy below 120 Hz",
    .writes = "master.mono-bass.freq",
    .doc = "Makes the lows of the mix mono where they are not.",
    .params = params,
    .n_params = QM_COUNT(params),
    .on = true,
    .mix = decide,
};
