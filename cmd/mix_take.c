/* mix_render into a spool; then the spool is a sound like any other to the analysis. */
#include "cmd/mix_take.h"

#include "analysis/loudness.h"
#include "cmd/features.h"
#include "render/analyse.h"

static QmStatus render(const MixTakeRequest *request, QmDiag *diag, MixTake *take)
{
    QmSink sink;
    take->rate = take->render.loaded.session->rate;
    QmStatus status =
        qm_spool_open(2 * take->render.plan.n_outputs, diag, &take->spool, &sink);
    if (status != QM_OK)
        return status;
    take->made = true;
    CliProgress progress = cli_progress_start(request->common, "rendering");
    const QmOfflineConfig config = {.threads = request->threads,
                                    .progress = {cli_progress_report, &progress},
                                    .cancel = request->cancel};
    status = mix_render_run(&take->render, &config, &sink, 1, diag, NULL);
    cli_progress_end(&progress);
    return status;
}

/* ---- measuring ---- */

typedef struct Work {
    MixTake *take;
    QmDiag *diag;
} Work;

static QmStatus open_spool(void *context, const char *name, QmPlace place, QmDiag *diag,
                           QmAudioReader *reader)
{
    const Work *const work = context;
    (void)name;
    (void)place;
    (void)diag;
    *reader = qm_spool_reader(&work->take->spool, work->take->rate);
    return QM_OK;
}

static QmStatus done(void *self, uint32_t index, QmAnalysedFile *file)
{
    const Work *const work = self;
    MixTake *const take = work->take;
    (void)index;
    if (file->status != QM_OK) {
        *work->diag = file->diag;
        return file->status;
    }
    const QmLoudness *const loudness =
        qm_analysis_result(file->analysis, &qm_feature_loudness);
    const QmPeak *const peak = qm_analysis_result(file->analysis, &qm_feature_peak);
    take->lufs = loudness->integrated;
    take->lra = loudness->range;
    take->true_peak = peak->true_peak;
    take->seconds = qm_measured((double)take->spool.frames / take->rate);
    return QM_OK;
}

static QmStatus measure(const MixTakeRequest *request, QmDiag *diag, MixTake *take)
{
    const char *const name = "mix";
    Work work = {take, diag};
    CliProgress progress = cli_progress_start(request->common, "measuring");
    const QmAnalyseRequest analysis = {
        .names = &name,
        .n_names = 1,
        .open = open_spool,
        .context = &work,
        .features = features_bit(&qm_feature_loudness) | features_bit(&qm_feature_peak),
        .threads = request->threads,
        .isa = QM_ISA_BEST,
        .done = done,
        .self = &work,
        .progress = {cli_progress_report, &progress},
        .cancel = request->cancel,
    };
    const QmStatus status = qm_analyse(&analysis, diag);
    cli_progress_end(&progress);
    return status;
}

QmStatus mix_take_make(const char *log, const MixTakeRequest *request, QmDiag *diag,
                       MixTake *take)
{
    *take = (MixTake){.spool = {.fd = -1}};
    QmStatus status = mix_render_open(log, diag, &take->render);
    if (status == QM_OK)
        status = render(request, diag, take);
    return status == QM_OK ? measure(request, diag, take) : status;
}

QmSavedFacts mix_take_facts(const MixTake *take, const char *note)
{
    return (QmSavedFacts){.note = note,
                          .lufs = take->lufs,
                          .lra = take->lra,
                          .true_peak = take->true_peak,
                          .seconds = take->seconds};
}

void mix_take_release(MixTake *take)
{
    if (take->made)
        qm_spool_close(&take->spool);
    mix_render_release(&take->render);
}
