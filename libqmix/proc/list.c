/* The list of processors: one line each, in the order in which they are told:
 * level, tone, dynamics, colour, motion, space, the last step
 * (docs/processors/README.md).
 *
 * Each name stands for two descriptors, one a build of its file (QM_ISA in dsp/vec.h);
 * isa.c picks one of the lists when the program runs. */
#include "proc/list.h"

#define QM_PROCESSORS                                                                    \
    QM_PROC(gain)                                                                        \
    QM_PROC(eq)                                                                          \
    QM_PROC(dynamic_eq)                                                                  \
    QM_PROC(filter)                                                                      \
    QM_PROC(compressor)                                                                  \
    QM_PROC(multiband)                                                                   \
    QM_PROC(gate)                                                                        \
    QM_PROC(transient)                                                                   \
    QM_PROC(de_esser)                                                                    \
    QM_PROC(ducker)                                                                      \
    QM_PROC(limiter)                                                                     \
    QM_PROC(clipper)                                                                     \
    QM_PROC(tape)                                                                        \
    QM_PROC(tube)                                                                        \
    QM_PROC(exciter)                                                                     \
    QM_PROC(digital)                                                                     \
    QM_PROC(chorus)                                                                      \
    QM_PROC(flanger)                                                                     \
    QM_PROC(phaser)                                                                      \
    QM_PROC(tremolo)                                                                     \
    QM_PROC(auto_pan)                                                                    \
    QM_PROC(reverb)                                                                      \
    QM_PROC(delay)                                                                       \
    QM_PROC(width)                                                                       \
    QM_PROC(mid_side)                                                                    \
    QM_PROC(haas)                                                                        \
    QM_PROC(mono_bass)                                                                   \
    QM_PROC(dither)

#define QM_PROC(name) extern const QmProcDesc qm_proc_##name##_base;
QM_PROCESSORS
#undef QM_PROC
#define QM_PROC(name) &qm_proc_##name##_base,
const QmProcDesc *const qm_proc_list_base[] = {QM_PROCESSORS};
#undef QM_PROC
const uint32_t qm_proc_list_count = QM_COUNT(qm_proc_list_base);

#if QM_HAVE_AVX2
#define QM_PROC(name) extern const QmProcDesc qm_proc_##name##_avx2;
QM_PROCESSORS
#undef QM_PROC
#define QM_PROC(name) &qm_proc_##name##_avx2,
const QmProcDesc *const qm_proc_list_avx2[] = {QM_PROCESSORS};
#undef QM_PROC
#endif
