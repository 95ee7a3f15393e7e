/* Values are compared as people see them: rounded to the decimals that mean anything, so
 * that what prints alike is alike. Two values that are both missing are the same,
 * whatever the reasons; one that is missing beside one that is not differs by more than
 * any number. Rows and lists are held against each other item by item, and how many
 * there are must be the same. */
#include "analysis/verdict.h"

#include "base/text.h"

#include <string.h>

/* Beyond where nothing at all is allowed: the worst that has a number. */
#define WHERE_NOTHING_IS 1e299

typedef struct Findings {
    const QmList *tolerances;
    QmArena *arena;
    QmList *list;
    const char *feature;
    bool ok;
} Findings;

static double magnitude(double x) { return x < 0 ? -x : x; }

/* --- two values --------------------------------------------------------------------- */

typedef struct Values {
    bool same, number;
    double difference;
} Values;

static const void *field(const QmMeasure *measure, const void *values)
{
    return (const char *)values + measure->offset;
}

static Values numbers(const QmMeasure *measure, bool has_a, double a, bool has_b,
                      double b)
{
    if (!has_a || !has_b)
        return (Values){.same = has_a == has_b};
    const double difference = qm_measure_round(measure, qm_measure_round(measure, b) -
                                                            qm_measure_round(measure, a));
    return (Values){difference == 0, true, difference};
}

static Values compare(const QmMeasure *measure, const void *a, const void *b)
{
    const void *const x = field(measure, a), *const y = field(measure, b);
    switch (measure->kind) {
    case QM_MEASURE_NUMBER: {
        const QmMeasured *const m = x, *const n = y;
        return numbers(measure, !m->why, m->value, !n->why, n->value);
    }
    case QM_MEASURE_COUNT:
        return numbers(measure, true, (double)*(const int64_t *)x, true,
                       (double)*(const int64_t *)y);
    case QM_MEASURE_TEXT:
        return (Values){.same =
                            qm_same(*(const char *const *)x, *(const char *const *)y)};
    case QM_MEASURE_FLAG:
        return (Values){.same = *(const bool *)x == *(const bool *)y};
    case QM_MEASURE_LIST:
    case QM_MEASURE_ROWS:
        break;
    }
    const double n = (double)((const QmList *)x)->count;
    const double m = (double)((const QmList *)y)->count;
    return numbers(measure, true, n, true, m);
}

/* Whether p differs by more than q. */
static bool more(Values p, Values q)
{
    if (p.same || q.same)
        return !p.same;
    return q.number && (!p.number || magnitude(p.difference) > magnitude(q.difference));
}

/* --- against a tolerance ------------------------------------------------------------ */

static void judge_by(QmFinding *finding, double allowed)
{
    const double by = magnitude(finding->difference);
    /* A share is as exact as the product of two decimals. */
    finding->beyond = by > allowed * (1 + 1e-12);
    if (finding->beyond)
        finding->excess = allowed > 0 ? by / allowed : WHERE_NOTHING_IS;
}

static double value_in_a(const QmFinding *finding)
{
    const void *const at = field(finding->measure, finding->a);
    if (finding->measure->kind == QM_MEASURE_LIST)
        return *(const double *)finding->a;
    if (finding->measure->kind == QM_MEASURE_COUNT)
        return (double)*(const int64_t *)at;
    return ((const QmMeasured *)at)->value;
}

static void judge(QmFinding *finding)
{
    const QmTolerance *const t = finding->tolerance;
    const QmMeasureKind kind = finding->measure->kind;
    if (!t || t->allow == QM_ALLOW_ANY || finding->same)
        return;
    const bool how_many =
        kind == QM_MEASURE_ROWS || (kind == QM_MEASURE_LIST && !finding->item);
    if (!finding->number || how_many) {
        finding->beyond = true;
        finding->excess = QM_UTTERLY;
        return;
    }
    judge_by(finding, t->allow == QM_ALLOW_SHARE
                          ? t->value / 100 * magnitude(value_in_a(finding))
                          : t->value);
}

static void judge_limit(QmFinding *finding, const QmMeasured *value, bool flag)
{
    const QmTolerance *const t = finding->tolerance;
    finding->excess = QM_UTTERLY;
    if (!t || t->allow == QM_ALLOW_ANY)
        return;
    if (t->allow == QM_ALLOW_FLAG)
        finding->beyond = flag != t->flag;
    else if (value->why)
        finding->beyond =
            finding->limit != QM_LIMIT_MOST || !qm_same(value->why, QM_NO_DIFFERENCE);
    else if (finding->limit == QM_LIMIT_EITHER)
        finding->beyond = magnitude(finding->difference) > t->value;
    else
        finding->beyond = finding->difference > t->value;
}

/* --- all of them -------------------------------------------------------------------- */

static QmFinding *add(Findings *f, const QmFinding *finding, const char *rows)
{
    QmFinding *const added = qm_list_add(f->list, sizeof *added, f->arena);
    QmText name;
    qm_text_init(&name, f->arena);
    if (finding->feature) {
        qm_text_add(&name, finding->feature);
        qm_text_add(&name, ".");
    }
    if (rows) {
        qm_text_add(&name, rows);
        qm_text_add(&name, ".");
    }
    qm_text_add(&name, finding->measure->name);
    f->ok = f->ok && added && !name.failed;
    if (!f->ok)
        return NULL;
    *added = *finding;
    added->name = name.data;
    return added;
}

static void find_limit(Findings *f, const QmDifference *difference, uint32_t index)
{
    const QmMeasure *const measure = &qm_difference_measures[index];
    const bool is_flag = measure->kind == QM_MEASURE_FLAG;
    QmFinding finding = {.measure = measure,
                         .b = difference,
                         .limit = qm_difference_limits[index],
                         .tolerance =
                             qm_tolerance_of(f->tolerances, NULL, measure->name, NULL)};
    const QmMeasured *const value = is_flag ? NULL : field(measure, difference);
    const bool flag = is_flag && *(const bool *)field(measure, difference);
    if (value && !value->why) {
        finding.number = true;
        finding.difference = qm_measure_round(measure, value->value);
    }
    judge_limit(&finding, value, flag);
    add(f, &finding, NULL);
}

static void fill(QmFinding *finding, Values values)
{
    finding->same = values.same;
    finding->number = values.number;
    finding->difference = values.difference;
}

static void find_judged(Findings *f, const QmMeasure *measure, const void *a,
                        const void *b, const QmTolerance *tolerance)
{
    QmFinding finding = {.feature = f->feature,
                         .measure = measure,
                         .a = a,
                         .b = b,
                         .tolerance = tolerance};
    fill(&finding, compare(measure, a, b));
    judge(&finding);
    add(f, &finding, NULL);
}

static void find_value(Findings *f, const QmMeasure *measure, const void *a,
                       const void *b)
{
    find_judged(f, measure, a, b,
                qm_tolerance_of(f->tolerances, f->feature, measure->name, NULL));
}

static void find_column(Findings *f, const QmMeasure *rows, const QmMeasure *column,
                        const QmList *a, const QmList *b)
{
    QmFinding finding = {.feature = f->feature,
                         .measure = column,
                         .same = true,
                         .tolerance = qm_tolerance_of(f->tolerances, f->feature,
                                                      rows->name, column->name)};
    Values worst = {.same = true, .number = true};
    for (size_t i = 0; i < a->count && i < b->count; i++) {
        const void *const x = (const char *)a->items + i * rows->row_size;
        const void *const y = (const char *)b->items + i * rows->row_size;
        const Values now = compare(column, x, y);
        if (i > 0 && !more(now, worst))
            continue;
        worst = now;
        finding.a = x;
        finding.b = y;
        finding.item = i + 1;
    }
    if (!finding.item)
        return;
    fill(&finding, worst);
    judge(&finding);
    add(f, &finding, rows->name);
}

/* That of how many rows there are: who names a column means all of it. */
static const QmTolerance *tolerance_of_rows(const Findings *f, const QmMeasure *rows)
{
    const QmTolerance *t = qm_tolerance_of(f->tolerances, f->feature, rows->name, NULL);
    for (uint16_t c = 0; !t && c < rows->n_columns; c++)
        t = qm_tolerance_of(f->tolerances, f->feature, rows->name, rows->columns[c].name);
    return t;
}

static void find_rows(Findings *f, const QmMeasure *measure, const void *a, const void *b)
{
    find_judged(f, measure, a, b, tolerance_of_rows(f, measure));
    for (uint16_t c = 0; c < measure->n_columns; c++)
        find_column(f, measure, &measure->columns[c], field(measure, a),
                    field(measure, b));
}

static void find_list(Findings *f, const QmMeasure *measure, const void *a, const void *b)
{
    const QmList *const x = field(measure, a), *const y = field(measure, b);
    if (x->count != y->count || x->count == 0) {
        find_value(f, measure, a, b);
        return;
    }
    const double *const p = x->items, *const q = y->items;
    Values worst = {.same = true, .number = true};
    size_t item = 0;
    for (size_t i = 0; i < x->count; i++) {
        const Values now = numbers(measure, p[i] != QM_GAP, p[i], q[i] != QM_GAP, q[i]);
        if (i > 0 && !more(now, worst))
            continue;
        worst = now;
        item = i;
    }
    QmFinding finding = {.feature = f->feature,
                         .measure = measure,
                         .a = p + item,
                         .b = q + item,
                         .item = item + 1,
                         .tolerance = qm_tolerance_of(f->tolerances, f->feature,
                                                      measure->name, NULL)};
    fill(&finding, worst);
    judge(&finding);
    add(f, &finding, NULL);
}

/* What changes over time is compared when somebody means just that. */
static bool wanted(const Findings *f, const QmMeasure *measure)
{
    if (measure->view != QM_VIEW_SERIES)
        return true;
    const QmTolerance *const t =
        qm_tolerance_of(f->tolerances, f->feature, measure->name, NULL);
    return t && qm_starts_with(t->name, f->feature) && t->name[strlen(f->feature)] == '.';
}

static void find_in(Findings *f, const QmFeature *feature, const void *a, const void *b)
{
    f->feature = feature->name;
    for (uint32_t i = 0; i < feature->n_measures; i++) {
        const QmMeasure *const measure = &feature->measures[i];
        if (!wanted(f, measure))
            continue;
        if (measure->kind == QM_MEASURE_ROWS)
            find_rows(f, measure, a, b);
        else if (measure->kind == QM_MEASURE_LIST)
            find_list(f, measure, a, b);
        else
            find_value(f, measure, a, b);
    }
}

bool qm_findings(const QmDifference *difference, const QmAnalysis *a, const QmAnalysis *b,
                 const QmList *tolerances, QmArena *arena, QmList *findings)
{
    Findings f = {tolerances, arena, findings, NULL, true};
    for (uint32_t i = 0; i < QM_DIFFERENCE_MEASURES; i++)
        if (qm_difference_limits[i] != QM_LIMIT_NONE)
            find_limit(&f, difference, i);
    for (uint32_t i = 0; a && i < a->n_runs && f.ok; i++)
        if (a->runs[i].asked)
            find_in(&f, a->runs[i].feature, a->runs[i].result, b->runs[i].result);
    return f.ok;
}
