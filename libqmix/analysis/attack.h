/* An onset among the samples: where it begins, how fast it rises, where to cut. */
#ifndef QM_ANALYSIS_ATTACK_H
#define QM_ANALYSIS_ATTACK_H

#include <stdbool.h>
#include <stdint.h>

enum {
    QM_ATTACK_CELL = 32,   /* frames at scale 0, 0.7 ms: what energies are taken over */
    QM_ATTACK_CELLS = 64,  /* most cells that are searched */
    QM_ATTACK_BEFORE = 16, /* cells that are looked at before and behind the range */
};

#define QM_ATTACK_NONE INT64_MIN

/* The frame in [from, to) of x (a cell more at both ends) with which the steepest rise
 * begins; QM_ATTACK_NONE: something ends there. Reads QM_ATTACK_BEFORE cells beyond both
 * ends; to - from is at most QM_ATTACK_CELLS cells of `cell` frames. */
int64_t qm_attack_begin(const float *x, int64_t from, int64_t to, uint32_t cell);

typedef struct QmAttackRise {
    bool hidden;  /* what sounds already is as loud as what begins */
    float peak;   /* highest magnitude */
    int64_t rise; /* frames from a tenth to nine tenths of the way to the peak */
} QmAttackRise;

/* The attack that is steepest at `begin` and has its peak before `end`. Looks for the
 * quietest moment from which it rises in the `before` frames before it (and reads a tenth
 * more of them); it is hidden if the last quarter of these is as loud as what follows. */
QmAttackRise qm_attack_rise(const float *x, int64_t begin, int64_t end, uint32_t before);

/* The last frame in (begin - back, begin] at which x crosses zero; where it does not, the
 * one in which it is smallest. */
int64_t qm_attack_cut(const float *x, int64_t begin, uint32_t back);

#endif
