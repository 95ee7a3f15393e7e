/* qanalyze: what is in this audio.
 *
 * parse the command line -> gather the files -> analyse them (render/analyse.h) -> print
 * each as it is done, in order. */
#include "analysis/loudness.h"
#include "analysis/tempo.h"
#include "analysis/wave.h"
#include "base/number.h"
#include "base/text.h"
#include "cmd/analysed.h"
#include "cmd/cli.h"
#include "cmd/album.h"
#include "cmd/compare.h"
#include "cmd/curves.h"
#include "cmd/features.h"
#include "cmd/folder.h"
#include "cmd/grids.h"
#include "cmd/json.h"
#include "cmd/stems.h"
#include "formats/audio_read.h"
#include "formats/grid_text.h"
#include "formats/report_html.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

typedef struct Options {
    CliCommon common;
    const char *features, *curve, *tempo_range, *grid, *grid_out, *report;
    uint64_t threads;
    const char *junit;
    CliList tolerances;
    bool compare, tap;
    bool series, album, masking, dual_mono, fine_peak, tempo, list_features, list_curves;
} Options;

#define FIELD(name) offsetof(Options, name)

static const CliOption option_table[] = {
    {'f', "features", "LIST",
     "what to look at: loudness,peak (default: all;\n"
     "--list-features names them)",
     CLI_TEXT, FIELD(features)},
    {0, "list-features", NULL, "print the features and their measures", CLI_FLAG,
     FIELD(list_features)},
    {'c', "curve", "NAME",
     "compare the spectrum with this target: pink, pop, speech, ...\n"
     "(--list-curves names them)",
     CLI_TEXT, FIELD(curve)},
    {0, "list-curves", NULL, "print the target curves and where they come from", CLI_FLAG,
     FIELD(list_curves)},
    {0, "tempo", NULL, "the same as --features tempo", CLI_FLAG, FIELD(tempo)},
    {0, "tempo-range", "LO-HI", "where the tempo is, in BPM: 70-140", CLI_TEXT,
     FIELD(tempo_range)},
    {'g', "grid", "FILE",
     "these beats, instead of detecting them (default: SONG.beats\n"
     "beside SONG.wav, where there is one)",
     CLI_TEXT, FIELD(grid)},
    {0, "grid-out", "FILE", "write the beats, to be edited and given back", CLI_TEXT,
     FIELD(grid_out)},
    {0, "series", NULL, "with --json: also what changes over time", CLI_FLAG,
     FIELD(series)},
    {'r', "report", "FILE", "all of it as one HTML file, with pictures", CLI_TEXT,
     FIELD(report)},
    {0, "album", NULL, "also: all files as one programme, under one gate", CLI_FLAG,
     FIELD(album)},
    {0, "masking", NULL,
     "the files as stems of one mix: their balance, who hides whom,\n"
     "which of them hear the same source",
     CLI_FLAG, FIELD(masking)},
    {0, "compare", NULL,
     "two files: what differs between them, sample by sample and\n"
     "measure by measure; exit 1 when more differs than may",
     CLI_FLAG, FIELD(compare)},
    {0, "tolerance", "WHAT",
     "with --compare: how much may differ (may be given again),\n"
     "as loudness.integrated=0.1, tempo.bpm=1%, level=0.5, key=same,\n"
     "default=0.5, null=-60, delay=0, identical=yes (default: only\n"
     "that), or a YAML file of such lines",
     CLI_LIST, FIELD(tolerances)},
    {0, "tap", NULL, "with --compare: print TAP, a test a measure", CLI_FLAG, FIELD(tap)},
    {0, "junit", "FILE", "with --compare: write the same as JUnit XML", CLI_TEXT,
     FIELD(junit)},
    {0, "dual-mono", NULL, "mono files will be heard from two speakers: +3.01 LU",
     CLI_FLAG, FIELD(dual_mono)},
    {0, "fine-peak", NULL, "true peak at 16 times the rate throughout", CLI_FLAG,
     FIELD(fine_peak)},
    {'t', "threads", "N", "threads (default: one a core); the results are the same",
     CLI_NUMBER, FIELD(threads)},
};

static const CliTool tool = {
    .name = "qanalyze",
    .usage = "FILE|FOLDER|-... [options]",
    .summary = "Measures audio: loudness, peaks, spectrum, stereo, dynamics, tempo, key.",
    .options = option_table,
    .n_options = sizeof option_table / sizeof option_table[0],
    .notes = "examples:\n"
             "  qanalyze mix.wav\n"
             "  qanalyze album/*.flac --features loudness,peak\n"
             "  sox song.mp3 -t wav - | qanalyze - --json | jq .loudness.integrated\n"
             "  qanalyze --masking stems/*.wav\n"
             "  qanalyze mix.wav --report mix.html\n"
             "  qanalyze --compare before.wav after.wav --tolerance null=-60\n"
             "\n"
             "exit status: 0 done, 1 a comparison found a difference, 2 usage, 3 bad "
             "input, 4 I/O",
};

typedef struct Run {
    const Options *options;
    QmArena arena;
    CliList files;
    uint32_t features;
    QmAnalysisOptions analysis;
    const QmGrid **grids; /* [files]; NULL: none */
    QmReportFile *kept;   /* for the report, the album, the stem set */
    uint32_t n_kept;
    StemSet stems;  /* with --masking */
    QmStatus worst; /* of the files */
    bool beyond;    /* with --compare: more differs than may */
    QmDiag *diag;
    CliProgress progress;
} Run;

/* --- how to look at it -------------------------------------------------------------- */

static QmStatus read_tempo_range(Run *run, QmDiag *diag)
{
    const char *const text = run->options->tempo_range;
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
    run->analysis.tempo_low = low;
    run->analysis.tempo_high = high;
    return QM_OK;
}

/* A QmAnalyseRequest's options_for. */
static QmStatus options_for(void *self, uint32_t index, QmAnalysisOptions *options,
                            QmDiag *diag)
{
    (void)diag;
    const Run *const run = self;
    options->grid = run->grids[index];
    return QM_OK;
}

/* Pictures want the outline of the waveform. */
static uint32_t bit_of(const QmFeature *feature)
{
    uint32_t i = 0;
    while (qm_feature_at(i) != feature)
        i++;
    return 1u << i;
}

/* What the report draws and the album pools. */
static QmStatus prepare_keeping(Run *run, QmDiag *diag)
{
    if (run->options->report)
        run->features |= bit_of(&qm_feature_wave);
    if (run->options->album)
        run->features |= bit_of(&qm_feature_loudness) | bit_of(&qm_feature_peak);
    if (run->options->grid_out)
        run->features |= bit_of(&qm_feature_tempo);
    if (run->options->masking)
        run->features |= bit_of(&qm_feature_loudness) | bit_of(&qm_feature_bark);
    run->kept = QM_NEW_ARRAY(&run->arena, QmReportFile, run->files.count);
    return run->kept ? QM_OK : qm_fail_memory(diag);
}

/* NULL: all. Of a stem set only what it needs, unless more is asked for. */
static const char *features_asked(const Options *o)
{
    if (o->tempo)
        return "tempo";
    return o->masking && !o->features && !o->report ? "loudness" : o->features;
}

/* Whether files are told of one by one. */
static bool one_by_one(const Options *o)
{
    return !o->masking || o->features || o->tempo;
}

/* A stem set is read twice: each by itself, then all in step. */
static QmStatus check_stems(const Run *run, QmDiag *diag)
{
    for (size_t i = 0; run->options->masking && i < run->files.count; i++)
        if (qm_same(run->files.items[i], "-"))
            return qm_fail_plain(diag, QM_ERR_USAGE,
                                 "--masking reads files twice, so not '-'");
    return QM_OK;
}

static QmStatus check_comparison(const Run *run, QmDiag *diag)
{
    const Options *const o = run->options;
    if (!o->compare && (o->tolerances.count || o->tap || o->junit))
        return qm_fail_plain(diag, QM_ERR_USAGE,
                             "--tolerance, --tap and --junit go with --compare");
    if (o->compare && run->files.count != 2)
        return qm_fail_plain(diag, QM_ERR_USAGE, "--compare takes two files, found %zu",
                             run->files.count);
    if (o->compare && (o->report || o->masking || o->album || o->series))
        return qm_fail_plain(diag, QM_ERR_USAGE,
                             "--report, --masking, --album and --series do not go with "
                             "--compare");
    return QM_OK;
}

static QmStatus prepare(Run *run, QmDiag *diag)
{
    run->diag = diag;
    run->analysis.dual_mono = run->options->dual_mono;
    run->analysis.fine_peak = run->options->fine_peak;
    QmStatus status =
        features_choose(features_asked(run->options), &run->arena, diag, &run->features);
    if (status == QM_OK)
        status = read_tempo_range(run, diag);
    if (status == QM_OK)
        status =
            curves_choose(run->options->curve, &run->arena, diag, &run->analysis.curve);
    if (status == QM_OK)
        status =
            folder_expand(&run->options->common.operands, &run->arena, diag, &run->files);
    if (status == QM_OK)
        status = check_comparison(run, diag);
    if (status == QM_OK)
        status = check_stems(run, diag);
    if (status == QM_OK && run->options->grid_out && run->files.count != 1)
        status = qm_fail_plain(diag, QM_ERR_USAGE, "--grid-out is for one file");
    if (status == QM_OK)
        status =
            grids_read(&run->files, run->options->grid, &run->arena, diag, &run->grids);
    return status == QM_OK ? prepare_keeping(run, diag) : status;
}

/* --- what was found ----------------------------------------------------------------- */

static QmStatus print_json(const Run *run, const QmAnalysedFile *file, QmDiag *diag)
{
    json_t *const object = analysed_json(file, run->options->series);
    if (!object)
        return qm_fail_memory(diag);
    return cli_json_print(object)
               ? QM_OK
               : qm_fail_plain(diag, QM_ERR_IO, "cannot write to standard output");
}

static QmStatus tell(Run *run, uint32_t index, QmAnalysedFile *file)
{
    const Options *const o = run->options;
    const bool table = run->files.count > 1 && !o->common.verbose;
    cli_progress_clear(&run->progress);
    cli_report(&tool, &o->common, &file->diag);
    if (file->status != QM_OK && run->worst == QM_OK)
        run->worst = file->status;
    if (!one_by_one(o))
        return QM_OK;
    if (!o->common.json && table && index == 0)
        analysed_print_heads(run->features);
    if (o->common.json)
        return print_json(run, file, run->diag);
    if (file->status == QM_OK && table)
        analysed_print_row(file, run->features);
    else if (file->status == QM_OK)
        analysed_print(file, o->common.verbose ? QM_VIEW_DETAIL : QM_VIEW_SUMMARY);
    return QM_OK;
}

static QmStatus write_grid(const Run *run, const QmAnalysedFile *file, QmDiag *diag)
{
    const QmTempoFound *const tempo =
        qm_analysis_result(file->analysis, &qm_feature_tempo);
    if (!tempo->grid.n_beats)
        return qm_fail(diag, QM_ERR_INPUT, (QmPlace){.file = file->name}, NULL,
                       "there are no beats to write to '%s'", run->options->grid_out);
    return qm_grid_write(run->options->grid_out, &tempo->grid, &file->analysis->arena,
                         diag);
}

/* A QmAnalyseRequest's done. */
static QmStatus file_done(void *self, uint32_t index, QmAnalysedFile *file)
{
    Run *const run = self;
    QmStatus status = tell(run, index, file);
    if (status == QM_OK && file->status == QM_OK && run->options->grid_out)
        status = write_grid(run, file, run->diag);
    if (status != QM_OK || file->status != QM_OK ||
        !(run->options->report || run->options->album || run->options->masking))
        return status;
    const char *const format = qm_arena_strdup(&run->arena, file->info.format);
    if (!format)
        return qm_fail_memory(run->diag);
    run->kept[run->n_kept++] = (QmReportFile){file->name, format, file->analysis};
    file->analysis = NULL;
    return QM_OK;
}

static QmStatus write_report(const Run *run, QmDiag *diag)
{
    const QmReport report = {
        .files = run->kept,
        .n_files = run->n_kept,
        .masking = run->stems.masking,
        .alignment = run->options->masking ? &run->stems.alignment : NULL,
    };
    return run->options->report && run->n_kept
               ? qm_report_html(run->options->report, &report, diag)
               : QM_OK;
}

/* What several files come to, those that could be read. */
static QmStatus print_all(Run *run, const QmAnalyseRequest *request, QmDiag *diag)
{
    const Options *const o = run->options;
    QmAnalysis **const analyses = QM_NEW_ARRAY(&run->arena, QmAnalysis *, run->n_kept);
    const char **const names = QM_NEW_ARRAY(&run->arena, const char *, run->n_kept);
    if (!analyses || !names)
        return qm_fail_memory(diag);
    for (uint32_t i = 0; i < run->n_kept; i++) {
        analyses[i] = run->kept[i].analysis;
        names[i] = run->kept[i].name;
    }
    QmStatus status = QM_OK;
    if (o->album && run->n_kept)
        status = album_print(analyses, run->n_kept, o->common.json, diag);
    if (status != QM_OK || !o->masking || !run->n_kept)
        return status;
    run->progress = cli_progress_start(&o->common, "comparing");
    status = stems_compare(names, analyses, run->n_kept, request, &run->arena,
                           &run->stems, diag);
    cli_progress_end(&run->progress);
    if (status != QM_OK)
        return status;
    return o->common.json ? stems_print_json(&run->stems, diag)
                          : stems_print(&run->stems, o->common.verbose, diag);
}

/* --- all of it ---------------------------------------------------------------------- */

static uint32_t threads_of(const Options *o)
{
    const long cores = sysconf(_SC_NPROCESSORS_ONLN);
    const uint64_t n = o->threads ? o->threads : cores > 0 ? (uint64_t)cores : 1;
    return (uint32_t)(n < QM_MAX_THREADS ? n : QM_MAX_THREADS);
}

static QmStatus compare(Run *run, const QmAnalyseRequest *request, QmDiag *diag)
{
    const Options *const o = run->options;
    const CompareOptions options = {&o->common, o->tolerances, o->tap, o->junit};
    return compare_files(&options, request, &run->arena, diag, &run->beyond);
}

static QmStatus analyse(Run *run, QmDiag *diag)
{
    QmStatus status = prepare(run, diag);
    if (status != QM_OK)
        return status;
    const QmAnalyseRequest request = {
        .names = run->files.items,
        .n_names = (uint32_t)run->files.count,
        .open = qm_audio_open,
        .features = run->features,
        .threads = threads_of(run->options),
        .isa = QM_ISA_BEST,
        .options = run->analysis,
        .options_for = options_for,
        .done = file_done,
        .self = run,
        .progress = {cli_progress_report, &run->progress},
    };
    if (run->options->compare)
        return compare(run, &request, diag);
    run->progress = cli_progress_start(&run->options->common, "analysing");
    status = qm_analyse(&request, diag);
    cli_progress_end(&run->progress);
    if (status == QM_OK)
        status = print_all(run, &request, diag);
    if (status == QM_OK)
        status = write_report(run, diag);
    for (uint32_t i = 0; i < run->n_kept; i++)
        qm_analysis_free(run->kept[i].analysis);
    return status;
}

/* What is asked for besides files; false: files are. */
static bool lists(Run *run, QmDiag *diag)
{
    if (run->options->list_features)
        features_print();
    else if (run->options->list_curves)
        curves_print(&run->arena, diag);
    else
        return false;
    return true;
}

int main(int argc, char **argv)
{
    Options o = {0};
    Run run = {.options = &o};
    QmDiag diag = {0};
    int code = 0;
    qm_arena_init(&run.arena);
    if (!cli_parse(&tool, argc, argv, &o, &run.arena, &code))
        goto out;
    if (!lists(&run, &diag)) {
        if (o.common.operands.count == 0) {
            code = cli_usage_error(&tool, "which file?", NULL);
            goto out;
        }
        analyse(&run, &diag);
    }
    code = cli_report(&tool, &o.common, &diag);
    if (code == 0)
        code = qm_status_exit(run.worst);
    code = cli_end(&tool, code);
    if (code == 0 && run.beyond)
        code = 1;
out:
    qm_arena_release(&run.arena);
    return code;
}
