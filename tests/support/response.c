/* Impulse responses and their decay. */
#include "tests/support/response.h"

#include "tests/support/proc_harness.h"

#include <math.h>

static const double PI = 3.14159265358979323846;
static double band[RESPONSE];

void respond(Response *r, const char *name, const double *params, double rate, uint32_t n,
             float left, float right)
{
    enum { SPAN = 64 * 64 };
    static QmVec rows[SPAN];
    static double table[1][QM_MAX_PARAMS];
    ProcGang gang;
    memcpy(table[0], params, sizeof table[0]);
    gang_open(&gang, qm_proc_find(name), rate, 0, 1,
              (const double(*)[QM_MAX_PARAMS])table);
    r->n = n < RESPONSE ? n : RESPONSE;
    r->rate = rate;
    for (uint32_t at = 0, span; at < r->n; at += span) {
        span = r->n - at < SPAN ? r->n - at : SPAN;
        memset(rows, 0, sizeof rows);
        if (at == 0)
            rows[0] = (QmVec){left, right};
        gang_run(&gang, rows, NULL, span, QM_QUANTUM);
        for (uint32_t i = 0; i < span; i++)
            for (uint32_t side = 0; side < 2; side++)
                r->side[side][at + i] = (double)rows[i][side];
    }
    gang_close(&gang);
}

double response_energy(const double *x, uint32_t from, uint32_t to)
{
    double sum = 0;
    for (uint32_t i = from; i < to; i++)
        sum += x[i] * x[i];
    return sum;
}

static void band_pass(double hz, double q, double rate, uint32_t n)
{
    const double w = 2 * PI * hz / rate, alpha = sin(w) / (2 * q), a0 = 1 + alpha;
    for (int twice = 0; twice < 2; twice++) {
        double s = 0, t = 0;
        for (uint32_t i = 0; i < n; i++) {
            const double x = band[i], y = alpha / a0 * x + s;
            s = t + 2 * cos(w) / a0 * y;
            t = -alpha / a0 * x - (1 - alpha) / a0 * y;
            band[i] = y;
        }
    }
}

double response_t60(const Response *r, uint32_t side, double hz, double q)
{
    memcpy(band, r->side[side], r->n * sizeof *band);
    band_pass(hz, q, r->rate, r->n);
    double sum = 0;
    for (uint32_t i = r->n; i-- > 0;)
        band[i] = sum += band[i] * band[i];
    double n = 0, st = 0, sy = 0, stt = 0, sty = 0;
    for (uint32_t i = 0; i < r->n; i++) {
        const double t = i / r->rate, y = 10 * log10(band[i] / sum + 1e-300);
        if (y > -5 || y < -35)
            continue;
        n += 1;
        st += t;
        sy += y;
        stt += t * t;
        sty += t * y;
    }
    return -60 * (n * stt - st * st) / (n * sty - st * sy);
}

double response_density(const Response *r, uint32_t side, double at)
{
    const uint32_t half = (uint32_t)(0.01 * r->rate), middle = (uint32_t)(at * r->rate);
    double power = 0, weight = 0, beyond = 0;
    for (uint32_t i = 0; i < 2 * half && middle + i < r->n + half; i++) {
        if (middle + i < half)
            continue;
        const double x = r->side[side][middle + i - half];
        const double w = 0.5 - 0.5 * cos(PI * (i + 0.5) / half);
        power += w * x * x;
        weight += w;
    }
    for (uint32_t i = 0; i < 2 * half && middle + i < r->n + half; i++) {
        if (middle + i < half)
            continue;
        const double x = r->side[side][middle + i - half];
        const double w = 0.5 - 0.5 * cos(PI * (i + 0.5) / half);
        beyond += x * x > power / weight ? w : 0;
    }
    return beyond / weight / 0.3173;
}

/* Power of a second of x at `hz`. */
static double power_at(const double *x, double hz, uint32_t rate)
{
    double a = 0, b = 0;
    const double turn = 2 * PI * hz / rate, c = cos(turn), s = sin(turn);
    double re = 1, im = 0;
    for (uint32_t i = 0; i < rate; i++) {
        a += x[i] * re;
        b += x[i] * im;
        const double next = re * c - im * s;
        im = re * s + im * c;
        re = next;
    }
    return a * a + b * b;
}

void response_spectrum(const Response *r, uint32_t side, double at, double from,
                       double step, uint32_t count, double *power)
{
    const uint32_t rate = (uint32_t)r->rate;
    const double *const x = r->side[side] + (uint32_t)(at * r->rate);
    for (uint32_t i = 0; i < rate; i++)
        band[i] = x[i] * (1 - cos(2 * PI * i / rate));
    for (uint32_t k = 0; k < count; k++)
        power[k] = power_at(band, from + k * step, rate);
}

double response_correlation(const Response *r, double from, double to)
{
    const uint32_t a = (uint32_t)(from * r->rate), b = (uint32_t)(to * r->rate);
    double cross = 0;
    for (uint32_t i = a; i < b; i++)
        cross += r->side[0][i] * r->side[1][i];
    return cross /
           sqrt(response_energy(r->side[0], a, b) * response_energy(r->side[1], a, b));
}
