/* Transient shaper: more or less of the attacks, more or less of what follows them,
 * whatever their level; stereo-linked.
 *
 *   peak      p = the louder channel
 *   fast      F = max(p, F falling by FAST_MS)
 *   slow      S = min(F, S + (F - S) / attack-time): below F while an attack lasts
 *   long      R = max(F, R falling by sustain-time): above F while a sound decays
 *   amounts   a = log2(F / S), d = log2(R / F), in units of 6.02 dB; each is 0 up to
 *             DEAD_DB, 1 from DEAD_DB + KNEE_DB on, a straight line between
 *   smooth    each with SMOOTH_MS, sent beyond 0 and 1 and held there (dsp/envelope.h)
 *   gain      g = attack^a * sustain^d
 *   output    x * output * (1 + mix (g - 1))
 *
 * Only ratios of envelopes count, so a soft stroke is shaped as a loud one is: the gain
 * is the same function of time. An attack out of silence has F / S = 1 / (1 - e^(-t/T)):
 * with T = 20 ms it is heard in full for 10 ms and is over after 30. `attack` and
 * `sustain` are factors of amplitude, 1 leaves as it is: 2 is 6 dB more. With both 1 the
 * output is the input, bit for bit.
 *
 * All envelopes are fed by F, which has hardly a ripple, not by the wave: a tone from 40
 * Hz up moves neither ratio by more than DEAD_DB, so what is held is left alone.
 *
 * No latency, no tail. Source: SPL's Transient Designer and its manual ("differential
 * envelope technology": the difference of a fast and a slow follower controls the gain,
 * so that no threshold is needed). */
#include "proc/dynamics.h"

enum { ATTACK, SUSTAIN, ATTACK_TIME, SUSTAIN_TIME, OUTPUT, MIX };

#define FAST_MS   50.0 /* a wave of 40 Hz, peaks 12.5 ms apart, ripples by 2.2 dB */
#define DEAD_DB   2.2
#define KNEE_DB   6.0
#define SMOOTH_MS 0.5   /* not to be heard as a step */
#define SILENCE   1e-9f /* added to all envelopes: silence is no decay */

static const QmParam params[] = {
    [ATTACK] = {.name = "attack",
                .help = "factor of attacks: 1 as they are, 2 is 6 dB more",
                .min = 0.1,
                .max = 8,
                .def = 1},
    [SUSTAIN] = {.name = "sustain",
                 .help = "factor of what follows them: 1 as it is",
                 .min = 0.1,
                 .max = 8,
                 .def = 1},
    [ATTACK_TIME] = {.name = "attack-time",
                     .help = "that counts as attack: in full for half of it",
                     .unit = QM_UNIT_MS,
                     .min = 2,
                     .max = 200,
                     .def = 20},
    [SUSTAIN_TIME] = {.name = "sustain-time",
                      .help = "decays that are shorter (37 %) count as sustain",
                      .unit = QM_UNIT_MS,
                      .min = 50,
                      .max = 3000,
                      .def = 400},
    [OUTPUT] = {.name = "output",
                .help = "gain behind it",
                .unit = QM_UNIT_DB,
                .min = -24,
                .max = 24,
                .def = 0},
    [MIX] = {.name = "mix",
             .help = "share of the shaped signal",
             .unit = QM_UNIT_PERCENT,
             .min = 0,
             .max = 100,
             .def = 100},
};

/* In the order of the loops: each advances its own. */
enum {
    C_FALL, /* factors a frame */
    C_RISE,
    C_LONG,
    N_ENVELOPES,
    C_SMOOTH = N_ENVELOPES,
    N_SMOOTH,
    C_ATTACK = N_SMOOTH, /* log2 */
    C_SUSTAIN,
    C_OUTPUT,
    C_MIX,
    N_COEFFS
};

/* The three envelopes; zero is rest. An infinity stays until the flush, what is no number
 * does not enter. */
typedef struct Envelopes {
    QmVec fast, slow, longer;
} Envelopes;

typedef struct State {
    Envelopes envelopes;
    QmVec attack, sustain; /* smooth amounts */
    QmVec least, most;     /* of the gain in log2, <= 0 and >= 0 */
} State;

static void update(const QmProcSpec *spec, const double *p, float *c)
{
    const double rate = spec->rate_hz;
    c[C_FALL] = (float)(1 - qm_one_pole(FAST_MS / 1000, rate));
    c[C_RISE] = (float)qm_one_pole(p[ATTACK_TIME] / 1000, rate);
    c[C_LONG] = (float)(1 - qm_one_pole(p[SUSTAIN_TIME] / 1000, rate));
    c[C_SMOOTH] = (float)qm_one_pole(SMOOTH_MS / 1000, rate);
    c[C_ATTACK] = (float)qm_log2(p[ATTACK]);
    c[C_SUSTAIN] = (float)qm_log2(p[SUSTAIN]);
    c[C_OUTPUT] = (float)qm_db_to_gain(p[OUTPUT]);
    c[C_MIX] = (float)(p[MIX] / 100);
}

QM_INLINE void track(Envelopes *e, QmVec peak, const QmVec *c)
{
    e->fast = qm_vec_max(peak, c[C_FALL] * e->fast);
    e->slow = qm_vec_min(qm_approach(e->slow, e->fast, c[C_RISE]), e->fast);
    e->longer = qm_vec_max(c[C_LONG] * e->longer, e->fast);
}

/* The ratios F / S and R / F. */
QM_INLINE void measure(const QmProcCall *call, bool ramp, QmVec *attack, QmVec *sustain)
{
    State *const s = call->state;
    QmVec *const c = call->coeffs;
    const QmVec silence = qm_vec(SILENCE);
    Envelopes e = s->envelopes;
    for (uint32_t i = 0; i < call->n; i += 2) {
        const bool two = i + 1 < call->n;
        QmVec l, r;
        qm_pair_channels(call->io[i], call->io[i + two], &l, &r);
        const QmVec peak = qm_vec_max(qm_vec_abs(l), qm_vec_abs(r));
        if (ramp)
            qm_coeffs_advance(c, call->step, 0, N_ENVELOPES);
        track(&e, qm_vec_lefts(peak), c);
        const Envelopes first = e;
        if (two) {
            if (ramp)
                qm_coeffs_advance(c, call->step, 0, N_ENVELOPES);
            track(&e, qm_vec_rights(peak), c);
        }
        const QmVec fast = qm_vec_pair(first.fast, e.fast) + silence;
        attack[i / 2] = fast / (qm_vec_pair(first.slow, e.slow) + silence);
        sustain[i / 2] = (qm_vec_pair(first.longer, e.longer) + silence) / fast;
    }
    s->envelopes = e;
}

/* From ratios to amounts, sent beyond their ends. */
QM_INLINE void judge(uint32_t n, QmVec *ratio)
{
    const QmVec dead = qm_vec((float)(DEAD_DB * QM_LOG2_PER_DB));
    const QmVec per_knee = qm_vec(1 / (float)(KNEE_DB * QM_LOG2_PER_DB));
    qm_pairs_log2(ratio, n);
    for (uint32_t i = 0; i < QM_PAIRS(n); i++)
        ratio[i] = qm_share_aim(qm_share_clamp((ratio[i] - dead) * per_knee));
}

QM_INLINE void smooth(const QmProcCall *call, bool ramp, QmVec *attack, QmVec *sustain)
{
    State *const s = call->state;
    QmVec *const c = call->coeffs;
    QmVec a = s->attack, d = s->sustain;
    for (uint32_t i = 0; i < call->n; i += 2) {
        QmVec *const x = attack + i / 2, *const y = sustain + i / 2;
        if (ramp)
            qm_coeffs_advance(c, call->step, C_SMOOTH, N_SMOOTH);
        a = qm_approach(a, qm_vec_lefts(*x), c[C_SMOOTH]);
        d = qm_approach(d, qm_vec_lefts(*y), c[C_SMOOTH]);
        const QmVec first_a = a, first_d = d;
        if (i + 1 < call->n) {
            if (ramp)
                qm_coeffs_advance(c, call->step, C_SMOOTH, N_SMOOTH);
            a = qm_approach(a, qm_vec_rights(*x), c[C_SMOOTH]);
            d = qm_approach(d, qm_vec_rights(*y), c[C_SMOOTH]);
        }
        *x = qm_share_clamp(qm_vec_pair(first_a, a));
        *y = qm_share_clamp(qm_vec_pair(first_d, d));
    }
    s->attack = a;
    s->sustain = d;
}

/* From amounts to gains, in attack[]. */
QM_INLINE void weigh(const QmProcCall *call, bool ramp, QmVec *attack,
                     const QmVec *sustain)
{
    State *const s = call->state;
    QmVec paired[N_COEFFS], least = s->least, most = s->most;
    for (uint32_t i = 0; i < call->n; i += 2) {
        const QmVec *const c =
            qm_coeffs_paired(call, i, C_ATTACK, C_OUTPUT, ramp, paired);
        QmVec e = c[C_ATTACK] * attack[i / 2] + c[C_SUSTAIN] * sustain[i / 2];
        attack[i / 2] = e;
        e = i + 1 < call->n ? e : qm_vec_lefts(e);
        least = qm_vec_min(e, least);
        most = qm_vec_max(e, most);
    }
    s->least = least;
    s->most = most;
    qm_pairs_exp2(attack, call->n);
    for (uint32_t i = 0; i < call->n; i += 2) {
        const QmVec one = qm_vec(1);
        const QmVec *const c =
            qm_coeffs_paired(call, i, C_OUTPUT, N_COEFFS, ramp, paired);
        attack[i / 2] = c[C_OUTPUT] * (one + c[C_MIX] * (attack[i / 2] - one));
    }
}

QM_INLINE void run(const QmProcCall *call, bool ramp)
{
    QmVec attack[QM_PAIR_ROOM(QM_QUANTUM)], sustain[QM_PAIR_ROOM(QM_QUANTUM)];
    measure(call, ramp, attack, sustain);
    judge(call->n, attack);
    judge(call->n, sustain);
    smooth(call, ramp, attack, sustain);
    weigh(call, ramp, attack, sustain);
    qm_pairs_apply(attack, call->n, call->io);
}

static void process(const QmProcCall *call)
{
    State *const s = call->state;
    if (call->step)
        run(call, true);
    else
        run(call, false);
    if (!call->on_grid)
        return;
    s->envelopes.fast = qm_vec_flush(s->envelopes.fast);
    s->envelopes.slow = qm_vec_flush(s->envelopes.slow);
    s->envelopes.longer = qm_vec_flush(s->envelopes.longer);
    s->attack = qm_vec_flush(s->attack);
    s->sustain = qm_vec_flush(s->sustain);
}

static const QmReading readings[] = {
    {.name = "rise", .help = "largest gain", .unit = QM_UNIT_DB},
    QM_READING_REDUCTION,
};

static void read(const QmProcSpec *spec, const void *state, uint32_t strip,
                 double *values)
{
    (void)spec;
    const State *const s = state;
    const float l[] = {s->most[2 * strip], s->least[2 * strip]};
    const float r[] = {s->most[2 * strip + 1], s->least[2 * strip + 1]};
    values[0] = (double)(l[0] > r[0] ? l[0] : r[0]) / QM_LOG2_PER_DB;
    values[1] = 0 - (double)(l[1] < r[1] ? l[1] : r[1]) / QM_LOG2_PER_DB;
}

const QmProcDesc QM_ISA(qm_proc_transient) = {
    .name = "transient",
    .summary = "transient shaper: more or less attack and sustain at any level",
    .params = params,
    .n_params = QM_COUNT(params),
    .readings = readings,
    .n_readings = QM_COUNT(readings),
    .n_coeffs = N_COEFFS,
    .update = update,
    .state_size = sizeof(State),
    .process = process,
    .read = read,
};
