/* All that is printed comes from the features' own tables. */
#include "cmd/features.h"

#include "analysis/analysis.h"
#include "base/text.h"

#include <stdio.h>
#include <string.h>

static void print_measure(const char *indent, const QmMeasure *measure)
{
    printf("%s%-*s %-6s %s\n", indent, (int)(28 - strlen(indent)), measure->name,
           measure->unit, measure->help);
    for (uint16_t c = 0; c < measure->n_columns; c++)
        print_measure("    ", &measure->columns[c]);
}

void features_print(void)
{
    for (uint32_t i = 0; i < qm_feature_count(); i++) {
        const QmFeature *const f = qm_feature_at(i);
        if (f->hidden)
            continue;
        printf("%s%s: %s\n", i ? "\n" : "", f->name, f->summary);
        for (uint32_t k = 0; k < f->n_measures; k++)
            print_measure("  ", &f->measures[k]);
    }
}

uint32_t features_bit(const QmFeature *feature)
{
    uint32_t i = 0;
    while (qm_feature_at(i) != feature)
        i++;
    return 1u << i;
}

static QmStatus unknown(const char *name, QmDiag *diag)
{
    const char *names[QM_MAX_FEATURES];
    uint32_t n = 0;
    for (uint32_t i = 0; i < qm_feature_count(); i++)
        if (!qm_feature_at(i)->hidden)
            names[n++] = qm_feature_at(i)->name;
    const char *const near = qm_near_miss(name, names, n);
    return qm_fail_plain(diag, QM_ERR_USAGE, "--features: there is no '%s'%s%s%s", name,
                         near ? ", did you mean '" : "", near ? near : "",
                         near ? "'?" : "; --list-features names them");
}

/* A hidden one has nothing to show. */
static bool is_called(const QmFeature *feature, const char *name)
{
    return !feature->hidden && qm_same(feature->name, name);
}

QmStatus features_choose(const char *list, QmArena *arena, QmDiag *diag,
                         uint32_t *features)
{
    uint32_t chosen = 0;
    for (uint32_t i = 0; !list && i < qm_feature_count(); i++)
        if (!qm_feature_at(i)->quiet && !qm_feature_at(i)->hidden)
            chosen |= 1u << i;
    for (const char *at = list; at && *at;) {
        const size_t length = strcspn(at, ",");
        const char *const name = qm_arena_strndup(arena, at, length);
        if (!name)
            return qm_fail_memory(diag);
        uint32_t i = 0;
        while (i < qm_feature_count() && !is_called(qm_feature_at(i), name))
            i++;
        if (i == qm_feature_count())
            return unknown(name, diag);
        chosen |= 1u << i;
        at += length + (at[length] == ',');
    }
    *features = chosen;
    return QM_OK;
}
