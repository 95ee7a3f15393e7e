/* A bus for each family of which two strips or more are to be heard: drums, bass, music,
 * voices, effects. Only strips that go straight to the master are led through it; what
 * somebody routed stays. A bus is called like its family, unless a strip is. */
#include "mix/mix.h"

enum { BUS };

static const QmParam params[] = {
    [BUS] = {.name = "bus",
             .help = "strips of a family share a bus",
             .kind = QM_PARAM_SWITCH,
             .max = 1,
             .def = 1},
};

static bool joins(const QmMix *mix, const QmRule *rule, const QmMixStrip *strip)
{
    uint32_t n_groups;
    const double *const settings = qm_mix_settings(mix, rule, strip, &n_groups);
    const QmSession *const base = mix->base;
    return settings && settings[BUS] != 0 && qm_mix_heard(mix, strip) &&
           base->strips[strip->at].to == base->n_strips - 1;
}

static uint32_t count(const QmMix *mix, const QmRule *rule, QmFamily family)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < mix->n_strips; i++)
        n += qm_roles[mix->strips[i].role].family == family &&
             joins(mix, rule, &mix->strips[i]);
    return n;
}

/* "drums", "drums-bus", "drums-bus2" ... */
static const char *bus_name(QmMix *mix, QmFamily family)
{
    const char *const name = qm_family_names[family];
    QmText text = {.data = (char *)name};
    for (uint32_t i = 1; qm_session_strip(mix->base, text.data) != QM_NONE; i++) {
        qm_text_init(&text, mix->arena);
        qm_text_printf(&text, i > 1 ? "%s-bus%u" : "%s-bus", name, i);
        if (text.failed)
            return name;
    }
    return text.data;
}

static void decide(QmMix *mix, const QmRule *rule, QmMixStrip *strip,
                   const double *settings, uint32_t n_groups)
{
    (void)settings;
    (void)n_groups;
    const QmFamily family = qm_roles[strip->role].family;
    const uint32_t n = count(mix, rule, family);
    if (n < 2 || !joins(mix, rule, strip))
        return;
    const char *const bus = bus_name(mix, family);
    QmReason reason = qm_reason(mix);
    reason.origin = QM_ORIGIN_TEMPLATE;
    qm_reason_word(&reason, "family", qm_family_names[family]);
    qm_reason_number(&reason, "strips", n, 0);
    if (qm_session_strip(mix->session, bus) == QM_NONE)
        qm_decide_word(mix, rule, &reason, "master", "%s.to", bus);
    if (qm_session_strip(mix->session, bus) != QM_NONE)
        qm_decide_word(mix, rule, &reason, bus, "%s.to", strip->name);
}

const QmRule qm_rule_gain_group = {
    .id = "gain.group",
    .key = "group",
    .stage = QM_STAGE_GAIN,
    .passes = QM_PASS_STEMS,
    .reads = "roles, where strips go",
    .writes = "STRIP.to, BUS.to",
    .doc = "Leads the strips of a family through one bus, where there are two or more.",
    .params = params,
    .n_params = QM_COUNT(params),
    .strip = decide,
};
