/* The columns of the table for many files are a table too. */
#include "cmd/analysed.h"

#include "base/number.h"
#include "base/text.h"
#include "cmd/json.h"

#include <stdio.h>
#include <string.h>

MeasureGroup analysed_group(const QmFeatureRun *run)
{
    return (MeasureGroup){run->feature->name, run->feature->measures,
                          run->feature->n_measures, run->result};
}

/* --- one file ----------------------------------------------------------------------- */

void analysed_print(const QmAnalysedFile *file, QmMeasureView view)
{
    char seconds[QM_NUMBER_TEXT];
    const QmAudioInfo *const info = &file->info;
    qm_fixed_text((double)info->frames / info->rate, 3, seconds);
    printf("%s: %s, %u Hz, %u channel%s, %s s\n", file->name, info->format, info->rate,
           info->channels, info->channels == 1 ? "" : "s", seconds);
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
    printf("%s\n", file->name);
}

/* --- for machines ------------------------------------------------------------------- */

static bool set(json_t *object, const char *key, json_t *value)
{
    return json_object_set_new(object, key, value) == 0;
}

static bool add_facts(const QmAnalysedFile *file, json_t *object)
{
    const QmAudioInfo *const info = &file->info;
    return set(object, "rate", json_integer(info->rate)) &&
           set(object, "channels", json_integer(info->channels)) &&
           set(object, "frames", json_integer(info->frames)) &&
           set(object, "format", cli_json_text(info->format)) &&
           set(object, "not_finite", json_integer((json_int_t)file->not_finite));
}

static bool add_features(const QmAnalysis *analysis, bool with_series, json_t *object)
{
    json_t *const series = with_series ? json_object() : NULL;
    bool ok = true;
    for (uint32_t i = 0; ok && i < analysis->n_runs; i++) {
        if (!analysis->runs[i].asked)
            continue;
        const MeasureGroup group = analysed_group(&analysis->runs[i]);
        ok = set(object, group.name, measures_json(&group)) &&
             (!series || measures_series_json(&group, series));
    }
    return series ? set(object, "series", series) && ok : ok;
}

json_t *analysed_json(const QmAnalysedFile *file, bool series)
{
    json_t *const object = json_object();
    bool ok = set(object, "file", cli_json_text(file->name));
    if (file->status != QM_OK)
        ok &= set(object, "error", cli_json_text(file->diag.text));
    else
        ok =
            ok && add_facts(file, object) && add_features(file->analysis, series, object);
    if (ok)
        return object;
    json_decref(object);
    return NULL;
}
