/* tolerances -> samples (render/compare.h) -> measures of both (render/analyse.h) ->
 * findings (analysis/verdict.h) -> text, JSON, TAP, JUnit.
 *
 * Files that are the same sample by sample are not measured: nothing could differ. Unless
 * a tolerance, or --verbose, asks for the values. */
#include "cmd/compare.h"

#include "base/sort.h"
#include "base/text.h"
#include "cmd/compared.h"
#include "cmd/copies.h"
#include "formats/tolerance_yaml.h"

#include <string.h>

typedef struct Work {
    const CompareOptions *options;
    QmAnalyseRequest request;
    QmArena *arena;
    QmDiag *diag;
    Copies copies;
    QmList tolerances; /* of QmTolerance */
    QmAnalysis *analyses[2];
    Compared compared;
} Work;

/* --- tolerances --------------------------------------------------------------------- */

/* "loudness.integrated=0.1", and not "limits/a=b.yaml". */
static bool is_argument(const char *text)
{
    const char *const equals = strchr(text, '='), *const slash = strchr(text, '/');
    return equals && (!slash || slash > equals);
}

/* Two files that have to be the same: what is asked when nothing is allowed. */
static QmStatus ask_for_sameness(Work *work)
{
    static const QmTolerance identical = {"identical", QM_ALLOW_FLAG, 0, true};
    return qm_list_append(&work->tolerances, &identical, 1, sizeof identical, work->arena)
               ? QM_OK
               : qm_fail_memory(work->diag);
}

static QmStatus read_tolerances(Work *work)
{
    const CliList *const list = &work->options->tolerances;
    QmStatus status = QM_OK;
    for (size_t i = 0; status == QM_OK && i < list->count; i++)
        status = is_argument(list->items[i])
                     ? qm_tolerance_argument(list->items[i], work->arena, work->diag,
                                             &work->tolerances)
                     : qm_tolerances_read(list->items[i], work->arena, work->diag,
                                          &work->tolerances);
    /* A file may hold none. */
    return status == QM_OK && work->tolerances.count == 0 ? ask_for_sameness(work)
                                                          : status;
}

/* What a tolerance names has to be looked at. */
static void add_features(Work *work)
{
    const QmTolerance *const items = work->tolerances.items;
    for (size_t t = 0; t < work->tolerances.count; t++)
        for (uint32_t i = 0; i < qm_feature_count(); i++) {
            const char *const name = qm_feature_at(i)->name;
            const size_t length = strlen(name);
            const char after =
                qm_starts_with(items[t].name, name) ? items[t].name[length] : 'x';
            if (items[t].allow != QM_ALLOW_ANY && (after == '.' || after == '\0'))
                work->request.features |= 1u << i;
        }
}

/* --- looking ------------------------------------------------------------------------ */

static QmStatus compare_samples(Work *work, CliProgress *progress)
{
    const QmCompareRequest request = {
        .names = {work->request.names[0], work->request.names[1]},
        .open = copies_open,
        .context = &work->copies,
        .isa = work->request.isa,
        .progress = {cli_progress_report, progress},
        .cancel = work->request.cancel,
    };
    return qm_compare(&request, work->arena, &work->compared.samples, work->diag);
}

/* A QmAnalyseRequest's done: keeps the analysis. */
static QmStatus keep(void *self, uint32_t index, QmAnalysedFile *file)
{
    Work *const work = self;
    if (file->status != QM_OK) {
        *work->diag = file->diag;
        return file->status;
    }
    work->compared.samples.info[index].frames = file->info.frames;
    work->analyses[index] = file->analysis;
    file->analysis = NULL;
    return QM_OK;
}

static QmStatus measure(Work *work, CliProgress *progress)
{
    QmAnalyseRequest request = work->request;
    request.done = keep;
    request.self = work;
    request.open = copies_open;
    request.context = &work->copies;
    request.progress = (QmProgress){cli_progress_report, progress};
    return qm_analyse(&request, work->diag);
}

static bool worth_measuring(const Work *work)
{
    return !work->compared.samples.difference.identical ||
           work->options->tolerances.count > 0 || work->options->common->verbose;
}

static QmStatus look(Work *work)
{
    CliProgress progress = cli_progress_start(work->options->common, "comparing");
    QmStatus status = compare_samples(work, &progress);
    cli_progress_end(&progress);
    if (status != QM_OK || !worth_measuring(work))
        return status;
    progress = cli_progress_start(work->options->common, "analysing");
    status = measure(work, &progress);
    cli_progress_end(&progress);
    return status;
}

/* --- judging ------------------------------------------------------------------------ */

/* What is beyond, what is within, what nobody judges. */
static int rank(const QmFinding *finding)
{
    return finding->beyond ? 0 : compared_judged(finding) ? 1 : 2;
}

static int worst_first(const void *p, const void *q)
{
    const QmFinding *const a = p, *const b = q;
    if (rank(a) != rank(b))
        return rank(a) - rank(b);
    if (!a->beyond || a->excess == b->excess)
        return 0;
    return a->excess > b->excess ? -1 : 1;
}

static QmStatus find(Work *work)
{
    QmList findings = {0}, ranked = {0};
    Compared *const compared = &work->compared;
    const bool ok =
        qm_findings(&compared->samples.difference, work->analyses[0], work->analyses[1],
                    &work->tolerances, work->arena, &findings) &&
        qm_list_append(&ranked, findings.items, findings.count, sizeof(QmFinding),
                       work->arena) &&
        qm_sort(ranked.items, ranked.count, sizeof(QmFinding), worst_first,
                work->arena) == QM_OK;
    if (!ok)
        return qm_fail_memory(work->diag);
    compared->findings = findings.items;
    compared->worst_first = ranked.items;
    compared->n_findings = findings.count;
    for (size_t i = 0; i < findings.count; i++) {
        compared->n_judged += compared_judged(&compared->findings[i]);
        compared->n_beyond += compared->findings[i].beyond;
    }
    return QM_OK;
}

static QmStatus tell(Work *work)
{
    const CompareOptions *const o = work->options;
    const bool junit_out = o->junit && qm_same(o->junit, "-");
    QmStatus status = QM_OK;
    if (o->common->json)
        status = compared_print_json(&work->compared, work->diag);
    else if (o->tap)
        compared_print_tap(&work->compared);
    else if (!junit_out)
        compared_print(&work->compared, o->common->verbose);
    if (status == QM_OK && o->junit)
        status = compared_write_junit(&work->compared, o->junit, work->arena, work->diag);
    return status;
}

static QmStatus check_forms(const CompareOptions *o, QmDiag *diag)
{
    const bool junit_out = o->junit && qm_same(o->junit, "-");
    if (o->common->json + o->tap + junit_out > 1)
        return qm_fail_plain(diag, QM_ERR_USAGE,
                             "--json, --tap and --junit - are all for standard output");
    return QM_OK;
}

QmStatus compare_files(const CompareOptions *options, const QmAnalyseRequest *request,
                       QmArena *arena, QmDiag *diag, bool *beyond)
{
    Work work = {
        .options = options,
        .request = *request,
        .arena = arena,
        .diag = diag,
        .copies = {.open = request->open, .context = request->context},
        .compared = {.names = {request->names[0], request->names[1]}},
    };
    QmStatus status = check_forms(options, diag);
    if (status == QM_OK)
        status = read_tolerances(&work);
    if (status == QM_OK)
        add_features(&work);
    for (int i = 0; status == QM_OK && i < 2; i++)
        status = copies_add(&work.copies, request->names[i], diag);
    if (status == QM_OK)
        status = look(&work);
    if (status == QM_OK)
        status = find(&work);
    if (status == QM_OK)
        status = tell(&work);
    *beyond = work.compared.n_beyond > 0;
    copies_release(&work.copies);
    qm_analysis_free(work.analyses[0]);
    qm_analysis_free(work.analyses[1]);
    return status;
}
