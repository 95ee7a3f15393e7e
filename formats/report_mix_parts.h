/* Between the files of the report of a mix. Of no interest to others. */
#ifndef QM_FORMATS_REPORT_MIX_PARTS_H
#define QM_FORMATS_REPORT_MIX_PARTS_H

#include "formats/report_mix.h"
#include "formats/report_parts.h"

/* One part's text, and what it is about. */
typedef struct MixPart {
    ReportPart page; /* text; number 0 */
    const QmMixReport *report;
    QmArena *arena; /* of what is needed on the way */
} MixPart;

/* ---- numbers ---- */

/* A measure of a side's analysis that is a number; unmeasured where nobody looked. */
QmMeasured mix_measure(const QmMixSide *side, const char *feature, const char *name);
/* The template's curve in each 1/3 octave, moved to the mean level of the side's mix, as
 * analysis/spectrum does it; QM_GAP where there is none. False: nothing to show. */
bool mix_target(const QmMixReport *report, const QmMixSide *side,
                double target[QM_THIRDS]);
/* The levels themselves. */
bool mix_thirds(const QmMixSide *side, double level[QM_THIRDS]);
/* How far the mix's spectrum is from the curve: root mean square, dB. */
QmMeasured mix_distance(const QmMixReport *report, const QmMixSide *side);
/* How many of the strips that sound and have a wish are within 0.5 LU of it, of how
 * many. */
uint32_t mix_kept(const QmMixReport *report, uint32_t *of);
#define MIX_KEPT_LU 0.5

/* ---- words ---- */

/* What a decision, or several on one slot or band, do: "cuts 3 dB at 410 Hz". They are
 * of one strip; `at` is their common address behind the strip: "eq.2", "fader.gain". */
typedef struct MixGroup {
    const char *strip, *at;
    QmList decisions; /* of const QmDecision * */
} MixGroup;
void mix_words(QmText *text, const MixGroup *group);
/* "lufs=-14.8 target=-18.0" as people write it: "lufs -14.8, target -18.0". */
void mix_reason(QmText *text, const char *because);

/* ---- parts ---- */

void mix_part_notes(const MixPart *part);
void mix_part_numbers(const MixPart *part);
void mix_part_balance(const MixPart *part);
void mix_part_masking(const MixPart *part);
void mix_part_spectrum(const MixPart *part);
void mix_part_stereo(const MixPart *part);
void mix_part_loudness(const MixPart *part);
void mix_part_decisions(const MixPart *part);

#endif
