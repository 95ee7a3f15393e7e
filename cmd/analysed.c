/* The columns of the table for many files are a table too. */
#include "cmd/analysed.h"

#include "base/number.h"
#include "base/text.h"
#include "cmd/cli.h"

#include <stdio.h>
#include <string.h>

MeasureGroup analysed_group(const QmFeatureRun *run)
{
    return (MeasureGroup){run->feature->name, run->feature->measures,
                          run->feature->n_measures, run->result};
}

/* --- one file ----------------------------------------------------------------------- */

void analysed_print_facts(const QmAudioInfo *info)
{
    char seconds[QM_NUMBER_TEXT];
    qm_fixed_text((double)info->frames / info->rate, 3, seconds);
    printf("%s, %u Hz, %u channel%s, %s s", info->format, info->rate, info->channels,
           info->channels == 1 ? "" : "s", seconds);
}

void analysed_print(const QmAnalysedFile *file, QmMeasureView view)
{
    cli_print_name(file->name);
    printf(": ");
    analysed_print_facts(&file->info);
    printf("\n");
    for (uint32_t i = 0; i < file->analysis->n_runs; i++)
        if (file->analysis->runs[i].asked) {
            const MeasureGroup group = analysed_group(&file->analysis->runs[i]);
            measures_print(&group, view);
        }
    printf("\n");
}

/* --- many files --------------------------------------------------------------------- */

static const struct {
    const char *feature, *measure, *head;
    int width;
} columns[] = {
    {"loudness", "integrated", "LUFS", 7},
    {"loudness", "range", "LRA", 6},
    {"peak", "true", "dBTP", 7},
    {"level", "rms", "RMS", 7},
    {"loudness", "plr", "PLR", 6},
    {"loudness", "dr14", "DR", 4},
    {"tempo", "bpm", "BPM", 7},
    {"key", "key", "key", 9},
};
enum { N_COLUMNS = sizeof columns / sizeof columns[0] };

static bool asked(uint32_t features, const char *name)
{
    for (uint32_t i = 0; i < qm_feature_count(); i++)
        if (features >> i & 1 && qm_same(qm_feature_at(i)->name, name))
            return true;
    return false;
}

void analysed_print_heads(uint32_t features)
{
    for (uint32_t c = 0; c < N_COLUMNS; c++)
        if (asked(features, columns[c].feature))
            printf("%*s  ", columns[c].width, columns[c].head);
    printf("file\n");
}

static void cell(const QmAnalysis *analysis, const char *feature, const char *measure,
                 char text[64])
{
    strcpy(text, "-");
    for (uint32_t i = 0; i < analysis->n_runs; i++) {
        const QmFeatureRun *const run = &analysis->runs[i];
        for (uint32_t k = 0; k < run->feature->n_measures; k++)
            if (qm_same(run->feature->name, feature) &&
                qm_same(run->feature->measures[k].name, measure))
                measure_text(&run->feature->measures[k], run->result, text);
    }
}

void analysed_print_row(const QmAnalysedFile *file, uint32_t features)
{
    for (uint32_t c = 0; c < N_COLUMNS; c++)
        if (asked(features, columns[c].feature)) {
            char text[64];
            cell(file->analysis, columns[c].feature, columns[c].measure, text);
            printf("%*s  ", columns[c].width, text);
        }
    cli_print_name(file->name);
    printf("\n");
}

/* --- for machines ------------------------------------------------------------------- */

void analysed_facts_json(CliJson *json, const QmAudioInfo *info, uint64_t not_finite)
{
    cli_json_set(json, "rate", json_integer(info->rate));
    cli_json_set(json, "channels", json_integer(info->channels));
    cli_json_set(json, "frames", json_integer(info->frames));
    cli_json_set(json, "format", cli_json_text(info->format));
    cli_json_set(json, "not_finite", json_integer((json_int_t)not_finite));
}

enum { HOP_MS = 100 }; /* of what has a value every tenth, analysis/tenths.h */

static void put_features(CliJson *json, const QmAnalysis *analysis, bool series)
{
    for (uint32_t i = 0; i < analysis->n_runs; i++) {
        const MeasureGroup group = analysed_group(&analysis->runs[i]);
        if (analysis->runs[i].asked && series)
            measures_series_json(json, &group);
        else if (analysis->runs[i].asked)
            measures_json(json, &group);
    }
}

QmStatus analysed_print_json(const QmAnalysedFile *file, bool series, QmDiag *diag)
{
    CliJson json = {0};
    cli_json_open(&json, '{');
    cli_json_set(&json, "file", cli_json_text(file->name));
    if (file->status != QM_OK) {
        cli_json_set(&json, "error", cli_json_text(file->diag.text));
    } else {
        analysed_facts_json(&json, &file->info, file->not_finite);
        put_features(&json, file->analysis, false);
        if (series) {
            cli_json_key(&json, "series");
            cli_json_open(&json, '{');
            cli_json_set(&json, "hop_ms", json_integer(HOP_MS));
            put_features(&json, file->analysis, true);
            cli_json_close(&json, '}');
        }
    }
    cli_json_close(&json, '}');
    return cli_json_end(&json, diag);
}
