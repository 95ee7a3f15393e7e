/* What rules know of a piece of audio: numbers only, nothing that points into an
 * analysis, so that they can be kept, compared, and made up by tests. */
#ifndef QM_MIX_FACTS_H
#define QM_MIX_FACTS_H

#include "analysis/analysis.h"
#include "analysis/bands.h"
#include "analysis/bark.h"
#include "analysis/resonance.h"
#include "analysis/stereo.h"
#include "base/text.h"

typedef enum QmChannels {
    QM_CHANNELS_MONO, /* one channel, or two that are the same to the bit */
    QM_CHANNELS_STEREO,
    QM_CHANNELS_OPPOSITE,  /* the same but for the polarity */
    QM_CHANNELS_LEFT_ONLY, /* the other is silent */
    QM_CHANNELS_RIGHT_ONLY,
} QmChannels;

typedef struct QmFactResonance {
    double freq, prominence, q; /* Hz, dB, - */
} QmFactResonance;

typedef struct QmFacts {
    uint64_t rate, channels; /* of the file */
    double seconds;
    bool silent; /* nothing reaches -70 LUFS; then most of what follows is unmeasured */
    QmChannels kind;

    /* level: dBFS, dBTP, LUFS, LU, dB */
    QmMeasured lufs, lra, momentary_max, short_term_max;
    QmMeasured peak, true_peak, plr, rms, crest, noise_floor;
    QmMeasured dc; /* 1 is full scale */
    int64_t clipped_runs, clipped_longest, not_finite;
    /* Share of the tenths of a second, 0..1, in which it plays: momentary loudness within
     * 20 LU of the integrated one. */
    double active;

    /* spectrum */
    double thirds[QM_THIRDS];                   /* dBFS; QM_GAP: nothing there */
    QmMeasured centroid, rolloff_95, bandwidth; /* Hz */
    QmMeasured tilt, flatness_db;               /* dB an octave, dB */
    QmMeasured low, mid, high; /* parts of the power: -200 Hz, -2 kHz, above; % */
    uint64_t n_resonances;
    QmFactResonance resonances[QM_MAX_RESONANCES]; /* the most prominent first */

    /* dynamics */
    QmMeasured transient_ratio; /* 0 sustained .. 1 hits */
    QmMeasured onset_rate;      /* a second */
    QmMeasured attack;          /* median, ms */
    QmMeasured range;           /* of levels of 400 ms, dB */

    /* stereo */
    QmMeasured correlation, width, side, side_low; /* -1..1, 0..1, dB, dB */
    QmMeasured balance;                            /* R against L, dB */
    QmMeasured mono_loss_max, mono_loss_freq;      /* dB, Hz */

    /* over time */
    double tenth_s;       /* length of a tenth: 0.1 s in whole frames */
    const double *tenths; /* [n_tenths] K-weighted energies: for analysis/gating.h */
    uint64_t n_tenths;
    QmBark bark; /* what masking needs */
} QmFacts;

/* Which features of a file have to be analysed to fill all facts (bit i:
 * qm_feature_at(i)), and which for loudness, peaks and bark alone. What was not analysed
 * is unmeasured. */
uint32_t qm_facts_features(void);
uint32_t qm_facts_few(void);

/* Draws the facts from a finished analysis. They live in `arena` and do not refer to the
 * analysis. False: out of memory. */
bool qm_facts_draw(const QmAnalysis *analysis, uint64_t not_finite, QmArena *arena,
                   QmFacts *facts);

/* Loudness, LUFS, of [from_s, to_s). */
QmMeasured qm_facts_loudness(const QmFacts *facts, double from_s, double to_s);

/* As bytes for a cache, and back. Equal facts, equal bytes. Read fails (false) on bytes
 * that were written by another version or are broken: every size is checked. */
bool qm_facts_write(const QmFacts *facts, QmText *bytes);
bool qm_facts_read(const void *bytes, size_t size, QmArena *arena, QmFacts *facts);

/* What is known of the song as a whole: of the plain sum of its stems. */
typedef struct QmSongSection {
    double from, to; /* s */
    char label;      /* 'A'.. : equal where they sound alike */
    QmMeasured lufs;
} QmSongSection;

typedef struct QmSongFacts {
    QmFacts sum;
    QmMeasured bpm; /* detected */
    double bpm_confidence;
    bool bpm_steady;
    QmMeasured first_beat; /* s */
    int64_t beats_in_bar;
    const QmSongSection *sections;
    uint64_t n_sections;
} QmSongFacts;

#endif
