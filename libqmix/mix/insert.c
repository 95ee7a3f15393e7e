/* Levels and settings of inserts. */
#include "mix/insert.h"

#include "mix/eq_curve.h"

enum { MOST_BANDS = 16 }; /* of an equaliser */

QmMeasured qm_insert_loudness(const QmMix *mix, const QmMixStrip *strip)
{
    if (!strip->raw)
        return qm_unmeasured("it was not measured");
    if (strip->raw->lufs.why)
        return strip->raw->lufs;
    return qm_measured(strip->raw->lufs.value +
                       qm_decided(mix, 0, "%s.trim.gain", strip->name));
}

QmReason qm_reason_template(QmMix *mix, const QmRule *rule, const QmMixStrip *strip)
{
    const char *const style =
        qm_template_settings(mix->template, rule, strip ? strip->role : QM_ROLE_COUNT)
            ->style;
    QmReason reason = qm_reason(mix);
    reason.origin = QM_ORIGIN_TEMPLATE;
    if (style && *style)
        qm_reason_word(&reason, "style", style);
    return reason;
}

/* The row of the processor; NULL: it has no such param. */
static const QmParam *find_row(QmMix *mix, const char *host, const char *slot,
                               const char *name)
{
    QmDiag ignored = {.status = QM_OK};
    QmEditWhat what;
    QmText address;
    qm_text_init(&address, mix->arena);
    qm_text_printf(&address, "%s.%s.%s", host, slot, name);
    if (address.failed ||
        qm_edit_what(mix->session, address.data, (QmPlace){0}, &ignored, &what) != QM_OK)
        return NULL;
    return what.row;
}

void qm_insert_hand_on(QmMix *mix, const QmRule *rule, const QmMixStrip *strip,
                       const double *settings, uint32_t from, const char *host,
                       const char *slot)
{
    const QmReason reason = qm_reason_template(mix, rule, strip);
    for (uint32_t i = from; i < rule->n_params; i++) {
        const char *const name = rule->params[i].name;
        const QmParam *const row = find_row(mix, host, slot, name);
        if (row && settings[i] != row->def)
            qm_decide(mix, rule, &reason, settings[i], "%s.%s.%s", host, slot, name);
    }
}

/* What a measure has beyond `even`; a setting of 0 asks for nothing. */
static double beyond(QmMeasured measured, double even)
{
    return even > 0 && !measured.why ? measured.value - even : 0;
}

double qm_insert_unevenness(const QmMixStrip *strip, double even_range, double even_plr,
                            double most)
{
    const double levels = beyond(strip->raw->range, even_range);
    const double peaks = beyond(strip->raw->plr, even_plr);
    const double larger = levels > peaks ? levels : peaks;
    if (even_range == 0 && even_plr == 0)
        return most;
    return larger < 0 ? 0 : larger < most ? larger : most;
}

/* Whether band `b` of the strip's equaliser is a decision of the masking stage. */
static bool is_of_masking(const QmMix *mix, const char *strip, uint32_t b)
{
    QmText address;
    qm_text_init(&address, mix->arena);
    qm_text_printf(&address, "%s.eq.%u.freq", strip, b);
    const QmDecision *const decision =
        address.failed ? NULL : qm_log_find(&mix->log, address.data);
    return decision && decision->stage == QM_STAGE_MASKING;
}

QmMeasured qm_insert_reference(const QmMix *mix, const QmMixStrip *strip)
{
    QmEqBand bands[MOST_BANDS];
    double db[QM_THIRDS];
    uint32_t n = 0;
    const char *const name = strip->name;
    const uint32_t end = qm_next_band(mix, name, "eq");
    if (!strip->first)
        return qm_unmeasured("its chain was measured only once");
    for (uint32_t b = 1; b < end && n < MOST_BANDS; b++)
        if (is_of_masking(mix, name, b))
            bands[n++] = (QmEqBand){(QmEqShape)qm_decided(mix, QM_EQ_BELL,
                                                          "%s.eq.%u.type", name, b),
                                    qm_decided(mix, 1000, "%s.eq.%u.freq", name, b),
                                    qm_decided(mix, 0, "%s.eq.%u.gain", name, b),
                                    qm_decided(mix, 1, "%s.eq.%u.q", name, b)};
    if (n == 0 || strip->first->lufs.why)
        return strip->first->lufs;
    qm_eq_thirds(bands, n, db);
    return qm_measured(strip->first->lufs.value + qm_eq_loudness(strip->raw->thirds, db));
}

double qm_insert_lost(const QmMix *mix, const QmMixStrip *strip)
{
    const QmMeasured reference = qm_insert_reference(mix, strip);
    if (reference.why || !strip->chain || strip->chain->lufs.why)
        return 0;
    return reference.value - strip->chain->lufs.value;
}
