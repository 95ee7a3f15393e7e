/* Each file is told of as soon as it and all before it are done; what is said of all of
 * them needs their analyses, which are kept until the end. */
#include "cmd/answers.h"

#include "analysis/tempo.h"
#include "cmd/album.h"
#include "cmd/analysed.h"
#include "cmd/stems.h"
#include "formats/grid_text.h"
#include "formats/report_html.h"

typedef struct Work {
    const CliTool *tool;
    const Options *options;
    QmAnalyseRequest request;
    QmArena *arena;
    QmDiag *diag;
    CliProgress progress;
    QmReportFile *kept; /* for the report, the album, the stem set */
    uint32_t n_kept;
    StemSet stems; /* with --masking */
    QmStatus worst;
} Work;

/* --- each by itself ----------------------------------------------------------------- */

static void print_text(const Work *work, uint32_t index, const QmAnalysedFile *file)
{
    const bool verbose = work->options->common.verbose;
    const bool table = work->request.n_names > 1 && !verbose;
    if (table && index == 0)
        analysed_print_heads(work->request.features);
    if (file->status != QM_OK)
        return;
    if (table)
        analysed_print_row(file, work->request.features);
    else
        analysed_print(file, verbose ? QM_VIEW_DETAIL : QM_VIEW_SUMMARY);
}

static QmStatus tell(Work *work, uint32_t index, const QmAnalysedFile *file)
{
    const Options *const o = work->options;
    cli_progress_clear(&work->progress);
    cli_report(work->tool, &o->common, &file->diag);
    if (work->worst == QM_OK)
        work->worst = file->status;
    if (!asked_one_by_one(o))
        return QM_OK;
    if (o->common.json)
        return analysed_print_json(file, o->series, work->diag);
    if (asked_text(o))
        print_text(work, index, file);
    return QM_OK;
}

static QmStatus write_grid(const Work *work, const QmAnalysedFile *file)
{
    const QmTempoFound *const tempo =
        qm_analysis_result(file->analysis, &qm_feature_tempo);
    const char *const path = work->options->grid_out;
    if (!tempo->grid.n_beats)
        return qm_fail(work->diag, QM_ERR_INPUT, (QmPlace){.file = file->name}, NULL,
                       "there are no beats to write to '%s'", path);
    return qm_grid_write(path, &tempo->grid, &file->analysis->arena, work->diag);
}

static QmStatus keep(Work *work, QmAnalysedFile *file)
{
    const char *const format = qm_arena_strdup(work->arena, file->info.format);
    if (!format)
        return qm_fail_memory(work->diag);
    work->kept[work->n_kept++] = (QmReportFile){file->name, format, file->analysis};
    file->analysis = NULL;
    return QM_OK;
}

/* A QmAnalyseRequest's done. */
static QmStatus file_done(void *self, uint32_t index, QmAnalysedFile *file)
{
    Work *const work = self;
    const Options *const o = work->options;
    QmStatus status = tell(work, index, file);
    if (status != QM_OK || file->status != QM_OK)
        return status;
    if (o->grid_out)
        status = write_grid(work, file);
    if (status == QM_OK && (o->report || o->album || o->masking))
        status = keep(work, file);
    return status;
}

static QmStatus analyse(Work *work)
{
    work->kept = QM_NEW_ARRAY(work->arena, QmReportFile, work->request.n_names);
    if (!work->kept)
        return qm_fail_memory(work->diag);
    work->request.done = file_done;
    work->request.self = work;
    work->request.progress = (QmProgress){cli_progress_report, &work->progress};
    work->progress = cli_progress_start(&work->options->common, "analysing");
    const QmStatus status = qm_analyse(&work->request, work->diag);
    cli_progress_end(&work->progress);
    return status;
}

/* --- all together, those that could be read ----------------------------------------- */

static QmStatus compare_stems(Work *work, const char *const *names,
                              QmAnalysis *const *analyses)
{
    const CliCommon *const common = &work->options->common;
    work->progress = cli_progress_start(common, "comparing");
    const QmStatus status = stems_compare(names, analyses, work->n_kept, &work->request,
                                          work->arena, &work->stems, work->diag);
    cli_progress_end(&work->progress);
    if (status != QM_OK)
        return status;
    if (common->json)
        return stems_print_json(&work->stems, work->diag);
    return asked_text(work->options)
               ? stems_print(&work->stems, common->verbose, work->diag)
               : QM_OK;
}

static QmStatus tell_all(Work *work)
{
    const Options *const o = work->options;
    const uint32_t n = work->n_kept;
    QmAnalysis **const analyses = QM_NEW_ARRAY(work->arena, QmAnalysis *, n);
    const char **const names = QM_NEW_ARRAY(work->arena, const char *, n);
    if (!analyses || !names)
        return qm_fail_memory(work->diag);
    for (uint32_t i = 0; i < n; i++) {
        analyses[i] = work->kept[i].analysis;
        names[i] = work->kept[i].name;
    }
    QmStatus status = QM_OK;
    if (o->album && (o->common.json || asked_text(o)))
        status = album_print(analyses, n, o->common.json, work->diag);
    if (status == QM_OK && o->masking)
        status = compare_stems(work, names, analyses);
    return status;
}

static QmStatus write_report(const Work *work)
{
    const QmReport report = {
        .files = work->kept,
        .n_files = work->n_kept,
        .masking = work->stems.masking,
        .alignment = work->options->masking ? &work->stems.alignment : NULL,
    };
    return qm_report_html(work->options->report, &report, work->diag);
}

QmStatus answers_print(const CliTool *tool, const Options *options,
                       const QmAnalyseRequest *request, QmArena *arena, QmDiag *diag,
                       QmStatus *worst)
{
    Work work = {.tool = tool,
                 .options = options,
                 .request = *request,
                 .arena = arena,
                 .diag = diag};
    QmStatus status = analyse(&work);
    if (status == QM_OK && work.n_kept)
        status = tell_all(&work);
    if (status == QM_OK && work.n_kept && options->report)
        status = write_report(&work);
    for (uint32_t i = 0; i < work.n_kept; i++)
        qm_analysis_free(work.kept[i].analysis);
    *worst = work.worst;
    return status;
}
