/* Tape: a recorder's curve, its emphasis, its head bump, and a transport that is not
 * quite even.
 *
 *     emphasis -> curve (dsp/saturator.h, 8x) -> de-emphasis -> bump -> transport
 *
 * Emphasis: recording amplifiers lift the highs by the time constant of the standard, 50
 * us (3183 Hz; NAB 1965, IEC 60094-1 at 38 cm/s), here by up to 6 dB; playback takes them
 * down again. So highs bend first, and what bends is dulled as it is on tape, while small
 * signals come back as they were.
 *
 * Curve: the anhysteretic magnetisation, to which the high-frequency bias of a recorder
 * straightens the hysteresis (Bertram, "Long wavelength ac biased recording theory",
 * 1974): an odd sigmoid without memory. `drive` is how far it reaches into the signal: at
 * 100 % it bends at 1/4.5 of full scale (-13 dBFS), at 0 it is straight; small signals
 * keep their level at any drive. `bias` is what is wrong with the bias, an unsymmetrical
 * wave or a magnetised head: it moves the working point, which makes even harmonics.
 * Third harmonic at a peak a: (4.5 drive a)^2 / 8; 3 % of it is what levels of tapes
 * refer to.
 *
 * Bump: long waves see the whole head; a bell at 65 Hz, as a recorder has it at 38 cm/s.
 *
 * Transport: the tape's speed is 1 + wow sin + flutter sin, at 1.1 Hz (a reel and a
 * capstan) and 9.7 Hz (guides, rollers), in percent of peak deviation, unweighted; good
 * studio machines have 0.02 to 0.05 %, cassettes 0.2 %. Its integral is a delay that
 * swings by wow / (2 pi 1.1 Hz) around the latency, a function of the song position, read
 * between the samples by dsp/sinc.h: flat to 0.39 of the rate (19 kHz at 48 kHz), which
 * is where tape ends. `transport: no` leaves all of that out, and its latency.
 *
 * Latency: 51 frames up to 48 kHz, and with the transport some 2 ms more. */
#include "dsp/delay_line.h"
#include "dsp/saturator.h"
#include "dsp/sinc.h"
#include "dsp/sine.h"
#include "dsp/svf.h"

#include "proc/cycle.h"

enum { DRIVE, BIAS, BUMP, WOW, FLUTTER, TRANSPORT };

/* Defaults of drive, bias, wow and flutter: the amounts 0.3, 0.1, 0.02 and 0.01. */
static const QmParam params[] = {
    [DRIVE] = {.name = "drive",
               .help = "how far the signal is pushed into the curve, 0: not at all",
               .unit = QM_UNIT_PERCENT,
               .min = 0,
               .max = 100,
               .def = 30},
    [BIAS] = {.name = "bias",
              .help = "what is wrong with it, makes even harmonics",
              .unit = QM_UNIT_PERCENT,
              .min = 0,
              .max = 100,
              .def = 10},
    [BUMP] = {.name = "bump",
              .help = "of the playback head, at 65 Hz",
              .unit = QM_UNIT_DB,
              .min = 0,
              .max = 6,
              .def = 1},
    [WOW] = {.name = "wow",
             .help = "slow error of the speed, peak",
             .unit = QM_UNIT_PERCENT,
             .min = 0,
             .max = 1,
             .def = 0.02},
    [FLUTTER] = {.name = "flutter",
                 .help = "fast error of the speed, peak",
                 .unit = QM_UNIT_PERCENT,
                 .min = 0,
                 .max = 0.5,
                 .def = 0.01},
    [TRANSPORT] = {.name = "transport",
                   .help = "wow and flutter, at the price of latency",
                   .kind = QM_PARAM_SWITCH,
                   .max = 1,
                   .def = 1,
                   .flags = QM_PARAM_STRUCTURAL},
};

/* dsp/saturator.h says why the curve stops at 8: 4.5, times the 1.63 of the emphasis at 7
 * kHz, is 7.3. */
#define MOST_DRIVE      4.5
#define MOST_BIAS       0.5
#define EMPHASIS_HZ     (1 / (2 * QM_PI * 50e-6))
#define EMPHASIS_END_HZ (2 * EMPHASIS_HZ)
#define BUMP_HZ         65.0
#define BUMP_Q          1.0
#define WOW_HZ          1.1
#define FLUTTER_HZ      9.7

enum {
    C_BUMP = QM_SATURATE_COEFFS,
    C_WOW = C_BUMP + QM_SVF_COEFFS, /* swings of the delay, frames */
    C_FLUTTER,
    N_COEFFS,
};

/* By how many frames a delay swings whose speed swings by `percent`. */
static double swing(double percent, double hz, double rate_hz)
{
    return 0.01 * percent / (2 * QM_PI * hz) * rate_hz;
}

static void update(const QmProcSpec *spec, const double *p, float *c)
{
    const double rate = spec->rate_hz;
    qm_saturator_update(MOST_DRIVE * 0.01 * p[DRIVE], MOST_BIAS * 0.01 * p[BIAS], 1, rate,
                        c);
    qm_shelf_pair(EMPHASIS_HZ, EMPHASIS_END_HZ, 1, rate, c + QM_SATURATE_PRE);
    qm_svf_design(QM_SVF_BELL, BUMP_HZ, p[BUMP], BUMP_Q, rate, c + C_BUMP);
    c[C_WOW] = (float)swing(p[WOW], WOW_HZ, rate);
    c[C_FLUTTER] = (float)swing(p[FLUTTER], FLUTTER_HZ, rate);
}

enum { TAPS = 32, LINES = QM_LANES };

/* The transport's delay at rest: what it may swing, and the taps that lie ahead. */
static uint32_t rest_frames(const QmProcSpec *spec)
{
    const double most = swing(params[WOW].max, WOW_HZ, spec->rate_hz) +
                        swing(params[FLUTTER].max, FLUTTER_HZ, spec->rate_hz);
    return spec->params[TRANSPORT] > 0.5 ? (uint32_t)most + 2 + TAPS / 2 : 0;
}

static uint32_t latency(const QmProcSpec *spec)
{
    return qm_saturator_latency(spec->rate_hz) + rest_frames(spec);
}

static uint64_t tail(const QmProcSpec *spec, const double *p)
{
    (void)p;
    return qm_saturator_tail(spec->rate_hz) + 2 * rest_frames(spec) + TAPS;
}

typedef struct State {
    QmSaturator saturator;
    QmSvf bump;
    QmRing ring; /* of all lines */
    QmCycle wow, flutter;
    uint32_t rest;  /* frames; 0: no transport */
    uint32_t line;  /* floats of a line */
    QmSinc sinc[1]; /* as the lines behind it: only with a transport */
} State;

static QmRing ring_of(uint32_t rest) { return qm_ring(2 * rest + QM_RING_BLOCK + TAPS); }

static size_t size_state(const QmProcSpec *spec)
{
    const uint32_t rest = rest_frames(spec);
    const QmRing ring = ring_of(rest);
    if (rest == 0)
        return offsetof(State, sinc);
    return sizeof(State) + LINES * qm_ring_items(&ring) * sizeof(float);
}

static void reset(const QmProcSpec *spec, void *state)
{
    State *const s = state;
    s->rest = rest_frames(spec);
    s->ring = ring_of(s->rest);
    s->line = (uint32_t)qm_ring_items(&s->ring);
    if (s->rest > 0)
        qm_sinc_init(s->sinc);
}

static float *line_of(State *s, uint32_t lane)
{
    return (float *)(s->sinc + 1) + (size_t)lane * s->line;
}

static void bump(State *s, const QmProcCall *call)
{
    QmVec *const c = call->coeffs + C_BUMP;
    const QmVec *const step = call->step ? call->step + C_BUMP : NULL;
    QmSvf f = s->bump;
    for (uint32_t i = 0; i < call->n; i++) {
        for (uint32_t k = 0; step && k < QM_SVF_COEFFS; k++)
            c[k] += step[k];
        call->io[i] = qm_svf_tick(&f, c, call->io[i]);
        if ((call->time.since_grid + i + 1) % QM_SVF_SETTLE == 0)
            qm_svf_settle(&f);
    }
    if (call->on_grid)
        qm_svf_flush(&f);
    s->bump = f;
}

/* Frames into the lines; rows become lines by eights. */
static void record(State *s, const QmVec *io, uint32_t n)
{
    for (uint32_t i = 0; i < n; i += QM_LANES) {
        QmVec rows[QM_LANES] = {{0}};
        memcpy(rows, io + i, (n - i < QM_LANES ? n - i : QM_LANES) * sizeof *rows);
        qm_transpose(rows);
        for (uint32_t lane = 0; lane < LINES; lane++)
            qm_vec_store(line_of(s, lane) + s->ring.at + i, qm_vec_flush(rows[lane]));
    }
    QmRing ring = s->ring;
    for (uint32_t lane = 0; lane < LINES; lane++) {
        ring = s->ring;
        qm_ring_written(&ring, line_of(s, lane), sizeof(float), n);
    }
    s->ring = ring;
}

/* One frame of a strip from `delay` frames before line index `at`: sums to add up. */
QM_INLINE void play(State *s, uint32_t strip, uint32_t at, double delay, QmVec sums[2])
{
    const uint32_t whole = (uint32_t)delay + 1; /* the place lies behind it, by part */
    const double part = (double)whole - delay;
    const uint32_t back = whole + TAPS / 2 - 1;
    const uint32_t from = at >= back ? at - back : at + s->ring.size - back;
    const float *const left = line_of(s, 2 * strip) + from;
    const uint32_t fraction = part < 1 ? (uint32_t)(part * 0x1p32) : UINT32_MAX;
    qm_sinc_wide(s->sinc, &qm_sinc_banks[0], fraction, left, left + s->line, sums);
}

/* A sine's next n values from `phase` on. */
static void sines(QmPhase phase, uint32_t n, double *sine)
{
    for (uint32_t i = 0; i < n; i++)
        sine[i] = qm_sine_of_phase(qm_phase_turns(phase.at + i * phase.step));
}

static void transport(State *s, const QmProcCall *call)
{
    const double rate = call->spec->rate_hz;
    double wow[QM_QUANTUM], flutter[QM_QUANTUM];
    sines(qm_cycle_free(&s->wow, &call->time, WOW_HZ / rate), call->n, wow);
    sines(qm_cycle_free(&s->flutter, &call->time, FLUTTER_HZ / rate), call->n, flutter);
    QmVec *const c = call->coeffs;
    uint32_t at = s->ring.at;
    record(s, call->io, call->n);
    for (uint32_t i = 0; i < call->n; i++) {
        for (uint32_t k = C_WOW; call->step && k < N_COEFFS; k++)
            c[k] += call->step[k];
        QmVec sums[LINES];
        for (uint32_t strip = 0; strip < QM_GANG; strip++) {
            const double delay = s->rest + (double)c[C_WOW][2 * strip] * wow[i] +
                                 (double)c[C_FLUTTER][2 * strip] * flutter[i];
            play(s, strip, at, delay, sums + 2 * strip);
        }
        call->io[i] = qm_sinc_sums(sums);
        at = at + 1 < s->ring.size ? at + 1 : 0;
    }
}

static void process(const QmProcCall *call)
{
    State *const s = call->state;
    qm_saturate(&s->saturator, qm_saturator_factor(call->spec->rate_hz), call->coeffs,
                call->step, call->io, call->n, call->on_grid);
    bump(s, call);
    if (s->rest > 0)
        transport(s, call);
}

const QmProcDesc QM_ISA(qm_proc_tape) = {
    .name = "tape",
    .summary = "a tape recorder: curve, emphasis, head bump, wow and flutter",
    .params = params,
    .n_params = QM_COUNT(params),
    .flags = QM_PROC_TIMED | QM_PROC_RINGS,
    .n_coeffs = N_COEFFS,
    .update = update,
    .size_state = size_state,
    .latency = latency,
    .tail = tail,
    .reset = reset,
    .process = process,
};
