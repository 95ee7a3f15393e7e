/* Names of shared buses. */
#include "mix/space.h"

static const char *style_of(const QmMix *mix, const QmRule *rule, const QmMixStrip *strip)
{
    const char *const style =
        qm_template_settings(mix->template, rule, strip->role)->style;
    return style && *style ? style : NULL;
}

/* Whether an earlier strip sends to the space of this style. */
static bool is_host(const QmMix *mix, const QmRule *rule, const QmMixStrip *strip)
{
    const char *const style = style_of(mix, rule, strip);
    for (const QmMixStrip *other = mix->strips; other < strip; other++) {
        uint32_t n_groups;
        const double *const settings = qm_mix_settings(mix, rule, other, &n_groups);
        if (settings && settings[0] > QM_SPACE_NONE && qm_mix_heard(mix, other) &&
            qm_same(style_of(mix, rule, other), style))
            return false;
    }
    return true;
}

QmSpace qm_space(QmMix *mix, const QmRule *rule, const QmMixStrip *strip,
                 const char *prefix, const char *plain)
{
    const char *const style = style_of(mix, rule, strip);
    QmText name;
    qm_text_init(&name, mix->arena);
    qm_text_add(&name, style ? prefix : "");
    qm_text_add(&name, style ? style : plain);
    if (name.failed)
        return (QmSpace){NULL, false, false};
    uint16_t own = qm_session_strip(mix->base, name.data);
    if (own != QM_NONE && mix->base->strips[own].kind != QM_STRIP_BUS) {
        qm_text_add(&name, "-bus");
        own = name.failed ? QM_NONE : qm_session_strip(mix->base, name.data);
    }
    return (QmSpace){name.failed ? NULL : name.data, own == QM_NONE,
                     is_host(mix, rule, strip)};
}
