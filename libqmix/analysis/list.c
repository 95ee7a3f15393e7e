/* The features, in the order of the output; what a feature needs stands before it. */
#include "analysis/bark.h"
#include "analysis/dr14.h"
#include "analysis/dynamics.h"
#include "analysis/key.h"
#include "analysis/level.h"
#include "analysis/loudness.h"
#include "analysis/onset.h"
#include "analysis/peak.h"
#include "analysis/resonance.h"
#include "analysis/section.h"
#include "analysis/spectrum.h"
#include "analysis/stereo.h"
#include "analysis/tempo.h"
#include "analysis/transience.h"
#include "analysis/wave.h"
#include "base/text.h"

static const QmFeature *const features[] = {
    &qm_feature_dr14,       &qm_feature_peak,     &qm_feature_loudness,
    &qm_feature_level,      &qm_feature_spectrum, &qm_feature_resonance,
    &qm_feature_wave,       &qm_feature_bark,     &qm_feature_stereo,
    &qm_feature_onset,      &qm_feature_tempo,    &qm_feature_section,
    &qm_feature_transience, &qm_feature_dynamics, &qm_feature_key,
};

uint32_t qm_feature_count(void) { return sizeof features / sizeof features[0]; }

const QmFeature *qm_feature_at(uint32_t index) { return features[index]; }

const QmFeature *qm_feature_find(const char *name)
{
    for (uint32_t i = 0; i < qm_feature_count(); i++)
        if (qm_same(features[i]->name, name))
            return features[i];
    return NULL;
}
