/* Saturation, by what a strip has in hand: one that is dense already (its true peaks
 * are not far above its loudness, because somebody drove it before, or it clips) gains
 * nothing but harshness. The drive grows from none at `even-plr` to all of it 6 dB
 * above.
 *
 * The early converter is told by its drive, as in seed 003: bits 12 - 6 d, rate 44100
 * - 20000 d Hz for d = 0..1. Tape runs without wow and flutter unless they are asked
 * for: its transport costs latency, and strips that share a source would drift apart. */
#include "mix/insert.h"

enum { DRIVE, TYPE, EVEN_PLR, MIX, BIAS, BUMP, WOW, FLUTTER, ASYMMETRY, TONE };

static const char *const type_names[] = {"tape", "tube", "digital", NULL};

static const QmParam params[] = {
    [DRIVE] = {.name = "drive",
               .help = "how far it is pushed into the curve",
               .unit = QM_UNIT_PERCENT,
               .max = 60,
               .def = 30},
    [TYPE] = {.name = "type",
              .help = "what saturates",
              .kind = QM_PARAM_CHOICE,
              .max = 2,
              .choices = type_names},
    [EVEN_PLR] = {.name = "even-plr",
                  .help = "strips whose true peaks are less than that above their "
                          "loudness are dense already: none; from 6 dB more on in full",
                  .unit = QM_UNIT_DB,
                  .max = 40},
    [MIX] = {.name = "mix",
             .help = "share of what is saturated; tape: all",
             .unit = QM_UNIT_PERCENT,
             .max = 100,
             .def = 100},
    [BIAS] = {.name = "bias",
              .help = "of tape: even harmonics",
              .unit = QM_UNIT_PERCENT,
              .max = 100,
              .def = 10},
    [BUMP] = {.name = "bump",
              .help = "of tape: of the playback head, at 65 Hz",
              .unit = QM_UNIT_DB,
              .max = 6,
              .def = 1},
    [WOW] = {.name = "wow",
             .help = "of tape: slow error of the speed, peak",
             .unit = QM_UNIT_PERCENT,
             .max = 1},
    [FLUTTER] = {.name = "flutter",
                 .help = "of tape: fast error of the speed, peak",
                 .unit = QM_UNIT_PERCENT,
                 .max = 0.5},
    [ASYMMETRY] = {.name = "asymmetry",
                   .help = "of a tube: even harmonics",
                   .unit = QM_UNIT_PERCENT,
                   .max = 100,
                   .def = 30},
    [TONE] = {.name = "tone",
              .help = "of a tube: what is driven, 0: the lows, 100: the highs",
              .unit = QM_UNIT_PERCENT,
              .max = 100,
              .def = 50},
};

#define FULL_DB   6.0 /* beyond even-plr the drive is the whole */
#define LEAST     5.0 /* %: less is not heard */
#define MOST_BITS 12.0
#define BITS      6.0
#define MOST_RATE 44100.0
#define RATE      20000.0

enum { TAPE, TUBE, DIGITAL };

static double drive_for(const QmFacts *raw, const double *settings)
{
    if (raw->clipped_runs > 0 && settings[EVEN_PLR] > 0)
        return settings[DRIVE] * 0.5;
    const double in_hand = (raw->plr.value - settings[EVEN_PLR]) / FULL_DB;
    if (settings[EVEN_PLR] == 0 || raw->plr.why || in_hand >= 1)
        return settings[DRIVE];
    return in_hand > 0 ? settings[DRIVE] * in_hand : 0;
}

static void decide(QmMix *mix, const QmRule *rule, QmMixStrip *strip,
                   const double *settings, uint32_t n_groups)
{
    (void)n_groups;
    if (!qm_mix_heard(mix, strip))
        return;
    const uint32_t type = (uint32_t)settings[TYPE];
    const double drive = drive_for(strip->raw, settings);
    const char *const slot = type_names[type], *const name = strip->name;
    if (drive < LEAST)
        return;
    QmReason reason = qm_reason(mix);
    qm_reason_measured(&reason, "plr", strip->raw->plr, 1);
    qm_reason_number(&reason, "clipped", (double)strip->raw->clipped_runs, 0);
    if (type == DIGITAL) {
        qm_decide(mix, rule, &reason, MOST_BITS - BITS * drive / 100, "%s.digital.bits",
                  name);
        qm_decide(mix, rule, &reason, MOST_RATE - RATE * drive / 100, "%s.digital.rate",
                  name);
    } else {
        qm_decide(mix, rule, &reason, drive, "%s.%s.drive", name, slot);
    }
    const QmReason said = qm_reason_template(mix, rule, strip);
    if (type == TAPE && settings[WOW] == 0 && settings[FLUTTER] == 0)
        qm_decide_word(mix, rule, &said, "no", "%s.tape.transport", name);
    qm_insert_hand_on(mix, rule, strip, settings, MIX, name, slot);
}

const QmRule qm_rule_effects_saturate = {
    .id = "effects.saturate",
    .key = "saturate",
    .stage = QM_STAGE_EFFECTS,
    .passes = QM_PASS_STEMS,
    .reads = "plr, clipped runs",
    .writes = "STRIP.tape.*, STRIP.tube.*, STRIP.digital.*",
    .doc = "Warmth: tape, a tube, or an early converter in the chain.",
    .params = params,
    .n_params = QM_COUNT(params),
    .strip = decide,
};
