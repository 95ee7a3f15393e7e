/* What rules share that put a processor into the chain of a strip. */
#ifndef QM_MIX_INSERT_H
#define QM_MIX_INSERT_H

#include "mix/mix.h"

/* Thresholds in templates are those of a strip at this loudness (STANDARDS.md). */
#define QM_REFERENCE_LUFS (-18.0)

/* The loudness in front of the chain: of the raw sound, and the trim as decided. */
QmMeasured qm_insert_loudness(const QmMix *mix, const QmMixStrip *strip);

/* A reason for what stands in the template as it is: its style. */
QmReason qm_reason_template(QmMix *mix, const QmRule *rule, const QmMixStrip *strip);

/* Settings from row `from` on that the processor in `slot` has under the same name are
 * decided as they are, unless they are its defaults. `host`: the strip or bus that has
 * the slot. */
void qm_insert_hand_on(QmMix *mix, const QmRule *rule, const QmMixStrip *strip,
                       const double *settings, uint32_t from, const char *host,
                       const char *slot);

/* How much there is to be levelled, dB: the larger of what the range of levels and the
 * PLR have beyond `even_range` and `even_plr` (0: that one does not count; both: `most`
 * whatever they are); at most `most`. */
double qm_insert_unevenness(const QmMixStrip *strip, double even_range, double even_plr,
                            double most);

/* What the chain's loudness would be if its compressors did nothing: what it was in
 * CHAINS, when they were at rest, and what the bands of the masking stage, which came
 * since, are foretold to do (mix/eq_curve.h). */
QmMeasured qm_insert_reference(const QmMix *mix, const QmMixStrip *strip);

/* What the chain lost against that, dB of loudness; 0 where it is not known. */
double qm_insert_lost(const QmMix *mix, const QmMixStrip *strip);

/* By how much a compressor's threshold has to rise so that it takes no more than `most`
 * instead of `reduction`: dB in beyond the knee are (1 - 1 / ratio) dB of reduction. */
static inline double qm_insert_raise(double reduction, double most, double ratio)
{
    const double slope = ratio > 1.0 ? 1.0 - 1.0 / ratio : 1.0;
    return reduction > most ? (reduction - most) / slope : 0.0;
}

#endif
