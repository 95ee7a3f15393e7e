/* SHA-256 as FIPS 180-4 writes it (section 6.2), and a small 64-bit hash.
 *
 * Words are read byte by byte, so the machine's byte order does not matter. Whole blocks
 * go to the CPU's own instructions where it has them (hash_x86.c). FNV-1a alone
 * leaves its high bits poor for short keys; the finaliser spreads them. */
#include "base/hash.h"

#include "base/hash_x86.h"

#include <string.h>

static const uint32_t ROUND_CONSTANTS[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4,
    0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe,
    0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f,
    0x4a7484aa, 0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7,
    0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc,
    0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b,
    0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116,
    0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7,
    0xc67178f2,
};

static const uint32_t START[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                  0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};

static uint32_t rotate(uint32_t x, int n) { return x >> n | x << (32 - n); }

static uint32_t read_word(const uint8_t *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static void expand(const uint8_t block[64], uint32_t w[64])
{
    for (int t = 0; t < 16; t++) {
        w[t] = read_word(block + 4 * t);
    }
    for (int t = 16; t < 64; t++) {
        const uint32_t s0 = rotate(w[t - 15], 7) ^ rotate(w[t - 15], 18) ^ w[t - 15] >> 3;
        const uint32_t s1 = rotate(w[t - 2], 17) ^ rotate(w[t - 2], 19) ^ w[t - 2] >> 10;
        w[t] = w[t - 16] + s0 + w[t - 7] + s1;
    }
}

/* The eight variables a..h move down one place a round; here they stay and the places
 * turn: in round t, a is v[-t & 7], b the next, and so on. Unrolled by eight, they live
 * in registers. */
static inline void one_round(uint32_t v[8], int t, uint32_t word)
{
    const uint32_t a = v[-t & 7], b = v[(1 - t) & 7], c = v[(2 - t) & 7];
    const uint32_t e = v[(4 - t) & 7], f = v[(5 - t) & 7], g = v[(6 - t) & 7];
    const uint32_t sum1 = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25);
    const uint32_t choice = (e & f) ^ (~e & g);
    const uint32_t t1 = v[(7 - t) & 7] + sum1 + choice + word;
    const uint32_t sum0 = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22);
    const uint32_t majority = (a & b) ^ (a & c) ^ (b & c);
    v[(3 - t) & 7] += t1;
    v[(7 - t) & 7] = t1 + sum0 + majority;
}

static void compress(uint32_t state[8], const uint8_t block[64])
{
    uint32_t w[64], v[8];
    expand(block, w);
    memcpy(v, state, sizeof v);
    for (int t = 0; t < 64; t += 8) {
        one_round(v, 0, ROUND_CONSTANTS[t] + w[t]);
        one_round(v, 1, ROUND_CONSTANTS[t + 1] + w[t + 1]);
        one_round(v, 2, ROUND_CONSTANTS[t + 2] + w[t + 2]);
        one_round(v, 3, ROUND_CONSTANTS[t + 3] + w[t + 3]);
        one_round(v, 4, ROUND_CONSTANTS[t + 4] + w[t + 4]);
        one_round(v, 5, ROUND_CONSTANTS[t + 5] + w[t + 5]);
        one_round(v, 6, ROUND_CONSTANTS[t + 6] + w[t + 6]);
        one_round(v, 7, ROUND_CONSTANTS[t + 7] + w[t + 7]);
    }
    for (int i = 0; i < 8; i++) {
        state[i] += v[i];
    }
}

void qm_sha256_init(QmSha256 *sha)
{
    *sha = (QmSha256){0};
    memcpy(sha->state, START, sizeof START);
}

void qm_sha256_add(QmSha256 *sha, const void *data, size_t size)
{
    const uint8_t *bytes = data;
    const size_t whole = sha->length % 64 == 0 ? size / 64 : 0;
    if (whole > 0 && qm_sha256_x86(sha->state, bytes, whole, ROUND_CONSTANTS)) {
        sha->length += 64 * whole;
        bytes += 64 * whole;
        size -= 64 * whole;
    }
    while (size > 0) {
        const size_t filled = (size_t)(sha->length % 64);
        const size_t piece = size < 64 - filled ? size : 64 - filled;
        memcpy(sha->block + filled, bytes, piece);
        sha->length += piece;
        bytes += piece;
        size -= piece;
        if (sha->length % 64 == 0) {
            compress(sha->state, sha->block);
        }
    }
}

void qm_sha256_end(QmSha256 *sha, uint8_t digest[QM_SHA256_BYTES])
{
    const uint64_t bits = sha->length * 8;
    const size_t filled = (size_t)(sha->length % 64);
    const uint8_t padding[64] = {0x80};
    qm_sha256_add(sha, padding, filled < 56 ? 56 - filled : 120 - filled);
    uint8_t length[8];
    for (int i = 0; i < 8; i++) {
        length[i] = (uint8_t)(bits >> (56 - 8 * i));
    }
    qm_sha256_add(sha, length, sizeof length);
    for (int i = 0; i < QM_SHA256_BYTES; i++) {
        digest[i] = (uint8_t)(sha->state[i / 4] >> (24 - 8 * (i % 4)));
    }
}

void qm_sha256_text(const uint8_t digest[QM_SHA256_BYTES], char text[QM_SHA256_TEXT])
{
    for (int i = 0; i < QM_SHA256_BYTES; i++) {
        text[2 * i] = "0123456789abcdef"[digest[i] >> 4];
        text[2 * i + 1] = "0123456789abcdef"[digest[i] & 15];
    }
    text[QM_SHA256_TEXT - 1] = '\0';
}

uint64_t qm_mix64(uint64_t x)
{
    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9;
    x = (x ^ x >> 27) * 0x94d049bb133111eb;
    return x ^ x >> 31;
}

uint64_t qm_hash64(const void *data, size_t size)
{
    const uint8_t *bytes = data;
    uint64_t hash = 0xcbf29ce484222325;
    for (size_t i = 0; i < size; i++) {
        hash = (hash ^ bytes[i]) * 0x100000001b3;
    }
    return qm_mix64(hash);
}

uint64_t qm_hash64_string(const char *text) { return qm_hash64(text, strlen(text)); }
