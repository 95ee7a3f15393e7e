/* Which stems hear the same source: bleed, a DI beside its amplifier, the two microphones
 * of a kick, a stem that was exported twice; how much later one is than the other, and
 * with which polarity.
 *
 * The stems come block by block, in step:
 *
 *     for each block:  qm_relate_take(stems 2 k and 2 k + 1)     any thread, any order
 *                      qm_relate_pairs(row)                      when all were taken
 *     qm_relate_finish
 *
 * What is told depends on neither the threads nor their number. Memory: 18 kB a pair. */
#ifndef QM_ANALYSIS_RELATE_H
#define QM_ANALYSIS_RELATE_H

#include "analysis/measure.h"
#include "dsp/isa.h"

enum { QM_RELATE_MAX_STEMS = 128 };

/* A row a pair that has something in common; where a file has more than one channel, the
 * middle of its first two is compared. */
typedef struct QmRelatedPair {
    const char *first, *second;
    /* "duplicate": the same samples, or all of them negative; "copy": the same sound at
     * another level or time; "shared source": part of what they hold is the same. */
    const char *relation;
    QmMeasured delay; /* samples by which the second is later; to about a tenth */
    QmMeasured delay_ms;
    const char *polarity;  /* "same", "inverted"; "unclear": turned by about 90 degrees */
    QmMeasured phase;      /* degrees between them, the delay taken out: -180..180 */
    QmMeasured shared;     /* %: how much of the spectrum agrees with that delay */
    QmMeasured confidence; /* 0..1 */
    uint32_t first_at, second_at; /* which stems */
} QmRelatedPair;

typedef struct QmRelations {
    QmMeasured compared; /* pairs */
    QmList pairs;        /* of QmRelatedPair, in the order of stems */
} QmRelations;

/* The table that describes a QmRelations. */
extern const QmMeasure qm_relations_measures[];
extern const uint32_t qm_relations_measure_count;

/* A block of a stem; behind its end `frames` is short or 0 and the rest is silence. */
typedef struct QmRelateInput {
    const float *samples; /* interleaved, a whole block */
    uint32_t channels, frames;
} QmRelateInput;

typedef struct QmRelate QmRelate;

/* `n` stems (up to QM_RELATE_MAX_STEMS) at `rate`. NULL: out of memory. */
QmRelate *qm_relate_new(uint32_t n, double rate, QmIsa isa, QmArena *arena);
uint32_t qm_relate_block(const QmRelate *relate); /* frames: 171 ms at 48 kHz */
size_t qm_relate_work(const QmRelate *relate);    /* bytes a thread, aligned to 64 */

/* The next block of stems 2 k and 2 k + 1 (NULL where there is none), which stays where
 * it is until all pairs are done. */
void qm_relate_take(QmRelate *relate, uint32_t k, const QmRelateInput *first,
                    const QmRelateInput *second, void *work);
/* Compares the block of stem `row` with those of all stems behind it. */
void qm_relate_pairs(QmRelate *relate, uint32_t row);

/* `names` and what the result holds stay in use. False: out of memory. */
bool qm_relate_finish(QmRelate *relate, const char *const *names, void *work,
                      QmArena *arena, QmRelations *result);

#endif
