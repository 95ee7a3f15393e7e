/* Loudness from energies of tenths of a second: the gates of BS.1770-5 and of EBU Tech
 * 3342.
 *
 * An energy is a mean square of the K-weighted signal, summed over channels by their
 * weights. Energies are averaged as energies, never as decibels.
 *
 *     integrated   blocks of 400 ms every 100 ms; first those at or above -70 LUFS, then
 *                  those at or above their mean less 10 LU
 *     range        windows of 3 s every 100 ms; -70 LUFS, then their mean less 20 LU; the
 *                  loudness that 95 % are below less that of 10 %, at the nearest rank
 *
 * Meters with another hop read another range: libebur128, with 1 s, differs by up to 0.7
 * LU on 30 s of music. */
#ifndef QM_ANALYSIS_GATING_H
#define QM_ANALYSIS_GATING_H

#include "analysis/measure.h"

enum {
    QM_MOMENTARY = 4,   /* tenths of the momentary window, and of a block */
    QM_SHORT_TERM = 30, /* of the short-term window */
};

/* LUFS of an energy above 0. */
double qm_lufs(double energy);
double qm_mean_energy(const double *energies, size_t count);
/* Of rising values, at least one: that at the nearest rank to `share` (0..1) of them. */
double qm_percentile(const double *sorted, size_t count, double share);

/* Runs of energies of tenths, such as the parts of a programme or the songs of an album;
 * no window reaches over the end of a run. */
typedef struct QmTenthRun {
    const double *energies;
    size_t count;
} QmTenthRun;

/* All windows of all runs under one pair of gates. */
QmMeasured qm_gated_loudness(const QmTenthRun *runs, size_t n);
/* Also the least energy of a window that counts, unless `gate` is NULL or there is no
 * range. False: out of memory. */
bool qm_loudness_range(const QmTenthRun *runs, size_t n, QmArena *scratch,
                       QmMeasured *range, double *gate);

#endif
