/* The master: what it is fed is frozen once, what it makes of that is rendered and
 * measured until its gain is right. The last rendering is the mix; it only has to be
 * handed out. */
#include "analysis/loudness.h"
#include "cmd/features.h"
#include "cmd/mixing.h"
#include "cmd/tail.h"

QmStatus mixing_feed(Mixing *mixing)
{
    Loaded *const edited = &mixing->edited;
    const uint16_t master = (uint16_t)(edited->session->n_strips - 1);
    QmStatus status = mixing_freeze(mixing, edited, &master, 1, "mixing", &mixing->feed);
    if (status != QM_OK)
        return status;
    const QmFrozenStrip *const feed = qm_freeze_strips(mixing->feed);
    Gauged sum = {.asset = &feed->asset,
                  .fader = {.width = 1},
                  .rate = edited->session->rate,
                  .key = feed->key};
    const GaugeRequest gauge =
        mixing_gauge(mixing, qm_facts_features(), "sum", "measuring the sum");
    status = gauge_all(&gauge, &sum, 1, &mixing->arena, mixing->diag);
    mixing->mix.sum = sum.facts;
    return status;
}

/* ---- the master ---- */

static QmStatus render_master(Mixing *mixing)
{
    Loaded *const edited = &mixing->edited;
    QmPlan plan;
    QmSink sink;
    uint32_t n_frozen, n_readings = 0, inserts = 0;
    const QmFrozen *const frozen = qm_freeze_list(mixing->feed, &n_frozen);
    QmStatus status = load_plan(edited,
                                &(QmPlanRequest){.isa = QM_ISA_BEST,
                                                 .frozen = frozen,
                                                 .n_frozen = n_frozen},
                                mixing->diag, &plan);
    if (status != QM_OK)
        return status;
    for (uint32_t s = 0; s < edited->session->n_strips; s++)
        inserts += edited->session->strips[s].n_inserts;
    QmSlotReadings *const readings =
        QM_NEW_ARRAY(&mixing->arena, QmSlotReadings, inserts + 1);
    if (!readings)
        return qm_fail_memory(mixing->diag);
    qm_spool_close(&mixing->spool);
    status = qm_spool_open(2 * plan.n_outputs, mixing->diag, &mixing->spool, &sink);
    if (status != QM_OK)
        return status;
    const QmOfflineConfig config = {
        .threads = mixing->request->threads,
        .to = plan.frames,
        .outputs = &sink,
        .n_outputs = 1,
        .progress = mixing_progress(mixing, "mastering"),
        .cancel = mixing->request->cancel,
        .check = mixing_check,
        .check_self = edited->prepared,
        .readings = readings,
        .n_readings = &n_readings,
    };
    status = qm_offline_render(&plan, &config, mixing->diag);
    return status == QM_OK
               ? mixing_readings(mixing, (uint16_t)(edited->session->n_strips - 1),
                                 readings, n_readings, &mixing->mix.readings,
                                 &mixing->mix.n_readings)
               : status;
}

QmStatus mixing_master(Mixing *mixing)
{
    QmStatus status = render_master(mixing);
    Gauged out = {.spool = &mixing->spool, .rate = mixing->edited.session->rate};
    GaugeRequest request =
        mixing_gauge(mixing, qm_facts_few(), "out", "measuring the mix");
    request.fine_peak = true;
    if (status == QM_OK)
        status = gauge_all(&request, &out, 1, &mixing->arena, mixing->diag);
    mixing->mix.out = out.facts;
    return status;
}

/* ---- handing out ---- */

enum { PIECE = 16384 /* frames */ };

static QmStatus copy_out(Mixing *mixing, QmSink *to, int64_t frames)
{
    QmSpool *const spool = &mixing->spool;
    const QmProgress progress = mixing_progress(mixing, "writing");
    float *const piece =
        QM_NEW_ARRAY(&mixing->arena, float, (size_t)PIECE * spool->width);
    if (!piece)
        return qm_fail_memory(mixing->diag);
    for (int64_t at = 0; at < frames; at += PIECE) {
        const uint32_t n = (uint32_t)(frames - at < PIECE ? frames - at : PIECE);
        if (mixing->request->cancel && *mixing->request->cancel)
            return qm_fail_plain(mixing->diag, QM_ERR_IO, "interrupted");
        if (qm_spool_read(spool, at, n, piece) < n)
            return qm_fail_plain(mixing->diag, QM_ERR_IO,
                                 "cannot read a temporary file back");
        const QmStatus status = to->write(to->self, at, piece, n, mixing->diag);
        if (status != QM_OK)
            return status;
        progress.report(progress.self, at, frames);
    }
    return to->finish(to->self, mixing->diag);
}

QmStatus mixing_write(Mixing *mixing, QmSink *output, int64_t *frames)
{
    Loaded *const edited = &mixing->edited;
    QmPlan plan;
    QmTrim trim;
    QmSink trimmed;
    QmStatus status =
        load_plan(edited, &(QmPlanRequest){.isa = QM_ISA_BEST}, mixing->diag, &plan);
    const bool trims = tail_open_ended(edited);
    if (status == QM_OK && trims)
        status = tail_trim(edited, &plan, output, 1, &trim, mixing->diag, &trimmed);
    if (status == QM_OK)
        status = copy_out(mixing, trims ? &trimmed : output, plan.frames);
    *frames = trims ? trim.written : plan.frames;
    mixing_step_end(mixing);
    return status;
}
