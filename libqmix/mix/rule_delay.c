/* Echoes: one bus a style, fed by sends, wet sound alone. They are notes where the
 * tempo of the session is that of the music, else milliseconds of the tempo that was
 * measured, else `time`. Where a style offers notes to choose from, the seed does
 * (seed 003: `choose`). Strips that are busy send less: echoes of many notes blur. */
#include "base/qmath.h"
#include "mix/beat.h"
#include "mix/insert.h"
#include "mix/space.h"
#include "proc/cycle.h"

enum { LEVEL, SYNC, TIME, BUSY, FEEDBACK, PING_PONG, LOW_CUT, HIGH_CUT, WIDTH };
enum { G_NOTE };

static const char *const sync_names[] = QM_SYNC_NAMES;

static const QmParam params[] = {
    [LEVEL] = {.name = "level",
               .help = "of the send; below -60: none",
               .unit = QM_UNIT_DB,
               .min = -120,
               .max = 12,
               .def = -14},
    [SYNC] = {.name = "sync",
              .help = "time between echoes as a note",
              .kind = QM_PARAM_CHOICE,
              .max = QM_SYNC_COUNT - 1,
              .choices = sync_names,
              .def = QM_SYNC_QUARTER},
    [TIME] = {.name = "time",
              .help = "between echoes, where the tempo is not known or sync is off",
              .unit = QM_UNIT_MS,
              .min = 1,
              .max = 4000,
              .def = 350},
    [BUSY] =
        {.name = "busy",
         .help = "onsets a second from which on the send loses 3 dB a doubling; 0: never",
         .max = 50},
    [FEEDBACK] = {.name = "feedback",
                  .help = "level of an echo beside the one before",
                  .unit = QM_UNIT_PERCENT,
                  .max = 80,
                  .def = 40},
    [PING_PONG] = {.name = "ping-pong",
                   .help = "echoes go from side to side",
                   .kind = QM_PARAM_SWITCH,
                   .max = 1},
    [LOW_CUT] = {.name = "low-cut",
                 .help = "takes lows from every repeat",
                 .unit = QM_UNIT_HZ,
                 .min = 10,
                 .max = 2000,
                 .def = 20},
    [HIGH_CUT] = {.name = "high-cut",
                  .help = "takes highs from every repeat, 20 kHz: none",
                  .unit = QM_UNIT_HZ,
                  .min = 200,
                  .max = 20000,
                  .def = 4000},
    [WIDTH] = {.name = "width",
               .help = "of the wet stereo image, 0: mono",
               .max = 2,
               .def = 1},
};

static const QmParam group[] = {
    [G_NOTE] = {.name = "note",
                .help = "one of the notes that the seed chooses from, instead of sync",
                .kind = QM_PARAM_CHOICE,
                .max = QM_SYNC_COUNT - 1,
                .choices = sync_names,
                .def = QM_SYNC_QUARTER},
};

#define BUSY_DB    3.0 /* less, each time that there are twice as many onsets */
#define BEAT_MS    60000.0
#define LONGEST_MS 4000.0

static uint32_t note_of(const QmMix *mix, const QmRule *rule, const double *settings,
                        uint32_t n_groups, const char *bus)
{
    if (n_groups == 0)
        return (uint32_t)settings[SYNC];
    const uint32_t choice = (uint32_t)(qm_mix_draw(mix, rule, bus, 0) * (double)n_groups);
    return (uint32_t)settings[QM_COUNT(params) + choice];
}

static void decide_time(QmMix *mix, const QmRule *rule, const QmMixStrip *strip,
                        const double *settings, uint32_t n_groups, const char *bus)
{
    QmBeat beat;
    const uint32_t note = note_of(mix, rule, settings, n_groups, bus);
    const bool known = qm_mix_beat(mix, QM_BEAT_CONFIDENCE, &beat);
    QmReason reason = qm_reason_template(mix, rule, strip);
    if (!known || note == QM_SYNC_OFF) {
        qm_decide(mix, rule, &reason, settings[TIME], "%s.delay.time", bus);
        return;
    }
    reason = qm_reason(mix);
    qm_reason_number(&reason, "bpm", beat.bpm, 1);
    if (n_groups > 1)
        qm_reason_word(&reason, "chosen-by", "seed");
    if (beat.synced) {
        qm_decide(mix, rule, &reason, note, "%s.delay.sync", bus);
        return;
    }
    double time = qm_sync_beats(note) * BEAT_MS / beat.bpm;
    while (time > LONGEST_MS)
        time *= 0.5;
    qm_reason_word(&reason, "note", sync_names[note]);
    qm_decide_step(mix, rule, &reason, time, 0.1, "%s.delay.time", bus);
}

static void decide_echoes(QmMix *mix, const QmRule *rule, const QmMixStrip *strip,
                          const double *settings, uint32_t n_groups, const char *bus)
{
    const QmReason said = qm_reason_template(mix, rule, strip);
    if (!qm_decide_word(mix, rule, &said, "master", "%s.to", bus))
        return;
    decide_time(mix, rule, strip, settings, n_groups, bus);
    qm_decide(mix, rule, &said, 100, "%s.delay.mix", bus);
    qm_insert_hand_on(mix, rule, strip, settings, FEEDBACK, bus, "delay");
}

static void decide(QmMix *mix, const QmRule *rule, QmMixStrip *strip,
                   const double *settings, uint32_t n_groups)
{
    if (!qm_mix_heard(mix, strip) || settings[LEVEL] <= QM_SPACE_NONE)
        return;
    const QmSpace space = qm_space(mix, rule, strip, "delay-", "delay");
    if (space.bus && space.made && space.host)
        decide_echoes(mix, rule, strip, settings, n_groups, space.bus);
    if (!space.bus || qm_session_strip(mix->session, space.bus) == QM_NONE)
        return;
    const QmMeasured onsets = strip->raw->onset_rate;
    QmReason reason = qm_reason_template(mix, rule, strip);
    double less = 0;
    if (settings[BUSY] > 0 && !onsets.why && onsets.value > settings[BUSY]) {
        less = BUSY_DB * qm_log2(onsets.value / settings[BUSY]);
        reason.origin = QM_ORIGIN_AUTO;
        qm_reason_number(&reason, "level", settings[LEVEL], 1);
        qm_reason_measured(&reason, "onset-rate", onsets, 1);
    }
    qm_decide(mix, rule, &reason, settings[LEVEL] - less, "%s.send.%s", strip->name,
              space.bus);
}

const QmRule qm_rule_effects_delay = {
    .id = "effects.delay",
    .key = "delay",
    .stage = QM_STAGE_EFFECTS,
    .passes = QM_PASS_STEMS,
    .reads = "tempo, onset rate",
    .writes = "STRIP.send.BUS, BUS.to, BUS.delay.*",
    .doc = "Sends strips into echoes in tempo: one bus for all that have the "
           "same style.",
    .params = params,
    .n_params = QM_COUNT(params),
    .group_name = "choose",
    .group = group,
    .n_group = QM_COUNT(group),
    .max_groups = 8,
    .strip = decide,
};
