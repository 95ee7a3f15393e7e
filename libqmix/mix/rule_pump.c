/* Pumping in tempo: a tremolo whose level is lowest on the beat and comes back until
 * the next one, as if everything were compressed by a kick. Only where the session's
 * own tempo is that of the music, else it would run away from it; its phase is that of
 * the beat that was found first. */
#include "mix/beat.h"
#include "mix/insert.h"
#include "proc/cycle.h"

enum { DEPTH, SYNC, SHAPE, CONFIDENCE };

static const char *const sync_names[] = QM_SYNC_NAMES;
static const char *const shape_names[] = {"saw-up", "sine", NULL};

static const QmParam params[] = {
    [DEPTH] = {.name = "depth",
               .help = "what is taken on the beat",
               .unit = QM_UNIT_PERCENT,
               .max = 90,
               .def = 30},
    [SYNC] = {.name = "sync",
              .help = "note from one to the next",
              .kind = QM_PARAM_CHOICE,
              .max = QM_SYNC_COUNT - 1,
              .choices = sync_names,
              .def = QM_SYNC_QUARTER},
    [SHAPE] = {.name = "shape",
               .help = "of the way back up",
               .kind = QM_PARAM_CHOICE,
               .max = 1,
               .choices = shape_names},
    [CONFIDENCE] = {.name = "confidence",
                    .help = "least confidence in a tempo that was measured",
                    .max = 1,
                    .def = 0.6},
};

#define FULL_TURN 360.0

static void decide(QmMix *mix, const QmRule *rule, QmMixStrip *strip,
                   const double *settings, uint32_t n_groups)
{
    (void)n_groups;
    QmBeat beat;
    const double beats = qm_sync_beats((uint32_t)settings[SYNC]);
    if (!qm_mix_heard(mix, strip) || settings[DEPTH] <= 0 || beats == 0 ||
        !qm_mix_beat(mix, settings[CONFIDENCE], &beat) || !beat.synced)
        return;
    const double turns = beat.first * beat.bpm / 60 / beats;
    const double late = turns - (double)(int64_t)turns;
    /* a sine is lowest at three quarters of its swing, a ramp at its start */
    const double lowest = settings[SHAPE] == 1 ? 0.75 : 0;
    const double phase = lowest + (late > 0 ? 1 - late : 0);
    QmReason reason = qm_reason(mix);
    qm_reason_number(&reason, "bpm", beat.bpm, 2);
    qm_reason_number(&reason, "first-beat", beat.first, 2);
    qm_decide(mix, rule, &reason, settings[DEPTH], "%s.tremolo.depth", strip->name);
    qm_decide(mix, rule, &reason, settings[SYNC], "%s.tremolo.sync", strip->name);
    qm_decide_word(mix, rule, &reason, shape_names[(uint32_t)settings[SHAPE]],
                   "%s.tremolo.shape", strip->name);
    qm_decide(mix, rule, &reason, FULL_TURN * (phase < 1 ? phase : phase - 1),
              "%s.tremolo.phase", strip->name);
}

const QmRule qm_rule_automation_pump = {
    .id = "automation.pump",
    .key = "pump",
    .stage = QM_STAGE_AUTOMATION,
    .passes = QM_PASS_STEMS,
    .reads = "tempo",
    .writes = "STRIP.tremolo.*",
    .doc = "The level pumps in tempo.",
    .params = params,
    .n_params = QM_COUNT(params),
    .strip = decide,
};
