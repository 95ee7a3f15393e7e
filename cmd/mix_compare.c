/* Before and after, measured alike. Before is the plain sum: all faders at 0 dB, moved as
 * a whole to the loudness that the mix has in front of its master. */
#include "base/qmath.h"
#include "cmd/mixing.h"

/* Masking between the strips that are heard; `after`: as they are in the mix. */
static const QmMasking *masking(Mixing *mixing, bool after)
{
    QmMix *const mix = &mixing->mix;
    QmMaskingStem *const stems =
        QM_NEW_ARRAY(&mixing->arena, QmMaskingStem, mix->n_strips);
    uint32_t n = 0;
    if (!stems)
        return NULL;
    for (uint32_t i = 0; i < mix->n_strips && n < QM_MASKING_MAX_STEMS; i++) {
        const QmMixStrip *const strip = &mix->strips[i];
        const QmFacts *const facts = after ? strip->chain : strip->raw;
        const double gain = after ? qm_decided(mix, 0, "%s.fader.gain", strip->name) : 0;
        const bool heard = !after || qm_mix_heard(mix, strip);
        stems[n++] = (QmMaskingStem){.name = strip->name,
                                     .bark = &facts->bark,
                                     .loudness = facts->lufs,
                                     .gain = heard ? qm_db_to_gain(gain) : 0};
    }
    return qm_masking(stems, n,
                      mixing->request->report ? QM_MASKING_PAIRS : QM_MASKING_TOTALS,
                      &mixing->arena);
}

static QmStatus balance(Mixing *mixing)
{
    QmMix *const mix = &mixing->mix;
    const double shift = mix->sum->lufs.value - mix->song->sum.lufs.value;
    QmMeasured *const before = QM_NEW_ARRAY(&mixing->arena, QmMeasured, mix->n_strips);
    QmMeasured *const after = QM_NEW_ARRAY(&mixing->arena, QmMeasured, mix->n_strips);
    QmMeasured *const wanted = QM_NEW_ARRAY(&mixing->arena, QmMeasured, mix->n_strips);
    if (!before || !after || !wanted)
        return qm_fail_memory(mixing->diag);
    for (uint32_t i = 0; i < mix->n_strips; i++) {
        const QmMixStrip *const strip = &mix->strips[i];
        before[i] = strip->raw->lufs;
        before[i].value += before[i].why ? 0 : shift;
        after[i] = qm_mix_heard(mix, strip) ? qm_mix_loudness(mix, strip)
                                            : qm_unmeasured("it is muted");
        wanted[i] = strip->wanted;
    }
    mixing->before.loudness = before;
    mixing->after.loudness = after;
    mixing->wanted = wanted;
    return QM_OK;
}

static QmStatus analyse(Mixing *mixing)
{
    Gauged out = {.spool = &mixing->spool, .rate = mixing->edited.session->rate};
    GaugeRequest request =
        mixing_gauge(mixing, qm_facts_features(), "out", "analysing the mix");
    request.keep = true;
    const QmStatus status = gauge_all(&request, &out, 1, &mixing->arena, mixing->diag);
    mixing->after.analysis = out.analysis;
    return status;
}

QmStatus mixing_compare(Mixing *mixing)
{
    QmStatus status = balance(mixing);
    if (status != QM_OK)
        return status;
    mixing->before.masking = masking(mixing, false);
    mixing->after.masking = masking(mixing, true);
    if (!mixing->before.masking || !mixing->after.masking)
        return qm_fail_memory(mixing->diag);
    return mixing->request->report ? analyse(mixing) : QM_OK;
}
