/* effects.delay. */
#include "mix/mix.h"
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

static void strip(QmMix *mix, const QmRule *rule, QmMixStrip *strip,
                  const double *settings, uint32_t n_groups)
{
    (void)mix;
    (void)rule;
    (void)strip;
    (void)settings;
    (void)n_groups;
}

const QmRule qm_rule_effects_delay = {
    .id = "effects.delay",
    .key = "delay",
    .stage = QM_STAGE_EFFECTS,
    .passes = QM_PASS_STEMS,
    .reads = "tempo, onset rate",
    .writes = "STRIP.send.BUS, BUS.to, BUS.delay.*",
    .doc = "sends strips into echoes in tempo: one bus for all that have the same style",
    .params = params,
    .n_params = QM_COUNT(params),
    .group_name = "choose",
    .group = group,
    .n_group = QM_COUNT(group),
    .max_groups = 8,
    .strip = strip,
};
