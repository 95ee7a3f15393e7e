/* Ducker: goes down by a set depth while something else is heard: music under speech,
 * a bass under the kick.
 *
 *   level     L = log2 of the louder channel of the key (of the input where there is no
 *             key), through the key's filter (proc/dynamics.h), sample by sample
 *   share     0 up to the threshold, 1 from threshold + knee on, in dB a straight line
 *             between
 *   hold      the highest share of late stays for `hold`
 *   smooth    s += (share > s ? attack : release) * (share - s)
 *   output    x * 2^(-depth s), x late by the look-ahead
 *
 * A compressor with a key ducks by as much as the key is loud; here the depth is what is
 * asked for, however loud the speaker is, and the knee is only the way there. Attack and
 * release are the times of 63 % of the way, in dB. The hold bridges the zero crossings of
 * the key and, if long, the gaps between its words.
 *
 * The follower is sent a little beyond 0 and 1 and held there (dsp/envelope.h): at rest
 * the output is the input, bit for bit, and under a loud key it is the depth exactly.
 *
 * Latency: lookahead, by which the hold is longer, too. No tail. Source: common practice
 * of broadcasting; the follower is that of the compressor. */
#include "proc/dynamics.h"

enum {
    THRESHOLD,
    KNEE,
    DEPTH,
    ATTACK,
    HOLD,
    RELEASE,
    LOOKAHEAD,
    KEY_LOW_CUT,
    KEY_HIGH_CUT,
};

static const QmParam params[] = {
    [THRESHOLD] = {.name = "threshold",
                   .help = "peak level of the key above which it ducks",
                   .unit = QM_UNIT_DB,
                   .min = -80,
                   .max = 0,
                   .def = -30},
    [KNEE] = {.name = "knee",
              .help = "way above the threshold to the full depth",
              .unit = QM_UNIT_DB,
              .min = 0,
              .max = 24,
              .def = 6},
    [DEPTH] = {.name = "depth",
               .help = "reduction under the key",
               .unit = QM_UNIT_DB,
               .min = 0,
               .max = 60,
               .def = 12},
    [ATTACK] = {.name = "attack",
                .help = "time to cover 63 % of the way down",
                .unit = QM_UNIT_MS,
                .min = 0.1,
                .max = 1000,
                .def = 10},
    [HOLD] = {.name = "hold",
              .help = "time to stay down after the key",
              .unit = QM_UNIT_MS,
              .min = 0,
              .max = 5000,
              .def = 50},
    [RELEASE] = {.name = "release",
                 .help = "time to cover 63 % of the way up",
                 .unit = QM_UNIT_MS,
                 .min = 1,
                 .max = 5000,
                 .def = 250},
    [LOOKAHEAD] = QM_PARAM_LOOKAHEAD,
    [KEY_LOW_CUT] = QM_PARAM_KEY_LOW_CUT,
    [KEY_HIGH_CUT] = QM_PARAM_KEY_HIGH_CUT,
};

/* In the order of the loops: each advances its own. */
enum {
    C_THRESHOLD = QM_KEY_COEFFS, /* levels in log2 */
    C_KNEE,
    N_SHARE,
    C_HOLD = N_SHARE, /* frames */
    N_HOLD,
    C_RELEASE = N_HOLD, /* down */
    C_ATTACK,           /* up */
    N_SMOOTH,
    C_DEPTH = N_SMOOTH,
    N_COEFFS
};

typedef struct State {
    QmFollower share;
    QmHold hold;
    QmKeyFilter filter;
    QmTally tally;
    QmLookahead ahead;
    QmVec rows[]; /* of the look-ahead */
} State;

static uint32_t lookahead(const QmProcSpec *spec)
{
    return qm_frames_of_ms(spec->params[LOOKAHEAD], spec->rate_hz);
}

static void update(const QmProcSpec *spec, const double *p, float *c)
{
    const double hold = p[HOLD] / 1000 * spec->rate_hz;
    qm_key_filter_update(p[KEY_LOW_CUT], p[KEY_HIGH_CUT], spec->rate_hz, c);
    c[C_THRESHOLD] = (float)(p[THRESHOLD] * QM_LOG2_PER_DB);
    c[C_KNEE] = qm_knee_coeff(p[KNEE]);
    c[C_HOLD] = (float)(hold + lookahead(spec));
    c[C_RELEASE] = (float)qm_one_pole(p[RELEASE] / 1000, spec->rate_hz);
    c[C_ATTACK] = (float)qm_one_pole(p[ATTACK] / 1000, spec->rate_hz);
    c[C_DEPTH] = (float)(-p[DEPTH] * QM_LOG2_PER_DB);
}

static size_t size_state(const QmProcSpec *spec)
{
    return sizeof(State) + qm_lookahead_rows(lookahead(spec)) * sizeof(QmVec);
}

static void reset(const QmProcSpec *spec, void *state)
{
    ((State *)state)->ahead = qm_lookahead(lookahead(spec));
}

/* From power to the share of the depth that the key asks for. */
QM_INLINE void ask(const QmProcCall *call, bool ramp, QmVec *work)
{
    QmVec paired[N_COEFFS];
    qm_pairs_log2(work, call->n);
    for (uint32_t i = 0; i < call->n; i += 2) {
        const QmVec *const c =
            qm_coeffs_paired(call, i, C_THRESHOLD, N_SHARE, ramp, paired);
        const QmVec over = work[i / 2] * qm_vec(0.5f) - c[C_THRESHOLD];
        work[i / 2] = qm_share_clamp(over / c[C_KNEE]);
    }
}

QM_INLINE void hold(const QmProcCall *call, bool ramp, QmVec *work)
{
    State *const s = call->state;
    QmVec *const c = call->coeffs;
    QmHold held = s->hold;
    for (uint32_t i = 0; i < call->n; i += 2) {
        const QmVec asked = work[i / 2];
        if (ramp)
            qm_coeffs_advance(c, call->step, C_HOLD, N_HOLD);
        const QmVec first = qm_hold(&held, qm_vec_lefts(asked), c[C_HOLD]);
        if (i + 1 < call->n) {
            if (ramp)
                qm_coeffs_advance(c, call->step, C_HOLD, N_HOLD);
            qm_hold(&held, qm_vec_rights(asked), c[C_HOLD]);
        }
        work[i / 2] = qm_share_aim(qm_vec_pair(first, held.value));
    }
    s->hold = held;
}

/* From the share to the reduction, in units of level. */
QM_INLINE void sink(const QmProcCall *call, bool ramp, QmVec *work)
{
    QmVec paired[N_COEFFS];
    for (uint32_t i = 0; i < call->n; i += 2) {
        const QmVec *const c =
            qm_coeffs_paired(call, i, N_SMOOTH, N_COEFFS, ramp, paired);
        work[i / 2] = c[C_DEPTH] * qm_share_clamp(work[i / 2]);
    }
}

QM_INLINE void run(const QmProcCall *call, bool ramp)
{
    State *const s = call->state;
    QmVec work[QM_PAIR_ROOM(QM_QUANTUM)], filtered[QM_QUANTUM];
    qm_pairs_peak(qm_listen(call, &s->filter, ramp, filtered), call->n, work);
    ask(call, ramp, work);
    hold(call, ramp, work);
    qm_pairs_follow(call, &s->share, C_RELEASE, ramp, work);
    sink(call, ramp, work);
    qm_pairs_tally(&s->tally, work, call->n);
    qm_pairs_exp2(work, call->n);
    qm_lookahead_delay(&s->ahead, s->rows, call->n, call->io);
    qm_pairs_apply(work, call->n, call->io);
}

static void process(const QmProcCall *call)
{
    if (call->step)
        run(call, true);
    else
        run(call, false);
    if (call->on_grid)
        qm_follower_flush(&((State *)call->state)->share);
}

static const QmReading readings[] = {QM_READING_REDUCTION, QM_READING_MEAN_REDUCTION};

static void read(const QmProcSpec *spec, const void *state, uint32_t strip,
                 double *values)
{
    (void)spec;
    qm_read_reductions(&((const State *)state)->tally, strip, values);
}

const QmProcDesc QM_ISA(qm_proc_ducker) = {
    .name = "ducker",
    .summary = "goes down by a set depth while the side chain is heard",
    .params = params,
    .n_params = QM_COUNT(params),
    .flags = QM_PROC_KEYED,
    .readings = readings,
    .n_readings = QM_COUNT(readings),
    .n_coeffs = N_COEFFS,
    .update = update,
    .size_state = size_state,
    .latency = lookahead,
    .reset = reset,
    .process = process,
    .read = read,
};
