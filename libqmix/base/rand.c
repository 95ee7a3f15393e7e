/* A draw is SplitMix64 (Steele, Lea, Flood 2014) jumped to its index: the generator's
 * state is a counter in steps of the golden ratio, so any draw of the stream is one
 * multiplication away. A stream starts at a key that hashes seed and name; two streams
 * share draws only if their keys happen to lie within each other's length on a circle of
 * 2^64. */
#include "base/rand.h"

#include "base/hash.h"

static const uint64_t GOLDEN = 0x9e3779b97f4a7c15; /* 2^64 / golden ratio, odd */

uint64_t qm_rand_key(uint64_t seed, uint64_t stream)
{
    return qm_mix64(qm_mix64(seed + GOLDEN) ^ stream);
}

uint64_t qm_rand_bits(uint64_t key, uint64_t index)
{
    return qm_mix64(key + (index + 1) * GOLDEN);
}

double qm_rand(uint64_t seed, uint64_t stream, uint64_t index)
{
    return (double)(qm_rand_bits(qm_rand_key(seed, stream), index) >> 11) * 0x1p-53;
}
