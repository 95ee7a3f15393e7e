/* measures FILE THREADS base|best: all that the analysis finds in FILE with all its bits,
 * a line a value. What qanalyze prints is rounded; this is not. */
#include "base/text.h"
#include "formats/audio_read.h"
#include "render/analyse.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

static void print_value(const QmMeasure *m, const void *values)
{
    const void *const at = (const char *)values + m->offset;
    const QmMeasured *const number = at;
    const char *const *const text = at;
    switch (m->kind) {
    case QM_MEASURE_NUMBER:
        printf("%s %a %s\n", m->name, number->value, number->why ? number->why : "");
        break;
    case QM_MEASURE_COUNT:
        printf("%s %" PRId64 "\n", m->name, *(const int64_t *)at);
        break;
    case QM_MEASURE_TEXT:
        printf("%s %s\n", m->name, *text ? *text : "-");
        break;
    case QM_MEASURE_FLAG:
        printf("%s %d\n", m->name, *(const bool *)at);
        break;
    default:
        break; /* lists: print_list */
    }
}

static void print_list(const QmMeasure *m, const QmList *list)
{
    printf("%s: %zu\n", m->name, list->count);
    for (size_t i = 0; i < list->count; i++)
        if (m->kind == QM_MEASURE_LIST)
            printf("%a\n", ((const double *)list->items)[i]);
        else
            for (uint32_t c = 0; c < m->n_columns; c++)
                print_value(&m->columns[c], (const char *)list->items + i * m->row_size);
}

static QmStatus print(void *self, uint32_t index, QmAnalysedFile *file)
{
    (void)self, (void)index;
    for (uint32_t f = 0; file->status == QM_OK && f < qm_feature_count(); f++) {
        const QmFeature *const feature = qm_feature_at(f);
        const char *const result = qm_analysis_result(file->analysis, feature);
        printf("[%u]\n", (unsigned)f);
        for (uint32_t i = 0; i < feature->n_measures; i++) {
            const QmMeasure *const m = &feature->measures[i];
            if (m->kind == QM_MEASURE_LIST || m->kind == QM_MEASURE_ROWS)
                print_list(m, (const QmList *)(const void *)(result + m->offset));
            else
                print_value(m, result);
        }
    }
    if (file->status != QM_OK)
        fprintf(stderr, "measures: %s\n", file->diag.text);
    return file->status;
}

int main(int argc, char **argv)
{
    if (argc != 4) {
        fprintf(stderr, "usage: measures FILE THREADS base|best\n");
        return 2;
    }
    const char *const name = argv[1];
    QmDiag diag = {.status = QM_OK};
    const QmAnalyseRequest request = {
        .names = &name,
        .n_names = 1,
        .open = qm_audio_open,
        .features = (1u << qm_feature_count()) - 1,
        .threads = (uint32_t)strtoul(argv[2], NULL, 10),
        .isa = qm_same(argv[3], "base") ? QM_ISA_BASE : QM_ISA_BEST,
        .done = print,
    };
    return qm_analyse(&request, &diag) == QM_OK ? 0 : 1;
}
