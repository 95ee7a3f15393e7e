/* Bars begin where basses do and where chords change. The accent of a beat is how much
 * begins there, in the bass and in all, plus how much the pitches of two beats differ
 * from those of the two before, each against the mean and deviation of all beats. For
 * bars of three and of four beats the best way to count is found by Viterbi's algorithm:
 * a beat counted 1 earns its accent, another one pays its share, and counting anew in the
 * middle of a bar (music that was cut, or a beat too many) costs as much as several clear
 * accents. Four beats are so much more common than three that they are the answer unless
 * three is clearly better. A loop is whole bars and begins with one. */
#include "analysis/downbeat.h"

#include "base/qmath.h"

#include <string.h>

enum { BAR_MAX = 4, REACH = 3 };
#define SMALL      1e-3
#define CLEAR      3.0 /* accents beyond three deviations are no clearer */
#define ANEW       8.0
#define THREE_PAYS 0.15  /* a beat */
#define LOOP_EARNS 100.0 /* whatever else */

static double strongest(const float *x, size_t n, double at)
{
    double best = 0;
    for (int i = -REACH; i <= REACH; i++) {
        const double look = at + i + 0.5;
        if (look >= 0 && look < (double)n && (double)x[(size_t)look] > best)
            best = (double)x[(size_t)look];
    }
    return best;
}

/* Against the mean and deviation of all, and not beyond what is clear. */
static void standardise(float *x, size_t n)
{
    double sum = 0, squares = 0;
    for (size_t i = 0; i < n; i++) {
        sum += (double)x[i];
        squares += (double)x[i] * (double)x[i];
    }
    const double mean = sum / (double)n;
    const double variance = squares / (double)n - mean * mean;
    const double deviation = (variance > 0 ? qm_sqrt(variance) : 0) + SMALL;
    for (size_t i = 0; i < n; i++) {
        const double a = ((double)x[i] - mean) / deviation;
        x[i] = (float)(a > CLEAR ? CLEAR : a < -CLEAR ? -CLEAR : a);
    }
}

static bool find_accents(const QmPulse *pulse, const QmHarmony *harmony,
                         const double *times, size_t n, float *accent, QmArena *arena)
{
    float *const change = QM_NEW_ARRAY(arena, float, n);
    if (!change || !qm_harmony_changes(harmony, times, n, change, arena))
        return false;
    for (size_t i = 0; i < n; i++) {
        const double at = times[i] / pulse->hop_s;
        accent[i] = (float)(strongest(pulse->work, pulse->n, at) +
                            strongest(pulse->all, pulse->n, at));
    }
    standardise(accent, n);
    standardise(change, n);
    for (size_t i = 0; i < n; i++)
        accent[i] += change[i];
    return true;
}

/* Counts bars of `bar` beats; returns what that earns. anew[i]: bit p, whether beat i,
 * counted p, is counted anew. */
static double count(const float *accent, size_t n, int bar, bool loop, uint8_t *anew,
                    uint8_t *positions)
{
    double sum[BAR_MAX] = {0};
    for (size_t i = 0; i < n; i++) {
        double next[BAR_MAX];
        int best = 0;
        for (int p = 1; p < bar; p++)
            best = sum[p] > sum[best] ? p : best;
        anew[i] = (uint8_t)(best << 4);
        for (int p = 0; p < bar; p++) {
            const double on = sum[(p + bar - 1) % bar], off = sum[best] - ANEW;
            const bool again = i && !loop && off > on;
            const double earned = (double)accent[i] * (p ? -1.0 / (bar - 1) : 1.0);
            anew[i] |= (uint8_t)(again << p);
            next[p] = (again ? off : on) + earned;
        }
        if (i == 0 && loop)
            next[0] += LOOP_EARNS;
        memcpy(sum, next, sizeof next);
    }
    int p = 0;
    for (int k = 1; k < bar; k++)
        p = sum[k] > sum[p] ? k : p;
    const double earned = sum[p];
    for (size_t i = n; i-- > 0;) {
        positions[i] = (uint8_t)(p + 1);
        p = anew[i] >> p & 1 ? anew[i] >> 4 : (p + bar - 1) % bar;
    }
    return earned;
}

int qm_downbeats(const QmPulse *pulse, const QmHarmony *harmony, const double *times,
                 size_t n, bool loop, uint8_t *positions, QmArena *arena)
{
    float *const accent = QM_NEW_ARRAY(arena, float, n);
    uint8_t *const anew = QM_NEW_ARRAY(arena, uint8_t, n);
    if (!accent || !anew || !find_accents(pulse, harmony, times, n, accent, arena))
        return 0;
    const bool threes = !loop || n % 3 == 0, fours = !loop || n % 4 == 0;
    const double three = count(accent, n, 3, loop, anew, positions);
    const double four = count(accent, n, 4, loop, anew, positions);
    if (!threes || (fours && four >= three - THREE_PAYS * (double)n))
        return 4;
    count(accent, n, 3, loop, anew, positions);
    return 3;
}
