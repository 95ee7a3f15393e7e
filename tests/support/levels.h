/* Signals of known level, and levels of what came of them, for tests of dynamics: rows of
 * lanes, the first strip's channels in lanes 0 and 1. */
#ifndef QM_TESTS_LEVELS_H
#define QM_TESTS_LEVELS_H

#include "base/rand.h"
#include "tests/support/proc_harness.h"
#include "tests/support/spectrum.h"

#include <assert.h>
#include <math.h>

/* Sets a param of strip 0 by name, as the session would have it, and starts anew. */
static inline void set(ProcGang *gang, const char *name, double value)
{
    const int index = qm_proc_find_param(gang->desc, 0, name);
    assert(index >= 0);
    gang_set(gang, 0, (uint32_t)index, value);
    gang_reset(gang);
}

/* One strip of `name` with structural params as told: name, value, ..., NULL. */
typedef struct Setting {
    const char *name;
    double value;
} Setting;

static inline void open_with(ProcGang *gang, const char *name, double rate_hz,
                             const Setting *settings, uint32_t n)
{
    static double params[1][QM_MAX_PARAMS];
    const QmProcDesc *const desc = qm_proc_find(name);
    assert(desc);
    qm_proc_defaults(desc, 0, params[0]);
    for (uint32_t i = 0; i < n; i++) {
        const int index = qm_proc_find_param(desc, 0, settings[i].name);
        assert(index >= 0);
        params[0][index] = settings[i].value;
    }
    gang_open(gang, desc, rate_hz, 0, 1, params);
}

/* Constant levels of left and right. */
static inline void constant_rows(QmVec *rows, uint32_t n, double left_db, double right_db)
{
    for (uint32_t i = 0; i < n; i++)
        rows[i] = (QmVec){(float)gain_of(left_db), (float)gain_of(right_db)};
}

/* A sine in both channels of its peak level, phase counted from row 0. */
static inline void tone_rows(QmVec *rows, uint32_t n, double rate_hz, double hz,
                             double peak_db)
{
    for (uint32_t i = 0; i < n; i++) {
        const float x = (float)(gain_of(peak_db) * sin(2 * M_PI * hz / rate_hz * i));
        rows[i] = (QmVec){x, x};
    }
}

/* Root of the mean square of rows [from, to) of lane 0, in dB. */
static inline double rms_db(const QmVec *rows, uint32_t from, uint32_t to)
{
    double sum = 0;
    for (uint32_t i = from; i < to; i++)
        sum += (double)rows[i][0] * (double)rows[i][0];
    return 10 * log10(sum / (to - from) + 1e-30);
}

/* Whether rows [from, to) of the first strip have the same bits. */
static inline bool same_rows(const QmVec *a, const QmVec *b, uint32_t from, uint32_t to)
{
    for (uint32_t i = from; i < to; i++)
        if (memcmp(&a[i], &b[i], 2 * sizeof(float)))
            return false;
    return true;
}

#endif
