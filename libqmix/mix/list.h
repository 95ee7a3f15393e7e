/* Every rule, for list.c alone. */
#ifndef QM_MIX_LIST_H
#define QM_MIX_LIST_H

#include "mix/rule.h"

/* One line a rule, in the order in which they are asked and stand in the log. */
#define QM_RULES                                                                         \
    QM_RULE(role_role)                                                                   \
    QM_RULE(role_tempo)                                                                  \
    QM_RULE(check_silent)                                                                \
    QM_RULE(check_rate)                                                                  \
    QM_RULE(check_channels)                                                              \
    QM_RULE(check_clipped)                                                               \
    QM_RULE(check_hot)                                                                   \
    QM_RULE(check_dc)                                                                    \
    QM_RULE(check_duplicate)                                                             \
    QM_RULE(check_polarity)                                                              \
    QM_RULE(check_mixdown)                                                               \
    QM_RULE(gain_trim)                                                                   \
    QM_RULE(gain_group)                                                                  \
    QM_RULE(gain_level)                                                                  \
    QM_RULE(gain_ride)                                                                   \
    QM_RULE(gain_section)                                                                \
    QM_RULE(spatial_width)                                                               \
    QM_RULE(spatial_pan)                                                                 \
    QM_RULE(spatial_separate)                                                            \
    QM_RULE(spatial_image)                                                               \
    QM_RULE(spatial_mono_bass)                                                           \
    QM_RULE(spatial_haas)                                                                \
    QM_RULE(spatial_mid_side)                                                            \
    QM_RULE(eq_clean)                                                                    \
    QM_RULE(eq_resonance)                                                                \
    QM_RULE(eq_tone)                                                                     \
    QM_RULE(eq_dynamic)                                                                  \
    QM_RULE(masking_unmask)                                                              \
    QM_RULE(dynamics_gate)                                                               \
    QM_RULE(dynamics_de_ess)                                                             \
    QM_RULE(dynamics_transient)                                                          \
    QM_RULE(dynamics_compress)                                                           \
    QM_RULE(dynamics_multiband)                                                          \
    QM_RULE(dynamics_duck)                                                               \
    QM_RULE(dynamics_share)                                                              \
    QM_RULE(dynamics_glue)                                                               \
    QM_RULE(effects_saturate)                                                            \
    QM_RULE(effects_modulate)                                                            \
    QM_RULE(effects_reverb)                                                              \
    QM_RULE(effects_delay)                                                               \
    QM_RULE(automation_sweep)                                                            \
    QM_RULE(automation_shape)                                                            \
    QM_RULE(automation_pump)                                                             \
    QM_RULE(automation_energy)                                                           \
    QM_RULE(master_tone)                                                                 \
    QM_RULE(master_bus)                                                                  \
    QM_RULE(master_mono_low)                                                             \
    QM_RULE(master_loudness)                                                             \
    QM_RULE(master_limit)

#define QM_RULE(name) extern const QmRule qm_rule_##name;
QM_RULES
#undef QM_RULE

#endif
