/* Equaliser: up to 16 bands in series, each a state variable filter of any shape
 * (dsp/svf.h) for both channels, the middle, the sides, or one channel.
 *
 * Responses follow the analogue ones to the top of the band: dsp/matched.h says how, how
 * closely, and whose work that is. A tilt turns the spectrum around its frequency: the
 * highs go up by the gain, the lows down by it. No latency; the tail is the ringing of
 * all bands.
 *
 * A band that is switched off goes on filtering and is only left out of the output, so
 * that switching is a ramp like any other change. A band whose gain is 0 dB gives its
 * input, bit for bit.
 *
 * Channels. With x' the other channel of x, and -+ the sign of the side (+ left),
 *
 *     u = a x + b x' +- c x,   y = x + (H u - u)
 *
 *   mid    a = 1/2, b = 1/2      u = (l + r) / 2 in both channels
 *   side   a = 1/2, b = -1/2     u = +-(l - r) / 2
 *   left   a = 1/2, c = 1/2      u = l and 0;  right: c = -1/2
 *
 * and a band in stereo is y = H x itself. Where a gang has no other bands, that
 * is all it computes; in a gang with some, a stereo lane selects the same value.
 *
 * Speed. A band waits for its own last sample, so bands are computed four at a time
 * within the frame: while one waits, another works. */
#include "dsp/matched.h"
#include "proc/proc.h"

enum { ON, TYPE, FREQ, GAIN, Q, CHANNEL, MAX_BANDS = 16, TOGETHER = 4 };
enum { STEREO, MID, SIDE, LEFT, RIGHT };

static const char *const type_names[] = {
    [QM_SVF_BELL] = "bell",
    [QM_SVF_LOW_SHELF] = "low-shelf",
    [QM_SVF_HIGH_SHELF] = "high-shelf",
    [QM_SVF_LOW_PASS] = "low-pass",
    [QM_SVF_HIGH_PASS] = "high-pass",
    [QM_SVF_NOTCH] = "notch",
    [QM_SVF_ALL_PASS] = "all-pass",
    [QM_SVF_TILT] = "tilt",
    NULL,
};

static const char *const channel_names[] = {
    [STEREO] = "stereo", [MID] = "mid",     [SIDE] = "side",
    [LEFT] = "left",     [RIGHT] = "right", NULL};

static const QmParam band[] = {
    [ON] = {.name = "on",
            .help = "whether the band is heard",
            .kind = QM_PARAM_SWITCH,
            .max = 1,
            .def = 1},
    [TYPE] = {.name = "type",
              .help = "shape of the band",
              .kind = QM_PARAM_CHOICE,
              .max = QM_SVF_TILT,
              .choices = type_names},
    [FREQ] = {.name = "freq",
              .help = "centre or corner frequency, at most 0.49 of the rate",
              .unit = QM_UNIT_HZ,
              .min = 10,
              .max = 40000,
              .def = 1000},
    [GAIN] = {.name = "gain",
              .help = "boost or cut of a bell or shelf; of the highs by a tilt",
              .unit = QM_UNIT_DB,
              .min = -40,
              .max = 40,
              .def = 0},
    [Q] = {.name = "q",
           .help = "resonance: the higher, the narrower",
           .min = 0.05,
           .max = 40,
           .def = 0.7071},
    [CHANNEL] = {.name = "channel",
                 .help = "what of the sound the band works on",
                 .kind = QM_PARAM_CHOICE,
                 .max = RIGHT,
                 .choices = channel_names},
};

/* Coeffs: the sections', then what each takes of the channels: 1 - a, b and c. */
enum { TAKE_LESS, TAKE_OTHER, TAKE_SIGNED, N_TAKE };

static const float takes[][N_TAKE] = {
    [STEREO] = {0, 0, 0},     [MID] = {0.5f, 0.5f, 0},    [SIDE] = {0.5f, -0.5f, 0},
    [LEFT] = {0.5f, 0, 0.5f}, [RIGHT] = {0.5f, 0, -0.5f},
};

static void update(const QmProcSpec *spec, const double *params, float *coeffs)
{
    for (uint32_t b = 0; b < spec->n_groups; b++) {
        const double *const p = params + b * QM_COUNT(band);
        float *const c = coeffs + b * QM_SVF_COEFFS;
        float *const take = coeffs + spec->n_groups * QM_SVF_COEFFS + b * N_TAKE;
        memcpy(take, takes[(uint32_t)p[CHANNEL]], sizeof takes[0]);
        qm_matched_design((QmSvfKind)p[TYPE], p[FREQ], p[GAIN], p[Q], spec->rate_hz, c);
        if (p[ON] < 0.5)
            qm_svf_unheard(c);
    }
}

static size_t size_state(const QmProcSpec *spec)
{
    return spec->n_groups * sizeof(QmSvf);
}

/* In 20 time constants a section's ringing falls by 120 dB and by what a boost adds;
 * sections in series do not ring longer than the sum. */
static uint64_t tail(const QmProcSpec *spec, const double *params)
{
    float c[MAX_BANDS * (QM_SVF_COEFFS + N_TAKE)];
    double frames = 0;
    update(spec, params, c);
    for (uint32_t b = 0; b < spec->n_groups; b++)
        frames += qm_svf_frames(c + b * QM_SVF_COEFFS);
    return (uint64_t)(20 * frames);
}

/* One band. */
QM_INLINE QmVec band_tick(QmSvf *s, const QmVec *c, const QmVec *take, QmVec x,
                          bool stereo)
{
    if (stereo)
        return qm_svf_tick(s, c, x);
    const QmVec one = qm_vec(1), sign = {1, -1, 1, -1, 1, -1, 1, -1};
    const QmVecI part = qm_vec_less(qm_vec(0), take[TAKE_LESS]);
    const QmVec own = one - take[TAKE_LESS] + take[TAKE_SIGNED] * sign;
    const QmVec some = own * x + take[TAKE_OTHER] * qm_vec_swap(x);
    const QmVec u = qm_vec_select(part, some, x), h = qm_svf_tick(s, c, u);
    return qm_vec_select(part, x + (h - u), h);
}

/* `count` bands from `first` on; a constant in each of its calls. */
QM_INLINE void run(const QmProcCall *call, uint32_t first, uint32_t count, bool ramp,
                   bool stereo)
{
    const uint32_t bands = call->spec->n_groups;
    const uint32_t at = first * QM_SVF_COEFFS,
                   take_at = bands * QM_SVF_COEFFS + first * N_TAKE;
    QmSvf *const sections = (QmSvf *)call->state + first;
    QmVec *const c = call->coeffs + at, *const take = call->coeffs + take_at;
    QmSvf s[TOGETHER];
    for (uint32_t b = 0; b < count; b++)
        s[b] = sections[b];
    uint32_t settle_at = QM_SVF_SETTLE - call->time.since_grid % QM_SVF_SETTLE;
    for (uint32_t i = 0; i < call->n; settle_at += QM_SVF_SETTLE) {
        const uint32_t end = settle_at < call->n ? settle_at : call->n;
        for (; i < end; i++) {
            if (ramp)
                qm_coeffs_advance(c, call->step + at, 0, count * QM_SVF_COEFFS);
            if (ramp && !stereo)
                qm_coeffs_advance(take, call->step + take_at, 0, count * N_TAKE);
            QmVec x = call->io[i];
            for (uint32_t b = 0; b < count; b++)
                x = band_tick(&s[b], c + b * QM_SVF_COEFFS, take + b * N_TAKE, x, stereo);
            call->io[i] = x;
        }
        if (i == settle_at)
            for (uint32_t b = 0; b < count; b++)
                qm_svf_settle(&s[b]);
    }
    for (uint32_t b = 0; b < count; b++) {
        if (call->on_grid)
            qm_svf_flush(&s[b]);
        sections[b] = s[b];
    }
}

QM_INLINE void run_all(const QmProcCall *call, bool ramp, bool stereo)
{
    const uint32_t bands = call->spec->n_groups;
    uint32_t b = 0;
    for (; b + TOGETHER <= bands; b += TOGETHER)
        run(call, b, TOGETHER, ramp, stereo);
    switch (bands - b) {
    case 3:
        run(call, b, 3, ramp, stereo);
        break;
    case 2:
        run(call, b, 2, ramp, stereo);
        break;
    case 1:
        run(call, b, 1, ramp, stereo);
        break;
    }
}

/* Whether every band of every strip is in stereo, and stays so during the call. */
static bool all_stereo(const QmProcCall *call)
{
    const uint32_t bands = call->spec->n_groups;
    QmVec most = qm_vec(0);
    for (uint32_t b = 0; b < bands; b++) {
        const uint32_t k = bands * QM_SVF_COEFFS + b * N_TAKE + TAKE_LESS;
        most = qm_vec_max(most, call->coeffs[k]);
        if (call->step)
            most = qm_vec_max(most, call->step[k]);
    }
    return !qm_vec_any(most);
}

static void process(const QmProcCall *call)
{
    const bool stereo = all_stereo(call);
    if (call->step && stereo)
        run_all(call, true, true);
    else if (call->step)
        run_all(call, true, false);
    else if (stereo)
        run_all(call, false, true);
    else
        run_all(call, false, false);
}

const QmProcDesc QM_ISA(qm_proc_eq) = {
    .name = "eq",
    .summary = "equaliser: bells, shelves, tilts, passes, notches; stereo or mid/side",
    .group_name = "bands",
    .group = band,
    .n_group = QM_COUNT(band),
    .max_groups = MAX_BANDS,
    .n_group_coeffs = QM_SVF_COEFFS + N_TAKE,
    .update = update,
    .size_state = size_state,
    .tail = tail,
    .process = process,
};
