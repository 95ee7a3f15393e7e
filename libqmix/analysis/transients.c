/* The median over time of the power in a band is what is held in it: hits are too short
 * to move it (Fitzgerald, "Harmonic/percussive separation using median filtering", DAFx
 * 2010, here in octaves, where a median over frequency has nothing to work on).
 *
 *     H(b, t) = median of P(b, t') for |t' - t| <= 10 looks (0.11 s)
 *     T(b, t) = P - H  where P > 2 H,  else 0
 *
 * The 3 dB keep what noise does by itself, and tremolo, from counting. */
#include "analysis/transients.h"

#include <string.h>

#define STANDS_OUT 2.0f

enum { WINDOW = QM_TRANSIENT_WINDOW };

void qm_transients_init(QmTransients *transients, uint32_t bands)
{
    *transients = (QmTransients){.bands = bands};
}

/* `old` is among the sorted; NaN, which is not, takes the place of the last. */
static void replace(float *sorted, float old, float new)
{
    int i = 0;
    while (i < WINDOW - 1 && sorted[i] != old)
        i++;
    for (; i > 0 && sorted[i - 1] > new; i--)
        sorted[i] = sorted[i - 1];
    for (; i < WINDOW - 1 && sorted[i + 1] < new; i++)
        sorted[i] = sorted[i + 1];
    sorted[i] = new;
}

void qm_transients_look(QmTransients *transients, const float *power, float *total,
                        float *transient)
{
    QmTransients *const t = transients;
    float *const oldest = t->ring[t->looks % WINDOW];
    for (uint32_t b = 0; b < t->bands; b++) {
        replace(t->sorted[b], oldest[b], power[b]);
        oldest[b] = power[b];
    }
    t->looks++;
    const float *const here = t->ring[(t->looks + QM_TRANSIENT_WIDE) % WINDOW];
    for (uint32_t b = 0; b < t->bands; b++) {
        const float held = t->sorted[b][QM_TRANSIENT_WIDE];
        total[b] = here[b];
        transient[b] = here[b] > STANDS_OUT * held ? here[b] - held : 0;
    }
}
