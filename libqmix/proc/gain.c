/* Gain and polarity: out = c * in, one factor a channel.
 *
 * Latency and tail: none. Polarity is a factor of -1, so a change of it runs through zero
 * in a straight line instead of clicking. */
#include "base/qmath.h"
#include "proc/proc.h"

enum { GAIN, INVERT };

static const char *const invert_names[] = {"none", "left", "right", "both", NULL};

static const QmParam params[] = {
    [GAIN] = {.name = "gain",
              .help = "level change",
              .unit = QM_UNIT_DB,
              .min = -120,
              .max = 40,
              .def = 0},
    [INVERT] = {.name = "invert",
                .help = "channels whose polarity is turned over",
                .kind = QM_PARAM_CHOICE,
                .choices = invert_names},
};

enum { LEFT, RIGHT, N_COEFFS };

static void update(const QmProcSpec *spec, const double *p, float *coeffs)
{
    (void)spec;
    const float gain = (float)qm_db_to_gain(p[GAIN]);
    const int invert = (int)p[INVERT];
    coeffs[LEFT] = invert & 1 ? -gain : gain;
    coeffs[RIGHT] = invert & 2 ? -gain : gain;
}

static void process(const QmProcCall *call)
{
    static const QmVecI left = {-1, 0, -1, 0, -1, 0, -1, 0};
    QmVec c = qm_vec_select(left, call->coeffs[LEFT], call->coeffs[RIGHT]);
    if (!call->step) {
        for (uint32_t i = 0; i < call->n; i++)
            call->io[i] *= c;
        return;
    }
    for (uint32_t i = 0; i < call->n; i++) {
        call->coeffs[LEFT] += call->step[LEFT];
        call->coeffs[RIGHT] += call->step[RIGHT];
        c = qm_vec_select(left, call->coeffs[LEFT], call->coeffs[RIGHT]);
        call->io[i] *= c;
    }
}

const QmProcDesc QM_ISA(qm_proc_gain) = {
    .name = "gain",
    .summary = "level and polarity",
    .params = params,
    .n_params = QM_COUNT(params),
    .n_coeffs = N_COEFFS,
    .update = update,
    .process = process,
};
