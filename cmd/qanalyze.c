/* qanalyze: what is in this audio.
 *
 * parse the command line -> gather the files -> analyse them (render/analyse.h) -> print
 * each as it is done, in order. */
#include "analysis/analysis.h"
#include "base/number.h"
#include "base/text.h"
#include "cmd/cli.h"
#include "cmd/folder.h"
#include "cmd/json.h"
#include "cmd/measures.h"
#include "formats/audio_read.h"
#include "render/analyse.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

typedef struct Options {
    CliCommon common;
    const char *features;
    uint64_t threads;
    bool series, dual_mono, fine_peak, tempo, list_features;
} Options;

#define FIELD(name) offsetof(Options, name)

static const CliOption options[] = {
    {'f', "features", "LIST",
     "what to look at: loudness,peak (default: all;\n"
     "--list-features names them)",
     CLI_TEXT, FIELD(features)},
    {0, "list-features", NULL, "print the features and their measures", CLI_FLAG,
     FIELD(list_features)},
    {0, "tempo", NULL, "the same as --features tempo", CLI_FLAG, FIELD(tempo)},
    {0, "series", NULL, "with --json: also what changes over time", CLI_FLAG,
     FIELD(series)},
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
    .options = options,
    .n_options = sizeof options / sizeof options[0],
    .notes = "examples:\n"
             "  qanalyze mix.wav\n"
             "  qanalyze album/*.flac --features loudness,peak\n"
             "  sox song.mp3 -t wav - | qanalyze - --json | jq .loudness.integrated\n"
             "\n"
             "exit status: 0 done, 1 a comparison found a difference, 2 usage, 3 bad "
             "input, 4 I/O",
};

typedef struct Run {
    const Options *options;
    QmArena arena;
    CliList files;
    uint32_t features;
    QmStatus worst; /* of the files */
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

/* --- what was found ------------------------------------------------------------------- */

static MeasureGroup group_of(const QmFeatureRun *r)
{
    return (MeasureGroup){r->feature->name, r->feature->measures, r->feature->n_measures,
                          r->result};
}

static json_t *file_json(const QmAnalysedFile *file)
{
    json_t *const object = json_object();
    json_object_set_new(object, "file", cli_json_text(file->name));
    if (file->status != QM_OK) {
        json_object_set_new(object, "error", cli_json_text(file->diag.text));
        return object;
    }
    json_object_set_new(object, "rate", json_integer(file->info.rate));
    json_object_set_new(object, "channels", json_integer(file->info.channels));
    json_object_set_new(object, "frames", json_integer(file->info.frames));
    json_object_set_new(object, "format", cli_json_text(file->info.format));
    json_object_set_new(object, "not_finite", json_integer((json_int_t)file->not_finite));
    return object;
}

static QmStatus print_json(const Run *run, const QmAnalysedFile *file, QmDiag *diag)
{
    json_t *const object = file_json(file);
    json_t *const series = run->options->series ? json_object() : NULL;
    bool ok = object != NULL;
    for (uint32_t i = 0; ok && file->analysis && i < file->analysis->n_runs; i++) {
        const QmFeatureRun *const r = &file->analysis->runs[i];
        if (!r->asked)
            continue;
        const MeasureGroup group = group_of(r);
        ok = json_object_set_new(object, r->feature->name, measures_json(&group)) == 0 &&
             (!series || measures_series_json(&group, series));
    }
    if (series)
        ok &= json_object_set_new(object, "series", series) == 0;
    if (!ok) {
        json_decref(object);
        return qm_fail_memory(diag);
    }
    return cli_json_print(object)
               ? QM_OK
               : qm_fail_plain(diag, QM_ERR_IO, "cannot write to standard output");
}

static void print_file(const Run *run, const QmAnalysedFile *file)
{
    char seconds[QM_NUMBER_TEXT];
    const double length =
        file->info.rate ? (double)file->info.frames / file->info.rate : 0;
    qm_fixed_text(length, 3, seconds);
    printf("%s: %s, %u Hz, %u channel%s, %s s\n", file->name, file->info.format,
           file->info.rate, file->info.channels, file->info.channels == 1 ? "" : "s",
           seconds);
    const QmMeasureView view =
        run->options->common.verbose ? QM_VIEW_DETAIL : QM_VIEW_SUMMARY;
    for (uint32_t i = 0; i < file->analysis->n_runs; i++)
        if (file->analysis->runs[i].asked) {
            const MeasureGroup group = group_of(&file->analysis->runs[i]);
            measures_print(&group, view);
        }
    printf("\n");
}

/* A QmAnalyseRequest's done. */
static QmStatus file_done(void *self, uint32_t index, QmAnalysedFile *file)
{
    (void)index;
    Run *const run = self;
    cli_report(&tool, &run->options->common, &file->diag);
    if (file->status != QM_OK && run->worst == QM_OK)
        run->worst = file->status;
    QmStatus status = QM_OK;
    if (run->options->common.json)
        status = print_json(run, file, &file->diag);
    else if (file->status == QM_OK)
        print_file(run, file);
    return status;
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
    QmStatus status = choose_features(run, diag);
    if (status == QM_OK)
        status =
            folder_expand(&run->options->common.operands, &run->arena, diag, &run->files);
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
        .options = {.dual_mono = run->options->dual_mono,
                    .fine_peak = run->options->fine_peak},
        .done = file_done,
        .self = run,
        .progress = {cli_progress_report, &run->progress},
    };
    status = qm_analyse(&request, diag);
    cli_progress_end(&run->progress);
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
