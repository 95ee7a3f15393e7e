/* How much of a sound is new, from look to look, and where that makes an onset. */
#ifndef QM_ANALYSIS_NOVELTY_H
#define QM_ANALYSIS_NOVELTY_H

#include <stdbool.h>
#include <stdint.h>

enum {
    QM_NOVELTY_BANDS = 32, /* at most */
    QM_NOVELTY_WIDE = 25,  /* looks to both sides that a threshold comes from */
    QM_NOVELTY_RING = 64,  /* at least 2 * WIDE + 1; a power of two */
};

typedef struct QmNovelty {
    uint32_t bands;
    double forget;    /* of the reference, from look to look */
    double reference; /* power of the loudest band of late */
    float before[QM_NOVELTY_BANDS];
    int64_t looks; /* so far */
    float ring[QM_NOVELTY_RING];
} QmNovelty;

/* Everything silent before the first look; `hop_s`: seconds from look to look. */
void qm_novelty_init(QmNovelty *novelty, uint32_t bands, double hop_s);

/* The next look: power in each band. Returns whether there is an onset around look
 * `looks - 1 - QM_NOVELTY_WIDE`, and how new it is, in dB (see novelty.c). Feed it that
 * many looks of silence at the end. */
bool qm_novelty_look(QmNovelty *novelty, const float *power, double *strength_db);

#endif
