/* The meter's sums, as they stand in the book. */
#include "tests/support/true_peak_meter.h"

#include <math.h>
#include <stdlib.h>

#define PI 3.14159265358979323846

enum { POINTS = 16, SIDE = 64 };
static double sinc[POINTS][2 * SIDE];

static void draw(void)
{
    for (int p = 0; p < POINTS; p++) {
        double sum = 0;
        for (int j = 0; j < 2 * SIDE; j++) {
            const double t = SIDE - 1 - j + (double)p / POINTS;
            const double window = fabs(t) < SIDE ? 0.5 + 0.5 * cos(PI * t / SIDE) : 0;
            sinc[p][j] = window * (t == 0 ? 1 : sin(PI * t) / (PI * t));
            sum += sinc[p][j];
        }
        for (int j = 0; j < 2 * SIDE; j++)
            sinc[p][j] /= sum;
    }
}

double true_peak_16x(const QmVec *rows, uint32_t n, uint32_t lane)
{
    draw();
    double *const x = calloc(n + 4 * SIDE, sizeof *x), most = 0;
    for (uint32_t i = 0; i < n; i++)
        x[2 * SIDE + i] = (double)rows[i][lane];
    for (uint32_t i = 0; i < n + 2 * SIDE; i++) {
        double near = 0; /* far from anything loud there is no peak */
        for (int j = -3; j <= 4; j++)
            near = fmax(near, fabs(x[i + SIDE - 1 + (uint32_t)j]));
        for (int p = 0; p < POINTS && near > 0.15 * most; p++) {
            double even = 0, odd = 0;
            for (int j = 0; j < 2 * SIDE; j += 2) {
                even += sinc[p][j] * x[i + (uint32_t)j];
                odd += sinc[p][j + 1] * x[i + (uint32_t)j + 1];
            }
            most = fmax(most, fabs(even + odd));
        }
    }
    free(x);
    return most;
}
