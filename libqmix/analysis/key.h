/* The key of a piece, as a hint: an honest guess from what notes sound, not from how they
 * are heard. Most of its errors are a fifth or the relative key away. */
#ifndef QM_ANALYSIS_KEY_H
#define QM_ANALYSIS_KEY_H

#include "analysis/feature.h"

enum { QM_KEY_ALTERNATIVES = 4 };

typedef struct QmKeyGuess {
    const char *key;     /* "C major", "F# minor" */
    const char *camelot; /* "8B", "11A": the wheel by which DJs mix */
    /* To the key: "relative", "parallel", "fifth above", "fifth below", "other". */
    const char *relation;
    QmMeasured strength; /* correlation of the chroma with this key's profile, -1..1 */
} QmKeyGuess;

typedef struct QmKey {
    bool hint;                 /* true: so that who reads JSON is told too */
    const char *key, *camelot; /* NULL: none */
    QmMeasured strength;       /* as above; at least 0.65, else there is no key */
    /* 0..1, from the strength and from how far behind the next key is. */
    QmMeasured confidence;
    int64_t tonic; /* 0 C .. 11 B; -1: none */
    bool minor;
    /* Share of the energy from 60 Hz to 6 kHz that lies in steady partials which keep to
     * semitones: about 0 of noise and drums, 0.03 and more of music. */
    QmMeasured tonality;
    QmMeasured tuning;   /* of A4, Hz; 427.5 to 452.9: modulo a semitone */
    QmMeasured cents;    /* the same, from 440 Hz */
    QmList alternatives; /* of QmKeyGuess: the next QM_KEY_ALTERNATIVES, best first */
    QmList chroma;       /* of double: C to B, the strongest is 1; empty: no pitch */
} QmKey;

extern const QmFeature qm_feature_key;

#endif
