/* Intel's SHA extensions: `rnds2` does two rounds on the state, which lies in two
 * registers as ABEF and CDGH and changes places each time; `msg1` and `msg2` make four
 * words of the schedule out of the sixteen before. */
#include "base/hash_x86.h"

#ifdef __x86_64__

#include <immintrin.h>

/* Leaf 7, EBX bit 29: SHA; every CPU that has it has SSSE3 and SSE4.1. */
static bool has_sha(void)
{
    uint32_t a = 0, b, c = 0, d;
    __asm__("cpuid" : "+a"(a), "=b"(b), "+c"(c), "=d"(d));
    if (a < 7)
        return false;
    a = 7;
    c = 0;
    __asm__("cpuid" : "+a"(a), "=b"(b), "+c"(c), "=d"(d));
    return b >> 29 & 1;
}

__attribute__((target("sha,ssse3,sse4.1"))) static void take_block(
    __m128i *abef, __m128i *cdgh, const uint8_t *block, const uint32_t constants[64])
{
    const __m128i swap = _mm_set_epi64x(0x0c0d0e0f08090a0b, 0x0405060700010203);
    const __m128i abef_before = *abef, cdgh_before = *cdgh;
    __m128i w[4];
    for (int i = 0; i < 4; i++)
        w[i] = _mm_shuffle_epi8(_mm_loadu_si128((const __m128i *)(block + 16 * i)), swap);
#pragma GCC unroll 16
    for (int r = 0; r < 16; r++) {
        const __m128i four = w[r & 3];
        const __m128i k = _mm_loadu_si128((const __m128i *)(constants + 4 * r));
        const __m128i sum = _mm_add_epi32(four, k);
        *cdgh = _mm_sha256rnds2_epu32(*cdgh, *abef, sum);
        *abef = _mm_sha256rnds2_epu32(*abef, *cdgh, _mm_shuffle_epi32(sum, 0x0e));
        const __m128i last = w[(r + 3) & 3];
        const __m128i mid = _mm_alignr_epi8(last, w[(r + 2) & 3], 4);
        w[r & 3] = _mm_sha256msg2_epu32(
            _mm_add_epi32(_mm_sha256msg1_epu32(four, w[(r + 1) & 3]), mid), last);
    }
    *abef = _mm_add_epi32(*abef, abef_before);
    *cdgh = _mm_add_epi32(*cdgh, cdgh_before);
}

__attribute__((target("sha,ssse3,sse4.1"))) static void take_blocks(
    uint32_t s[8], const uint8_t *blocks, size_t n, const uint32_t constants[64])
{
    __m128i abef = _mm_set_epi32((int)s[0], (int)s[1], (int)s[4], (int)s[5]);
    __m128i cdgh = _mm_set_epi32((int)s[2], (int)s[3], (int)s[6], (int)s[7]);
    for (size_t i = 0; i < n; i++)
        take_block(&abef, &cdgh, blocks + 64 * i, constants);
    s[0] = (uint32_t)_mm_extract_epi32(abef, 3);
    s[1] = (uint32_t)_mm_extract_epi32(abef, 2);
    s[4] = (uint32_t)_mm_extract_epi32(abef, 1);
    s[5] = (uint32_t)_mm_extract_epi32(abef, 0);
    s[2] = (uint32_t)_mm_extract_epi32(cdgh, 3);
    s[3] = (uint32_t)_mm_extract_epi32(cdgh, 2);
    s[6] = (uint32_t)_mm_extract_epi32(cdgh, 1);
    s[7] = (uint32_t)_mm_extract_epi32(cdgh, 0);
}

bool qm_sha256_x86(uint32_t state[8], const uint8_t *blocks, size_t n,
                   const uint32_t constants[64])
{
    if (!has_sha())
        return false;
    take_blocks(state, blocks, n, constants);
    return true;
}

#else

bool qm_sha256_x86(uint32_t state[8], const uint8_t *blocks, size_t n,
                   const uint32_t constants[64])
{
    (void)state, (void)blocks, (void)n, (void)constants;
    return false;
}

#endif
