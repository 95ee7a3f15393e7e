/* The swing of chorus, flanger, phaser, tremolo and auto-pan: params that they share, and
 * the values of the LFO over a call.
 *
 * The shape (dsp/lfo.h) is computed every QM_SWING_STEP frames of the control grid, from
 * the phase there (proc/cycle.h), and runs straight in between: a sine of 5 Hz is met
 * within -97 dB of its height. Each value is a function of the song position, so that
 * calls may be split anywhere. */
#ifndef QM_PROC_SWING_H
#define QM_PROC_SWING_H

#include "dsp/lfo.h"
#include "proc/cycle.h"

enum {
    QM_SWING_STEP = 16,
    QM_SWING_POINTS = QM_QUANTUM / QM_SWING_STEP + 1,
    QM_SWING_EDGE = 9, /* steps of a jump */
};

/* Rows of a processor's table. */
#define QM_SWING_RATE(hz)                                                                \
    {                                                                                    \
        .name = "rate", .help = "swings a second, where sync is off",                    \
        .unit = QM_UNIT_HZ, .min = 0.01, .max = 20, .def = (hz),                         \
        .flags = QM_PARAM_STEPPED                                                        \
    }
#define QM_SWING_SYNC                                                                    \
    {                                                                                    \
        .name = "sync", .help = "length of a swing as a note, t: triplet, d: dotted",    \
        .kind = QM_PARAM_CHOICE, .max = QM_SYNC_COUNT - 1,                               \
        .choices = (const char *const[])QM_SYNC_NAMES, .flags = QM_PARAM_STRUCTURAL      \
    }
#define QM_SWING_SHAPE                                                                   \
    {                                                                                    \
        .name = "shape", .help = "of the swing", .kind = QM_PARAM_CHOICE,                \
        .max = QM_LFO_SHAPES - 1, .choices = (const char *const[])QM_LFO_NAMES,          \
        .flags = QM_PARAM_STRUCTURAL                                                     \
    }
#define QM_SWING_PHASE                                                                   \
    {                                                                                    \
        .name = "phase", .help = "where the swing stands at the start of the song",      \
        .unit = QM_UNIT_DEGREE, .max = 360, .flags = QM_PARAM_STRUCTURAL                 \
    }
#define QM_SWING_STEREO(degrees)                                                         \
    {                                                                                    \
        .name = "stereo", .help = "by which the right side is ahead of the left",        \
        .unit = QM_UNIT_DEGREE, .max = 360, .def = (degrees),                            \
        .flags = QM_PARAM_STRUCTURAL                                                     \
    }

/* What those params come to. */
typedef struct QmSwing {
    double beats; /* of a synced swing; 0: free */
    QmLfoShape shape;
    uint64_t phase, stereo; /* in 2^-40 cycles */
} QmSwing;

static inline QmSwing qm_swing(double sync, double shape, double phase, double stereo)
{
    return (QmSwing){.beats = qm_sync_beats((uint32_t)sync),
                     .shape = (QmLfoShape)shape,
                     .phase = (uint64_t)(phase / 360 * 0x1p40),
                     .stereo = (uint64_t)(stereo / 360 * 0x1p40)};
}

/* A shape that jumps is heard as a click, so its value is the mean of QM_SWING_EDGE
 * values around it: an edge takes 144 frames, 3 ms at 48 kHz. */
static inline double qm_swing_value(const QmSwing *swing, QmPhase phase, uint64_t seed)
{
    const bool jumps =
        swing->shape >= QM_LFO_SAW_UP && swing->shape <= QM_LFO_SAMPLE_HOLD;
    const uint64_t reach = jumps ? QM_SWING_EDGE / 2 : 0;
    const uint64_t step = QM_SWING_STEP * phase.step;
    double sum = 0;
    for (uint64_t k = 0; k <= 2 * reach; k++) {
        const uint64_t at = phase.at + (k - reach) * step;
        sum += qm_lfo_value(swing->shape, qm_phase_turns(at), qm_phase_cycle(at), seed);
    }
    return jumps ? sum / QM_SWING_EDGE : sum;
}

/* The LFO at the points around a call, one channel of one strip. `per_frame`: cycles, of
 * a free swing; `ahead` in 2^-40 cycles. */
static inline void qm_swing_points(const QmSwing *swing, QmCycle *cycle,
                                   const QmSongTime *time, double per_frame,
                                   uint64_t ahead, uint64_t seed,
                                   double points[QM_SWING_POINTS])
{
    const QmPhase phase = swing->beats > 0 ? qm_cycle_synced(time, swing->beats)
                                           : qm_cycle_free(cycle, time, per_frame);
    const uint64_t grid = phase.at - time->since_grid * phase.step;
    for (uint32_t k = 0; k < QM_SWING_POINTS; k++) {
        const uint64_t on = k * QM_SWING_STEP * phase.step + ahead + swing->phase;
        points[k] = qm_swing_value(swing, (QmPhase){grid + on, phase.step}, seed);
    }
}

/* Frames [0, n) of a call out of its points. */
static inline void qm_swing_line(const double points[QM_SWING_POINTS], uint32_t since,
                                 uint32_t n, float *line)
{
    for (uint32_t i = 0; i < n; i++) {
        const uint32_t k = (since + i) / QM_SWING_STEP,
                       part = (since + i) % QM_SWING_STEP;
        const double up = points[k + 1] - points[k];
        line[i] = (float)(points[k] + up * (part * (1.0 / QM_SWING_STEP)));
    }
}

/* All lanes of a gang: cycles[QM_GANG]; `per_frame` by lane. */
QM_INLINE void qm_swing_lanes(const QmSwing *swing, QmCycle *cycles,
                              const QmProcCall *call, QmVec per_frame, QmVec *lines)
{
    QmVec points[QM_SWING_POINTS];
    for (uint32_t lane = 0; lane < QM_LANES; lane++) {
        double p[QM_SWING_POINTS];
        qm_swing_points(swing, &cycles[lane / 2], &call->time, (double)per_frame[lane],
                        lane % 2 ? swing->stereo : 0, call->spec[lane / 2].seed, p);
        for (uint32_t k = 0; k < QM_SWING_POINTS; k++)
            points[k][lane] = (float)p[k];
    }
    for (uint32_t i = 0; i < call->n; i++) {
        const uint32_t at = call->time.since_grid + i;
        const uint32_t k = at / QM_SWING_STEP, part = at % QM_SWING_STEP;
        const QmVec up = points[k + 1] - points[k];
        lines[i] = points[k] + up * qm_vec((float)part * (1.0f / QM_SWING_STEP));
    }
}

#endif
