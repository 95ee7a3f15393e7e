/* Where a swing stands: the phase of what moves in a processor, as a function of the song
 * position (R9).
 *
 *   free      phase = frame * rate
 *   synced    phase = beats / period
 *
 * both counted in 2^-40 cycles, modulo 2^64: the upper bits count cycles. A synced phase
 * follows the song through every change of tempo. A free one does not jump when its rate
 * changes: from there on it runs ahead or behind by what the rates before have made of
 * the song so far. */
#ifndef QM_PROC_CYCLE_H
#define QM_PROC_CYCLE_H

#include "proc/proc.h"

/* Note lengths for a QM_PARAM_CHOICE; t: triplet, d: dotted. The first: none. */
#define QM_SYNC_NAMES                                                                    \
    {                                                                                    \
        "off", "1/64", "1/32", "1/16t", "1/16", "1/8t", "1/16d", "1/8", "1/4t", "1/8d",  \
            "1/4", "1/2t", "1/4d", "1/2", "1/1t", "1/2d", "1/1", "2/1", "4/1", "8/1",    \
            NULL                                                                         \
    }
enum { QM_SYNC_OFF, QM_SYNC_QUARTER = 10, QM_SYNC_COUNT = 20 };

/* The length of a choice in beats; 0: none. */
static inline double qm_sync_beats(uint32_t sync)
{
    static const uint16_t in_48ths[QM_SYNC_COUNT] = {0,   3,   6,   8,   12,  16,  18,
                                                     24,  32,  36,  48,  64,  72,  96,
                                                     128, 144, 192, 384, 768, 1536};
    return sync < QM_SYNC_COUNT ? in_48ths[sync] / 48.0 : 0;
}

#define QM_CYCLE_ONE (UINT64_C(1) << 40)

/* State of a swing; zero is rest. */
typedef struct QmCycle {
    uint64_t step;  /* of the free swing so far, in 2^-40 cycles a frame */
    uint64_t ahead; /* of where `step` alone would have it, in 2^-40 cycles */
} QmCycle;

/* Frame i of a call has the phase at + i * step, the same however a span is split. */
typedef struct QmPhase {
    uint64_t at, step; /* in 2^-40 cycles */
} QmPhase;

/* A free swing at `per_frame` cycles a frame (a coeff of a QM_PARAM_STEPPED param:
 * rate_hz / rate). */
static inline QmPhase qm_cycle_free(QmCycle *cycle, const QmSongTime *time,
                                    double per_frame)
{
    const uint64_t step = (uint64_t)(per_frame * 0x1p40 + 0.5);
    const uint64_t frame = (uint64_t)time->frame;
    if (cycle->step && cycle->step != step)
        cycle->ahead += frame * (cycle->step - step);
    cycle->step = step;
    return (QmPhase){frame * step + cycle->ahead, step};
}

/* A swing of a cycle every `beats`. */
static inline QmPhase qm_cycle_synced(const QmSongTime *time, double beats)
{
    typedef unsigned __int128 Wide;
    const uint64_t per_beat = (uint64_t)(0x1p24 / beats + 0.5);
    const uint64_t grid = time->beat - time->since_grid * time->beats_per_frame;
    const uint64_t step = (uint64_t)((Wide)time->beats_per_frame * per_beat >> 16);
    const uint64_t at = (uint64_t)((Wide)grid * per_beat >> 16);
    return (QmPhase){at + time->since_grid * step, step};
}

/* The lower part as dsp/sine.h and dsp/lfo.h want it, in 2^-32 turns, and the number of
 * the cycle. */
static inline uint32_t qm_phase_turns(uint64_t phase) { return (uint32_t)(phase >> 8); }
static inline uint32_t qm_phase_cycle(uint64_t phase) { return (uint32_t)(phase >> 40); }

#endif
