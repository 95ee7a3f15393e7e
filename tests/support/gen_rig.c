/* Generators run and measured: see gen_rig.h. Sines are fitted by least squares in
 * double, so that what is left of a signal is all that was not the sine. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/support/gen_rig.h"

#include "base/rand.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

void gen_open(GenRig *rig, const char *name, double rate_hz)
{
    *rig = (GenRig){.desc = qm_gen_find(name)};
    assert_non_null(rig->desc);
    assert_true(rig->desc->n_params <= GEN_PARAMS);
    qm_gen_defaults(rig->desc, rig->first);
    rig->spec = (QmProcSpec){.rate_hz = rate_hz, .params = rig->first};
    rig->state = qm_arena_alloc(&rig->arena, 1, rig->desc->state_size);
    assert_non_null(rig->state);
}

void gen_close(GenRig *rig) { qm_arena_release(&rig->arena); }

static double *param(const GenRig *rig, double *params, const char *name)
{
    const int index = qm_gen_find_param(rig->desc, name);
    assert_true(index >= 0);
    return &params[index];
}

void gen_set(GenRig *rig, const char *name, double value)
{
    *param(rig, rig->first, name) = value;
}

static void act(GenRig *rig, double *params, const GenAct *a)
{
    if (a->kind == GEN_TRIGGER) {
        rig->desc->trigger(&rig->spec, params, rig->state, &a->play);
    } else if (a->kind == GEN_RELEASE) {
        rig->desc->release(rig->state, a->play.note);
    } else {
        *param(rig, params, a->param) = a->value;
    }
}

void gen_play(GenRig *rig, const GenAct *acts, size_t n_acts, int64_t start,
              int64_t frames, uint32_t longest, float *out)
{
    double params[GEN_PARAMS];
    memcpy(params, rig->first, sizeof params);
    memset(rig->state, 0, rig->desc->state_size);
    rig->desc->reset(&rig->spec, rig->state);
    const uint64_t key = qm_rand_key(1, 2);
    size_t next = 0;
    for (int64_t at = start; at < start + frames;) {
        while (next < n_acts && acts[next].frame <= at) {
            act(rig, params, &acts[next++]);
        }
        int64_t n =
            longest ? longest : 1 + (int64_t)(qm_rand_bits(key, (uint64_t)at) % 64);
        const int64_t line = QM_QUANTUM - at % QM_QUANTUM;
        n = n < line ? n : line;
        n = n < start + frames - at ? n : start + frames - at;
        if (next < n_acts && acts[next].frame - at < n) {
            n = acts[next].frame - at;
        }
        float pairs[2 * QM_QUANTUM];
        memset(pairs, 0x55, sizeof pairs);
        const QmGenCall call = {.spec = &rig->spec,
                                .params = params,
                                .state = rig->state,
                                .reader = 0,
                                .frame = at,
                                .n = (uint32_t)n,
                                .out = pairs};
        const float *found = rig->desc->view ? rig->desc->view(&call) : NULL;
        if (!found) {
            rig->desc->generate(&call);
        }
        memcpy(out + 2 * (at - start), found ? found : pairs,
               (size_t)n * 2 * sizeof *pairs);
        at += n;
    }
}

void gen_same_however_split(GenRig *rig, const GenAct *acts, size_t n_acts,
                            int64_t frames)
{
    static const uint32_t splits[] = {1, 7, GEN_SPLIT_AT_RANDOM};
    const size_t size = (size_t)frames * 2 * sizeof(float);
    float *whole = malloc(size), *split = malloc(size);
    gen_play(rig, acts, n_acts, 0, frames, QM_QUANTUM, whole);
    for (size_t i = 0; i < QM_COUNT(splits); i++) {
        gen_play(rig, acts, n_acts, 0, frames, splits[i], split);
        assert_memory_equal(whole, split, size);
    }
    free(whole);
    free(split);
}

/* --- measuring ---------------------------------------------------------------------- */

static double energy(const double *x, int64_t n)
{
    double sum = 0;
    for (int64_t i = 0; i < n; i++) {
        sum += x[i] * x[i];
    }
    return sum;
}

/* Takes the sine of `hz` that fits best, by least squares, out of x; returns its
 * amplitude. */
static double take_out(double *x, int64_t n, double hz, double rate_hz)
{
    double ss = 0, sc = 0, cc = 0, xs = 0, xc = 0;
    const double w = 2 * M_PI * hz / rate_hz;
    for (int64_t i = 0; i < n; i++) {
        const double s = sin(w * (double)i), c = cos(w * (double)i);
        ss += s * s;
        sc += s * c;
        cc += c * c;
        xs += x[i] * s;
        xc += x[i] * c;
    }
    const double det = ss * cc - sc * sc;
    const double a = (xs * cc - xc * sc) / det, b = (xc * ss - xs * sc) / det;
    for (int64_t i = 0; i < n; i++) {
        x[i] -= a * sin(w * (double)i) + b * cos(w * (double)i);
    }
    return sqrt(a * a + b * b);
}

static double *left_of(const float *pairs, int64_t n)
{
    double *x = malloc((size_t)n * sizeof *x);
    for (int64_t i = 0; i < n; i++) {
        x[i] = (double)pairs[2 * i];
    }
    return x;
}

SineFit fit_sine(const float *pairs, int64_t n, double hz, double rate_hz)
{
    double *x = left_of(pairs, n);
    const double before = energy(x, n);
    SineFit fit = {.amplitude = take_out(x, n, hz, rate_hz)};
    fit.rest_db = 10 * log10(energy(x, n) / before);
    free(x);
    return fit;
}

double rest_without_harmonics_db(const float *pairs, int64_t n, double hz, double rate_hz)
{
    double *x = left_of(pairs, n);
    double sum = 0;
    for (int64_t i = 0; i < n; i++) {
        sum += x[i];
    }
    for (int64_t i = 0; i < n; i++) {
        x[i] -= sum / (double)n;
    }
    const double before = energy(x, n);
    for (double f = hz; f < rate_hz / 2; f += hz) {
        take_out(x, n, f, rate_hz);
    }
    const double rest = 10 * log10(energy(x, n) / before);
    free(x);
    return rest;
}
