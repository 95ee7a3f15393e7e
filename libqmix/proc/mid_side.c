/* Mid/side: the middle and the sides of a stereo signal, each at its own level.
 *
 *     m = (l + r) / 2, s = (l - r) / 2
 *     l' = l + dm + ds,  r' = r + dm - ds
 *     dm = mid-gain m - m,  ds = side-gain cut(s) - s
 *
 * Only what changes is added, so that 0 dB and no low cut give the input bit by bit, and
 * a mid that is turned off leaves nothing of a mono signal.
 *
 * solo leaves the mid (in both channels) or the side (left, and inverted on the right);
 * swap exchanges left and right. The low cut of the side is a second-order Butterworth
 * high-pass: simple, and its phase runs up to 90 degrees ahead of the mid's at its
 * corner. Where that matters take mono-bass or width; an equaliser in mid and side is
 * `eq`. Below 20 Hz its share fades to nothing at 0, so that a sweep from there has no
 * corner.
 *
 * No latency; the tail is the low cut's ringing. Source: A. Blumlein, British patent
 * 394325 (1933). */
#include "dsp/mid_side.h"
#include "dsp/svf.h"

#include "base/qmath.h"
#include "proc/proc.h"

enum { MID_GAIN, SIDE_GAIN, SIDE_LOW_CUT, SOLO, SWAP };
enum { SOLO_OFF, SOLO_MID, SOLO_SIDE };

#define LOWEST_HZ 20.0 /* of the low cut; below, there is less of it */

static const char *const solo_names[] = {
    [SOLO_OFF] = "off", [SOLO_MID] = "mid", [SOLO_SIDE] = "side", NULL};

static const QmParam params[] = {
    [MID_GAIN] = {.name = "mid-gain",
                  .help = "level of what both channels share",
                  .unit = QM_UNIT_DB,
                  .min = -60,
                  .max = 24,
                  .def = 0},
    [SIDE_GAIN] = {.name = "side-gain",
                   .help = "level of what sets them apart",
                   .unit = QM_UNIT_DB,
                   .min = -60,
                   .max = 24,
                   .def = 0},
    [SIDE_LOW_CUT] = {.name = "side-low-cut",
                      .help = "takes lows from the side; fades in up to 20 Hz",
                      .unit = QM_UNIT_HZ,
                      .min = 0,
                      .max = 2000,
                      .def = 0},
    [SOLO] = {.name = "solo",
              .help = "hear one of them alone",
              .kind = QM_PARAM_CHOICE,
              .max = SOLO_SIDE,
              .choices = solo_names},
    [SWAP] = {.name = "swap",
              .help = "exchange left and right",
              .kind = QM_PARAM_SWITCH,
              .max = 1},
};

enum { C_MID = QM_SVF_COEFFS, C_SIDE, N_COEFFS };

typedef struct State {
    QmSvf cut; /* of the side; the mid runs along, unheard */
} State;

static void update(const QmProcSpec *spec, const double *p, float *c)
{
    const double freq = p[SIDE_LOW_CUT] > LOWEST_HZ ? p[SIDE_LOW_CUT] : LOWEST_HZ;
    const double share = p[SIDE_LOW_CUT] / freq;
    qm_svf_design(QM_SVF_HIGH_PASS, freq, 0, QM_BUTTERWORTH, spec->rate_hz, c);
    c[QM_SVF_D0] = (float)(1 + share * ((double)c[QM_SVF_D0] - 1));
    c[QM_SVF_C1] = (float)(share * (double)c[QM_SVF_C1]);
    c[QM_SVF_D2] = (float)(share * (double)c[QM_SVF_D2]);
    const float side = (float)qm_db_to_gain(p[SIDE_GAIN]);
    c[C_MID] = (int)p[SOLO] == SOLO_SIDE ? 0 : (float)qm_db_to_gain(p[MID_GAIN]);
    c[C_SIDE] = p[SWAP] > 0.5 ? -side : side;
    if ((int)p[SOLO] == SOLO_MID)
        c[C_SIDE] = 0;
}

static uint64_t tail(const QmProcSpec *spec, const double *p)
{
    float c[N_COEFFS];
    update(spec, p, c);
    return p[SIDE_LOW_CUT] <= 0 ? 0 : (uint64_t)(20 * qm_svf_frames(c));
}

/* The coeffs of both lanes: the mid passes. */
QM_INLINE void lay_out(const QmVec *c, QmVec *lanes)
{
    for (uint32_t k = 0; k < QM_SVF_D0; k++)
        lanes[k] = c[k];
    lanes[QM_SVF_D0] = qm_vec_pair(qm_vec(1), c[QM_SVF_D0]);
    lanes[QM_SVF_C1] = qm_vec_pair(qm_vec(0), c[QM_SVF_C1]);
    lanes[QM_SVF_D2] = qm_vec_pair(qm_vec(0), c[QM_SVF_D2]);
    lanes[C_MID] = qm_vec_pair(c[C_MID], c[C_SIDE]);
}

QM_INLINE void run(const QmProcCall *call, bool ramp)
{
    State *const state = call->state;
    QmSvf s = state->cut;
    QmVec c[N_COEFFS];
    lay_out(call->coeffs, c);
    for (uint32_t i = 0; i < call->n; i++) {
        if (ramp) {
            qm_coeffs_advance(call->coeffs, call->step, 0, N_COEFFS);
            lay_out(call->coeffs, c);
        }
        const QmVec x = qm_mid_side(call->io[i]);
        const QmVec change = c[C_MID] * qm_svf_tick(&s, c, x) - x;
        call->io[i] += qm_sum_difference(change);
        if ((call->time.since_grid + i + 1) % QM_SVF_SETTLE == 0)
            qm_svf_settle(&s);
    }
    if (call->on_grid)
        qm_svf_flush(&s);
    state->cut = s;
}

static void process(const QmProcCall *call)
{
    if (call->step)
        run(call, true);
    else
        run(call, false);
}

const QmProcDesc QM_ISA(qm_proc_mid_side) = {
    .name = "mid-side",
    .summary = "levels of mid and side",
    .params = params,
    .n_params = QM_COUNT(params),
    .n_coeffs = N_COEFFS,
    .update = update,
    .state_size = sizeof(State),
    .tail = tail,
    .process = process,
};
