/* SHA-256 (FIPS 180-4) names contents; the 64-bit hash keys tables and random streams. */
#ifndef QM_BASE_HASH_H
#define QM_BASE_HASH_H

#include <stddef.h>
#include <stdint.h>

typedef struct QmSha256 {
    uint32_t state[8];
    uint64_t length;
    uint8_t block[64];
} QmSha256;

enum { QM_SHA256_BYTES = 32, QM_SHA256_TEXT = 65 };

void qm_sha256_init(QmSha256 *sha);
void qm_sha256_add(QmSha256 *sha, const void *data, size_t size);
void qm_sha256_end(QmSha256 *sha, uint8_t digest[QM_SHA256_BYTES]);
/* In lower-case hex. */
void qm_sha256_text(const uint8_t digest[QM_SHA256_BYTES], char text[QM_SHA256_TEXT]);

/* 64-bit hash of bytes, the same on every machine (FNV-1a, then a mixing finaliser). */
uint64_t qm_hash64(const void *data, size_t size);
uint64_t qm_hash64_string(const char *text);
/* A bijective mix of 64 bits (SplitMix64's finaliser). */
uint64_t qm_mix64(uint64_t x);

#endif
