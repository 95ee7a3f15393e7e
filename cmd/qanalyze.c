/* qanalyze: what is in this audio.
 *
 * parse the command line -> gather the files -> analyse them (render/analyse.h) -> print
 * each as it is done, in order. */
#include "analysis/wave.h"
#include "base/number.h"
#include "base/text.h"
#include "cmd/analysed.h"
#include "cmd/cli.h"
#include "cmd/folder.h"
#include "cmd/json.h"
#include "formats/audio_read.h"
#include "formats/grid_text.h"
#include "formats/report_html.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

typedef struct Options {
    CliCommon common;
    const char *features, *tempo_range, *grid, *report;
    uint64_t threads;
    bool series, dual_mono, fine_peak, tempo, list_features;
} Options;

#define FIELD(name) offsetof(Options, name)

static const CliOption option_table[] = {
    {'f', "features", "LIST",
     "what to look at: loudness,peak (default: all;\n"
     "--list-features names them)",
     CLI_TEXT, FIELD(features)},
    {0, "list-features", NULL, "print the features and their measures", CLI_FLAG,
     FIELD(list_features)},
    {0, "tempo", NULL, "the same as --features tempo", CLI_FLAG, FIELD(tempo)},
    {0, "tempo-range", "LOW-HIGH", "where the tempo is, in BPM: 70-140", CLI_TEXT,
     FIELD(tempo_range)},
    {'g', "grid", "FILE",
     "these beats, instead of detecting them (default: SONG.beats\n"
     "beside SONG.wav, where there is one)",
     CLI_TEXT, FIELD(grid)},
    {0, "series", NULL, "with --json: also what changes over time", CLI_FLAG,
     FIELD(series)},
    {'r', "report", "FILE", "all of it as one HTML file, with pictures", CLI_TEXT,
     FIELD(report)},
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
             "  qanalyze mix.wav --report mix.html\n"
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
    QmReportFile *kept;   /* for the report */
    uint32_t n_kept;
    QmStatus worst; /* of the files */
    QmDiag *diag;
    CliProgress progress;
} Run;

/* --- what to look at ------------------------------------------------------------------ */

static void list_features(void)
{
    for (uint32_t i = 0; i < qm_feature_count(); i++) {
        const QmFeature *const f = qm_feature_at(i);
        if (f->hidden)
            continue;
        printf("%s: %s\n", f->name, f->summary);
        for (uint32_t k = 0; k < f->n_measures; k++)
            printf("  %-26s %-6s %s\n", f->measures[k].name, f->measures[k].unit,
                   f->measures[k].help);
    }
}

static QmStatus unknown_feature(const char *name, QmDiag *diag)
{
    const char *names[QM_MAX_FEATURES];
    for (uint32_t i = 0; i < qm_feature_count(); i++)
        names[i] = qm_feature_at(i)->name;
    const char *const near = qm_near_miss(name, names, qm_feature_count());
    return qm_fail_plain(diag, QM_ERR_USAGE, "--features: there is no '%s'%s%s%s", name,
                         near ? ", did you mean '" : "", near ? near : "",
                         near ? "'?" : "; --list-features names them");
}

static QmStatus choose_features(Run *run, QmDiag *diag)
{
    const char *const list = run->options->tempo ? "tempo" : run->options->features;
    for (uint32_t i = 0; !list && i < qm_feature_count(); i++)
        if (!qm_feature_at(i)->quiet && !qm_feature_at(i)->hidden)
            run->features |= 1u << i;
    for (const char *at = list; at && *at;) {
        const size_t length = strcspn(at, ",");
        const char *const name = qm_arena_strndup(&run->arena, at, length);
        if (!name)
            return qm_fail_memory(diag);
        uint32_t i = 0;
        while (i < qm_feature_count() && !qm_same(qm_feature_at(i)->name, name))
            i++;
        if (i == qm_feature_count())
            return unknown_feature(name, diag);
        run->features |= 1u << i;
        at += length + (at[length] == ',');
    }
    return QM_OK;
}

/* --- how to look at it ---------------------------------------------------------------- */

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

/* "a/song.wav" -> "a/song.beats" */
static const char *beside(Run *run, const char *name)
{
    const char *const slash = strrchr(name, '/'), *const dot = strrchr(name, '.');
    const size_t stem =
        dot && (!slash || dot > slash + 1) ? (size_t)(dot - name) : strlen(name);
    QmText text;
    qm_text_init(&text, &run->arena);
    qm_text_add_n(&text, name, stem);
    qm_text_add(&text, ".beats");
    return text.failed ? NULL : text.data;
}

static QmStatus read_grid(Run *run, size_t file, const char *path, QmDiag *diag)
{
    QmGrid *const grid = QM_NEW(&run->arena, QmGrid);
    if (!grid)
        return qm_fail_memory(diag);
    run->grids[file] = grid;
    return qm_grid_read(path, &run->arena, diag, grid);
}

static QmStatus read_grids(Run *run, QmDiag *diag)
{
    const char *const given = run->options->grid;
    run->grids = QM_NEW_ARRAY(&run->arena, const QmGrid *, run->files.count);
    if (!run->grids)
        return qm_fail_memory(diag);
    if (given && run->files.count != 1)
        return qm_fail_plain(diag, QM_ERR_USAGE, "--grid is for one file");
    QmStatus status = QM_OK;
    for (size_t i = 0; status == QM_OK && i < run->files.count; i++) {
        const char *const path = given ? given : beside(run, run->files.items[i]);
        if (!path)
            return qm_fail_memory(diag);
        if (given || access(path, F_OK) == 0)
            status = read_grid(run, i, path, diag);
    }
    return status;
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
static QmStatus prepare_report(Run *run, QmDiag *diag)
{
    for (uint32_t i = 0; run->options->report && i < qm_feature_count(); i++)
        run->features |= qm_feature_at(i) == &qm_feature_wave ? 1u << i : 0;
    run->kept = QM_NEW_ARRAY(&run->arena, QmReportFile, run->files.count);
    return run->kept ? QM_OK : qm_fail_memory(diag);
}

static QmStatus prepare(Run *run, QmDiag *diag)
{
    run->diag = diag;
    run->analysis.dual_mono = run->options->dual_mono;
    run->analysis.fine_peak = run->options->fine_peak;
    QmStatus status = choose_features(run, diag);
    if (status == QM_OK)
        status = read_tempo_range(run, diag);
    if (status == QM_OK)
        status =
            folder_expand(&run->options->common.operands, &run->arena, diag, &run->files);
    if (status == QM_OK)
        status = read_grids(run, diag);
    return status == QM_OK ? prepare_report(run, diag) : status;
}

/* --- what was found ------------------------------------------------------------------- */

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

/* A QmAnalyseRequest's done. */
static QmStatus file_done(void *self, uint32_t index, QmAnalysedFile *file)
{
    Run *const run = self;
    const QmStatus status = tell(run, index, file);
    if (status != QM_OK || file->status != QM_OK || !run->options->report)
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
    const QmReport report = {.files = run->kept, .n_files = run->n_kept};
    return run->n_kept ? qm_report_html(run->options->report, &report, diag) : QM_OK;
}

/* --- all of it ------------------------------------------------------------------------ */

static uint32_t threads_of(const Options *o)
{
    const long cores = sysconf(_SC_NPROCESSORS_ONLN);
    const uint64_t n = o->threads ? o->threads : cores > 0 ? (uint64_t)cores : 1;
    return (uint32_t)(n < QM_MAX_THREADS ? n : QM_MAX_THREADS);
}

static QmStatus analyse(Run *run, QmDiag *diag)
{
    QmStatus status = prepare(run, diag);
    if (status != QM_OK)
        return status;
    run->progress = cli_progress_start(&run->options->common, "analysing");
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
    status = qm_analyse(&request, diag);
    cli_progress_end(&run->progress);
    if (status == QM_OK)
        status = write_report(run, diag);
    for (uint32_t i = 0; i < run->n_kept; i++)
        qm_analysis_free(run->kept[i].analysis);
    return status;
}

int main(int argc, char **argv)
{
    Options o = {0};
    Run run = {.options = &o};
    int code = 0;
    qm_arena_init(&run.arena);
    if (!cli_parse(&tool, argc, argv, &o, &run.arena, &code))
        goto out;
    if (o.list_features) {
        list_features();
        code = cli_end(&tool, 0);
        goto out;
    }
    if (o.common.operands.count == 0) {
        code = cli_usage_error(&tool, "which file?", NULL);
        goto out;
    }
    QmDiag diag = {0};
    analyse(&run, &diag);
    code = cli_report(&tool, &o.common, &diag);
    if (code == 0)
        code = qm_status_exit(run.worst);
    code = cli_end(&tool, code);
out:
    qm_arena_release(&run.arena);
    return code;
}
