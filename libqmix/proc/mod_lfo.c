/* lfo: a slow swing.
 *
 *   turns = phase + cycles          free:   the integral of `rate` since the song's start
 *                                   synced: beats / length
 *   share = (1 + shape(turns)) / 2
 *
 * The shapes are dsp/lfo.h's. Turns are counted in doubles from the song's start, never
 * added up from line to line: after a day at 50 Hz they are exact to 10^-9. A free swing
 * whose rate is automated goes on where it is, a synced one follows every change of
 * tempo and jumps when its length changes. What is random is drawn by the number of the
 * cycle, from the session's seed and the modulator's name. */
#include "dsp/lfo.h"
#include "proc/cycle.h"
#include "proc/modulator.h"

enum { RATE, SYNC, SHAPE, PHASE, POLARITY, PARAMS };
enum { BIPOLAR, UNIPOLAR };

static const char *const sync_names[] = QM_SYNC_NAMES;
static const char *const shape_names[] = QM_LFO_NAMES;
static const char *const polarity_names[] = {"bipolar", "unipolar", NULL};

static const QmParam params_table[PARAMS] = {
    [RATE] = {.name = "rate",
              .help = "swings a second; a note length here is 'sync'",
              .unit = QM_UNIT_HZ,
              .min = 0.001,
              .max = 50,
              .def = 1},
    [SYNC] = {.name = "sync",
              .help = "length of a swing; off: by 'rate'",
              .kind = QM_PARAM_CHOICE,
              .choices = sync_names},
    [SHAPE] = {.name = "shape",
               .help = "of the swing; random is smooth, sample-hold jumps",
               .kind = QM_PARAM_CHOICE,
               .choices = shape_names},
    [PHASE] = {.name = "phase",
               .help = "where in the swing the song begins, in turns",
               .max = 1},
    [POLARITY] = {.name = "polarity",
                  .help = "amounts are added both ways, or one way only",
                  .kind = QM_PARAM_CHOICE,
                  .choices = polarity_names},
};

static int64_t floor_of(double x)
{
    const int64_t whole = (int64_t)x;
    return whole - (x < (double)whole);
}

static QmModValue value(const QmModCall *call)
{
    const double *p = call->params;
    const double beats = qm_sync_beats((uint32_t)p[SYNC]);
    const double turns = p[PHASE] + (beats > 0.0 ? call->beats / beats : call->cycles);
    const int64_t cycle = floor_of(turns);
    const double part = (turns - (double)cycle) * 0x1p32;
    const uint32_t phase = part < 0x1p32 - 1 ? (uint32_t)part : UINT32_MAX;
    const double swing =
        qm_lfo_value((QmLfoShape)p[SHAPE], phase, (uint32_t)cycle, call->key);
    const double share = 0.5 + 0.5 * swing;
    return (QmModValue){share, p[POLARITY] > 0.5 ? share : swing};
}

const QmModDesc qm_mod_lfo = {
    .name = "lfo",
    .summary = "a slow swing, free or in time",
    .params = params_table,
    .n_params = PARAMS,
    .value = value,
};
