/* The meter's sums, as they stand in the book. */
#include "tests/support/true_peak_meter.h"

#include <math.h>
#include <stdlib.h>

#define PI 3.14159265358979323846

enum { POINTS = 16 };
static double sinc[POINTS][2 * METER_MOST_SIDE];

static void draw(uint32_t side)
{
    for (int p = 0; p < POINTS; p++) {
        double sum = 0;
        for (uint32_t j = 0; j < 2 * side; j++) {
            const double t = side - 1.0 - j + (double)p / POINTS;
            const double window = fabs(t) < side ? 0.5 + 0.5 * cos(PI * t / side) : 0;
            sinc[p][j] = window * (t == 0 ? 1 : sin(PI * t) / (PI * t));
            sum += sinc[p][j];
        }
        for (uint32_t j = 0; j < 2 * side; j++)
            sinc[p][j] /= sum;
    }
}

double true_peak_16x(const QmVec *rows, uint32_t n, uint32_t lane, uint32_t side)
{
    draw(side);
    double *const x = calloc(n + 4 * side, sizeof *x), most = 0;
    for (uint32_t i = 0; i < n; i++)
        x[2 * side + i] = (double)rows[i][lane];
    for (uint32_t i = 0; i < n + 2 * side; i++) {
        double near = 0; /* far from anything loud there is no peak */
        for (uint32_t j = i + side - 4; j < i + side + 4; j++)
            near = fmax(near, fabs(x[j]));
        for (int p = 0; p < POINTS && near > 0.15 * most; p++) {
            double even = 0, odd = 0;
            for (uint32_t j = 0; j < 2 * side; j += 2) {
                even += sinc[p][j] * x[i + j];
                odd += sinc[p][j + 1] * x[i + j + 1];
            }
            most = fmax(most, fabs(even + odd));
        }
    }
    free(x);
    return most;
}
