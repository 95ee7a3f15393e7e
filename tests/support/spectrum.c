/* The discrete Fourier transform by Cooley and Tukey's radix two, in place. */
#include "tests/support/spectrum.h"

#include <complex.h>
#include <math.h>

static double _Complex bins[SPECTRUM], roots[SPECTRUM / 2];

static void reorder(void)
{
    for (uint32_t i = 1, j = 0; i < SPECTRUM; i++) {
        uint32_t bit = SPECTRUM / 2;
        for (; j & bit; bit /= 2)
            j ^= bit;
        j ^= bit;
        if (i < j) {
            const double _Complex other = bins[i];
            bins[i] = bins[j];
            bins[j] = other;
        }
    }
}

static void transform(void)
{
    for (uint32_t k = 0; k < SPECTRUM / 2 && cabs(roots[0]) == 0; k++)
        roots[SPECTRUM / 2 - 1 - k] =
            cexp(-2 * M_PI * I * (SPECTRUM / 2 - 1 - k) / SPECTRUM);
    reorder();
    for (uint32_t half = 1; half < SPECTRUM; half *= 2)
        for (uint32_t at = 0; at < SPECTRUM; at += 2 * half)
            for (uint32_t k = 0; k < half; k++) {
                const double _Complex low = bins[at + k];
                const double _Complex high =
                    bins[at + half + k] * roots[k * (SPECTRUM / 2 / half)];
                bins[at + k] = low + high;
                bins[at + half + k] = low - high;
            }
}

void spectrum(const QmVec *rows, uint32_t lane, double *power)
{
    for (uint32_t i = 0; i < SPECTRUM; i++)
        bins[i] = (double)rows[i][lane];
    transform();
    for (uint32_t k = 0; k <= SPECTRUM / 2; k++) {
        const double size = cabs(bins[k]) / SPECTRUM;
        power[k] = size * size * (k == 0 || k == SPECTRUM / 2 ? 1 : 2);
    }
}

double spectrum_tone(double hz, double rate_hz)
{
    return (2 * floor(hz / rate_hz * SPECTRUM / 2) + 1) * rate_hz / SPECTRUM;
}

double spectrum_db(const double *power, uint32_t k)
{
    return 10 * log10(2 * power[k] + 1e-40);
}

double spectrum_alias_db(const double *power, uint32_t tone, uint32_t to)
{
    double most = 0;
    for (uint32_t k = 1; k <= to; k++)
        if (k % tone != 0 && power[k] > most)
            most = power[k];
    return 10 * log10(2 * most + 1e-40);
}

double spectrum_sum(const double *power, uint32_t from, uint32_t to)
{
    double sum = 0;
    for (uint32_t k = from; k <= to; k++)
        sum += power[k];
    return sum;
}

double _Complex spectrum_line(const QmVec *rows, uint32_t from, uint32_t to, double turns,
                              double left, double right)
{
    const double _Complex step = cexp(-2 * M_PI * I * turns);
    double _Complex sum = 0, turn = cexp(-2 * M_PI * I * fmod(turns * from, 1));
    for (uint32_t i = from; i < to; i++, turn *= step)
        sum += (left * (double)rows[i][0] + right * (double)rows[i][1]) * turn;
    return sum;
}
