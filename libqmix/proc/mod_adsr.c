/* adsr: rises with a strip's notes and falls with their end.
 *
 *   1 |    /\                     straight lines, as the params it moves have scales of
 *     |   /  \____________        their own (dB, octaves):
 *   s |  /                \       attack   from where it stands, at 1 / attack
 *   0 |_/                  \__    decay    from 1 to sustain, at (1 - sustain) / decay
 *     note ........... its end    release  from where it stands to 0 within `release`
 *
 * A note that comes while another sounds rises from where the value is; of notes that
 * overlap the last one counts. A note keeps the numbers it began with, so that the value
 * is a function of the notes and the song position alone. */
#include "proc/modulator.h"

enum { ATTACK, DECAY, SUSTAIN, RELEASE, PARAMS };

static const QmParam params_table[PARAMS] = {
    [ATTACK] = {.name = "attack",
                .help = "time from 0 to 1",
                .unit = QM_UNIT_MS,
                .max = 10000,
                .def = 5},
    [DECAY] = {.name = "decay",
               .help = "time from 1 to the sustain",
               .unit = QM_UNIT_MS,
               .max = 10000,
               .def = 200},
    [SUSTAIN] = {.name = "sustain",
                 .help = "value while the note is held",
                 .max = 1,
                 .def = 0.5},
    [RELEASE] = {.name = "release",
                 .help = "time to 0 behind the note's end",
                 .unit = QM_UNIT_MS,
                 .max = 10000,
                 .def = 300},
};

/* The value while the note is held. */
static double held_value(const double *params, double rate_hz, double start,
                         double frames)
{
    const double attack = params[ATTACK] * rate_hz / 1000.0;
    const double decay = params[DECAY] * rate_hz / 1000.0;
    const double rise = (1.0 - start) * attack;
    if (frames < rise)
        return start + frames / attack;
    if (frames - rise < decay)
        return 1.0 - (1.0 - params[SUSTAIN]) * (frames - rise) / decay;
    return params[SUSTAIN];
}

static QmModValue value(const QmModCall *call)
{
    const double *p = call->params;
    const double over = call->held - call->gate;
    double share = 0.0;
    if (call->held >= 0.0)
        share = held_value(p, call->rate_hz, call->start,
                           over < 0.0 ? call->held : call->gate);
    if (over >= 0.0) {
        const double release = p[RELEASE] * call->rate_hz / 1000.0;
        share *= over < release ? 1.0 - over / release : 0.0;
    }
    return (QmModValue){share, share};
}

const QmModDesc qm_mod_adsr = {
    .name = "adsr",
    .summary = "rises with a strip's notes and falls with their end",
    .params = params_table,
    .n_params = PARAMS,
    .flags = QM_MOD_GATED,
    .value = value,
};
