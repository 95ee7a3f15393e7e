/* Randomness as a function (D6): a draw depends on seed, stream and index, never on which
 * draws came before, on which thread, or where a render started.
 *
 * A stream is named by a 64-bit key, usually qm_hash64_string of what draws ("dither",
 * "kick.when.4"); the index counts frames, steps or launches. */
#ifndef QM_BASE_RAND_H
#define QM_BASE_RAND_H

#include <stdint.h>

/* The key of (seed, stream); hoist it out of loops over the index. */
uint64_t qm_rand_key(uint64_t seed, uint64_t stream);
/* 64 uniform bits. */
uint64_t qm_rand_bits(uint64_t key, uint64_t index);
/* Uniform in [0, 1), 53 bits. */
double qm_rand(uint64_t seed, uint64_t stream, uint64_t index);

#endif
