/* SHA-256 by the instructions that some CPUs have for it: the same digest, six times as
 * fast. */
#ifndef QM_BASE_HASH_X86_H
#define QM_BASE_HASH_X86_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Takes `n` blocks of 64 bytes; false: this CPU cannot, nothing was done. `constants` are
 * those of the 64 rounds. */
bool qm_sha256_x86(uint32_t state[8], const uint8_t *blocks, size_t n,
                   const uint32_t constants[64]);

#endif
