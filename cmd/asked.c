/* Options that a feature reads ask for that feature; what cannot be done is said before
 * anything is read. */
#include "cmd/asked.h"

#include "analysis/bark.h"
#include "analysis/loudness.h"
#include "analysis/peak.h"
#include "analysis/spectrum.h"
#include "analysis/tempo.h"
#include "analysis/wave.h"
#include "base/number.h"
#include "base/text.h"
#include "cmd/copies.h"
#include "cmd/curves.h"
#include "cmd/features.h"
#include "cmd/folder.h"
#include "cmd/grids.h"
#include "cmd/inputs.h"
#include "formats/audio_read.h"

static bool is_dash(const char *name) { return name && qm_same(name, "-"); }

bool asked_one_by_one(const Options *o)
{
    return !o->masking || o->features || o->tempo || o->tempo_range || o->curve;
}

bool asked_text(const Options *o)
{
    return !o->common.json && !is_dash(o->report) && !is_dash(o->grid_out);
}

/* --- what goes together ------------------------------------------------------------- */

static QmStatus check_options(const Options *o, QmDiag *diag)
{
    const bool judging = o->tolerances.count || o->tap || o->junit;
    const bool telling = o->report || o->grid_out || o->masking || o->album || o->series;
    const struct {
        bool is_so;
        const char *complaint;
    } checks[] = {
        {judging && !o->compare, "--tolerance, --tap and --junit go with --compare"},
        {telling && o->compare, "--report, --grid-out, --masking, --album and --series "
                                "do not go with --compare"},
        {o->series && !o->common.json, "--series goes with --json"},
        {o->series && !asked_one_by_one(o),
         "--series with --masking goes with --features"},
        {o->common.json + is_dash(o->report) + is_dash(o->grid_out) > 1,
         "--json, --report - and --grid-out - are all for standard output"},
    };
    for (size_t i = 0; i < sizeof checks / sizeof checks[0]; i++)
        if (checks[i].is_so)
            return qm_fail_plain(diag, QM_ERR_USAGE, "%s", checks[i].complaint);
    if (o->threads > QM_MAX_THREADS)
        return qm_fail_plain(diag, QM_ERR_USAGE, "at most %d threads can be asked for",
                             QM_MAX_THREADS);
    return QM_OK;
}

static QmStatus check_files(const Options *o, const CliList *files, QmDiag *diag)
{
    if (o->compare && files->count != 2)
        return qm_fail_plain(diag, QM_ERR_USAGE, "--compare takes two files, found %zu",
                             files->count);
    if (o->grid_out && files->count != 1)
        return qm_fail_plain(diag, QM_ERR_USAGE, "--grid-out is for one file");
    for (size_t i = 0; i < files->count; i++)
        if (o->masking && copies_needed(files->items[i]))
            return qm_fail_plain(diag, QM_ERR_USAGE,
                                 "--masking reads files twice, so not '%s'",
                                 files->items[i]);
    const char *const outputs[] = {o->report, o->grid_out, o->junit};
    QmStatus status = inputs_apart(o->report, o->grid_out, diag);
    for (size_t i = 0; status == QM_OK && i < sizeof outputs / sizeof outputs[0]; i++)
        status = inputs_spare(files, outputs[i], diag);
    return status;
}

/* --- what it is about --------------------------------------------------------------- */

/* What the other options read, draw and pool. */
static uint32_t implied(const Options *o)
{
    uint32_t features = 0;
    if (o->tempo || o->tempo_range || o->grid || o->grid_out)
        features |= features_bit(&qm_feature_tempo);
    if (o->curve)
        features |= features_bit(&qm_feature_spectrum);
    if (o->report)
        features |= features_bit(&qm_feature_wave);
    if (o->album)
        features |= features_bit(&qm_feature_loudness) | features_bit(&qm_feature_peak);
    if (o->masking)
        features |= features_bit(&qm_feature_loudness) | features_bit(&qm_feature_bark);
    return features;
}

/* All, unless a list is given, or an option that stands for one. */
static QmStatus choose_features(const Options *o, QmArena *arena, QmDiag *diag,
                                uint32_t *features)
{
    const bool enough = o->tempo || (o->masking && !o->report);
    QmStatus status = QM_OK;
    *features = 0;
    if (o->features || !enough)
        status = features_choose(o->features, arena, diag, features);
    *features |= implied(o);
    return status;
}

static QmStatus read_tempo_range(const char *text, QmDiag *diag,
                                 QmAnalysisOptions *options)
{
    if (!text)
        return QM_OK;
    double low = 0, high = 0;
    const char *const dash = qm_number_scan(text, 0, &low);
    const bool ok = dash && *dash == '-' && qm_number_parse(dash + 1, &high) &&
                    low >= 20 && high <= 400 && 1.2 * low <= high;
    if (!ok)
        return qm_fail_plain(diag, QM_ERR_USAGE,
                             "--tempo-range: expected two tempi from 20 to 400 BPM, the "
                             "second at least 1.2 times the first (70-140), found '%s'",
                             text);
    options->tempo_low = low;
    options->tempo_high = high;
    return QM_OK;
}

QmStatus asked_read(const Options *o, QmArena *arena, QmDiag *diag,
                    QmAnalyseRequest *request)
{
    CliList files = {0};
    *request = (QmAnalyseRequest){
        .open = qm_audio_open,
        .threads = cli_threads(o->threads),
        .isa = QM_ISA_BEST,
        .options = {.dual_mono = o->dual_mono, .fine_peak = o->fine_peak},
    };
    QmStatus status = check_options(o, diag);
    if (status == QM_OK)
        status = choose_features(o, arena, diag, &request->features);
    if (status == QM_OK)
        status = read_tempo_range(o->tempo_range, diag, &request->options);
    if (status == QM_OK)
        status = curves_choose(o->curve, arena, diag, &request->options.curve);
    if (status == QM_OK)
        status = folder_expand(&o->common.operands, arena, diag, &files);
    if (status == QM_OK)
        status = check_files(o, &files, diag);
    if (status == QM_OK)
        status = grids_read(&files, o->grid, arena, diag, &request->grids);
    request->names = files.items;
    request->n_names = (uint32_t)files.count;
    return status;
}
