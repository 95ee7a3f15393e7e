/* Reading and writing the control register of the floating-point unit.
 *
 * x86-64: MXCSR. 0x1f80 masks all exceptions, rounds to nearest, and leaves flush-to-zero
 * (bit 15) and denormals-are-zero (bit 6) off. aarch64: FPCR, where 0 says the same. What
 * was saved includes the sticky exception flags of MXCSR, which nobody reads. Elsewhere
 * nothing is known to be wrong at the start, and nothing is done. */
#include "base/fpmode.h"

#if defined(__x86_64__) || defined(__SSE2__)
#include <xmmintrin.h>

enum { OUR_MODE = 0x1f80 };

static uint64_t read_mode(void) { return _mm_getcsr(); }
static void write_mode(uint64_t mode) { _mm_setcsr((unsigned)mode); }

#elif defined(__aarch64__)

enum { OUR_MODE = 0 };

static uint64_t read_mode(void)
{
    uint64_t mode;
    __asm__ volatile("mrs %0, fpcr" : "=r"(mode));
    return mode;
}

static void write_mode(uint64_t mode) { __asm__ volatile("msr fpcr, %0" : : "r"(mode)); }

#else

enum { OUR_MODE = 0 };

static uint64_t read_mode(void) { return OUR_MODE; }
static void write_mode(uint64_t mode) { (void)mode; }

#endif

uint64_t qm_fpmode_enter(void)
{
    const uint64_t saved = read_mode();
    write_mode(OUR_MODE);
    return saved;
}

void qm_fpmode_restore(uint64_t saved) { write_mode(saved); }
