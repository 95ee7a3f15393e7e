/* Equaliser: up to 16 bands in series, each a state variable filter of any shape
 * (dsp/svf.h).
 *
 * Responses are the cookbook's (bilinear): exact at the band's frequency, a bell near
 * Nyquist is narrower than its analogue model. No latency; the tail is the ringing of all
 * bands.
 *
 * A band that is switched off goes on filtering and is only left out of the output, so
 * that switching is a ramp like any other change. A bell or shelf of 0 dB gives its
 * input, bit for bit.
 *
 * Speed. A band waits for its own last sample, so bands are computed four at a time
 * within the frame: while one waits, another works. */
#include "dsp/svf.h"
#include "proc/proc.h"

enum { ON, TYPE, FREQ, GAIN, Q, MAX_BANDS = 16, TOGETHER = 4 };

static const char *const type_names[] = {
    [QM_SVF_BELL] = "bell",
    [QM_SVF_LOW_SHELF] = "low-shelf",
    [QM_SVF_HIGH_SHELF] = "high-shelf",
    [QM_SVF_LOW_PASS] = "low-pass",
    [QM_SVF_HIGH_PASS] = "high-pass",
    [QM_SVF_NOTCH] = "notch",
    [QM_SVF_ALL_PASS] = "all-pass",
    NULL,
};

static const QmParam band[] = {
    [ON] = {.name = "on",
            .help = "whether the band is heard",
            .kind = QM_PARAM_SWITCH,
            .max = 1,
            .def = 1},
    [TYPE] = {.name = "type",
              .help = "shape of the band",
              .kind = QM_PARAM_CHOICE,
              .max = QM_SVF_ALL_PASS,
              .choices = type_names},
    [FREQ] = {.name = "freq",
              .help = "centre or corner frequency, at most 0.49 of the rate",
              .unit = QM_UNIT_HZ,
              .min = 10,
              .max = 40000,
              .def = 1000},
    [GAIN] = {.name = "gain",
              .help = "boost or cut of a bell or shelf",
              .unit = QM_UNIT_DB,
              .min = -40,
              .max = 40,
              .def = 0},
    [Q] = {.name = "q",
           .help = "resonance: the higher, the narrower",
           .min = 0.05,
           .max = 40,
           .def = 0.7071},
};

static uint32_t n_coeffs(const QmProcSpec *spec)
{
    return spec->n_groups * QM_SVF_COEFFS;
}

static void update(const QmProcSpec *spec, const double *params, float *coeffs)
{
    for (uint32_t b = 0; b < spec->n_groups; b++) {
        const double *const p = params + b * QM_COUNT(band);
        float *const c = coeffs + b * QM_SVF_COEFFS;
        qm_svf_design((QmSvfKind)p[TYPE], p[FREQ], p[GAIN], p[Q], spec->rate_hz, c);
        if (p[ON] < 0.5) {
            c[QM_SVF_D0] = 1;
            c[QM_SVF_C1] = c[QM_SVF_D2] = 0;
        }
    }
}

typedef struct State {
    uint32_t since;   /* frames since the sections were settled */
    uint32_t pad[15]; /* to a cache line */
    QmSvf bands[];
} State;

static size_t state_size(const QmProcSpec *spec)
{
    return sizeof(State) + spec->n_groups * sizeof(QmSvf);
}

/* In 20 time constants a section's ringing falls by 120 dB and by what a boost adds;
 * sections in series do not ring longer than the sum. */
static uint64_t tail(const QmProcSpec *spec, const double *params)
{
    float c[MAX_BANDS * QM_SVF_COEFFS];
    double frames = 0;
    update(spec, params, c);
    for (uint32_t b = 0; b < spec->n_groups; b++)
        frames += qm_svf_frames(c + b * QM_SVF_COEFFS);
    return (uint64_t)(20 * frames);
}

/* `count` bands from `first` on; a constant in each of its calls. */
QM_INLINE void run(const QmProcCall *call, uint32_t first, uint32_t count, bool ramp)
{
    State *const state = call->state;
    QmVec *const c = call->coeffs + first * QM_SVF_COEFFS;
    const QmVec *const step = ramp ? call->step + first * QM_SVF_COEFFS : NULL;
    QmSvf s[TOGETHER];
    for (uint32_t b = 0; b < count; b++)
        s[b] = state->bands[first + b];
    uint32_t settle_at = QM_SVF_SETTLE - state->since;
    for (uint32_t i = 0; i < call->n; settle_at += QM_SVF_SETTLE) {
        const uint32_t end = settle_at < call->n ? settle_at : call->n;
        for (; i < end; i++) {
            if (ramp)
                for (uint32_t k = 0; k < count * QM_SVF_COEFFS; k++)
                    c[k] += step[k];
            QmVec x = call->io[i];
            for (uint32_t b = 0; b < count; b++)
                x = qm_svf_tick(&s[b], c + b * QM_SVF_COEFFS, x);
            call->io[i] = x;
        }
        if (i == settle_at)
            for (uint32_t b = 0; b < count; b++)
                qm_svf_settle(&s[b]);
    }
    for (uint32_t b = 0; b < count; b++) {
        if (call->on_grid)
            qm_svf_flush(&s[b]);
        state->bands[first + b] = s[b];
    }
}

QM_INLINE void run_all(const QmProcCall *call, bool ramp)
{
    const uint32_t bands = call->spec->n_groups;
    uint32_t b = 0;
    for (; b + TOGETHER <= bands; b += TOGETHER)
        run(call, b, TOGETHER, ramp);
    switch (bands - b) {
    case 3:
        run(call, b, 3, ramp);
        break;
    case 2:
        run(call, b, 2, ramp);
        break;
    case 1:
        run(call, b, 1, ramp);
        break;
    }
}

static void process(const QmProcCall *call)
{
    State *const state = call->state;
    if (call->step)
        run_all(call, true);
    else
        run_all(call, false);
    state->since = call->on_grid ? 0 : (state->since + call->n) % QM_SVF_SETTLE;
}

const QmProcDesc QM_ISA(qm_proc_eq) = {
    .name = "eq",
    .summary = "equaliser: bells, shelves, passes, notches",
    .group_name = "bands",
    .group = band,
    .n_group = QM_COUNT(band),
    .max_groups = MAX_BANDS,
    .n_coeffs = n_coeffs,
    .update = update,
    .state_size = state_size,
    .tail = tail,
    .process = process,
};
